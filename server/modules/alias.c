/*
 * mod_alias - URL paths that lead elsewhere: to other directories (Alias), to
 * programs (ScriptAlias) or to another address (Redirect).
 *
 * Redirects are asked before aliases; of each kind the first in the
 * configuration wins, a virtual host's before the main server's.  Those with a
 * plain prefix are found by one look into a table per component of the path, so
 * that their number does not matter; only the ...Match ones are tried in turn.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/hash.h"
#include "base/regex.h"
#include "conf/directive.h"
#include "http/uri.h"
#include "serve/expr.h"
#include "serve/request.h"
#include "serve/story.h"

extern struct module mod_alias;

struct alias {
	struct spot	 at;
	const char	*name;		/* of the directive */
	const void	*owner;		/* the place it was written in */
	const char	*written_from, *written_to;
	struct str	 from;		/* a prefix; no "//" in it */
	struct regex	*regex;		/* or this */
	const char	*to;		/* a path or URL; NULL: none (Gone) */
	struct expr	*expr;		/* or what it is made of */
	size_t		 root_n;	/* bytes of a path before any group */
	bool		 whole;		/* nothing of the URL is kept */
	bool		 script;
	int		 status;	/* of a redirect */
};

/* An alias in the order in which those of one server are asked. */
struct entry {
	const struct alias *alias;
	size_t		 order;
	struct entry	*next;		/* same key */
};

struct alias_index {
	struct hash	*prefixes;	/* from without last "/" -> entry */
	size_t		 longest;	/* of these keys */
	struct vec	 matches;	/* struct entry *, with a regex */
};

struct alias_conf {
	/* Of servers: */
	struct vec	 aliases, redirects;	/* struct alias * */
	const struct alias_index *alias_index, *redirect_index;
	/* Of sections: */
	struct vec	 here;		/* redirects with a URL path */
	const struct alias *alias, *redirect;	/* without one */
	enum flag	 preserve_path, relative;
};

/* An alias that fits a path, and where. */
struct hit {
	const struct alias *alias;
	struct str	 path;
	size_t		 used;		/* bytes of path under a prefix */
	struct str	 group[10];	/* of a regex */
	bool		 gave_up;	/* the pattern could not be decided */
};

/* ---- Matching ------------------------------------------------------------ */

/*
 * How many bytes of path lie under the prefix from, or -1.  It must end with a
 * component of the path; "/a/" is under the prefix "/a", but "/a" is not under
 * "/a/".  A slash stands for any number of them.
 */
static ptrdiff_t
prefix_match(struct str from, struct str path)
{
	size_t used = 0;

	if (from.n == 0)
		return -1;
	for (size_t i = 0; i < from.n; i++) {
		if (used == path.n || path.at[used] != from.at[i])
			return -1;
		used++;
		while (from.at[i] == '/' && used < path.n &&
		    path.at[used] == '/')
			used++;
	}
	if (!str_ends(from, STR("/")) && used < path.n &&
	    path.at[used] != '/')
		return -1;
	return (ptrdiff_t)used;
}

static bool
matches(const struct alias *alias, struct str path, struct hit *hit)
{
	ptrdiff_t used = 0;

	if (alias->regex != NULL) {
		int found = regex_match(alias->regex, path, hit->group, 10);

		hit->gave_up = found < 0;
		if (found == 0)
			return false;
	} else if ((used = prefix_match(alias->from, path)) < 0) {
		return false;
	}
	hit->alias = alias;
	hit->path = path;
	hit->used = (size_t)used;
	return true;
}

/* The first entry whose prefix path lies under. */
static const struct entry *
find_prefix(const struct alias_index *x, struct arena *a, struct str path)
{
	const struct entry *best = NULL, *e;
	struct str merged;

	if (hash_count(x->prefixes) == 0)
		return NULL;
	merged = uri_merge_slashes(a, path);
	for (size_t n = 0; n <= merged.n && n <= x->longest; n++) {
		if (n < merged.n && merged.at[n] != '/')
			continue;
		e = hash_get(x->prefixes, str_first(merged, n));
		for (; e != NULL; e = e->next)
			if ((best == NULL || e->order < best->order) &&
			    prefix_match(e->alias->from, path) >= 0)
				best = e;
	}
	return best;
}

