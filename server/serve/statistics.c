/*
 * statistics.c - see statistics.h.
 */
#include "serve/statistics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "serve/conn.h"
#include "serve/exchange.h"

static void (*ask)(struct arena *a, struct statistics *s);
static bool with_rows = true, with_tails;

void
statistics_wish(bool rows, bool tail)
{
	with_rows = rows;
	with_tails = tail;
}

void
statistics_from(void (*take)(struct arena *a, struct statistics *s))
{
	ask = take;
}

const struct statistics *
statistics_take(struct arena *a)
{
	struct statistics *s;

	if (ask == NULL)
		return NULL;
	s = arena_one(a, struct statistics);
	ask(a, s);
	return s;
}

/* ---- A survey ------------------------------------------------------------ */

static uint64_t
micro(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

static void
put_cpu(struct statistics_survey *s)
{
	struct rusage own, programs;

	if (getrusage(RUSAGE_SELF, &own) == -1 ||
	    getrusage(RUSAGE_CHILDREN, &programs) == -1)
		return;
	s->cpu_us[0] = micro(own.ru_utime);
	s->cpu_us[1] = micro(own.ru_stime);
	s->cpu_us[2] = micro(programs.ru_utime);
	s->cpu_us[3] = micro(programs.ru_stime);
}

void
statistics_line(const struct request *r, char *out, size_t size)
{
	const struct str parts[] = { r->head->method_name, STR(" "), r->uri,
	    r->head->version == 11 ? STR(" HTTP/1.1") :
	    r->head->version == 10 ? STR(" HTTP/1.0") : STR("") };
	size_t i, all = 0, skip, n = 0;

	for (i = 0; i < 4; i++)
		all += parts[i].n;
	skip = with_tails && all >= size ? all - (size - 1) : 0;
	for (i = 0; i < 4; i++) {
		struct str part = str_from(parts[i], skip);

		skip -= parts[i].n - part.n;
		part = str_first(part, size - 1 - n);
		if (part.n > 0)
			memcpy(out + n, part.at, part.n);
		n += part.n;
	}
	out[n] = '\0';
}

static char
mode_of(const struct conn *c)
{
	switch (c->phase) {
	case PHASE_DRAIN:
		return 'R';
	case PHASE_LINGER:
	case PHASE_DEAD:
		return 'C';
	default:
		return 'W';
	}
}

static void
add_row(const struct conn *c, struct statistics_survey *s)
{
	const struct request *r = request_first(c->x->r);
	struct statistics_row *row = &s->rows[s->n_rows++];

	row->mode = mode_of(c);
	row->started_us = r->started_us;
	row->bytes = c->x->r->bytes_out;
	row->before = c->client.answered;
	snprintf(row->client, sizeof(row->client), "%s", c->client.peer);
	snprintf(row->vhost, sizeof(row->vhost), "%s:%u",
	    r->vhost->name != NULL ? r->vhost->name : "", r->vhost->port);
	statistics_line(r, row->request, sizeof(row->request));
}

static void
look_at(const struct conn *c, void *arg)
{
	struct statistics_survey *s = arg;
	bool asked = c->x != NULL && c->x->r != NULL;

	if (c->phase == PHASE_LINGER || c->phase == PHASE_DEAD)
		s->closing++;
	else if (asked && !c->counted)
		s->writing++;
	else if (c->phase == PHASE_HEAD && c->x == NULL &&
	    c->start == c->end)
		s->keep_alive++;
	else if (!asked)
		s->reading++;
	if (asked && with_rows && s->n_rows < STATISTICS_ROWS)
		add_row(c, s);
}

void
statistics_survey(struct statistics_survey *s)
{
	s->reading = s->writing = s->keep_alive = s->closing = 0;
	s->n_rows = 0;
	put_cpu(s);
	conn_each(look_at, s);
}

const char *
statistics_built(void)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static char text[sizeof("2026-11-12T08:58:41") + 16];
	const char *date = __DATE__;	/* "Nov 12 2026" */
	char name[4] = { date[0], date[1], date[2], '\0' };
	int month = (int)(strstr(names, name) - names) / 3 + 1;

	snprintf(text, sizeof(text), "%s-%02d-%c%cT%s", date + 7, month,
	    date[4] == ' ' ? '0' : date[4], date[5], __TIME__);
	return text;
}
