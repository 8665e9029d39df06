/*
 * sections.c - see sections.h.
 *
 * Plain paths live in a table from path to the sections written for it; those
 * with wildcards in a list beside it.  Both keep the order of the
 * configuration, which decides among sections of equal rank.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "conf/directive.h"
#include "serve/request.h"
#include "serve/sections.h"

/* ---- Reading ------------------------------------------------------------- */

/* The sections to which place adds: its host's, or those inside a section. */
static struct sections *
sections_of(struct setting *s)
{
	struct sections **in = s->place->where & IN_CONF ?
	    &((struct vhost *)s->place->owner)->sections :
	    &((struct section *)s->place->owner)->inside;

	if (*in == NULL)
		*in = arena_one(s->arena, struct sections);
	return *in;
}

struct section *
section_new(struct setting *s, enum section_kind kind)
{
	static size_t order;
	struct section *n = arena_one(s->arena, struct section);

	n->kind = kind;
	n->at = s->node->at;
	n->lines = s->node->children;
	n->scope = scope_new(s->arena);
	n->order = ++order;
	return n;
}

static bool
is_in_files(const struct place *p)
{
	for (; p != NULL && (p->where & IN_CONF) == 0; p = p->up) {
		const struct section *in = p->owner;

		if (in->kind == SECTION_FILES ||
		    in->kind == SECTION_FILES_MATCH)
			return true;
	}
	return false;
}

static const char *
regex_read(struct setting *s, int arg, struct section *n)
{
	const char *error = read_regex(s, arg, 0, &n->regex);

	for (size_t i = 1; error == NULL && i <= regex_groups(n->regex); i++)
		if (regex_group_name(n->regex, i).n > 0)
			n->named = true;
	return error;
}

/*
 * The argument of a section: plain or wildcard text into pattern, or a regular
 * expression for "...Match" and "~".  *regex says which.
 */
static const char *
pattern_read(struct setting *s, struct section *n, bool *regex)
{
	bool match = str_ends_nocase(str_of(s->row->name), STR("Match>"));
	bool tilde = s->argc == 2;
	int last = s->argc - 1;

	*regex = match || tilde;
	if (s->place->limit != NULL)
		return setting_error(s, -1, "cannot stand in <Limit> or "
		    "<LimitExcept>");
	if (is_in_files(s->place) && n->kind == SECTION_FILES)
		return setting_error(s, -1, "cannot stand in another <Files>");
	if (tilde && strcmp(s->argv[0].z, "~") != 0)
		return "takes one argument, or ~ and a regular expression";
	n->pattern = str_of(s->argv[last].z);
	if (n->pattern.n == 0)
		return "must not be empty";
	if (*regex)
		return regex_read(s, last, n);
	n->glob = str_has_glob(n->pattern);
	return NULL;
}

void
section_fill(struct setting *s, struct section *n, unsigned where)
{
	struct place inside = { .where = where, .scope = n->scope,
	    .owner = n, .up = s->place };

	directive_apply(s->reading, &inside, s->node->children);
}

static void
table_add(struct setting *s, struct hash **table, struct section *n)
{
	if (*table == NULL) {
		*table = hash_new(s->arena);
		/* A host has one or two, but there may be very many hosts. */
		hash_reserve(*table, 2);
	}
	struct vec *same = hash_get(*table, n->pattern);
	if (same == NULL) {
		same = arena_one(s->arena, struct vec);
		hash_set(*table, n->pattern, same);
	}
	vec_add(s->arena, same, n);
}

/* "/" has depth 1, "/a" 2, "/a/b" 3: the order of the walk. */
static unsigned
path_depth(struct str path)
{
	unsigned depth = 1;

	for (size_t i = 0; i < path.n; i++)
		depth += path.at[i] == '/' && i + 1 < path.n;
	return depth;
}

const char *
section_open_directory(struct setting *s)
{
	struct section *n = section_new(s, SECTION_DIRECTORY);
	struct sections *in = sections_of(s);
	bool regex;
	const char *error = pattern_read(s, n, &regex);

	if (regex)
		n->kind = SECTION_DIRECTORY_MATCH;
	else
		n->pattern = str_of(read_path(s, s->argc - 1));
	/* The lines inside are checked even when the pattern is wrong. */
	section_fill(s, n, IN_DIRECTORY);
	if (error != NULL)
		return error;
	if (regex) {
		vec_add(s->arena, &in->directory_matches, n);
		return NULL;
	}
	n->depth = path_depth(n->pattern);
	if (n->glob)
		vec_add(s->arena, &in->directory_globs, n);
	else
		table_add(s, &in->directories, n);
	return NULL;
}

const char *
section_open_files(struct setting *s)
{
	struct section *n = section_new(s, SECTION_FILES);
	bool regex;
	const char *error = pattern_read(s, n, &regex);

	section_fill(s, n, s->place->where & IN_HTACCESS ? IN_HTACCESS :
	    IN_FILES);
	if (error != NULL)
		return error;
	if (regex)
		n->kind = SECTION_FILES_MATCH;
	vec_add(s->arena, &sections_of(s)->files, n);
	return NULL;
}

const char *
section_open_location(struct setting *s)
{
	struct section *n = section_new(s, SECTION_LOCATION);
	struct sections *in = sections_of(s);
	bool regex;
	const char *error = pattern_read(s, n, &regex);

	section_fill(s, n, IN_LOCATION);
	if (error != NULL)
		return error;
	if (!regex && n->pattern.at[0] != '/' && n->pattern.at[0] != '*')
		return "must be a URL path that begins with /";
	if (regex)
		n->kind = SECTION_LOCATION_MATCH;
	if (regex || n->glob)
		vec_add(s->arena, &in->location_globs, n);
	else
		table_add(s, &in->locations, n);
	return NULL;
}

