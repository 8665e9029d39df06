/*
 * mod_autoindex - the list of a directory's files, where Options Indexes allows
 * it.
 *
 * Each name is looked up as a request of its own, so that the list never shows
 * what asking for it would refuse.  Names are bytes: they are escaped for HTML
 * and for URLs, and sorted by byte.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "conf/directive.h"
#include "http/method.h"
#include "serve/corridor.h"
#include "serve/output.h"

extern struct module mod_autoindex;

struct autoindex_conf {
	struct vec	 ignore;	/* IndexIgnore: const char * */
	enum flag	 ignore_reset;
};

/* When no IndexIgnore is in force. */
static const char *const usual_ignore[] = { ".??*", "*~", "*#", "RCS", "CVS",
    "*,v", "*,t" };

struct listed {
	struct str	 name;
	bool		 directory;
};

/* ---- Directives ---------------------------------------------------------- */

static const char *
read_ignore(struct setting *s)
{
	struct autoindex_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &c->ignore, s->argv[i].z);
	return NULL;
}

#define ANYWHERE	(IN_ANY | OVERRIDE_INDEXES)
#define FANCY(name, max, help) \
	{ name, 1, max, ANYWHERE | ACCEPTED_ONLY, SLOT_NONE, 0, NULL, help }

static const struct directive rows[] = {
	{ "IndexIgnore", 1, MANY, ANYWHERE, SLOT_LIST,
	  offsetof(struct autoindex_conf, ignore), read_ignore,
	  "names not to be listed; * and ? are wildcards" },
	{ "IndexIgnoreReset", 1, 1, IN_SECTION | IN_HTACCESS |
	  OVERRIDE_INDEXES, SLOT_FLAG,
	  offsetof(struct autoindex_conf, ignore_reset), NULL,
	  "On or Off: forget the IndexIgnore lines of outer sections" },
	/* What a list looks like beyond its names. */
	FANCY("IndexOptions", MANY, "how a list looks"),
	{ "IndexOrderDefault", 2, 2, ANYWHERE | ACCEPTED_ONLY, SLOT_NONE, 0,
	  NULL, "Ascending or Descending, and a column" },
	FANCY("IndexStyleSheet", 1, "a URL path"),
	FANCY("IndexHeadInsert", 1, "text for the head of the page"),
	FANCY("HeaderName", 1, "a file to stand above the list"),
	FANCY("ReadmeName", 1, "a file to stand below the list"),
	FANCY("DefaultIcon", 1, "a URL path"),
	FANCY("AddIcon", MANY, "an icon, and names"),
	FANCY("AddIconByType", MANY, "an icon, and media types"),
	FANCY("AddIconByEncoding", MANY, "an icon, and content codings"),
	FANCY("AddAlt", MANY, "text for an icon, and names"),
	FANCY("AddAltByType", MANY, "text for an icon, and media types"),
	FANCY("AddAltByEncoding", MANY, "text for an icon, and codings"),
	FANCY("AddDescription", MANY, "a description, and names"),
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct autoindex_conf *i = inner;

	(void)a;
	(void)outer;
	if (flag_or(i->ignore_reset, false))
		((struct autoindex_conf *)result)->ignore = i->ignore;
}

/* ---- Entries ------------------------------------------------------------- */

/* Only the last component of a pattern counts. */
static bool
fits(const char *pattern, struct str name)
{
	struct str p = str_of(pattern);

	p = str_from(p, (size_t)(str_rfind(p, '/') + 1));
	return str_glob(p, name, false, false);
}

static bool
is_ignored(const struct autoindex_conf *c, struct str name)
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
	for (size_t i = 0; i < c->ignore.n; i++)
		if (fits(c->ignore.at[i], name))
			return true;
	return false;
}

/* Would a client be answered who asked for name?  A copy of r asks, so that
 * what the look-up needs can be forgotten. */
static bool
may_show(const struct request *r, struct arena *scratch, struct listed *e)
{
	struct request asking = *r;
	struct text uri = { .arena = scratch };
	const struct request *looked;

	asking.arena = scratch;
	text_add_url_path(&uri, r->path);
	text_add_url_part(&uri, e->name);
	looked = request_lookup(&asking, text_str(&uri));
	e->directory = looked->found.kind == FOUND_DIRECTORY;
	return looked->status < 400 && (e->directory ||
	    looked->found.kind == FOUND_FILE);
}

