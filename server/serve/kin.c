/*
 * kin.c - see kin.h.
 */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/hash.h"
#include "base/text.h"
#include "serve/corridor.h"
#include "serve/kin.h"
#include "serve/route.h"

enum { KINDS_MAX = 64, ASKED_MAX = 64 };

/* Files that are alike, if they can be. */
struct kind {
	struct str	 key;
	const struct request *looked;	/* NULL: they have to be looked up */
	void		*about;
};

/* What the same sections cover. */
struct group {
	struct str	 covers;	/* key of these */
	const struct request *looked;	/* the first */
	bool		 none;		/* it has no kinds */
	const struct module *asked[ASKED_MAX];	/* who goes by names */
	size_t		 n_asked;
	struct hash	*kinds;
	struct kind	*last;		/* which may come again; or NULL */
};

struct kin {
	struct request	*r;
	struct arena	*scratch;	/* for what is looked up alone */
	struct route_files files;
	bool		 none;		/* all have to be */
	struct text	 path, filename, key;
	size_t		 path_n, filename_n;	/* up to the name */
	struct vec	 groups;	/* struct group * */
	unsigned	 tried;		/* to begin a kind */
};

enum kinship
kin_all(const struct kin_question *q)
{
	(void)q;
	return KIN_ALL;
}

struct kin *
kin_begin(struct request *r)
{
	struct kin *k = arena_one(r->arena, struct kin);

	k->r = r;
	k->scratch = arena_new();
	k->path.arena = k->filename.arena = r->arena;
	k->key.arena = k->scratch;
	text_add(&k->path, r->path);
	text_addz(&k->filename, r->filename);
	if (!str_ends(text_str(&k->filename), STR("/")))
		text_addc(&k->filename, '/');
	k->path_n = k->path.n;
	k->filename_n = k->filename.n;
	/* A story wants to hear of every file. */
	k->none = r->client->story != NULL || n_modules > ASKED_MAX ||
	    !str_ends(r->path, STR("/")) ||
	    str_find_str(r->path, STR("//")) >= 0 ||
	    !route_files(r, &k->files);
	return k;
}

void
kin_end(struct kin *k)
{
	arena_end(k->scratch);
}

/* Of the file that path and filename lead to now. */
static struct str
name_of(const struct kin *k)
{
	return str_from(text_str(&k->path), k->path_n);
}

/* A copy of r asks, so that what the look-up needs can be forgotten with a. */
static struct request *
look_up(struct kin *k, struct str name, struct arena *a)
{
	struct request *asking = arena_copy(a, k->r, sizeof(*k->r));
	struct text uri = { .arena = a };

	asking->arena = a;
	text_add_url_path(&uri, k->r->path);
	text_add_url_part(&uri, name);
	return request_lookup(asking, text_str(&uri));
}

/* ---- Kinds --------------------------------------------------------------- */

/* Its address and its file's name are its name behind the directory's. */
static bool
is_usual(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.at[i];

		if (char_is_path(c))
			continue;
		if (c < ' ' || c == 127 || c == '%' || c == '\\' || c == '/')
			return false;
	}
	return name.n > 0;
}

static bool
has_hooks(const struct module *m)
{
	return m->early != NULL || m->translate != NULL || m->access != NULL ||
	    m->identity != NULL || m->fixup != NULL;
}

/* The look-up went the way of any file of this directory. */
static bool
is_one_of_many(const struct kin *k, const struct request *looked)
{
	return looked->status == 200 && !looked->unfinished &&
	    looked->found.kind == FOUND_FILE && looked->path_info.n == 0 &&
	    looked->vhost == k->r->vhost &&
	    str_eq(looked->path, text_str(&k->path)) &&
	    str_eq(str_of(looked->filename), text_str(&k->filename));
}

/* Of the file that path and filename lead to now, beside that one. */
static struct kin_question
question(struct kin *k, const struct request *looked)
{
	return (struct kin_question){ looked, text_str(&k->path), name_of(k),
	    &k->key };
}

/* Ask all modules for the first of a group; those that go by its name will be
 * asked again. */
