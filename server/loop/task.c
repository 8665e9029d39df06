/*
 * task.c - see task.h.
 *
 * What a child needs lives in a runner, which may outlive its task: a cancelled
 * task is gone at once, its child only when the system says so.
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "loop/child.h"
#include "loop/task.h"

struct runner {
	struct child	 child;
	struct watch	 watch;		/* where the answer comes; fd -1: no */
	struct timer	 limit;
	struct loop	*loop;
	struct task	*task;		/* NULL: cancelled, or done */
	struct task_pool *pool;
};

static bool	runner_start(struct loop *l, struct task *t);

/* ---- Ends ---------------------------------------------------------------- */

static void
tell(struct runner *n, bool failed)
{
	struct task *t = n->task;

	if (t == NULL)
		return;
	n->task = NULL;
	t->runner = NULL;
	t->failed = failed;
	t->done(t);
}

static void
close_pipe(struct runner *n)
{
	if (n->watch.fd == -1)
		return;
	loop_unwatch(n->loop, &n->watch);
	close(n->watch.fd);
	n->watch.fd = -1;
}

/* An answer is one write(2) that a pipe does not divide. */
static void
answer_comes(struct watch *w, unsigned events)
{
	struct runner *n = LIST_OWNER(w, struct runner, watch);
	char answer[TASK_ANSWER + 1];
	ssize_t got;

	(void)events;
	do
		got = read(w->fd, answer, sizeof(answer));
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return;
	close_pipe(n);
	if (got > 0 && n->task != NULL) {
		/* The first byte only says that there is an answer. */
		n->task->n = (size_t)got - 1;
		memcpy(n->task->answer, answer + 1, n->task->n);
	}
	tell(n, got < 1);
}

/* A place is free: who waits for it can go on, or is told that he cannot. */
static void
start_next(struct loop *l, struct task_pool *pool)
{
	while (pool->n_waiting > 0 && pool->running < pool->max_running) {
		struct task *t = LIST_OWNER(pool->waiting.next, struct task,
		    link);

		list_remove(&t->link);
		pool->n_waiting--;
		if (runner_start(l, t))
			continue;
		t->failed = true;
		t->done(t);
	}
}

static void
ended(struct child *c, int status, const struct rusage *used)
{
	struct runner *n = LIST_OWNER(c, struct runner, child);
	struct task_pool *pool = n->pool;
	struct loop *l = n->loop;

	(void)status;
	(void)used;
	/* Its last word may be in the pipe still. */
	if (n->watch.fd != -1)
		answer_comes(&n->watch, LOOP_READ);
	close_pipe(n);
	tell(n, true);
	loop_timer_stop(l, &n->limit);
	free(n);
	pool->running--;
	start_next(l, pool);
}

static void
too_long(struct timer *t)
{
	child_signal(&LIST_OWNER(t, struct runner, limit)->child, SIGKILL);
}

/* ---- Starts -------------------------------------------------------------- */

static void
run_and_exit(struct task *t, int out)
{
	char answer[TASK_ANSWER + 1] = { 0 };

	t->n = 0;
	t->run(t);
	assert(t->n <= TASK_ANSWER);
	memcpy(answer + 1, t->answer, t->n);
	_exit(write(out, answer, t->n + 1) == -1);
}

static bool
runner_start(struct loop *l, struct task *t)
{
	struct runner *n = calloc(1, sizeof(*n));
	int ends[2];
	pid_t pid;

	if (n == NULL || os_pipe(ends) == -1) {
		free(n);
		return false;
	}
	pid = os_fork(ends[1]);
	if (pid == 0)
		run_and_exit(t, ends[1]);
	close(ends[1]);
	if (pid == -1) {
		close(ends[0]);
		free(n);
		return false;
	}
	n->loop = l;
	n->task = t;
	n->pool = t->pool;
	n->child.ended = ended;
	n->watch = (struct watch){ .fd = ends[0], .ready = answer_comes };
	n->limit.fire = too_long;
	t->runner = n;
	n->pool->running++;
	child_adopt(l, &n->child, pid);
	/* Without a watch, the child's end is early enough. */
	loop_watch(l, &n->watch, LOOP_READ);
	loop_timer(l, &n->limit, n->pool->limit_ms);
	return true;
}

bool
task_start(struct loop *l, struct task_pool *pool, struct task *t)
{
	assert(t->run != NULL && t->done != NULL && t->runner == NULL);
	if (pool->waiting.next == NULL)
		list_init(&pool->waiting);
	t->pool = pool;
	t->failed = false;
	list_init(&t->link);
	if (pool->running < pool->max_running)
		return runner_start(l, t);
	if (pool->n_waiting >= pool->max_waiting)
		return false;
	list_append(&pool->waiting, &t->link);
	pool->n_waiting++;
	return true;
}

void
task_cancel(struct task *t)
{
	if (t->runner != NULL) {
		t->runner->task = NULL;
		child_signal(&t->runner->child, SIGKILL);
		t->runner = NULL;
	} else if (t->pool != NULL && !list_empty(&t->link)) {
		list_remove(&t->link);
		t->pool->n_waiting--;
	}
}
