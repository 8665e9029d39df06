/*
 * check_loop.c - watches, timers, later, signals; on every backend.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/backend.h"

static struct loop *l;

/* _i 0: the default backend, 1: poll. */
static void
open_loop(int i)
{
	l = loop_new_on(i == 0 ? backend_default : &backend_poll);
	ck_assert_ptr_nonnull(l);
}

static void
stop(struct timer *t)
{
	(void)t;
	loop_stop(l);
}

/* Take turns for ms milliseconds. */
static void
run_for(int64_t ms)
{
	struct timer t = { .fire = stop };

	clock_tick();
	loop_timer(l, &t, ms);
	loop_run(l);
	loop_timer_stop(l, &t);
}

/* A watch that counts. */
struct seen {
	struct watch	watch;
	int		calls;
	unsigned	events;		/* of the last call */
	int		read_bytes;	/* read that many when called */
	struct watch	*unwatch;	/* forget this one when called */
};

static void
note(struct watch *w, unsigned events)
{
	struct seen *s = LIST_OWNER(w, struct seen, watch);
	char drain[64];

	s->calls++;
	s->events = events;
	if (s->read_bytes > 0)
		ck_assert_int_gt(read(w->fd, drain, (size_t)s->read_bytes), 0);
	if (s->unwatch != NULL)
		loop_unwatch(l, s->unwatch);
}

static struct seen
seen_on(int fd)
{
	return (struct seen){ .watch = { .fd = fd, .ready = note } };
}

static void
pair(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
}

START_TEST(reads_level_triggered)
{
	struct seen s;
	int ends[2];

	open_loop(_i);
	pair(ends);
	s = seen_on(ends[0]);
	s.read_bytes = 1;
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), 0);
	ck_assert_uint_eq(loop_watches(l), 1);
	run_for(5);
	ck_assert_int_eq(s.calls, 0);
	ck_assert_int_eq(write(ends[1], "abc", 3), 3);
	run_for(20);
	/* One byte a turn: it came again until all was read. */
	ck_assert_int_eq(s.calls, 3);
	ck_assert_uint_eq(s.events, LOOP_READ);
	loop_unwatch(l, &s.watch);
	loop_unwatch(l, &s.watch);
	ck_assert_uint_eq(loop_watches(l), 0);
	loop_end(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(interest_changes)
{
	struct seen s;
	int ends[2];

	open_loop(_i);
	pair(ends);
	s = seen_on(ends[0]);
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_WRITE), 0);
	run_for(5);
	ck_assert_int_gt(s.calls, 0);
	ck_assert_uint_eq(s.events, LOOP_WRITE);

	/* Dropped interest is not told to the owner, nor does it spin. */
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), 0);
	s.calls = 0;
	run_for(5);
	ck_assert_int_eq(s.calls, 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	run_for(5);
	ck_assert_int_gt(s.calls, 0);
	ck_assert_uint_eq(s.events, LOOP_READ);

	ck_assert_int_eq(loop_watch(l, &s.watch, 0), 0);
	s.calls = 0;
	run_for(5);
	ck_assert_int_eq(s.calls, 0);
	ck_assert_uint_eq(s.watch.known & LOOP_READ, 0);
	ck_assert_uint_eq(loop_watches(l), 1);
	loop_unwatch(l, &s.watch);
	loop_end(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(gone_comes_once_to_the_quiet)
{
	struct seen s;
	int ends[2];

	open_loop(_i);
	pair(ends);
	s = seen_on(ends[0]);
	ck_assert_int_eq(loop_watch(l, &s.watch, 0), 0);
	close(ends[1]);
	run_for(10);
	ck_assert_int_eq(s.calls, 1);
	ck_assert_uint_eq(s.events, LOOP_GONE);

	/* Asking for nothing keeps it quiet, asking again wakes it. */
	ck_assert_int_eq(loop_watch(l, &s.watch, 0), 0);
	run_for(5);
	ck_assert_int_eq(s.calls, 1);
	s.unwatch = &s.watch;
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), 0);
	run_for(5);
	ck_assert_int_eq(s.calls, 2);
	ck_assert_uint_eq(s.events, LOOP_GONE | LOOP_READ);
	ck_assert_uint_eq(loop_watches(l), 0);
	loop_end(l);
	close(ends[0]);
}
END_TEST

