/*
 * script_err.c - what a script says on stderr goes to the error log.
 *
 * It is always read, so that nobody waits; but a flood of it is not all logged.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "script/script.h"
#include "script/scriptlog.h"

enum {
	TURN = 64 * 1024,	/* read before others get their turn */
	LINES = 200,		/* logged at once */
	LINES_A_SECOND = 20,	/* then */
	LINES_KEPT = 160,	/* bytes of a line told again at the end */
};

static void
tell_lost(struct script *s)
{
	if (s->lines_lost > 0)
		script_log(s, LEVEL_ERROR, "AH01215: stderr from %s: %u more "
		    "lines, too many to log", s->path, s->lines_lost);
	s->lines_lost = 0;
}

static bool
may_log(struct script *s)
{
	int64_t now = clock_ms(), more;

	if (s->lines_ms == 0) {
		s->lines_ms = now;
		s->lines_left = LINES;
	}
	more = (now - s->lines_ms) * LINES_A_SECOND / 1000;
	if (more > 0) {
		s->lines_ms = now;
		s->lines_left = s->lines_left + more > LINES ? LINES :
		    s->lines_left + (unsigned)more;
	}
	if (s->lines_left > 0) {
		s->lines_left--;
		return true;
	}
	return false;
}

/* The end of it, lines apart by " | ". */
static void
keep_tail(struct script *s)
{
	size_t n = s->line_n < LINES_KEPT ? s->line_n : LINES_KEPT;
	size_t need = n + (s->tail_n > 0 ? 3 : 0);

	if (s->tail_n + need > SCRIPT_TAIL) {
		size_t gone = s->tail_n + need - SCRIPT_TAIL;

		memmove(s->tail, s->tail + gone, s->tail_n - gone);
		s->tail_n -= gone;
	}
	if (s->tail_n > 0) {
		memcpy(s->tail + s->tail_n, " | ", 3);
		s->tail_n += 3;
	}
	memcpy(s->tail + s->tail_n, s->line, n);
	s->tail_n += n;
}

static void
end_line(struct script *s)
{
	while (s->line_n > 0 && s->line[s->line_n - 1] == '\r')
		s->line_n--;
	if (s->line_n == 0)
		return;
	keep_tail(s);
	if (!may_log(s)) {
		s->lines_lost++;
	} else {
		tell_lost(s);
		script_log(s, LEVEL_ERROR, "AH01215: stderr from %s: %.*s",
		    s->path, (int)s->line_n, s->line);
		if (s->terms.record != NULL)
			scriptlog_error(s->terms.record, s->title,
			    s->r != NULL ? s->r->status : 200, s->path,
			    str_n(s->line, s->line_n));
	}
	s->line_n = 0;
}

void
script_heard(struct script *s)
{
	end_line(s);
	tell_lost(s);
}

static void
take(struct script *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			end_line(s);
			continue;
		}
		s->line[s->line_n++] = p[i];
		if (s->line_n == sizeof(s->line))
			end_line(s);
	}
}

bool
script_hear(struct script *s)
{
	char room[4096];

	for (size_t all = 0; s->err.fd >= 0 && all < TURN;) {
		ssize_t n = read(s->err.fd, room, sizeof(room));

		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			return false;
		take(s, room, (size_t)n);
		all += (size_t)n;
	}
	return s->err.fd >= 0;
}

void
script_err_ready(struct watch *w, unsigned events)
{
	struct script *s = LIST_OWNER(w, struct script, err);

	(void)events;
	if (script_hear(s))
		return;
	script_close(&s->err);
	script_release(s);
}
