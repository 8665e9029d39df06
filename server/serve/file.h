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
/*
 * The same with the n bytes from offset from on, of which r->out already says
 * what version they are, if that is known.  Whoever asks for this has looked at
 * the file, and says so (basis.h).
 */
int	file_answer_part(struct request *r, int fd, off_t from, uint64_t n);
/* The tag of a file in this state, as FileETag wants it; or STR_NONE. */
struct str	file_etag(const struct request *r, const struct stat *st);

#endif
