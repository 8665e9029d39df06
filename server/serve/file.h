/*
 * file.h - an open file as the answer to a request.
 */
#ifndef SERVE_FILE_H
#define SERVE_FILE_H

#include "serve/request.h"

/*
 * Answer with the regular file on fd, of which *st is the state: say which
 * version of it this is, and send all of it, the ranges that the client wants,
 * or nothing when the client has it already.  The fd is taken over, and
 * closed at once when all that is sent of it is in memory.  DONE or a status.
 */
int	file_answer(struct request *r, int fd, const struct stat *st);

#endif
