/*
 * url.h - URLs as rewrite rules see them: what is absolute, and which
 * bytes are escaped when.  Hex digits are small, as Apache writes them.
 */
#ifndef REWRITE_URL_H
#define REWRITE_URL_H

#include "rewrite/rules.h"

/* How many bytes of url are "http://" or another scheme that a rule may lead
 * to; 0 when it is none.  *query, if not NULL: a "?" begins a query in it. */
size_t		 rewrite_scheme(struct str url, bool *query);
/* Without authority, as a path or a query is escaped in a redirect. */
struct str	 rewrite_escape_path(struct arena *a, struct str s);
/* An absolute URL whose scheme has these bytes: all behind the authority. */
struct str	 rewrite_escape_url(struct arena *a, struct str url,
		    size_t scheme_n);
/* A group of a rule with the flag B or BCTLS. */
struct str	 rewrite_escape_group(struct arena *a,
		    const struct rewrite_rule *rule, struct str s);
/* s without "." and ".." components and repeated slashes; STR_NONE when it
 * leads above its root. */
struct str	 rewrite_normalise(struct arena *a, struct str path);

#endif
