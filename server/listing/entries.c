/*
 * entries.c - see entries.h.
 *
 * Each name is looked up as a request of its own, so that a list never shows
 * what asking for it would refuse.
 */
#include "listing/entries.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "serve/corridor.h"
#include "serve/request.h"

enum { TITLE_LOOK = 4096 };

/* When no IndexIgnore is in force. */
static const char *const usual_ignore[] = { ".??*", "*~", "*#", "RCS", "CVS",
    "*,v", "*,t" };

/* ---- What is known of a file --------------------------------------------- */

const char *
entries_note(const struct vec *notes, struct str path, struct str type,
    struct str encoding)
{
	for (size_t i = 0; i < notes->n; i++) {
		const struct listing_note *n = notes->at[i];
		struct str what = n->by == BY_PATH ? path :
		    n->by == BY_TYPE && encoding.n == 0 ? type :
		    n->by == BY_ENCODING ? encoding : STR_NONE;

		if (what.n > 0 && str_glob(str_of(n->pattern), what, false,
		    n->by != BY_PATH))
			return n->text;
	}
	return NULL;
}

/* Only the last component of a pattern counts. */
static bool
fits(const char *pattern, struct str name)
{
	struct str p = str_of(pattern);

	p = str_from(p, (size_t)(str_rfind(p, '/') + 1));
	return str_glob(p, name, false, false);
}

static bool
is_listed(const struct vec *patterns, struct str name)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fits(patterns->at[i], name))
			return true;
	return false;
}

static bool
is_ignored(const struct listing_conf *c, struct str name)
{
	size_t n = sizeof(usual_ignore) / sizeof(usual_ignore[0]);

	if (str_is(name, ".") || str_is(name, ".."))
		return true;
	if (c->ignore.n == 0 && !flag_or(c->ignore_reset, false)) {
		for (size_t i = 0; i < n; i++)
			if (fits(usual_ignore[i], name))
				return true;
		return false;
	}
	return is_listed(&c->ignore, name);
}

/* The <title> of a page, escaped as it stands there. */
static struct str
title_of(struct request *r, const char *path)
{
	char bytes[TITLE_LOOK];
	struct stat st;
	int fd = os_open_file(path, r->root_n, r->links, &st);
	struct str s = STR("");
	ptrdiff_t from, to;
	ssize_t n;

	if (fd == -1)
		return s;
	n = S_ISREG(st.st_mode) ? read(fd, bytes, sizeof(bytes)) : 0;
	close(fd);
	s = str_n(bytes, n > 0 ? (size_t)n : 0);
	from = str_find_nocase(s, STR("<title>"));
	s = str_from(s, from < 0 ? s.n : (size_t)from + 7);
	to = str_find_str(s, STR("<"));
	s = str_copy(r->arena, str_first(s, to < 0 ? s.n : (size_t)to));
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] == '\n' || s.at[i] == '\r' || s.at[i] == '\t')
			((char *)(uintptr_t)s.at)[i] = ' ';
	return s;
}

/* ---- Entries ------------------------------------------------------------- */

static struct str
url_of(struct arena *a, struct str name, bool directory)
{
	struct text t = { .arena = a };

	/* "a:b" would be taken for a scheme. */
	if (str_find(name, ':') >= 0)
		text_addz(&t, "./");
	text_add_url_part(&t, name);
	if (directory)
		text_addc(&t, '/');
	return text_str(&t);
}

static struct str
name_of(struct arena *a, struct str name, bool directory)
{
	char *out = arena_alloc(a, name.n + 1);

	memcpy(out, name.at, name.n);
	out[name.n] = '/';
	return str_n(out, name.n + directory);
}

