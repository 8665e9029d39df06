/*
 * mod_mime - what a file is, told by its name: media type, charset, language,
 * encoding and handler.
 *
 * Every part of the name behind the first dot that is not a leading one counts,
 * in any order: "index.html.fr.gz" is a French page, compressed.  Of two parts
 * that say the same kind of thing the later wins; languages and encodings add
 * up.  SetHandler and ForceType, which the core reads, have the last word.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "conf/directive.h"
#include "http/accept.h"
#include "serve/charset.h"
#include "serve/expr.h"
#include "serve/request.h"

extern struct module mod_mime;

/* What an extension means; NULL: nothing said. */
struct meaning {
	const char	*type, *charset, *language, *encoding, *handler;
};

/* A Remove... line. */
struct removal {
	struct str	 extension;
	size_t		 at;		/* offset in struct meaning */
};

/* What MultiViews takes for a name that says what a file is, beside what tells
 * type, language, charset or encoding. */
enum { MATCH_HANDLERS = 1 << 0, MATCH_FILTERS = 1 << 1, MATCH_ANY = 1 << 2 };

struct mime_conf {
	struct hash	*extensions;	/* lower case, no dot -> meaning */
	struct vec	 removals;
	struct hash	*types;		/* of the main server: TypesConfig */
	const char	*default_language;
	enum flag	 use_path_info;
	struct number	 match;		/* MultiviewsMatch */
};

/* ---- Types by extension -------------------------------------------------- */

/* When there is no TypesConfig. */
static const char *const usual_types[][2] = {
	{ "aac", "audio/aac" }, { "atom", "application/atom+xml" },
	{ "avif", "image/avif" }, { "bin", "application/octet-stream" },
	{ "bmp", "image/bmp" }, { "bz2", "application/x-bzip2" },
	{ "css", "text/css" }, { "csv", "text/csv" },
	{ "epub", "application/epub+zip" }, { "flac", "audio/flac" },
	{ "gif", "image/gif" }, { "gz", "application/gzip" },
	{ "htm", "text/html" }, { "html", "text/html" },
	{ "ico", "image/vnd.microsoft.icon" }, { "ics", "text/calendar" },
	{ "iso", "application/octet-stream" }, { "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" }, { "js", "text/javascript" },
	{ "json", "application/json" }, { "jsonld", "application/ld+json" },
	{ "m4a", "audio/mp4" }, { "md", "text/markdown" },
	{ "mjs", "text/javascript" }, { "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" }, { "mpeg", "video/mpeg" },
	{ "oga", "audio/ogg" }, { "ogg", "audio/ogg" },
	{ "ogv", "video/ogg" }, { "opus", "audio/ogg" },
	{ "otf", "font/otf" }, { "pdf", "application/pdf" },
	{ "png", "image/png" }, { "rss", "application/rss+xml" },
	{ "rtf", "application/rtf" }, { "svg", "image/svg+xml" },
	{ "tar", "application/x-tar" }, { "tif", "image/tiff" },
	{ "tiff", "image/tiff" }, { "ttf", "font/ttf" },
	{ "txt", "text/plain" }, { "vtt", "text/vtt" },
	{ "wasm", "application/wasm" }, { "wav", "audio/x-wav" },
	{ "webm", "video/webm" }, { "webmanifest",
	  "application/manifest+json" }, { "webp", "image/webp" },
	{ "woff", "font/woff" }, { "woff2", "font/woff2" },
	{ "xhtml", "application/xhtml+xml" }, { "xml", "application/xml" },
	{ "xsl", "application/xslt+xml" }, { "xz", "application/x-xz" },
	{ "zip", "application/zip" }, { "zst", "application/zstd" },
};

/* A line of a mime.types file: a type and its extensions. */
static void
types_add_line(struct arena *a, struct hash *types, struct str line)
{
	struct str word;
	char *type;

	while (str_ends(line, STR("\n")) || str_ends(line, STR("\r")))
		line.n--;
	if (!str_word(&line, &word) || word.at[0] == '#')
		return;
	type = str_z(a, word);
	while (str_word(&line, &word) && word.at[0] != '#')
		hash_set(types, str_lower(a, word), type);
}

