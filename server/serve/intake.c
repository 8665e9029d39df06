/*
 * intake.c - from the socket into the buffer, and out of it as a body.
 *
 * A body is never gathered: what one recv(2) brought is decoded in place and
 * shown to the handler, and nothing more is read until it has been taken.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "serve/exchange.h"
#include "serve/reqtimeout.h"

enum {
	MIN_ROOM = 4096,	/* for one recv(2) of a body */
	BODY_BUFFER = 64 * 1024, /* for bodies that do not fit beside a head */
	SHORT_REST = 64 * 1024,	/* of a body that nobody wanted */
	MAX_EXTENSIONS = 16 * 1024, /* bytes of chunk extensions */
	MAX_TRAILERS = 64 * 1024, /* bytes of trailer fields */
};

enum intake
intake_read(struct conn *c)
{
	size_t room;
	ssize_t n;

	if (c->dry)
		return INTAKE_NOTHING;
	if (c->in == NULL) {
		c->in = buffer_take(0);
		c->start = c->end = 0;
	}
	room = c->in->size - c->end;
	n = recv(c->watch.fd, c->in->at + c->end, room, 0);
	if (n > 0) {
		c->dry = (size_t)n < room;
		c->end += (unsigned)n;
		if (c->x != NULL && c->x->r != NULL)
			c->x->r->bytes_in += (uint64_t)n;
		return INTAKE_DATA;
	}
	if (n == 0) {
		c->peer_done = true;
		return INTAKE_END;
	}
	return errno == EAGAIN || errno == EINTR ? INTAKE_NOTHING :
	    INTAKE_BROKEN;
}

void
intake_rest(struct conn *c)
{
	if (c->in == NULL || c->start < c->end)
		return;
	if (c->x != NULL && c->x->held == NULL)
		return;
	buffer_give(c->in);
	c->in = NULL;
	c->start = c->end = 0;
}

static size_t
limit_or_none(size_t limit)
{
	return limit > 0 ? limit : SIZE_MAX;
}

/* Trailer fields keep to the limits of other fields. */
static void
chunked_begin(struct conn *c)
{
	struct exchange *x = c->x;

	x->limits = (struct chunked_limits){
		.max_extensions = MAX_EXTENSIONS,
		.max_trailers = limit_or_none(x->head_limits.max_fields),
		.max_trailer_size = limit_or_none(
		    x->head_limits.max_field_size),
		.max_trailer_bytes = MAX_TRAILERS,
	};
	fields_init(&x->trailers, x->arena);
	chunked_init(&x->chunked, x->arena, &x->limits, &x->trailers);
}

void
intake_begin(struct conn *c)
{
	struct exchange *x = c->x;
	const struct head *h = &x->head;

	x->body_left = h->body == BODY_LENGTH ? h->body_length : 0;
	x->body_done = h->body == BODY_NONE ||
	    (h->body == BODY_LENGTH && h->body_length == 0);
	x->continue_due = h->expect_continue && !x->body_done;
	if (h->body == BODY_CHUNKED)
		chunked_begin(c);
}

static enum body_look
bad(struct conn *c, int status, const char *why)
{
	struct exchange *x = c->x;

	x->body_bad = true;
	x->r->close_after = true;
	/* Later, the status is on its way already; and one that was redirected
	 * has nothing to do with the body. */
	if (c->phase == PHASE_WALK && !x->r->no_body && x->r->status < 400) {
		x->r->status = status;
		x->r->why = str_of(why);
	}
	return BODY_BAD;
}

/*
 * Make room behind the unread bytes.  The head of the request lives at the
 * front of the buffer: when that leaves too little, the body gets another one
 * and the first is held until the exchange is over.
 */
static void
make_room(struct conn *c)
{
	struct exchange *x = c->x;
	size_t head_end = x->held == NULL && c->in != NULL ?
	    (size_t)(x->head.buf - c->in->at) + x->head.size : 0;

	if (c->in != NULL && c->start == c->end) {
		c->start = c->end = (unsigned)head_end;
		if (c->in->size - c->end >= MIN_ROOM &&
		    (x->held != NULL || x->body_left < BODY_BUFFER))
			return;
	}
	if (c->in != NULL && x->held != NULL)
		return;		/* the body's own buffer is full of data */
	struct buffer *b = buffer_take(BODY_BUFFER);

	if (c->in != NULL) {
		memcpy(b->at, c->in->at + c->start, c->end - c->start);
		c->end -= c->start;
		c->start = 0;
		x->held = c->in;
	}
	c->in = b;
}

/* The last chunk was read, and the trailers behind it. */
static void
body_complete(struct exchange *x)
{
	x->body_done = true;
	if (flag_or(core_conf(x->r->vhost->scope)->merge_trailers, false))
		fields_append(&x->r->in, &x->trailers);
}

/* Decode what is in the buffer; BODY_WAIT when that gives nothing. */
static enum body_look
decode(struct conn *c)
{
	struct exchange *x = c->x;
	struct str raw = str_n(c->in->at + c->start, c->end - c->start);
	size_t used;

	if (x->head.body == BODY_LENGTH) {
		x->body_data = raw.n > x->body_left ?
		    str_first(raw, (size_t)x->body_left) : raw;
		x->body_left -= x->body_data.n;
		x->body_done = x->body_left == 0;
		c->start += x->body_data.n;
		return BODY_DATA;
	}
	switch (chunked_read(&x->chunked, raw.at, raw.n, &used,
	    &x->body_data)) {
	case CHUNKED_DATA:
		c->start += used;
		return BODY_DATA;
	case CHUNKED_DONE:
		c->start += used;
		body_complete(x);
		return BODY_END;
	case CHUNKED_BAD:
		return bad(c, x->chunked.status, x->chunked.why);
	default:
		c->start += used;
		return BODY_WAIT;
	}
}