static bool
find(const struct alias_index *x, struct arena *a, struct str path,
    struct hit *hit)
{
	const struct entry *best = find_prefix(x, a, path);

	for (size_t i = 0; i < x->matches.n; i++) {
		const struct entry *e = x->matches.at[i];

		if (best != NULL && e->order > best->order)
			break;
		if (matches(e->alias, path, hit))
			return true;
	}
	return best != NULL && matches(best->alias, path, hit);
}

/* ---- Directives ---------------------------------------------------------- */

static struct alias *
alias_new(struct setting *s)
{
	struct alias *alias = arena_one(s->arena, struct alias);

	alias->at = s->node->at;
	alias->name = s->row->name;
	alias->owner = s->place->owner;
	return alias;
}

static bool
in_section(const struct setting *s)
{
	return s->place->where & (IN_SECTION | IN_HTACCESS);
}

/* A row whose name ends in Match takes a regular expression. */
static bool
is_match(const struct setting *s)
{
	return str_ends(str_of(s->row->name), STR("Match"));
}

static const char *
read_from(struct setting *s, int arg, struct alias *alias)
{
	struct str from = str_of(s->argv[arg].z);

	alias->written_from = s->argv[arg].z;
	if (is_match(s))
		return read_regex(s, arg, 0, &alias->regex);
	if (from.n == 0 || from.at[0] != '/')
		setting_warn(s, arg, "will never match: a URL path begins "
		    "with /");
	alias->from = uri_merge_slashes(s->arena, from);
	return NULL;
}

/* How many bytes of a pattern stand for themselves. */
static size_t
literal_bytes(struct str to)
{
	size_t i;

	for (i = 0; i + 1 < to.n; i++)
		if (to.at[i] == '\\' || (to.at[i] == '$' &&
		    char_is_digit((unsigned char)to.at[i + 1])))
			return i;
	return to.n;
}

/* A file name, or with a regex a pattern of one. */
static void
read_to(struct setting *s, int arg, struct alias *alias)
{
	struct str to = str_of(s->argv[arg].z);
	size_t n;

	alias->written_to = s->argv[arg].z;
	if (alias->regex == NULL) {
		alias->to = read_path(s, arg);
		alias->root_n = strlen(alias->to);
		return;
	}
	if (to.n > 0 && to.at[0] != '/' && literal_bytes(to) > 0)
		to = str_fmt(s->arena, "%s/%s", s->reading->server_root,
		    to.at);
	alias->to = str_z(s->arena, uri_merge_slashes(s->arena, to));
	to = str_of(alias->to);
	n = literal_bytes(to);
	while (n < to.n && n > 0 && to.at[n - 1] != '/')
		n--;
	alias->root_n = n;
}

/* In a section a target may be made of what is known of the request; what the
 * administrator wrote of a path ends before that. */
static const char *
read_expression(struct setting *s, int arg, struct alias *alias)
{
	struct str to = str_of(s->argv[arg].z);
	ptrdiff_t varies = str_find_str(to, STR("%{"));

	if (varies < 0)
		return NULL;
	while (varies > 0 && to.at[varies - 1] != '/')
		varies--;
	alias->root_n = varies > 1 ? (size_t)varies - 1 : (size_t)varies;
	return read_expr(s, arg, 0, EXPR_STRING, &alias->expr);
}

/* In <Location>, where the section says which URLs are meant. */
static const char *
alias_of_location(struct setting *s, struct alias *alias)
{
	const struct section *section = s->place->owner;
	struct alias_conf *c = s->conf;

	if (is_match(s) || s->argc != 1)
		return "takes only the target in a section, which says "
		    "itself for which URLs";
	if (section->regex == NULL && !section->glob)
		alias->from = section->pattern;
	alias->whole = true;
	read_to(s, 0, alias);
	c->alias = alias;
	return read_expression(s, 0, alias);
}

