/*
 * entries.c - see entries.h.
 *
 * A list never shows what asking for it would refuse: each name is looked up as
 * a request of its own, or as one of a kind (serve/kin.h).
 */
#include "listing/entries.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/os.h"
#include "serve/kin.h"
#include "serve/request.h"

enum { TITLE_LOOK = 4096 };

/* When no IndexIgnore is in force. */
static const char *const usual_ignore[] = { ".??*", "*~", "*#", "RCS", "CVS",
    "*,v", "*,t" };

/* ---- What is known of a file --------------------------------------------- */

static bool
is_about(const struct listing_note *n, struct str path, struct str type,
    struct str encoding)
{
	struct str what = n->by == BY_PATH ? path :
	    n->by == BY_TYPE && encoding.n == 0 ? type :
	    n->by == BY_ENCODING ? encoding : STR_NONE;

	if (what.n == 0)
		return false;
	return n->ends.at != NULL ? str_ends(what, n->ends) :
	    str_glob(str_of(n->pattern), what, false, n->by != BY_PATH);
}

/* The first of these notes for a file, if it stands before end; else end. */
static size_t
find_note(const struct vec *notes, size_t end, struct str path,
    struct str type, struct str encoding)
{
	size_t i = 0;

	while (i < end && !is_about(notes->at[i], path, type, encoding))
		i++;
	return i;
}

static const char *
text_at(const struct vec *notes, size_t i)
{
	return i < notes->n ? ((const struct listing_note *)
	    notes->at[i])->text : NULL;
}

const char *
entries_note(const struct vec *notes, struct str path,
    struct str type, struct str encoding)
{
	return text_at(notes, find_note(notes, notes->n, path, type,
	    encoding));
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

/* Few names look as if one of the usual patterns could fit. */
static bool
is_usually_ignored(struct str name)
{
	size_t n = sizeof(usual_ignore) / sizeof(usual_ignore[0]);
	char last = name.at[name.n - 1];

	if (name.n > 3 && name.at[0] != '.' && last != '~' && last != '#' &&
	    name.at[name.n - 2] != ',')
		return false;
	for (size_t i = 0; i < n; i++)
		if (fits(usual_ignore[i], name))
			return true;
	return false;
}

static bool
is_ignored(const struct listing_conf *c, struct str name)
{
	if (name.n == 0 || str_is(name, ".") || str_is(name, ".."))
		return true;
	if (c->ignore.n == 0 && !flag_or(c->ignore_reset, false))
		return is_usually_ignored(name);
	return is_listed(&c->ignore, name);
}

/* The <title> of a page, escaped as it stands there. */
static struct str
title_of(const struct request *r, const char *path)
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

/* What reading a directory needs again and again. */
struct reading_of {
	struct request	*r;
	const struct listing_conf *c;
	struct listing	*l;
	struct kin	*kin;
};

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

static bool
is_its_own_url(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_path((unsigned char)name.at[i]) ||
		    name.at[i] == ':')
			return false;
	return true;
}

/* Its name and address, each with a slash behind a directory's. */
static void
name_item(struct arena *a, struct listing_item *i, struct str name)
{
	char *out = arena_alloc(a, name.n + 1);

	memcpy(out, name.at, name.n);
	out[name.n] = '/';
	i->name = str_n(out, name.n + i->directory);
	i->url = is_its_own_url(name) ? i->name :
	    url_of(a, name, i->directory);
}

/* What is said of a kind of files, whatever their names are. */
struct about {
	size_t	 icon, alt;	/* the first note for its type or encoding */
	bool	 titled;	/* its files may tell their titles */
};

static void
learn(const struct listing_conf *c, const struct request *looked,
    struct about *about)
{
	struct str type, encoding, none = STR_NONE;

	type = fields_get(&looked->out, STR("Content-Type"));
	encoding = fields_get(&looked->out, STR("Content-Encoding"));
	if (str_find(type, ';') >= 0)
		type = str_trim(str_first(type, (size_t)str_find(type, ';')));
	if (looked->found.kind == FOUND_DIRECTORY)
		type = encoding = STR_NONE;
	about->icon = find_note(&c->icons, c->icons.n, none, type, encoding);
	about->alt = find_note(&c->alts, c->alts.n, none, type, encoding);
	about->titled = encoding.n == 0 && (str_is(type, "text/html") ||
	    str_is(type, "application/xhtml+xml"));
}