/* RFC 9110, 10.1.1: only a client that waits for it is told to go on, and only
 * before the answer.  If it cannot be sent, the read that follows tells why. */
static void
send_continue(struct conn *c)
{
	c->x->continue_due = false;
	if (c->phase == PHASE_WALK)
		writer_interim(c);
}

static bool
over_limit(struct conn *c)
{
	int64_t limit = number_or(core_conf(c->x->r->scope)->limit_body,
	    INT64_C(1) << 30);

	return limit > 0 && c->x->body_read > (uint64_t)limit;
}

/* How long the next bytes may take: Timeout, or less when the whole body has
 * used up what RequestReadTimeout gives it.  The time in which its reader kept
 * the client waiting does not count. */
static int64_t
body_time(const struct exchange *x)
{
	const struct scope *s = x->r->vhost->scope;
	int64_t all_ms = reqtimeout_ms(reqtimeout_body(s), x->body_read);
	int64_t ms = number_or(core_conf(s)->timeout_ms, 60000);

	if (all_ms == 0)
		return ms;
	all_ms -= x->waited_ms;
	return all_ms < 1 ? 1 : all_ms < ms ? all_ms : ms;
}

static void
wait_for_more(struct conn *c)
{
	c->x->wants_body = true;
	c->x->wait_began_ms = clock_ms();
	conn_watch(c);
	loop_timer(conns.loop, &c->timer, body_time(c->x));
}

static void
wait_is_over(struct conn *c)
{
	struct exchange *x = c->x;

	if (x->wait_began_ms != 0)
		x->waited_ms += clock_ms() - x->wait_began_ms;
	x->wait_began_ms = 0;
	if (x->wants_body)
		loop_timer_stop(conns.loop, &c->timer);
	x->wants_body = false;
}

static enum body_look
look(struct conn *c, struct str *s)
{
	struct exchange *x = c->x;

	wait_is_over(c);
	while (x->body_data.n == 0) {
		enum body_look got = BODY_WAIT;

		if (x->body_bad)
			return BODY_BAD;
		if (x->body_done)
			return BODY_END;
		if (c->start < c->end)
			got = decode(c);
		if (got == BODY_END || got == BODY_BAD)
			return got;
		if (got == BODY_DATA) {
			x->body_read += x->body_data.n;
			if (over_limit(c))
				return bad(c, 413, "The body of the request is "
				    "larger than LimitRequestBody allows "
				    "here.");
			break;
		}
		if (x->continue_due)
			send_continue(c);
		make_room(c);
		switch (intake_read(c)) {
		case INTAKE_DATA:
			break;
		case INTAKE_NOTHING:
			wait_for_more(c);
			return BODY_WAIT;
		default:
			return bad(c, 400, "The connection ended before the "
			    "whole body had arrived.");
		}
	}
	*s = x->body_data;
	return BODY_DATA;
}

/* A reader that is still there when the answer is complete comes too late: what
 * is left is thrown away. */
enum body_look
intake_look(struct client *client, struct request *r, struct str *s)
{
	struct conn *c = (struct conn *)client;

	return r->no_body || c->x->complete ? BODY_END : look(c, s);
}

static void
took(struct conn *c, size_t n)
{
	c->x->body_data = str_from(c->x->body_data, n);
}

void
intake_took(struct client *client, struct request *r, size_t n)
{
	(void)r;
	took((struct conn *)client, n);
}

bool
intake_sound(struct conn *c)
{
	struct exchange *x = c->x;
	char byte;

	if (!x->wants_body || x->r->body_ready == NULL ||
	    recv(c->watch.fd, &byte, 1, MSG_PEEK) < 0)
		return true;
	c->dry = false;
	x->r->body_ready(x->r);
	return !x->body_bad;
}

void
intake_timed_out(struct conn *c)
{
	struct request *r = c->x->r;

	bad(c, 408, "The body of the request did not arrive in time.");
	c->x->wants_body = false;
	conn_watch(c);
	if (r->body_ready != NULL)
		r->body_ready(r);
	else
		request_wake(r);
}

enum body_look
intake_discard(struct conn *c)
{
	struct str s;
	enum body_look got;

	while ((got = look(c, &s)) == BODY_DATA)
		took(c, s.n);
	return got;
}

/* How long a chunked body is shows when it has arrived. */
static bool
is_all_here(struct conn *c)
{
	struct exchange *x = c->x;

	while (c->start < c->end && decode(c) == BODY_DATA)
		took(c, x->body_data.n);
	return x->body_done;
}

bool
intake_short_rest(struct conn *c)
{
	struct exchange *x = c->x;

	if (x->body_done)
		return true;
	/* A client that was never told to go on may or may not send it. */
	if (x->body_bad || x->continue_due)
		return false;
	if (x->head.body == BODY_LENGTH)
		return x->body_left + x->body_data.n <= SHORT_REST;
	return x->r->body_ready == NULL && is_all_here(c);
}
