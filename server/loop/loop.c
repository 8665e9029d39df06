/*
 * loop.c - see loop.h.
 *
 * Three rooms: watches (what the owner wants against what the kernel was told),
 * timers (a binary heap), signals (a pipe that handlers write to).
 *
 * Invariants: a watch that is not wanted any more is in no batch; the heap is
 * ordered by queued_ms, which is never later than due_ms.
 */
#include "loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "loop/backend.h"

enum {
	EACH_MAX = 8,
	HEAP_FIRST = 64,
	BUSY = 4,			/* events: soon there are more */
	REST_MS = 5,			/* the longest time without a rest */
};

/* Who is called now and then. */
struct calls {
	struct {
		void	(*run)(void *);
		void	 *arg;
	} at[EACH_MAX];
	size_t	 n;
};

struct loop {
	struct arena		*arena;
	const struct backend	*backend;
	void			*state;
	bool			 stop;

	struct event		 batch[BATCH_MAX];
	size_t			 n_batch, at;
	size_t			 n_watches;

	struct timer		**heap;		/* [1..n_timers] */
	size_t			 n_timers, heap_room;

	struct link		 later;
	struct calls		 each_turn, each_rest;
	int64_t			 rested_ms;

	struct {
		void	(*run)(int, void *);
		void	 *arg;
	} signals[NSIG];
	struct watch		 signal_watch;
};

/* ---- Watches ------------------------------------------------------------- */

int
loop_watch(struct loop *l, struct watch *w, unsigned events)
{
	bool ours = w->known & WATCH_OURS, inside = w->known & WATCH_INSIDE;
	unsigned exclusive = (ours ? w->known : events) & LOOP_EXCLUSIVE;

	assert(w->fd >= 0 && w->ready != NULL);
	events &= ~(unsigned)LOOP_EXCLUSIVE;
	/* After the kernel's last word, only new interest counts. */
	if (ours && !inside && events == 0)
		return 0;
	if (!inside || (events & ~w->known)) {
		if (l->backend->set(l->state, w, events | exclusive) == -1)
			return -1;
		w->known = WATCH_OURS | WATCH_INSIDE | events | exclusive;
	}
	w->wanted = events;
	if (!ours)
		l->n_watches++;
	return 0;
}

void
loop_unwatch(struct loop *l, struct watch *w)
{
	size_t i;

	if (!(w->known & WATCH_OURS))
		return;
	if (w->known & WATCH_INSIDE)
		l->backend->drop(l->state, w);
	w->known = w->wanted = 0;
	l->n_watches--;
	/* Most unwatch themselves, and no watch is in a batch twice. */
	if (l->at < l->n_batch && l->batch[l->at].watch == w) {
		l->batch[l->at].watch = NULL;
		return;
	}
	for (i = l->at; i < l->n_batch; i++)
		if (l->batch[i].watch == w)
			l->batch[i].watch = NULL;
}

size_t
loop_watches(const struct loop *l)
{
	return l->n_watches;
}

static void
tell_kernel(struct loop *l, struct watch *w)
{
	unsigned events = w->wanted | (w->known & LOOP_EXCLUSIVE);

	if (l->backend->set(l->state, w, events) == 0)
		w->known = WATCH_OURS | WATCH_INSIDE | events;
}

static void
deliver(struct loop *l, struct watch *w, unsigned events)
{
	/* Neither direction would block any more: let the owner see why. */
	if (events & LOOP_GONE)
		events |= LOOP_READ | LOOP_WRITE;
	events &= w->wanted | LOOP_GONE;
	if (events == 0) {
		tell_kernel(l, w);
		return;
	}
	/* The kernel would repeat it for ever to someone who does not
	 * listen. */
	if (w->wanted == 0) {
		l->backend->drop(l->state, w);
		w->known &= ~WATCH_INSIDE;
	}
	w->ready(w, events);
}

/* What the others rely on; l->at stays 0, so that all may still be
 * forgotten. */
static void
run_first(struct loop *l)
{
	for (size_t i = 0; i < l->n_batch; i++) {
		struct event e = l->batch[i];

		if (e.watch == NULL || !e.watch->first)
			continue;
		l->batch[i].watch = NULL;
		deliver(l, e.watch, e.events);
	}
}