static const char *
read_alias(struct setting *s)
{
	struct alias *alias = alias_new(s);
	struct alias_conf *c = s->conf;
	const char *error;

	alias->script = str_starts(str_of(s->row->name), STR("Script"));
	if (in_section(s))
		return alias_of_location(s, alias);
	if (s->argc != 2)
		return "must have two arguments outside of <Location>";
	error = read_from(s, 0, alias);
	if (error != NULL)
		return error;
	read_to(s, 1, alias);
	if (str_ends(alias->from, STR("/")) &&
	    !str_ends(str_of(s->argv[1].z), STR("/")))
		setting_warn(s, 1, "has no slash at its end, although the URL "
		    "path has one");
	vec_add(s->arena, &c->aliases, alias);
	return NULL;
}

static const char *const status_words[] = { "permanent", "temp", "seeother",
    "gone" };

/* "gone", "301": the status, or -1. */
static int
status_of(const char *z)
{
	static const int status[] = { 301, 302, 303, 410 };
	uint64_t number;

	for (size_t i = 0; i < 4; i++)
		if (str_is_nocase(str_of(z), status_words[i]))
			return status[i];
	return str_number(str_of(z), 10, 999, &number) ? (int)number : -1;
}

static const char *
no_status(struct setting *s)
{
	const char *near = nearest_name(str_of(s->argv[0].z), status_words, 4);

	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, 0, "must begin with a status: a number, "
	    "permanent, temp, seeother or gone");
}

static bool
is_redirect(int status)
{
	return status >= 300 && status <= 399;
}

/* "http:" and the like. */
static bool
has_scheme(struct str url)
{
	ptrdiff_t colon = str_find(url, ':');

	for (ptrdiff_t i = 0; i < colon; i++)
		if (!char_is_alnum((unsigned char)url.at[i]) &&
		    strchr("+.-", url.at[i]) == NULL)
			return false;
	return colon > 0;
}

/* The arguments from arg on: [URL path] [URL]. */
static const char *
read_targets(struct setting *s, int arg, struct alias *alias)
{
	bool has_url = is_redirect(alias->status);
	int n = s->argc - arg;
	const char *error;

	if (n > 1 + has_url)
		return has_url ? "has an argument too many" :
		    setting_error(s, arg + 1, "cannot have a URL with "
		    "status %d", alias->status);
	alias->whole = n == has_url && in_section(s);
	if (n == has_url && !in_section(s))
		return has_url ? "lacks the URL to redirect to" :
		    "lacks a URL path";
	if (n > has_url && (error = read_from(s, arg++, alias)) != NULL)
		return error;
	if (!has_url)
		return NULL;
	alias->to = s->argv[arg].z;
	if (alias->whole && (error = read_expression(s, arg, alias)) != NULL)
		return error;
	if (alias->regex == NULL && alias->expr == NULL &&
	    alias->to[0] != '/' && !has_scheme(str_of(alias->to)))
		return setting_error(s, arg, "must lead to a URL, or to a "
		    "path that begins with /");
	return NULL;
}

static const char *
read_redirect(struct setting *s)
{
	struct alias *alias = alias_new(s);
	struct alias_conf *c = s->conf;
	bool fixed = s->row->lo != 0;	/* RedirectTemp, RedirectPermanent */
	int arg = 0, status = fixed ? -1 : status_of(s->argv[0].z);
	const char *error;

	if (s->argc == 3 && status < 0)
		return no_status(s);
	if (status >= 0)
		arg = 1;
	alias->status = status >= 0 ? status : fixed ? (int)s->row->lo : 302;
	if (alias->status < 300 || alias->status > 599)
		return setting_error(s, 0, "must have a status from 300 to "
		    "599");
	error = read_targets(s, arg, alias);
	if (error != NULL)
		return error;
	if (alias->whole)
		c->redirect = alias;
	else
		vec_add(s->arena, in_section(s) ? &c->here : &c->redirects,
		    alias);
	return NULL;
}

#define AT(field)	offsetof(struct alias_conf, field)
#define ANYWHERE	(IN_ANY | OVERRIDE_FILEINFO)

