/*
 * check_child.c - programs beside the loop: ends, groups, many at once.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/backend.h"
#include "loop/child.h"

static struct loop *l;

static void
open_loop(int i)
{
	l = loop_new_on(i == 0 ? backend_default : &backend_poll);
	ck_assert_ptr_nonnull(l);
	child_init(l);
}

static void
stop(struct timer *t)
{
	(void)t;
	loop_stop(l);
}

static void
run_for(int64_t ms)
{
	struct timer t = { .fire = stop };

	clock_tick();
	loop_timer(l, &t, ms);
	loop_run(l);
	loop_timer_stop(l, &t);
}

struct job {
	struct child	child;
	int		ends;
	int		status;
	bool		stop;		/* stop the loop at the end */
	int		alive;		/* at its end when nobody is left */
};

static void
job_ended(struct child *c, int status, const struct rusage *used)
{
	struct job *j = LIST_OWNER(c, struct job, child);

	ck_assert_int_eq(c->pid, 0);
	ck_assert_ptr_nonnull(used);
	j->ends++;
	j->status = status;
	if (j->stop)
		loop_stop(l);
}

static int
start(struct job *j, const char *path, const char *command)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	char *envp[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	struct os_program p = { .path = path, .argv = argv, .envp = envp,
	    .in = -1, .err = -1, .umask = -1 };
	const char *step = NULL;
	int ends[2], result;

	ck_assert_int_eq(os_pipe(ends), 0);
	p.out = ends[1];
	*j = (struct job){ .child = { .ended = job_ended },
	    .alive = ends[0] };
	result = child_start(l, &j->child, &p, &step);
	close(ends[1]);
	if (result == -1)
		ck_assert_str_eq(step, "exec");
	return result;
}

/* However busy the machine is, nothing takes so long. */
enum { LATE_MS = 30000 };

/* Let the loop run until *n is at least so much. */
static void
await(const int *n, int least)
{
	int64_t end;

	clock_tick();
	for (end = clock_ms() + LATE_MS; *n < least; run_for(5))
		ck_assert_int_lt(clock_ms(), end);
}

/* Let the loop run until the job's programs have said a line. */
static void
hear(const struct job *j)
{
	int64_t end;
	char c = 0;

	clock_tick();
	for (end = clock_ms() + LATE_MS; c != '\n'; run_for(1)) {
		ck_assert_int_ne(read(j->alive, &c, 1), 0);
		ck_assert_int_lt(clock_ms(), end);
	}
}

/* Wait until every process that was started with it is gone; a pipe tells,
 * since somebody else may be slow to bury orphans. */
static void
all_end(int alive)
{
	int64_t end;
	char c;

	clock_tick();
	for (end = clock_ms() + LATE_MS; read(alive, &c, 1) != 0; run_for(5))
		ck_assert_int_lt(clock_ms(), end);
}

/* Says a line when it is there, and another one when it hears a TERM. */
#define DEAF	"trap 'echo no' TERM; echo yes; while :; do sleep 1; done"

static const struct {
	const char	*command;
	int		 exit, signal;
} ends[] = {
	{ "exit 0", 0, 0 },
	{ "exit 3", 3, 0 },
	{ "kill -SEGV $$", 0, SIGSEGV },
	{ "kill -KILL $$", 0, SIGKILL },
};

START_TEST(tells_the_end)
{
	struct job j;
	size_t i;

	open_loop(_i);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		ck_assert_int_eq(start(&j, "/bin/sh", ends[i].command), 0);
		ck_assert_int_gt(j.child.pid, 0);
		ck_assert_uint_eq(child_count(), 1);
		j.stop = true;
		loop_run(l);
		ck_assert_int_eq(j.ends, 1);
		ck_assert_uint_eq(child_count(), 0);
		if (ends[i].signal != 0) {
			ck_assert(WIFSIGNALED(j.status));
			ck_assert_int_eq(WTERMSIG(j.status), ends[i].signal);
		} else {
			ck_assert(WIFEXITED(j.status));
			ck_assert_int_eq(WEXITSTATUS(j.status), ends[i].exit);
		}
	}
	loop_end(l);
}
END_TEST

START_TEST(cannot_start)
{
	struct job j;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/nonexistent/program", ""), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(j.child.pid, 0);
	ck_assert_uint_eq(child_count(), 0);
	run_for(20);
	ck_assert_int_eq(j.ends, 0);
	child_terminate(&j.child, 10);	/* harmless */
	loop_end(l);
}
END_TEST

/* TERM is enough for the whole group, background jobs included. */
START_TEST(terminate_by_term)
{
	struct job j;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/bin/sh", "sleep 60 & sleep 60"), 0);
	run_for(50);
	child_terminate(&j.child, 2 * LATE_MS);
	all_end(j.alive);
	await(&j.ends, 1);
	ck_assert_int_eq(WTERMSIG(j.status), SIGTERM);
	loop_end(l);
}
END_TEST

START_TEST(terminate_by_kill)
{
	struct job j;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/bin/sh", DEAF), 0);
	hear(&j);
	child_terminate(&j.child, 300);
	hear(&j);
	all_end(j.alive);
	await(&j.ends, 1);
	ck_assert_int_eq(WTERMSIG(j.status), SIGKILL);
	loop_end(l);
}
END_TEST

