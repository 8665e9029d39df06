/*
 * hearing.c - from the first byte of a head to its request.
 *
 * One recv(2) is enough in a turn: what more there is wakes us.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "serve/conn.h"
#include "serve/corridor.h"
#include "serve/exchange.h"
#include "serve/hosts.h"
#include "serve/output.h"
#include "serve/recall.h"
#include "serve/reqtimeout.h"
#include "serve/retold.h"

enum { MAX_HEAD = 1024 * 1024 };

/* Before a head is read nobody knows which host it is for: what the default
 * host of the address says holds, as in Apache. */
static struct head_limits
limits_of(const struct vhost *v)
{
	const struct core_conf *core = core_conf(v->scope);

	return (struct head_limits){
		.max_line = (size_t)number_or(core->limit_line, 8190),
		.max_fields = (size_t)number_or(core->limit_fields, 100),
		.max_field_size = (size_t)number_or(core->limit_field_size,
		    8190),
		.max_head = MAX_HEAD,
		.unsafe = number_or(core->strict, 1) == 0,
		.allow_09 = number_or(core->require_10, 0) == 0,
	};
}

static void
begin(struct conn *c, struct str keep)
{
	struct exchange *x = exchange_new(c);

	if (keep.n > 0)
		x->keep = str_copy(x->arena, keep);
	c->client.basis = keep.n > 0 ? recall_basis(x->arena) : NULL;
	x->head_limits = limits_of(host_named(conns.config, c->client.hosts,
	    STR_NONE));
	head_init(&x->head, x->arena, &x->head_limits);
}

/* Path and query as they were sent: one slice, but for an absolute target with
 * an empty path. */
static struct str
raw_uri(struct arena *a, const struct head *h)
{
	if (h->query.at == NULL)
		return h->path;
	if (h->form == TARGET_ABSOLUTE)
		return str_fmt(a, "%.*s?%.*s", STR_ARGS(h->path),
		    STR_ARGS(h->query));
	return str_n(h->path.at, h->path.n + 1 + h->query.n);
}

/* It may ask for a list of a directory, which is kept by what the query means,
 * though these very words may never come again. */
static bool
may_mean_the_same(const struct head *h)
{
	return h->query.at != NULL && str_ends(h->path, STR("/")) &&
	    (h->method == METHOD_GET || h->method == METHOD_HEAD);
}

/* The parts of the request that its head decides. */
void
hearing_request(struct conn *c)
{
	struct exchange *x = c->x;
	struct request *r = request_new(x->arena, conns.config, &c->client);

	r->vhost = host_named(conns.config, c->client.hosts, STR_NONE);
	r->scope = r->vhost->scope;
	r->head = &x->head;
	r->method = x->head.method;
	r->method_name = x->head.method_name;
	r->in = x->head.fields;
	r->trailers = &x->trailers;
	r->uri = raw_uri(x->arena, &x->head);
	r->started_us = clock_wall_us();
	r->started_mono_us = c->began_us;
	r->bytes_in = x->head.size;
	x->r = r;
	if (c->client.basis == NULL && may_mean_the_same(&x->head))
		c->client.basis = recall_basis(x->arena);
	c->was_busy = true;
	conns.busy++;
	places_hold(c, true);
}

/* The request line is known, so an ErrorDocument may tell what is wrong with
 * the rest. */
static void
refuse_by_document(struct conn *c, int status)
{
	struct request *r = c->x->r;

	uri_split(r->uri, &r->path, &r->query);
	r->has_query = r->query.at != NULL;
	r->refused = status;
	c->phase = PHASE_WALK;
}

