/*
 * cgihead.h - parse the head of a CGI program's response.
 *
 * RFC 3875, section 6, as Apache reads it: lines end in LF or CRLF, an empty
 * line ends the head.  Each line must be a field: the name a token, a colon
 * right behind it, no NUL or control bytes in the value; no folding.  Of
 * several Status, Location and Content-Type fields the last counts; of all
 * others each is kept.  What a program says about the connection (Connection,
 * Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade) is
 * dropped, for that is the server's business, but for a wish to close.
 */
#ifndef HTTP_CGIHEAD_H
#define HTTP_CGIHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/fields.h"

struct cgihead_limits {
	size_t	max_fields;
	size_t	max_head;	/* bytes of the whole head */
};

enum cgihead_result {
	CGIHEAD_MORE,		/* no end yet: call again with more bytes */
	CGIHEAD_DONE,		/* the first h->size bytes were the head */
	CGIHEAD_BAD		/* a 500 for the client, h->why for the log */
};

enum cgi_kind {			/* RFC 3875, 6.2 */
	CGI_DOCUMENT,		/* send what follows with h->status */
	CGI_LOCAL_REDIRECT,	/* answer as if location was asked for */
	CGI_CLIENT_REDIRECT	/* without Status: h->status is 302 */
};

/* All slices are parts of the buffer of the last cgihead_parse() call. */
struct cgihead {
	enum cgi_kind	 kind;
	int		 status;	/* 200..999; 200 when none was given */
	struct str	 reason;	/* from Status; STR_NONE when none */
	struct str	 location;	/* STR_NONE when none */
	struct str	 content_type;	/* STR_NONE when none */
	bool		 has_length;
	uint64_t	 length;	/* Content-Length, when has_length */
	bool		 says_close;	/* Connection: close */
	/* Everything else, and Location unless it is a local redirect. */
	struct fields	 fields;

	size_t		 size;		/* CGIHEAD_DONE: with the empty line */
	const char	*why;		/* CGIHEAD_BAD: a clause */
	struct str	 culprit;	/* CGIHEAD_BAD: the line, raw, at most
					 * 80 bytes; may be empty */

	/* The parser's own. */
	const struct cgihead_limits *limits;
	const char	*buf;
	size_t		 line_at, searched, lines;
};

/* Ready for a new head.  The list of fields is kept in a. */
void		 cgihead_init(struct cgihead *h, struct arena *a,
		    const struct cgihead_limits *limits);
/*
 * Go on with the n bytes at buf, which start with the first byte of the output
 * and hold at least the bytes of the last call.  They may have moved in
 * between.  Not to be called again after CGIHEAD_DONE or CGIHEAD_BAD.
 */
enum cgihead_result cgihead_parse(struct cgihead *h, const char *buf,
		    size_t n);
/* The output ended after a CGIHEAD_MORE: sets why and culprit. */
void		 cgihead_ended(struct cgihead *h);
/* The buffer has moved: let all slices follow it. */
void		 cgihead_moved(struct cgihead *h, const char *buf);

#endif
