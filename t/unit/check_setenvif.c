/*
 * check_setenvif.c - variables that follow from a request.
 *
 * How both servers answer is compared in t/peer/tables/setenvif.table.
 */
#include <stdio.h>

#include "modules/setenvif.c"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct module *const table[] = { &mod_core, &mod_setenvif };

static struct config *
open_site(const char *lines)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\n", lines);
	return site_open(table, 2, text);
}

/* Lines, and the value of V for a GET of /a/b.png. */
static const struct {
	const char	*lines, *value;
} rules[] = {
	{ "SetEnvIf Request_URI \\.png$ V", "1" },
	{ "SetEnvIf request_uri \\.(png|gif)$ V=$1-$0$2", "png-.png" },
	{ "SetEnvIf Request_URI png V=$0", "$0" },
	{ "SetEnvIf Request_URI (png) V=\\\\$1", "$1" },
	{ "SetEnvIf Request_URI PNG V", NULL },
	{ "SetEnvIfNoCase Request_URI PNG V", "1" },
	{ "SetEnvIf Request_Method ^GET$ V", "1" },
	{ "SetEnvIf Request_Protocol ^HTTP/1.1$ V", "1" },
	{ "SetEnvIf Remote_Addr ^192\\.0 V", "1" },
	{ "SetEnvIf Remote_Host ^192\\.0 V", "1" },
	{ "SetEnvIf Server_Addr ^10\\. V", "1" },
	{ "SetEnvIf User-Agent ^agent V", "1" },
	{ "BrowserMatch ^agent/(.) V=$1", "7" },
	{ "BrowserMatch ^AGENT V", NULL },
	{ "BrowserMatchNoCase ^AGENT V", "1" },
	{ "SetEnvIf ^user agent V", "1" },
	{ "SetEnvIf ^nobody ^$ V", "1" },
	{ "SetEnvIf Nobody ^$ V", "1" },
	{ "SetEnvIf Nobody . V", NULL },
	{ "SetEnvIf Request_URI . V=1 !V", NULL },
	{ "SetEnvIf Request_URI . V=\nSetEnvIf V 1 V=2", "2" },
	{ "SetEnvIf Request_URI . V=a\nSetEnvIf Request_URI . V=!b", NULL },
	{ "SetEnvIf Request_URI . A=x\nSetEnvIf A x \"V=y z\"", "y z" },
	{ "SetEnvIfExpr \"%{REQUEST_URI} =~ /a.(b)/\" V=$1$2.", "b." },
	{ "SetEnvIfExpr false V", NULL },
	{ "SetEnvIfExpr \"%{file:/none} == 'x'\" V", NULL },
};

START_TEST(sets)
{
	struct config *c = open_site(rules[_i].lines);
	struct request *r = site_ask(c, "/a/b.png");
	const char *error;
	struct str v;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	fields_add(&r->in, STR("User-Agent"), STR("agent/7"));
	ck_assert_int_eq(before_access(r), PASS);
	ck_assert_uint_eq(r->env.n, 0);
	ck_assert_int_eq(early(r), PASS);
	v = request_env(r, STR("V"));
	ck_assert_pstr_eq(v.at == NULL ? NULL : str_z(r->arena, v),
	    rules[_i].value);
	config_end(c);
}
END_TEST

START_TEST(waits_for_sections)
{
	struct config *c = open_site("SetEnvIf Request_URI . A=1\n"
	    "<Location /l>\nSetEnvIf A 1 B=2 !A\n</Location>");
	struct request *r = site_ask(c, "/l");
	const struct vec *v = hash_get(c->main->sections->locations,
	    STR("/l"));

	ck_assert_int_eq(early(r), PASS);
	r->scope = scope_merge(c->arena, r->scope,
	    ((const struct section *)v->at[0])->scope);
	ck_assert_int_eq(before_access(r), PASS);
	ck_assert(str_is(request_env(r, STR("B")), "2"));
	ck_assert_ptr_null(request_env(r, STR("A")).at);
	config_end(c);
}
END_TEST

static const char *const mistakes[] = { "SetEnvIf Request_URI .",
    "SetEnvIf Request_URI ( V", "SetEnvIf ^( . V", "SetEnvIf X . =1",
    "SetEnvIf X . !", "SetEnvIf \"OID(\\\"1.2\\\")\" . V", "SetEnvIf \"\" . V",
    "BrowserMatch x", "SetEnvIfExpr \"%{FOO} == 1\" V" };

START_TEST(tells_mistakes)
{
	struct config *c = open_site(mistakes[_i]);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("setenvif");
	TCase *t = tcase_create("setenvif");

	tcase_add_loop_test(t, sets, 0, COUNT(rules));
	tcase_add_test(t, waits_for_sections);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
