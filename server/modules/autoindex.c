/*
 * mod_autoindex - the list of a directory's files, where Options Indexes allows
 * it.
 * Manual: modules/autoindex.html
 *
 * Each name is looked up as a request of its own, so that the list never shows
 * what asking for it would refuse.  Names are bytes: they are escaped for HTML
 * and for URLs.  How the list looks is written in serve/listing.h.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "conf/directive.h"
#include "http/method.h"
#include "http/uri.h"
#include "serve/corridor.h"
#include "serve/listing.h"
#include "serve/options.h"
#include "serve/output.h"

extern struct module mod_autoindex;

/* What a pattern is compared with. */
enum by { BY_PATH, BY_TYPE, BY_ENCODING };

/* A line of AddIcon, AddAlt, AddDescription: what is said of which files. */
struct note {
	enum by		 by;
	const char	*pattern;
	const char	*text;
};

struct autoindex_conf {
	struct vec	 ignore;	/* IndexIgnore: const char * */
	enum flag	 ignore_reset;
	struct options	 flags;		/* LISTING_... */
	struct number	 name_width, description_width;
	struct number	 icon_width, icon_height;
	const char	*charset, *type;
	struct number	 order;		/* key << 8 | order */
	const char	*style_sheet, *head_insert, *header, *readme;
	const char	*default_icon;
	struct vec	 icons, alts, descriptions;	/* struct note * */
};

enum { INSERT_MAX = 1 << 20, TITLE_LOOK = 4096, ICON_WIDTH = 20,
	ICON_HEIGHT = 22, NAME_WIDTH = 23, DESCRIPTION_WIDTH = 23 };

/* When no IndexIgnore is in force. */
static const char *const usual_ignore[] = { ".??*", "*~", "*#", "RCS", "CVS",
    "*,v", "*,t" };

/* ---- IndexOptions -------------------------------------------------------- */

static const struct {
	const char	*word;
	unsigned	 flags;
} flag_words[] = {
	{ "None", 0 },
	{ "FancyIndexing", LISTING_FANCY },
	{ "FoldersFirst", LISTING_FOLDERS_FIRST },
	{ "HTMLTable", LISTING_TABLE },
	{ "IconsAreLinks", LISTING_ICONS_ARE_LINKS },
	{ "IgnoreCase", LISTING_IGNORE_CASE },
	{ "IgnoreClient", LISTING_IGNORE_CLIENT },
	{ "ScanHTMLTitles", LISTING_SCAN_TITLES },
	{ "ShowForbidden", LISTING_SHOW_FORBIDDEN },
	{ "SuppressColumnSorting", LISTING_NO_SORTING },
	{ "SuppressDescription", LISTING_NO_DESCRIPTION },
	{ "SuppressHTMLPreamble", LISTING_NO_PREAMBLE },
	{ "SuppressIcon", LISTING_NO_ICON },
	{ "SuppressLastModified", LISTING_NO_DATE },
	{ "SuppressRules", LISTING_NO_RULES },
	{ "SuppressSize", LISTING_NO_SIZE },
	{ "TrackModified", LISTING_TRACK_MODIFIED },
	{ "UseOldDateFormat", LISTING_OLD_DATES },
	{ "VersionSort", LISTING_VERSIONS },
	{ "XHTML", LISTING_XHTML },
};

enum { N_FLAG_WORDS = sizeof(flag_words) / sizeof(flag_words[0]) };

/* NAME=VALUE, or the name alone for what is usual. */
static const char *
read_width(struct setting *s, int arg, const char *value, bool may_fit,
    int64_t usual, struct number *out)
{
	uint64_t n;

	*out = (struct number){ true, usual };
	if (value == NULL)
		return NULL;
	if (may_fit && strcmp(value, "*") == 0) {
		out->is = LISTING_WIDTH_AUTO;
		return NULL;
	}
	if (!str_number(str_of(value), 10, 1000, &n) || (may_fit && n < 5 &&
	    usual == NAME_WIDTH))
		return setting_error(s, arg, "needs a number%s behind \"=\", "
		    "not \"%s\"", may_fit ? " or *" : "", value);
	out->is = (int64_t)n;
	return NULL;
}

