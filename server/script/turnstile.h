/*
 * turnstile.h - how many scripts run at once, over all workers, and who is
 * next.
 *
 * A piece of shared memory with a row for each worker, that nobody else writes:
 * its running scripts, how many of its requests wait, and the lowest number
 * among these.  Sums over the rows say what runs everywhere, so a worker that
 * dies takes its counts along.  A lock is held for the few instructions between
 * looking and counting.
 *
 * Numbers make the queue fair: each client's requests are numbered upwards from
 * the number that was let in last, everywhere.  The tenth request of one client
 * is behind the first of another, however late that comes.
 *
 * A client is known by a hash of 64 bits with a secret seed.
 */
#ifndef SCRIPT_TURNSTILE_H
#define SCRIPT_TURNSTILE_H

#include <stdbool.h>
#include <stdint.h>

enum { TURNSTILE_RUNNING_MAX = 2048 };	/* of one worker */
#define TURNSTILE_NO_NUMBER	UINT64_MAX

/* What somebody who wants to run a script is known by. */
struct turn {
	uint64_t	file, directory, client;	/* hashes */
	uint64_t	number;
	/* How many may run: of this file, in this directory; 0: any number. */
	unsigned	max_file, max_directory;
	int64_t		started_ms;	/* when let in */
};

/* What holds for all. */
struct turnstile_rules {
	unsigned	max_waiting;
	int64_t		budget_ms, period_ms;	/* of one client; 0: none */
};

struct turnstile;

/* By the master.  NULL with errno. */
struct turnstile *turnstile_new(unsigned n_rows);
/* From now on there may be so many scripts at once; 0: any number.  That holds
 * for the workers of before a reload, too. */
void		 turnstile_limit(struct turnstile *t, unsigned max);
/* The worker of this row is gone, however it went. */
void		 turnstile_forget(struct turnstile *t, unsigned row);
/* An end of a pipe that wakes the worker of this row: something was written to
 * it by turnstile_wake().  It is drained by whoever reads it. */
int		 turnstile_alarm(const struct turnstile *t, unsigned row);

/* Give the turn its number. */
void		 turnstile_number(struct turnstile *t, unsigned row,
		    struct turn *turn, int64_t now_ms);
/* Could it run if there were a place for one more? */
bool		 turnstile_eligible(const struct turnstile *t,
		    const struct turn *turn);
/* Let it in, unless as many are in as may be, or an eligible one with a lower
 * number waits for another worker: those are woken then. */
bool		 turnstile_enter(struct turnstile *t, unsigned row,
		    struct turn *turn, int64_t now_ms);
/* It is over: others are woken. */
void		 turnstile_leave(struct turnstile *t, unsigned row,
		    const struct turn *turn,
		    const struct turnstile_rules *rules, int64_t now_ms);

/* One more request waits; false when as many do as may. */
bool		 turnstile_wait(struct turnstile *t, unsigned row,
		    const struct turnstile_rules *rules);
void		 turnstile_wait_no_more(struct turnstile *t, unsigned row);
/* The lowest number of an eligible one that waits at this row, or
 * TURNSTILE_NO_NUMBER. */
void		 turnstile_show(struct turnstile *t, unsigned row,
		    uint64_t number);

/* How long, in ms, until the client may use more script time; 0: it may. */
int64_t		 turnstile_debt_ms(struct turnstile *t, uint64_t client,
		    const struct turnstile_rules *rules, int64_t now_ms);
/* How long, in ms, a new request would probably wait. */
int64_t		 turnstile_wait_ms(const struct turnstile *t);
/* Over all workers. */
unsigned	 turnstile_running(const struct turnstile *t);
unsigned	 turnstile_waiting(const struct turnstile *t);

#endif
