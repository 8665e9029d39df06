/*
 * writer.c - the answer onto the socket.
 *
 * Head, chunk line, piece and chunk end leave in one system call where they are
 * in memory.  Answers to pipelined requests are gathered while they are small.
 */
#include <sys/uio.h>

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/os.h"
#include "serve/exchange.h"
#include "serve/output.h"

enum {
	JOIN_MAX = 8 * 1024,		/* an answer that may wait for others */
	GATHERED_MAX = 32 * 1024,	/* of those that wait */
	INTERIM_ROOM = 32,		/* kept free behind answers that wait */
	/* Sent of one answer before others get their turn.  More would wait in
	 * the socket until it has left the processor's cache again. */
	TURN_BYTES = 128 * 1024,
};

/* ---- What comes next ----------------------------------------------------- */

static void
frame_set(struct exchange *x, const char *bytes, size_t n)
{
	memcpy(x->frame + x->frame_n, bytes, n);
	x->frame_n += (unsigned)n;
}

/*
 * Find the next piece of the body, setting up the frame around it.  PULL_PIECE
 * with *p cut to the current chunk; PULL_END when only the frame is left.
 */
static enum pull
next_piece(struct exchange *x, struct piece *p)
{
	struct request *r = x->r;
	enum pull got;

	if (r->body == NULL || x->body_ended)
		return PULL_END;
	got = r->body->look(r->body, p);
	if (got == PULL_END) {
		x->body_ended = true;
		if (r->chunked)
			frame_set(x, CHUNKED_END, sizeof(CHUNKED_END) - 1);
		else if (r->length >= 0 &&
		    r->body_sent < (uint64_t)r->length)
			return PULL_FAILED;
		return PULL_END;
	}
	if (got != PULL_PIECE || !r->chunked) {
		uint64_t left = (uint64_t)r->length - r->body_sent;

		if (got == PULL_PIECE && r->length >= 0 && p->n > left) {
			/* More than was promised: what is over is not sent. */
			p->n = (size_t)left;
			if (left == 0) {
				x->body_ended = true;
				return PULL_END;
			}
		}
		return got;
	}
	x->probes = 0;
	if (x->chunk_left == 0) {
		char line[CHUNKED_HEAD_SIZE];
		struct str s = chunked_head(line, p->n);

		frame_set(x, s.at, s.n);
		x->chunk_left = p->n;
	}
	if (p->n > x->chunk_left) {
		p->n = (size_t)x->chunk_left;
		p->last = false;
	}
	return PULL_PIECE;
}

/* What ends the chunk that ends with this piece. */
static struct str
chunk_end(const struct piece *p)
{
	return p->last ? STR("\r\n" CHUNKED_END) : STR("\r\n");
}

/* ---- Accounting ---------------------------------------------------------- */

static size_t
eat(struct str *s, size_t n)
{
	size_t used = n < s->n ? n : s->n;

	*s = str_from(*s, used);
	return n - used;
}

static void
sent_body(struct exchange *x, size_t n)
{
	struct request *r = x->r;

	r->body->took(r->body, n);
	r->body_sent += n;
	if (!r->chunked)
		return;
	x->chunk_left -= n;
}

/* n bytes of [unsent]... are on the wire; what is left of n. */
static size_t
account_unsent(struct conn *c, size_t n)
{
	size_t k = n < c->unsent_n ? n : c->unsent_n;

	c->unsent_at += k;
	c->unsent_n -= k;
	return n - k;
}

/* n bytes of [head][frame][piece][end] are on the wire, or kept back. */
static void
account(struct exchange *x, const struct piece *p, size_t n)
{
	struct str rest;
	size_t k;

	if (x->r->first_byte_us == 0)
		x->r->first_byte_us = clock_us_now();
	x->r->bytes_out += n;
	n = eat(&x->head_left, n);
	k = n < x->frame_n - x->frame_at ? n : x->frame_n - x->frame_at;
	x->frame_at += (unsigned)k;
	if (x->frame_at == x->frame_n)
		x->frame_at = x->frame_n = 0;
	n -= k;
	if (p == NULL)
		return;
	k = n < p->n ? n : p->n;
	if (k > 0)
		sent_body(x, k);
	if (k < p->n || !x->r->chunked || x->chunk_left > 0)
		return;
	rest = str_from(chunk_end(p), n - k);
	frame_set(x, rest.at, rest.n);
	x->body_ended = p->last;
}

/* ---- System calls -------------------------------------------------------- */

