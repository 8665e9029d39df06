/*
 * task.h - a function that may take its time, run beside the loop.
 *
 * It runs in a child process, on a copy of this one's memory, and leaves up to
 * TASK_ANSWER bytes as its answer.  How many run at once is bounded by their
 * pool; the others wait for their turn.  It knows nothing of what is computed.
 */
#ifndef LOOP_TASK_H
#define LOOP_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "loop/loop.h"

enum { TASK_ANSWER = 512 };

/* Set the limits, the rest zero. */
struct task_pool {
	unsigned	 max_running, max_waiting;
	int64_t		 limit_ms;	/* for one: then it is killed */
	unsigned	 running, n_waiting;
	struct link	 waiting;
};

struct task {
	/* Set by the owner.  run: in the child; fills the answer. */
	void		(*run)(struct task *t);
	/* From the loop, once: there is an answer, or it failed. */
	void		(*done)(struct task *t);
	bool		 failed;	/* died, took too long, or no child */
	size_t		 n;
	char		 answer[TASK_ANSWER];
	/* task.c's. */
	struct task_pool *pool;
	struct runner	*runner;
	struct link	 link;
};

/* False when too many wait already: then done() is not called. */
bool	task_start(struct loop *l, struct task_pool *pool, struct task *t);
/* done() will not be called any more.  Harmless when it was, already. */
void	task_cancel(struct task *t);

#endif
