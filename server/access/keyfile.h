/*
 * keyfile.h - text files of "key:value" lines: users, groups.
 *
 * A file is read once and indexed, so that ten thousand lines cost no more than
 * ten; it is read again when it has changed.  Kept per process.
 */
#ifndef ACCESS_KEYFILE_H
#define ACCESS_KEYFILE_H

#include "base/str.h"

struct arena;
struct keyfile;

/* A line: what stands behind the first colon; the next of the same key. */
struct keyline {
	struct str	 value;
	struct keyline	*next;
};

/* The file as it is now; valid until the next call.  NULL with errno: it cannot
 * be read, is no regular file (EINVAL), or too large (EFBIG). */
const struct keyfile *keyfile_open(const char *path);
/* The first line with this key, or NULL. */
const struct keyline *keyfile_find(const struct keyfile *f, struct str key);
/* Index a text, which must stay.  Blanks around lines do not count; empty lines
 * and those that begin with # are passed over. */
struct keyfile	*keyfile_parse(struct arena *a, struct str text);

#endif
