/*
 * board.c - see board.h.
 */
#include "process/board.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "process/crowd.h"
#include "script/turnstile.h"

struct board *
board_new(unsigned n_seats)
{
	struct board *b;

	assert(n_seats > 0 && n_seats <= BOARD_SEATS_MAX);
	b = os_shared(sizeof(*b) + n_seats * sizeof(b->seats[0]));
	if (b == NULL)
		return NULL;
	b->n_seats = n_seats;
	b->crowd = crowd_new(n_seats);
	b->turnstile = turnstile_new(n_seats);
	return b->crowd != NULL && b->turnstile != NULL ? b : NULL;
}

struct board_sum
board_sum(const struct board *b, unsigned generation)
{
	struct board_sum sum = { 0 };
	const struct seat *s;

	for (s = b->seats; s < b->seats + b->n_used; s++) {
		/* A worker may be at work before its pid is written. */
		if (s->generation == 0)
			continue;
		sum.requests += s->requests;
		if (s->generation == generation && s->state == SEAT_READY) {
			sum.accepting++;
			sum.connections += s->connections;
		}
	}
	return sum;
}

/* First counted, then looked: who comes at the same time sees it. */
bool
board_begin(struct board *b, unsigned seat, unsigned max)
{
	unsigned i, n = 0, used = b->n_used;

	assert(seat < used);
	b->seats[seat].requests++;
	for (i = 0; i < used; i++)
		n += b->seats[i].requests;
	if (n <= max)
		return true;
	b->seats[seat].requests--;
	return false;
}

int
board_free_seat(const struct board *b)
{
	unsigned i;

	for (i = 0; i < b->n_seats; i++)
		if (b->seats[i].generation == 0)
			return (int)i;
	return -1;
}

void
board_take(struct board *b, unsigned seat, unsigned generation, int64_t now)
{
	struct seat *s = &b->seats[seat];

	assert(seat < b->n_seats && generation > 0);
	s->connections = 0;
	s->requests = 0;
	s->accepted = s->served = 0;
	s->bytes = s->busy_us = 0;
	s->n_scripts = 0;
	s->survey_number = 0;
	memset(&s->survey, 0, sizeof(s->survey));
	s->started = now;
	s->state = SEAT_STARTING;
	s->generation = generation;
	if (seat >= b->n_used)
		b->n_used = seat + 1;
}

/* Totals go on from there. */
static void
remember(struct board *b, const struct seat *s)
{
	b->gone.served += s->served;
	b->gone.bytes += s->bytes;
	b->gone.busy_us += s->busy_us;
	for (int i = 0; i < 4; i++)
		b->gone.cpu_us[i] += s->survey.cpu_us[i];
}

void
board_leave(struct board *b, unsigned seat)
{
	struct seat *s = &b->seats[seat];

	remember(b, s);
	s->state = SEAT_FREE;
	s->connections = 0;
	s->requests = 0;
	s->n_scripts = 0;
	s->pid = 0;
	s->generation = 0;
	crowd_forget(b->crowd, seat);
	turnstile_forget(b->turnstile, seat);
	while (b->n_used > 0 && b->seats[b->n_used - 1].generation == 0)
		b->n_used--;
}

/* A worker may die between any two lines: then a group stands here twice, which
 * harms nobody, but never not at all. */
void
seat_script(struct seat *s, pid_t group, bool yes)
{
	unsigned i, n = s->n_scripts;

	if (yes) {
		if (n == BOARD_SCRIPTS_MAX)
			return;
		s->scripts[n] = group;
		s->n_scripts = n + 1;
		return;
	}
	for (i = 0; i < n; i++) {
		if (s->scripts[i] != group)
			continue;
		s->scripts[i] = s->scripts[n - 1];
		s->n_scripts = n - 1;
		return;
	}
}

size_t
seat_scripts(const struct seat *s, pid_t *out)
{
	unsigned i, n = s->n_scripts;
	size_t found = 0;

	for (i = 0; i < n && i < BOARD_SCRIPTS_MAX; i++)
		if (s->scripts[i] > 1)
			out[found++] = s->scripts[i];
	return found;
}

void
board_reloaded(struct board *b, int64_t now, const char *why)
{
	snprintf(b->reload_text, sizeof(b->reload_text), "%s",
	    why != NULL ? why : "");
	b->reload_failed = why != NULL;
	b->reloaded = now;
}
