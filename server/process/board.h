/*
 * board.h - the scoreboard: what the processes know of each other.
 *
 * One piece of shared memory, made by the master before the first fork and kept
 * over reloads. Every field has one writer: a seat's counters are its worker's,
 * the rest is the master's.  Readers see each number whole, and no more: sums
 * are snapshots.
 *
 * Workers have no privileges, and any of them can write anything here.  So the
 * master acts on nothing that it reads here: pids to signal are its own copies,
 * and groups of scripts are ended with the rights of a worker.
 */
#ifndef PROCESS_BOARD_H
#define PROCESS_BOARD_H

#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/statistics.h"

struct crowd;
struct turnstile;

enum {
	BOARD_SEATS_MAX		= 1024,	/* workers of all generations */
	BOARD_SCRIPTS_MAX	= 2048,	/* groups noted per worker */
	BOARD_TEXT_MAX		= 1024,
};

enum seat_state {
	SEAT_FREE,	/* nobody lives here */
	SEAT_STARTING,	/* forked, does not accept yet */
	SEAT_READY,	/* accepts */
	SEAT_DRAINING,	/* finishes what it has */
};

/* A worker. */
struct seat {
	/* By the master, before the fork and after the end. */
	_Atomic int		pid;
	_Atomic unsigned	generation;
	_Atomic int64_t		started;	/* time(2) */
	/* By the worker. */
	_Alignas(64) _Atomic int state;		/* enum seat_state */
	_Atomic unsigned	connections;	/* open now */
	_Atomic unsigned	requests;	/* in progress now */
	_Atomic uint64_t	accepted;	/* connections so far */
	_Atomic uint64_t	served;		/* requests so far */
	_Atomic uint64_t	bytes;		/* sent so far */
	_Atomic uint64_t	busy_us;	/* their durations, added up */
	/* What it sees of itself; the number is odd while that is written. */
	_Atomic unsigned	survey_number;
	struct statistics_survey survey;
	/* Process groups of its scripts: scripts[0..n_scripts-1]. */
	_Atomic unsigned	n_scripts;
	_Atomic int		scripts[BOARD_SCRIPTS_MAX];
};

struct board {
	unsigned		n_seats;
	struct crowd		*crowd;	/* shared as well */
	struct turnstile	*turnstile; /* ... */
	_Atomic unsigned	n_used;	/* the seats behind are free */
	_Atomic unsigned	generation;
	_Atomic int64_t		started;	/* the server; time(2) */
	_Atomic int64_t		reloaded;	/* last try; 0: never */
	_Atomic bool		reload_failed;
	/* Why; begins with the first finding.  Written before the flag. */
	char			reload_text[BOARD_TEXT_MAX];
	/* What workers did that are gone. */
	struct {
		_Atomic uint64_t served, bytes, busy_us, cpu_us[4];
	} gone;
	/* Set by whoever sees the limit reached first. */
	_Atomic bool		told_full;
	/* When somebody had no fds or no memory for a connection: time(2). */
	_Atomic int64_t		lacked;
	struct seat		seats[];
};

/* NULL with errno.  n_seats is at most BOARD_SEATS_MAX (asserted). */
struct board	*board_new(unsigned n_seats);

/* Sums over all workers, and what one generation of accepting workers holds. */
struct board_sum {
	unsigned	requests;	/* of all */
	unsigned	accepting;	/* READY workers of the generation */
	unsigned	connections;	/* of those */
};
struct board_sum board_sum(const struct board *b, unsigned generation);

/* Begin a request at this seat unless max are in progress everywhere: false,
 * and nothing has changed.  Of several workers that find the last place, one
 * takes it, or none: ask again in a moment. */
bool		 board_begin(struct board *b, unsigned seat, unsigned max);

/* A seat that is free, or -1. */
int		 board_free_seat(const struct board *b);
/* Make a seat a new worker's, all counters zero; the pid follows. */
void		 board_take(struct board *b, unsigned seat,
		    unsigned generation, int64_t now);
void		 board_leave(struct board *b, unsigned seat);

/* A worker's notes on its scripts: a group starts, or ended.  One that finds no
 * room any more is not noted. */
void		 seat_script(struct seat *s, pid_t group, bool yes);
/* The groups that the seat names, in out[0..BOARD_SCRIPTS_MAX-1]; how many.
 * What cannot be a group is left out. */
size_t		 seat_scripts(const struct seat *s, pid_t *out);

/* The outcome of a reload; why is NULL when it went well. */
void		 board_reloaded(struct board *b, int64_t now,
		    const char *why);

/* Counters with one writer need no locked instruction. */
#define seat_add(field, n) \
	atomic_store_explicit(&(field), \
	    atomic_load_explicit(&(field), memory_order_relaxed) + (n), \
	    memory_order_relaxed)

#endif
