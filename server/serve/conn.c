/*
 * conn.c - one client connection: the only socket state machine.
 *
 *   HEAD -> [QUEUE] -> WALK -> WRITE -> [DRAIN] -> HEAD ...
 *                                        or   LINGER -> DEAD
 *
 * conn_run() takes as many steps as it can without waiting; whatever makes it
 * go on (bytes, room, a timer, a handler) calls it again.  A connection holds
 * no buffer and no arena while it is idle.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/os.h"
#include "serve/conn.h"
#include "serve/exchange.h"
#include "serve/hosts.h"
#include "serve/recall.h"

/* Answered to one that pipelines, before others' turn. */
enum { TURN_REQUESTS = 64 };

static void
conn_free(struct conn *c)
{
	exchange_end(c, true);
	loop_timer_stop(conns.loop, &c->timer);
	loop_later_stop(conns.loop, &c->later);
	loop_unwatch(conns.loop, &c->watch);
	close(c->watch.fd);
	buffer_give(c->in);
	buffer_give(c->unsent);
	list_remove(&c->link);
	list_remove(&c->place);
	conns.count--;
	conns.host->connections(-1, c->ticket);
	free(c);
}

/* ---- Running ------------------------------------------------------------- */

void
conn_run(struct conn *c)
{
	for (;;) {
		bool on;

		switch (c->phase) {
		case PHASE_HEAD:
			/* A client that pipelines without end must not keep
			 * the others waiting. */
			if (c->turn_requests++ > TURN_REQUESTS) {
				c->turn_requests = 0;
				loop_later(conns.loop, &c->later);
				return;
			}
			on = hearing_step(c);
			break;
		case PHASE_QUEUE:
			on = places_step(c);
			break;
		case PHASE_WALK:
			on = answering_walk(c);
			break;
		case PHASE_WRITE:
			on = answering_write(c);
			break;
		case PHASE_DRAIN:
			on = answering_drain(c);
			break;
		case PHASE_LINGER:
			on = linger_step(c);
			break;
		default:
			conn_free(c);
			return;
		}
		if (!on)
			return;
	}
}

static void
on_later(struct later *l)
{
	conn_run(LIST_OWNER(l, struct conn, later));
}

static void
on_rest(struct client *client, bool yes)
{
	places_hold((struct conn *)client, !yes);
}

static void
on_wake(struct client *client)
{
	loop_later(conns.loop, &((struct conn *)client)->later);
}

/* Bytes of a body arrived: its reader takes them, or is resumed. */
static void
feed_body(struct conn *c)
{
	struct request *r = c->x->r;

	c->x->wants_body = false;
	loop_timer_stop(conns.loop, &c->timer);
	conn_watch(c);
	if (r->body_ready != NULL)
		r->body_ready(r);
	else
		loop_later(conns.loop, &c->later);
}

/* The peer will send no more.  An answer under way is still sent. */
static void
peer_done(struct conn *c)
{
	c->peer_done = true;
	conn_watch(c);
	if (c->phase == PHASE_WALK || c->x->idle)
		loop_timer(conns.loop, &c->timer, PROBE_MS);
}

static void
on_ready(struct watch *w, unsigned events)
{
	struct conn *c = LIST_OWNER(w, struct conn, watch);

	c->dry = false;
	if (events & LOOP_GONE && c->phase != PHASE_LINGER)
		c->phase = PHASE_DEAD;
	if (c->phase == PHASE_QUEUE && events & LOOP_PEER_DONE)
		c->peer_done = true;
	if (c->phase != PHASE_WALK && c->phase != PHASE_WRITE) {
		conn_run(c);
		return;
	}
	if (events & LOOP_READ && c->x->wants_body)
		feed_body(c);
	else if (events & LOOP_PEER_DONE && !c->peer_done)
		peer_done(c);
	if (!(events & LOOP_WRITE))
		return;
	/* In the corridor only what was gathered before can be sent. */
	if (c->phase == PHASE_WRITE || exchange_await(c, 0))
		conn_run(c);
}

/*
 * Before an idle connection is closed, one last look: a request that arrived
 * meanwhile is answered, not reset.
 */
static void
idle_over(struct conn *c)
{
	c->dry = false;
	if (intake_read(c) != INTAKE_DATA)
		c->phase = PHASE_DEAD;
	conn_run(c);
}

