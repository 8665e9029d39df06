/*
 * macro.c - see macro.h.
 *
 * Obeyed while the text is read, like Define.  Knows the parser by two calls.
 * Replacing is textual and done once: what an argument brings in is not looked
 * at again.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/macro.h"
#include "conf/parse.h"

struct macro {
	const char	*name;
	struct spot	 at;		/* its <Macro>'s name */
	int		 n_parameters;
	const struct arg *parameters;
	struct str	 text;
	bool		 in_use;	/* its lines are being read */
	bool		 undefined;	/* UndefMacro */
};

static struct macro *
macro_named(const struct reading *r, const char *name)
{
	for (size_t i = r->macros.n; i > 0; i--) {
		struct macro *m = r->macros.at[i - 1];

		if (str_is_nocase(str_of(name), m->name))
			return m->undefined ? NULL : m;
	}
	return NULL;
}

/* ---- Definitions --------------------------------------------------------- */

static bool
has_sign(const char *name)
{
	return name[0] == '$' || name[0] == '%' || name[0] == '@';
}

/* Two parameters of one name, or an empty one, are errors. */
static const char *
check_parameters(struct setting *s)
{
	for (int i = 1; i < s->argc; i++) {
		if (s->argv[i].z[0] == 0)
			return setting_error(s, i, "needs names of parameters "
			    "that are not empty");
		if (!has_sign(s->argv[i].z))
			setting_warn(s, i, "parameter \"%s\" should begin "
			    "with $, %% or @, so that it is not replaced in "
			    "the middle of words", s->argv[i].z);
		for (int k = 1; k < i; k++)
			if (str_is_nocase(str_of(s->argv[i].z), s->argv[k].z))
				return setting_error(s, i, "has the parameter "
				    "%s twice", s->argv[i].z);
	}
	return NULL;
}

static void
warn_unused(struct reading *r, const struct macro *m)
{
	for (int i = 0; i < m->n_parameters; i++) {
		const char *name = m->parameters[i].z;

		if (str_find_str(m->text, str_of(name)) < 0)
			diagnose(r->diagnosis, SEVERITY_WARNING, &m->at, NULL,
			    "macro '%s' never uses its parameter %s", m->name,
			    name);
	}
}

static void
define(struct reading *r, void *macro, struct str text)
{
	struct macro *m = macro;

	m->text = text;
	if (text.n == 0)
		diagnose(r->diagnosis, SEVERITY_WARNING, &m->at, NULL,
		    "macro '%s' is empty", m->name);
	warn_unused(r, m);
	vec_add(r->arena, &r->macros, m);
}

static const char *
set_macro(struct setting *s)
{
	struct macro *m = arena_one(s->arena, struct macro), *old;
	const char *error = check_parameters(s);

	m->name = str_z(s->arena, str_lower(s->arena,
	    str_of(s->argv[0].z)));
	m->at = s->node->at;
	m->n_parameters = s->argc - 1;
	m->parameters = s->argv + 1;
	old = macro_named(s->reading, m->name);
	if (old != NULL)
		setting_warn(s, 0, "takes the place of macro '%s' defined in "
		    "%s:%u", m->name, old->at.file, old->at.line);
	/* Its lines are not read in any case. */
	parser_take_lines(s->conf, define, m);
	return error;
}

static const char *
set_undef(struct setting *s)
{
	struct macro *m = macro_named(s->reading, s->argv[0].z);

	if (m == NULL)
		return setting_error(s, 0, "names a macro that is not "
		    "defined");
	m->undefined = true;
	return NULL;
}

/* ---- Uses ---------------------------------------------------------------- */

/* The longest of the parameters that s begins with, or -1. */
static int
parameter_at(const struct macro *m, struct str s)
{
	size_t longest = 0;
	int found = -1;

	for (int i = 0; i < m->n_parameters; i++) {
		struct str name = str_of(m->parameters[i].z);

		if (name.n > longest && str_starts(s, name)) {
			longest = name.n;
			found = i;
		}
	}
	return found;
}

/* As Apache has it, what stands for @name comes in quotes. */
static void
add_argument(struct text *t, const char *name, const char *value)
{
	if (name[0] != '@') {
		text_addz(t, value);
		return;
	}
	text_addc(t, '"');
	for (; *value != 0; value++) {
		if (*value == '"' || *value == '\\')
			text_addc(t, '\\');
		text_addc(t, *value);
	}
	text_addc(t, '"');
}

static struct str
replace(struct arena *a, const struct macro *m, const struct arg *arguments)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < m->text.n;) {
		int k = parameter_at(m, str_from(m->text, i));

		if (k < 0) {
			text_addc(&t, m->text.at[i++]);
			continue;
		}
		add_argument(&t, m->parameters[k].z, arguments[k].z);
		i += strlen(m->parameters[k].z);
	}
	return text_str(&t);
}

static const char *
undefined(struct setting *s)
{
	const struct vec *all = &s->reading->macros;
	struct vec names = { 0 };
	const char *near;

	for (size_t i = 0; i < all->n; i++) {
		const struct macro *m = all->at[i];

		if (!m->undefined)
			vec_add(s->arena, &names, (void *)(uintptr_t)m->name);
	}
	near = nearest_name(str_of(s->argv[0].z),
	    (const char *const *)names.at, names.n);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, 0, "names a macro that is not defined: '%s'",
	    s->argv[0].z);
}

static const char *
set_use(struct setting *s)
{
	struct macro *m = macro_named(s->reading, s->argv[0].z);
	const char *label;

	if (m == NULL)
		return undefined(s);
	if (m->in_use)
		return setting_error(s, 0, "of macro '%s' in itself", m->name);
	if (s->argc - 1 != m->n_parameters)
		return setting_error(s, s->argc - 1 > m->n_parameters ?
		    m->n_parameters + 1 : 0, "of macro '%s' (%s:%u) takes %d "
		    "argument%s, not %d", m->name, m->at.file, m->at.line,
		    m->n_parameters, m->n_parameters == 1 ? "" : "s",
		    s->argc - 1);
	/* In Apache's words, which -S shows as well. */
	label = str_zfmt(s->arena, "macro '%s' (defined on line %u of \"%s\") "
	    "used on line %u of \"%s\"", m->name, m->at.line, m->at.file,
	    s->node->at.line, s->node->at.file);
	m->in_use = true;
	parser_insert(s->conf, label, replace(reading_texts(s->reading), m,
	    s->argv + 1));
	m->in_use = false;
	return NULL;
}

#define ANYWHERE	(IN_CONF | IN_SECTION | AT_ONCE)

static const struct directive rows[] = {
	{ "<Macro>", 1, MANY, ANYWHERE | IS_SECTION, SLOT_NONE, 0, set_macro,
	  "a name, and names of parameters: $x %x @x" },
	{ "Use", 1, MANY, ANYWHERE, SLOT_NONE, 0, set_use,
	  "a macro's name and an argument for each parameter" },
	{ "UndefMacro", 1, 1, ANYWHERE, SLOT_NONE, 0, set_undef,
	  "the name of a macro to forget" },
	{ 0 }
};

struct module mod_macro = {
	.name = "macro",
	.alias = "mod_macro.c macro_module",
	.rows = rows,
};
