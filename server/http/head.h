/*
 * head.h - parse the head of a request: request line, fields, framing.
 *
 * A pure function of the bytes, called again as more of them arrive.  It
 * neither copies nor allocates, the list of fields apart, and goes over each
 * byte once.
 *
 * Request smuggling needs two parsers that disagree about where a request ends.
 * The policy below is therefore to refuse whatever another parser could read in
 * another way; a refused head always ends the connection.  RFC 9112 numbers in
 * brackets.
 *
 *   Lines
 *     CRLF before the request line     skipped, up to HEAD_BLANK_LINES [2.2]
 *     LF without CR as a line end      400; a line end under Unsafe    [2.2]
 *     CR without LF, anywhere          400                             [2.2]
 *     NUL and control bytes            400; in field values a tab is good, and
 *                                      under Unsafe all but NUL, CR, LF
 *     bytes from 0x80 up               good in a field value and in the target
 *   Request line
 *     method                           a token; METHOD_OTHER if not in the
 *                                      table, for the caller to refuse
 *     between its parts                one space; under Unsafe also several,
 *                                      or tabs                         [3]
 *     HTTP/1.0, HTTP/1.1               good; HTTP/1.2 to 1.9 count as 1.1
 *     other major version              505
 *     anything else, "http/1.1"        400
 *     "GET /path" without version      HTTP/0.9 if allowed, else 400
 *     target /path, http://host/path   good; * for OPTIONS and host:port for
 *                                      CONNECT, and for these only     [3.2]
 *     "#", user@host, other schemes    400
 *     longer than max_line             414
 *   Fields
 *     name empty or not a token        400
 *     space before the colon           400                             [5.1]
 *     no colon                         400
 *     line folding                     becomes one space; 400 before the first
 *                                      field, for a blank line, and in Host,
 *                                      Content-Length, Transfer-Encoding,
 *                                      Connection and Expect           [5.2]
 *     more than max_fields, or longer  431
 *     than max_field_size, or all
 *     together than max_head
 *   Host
 *     missing in HTTP/1.1, several,    400                             [3.2]
 *     malformed
 *     empty                            400, but for an absolute target
 *     with an absolute target          checked, then the target's wins [3.2.2]
 *   Body
 *     Content-Length                   digits only, at most 2^63 - 1; else 400
 *     Content-Length twice or a list   400, even of equal numbers      [6.3]
 *     Content-Length and               400                             [6.1]
 *     Transfer-Encoding
 *     Transfer-Encoding                one field that is just "chunked"; 501
 *                                      when other codings come before it, for
 *                                      none is known; else 400         [6.1]
 *     Transfer-Encoding in HTTP/1.0    400                             [6.1]
 *   Others
 *     Connection                       "close" wins; else 1.1 persists, 1.0
 *                                      with "keep-alive"               [9.3]
 *     Expect                           100-continue; another is reported for a
 *                                      417; none of it in HTTP/1.0
 *     Upgrade                          ignored
 *
 * The framing of a chunked body has its own page in chunked.h.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/fields.h"
#include "http/method.h"
#include "http/uri.h"

#define HEAD_BLANK_LINES	10

/* A limit of 0 is no limit. */
struct head_limits {
	size_t	max_line;	/* LimitRequestLine: without the line end */
	size_t	max_fields;	/* LimitRequestFields */
	size_t	max_field_size;	/* LimitRequestFieldSize: name, colon, value */
	size_t	max_head;	/* bytes of the whole head */
	bool	unsafe;		/* HttpProtocolOptions Unsafe */
	bool	allow_09;	/* HttpProtocolOptions Allow0.9 */
};

enum head_result {
	HEAD_MORE,		/* no end yet: call again with more bytes */
	HEAD_DONE,		/* the first h->size bytes were the head */
	HEAD_BAD		/* answer h->status, say h->why, and close */
};

enum target_form {		/* RFC 9112, 3.2 */
	TARGET_ORIGIN,
	TARGET_ABSOLUTE,
	TARGET_AUTHORITY,
	TARGET_ASTERISK
};

enum body_kind {		/* RFC 9112, 6.3 */
	BODY_NONE,
	BODY_LENGTH,
	BODY_CHUNKED
};

/*
 * All slices are parts of the buffer of the last head_parse() call, except an
 * empty path of an absolute target, which is a constant "/".  After HEAD_BAD
 * the members that were read before the fault are set, the others are zero.
 */
struct head {
	struct str	 line;		/* the request line, for the log */
	struct str	 method_name;
	enum http_method method;
	struct str	 target;	/* as sent */
	enum target_form form;
	struct str	 scheme;	/* TARGET_ABSOLUTE: http, https */
	struct str	 authority;	/* TARGET_ABSOLUTE, _AUTHORITY */
	struct str	 path;		/* raw; "*" for TARGET_ASTERISK,
					 * empty for TARGET_AUTHORITY */
	struct str	 query;		/* raw; STR_NONE if there is no "?" */
	int		 version;	/* 9, 10 or 11 */
	struct fields	 fields;

	struct uri_host	 host;		/* from the target, else from Host; name
					 * is STR_NONE if neither has one */
	enum body_kind	 body;
	uint64_t	 body_length;	/* BODY_LENGTH; may be 0 */
	bool		 keep_alive;	/* the client's wish */
	bool		 expect_continue; /* and a body is to come */
	bool		 expect_unknown; /* 417 */

	size_t		 size;		/* HEAD_DONE: with the leading and the
					 * final empty lines */
	int		 status;	/* HEAD_BAD: 400, 414, 431, 501, 505 */
	const char	*why;		/* HEAD_BAD: a clause, "a field name is
					 * followed by a space" */
	struct str	 culprit;	/* HEAD_BAD: the bytes it was found in,
					 * raw, at most 80; may be empty */

	/* The parser's own. */
	const struct head_limits *limits;
	const char	*buf;
	size_t		 line_at;	/* start of the line to read next */
	size_t		 searched;	/* no line end from there to here */
	size_t		 fold_at;	/* where a fold to undo starts, or 0 */
	unsigned	 blank_lines;
	bool		 has_line, has_host, has_length, has_coding;
	bool		 folded;	/* the line had one */
	bool		 says_close;
};

/* Ready for a new head.  The list of fields is kept in a, which must live as
 * long as h is used, and so must *limits. */
void		 head_init(struct head *h, struct arena *a,
		    const struct head_limits *limits);

/*
 * Go on with the n bytes at buf, which start with the first byte of the head
 * and hold at least the bytes of the last call.  They may have moved in
 * between.  Only a folded field line is written to.  Bytes behind the head are
 * not looked at.  Not to be called again after HEAD_DONE or HEAD_BAD.
 */
enum head_result head_parse(struct head *h, char *buf, size_t n);

/* The buffer has moved after the end: let all slices follow it. */
void		 head_moved(struct head *h, const char *buf);

#endif
