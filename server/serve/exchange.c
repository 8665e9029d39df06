/*
 * exchange.c - what a connection's socket is watched for.
 */
#include "serve/exchange.h"

struct loop *conn_loop;

void
conn_watch(struct conn *c)
{
	const struct exchange *x = c->x;
	unsigned events = c->unsent_n > 0 ? LOOP_WRITE : 0;

	switch (c->phase) {
	case PHASE_WALK:
	case PHASE_WRITE:
		if (x->full)
			events |= LOOP_WRITE;
		if (x->wants_body)
			events |= LOOP_READ;
		if (!c->peer_done)
			events |= LOOP_PEER_DONE;
		break;
	case PHASE_QUEUE:
		if (!c->peer_done)
			events |= LOOP_PEER_DONE;
		break;
	case PHASE_DEAD:
		break;
	default:
		events |= LOOP_READ;
		break;
	}
	loop_watch(conn_loop, &c->watch, events);
}
