/*
 * mod_userdir - /~name is a directory of that user.
 */
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/request.h"
#include "serve/story.h"

extern struct module mod_userdir;

struct userdir_conf {
	struct vec	 patterns;	/* const char *, tried in turn */
	struct vec	 enabled, disabled;	/* const char *: names */
	enum flag	 allowed;	/* all who are not named */
};

/* ---- Directives ---------------------------------------------------------- */

static void
add_names(struct setting *s, struct vec *to)
{
	for (int i = 1; i < s->argc; i++)
		vec_add(s->arena, to, s->argv[i].z);
}

static const char *
read_patterns(struct setting *s, struct userdir_conf *c)
{
	c->patterns = (struct vec){ 0 };
	for (int i = 0; i < s->argc; i++) {
		struct str z = str_of(s->argv[i].z);

		if (z.n > 0 && z.at[0] != '/' && str_find(z, '*') >= 0 &&
		    str_find(z, ':') < 0)
			return setting_error(s, i, "can have a * only in an "
			    "absolute path or a URL, not in \"%s\"", z.at);
		vec_add(s->arena, &c->patterns, s->argv[i].z);
	}
	return NULL;
}

static const char *
read_userdir(struct setting *s)
{
	static const char *const words[] = { "disable", "disabled", "enable",
	    "enabled" };
	struct userdir_conf *c = s->conf;

	for (int i = 0; i < 4; i++) {
		if (!str_is_nocase(str_of(s->argv[0].z), words[i]))
			continue;
		if (s->argc == 1)
			c->allowed = i < 2 ? FLAG_OFF : FLAG_ON;
		add_names(s, i < 2 ? &c->disabled : &c->enabled);
		return NULL;
	}
	return read_patterns(s, c);
}

#define AT(field)	offsetof(struct userdir_conf, field)

static const struct directive rows[] = {
	{ "UserDir", 1, MANY, IN_CONF, SLOT_LIST_REPLACE, AT(patterns),
	  read_userdir,
	  "directories of users, or disabled or enabled [names]" },
	{ 0 }
};

/* A host's list of the enabled takes the place of the main server's; nobody is
 * taken off the list of the disabled. */
static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct userdir_conf *o = outer, *i = inner;
	struct userdir_conf *m = result;

	m->enabled = i->enabled.n > 0 ? i->enabled : o->enabled;
	m->disabled = vec_join(a, &i->disabled, &o->disabled);
	m->allowed = i->allowed != FLAG_UNSET ? i->allowed : o->allowed;
}

/* ---- Requests ------------------------------------------------------------ */

static bool
is_named(const struct vec *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_is(name, names->at[i]))
			return true;
	return false;
}

static bool
may_have_one(const struct userdir_conf *c, struct str name)
{
	if (name.n == 0 || name.at[0] == '.' || is_named(&c->disabled, name))
		return false;
	return c->allowed != FLAG_OFF || is_named(&c->enabled, name);
}

/* pattern with name in place of its "*", or behind it. */
static struct str
fill(struct arena *a, struct str pattern, struct str name)
{
	ptrdiff_t star = str_find(pattern, '*');

	if (star < 0)
		return str_fmt(a, "%.*s/%.*s", STR_ARGS(pattern),
		    STR_ARGS(name));
	return str_fmt(a, "%.*s%.*s%.*s", (int)star, pattern.at,
	    STR_ARGS(name), STR_ARGS(str_from(pattern, (size_t)star + 1)));
}

/* The directory that a pattern means for name; STR_NONE: no such user. */
static struct str
directory_of(struct arena *a, struct str pattern, struct str name)
{
	const struct passwd *pw;

	if (str_starts(pattern, STR("/")))
		return fill(a, pattern, name);
	pw = getpwnam(str_z(a, name));
	if (pw == NULL || pw->pw_dir[0] != '/')
		return STR_NONE;
	return str_fmt(a, "%s/%.*s", pw->pw_dir, STR_ARGS(pattern));
}

/* To another server; what stands behind a "*" does not count there. */
static int
redirect(struct request *r, struct str pattern, struct str name,
    struct str rest)
{
	struct text t = { .arena = r->arena };
	ptrdiff_t star = str_find(pattern, '*');

	if (star >= 0)
		pattern = str_first(pattern, (size_t)star + 1);
	text_add(&t, fill(r->arena, pattern, name));
	text_add_url_path(&t, rest);
	fields_set(&r->out_always, STR("Location"), request_with_query(r,
	    text_str(&t)));
	return 302;
}

static int
map(struct request *r, struct str name, struct str directory, struct str rest)
{
	r->filename = str_zfmt(r->arena, "%.*s%.*s", STR_ARGS(directory),
	    STR_ARGS(rest));
	r->root_n = directory.n;
	while (r->root_n > 1 && r->filename[r->root_n - 1] == '/')
		r->root_n--;
	r->owner = str_z(r->arena, name);
	r->context_prefix = str_z(r->arena, str_first(r->path,
	    r->path.n - rest.n));
	r->context_root = str_z(r->arena, directory);
	story_tell(r, NULL, "UserDir maps %.*s to %s", STR_ARGS(r->path),
	    r->filename);
	return DONE;
}

/* The first directory that is there; the last, in any case. */
static int
translate(struct request *r)
{
	const struct userdir_conf *c = scope_get(r->vhost->scope,
	    &mod_userdir);
	struct str name, rest;
	ptrdiff_t slash;

	if (c->patterns.n == 0 || !str_starts(r->path, STR("/~")))
		return PASS;
	rest = str_from(r->path, 2);
	slash = str_find(rest, '/');
	name = slash < 0 ? rest : str_first(rest, (size_t)slash);
	rest = str_from(rest, name.n);
	if (!may_have_one(c, name))
		return PASS;
	request_once(r);	/* users come and go */
	for (size_t i = 0; i < c->patterns.n; i++) {
		struct str pattern = str_of(c->patterns.at[i]), directory;
		struct stat st;

		if (!str_starts(pattern, STR("/")) &&
		    str_find(pattern, ':') >= 0)
			return redirect(r, pattern, name, rest);
		directory = directory_of(r->arena, pattern, name);
		if (directory.at != NULL && (i + 1 == c->patterns.n ||
		    stat(str_z(r->arena, directory), &st) == 0))
			return map(r, name, directory, rest);
	}
	return PASS;
}

/* Below a user's directory, and in the root, where names may be users'. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct userdir_conf *c = scope_get(q->looked->vhost->scope,
	    &mod_userdir);

	if (c->patterns.n == 0)
		return KIN_ALL;
	return str_starts(q->path, STR("/~")) ? KIN_NOT : KIN_BY_NAME;
}

struct module mod_userdir = {
	.name = "userdir",
	.alias = "mod_userdir.c userdir_module",
	.conf_size = sizeof(struct userdir_conf),
	.rows = rows,
	.merge = merge,
	.translate = translate,
	.kin = kin,
	.steady = true,
};
