/*
 * route.c - whose request it is: virtual host, sections, file on disk.
 *
 * Sections are matched against the path as text first, so that the policy for
 * symbolic links is known before anything is looked up on disk.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/os.h"
#include "http/uri.h"
#include "serve/condition.h"
#include "serve/era.h"
#include "serve/hosts.h"
#include "serve/htaccess.h"
#include "serve/route.h"
#include "serve/sections.h"
#include "serve/story.h"

/* ---- Merging ------------------------------------------------------------- */

/* Scopes are immutable, so the pair of addresses names the result, as long as
 * all three live: that is the era. */
static const struct scope *
merge_pair(struct request *r, const struct scope *outer,
    const struct scope *inner)
{
	struct era *e = r->era != NULL ? r->era : era_hold(r);
	const void *pair[2] = { outer, inner };
	struct str key = str_n((const char *)pair, sizeof(pair));
	struct scope *s = hash_get(e->merged, key);

	if (s == NULL) {
		s = scope_merge(e->arena, outer, inner);
		hash_set(e->merged, str_copy(e->arena, key), s);
	}
	return s;
}

void
route_merge(struct request *r, const struct scope *inner)
{
	r->scope = merge_pair(r, r->scope, inner);
}

/* Begin again with the host's own settings: the only moment at which a request
 * may go over to a newer era. */
static void
merge_nothing(struct request *r)
{
	r->scope = r->vhost->scope;
	era_hold(r);
	if (r->client->story != NULL)
		r->client->story->anew(r->client->story, r);
}

/* A visit that merges the sections found into a request's scope. */
struct merging {
	struct section_visit visit;
	struct request	*r;
	struct vec	 with_inside;	/* the <Files> in those found */
	/* Those of one kind, merged among themselves; NULL: none. */
	const struct scope *apart;
};

static void
note_found(struct merging *m, const struct section *s)
{
	struct story *story = m->r->client->story;

	if (s->named)
		section_env(&m->visit, s, m->r);
	if (story != NULL)
		story->section(story, m->r, s);
	if (s->inside != NULL)
		vec_add(m->r->arena, &m->with_inside,
		    (void *)(uintptr_t)s->inside);
}

static void
merge_found(struct section_visit *v, const struct section *s)
{
	struct merging *m = (struct merging *)v;

	route_merge(m->r, s->scope);
	note_found(m, s);
}

/* As Apache does it, <Files>, <Location> and <If> sections are merged each with
 * their kind before they cover others: it shows where a setting tells how to
 * join what it covers (AuthMerging, RewriteOptions Inherit). */
static void
merge_apart(struct section_visit *v, const struct section *s)
{
	struct merging *m = (struct merging *)v;

	m->apart = m->apart == NULL ? s->scope :
	    merge_pair(m->r, m->apart, s->scope);
	note_found(m, s);
}

static void
begin_kind(struct merging *m)
{
	m->visit.found = merge_apart;
	m->apart = NULL;
}

static void
end_kind(struct merging *m)
{
	if (m->apart != NULL)
		route_merge(m->r, m->apart);
	m->apart = NULL;
}

static struct merging
merging(struct request *r)
{
	return (struct merging){ .visit = { .found = merge_found }, .r = r };
}

/* PASS, or a refusal when a section's pattern could not be decided: it may
 * stand for an access rule. */
static int
merged(const struct merging *m)
{
	const struct section *s = m->visit.gave_up;

	if (s == NULL)
		return PASS;
	request_log(m->r, LEVEL_ERROR, "core", 0, "the pattern of the section "
	    "at %s:%u takes too long for this request", s->at.file,
	    s->at.line);
	return request_refuse(m->r, 500, "A rule of the server could not be "
	    "applied to this address.");
}

static void
merge_locations(struct merging *m)
{
	const struct request *r = m->r;

	begin_kind(m);
	sections_location(r->config->main->sections, r->vhost->sections,
	    r->path, uri_merge_slashes(r->arena, r->path), &m->visit);
	end_kind(m);
}

static int
merge_conditions(struct merging *m, struct str name)
{
	int said;

	begin_kind(m);
	said = conditions_decide(m->r, name, &m->visit);
	end_kind(m);
	return said;
}

/* ---- Virtual host and Location ------------------------------------------- */

int
route_vhost(struct request *r)
{
	/* Nobody shall believe a Host that was overruled.  RFC 9112, 3.2.2. */
	if (r->head->form == TARGET_ABSOLUTE)
		fields_set(&r->in, STR("Host"), r->head->authority);
	r->host = str_lower(r->arena, r->head->host.name);
	if (r->host.n > 0)
		r->vhost = host_named(r->config, r->client->hosts, r->host);
	else
		r->vhost = host_by_path(r->config, r->client->hosts,
		    r->head->path);
	merge_nothing(r);
	return PASS;
}

