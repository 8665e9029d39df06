#include <stdio.h>

#include "modules/authz.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_authn_core,
    &mod_authz };

/* The scope of one <Location> with this text in it. */
static struct config *
open_with(const char *rules)
{
	char text[1024];

	snprintf(text, sizeof(text), "<Location /l>\n%s\n</Location>", rules);
	return site_open(table, 3, text);
}

static const struct authz_conf *
location_conf(struct config *c, const char *path)
{
	const struct vec *v = hash_get(c->main->sections->locations,
	    str_of(path));

	return scope_get(((const struct section *)v->at[0])->scope,
	    &mod_authz);
}

/* What rules say of a GET from 192.0.2.7 with the variable SET. */
static const struct {
	const char	*rules;
	enum verdict	 verdict;
} judged[] = {
	{ "Require all granted", VERDICT_GRANTED },
	{ "Require all denied", VERDICT_DENIED },
	{ "Require ALL Granted", VERDICT_GRANTED },
	{ "Require all denied\nRequire all granted", VERDICT_GRANTED },
	{ "Require ip 192.0.2.7", VERDICT_GRANTED },
	{ "Require ip 10 192.0.2", VERDICT_GRANTED },
	{ "Require ip 10", VERDICT_DENIED },
	{ "Require local", VERDICT_DENIED },
	{ "Require env SET", VERDICT_GRANTED },
	{ "Require env UNSET SET", VERDICT_GRANTED },
	{ "Require env UNSET", VERDICT_DENIED },
	{ "Require method GET", VERDICT_GRANTED },
	{ "Require method HEAD", VERDICT_GRANTED },
	{ "Require method POST PUT", VERDICT_DENIED },
	{ "<RequireAll>\nRequire all granted\nRequire ip 10\n</RequireAll>",
	  VERDICT_DENIED },
	{ "<RequireAll>\nRequire all granted\nRequire not ip 10\n"
	  "</RequireAll>", VERDICT_GRANTED },
	{ "<RequireAll>\nRequire all granted\nRequire not ip 192.0.2\n"
	  "</RequireAll>", VERDICT_DENIED },
	{ "<RequireAll>\nRequire not ip 10\nRequire env UNSET\n"
	  "</RequireAll>", VERDICT_DENIED },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\n"
	  "Require env SET\n</RequireNone>\n</RequireAll>", VERDICT_DENIED },
	{ "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\n"
	  "Require env UNSET\n</RequireNone>\n</RequireAll>", VERDICT_GRANTED },
	{ "<RequireAny>\nRequire ip 10\nRequire env SET\n</RequireAny>",
	  VERDICT_GRANTED },
	{ "<RequireAny>\nRequire ip 10\n<RequireAll>\nRequire env SET\n"
	  "Require method POST\n</RequireAll>\n</RequireAny>", VERDICT_DENIED },
	{ "Require ip 10\n<RequireAll>\nRequire env SET\n</RequireAll>",
	  VERDICT_GRANTED },
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
	const struct authz_conf *conf = location_conf(c, "/l");
	struct request *r = site_ask(c, "/l");

	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		r->client->peer = peers[i].peer;
		r->let_in = false;
		ck_assert_int_eq(judge(r, conf->root), peers[i].local ?
		    VERDICT_GRANTED : VERDICT_DENIED);
	}
	config_end(c);
}
END_TEST

/* What rules say before anybody has logged in, and when "ann" has. */
static const struct {
	const char	*rules;
	enum verdict	 before, after;
} of_users[] = {
	{ "Require valid-user", VERDICT_NO_USER, VERDICT_GRANTED },
	{ "Require user ann", VERDICT_NO_USER, VERDICT_GRANTED },
	{ "Require user bob ann", VERDICT_NO_USER, VERDICT_GRANTED },
	{ "Require user bob", VERDICT_NO_USER, VERDICT_DENIED },
	{ "Require user ANN", VERDICT_NO_USER, VERDICT_DENIED },
	{ "Require group cooks", VERDICT_NO_USER, VERDICT_BROKEN },
	{ "Require file-owner", VERDICT_NO_USER, VERDICT_DENIED },
	{ "Require ip 192.0.2\nRequire valid-user", VERDICT_GRANTED,
	  VERDICT_GRANTED },
	{ "Require ip 10\nRequire valid-user", VERDICT_NO_USER,
	  VERDICT_GRANTED },
	{ "Require valid-user\nRequire ip 10", VERDICT_NO_USER,
	  VERDICT_GRANTED },
	{ "<RequireAll>\nRequire ip 10\nRequire valid-user\n</RequireAll>",
	  VERDICT_DENIED, VERDICT_DENIED },
	{ "<RequireAll>\nRequire valid-user\nRequire ip 10\n</RequireAll>",
	  VERDICT_DENIED, VERDICT_DENIED },
	{ "<RequireAll>\nRequire ip 192.0.2\nRequire user bob\n"
	  "</RequireAll>", VERDICT_NO_USER, VERDICT_DENIED },
	/* What is negated never asks for a user. */
	{ "<RequireAll>\nRequire all granted\nRequire not user ann\n"
	  "</RequireAll>", VERDICT_GRANTED, VERDICT_DENIED },
	{ "<RequireAll>\nRequire valid-user\nRequire not user ann\n"
	  "</RequireAll>", VERDICT_NO_USER, VERDICT_DENIED },
	{ "<RequireAll>\nRequire valid-user\n<RequireNone>\nRequire user bob\n"
	  "</RequireNone>\n</RequireAll>", VERDICT_NO_USER, VERDICT_GRANTED },
	{ "Require expr true", VERDICT_GRANTED, VERDICT_GRANTED },
	{ "Require expr false", VERDICT_DENIED, VERDICT_DENIED },
	{ "Require  expr  'a' == \"a\"", VERDICT_GRANTED, VERDICT_GRANTED },
	{ "Require expr 'a b' == \"a\"", VERDICT_DENIED, VERDICT_DENIED },
	{ "Require expr \"%{REMOTE_USER} == 'ann'\"", VERDICT_NO_USER,
	  VERDICT_GRANTED },
	{ "Require user %{REQUEST_METHOD}", VERDICT_NO_USER, VERDICT_DENIED },
};

