#include <stdio.h>

#include "modules/authz.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_authz };

/* The scope of one <Location> with this text in it. */
static struct config *
open_with(const char *rules)
{
	char text[1024];

	snprintf(text, sizeof(text), "<Location /l>\n%s\n</Location>", rules);
	return site_open(table, 2, text);
}

static const struct authz_conf *
location_conf(struct config *c, const char *path)
{
	const struct vec *v = hash_get(c->main->sections.locations,
	    str_of(path));

	return scope_get(((const struct section *)v->at[0])->scope,
	    &mod_authz);
}

/* What rules say of a GET from 192.0.2.7 with the variable SET. */
static const struct {
	const char	*rules;
	enum verdict	 verdict;
} judged[] = {
	{ "Require all granted", GRANTED },
	{ "Require all denied", DENIED },
	{ "Require ALL Granted", GRANTED },
	{ "Require all denied\nRequire all granted", GRANTED },
	{ "Require ip 192.0.2.7", GRANTED },
	{ "Require ip 10 192.0.2", GRANTED },
	{ "Require ip 10", DENIED },
	{ "Require local", DENIED },
	{ "Require env SET", GRANTED },
	{ "Require env UNSET SET", GRANTED },
	{ "Require env UNSET", DENIED },
	{ "Require method GET", GRANTED },
	{ "Require method HEAD", GRANTED },
	{ "Require method POST PUT", DENIED },
	{ "<RequireAll>\nRequire all granted\nRequire ip 10\n</RequireAll>",
	  DENIED },
	{ "<RequireAll>\nRequire all granted\nRequire not ip 10\n"
	  "</RequireAll>", GRANTED },
	{ "<RequireAll>\nRequire all granted\nRequire not ip 192.0.2\n"
	  "</RequireAll>", DENIED },
	{ "<RequireAll>\nRequire not ip 10\nRequire env UNSET\n"
	  "</RequireAll>", DENIED },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\n"
	  "Require env SET\n</RequireNone>\n</RequireAll>", DENIED },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\n"
	  "Require env UNSET\n</RequireNone>\n</RequireAll>", GRANTED },
	{ "<RequireAny>\nRequire ip 10\nRequire env SET\n</RequireAny>",
	  GRANTED },
	{ "<RequireAny>\nRequire ip 10\n<RequireAll>\nRequire env SET\n"
	  "Require method POST\n</RequireAll>\n</RequireAny>", DENIED },
	{ "Require ip 10\n<RequireAll>\nRequire env SET\n</RequireAll>",
	  GRANTED },
};

START_TEST(rules)
{
	struct config *c = open_with(judged[_i].rules);
	struct request *r = site_ask(c, "/l");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	request_env_set(r, STR("SET"), STR(""));
	ck_assert_int_eq(judge(r, location_conf(c, "/l")->root),
	    judged[_i].verdict);
	config_end(c);
}
END_TEST

START_TEST(local_is_loopback_or_ourselves)
{
	static const struct {
		const char	*peer;
		bool		 local;
	} peers[] = { { "127.0.0.1", true }, { "127.9.9.9", true },
	    { "128.0.0.1", false }, { "::1", true }, { "::2", false },
	    { "10.0.0.1", true }, { "10.0.0.2", false } };
	struct config *c = open_with("Require local");
	struct request *r = site_ask(c, "/l");

	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		strcpy(r->client->peer, peers[i].peer);
		ck_assert_int_eq(local_holds(r, NULL), peers[i].local);
	}
	config_end(c);
}
END_TEST

/* How the rules of two scopes join. */
static const struct {
	const char	*outer, *inner;
	enum verdict	 verdict;
} joined[] = {
	{ "Require all denied", "Require all granted", GRANTED },
	{ "Require all granted", "Require all denied", DENIED },
	{ "Require all denied", "AuthMerging Off\nRequire all granted",
	  GRANTED },
	{ "Require all denied", "AuthMerging And\nRequire all granted",
	  DENIED },
	{ "Require all granted", "AuthMerging And\nRequire all granted",
	  GRANTED },
	{ "Require all denied", "AuthMerging Or\nRequire all granted",
	  GRANTED },
	{ "Require all granted", "AuthMerging Or\nRequire all denied",
	  GRANTED },
	{ "Require all denied", "AuthMerging Or", DENIED },
	{ "Require all denied", "AuthMerging Off", DENIED },
	{ "AuthMerging Or", "AuthMerging And\nRequire all granted", GRANTED },
};

