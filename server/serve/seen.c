/*
 * seen.c - see seen.h.
 *
 * Any change anywhere counts as one of everything: there are few.  Where there
 * are many, a second's rest is taken.
 */
#include "serve/seen.h"

#include <sys/stat.h>

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fresh.h"
#include "base/hash.h"
#include "loop/loop.h"

enum {
	CHANGES_MAX = 50,		/* in a second, before the rest */
	PLACES_MAX = 1 << 16,		/* before all are forgotten */
	YOUNG_SECONDS = 2,		/* a directory that changed so lately
					 * may change again, unnoticed */
};

/* A directory, and how it looked. */
struct seen_place {
	const char	*path;
	bool		 told;		/* the system tells of changes */
	time_t		 second;	/* of the last look ... */
	uint64_t	 number;	/* ... when this was the number */
	bool		 there;
	dev_t		 dev;
	ino_t		 ino;
	struct timespec	 changed;
};

static struct {
	struct fresh	*fresh;		/* NULL: nobody tells */
	struct watch	 watch;
	struct arena	*arena;
	struct hash	*places;	/* path -> struct seen_place */
	uint64_t	 number;
	time_t		 second;	/* in which ... */
	unsigned	 changes;	/* ... there were so many */
} seen;

/* ---- Being told ---------------------------------------------------------- */

static void
changed(void *arg, const char *directory, const char *name)
{
	(void)arg;
	(void)directory;
	(void)name;
	seen.number++;
	if (seen.second != clock_now()) {
		seen.second = clock_now();
		seen.changes = 0;
	}
	seen.changes++;
}

static void
ready(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	fresh_read(seen.fresh);
}

static void
forget_places(void)
{
	if (seen.arena == NULL)
		seen.arena = arena_new();
	arena_reset(seen.arena);
	seen.places = hash_new(seen.arena);
	seen.number++;
}

void
seen_begin(struct loop *l)
{
	if (seen.fresh != NULL)
		fresh_end(seen.fresh);
	forget_places();
	seen.fresh = fresh_new(changed, NULL);
	if (seen.fresh == NULL)
		return;
	seen.watch = (struct watch){ .fd = fresh_fd(seen.fresh),
	    .ready = ready, .first = true };
	if (loop_watch(l, &seen.watch, LOOP_READ) == 0)
		return;
	fresh_end(seen.fresh);
	seen.fresh = NULL;
}

/* ---- Looking ------------------------------------------------------------- */

static bool
is_same(const struct seen_place *p, const struct seen_place *q)
{
	if (!p->there || !q->there)
		return p->there == q->there;
	return p->dev == q->dev && p->ino == q->ino &&
	    p->changed.tv_sec == q->changed.tv_sec &&
	    p->changed.tv_nsec == q->changed.tv_nsec;
}

/*
 * Look whether the place is what it was, by the watch that leads to it, or by
 * its own state.
 */
static void
look(struct seen_place *p)
{
	struct seen_place old = *p;
	struct stat st;

	p->told = seen.fresh != NULL &&
	    fresh_watch(seen.fresh, p->path, FRESH_FILES);
	p->there = p->told;
	if (!p->told && stat(p->path, &st) == 0) {
		p->there = true;
		p->dev = st.st_dev;
		p->ino = st.st_ino;
		p->changed = st.st_ctim;
	}
	p->second = clock_now();
	if (old.second != 0 && old.told == p->told &&
	    (p->told ? old.there == p->there : is_same(&old, p)))
		return;
	if (old.second != 0)
		changed(NULL, p->path, NULL);
}

/* Within this second nobody looks again, unless there is news. */
static bool
is_looked_at(const struct seen_place *p)
{
	return p->second == clock_now() && p->number == seen.number;
}

static struct seen_place *
place_of(struct str directory)
{
	struct seen_place *p = hash_get(seen.places, directory);

	if (p != NULL)
		return p;
	if (hash_count(seen.places) >= PLACES_MAX)
		forget_places();
	p = arena_one(seen.arena, struct seen_place);
	p->path = str_z(seen.arena, directory);
	hash_set(seen.places, str_of(p->path), p);
	return p;
}

struct seen_place *
seen_watch(struct str directory)
{
	struct seen_place *p;

	if (seen.places == NULL ||
	    (seen.changes > CHANGES_MAX && seen.second == clock_now()))
		return NULL;
	p = place_of(directory);
	if (!is_looked_at(p))
		look(p);
	p->number = seen.number;
	return p;
}

bool
seen_still(struct seen_place *p)
{
	uint64_t before = seen.number;

	if (!is_looked_at(p))
		look(p);
	p->number = seen.number;
	if (before != seen.number)
		return false;
	return p->told || !p->there ||
	    p->changed.tv_sec + YOUNG_SECONDS < clock_now();
}

uint64_t
seen_number(void)
{
	return seen.number;
}
