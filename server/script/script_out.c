/*
 * script_out.c - the output of a script: looked at, sent, or thrown away.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "script/script.h"
#include "serve/buffer.h"

enum {
	ROOM = 64 * 1024,		/* one read; after a full one: */
	GROWN = 128 * 1024 - 64,	/* malloc maps no pages for it */
	PIPE = 512 * 1024,
	WASTE = 1024 * 1024,		/* read and thrown away at most */
};

/* What is read at once shall fill segments, which may grow in time. */
static void
make_room(struct script *s)
{
	if (s->n == 0) {
		s->at = 0;
		s->room = s->out_grown && !s->draining ?
		    request_piece(s->r, GROWN) : ROOM;
		if (s->buffer != NULL && s->buffer->size < s->room) {
			buffer_give(s->buffer);
			s->buffer = NULL;
		}
	}
	if (s->buffer == NULL)
		s->buffer = buffer_take(s->out_grown ? GROWN : ROOM);
}

void
script_listen(struct script *s, bool yes)
{
	s->output_wanted = yes;
	if (s->young.place == 0 && !s->exited)
		loop_watch(script_loop, &s->out, yes ? LOOP_READ : 0);
}

/* One read behind what is there.  False: nothing now. */
static bool
read_more(struct script *s)
{
	ssize_t n;

	make_room(s);
	if (s->at + s->n == s->room)
		return true;
	if (s->out_dry && !s->exited)
		return false;
	n = read(s->out.fd, s->buffer->at + s->at + s->n,
	    s->room - s->at - s->n);
	if (n > 0) {
		s->out_dry = s->at + s->n + (size_t)n < s->room;
		s->n += (size_t)n;
		if ((size_t)n == ROOM && !s->out_grown) {
			s->out_grown = true;
			os_pipe_grow(s->out.fd, PIPE);
		}
		/* One that works on has one time for the whole of it. */
		if (!s->draining)
			script_alive(s);
		/* The script's exit is an end, too, once the pipe is empty. */
		s->out_ended = s->exited && s->out_dry;
		return true;
	}
	if (n == 0 || errno != EAGAIN || s->exited) {
		s->out_ended = true;
		script_listen(s, false);
	}
	return s->out_ended;
}

struct str
script_unused(const struct script *s)
{
	return s->buffer == NULL ? STR_NONE :
	    str_n(s->buffer->at + s->at, s->n);
}

enum script_look
script_read(struct script *s, struct str *all)
{
	size_t before = s->n;
	bool got = read_more(s);

	*all = script_unused(s);
	if (s->failed != 0)
		return SCRIPT_FAILED;
	if (s->n > before)
		return SCRIPT_MORE;
	if (s->out_ended)
		return SCRIPT_ENDED;
	if (got)
		return SCRIPT_FULL;
	script_listen(s, true);
	return SCRIPT_WAIT;
}

void
script_used(struct script *s, size_t n)
{
	s->at += n;
	s->n -= n;
}

void
script_drain(struct script *s)
{
	s->draining = true;
	script_listen(s, true);
}

/* Throw away what came; false when that is enough. */
static bool
waste(struct script *s)
{
	s->n = 0;
	if (!read_more(s))
		return true;
	if (s->out_ended)
		return false;
	s->wasted += s->n;
	return s->wasted < WASTE;
}

void
script_out_ready(struct watch *w, unsigned events)
{
	struct script *s = LIST_OWNER(w, struct script, out);

	(void)events;
	script_listen(s, false);
	s->out_dry = false;
	if (!s->draining) {
		request_wake(s->r);
		return;
	}
	if (waste(s)) {
		script_listen(s, true);
		return;
	}
	script_close(&s->out);
	script_release(s);
}

/* ---- As the body of the answer ------------------------------------------- */

/*
 * One that says a lot is probably about to say more: it runs before its pipe is
 * read, when that would give less than a whole piece.  Else the two would take
 * turns for each of its writes, as it runs with less priority than the server.
 */
static void
let_it_write(struct script *s)
{
	if (s->out_grown && !s->exited &&
	    os_pipe_filled(s->out.fd) < s->room)
		sched_yield();
}

static enum pull
source_look(struct source *source, struct piece *p)
{
	struct script *s = LIST_OWNER(source, struct script, source);

	if (s->n == 0 && !s->out_ended)
		let_it_write(s);
	if (s->n == 0 && !s->out_ended && !read_more(s)) {
		if (s->failed != 0)
			return PULL_FAILED;
		script_listen(s, true);
		return PULL_WAIT;
	}
	if (s->failed != 0)
		return PULL_FAILED;
	if (s->n == 0)
		return PULL_END;
	*p = (struct piece){ .at = s->buffer->at + s->at, .n = s->n,
	    .last = s->out_ended };
	return PULL_PIECE;
}

static void
source_took(struct source *source, size_t n)
{
	struct script *s = LIST_OWNER(source, struct script, source);

	script_used(s, n);
	if (s->n == 0)
		script_alive(s);
}

struct source *
script_body(struct script *s)
{
	s->source = (struct source){ source_look, source_took, false };
	return &s->source;
}