static void
run_ready(struct loop *l)
{
	l->at = 0;
	run_first(l);
	for (l->at = 0; l->at < l->n_batch; l->at++)
		if (l->batch[l->at].watch != NULL)
			deliver(l, l->batch[l->at].watch,
			    l->batch[l->at].events);
	l->at = l->n_batch;
}

/* ---- Timers -------------------------------------------------------------- */

static void
heap_put(struct loop *l, size_t i, struct timer *t)
{
	l->heap[i] = t;
	t->place = i;
}

static void
heap_up(struct loop *l, struct timer *t)
{
	size_t i = t->place;

	for (; i > 1 && l->heap[i / 2]->queued_ms > t->queued_ms; i /= 2)
		heap_put(l, i, l->heap[i / 2]);
	heap_put(l, i, t);
}

static void
heap_down(struct loop *l, struct timer *t)
{
	size_t i = t->place, child;

	while ((child = i * 2) <= l->n_timers) {
		if (child < l->n_timers && l->heap[child + 1]->queued_ms <
		    l->heap[child]->queued_ms)
			child++;
		if (l->heap[child]->queued_ms >= t->queued_ms)
			break;
		heap_put(l, i, l->heap[child]);
		i = child;
	}
	heap_put(l, i, t);
}

static void
heap_grow(struct loop *l)
{
	size_t room = l->heap_room ? l->heap_room * 2 : HEAP_FIRST;

	l->heap = arena_grow(l->arena, l->heap,
	    l->heap_room * sizeof(*l->heap), room * sizeof(*l->heap));
	l->heap_room = room;
}

void
loop_timer(struct loop *l, struct timer *t, int64_t in_ms)
{
	assert(t->fire != NULL);
	t->due_ms = clock_ms() + in_ms;
	if (t->place == 0) {
		if (l->n_timers + 1 >= l->heap_room)
			heap_grow(l);
		t->queued_ms = t->due_ms;
		t->place = ++l->n_timers;
		heap_up(l, t);
	} else if (t->due_ms < t->queued_ms) {
		t->queued_ms = t->due_ms;
		heap_up(l, t);
	}
}

void
loop_timer_stop(struct loop *l, struct timer *t)
{
	struct timer *last;

	if (t->place == 0)
		return;
	last = l->heap[l->n_timers--];
	if (last != t) {
		heap_put(l, t->place, last);
		heap_up(l, last);
		heap_down(l, last);
	}
	t->place = 0;
}

/* Timers that a callback sets for now wait for the next turn. */
static void
run_timers(struct loop *l)
{
	int64_t now = clock_ms();
	size_t budget = l->n_timers;
	struct timer *t;

	while (budget-- > 0 && l->n_timers > 0) {
		t = l->heap[1];
		if (t->queued_ms > now)
			return;
		if (t->due_ms > now) {
			t->queued_ms = t->due_ms;
			heap_down(l, t);
			continue;
		}
		loop_timer_stop(l, t);
		t->fire(t);
	}
}

/* ---- Later, each turn ---------------------------------------------------- */

void
loop_later(struct loop *l, struct later *e)
{
	if (e->link.next != NULL)
		return;
	list_append(&l->later, &e->link);
}

void
loop_later_stop(struct loop *l, struct later *e)
{
	(void)l;
	if (e->link.next == NULL)
		return;
	list_remove(&e->link);
	e->link.next = NULL;
}

/* What they queue comes behind the mark, for the next turn. */
static void
run_later(struct loop *l)
{
	struct link mark;
	struct later *e;

	list_append(&l->later, &mark);
	while (l->later.next != &mark) {
		e = LIST_OWNER(l->later.next, struct later, link);
		loop_later_stop(l, e);
		e->run(e);
	}
	list_remove(&mark);
}

static void
calls_add(struct calls *c, void (*run)(void *), void *arg)
{
	assert(c->n < EACH_MAX);
	c->at[c->n].run = run;
	c->at[c->n++].arg = arg;
}

static void
calls_run(const struct calls *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->at[i].run(c->at[i].arg);
}

void
loop_each_turn(struct loop *l, void (*run)(void *), void *arg)
{
	calls_add(&l->each_turn, run, arg);
}

