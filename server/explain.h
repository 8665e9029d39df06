/*
 * explain.h - "forkful explain" and "forkful rewrite-trace": what the server
 * would do with a request, and why, with the lines of configuration that say
 * so.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "offline.h"

enum explain_what {
	EXPLAIN_ALL,		/* hosts, sections, rules, access, handler */
	EXPLAIN_RULES,		/* rewrite rules and what became of it */
};

/* Tells it on stdout.  0, or 1 when the request cannot be made. */
int	explain(const struct asked *q, enum explain_what what,
	    struct config *c);
void	explain_usage(const char *word);

#endif
