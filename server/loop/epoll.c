/*
 * epoll.c - the loop's backend on Linux.
 *
 * An exclusive entry cannot be modified, only removed and added again; that
 * also puts this process behind the others that wait for the same socket.
 */
#include "config.h"

#ifdef HAVE_EPOLL

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/arena.h"
#include "loop/backend.h"

#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE	0
#endif

struct state {
	int			fd;
	struct epoll_event	happened[BATCH_MAX];
};

static void *
epoll_open(struct arena *a)
{
	struct state *st = arena_one(a, struct state);

	st->fd = epoll_create1(EPOLL_CLOEXEC);
	return st->fd == -1 ? NULL : st;
}

static void
epoll_end(void *state)
{
	struct state *st = state;

	close(st->fd);
}

static uint32_t
bits_of(unsigned events)
{
	uint32_t bits = 0;

	if (events & LOOP_READ)
		bits |= EPOLLIN;
	if (events & LOOP_WRITE)
		bits |= EPOLLOUT;
	if (events & LOOP_PEER_DONE)
		bits |= EPOLLRDHUP;
	if (events & LOOP_EXCLUSIVE && bits != 0)
		bits |= EPOLLEXCLUSIVE;
	return bits;
}

static unsigned
events_of(uint32_t bits)
{
	unsigned events = 0;

	if (bits & EPOLLIN)
		events |= LOOP_READ;
	if (bits & EPOLLOUT)
		events |= LOOP_WRITE;
	if (bits & EPOLLRDHUP)
		events |= LOOP_PEER_DONE;
	if (bits & (EPOLLERR | EPOLLHUP))
		events |= LOOP_GONE;
	return events;
}

static void
epoll_drop(void *state, struct watch *w)
{
	struct state *st = state;

	epoll_ctl(st->fd, EPOLL_CTL_DEL, w->fd, NULL);
}

static int
epoll_set(void *state, struct watch *w, unsigned events)
{
	struct state *st = state;
	struct epoll_event e = { .events = bits_of(events), .data.ptr = w };
	bool inside = w->known & WATCH_INSIDE;

	if (inside && (w->known & LOOP_EXCLUSIVE)) {
		epoll_drop(st, w);
		w->known &= ~(unsigned)WATCH_INSIDE;
		inside = false;
	}
	return epoll_ctl(st->fd, inside ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
	    w->fd, &e);
}

static size_t
epoll_collect(void *state, int timeout_ms, struct event *out)
{
	struct state *st = state;
	int i, n;

	n = epoll_wait(st->fd, st->happened, BATCH_MAX, timeout_ms);
	for (i = 0; i < n; i++)
		out[i] = (struct event){ st->happened[i].data.ptr,
		    events_of(st->happened[i].events) };
	return n > 0 ? (size_t)n : 0;
}

static const struct backend backend_epoll = {
	"epoll", epoll_open, epoll_end, epoll_set, epoll_drop, epoll_collect
};

const struct backend *const backend_default = &backend_epoll;

#else
typedef int epoll_is_absent;	/* a file must not be empty */
#endif
