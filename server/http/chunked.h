/*
 * chunked.h - read and write the chunked transfer coding.
 *
 * The decoder takes any split of the input, a byte at a time if need be, and
 * returns the data as slices of it.  It is as strict as head.h: what another
 * parser could read in another way is an error, and the connection ends.
 * RFC 9112, 7.1:
 *
 *   chunk size          1 to 128 hex digits, at most 2^63 - 1; no sign, no
 *                       "0x", no space before or behind it
 *   chunk extensions    ignored; no control bytes, in all at most
 *                       max_extensions bytes; spaces before the ";" are good
 *   line ends           CRLF only, also behind the data of a chunk
 *   trailer fields      as in a head, no folding; at most max_trailers lines of
 *                       max_trailer_size bytes, max_trailer_bytes in all
 *   forbidden trailers  read and dropped: framing, routing, request modifiers,
 *                       authentication, content (RFC 9110, 6.5.1)
 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/text.h"
#include "http/fields.h"

struct chunked_limits {
	size_t	max_extensions;		/* bytes, over the whole body */
	size_t	max_trailers;		/* lines */
	size_t	max_trailer_size;	/* bytes of a line */
	size_t	max_trailer_bytes;	/* of all lines */
};

enum chunked_result {
	CHUNKED_MORE,		/* all input used, the body has not ended */
	CHUNKED_DATA,		/* *data is set; call again with the rest */
	CHUNKED_DONE,		/* the body ended, input behind it is left */
	CHUNKED_BAD		/* answer c->status, say c->why, and close */
};

struct chunked {
	uint64_t	 total;		/* bytes of data so far */
	int		 status;	/* CHUNKED_BAD: 400 or 431 */
	const char	*why;

	/* The decoder's own. */
	const struct chunked_limits *limits;
	struct fields	*trailers;
	struct text	 line;
	uint64_t	 left;
	size_t		 extensions, lines, trailer_bytes;
	unsigned	 state, digits;
};

/*
 * Ready for a body.  Trailer fields are added to *trailers, their bytes in a;
 * with trailers NULL they are checked and forgotten.  *limits must live as long
 * as c.
 */
void		 chunked_init(struct chunked *c, struct arena *a,
		    const struct chunked_limits *limits,
		    struct fields *trailers);

/*
 * Read on at p[0..n).  *used is how many bytes were taken, *data (with
 * CHUNKED_DATA, never empty) a part of them.  Not to be called again after
 * CHUNKED_DONE or CHUNKED_BAD.
 */
enum chunked_result chunked_read(struct chunked *c, const char *p, size_t n,
		    size_t *used, struct str *data);

/* The line before n bytes of data, "1f4\r\n"; behind the data goes "\r\n", and
 * CHUNKED_END after the last chunk.  n is not 0. */
#define CHUNKED_HEAD_SIZE	18
struct str	 chunked_head(char out[CHUNKED_HEAD_SIZE], uint64_t n);
#define CHUNKED_END		"0\r\n\r\n"

#endif
