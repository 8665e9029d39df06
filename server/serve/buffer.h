/*
 * buffer.h - byte buffers for connections, handed round within a worker.
 *
 * A connection holds one only while it holds bytes: thousands of idle ones need
 * none.  Free buffers of the usual size are kept for the next taker.
 */
#ifndef SERVE_BUFFER_H
#define SERVE_BUFFER_H

#include <stddef.h>

enum { BUFFER_SIZE = 16 * 1024 };

struct buffer {
	struct buffer	*next;		/* for the holder's own lists */
	size_t		 size;
	char		 at[];
};

/* A buffer of at least size bytes (0: the usual size). */
struct buffer	*buffer_take(size_t size);
/* Give it back; NULL is fine. */
void		 buffer_give(struct buffer *b);

#endif