static const struct directive rows[] = {
	{ "Alias", 1, 2, IN_CONF | IN_LOCATION, SLOT_LIST, AT(aliases),
	  read_alias, "a URL path, and the file or directory it leads to" },
	{ "AliasMatch", 2, 2, IN_CONF, SLOT_LIST, AT(aliases),
	  read_alias, "a regular expression, and a file name with $1" },
	{ "ScriptAlias", 1, 2, IN_CONF | IN_LOCATION, SLOT_LIST,
	  AT(aliases), read_alias,
	  "a URL path, and the directory of programs it leads to" },
	{ "ScriptAliasMatch", 2, 2, IN_CONF, SLOT_LIST, AT(aliases),
	  read_alias, "a regular expression, and a program's name with $1" },
	{ "Redirect", 1, 3, ANYWHERE, SLOT_LIST, AT(redirects),
	  read_redirect, "[a status] a URL path, and the URL it moved to" },
	{ "RedirectMatch", 2, 3, ANYWHERE, SLOT_LIST, AT(redirects),
	  read_redirect, "[a status] a regular expression, and a URL with $1" },
	{ "RedirectTemp", 1, 2, ANYWHERE, SLOT_LIST, AT(redirects),
	  read_redirect, "a URL path, and the URL it moved to for a while",
	  302, 302 },
	{ "RedirectPermanent", 1, 2, ANYWHERE, SLOT_LIST, AT(redirects),
	  read_redirect, "a URL path, and the URL it moved to for good",
	  301, 301 },
	{ "AliasPreservePath", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_FLAG,
	  AT(preserve_path), NULL,
	  "On or Off: Alias in <Location> keeps the rest of the URL path" },
	{ "RedirectRelative", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_FLAG,
	  AT(relative), NULL,
	  "On or Off: redirects to a path are sent without scheme and host" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct alias_conf *o = outer, *i = inner;
	struct alias_conf *merged = result;

	merged->here = vec_join(a, &i->here, &o->here);
	merged->alias = i->alias != NULL ? i->alias : o->alias;
	merged->redirect = i->redirect != NULL ? i->redirect : o->redirect;
	merged->alias_index = NULL;
	merged->redirect_index = NULL;
}

/* ---- Indexing ------------------------------------------------------------ */

static void
index_add(struct alias_index *x, struct entry *e)
{
	struct str key = e->alias->from;
	struct entry *first;

	if (str_ends(key, STR("/")))
		key.n--;
	first = hash_get(x->prefixes, key);
	if (first == NULL) {
		hash_set(x->prefixes, key, e);
	} else {
		while (first->next != NULL)
			first = first->next;
		first->next = e;
	}
	if (key.n > x->longest)
		x->longest = key.n;
}

/* Tell when an earlier alias of the same server takes all that is meant for
 * this one. */
static void
warn_hidden(struct reading *r, const struct alias_index *x,
    const struct alias *alias, const void *owner)
{
	const struct entry *e;

	if (alias->owner != owner)
		return;
	e = find_prefix(x, r->arena, alias->from);
	if (e != NULL && e->alias->owner == owner)
		diagnose(r->diagnosis, SEVERITY_WARNING, &alias->at, NULL,
		    "%s will never be asked: \"%s %s\" in line %u of %s comes "
		    "first", alias->name, e->alias->name,
		    e->alias->written_from, e->alias->at.line,
		    e->alias->at.file);
}

static const struct alias_index *
index_new(struct reading *r, const struct vec *aliases, const void *owner)
{
	struct alias_index *x = arena_one(r->arena, struct alias_index);

	x->prefixes = hash_new(r->arena);
	for (size_t i = 0; i < aliases->n; i++) {
		struct entry *e = arena_one(r->arena, struct entry);

		e->alias = aliases->at[i];
		e->order = i;
		if (e->alias->regex != NULL) {
			vec_add(r->arena, &x->matches, e);
			continue;
		}
		warn_hidden(r, x, e->alias, owner);
		index_add(x, e);
	}
	return x;
}

static void
index_host(struct reading *r, struct vhost *host)
{
	struct alias_conf *c;

	scope_share(host->scope, r->config->main->scope, &mod_alias);
	c = scope_conf(r->arena, host->scope, &mod_alias);
	if (c->alias_index != NULL)	/* shared with the main server */
		return;
	c->alias_index = index_new(r, &c->aliases, host);
	c->redirect_index = index_new(r, &c->redirects, host);
}

static void
finish(struct reading *r)
{
	index_host(r, r->config->main);
	for (size_t i = 0; i < r->config->vhosts.n; i++)
		index_host(r, r->config->vhosts.at[i]);
}

/* ---- Targets ------------------------------------------------------------- */

/* pattern with $0..$9 replaced; "\$" is a dollar.  Groups are escaped when they
 * become part of a URL. */
static void
substitute(struct text *t, struct str pattern, const struct str *group,
    bool url)
{
	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.at[i];
		unsigned char next = i + 1 < pattern.n ?
		    (unsigned char)pattern.at[i + 1] : 0;

		if (c == '\\' && (next == '$' || next == '&')) {
			text_addc(t, (char)next);
			i++;
		} else if (c == '$' && char_is_digit(next)) {
			if (url)
				text_add_url_path(t, group[next - '0']);
			else
				text_add(t, group[next - '0']);
			i++;
		} else {
			text_addc(t, c);
		}
	}
}

