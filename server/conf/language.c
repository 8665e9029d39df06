/*
 * language.c - the configuration language's own words.
 *
 * Obeyed while the text is read, in order of appearance, wherever they stand.
 * Knows the parser by two calls, and no directive of any feature.
 */
#include <sys/stat.h>

#include "base/arena.h"
#include "base/regex.h"
#include "conf/include.h"
#include "conf/language.h"
#include "conf/parse.h"

/* ---- Variables ----------------------------------------------------------- */

static const char *
variable_name_error(struct setting *s)
{
	const char *name = s->argv[0].z;

	if (name[0] == '\0')
		return "needs a name that is not empty";
	if (str_find(str_of(name), ':') >= 0)
		return setting_error(s, 0, "needs a name without ':'");
	return NULL;
}

static const char *
set_define(struct setting *s)
{
	const char *error;

	error = variable_name_error(s);
	if (error == NULL)
		variables_set(s->reading->variables, s->argv[0].z,
		    s->argc > 1 ? s->argv[1].z : NULL);
	return error;
}

static const char *
set_undefine(struct setting *s)
{
	const char *error;

	error = variable_name_error(s);
	if (error == NULL)
		variables_unset(s->reading->variables, s->argv[0].z);
	return error;
}

/* ---- Messages ------------------------------------------------------------ */

static const char *
set_error(struct setting *s)
{
	diagnose(s->reading->diagnosis, SEVERITY_ERROR, &s->node->at, NULL,
	    "%s", s->argv[0].z);
	return NULL;
}

static const char *
set_warning(struct setting *s)
{
	diagnose(s->reading->diagnosis, SEVERITY_WARNING, &s->node->at, NULL,
	    "%s", s->argv[0].z);
	return NULL;
}

/* ---- Other files --------------------------------------------------------- */

static void
include(struct setting *s, bool optional)
{
	struct vec files = { 0 }, errors = { 0 };
	struct spot at = setting_spot(s, 0, 0);
	size_t i;

	include_find(s->arena, read_path(s, 0), optional, &files, &errors);
	for (i = 0; i < errors.n; i++)
		diagnose(s->reading->diagnosis, SEVERITY_ERROR, &at, NULL,
		    "%s", (const char *)errors.at[i]);
	for (i = 0; i < files.n; i++)
		parser_include(s->conf, files.at[i], &at);
}

static const char *
set_include(struct setting *s)
{
	include(s, false);
	return NULL;
}

static const char *
set_include_optional(struct setting *s)
{
	include(s, true);
	return NULL;
}

/* ---- Modules ------------------------------------------------------------- */

static const char *
set_load_module(struct setting *s)
{
	struct vec *unknown = &s->reading->unknown_modules;
	const char *name = s->argv[0].z;
	const struct module *m = module_named(str_of(name));
	size_t i;

	if (str_starts(str_of(name), STR("mpm_")))
		s->reading->mpm = name;
	if (m != NULL && m->loaded != NULL)
		m->loaded(s->reading);
	if (m != NULL || s->reading->mpm == name)
		return NULL;
	for (i = 0; i < unknown->n; i++)
		if (str_is(str_of(unknown->at[i]), name))
			return NULL;
	vec_add(s->arena, unknown, s->argv[0].z);
	setting_warn(s, 0, "names a module that is not built in: its "
	    "<IfModule> sections are passed over");
	return NULL;
}

static const char *
set_load_file(struct setting *s)
{
	setting_warn(s, 0, "is without effect: all modules are built in");
	return NULL;
}

/* ---- Conditions ---------------------------------------------------------- */

/* What follows an optional "!" or "! ", which turns the answer round. */
struct question {
	const char	*z;
	bool		 negated;
	const char	*error;
};

static struct question
question_of(struct setting *s)
{
	struct question q = { .z = s->argv[0].z };

	if (q.z[0] == '!') {
		q.negated = true;
		q.z++;
	}
	if (q.z[0] == '\0' && s->argc > 1)
		q.z = s->argv[1].z;
	else if (s->argc > 1)
		q.error = setting_error(s, 1, "takes one argument");
	else if (q.z[0] == '\0')
		q.error = "needs a name";
	return q;
}

