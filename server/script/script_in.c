/*
 * script_in.c - the body of the request into the script.
 */
#include <errno.h>
#include <unistd.h>

#include "script/script.h"
#include "script/scriptlog.h"
#include "serve/spool.h"

enum { TURN = 1024 * 1024 };	/* written before others get their turn */

/* The script must not take what it has for all of it, so its input does not
 * end before it does. */
void
script_starve(struct script *s)
{
	if (s->in.fd >= 0)
		loop_unwatch(script_loop, &s->in);
	if (s->child.pid == 0)
		script_close(&s->in);
}

/* What there is of the body to be written: as it comes, or gathered. */
static enum body_look
look(struct script *s, struct str *data)
{
	if (s->r->spool == NULL)
		return request_body_look(s->r, data);
	*data = str_from(spool_bytes(s->r->spool), s->in_given);
	return data->n > 0 ? BODY_DATA : BODY_END;
}

static void
took(struct script *s, size_t n)
{
	s->in_given += n;
	if (s->r->spool == NULL)
		request_body_took(s->r, n);
}

static void
body_is_bad(struct script *s)
{
	s->failed = s->r->status < 400 ? 400 : s->r->status;
	s->client_fault = "its client did not send a whole body: ";
	request_wake(s->r);
	script_starve(s);
}

/* The beginning of the body is kept for those who look for mistakes. */
static void
record(struct script *s, struct str data)
{
	size_t had = s->body.n - (size_t)s->in_given;

	if (s->in_given <= s->body.n && data.n > had &&
	    (int64_t)s->body.n < s->terms.record->body_max)
		text_add(&s->body, str_first(str_from(data, had),
		    (size_t)s->terms.record->body_max - s->body.n));
}

/* False: it takes no more now, or ever. */
static bool
give(struct script *s, struct str data, size_t *all)
{
	ssize_t n;

	if (s->terms.record != NULL)
		record(s, data);
	n = write(s->in.fd, data.at, data.n);

	if (n < 0 && errno == EAGAIN) {
		loop_watch(script_loop, &s->in, LOOP_WRITE);
		return false;
	}
	if (n < 0) {
		/* It does not read: that is its good right. */
		script_log(s, LEVEL_DEBUG, "AH02651: Error writing request "
		    "body to script %s", s->path);
		script_close(&s->in);
		return false;
	}
	took(s, (size_t)n);
	*all += (size_t)n;
	return true;
}

bool
script_awaits_body(struct script *s)
{
	s->awaited = s->in.fd >= 0 && s->hungry;
	return s->awaited;
}

static void
feed(struct script *s)
{
	struct str data;
	size_t all = 0;

	while (s->in.fd >= 0) {
		enum body_look got = look(s, &data);

		s->hungry = got == BODY_WAIT;
		if (s->hungry) {
			loop_watch(script_loop, &s->in, 0);
			return;
		}
		script_alive(s);
		if (got == BODY_BAD) {
			body_is_bad(s);
			return;
		}
		if (got != BODY_DATA) {
			script_close(&s->in);
			return;
		}
		if (all >= TURN) {
			loop_watch(script_loop, &s->in, LOOP_WRITE);
			return;
		}
		if (!give(s, data, &all))
			return;
	}
}

void
script_feed(struct script *s)
{
	feed(s);
	if (!s->awaited || (s->in.fd >= 0 && s->hungry))
		return;
	s->awaited = false;
	request_wake(s->r);
}

void
script_in_ready(struct watch *w, unsigned events)
{
	(void)events;
	script_feed(LIST_OWNER(w, struct script, in));
}
