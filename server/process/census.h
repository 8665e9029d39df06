/*
 * census.h - what the workers tell of themselves, onto the scoreboard and from
 * it, for the status page.
 */
#ifndef PROCESS_CENSUS_H
#define PROCESS_CENSUS_H

#include "process/board.h"

struct arena;

/* A worker looks around, and puts what it sees on its seat. */
void	census_publish(struct seat *s);
/* All that the board tells, in a. */
void	census_take(const struct board *b, struct arena *a,
	    struct statistics *out);

#endif