START_TEST(merging)
{
	char text[1024];
	struct authz_conf both = { 0 };
	struct config *c;

	snprintf(text, sizeof(text), "<Location /o>\n%s\n</Location>\n"
	    "<Location /i>\n%s\n</Location>", joined[_i].outer,
	    joined[_i].inner);
	c = site_open(table, 2, text);
	merge(c->arena, location_conf(c, "/o"), location_conf(c, "/i"), &both);
	ck_assert_int_eq(judge(site_ask(c, "/"), both.root),
	    joined[_i].verdict);
	config_end(c);
}
END_TEST

START_TEST(no_rule_lets_in)
{
	struct config *c = site_open(table, 2, "");
	struct request *r = site_ask(c, "/");

	ck_assert_int_eq(check(r), PASS);
	config_end(c);
	c = open_with("Require all denied");
	r = site_ask(c, "/l");
	r->scope = ((const struct section *)((const struct vec *)hash_get(
	    c->main->sections.locations, STR("/l")))->at[0])->scope;
	ck_assert_int_eq(check(r), 403);
	config_end(c);
}
END_TEST

/* Mistakes, and how the message ends. */
static const struct {
	const char	*rules, *message;
} mistakes[] = {
	{ "Require not", "must say who: \"all granted\", \"ip 10.0.0.0/8\"" },
	{ "Require all", "\"granted\" or \"denied\"" },
	{ "Require all maybe", "\"granted\" or \"denied\"" },
	{ "Require all granted now", "\"granted\" or \"denied\"" },
	{ "Require ip", "ip must be followed by addresses or networks" },
	{ "Require ip 10.1.2.3/33", "\"10.1.2.3/33\"" },
	{ "Require env", "env must be followed by names of variables" },
	{ "Require method", "method must be followed by names of methods" },
	{ "Require method GET FOO", "method does not know \"FOO\"" },
	{ "Require local x", "local stands alone" },
	{ "Require valid-user", "valid-user needs an authentication module, "
	  "which is not built in" },
	{ "Require user fred", "which is not built in" },
	{ "Require expr true", "expr needs expressions, which is not built "
	  "in" },
	{ "Require host example.com", "which is not built in" },
	{ "Require locale", "does not know \"locale\"" },
	{ "Require not ip 10", "can only refuse, so it has no effect in "
	  "<RequireAny>; put it into <RequireAll>" },
	{ "<RequireNone>\nRequire ip 10\n</RequireNone>", "put it into "
	  "<RequireAll>" },
	{ "<RequireAll>\n</RequireAll>", "must hold at least one Require" },
	{ "<RequireAll>\nRequire not ip 10\n</RequireAll>", "holds nothing "
	  "but refusals, so nobody could ever get in" },
	{ "<RequireAny>\nOptions None\nRequire all granted\n</RequireAny>",
	  "Options not allowed in <RequireAny> context" },
};

START_TEST(tells_mistakes)
{
	struct config *c = open_with(mistakes[_i].rules);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_ends(str_of(error), str_of(mistakes[_i].message)),
	    "%s", error);
	config_end(c);
}
END_TEST

START_TEST(not_in_servers)
{
	struct config *c = site_open(table, 2, "Require all granted");
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("authz");
	TCase *t = tcase_create("authz");

	tcase_add_loop_test(t, rules, 0, COUNT(judged));
	tcase_add_test(t, local_is_loopback_or_ourselves);
	tcase_add_loop_test(t, merging, 0, COUNT(joined));
	tcase_add_test(t, no_rule_lets_in);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, not_in_servers);
	suite_add_tcase(s, t);
	return site_run(s);
}