static bool
is_named(struct str word, const char *name)
{
	return str_is_nocase(word, name);
}

/* The words with values; *known says whether it is one. */
static const char *
read_value_word(struct setting *s, int arg, struct str word,
    const char *value, bool *known)
{
	struct autoindex_conf *c = s->conf;

	*known = true;
	if (is_named(word, "NameWidth"))
		return read_width(s, arg, value, true, NAME_WIDTH,
		    &c->name_width);
	if (is_named(word, "DescriptionWidth"))
		return read_width(s, arg, value, true, DESCRIPTION_WIDTH,
		    &c->description_width);
	if (is_named(word, "IconWidth"))
		return read_width(s, arg, value, false, ICON_WIDTH,
		    &c->icon_width);
	if (is_named(word, "IconHeight"))
		return read_width(s, arg, value, false, ICON_HEIGHT,
		    &c->icon_height);
	if (is_named(word, "Charset") && value != NULL) {
		c->charset = value;
		return NULL;
	}
	if (is_named(word, "Type") && value != NULL) {
		c->type = value;
		return NULL;
	}
	*known = false;
	return NULL;
}

static void
take_flag(struct options *o, char sign, unsigned flags)
{
	if (sign == '+') {
		o->add |= flags;
		o->remove &= ~flags;
	} else if (sign == '-') {
		o->remove |= flags;
		o->add &= ~flags;
	} else {
		if (!o->absolute)
			*o = (struct options){ .absolute = true };
		o->set = flags == 0 ? 0 : o->set | flags;
	}
}

static const char *
read_flag_word(struct setting *s, int arg, char sign, struct str word)
{
	struct autoindex_conf *c = s->conf;
	const char *names[N_FLAG_WORDS], *near;

	for (size_t i = 0; i < N_FLAG_WORDS; i++) {
		names[i] = flag_words[i].word;
		if (!is_named(word, names[i]))
			continue;
		take_flag(&c->flags, sign, flag_words[i].flags);
		return NULL;
	}
	near = nearest_name(word, names, N_FLAG_WORDS);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know \"%s\"", s->argv[arg].z);
}

static const char *
read_options(struct setting *s)
{
	for (int i = 0; i < s->argc; i++) {
		const char *z = s->argv[i].z, *value = strchr(z, '='), *error;
		char sign = *z == '+' || *z == '-' ? *z++ : 0;
		struct str word = value == NULL ? str_of(z) :
		    str_n(z, (size_t)(value - z));
		bool known;

		error = read_value_word(s, i, word, value == NULL ? NULL :
		    value + 1, &known);
		if (!known)
			error = read_flag_word(s, i, sign, word);
		if (error != NULL)
			return error;
	}
	return NULL;
}

static const char *
read_order(struct setting *s)
{
	static const char *const orders[] = { "Ascending", "Descending", NULL };
	static const char *const keys[] = { "Name", "Date", "Size",
	    "Description", NULL };
	struct autoindex_conf *c = s->conf;
	int64_t order, key;
	const char *error = read_word(s, 0, orders, &order);

	if (error == NULL)
		error = read_word(s, 1, keys, &key);
	if (error == NULL)
		c->order = (struct number){ true,
		    "NMSD"[key] << 8 | "AD"[order] };
	return error;
}

/* ---- Notes: icons, texts, descriptions ----------------------------------- */

static void
add_note(struct setting *s, struct vec *notes, enum by by,
    const char *pattern, const char *text)
{
	struct note *n = arena_one(s->arena, struct note);

	n->by = by;
	n->text = text;
	if (strcmp(pattern, "**DIRECTORY**") == 0)
		pattern = "^^DIRECTORY^^";
	/* Without wildcards, the end of a name. */
	n->pattern = by != BY_PATH || str_has_glob(str_of(pattern)) ? pattern :
	    str_zfmt(s->arena, "*%s", pattern);
	vec_add(s->arena, notes, n);
}

static enum by
by_of(const struct setting *s)
{
	struct str name = str_of(s->row->name);

	return str_ends_nocase(name, STR("ByType")) ? BY_TYPE :
	    str_ends_nocase(name, STR("ByEncoding")) ? BY_ENCODING : BY_PATH;
}