/* The same about all of a kind is found out once. */
static const struct about *
about_of(const struct reading_of *d, const struct kin_look *look,
    struct about *alone)
{
	if (look->about == NULL) {
		learn(d->c, look->looked, alone);
		return alone;
	}
	if (*look->about == NULL) {
		*look->about = arena_one(d->r->arena, struct about);
		learn(d->c, look->looked, *look->about);
	}
	return *look->about;
}

static void
describe_directory(const struct listing_conf *c, struct listing_item *i)
{
	struct str any = STR("^^DIRECTORY^^"), none = STR_NONE;

	if (i->icon == NULL)
		i->icon = entries_note(&c->icons, any, none, none);
	if (i->alt == NULL)
		i->alt = entries_note(&c->alts, any, none, none);
	if (i->alt == NULL)
		i->alt = "DIR";
}

static void
describe(const struct reading_of *d, const struct kin_look *look,
    struct listing_item *i)
{
	const struct listing_conf *c = d->c;
	struct str path = look->filename, none = STR_NONE;
	struct about alone;
	const struct about *about = about_of(d, look, &alone);
	const char *z;

	i->icon = text_at(&c->icons, find_note(&c->icons, about->icon, path,
	    none, none));
	i->alt = text_at(&c->alts, find_note(&c->alts, about->alt, path, none,
	    none));
	if (i->directory)
		describe_directory(c, i);
	if (i->icon == NULL)
		i->icon = c->default_icon;
	z = entries_note(&c->descriptions, path, none, none);
	i->description = str_of(z != NULL ? z : "");
	if (z == NULL && (d->l->flags & LISTING_SCAN_TITLES) && about->titled)
		i->description = title_of(d->r, path.at);
}

/* A client would be answered who asked for it, or be told that it is not for
 * him. */
static bool
is_shown(const struct request *looked, unsigned flags)
{
	bool refused = looked->status == 401 || looked->status == 403;

	return (looked->status < 400 ||
	    (refused && (flags & LISTING_SHOW_FORBIDDEN))) &&
	    (looked->found.kind == FOUND_DIRECTORY ||
	    looked->found.kind == FOUND_FILE);
}

/* As far as it costs nothing to know. */
static bool
may_be_regular(const struct dirent *entry)
{
#ifdef DT_UNKNOWN
	return entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN;
#else
	(void)entry;
	return true;
#endif
}

static void
add_entry(const struct reading_of *d, DIR *from, const struct dirent *entry)
{
	struct arena *a = d->r->arena;
	struct str name = str_of(entry->d_name);
	struct listing_item *i;
	struct kin_look look;
	struct stat st;
	bool regular = may_be_regular(entry) &&
	    os_stat_entry(from, entry->d_name, &st) == 0 &&
	    S_ISREG(st.st_mode);

	kin_look_up(d->kin, name, regular, &look);
	if (!is_shown(look.looked, d->l->flags))
		return;
	if (look.about == NULL)
		st = look.looked->found.st;
	i = arena_one(a, struct listing_item);
	i->directory = look.looked->found.kind == FOUND_DIRECTORY;
	i->modified = st.st_mtim;
	i->size = i->directory ? -1 : st.st_size;
	name_item(a, i, name);
	describe(d, &look, i);
	vec_add(a, &d->l->items, i);
}

static void
read_entries(struct request *r, const struct listing_conf *c, DIR *from,
    struct listing *l, struct str pattern)
{
	bool nocase = (l->flags & LISTING_IGNORE_CASE) != 0;
	struct reading_of d = { r, c, l, kin_begin(r) };
	struct dirent *entry;

	while ((entry = readdir(from)) != NULL) {
		struct str name = str_of(entry->d_name);

		if (!is_ignored(c, name) && (pattern.n == 0 ||
		    str_glob(pattern, name, false, nocase)))
			add_entry(&d, from, entry);
	}
	kin_end(d.kin);
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
