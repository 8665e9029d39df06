/*
 * range.h - byte ranges: from the value of Range to the pieces to send.
 *
 * RFC 9110, section 14.  What is malformed, or more than the limits allow, is
 * ignored: the client gets the whole representation with a 200, as in Apache.
 */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

struct range {
	uint64_t	first, length;	/* length is not 0 */
};

struct range_plan {
	struct range	*at;
	size_t		 n;
};

#define RANGE_UNLIMITED	SIZE_MAX

struct range_limits {
	size_t	max_ranges;	/* MaxRanges; 0: ignore every Range */
	size_t	max_overlaps;	/* MaxRangeOverlaps */
	size_t	max_reversals;	/* MaxRangeReversals */
};

/*
 * Read value (of a Range field) against a representation of total bytes.
 *   206  plan has the satisfiable ranges in the order asked for, all inside it
 *   416  well-formed, but no range is satisfiable
 *   200  ignore the field: another unit than bytes, malformed, over a limit,
 *        more bytes in sum than the representation has, or it has none at all
 */
int		range_read(struct arena *a, struct str value, uint64_t total,
		    const struct range_limits *limits, struct range_plan *plan);

/* The value of Content-Range for one range: "bytes 0-4/10". */
struct str	range_content(struct arena *a, struct range r, uint64_t total);
/* The value of Content-Range with a 416: "bytes *" "/10". */
struct str	range_unsatisfied(struct arena *a, uint64_t total);

#endif
