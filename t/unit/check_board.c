/*
 * check_board.c - the scoreboard: seats, sums, notes on scripts; across forks.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/board.h"

START_TEST(seats_are_taken_in_order)
{
	struct board *b = board_new(3);

	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(b->n_seats, 3);
	ck_assert_int_eq(board_free_seat(b), 0);
	board_take(b, 0, 1, 1000);
	ck_assert_int_eq(board_free_seat(b), 1);
	board_take(b, 1, 1, 1000);
	board_take(b, 2, 2, 1000);
	ck_assert_int_eq(board_free_seat(b), -1);
	board_leave(b, 1);
	ck_assert_int_eq(board_free_seat(b), 1);
}
END_TEST

START_TEST(a_taken_seat_is_clean)
{
	struct board *b = board_new(1);
	struct seat *s = &b->seats[0];

	board_take(b, 0, 7, 1234);
	s->pid = 99;
	s->state = SEAT_READY;
	seat_add(s->connections, 5);
	seat_add(s->requests, 2);
	seat_add(s->bytes, 10000000000u);
	seat_script(s, 500, true);
	board_leave(b, 0);
	ck_assert_int_eq(s->pid, 0);
	ck_assert_int_eq(s->state, SEAT_FREE);
	board_take(b, 0, 8, 5678);
	ck_assert_uint_eq(s->generation, 8);
	ck_assert_int_eq(s->started, 5678);
	ck_assert_int_eq(s->state, SEAT_STARTING);
	ck_assert_uint_eq(s->connections, 0);
	ck_assert_uint_eq(s->requests, 0);
	ck_assert_uint_eq(s->bytes, 0);
	ck_assert_uint_eq(s->n_scripts, 0);
}
END_TEST

/* What counts for a worker's share, and what for the limit of all. */
static const struct {
	int		pid;
	unsigned	generation;
	int		state;
	unsigned	connections, requests;
} seats[] = {
	{ 10, 2, SEAT_READY, 5, 3 },
	{ 11, 2, SEAT_READY, 7, 0 },
	{ 12, 2, SEAT_STARTING, 0, 0 },
	{ 13, 1, SEAT_DRAINING, 100, 40 },
	{ 14, 2, SEAT_DRAINING, 1, 1 },
	{ 0, 0, SEAT_FREE, 0, 0 },
};
enum { N_SEATS = sizeof(seats) / sizeof(seats[0]) };

START_TEST(sums)
{
	struct board *b = board_new(N_SEATS);
	struct board_sum sum;
	unsigned i;

	for (i = 0; i < N_SEATS; i++) {
		if (seats[i].pid == 0)
			continue;
		board_take(b, i, seats[i].generation, 0);
		/* The first one serves before the master has noted its pid. */
		b->seats[i].pid = i == 0 ? 0 : seats[i].pid;
		b->seats[i].state = seats[i].state;
		seat_add(b->seats[i].connections, seats[i].connections);
		seat_add(b->seats[i].requests, seats[i].requests);
	}
	sum = board_sum(b, 2);
	ck_assert_uint_eq(sum.requests, 44);
	ck_assert_uint_eq(sum.accepting, 2);
	ck_assert_uint_eq(sum.connections, 12);
	sum = board_sum(b, 3);
	ck_assert_uint_eq(sum.accepting, 0);
	ck_assert_uint_eq(sum.connections, 0);
}
END_TEST

START_TEST(requests_begin_while_there_are_places)
{
	struct board *b = board_new(3);

	board_take(b, 0, 1, 0);
	board_take(b, 2, 1, 0);
	ck_assert(board_begin(b, 0, 3));
	ck_assert(board_begin(b, 2, 3));
	ck_assert(board_begin(b, 2, 3));
	ck_assert(!board_begin(b, 0, 3));
	ck_assert(!board_begin(b, 2, 3));
	ck_assert_uint_eq(b->seats[0].requests, 1);
	ck_assert_uint_eq(b->seats[2].requests, 2);
	/* A worker that is gone has none. */
	board_leave(b, 2);
	ck_assert(board_begin(b, 0, 3));
	ck_assert(board_begin(b, 0, 3));
	ck_assert(!board_begin(b, 0, 3));
}
END_TEST

START_TEST(counters_go_down_again)
{
	struct board *b = board_new(1);
	struct seat *s = &b->seats[0];

	seat_add(s->connections, 2);
	seat_add(s->connections, (unsigned)-1);
	ck_assert_uint_eq(s->connections, 1);
}
END_TEST

