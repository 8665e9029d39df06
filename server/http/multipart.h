/*
 * multipart.h - the text around the parts of a multipart/byteranges body.
 *
 * RFC 9110, 14.6.  The body is head[0], bytes of range 0, head[1], bytes of
 * range 1, ..., tail: exactly length bytes.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stdint.h>

#include "base/str.h"
#include "http/range.h"

struct multipart {
	struct str	 type;		/* the value of Content-Type */
	struct str	*heads;		/* one per range of the plan */
	struct str	 tail;
	uint64_t	 length;	/* the value of Content-Length */
};

/*
 * Lay out the body for plan (two ranges or more) of a representation of total
 * bytes.  content_type goes into each part and may be STR_NONE; nonce makes the
 * boundary and should be different in each response, and not foreseeable.
 */
void	multipart_layout(struct arena *a, const struct range_plan *plan,
	    struct str content_type, uint64_t total, uint64_t nonce,
	    struct multipart *m);

#endif
