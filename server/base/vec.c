/*
 * vec.c - a growing array of pointers in an arena.
 */
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"

void
vec_add(struct arena *a, struct vec *v, void *item)
{
	size_t room;

	if (v->n >= v->room) {
		room = v->n < 4 ? 4 : 2 * v->n;
		v->at = arena_grow(a, v->at, v->n * sizeof(v->at[0]),
		    room * sizeof(v->at[0]));
		v->room = room;
	}
	v->at[v->n++] = item;
}

struct vec
vec_join(struct arena *a, const struct vec *first, const struct vec *second)
{
	struct vec both;

	if (first->n == 0)
		return *second;
	if (second->n == 0)
		return *first;
	both.n = both.room = first->n + second->n;
	both.at = arena_many(a, void *, both.n);
	memcpy(both.at, first->at, first->n * sizeof(both.at[0]));
	memcpy(both.at + first->n, second->at,
	    second->n * sizeof(both.at[0]));
	return both;
}