/* ---- Finding ------------------------------------------------------------- */

static const struct vec *
table_find(const struct hash *table, struct str path)
{
	static const struct vec none;
	const struct vec *found = table == NULL ? NULL :
	    hash_get(table, path);

	return found == NULL ? &none : found;
}

static bool
regex_found(const struct section *s, struct str subject,
    struct section_visit *v)
{
	static struct str group[REGEX_GROUPS];
	int found = regex_match(s->regex, subject, group,
	    s->named ? REGEX_GROUPS : 0);

	v->group = group;
	if (found < 0 && v->gave_up == NULL)
		v->gave_up = s;
	return found == 1;
}

/* What a directory or a URL path is compared with. */
struct subject {
	struct str	 path;		/* for regular expressions */
	struct str	 merged;	/* for globs: without "//" */
	unsigned	 depth;		/* of a directory; 0: a URL path */
};

static bool
pattern_found(const struct section *s, const struct subject *is,
    struct section_visit *v)
{
	if (is->depth != 0 && is->depth != s->depth)
		return false;
	if (s->regex != NULL)
		return regex_found(s, is->path, v);
	return str_glob(s->pattern, is->merged, true, false);
}

/* Tell of those of plain, and of those patterns that fit, in the order of the
 * configuration. */
static void
visit_both(const struct vec *plain, const struct vec *patterns,
    const struct subject *is, struct section_visit *v)
{
	size_t i = 0;

	for (size_t k = 0; k < patterns->n; k++) {
		const struct section *s = patterns->at[k];

		if (!pattern_found(s, is, v))
			continue;
		for (; i < plain->n; i++) {
			const struct section *p = plain->at[i];

			if (p->order > s->order)
				break;
			v->found(v, p);
		}
		v->found(v, s);
	}
	for (; i < plain->n; i++)
		v->found(v, plain->at[i]);
}

static void
one_directory(const struct sections *in, struct str directory,
    unsigned depth, struct section_visit *v)
{
	if (in != NULL)
		visit_both(table_find(in->directories, directory),
		    &in->directory_globs, &(struct subject){ directory,
		    directory, depth }, v);
}

void
sections_directory(const struct sections *outer, const struct sections *inner,
    struct str directory, unsigned depth, struct section_visit *v)
{
	one_directory(outer, directory, depth, v);
	if (inner != outer)
		one_directory(inner, directory, depth, v);
}

static void
one_match(const struct sections *in, struct str subject,
    struct section_visit *v)
{
	for (size_t i = 0; in != NULL && i < in->directory_matches.n; i++) {
		const struct section *s = in->directory_matches.at[i];

		if (regex_found(s, subject, v))
			v->found(v, s);
	}
}

void
sections_directory_match(const struct sections *outer,
    const struct sections *inner, struct str filename,
    struct section_visit *v)
{
	one_match(outer, filename, v);
	if (inner != outer)
		one_match(inner, filename, v);
}

void
sections_files(const struct sections *in, struct str name,
    struct section_visit *v)
{
	for (size_t i = 0; in != NULL && i < in->files.n; i++) {
		const struct section *s = in->files.at[i];

		if (s->regex != NULL ?
		    regex_found(s, name, v) :
		    s->glob ? str_glob(s->pattern, name, false, false) :
		    str_eq(s->pattern, name))
			v->found(v, s);
	}
}

/* Put s into the list by its order in the configuration. */
static void
insert_by_order(struct arena *a, struct vec *list, struct section *s)
{
	vec_add(a, list, s);
	for (size_t i = list->n - 1; i > 0; i--) {
		const struct section *before = list->at[i - 1];

		if (before->order <= s->order)
			break;
		list->at[i] = list->at[i - 1];
		list->at[i - 1] = s;
	}
}

/*
 * The plain sections that cover path, in configuration order: "/a" covers "/a"
 * and "/a/x", "/a/" only what is below.  The list is valid until the next call.
 */
static const struct vec *
plain_locations(const struct hash *table, struct str path)
{
	static struct arena *a;		/* of the process, grows to the need */
	static struct vec found;

	if (a == NULL)
		a = arena_new();
	found.n = 0;
	for (size_t i = 1; table != NULL && i <= path.n; i++) {
		if (i != path.n && path.at[i] != '/' && path.at[i - 1] != '/')
			continue;
		const struct vec *same = table_find(table,
		    str_first(path, i));
		for (size_t k = 0; k < same->n; k++)
			insert_by_order(a, &found, same->at[k]);
	}
	return &found;
}

static void
one_location(const struct sections *in, struct str path, struct str merged,
    struct section_visit *v)
{
	if (in != NULL)
		visit_both(plain_locations(in->locations, merged),
		    &in->location_globs, &(struct subject){ path, merged, 0 },
		    v);
}

void
sections_location(const struct sections *outer, const struct sections *inner,
    struct str path, struct str merged, struct section_visit *v)
{
	one_location(outer, path, merged, v);
	if (inner != outer)
		one_location(inner, path, merged, v);
}

void
section_env(const struct section_visit *v, const struct section *s,
    struct request *r)
{
	for (size_t i = 1; s->named && i < REGEX_GROUPS; i++) {
		struct text name = { .arena = r->arena };
		struct str part = regex_group_name(s->regex, i);

		if (part.n == 0 || v->group[i].at == NULL)
			continue;
		text_addz(&name, "MATCH_");
		for (size_t k = 0; k < part.n; k++)
			text_addc(&name, char_upper(part.at[k]));
		request_env_set(r, text_str(&name), str_copy(r->arena,
		    v->group[i]));
	}
}
