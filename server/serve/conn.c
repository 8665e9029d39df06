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
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "serve/conn.h"
#include "serve/corridor.h"
#include "serve/exchange.h"
#include "serve/hosts.h"
#include "serve/output.h"
#include "serve/recall.h"
#include "serve/reqtimeout.h"

enum {
	TURN_REQUESTS = 64,		/* pipelined, before others' turn */
	MAX_HEAD = 1024 * 1024,
	PROBE_MS = 1000,		/* see probe(); doubles each time */
	MAX_PROBES = 8,
};

static const struct config *config;
static const struct conn_host *host;
static struct link all = { &all, &all }, queue = { &queue, &queue };
static size_t count, busy;
static bool draining;

static void	conn_run(struct conn *c);

/* ---- Places -------------------------------------------------------------- */

/* A request holds a place while the server works for it, and none while nothing
 * but its client is waited for: clients that are slow to take a file, or to
 * send what nobody wants, keep nobody else out. */
static void
hold_place(struct conn *c, bool yes)
{
	if (c->counted == yes)
		return;
	c->counted = yes;
	if (yes)
		host->begin(true);
	else
		host->pause();
}

/* ---- Ends ---------------------------------------------------------------- */

static unsigned
keep_alive_ms(const struct request *r)
{
	int64_t ms = number_or(
	    core_conf(r->vhost->scope)->keep_alive_timeout_ms, 5000);

	return ms < INT32_MAX ? (unsigned)ms : INT32_MAX;
}

/* The exchange is over, whichever way: log it, let its arena clean up. */
static void
exchange_end(struct conn *c, bool aborted)
{
	struct exchange *x = c->x;

	if (x == NULL)
		return;
	if (x->r != NULL) {
		x->r->aborted = aborted && !x->complete;
		host->served(x->r->bytes_out, clock_us_now() -
		    x->r->started_mono_us);
		c->idle_ms = keep_alive_ms(x->r);
		corridor_log(x->r);
	}
	c->x = NULL;
	c->client.basis = NULL;
	buffer_give(x->held);
	if (x->answer != NULL && x->complete)
		recall_keep(x->answer);
	else
		arena_end(x->arena);
	if (c->was_busy) {
		c->was_busy = false;
		busy--;
	}
	hold_place(c, false);
}

static void
conn_free(struct conn *c)
{
	exchange_end(c, true);
	loop_timer_stop(conn_loop, &c->timer);
	loop_later_stop(conn_loop, &c->later);
	loop_unwatch(conn_loop, &c->watch);
	close(c->watch.fd);
	buffer_give(c->in);
	buffer_give(c->unsent);
	list_remove(&c->link);
	list_remove(&c->place);
	count--;
	host->connections(-1, c->ticket);
	free(c);
}

