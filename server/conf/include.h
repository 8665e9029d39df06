/*
 * include.h - which files an Include means, and what is in them.
 *
 * Wildcards may stand in any component; a leading period is only matched by a
 * period; a directory means all files in it and below.  Sorted by name.
 */
#ifndef CONF_INCLUDE_H
#define CONF_INCLUDE_H

#include "base/str.h"
#include "base/vec.h"

/* Directories below each other that an Include of a directory goes down. */
enum { INCLUDE_DIRECTORIES_MAX = 128 };
/* Bytes of a configuration file. */
enum { INCLUDE_FILE_MAX = 256 << 20 };

/*
 * Find the files behind the absolute path or pattern; adds paths to files, and
 * what is wrong ("No matches for the wildcard '*.conf' in '/etc/x'") to errors,
 * both const char *.  optional: what does not exist is no error.
 */
void	include_find(struct arena *a, const char *pattern, bool optional,
	    struct vec *files, struct vec *errors);
/* The whole of a regular file (or /dev/null); never waits for a FIFO.  NULL, or
 * why not ("Permission denied"). */
const char *include_read(struct arena *a, const char *path, struct str *text);

#endif
