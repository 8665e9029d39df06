/*
 * spool.h - bytes that are gathered before anybody knows how many they are.
 *
 * The first SPOOL_MEMORY bytes stay in memory; longer ones go to a file without
 * a name, which vanishes with the arena, whatever happens to the process.
 */
#ifndef SERVE_SPOOL_H
#define SERVE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct spool;

enum { SPOOL_MEMORY = 32 * 1024 };

/* An empty one, in a.  directory (which must stay) is for its file. */
struct spool	*spool_new(struct arena *a, const char *directory);
/* Add bytes at the end: 0, or -1 with errno (ENOSPC: the disk is full). */
int		 spool_add(struct spool *s, struct str bytes);
uint64_t	 spool_size(const struct spool *s);
/* All of them, or STR_NONE when they are in a file. */
struct str	 spool_bytes(const struct spool *s);
/* The file, to be read from its start; -1: there is none.  It stays the
 * spool's. */
int		 spool_file(struct spool *s);

#endif
