/*
 * output.h - where a response's body comes from, and how it is framed.
 *
 * Bodies are pulled, never pushed: the connection asks for the next piece when
 * the socket can take it, so a slow reader holds back the file, the script or
 * the filter behind it without anybody counting.  A filter is a source that
 * looks into another one.
 */
#ifndef SERVE_OUTPUT_H
#define SERVE_OUTPUT_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/str.h"

struct arena;
struct request;

struct piece {
	const char	*at;	/* bytes in memory; or NULL: */
	int		 fd;	/* a range of this file */
	off_t		 offset;
	size_t		 n;	/* never 0 */
	bool		 last;	/* surely; false: look again and see */
};

enum pull {
	PULL_FAILED = -1,	/* the rest will never come: break off */
	PULL_END = 0,		/* that was all */
	PULL_PIECE = 1,		/* *p was filled; valid until took() */
	PULL_WAIT = 2,		/* nothing yet; request_wake() when there is */
};

struct source {
	enum pull	(*look)(struct source *s, struct piece *p);
	/* n bytes, at most what look() showed, are on their way. */
	void		(*took)(struct source *s, size_t n);
	/* Nobody works for it: it is there, and never waits. */
	bool		passive;
};

/* The n bytes at .at, which must stay. */
struct source	*source_memory(struct arena *a, struct str bytes);
/* A range of an open file; the fd stays the caller's (arena_owns_fd). */
struct source	*source_file(struct arena *a, int fd, off_t offset,
		    uint64_t n);
/* One after the other. */
struct source	*source_chain(struct arena *a, struct source *const *s,
		    size_t n);

/*
 * Settle status, fields and framing of r's answer, then write its head:
 * Date, Server, Content-Length or Transfer-Encoding, Connection and Keep-Alive
 * included.  Runs the modules' filter and headers hooks.  The result lives in
 * r->arena; it is empty for nph answers and for HTTP/0.9.  Clears r->body where
 * the method or status has none, and sets r->chunked and r->keep_going.
 */
struct str	 output_head(struct request *r);

#endif
