/*
 * mod_actions - a program that answers for all files of a kind (Action), or for
 * all requests with a method (Script).
 *
 * The request starts over as one for the program, whose path info is the path
 * that was asked for.
 */
#include <string.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/request.h"

extern struct module mod_actions;

struct action {
	const char	*name;		/* a handler or media type; a method */
	const char	*program;	/* a URL path */
	bool		 is_virtual;	/* the file need not be there */
};

struct actions_conf {
	struct vec	 actions, scripts;	/* struct action * */
};

/* ---- Directives ---------------------------------------------------------- */

static const char *
add(struct setting *s, struct vec *to, bool is_virtual)
{
	struct action *a = arena_one(s->arena, struct action);

	if (s->argv[1].z[0] != '/')
		return setting_error(s, 1, "must lead to a URL path that "
		    "begins with /, not \"%s\"", s->argv[1].z);
	a->name = s->argv[0].z;
	a->program = s->argv[1].z;
	a->is_virtual = is_virtual;
	/* Of one scope the last line counts. */
	for (size_t i = 0; i < to->n; i++) {
		const struct action *old = to->at[i];

		if (strcmp(old->name, a->name) == 0) {
			to->at[i] = a;
			return NULL;
		}
	}
	vec_add(s->arena, to, a);
	return NULL;
}

static const char *
read_action(struct setting *s)
{
	struct actions_conf *c = s->conf;

	if (s->argc == 3 && !str_is_nocase(str_of(s->argv[2].z), "virtual"))
		return setting_error(s, 2, "can only be followed by virtual, "
		    "not \"%s\"", s->argv[2].z);
	return add(s, &c->actions, s->argc == 3);
}

static const char *
read_script(struct setting *s)
{
	struct actions_conf *c = s->conf;
	enum http_method m = method_of(str_of(s->argv[0].z));

	if (m == METHOD_TRACE)
		return setting_error(s, 0, "cannot be used for TRACE");
	if (m == METHOD_OTHER)
		return setting_error(s, 0, "needs a method that is known, not "
		    "\"%s\"", s->argv[0].z);
	return add(s, &c->scripts, true);
}

#define AT(field)	offsetof(struct actions_conf, field)

static const struct directive rows[] = {
	{ "Action", 2, 3, IN_ANY | OVERRIDE_FILEINFO, SLOT_LIST, AT(actions),
	  read_action, "a handler or media type, and the URL path of the "
	  "program for it, [virtual]" },
	{ "Script", 2, 2, IN_CONF | IN_SECTION, SLOT_LIST, AT(scripts),
	  read_script, "a method, and the URL path of the program for it" },
	{ 0 }
};

/* ---- Requests ------------------------------------------------------------ */

/* An inner scope's come first. */
static const struct action *
find(const struct vec *all, struct str name)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct action *a = all->at[i];

		if (str_is(name, a->name))
			return a;
	}
	return NULL;
}

/* The handler, or else the media type, tells the kind. */
static struct str
kind_of(const struct request *r)
{
	struct str type, bare;

	if (r->handler != NULL)
		return str_of(r->handler);
	type = fields_get(&r->out, STR("Content-Type"));
	if (!str_cut(&type, ';', &bare))
		return STR("");
	return str_trim(bare);
}

static int
start_over(struct request *r, const char *program)
{
	struct text t = { .arena = r->arena };

	text_addz(&t, program);
	text_add_url_path(&t, r->path);
	return request_restart(r, request_with_query(r, text_str(&t)), false);
}

static int
handle(struct request *r)
{
	const struct actions_conf *c = scope_get(r->scope, &mod_actions);
	const struct action *action;
	struct str kind;

	if (c->actions.n == 0 && c->scripts.n == 0)
		return PASS;
	kind = kind_of(r);
	action = kind.n == 0 ? NULL : find(&c->actions, kind);
	if (action != NULL) {
		if (!action->is_virtual && r->found.kind == FOUND_NOTHING) {
			request_log(r, LEVEL_INFO, "actions", 0, "AH00652: "
			    "File does not exist: %s", r->filename);
			return 404;
		}
		/* The program is told by whom it was called. */
		request_env_set(r, STR("HANDLER"), kind);
		return start_over(r, action->program);
	}
	/* A program that is none would be asked for itself without end. */
	if (r->prev != NULL && r->prev->prev != NULL)
		return PASS;
	if (r->method != METHOD_GET && r->method != METHOD_HEAD)
		action = find(&c->scripts, r->method_name);
	else if (r->query.n > 0)
		action = find(&c->scripts, STR("GET"));
	return action == NULL ? PASS : start_over(r, action->program);
}

struct module mod_actions = {
	.name = "actions",
	.alias = "mod_actions.c actions_module",
	.conf_size = sizeof(struct actions_conf),
	.rows = rows,
	.handle = handle,
	.steady = true,
};