static void
read_entries(struct request *r, DIR *d, struct vec *entries)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	struct arena *scratch = arena_new();
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL) {
		struct listed e = { .name = str_of(entry->d_name) };

		arena_reset(scratch);
		if (is_ignored(c, e.name) || !may_show(r, scratch, &e))
			continue;
		e.name = str_copy(r->arena, e.name);
		vec_add(r->arena, entries, arena_copy(r->arena, &e,
		    sizeof(e)));
	}
	arena_end(scratch);
}

static int
compare(const void *a, const void *b)
{
	const struct listed *const *x = a, *const *y = b;

	return str_compare((*x)->name, (*y)->name);
}

/* ---- The page ------------------------------------------------------------ */

static void
write_entry(struct text *t, const struct listed *e)
{
	const char *slash = e->directory ? "/" : "";

	text_addz(t, "<li><a href=\"");
	/* "a:b" would be taken for a scheme. */
	if (str_find(e->name, ':') >= 0)
		text_addz(t, "./");
	struct text url = { .arena = t->arena };
	text_add_url_part(&url, e->name);
	text_add_html(t, text_str(&url));
	text_addf(t, "%s\"> ", slash);
	text_add_html(t, e->name);
	text_addf(t, "%s</a></li>\n", slash);
}

static void
write_parent(struct text *t, struct str path)
{
	struct text url = { .arena = t->arena };

	path.n--;
	text_add_url_path(&url, str_first(path,
	    (size_t)(str_rfind(path, '/') + 1)));
	text_addz(t, "<li><a href=\"");
	text_add_html(t, text_str(&url));
	text_addz(t, "\"> Parent Directory</a></li>\n");
}

static struct str
write_page(struct request *r, const struct vec *entries)
{
	struct text t = { .arena = r->arena };
	struct str path = r->path;

	if (path.n > 1 && str_ends(path, STR("/")))
		path.n--;
	text_addz(&t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Index of ");
	text_add_html(&t, path);
	text_addz(&t, "</title>\n</head>\n<body>\n<h1>Index of ");
	text_add_html(&t, path);
	text_addz(&t, "</h1>\n<ul>\n");
	if (path.n > 1)
		write_parent(&t, r->path);
	for (size_t i = 0; i < entries->n; i++)
		write_entry(&t, entries->at[i]);
	text_addz(&t, "</ul>\n</body>\n</html>\n");
	return text_str(&t);
}

/* The directory, opened as it was found. */
static DIR *
open_directory(struct request *r)
{
	struct stat st;
	int fd = os_open_file(r->filename, r->root_n, r->links, &st);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

static int
handle(struct request *r)
{
	struct vec entries = { 0 };
	struct str page;
	DIR *d;

	if (r->found.kind != FOUND_DIRECTORY || r->handler != NULL ||
	    (r->method != METHOD_GET && r->method != METHOD_HEAD) ||
	    !(core_options(r->scope) & OPTION_INDEXES) ||
	    !str_ends(r->path, STR("/")))
		return PASS;
	request_once(r);
	d = open_directory(r);
	if (d == NULL) {
		request_log(r, LEVEL_ERROR, "autoindex", errno, "AH01275: "
		    "Can't open directory for index: %s", r->filename);
		return request_refuse(r, 403, "This directory cannot be "
		    "read.");
	}
	read_entries(r, d, &entries);
	closedir(d);
	if (entries.n > 0)
		qsort(entries.at, entries.n, sizeof(entries.at[0]), compare);
	page = write_page(r, &entries);
	fields_set(&r->out, STR("Content-Type"),
	    STR("text/html;charset=UTF-8"));
	r->length = (int64_t)page.n;
	r->body = source_memory(r->arena, page);
	return DONE;
}

struct module mod_autoindex = {
	.name = "autoindex",
	.alias = "mod_autoindex.c autoindex_module",
	.conf_size = sizeof(struct autoindex_conf),
	.rows = rows,
	.merge = merge,
	.steady = true,
	.handle = handle,
};