static bool
ask_modules(struct kin *k, struct group *g, const struct request *looked)
{
	struct kin_question q = question(k, looked);

	if (core_conf(looked->scope)->conditions.n > 0)
		return false;
	for (size_t i = 0; i < n_modules; i++) {
		const struct module *m = modules[i];
		enum kinship said;

		if (!has_hooks(m))
			continue;
		said = m->kin == NULL ? KIN_NOT : m->kin(&q);
		if (said == KIN_NOT)
			return false;
		if (said == KIN_BY_NAME)
			g->asked[g->n_asked++] = m;
	}
	return true;
}

/* Append to the key what those say who go by names. */
static bool
ask_by_name(struct kin *k, const struct group *g)
{
	struct kin_question q = question(k, g->looked);

	for (size_t i = 0; i < g->n_asked; i++) {
		enum kinship said = g->asked[i]->kin(&q);

		if (said == KIN_NOT)
			return false;
		/* So that what two of them say cannot be taken for what other
		 * two say. */
		text_addc(&k->key, '/');
	}
	return true;
}

static struct group *
group_of(struct kin *k, struct str covers)
{
	struct arena *a = k->r->arena;
	struct group *g;

	for (size_t i = 0; i < k->groups.n; i++) {
		g = k->groups.at[i];
		if (str_eq(g->covers, covers))
			return g;
	}
	if (k->groups.n == KINDS_MAX)
		return NULL;
	g = arena_one(a, struct group);
	g->covers = str_copy(a, covers);
	g->kinds = hash_new(a);
	vec_add(a, &k->groups, g);
	return g;
}

/* The first of its group is looked up: may it have others of its kind? */
static bool
group_begin(struct kin *k, struct group *g)
{
	const struct request *looked;

	if (g->looked != NULL)
		return true;
	if (g->none || k->tried++ >= KINDS_MAX)
		return false;
	looked = look_up(k, name_of(k), k->r->arena);
	if (!is_one_of_many(k, looked))
		return false;
	g->none = !ask_modules(k, g, looked);
	g->looked = g->none ? NULL : looked;
	return !g->none;
}

static struct kind *
kind_begin(struct kin *k, struct group *g, struct str key)
{
	struct arena *a = k->r->arena;
	const struct request *looked;
	struct kind *kind;

	if (k->tried++ >= KINDS_MAX)
		return NULL;
	kind = arena_one(a, struct kind);
	kind->key = str_copy(a, key);
	looked = look_up(k, name_of(k), a);
	if (is_one_of_many(k, looked) && looked->scope == g->looked->scope)
		kind->looked = looked;
	hash_set(g->kinds, kind->key, kind);
	return kind;
}

/* The kind of the file that path and filename lead to, or NULL. */
static struct kind *
kind_of(struct kin *k)
{
	struct group *g;
	struct str key;

	k->key.n = 0;
	if (!route_covers(&k->files, text_str(&k->path),
	    text_str(&k->filename), name_of(k), &k->key))
		return NULL;
	g = group_of(k, text_str(&k->key));
	if (g == NULL || !group_begin(k, g))
		return NULL;
	k->key.n = 0;
	if (!ask_by_name(k, g))
		return NULL;
	key = text_str(&k->key);
	if (g->last == NULL || !str_eq(g->last->key, key))
		g->last = hash_get(g->kinds, key);
	if (g->last == NULL)
		g->last = kind_begin(k, g, key);
	return g->last != NULL && g->last->looked != NULL ? g->last : NULL;
}

/* ---- Files --------------------------------------------------------------- */

static void
put_name(struct text *t, size_t n, struct str name)
{
	t->n = n;
	text_add(t, name);
}

void
kin_look_up(struct kin *k, struct str name, bool regular,
    struct kin_look *look)
{
	struct kind *kind = NULL;

	arena_reset(k->scratch);
	k->key = (struct text){ .arena = k->scratch };
	put_name(&k->path, k->path_n, name);
	put_name(&k->filename, k->filename_n, name);
	look->filename = str_of(text_z(&k->filename));
	if (regular && !k->none && is_usual(name) &&
	    k->filename.n < PATH_MAX)
		kind = kind_of(k);
	look->about = kind != NULL ? &kind->about : NULL;
	look->looked = kind != NULL ? kind->looked :
	    look_up(k, name, k->scratch);
}
