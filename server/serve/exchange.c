/*
 * exchange.c - what a connection's socket is watched for, and for how long.
 */
#include "serve/exchange.h"

#include "serve/config.h"
#include "serve/hosts.h"

struct loop *conn_loop;

const struct vhost *
conn_vhost(const struct conn *c)
{
	if (c->x != NULL && c->x->r != NULL)
		return c->x->r->vhost;
	return host_named(config_current(), c->client.hosts, STR_NONE);
}

int64_t
conn_timeout(const struct conn *c)
{
	return number_or(core_conf(conn_vhost(c)->scope)->timeout_ms, 60000);
}

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
