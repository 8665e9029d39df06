/*
 * precond.h - entity tags and the conditional request fields.
 *
 * If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since and If-Range,
 * in the order of RFC 9110, 13.2.2.  To be asked once the answer would be a 2xx
 * without them.
 */
#ifndef HTTP_PRECOND_H
#define HTTP_PRECOND_H

#include <stdbool.h>
#include <time.h>

#include "base/str.h"
#include "http/fields.h"
#include "http/method.h"

/* The request, and the representation it would be answered with. */
struct precond {
	enum http_method	 method;
	const struct fields	*fields;
	struct str		 etag;		/* with quotes; or STR_NONE */
	time_t			 modified;	/* -1: not known */
	time_t			 now;
};

/*
 * 0: go on; *range is then the value of Range if it is to be honoured (GET, one
 * field, If-Range holds), else STR_NONE.  Or 304, or 412.
 *
 * A date that cannot be read is ignored, and so is a date field when modified
 * is not known.  If-Range with a date holds only for exactly that date, and
 * when it lies at least a second back (RFC 9110, 8.8.2.2).
 */
int		precond_check(const struct precond *p, struct str *range);

/* The comparisons of RFC 9110, 8.8.3.2. */
bool		etag_matches_strong(struct str a, struct str b);
bool		etag_matches_weak(struct str a, struct str b);
/* list is "*" or holds an entity tag that matches. */
bool		etag_list_has(struct str list, struct str etag, bool weak);

#endif
