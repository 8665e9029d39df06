/*
 * question.h - what a request must know and a function finds out in its own
 * time, in a child process (loop/task.h).
 *
 * Requests that ask the same at the same time wait for one answer.  When nobody
 * waits for it any more, the work is given up.
 */
#ifndef ACCESS_QUESTION_H
#define ACCESS_QUESTION_H

#include "loop/task.h"
#include "serve/request.h"

/* One subject; set pool's limits, run and answered, the rest is zero. */
struct questions {
	struct loop	*loop;
	struct task_pool pool;
	/* In the child: input becomes an answer (t->answer, t->n). */
	void		(*run)(struct str input, struct task *t);
	/* An answer came, before anybody is told: to remember it. */
	void		(*answered)(struct str name, struct str answer);
	struct link	 all;
};

/* What one request asks; zeroed, in its arena. */
struct question {
	struct link	 link;
	struct asked	*of;
	struct request	*request;
	bool		 over, failed;	/* no answer: child died, timeout */
	struct str	 answer;	/* in the request's arena */
};

enum question_state { QUESTION_WAIT, QUESTION_OVER, QUESTION_TOO_MANY };

void	questions_init(struct questions *all, struct loop *l);
/*
 * Ask, and ask again after request_wake() as long as it says WAIT.  name tells
 * one question from another; it need not be the input.
 */
enum question_state question_ask(struct questions *all, struct request *r,
	    struct question *q, struct str name, struct str input);

#endif