/* The socket has had no room for what waits to be sent. */
static bool
is_stuck(const struct conn *c)
{
	return c->unsent_n > 0 || (c->x != NULL && c->x->full);
}

static void
on_timer(struct timer *t)
{
	struct conn *c = LIST_OWNER(t, struct conn, timer);

	if (is_stuck(c)) {
		answering_late(c);
		conn_run(c);
		return;
	}
	switch (c->phase) {
	case PHASE_HEAD:
		if (c->start == c->end) {
			idle_over(c);
			return;
		}
		if (c->x != NULL)
			hearing_refuse(c, 408, NULL);
		break;
	case PHASE_WALK:
	case PHASE_WRITE:
		if (c->x->wants_body)
			intake_timed_out(c);
		else
			answering_probe(c);
		return;
	default:
		c->phase = PHASE_DEAD;
		break;
	}
	conn_run(c);
}

/* ---- The public part ----------------------------------------------------- */

void
conn_init(struct loop *l, const struct config *c, const struct conn_host *h)
{
	conns.loop = l;
	recall_begin(l);
	conns.config = c;
	conns.host = h;
	list_init(&conns.all);
	list_init(&conns.queue);
}

/* Asked of the system once for an exchange. */
static const struct sockaddr *
conn_local(struct client *client)
{
	static struct sockaddr_in6 passing;
	struct conn *c = (struct conn *)client;
	struct sockaddr_in6 *local = c->x != NULL ? &c->x->local : &passing;
	socklen_t n = sizeof(*local);

	if (c->x == NULL)
		passing.sin6_family = AF_UNSPEC;
	if (local->sin6_family == AF_UNSPEC &&
	    getsockname(c->watch.fd, (struct sockaddr *)local, &n) != 0)
		local->sin6_family = AF_INET6;
	return (const struct sockaddr *)local;
}

static size_t
conn_segment(struct client *client)
{
	return os_segment(((struct conn *)client)->watch.fd);
}

static const struct client_calls calls = { conn_local, on_wake, on_rest,
	intake_look, intake_took, conn_segment };

/* The peer's address as text. */
static void
peer_text(const struct sockaddr_storage *peer, char text[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	const struct sockaddr_in *in = (const struct sockaddr_in *)peer;

	if (peer->ss_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, text, INET6_ADDRSTRLEN);
	else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, (const char *)&in6->sin6_addr + 12, text,
		    INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, text, INET6_ADDRSTRLEN);
}

static struct conn *
conn_new(const struct sockaddr_storage *peer)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct conn *c;

	peer_text(peer, text);
	c = calloc(1, offsetof(struct conn, peer) + strlen(text) + 1);
	if (c == NULL)
		abort();
	strcpy(c->peer, text);
	c->client.peer = c->peer;
	c->client.peer_port = address_port((const struct sockaddr *)peer);
	c->client.calls = &calls;
	return c;
}

void
conn_accept(int fd, const struct sockaddr_storage *peer, int ticket)
{
	struct conn *c = conn_new(peer);

	c->ticket = ticket;
	list_init(&c->place);
	c->watch.fd = fd;
	c->watch.ready = on_ready;
	c->timer.fire = on_timer;
	c->later.run = on_later;
	if (conns.config->vhosts.n > 0)
		c->client.hosts = hosts_at(conns.config,
		    conn_local(&c->client));
	list_append(&conns.all, &c->link);
	conns.count++;
	conns.host->connections(+1, ticket);
	conn_run(c);
}

void
conn_drain(void)
{
	conns.draining = true;
}

void
conn_close_all(void)
{
	while (!list_empty(&conns.all))
		conn_free(LIST_OWNER(conns.all.next, struct conn, link));
}

size_t
conn_count(void)
{
	return conns.count;
}

void
conn_each(void (*show)(const struct conn *c, void *arg), void *arg)
{
	for (struct link *l = conns.all.next; l != &conns.all; l = l->next)
		show(LIST_OWNER(l, struct conn, link), arg);
}

size_t
conn_busy(void)
{
	return conns.busy;
}

unsigned
conn_busy_percent(void)
{
	return conns.host == NULL ? 0 : conns.host->busy_percent();
}