/* "/icons/a.gif", or "(TXT,/icons/a.gif)" with its text. */
static const char *
read_icon(struct setting *s)
{
	struct autoindex_conf *c = s->conf;
	struct str icon = str_of(s->argv[0].z), alt = STR_NONE;
	ptrdiff_t comma = str_find(icon, ',');

	if (str_starts(icon, STR("("))) {
		if (comma < 0 || !str_ends(icon, STR(")")))
			return "must be a URL path, or (TEXT,URL)";
		alt = str_n(icon.at + 1, (size_t)comma - 1);
		icon = str_n(icon.at + comma + 1, icon.n - (size_t)comma - 2);
	}
	for (int i = 1; i < s->argc; i++) {
		add_note(s, &c->icons, by_of(s), s->argv[i].z,
		    str_z(s->arena, icon));
		if (alt.at != NULL)
			add_note(s, &c->alts, by_of(s), s->argv[i].z,
			    str_z(s->arena, alt));
	}
	return NULL;
}

static const char *
read_alt(struct setting *s)
{
	struct autoindex_conf *c = s->conf;

	for (int i = 1; i < s->argc; i++)
		add_note(s, &c->alts, by_of(s), s->argv[i].z, s->argv[0].z);
	return NULL;
}

static const char *
read_description(struct setting *s)
{
	struct autoindex_conf *c = s->conf;

	for (int i = 1; i < s->argc; i++) {
		const char *z = s->argv[i].z;

		add_note(s, &c->descriptions, BY_PATH, z[0] == '*' ? z :
		    str_zfmt(s->arena, "*%s", z), s->argv[0].z);
	}
	return NULL;
}

static const char *
read_ignore(struct setting *s)
{
	struct autoindex_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &c->ignore, s->argv[i].z);
	return NULL;
}

#define ANYWHERE	(IN_ANY | OVERRIDE_INDEXES)
#define AT(field)	offsetof(struct autoindex_conf, field)

static const struct directive rows[] = {
	{ "IndexIgnore", 1, MANY, ANYWHERE, SLOT_LIST, AT(ignore),
	  read_ignore, "names not to be listed; * and ? are wildcards" },
	{ "IndexIgnoreReset", 1, 1, ANYWHERE, SLOT_FLAG,
	  AT(ignore_reset), NULL,
	  "On or Off: forget the IndexIgnore lines of outer sections" },
	{ "IndexOptions", 1, MANY, ANYWHERE, SLOT_CUSTOM, AT(flags),
	  read_options, "how a list looks",
	  .size = sizeof(struct options) },
	{ "IndexOrderDefault", 2, 2, ANYWHERE, SLOT_CUSTOM, AT(order),
	  read_order, "Ascending or Descending, and a column",
	  .size = sizeof(struct number) },
	{ "IndexStyleSheet", 1, 1, ANYWHERE, SLOT_STRING, AT(style_sheet),
	  NULL, "a URL path" },
	{ "IndexHeadInsert", 1, 1, ANYWHERE, SLOT_STRING, AT(head_insert),
	  NULL, "text for the head of the page" },
	{ "HeaderName", 1, 1, ANYWHERE, SLOT_STRING, AT(header), NULL,
	  "a file to stand above the list" },
	{ "ReadmeName", 1, 1, ANYWHERE, SLOT_STRING, AT(readme), NULL,
	  "a file to stand below the list" },
	{ "DefaultIcon", 1, 1, ANYWHERE, SLOT_STRING, AT(default_icon), NULL,
	  "a URL path" },
	{ "AddIcon", 2, MANY, ANYWHERE, SLOT_LIST, AT(icons), read_icon,
	  "an icon, and names" },
	{ "AddIconByType", 2, MANY, ANYWHERE, SLOT_LIST, AT(icons),
	  read_icon, "an icon, and media types" },
	{ "AddIconByEncoding", 2, MANY, ANYWHERE, SLOT_LIST, AT(icons),
	  read_icon, "an icon, and content codings" },
	{ "AddAlt", 2, MANY, ANYWHERE, SLOT_LIST, AT(alts), read_alt,
	  "text for an icon, and names" },
	{ "AddAltByType", 2, MANY, ANYWHERE, SLOT_LIST, AT(alts), read_alt,
	  "text for an icon, and media types" },
	{ "AddAltByEncoding", 2, MANY, ANYWHERE, SLOT_LIST, AT(alts),
	  read_alt, "text for an icon, and codings" },
	{ "AddDescription", 2, MANY, ANYWHERE, SLOT_LIST, AT(descriptions),
	  read_description, "a description, and names" },
	{ 0 }
};

