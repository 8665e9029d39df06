/*
 * retold.h - what logs say of an answer each time it is given again (recall.h).
 *
 * When an answer that may be kept is logged for the first time, each log leaves
 * here how its line is put together: text that stays, and items between that
 * tell of the moment.  Then the request need not be made anew for its logs.
 */
#ifndef SERVE_RETOLD_H
#define SERVE_RETOLD_H

#include "base/str.h"

struct request;

/* Text, and what stands behind it. */
struct retold_piece {
	struct str	 text;
	const void	*item;		/* of the log's; NULL: nothing */
};

struct retold_line {
	struct retold_line *next;
	/* Log it for a request of which only client, started_us and
	 * started_mono_us are filled in. */
	void		(*tell)(const struct retold_line *l,
			    const struct request *moment);
	void		*log;		/* tell's */
	size_t		 n;
	struct retold_piece *pieces;
};

struct retold {
	struct arena	*arena;		/* of what is added */
	struct retold_line *lines;
	struct retold_line *last;
	bool		 whole;		/* some log needs all of the request */
	bool		 exact;		/* some tells parts of a second */
};

/* One more line, with room for n pieces. */
struct retold_line *retold_add(struct retold *r, size_t n);
/* The bytes that a copy needs. */
size_t		 retold_size(const struct retold *r);
/* A copy without an arena, in room, which is aligned for any type. */
struct retold	*retold_copy(const struct retold *r, void *room);
/* Log the exchange again. */
void		 retold_tell(const struct retold *r,
		    const struct request *moment);

#endif
