/*
 * htaccess.c - see htaccess.h.
 *
 * Everything lives in an era: what a file said when it has changed since is
 * only counted as stale.  Invariant: what is remembered of a file was read from
 * the very version that the stamp names.
 *
 * Where the system tells of changes, a file is looked at when one was told that
 * may concern any of the files, and once a second; else by every walk.  So what
 * was told is only a reason to look, and never trusted for more.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fresh.h"
#include "conf/include.h"
#include "loop/loop.h"
#include "serve/era.h"
#include "serve/htaccess.h"
#include "serve/sections.h"

/* A file that changed so recently may change again without a new time. */
#define YOUNG_NS	INT64_C(50000000)

/* How long being told nothing is enough. */
enum { LOOK_AGAIN_MS = 1000 };

/* Which version of a file it is. */
struct stamp {
	dev_t		dev;
	ino_t		ino;
	off_t		size;
	int64_t		mtime_ns, ctime_ns;
};

/* What is known of one directory's file, as read under one policy. */
struct known {
	struct known	*next;		/* under another policy */
	struct override	 allowed;
	enum os_links	 links;
	const struct vec *names;	/* AccessFileName */
	uint64_t	 looked;	/* by which walk, last */
	bool		 watched;	/* changes are told ... */
	uint64_t	 changes;	/* ... this many before the last look */
	int64_t		 looked_ms;	/* when that was */
	size_t		 which;		/* of names; names->n: none is there */
	const char	*path;		/* of that */
	struct stamp	 stamp;
	bool		 young;		/* look again, whatever the stamp */
	bool		 depends;	/* on other files: <IfFile> */
	bool		 linked;	/* it has other names, too */
	struct str	 text;
	int		 status;	/* PASS, or a refusal */
	int		 error;		/* errno of a 403 that was logged */
	const struct section *section;	/* NULL: none */
	size_t		 bytes;		/* what it cost to remember */
};

/* A directory. */
struct place_known {
	const char	*directory;
	struct known	*first;
};

/* ---- Being told ---------------------------------------------------------- */

static struct {
	struct fresh	*fresh;		/* NULL: nobody tells */
	struct watch	 watch;
	uint64_t	 changes;	/* that may concern a file */
	struct hash	*names;		/* that files were asked for by */
	struct arena	*arena;
} told;

static void
on_change(void *arg, const char *directory, const char *name)
{
	(void)arg;
	(void)directory;
	if (name == NULL || hash_get(told.names, str_of(name)) != NULL)
		told.changes++;
}

static void
on_ready(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	fresh_read(told.fresh);
}

void
htaccess_worker(struct loop *l, const struct config *c)
{
	(void)c;
	if (told.arena != NULL)
		arena_end(told.arena);
	if (told.fresh != NULL)
		fresh_end(told.fresh);
	told.changes++;
	told.arena = arena_new();
	told.names = hash_new(told.arena);
	told.fresh = fresh_new(on_change, NULL);
	if (told.fresh == NULL)
		return;
	told.watch.fd = fresh_fd(told.fresh);
	told.watch.ready = on_ready;
	told.watch.first = true;
	if (loop_watch(l, &told.watch, LOOP_READ) == 0)
		return;
	fresh_end(told.fresh);
	told.fresh = NULL;
}

/* Be told of the directory's files, and of whatever may put another directory
 * in its place. */
static bool
watch_way(struct htaccess_walk *w, const char *directory)
{
	size_t n = strlen(directory);
	char *part = str_z(w->r->arena, str_of(directory));

	if (told.fresh == NULL)
		return false;
	for (size_t i = w->seen_n + 1; i < n; i++) {
		char kept = part[i];

		if (i > 1 && kept != '/')
			continue;
		part[i] = 0;
		if (!fresh_watch(told.fresh, part, FRESH_NAMES))
			return false;
		part[i] = kept;
	}
	w->seen_n = n;
	return fresh_watch(told.fresh, directory, FRESH_FILES);
}

static bool
will_be_told(const struct known *k)
{
	return k->watched && !k->depends && !k->linked;
}

static bool
is_trusted(const struct known *k)
{
	return will_be_told(k) && k->changes == told.changes &&
	    clock_ms() - k->looked_ms < LOOK_AGAIN_MS;
}

void
htaccess_go_on(struct htaccess_walk *w, const struct htaccess_walk *old)
{
	struct htaccess_walk now = *old;

	now.r = w->r;
	now.number = w->number;
	*w = now;
}