void
loop_each_rest(struct loop *l, void (*run)(void *), void *arg)
{
	calls_add(&l->each_rest, run, arg);
}

static void
rest(struct loop *l)
{
	calls_run(&l->each_rest);
	l->rested_ms = clock_ms();
}

/* ---- Signals ------------------------------------------------------------- */

/* Handlers have no argument of ours, so these belong to the process. */
static volatile sig_atomic_t signal_came[NSIG];
static int signal_pipe[2] = { -1, -1 };

static void
on_signal(int signo)
{
	int saved = errno;
	ssize_t n;

	signal_came[signo] = 1;
	/* A full pipe wakes the loop as well. */
	n = write(signal_pipe[1], "", 1);
	(void)n;
	errno = saved;
}

static void
run_signals(struct watch *w, unsigned events)
{
	struct loop *l = LIST_OWNER(w, struct loop, signal_watch);
	char drain[64];
	int signo;

	(void)events;
	while (read(w->fd, drain, sizeof(drain)) == (ssize_t)sizeof(drain))
		continue;
	for (signo = 1; signo < NSIG; signo++) {
		if (!signal_came[signo])
			continue;
		signal_came[signo] = 0;
		if (l->signals[signo].run != NULL)
			l->signals[signo].run(signo, l->signals[signo].arg);
	}
}

void
loop_signal(struct loop *l, int signo, void (*run)(int signo, void *arg),
    void *arg)
{
	assert(signo > 0 && signo < NSIG);
	l->signals[signo].run = run;
	l->signals[signo].arg = arg;
	os_catch(signo, on_signal);
}

static void
signals_close(struct loop *l)
{
	int signo;

	for (signo = 1; signo < NSIG; signo++) {
		if (l->signals[signo].run != NULL)
			signal(signo, SIG_DFL);
		signal_came[signo] = 0;
	}
	close(signal_pipe[0]);
	close(signal_pipe[1]);
	signal_pipe[0] = signal_pipe[1] = -1;
}

static int
signals_open(struct loop *l)
{
	if (os_pipe(signal_pipe) == -1)
		return -1;
	l->signal_watch.fd = signal_pipe[0];
	l->signal_watch.ready = run_signals;
	if (loop_watch(l, &l->signal_watch, LOOP_READ) == -1) {
		signals_close(l);
		return -1;
	}
	l->n_watches--;		/* it is not the users' */
	return 0;
}

/* ---- The loop ------------------------------------------------------------ */

struct loop *
loop_new_on(const struct backend *b)
{
	struct arena *a = arena_new();
	struct loop *l = arena_one(a, struct loop);
	int saved;

	l->arena = a;
	l->backend = b;
	list_init(&l->later);
	l->state = b->open(a);
	if (l->state == NULL)
		goto fail;
	if (signals_open(l) == -1) {
		b->close(l->state);
		goto fail;
	}
	clock_tick();
	return l;
fail:
	saved = errno;
	arena_end(a);
	errno = saved;
	return NULL;
}

struct loop *
loop_new(void)
{
	return loop_new_on(backend_default);
}

const char *
loop_backend(void)
{
	return backend_default->name;
}

void
loop_end(struct loop *l)
{
	signals_close(l);
	l->backend->close(l->state);
	arena_end(l->arena);
}

static int
sleep_ms(const struct loop *l)
{
	int64_t left;

	if (l->stop || !list_empty(&l->later))
		return 0;
	if (l->n_timers == 0)
		return -1;
	left = l->heap[1]->queued_ms - clock_ms();
	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* What has happened; after much, more is there most of the time. */
static void
collect(struct loop *l)
{
	if (l->n_batch >= BUSY && clock_ms() < l->rested_ms + REST_MS)
		l->n_batch = l->backend->wait(l->state, 0, l->batch);
	else
		l->n_batch = 0;
	if (l->n_batch > 0)
		return;
	rest(l);
	l->n_batch = l->backend->wait(l->state, sleep_ms(l), l->batch);
}

static void
turn(struct loop *l)
{
	collect(l);
	clock_tick();
	run_ready(l);
	run_timers(l);
	run_later(l);
	calls_run(&l->each_turn);
}

void
loop_run(struct loop *l)
{
	while (!l->stop)
		turn(l);
	rest(l);
	l->stop = false;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