static const char *
read_types_config(struct setting *s)
{
	struct mime_conf *c = s->conf;
	const char *path = read_path(s, 0);
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (f == NULL)
		return setting_error(s, 0, "cannot read %s: %s", path,
		    strerror(errno));
	c->types = hash_new(s->arena);
	while ((n = getline(&line, &room, f)) > 0)
		types_add_line(s->arena, c->types, str_n(line, (size_t)n));
	free(line);
	fclose(f);
	return NULL;
}

static void
finish(struct reading *r)
{
	struct mime_conf *c = scope_conf(r->arena, r->config->main->scope,
	    &mod_mime);

	if (c->types != NULL)
		return;
	c->types = hash_new(r->arena);
	for (size_t i = 0; i < sizeof(usual_types) / sizeof(usual_types[0]);
	    i++)
		hash_set(c->types, str_of(usual_types[i][0]),
		    (char *)(uintptr_t)usual_types[i][1]);
}

/* ---- Directives ---------------------------------------------------------- */

/* "HTML" and ".html" are "html". */
static struct str
extension_of(struct arena *a, const char *z)
{
	return str_lower(a, str_of(z[0] == '.' ? z + 1 : z));
}

static struct meaning *
meaning_of(struct arena *a, struct hash *extensions, struct str extension)
{
	struct meaning *m = hash_get(extensions, extension);

	if (m == NULL) {
		m = arena_one(a, struct meaning);
		hash_set(extensions, extension, m);
	}
	return m;
}

static const char **
meaning_field(struct meaning *m, size_t at)
{
	return (const char **)(void *)((char *)m + at);
}

/* The rows' "at" is an offset in struct meaning. */
static const char *
read_add(struct setting *s)
{
	struct mime_conf *c = s->conf;
	const char *value = str_z(s->arena, str_lower(s->arena,
	    str_of(s->argv[0].z)));

	if (c->extensions == NULL)
		c->extensions = hash_new(s->arena);
	for (int i = 1; i < s->argc; i++)
		*meaning_field(meaning_of(s->arena, c->extensions,
		    extension_of(s->arena, s->argv[i].z)), s->row->at) = value;
	return NULL;
}

static const char *
read_add_type(struct setting *s)
{
	if (str_find(str_of(s->argv[0].z), '/') < 0)
		setting_warn(s, 0, "begins with \"%s\", which is no media "
		    "type: it has no slash", s->argv[0].z);
	return read_add(s);
}

static const char *
read_remove(struct setting *s)
{
	struct mime_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++) {
		struct removal *gone = arena_one(s->arena, struct removal);

		gone->extension = extension_of(s->arena, s->argv[i].z);
		gone->at = s->row->at;
		vec_add(s->arena, &c->removals, gone);
	}
	return NULL;
}

static const char *
read_default_type(struct setting *s)
{
	if (!str_is_nocase(str_of(s->argv[0].z), "none"))
		setting_warn(s, 0, "has no effect any more; ForceType and "
		    "AddType say what a file is");
	return NULL;
}

/* NegotiatedOnly or Any alone, or Handlers and Filters, as in Apache. */
static const char *
read_match(struct setting *s)
{
	static const char *const words[] = { "NegotiatedOnly", "Handlers",
	    "Filters", "Any", NULL };
	static const int bits[] = { 0, MATCH_HANDLERS, MATCH_FILTERS,
	    MATCH_ANY };
	struct mime_conf *c = s->conf;

	c->match = (struct number){ .given = true };
	for (int i = 0; i < s->argc; i++) {
		int64_t word;
		const char *error = read_word(s, i, words, &word);

		if (error != NULL)
			return error;
		if (s->argc > 1 && word != 1 && word != 2)
			return setting_error(s, i, "takes %s alone",
			    words[word]);
		c->match.is |= bits[word];
	}
	return NULL;
}

