/*
 * story.h - what becomes of a request, told while it happens.
 *
 * A client that wants to know hands one down (struct client's story); requests
 * of a connection have none, and nothing is told.  With a story nothing is
 * answered in earnest, either: no program is started to answer.
 */
#ifndef SERVE_STORY_H
#define SERVE_STORY_H

#include "serve/request.h"

struct section;

struct story {
	/* The sections found so far are forgotten: merging begins anew. */
	void	(*anew)(struct story *s, const struct request *r);
	/* This section holds. */
	void	(*section)(struct story *s, const struct request *r,
		    const struct section *found);
	/* A rule that maps or rewrites says what it did; at may be NULL. */
	void	(*rule)(struct story *s, const struct request *r,
		    const struct spot *at, struct str text);
};

/* Tell the story of r's client, if it has one, of a rule. */
void	story_tell(const struct request *r, const struct spot *at,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
