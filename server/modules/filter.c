/*
 * mod_filter - names of filters for bodies: SetOutputFilter, AddOutputFilter,
 * AddOutputFilterByType and their relatives.
 *
 * No filter is built in that these could name, so the lines are read, checked
 * and told about: once for each name, when the server starts.
 */
#include "base/arena.h"
#include "conf/setting.h"
#include "serve/core.h"

extern struct module mod_filter;

struct filter_conf {
	struct vec	told;		/* main server: const char *, lower */
};

/* Of an .htaccess file only its owner hears, when he checks it. */
static bool
is_worth_telling(struct setting *s, struct str name)
{
	const struct config *c = s->reading->config;
	struct filter_conf *main;

	if (s->reading->override != NULL)
		return c->check_only;
	main = scope_conf(s->arena, c->main->scope, &mod_filter);
	for (size_t i = 0; i < main->told.n; i++)
		if (str_eq_nocase(name, str_of(main->told.at[i])))
			return false;
	vec_add(s->arena, &main->told, str_z(s->arena, name));
	return true;
}

static void
tell(struct setting *s, int arg, struct str name)
{
	if (name.n > 0 && is_worth_telling(s, name))
		setting_warn(s, arg, "%.*s has no effect: no filter of this "
		    "name is built in", STR_ARGS(name));
}

/* filter[;filter]... ; what follows are types or extensions. */
static const char *
read_filters(struct setting *s)
{
	struct str rest = str_of(s->argv[0].z), name;

	if (rest.n == 0)
		return "needs the name of a filter";
	while (str_cut(&rest, ';', &name))
		if (!str_is_nocase(name, "none"))
			tell(s, 0, str_trim(name));
	return NULL;
}

static const char *
read_types(struct setting *s)
{
	for (int i = 1; i < s->argc; i++)
		if (str_find(str_of(s->argv[i].z), '/') <= 0)
			return setting_error(s, i, "needs media types such as "
			    "text/html, not \"%s\"", s->argv[i].z);
	return read_filters(s);
}

static const char *
read_extensions(struct setting *s)
{
	(void)s;
	return NULL;
}

static const char *
read_provider(struct setting *s)
{
	tell(s, 1, str_of(s->argv[1].z));
	return NULL;
}

#define ANYWHERE	(IN_ANY | OVERRIDE_FILEINFO | ACCEPTED_ONLY)
#define CHAINS		(IN_ANY | OVERRIDE_OPTIONS | ACCEPTED_ONLY)

static const struct directive rows[] = {
	{ "SetOutputFilter", 1, 1, ANYWHERE, SLOT_NONE, 0, read_filters,
	  "filters for all answers here, with ; between them" },
	{ "SetInputFilter", 1, 1, ANYWHERE, SLOT_NONE, 0, read_filters,
	  "filters for all bodies of requests here" },
	{ "AddOutputFilter", 2, MANY, ANYWHERE, SLOT_NONE, 0, read_filters,
	  "filters, and the extensions of files that they are for" },
	{ "AddInputFilter", 2, MANY, ANYWHERE, SLOT_NONE, 0, read_filters,
	  "filters, and the extensions of files that they are for" },
	{ "RemoveOutputFilter", 1, MANY, ANYWHERE, SLOT_NONE, 0,
	  read_extensions, "extensions that AddOutputFilter shall not mean" },
	{ "RemoveInputFilter", 1, MANY, ANYWHERE, SLOT_NONE, 0,
	  read_extensions, "extensions that AddInputFilter shall not mean" },
	{ "AddOutputFilterByType", 2, MANY, ANYWHERE, SLOT_NONE, 0,
	  read_types, "filters, and the media types that they are for" },
	{ "FilterDeclare", 1, 2, CHAINS, SLOT_NONE, 0, read_extensions,
	  "the name of a filter to be, and its type" },
	{ "FilterProvider", 3, MANY, CHAINS, SLOT_NONE, 0, read_provider,
	  "a declared filter, a real one and an expression" },
	{ "FilterChain", 1, MANY, CHAINS, SLOT_NONE, 0, read_extensions,
	  "declared filters, with + - @ ! or = before them" },
	{ "FilterProtocol", 2, 3, CHAINS, SLOT_NONE, 0, read_extensions,
	  "a declared filter, perhaps a real one, and flags" },
	{ "FilterTrace", 2, 2, IN_CONF | IN_SECTION | ACCEPTED_ONLY, SLOT_NONE,
	  0, read_extensions, "a declared filter and a level" },
	{ 0 }
};

struct module mod_filter = {
	.name = "filter",
	.alias = "mod_filter.c filter_module",
	.conf_size = sizeof(struct filter_conf),
	.rows = rows,
};
