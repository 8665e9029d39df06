/*
 * mod_speling - an address with a mistake leads to the file that was meant.
 *
 * When there is no file, names in its directory are compared: they may differ
 * in letter case, by one letter, or by what stands behind the first dot.
 * Nobody is told of a file that he may not have: each is looked up like a
 * request.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/os.h"
#include "base/text.h"
#include "conf/directive.h"
#include "serve/corridor.h"
#include "serve/kin.h"

extern struct module mod_speling;

/* So many similar names are looked up, the most similar first. */
enum { SIMILAR_MAX = 100 };

struct speling_conf {
	enum flag	 check, case_only, basename;
};

#define AT(field)	offsetof(struct speling_conf, field)
#define ANYWHERE	(IN_ANY | OVERRIDE_OPTIONS)

static const struct directive rows[] = {
	{ "CheckSpelling", 1, 1, ANYWHERE, SLOT_FLAG, AT(check), NULL,
	  "On or Off: look for the file that was meant" },
	{ "CheckCaseOnly", 1, 1, ANYWHERE, SLOT_FLAG, AT(case_only), NULL,
	  "On or Off: correct letter case, and nothing else" },
	{ "CheckBasenameMatch", 1, 1, ANYWHERE, SLOT_FLAG, AT(basename), NULL,
	  "On or Off: look for names that are the same up to the first dot" },
	{ 0 }
};

/* ---- Comparing names ----------------------------------------------------- */

/* How a name differs from the one asked for; the least first. */
enum mistake {
	MISTAKE_CASE, MISTAKE_SWAPPED, MISTAKE_MISSING, MISTAKE_EXTRA,
	MISTAKE_WRONG, MISTAKE_EXTENSION, MISTAKE_OTHER,
};

static const char *const mistakes[] = {
	[MISTAKE_CASE] = "letter case",
	[MISTAKE_SWAPPED] = "two letters are swapped",
	[MISTAKE_MISSING] = "a letter is missing",
	[MISTAKE_EXTRA] = "a letter is too much",
	[MISTAKE_WRONG] = "a letter is wrong",
	[MISTAKE_EXTENSION] = "the extension is another",
};

static size_t
same_length(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && char_lower(a.at[n]) ==
	    char_lower(b.at[n]))
		n++;
	return n;
}

/* What was asked for, and the name of a file: at most one mistake apart? */
static enum mistake
compare_spelling(struct str asked, struct str name)
{
	size_t n = same_length(asked, name);
	struct str a = str_from(asked, n), b = str_from(name, n);

	if (a.n == 0 && b.n == 0)
		return MISTAKE_CASE;
	if (a.n > 1 && b.n > 1 && char_lower(a.at[0]) == char_lower(b.at[1]) &&
	    char_lower(a.at[1]) == char_lower(b.at[0]) &&
	    str_eq_nocase(str_from(a, 2), str_from(b, 2)))
		return MISTAKE_SWAPPED;
	if (a.n > 0 && b.n > 0 && str_eq_nocase(str_from(a, 1),
	    str_from(b, 1)))
		return MISTAKE_WRONG;
	if (a.n > 0 && str_eq_nocase(str_from(a, 1), b))
		return MISTAKE_EXTRA;
	if (b.n > 0 && str_eq_nocase(a, str_from(b, 1)))
		return MISTAKE_MISSING;
	return MISTAKE_OTHER;
}

/* Up to the first dot. */
static struct str
basename_of(struct str name)
{
	ptrdiff_t dot = str_find(name, '.');

	return dot < 0 ? name : str_first(name, (size_t)dot);
}

static enum mistake
compare(const struct speling_conf *c, struct str asked, struct str name)
{
	enum mistake m = compare_spelling(asked, name);

	if (flag_or(c->case_only, false) && m != MISTAKE_CASE)
		m = MISTAKE_OTHER;
	if (m != MISTAKE_OTHER)
		return m;
	if (flag_or(c->basename, true) && str_eq_nocase(basename_of(asked),
	    basename_of(name)))
		return MISTAKE_EXTENSION;
	return MISTAKE_OTHER;
}

/* ---- Finding files ------------------------------------------------------- */

struct similar {
	enum mistake	 mistake;
	struct str	 name;
	struct str	 path;		/* of the URL, with what comes behind */
};

/* What is looked for, and what was found. */
struct search {
	struct request	*r;
	const struct speling_conf *conf;
	struct str	 directory, asked;	/* of the file */
	struct str	 before;	/* the path up to the name */
	struct vec	 found;		/* struct similar * */
};

/* False when the address says nothing about the directory: rules made the file
 * name of something else. */
static bool
search_begin(struct search *s, struct request *r)
{
	struct str file = str_of(r->filename);
	size_t slash = (size_t)(str_rfind(file, '/') + 1);

	*s = (struct search){ .r = r,
	    .conf = scope_get(r->scope, &mod_speling),
	    .directory = str_first(file, slash),
	    .asked = str_from(file, slash), .before = r->path };
	if (!str_ends(s->before, r->path_info))
		return false;
	s->before.n -= r->path_info.n;
	if (s->asked.n == 0 || !str_ends(s->before, s->asked))
		return false;
	s->before.n -= s->asked.n;
	return true;
}