static void
describe(struct request *r, const struct listing_conf *c,
    const struct request *looked, struct listing_item *i, unsigned flags)
{
	struct str path = str_of(looked->filename), type, encoding, none =
	    STR_NONE;
	const char *z;

	type = fields_get(&looked->out, STR("Content-Type"));
	encoding = fields_get(&looked->out, STR("Content-Encoding"));
	if (str_find(type, ';') >= 0)
		type = str_trim(str_first(type, (size_t)str_find(type, ';')));
	if (i->directory)
		type = encoding = STR_NONE;
	i->icon = entries_note(&c->icons, path, type, encoding);
	i->alt = entries_note(&c->alts, path, type, encoding);
	if (i->directory && i->icon == NULL)
		i->icon = entries_note(&c->icons, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->directory && i->alt == NULL)
		i->alt = entries_note(&c->alts, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->directory && i->alt == NULL)
		i->alt = "DIR";
	if (i->icon == NULL)
		i->icon = c->default_icon;
	z = entries_note(&c->descriptions, path, none, none);
	i->description = str_of(z != NULL ? z : "");
	if (z == NULL && (flags & LISTING_SCAN_TITLES) && encoding.n == 0 &&
	    (str_is(type, "text/html") ||
	    str_is(type, "application/xhtml+xml")))
		i->description = title_of(r, looked->filename);
}

/* Would a client be answered who asked for name?  A copy of r asks, so that
 * what the look-up needs can be forgotten. */
static bool
look_up(struct request *r, const struct listing_conf *c,
    struct arena *scratch, struct listing_item *i, unsigned flags)
{
	struct request asking = *r;
	struct text uri = { .arena = scratch };
	const struct request *looked;
	bool refused;

	asking.arena = scratch;
	text_add_url_path(&uri, r->path);
	text_add_url_part(&uri, i->name);
	looked = request_lookup(&asking, text_str(&uri));
	refused = looked->status == 401 || looked->status == 403;
	if ((looked->status >= 400 && !(refused &&
	    (flags & LISTING_SHOW_FORBIDDEN))) ||
	    (looked->found.kind != FOUND_DIRECTORY &&
	    looked->found.kind != FOUND_FILE))
		return false;
	i->directory = looked->found.kind == FOUND_DIRECTORY;
	i->modified = looked->found.st.st_mtim;
	i->size = i->directory ? -1 : looked->found.st.st_size;
	describe(r, c, looked, i, flags);
	return true;
}

static void
read_entries(struct request *r, const struct listing_conf *c, DIR *d,
    struct listing *l, struct str pattern)
{
	bool nocase = (l->flags & LISTING_IGNORE_CASE) != 0;
	struct arena *scratch = arena_new();
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL) {
		struct listing_item i = { .name = str_of(entry->d_name) };

		arena_reset(scratch);
		if (is_ignored(c, i.name) || (pattern.n > 0 &&
		    !str_glob(pattern, i.name, false, nocase)) ||
		    !look_up(r, c, scratch, &i, l->flags))
			continue;
		i.url = url_of(r->arena, i.name, i.directory);
		i.name = name_of(r->arena, i.name, i.directory);
		vec_add(r->arena, &l->items, arena_copy(r->arena, &i,
		    sizeof(i)));
	}
	arena_end(scratch);
}

static void
add_parent(struct request *r, const struct listing_conf *c,
    struct listing *l)
{
	struct listing_item *i = arena_one(r->arena, struct listing_item);
	struct text url = { .arena = r->arena };
	struct str path = r->path, none = STR_NONE;

	if (path.n <= 1 || is_listed(&c->ignore, STR("..")))
		return;
	path.n--;
	text_add_url_path(&url, str_first(path,
	    (size_t)(str_rfind(path, '/') + 1)));
	i->name = STR("Parent Directory");
	i->url = text_str(&url);
	i->directory = i->parent = true;
	i->size = -1;
	i->alt = entries_note(&c->alts, STR(".."), none, none);
	if (i->alt == NULL)
		i->alt = entries_note(&c->alts, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->alt == NULL)
		i->alt = "PARENTDIR";
	i->icon = entries_note(&c->icons, STR(".."), none, none);
	if (i->icon == NULL)
		i->icon = entries_note(&c->icons, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->icon == NULL)
		i->icon = c->default_icon;
	vec_add(r->arena, &l->items, i);
}

bool
entries_read(struct request *r, const struct listing_conf *c,
    struct listing *l, struct str pattern)
{
	struct stat st;
	DIR *d;

	/* From here on changes are told. */
	request_saw_way(r, str_of(r->filename), r->root_n);
	d = os_open_directory(r->filename, r->root_n, r->links, &st);
	if (d == NULL)
		return false;
	add_parent(r, c, l);
	read_entries(r, c, d, l, pattern);
	closedir(d);
	return true;
}
