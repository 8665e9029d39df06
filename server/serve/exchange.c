/*
 * exchange.c - the end of an exchange, and what a connection waits for.
 */
#include "base/clock.h"
#include "serve/conn.h"
#include "serve/corridor.h"
#include "serve/exchange.h"
#include "serve/hosts.h"
#include "serve/recall.h"

struct conns conns = { .all = { &conns.all, &conns.all },
	.queue = { &conns.queue, &conns.queue } };

const struct vhost *
conn_vhost(const struct conn *c)
{
	if (c->x != NULL && c->x->r != NULL)
		return c->x->r->vhost;
	return host_named(conns.config, c->client.hosts, STR_NONE);
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
		/* That it has finished shows when it is read, but is wanted
		 * in the phases before and after: so nothing changes. */
		events |= LOOP_READ | LOOP_PEER_DONE;
		break;
	}
	loop_watch(conns.loop, &c->watch, events);
}

/* Send what was gathered, then wait for bytes.  Always false, unless broken. */
bool
exchange_await(struct conn *c, int64_t ms)
{
	enum written w = writer_flush(c);

	if (w == WRITTEN_BROKEN) {
		c->phase = PHASE_DEAD;
		return true;
	}
	c->turn_requests = 0;
	if (w == WRITTEN_FULL)
		ms = conn_timeout(c);
	if (ms > 0)
		loop_timer(conns.loop, &c->timer, ms);
	conn_watch(c);
	return false;
}

unsigned
exchange_keep_alive(const struct request *r)
{
	int64_t ms = number_or(
	    core_conf(r->vhost->scope)->keep_alive_timeout_ms, 5000);

	return ms < INT32_MAX ? (unsigned)ms : INT32_MAX;
}

struct exchange *
exchange_new(struct conn *c)
{
	struct arena *a = arena_new();
	struct exchange *x = arena_one(a, struct exchange);

	x->arena = a;
	c->x = x;
	return x;
}

void
exchange_end(struct conn *c, bool aborted)
{
	struct exchange *x = c->x;

	if (x == NULL)
		return;
	if (x->r != NULL) {
		x->r->aborted = aborted && !x->complete;
		conns.host->served(x->r->bytes_out, clock_us_now() -
		    x->r->started_mono_us);
		c->idle_ms = exchange_keep_alive(x->r);
		corridor_log(x->r);
	}
	c->x = NULL;
	c->client.basis = NULL;
	buffer_give(x->held);
	if (x->answer != NULL && x->complete) {
		x->answer->idle_ms = c->idle_ms;
		recall_keep(x->answer);
	} else {
		arena_end(x->arena);
	}
	if (c->was_busy) {
		c->was_busy = false;
		conns.busy--;
	}
	places_hold(c, false);
}
