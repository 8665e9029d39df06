/*
 * recall.h - answers that would be the same again.
 *
 * Clients ask for the same things in the same words, thousands of times a
 * second.  An answer that depends on nothing but the bytes of the request's
 * head, the configuration and watched files is kept whole by the worker, and
 * the same bytes get it again without being parsed.  All are forgotten when a
 * file has changed (seen.h).  When the second is over, whatever nobody tells of
 * is looked at again; if the answer would be the same, only its Date is made
 * anew.
 *
 * Only answers to GET and HEAD are kept whose body is small, or part of a file,
 * which stays open; once they have been asked for twice, and only when nobody
 * said request_once() on the way.
 */
#ifndef SERVE_RECALL_H
#define SERVE_RECALL_H

#include "base/list.h"
#include "serve/request.h"

/* What every use looks at stands first.  Once it is kept, request, head, body
 * and retold, unless they are long, lie right behind, in this order. */
struct recalled {
	/* recall.c's. */
	struct recalled	*next;		/* in the same bucket */
	uint64_t	 hash;		/* of request */
	const struct host_set *hosts;
	time_t		 second;	/* when it held */
	int64_t		 max_keep_alive; /* requests of a connection; 0: any */
	unsigned	 answered;	/* for who had so many answers ... */
	bool		 counted;	/* ... as it tells how many are left */

	bool		 keep_going;	/* the connection stays */
	int		 fd;		/* its body is part of this file ... */
	struct str	 request;	/* the bytes of its head */
	struct str	 head, body;	/* of the answer; or the body is ... */
	uint64_t	 bytes_out;
	unsigned	 idle_ms;	/* the wait for a next request */
	unsigned	 uses;		/* recall.c's: 1 for being kept */
	struct retold	*retold;	/* its lines in logs */
	const struct request *r;	/* as it was answered */
	off_t		 offset;	/* ... fd, from there */

	/* recall.c's. */
	struct arena	*arena;		/* all of this */
	size_t		 bytes;		/* in all */
	struct link	 link;		/* of all, the latest last */
	struct basis	*basis;
	char		*date;		/* in head; NULL: not to be changed */
};

/* A worker begins. */
void		 recall_begin(struct loop *l);
/* For a request whose answer may be kept: what it will rest on.  Lives in a. */
struct basis	*recall_basis(struct arena *a);
/*
 * The answer to the request whose head stands at the beginning of bytes, for
 * this client; or NULL.  Then *keep is that head if its answer should be kept,
 * or STR_NONE.
 */
const struct recalled *recall_find(const struct client *c, struct str bytes,
	    struct str *keep);
/* What recall_find() gave stays as it is until a ends. */
void		 recall_hold(const struct recalled *answer, struct arena *a);
/*
 * The answer that begins with head is about to be sent.  request, a copy in a,
 * is what asked for it, and r with all that belongs to it lives in a.  NULL
 * when it cannot be given to others.
 */
struct recalled	*recall_answer(struct arena *a, struct str request,
	    const struct request *r, struct str head);
/* It was sent, and logged: its arena ends with the answer's use.  NULL, or
 * where it is kept now. */
const struct recalled *recall_keep(struct recalled *answer);

#endif
