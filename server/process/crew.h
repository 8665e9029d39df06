/*
 * crew.h - the master's workers: forked, replaced, told to leave, buried.
 *
 * There is one current generation, of a wanted size, and any number of older
 * ones that finish their work.  Nothing here decides when; the master does.
 */
#ifndef PROCESS_CREW_H
#define PROCESS_CREW_H

#include <stdbool.h>

#include "loop/loop.h"
#include "process/board.h"
#include "process/listen.h"
#include "process/settings.h"

/* What the master is told, and asked. */
struct crew_host {
	/* Every worker of the current generation accepts: the first time. */
	void	(*complete)(void);
	/* A worker ended before it could serve, and none ever could. */
	void	(*hopeless)(void);
	/* The last worker of all generations is gone. */
	void	(*empty)(void);
	/* In a fresh worker: close what belongs to the master alone. */
	void	(*forget)(void);
};

/* 0, or -1 with errno. */
int	crew_init(struct loop *l, struct board *b,
	    const struct crew_host *host);
/* Start a new generation, which replaces the current one as soon as it is
 * complete.  All three must stay until the next call. */
void	crew_serve(const struct config *c, const struct settings *s,
	    struct listeners *l);
/* One worker more (1) or less (-1). */
void	crew_resize(int change);
/* No worker shall be replaced any more; all get this signal. */
void	crew_dismiss(int signo);
/* How many processes there are. */
unsigned crew_count(void);

#endif