/* A component "." or ".." would lead out of what the administrator named. */
static bool
has_dots(struct str path)
{
	struct str part;

	while (str_cut(&path, '/', &part))
		if (str_is(part, ".") || str_is(part, ".."))
			return true;
	return false;
}

/* The file name that hit leads to, as r->filename. */
static int
map(struct request *r, const struct hit *hit, bool whole)
{
	const struct alias *alias = hit->alias;
	struct text t = { .arena = r->arena };
	struct str rest = str_from(hit->path, hit->used), name;

	if (alias->regex != NULL) {
		substitute(&t, str_of(alias->to), hit->group, false);
	} else if (alias->expr != NULL) {
		name = expr_string(alias->expr, r, NULL);
		if (name.at == NULL)
			return 500;
		text_add(&t, name);
		if (!whole)
			text_add(&t, rest);
	} else {
		text_addz(&t, alias->to);
		if (!whole && str_ends(alias->from, STR("/")))
			text_addc(&t, '/');
		if (!whole)
			text_add(&t, rest);
	}
	name = uri_merge_slashes(r->arena, text_str(&t));
	if (has_dots(name) || !str_starts(name, STR("/"))) {
		request_log(r, LEVEL_ERROR, "alias", 0, "%s %s leads %.*s to "
		    "%.*s, which is refused", alias->name,
		    alias->written_from, STR_ARGS(r->path), STR_ARGS(name));
		return 403;
	}
	r->filename = str_z(r->arena, name);
	r->root_n = alias->root_n;
	story_tell(r, &alias->at, "%s maps %.*s to %s", alias->name,
	    STR_ARGS(r->path), r->filename);
	if (alias->regex == NULL && !whole) {
		r->context_prefix = alias->written_from;
		r->context_root = alias->written_to;
	}
	if (alias->script) {
		r->handler = "cgi-script";
		r->script_alias = true;
	}
	return DONE;
}

/* The Location that hit leads to, and its status. */
static int
redirect(struct request *r, const struct hit *hit)
{
	const struct alias *alias = hit->alias;
	struct text t = { .arena = r->arena };
	struct str url, fragment = STR("");
	bool relative = flag_or(((const struct alias_conf *)scope_get(
	    r->scope, &mod_alias))->relative, false);
	ptrdiff_t hash;

	story_tell(r, &alias->at, "%s answers for %.*s", alias->name,
	    STR_ARGS(r->path));
	if (alias->to == NULL)
		return alias->status;
	if (alias->regex != NULL) {
		substitute(&t, str_of(alias->to), hit->group, true);
	} else if (alias->expr != NULL) {
		url = expr_string(alias->expr, r, NULL);
		if (url.at == NULL)
			return 500;
		text_add(&t, url);
	} else {
		text_addz(&t, alias->to);
		if (!alias->whole)
			text_add_url_path(&t, str_from(hit->path, hit->used));
	}
	url = text_str(&t);
	if (str_starts(url, STR("/")) && !relative)
		url = str_fmt(r->arena, "%.*s%.*s",
		    STR_ARGS(request_absolute(r, STR(""))), STR_ARGS(url));
	if (!has_scheme(url) && !str_starts(url, STR("/"))) {
		request_log(r, LEVEL_ERROR, "alias", 0, "AH00673: cannot "
		    "redirect '%.*s' to '%.*s'; target is not a valid "
		    "absoluteURI or abs_path", STR_ARGS(r->path),
		    STR_ARGS(url));
		return 500;
	}
	hash = str_find(url, '#');
	if (hash >= 0) {
		fragment = str_from(url, (size_t)hash);
		url = str_first(url, (size_t)hash);
	}
	if (str_find(url, '?') < 0)
		url = request_with_query(r, url);
	fields_set(&r->out_always, STR("Location"), str_fmt(r->arena,
	    "%.*s%.*s", STR_ARGS(url), STR_ARGS(fragment)));
	return alias->status;
}

