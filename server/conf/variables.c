/*
 * variables.c - the names behind ${NAME}.
 *
 * A configuration defines a handful of them, so they stand in a plain list in
 * order of definition, and looking one up allocates nothing.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "conf/variables.h"

struct variable {
	const char	*name, *value;
	bool		 defined;	/* UnDefine leaves an empty place */
};

struct variables {
	struct arena	*arena;
	struct vec	 list;
};

struct variables *
variables_new(struct arena *a)
{
	struct variables *v;

	v = arena_one(a, struct variables);
	v->arena = a;
	return v;
}

static struct variable *
find_exactly(const struct variables *v, const char *name)
{
	struct variable *x;
	size_t i;

	for (i = 0; i < v->list.n; i++) {
		x = v->list.at[i];
		if (str_is(str_of(x->name), name))
			return x;
	}
	return NULL;
}

/* The one with a value; there is at most one, whatever its letter case. */
static struct variable *
find_value(const struct variables *v, const char *name)
{
	struct variable *x;
	size_t i;

	for (i = 0; i < v->list.n; i++) {
		x = v->list.at[i];
		if (x->value != NULL && str_is_nocase(str_of(x->name), name))
			return x;
	}
	return NULL;
}

void
variables_set(struct variables *v, const char *name, const char *value)
{
	struct variable *x, *old;

	x = find_exactly(v, name);
	if (x == NULL) {
		x = arena_one(v->arena, struct variable);
		x->name = str_z(v->arena, str_of(name));
		vec_add(v->arena, &v->list, x);
	}
	x->defined = true;
	if (value == NULL)
		return;
	old = find_value(v, name);
	if (old != NULL)
		old->value = NULL;
	x->value = str_z(v->arena, str_of(value));
}

void
variables_unset(struct variables *v, const char *name)
{
	struct variable *x;

	x = find_exactly(v, name);
	if (x != NULL)
		x->defined = false;
	x = find_value(v, name);
	if (x != NULL)
		x->value = NULL;
}

const char *
variables_get(const struct variables *v, const char *name)
{
	const struct variable *x;

	x = find_value(v, name);
	return x != NULL ? x->value : getenv(name);
}

bool
variables_defined(const struct variables *v, const char *name)
{
	const struct variable *x;

	x = find_exactly(v, name);
	return x != NULL && x->defined;
}

bool
variables_at(const struct variables *v, size_t i, const char **name,
    const char **value)
{
	const struct variable *x;
	size_t k;

	for (k = 0; k < v->list.n; k++) {
		x = v->list.at[k];
		if (!x->defined || i-- > 0)
			continue;
		*name = x->name;
		*value = x->value;
		return true;
	}
	return false;
}