static void
merge_number(const struct number *o, const struct number *i,
    struct number *out)
{
	*out = i->given ? *i : *o;
}

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct autoindex_conf *o = outer, *i = inner;
	struct autoindex_conf *r = result;

	/* An alternative text may have come with an icon. */
	r->alts = vec_join(a, &i->alts, &o->alts);
	if (flag_or(i->ignore_reset, false))
		r->ignore = i->ignore;
	options_merge(&o->flags, &i->flags, &r->flags);
	merge_number(&o->name_width, &i->name_width, &r->name_width);
	merge_number(&o->description_width, &i->description_width,
	    &r->description_width);
	merge_number(&o->icon_width, &i->icon_width, &r->icon_width);
	merge_number(&o->icon_height, &i->icon_height, &r->icon_height);
	r->charset = i->charset != NULL ? i->charset : o->charset;
	r->type = i->type != NULL ? i->type : o->type;
}

/* ---- What is known of a file --------------------------------------------- */

/* The text of the first note for it; NULL: none.  An encoded file is not known
 * by its type. */
static const char *
note_for(const struct vec *notes, struct str path, struct str type,
    struct str encoding)
{
	for (size_t i = 0; i < notes->n; i++) {
		const struct note *n = notes->at[i];
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

static void
describe(struct request *r, const struct autoindex_conf *c,
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
	i->icon = note_for(&c->icons, path, type, encoding);
	i->alt = note_for(&c->alts, path, type, encoding);
	if (i->directory && i->icon == NULL)
		i->icon = note_for(&c->icons, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->directory && i->alt == NULL)
		i->alt = "DIR";
	if (i->icon == NULL)
		i->icon = c->default_icon;
	z = note_for(&c->descriptions, path, none, none);
	i->description = str_of(z != NULL ? z : "");
	if (z == NULL && (flags & LISTING_SCAN_TITLES) && encoding.n == 0 &&
	    (str_is(type, "text/html") ||
	    str_is(type, "application/xhtml+xml")))
		i->description = title_of(r, looked->filename);
}

/* Would a client be answered who asked for name?  A copy of r asks, so that
 * what the look-up needs can be forgotten. */
static bool
look_up(struct request *r, struct arena *scratch, struct listing_item *i,
    unsigned flags)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
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
	i->modified = looked->found.st.st_mtime;
	i->size = i->directory ? -1 : looked->found.st.st_size;
	describe(r, c, looked, i, flags);
	return true;
}

static void
read_entries(struct request *r, DIR *d, struct listing *l,
    struct str pattern)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	bool nocase = (l->flags & LISTING_IGNORE_CASE) != 0;
	struct arena *scratch = arena_new();
	struct dirent *entry;

	while ((entry = readdir(d)) != NULL) {
		struct listing_item i = { .name = str_of(entry->d_name) };

		arena_reset(scratch);
		if (is_ignored(c, i.name) || (pattern.n > 0 &&
		    !str_glob(pattern, i.name, false, nocase)) ||
		    !look_up(r, scratch, &i, l->flags))
			continue;
		i.url = url_of(r->arena, i.name, i.directory);
		i.name = str_fmt(r->arena, "%.*s%s", STR_ARGS(i.name),
		    i.directory ? "/" : "");
		vec_add(r->arena, &l->items, arena_copy(r->arena, &i,
		    sizeof(i)));
	}
	arena_end(scratch);
}

static void
add_parent(struct request *r, struct listing *l)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	struct listing_item *i = arena_one(r->arena, struct listing_item);
	struct text url = { .arena = r->arena };
	struct str path = r->path, none = STR_NONE;

	if (path.n <= 1)
		return;
	path.n--;
	text_add_url_path(&url, str_first(path,
	    (size_t)(str_rfind(path, '/') + 1)));
	i->name = STR("Parent Directory");
	i->url = text_str(&url);
	i->directory = i->parent = true;
	i->size = -1;
	i->alt = "PARENTDIR";
	i->icon = note_for(&c->icons, STR(".."), none, none);
	if (i->icon == NULL)
		i->icon = note_for(&c->icons, STR("^^DIRECTORY^^"), none,
		    none);
	if (i->icon == NULL)
		i->icon = c->default_icon;
	vec_add(r->arena, &l->items, i);
}