static unsigned
gather(struct conn *c, const struct piece *p, struct iovec v[5])
{
	struct exchange *x = c->x;
	unsigned n = 0;

	if (c->unsent_n > 0)
		v[n++] = (struct iovec){ c->unsent->at + c->unsent_at,
		    c->unsent_n };
	if (x != NULL && x->head_left.n > 0)
		v[n++] = (struct iovec){ (void *)(uintptr_t)x->head_left.at,
		    x->head_left.n };
	if (x != NULL && x->frame_at < x->frame_n)
		v[n++] = (struct iovec){ x->frame + x->frame_at,
		    x->frame_n - x->frame_at };
	if (p != NULL && p->at != NULL) {
		v[n++] = (struct iovec){ (void *)(uintptr_t)p->at, p->n };
		if (x->r->chunked && p->n == x->chunk_left)
			v[n++] = (struct iovec){
			    (void *)(uintptr_t)chunk_end(p).at,
			    chunk_end(p).n };
	}
	return n;
}

static enum written
failed(void)
{
	return errno == EAGAIN || errno == EINTR ? WRITTEN_FULL :
	    WRITTEN_BROKEN;
}

/* One part goes by the shorter way. */
static ssize_t
send_parts(struct conn *c, struct iovec *v, unsigned parts, int flags)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = parts };

	flags |= MSG_NOSIGNAL;
	return parts == 1 ?
	    send(c->watch.fd, v[0].iov_base, v[0].iov_len, flags) :
	    sendmsg(c->watch.fd, &m, flags);
}

/* Send what is in memory.  more: a file follows at once. */
static enum written
send_memory(struct conn *c, const struct piece *p, bool more)
{
	struct iovec v[5];
	unsigned parts = gather(c, p, v);
	size_t all = 0;
	ssize_t n;

	if (parts == 0)
		return WRITTEN_ALL;
	for (unsigned i = 0; i < parts; i++)
		all += v[i].iov_len;
	n = send_parts(c, v, parts, more ? MSG_MORE : 0);
	if (n < 0)
		return failed();
	size_t rest = account_unsent(c, (size_t)n);

	if (rest > 0)
		account(c->x, p, rest);
	return (size_t)n == all ? WRITTEN_ALL : WRITTEN_FULL;
}

/*
 * How much of a file is sent before others get their turn: what makes full
 * segments together with the begun bytes before it, so that no small one is
 * sent between two turns.
 */
static size_t
turn_left(const struct conn *c, uint64_t begun)
{
	size_t segment = os_segment(c->watch.fd);

	if (segment <= begun || segment > TURN_BYTES)
		return TURN_BYTES;
	return TURN_BYTES / segment * segment - (size_t)begun;
}

/* begun: bytes that the socket holds back for it. */
static enum written
send_file(struct conn *c, const struct piece *p, uint64_t begun)
{
	off_t offset = p->offset;
	size_t all = p->n <= TURN_BYTES ? p->n : turn_left(c, begun);
	ssize_t n = os_sendfile(c->watch.fd, p->fd, &offset, all);

	if (n < 0)
		return failed();
	if (n == 0) {
		request_log(c->x->r, LEVEL_ERROR, "core", 0, "%s became "
		    "shorter while it was sent", c->x->r->filename);
		return WRITTEN_CUT;
	}
	c->x->r->bytes_out += (uint64_t)n;
	sent_body(c->x, (size_t)n);
	if (c->x->r->chunked && c->x->chunk_left == 0)
		frame_set(c->x, "\r\n", 2);
	if ((size_t)n < all)
		return WRITTEN_FULL;
	return all < p->n ? WRITTEN_TURN : WRITTEN_ALL;
}

/* Keep back bytes of an answer behind those that wait. */
static void
keep_back(struct conn *c, struct str s)
{
	memcpy(c->unsent->at + c->unsent_at + c->unsent_n, s.at, s.n);
	c->unsent_n += s.n;
}

/* A buffer of twice the size for what is kept back. */
static void
grow(struct conn *c)
{
	struct buffer *b = buffer_take(c->unsent->size * 2);

	memcpy(b->at, c->unsent->at + c->unsent_at, c->unsent_n);
	buffer_give(c->unsent);
	c->unsent = b;
	c->unsent_at = 0;
}

/* Room for n bytes more to be kept back. */
static bool
has_room(struct conn *c, size_t n)
{
	if (c->unsent == NULL)
		c->unsent = buffer_take(0);
	if (c->unsent_n == 0)
		c->unsent_at = 0;
	n += INTERIM_ROOM;
	if (c->unsent->size - c->unsent_at - c->unsent_n < n &&
	    c->unsent->size < GATHERED_MAX)
		grow(c);
	return c->unsent->size - c->unsent_at - c->unsent_n >= n;
}

/* Keep the whole rest of a small answer for one send with the next ones. */
static bool
joined(struct conn *c, const struct piece *p)
{
	struct exchange *x = c->x;
	size_t need = x->head_left.n + x->frame_n +
	    (p != NULL ? p->n + chunk_end(p).n : 0);
	struct iovec v[5];
	unsigned n;

	if (need > JOIN_MAX || (p != NULL && p->at == NULL) ||
	    !has_room(c, need))
		return false;
	size_t end = c->unsent_at + c->unsent_n, before = c->unsent_n;
	n = gather(c, p, v);
	for (unsigned i = before > 0; i < n; i++) {
		memcpy(c->unsent->at + end, v[i].iov_base, v[i].iov_len);
		end += v[i].iov_len;
	}
	c->unsent_n = (unsigned)(end - c->unsent_at);
	account(x, p, c->unsent_n - before);
	return true;
}