int
route_location(struct request *r)
{
	struct merging m = merging(r);
	int said;

	merge_locations(&m);
	said = merge_conditions(&m, STR_NONE);
	return said != PASS ? said : merged(&m);
}

/* ---- The file ------------------------------------------------------------ */

static enum os_links
links_allowed(const struct scope *s)
{
	unsigned options = core_options(s);

	if (options & OPTION_FOLLOW_LINKS)
		return OS_LINKS_FOLLOW;
	return options & OPTION_LINKS_IF_OWNER ? OS_LINKS_IF_OWNER :
	    OS_LINKS_NONE;
}

/* The way down to a file, as far as it was gone. */
struct descent {
	struct merging	 m;
	struct htaccess_walk walk;
	size_t		 done;		/* bytes of the name */
	unsigned	 depth;
	enum os_links	 strictest;	/* of those below the root */
};

static void
descent_begin(struct descent *d, struct request *r)
{
	*d = (struct descent){ .m = merging(r),
	    .walk = htaccess_walk(r), .depth = 1,
	    .strictest = OS_LINKS_FOLLOW };
	merge_nothing(r);
}

static enum os_links
stricter(enum os_links a, enum os_links b)
{
	return a > b ? a : b;
}

/* Merge the <Directory> sections of directory, then its .htaccess file. */
static int
descend_one(struct descent *d, struct str directory)
{
	struct request *r = d->m.r;
	const struct section *found;
	struct override o;
	int said;

	sections_directory(r->config->main->sections, r->vhost->sections,
	    directory, d->depth++, &d->m.visit);
	if (override_of(r->scope, &o)) {
		said = htaccess_find(&d->walk, directory, &o,
		    stricter(d->strictest, links_allowed(r->scope)), &found);
		if (said != PASS)
			return said;
		if (found != NULL)
			merge_found(&d->m.visit, found);
	}
	if (directory.n >= r->root_n)
		d->strictest = stricter(d->strictest, links_allowed(r->scope));
	return PASS;
}

/* ---- Ways that were gone before ------------------------------------------ */

/* What a descent to one directory came to. */
struct way {
	struct way	*next;		/* to the same directory */
	const struct vhost *vhost;
	size_t		 root_n;
	struct htaccess_walk walk;	/* tells whether it still holds */
	const struct scope *scope;
	struct vec	 with_inside;
	unsigned	 depth;
	enum os_links	 strictest, links;
};

static struct way *
way_find(const struct descent *d, struct str name)
{
	const struct request *r = d->m.r;
	struct way *w = hash_get(r->era->ways, name);

	while (w != NULL && (w->vhost != r->vhost || w->root_n != r->root_n))
		w = w->next;
	return w;
}

/* Be where the way leads to; false when nobody has gone it lately. */
static bool
way_take(struct descent *d, struct str name)
{
	struct request *r = d->m.r;
	const struct way *w = way_find(d, name);

	/* A story wants to hear of every step. */
	if (w == NULL || r->client->story != NULL || !htaccess_holds(&w->walk))
		return false;
	htaccess_go_on(&d->walk, &w->walk);
	d->done = name.n;
	d->depth = w->depth;
	d->strictest = w->strictest;
	d->m.with_inside = (struct vec){ 0 };
	for (size_t i = 0; i < w->with_inside.n; i++)
		vec_add(r->arena, &d->m.with_inside, w->with_inside.at[i]);
	r->scope = w->scope;
	r->links = w->links;
	return true;
}

/* Remember the way to a directory that is there. */
static void
way_keep(const struct descent *d, struct str name)
{
	const struct request *r = d->m.r;
	struct arena *a = r->era->arena;
	struct way *w = way_find(d, name);

	if (d->walk.not_told || d->walk.over)
		return;
	if (w != NULL && htaccess_holds(&w->walk))
		return;
	if (w == NULL) {
		w = arena_one(a, struct way);
		w->next = hash_get(r->era->ways, name);
		hash_set(r->era->ways, str_copy(a, name), w);
	}
	w->vhost = r->vhost;
	w->root_n = r->root_n;
	w->walk = d->walk;
	w->scope = r->scope;
	w->depth = d->depth;
	w->strictest = d->strictest;
	w->links = r->links;
	era_stale(r->era, w->with_inside.n * sizeof(void *));
	w->with_inside = (struct vec){ 0 };
	for (size_t i = 0; i < d->m.with_inside.n; i++)
		vec_add(a, &w->with_inside, d->m.with_inside.at[i]);
}

/* ---- Going down ---------------------------------------------------------- */

/*
 * Go on down to name: "/" and every part that ends before a slash.  Then
 * r->links is the strictest policy for links among the directories from the
 * root on.
 */
