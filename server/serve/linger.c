/*
 * linger.c - the end of a connection, so that the peer surely sees the whole
 * answer: closing a socket with unread bytes would reset it, and the reset may
 * overtake the answer.
 */
#include <sys/socket.h>

#include <errno.h>

#include "base/clock.h"
#include "serve/exchange.h"

enum {
	LINGER_MS = 2000,		/* without a sign of the peer */
	LINGER_MAX_US = 30 * 1000 * 1000,
};

void
linger_begin(struct conn *c, bool politely)
{
	if (!politely) {
		c->phase = PHASE_DEAD;
		return;
	}
	c->phase = PHASE_LINGER;
	c->began_us = 0;
	loop_timer(conns.loop, &c->timer, conn_timeout(c));
}

/* What was kept back leaves first.  True when nothing is left of it. */
static bool
is_silent(struct conn *c)
{
	if (c->began_us != 0)
		return true;
	switch (writer_flush(c)) {
	case WRITTEN_ALL:
		shutdown(c->watch.fd, SHUT_WR);
		c->began_us = clock_us_now();
		loop_timer(conns.loop, &c->timer, LINGER_MS);
		return true;
	case WRITTEN_FULL:
		conn_watch(c);
		return false;
	default:
		c->phase = PHASE_DEAD;
		return false;
	}
}

bool
linger_step(struct conn *c)
{
	static char waste[64 * 1024];
	ssize_t n;

	if (!is_silent(c))
		return c->phase == PHASE_DEAD;
	n = recv(c->watch.fd, waste, sizeof(waste), 0);
	if (n == 0 || (n < 0 && errno != EAGAIN) ||
	    clock_us_now() - c->began_us > LINGER_MAX_US) {
		c->phase = PHASE_DEAD;
		return true;
	}
	if (n > 0)
		loop_timer(conns.loop, &c->timer, LINGER_MS);
	conn_watch(c);
	return false;
}
