/*
 * check_turnstile.c - how many at once, who is next, and whose time is up.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "script/turnstile.h"

static struct turnstile *t;

static void
setup(void)
{
	t = turnstile_new(4);
	ck_assert_ptr_nonnull(t);
}

static struct turn
turn_of(unsigned row, uint64_t client)
{
	struct turn turn = { .file = 1, .directory = 2, .client = client };

	turnstile_number(t, row, &turn, 0);
	return turn;
}

START_TEST(at_most_so_many)
{
	struct turnstile_rules rules = { .max_waiting = 2 };
	struct turn turns[4];
	unsigned i;

	turnstile_limit(t, 3);
	for (i = 0; i < 3; i++) {
		turns[i] = turn_of(i, 7);
		ck_assert(turnstile_enter(t, i, &turns[i], 0));
	}
	turns[3] = turn_of(3, 8);
	ck_assert(!turnstile_enter(t, 3, &turns[3], 0));
	ck_assert_uint_eq(turnstile_running(t), 3);
	turnstile_leave(t, 1, &turns[1], &rules, 0);
	ck_assert(turnstile_enter(t, 3, &turns[3], 0));
	ck_assert_uint_eq(turnstile_running(t), 3);
	/* A worker's death frees what it held. */
	turnstile_forget(t, 3);
	turnstile_forget(t, 0);
	ck_assert_uint_eq(turnstile_running(t), 1);
	ck_assert(turnstile_enter(t, 1, &turns[1], 0));
}
END_TEST

/* A new limit holds for those who wait, too, and they hear of it. */
START_TEST(limits_change)
{
	struct turnstile_rules rules = { .max_waiting = 2 };
	struct turn a = turn_of(0, 7), b = turn_of(1, 8);
	char c;

	turnstile_limit(t, 1);
	ck_assert(turnstile_enter(t, 0, &a, 0));
	ck_assert(!turnstile_enter(t, 1, &b, 0));
	ck_assert(turnstile_wait(t, 1, &rules));
	turnstile_limit(t, 1);
	ck_assert_int_eq(read(turnstile_alarm(t, 1), &c, 1), -1);
	turnstile_limit(t, 2);
	ck_assert_int_eq(read(turnstile_alarm(t, 1), &c, 1), 1);
	ck_assert(turnstile_enter(t, 1, &b, 0));
}
END_TEST

START_TEST(any_number)
{
	struct turnstile_rules rules = { .max_waiting = 0 };
	struct turn turn = turn_of(0, 7);
	unsigned i;

	for (i = 0; i < TURNSTILE_RUNNING_MAX + 10; i++)
		ck_assert(turnstile_enter(t, 0, &turn, 0));
	for (i = 0; i < TURNSTILE_RUNNING_MAX + 10; i++)
		turnstile_leave(t, 0, &turn, &rules, 0);
	ck_assert_uint_eq(turnstile_running(t), 0);
}
END_TEST

START_TEST(queue_is_bounded)
{
	struct turnstile_rules rules = { .max_waiting = 2 };

	ck_assert(turnstile_wait(t, 0, &rules));
	ck_assert(turnstile_wait(t, 1, &rules));
	ck_assert(!turnstile_wait(t, 2, &rules));
	ck_assert_uint_eq(turnstile_waiting(t), 2);
	turnstile_wait_no_more(t, 0);
	ck_assert(turnstile_wait(t, 2, &rules));
	turnstile_forget(t, 1);
	ck_assert_uint_eq(turnstile_waiting(t), 1);
}
END_TEST

static const struct {
	unsigned	max_file, max_directory;
	uint64_t	file, directory;
	bool		eligible;	/* beside two of file 1 in 2 */
} likes[] = {
	{ 0, 0, 1, 2, true },
	{ 2, 0, 1, 2, false },
	{ 3, 0, 1, 2, true },
	{ 2, 0, 9, 2, true },
	{ 0, 2, 9, 2, false },
	{ 0, 3, 9, 2, true },
	{ 1, 2, 9, 9, true },
};

START_TEST(caps_of_files_and_directories)
{
	struct turn a = turn_of(0, 7), b = turn_of(1, 7), c = turn_of(0, 8);

	ck_assert(turnstile_enter(t, 0, &a, 0));
	ck_assert(turnstile_enter(t, 1, &b, 0));
	c.file = likes[_i].file;
	c.directory = likes[_i].directory;
	c.max_file = likes[_i].max_file;
	c.max_directory = likes[_i].max_directory;
	ck_assert_int_eq(turnstile_eligible(t, &c), likes[_i].eligible);
	ck_assert_int_eq(turnstile_enter(t, 0, &c, 0),
	    likes[_i].eligible);
}
END_TEST

