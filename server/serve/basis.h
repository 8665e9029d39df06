/*
 * basis.h - what an answer rests on, so that it can be given again for as long
 * as that stays as it is (recall.h).
 *
 * While a request is answered, whoever looks at something says so here, by way
 * of request_once(), request_timely() and request_saw().
 */
#ifndef SERVE_BASIS_H
#define SERVE_BASIS_H

#include "serve/request.h"

struct basis {
	struct arena	*arena;		/* the answer's */
	struct vec	 places;	/* directories: struct seen_place * */
	uint64_t	 number;	/* of changes, before anything was
					 * looked at */
	bool		 timely;	/* it holds for this second */
	bool		 query;		/* the request's query matters */
	/* It is what r->filename is, and nothing else that can change ... */
	enum { BASIS_NONE, BASIS_FILE, BASIS_MISSING } about;
	struct stat	 st;		/* ... which was this */
	const char	*bytes;		/* a copy of part of it; or NULL ... */
	size_t		 n;
	off_t		 offset;	/* ... which stands there in the file */
};

/* r's answer is about the open file that r->filename leads to. */
void	basis_file(const struct request *r, const struct stat *st);
/* ... and has these bytes of it as its body. */
void	basis_bytes(const struct request *r, const char *bytes, off_t offset,
	    size_t n);
/* r's answer is that there is nothing at r->filename. */
void	basis_missing(const struct request *r);
/* The open file is as it was. */
bool	basis_file_holds(const struct basis *b, int fd);
/*
 * Look again: r's answer would be the same.  Then the copy of the file's bytes
 * is made anew, for those that write without leaving a trace.  All directories
 * must be what they were, which this does not look at.
 */
bool	basis_holds(const struct basis *b, const struct request *r);

#endif