START_TEST(users)
{
	struct config *c = open_with(of_users[_i].rules);
	const struct rule *root = location_conf(c, "/l")->root;
	struct request *r = site_ask(c, "/l");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(judge(r, root), of_users[_i].before);
	r->user = STR("ann");
	r->known = true;
	ck_assert_int_eq(judge(r, root), of_users[_i].after);
	config_end(c);
}
END_TEST

/* Rules with a name of their own. */
START_TEST(aliases)
{
	struct config *c = site_open(table, 3,
	    "<AuthzProviderAlias ip nets \"10.0.0.0/8 192.0.2.0/24\">\n"
	    "</AuthzProviderAlias>\n"
	    "<AuthzProviderAlias user boss ann>\n</AuthzProviderAlias>\n"
	    "<Location /l>\nRequire nets\n</Location>\n"
	    "<Location /u>\nRequire boss\n</Location>\n");
	struct request *r = site_ask(c, "/l");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(judge(r, location_conf(c, "/l")->root),
	    VERDICT_GRANTED);
	ck_assert_int_eq(judge(r, location_conf(c, "/u")->root),
	    VERDICT_NO_USER);
	r->known = true;
	r->user = STR("ann");
	ck_assert_int_eq(judge(r, location_conf(c, "/u")->root),
	    VERDICT_GRANTED);
	config_end(c);
}
END_TEST

static const struct {
	const char	*text, *message;
} bad_aliases[] = {
	{ "<AuthzProviderAlias ip ip 10>\n</AuthzProviderAlias>",
	  "cannot give a rule of Require another meaning" },
	{ "<AuthzProviderAlias ip a 10>\n</AuthzProviderAlias>\n"
	  "<AuthzProviderAlias ip a 10>\n</AuthzProviderAlias>",
	  "names an alias that is there already" },
	{ "<AuthzProviderAlias ip a \"10 x\">\n</AuthzProviderAlias>",
	  "ip does not know the address or network \"x\"" },
	{ "<AuthzProviderAlias ldap-group a x>\n</AuthzProviderAlias>",
	  "which is not built in" },
	{ "<AuthnProviderAlias dbm a>\n</AuthnProviderAlias>", "not \"dbm\"" },
	{ "<AuthnProviderAlias file file>\n</AuthnProviderAlias>",
	  "cannot give \"file\" another meaning" },
	{ "<Location />\nAuthType Form\n</Location>", "not built in" },
	{ "<Location />\nAuthType Basik\n</Location>", "not \"Basik\"" },
	{ "<Location />\nAuthName \"%{NOSUCH}\"\n</Location>",
	  "does not exist" },
	{ "AuthType Basic", "not allowed here" },
};

START_TEST(tells_bad_aliases)
{
	struct config *c = site_open(table, 3, bad_aliases[_i].text);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_find_str(str_of(error),
	    str_of(bad_aliases[_i].message)) >= 0, "%s", error);
	config_end(c);
}
END_TEST

