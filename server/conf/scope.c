/*
 * scope.c - scopes: made while the configuration is read, merged for requests.
 *
 * How a field merges follows from the slot of its rows; only odd fields need
 * their module's merge.  Invariant: a scope that was given out is not changed
 * by a merge, and a merged one may share confs with both it came from.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "conf/scope.h"

/* What a module finds where nothing of it is set. */
static const union {
	max_align_t	align;
	char		bytes[CONF_SIZE_MAX];
} nothing;

struct scope *
scope_new(struct arena *a)
{
	return arena_alloc(a, sizeof(struct scope) +
	    n_modules * sizeof(void *));
}

void *
scope_conf(struct arena *a, struct scope *s, const struct module *m)
{
	if (s->conf[m->index] == NULL) {
		s->conf[m->index] = arena_alloc(a, m->conf_size);
		s->n_set++;
	}
	return s->conf[m->index];
}

const void *
scope_get(const struct scope *s, const struct module *m)
{
	const void *conf = s->conf[m->index];

	return conf != NULL ? conf : &nothing;
}

bool
scope_empty(const struct scope *s)
{
	return s->n_set == 0;
}

static bool
is_set(enum slot slot, const void *field, size_t size)
{
	switch (slot) {
	case SLOT_NONE:
		return false;
	case SLOT_FLAG:
		return *(const enum flag *)field != FLAG_UNSET;
	case SLOT_NUMBER:
	case SLOT_SECONDS:
	case SLOT_BYTES:
	case SLOT_WORD:
		return ((const struct number *)field)->given;
	case SLOT_STRING:
	case SLOT_PATH:
		return *(const char *const *)field != NULL;
	case SLOT_LIST:
	case SLOT_LIST_REPLACE:
		return ((const struct vec *)field)->n > 0;
	case SLOT_CUSTOM:
		assert(size <= sizeof(nothing));
		return memcmp(field, &nothing, size) != 0;
	}
	assert(!"a slot");
	return false;
}

static size_t
slot_size(const struct directive *row)
{
	switch (row->slot) {
	case SLOT_NONE:
		return 0;
	case SLOT_FLAG:
		return sizeof(enum flag);
	case SLOT_NUMBER:
	case SLOT_SECONDS:
	case SLOT_BYTES:
	case SLOT_WORD:
		return sizeof(struct number);
	case SLOT_STRING:
	case SLOT_PATH:
		return sizeof(const char *);
	case SLOT_LIST:
	case SLOT_LIST_REPLACE:
		return sizeof(struct vec);
	case SLOT_CUSTOM:
		return row->size;
	}
	assert(!"a slot");
	return 0;
}

/* Made from outer and inner alone, so that a second row for the same field does
 * no harm. */
static void
merge_field(struct arena *a, const struct directive *row, const char *outer,
    const char *inner, char *result)
{
	size_t size = slot_size(row);

	outer += row->at;
	inner += row->at;
	result += row->at;
	if (row->slot == SLOT_LIST)
		*(struct vec *)(void *)result = vec_join(a,
		    (const struct vec *)(const void *)inner,
		    (const struct vec *)(const void *)outer);
	else
		memcpy(result, is_set(row->slot, inner, size) ? inner : outer,
		    size);
}

/* result is zeroed. */
static void *
merge_conf(struct arena *a, const struct module *m, const void *outer,
    const void *inner, void *result)
{
	const struct directive *row;

	for (row = m->rows; row != NULL && row->name != NULL; row++)
		if (row->slot != SLOT_NONE && !(row->where & OF_OWNER))
			merge_field(a, row, outer, inner, result);
	if (m->merge != NULL)
		m->merge(a, outer, inner, result);
	return result;
}

struct scope *
scope_merge(struct arena *a, const struct scope *outer,
    const struct scope *inner)
{
	struct scope *s;
	void *below, *above;
	size_t i;

	s = scope_new(a);
	for (i = 0; i < n_modules; i++) {
		below = outer->conf[i];
		above = inner->conf[i];
		if (below == NULL || above == NULL)
			s->conf[i] = below == NULL ? above : below;
		else
			s->conf[i] = merge_conf(a, modules[i], below, above,
			    arena_alloc(a, modules[i]->conf_size));
		s->n_set += s->conf[i] != NULL;
	}
	return s;
}

void
scope_share(struct scope *s, const struct scope *with,
    const struct module *m)
{
	if (s->conf[m->index] != NULL)
		return;
	s->conf[m->index] = with->conf[m->index];
	s->n_set += s->conf[m->index] != NULL;
}

void
scope_inherit(struct arena *a, const struct scope *outer,
    struct scope *inner)
{
	union {
		max_align_t	align;
		char		bytes[CONF_SIZE_MAX];
	} merged;

	for (size_t i = 0; i < n_modules; i++) {
		size_t size = modules[i]->conf_size;

		if (outer->conf[i] == NULL || inner->conf[i] == NULL) {
			scope_share(inner, outer, modules[i]);
			continue;
		}
		assert(size <= sizeof(merged));
		memset(&merged, 0, size);
		memcpy(inner->conf[i], merge_conf(a, modules[i],
		    outer->conf[i], inner->conf[i], &merged), size);
	}
}
