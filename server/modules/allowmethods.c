/*
 * mod_allowmethods - which methods may be used on what is in a section.
 * Manual: modules/allowmethods.html
 *
 * Who may GET may HEAD.  TRACE is left to TraceEnable.
 */
#include "base/arena.h"
#include "conf/directive.h"
#include "http/method.h"
#include "serve/core.h"
#include "serve/kin.h"
#include "serve/request.h"

extern struct module mod_allowmethods;

/* All that a scope says of methods; the last scope counts. */
struct allowed {
	bool		 given;
	bool		 any;		/* reset */
	uint64_t	 methods;	/* METHOD_BITs */
	struct vec	 others;	/* const char *: without a bit */
};

struct allow_conf {
	struct allowed	 allowed;
};

static const char *
add_method(struct setting *s, int arg, struct allowed *to)
{
	struct str name = str_of(s->argv[arg].z);
	enum http_method m = method_of(name);

	if (!core_knows_method(s->reading->config, m, name)) {
		s->hint = "RegisterHttpMethod makes it known";
		return setting_error(s, arg, "does not know the method \"%s\"",
		    s->argv[arg].z);
	}
	if (m == METHOD_GET || m == METHOD_HEAD)
		to->methods |= METHOD_BIT(METHOD_GET) |
		    METHOD_BIT(METHOD_HEAD);
	else if (m != METHOD_OTHER)
		to->methods |= METHOD_BIT(m);
	else
		vec_add(s->arena, &to->others, s->argv[arg].z);
	return NULL;
}

static const char *
set_methods(struct setting *s)
{
	struct allowed *to = &((struct allow_conf *)s->conf)->allowed;
	const char *error = NULL;

	to->given = true;
	to->any = s->argc == 1 && str_is_nocase(str_of(s->argv[0].z), "reset");
	if (to->any) {
		*to = (struct allowed){ .given = true, .any = true };
		return NULL;
	}
	for (int i = 0; i < s->argc && error == NULL; i++)
		error = add_method(s, i, to);
	return error;
}

static bool
is_allowed(const struct allowed *a, const struct request *r)
{
	if (r->method != METHOD_OTHER)
		return a->methods & METHOD_BIT(r->method);
	for (size_t i = 0; i < a->others.n; i++)
		if (str_is(r->method_name, a->others.at[i]))
			return true;
	return false;
}

static void
tell_allowed(struct request *r, const struct allowed *a)
{
	struct text t = { .arena = r->arena };

	text_add(&t, method_list(r->arena, a->methods));
	for (size_t i = 0; i < a->others.n; i++)
		text_addf(&t, "%s%s", t.n > 0 ? ", " : "",
		    (const char *)a->others.at[i]);
	fields_set(&r->out_always, STR("Allow"), text_str(&t));
}

/* A look at another file is for the request that was sent. */
static int
check(struct request *r)
{
	const struct allow_conf *c = scope_get(r->scope, &mod_allowmethods);
	const struct allowed *a = &c->allowed;
	const struct request *first = r;

	while (first->main != NULL)
		first = first->main;
	if (!a->given || a->any || is_allowed(a, first))
		return PASS;
	request_log(r, LEVEL_ERROR, "allowmethods", 0, "AH01623: client method "
	    "denied by server configuration: '%.*s' to %s",
	    STR_ARGS(first->method_name), r->filename == NULL ? "" :
	    r->filename);
	tell_allowed(r, a);
	return request_refuse(r, 405, "The method %.*s is not allowed here.",
	    STR_ARGS(first->method_name));
}

static const struct directive rows[] = {
	{ "AllowMethods", 1, MANY, IN_SECTION, SLOT_CUSTOM,
	  offsetof(struct allow_conf, allowed), set_methods,
	  "names of methods, or reset: all", .size = sizeof(struct allowed) },
	{ 0 }
};

struct module mod_allowmethods = {
	.name = "allowmethods",
	.alias = "mod_allowmethods.c allowmethods_module",
	.conf_size = sizeof(struct allow_conf),
	.rows = rows,
	.kin = kin_all,
	.steady = true,
	.access = check,
};
