/*
 * module.c - the table of features, and the table of all their names.
 *
 * Handed down from the roof; nothing here knows any module by name.
 * Invariant: between two calls of modules_init() nothing changes.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/hash.h"
#include "conf/module.h"

/* No directive's name is longer. */
#define NAME_MAX_BYTES	64

struct module *const	*modules;
size_t			 n_modules;

/* A row and whose it is. */
struct entry {
	const struct directive	*row;
	struct module		*module;
};

static struct {
	struct arena	*arena;
	struct hash	*by_name;	/* module names and aliases */
	struct hash	*rows;		/* lower case -> struct entry */
	struct vec	 plain;		/* names of rows: const char * */
	struct vec	 sections;
} table;

static void
lower(char *out, struct str name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		out[i] = char_lower(name.at[i]);
}

static void
check_row(const struct directive *row, size_t conf_size)
{
	bool section = (row->where & IS_SECTION) != 0;
	bool list = row->slot == SLOT_LIST || row->slot == SLOT_LIST_REPLACE;

	assert(strlen(row->name) <= NAME_MAX_BYTES);
	assert(section == (row->name[0] == '<'));
	assert((row->where & IN_ANY) != 0);
	assert(row->min >= 0 && row->max >= row->min && row->help != NULL);
	if (row->where & OF_OWNER)	/* whose size nobody here knows */
		conf_size = SIZE_MAX;
	assert(row->slot == SLOT_NONE || row->at < conf_size);
	if (row->set == NULL && row->slot == SLOT_NONE)
		assert((row->where & ACCEPTED_ONLY) != 0);
	else if (row->set == NULL)
		assert(row->slot != SLOT_CUSTOM && row->min >= 1 &&
		    (row->max == 1 || list));
	if (row->slot == SLOT_CUSTOM)
		assert(row->size > 0 && row->at + row->size <= conf_size);
}

static void
add_row(struct module *m, const struct directive *row)
{
	struct entry *entry;
	struct str key;

	check_row(row, m->conf_size);
	key = str_lower(table.arena, str_of(row->name));
	assert(hash_get(table.rows, key) == NULL);
	entry = arena_one(table.arena, struct entry);
	entry->row = row;
	entry->module = m;
	hash_set(table.rows, key, entry);
	vec_add(table.arena, row->where & IS_SECTION ? &table.sections :
	    &table.plain, (void *)(uintptr_t)row->name);
}

static void
add_module(struct module *m, size_t index)
{
	struct str names = str_of(m->alias), name = str_of(m->name);
	const struct directive *row;

	assert(m->conf_size <= CONF_SIZE_MAX);
	m->index = (int)index;
	do {
		assert(hash_get(table.by_name, name) == NULL);
		hash_set(table.by_name, name, m);
	} while (str_word(&names, &name));
	if (m->rows == NULL)
		return;
	for (row = m->rows; row->name != NULL; row++)
		add_row(m, row);
}

void
modules_init(struct module *const *list, size_t n)
{
	size_t i;

	if (table.arena != NULL)
		arena_end(table.arena);
	memset(&table, 0, sizeof(table));
	table.arena = arena_new();
	table.by_name = hash_new(table.arena);
	table.rows = hash_new(table.arena);
	modules = list;
	n_modules = n;
	for (i = 0; i < n; i++)
		add_module(list[i], i);
}

struct module *
module_named(struct str name)
{
	assert(table.by_name != NULL);
	return hash_get(table.by_name, name);
}

/* The key is in lower case. */
static const struct directive *
row_of(struct str key, const struct module **module)
{
	const struct entry *entry;

	assert(table.rows != NULL);
	entry = hash_get(table.rows, key);
	if (entry == NULL)
		return NULL;
	if (module != NULL)
		*module = entry->module;
	return entry->row;
}

const struct directive *
directive_named(struct str name, const struct module **module)
{
	char key[NAME_MAX_BYTES];

	if (name.n > sizeof(key))
		return NULL;
	lower(key, name);
	return row_of(str_n(key, name.n), module);
}

const struct directive *
section_named(struct str name, const struct module **module)
{
	char key[NAME_MAX_BYTES];

	if (name.n + 2 > sizeof(key))
		return NULL;
	key[0] = '<';
	lower(key + 1, name);
	key[name.n + 1] = '>';
	return row_of(str_n(key, name.n + 2), module);
}

const char *
directive_name_near(struct str name)
{
	bool section = name.n > 0 && name.at[0] == '<';
	const struct vec *v = section ? &table.sections : &table.plain;

	return nearest_name(name, (const char *const *)v->at, v->n);
}