/* A stopped program hears the TERM as well. */
START_TEST(terminate_stopped)
{
	struct job j;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/bin/sh", "kill -STOP $$"), 0);
	run_for(50);
	child_terminate(&j.child, 2 * LATE_MS);
	j.stop = true;
	loop_run(l);
	ck_assert_int_eq(WTERMSIG(j.status), SIGTERM);
	loop_end(l);
}
END_TEST

/* The leader obeys, a member of its group does not. */
START_TEST(terminate_stragglers)
{
	struct job j;
	pid_t group;
	int alive;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/bin/sh",
	    "(" DEAF ") & exec sleep 60"), 0);
	group = j.child.pid;
	hear(&j);
	child_terminate(&j.child, 2000);
	await(&j.ends, 1);
	hear(&j);
	ck_assert_int_eq(kill(-group, 0), 0);
	/* The owner may be gone by now. */
	alive = j.alive;
	memset(&j, 0xff, sizeof(j));
	all_end(alive);
	loop_end(l);
}
END_TEST

/* Nobody was asked to terminate: background jobs live on. */
START_TEST(background_jobs_stay)
{
	struct job j;
	pid_t group;

	open_loop(_i);
	ck_assert_int_eq(start(&j, "/bin/sh", "sleep 60 & exit 0"), 0);
	group = j.child.pid;
	j.stop = true;
	loop_run(l);
	run_for(250);
	ck_assert_int_eq(kill(-group, SIGKILL), 0);
	loop_end(l);
}
END_TEST

START_TEST(kill_all)
{
	struct job j[3];
	int i;

	open_loop(_i);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(start(&j[i], "/bin/sh", i < 2 ?
		    DEAF : "(" DEAF ") & exec sleep 60"), 0);
		hear(&j[i]);
	}
	child_terminate(&j[2].child, 2 * LATE_MS);
	await(&j[2].ends, 1);			/* a straggler stays */
	ck_assert_uint_eq(child_count(), 2);
	child_kill_all();
	for (i = 0; i < 3; i++) {
		all_end(j[i].alive);
		await(&j[i].ends, 1);
	}
	ck_assert_uint_eq(child_count(), 0);
	loop_end(l);
}
END_TEST

static int	told_start, told_end;
static pid_t	told_last;

static void
told(pid_t group, bool yes)
{
	told_last = group;
	told_start += yes;
	told_end += !yes;
}

START_TEST(tells_another)
{
	struct job j;
	pid_t group;

	open_loop(_i);
	told_start = told_end = 0;
	child_tell(told);
	ck_assert_int_eq(start(&j, "/bin/sh",
	    "(" DEAF ") & exec sleep 60"), 0);
	group = j.child.pid;
	ck_assert_int_eq(told_start, 1);
	ck_assert_int_eq(told_last, group);
	hear(&j);
	child_terminate(&j.child, 2000);
	/* Ended, but its group is still to be watched. */
	await(&j.ends, 1);
	ck_assert_int_eq(told_end, 0);
	all_end(j.alive);
	await(&told_end, 1);
	ck_assert_int_eq(told_end, 1);
	ck_assert_int_eq(told_start, 1);
	loop_end(l);
}
END_TEST

/* A process forked by hand: only itself is signalled, nobody is told. */
START_TEST(adopted)
{
	struct job j = { .child = { .ended = job_ended }, .stop = true };
	sigset_t term;
	pid_t pid;

	open_loop(_i);
	told_start = told_end = 0;
	child_tell(told);
	/* libcheck's own handler must not see it. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &term, NULL);
		for (;;)
			pause();
	}
	child_adopt(l, &j.child, pid);
	child_signal(&j.child, SIGTERM);
	loop_run(l);
	ck_assert_int_eq(j.ends, 1);
	ck_assert(WIFSIGNALED(j.status));
	ck_assert_int_eq(WTERMSIG(j.status), SIGTERM);
	ck_assert_int_eq(told_start + told_end, 0);
	loop_end(l);
}
END_TEST

START_TEST(a_thousand)
{
	enum { JOBS = 1000 };
	static struct job j[JOBS];
	int i;

	open_loop(_i);
	for (i = 0; i < JOBS; i++) {
		ck_assert_int_eq(start(&j[i], "/bin/true", NULL), 0);
		close(j[i].alive);
	}
	for (i = 0; i < LATE_MS / 10 && child_count() > 0; i++)
		run_for(10);
	ck_assert_uint_eq(child_count(), 0);
	for (i = 0; i < JOBS; i++) {
		ck_assert_int_eq(j[i].ends, 1);
		ck_assert_int_eq(j[i].status, 0);
	}
	loop_end(l);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("child");
	TCase *tc = tcase_create("child");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, tells_the_end, 0, 2);
	tcase_add_loop_test(tc, cannot_start, 0, 2);
	tcase_add_loop_test(tc, terminate_by_term, 0, 2);
	tcase_add_loop_test(tc, terminate_by_kill, 0, 2);
	tcase_add_loop_test(tc, terminate_stopped, 0, 2);
	tcase_add_loop_test(tc, terminate_stragglers, 0, 2);
	tcase_add_loop_test(tc, background_jobs_stay, 0, 2);
	tcase_add_loop_test(tc, kill_all, 0, 2);
	tcase_add_loop_test(tc, tells_another, 0, 2);
	tcase_add_loop_test(tc, adopted, 0, 2);
	tcase_add_loop_test(tc, a_thousand, 0, 2);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