/* One client floods; the first of another comes right after what is in. */
START_TEST(numbers_are_fair)
{
	struct turnstile_rules rules = { .max_waiting = 9 };
	struct turn flood[10], in, other;
	unsigned i;

	turnstile_limit(t, 1);
	in = turn_of(0, 7);
	ck_assert(turnstile_enter(t, 0, &in, 0));
	for (i = 0; i < 10; i++)
		flood[i] = turn_of(0, 7);
	other = turn_of(1, 8);
	ck_assert_uint_lt(other.number, flood[1].number);
	ck_assert_uint_le(other.number, flood[0].number);
	for (i = 1; i < 10; i++)
		ck_assert_uint_lt(flood[i - 1].number, flood[i].number);
	/* The lower number of another row comes first. */
	ck_assert(turnstile_wait(t, 1, &rules));
	turnstile_show(t, 1, other.number);
	turnstile_leave(t, 0, &in, &rules, 0);
	ck_assert(!turnstile_enter(t, 0, &flood[1], 0));
	ck_assert(turnstile_enter(t, 1, &other, 0));
	turnstile_show(t, 1, TURNSTILE_NO_NUMBER);
	turnstile_leave(t, 1, &other, &rules, 0);
	ck_assert(turnstile_enter(t, 0, &flood[1], 0));
}
END_TEST

/* Whoever is passed over, or waits when somebody leaves, hears of it. */
START_TEST(others_are_woken)
{
	struct turnstile_rules rules = { .max_waiting = 9 };
	struct turn in = turn_of(0, 7), other = turn_of(1, 8), third;
	char c;

	turnstile_limit(t, 1);
	ck_assert(turnstile_enter(t, 0, &in, 0));
	ck_assert_int_eq(read(turnstile_alarm(t, 1), &c, 1), -1);
	ck_assert(turnstile_wait(t, 1, &rules));
	turnstile_show(t, 1, other.number);
	turnstile_leave(t, 0, &in, &rules, 0);
	ck_assert_int_eq(read(turnstile_alarm(t, 1), &c, 1), 1);
	third = turn_of(2, 9);
	third.number = other.number + 1;
	ck_assert(!turnstile_enter(t, 2, &third, 0));
	ck_assert_int_eq(read(turnstile_alarm(t, 1), &c, 1), 1);
	ck_assert_int_eq(read(turnstile_alarm(t, 0), &c, 1), -1);
}
END_TEST

START_TEST(budget)
{
	struct turnstile_rules rules = { .budget_ms = 1000,
	    .period_ms = 10000 };
	struct turn turn = turn_of(0, 7);

	ck_assert_int_eq(turnstile_debt_ms(t, 7, &rules, 0), 0);
	ck_assert(turnstile_enter(t, 0, &turn, 0));
	ck_assert_int_eq(turnstile_debt_ms(t, 7, &rules, 900), 0);
	/* What runs counts already, for this client. */
	ck_assert_int_gt(turnstile_debt_ms(t, 7, &rules, 1500), 0);
	ck_assert_int_eq(turnstile_debt_ms(t, 8, &rules, 1500), 0);
	turnstile_leave(t, 0, &turn, &rules, 2000);
	ck_assert_int_eq(turnstile_debt_ms(t, 7, &rules, 2000), 10001);
	ck_assert_int_gt(turnstile_debt_ms(t, 7, &rules, 11990), 0);
	ck_assert_int_eq(turnstile_debt_ms(t, 7, &rules, 12020), 0);
	ck_assert_int_eq(turnstile_debt_ms(t, 7, &rules, INT64_MAX / 2), 0);
}
END_TEST

/* Many processes go through; there are never more than may. */
static void
go_through(unsigned row)
{
	struct turnstile_rules rules = { .max_waiting = 0 };
	struct turn turn;

	for (int i = 0; i < 20000; i++) {
		turn = turn_of(row, row);
		if (!turnstile_enter(t, row, &turn, 0))
			continue;
		if (turnstile_running(t) > 2)
			_exit(1);
		turnstile_leave(t, row, &turn, &rules, 0);
	}
	_exit(0);
}

START_TEST(never_more_at_once)
{
	int status;
	unsigned i;

	turnstile_limit(t, 2);
	for (i = 0; i < 4; i++)
		if (fork() == 0)
			go_through(i);
	for (i = 0; i < 4; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_uint_eq(turnstile_running(t), 0);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("turnstile");
	TCase *c = tcase_create("turnstile");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, at_most_so_many);
	tcase_add_test(c, limits_change);
	tcase_add_test(c, any_number);
	tcase_add_test(c, queue_is_bounded);
	tcase_add_loop_test(c, caps_of_files_and_directories, 0,
	    COUNT(likes));
	tcase_add_test(c, numbers_are_fair);
	tcase_add_test(c, others_are_woken);
	tcase_add_test(c, budget);
	tcase_add_test(c, never_more_at_once);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