/* ---- What the client wants ----------------------------------------------- */

/* "C=S;O=D;F=2;V=1;P=*.txt"; what is none of these does not count. */
static void
read_query(struct request *r, struct listing *l, struct str *pattern)
{
	struct text keep = { .arena = r->arena };
	struct str rest = r->query, part;

	while (str_cut(&rest, r->query.n > 0 &&
	    str_find(r->query, ';') >= 0 ? ';' : '&', &part)) {
		struct str value = str_from(part, 2);

		if (part.n < 3 || part.at[1] != '=')
			continue;
		if (part.at[0] == 'P' && uri_decode(r->arena, value, true,
		    pattern)) {
			text_addf(&keep, ";P=%.*s", STR_ARGS(value));
			continue;
		}
		if (part.n != 3)
			continue;
		if (part.at[0] == 'C' && strchr("NMSD", value.at[0]) != NULL)
			l->key = value.at[0];
		else if (part.at[0] == 'O' && strchr("AD", value.at[0]))
			l->order = value.at[0];
		else if (part.at[0] == 'F' && value.at[0] >= '0' &&
		    value.at[0] <= '2') {
			l->flags &= ~(unsigned)(LISTING_FANCY | LISTING_TABLE);
			if (value.at[0] > '0')
				l->flags |= LISTING_FANCY;
			if (value.at[0] == '2')
				l->flags |= LISTING_TABLE;
			text_addf(&keep, ";F=%c", value.at[0]);
		} else if (part.at[0] == 'V' && (value.at[0] == '0' ||
		    value.at[0] == '1')) {
			l->flags &= ~(unsigned)LISTING_VERSIONS;
			if (value.at[0] == '1')
				l->flags |= LISTING_VERSIONS;
			text_addf(&keep, ";V=%c", value.at[0]);
		}
	}
	l->arguments = text_str(&keep);
}

static void
begin(struct request *r, struct listing *l, struct str *pattern)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	const struct options *o = &c->flags;
	int64_t order = number_or(c->order, 'N' << 8 | 'A');
	struct str none = STR_NONE;

	*l = (struct listing){ .key = (char)(order >> 8),
	    .order = (char)(order & 255),
	    .name_width = (int)number_or(c->name_width, NAME_WIDTH),
	    .description_width = (int)number_or(c->description_width,
	    LISTING_WIDTH_AUTO),
	    .icon_width = (int)number_or(c->icon_width, 0),
	    .icon_height = (int)number_or(c->icon_height, 0),
	    .styled = c->style_sheet != NULL };
	l->flags = ((o->absolute ? o->set : 0) & ~o->remove) | o->add;
	if (l->flags & LISTING_TABLE)
		l->flags |= LISTING_FANCY;
	l->blank_icon = note_for(&c->icons, STR("^^BLANKICON^^"), none, none);
	*pattern = STR("");
	if (l->flags & LISTING_IGNORE_CLIENT)
		l->flags |= LISTING_NO_SORTING;
	else
		read_query(r, l, pattern);
	/* A plain list knows only names. */
	if (!(l->flags & LISTING_FANCY)) {
		l->flags &= ~(unsigned)LISTING_FOLDERS_FIRST;
		l->key = 'N';
	}
}

/* ---- The page ------------------------------------------------------------ */

