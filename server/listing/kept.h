/*
 * kept.h - finished lists, kept for whoever asks the same again.
 *
 * What recall.h is for small answers, this is for pages that are long and dear.
 * A page that depends on nothing but the request's head, the configuration and
 * watched files is the answer to the same question until a file has changed
 * (seen.h) or the second is over, when what nobody tells of is looked at again.
 *
 * Most words of a query mean nothing to a list.  Questions are the same when
 * their queries mean the same, unless something else looked at the query on the
 * way to the page (request_saw_query()).  Then it would have done so for any
 * other, too, because up to there all went the same way.
 */
#ifndef LISTING_KEPT_H
#define LISTING_KEPT_H

#include "base/str.h"

struct loop;
struct request;

/* A worker begins. */
void		 kept_begin(struct loop *l);
/* The page for what r asks, valid until r's arena ends; or STR_NONE.  meaning:
 * all that r's query says about it. */
struct str	 kept_find(const struct request *r, struct str meaning);
/* This page, in r's arena, was made for r: keep a copy, unless somebody said
 * request_once() on the way. */
void		 kept_add(const struct request *r, struct str meaning,
		    struct str page);

#endif
