/*
 * seen.c - see seen.h.
 *
 * Any change anywhere counts as one of everything: there are few.  Where there
 * are many, a second's rest is taken.
 */
#include "serve/seen.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fresh.h"
#include "loop/loop.h"

enum { CHANGES_MAX = 50 };	/* in a second, before the rest */

static struct {
	struct fresh	*fresh;		/* NULL: nobody tells */
	struct watch	 watch;
	uint64_t	 number;
	time_t		 second;	/* in which ... */
	unsigned	 changes;	/* ... there were so many */
} seen;

/* The way that was asked for last: most requests are for one directory. */
static struct {
	char		 path[PATH_MAX];
	size_t		 n, from;
	uint64_t	 number;	/* of changes, then */
	time_t		 second;
} last;

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

void
seen_begin(struct loop *l)
{
	last.n = 0;
	if (seen.fresh != NULL)
		fresh_end(seen.fresh);
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

bool
seen_watch(struct str directory)
{
	char path[PATH_MAX];

	if (seen.fresh == NULL || directory.n >= sizeof(path) ||
	    (seen.changes > CHANGES_MAX && seen.second == clock_now()))
		return false;
	memcpy(path, directory.at, directory.n);
	path[directory.n] = 0;
	if (fresh_watch(seen.fresh, path, FRESH_FILES))
		return true;
	return access(path, F_OK) == -1 &&
	    (errno == ENOENT || errno == ENOTDIR);
}

bool
seen_way(struct str directory, size_t from)
{
	if (last.n == directory.n && last.n > 0 && last.from <= from &&
	    last.number == seen.number && last.second == clock_now() &&
	    memcmp(last.path, directory.at, last.n) == 0)
		return true;
	for (size_t i = from; i <= directory.n; i++)
		if (i > 0 && (i == directory.n || directory.at[i] == '/') &&
		    !seen_watch(str_first(directory, i)))
			return false;
	memcpy(last.path, directory.at, directory.n);
	last.n = directory.n;
	last.from = from;
	last.number = seen.number;
	last.second = clock_now();
	return true;
}

uint64_t
seen_number(void)
{
	return seen.number;
}