uint64_t
htaccess_changes(void)
{
	return told.changes;
}

bool
htaccess_holds(const struct htaccess_walk *w)
{
	return !w->asked || (!w->not_told && w->changes == told.changes &&
	    clock_ms() - w->looked_ms < LOOK_AGAIN_MS);
}

/* ---- Versions ------------------------------------------------------------ */

static int64_t
ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct stamp
stamp_of(const struct stat *st)
{
	return (struct stamp){ st->st_dev, st->st_ino, st->st_size,
	    ns_of(st->st_mtim), ns_of(st->st_ctim) };
}

static bool
stamp_same(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool
is_young(const struct stamp *s)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ns_of(now) - s->ctime_ns < YOUNG_NS;
}

static const char *
path_of(struct arena *a, const char *directory, const struct vec *names,
    size_t i)
{
	return str_zfmt(a, "%s/%s", directory[1] == 0 ? "" : directory,
	    (const char *)names->at[i]);
}

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

/* ---- Reading one --------------------------------------------------------- */

/* All of an open file, whose size is known; NULL, or what is wrong. */
static const char *
read_all(struct arena *a, int fd, off_t size, struct str *text)
{
	struct text t = { .arena = a };
	ssize_t n;

	if (size > HTACCESS_BYTES_MAX)
		return "it has more than 4 MiB";
	do {
		n = read(fd, text_room(&t, 4096), 4096);
		if (n < 0)
			return strerror(errno);
		t.n += (size_t)n;
		if (t.n > HTACCESS_BYTES_MAX)
			return "it has more than 4 MiB";
	} while (n > 0);
	*text = text_str(&t);
	return NULL;
}

static struct reading *
reading_new(struct arena *a, struct diagnosis *d, const struct config *c,
    const struct override *allowed)
{
	struct reading *r = arena_one(a, struct reading);

	r->arena = a;
	r->diagnosis = d;
	r->config = (struct config *)(uintptr_t)c;
	r->server_root = c->server_root;
	r->variables = c->reading->variables;
	r->override = allowed;
	return r;
}

/* A section of all that text says. */
static struct section *
parse(struct reading *r, const char *path, const char *directory,
    struct str text)
{
	struct section *s = arena_one(r->arena, struct section);
	struct place top = { .where = IN_HTACCESS, .owner = s };

	s->kind = SECTION_HTACCESS;
	s->at.file = path;
	s->pattern = str_of(directory);
	s->scope = top.scope = scope_new(r->arena);
	s->lines = parse_text(r, path, text);
	directive_apply(r, &top, s->lines);
	return s;
}

/* One line for the first error, or for each warning when there is none. */
static void
log_findings(const struct request *r, const char *path,
    const struct diagnosis *d)
{
	size_t errors = diagnosis_errors(d), others = 0;
	const char *message, *hint;
	const struct spot *at;
	enum severity severity;
	struct str line = { 0 };

	for (size_t i = 0; diagnosis_at(d, i, &severity, &at, &message, &hint);
	    i++) {
		if (errors > 0 && severity == SEVERITY_WARNING)
			continue;
		if (errors == 0)
			request_log(r, LEVEL_WARN, "core", 0, "%.*s",
			    STR_ARGS(diagnosis_line(d, i, r->arena)));
		else if (line.n == 0)
			line = diagnosis_line(d, i, r->arena);
		else
			others++;
	}
	if (line.n > 0 && others == 0)
		request_log(r, LEVEL_ALERT, "core", 0, "%.*s",
		    STR_ARGS(line));
	else if (line.n > 0)
		request_log(r, LEVEL_ALERT, "core", 0, "%.*s (and %zu more; "
		    "forkful -t --htaccess %s shows all)", STR_ARGS(line),
		    others, path);
}

static void
understand(struct known *k, struct request *r, struct era *e,
    const char *directory)
{
	struct diagnosis *d = diagnosis_new(e->arena);
	struct reading *reading = reading_new(e->arena, d, r->config,
	    arena_copy(e->arena, &k->allowed, sizeof(k->allowed)));

	k->section = parse(reading, k->path, directory, k->text);
	k->depends = reading->files_matter;
	k->status = PASS;
	if (diagnosis_errors(d) > 0) {
		k->status = 500;
		k->section = NULL;
	}
	log_findings(r, k->path, d);
}

