/*
 * turnaway.h - a connection that is not let in: a word, and the door.
 *
 * It costs one small struct for two seconds at most, so that the client sees
 * the answer and no reset; and not even that when many come at once.
 */
#ifndef SERVE_TURNAWAY_H
#define SERVE_TURNAWAY_H

#include "loop/loop.h"
#include "serve/core.h"

void	turnaway_init(struct loop *l, const struct config *c);
/* Answer 503 with "Connection: close" and Retry-After on fd (non-blocking),
 * whether a request is there or not, and close it in a moment.  why is a
 * sentence for the page. */
void	turnaway(int fd, const char *why);
/* How many are open for that moment; there may be 128. */
unsigned turnaway_count(void);
/* Close all at once. */
void	turnaway_end(void);

#endif