#define AT(field)	offsetof(struct meaning, field)
#define ANYWHERE	(IN_ANY | OVERRIDE_FILEINFO)

static const struct directive rows[] = {
	{ "TypesConfig", 1, 1, IN_SERVER, SLOT_NONE, 0, read_types_config,
	  "a mime.types file" },
	{ "AddType", 2, MANY, ANYWHERE, SLOT_NONE, AT(type), read_add_type,
	  "a media type, and file name extensions" },
	{ "AddCharset", 2, MANY, ANYWHERE, SLOT_NONE, AT(charset), read_add,
	  "a charset, and file name extensions" },
	{ "AddLanguage", 2, MANY, ANYWHERE, SLOT_NONE, AT(language), read_add,
	  "a language, and file name extensions" },
	{ "AddEncoding", 2, MANY, ANYWHERE, SLOT_NONE, AT(encoding), read_add,
	  "a content coding, and file name extensions" },
	{ "AddHandler", 2, MANY, ANYWHERE, SLOT_NONE, AT(handler), read_add,
	  "a handler, and file name extensions" },
	{ "RemoveType", 1, MANY, ANYWHERE, SLOT_NONE, AT(type), read_remove,
	  "extensions that no outer AddType shall mean" },
	{ "RemoveCharset", 1, MANY, ANYWHERE, SLOT_NONE, AT(charset),
	  read_remove, "extensions that no outer AddCharset shall mean" },
	{ "RemoveLanguage", 1, MANY, ANYWHERE, SLOT_NONE, AT(language),
	  read_remove, "extensions that no outer AddLanguage shall mean" },
	{ "RemoveEncoding", 1, MANY, ANYWHERE, SLOT_NONE, AT(encoding),
	  read_remove, "extensions that no outer AddEncoding shall mean" },
	{ "RemoveHandler", 1, MANY, ANYWHERE, SLOT_NONE, AT(handler),
	  read_remove, "extensions that no outer AddHandler shall mean" },
	{ "DefaultLanguage", 1, 1, ANYWHERE, SLOT_STRING,
	  offsetof(struct mime_conf, default_language), NULL,
	  "the language of files whose name tells none" },
	{ "ModMimeUsePathInfo", 1, 1, IN_SECTION, SLOT_FLAG,
	  offsetof(struct mime_conf, use_path_info), NULL,
	  "On or Off: look at the path behind the file's name, too" },
	{ "MultiviewsMatch", 1, 2, ANYWHERE, SLOT_CUSTOM,
	  offsetof(struct mime_conf, match), read_match,
	  "NegotiatedOnly, Any, or Handlers and Filters: what may stand in the "
	  "names that MultiViews finds", .size = sizeof(struct number) },
	{ "DefaultType", 1, 1, ANYWHERE | ACCEPTED_ONLY, SLOT_NONE, 0,
	  read_default_type, "none" },
	{ 0 }
};

static void
overlay(struct arena *a, struct hash *onto, const struct hash *with)
{
	struct str extension;
	void *value;

	for (size_t i = 0; with != NULL &&
	    hash_at(with, i, &extension, &value); i++) {
		struct meaning *m = meaning_of(a, onto, extension);

		for (size_t at = 0; at < sizeof(*m); at += sizeof(char *))
			if (*meaning_field(value, at) != NULL)
				*meaning_field(m, at) =
				    *meaning_field(value, at);
	}
}

/* What a scope removes it does not even add itself, as in Apache. */
static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct mime_conf *o = outer, *i = inner;
	struct mime_conf *merged = result;

	merged->types = NULL;
	merged->removals = (struct vec){ 0 };
	merged->extensions = hash_new(a);
	overlay(a, merged->extensions, o->extensions);
	overlay(a, merged->extensions, i->extensions);
	for (size_t k = 0; k < i->removals.n; k++) {
		const struct removal *gone = i->removals.at[k];
		struct meaning *m = meaning_of(a, merged->extensions,
		    gone->extension);

		*meaning_field(m, gone->at) = gone->at == AT(type) ? "" : NULL;
	}
}

