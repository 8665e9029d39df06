/*
 * seen.h - whether what was found on disk may have changed since.
 *
 * A worker that wants to remember what it found in a directory says so before
 * it looks, and compares seen_number() later.  Changes are read once in a turn
 * of the loop, before any request of that turn; those that nobody tells of
 * (base/fresh.h) are found by looking again once a second.
 */
#ifndef SERVE_SEEN_H
#define SERVE_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct loop;
struct seen_place;

/* A worker begins. */
void		 seen_begin(struct loop *l);
/*
 * Changes in directory (absolute) count from now on: at once where the system
 * tells of them, else when seen_still() looks.  A directory that is not there
 * is a place, too.  NULL: so much has changed within this second that nothing
 * is worth remembering.  Valid until the number changes.
 */
struct seen_place *seen_watch(struct str directory);
/* Looked at within this second, the place is what it was.  May change the
 * number; false when that says all, or when one cannot tell. */
bool		 seen_still(struct seen_place *p);
/* Another number than before: something has changed. */
uint64_t	 seen_number(void);

#endif
