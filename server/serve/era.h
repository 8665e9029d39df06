/*
 * era.h - what a worker remembers from request to request, forgotten in one
 * piece.
 *
 * Merged scopes and parsed .htaccess files refer to each other by address, so
 * that none of them can be given back alone.  An era holds them all; when
 * enough of it is out of date a new one begins empty, and the old one ends with
 * the last request that began in it.  So memory stays in proportion to what is
 * in use, however often a file changes.
 */
#ifndef SERVE_ERA_H
#define SERVE_ERA_H

#include "base/hash.h"
#include "serve/core.h"

struct request;

struct era {
	struct arena	*arena;
	struct hash	*merged;	/* two scopes -> struct scope */
	struct hash	*directories;	/* path -> htaccess.c's */
	struct hash	*ways;		/* path -> route.c's */
	unsigned	 generation;	/* of the configuration it is about */
	size_t		 stale;		/* bytes nobody will ask for again */
	size_t		 holders;	/* requests, and 1 for the newest */
};

/* The newest era, for this configuration. */
struct era	*era_now(const struct config *c);
/* All of the newest era may be used until r's arena ends; r is told in r->era
 * which one that is.  Costs nothing the second time. */
struct era	*era_hold(struct request *r);
/* n bytes of e are out of date. */
void		 era_stale(struct era *e, size_t n);
/* How many bytes all eras hold; for tests and the status page. */
size_t		 era_bytes(void);

#endif
