/*
 * override.c - see override.h.
 *
 * Fails closed: without AllowOverride nothing is allowed, and no file is read.
 */
#include <string.h>

#include "base/arena.h"
#include "conf/setting.h"
#include "serve/options.h"
#include "serve/override.h"

const struct override override_all = {
	.classes = OVERRIDE_ALL, .options = ~0u,
};

/* A bit that says that AllowOverride was given, even if it was None. */
#define GIVEN	1u

static const struct class {
	const char	*word;
	unsigned	 bits;
} classes[] = {
	{ "All", OVERRIDE_ALL },
	{ "None", 0 },
	{ "AuthConfig", OVERRIDE_AUTHCONFIG },
	{ "FileInfo", OVERRIDE_FILEINFO },
	{ "Indexes", OVERRIDE_INDEXES },
	{ "Limit", OVERRIDE_LIMIT },
	{ "Options", OVERRIDE_OPTIONS },
	{ "Nonfatal", 0 },		/* for hints only */
};

enum { N_CLASSES = sizeof(classes) / sizeof(classes[0]) };

static const char *
class_unknown(struct setting *s, int arg)
{
	const char *names[N_CLASSES], *near;

	for (size_t i = 0; i < N_CLASSES; i++)
		names[i] = classes[i].word;
	near = nearest_name(str_of(s->argv[arg].z), names, N_CLASSES);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know \"%s\"", s->argv[arg].z);
}

/* Options=Indexes,FollowSymLinks */
static const char *
add_options(struct setting *s, int arg, struct str list, struct override *o)
{
	struct str word;
	const char *near;
	unsigned bits;

	o->classes |= OVERRIDE_OPTIONS;
	o->options = 0;
	while (str_cut(&list, ',', &word)) {
		if (!options_named(word, &bits)) {
			near = options_near(word);
			if (near != NULL)
				s->hint = str_zfmt(s->arena, "did you mean "
				    "%s?", near);
			return setting_error(s, arg, "does not know the option "
			    "\"%.*s\"", STR_ARGS(word));
		}
		o->options |= bits;
	}
	return NULL;
}

static const char *
add_nonfatal(struct setting *s, int arg, struct str word, struct override *o)
{
	bool all = str_is_nocase(word, "All");
	bool forbidden = str_is_nocase(word, "Override");
	bool unknown = str_is_nocase(word, "Unknown");

	if (!all && !forbidden && !unknown)
		return setting_error(s, arg, "needs Nonfatal=Override, "
		    "Nonfatal=Unknown or Nonfatal=All");
	o->skip_forbidden |= all || forbidden;
	o->skip_unknown |= all || unknown;
	return NULL;
}

static const char *
add_class(struct setting *s, int arg, struct override *o)
{
	struct str rest = str_of(s->argv[arg].z), word;
	bool has_list = str_find(rest, '=') > 0;

	str_cut(&rest, '=', &word);
	if (has_list && str_is_nocase(word, "Options"))
		return add_options(s, arg, rest, o);
	if (has_list && str_is_nocase(word, "Nonfatal"))
		return add_nonfatal(s, arg, rest, o);
	for (size_t i = 0; !has_list && i < N_CLASSES - 1; i++) {
		if (!str_is_nocase(word, classes[i].word))
			continue;
		o->classes = classes[i].bits == 0 ? GIVEN :
		    o->classes | classes[i].bits;
		if (classes[i].bits & OVERRIDE_OPTIONS)
			o->options = ~0u;
		return NULL;
	}
	return class_unknown(s, arg);
}

/* Other sections, and those with a regular expression, are merged when all
 * .htaccess files have been read. */
static bool
is_in_vain(struct setting *s)
{
	const struct section *in = s->place->owner;

	if (s->place->where != IN_DIRECTORY)
		setting_warn(s, -1, "has no effect here; write it into a "
		    "<Directory>");
	else if (in->regex != NULL)
		setting_warn(s, -1, "has no effect in a section with a regular "
		    "expression; write it into a plain <Directory>");
	else
		return false;
	return true;
}

const char *
override_set_classes(struct setting *s)
{
	struct core_conf *c = s->conf;
	struct override o = { .classes = GIVEN, .options = ~0u };
	bool in_vain = is_in_vain(s);

	for (int i = 0; i < s->argc; i++) {
		const char *error = add_class(s, i, &o);

		if (error != NULL)
			return error;
	}
	if (!in_vain)
		c->override = o;
	return NULL;
}

static void
add_name(struct setting *s, int arg, struct vec *names)
{
	struct str name = str_of(s->argv[arg].z);
	const struct directive *row = directive_named(name, NULL);

	if (row == NULL && str_starts(name, STR("<")) &&
	    !str_ends(name, STR(">")))
		row = directive_named(str_fmt(s->arena, "%.*s>",
		    STR_ARGS(name)), NULL);
	if (row == NULL)
		setting_warn(s, arg, "names a directive that is not known");
	else if ((row->where & IN_HTACCESS) == 0)
		setting_warn(s, arg, "names a directive that no .htaccess "
		    "file may hold");
	else
		vec_add(s->arena, names, (void *)(uintptr_t)row);
}

const char *
override_set_names(struct setting *s)
{
	struct core_conf *c = s->conf;
	struct vec *names = arena_one(s->arena, struct vec);
	bool none = s->argc == 1 &&
	    str_is_nocase(str_of(s->argv[0].z), "None");

	for (int i = 0; i < s->argc && !none; i++)
		add_name(s, i, names);
	if (!is_in_vain(s))
		c->override_names = names;
	return NULL;
}

const char *
override_set_files(struct setting *s)
{
	struct core_conf *c = s->conf;

	c->access_names.n = 0;
	for (int i = 0; i < s->argc; i++) {
		struct str name = str_of(s->argv[i].z);

		if (name.n == 0 || str_find(name, '/') >= 0 ||
		    str_is(name, ".") || str_is(name, ".."))
			return setting_error(s, i, "needs names of files, "
			    "without /");
		vec_add(s->arena, &c->access_names, s->argv[i].z);
	}
	return NULL;
}

bool
override_of(const struct scope *s, struct override *o)
{
	const struct core_conf *c = core_conf(s);

	*o = c->override;
	o->classes &= OVERRIDE_ALL;
	o->names = c->override_names;
	if (o->classes == 0 && c->override.classes == 0)
		o->options = ~0u;
	return o->classes != 0 || (o->names != NULL && o->names->n > 0);
}

bool
override_same(const struct override *a, const struct override *b)
{
	return a->classes == b->classes && a->options == b->options &&
	    a->skip_forbidden == b->skip_forbidden &&
	    a->skip_unknown == b->skip_unknown && a->names == b->names;
}

const struct vec *
override_files(const struct scope *host)
{
	static char usual[] = ".htaccess";
	static void *at[] = { usual };
	static const struct vec one = { at, 1, 0 };
	const struct vec *names = &core_conf(host)->access_names;

	return names->n > 0 ? names : &one;
}
