/*
 * census.c - see census.h.
 *
 * A survey is too large to be seen whole by itself: its number is odd while it
 * is written, and another one afterwards.  A worker that has been taken over
 * can write anything here, so that texts are ended and numbers bounded anew.
 */
#include "process/census.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { TRIES_MAX = 100 };

void
census_publish(struct seat *s)
{
	s->survey_number++;
	statistics_survey(&s->survey);
	s->survey_number++;
}

static void
tame(struct statistics_survey *s)
{
	unsigned i;

	if (s->n_rows > STATISTICS_ROWS)
		s->n_rows = STATISTICS_ROWS;
	for (i = 0; i < s->n_rows; i++) {
		struct statistics_row *row = &s->rows[i];

		row->client[sizeof(row->client) - 1] = '\0';
		row->vhost[sizeof(row->vhost) - 1] = '\0';
		row->request[sizeof(row->request) - 1] = '\0';
		if (strchr("RWC", row->mode) == NULL || row->mode == '\0')
			row->mode = 'W';
	}
}

/* Of a worker that died while it wrote, only what is surely right. */
static void
read_survey(const struct seat *s, struct statistics_survey *out)
{
	unsigned number, i;

	for (i = 0; i < TRIES_MAX; i++) {
		number = s->survey_number;
		if (number % 2 != 0)
			continue;
		*out = s->survey;
		atomic_thread_fence(memory_order_acquire);
		if (s->survey_number == number)
			return tame(out);
	}
	memset(out, 0, sizeof(*out));
}

static void
read_seat(const struct board *b, unsigned i, struct statistics_worker *w)
{
	const struct seat *s = &b->seats[i];
	int state = s->state;

	w->seat = i;
	w->generation = s->generation;
	w->pid = s->pid;
	w->state = state == SEAT_READY ? WORKER_READY :
	    state == SEAT_DRAINING ? WORKER_DRAINING : WORKER_STARTING;
	w->started = s->started;
	w->connections = s->connections;
	w->requests = s->requests;
	w->served = s->served;
	w->bytes = s->bytes;
	w->busy_us = s->busy_us;
	read_survey(s, &w->survey);
}

static void
add_up(const struct board *b, struct statistics *s)
{
	size_t i, k;

	s->served = b->gone.served;
	s->bytes = b->gone.bytes;
	s->busy_us = b->gone.busy_us;
	for (k = 0; k < 4; k++)
		s->cpu_us[k] = b->gone.cpu_us[k];
	for (i = 0; i < s->n; i++) {
		const struct statistics_worker *w = &s->workers[i];

		s->served += w->served;
		s->bytes += w->bytes;
		s->busy_us += w->busy_us;
		for (k = 0; k < 4; k++)
			s->cpu_us[k] += w->survey.cpu_us[k];
	}
}

void
census_take(const struct board *b, struct arena *a, struct statistics *out)
{
	unsigned i, used = b->n_used;

	if (used > b->n_seats)
		used = b->n_seats;
	out->generation = b->generation;
	out->started = b->started;
	out->reloaded = b->reloaded;
	if (b->reload_failed)
		out->reload_error = str_z(a, str_n(b->reload_text,
		    strnlen(b->reload_text, sizeof(b->reload_text))));
	out->n = 0;
	out->workers = arena_many(a, struct statistics_worker, used);
	for (i = 0; i < used; i++)
		if (b->seats[i].generation != 0)
			read_seat(b, i, &out->workers[out->n++]);
	add_up(b, out);
}