START_TEST(pipe_ends)
{
	struct seen in, out;
	int ends[2], other[2];

	open_loop(_i);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(pipe(other), 0);
	in = seen_on(ends[0]);
	in.unwatch = &in.watch;
	out = seen_on(other[1]);
	out.unwatch = &out.watch;
	loop_watch(l, &in.watch, LOOP_READ);
	loop_watch(l, &out.watch, LOOP_WRITE);
	close(ends[1]);		/* the writer is gone: end of file */
	close(other[0]);	/* the reader is gone: broken pipe */
	run_for(5);
	ck_assert_int_eq(in.calls, 1);
	ck_assert_uint_eq(in.events & LOOP_READ, LOOP_READ);
	ck_assert_int_eq(out.calls, 1);
	ck_assert_uint_eq(out.events & LOOP_WRITE, LOOP_WRITE);
	loop_end(l);
	close(ends[0]);
	close(other[1]);
}
END_TEST

START_TEST(peer_done_is_told)
{
	struct seen s;
	int ends[2];

	open_loop(_i);
	pair(ends);
	s = seen_on(ends[0]);
	s.unwatch = &s.watch;
	loop_watch(l, &s.watch, LOOP_PEER_DONE);
	run_for(5);
	ck_assert_int_eq(s.calls, 0);
	shutdown(ends[1], SHUT_WR);
	run_for(5);
	ck_assert_int_eq(s.calls, 1);
	ck_assert_uint_eq(s.events, LOOP_PEER_DONE);
	loop_end(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* Both are ready in one batch; whoever comes first forgets the other. */
START_TEST(unwatch_reaches_into_the_batch)
{
	struct seen s[3];
	int ends[3][2], i, calls = 0;

	open_loop(_i);
	for (i = 0; i < 3; i++) {
		pair(ends[i]);
		ck_assert_int_eq(write(ends[i][1], "x", 1), 1);
		s[i] = seen_on(ends[i][0]);
		s[i].read_bytes = 1;
		loop_watch(l, &s[i].watch, LOOP_READ);
	}
	s[0].unwatch = &s[1].watch;
	s[1].unwatch = &s[0].watch;
	run_for(5);
	for (i = 0; i < 2; i++)
		calls += s[i].calls;
	ck_assert_int_eq(calls, 1);
	ck_assert_int_eq(s[2].calls, 1);
	ck_assert_uint_eq(loop_watches(l), 2);
	loop_end(l);
	for (i = 0; i < 3; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
}
END_TEST

START_TEST(many_watches)
{
	enum { PAIRS = 400 };
	static struct seen s[PAIRS];
	static int ends[PAIRS][2];
	int i;

	open_loop(_i);
	for (i = 0; i < PAIRS; i++) {
		pair(ends[i]);
		s[i] = seen_on(ends[i][0]);
		s[i].read_bytes = 1;
		ck_assert_int_eq(loop_watch(l, &s[i].watch, LOOP_READ), 0);
	}
	/* Every third leaves, from the middle of the backend's lists. */
	for (i = 0; i < PAIRS; i += 3)
		loop_unwatch(l, &s[i].watch);
	for (i = 0; i < PAIRS; i++)
		ck_assert_int_eq(write(ends[i][1], "xy", 2), 2);
	run_for(50);
	for (i = 0; i < PAIRS; i++)
		ck_assert_int_eq(s[i].calls, i % 3 == 0 ? 0 : 2);
	loop_end(l);
	for (i = 0; i < PAIRS; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
}
END_TEST

START_TEST(exclusive_pauses_and_resumes)
{
	struct seen s;
	int ends[2];

	open_loop(_i);
	pair(ends);
	s = seen_on(ends[0]);
	ck_assert_int_eq(loop_watch(l, &s.watch,
	    LOOP_READ | LOOP_EXCLUSIVE), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	run_for(5);
	ck_assert_int_gt(s.calls, 0);
	ck_assert_uint_eq(s.events, LOOP_READ);
	loop_watch(l, &s.watch, 0);
	s.calls = 0;
	run_for(5);
	ck_assert_int_eq(s.calls, 0);
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), 0);
	run_for(5);
	ck_assert_int_gt(s.calls, 0);
	loop_unwatch(l, &s.watch);
	loop_end(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(files_cannot_be_watched)
{
	char name[] = "/tmp/check_loop.XXXXXX";
	struct seen s;
	int fd = mkstemp(name);

	open_loop(_i);
	unlink(name);
	s = seen_on(fd);
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_uint_eq(loop_watches(l), 0);
	close(fd);
	ck_assert_int_eq(loop_watch(l, &s.watch, LOOP_READ), -1);
	ck_assert_int_eq(errno, EBADF);
	loop_end(l);
}
END_TEST

/* ---- Timers -------------------------------------------------------------- */

static int fired[128], n_fired;

struct alarm {
	struct timer	timer;
	int		id;
};

static void
ring(struct timer *t)
{
	fired[n_fired++] = LIST_OWNER(t, struct alarm, timer)->id;
}

START_TEST(timers_fire_in_order)
{
	static struct alarm a[100];
	int i;

	open_loop(_i);
	n_fired = 0;
	clock_tick();
	/* 37 and 100 have no common divisor: every due time once. */
	for (i = 0; i < 100; i++) {
		a[i] = (struct alarm){ { .fire = ring }, i * 37 % 100 };
		loop_timer(l, &a[i].timer, a[i].id / 4);
	}
	for (i = 0; i < 100; i++)
		if (a[i].id % 2 == 1)
			loop_timer_stop(l, &a[i].timer);
	run_for(60);
	ck_assert_int_eq(n_fired, 50);
	for (i = 1; i < n_fired; i++)
		ck_assert_int_le(fired[i - 1] / 4, fired[i] / 4);
	for (i = 0; i < 100; i++)
		ck_assert_uint_eq(a[i].timer.place, 0);
	loop_end(l);
}
END_TEST

START_TEST(timers_move)
{
	struct alarm later = { { .fire = ring }, 1 };
	struct alarm sooner = { { .fire = ring }, 2 };
	int64_t queued;

	open_loop(_i);
	n_fired = 0;
	clock_tick();
	loop_timer(l, &later.timer, 5);
	queued = later.timer.queued_ms;
	loop_timer(l, &later.timer, 60);	/* a store: no move yet */
	ck_assert_int_eq(later.timer.queued_ms, queued);
	loop_timer(l, &sooner.timer, 5000);
	loop_timer(l, &sooner.timer, 10);
	/* In this order, however late we come. */
	while (n_fired < 2)
		run_for(5);
	ck_assert_int_eq(n_fired, 2);
	ck_assert_int_eq(fired[0], 2);
	ck_assert_int_eq(fired[1], 1);
	loop_end(l);
}
END_TEST

static int	again_fired;

static void
again(struct timer *t)
{
	again_fired++;
	loop_timer(l, t, 0);
}

/* A timer that always wants to run at once leaves room for the others. */
START_TEST(timer_for_now_waits_a_turn)
{
	struct timer t = { .fire = again };

	open_loop(_i);
	again_fired = 0;
	loop_timer(l, &t, 0);
	run_for(5);
	ck_assert_int_gt(again_fired, 1);
	loop_timer_stop(l, &t);
	loop_timer_stop(l, &t);
	loop_end(l);
}
END_TEST

/* ---- Later, each turn ---------------------------------------------------- */

struct errand {
	struct later	later;
	int		runs;
	struct errand	*next;
};

static void
run_errand(struct later *e)
{
	struct errand *own = LIST_OWNER(e, struct errand, later);

	own->runs++;
	if (own->next != NULL)
		loop_later(l, &own->next->later);
}

static int	turns;

static void
count_turn(void *arg)
{
	(*(int *)arg)++;
	loop_stop(l);
}

static int rests;

static void
count_rest(void *arg)
{
	(*(int *)arg)++;
	if (rests >= 3)
		loop_stop(l);
}

/* With little to do, there is a rest behind every turn; and at the end. */
START_TEST(rests_behind_a_turn)
{
	struct errand a = { { .run = run_errand }, 0, NULL };

	open_loop(_i);
	turns = rests = 0;
	loop_each_turn(l, count_turn, &turns);
	loop_each_rest(l, count_rest, &rests);
	for (int i = 1; i <= 2; i++) {
		loop_later(l, &a.later);
		loop_run(l);
		ck_assert_int_eq(turns, i);
		ck_assert_int_eq(rests, 2 * i);
	}
	loop_end(l);
}
END_TEST

/* Even when there is something to do without end. */
START_TEST(rests_when_busy)
{
	struct seen s[8];
	int ends[8][2];

	open_loop(_i);
	rests = 0;
	for (int i = 0; i < 8; i++) {
		pair(ends[i]);
		s[i] = seen_on(ends[i][0]);
		ck_assert_int_eq(write(ends[i][1], "a", 1), 1);
		loop_watch(l, &s[i].watch, LOOP_READ);
	}
	loop_each_rest(l, count_rest, &rests);
	loop_run(l);
	ck_assert_int_ge(rests, 3);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_gt(s[i].calls, 0);
		loop_unwatch(l, &s[i].watch);
		close(ends[i][0]);
		close(ends[i][1]);
	}
	loop_end(l);
}
END_TEST

/* Even one that queues itself again and again leaves the others their turn. */
START_TEST(later_runs_once_in_a_turn)
{
	struct errand c = { { .run = run_errand }, 0, NULL };
	struct errand b = { { .run = run_errand }, 0, &c };
	struct errand a = { { .run = run_errand }, 0, &b };
	struct errand never = { { .run = run_errand }, 0, NULL };

	open_loop(_i);
	turns = 0;
	loop_each_turn(l, count_turn, &turns);
	loop_later(l, &a.later);
	loop_later(l, &a.later);
	loop_later(l, &never.later);
	loop_later_stop(l, &never.later);
	loop_later_stop(l, &never.later);
	loop_run(l);
	ck_assert_int_eq(turns, 1);
	ck_assert_int_eq(a.runs, 1);
	ck_assert_int_eq(b.runs, 0);
	loop_run(l);
	ck_assert_int_eq(b.runs, 1);
	loop_run(l);
	ck_assert_int_eq(c.runs, 1);
	ck_assert_int_eq(a.runs, 1);
	ck_assert_int_eq(never.runs, 0);
	/* And once more, as if new. */
	c.next = &c;
	loop_later(l, &c.later);
	loop_run(l);
	ck_assert_int_eq(c.runs, 2);
	loop_run(l);
	ck_assert_int_eq(c.runs, 3);
	loop_later_stop(l, &c.later);
	loop_end(l);
}
END_TEST

/* ---- Signals ------------------------------------------------------------- */

static int	signals_seen[NSIG];

static void
take_signal(int signo, void *arg)
{
	ck_assert_ptr_eq(arg, signals_seen);
	signals_seen[signo]++;
}

START_TEST(signals_come_through_the_loop)
{
	struct sigaction sa;
	int i;

	open_loop(_i);
	signals_seen[SIGUSR1] = signals_seen[SIGUSR2] = 0;
	loop_signal(l, SIGUSR1, take_signal, signals_seen);
	loop_signal(l, SIGUSR2, take_signal, signals_seen);
	errno = E2BIG;
	for (i = 0; i < 100; i++)
		raise(SIGUSR1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_int_eq(signals_seen[SIGUSR1], 0);
	run_for(5);
	ck_assert_int_ge(signals_seen[SIGUSR1], 1);
	ck_assert_int_le(signals_seen[SIGUSR1], 2);
	ck_assert_int_eq(signals_seen[SIGUSR2], 0);
	raise(SIGUSR2);
	run_for(5);
	ck_assert_int_eq(signals_seen[SIGUSR2], 1);
	ck_assert_uint_eq(loop_watches(l), 0);
	loop_end(l);
	sigaction(SIGUSR1, NULL, &sa);
	ck_assert(sa.sa_handler == SIG_DFL);
}
END_TEST

/* More than the pipe holds must neither block nor be lost. */
START_TEST(signal_flood)
{
	int i;

	open_loop(_i);
	signals_seen[SIGUSR1] = 0;
	loop_signal(l, SIGUSR1, take_signal, signals_seen);
	for (i = 0; i < 70000; i++)
		raise(SIGUSR1);
	run_for(20);
	ck_assert_int_ge(signals_seen[SIGUSR1], 1);
	loop_end(l);
}
END_TEST

START_TEST(backend_has_a_name)
{
	ck_assert(loop_backend() == backend_default->name);
	ck_assert_str_eq(backend_poll.name, "poll");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("loop");
	TCase *tc = tcase_create("loop");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, reads_level_triggered, 0, 2);
	tcase_add_loop_test(tc, interest_changes, 0, 2);
	tcase_add_loop_test(tc, gone_comes_once_to_the_quiet, 0, 2);
	tcase_add_loop_test(tc, pipe_ends, 0, 2);
	tcase_add_loop_test(tc, peer_done_is_told, 0, 2);
	tcase_add_loop_test(tc, unwatch_reaches_into_the_batch, 0, 2);
	tcase_add_loop_test(tc, many_watches, 0, 2);
	tcase_add_loop_test(tc, exclusive_pauses_and_resumes, 0, 2);
	tcase_add_loop_test(tc, files_cannot_be_watched, 0, 2);
	tcase_add_loop_test(tc, timers_fire_in_order, 0, 2);
	tcase_add_loop_test(tc, timers_move, 0, 2);
	tcase_add_loop_test(tc, timer_for_now_waits_a_turn, 0, 2);
	tcase_add_loop_test(tc, later_runs_once_in_a_turn, 0, 2);
	tcase_add_loop_test(tc, rests_behind_a_turn, 0, 2);
	tcase_add_loop_test(tc, rests_when_busy, 0, 2);
	tcase_add_loop_test(tc, signals_come_through_the_loop, 0, 2);
	tcase_add_loop_test(tc, signal_flood, 0, 2);
	tcase_add_test(tc, backend_has_a_name);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
