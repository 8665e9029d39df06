/*
 * offline.h - requests that come from no socket: asked on the command line,
 * they go through the same corridor as all others.
 */
#ifndef OFFLINE_H
#define OFFLINE_H

#include <netinet/in.h>

#include "loop/loop.h"
#include "serve/core.h"
#include "serve/request.h"

/* What is asked. */
struct asked {
	const char	*url;		/* "/path?query", "http://host/path" */
	const char	*method;	/* NULL: GET */
	struct vec	 fields;	/* const char *: "Name: value" */
	const char	*peer;		/* address of the client; NULL: ours */
};

/* Who asks.  Its client's calls are the owner's to set, with offline_local()
 * among them. */
struct offline {
	struct client	 client;	/* first: a client is an offline */
	struct sockaddr_in local;
	struct loop	*loop;
	struct arena	*arena;		/* the request's */
	int		 line;		/* to a spawner; -1: none */
	pid_t		 spawner;	/* -1: none */
	struct head	 head;
	struct request	*r;
};

/* Read one of -X, -H, --peer with its value from argv, which ends in NULL: how
 * many words it takes; 0: it is none, or it lacks its value. */
int	offline_option(struct asked *q, struct arena *a, char **argv);
/*
 * Make o->r of what is asked; more are field lines to be added, or NULL.  The
 * local address, by which virtual hosts are chosen, is that in the URL if it is
 * a number, with its port or that of the first Listen.  0, or -1: told on
 * stderr.
 */
int	offline_request(struct offline *o, const struct asked *q,
	    const char *more, const struct config *c);
/* Programs will be started, perhaps as other users.  Before: */
void	offline_start_spawner(struct offline *o, const struct config *c);
/* The local address of a client that is part of an offline. */
const struct sockaddr *offline_local(struct client *c);
/* Become what a worker of c would be, with a loop.  0, or -1: told. */
int	offline_become_worker(struct offline *o, struct config *c);
/* No request comes any more: end what a worker would end. */
void	offline_end(struct offline *o);

#endif
