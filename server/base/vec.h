/*
 * vec.h - a growing array of pointers in an arena.
 *
 * Zero-initialised means empty.  Readers take it const and index .at directly.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

struct arena;

struct vec {
	void	**at;
	size_t	  n, room;
};

void	vec_add(struct arena *a, struct vec *v, void *item);
/* All of first, then all of second, in fresh room unless one is empty: then
 * the other is shared and must not be added to any more. */
struct vec vec_join(struct arena *a, const struct vec *first,
	    const struct vec *second);

#endif