/* The file of HeaderName or ReadmeName; false: there is none to show. */
static bool
insert(struct request *r, struct text *t, const char *name)
{
	struct str type;
	struct request *looked;
	struct stat st;
	ssize_t n = 0;
	char *bytes;
	int fd;

	if (name == NULL)
		return false;
	looked = request_lookup(r, name[0] == '/' ? str_of(name) :
	    str_fmt(r->arena, "%.*s%s", STR_ARGS(r->path), name));
	type = fields_get(&looked->out, STR("Content-Type"));
	if (looked->status != 200 || looked->found.kind != FOUND_FILE ||
	    looked->handler != NULL || !str_starts(type, STR("text/")))
		return false;
	fd = os_open_file(looked->filename, looked->root_n, looked->links,
	    &st);
	if (fd == -1)
		return false;
	bytes = arena_alloc(r->arena, INSERT_MAX);
	n = read(fd, bytes, INSERT_MAX);
	close(fd);
	if (n <= 0)
		return n == 0;
	if (str_starts(type, STR("text/html"))) {
		text_add(t, str_n(bytes, (size_t)n));
		return true;
	}
	text_addz(t, "<pre>\n");
	text_add_html(t, str_n(bytes, (size_t)n));
	text_addz(t, "</pre>\n");
	return true;
}

static void
add_preamble(struct request *r, const struct listing *l, struct text *t,
    struct str path)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);

	text_addf(t, "%s<head>\n<meta name=\"viewport\" "
	    "content=\"width=device-width\"%s>\n<title>Index of ",
	    l->flags & LISTING_XHTML ?
	    "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
	    "lang=\"en\">\n" : "<!DOCTYPE html>\n<html lang=\"en\">\n",
	    l->flags & LISTING_XHTML ? " /" : "");
	text_add_html(t, path);
	text_addz(t, "</title>\n");
	if (c->style_sheet != NULL) {
		text_addz(t, "<link rel=\"stylesheet\" href=\"");
		text_add_html(t, str_of(c->style_sheet));
		text_addf(t, "\" type=\"text/css\"%s>\n",
		    l->flags & LISTING_XHTML ? " /" : "");
	}
	if (c->head_insert != NULL)
		text_addf(t, "%s\n", c->head_insert);
	text_addz(t, "</head>\n<body>\n");
}

static struct str
write_page(struct request *r, const struct listing *l)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	struct text t = { .arena = r->arena }, head = { .arena = r->arena };
	bool has_head = insert(r, &head, c->header);
	struct str path = r->path;

	if (path.n > 1 && str_ends(path, STR("/")))
		path.n--;
	if (!has_head || !(l->flags & LISTING_NO_PREAMBLE))
		add_preamble(r, l, &t, path);
	text_add(&t, text_str(&head));
	if (!has_head) {
		text_addf(&t, "<h1%s>Index of ", l->styled ?
		    " id=\"indextitle\"" : "");
		text_add_html(&t, path);
		text_addz(&t, "</h1>\n");
	}
	listing_write(&t, l);
	insert(r, &t, c->readme);
	text_addz(&t, "</body>\n</html>\n");
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
answer(struct request *r, DIR *d)
{
	const struct autoindex_conf *c = scope_get(r->scope, &mod_autoindex);
	char date[CLOCK_HTTP_SIZE];
	struct listing l;
	struct str page, pattern;

	begin(r, &l, &pattern);
	add_parent(r, &l);
	read_entries(r, d, &l, pattern);
	closedir(d);
	listing_sort(&l);
	page = write_page(r, &l);
	fields_set(&r->out, STR("Content-Type"), str_fmt(r->arena,
	    "%s;charset=%s", c->type != NULL ? c->type : "text/html",
	    c->charset != NULL ? c->charset : "UTF-8"));
	if (l.flags & LISTING_TRACK_MODIFIED) {
		clock_http_format(r->found.st.st_mtime, date);
		fields_set(&r->out, STR("Last-Modified"), str_copy(r->arena,
		    str_of(date)));
	}
	r->length = (int64_t)page.n;
	r->body = source_memory(r->arena, page);
	return DONE;
}

static int
handle(struct request *r)
{
	DIR *d;

	if (r->found.kind != FOUND_DIRECTORY || r->handler != NULL ||
	    (r->method != METHOD_GET && r->method != METHOD_HEAD) ||
	    !(core_options(r->scope) & OPTION_INDEXES) ||
	    !str_ends(r->path, STR("/")))
		return PASS;
	request_once(r);
	d = open_directory(r);
	if (d != NULL)
		return answer(r, d);
	request_log(r, LEVEL_ERROR, "autoindex", errno, "AH01275: "
	    "Can't open directory for index: %s", r->filename);
	return request_refuse(r, 403, "This directory cannot be read.");
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
