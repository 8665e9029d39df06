/*
 * era.c - see era.h.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "serve/era.h"
#include "serve/request.h"

/* An era is over when more than this, and more than half of it, is stale. */
enum { STALE_BYTES_MAX = 1 << 20 };
/* Directories that one era knows. */
enum { DIRECTORIES_MAX = 65536 };
/* Merged scopes of one era: with many <If> sections, clients could choose
 * among more combinations than there is memory. */
enum { MERGED_MAX = 16384 };

static struct era *newest;
static struct vec eras;			/* those that are not over */
static struct arena *list_arena;

static struct era *
era_new(unsigned generation)
{
	struct arena *a = arena_new();
	struct era *e = arena_one(a, struct era);

	e->arena = a;
	e->merged = hash_new(a);
	e->directories = hash_new(a);
	e->ways = hash_new(a);
	e->generation = generation;
	e->holders = 1;
	if (list_arena == NULL)
		list_arena = arena_new();
	vec_add(list_arena, &eras, e);
	return e;
}

static void
release(void *era)
{
	struct era *e = era;
	size_t i = 0;

	assert(e->holders > 0);
	if (--e->holders > 0)
		return;
	while (eras.at[i] != e)
		i++;
	eras.at[i] = eras.at[--eras.n];
	arena_end(e->arena);
}

static bool
is_over(const struct era *e, const struct config *c)
{
	if (e->generation != c->generation)
		return true;
	if (hash_count(e->directories) > DIRECTORIES_MAX ||
	    hash_count(e->ways) > DIRECTORIES_MAX ||
	    hash_count(e->merged) > MERGED_MAX)
		return true;
	return e->stale > STALE_BYTES_MAX &&
	    e->stale > arena_bytes(e->arena) / 2;
}

struct era *
era_now(const struct config *c)
{
	if (newest != NULL && is_over(newest, c)) {
		release(newest);
		newest = NULL;
	}
	if (newest == NULL)
		newest = era_new(c->generation);
	return newest;
}

struct era *
era_hold(struct request *r)
{
	struct era *e = era_now(r->config);

	if (r->era != e) {
		r->era = e;
		e->holders++;
		arena_cleanup(r->arena, release, e);
	}
	return e;
}

void
era_stale(struct era *e, size_t n)
{
	e->stale += n;
}

size_t
era_bytes(void)
{
	size_t n = 0;

	for (size_t i = 0; i < eras.n; i++)
		n += arena_bytes(((struct era *)eras.at[i])->arena);
	return n;
}
