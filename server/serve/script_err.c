/*
 * script_err.c - what a script says on stderr goes to the error log.
 */
#include <errno.h>
#include <unistd.h>

#include "serve/script.h"

enum { TURN = 64 * 1024 };	/* read before others get their turn */

void
script_heard(struct script *s)
{
	while (s->line_n > 0 && s->line[s->line_n - 1] == '\r')
		s->line_n--;
	if (s->line_n > 0)
		script_log(s, LEVEL_ERROR, "AH01215: stderr from %s: %.*s",
		    s->path, (int)s->line_n, s->line);
	s->line_n = 0;
}

static void
take(struct script *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			script_heard(s);
			continue;
		}
		s->line[s->line_n++] = p[i];
		if (s->line_n == sizeof(s->line))
			script_heard(s);
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