/* ---- Requests ------------------------------------------------------------ */

/* What all extensions of a name say together. */
struct told {
	const char	*type, *charset, *handler;
	struct text	 languages, encodings;
	bool		 wanted;	/* by MultiViews: */
	bool		 anything;	/* of what can be negotiated */
	struct vec	 untold;	/* struct str *: say nothing */
};

static void
list_add(struct text *t, const char *separator, const char *word)
{
	if (word == NULL)
		return;
	if (t->n > 0)
		text_addz(t, separator);
	text_addz(t, word);
}

static void
take_meaning(struct told *told, const struct meaning *m)
{
	if (m->type != NULL && m->type[0] != 0)
		told->type = m->type;
	if (m->charset != NULL)
		told->charset = m->charset;
	if (m->handler != NULL)
		told->handler = m->handler;
	list_add(&told->languages, ",", m->language);
	list_add(&told->encodings, ", ", m->encoding);
}

/* Whether MultiViews may leave a part with this meaning out of a name. */
static bool
tells(const struct mime_conf *c, const struct meaning *m, const char *type)
{
	int64_t match = number_or(c->match, 0);

	return type != NULL || (match & MATCH_ANY) || (m != NULL &&
	    ((m->type != NULL && m->type[0] != 0) || m->charset != NULL ||
	    m->language != NULL || m->encoding != NULL ||
	    (m->handler != NULL && (match & MATCH_HANDLERS))));
}

static void
add_untold(struct arena *a, struct told *told, struct str part)
{
	if (told->wanted)
		vec_add(a, &told->untold, arena_copy(a, &part, sizeof(part)));
}

/* Read the extensions of a file name without directory. */
static void
read_name(struct arena *a, const struct mime_conf *c,
    const struct hash *types, struct str name, struct told *told)
{
	struct str part;
	size_t dot = 0;

	while (dot < name.n && name.at[dot] == '.')
		dot++;
	while (dot < name.n && name.at[dot] != '.')
		dot++;
	add_untold(a, told, str_first(name, dot));
	name = str_from(name, dot + 1);
	while (str_cut(&name, '.', &part)) {
		struct str extension = str_lower(a, part);
		const struct meaning *m = c->extensions == NULL ? NULL :
		    hash_get(c->extensions, extension);
		const char *type = hash_get(types, extension);

		/* An empty type: RemoveType, which TypesConfig minds, too. */
		if (type != NULL && m != NULL && m->type != NULL &&
		    m->type[0] == 0)
			type = NULL;
		if (type != NULL)
			told->type = type;
		if (m != NULL)
			take_meaning(told, m);
		if (tells(c, m, type))
			told->anything = true;
		else if (part.n > 0)
			add_untold(a, told, part);
	}
}

/*
 * A client that knows "gzip" as "x-gzip", or the other way round, is told the
 * word that it uses itself.
 */
static struct str
in_words_of(const struct request *r, struct str coding)
{
	struct vec known = accept_read(r->arena, fields_join(r->arena, &r->in,
	    STR("Accept-Encoding")));
	struct str bare = accept_coding(coding), other = STR_NONE;

	for (size_t i = 0; i < known.n; i++) {
		struct str name = ((const struct accept_entry *)
		    known.at[i])->name;

		if (str_eq(name, bare))
			return name;
		if (str_eq(accept_coding(name), bare))
			other = name;
	}
	return other.n > 0 ? other : coding;
}