/* ---- The head ------------------------------------------------------------ */

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
exchange_begin(struct conn *c, struct str keep)
{
	struct arena *a = arena_new();
	struct exchange *x = arena_one(a, struct exchange);

	x->arena = a;
	c->x = x;
	if (keep.n > 0)
		x->keep = str_copy(a, keep);
	c->client.basis = keep.n > 0 ? recall_basis(a) : NULL;
	x->head_limits = limits_of(host_named(config, c->client.hosts,
	    STR_NONE));
	head_init(&x->head, a, &x->head_limits);
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

/* The parts of the request that its head decides. */
static void
request_begin(struct conn *c)
{
	struct exchange *x = c->x;
	struct request *r = request_new(x->arena, config, &c->client);

	r->vhost = host_named(config, c->client.hosts, STR_NONE);
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
	c->was_busy = true;
	busy++;
	hold_place(c, true);
}

/* What was to be answered rests on a body that is bad. */
static void
answer_bad_body(struct request *r)
{
	fields_unset(&r->out, STR("Location"));
	fields_unset(&r->out_always, STR("Location"));
	corridor_refuse(r, r->status);
}

static void
answer_begin(struct conn *c)
{
	struct exchange *x = c->x;
	int status = x->r->status;

	if (status < 400 && !x->r->nph && !intake_sound(c))
		answer_bad_body(x->r);
	if (draining || !intake_short_rest(c))
		x->r->close_after = true;
	/* Nobody wanted the body, but it shows a malformed request. */
	if (status < 400 && x->body_bad && x->r->body_ready == NULL)
		answer_bad_body(x->r);
	c->phase = PHASE_WRITE;
	x->head_left = output_head(x->r);
	if (x->keep.n > 0)
		x->answer = recall_answer(x->arena, x->keep, x->r,
		    x->head_left);
	loop_timer(conn_loop, &c->timer, conn_timeout(c));
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
static void
refuse_head(struct conn *c, int status, const char *why)
{
	struct exchange *x = c->x;

	if (x->r == NULL)
		request_begin(c);
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
	answer_begin(c);
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

/* Send what was gathered, then wait for bytes.  Always false, unless broken. */
static bool
await(struct conn *c, int64_t ms)
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
		loop_timer(conn_loop, &c->timer, ms);
	conn_watch(c);
	return false;
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
	return await(c, c->client.answered > 0 ? c->idle_ms : head_time(c));
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

/*
 * The same was answered a moment ago.  Only the log line is made anew, from the
 * request of that time in this client's name.
 */
static bool
answer_again(struct conn *c, const struct recalled *a)
{
	static struct arena *scratch;
	struct request r = *a->r;
	enum written w;

	if (scratch == NULL)
		scratch = arena_new();
	r.arena = scratch;
	r.client = &c->client;
	r.started_us = clock_wall_us();
	r.started_mono_us = c->began_us != 0 ? c->began_us : clock_us_now();
	w = writer_again(c, a->head, a->body);
	r.aborted = w == WRITTEN_BROKEN;
	r.first_byte_us = r.started_mono_us;
	host->served(r.bytes_out, 0);
	host->pause();
	corridor_log(&r);
	arena_reset(scratch);
	c->start += a->request.n;
	c->idle_ms = keep_alive_ms(&r);
	c->client.answered++;
	c->began_us = 0;
	if (w == WRITTEN_BROKEN)
		c->phase = PHASE_DEAD;
	else if (!r.keep_going)
		linger_begin(c, writer_flush(c) != WRITTEN_ALL ||
		    c->start < c->end);
	else if (w == WRITTEN_FULL) {
		c->clogged = true;
		return await(c, 0);
	}
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
	*again = draining || c->clogged ? NULL : recall_find(&c->client,
	    str_n(c->in->at + c->start, c->end - c->start), &keep);
	/* The queue is for all. */
	if (*again != NULL && (!list_empty(&queue) || !host->begin(false)))
		*again = NULL;
	if (*again == NULL)
		exchange_begin(c, keep);
	return *again == NULL;
}

/* One recv is enough in a turn: what more there is wakes us. */
static bool
step_head(struct conn *c)
{
	const struct recalled *again;

	if (c->start == c->end || c->x != NULL) {
		if (!head_bytes(c))
			return c->start == c->end ? rest(c) :
			    await(c, head_time(c));
		if (c->phase != PHASE_HEAD)
			return true;
	}
	if (c->x == NULL && !begin_head(c, &again))
		return answer_again(c, again);
	if (c->began_us == 0)
		c->began_us = clock_us_now();
	switch (parse(c)) {
	case HEAD_MORE:
		return await(c, head_time(c));
	case HEAD_BAD:
		refuse_head(c, c->x->head.status, c->x->head.why);
		return true;
	default:
		c->start += c->x->head.size;
		c->phase = PHASE_QUEUE;
		return true;
	}
}

/* ---- The queue ----------------------------------------------------------- */

static void
leave_queue(struct conn *c)
{
	list_remove(&c->place);
	c->counted = true;
	c->peer_done = false;	/* the loop will say so again */
	request_begin(c);
	intake_begin(c);
	c->phase = PHASE_WALK;
}

/* Who comes later does not begin earlier. */
static bool
step_queue(struct conn *c)
{
	if (list_empty(&c->place) && list_empty(&queue) &&
	    host->begin(false)) {
		leave_queue(c);
		return true;
	}
	if (list_empty(&c->place))
		list_append(&queue, &c->place);
	loop_timer_stop(conn_loop, &c->timer);
	return await(c, 0);
}

bool
conn_places(void)
{
	struct conn *c;

	while (!list_empty(&queue)) {
		if (!host->begin(false))
			return false;
		c = LIST_OWNER(queue.next, struct conn, place);
		leave_queue(c);
		conn_run(c);
	}
	return true;
}

/* ---- The corridor -------------------------------------------------------- */

static bool
step_walk(struct conn *c)
{
	if (corridor_walk(c->x->r, &c->x->r) == DONE) {
		answer_begin(c);
		return true;
	}
	request_once(c->x->r);
	if (!c->x->wants_body && !c->peer_done)
		loop_timer_stop(conn_loop, &c->timer);
	return await(c, 0);
}

/*
 * The peer has finished sending.  Whether it still listens only a write can
 * tell, and a silent script writes nothing for long.  Before the answer, an
 * interim response, which every HTTP/1.1 client must bear, makes a peer that is
 * gone answer with a reset, and the script can be ended; within the answer, a
 * zero before the next chunk's size does the same.
 */
static void
probe(struct conn *c)
{
	struct exchange *x = c->x;

	if (x->probes == MAX_PROBES || x->head.version < 11)
		return;
	if (c->phase == PHASE_WRITE) {
		if (writer_probe(c))
			loop_timer(conn_loop, &c->timer,
			    PROBE_MS << x->probes++);
		return;
	}
	writer_interim(c);
	if (await(c, PROBE_MS << x->probes++))
		conn_run(c);
}

/* ---- The answer ---------------------------------------------------------- */

static void
reader_is_late(struct conn *c)
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
	hold_place(c, false);
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
		reader_is_late(c);
		return true;
	}
	if (x->r->body == NULL || x->r->body->passive)
		hold_place(c, false);
	loop_timer(conn_loop, &c->timer, ms);
	conn_watch(c);
	return false;
}

static bool
step_write(struct conn *c)
{
	bool join = c->x->r->keep_going && c->x->body_done &&
	    c->start < c->end;

	if (c->x->full)
		c->x->full_ms += clock_ms() - c->x->full_since_ms;
	c->x->full = c->x->idle = false;
	hold_place(c, true);
	switch (writer_write(c, join)) {
	case WRITTEN_ALL:
		answered(c);
		return true;
	case WRITTEN_FULL:
		return wait_for_reader(c);
	case WRITTEN_WAIT:
		c->x->idle = true;
		if (c->peer_done)
			loop_timer(conn_loop, &c->timer, PROBE_MS);
		else if (!c->x->wants_body)
			loop_timer_stop(conn_loop, &c->timer);
		conn_watch(c);
		return false;
	case WRITTEN_TURN:
		loop_timer(conn_loop, &c->timer, conn_timeout(c));
		loop_later(conn_loop, &c->later);
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
static bool
step_drain(struct conn *c)
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

/* ---- Running ------------------------------------------------------------- */

static void
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
				loop_later(conn_loop, &c->later);
				return;
			}
			on = step_head(c);
			break;
		case PHASE_QUEUE:
			on = step_queue(c);
			break;
		case PHASE_WALK:
			on = step_walk(c);
			break;
		case PHASE_WRITE:
			on = step_write(c);
			break;
		case PHASE_DRAIN:
			on = step_drain(c);
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
	hold_place((struct conn *)client, !yes);
}

static void
on_wake(struct client *client)
{
	loop_later(conn_loop, &((struct conn *)client)->later);
}

/* Bytes of a body arrived: its reader takes them, or is resumed. */
static void
feed_body(struct conn *c)
{
	struct request *r = c->x->r;

	c->x->wants_body = false;
	loop_timer_stop(conn_loop, &c->timer);
	conn_watch(c);
	if (r->body_ready != NULL)
		r->body_ready(r);
	else
		loop_later(conn_loop, &c->later);
}

/* The peer will send no more.  An answer under way is still sent. */
static void
peer_done(struct conn *c)
{
	c->peer_done = true;
	conn_watch(c);
	if (c->phase == PHASE_WALK || c->x->idle)
		loop_timer(conn_loop, &c->timer, PROBE_MS);
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
	if (c->phase == PHASE_WRITE || await(c, 0))
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
		reader_is_late(c);
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
			refuse_head(c, 408, NULL);
		break;
	case PHASE_WALK:
	case PHASE_WRITE:
		if (c->x->wants_body)
			intake_timed_out(c);
		else
			probe(c);
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
	conn_loop = l;
	recall_begin(l);
	config = c;
	host = h;
	list_init(&all);
	list_init(&queue);
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

static const struct client_calls calls = { conn_local, on_wake, on_rest,
	intake_look, intake_took };

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
	if (config->vhosts.n > 0)
		c->client.hosts = hosts_at(config, conn_local(&c->client));
	list_append(&all, &c->link);
	count++;
	host->connections(+1, ticket);
	conn_run(c);
}

void
conn_drain(void)
{
	draining = true;
}

void
conn_close_all(void)
{
	while (!list_empty(&all))
		conn_free(LIST_OWNER(all.next, struct conn, link));
}

size_t
conn_count(void)
{
	return count;
}

void
conn_each(void (*show)(const struct conn *c, void *arg), void *arg)
{
	for (struct link *l = all.next; l != &all; l = l->next)
		show(LIST_OWNER(l, struct conn, link), arg);
}

size_t
conn_busy(void)
{
	return busy;
}

unsigned
conn_busy_percent(void)
{
	return host == NULL ? 0 : host->busy_percent();
}