START_TEST(scripts)
{
	static pid_t out[BOARD_SCRIPTS_MAX];
	struct board *b = board_new(1);
	struct seat *s = &b->seats[0];

	ck_assert_uint_eq(seat_scripts(s, out), 0);
	seat_script(s, 100, true);
	seat_script(s, 200, true);
	seat_script(s, 300, true);
	seat_script(s, 100, false);
	seat_script(s, 555, false);	/* was never noted */
	ck_assert_uint_eq(seat_scripts(s, out), 2);
	ck_assert_int_eq(out[0] + out[1], 500);
	seat_script(s, 200, false);
	seat_script(s, 300, false);
	ck_assert_uint_eq(seat_scripts(s, out), 0);
	seat_script(s, 300, false);
	ck_assert_uint_eq(s->n_scripts, 0);
}
END_TEST

START_TEST(too_many_scripts)
{
	static pid_t out[BOARD_SCRIPTS_MAX];
	struct board *b = board_new(1);
	struct seat *s = &b->seats[0];
	int i;

	for (i = 0; i < BOARD_SCRIPTS_MAX + 100; i++)
		seat_script(s, 1000 + i, true);
	ck_assert_uint_eq(seat_scripts(s, out), BOARD_SCRIPTS_MAX);
	/* Those that found no room end as well. */
	for (i = 0; i < BOARD_SCRIPTS_MAX + 100; i++)
		seat_script(s, 1000 + i, false);
	ck_assert_uint_eq(seat_scripts(s, out), 0);
}
END_TEST

/* A worker that went mad wrote this. */
START_TEST(bad_notes)
{
	static pid_t out[BOARD_SCRIPTS_MAX];
	struct board *b = board_new(2);
	struct seat *s = &b->seats[0];

	s->scripts[0] = 0;
	s->scripts[1] = 1;
	s->scripts[2] = -1;
	s->scripts[3] = 77;
	s->n_scripts = 4;
	ck_assert_uint_eq(seat_scripts(s, out), 1);
	ck_assert_int_eq(out[0], 77);
	s->n_scripts = 4000000000u;
	ck_assert_uint_eq(seat_scripts(s, out), 1);
}
END_TEST

START_TEST(is_shared)
{
	struct board *b = board_new(2);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		b->seats[1].state = SEAT_READY;
		seat_add(b->seats[1].served, 42);
		seat_script(&b->seats[1], 4711, true);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(b->seats[1].state, SEAT_READY);
	ck_assert_uint_eq(b->seats[1].served, 42);
	ck_assert_int_eq(b->seats[1].scripts[0], 4711);
}
END_TEST

START_TEST(reloads)
{
	struct board *b = board_new(1);
	char *longer = malloc(3 * BOARD_TEXT_MAX);

	ck_assert_int_eq(b->reloaded, 0);
	board_reloaded(b, 10, "httpd.conf:1:1: no");
	ck_assert(b->reload_failed);
	ck_assert_str_eq(b->reload_text, "httpd.conf:1:1: no");
	memset(longer, 'x', 3 * BOARD_TEXT_MAX);
	longer[3 * BOARD_TEXT_MAX - 1] = '\0';
	board_reloaded(b, 11, longer);
	ck_assert_uint_eq(strlen(b->reload_text), BOARD_TEXT_MAX - 1);
	free(longer);
	board_reloaded(b, 12, NULL);
	ck_assert(!b->reload_failed);
	ck_assert_int_eq(b->reloaded, 12);
	ck_assert_str_eq(b->reload_text, "");
}
END_TEST

START_TEST(largest)
{
	struct board *b = board_new(BOARD_SEATS_MAX);

	ck_assert_ptr_nonnull(b);
	board_take(b, BOARD_SEATS_MAX - 1, 1, 0);
	ck_assert_int_eq(board_free_seat(b), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("board");
	TCase *tc = tcase_create("board");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_test(tc, seats_are_taken_in_order);
	tcase_add_test(tc, a_taken_seat_is_clean);
	tcase_add_test(tc, sums);
	tcase_add_test(tc, requests_begin_while_there_are_places);
	tcase_add_test(tc, counters_go_down_again);
	tcase_add_test(tc, scripts);
	tcase_add_test(tc, too_many_scripts);
	tcase_add_test(tc, bad_notes);
	tcase_add_test(tc, is_shared);
	tcase_add_test(tc, reloads);
	tcase_add_test(tc, largest);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
