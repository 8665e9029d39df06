/*
 * backend.h - how the loop asks the kernel.  Private to this floor.
 *
 * A backend keeps the kernel's list of fds and collects what happened. It knows
 * no timers, calls nobody back, and decides nothing: that is loop.c's part.
 */
#ifndef LOOP_BACKEND_H
#define LOOP_BACKEND_H

#include "loop/loop.h"

struct arena;

/* Bits of watch->known beyond the LOOP_... ones. */
enum {
	WATCH_OURS	= 64,	/* the loop counts it */
	WATCH_INSIDE	= 128,	/* the backend holds it */
};

/* At most this many events are collected in one turn. */
enum { BATCH_MAX = 512 };

struct event {
	struct watch	*watch;
	unsigned	 events;	/* LOOP_... */
};

struct backend {
	const char	*name;
	/* The backend's own state, in the arena; NULL with errno. */
	void	*(*open)(struct arena *a);
	void	 (*close)(void *state);
	/* Report exactly these events for w; w->known tells what was asked for
	 * before, and by WATCH_INSIDE whether it is new. 0, or -1 with
	 * errno. */
	int	 (*set)(void *state, struct watch *w, unsigned events);
	/* Forget w, which is inside. */
	void	 (*drop)(void *state, struct watch *w);
	/* Sleep for at most timeout_ms (-1: no limit) and fill out[] with up to
	 * BATCH_MAX events, no watch twice.  How many; 0 when interrupted. */
	size_t	 (*wait)(void *state, int timeout_ms, struct event *out);
};

extern const struct backend backend_poll;
/* The best one here; epoll.c or poll.c defines it. */
extern const struct backend *const backend_default;

/* As loop_new(), with a certain backend. */
struct loop	*loop_new_on(const struct backend *b);

#endif
