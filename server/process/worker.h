/*
 * worker.h - a worker: one process, one event loop, many connections.
 *
 * The master hands it everything at the fork; from then on it is told by
 * signals (USR1: finish and leave; TERM: end now) and tells by notes on a pipe
 * and on the board.
 */
#ifndef PROCESS_WORKER_H
#define PROCESS_WORKER_H

#include <stdbool.h>

#include "process/board.h"
#include "process/listen.h"
#include "process/settings.h"
#include "serve/core.h"

/* A note to the master.  Shorter than PIPE_BUF: it arrives whole. */
struct news {
	unsigned	seat;
	enum { NEWS_READY, NEWS_LEAVING } what;
};

struct worker_place {
	const struct config	*config;
	const struct settings	*settings;
	struct listeners	*listeners;
	struct board		*board;
	unsigned		 seat, generation;
	int			 lifeline;	/* at its end when the master is
						 * gone; -1: there is none */
	int			 news;		/* takes notes; -1: nobody */
	int			 spawner;	/* leads to it; -1: there is
						 * none */
};

/*
 * Serve until told to leave. Signals that were blocked before come through once
 * they can be taken. The process's exit status. Without a master (lifeline -1)
 * it takes INT for TERM.
 */
int	worker_run(const struct worker_place *p);

#endif
