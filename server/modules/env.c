/*
 * mod_env - variables for scripts, from the configuration and from the server's
 * own environment.
 *
 * An inner scope first takes away what it unsets, then adds what it sets.  In
 * one scope, UnsetEnv undoes the SetEnv and PassEnv lines before it.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/kin.h"
#include "serve/request.h"

extern struct module mod_env;

struct env_conf {
	struct vec	set;	/* struct env_entry *, names are unique */
	struct vec	unset;	/* const char * */
};

/* Give name its value: in its old place and spelling if it has one. */
static void
put(struct arena *a, struct vec *set, struct str name, struct str value)
{
	struct env_entry *e = arena_one(a, struct env_entry);

	*e = (struct env_entry){ name, value };
	for (size_t i = 0; i < set->n; i++) {
		const struct env_entry *old = set->at[i];

		if (str_eq_nocase(old->name, name)) {
			e->name = old->name;
			set->at[i] = e;
			return;
		}
	}
	vec_add(a, set, e);
}

static bool
is_unset(const struct vec *unset, struct str name)
{
	for (size_t i = 0; i < unset->n; i++)
		if (str_is_nocase(name, unset->at[i]))
			return true;
	return false;
}

static const char *
set_env(struct setting *s)
{
	struct env_conf *c = s->conf;

	put(s->arena, &c->set, str_of(s->argv[0].z),
	    s->argc == 2 ? str_of(s->argv[1].z) : STR(""));
	return NULL;
}

static const char *
pass_env(struct setting *s)
{
	struct env_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++) {
		const char *value = getenv(s->argv[i].z);

		if (value == NULL)
			setting_warn(s, i, "names \"%s\", which is not set in "
			    "the server's environment", s->argv[i].z);
		else
			put(s->arena, &c->set, str_of(s->argv[i].z),
			    str_copy(s->arena, str_of(value)));
	}
	return NULL;
}

static void
take_away(struct vec *set, struct str name)
{
	size_t left = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct env_entry *e = set->at[i];

		if (!str_eq_nocase(e->name, name))
			set->at[left++] = set->at[i];
	}
	set->n = left;
}

static const char *
unset_env(struct setting *s)
{
	struct env_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++) {
		take_away(&c->set, str_of(s->argv[i].z));
		vec_add(s->arena, &c->unset, s->argv[i].z);
	}
	return NULL;
}

static const struct directive rows[] = {
	{ "SetEnv", 1, 2, IN_ANY | OVERRIDE_FILEINFO, SLOT_NONE, 0, set_env,
	  "a variable's name, and its value" },
	{ "PassEnv", 1, MANY, IN_ANY | OVERRIDE_FILEINFO, SLOT_NONE, 0,
	  pass_env, "variables to take from the server's environment" },
	{ "UnsetEnv", 1, MANY, IN_ANY | OVERRIDE_FILEINFO, SLOT_NONE, 0,
	  unset_env, "variables set before this line, or in outer sections" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct env_conf *o = outer, *i = inner;
	struct env_conf merged = { 0 };

	for (size_t k = 0; k < o->set.n; k++) {
		const struct env_entry *e = o->set.at[k];

		if (!is_unset(&i->unset, e->name))
			vec_add(a, &merged.set, o->set.at[k]);
	}
	for (size_t k = 0; k < i->set.n; k++) {
		const struct env_entry *e = i->set.at[k];

		put(a, &merged.set, e->name, e->value);
	}
	*(struct env_conf *)result = merged;
}

static int
fixup(struct request *r)
{
	const struct env_conf *c = scope_get(r->scope, &mod_env);

	for (size_t i = 0; i < c->set.n; i++) {
		const struct env_entry *e = c->set.at[i];

		request_env_set(r, e->name, e->value);
	}
	return PASS;
}

struct module mod_env = {
	.name = "env",
	.alias = "mod_env.c env_module",
	.conf_size = sizeof(struct env_conf),
	.rows = rows,
	.merge = merge,
	.kin = kin_all,
	.steady = true,
	.fixup = fixup,
};