/* How the rules of two scopes join. */
static const struct {
	const char	*outer, *inner;
	enum verdict	 verdict;
} joined[] = {
	{ "Require all denied", "Require all granted", VERDICT_GRANTED },
	{ "Require all granted", "Require all denied", VERDICT_DENIED },
	{ "Require all denied", "AuthMerging Off\nRequire all granted",
	  VERDICT_GRANTED },
	{ "Require all denied", "AuthMerging And\nRequire all granted",
	  VERDICT_DENIED },
	{ "Require all granted", "AuthMerging And\nRequire all granted",
	  VERDICT_GRANTED },
	{ "Require all denied", "AuthMerging Or\nRequire all granted",
	  VERDICT_GRANTED },
	{ "Require all granted", "AuthMerging Or\nRequire all denied",
	  VERDICT_GRANTED },
	{ "Require all denied", "AuthMerging Or", VERDICT_DENIED },
	{ "Require all denied", "AuthMerging Off", VERDICT_DENIED },
	{ "AuthMerging Or", "AuthMerging And\nRequire all granted",
	  VERDICT_GRANTED },
	/* It is not inherited. */
	{ "Require all denied\nAuthMerging Or", "Require all granted",
	  VERDICT_GRANTED },
	{ "Require all granted\nAuthMerging Or", "Require all denied",
	  VERDICT_DENIED },
};

START_TEST(merging)
{
	char text[1024];
	struct authz_conf both = { 0 };
	struct config *c;

	snprintf(text, sizeof(text), "<Location /o>\n%s\n</Location>\n"
	    "<Location /i>\n%s\n</Location>", joined[_i].outer,
	    joined[_i].inner);
	c = site_open(table, 3, text);
	merge(c->arena, location_conf(c, "/o"), location_conf(c, "/i"), &both);
	ck_assert_int_eq(judge(site_ask(c, "/"), both.root),
	    joined[_i].verdict);
	config_end(c);
}
END_TEST

START_TEST(no_rule_lets_in)
{
	struct config *c = site_open(table, 3, "");
	struct request *r = site_ask(c, "/");

	ck_assert_int_eq(check(r), PASS);
	config_end(c);
	c = open_with("Require all denied");
	r = site_ask(c, "/l");
	r->scope = ((const struct section *)((const struct vec *)hash_get(
	    c->main->sections->locations, STR("/l")))->at[0])->scope;
	ck_assert_int_eq(check(r), 403);
	config_end(c);
}
END_TEST

/* What was settled for the same rules is not asked again; what was not, is. */
START_TEST(inherited)
{
	struct config *c = open_with("Require all denied");
	struct request *r = site_ask(c, "/l"), *prev = site_ask(c, "/l");

	r->scope = prev->scope = ((const struct section *)((const struct vec *)
	    hash_get(c->main->sections->locations, STR("/l")))->at[0])->scope;
	r->prev = prev;
	ck_assert_int_eq(check(r), 403);
	prev->judged = true;
	ck_assert_int_eq(check(r), PASS);
	r->let_in = false;
	r->prev = NULL;
	r->main = prev;
	ck_assert_int_eq(check(r), 403);
	prev->let_in = true;
	ck_assert_int_eq(check(r), PASS);
	r->let_in = false;
	prev->scope = c->main->scope;
	ck_assert_int_eq(check(r), 403);
	config_end(c);
}
END_TEST

/* Mistakes, and how the message ends. */
static const struct {
	const char	*rules, *message;
} mistakes[] = {
	{ "Require not", "must say who: \"all granted\", \"valid-user\", "
	  "\"ip 10.0.0.0/8\"" },
	{ "Require all", "\"granted\" or \"denied\"" },
	{ "Require all maybe", "\"granted\" or \"denied\"" },
	{ "Require all granted now", "\"granted\" or \"denied\"" },
	{ "Require ip", "ip must be followed by addresses or networks" },
	{ "Require ip 10.1.2.3/33", "\"10.1.2.3/33\"" },
	{ "Require env", "env must be followed by names of variables" },
	{ "Require method", "method must be followed by names of methods" },
	{ "Require method GET FOO", "method does not know \"FOO\"" },
	{ "Require user", "user must be followed by names" },
	{ "Require group", "group must be followed by names" },
	{ "Require host", "host must be followed by names" },
	{ "Require forward-dns", "forward-dns must be followed by names" },
	{ "Require expr", "expr must be followed by an expression" },
	{ "Require expr true false", "\"f\" stands behind what is a whole "
	  "condition already; && or || is due" },
	{ "Require ldap-group x", "ldap-group needs LDAP, which is not built "
	  "in" },
	{ "Require ssl", "ssl needs TLS, which is not built in" },
	{ "Require dbm-group x", "which is not built in" },
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
	struct config *c = site_open(table, 3, "Require all granted");
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
	tcase_add_loop_test(t, users, 0, COUNT(of_users));
	tcase_add_test(t, aliases);
	tcase_add_loop_test(t, tells_bad_aliases, 0, COUNT(bad_aliases));
	tcase_add_loop_test(t, merging, 0, COUNT(joined));
	tcase_add_test(t, no_rule_lets_in);
	tcase_add_test(t, inherited);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, not_in_servers);
	suite_add_tcase(s, t);
	return site_run(s);
}
