/*
 * runcgi.h - "forkful run-cgi": a script, run from the shell as the server runs
 * it.
 */
#ifndef RUNCGI_H
#define RUNCGI_H

#include "offline.h"

/* What the script is to be asked. */
struct runcgi {
	struct asked	 asked;		/* the method: POST with data */
	const char	*data;		/* a file, "-" for stdin; NULL: none */
};

/* Read one option with its value from argv, which ends in NULL: how many words
 * it takes; 0: it is none, or it lacks its value. */
int	runcgi_option(struct runcgi *q, struct arena *a, char **argv);
void	runcgi_usage(void);
/*
 * Ask: the answer goes to stdout, all that is to be known about it to stderr.
 * 0: a script answered, without an error, and ended well; else 1.
 */
int	runcgi(const struct runcgi *q, struct config *c);

#endif
