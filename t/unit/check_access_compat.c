/*
 * check_access_compat.c - who is let in by Order, Allow and Deny.
 */
#include <stdio.h>

#include "modules/access_compat.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_authn_core,
    &mod_access_compat };

static struct config *
open_with(const char *rules)
{
	char text[1024];

	snprintf(text, sizeof(text), "<Location /l>\n%s\n</Location>", rules);
	return site_open(table, 3, text);
}

static const struct compat_conf *
location_conf(struct config *c, const char *path)
{
	const struct vec *v = hash_get(c->main->sections->locations,
	    str_of(path));

	return scope_get(((const struct section *)v->at[0])->scope,
	    &mod_access_compat);
}

/* A GET from 192.0.2.7 with the variable SET. */
static const struct {
	const char	*rules;
	int		 allowed;
} decided[] = {
	{ "Satisfy All", 1 },
	{ "Order Deny,Allow", 1 },
	{ "Order Allow,Deny", 0 },
	{ "Order allow,deny\nAllow from all", 1 },
	{ "Order deny,allow\nDeny from all", 0 },
	{ "Deny from all", 0 },
	{ "Allow from 10", 1 },
	{ "Deny from 192.0.2.7\nAllow from 192.0.2", 1 },
	{ "Order allow,deny\nDeny from 192.0.2.7\nAllow from 192.0.2", 0 },
	{ "Order allow,deny\nAllow from 192.0.2.0/24", 1 },
	{ "Order allow,deny\nAllow from 192.0.2.0/255.255.255.0", 1 },
	{ "Order allow,deny\nAllow from 10 192.0", 1 },
	{ "Order allow,deny\nAllow from 10 2001:db8::/32", 0 },
	{ "Order mutual-failure\nAllow from 192.0.2", 1 },
	{ "Order mutual-failure\nAllow from all\nDeny from 192.0.2", 0 },
	{ "Order deny,allow\nDeny from all\nAllow from env=SET", 1 },
	{ "Order deny,allow\nDeny from all\nAllow from env=UNSET", 0 },
	{ "Order deny,allow\nDeny from all\nAllow from env=!UNSET", 1 },
	{ "Order deny,allow\nDeny from all\nAllow from env=!SET", 0 },
	{ "Order allow,deny\nOrder deny,allow", 1 },
	{ "<Limit POST>\nDeny from all\n</Limit>", 1 },
	{ "<Limit GET>\nDeny from all\n</Limit>", 0 },
	{ "<LimitExcept POST>\nDeny from all\n</LimitExcept>", 0 },
	{ "<LimitExcept GET>\nDeny from all\n</LimitExcept>", 1 },
	{ "Order deny,allow\n<Limit POST>\nOrder allow,deny\n</Limit>", 1 },
};

START_TEST(rules)
{
	struct config *c = open_with(decided[_i].rules);
	struct request *r = site_ask(c, "/l");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	request_env_set(r, STR("SET"), STR(""));
	ck_assert_int_eq(decide(r, location_conf(c, "/l")),
	    decided[_i].allowed);
	config_end(c);
}
END_TEST

/* Nothing is inherited where anything is said. */
START_TEST(merging)
{
	struct config *c = site_open(table, 3, "<Location /o>\n"
	    "Order allow,deny\nDeny from all\n</Location>\n"
	    "<Location /i>\nSatisfy Any\n</Location>");
	struct compat_conf both = { 0 };
	struct request *r = site_ask(c, "/");

	merge(c->arena, location_conf(c, "/o"), location_conf(c, "/i"), &both);
	ck_assert_int_eq(decide(r, &both), 1);
	ck_assert_int_eq(chosen(&both.satisfies, r), SATISFY_ANY);
	config_end(c);
}
END_TEST

static const struct {
	const char	*rules, *message;
} mistakes[] = {
	{ "Order deny, allow", "takes one argument" },
	{ "Order first", "must be Deny,Allow, Allow,Deny or Mutual-failure" },
	{ "Allow all", "requires at least two arguments" },
	{ "Allow to all", "must be followed by \"from\"" },
	{ "Deny from 10.0.0.0/33", "does not know the network" },
	{ "Satisfy Some", "must be All or Any" },
};

START_TEST(tells_mistakes)
{
	struct config *c = open_with(mistakes[_i].rules);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_find_str(str_of(error),
	    str_of(mistakes[_i].message)) >= 0, "%s", error);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("access_compat");
	TCase *t = tcase_create("access_compat");

	tcase_add_loop_test(t, rules, 0, COUNT(decided));
	tcase_add_test(t, merging);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
