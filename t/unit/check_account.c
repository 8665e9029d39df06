/*
 * check_account.c - what a script cost, and lines that wait for it.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "base/arena.h"
#include "script/account.h"

static struct arena *a;
static struct account account;
static struct text written;
static const struct rusage used = { .ru_utime = { 1, 2000 },
    .ru_stime = { 0, 30 }, .ru_maxrss = 4096 };

static void
setup(void)
{
	a = arena_new();
	account_init(&account);
	account.queue_us = 7;
	account.spawn_us = 60;
	written = (struct text){ .arena = a };
}

static void
teardown(void)
{
	arena_end(a);
}

static void
keep(void *arg, struct str line)
{
	text_add(arg, line);
}

static bool
add(struct text *t, const char *name)
{
	return account_write(account_item_named(str_of(name)), t, &account);
}

static const struct {
	const char	*name;
	int		 status;
	const char	*value;
} items[] = {
	{ "cgi-exit", 3 << 8, "3" },
	{ "cgi-exit", 0, "0" },
	{ "cgi-exit", SIGKILL, "-9" },
	{ "CGI-Exit", 0, "0" },
	{ "cgi-user", 0, "1002000" },
	{ "cgi-system", 0, "30" },
	{ "cgi-cpu", 0, "1002030" },
	{ "cgi-memory", 0, "4096" },
	{ "cgi-wall", 0, "1234567" },
	{ "cgi-queue", 0, "7" },
	{ "cgi-spawn", 0, "60" },
};

START_TEST(tells_items)
{
	struct text t = { .arena = a };

	ck_assert(!add(&t, items[_i].name));
	account.ran = true;
	account_end(&account, items[_i].status, &used, 1234567);
	ck_assert(add(&t, items[_i].name));
	ck_assert_str_eq(text_z(&t), items[_i].value);
	ck_assert(!account_gaps());
}
END_TEST

START_TEST(knows_no_others)
{
	ck_assert_ptr_null(account_item_named(STR("cgi")));
	ck_assert_ptr_null(account_item_named(STR("")));
	ck_assert_ptr_null(account_item_named(STR("cgi-exit2")));
}
END_TEST

START_TEST(lines_wait_for_the_end)
{
	account.ran = true;
	for (int i = 0; i < 2; i++) {
		struct text t = { .arena = a };

		text_addz(&t, i == 0 ? "one " : "two ");
		ck_assert(add(&t, "cgi-exit"));
		text_addz(&t, " ");
		ck_assert(add(&t, "cgi-spawn"));
		text_addz(&t, ":");
		ck_assert(add(&t, "cgi-memory"));
		ck_assert(account_gaps());
		account_hold(text_str(&t), keep, &written);
		ck_assert(!account_gaps());
	}
	ck_assert_uint_eq(written.n, 0);
	account_end(&account, 256, &used, 5);
	ck_assert_str_eq(text_z(&written), "one 1 60:4096two 1 60:4096");
	account_release();
	ck_assert_uint_eq(written.n, 26);
}
END_TEST

START_TEST(lines_are_released)
{
	struct text t = { .arena = a };

	account.ran = true;
	ck_assert(add(&t, "cgi-exit"));
	text_addz(&t, " x");
	account_hold(text_str(&t), keep, &written);
	account_release();
	ck_assert_str_eq(text_z(&written), "- x");
	account_end(&account, 0, &used, 5);
	ck_assert_uint_eq(written.n, 3);
}
END_TEST

START_TEST(too_many_gaps_are_left_out)
{
	struct text t = { .arena = a };
	int n = 0;

	account.ran = true;
	while (n < 100 && add(&t, "cgi-exit"))
		n++;
	ck_assert_int_gt(n, 8);
	ck_assert_int_lt(n, 100);
	account_hold(text_str(&t), keep, &written);
	account_end(&account, 0, &used, 5);
	ck_assert_uint_eq(written.n, (size_t)n);
}
END_TEST

START_TEST(tells_the_end)
{
	struct text t = { .arena = a };

	account_end(&account, 3 << 8, &used, 12999);
	account_tell(&account, &t);
	ck_assert_str_eq(text_z(&t), "exited with status 3 after 12 ms; cpu "
	    "1002 ms user, 0 ms system; peak memory 4096 KiB");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("account");
	TCase *t = tcase_create("account");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, tells_items, 0,
	    (int)(sizeof(items) / sizeof(items[0])));
	tcase_add_test(t, knows_no_others);
	tcase_add_test(t, lines_wait_for_the_end);
	tcase_add_test(t, lines_are_released);
	tcase_add_test(t, too_many_gaps_are_left_out);
	tcase_add_test(t, tells_the_end);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
