/*
 * check_method.c - the table of request methods, both ways.
 */
#include <check.h>

#include "base/arena.h"
#include "http/method.h"

START_TEST(name_and_number_agree)
{
	enum http_method m = (enum http_method)_i;
	struct str name = method_name(m);

	ck_assert_uint_gt(name.n, 0);
	ck_assert_int_eq(method_of(name), m);
}
END_TEST

START_TEST(other_names_are_other)
{
	ck_assert_int_eq(method_of(STR("get")), METHOD_OTHER);
	ck_assert_int_eq(method_of(STR("GETS")), METHOD_OTHER);
	ck_assert_int_eq(method_of(STR("GE")), METHOD_OTHER);
	ck_assert_int_eq(method_of(STR("BREW")), METHOD_OTHER);
	ck_assert_int_eq(method_of(STR("")), METHOD_OTHER);
	ck_assert_ptr_null(method_name(METHOD_OTHER).at);
	ck_assert(!method_is_safe(METHOD_OTHER));
}
END_TEST

START_TEST(safe_methods)
{
	ck_assert(method_is_safe(METHOD_GET) && method_is_safe(METHOD_HEAD));
	ck_assert(method_is_safe(METHOD_OPTIONS));
	ck_assert(!method_is_safe(METHOD_POST));
	ck_assert(!method_is_safe(METHOD_CONNECT));
}
END_TEST

START_TEST(list_for_allow)
{
	struct arena *a = arena_new();

	ck_assert_uint_eq(method_list(a, 0).n, 0);
	ck_assert(str_is(method_list(a, METHOD_BIT(METHOD_POST)), "POST"));
	ck_assert(str_is(method_list(a, METHOD_BIT(METHOD_MERGE) |
	    METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_OTHER) |
	    METHOD_BIT(METHOD_HEAD)), "GET, HEAD, MERGE"));
	arena_end(a);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("method");
	TCase *t = tcase_create("method");

	tcase_add_loop_test(t, name_and_number_agree, METHOD_OTHER + 1,
	    METHOD_COUNT);
	tcase_add_test(t, other_names_are_other);
	tcase_add_test(t, safe_methods);
	tcase_add_test(t, list_for_allow);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
