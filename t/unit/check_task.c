/*
 * check_task.c - functions in children: answers, failures, turns.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/child.h"
#include "loop/task.h"

#include "run.h"

static struct loop *l;
static unsigned n_done;

struct job {
	struct task	task;
	int		number;
	unsigned	order;		/* 1: it was done first */
};

static void
job_done(struct task *t)
{
	LIST_OWNER(t, struct job, task)->order = ++n_done;
}

/* Says its number, after what it is asked to suffer. */
static void
job_run(struct task *t)
{
	int number = LIST_OWNER(t, struct job, task)->number;

	if (number == -1)
		_exit(0);
	if (number == -2)
		kill(getpid(), SIGKILL);
	if (number == -3)
		pause();
	memset(t->answer, number, (size_t)number);
	t->n = (size_t)number;
}

static void
open_loop(void)
{
	l = loop_new();
	ck_assert_ptr_nonnull(l);
	child_init(l);
	clock_tick();
	n_done = 0;
}

static void
stop_when_over(void *pool)
{
	if (((struct task_pool *)pool)->running == 0 && child_count() == 0)
		loop_stop(l);
}

static struct job
job_of(int number)
{
	return (struct job){ { .run = job_run, .done = job_done }, number, 0 };
}

static const struct {
	int	number;
	bool	failed;
} answers[] = {
	{ 0, false }, { 1, false }, { 100, false }, { -1, true }, { -2, true },
	{ -3, true },
};

START_TEST(answered)
{
	struct task_pool pool = { 1, 1, 300 };
	struct job j = job_of(answers[_i].number);

	open_loop();
	loop_each_turn(l, stop_when_over, &pool);
	ck_assert(task_start(l, &pool, &j.task));
	loop_run(l);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(j.task.failed, answers[_i].failed);
	if (!j.task.failed) {
		ck_assert_uint_eq(j.task.n, (unsigned)j.number);
		ck_assert(j.number == 0 || j.task.answer[j.number - 1] ==
		    j.number);
	}
	loop_end(l);
}
END_TEST

START_TEST(in_turn)
{
	struct task_pool pool = { 1, 2, 10000 };
	struct job j[4] = { job_of(1), job_of(2), job_of(3), job_of(4) };

	open_loop();
	loop_each_turn(l, stop_when_over, &pool);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(task_start(l, &pool, &j[i].task), i < 3);
	ck_assert_uint_eq(pool.running, 1);
	ck_assert_uint_eq(pool.n_waiting, 2);
	loop_run(l);
	ck_assert_uint_eq(n_done, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(j[i].order, i + 1);
	loop_end(l);
}
END_TEST

/* One that runs, one that waits; a third goes on. */
START_TEST(cancelled)
{
	struct task_pool pool = { 1, 2, 10000 };
	struct job j[3] = { job_of(-3), job_of(2), job_of(3) };

	open_loop();
	loop_each_turn(l, stop_when_over, &pool);
	for (int i = 0; i < 3; i++)
		ck_assert(task_start(l, &pool, &j[i].task));
	task_cancel(&j[0].task);
	task_cancel(&j[1].task);
	task_cancel(&j[1].task);
	ck_assert_uint_eq(pool.n_waiting, 1);
	loop_run(l);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_uint_eq(j[2].order, 1);
	ck_assert(!j[2].task.failed);
	task_cancel(&j[2].task);
	loop_end(l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("task");

	tcase_add_loop_test(tc, answered, 0, COUNT(answers));
	tcase_add_test(tc, in_turn);
	tcase_add_test(tc, cancelled);
	return run_case("task", tc);
}
