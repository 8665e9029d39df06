/*
 * mod_autoindex - the list of a directory's files, where Options Indexes allows
 * it.
 * Manual: modules/autoindex.html
 *
 * Here are its directives; listing/ reads directories and writes pages.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "conf/directive.h"
#include "http/method.h"
#include "listing/conf.h"
#include "listing/kept.h"
#include "listing/listing.h"
#include "listing/page.h"
#include "serve/output.h"
#include "serve/request.h"

extern struct module mod_autoindex;

enum { ICON_WIDTH = 20, ICON_HEIGHT = 22 };

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
	    usual == LISTING_NAME_WIDTH))
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
	struct listing_conf *c = s->conf;

	*known = true;
	if (is_named(word, "NameWidth"))
		return read_width(s, arg, value, true, LISTING_NAME_WIDTH,
		    &c->name_width);
	if (is_named(word, "DescriptionWidth"))
		return read_width(s, arg, value, true,
		    LISTING_DESCRIPTION_WIDTH, &c->description_width);
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
	struct listing_conf *c = s->conf;
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
	struct listing_conf *c = s->conf;
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
add_note(struct setting *s, struct vec *notes, enum listing_by by,
    const char *pattern, const char *text)
{
	struct listing_note *n = arena_one(s->arena, struct listing_note);

	n->by = by;
	n->text = text;
	if (strcmp(pattern, "**DIRECTORY**") == 0)
		pattern = "^^DIRECTORY^^";
	/* Without wildcards, the end of a name. */
	n->pattern = by != BY_PATH || str_has_glob(str_of(pattern)) ? pattern :
	    str_zfmt(s->arena, "*%s", pattern);
	if (by == BY_PATH && n->pattern[0] == '*')
		n->ends = str_of(n->pattern + 1);
	if (str_has_glob(n->ends) || str_find(n->ends, '\\') >= 0)
		n->ends = STR_NONE;
	vec_add(s->arena, notes, n);
}

static enum listing_by
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
	struct listing_conf *c = s->conf;
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
	struct listing_conf *c = s->conf;

	for (int i = 1; i < s->argc; i++)
		add_note(s, &c->alts, by_of(s), s->argv[i].z, s->argv[0].z);
	return NULL;
}

static const char *
read_description(struct setting *s)
{
	struct listing_conf *c = s->conf;

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
	struct listing_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &c->ignore, s->argv[i].z);
	return NULL;
}

#define ANYWHERE	(IN_ANY | OVERRIDE_INDEXES)
#define AT(field)	offsetof(struct listing_conf, field)

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
	const struct listing_conf *o = outer, *i = inner;
	struct listing_conf *r = result;

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

/* ---- Requests ------------------------------------------------------------ */

static int
answer(struct request *r)
{
	const struct listing_conf *c = scope_get(r->scope, &mod_autoindex);
	struct str page = page_make(r, c);
	char date[CLOCK_HTTP_SIZE];

	if (page.at == NULL) {
		request_log(r, LEVEL_ERROR, "autoindex", errno, "AH01275: "
		    "Can't open directory for index: %s", r->filename);
		return request_refuse(r, 403, "This directory cannot be "
		    "read.");
	}
	fields_set(&r->out, STR("Content-Type"), str_fmt(r->arena,
	    "%s;charset=%s", c->type != NULL ? c->type : "text/html",
	    c->charset != NULL ? c->charset : "UTF-8"));
	if (page_flags(c) & LISTING_TRACK_MODIFIED) {
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
	if (r->found.kind != FOUND_DIRECTORY || r->handler != NULL ||
	    (r->method != METHOD_GET && r->method != METHOD_HEAD) ||
	    !(core_options(r->scope) & OPTION_INDEXES) ||
	    !str_ends(r->path, STR("/")))
		return PASS;
	return answer(r);
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	kept_begin(l);
}

struct module mod_autoindex = {
	.name = "autoindex",
	.alias = "mod_autoindex.c autoindex_module",
	.conf_size = sizeof(struct listing_conf),
	.rows = rows,
	.merge = merge,
	.worker = worker,
	.steady = true,
	.handle = handle,
};