/* It is there, but cannot be read: who may come in is not known. */
static void
refuse(struct known *k, const struct request *r, int error, const char *why)
{
	k->status = 403;
	k->section = NULL;
	if (k->error != 0 && k->error == error)
		return;
	k->error = error;
	request_log(r, LEVEL_CRIT, "core", error, "%s cannot be read%s%s, so "
	    "nothing of its directory is served; make it a regular file that "
	    "the server's user can read", k->path, *why != 0 ? ": " : "", why);
}

static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0 || S_ISLNK(st.st_mode);
}

/* Read the open file fd, unless it says what it said before. */
static void
take_in(struct known *k, struct request *r, struct era *e,
    const char *directory, int fd, const struct stat *st)
{
	size_t before = arena_bytes(e->arena);
	bool was_young = k->young && !k->depends;
	struct str text;
	const char *why;

	k->stamp = stamp_of(st);
	k->young = !k->watched && is_young(&k->stamp);
	k->linked = st->st_nlink > 1 || is_link(k->path);
	if (!S_ISREG(st->st_mode)) {
		refuse(k, r, EISDIR, "");
		return;
	}
	why = read_all(r->arena, fd, st->st_size, &text);
	if (why != NULL) {
		k->text = STR_NONE;
		refuse(k, r, EFBIG, why);
		return;
	}
	k->error = 0;
	if (was_young && k->text.at != NULL && str_eq(k->text, text))
		return;
	era_stale(e, k->bytes);
	k->text = str_copy(e->arena, text);
	understand(k, r, e, directory);
	k->young |= k->depends;
	k->bytes = arena_bytes(e->arena) - before + 4096;
}

static void
forget(struct known *k, struct era *e)
{
	era_stale(e, k->bytes);
	k->text = STR_NONE;
	k->section = NULL;
	k->status = PASS;
	k->bytes = 0;
	k->error = 0;
}

/* Try the names in their order. */
static void
read_anew(struct known *k, struct request *r, struct era *e,
    const char *directory)
{
	size_t n = strlen(directory);
	struct stat st;

	for (size_t i = 0; i < k->names->n; i++) {
		const char *path = path_of(r->arena, directory, k->names, i);
		int fd = os_open_file(path, r->root_n < n ? r->root_n : n,
		    k->links, &st);

		if (fd < 0 && is_missing(errno))
			continue;
		if (i != k->which || k->path == NULL) {
			forget(k, e);
			k->path = str_z(e->arena, str_of(path));
			k->which = i;
		}
		if (fd < 0) {
			int error = errno;

			k->text = STR_NONE;
			k->young = true;
			refuse(k, r, error, "");
			return;
		}
		take_in(k, r, e, directory, fd, &st);
		close(fd);
		return;
	}
	if (k->which < k->names->n)
		forget(k, e);
	k->which = k->names->n;
	k->path = NULL;
	k->depends = k->linked = k->young = false;
}

/* ---- Remembering --------------------------------------------------------- */

/* Nothing has changed since it was read. */
static bool
is_fresh(const struct known *k, struct arena *a, const char *directory)
{
	struct stat st;

	if (k->young)
		return false;
	for (size_t i = 0; i < k->which; i++)
		if (stat(path_of(a, directory, k->names, i), &st) == 0 ||
		    !is_missing(errno))
			return false;
	if (k->which == k->names->n)
		return true;
	if (stat(k->path, &st) != 0)
		return false;
	struct stamp now = stamp_of(&st);
	return stamp_same(&now, &k->stamp);
}

static struct known *
known_find(struct place_known *p, const struct override *o,
    enum os_links links, const struct vec *names)
{
	struct known *k = p->first;

	while (k != NULL && (k->links != links ||
	    k->names->at != names->at || !override_same(&k->allowed, o)))
		k = k->next;
	return k;
}

static struct known *
known_new(struct era *e, struct place_known *p, const struct override *o,
    enum os_links links, const struct vec *names)
{
	struct known *k = arena_one(e->arena, struct known);

	k->allowed = *o;
	k->links = links;
	k->names = names;
	k->which = names->n;
	k->young = true;
	k->next = p->first;
	p->first = k;
	for (size_t i = 0; told.names != NULL && i < names->n; i++)
		hash_set(told.names, str_copy(told.arena,
		    str_of(names->at[i])), told.names);
	return k;
}

