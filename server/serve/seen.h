/*
 * seen.h - whether what was found on disk may have changed since.
 *
 * A worker that wants to remember what it found in a directory asks for it to
 * be watched before it looks, and compares seen_number() later.  Changes are
 * read once in a turn of the loop, before any request of that turn; those that
 * nobody tells of (base/fresh.h) one must look for now and then in any case.
 */
#ifndef SERVE_SEEN_H
#define SERVE_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct loop;

/* A worker begins. */
void		 seen_begin(struct loop *l);
/*
 * Changes in directory (absolute) are told from now on.  False when they will
 * not be: there is no room or no permission, or so much has changed within this
 * second that it is not worth it.  A directory that is not there counts as
 * watched when the one above it is.
 */
bool		 seen_watch(struct str directory);
/* The same for the directory and each one above it that has from bytes or more;
 * costs nothing when it is asked for again within a second in which nothing has
 * changed. */
bool		 seen_way(struct str directory, size_t from);
/* Another number than before: something has changed. */
uint64_t	 seen_number(void);

#endif