enum written
writer_flush(struct conn *c)
{
	enum written w = c->unsent_n == 0 ? WRITTEN_ALL :
	    send_memory(c, NULL, false);

	if (c->unsent_n == 0) {
		buffer_give(c->unsent);
		c->unsent = NULL;
		c->unsent_at = 0;
	}
	return w;
}

/* The socket has taken n bytes of what waited, head and body: keep the rest. */
static void
keep_rest(struct conn *c, size_t n, struct str head, struct str body)
{
	struct buffer *b;

	n = account_unsent(c, n);
	n = eat(&head, n);
	eat(&body, n);
	b = buffer_take(c->unsent_n + head.n + body.n + INTERIM_ROOM);
	if (c->unsent_n > 0)
		memcpy(b->at, c->unsent->at + c->unsent_at, c->unsent_n);
	buffer_give(c->unsent);
	c->unsent = b;
	c->unsent_at = 0;
	keep_back(c, head);
	keep_back(c, body);
}

/* What waited, head and body in as few parts as can be. */
static unsigned
gather_again(struct conn *c, struct str head, struct str body,
    struct iovec v[3])
{
	unsigned n = 0;

	if (c->unsent_n > 0)
		v[n++] = (struct iovec){ c->unsent->at + c->unsent_at,
		    c->unsent_n };
	v[n++] = (struct iovec){ (void *)(uintptr_t)head.at, head.n };
	if (head.at + head.n == body.at)
		v[n - 1].iov_len += body.n;
	else
		v[n++] = (struct iovec){ (void *)(uintptr_t)body.at, body.n };
	return n;
}

enum written
writer_again(struct conn *c, struct str head, struct str body)
{
	size_t need = head.n + body.n, all = need + c->unsent_n;
	bool alone = c->unsent_n == 0 && c->dry && c->start == c->end;
	struct iovec v[3];
	ssize_t n;

	if (!alone && need <= JOIN_MAX && has_room(c, need)) {
		keep_back(c, head);
		keep_back(c, body);
		return WRITTEN_ALL;
	}
	n = send_parts(c, v, gather_again(c, head, body, v), 0);
	if (n < 0 && failed() == WRITTEN_BROKEN)
		return WRITTEN_BROKEN;
	if (n == (ssize_t)all) {
		c->unsent_n = 0;
		return WRITTEN_ALL;
	}
	keep_rest(c, n < 0 ? 0 : (size_t)n, head, body);
	return WRITTEN_FULL;
}

/* It may not overtake the answers that wait. */
enum written
writer_interim(struct conn *c)
{
	static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
	size_t n = sizeof(line) - 1, end;

	if (c->unsent == NULL)
		c->unsent = buffer_take(0);
	if (c->unsent_n == 0)
		c->unsent_at = 0;
	end = c->unsent_at + c->unsent_n;
	if (c->unsent->size - end < n)
		return WRITTEN_FULL;
	memcpy(c->unsent->at + end, line, n);
	c->unsent_n += n;
	c->x->r->bytes_out += n;
	return writer_flush(c);
}

/* A chunk's size may begin with zeros.  RFC 9112, 7.1. */
bool
writer_probe(struct conn *c)
{
	const struct exchange *x = c->x;

	return x->r->chunked && !x->full && x->head_left.n == 0 &&
	    x->frame_n == 0 && x->chunk_left == 0 &&
	    send(c->watch.fd, "0", 1, MSG_NOSIGNAL) == 1;
}

enum written
writer_write(struct conn *c, bool join)
{
	struct exchange *x = c->x;
	uint64_t before = x->r->bytes_out;

	for (;;) {
		struct piece p = { 0 };
		enum pull got = next_piece(x, &p);
		enum written w;

		if (got == PULL_FAILED) {
			w = send_memory(c, NULL, false);
			return w == WRITTEN_ALL ? WRITTEN_CUT : w;
		}
		if (join && got != PULL_WAIT &&
		    joined(c, got == PULL_PIECE ? &p : NULL)) {
			if (got == PULL_END)
				return WRITTEN_ALL;
			continue;
		}
		w = send_memory(c, got == PULL_PIECE ? &p : NULL,
		    got == PULL_PIECE && p.at == NULL);
		if (w == WRITTEN_ALL && got == PULL_PIECE && p.at == NULL)
			w = send_file(c, &p, x->r->bytes_out - before);
		if (w != WRITTEN_ALL)
			return w;
		if (got == PULL_END)
			return WRITTEN_ALL;
		if (got == PULL_WAIT)
			return WRITTEN_WAIT;
		if (x->r->bytes_out - before >= TURN_BYTES)
			return WRITTEN_TURN;
	}
}