/* NULL when there is no such directory. */
static struct place_known *
place_find(struct era *e, struct arena *scratch, struct str directory)
{
	struct place_known *p = hash_get(e->directories, directory);
	struct stat st;

	if (p != NULL)
		return p;
	if (stat(str_z(scratch, directory), &st) != 0 ?
	    is_missing(errno) || errno == ENAMETOOLONG :
	    !S_ISDIR(st.st_mode))
		return NULL;
	p = arena_one(e->arena, struct place_known);
	p->directory = str_z(e->arena, directory);
	hash_set(e->directories, str_of(p->directory), p);
	return p;
}

struct htaccess_walk
htaccess_walk(struct request *r)
{
	static uint64_t numbers;

	return (struct htaccess_walk){ .r = r, .number = ++numbers };
}

/* Whatever happens after this moment will be told. */
static void
look_again(struct known *k, struct htaccess_walk *w, const char *directory)
{
	k->changes = told.changes;
	k->looked_ms = clock_ms();
	k->watched = watch_way(w, directory);
	if (!is_fresh(k, w->r->arena, directory))
		read_anew(k, w->r, w->r->era, directory);
}

static void
note(struct htaccess_walk *w, const struct known *k)
{
	if (!will_be_told(k) ||
	    (w->asked && w->changes != k->changes))
		w->not_told = true;
	w->changes = k->changes;
	if (!w->asked || k->looked_ms < w->looked_ms)
		w->looked_ms = k->looked_ms;
	w->asked = true;
}

int
htaccess_find(struct htaccess_walk *w, struct str directory,
    const struct override *o, enum os_links links,
    const struct section **found)
{
	struct request *r = w->r;
	struct era *e = r->era;
	const struct vec *names = override_files(r->vhost->scope);
	struct place_known *p;
	struct known *k;

	*found = NULL;
	if (w->over)
		return PASS;
	p = place_find(e, r->arena, directory);
	w->over = p == NULL;
	if (p == NULL)
		return PASS;
	k = known_find(p, o, links, names);
	if (k == NULL)
		k = known_new(e, p, o, links, names);
	if (k->looked != w->number && !is_trusted(k))
		look_again(k, w, p->directory);
	k->looked = w->number;
	note(w, k);
	*found = k->section;
	if (k->status == 403)
		return request_refuse(r, 403, "The server is not able to read "
		    "a file that says who may come in here, so nobody may.");
	if (k->status == 500)
		return request_refuse(r, 500, "There is a mistake in a "
		    "configuration file of this directory.");
	return PASS;
}

/* ---- Before a request comes ---------------------------------------------- */

struct allowing {
	struct section_visit visit;
	struct arena	*arena;
	const struct scope *scope;
};

static void
allow_found(struct section_visit *v, const struct section *s)
{
	struct allowing *a = (struct allowing *)v;

	a->scope = scope_merge(a->arena, a->scope, s->scope);
}

/* The host whose files are there; the main one if none says so. */
static const struct vhost *
host_of(const struct config *c, struct str directory)
{
	const struct vhost *best = c->main;
	size_t longest = 0;

	for (size_t i = 0; i < c->vhosts.n; i++) {
		const struct vhost *h = c->vhosts.at[i];
		struct str root = str_of(h->document_root);

		if (root.n > longest && str_starts(directory, root) &&
		    (directory.n == root.n || directory.at[root.n] == '/')) {
			longest = root.n;
			best = h;
		}
	}
	return best;
}

bool
htaccess_allowed(const struct config *c, const char *directory,
    struct override *o)
{
	struct str name = str_of(directory);
	const struct vhost *host = host_of(c, name);
	struct allowing a = { { allow_found, NULL }, c->arena, host->scope };
	unsigned depth = 1;

	for (size_t i = 1; i <= name.n; i++)
		if (i == 1 || i == name.n || name.at[i] == '/')
			sections_directory(c->main->sections, host->sections,
			    str_first(name, i), depth++, &a.visit);
	return override_of(a.scope, o);
}

void
htaccess_check(struct config *c, const char *file, const char *directory,
    const struct override *o)
{
	struct reading *r = reading_new(c->arena, c->reading->diagnosis, c, o);
	const struct spot whole = { .file = file };
	const char *why;
	struct str text;

	why = include_read(c->arena, file, &text);
	if (why == NULL && text.n > HTACCESS_BYTES_MAX)
		why = "it has more than 4 MiB";
	if (why != NULL)
		diagnose(r->diagnosis, SEVERITY_ERROR, &whole, NULL,
		    "cannot be read: %s", why);
	else
		parse(r, file, directory, text);
}
