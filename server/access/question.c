/*
 * question.c - see question.h.
 */
#include <string.h>

#include "access/question.h"
#include "base/arena.h"

/* A question under way, in an arena of its own. */
struct asked {
	struct arena	*arena;
	struct task	 task;
	struct link	 link;		/* of all */
	struct link	 waiters;	/* struct question */
	struct questions *all;
	struct str	 name, input;
};

void
questions_init(struct questions *all, struct loop *l)
{
	all->loop = l;
	list_init(&all->all);
	all->pool.running = all->pool.n_waiting = 0;
	list_init(&all->pool.waiting);
}

static void
asked_end(struct asked *a)
{
	list_remove(&a->link);
	arena_end(a->arena);
}

static void
run(struct task *t)
{
	struct asked *a = LIST_OWNER(t, struct asked, task);

	a->all->run(a->input, t);
}

static void
done(struct task *t)
{
	struct asked *a = LIST_OWNER(t, struct asked, task);
	struct str answer = str_n(t->answer, t->n);

	if (!t->failed)
		a->all->answered(a->name, answer);
	while (!list_empty(&a->waiters)) {
		struct question *q = LIST_OWNER(a->waiters.next,
		    struct question, link);

		list_remove(&q->link);
		q->of = NULL;
		q->over = true;
		q->failed = t->failed;
		q->answer = str_copy(q->request->arena, answer);
		request_wake(q->request);
	}
	asked_end(a);
}

static struct asked *
start(struct questions *all, struct str name, struct str input)
{
	struct arena *arena = arena_new();
	struct asked *a = arena_one(arena, struct asked);

	a->arena = arena;
	a->task.run = run;
	a->task.done = done;
	a->all = all;
	a->name = str_copy(arena, name);
	a->input = str_copy(arena, input);
	list_init(&a->waiters);
	list_append(&all->all, &a->link);
	if (task_start(all->loop, &all->pool, &a->task))
		return a;
	asked_end(a);
	return NULL;
}

static struct asked *
find(const struct questions *all, struct str name)
{
	const struct link *l;

	for (l = all->all.next; l != &all->all; l = l->next) {
		struct asked *a = LIST_OWNER((struct link *)(uintptr_t)l,
		    struct asked, link);

		if (str_eq(a->name, name))
			return a;
	}
	return NULL;
}

static void
leave(void *arg)
{
	struct question *q = arg;
	struct asked *a = q->of;

	if (a == NULL)
		return;
	q->of = NULL;
	list_remove(&q->link);
	if (!list_empty(&a->waiters))
		return;
	task_cancel(&a->task);
	asked_end(a);
}

enum question_state
question_ask(struct questions *all, struct request *r, struct question *q,
    struct str name, struct str input)
{
	struct asked *a;

	if (q->over)
		return QUESTION_OVER;
	if (q->of != NULL)
		return QUESTION_WAIT;
	a = find(all, name);
	if (a == NULL)
		a = start(all, name, input);
	if (a == NULL)
		return QUESTION_TOO_MANY;
	q->of = a;
	q->request = r;
	list_append(&a->waiters, &q->link);
	arena_cleanup(r->arena, leave, q);
	return QUESTION_WAIT;
}