/* ---- Requests ------------------------------------------------------------ */

/* Alias in <Location>: all of its URLs lead to the target itself, unless
 * AliasPreservePath says otherwise. */
static int
map_location(struct request *r, const struct alias_conf *here)
{
	struct hit hit = { .alias = here->alias, .path = r->path };
	ptrdiff_t used = -1;

	if (flag_or(here->preserve_path, false) && here->alias->from.n > 0)
		used = prefix_match(here->alias->from, r->path);
	if (used >= 0)
		hit.used = (size_t)used;
	return map(r, &hit, used < 0);
}

/* A pattern that takes too long may be the one that keeps a file away. */
static int
undecided(struct request *r, const struct hit *hit)
{
	const struct alias *alias = hit->alias;

	request_log(r, LEVEL_ERROR, "alias", 0, "%s:%u: the pattern of %s "
	    "takes too long for %.*s", alias->at.file, alias->at.line,
	    alias->name, STR_ARGS(r->path));
	return 500;
}

static int
translate(struct request *r)
{
	const struct alias_conf *server = scope_get(r->vhost->scope,
	    &mod_alias);
	const struct alias_conf *here = scope_get(r->scope, &mod_alias);
	struct hit hit = { .path = r->path };

	if (!str_starts(r->path, STR("/")))
		return PASS;
	if (here->redirect != NULL) {
		hit.alias = here->redirect;
		return redirect(r, &hit);
	}
	if (find(server->redirect_index, r->arena, r->path, &hit))
		return hit.gave_up ? undecided(r, &hit) : redirect(r, &hit);
	if (here->alias != NULL)
		return map_location(r, here);
	if (find(server->alias_index, r->arena, r->path, &hit))
		return hit.gave_up ? undecided(r, &hit) :
		    map(r, &hit, false);
	return PASS;
}

/* The redirects of <Directory> and .htaccess, which are known only now. */
static int
fixup(struct request *r)
{
	const struct alias_conf *here = scope_get(r->scope, &mod_alias);
	struct hit hit = { .path = r->path };

	if (here->redirect != NULL) {
		hit.alias = here->redirect;
		return redirect(r, &hit);
	}
	for (size_t i = 0; i < here->here.n; i++)
		if (matches(here->here.at[i], r->path, &hit))
			return hit.gave_up ? undecided(r, &hit) :
			    redirect(r, &hit);
	return PASS;
}

/* One of these may be for the very path. */
static bool
names(const struct alias_index *x, struct str path)
{
	struct str group[10];

	if (x == NULL)
		return false;
	if (hash_get(x->prefixes, path) != NULL)
		return true;
	for (size_t i = 0; i < x->matches.n; i++) {
		const struct entry *e = x->matches.at[i];

		if (regex_match(e->alias->regex, path, group, 10) != 0)
			return true;
	}
	return false;
}

/*
 * A prefix that is for the directory, or one above it, leads all its files to
 * the same place, each by its name.  The others are for other paths, or for one
 * of these files.
 */
static enum kinship
kin(const struct kin_question *q)
{
	const struct alias_conf *server = scope_get(q->looked->vhost->scope,
	    &mod_alias);
	const struct alias_conf *here = scope_get(q->looked->scope, &mod_alias);

	if (here->redirect != NULL || here->alias != NULL ||
	    here->here.n > 0 || names(server->redirect_index, q->path) ||
	    names(server->alias_index, q->path))
		return KIN_NOT;
	return KIN_BY_NAME;
}

struct module mod_alias = {
	.name = "alias",
	.alias = "mod_alias.c alias_module",
	.conf_size = sizeof(struct alias_conf),
	.rows = rows,
	.merge = merge,
	.finish = finish,
	.kin = kin,
	.steady = true,
	.translate = translate,
	.fixup = fixup,
};
