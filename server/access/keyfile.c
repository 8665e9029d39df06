/*
 * keyfile.c - see keyfile.h.
 *
 * Whether a file is still the same is asked of the system for every use.  One
 * that was changed a moment before it was read may change again without any
 * sign; it is read again until it has come to rest.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access/keyfile.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/os.h"
#include "base/text.h"

enum {
	FILE_MAX_BYTES	= 64 << 20,
	FILES_MAX	= 256,		/* then all are forgotten */
	REST_SECONDS	= 2,
};

struct keyfile {
	struct arena	*arena;		/* its own; NULL: not of the cache */
	struct hash	*lines;		/* key -> struct chain */
	struct stat	 st;
	bool		 at_rest;
};

/* ---- Text ---------------------------------------------------------------- */

/* The lines of one key. */
struct chain {
	struct keyline	 first, *last;
};

static void
add_line(struct arena *a, struct hash *lines, struct str key, struct str value)
{
	struct chain *c = hash_get(lines, key);

	if (c == NULL) {
		c = arena_one(a, struct chain);
		c->last = &c->first;
		hash_set(lines, key, c);
	} else {
		c->last->next = arena_one(a, struct keyline);
		c->last = c->last->next;
	}
	c->last->value = value;
}

static struct str
trim(struct str s)
{
	static const char blanks[] = " \t\r\f\v";

	while (s.n > 0 && memchr(blanks, s.at[0], 5) != NULL)
		s = str_from(s, 1);
	while (s.n > 0 && memchr(blanks, s.at[s.n - 1], 5) != NULL)
		s.n--;
	return s;
}

struct keyfile *
keyfile_parse(struct arena *a, struct str text)
{
	struct keyfile *f = arena_one(a, struct keyfile);
	struct str line, key;

	f->lines = hash_new(a);
	while (str_cut(&text, '\n', &line)) {
		line = trim(line);
		if (line.n == 0 || line.at[0] == '#' ||
		    str_find(line, ':') < 0)
			continue;
		key = str_first(line, (size_t)str_find(line, ':'));
		add_line(a, f->lines, key, str_from(line, key.n + 1));
	}
	return f;
}

const struct keyline *
keyfile_find(const struct keyfile *f, struct str key)
{
	const struct chain *c = hash_get(f->lines, key);

	return c == NULL ? NULL : &c->first;
}

/* ---- Files --------------------------------------------------------------- */

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* All of it, however the file grows or shrinks meanwhile. */
static int
read_all(int fd, struct text *t)
{
	ssize_t n;

	for (;;) {
		char *room = text_room(t, 64 << 10);

		n = read(fd, room, 64 << 10);
		if (n == 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return -1;
		if (n > 0)
			t->n += (size_t)n;
		if (t->n > FILE_MAX_BYTES) {
			errno = EFBIG;
			return -1;
		}
	}
}

static struct keyfile *
read_file(const char *path)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct keyfile *f = NULL;
	struct stat st;
	int fd = os_open_file(path, strlen(path), OS_LINKS_FOLLOW, &st);

	if (fd == -1 && errno == ENXIO)
		errno = EINVAL;
	if (fd != -1 && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else if (fd != -1 && read_all(fd, &t) == 0)
		f = keyfile_parse(a, text_str(&t));
	if (fd != -1)
		close(fd);
	if (f == NULL) {
		int error = errno;

		arena_end(a);
		errno = error;
		return NULL;
	}
	f->arena = a;
	f->st = st;
	f->at_rest = st.st_mtim.tv_sec + REST_SECONDS < time(NULL) &&
	    st.st_ctim.tv_sec + REST_SECONDS < time(NULL);
	return f;
}

static struct {
	struct arena	*arena;
	struct hash	*files;		/* path -> struct keyfile * */
} cache;

static void
forget_all(void)
{
	struct str path;
	void *f;

	for (size_t i = 0; cache.files != NULL &&
	    hash_at(cache.files, i, &path, &f); i++)
		if (f != NULL)
			arena_end(((struct keyfile *)f)->arena);
	if (cache.arena != NULL)
		arena_end(cache.arena);
	cache.arena = arena_new();
	cache.files = hash_new(cache.arena);
}

const struct keyfile *
keyfile_open(const char *path)
{
	struct str key = str_of(path);
	struct keyfile *f = cache.files == NULL ? NULL :
	    hash_get(cache.files, key);
	bool known = f != NULL;
	struct stat st;

	if (f != NULL && f->at_rest && stat(path, &st) == 0 &&
	    is_same(&f->st, &st))
		return f;
	if (cache.files == NULL || (f == NULL &&
	    hash_count(cache.files) >= FILES_MAX))
		forget_all();
	if (known) {
		arena_end(f->arena);
		hash_set(cache.files, key, NULL);
	}
	f = read_file(path);
	if (f != NULL)
		hash_set(cache.files, known ? key :
		    str_copy(cache.arena, key), f);
	return f;
}
