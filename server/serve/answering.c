/*
 * answering.c - through the corridor, onto the socket, and what becomes of the
 * connection then.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "serve/conn.h"
#include "serve/corridor.h"
#include "serve/exchange.h"
#include "serve/output.h"
#include "serve/recall.h"
#include "serve/reqtimeout.h"

enum { MAX_PROBES = 8 };

/* ---- The corridor -------------------------------------------------------- */

/* What was to be answered rests on a body that is bad. */
static void
answer_bad_body(struct request *r)
{
	fields_unset(&r->out, STR("Location"));
	fields_unset(&r->out_always, STR("Location"));
	corridor_refuse(r, r->status);
}

void
answering_begin(struct conn *c)
{
	struct exchange *x = c->x;
	int status = x->r->status;

	if (status < 400 && !x->r->nph && !intake_sound(c))
		answer_bad_body(x->r);
	if (conns.draining || !intake_short_rest(c))
		x->r->close_after = true;
	/* Nobody wanted the body, but it shows a malformed request. */
	if (status < 400 && x->body_bad && x->r->body_ready == NULL)
		answer_bad_body(x->r);
	c->phase = PHASE_WRITE;
	x->head_left = output_head(x->r);
	if (x->keep.n > 0)
		x->answer = recall_answer(x->arena, x->keep, x->r,
		    x->head_left);
	if (x->answer != NULL)
		x->r->retold = x->answer->retold;
	loop_timer(conns.loop, &c->timer, conn_timeout(c));
}

bool
answering_walk(struct conn *c)
{
	if (corridor_walk(c->x->r, &c->x->r) == DONE) {
		answering_begin(c);
		return true;
	}
	request_once(c->x->r);
	if (!c->x->wants_body && !c->peer_done)
		loop_timer_stop(conns.loop, &c->timer);
	return exchange_await(c, 0);
}

/*
 * The peer has finished sending.  Whether it still listens only a write can
 * tell, and a silent script writes nothing for long.  Before the answer, an
 * interim response, which every HTTP/1.1 client must bear, makes a peer that is
 * gone answer with a reset, and the script can be ended; within the answer, a
 * zero before the next chunk's size does the same.
 */
void
answering_probe(struct conn *c)
{
	struct exchange *x = c->x;

	if (x->probes == MAX_PROBES || x->head.version < 11)
		return;
	if (c->phase == PHASE_WRITE) {
		if (writer_probe(c))
			loop_timer(conns.loop, &c->timer,
			    PROBE_MS << x->probes++);
		return;
	}
	writer_interim(c);
	if (exchange_await(c, PROBE_MS << x->probes++))
		conn_run(c);
}

/* ---- The answer ---------------------------------------------------------- */

void
answering_late(struct conn *c)
{
	if (c->x != NULL && c->x->r != NULL)
		request_log(c->x->r, LEVEL_INFO, "core", 0, "the client did "
		    "not take the answer in time");
	c->phase = PHASE_DEAD;
}

/* The answer is on its way: what becomes of the connection? */
static void
answered(struct conn *c)
{
	struct request *r = c->x->r;
	bool keep = r->keep_going;
	/* Nothing is unread and the client expects the close: no lingering. */
	bool clean = c->x->body_done && c->start == c->end &&
	    !c->x->head.keep_alive;

	c->x->complete = true;
	places_hold(c, false);
	if (keep && !c->x->body_done) {
		c->phase = PHASE_DRAIN;
		return;
	}
	exchange_end(c, false);
	c->client.answered++;
	c->began_us = 0;
	if (keep) {
		c->phase = PHASE_HEAD;
		return;
	}
	linger_begin(c, !clean);
}

/*
 * How long the socket may stay full: Timeout; and when all such waits together
 * took that long already, only what the bytes that the client has taken earn
 * (ResponseMinRate).  What waits in the system's buffer earns nothing.
 */
static int64_t
reader_time(const struct conn *c)
{
	const struct exchange *x = c->x;
	int64_t ms = conn_timeout(c), left;
	int64_t rate = reqtimeout_min_rate(conn_vhost(c)->scope);
	uint64_t taken = x->r->bytes_out, unsent;

	if (rate == 0 || x->full_ms < ms)
		return ms;
	unsent = os_unsent(c->watch.fd);
	taken = taken > unsent ? taken - unsent : 0;
	if (taken / (uint64_t)rate > INT32_MAX)
		return ms;
	left = ms + (int64_t)(taken * 1000 / (uint64_t)rate) - x->full_ms;
	return left < ms ? left : ms;
}

/* The socket takes no more. */
static bool
wait_for_reader(struct conn *c)
{
	struct exchange *x = c->x;
	int64_t ms = reader_time(c);

	x->full = true;
	x->full_since_ms = clock_ms();
	if (ms <= 0) {
		answering_late(c);
		return true;
	}
	if (x->r->body == NULL || x->r->body->passive)
		places_hold(c, false);
	loop_timer(conns.loop, &c->timer, ms);
	conn_watch(c);
	return false;
}

bool
answering_write(struct conn *c)
{
	bool join = c->x->r->keep_going && c->x->body_done &&
	    c->start < c->end;

	if (c->x->full)
		c->x->full_ms += clock_ms() - c->x->full_since_ms;
	c->x->full = c->x->idle = false;
	places_hold(c, true);
	switch (writer_write(c, join)) {
	case WRITTEN_ALL:
		answered(c);
		return true;
	case WRITTEN_FULL:
		return wait_for_reader(c);
	case WRITTEN_WAIT:
		c->x->idle = true;
		if (c->peer_done)
			loop_timer(conns.loop, &c->timer, PROBE_MS);
		else if (!c->x->wants_body)
			loop_timer_stop(conns.loop, &c->timer);
		conn_watch(c);
		return false;
	case WRITTEN_TURN:
		loop_timer(conns.loop, &c->timer, conn_timeout(c));
		loop_later(conns.loop, &c->later);
		return false;
	case WRITTEN_CUT:
		/* What is on its way shall arrive. */
		exchange_end(c, true);
		linger_begin(c, true);
		return true;
	default:
		c->phase = PHASE_DEAD;
		return true;
	}
}

/* Read off the rest of a body so that the next head can be found. */
bool
answering_drain(struct conn *c)
{
	switch (intake_discard(c)) {
	case BODY_WAIT:		/* with the timer of a body that is read */
		return false;
	case BODY_END:
		exchange_end(c, false);
		c->client.answered++;
		c->began_us = 0;
		c->phase = PHASE_HEAD;
		return true;
	default:
		exchange_end(c, false);
		linger_begin(c, true);
		return true;
	}
}
