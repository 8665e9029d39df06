/*
 * hash.h - a table from byte strings to pointers.
 *
 * Lives in an arena and only grows.  Keys are compared exactly: who wants
 * names without case lowers them first (str_lower()).  The hash is seeded at
 * random once per process, so that a client cannot choose collisions.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash;

struct hash	*hash_new(struct arena *a);
/* Set or replace.  The key's bytes must live as long as the table. */
void		 hash_set(struct hash *h, struct str key, void *value);
/* The value, or NULL: that at once for a key longer than all that are there. */
void		*hash_get(const struct hash *h, struct str key);
/* Make room for n entries, no more, in a table that is empty. */
void		 hash_reserve(struct hash *h, size_t n);
size_t		 hash_count(const struct hash *h);
/* Visit in order of first insertion: for (i = 0; hash_at(h, i, &k, &v); i++) */
bool		 hash_at(const struct hash *h, size_t i, struct str *key,
		    void **value);
/* The seeded hash function itself. */
uint64_t	 hash_bytes(const void *p, size_t n);

#endif
