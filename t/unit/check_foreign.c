/*
 * check_foreign.c - whose directive a name is that no row has.
 */
#include <check.h>

#include "base/arena.h"
#include "conf/foreign.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static const struct {
	const char	*name;
	const char	*apache, *family;	/* a part of the hint; NULL */
} names[] = {
	{ "ProxyPass", "Apache's mod_proxy,", NULL },
	{ "proxypassREVERSE", "Apache's mod_proxy,", NULL },
	{ "<Proxy>", "Apache's mod_proxy,", NULL },
	{ "SSLEngine", "Apache's mod_ssl,", NULL },
	{ "ThreadsPerChild", " MPM,", NULL },
	{ "QualifyRedirectURL", "the core,", NULL },
	{ "ProxyPas", NULL, NULL },
	{ "Proxy", NULL, NULL },
	{ "", NULL, NULL },
	{ "php_value", NULL, ".user.ini" },
	{ "PHP_admin_flag", NULL, "<IfModule mod_php.c>" },
	{ "WSGIScriptAlias", NULL, "mod_wsgi" },
	{ "<Perl>", NULL, "mod_perl" },
	{ "Qwertz", NULL, NULL },
};

static void
check_hint(const char *hint, const char *has)
{
	if (has == NULL)
		ck_assert_ptr_null(hint);
	else
		ck_assert_msg(str_find_str(str_of(hint), str_of(has)) >= 0,
		    "\"%s\" without \"%s\"", hint, has);
}

START_TEST(knows_names)
{
	struct arena *a = arena_new();
	struct str name = str_of(names[_i].name);

	check_hint(foreign_apache(a, name), names[_i].apache);
	check_hint(foreign_family(a, name), names[_i].family);
	arena_end(a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("foreign");
	TCase *tc = tcase_create("foreign");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_loop_test(tc, knows_names, 0, COUNT(names));
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
