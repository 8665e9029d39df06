/*
 * entries.h - what stands in a list of a directory's files, and what is said of
 * each.
 */
#ifndef LISTING_ENTRIES_H
#define LISTING_ENTRIES_H

#include <stdbool.h>

#include "listing/conf.h"
#include "listing/listing.h"

struct request;

/*
 * Add the files of r's directory to l: those that are not ignored, that fit the
 * pattern (empty: all do), and that a client would be answered who asked for
 * them.  False with errno when the directory cannot be read.
 */
bool		 entries_read(struct request *r, const struct listing_conf *c,
		    struct listing *l, struct str pattern);
/* The text of the first of these notes for a file; NULL: none.  An encoded file
 * is not known by its type. */
const char	*entries_note(const struct vec *notes, struct str path,
		    struct str type, struct str encoding);

#endif