/* The head was no head, or did not come in time. */
void
hearing_refuse(struct conn *c, int status, const char *why)
{
	struct exchange *x = c->x;

	if (x->r == NULL)
		hearing_request(c);
	x->r->close_after = true;
	x->r->no_body = true;
	x->body_done = true;
	if (x->head.version == 0)
		x->head.version = 10;
	if (why != NULL)
		request_refuse(x->r, status, "The request was refused: %s.",
		    why);
	request_log(x->r, LEVEL_INFO, "core", 0, "request refused with %d: "
	    "%s: \"%.*s\"", status, why != NULL ? why : "it did not arrive "
	    "in time", STR_ARGS(x->head.culprit));
	if (why != NULL && x->head.path.n > 0) {
		refuse_by_document(c, status);
		return;
	}
	corridor_refuse(x->r, status);
	answering_begin(c);
}

/* Room for more of a head that is longer than its buffer. */
static void
head_grow(struct conn *c)
{
	size_t n = c->end - c->start;

	if (c->start > 0) {
		memmove(c->in->at, c->in->at + c->start, n);
	} else {
		struct buffer *b = buffer_take(c->in->size * 2);

		memcpy(b->at, c->in->at, n);
		buffer_give(c->in);
		c->in = b;
	}
	c->start = 0;
	c->end = (unsigned)n;
}

/* What is left of the time for a whole head, which began with its first byte;
 * without such a limit, the time for the next byte. */
static int64_t
head_time(const struct conn *c)
{
	int64_t all_ms = reqtimeout_ms(reqtimeout_header(
	    conn_vhost(c)->scope), c->end - c->start);
	int64_t gone_ms = c->began_us == 0 ? 0 :
	    (clock_us_now() - c->began_us) / 1000;

	if (all_ms == 0)
		return conn_timeout(c);
	return all_ms > gone_ms ? all_ms - gone_ms : 1;
}

/* Nothing is under way: wait for a request with as little as possible. */
static bool
rest(struct conn *c)
{
	if (c->x != NULL) {
		arena_end(c->x->arena);
		c->x = NULL;
	}
	intake_rest(c);
	c->began_us = 0;
	return exchange_await(c, c->client.answered > 0 ? c->idle_ms :
	    head_time(c));
}

/* Bytes for a head; true when there are some, or the phase has changed. */
static bool
head_bytes(struct conn *c)
{
	if (c->in != NULL && c->end == c->in->size)
		head_grow(c);
	switch (intake_read(c)) {
	case INTAKE_DATA:
		return true;
	case INTAKE_NOTHING:
		return false;
	case INTAKE_END:
		/* A head that never ends asks for nothing. */
		linger_begin(c, c->unsent_n > 0);
		return true;
	default:
		c->phase = PHASE_DEAD;
		return true;
	}
}

/* The request of that time, in this client's name and with its own times. */
static void
request_again(struct conn *c, const struct recalled *a, struct arena *arena,
    struct request *r)
{
	*r = *a->r;
	r->arena = arena;
	r->client = &c->client;
	r->retold = NULL;
	r->started_us = clock_wall_us();
	r->started_mono_us = c->began_us != 0 ? c->began_us : clock_us_now();
}

/* Logs that know their lines need not know when, to parts of a second. */
static void
log_lines(struct conn *c, const struct retold *lines, struct arena *scratch)
{
	static struct request moment;

	moment.arena = scratch;
	moment.client = &c->client;
	if (lines->exact) {
		moment.started_us = clock_wall_us();
		moment.started_mono_us = c->began_us != 0 ? c->began_us :
		    clock_us_now();
	} else {
		moment.started_us = (int64_t)clock_now() * 1000000;
	}
	retold_tell(lines, &moment);
}

static void
log_request(struct conn *c, const struct recalled *a, struct arena *scratch,
    bool aborted)
{
	struct request r;

	request_again(c, a, scratch, &r);
	r.aborted = aborted;
	r.first_byte_us = r.started_mono_us;
	corridor_log(&r);
}

static void
log_again(struct conn *c, const struct recalled *a, bool aborted)
{
	static struct arena *scratch;

	if (scratch == NULL)
		scratch = arena_new();
	if (a->retold->whole || aborted)
		log_request(c, a, scratch, aborted);
	else
		log_lines(c, a->retold, scratch);
	arena_reset(scratch);
}

