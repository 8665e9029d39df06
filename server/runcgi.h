/*
 * runcgi.h - "forkful run-cgi": a script, run from the shell as the server runs
 * it.
 */
#ifndef RUNCGI_H
#define RUNCGI_H

#include "serve/core.h"

/* What the script is to be asked. */
struct runcgi {
	const char	*url;		/* "/path?query", "http://host/path" */
	const char	*method;	/* NULL: GET, or POST with data */
	struct vec	 fields;	/* const char *: "Name: value" */
	const char	*data;		/* a file, "-" for stdin; NULL: none */
	const char	*peer;		/* address of the client; NULL: ours */
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