static void
consider(struct search *s, struct str name)
{
	struct similar *f;
	enum mistake m;

	if (str_is(name, ".") || str_is(name, ".."))
		return;
	m = compare(s->conf, s->asked, name);
	if (m == MISTAKE_OTHER)
		return;
	f = arena_one(s->r->arena, struct similar);
	f->mistake = m;
	f->name = str_copy(s->r->arena, name);
	f->path = str_fmt(s->r->arena, "%.*s%.*s%.*s", STR_ARGS(s->before),
	    STR_ARGS(name), STR_ARGS(s->r->path_info));
	vec_add(s->r->arena, &s->found, f);
}

static int
compare_similar(const void *x, const void *y)
{
	const struct similar *a = *(struct similar *const *)x;
	const struct similar *b = *(struct similar *const *)y;

	if (a->mistake != b->mistake)
		return a->mistake < b->mistake ? -1 : 1;
	return str_compare(a->name, b->name);
}

/* All similar names of the directory, the most similar first.  False when it
 * cannot be read, or the very name is there: a link that leads nowhere. */
static bool
read_directory(struct search *s)
{
	struct dirent *entry;
	bool there = false;
	struct stat st;
	DIR *d = os_open_directory(str_z(s->r->arena, s->directory),
	    s->r->root_n, s->r->links, &st);

	if (d == NULL)
		return false;
	while (!there && (entry = readdir(d)) != NULL) {
		there = str_is(s->asked, entry->d_name);
		consider(s, str_of(entry->d_name));
	}
	closedir(d);
	if (s->found.n > 1)
		qsort(s->found.at, s->found.n, sizeof(void *),
		    compare_similar);
	return !there;
}

/* Keep those that the client may have.  PASS, or WAIT. */
static int
keep_allowed(struct search *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->found.n && i < SIMILAR_MAX; i++) {
		struct similar *f = s->found.at[i];
		struct text url = { .arena = s->r->arena };
		const struct request *looked;

		/* What comes behind may hold another mistake. */
		text_add_url_path(&url, s->before);
		text_add_url_part(&url, f->name);
		looked = request_lookup(s->r, text_str(&url));
		if (looked->unfinished)
			return WAIT;
		/* A directory's slash is still to be told of. */
		if ((looked->status == 200 || looked->status == 301) &&
		    (looked->found.kind == FOUND_FILE ||
		    looked->found.kind == FOUND_DIRECTORY))
			s->found.at[kept++] = f;
	}
	s->found.n = kept;
	return PASS;
}

/* ---- Answers ------------------------------------------------------------- */

static int
send_to(struct request *r, const struct similar *f)
{
	request_log(r, LEVEL_INFO, "speling", 0, "AH03224: Fixed spelling: "
	    "%.*s to %.*s", STR_ARGS(r->path), STR_ARGS(f->path));
	fields_set(&r->out_always, STR("Location"), request_with_query(r,
	    request_absolute(r, f->path)));
	return 301;
}

static int
offer(struct search *s)
{
	struct request *r = s->r;
	struct text t = { .arena = r->arena };

	text_addz(&t, "<p>There is nothing at ");
	text_add_html(&t, r->path);
	text_addz(&t, ", but there is:</p>\n<ul>\n");
	for (size_t i = 0; i < s->found.n; i++) {
		const struct similar *f = s->found.at[i];
		struct text url = { .arena = r->arena };

		text_add_url_path(&url, f->path);
		text_addz(&t, "<li><a href=\"");
		text_add_html(&t, request_with_query(r, text_str(&url)));
		text_addz(&t, "\">");
		text_add_html(&t, f->path);
		text_addf(&t, "</a> (%s)</li>\n", mistakes[f->mistake]);
	}
	text_addz(&t, "</ul>\n");
	r->offers = text_str(&t);
	request_log(r, LEVEL_INFO, "speling", 0, "AH03226: Spelling fix: "
	    "%.*s: %zu candidates", STR_ARGS(r->path), s->found.n);
	return 300;
}

static bool
is_for_correction(const struct request *r)
{
	const struct speling_conf *c = scope_get(r->scope, &mod_speling);

	return flag_or(c->check, false) && r->main == NULL &&
	    (r->method == METHOD_GET || r->method == METHOD_HEAD) &&
	    r->found.kind == FOUND_NOTHING && r->filename != NULL &&
	    (r->handler == NULL || strcmp(r->handler, "redirect-handler") != 0);
}

static int
fixup(struct request *r)
{
	const struct similar *first, *second;
	struct search s;

	if (!is_for_correction(r) || !search_begin(&s, r))
		return PASS;
	request_timely(r);
	if (!read_directory(&s))
		return PASS;
	if (keep_allowed(&s) == WAIT)
		return WAIT;
	if (s.found.n == 0)
		return PASS;
	first = s.found.at[0];
	second = s.found.n > 1 ? s.found.at[1] : NULL;
	if (first->mistake != MISTAKE_EXTENSION &&
	    (second == NULL || second->mistake != first->mistake))
		return send_to(r, first);
	return offer(&s);
}

struct module mod_speling = {
	.name = "speling",
	.alias = "mod_speling.c speling_module",
	.conf_size = sizeof(struct speling_conf),
	.rows = rows,
	.kin = kin_all,
	.steady = true,
	.fixup = fixup,
};