/* The body is in memory, so only the log line is made anew. */
static bool
answer_at_once(struct conn *c, const struct recalled *a)
{
	enum written w = writer_again(c, a->head, a->body);
	bool keep_going = a->keep_going;

	conns.host->served(a->bytes_out, 0);
	conns.host->pause();
	log_again(c, a, w == WRITTEN_BROKEN);
	c->idle_ms = a->idle_ms;
	c->client.answered++;
	c->began_us = 0;
	if (w == WRITTEN_BROKEN)
		c->phase = PHASE_DEAD;
	else if (!keep_going)
		linger_begin(c, writer_flush(c) != WRITTEN_ALL ||
		    c->start < c->end);
	else if (w == WRITTEN_FULL) {
		c->clogged = true;
		return exchange_await(c, 0);
	}
	return true;
}

/* The body is in a file: it is sent as any other answer. */
static void
answer_from_file(struct conn *c, const struct recalled *a)
{
	struct exchange *x = exchange_new(c);
	struct request *r = arena_one(x->arena, struct request);

	recall_hold(a, x->arena);
	request_again(c, a, x->arena, r);
	r->bytes_out = r->body_sent = 0;
	r->first_byte_us = 0;
	r->body = source_file(x->arena, a->fd, a->offset, (uint64_t)r->length);
	x->head = *r->head;
	x->head_left = str_copy(x->arena, a->head);
	x->body_done = true;
	x->r = r;
	c->client.basis = NULL;
	c->was_busy = c->counted = true;
	conns.busy++;
	c->phase = PHASE_WRITE;
	loop_timer(conns.loop, &c->timer, conn_timeout(c));
}

/* The same was answered a moment ago. */
static bool
answer_again(struct conn *c, const struct recalled *a)
{
	c->start += a->request.n;
	if (a->fd < 0)
		return answer_at_once(c, a);
	answer_from_file(c, a);
	return true;
}

/* head_parse() of what is there, or of the copy that is to be kept. */
static enum head_result
parse(struct conn *c)
{
	struct exchange *x = c->x;

	if (x->keep.n > 0)
		return head_parse(&x->head, (char *)(uintptr_t)x->keep.at,
		    x->keep.n);
	return head_parse(&x->head, c->in->at + c->start, c->end - c->start);
}

/* A new head: what is to be done with it. */
static bool
begin_head(struct conn *c, const struct recalled **again)
{
	struct str keep = STR_NONE;

	/* Who does not take his answers waits as anybody does. */
	c->clogged &= c->unsent_n > 0;
	*again = conns.draining || c->clogged ? NULL : recall_find(&c->client,
	    str_n(c->in->at + c->start, c->end - c->start), &keep);
	/* The queue is for all. */
	if (*again != NULL && (!list_empty(&conns.queue) ||
	    !conns.host->begin(false)))
		*again = NULL;
	if (*again == NULL)
		begin(c, keep);
	return *again == NULL;
}

bool
hearing_step(struct conn *c)
{
	const struct recalled *again;

	if (c->start == c->end || c->x != NULL) {
		if (!head_bytes(c))
			return c->start == c->end ? rest(c) :
			    exchange_await(c, head_time(c));
		if (c->phase != PHASE_HEAD)
			return true;
	}
	if (c->x == NULL && !begin_head(c, &again))
		return answer_again(c, again);
	if (c->began_us == 0)
		c->began_us = clock_us_now();
	switch (parse(c)) {
	case HEAD_MORE:
		return exchange_await(c, head_time(c));
	case HEAD_BAD:
		hearing_refuse(c, c->x->head.status, c->x->head.why);
		return true;
	default:
		c->start += c->x->head.size;
		c->phase = PHASE_QUEUE;
		return true;
	}
}