static const char *
answer(struct setting *s, const struct question *q, bool holds)
{
	if (q->error == NULL)
		parser_condition(s->conf, holds != q->negated);
	return q->error;
}

static const char *
set_ifdefine(struct setting *s)
{
	struct question q = question_of(s);

	return answer(s, &q, variables_defined(s->reading->variables, q.z));
}

/*
 * Apache has one MPM, whose settings stand in an <IfModule> of its name: the
 * one that is loaded, or prefork, which this server is most like.  "event.c",
 * "mod_mpm_event.c" and "mpm_event_module" are the same.
 */
static bool
is_mpm(const struct reading *r, struct str name)
{
	static const char *const kinds[] = { "prefork", "worker", "event" };
	struct str loaded = r->mpm == NULL ? STR("prefork") : str_of(r->mpm);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct str kind = str_of(kinds[i]);

		if (str_find_str(name, kind) >= 0)
			return str_find_str(loaded, kind) >= 0;
	}
	return false;
}

static const char *
set_ifmodule(struct setting *s)
{
	struct question q = question_of(s);
	struct str name = str_of(q.z);
	bool is_mpms = str_find_str(name, STR("mpm")) >= 0 ||
	    str_is(name, "prefork.c") || str_is(name, "worker.c") ||
	    str_is(name, "event.c");

	return answer(s, &q, is_mpms ? is_mpm(s->reading, name) :
	    module_named(name) != NULL);
}

static const char *
set_iffile(struct setting *s)
{
	struct question q = question_of(s);
	struct stat st;

	s->reading->files_matter = true;

	return answer(s, &q, stat(path_below_root(s->reading, q.z), &st) == 0);
}

/* <IfDirective <Location> asks for a section, too. */
static const char *
set_ifdirective(struct setting *s)
{
	struct question q = question_of(s);
	struct str name = str_of(q.z);

	if (str_starts(name, STR("<")))
		name = str_fmt(s->arena, "%s>", q.z);
	return answer(s, &q, directive_named(name, NULL) != NULL);
}

static const char *
set_ifsection(struct setting *s)
{
	struct question q = question_of(s);

	return answer(s, &q, section_named(str_of(q.z), NULL) != NULL);
}

/* ---- <IfVersion> --------------------------------------------------------- */

/* major[.minor[.patch]]; what is missing is 0. */
static bool
is_version(const char *z, uint64_t version[3])
{
	struct str rest = str_of(z), part;
	size_t n;

	version[0] = version[1] = version[2] = 0;
	for (n = 0; str_cut(&rest, '.', &part); n++)
		if (n == 3 || !str_number(part, 10, UINT32_MAX, &version[n]))
			return false;
	return n > 0;
}

/* Ours against that one: -1, 0 or 1. */
static int
version_compare(const uint64_t theirs[3])
{
	uint64_t ours[3];
	int i;

	is_version(LANGUAGE_APACHE_VERSION, ours);
	for (i = 0; i < 3; i++)
		if (ours[i] != theirs[i])
			return ours[i] < theirs[i] ? -1 : 1;
	return 0;
}

static const char *
match_version(struct setting *s, int arg, bool *holds)
{
	struct regex *re;
	const char *error;

	error = read_regex(s, arg, 0, &re);
	if (error == NULL)
		*holds = regex_match(re, STR(LANGUAGE_APACHE_VERSION), NULL,
		    0) == 1;
	return error;
}