static int
descend(struct descent *d, struct str name)
{
	struct request *r = d->m.r;

	if (way_take(d, name))
		return PASS;
	for (size_t i = d->done + 1; i <= name.n; i++) {
		if (i < name.n && i > 1 && name.at[i] != '/')
			continue;
		if (i > 1 && name.at[i - 1] == '/')
			continue;
		int said = descend_one(d, str_first(name, i));
		if (said != PASS)
			return said;
	}
	d->done = name.n;
	r->links = stricter(d->strictest, links_allowed(r->scope));
	return PASS;
}

/* Do so, from the beginning if what was done leads elsewhere. */
static int
descend_anew(struct descent *d, struct str done, struct str name)
{
	bool inside = str_starts(name, done) && (name.n == done.n ||
	    done.n == 1 || name.at[done.n] == '/');

	if (!inside)
		descent_begin(d, d->m.r);
	return descend(d, name);
}

/* The directory that holds a file: all before the last slash. */
static struct str
parent_of(struct str name)
{
	ptrdiff_t slash = str_rfind(name, '/');

	return str_first(name, slash <= 0 ? 1 : (size_t)slash);
}

static void
found_kind(struct found *f)
{
	if (S_ISREG(f->st.st_mode))
		f->kind = FOUND_FILE;
	else if (S_ISDIR(f->st.st_mode))
		f->kind = FOUND_DIRECTORY;
	else
		f->kind = FOUND_OTHER;
}

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

/* Stat the first n bytes of name. */
static int
stat_part(struct request *r, char *name, size_t n, enum os_links links)
{
	char kept = name[n];
	int result;

	name[n] = 0;
	result = os_stat_file(name, r->root_n < n ? r->root_n : n, links,
	    &r->found.st);
	r->found.error = result == 0 ? 0 : errno;
	name[n] = kept;
	return result;
}

/*
 * How many bytes of name exist on disk.  Whatever stands below a missing part
 * is missing, too, so halving finds the end in few looks however many slashes a
 * client sends.
 */
static size_t
existing_part(struct request *r, char *name, size_t n, enum os_links links)
{
	size_t good = 0, bad = n;

	while (bad - good > 1) {
		size_t mid = good + (bad - good) / 2, i = mid;

		while (i < bad && name[i] != '/')
			i++;
		if (i == bad)
			for (i = mid; i > good && name[i] != '/'; i--)
				;
		if (i <= good)
			break;
		if (stat_part(r, name, i, links) == 0)
			good = i;
		else if (is_missing(r->found.error))
			bad = i;
		else
			return i;
	}
	return good;
}

/*
 * Look for r->filename, cut off what stands behind a file as path_info, and
 * fill r->found.  A missing file keeps its first missing part as filename.
 */
static void
find_file(struct request *r, enum os_links links)
{
	char *name = str_z(r->arena, str_of(r->filename));
	size_t n = strlen(name), end;

	while (n > 1 && name[n - 1] == '/')
		n--;
	bool slashed = name[n] == '/';
	if (stat_part(r, name, n, links) == 0) {
		found_kind(&r->found);
		if (slashed && r->found.kind != FOUND_DIRECTORY)
			r->path_info = str_copy(r->arena, str_of(name + n));
		name[n] = 0;
		r->filename = name;
		return;
	}
	r->found.kind = FOUND_NOTHING;
	end = n;
	if (is_missing(r->found.error)) {
		int error = r->found.error;
		size_t good = existing_part(r, name, n, links);

		if (good > 0 && stat_part(r, name, good, links) == 0)
			found_kind(&r->found);
		else
			r->found.error = error;
		end = good;
		if (r->found.kind != FOUND_FILE &&
		    r->found.kind != FOUND_OTHER) {
			/* The first missing part belongs to the name. */
			r->found.kind = FOUND_NOTHING;
			r->found.error = error;
			for (end = good + 1; end < n && name[end] != '/';)
				end++;
		}
	}
	if (end < n || slashed)
		r->path_info = str_copy(r->arena, str_of(name + end));
	name[end] = 0;
	r->filename = name;
}

/* What <Files> sections are compared with: as in Apache, a directory has its
 * own name without a slash at the end of the path, and with one, none. */
static struct str
name_in_directory(const struct request *r)
{
	struct str name = str_of(r->filename);

	if (r->found.kind == FOUND_DIRECTORY && (r->path.at == NULL ||
	    str_ends(r->path, STR("/"))))
		return STR("");
	while (name.n > 1 && name.at[name.n - 1] == '/')
		name.n--;
	return str_from(name, (size_t)(str_rfind(name, '/') + 1));
}

