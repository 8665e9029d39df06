/*
 * loop.h - file descriptors, timers and things to do later.
 *
 * One loop per process; it knows nothing of HTTP.  Level-triggered.  Everything
 * is embedded in its owner's struct, so nothing here allocates per event, and
 * everything may be removed from any callback at any time, itself included.
 *
 * A turn: wait; tick the clock; run ready watches; fire due timers; run the
 * "later" entries.  Those queued meanwhile are for the next turn, before which
 * nobody sleeps: who has much to do can let others have their turn.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct loop;

/* NULL with errno. */
struct loop	*loop_new(void);
void		 loop_end(struct loop *l);
/* Take turns until loop_stop(). */
void		 loop_run(struct loop *l);
void		 loop_stop(struct loop *l);
/* "epoll" or "poll". */
const char	*loop_backend(void);

enum {
	LOOP_READ	= 1,	/* can be read, or is at its end */
	LOOP_WRITE	= 2,	/* can be written */
	LOOP_PEER_DONE	= 4,	/* the peer has finished sending (half-close) */
	LOOP_GONE	= 8,	/* error or hang-up; reported wanted or not */
	LOOP_EXCLUSIVE	= 16,	/* with LOOP_READ, at the first loop_watch():
				 * wake one process of those that share the
				 * fd */
};

/*
 * Interest in one fd.  Set fd and ready, the rest zero; owner is the callback's
 * (LIST_OWNER() on the watch).  events may name more than was asked for.
 */
struct watch {
	void		(*ready)(struct watch *w, unsigned events);
	int		 fd;
	bool		 first;		/* called before all others of a turn */
	unsigned	 wanted;	/* the loop's: what was asked for */
	unsigned	 known;		/* the loop's: the kernel was told */
	unsigned	 place;		/* the loop's: backend bookkeeping */
};

/*
 * Report these events from now on; 0 keeps quiet (LOOP_GONE still comes once).
 * Telling the kernel is put off where that saves a call: dropping interest
 * costs nothing until an unwanted event arrives. 0, or -1 with errno (ENOMEM,
 * EPERM: a regular file cannot be watched).
 */
int		 loop_watch(struct loop *l, struct watch *w, unsigned events);
/* Forget w, before its fd is closed.  No callback follows, not even for events
 * already collected.  Harmless when it is not watched. */
void		 loop_unwatch(struct loop *l, struct watch *w);

/*
 * A timer fires once.  Zero-initialised means not set.  Moving one that is set
 * to a later time costs a store.
 */
struct timer {
	void		(*fire)(struct timer *t);
	int64_t		 due_ms;	/* when to fire; the loop's */
	int64_t		 queued_ms;	/* the loop's */
	size_t		 place;		/* the loop's: 0 = not set */
};
/* Fire in in_ms milliseconds from clock_ms(). */
void		 loop_timer(struct loop *l, struct timer *t, int64_t in_ms);
void		 loop_timer_stop(struct loop *l, struct timer *t);

/* Something to do before the loop sleeps again.  Queued once at most. */
struct later {
	void		(*run)(struct later *l);
	struct link	 link;		/* the loop's; next NULL: not queued */
};
void		 loop_later(struct loop *l, struct later *e);
void		 loop_later_stop(struct loop *l, struct later *e);

/* Run in every turn, just before it would sleep; in order of registration.
 * There are few; they stay. */
void		 loop_each_turn(struct loop *l, void (*run)(void *), void *arg);
/* The same, when it really will sleep: while turn follows turn, only after a
 * few milliseconds (to write buffered logs). */
void		 loop_each_rest(struct loop *l, void (*run)(void *), void *arg);

/* Call run(signo, arg) from the loop, not from a handler, when signo arrives.
 * Several arrivals between two turns may be told as one. */
void		 loop_signal(struct loop *l, int signo,
		    void (*run)(int signo, void *arg), void *arg);

/* How many fds are watched. */
size_t		 loop_watches(const struct loop *l);

#endif