/* = and ==: equal, or like the /regular expression/. */
static const char *
compare_version(struct setting *s, struct str op, int arg, bool *holds)
{
	struct str z = str_of(s->argv[arg].z);
	uint64_t theirs[3];
	int order;

	if (op.at[0] == '=' && str_starts(z, STR("/"))) {
		if (z.n < 2 || !str_ends(z, STR("/")))
			return setting_error(s, arg, "needs a / at the end of "
			    "the regular expression");
		s->argv[arg].z = str_z(s->arena, str_n(z.at + 1, z.n - 2));
		return match_version(s, arg, holds);
	}
	if (!is_version(z.at, theirs))
		return setting_error(s, arg, "needs a version such as 2.4.6 "
		    "to compare with, not \"%s\"", z.at);
	order = version_compare(theirs);
	*holds = op.at[0] == '<' ? order < 0 : op.at[0] == '>' ? order > 0 :
	    order == 0;
	if (op.n == 2 && order == 0)
		*holds = true;
	return NULL;
}

static const char *
set_ifversion(struct setting *s)
{
	static const char *const operators[] = {
		"=", "==", ">", ">=", "<", "<=", "~"
	};
	struct str op = s->argc > 1 ? str_of(s->argv[0].z) : STR("=");
	int arg = s->argc - 1;
	bool negated, holds = false;
	const char *error;
	size_t i;

	negated = str_starts(op, STR("!"));
	op = str_from(op, negated);
	for (i = 0; !str_is(op, operators[i]); i++)
		if (i + 1 == sizeof(operators) / sizeof(operators[0]))
			return setting_error(s, 0, "does not know the operator "
			    "\"%s\"", s->argv[0].z);
	error = op.at[0] == '~' ? match_version(s, arg, &holds) :
	    compare_version(s, op, arg, &holds);
	if (error == NULL)
		parser_condition(s->conf, holds != negated);
	return error;
}

/* ---- The words ----------------------------------------------------------- */

#define ANYWHERE	(IN_ANY | AT_ONCE)
#define NOT_HTACCESS	(IN_CONF | IN_SECTION | AT_ONCE)

static const struct directive rows[] = {
	{ "Define", 1, 2, NOT_HTACCESS, SLOT_NONE, 0, set_define,
	  "a name, and what ${NAME} is to mean" },
	{ "UnDefine", 1, 1, NOT_HTACCESS, SLOT_NONE, 0, set_undefine,
	  "the name of a variable to forget" },
	{ "Error", 1, 1, ANYWHERE | RAW_ARGUMENT, SLOT_NONE, 0, set_error,
	  "the message to refuse the configuration with" },
	{ "Warning", 1, 1, ANYWHERE | RAW_ARGUMENT, SLOT_NONE, 0, set_warning,
	  "the message to print" },
	{ "Include", 1, 1, NOT_HTACCESS, SLOT_NONE, 0, set_include,
	  "a file, a directory, or a pattern that matches at least one" },
	{ "IncludeOptional", 1, 1, NOT_HTACCESS, SLOT_NONE, 0,
	  set_include_optional, "a file, a directory, or a pattern; may match "
	  "none" },
	{ "LoadModule", 2, 2, NOT_HTACCESS, SLOT_NONE, 0, set_load_module,
	  "a module's name and the file it would be in" },
	{ "LoadFile", 1, MANY, NOT_HTACCESS, SLOT_NONE, 0, set_load_file,
	  "libraries that a module would need" },
	{ "<IfDefine>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_ifdefine, "a name given by Define or -D, perhaps after !" },
	{ "<IfModule>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_ifmodule, "a module's name, perhaps after !" },
	{ "<IfFile>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_iffile, "a file that exists, perhaps after !" },
	{ "<IfDirective>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_ifdirective, "a directive's name, perhaps after !" },
	{ "<IfSection>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_ifsection, "a section's name, perhaps after !" },
	{ "<IfVersion>", 1, 2, ANYWHERE | IS_SECTION, SLOT_NONE, 0,
	  set_ifversion, "an operator (= == > >= < <= ~, perhaps after !) and "
	  "a version" },
	{ 0 }
};

struct module mod_language = {
	.name = "language",
	.alias = "mod_so.c so_module mod_version.c version_module",
	.rows = rows,
};
