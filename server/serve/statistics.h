/*
 * statistics.h - what the server knows of itself while it runs: for the status
 * page, from the scoreboard of the processes above.
 *
 * Each worker looks around among its own connections now and then
 * (statistics_survey) and publishes what it sees; the one that is asked
 * collects what all have published (statistics_take).
 */
#ifndef SERVE_STATISTICS_H
#define SERVE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct request;

enum {
	STATISTICS_ROWS		= 32,	/* requests shown of one worker */
};

/* A request that is in progress. */
struct statistics_row {
	char		 client[46], vhost[64];
	char		 request[128];	/* first or last bytes of its line */
	int64_t		 started_us;	/* wall clock */
	uint64_t	 bytes;		/* sent so far */
	unsigned	 before;	/* requests on its connection */
	char		 mode;		/* as in Apache's scoreboard: R W C */
};

/* What one worker sees of itself. */
struct statistics_survey {
	/* Its own and that of its programs: user, system. */
	uint64_t	 cpu_us[4];
	/* Connections by what they do. */
	unsigned	 reading;	/* a head arrives */
	unsigned	 writing;	/* the client is slow to take an
					 * answer */
	unsigned	 keep_alive;	/* nothing is asked for */
	unsigned	 closing;
	unsigned	 n_rows;
	struct statistics_row rows[STATISTICS_ROWS];
};

struct statistics_worker {
	unsigned	 seat, generation;
	long		 pid;
	enum { WORKER_STARTING, WORKER_READY, WORKER_DRAINING } state;
	int64_t		 started;	/* time(2) */
	unsigned	 connections, requests;	/* now */
	uint64_t	 served, bytes, busy_us;	/* so far */
	struct statistics_survey survey;	/* a moment old */
};

struct statistics {
	unsigned	 generation;	/* of the configuration: 1, 2, ... */
	int64_t		 started;	/* the server; time(2) */
	int64_t		 reloaded;	/* last try; 0: never */
	const char	*reload_error;	/* NULL: it went well */
	unsigned	 places;	/* requests at once, over all workers */
	/* Since the start, over all workers, those that are gone included. */
	uint64_t	 served, bytes, busy_us, cpu_us[4];
	size_t		 n;
	struct statistics_worker *workers;
};

/* What a survey holds of requests: their rows, and the end of their lines
 * rather than the beginning.  Told by who shows them. */
void	statistics_wish(bool rows, bool tail);
/* Look around in this process. */
void	statistics_survey(struct statistics_survey *s);

/* As much of the request line as fits, by that wish. */
void	statistics_line(const struct request *r, char *out, size_t size);

/* The way up: who can read the scoreboard says so once. */
void	statistics_from(void (*take)(struct arena *a, struct statistics *s));
/* Collect; in a.  NULL where there is no scoreboard. */
const struct statistics *statistics_take(struct arena *a);

/* When the server was built: "2026-11-12T08:58:41". */
const char *statistics_built(void);

#endif