static void
merge_files(struct merging *m)
{
	const struct request *r = m->r;
	struct str name = name_in_directory(r);

	begin_kind(m);
	sections_files(r->config->main->sections, name, &m->visit);
	if (r->vhost != r->config->main)
		sections_files(r->vhost->sections, name, &m->visit);
	for (size_t i = 0; i < m->with_inside.n; i++)
		sections_files(m->with_inside.at[i], name, &m->visit);
	end_kind(m);
}

/*
 * A file system takes several slashes for one, so <Directory> must, too, even
 * where MergeSlashes leaves them in the path.  The administrator's part of the
 * name stays as it is.
 */
static const char *
merge_slashes(const struct request *r)
{
	char *name = str_z(r->arena, str_of(r->filename));
	size_t from = r->root_n, to;

	if (from == 0 || from > strlen(name))
		from = 1;
	for (to = from; name[from] != 0; from++)
		if (name[from] != '/' || name[to - 1] != '/')
			name[to++] = name[from];
	name[to] = 0;
	return name;
}

/* PASS, or a refusal of what is there but cannot be reached. */
static int
check_reached(struct request *r)
{
	if (r->found.kind != FOUND_NOTHING || is_missing(r->found.error))
		return PASS;
	request_log(r, r->main != NULL ? LEVEL_DEBUG : LEVEL_ERROR, "core",
	    r->found.error, "access to %s denied: %s cannot be reached because "
	    "of file permissions or a symbolic link that Options forbid",
	    r->path.at == NULL ? "" : str_z(r->arena, r->path), r->filename);
	return request_refuse(r, 403, "The server may not reach this file.");
}

int
route_directory(struct request *r)
{
	struct descent d;
	struct str name, done, directory;
	int said;

	descent_begin(&d, r);
	if (strstr(r->filename, "//") != NULL)
		r->filename = merge_slashes(r);
	name = str_of(r->filename);
	while (name.n > 1 && name.at[name.n - 1] == '/')
		name.n--;
	/* The policy for links must be known before anything is looked up,
	 * while the name may still hold a path_info. */
	done = parent_of(name);
	said = descend(&d, done);
	if (said != PASS) {
		request_once(r);
		return said;
	}
	/* What is looked for from here on depends on these directories. */
	request_saw_way(r, done, r->root_n);
	find_file(r, r->links);

	name = str_of(r->filename);
	directory = r->found.kind == FOUND_DIRECTORY ? name : parent_of(name);
	said = descend_anew(&d, done, directory);
	if (d.walk.asked && d.walk.not_told)
		request_once(r);
	else if (d.walk.asked)
		request_timely(r);	/* there may be a file by then */
	if (said != PASS)
		return said;
	if (r->found.kind != FOUND_NOTHING || is_missing(r->found.error))
		way_keep(&d, directory);
	if (r->found.kind == FOUND_DIRECTORY)
		name = str_fmt(r->arena, "%s/", name.n > 1 ? name.at : "");
	sections_directory_match(r->config->main->sections,
	    r->vhost->sections, name, &d.m.visit);
	merge_files(&d.m);
	merge_locations(&d.m);
	said = merge_conditions(&d.m, name_in_directory(r));
	if (said == PASS)
		said = check_reached(r);
	return said != PASS ? said : merged(&d.m);
}

/* ---- Files beside each other --------------------------------------------- */

bool
route_files(struct request *r, struct route_files *f)
{
	struct request copy = *r;
	struct descent d;

	descent_begin(&d, &copy);
	*f = (struct route_files){ r->config, r->vhost, { 0 } };
	if (descend(&d, str_of(r->filename)) != PASS)
		return false;
	f->inside = d.m.with_inside;
	return true;
}

/* A visit that writes down which sections are found. */
struct covering {
	struct section_visit visit;
	struct text	*key;
	bool		 odd;	/* one of them does more than cover */
};

static void
add_cover(struct section_visit *v, const struct section *s)
{
	struct covering *c = (struct covering *)v;

	text_add(c->key, str_n((const char *)&s, sizeof(s)));
	if (s->named || s->inside != NULL)
		c->odd = true;
}

bool
route_covers(const struct route_files *f, struct str path,
    struct str filename, struct str name, struct text *key)
{
	struct covering c = { .visit = { .found = add_cover }, .key = key };
	const struct sections *main = f->config->main->sections,
	    *host = f->vhost->sections;

	sections_location(main, host, path, path, &c.visit);
	sections_directory_match(main, host, filename, &c.visit);
	sections_files(main, name, &c.visit);
	if (host != main)
		sections_files(host, name, &c.visit);
	for (size_t i = 0; i < f->inside.n; i++)
		sections_files(f->inside.at[i], name, &c.visit);
	return !c.odd && c.visit.gave_up == NULL;
}