static void
set_by_name(struct request *r)
{
	const struct mime_conf *c = scope_get(r->scope, &mod_mime);
	const struct mime_conf *main = scope_get(r->config->main->scope,
	    &mod_mime);
	struct told told = { .languages = { .arena = r->arena },
	    .encodings = { .arena = r->arena }, .wanted = r->main != NULL };
	struct str name = str_of(r->filename);

	if (flag_or(c->use_path_info, false) && r->path_info.n > 0)
		name = str_fmt(r->arena, "%s%.*s", r->filename,
		    STR_ARGS(r->path_info));
	name = str_from(name, (size_t)(str_rfind(name, '/') + 1));
	read_name(r->arena, c, main->types, name, &told);
	if (told.languages.n == 0)
		list_add(&told.languages, ",", c->default_language);
	if (told.type != NULL)
		fields_set(&r->out, STR("Content-Type"),
		    charset_put(r->arena, str_of(told.type),
		    told.charset));
	if (told.languages.n > 0)
		fields_set(&r->out, STR("Content-Language"),
		    text_str(&told.languages));
	if (told.encodings.n > 0)
		fields_set(&r->out, STR("Content-Encoding"),
		    in_words_of(r, text_str(&told.encodings)));
	r->named = told.anything;
	r->untold = told.untold;
	if (told.handler != NULL)
		r->handler = told.handler;
}

static bool
is_given(const char *z)
{
	return z != NULL && strcmp(z, "none") != 0;
}

/*
 * The older way to name a handler, as in Apache.  Such a type is for servers: a
 * file that has it is never shown, not even when nobody can run it.
 */
static void
set_by_type(struct request *r)
{
	struct str type = fields_get(&r->out, STR("Content-Type")), base;

	if (r->handler != NULL || r->found.kind != FOUND_FILE ||
	    !str_starts_nocase(type, STR("application/x-httpd-")) ||
	    !str_cut(&type, ';', &base))
		return;
	r->handler = str_z(r->arena, str_lower(r->arena, str_trim(base)));
	fields_unset(&r->out, STR("Content-Type"));
}

static int
fixup(struct request *r)
{
	const struct core_conf *core = core_conf(r->scope);

	/* It becomes another request, which has a type of its own. */
	if (r->handler != NULL && strcmp(r->handler, "redirect-handler") == 0)
		return PASS;
	if (r->found.kind != FOUND_DIRECTORY && r->filename != NULL)
		set_by_name(r);
	if (is_given(core->type))
		fields_set(&r->out, STR("Content-Type"), str_of(core->type));
	if (core->handler_expr != NULL) {
		struct str said = expr_string(core->handler_expr, r, NULL);

		if (said.at == NULL)
			return request_refuse(r, 500, "The handler of this "
			    "file cannot be told.");
		if (!str_starts(said, STR("none")))
			r->handler = str_z(r->arena, said);
	} else if (is_given(core->handler)) {
		r->handler = core->handler;
	}
	set_by_type(r);
	return PASS;
}

/* The extensions that say something; the others would to MultiViews alone,
 * which is for what is not there. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct mime_conf *c = scope_get(q->looked->scope, &mod_mime);
	const struct mime_conf *main = scope_get(q->looked->config->main->scope,
	    &mod_mime);
	struct str name = q->name, part;
	size_t dot = 0;

	if (core_conf(q->looked->scope)->handler_expr != NULL)
		return KIN_NOT;
	while (dot < name.n && name.at[dot] == '.')
		dot++;
	while (dot < name.n && name.at[dot] != '.')
		dot++;
	name = str_from(name, dot + 1);
	while (str_cut(&name, '.', &part)) {
		struct str extension = str_lower(q->key->arena, part);

		if (hash_get(main->types, extension) == NULL &&
		    (c->extensions == NULL ||
		    hash_get(c->extensions, extension) == NULL))
			continue;
		text_add(q->key, extension);
		text_addc(q->key, '.');
	}
	return KIN_BY_NAME;
}

struct module mod_mime = {
	.name = "mime",
	.alias = "mod_mime.c mime_module",
	.conf_size = sizeof(struct mime_conf),
	.rows = rows,
	.merge = merge,
	.finish = finish,
	.kin = kin,
	.steady = true,
	.fixup = fixup,
};
