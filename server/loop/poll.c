/*
 * poll.c - the loop's backend everywhere else.
 *
 * Two arrays side by side: what poll(2) reads, and whose it is. watch->place is
 * the index into both; removing moves the last entry into the gap, so that both
 * ways cost the same at any number of fds.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "loop/backend.h"

#ifndef POLLRDHUP
#define POLLRDHUP	0
#endif

struct state {
	struct arena	 *arena;
	struct pollfd	 *fds;
	struct watch	**owners;
	size_t		  n, room;
	size_t		  first;	/* where the next scan begins */
};

static void *
poll_open(struct arena *a)
{
	struct state *st = arena_one(a, struct state);

	st->arena = a;
	return st;
}

static void
poll_close(void *state)
{
	(void)state;
}

static short
bits_of(unsigned events)
{
	short bits = 0;

	if (events & LOOP_READ)
		bits |= POLLIN;
	if (events & LOOP_WRITE)
		bits |= POLLOUT;
	if (events & LOOP_PEER_DONE)
		bits |= POLLRDHUP;
	return bits;
}

static unsigned
events_of(short bits)
{
	unsigned events = 0;

	if (bits & POLLIN)
		events |= LOOP_READ;
	if (bits & POLLOUT)
		events |= LOOP_WRITE;
	if (bits & POLLRDHUP)
		events |= LOOP_PEER_DONE;
	if (bits & (POLLERR | POLLHUP | POLLNVAL))
		events |= LOOP_GONE;
	return events;
}

static void
grow(struct state *st)
{
	size_t room = st->room ? st->room * 2 : 64;

	st->fds = arena_grow(st->arena, st->fds,
	    st->room * sizeof(*st->fds), room * sizeof(*st->fds));
	st->owners = arena_grow(st->arena, st->owners,
	    st->room * sizeof(*st->owners), room * sizeof(*st->owners));
	st->room = room;
}

/* poll(2) calls a regular file always ready; epoll(7) refuses it, and so the
 * contract says. */
static int
check_kind(int fd)
{
	struct stat sb;

	if (fstat(fd, &sb) == -1)
		return -1;
	if (S_ISREG(sb.st_mode) || S_ISDIR(sb.st_mode)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

static int
poll_set(void *state, struct watch *w, unsigned events)
{
	struct state *st = state;

	if (!(w->known & WATCH_INSIDE)) {
		if (check_kind(w->fd) == -1)
			return -1;
		if (st->n == st->room)
			grow(st);
		w->place = (unsigned)st->n++;
		st->owners[w->place] = w;
		st->fds[w->place].fd = w->fd;
		st->fds[w->place].revents = 0;
	}
	st->fds[w->place].events = bits_of(events);
	return 0;
}

static void
poll_drop(void *state, struct watch *w)
{
	struct state *st = state;
	size_t last = --st->n;

	st->fds[w->place] = st->fds[last];
	st->owners[w->place] = st->owners[last];
	st->owners[w->place]->place = w->place;
}

static size_t
poll_collect(void *state, int timeout_ms, struct event *out)
{
	struct state *st = state;
	size_t i, at, n = 0;
	int ready;

	ready = poll(st->fds, st->n, timeout_ms);
	at = st->first < st->n ? st->first : 0;
	for (i = 0; i < st->n && ready > 0 && n < BATCH_MAX; i++) {
		if (st->fds[at].revents != 0) {
			out[n++] = (struct event){ st->owners[at],
			    events_of(st->fds[at].revents) };
			ready--;
		}
		at = at + 1 < st->n ? at + 1 : 0;
	}
	st->first = at;
	return n;
}

const struct backend backend_poll = {
	"poll", poll_open, poll_close, poll_set, poll_drop, poll_collect
};

#ifndef HAVE_EPOLL
const struct backend *const backend_default = &backend_poll;
#endif
