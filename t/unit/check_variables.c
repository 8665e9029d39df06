/*
 * check_variables.c - Define, UnDefine and the environment.
 */
#include <check.h>
#include <stdlib.h>

#include "base/arena.h"
#include "conf/variables.h"

static struct arena *a;
static struct variables *v;

static void
open_variables(void)
{
	a = arena_new();
	v = variables_new(a);
	setenv("FORKFUL_CHECK", "from outside", 1);
}

static void
end_variables(void)
{
	arena_end(a);
}

START_TEST(unknown)
{
	ck_assert_ptr_null(variables_get(v, "FORKFUL_NO"));
	ck_assert(!variables_defined(v, "FORKFUL_NO"));
	variables_unset(v, "FORKFUL_NO");
	ck_assert(!variables_defined(v, "FORKFUL_NO"));
}
END_TEST

START_TEST(environment)
{
	ck_assert_str_eq(variables_get(v, "FORKFUL_CHECK"), "from outside");
	ck_assert_ptr_null(variables_get(v, "forkful_check"));
	ck_assert(!variables_defined(v, "FORKFUL_CHECK"));
	variables_set(v, "FORKFUL_CHECK", "ours");
	ck_assert_str_eq(variables_get(v, "FORKFUL_CHECK"), "ours");
	variables_unset(v, "FORKFUL_CHECK");
	ck_assert_str_eq(variables_get(v, "FORKFUL_CHECK"), "from outside");
}
END_TEST

/* As Apache: the value in any letter case, the definition exactly. */
START_TEST(letter_case)
{
	variables_set(v, "Name", "1");
	ck_assert_str_eq(variables_get(v, "NAME"), "1");
	ck_assert(variables_defined(v, "Name"));
	ck_assert(!variables_defined(v, "NAME"));
	variables_set(v, "NAME", "2");
	ck_assert_str_eq(variables_get(v, "Name"), "2");
	ck_assert(variables_defined(v, "Name"));
}
END_TEST

START_TEST(without_value)
{
	variables_set(v, "X", NULL);
	ck_assert(variables_defined(v, "X"));
	ck_assert_ptr_null(variables_get(v, "X"));
	variables_set(v, "X", "");
	ck_assert_str_eq(variables_get(v, "X"), "");
	variables_set(v, "X", NULL);
	ck_assert_str_eq(variables_get(v, "X"), "");
	variables_unset(v, "X");
	ck_assert(!variables_defined(v, "X"));
	ck_assert_ptr_null(variables_get(v, "X"));
}
END_TEST

START_TEST(visits_in_order)
{
	const char *name, *value;

	variables_set(v, "b", "1");
	variables_set(v, "a", NULL);
	variables_set(v, "c", "3");
	variables_unset(v, "a");
	ck_assert(variables_at(v, 0, &name, &value));
	ck_assert_str_eq(name, "b");
	ck_assert_str_eq(value, "1");
	ck_assert(variables_at(v, 1, &name, &value));
	ck_assert_str_eq(name, "c");
	ck_assert(!variables_at(v, 2, &name, &value));
	variables_set(v, "a", NULL);
	ck_assert(variables_at(v, 1, &name, &value));
	ck_assert_str_eq(name, "a");
	ck_assert_ptr_null(value);
}
END_TEST

START_TEST(copies)
{
	char name[] = "N", value[] = "v";

	variables_set(v, name, value);
	name[0] = 'X';
	value[0] = 'X';
	ck_assert_str_eq(variables_get(v, "N"), "v");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("variables");
	TCase *tc = tcase_create("variables");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_variables, end_variables);
	tcase_add_test(tc, unknown);
	tcase_add_test(tc, environment);
	tcase_add_test(tc, letter_case);
	tcase_add_test(tc, without_value);
	tcase_add_test(tc, visits_in_order);
	tcase_add_test(tc, copies);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
