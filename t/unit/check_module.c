/*
 * check_module.c - the table of features and of their names.
 */
#include <check.h>
#include <signal.h>

#include "conf/module.h"

struct conf {
	enum flag	 flag;
	const char	*path;
};

static const struct directive first_rows[] = {
	{ "KeepAlive", 1, 1, IN_CONF, SLOT_FLAG, offsetof(struct conf, flag),
	  NULL, "On or Off" },
	{ "<Directory>", 1, 1, IN_CONF | IS_SECTION | ACCEPTED_ONLY, SLOT_NONE,
	  0, NULL, "a path" },
	{ 0 }
};

static const struct directive second_rows[] = {
	{ "DocumentRoot", 1, 1, IN_CONF, SLOT_PATH, offsetof(struct conf, path),
	  NULL, "a path" },
	{ 0 }
};

static struct module first = {
	.name = "core", .alias = "core.c core_module", .rows = first_rows,
	.conf_size = sizeof(struct conf),
}, second = {
	.name = "files", .alias = "mod_files.c  files_module",
	.rows = second_rows, .conf_size = sizeof(struct conf),
}, bare = {
	.name = "bare",
};

static struct module *const both[] = { &first, &second, &bare };

static void
open_table(void)
{
	modules_init(both, 3);
}

static const struct {
	const char	*name;
	struct module	*module;
} modules_asked[] = {
	{ "core", &first }, { "core.c", &first }, { "core_module", &first },
	{ "files", &second }, { "mod_files.c", &second },
	{ "files_module", &second }, { "bare", &bare },
	{ "Core.c", NULL }, { "", NULL }, { "mod_core.c", NULL },
	{ "core.c core_module", NULL },
};

START_TEST(finds_modules)
{
	ck_assert_ptr_eq(module_named(str_of(modules_asked[_i].name)),
	    modules_asked[_i].module);
}
END_TEST

static const struct {
	const char		*name;
	const struct directive	*row;
	const struct module	*module;
} rows_asked[] = {
	{ "KeepAlive", &first_rows[0], &first },
	{ "keepalive", &first_rows[0], &first },
	{ "KEEPALIVE", &first_rows[0], &first },
	{ "<Directory>", &first_rows[1], &first },
	{ "<dirECTORY>", &first_rows[1], &first },
	{ "DocumentRoot", &second_rows[0], &second },
	{ "Directory", NULL, NULL },
	{ "<KeepAlive>", NULL, NULL },
	{ "<>", NULL, NULL },
	{ "KeepAlive ", NULL, NULL },
	{ "", NULL, NULL },
	{ "a-name-that-is-much-longer-than-the-name-of-any-directive-may-be"
	  "-in-any-module", NULL, NULL },
	{ "<section-name-that-is-much-longer-than-the-name-of-any-section-is>",
	  NULL, NULL },
};

START_TEST(finds_rows)
{
	const struct module *m = NULL;
	struct str name = str_of(rows_asked[_i].name);

	ck_assert_ptr_eq(directive_named(name, &m), rows_asked[_i].row);
	ck_assert_ptr_eq(m, rows_asked[_i].module);
	ck_assert_ptr_eq(directive_named(name, NULL), rows_asked[_i].row);
	if (!str_starts(name, STR("<")))
		return;
	m = NULL;
	name = str_n(name.at + 1, name.n - 2);
	ck_assert_ptr_eq(section_named(name, &m), rows_asked[_i].row);
	ck_assert_ptr_eq(m, rows_asked[_i].module);
}
END_TEST

START_TEST(gives_indexes)
{
	size_t i;

	ck_assert_uint_eq(n_modules, 3);
	for (i = 0; i < n_modules; i++) {
		ck_assert_ptr_eq(modules[i], both[i]);
		ck_assert_int_eq(modules[i]->index, (int)i);
	}
}
END_TEST

START_TEST(begins_anew)
{
	modules_init(both + 1, 1);
	ck_assert_uint_eq(n_modules, 1);
	ck_assert_int_eq(second.index, 0);
	ck_assert_ptr_null(module_named(STR("core")));
	ck_assert_ptr_null(directive_named(STR("KeepAlive"), NULL));
	ck_assert_ptr_nonnull(directive_named(STR("DocumentRoot"), NULL));
}
END_TEST

START_TEST(near_names)
{
	ck_assert_str_eq(directive_name_near(STR("KepAlive")), "KeepAlive");
	ck_assert_str_eq(directive_name_near(STR("<Directry>")),
	    "<Directory>");
	ck_assert_ptr_null(directive_name_near(STR("Directory")));
	ck_assert_ptr_null(directive_name_near(STR("Xyzzy")));
}
END_TEST

/* Mistakes of a module's author end the program at once. */
static const struct directive bad_rows[][2] = {
	{ { "keepalive", 1, 1, IN_CONF, SLOT_FLAG, 0, NULL, "twice" } },
	{ { "Nothing", 1, 1, IN_CONF, SLOT_NONE, 0, NULL, "no setter" } },
	{ { "Far", 1, 1, IN_CONF, SLOT_FLAG, 4000, NULL, "not inside" } },
	{ { "Custom", 1, 1, IN_CONF, SLOT_CUSTOM, 0, NULL, "no setter",
	    .size = 4 } },
	{ { "Optional", 0, 1, IN_CONF, SLOT_STRING, 0, NULL, "no argument" } },
	{ { "Two", 2, 2, IN_CONF, SLOT_STRING, 0, NULL, "which?" } },
	{ { "<Flag>", 1, 1, IN_CONF, SLOT_FLAG, 0, NULL, "no section" } },
	{ { "Nowhere", 1, 1, 0, SLOT_FLAG, 0, NULL, "no place" } },
	{ { "Silent", 1, 1, IN_CONF, SLOT_FLAG, 0, NULL, NULL } },
};

START_TEST(bad_row_aborts)
{
	static struct module bad = {
		.name = "bad", .conf_size = sizeof(struct conf),
	};
	struct module *table[] = { &first, &bad };

	bad.rows = bad_rows[_i];
	modules_init(table, 2);
}
END_TEST

START_TEST(same_module_name_aborts)
{
	static struct module bad = { .name = "core.c" };
	struct module *table[] = { &first, &bad };

	modules_init(table, 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("module");
	TCase *tc = tcase_create("module");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_table, NULL);
	tcase_add_loop_test(tc, finds_modules, 0,
	    sizeof(modules_asked) / sizeof(modules_asked[0]));
	tcase_add_loop_test(tc, finds_rows, 0,
	    sizeof(rows_asked) / sizeof(rows_asked[0]));
	tcase_add_test(tc, gives_indexes);
	tcase_add_test(tc, begins_anew);
	tcase_add_test(tc, near_names);
	tcase_add_loop_test_raise_signal(tc, bad_row_aborts, SIGABRT, 0,
	    sizeof(bad_rows) / sizeof(bad_rows[0]));
	tcase_add_test_raise_signal(tc, same_module_name_aborts, SIGABRT);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
