/*
 * limit.c - see limit.h.
 */
#include "base/arena.h"
#include "base/char.h"
#include "conf/directive.h"
#include "http/method.h"
#include "serve/limit.h"

struct limit {
	bool		 except;	/* all but these */
	uint64_t	 methods;	/* METHOD_BITs */
	struct vec	 others;	/* const char *: without a bit */
};

/* "get" is another method than "GET", and hardly meant. */
static void
warn_if_misspelt(struct setting *s, int arg)
{
	const char *upper = s->argv[arg].z;
	struct text t = { .arena = s->arena };

	for (const char *z = upper; *z != 0; z++)
		text_addc(&t, char_upper(*z));
	if (method_of(text_str(&t)) == METHOD_OTHER)
		return;
	s->hint = str_zfmt(s->arena, "did you mean %s?", text_z(&t));
	setting_warn(s, arg, "knows methods in capital letters; \"%s\" is "
	    "another", upper);
	s->hint = NULL;
}

/* As in Apache, what the configuration speaks of is a method. */
static void
make_known(struct setting *s, int arg)
{
	const struct config *c = s->reading->config;
	struct core_conf *main;

	if (s->reading->override != NULL ||
	    core_knows_method(c, METHOD_OTHER, str_of(s->argv[arg].z)))
		return;
	main = scope_conf(s->arena, c->main->scope, &mod_core);
	vec_add(s->arena, &main->methods, s->argv[arg].z);
}

static const char *
add_method(struct setting *s, int arg, struct limit *l)
{
	const char *name = s->argv[arg].z;
	enum http_method m = method_of(str_of(name));

	if (m == METHOD_TRACE && !l->except)
		return setting_error(s, arg, "cannot control TRACE; see "
		    "TraceEnable");
	if (m != METHOD_OTHER) {
		l->methods |= METHOD_BIT(m);
		return NULL;
	}
	for (const char *z = name; *z != 0; z++)
		if (!char_is_token((unsigned char)*z))
			return setting_error(s, arg, "needs names of methods, "
			    "not \"%s\"", name);
	warn_if_misspelt(s, arg);
	vec_add(s->arena, &l->others, s->argv[arg].z);
	make_known(s, arg);
	return NULL;
}

const char *
limit_open(struct setting *s)
{
	struct limit *l = arena_one(s->arena, struct limit);
	struct place inside = *s->place;
	const char *error = NULL;

	l->except = str_is_nocase(str_of(s->row->name), "<LimitExcept>");
	if (s->place->limit != NULL)
		return setting_error(s, -1, "cannot stand in another <Limit> "
		    "or <LimitExcept>");
	for (int i = 0; i < s->argc && error == NULL; i++)
		error = add_method(s, i, l);
	inside.limit = l;
	inside.up = s->place;
	directive_apply(s->reading, &inside, s->node->children);
	return error;
}

bool
limit_covers(const struct limit *l, const struct request *r)
{
	enum http_method m = r->method == METHOD_HEAD ? METHOD_GET : r->method;
	bool named = false;

	if (l == NULL)
		return true;
	if (m != METHOD_OTHER)
		named = l->methods & (METHOD_BIT(m) | METHOD_BIT(r->method));
	for (size_t i = 0; m == METHOD_OTHER && i < l->others.n; i++)
		named |= str_is(r->method_name, l->others.at[i]);
	return named != l->except;
}
