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
#include "serve/hosts.h"
#include "serve/route.h"
#include "serve/sections.h"

/* ---- Merging ------------------------------------------------------------- */

/* Scopes are immutable and few, so the pair of addresses names the result. */
const struct scope *
route_merge(const struct scope *outer, const struct scope *inner)
{
	static struct arena *a;		/* of the process */
	static struct hash *known;
	const void *pair[2] = { outer, inner };
	struct str key = str_n((const char *)pair, sizeof(pair));
	struct scope *s;

	if (a == NULL) {
		a = arena_new();
		known = hash_new(a);
	}
	s = hash_get(known, key);
	if (s == NULL) {
		s = scope_merge(a, outer, inner);
		hash_set(known, str_copy(a, key), s);
	}
	return s;
}

/* A visit that merges each section found into a request's scope. */
struct merging {
	struct section_visit visit;
	struct request	*r;
	struct vec	 with_inside;	/* the <Files> in those found */
};

static void
merge_found(struct section_visit *v, const struct section *s)
{
	struct merging *m = (struct merging *)v;

	m->r->scope = route_merge(m->r->scope, s->scope);
	if (s->inside != NULL)
		vec_add(m->r->arena, &m->with_inside,
		    (void *)(uintptr_t)s->inside);
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

	sections_location(&r->config->main->sections, &r->vhost->sections,
	    r->path, &m->visit);
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
	r->scope = r->vhost->scope;
	return PASS;
}

int
route_location(struct request *r)
{
	struct merging m = { { merge_found, NULL }, r, { 0 } };

	merge_locations(&m);
	return merged(&m);
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

/*
 * Merge the <Directory> sections of the first n bytes of a file name, "/" and
 * every part that ends before a slash.  Returns the strictest policy for links
 * among the directories from root_n on.
 */
static enum os_links
merge_directories(struct request *r, struct str name, size_t root_n,
    struct merging *m)
{
	const struct sections *outer = &r->config->main->sections;
	enum os_links strictest = OS_LINKS_FOLLOW;
	unsigned depth = 1;

	for (size_t i = 1; i <= name.n; i++) {
		if (i < name.n && i > 1 && name.at[i] != '/')
			continue;
		if (i > 1 && name.at[i - 1] == '/')
			continue;
		sections_directory(outer, &r->vhost->sections,
		    str_first(name, i), depth++, &m->visit);
		if (i >= root_n || i == name.n) {
			enum os_links l = links_allowed(r->scope);

			if (l > strictest)
				strictest = l;
		}
	}
	return strictest;
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

static void
merge_files(struct merging *m)
{
	const struct request *r = m->r;
	ptrdiff_t slash = str_rfind(str_of(r->filename), '/');
	struct str name = str_of(r->filename + slash + 1);

	sections_files(&r->config->main->sections, name, &m->visit);
	if (r->vhost != r->config->main)
		sections_files(&r->vhost->sections, name, &m->visit);
	for (size_t i = 0; i < m->with_inside.n; i++)
		sections_files(m->with_inside.at[i], name, &m->visit);
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

int
route_directory(struct request *r)
{
	struct merging dry = { { merge_found, NULL }, r, { 0 } };
	struct merging m = { { merge_found, NULL }, r, { 0 } };
	struct str name;
	enum os_links links;

	if (strstr(r->filename, "//") != NULL)
		r->filename = merge_slashes(r);
	name = str_of(r->filename);
	/* First for the policy only: the name may still hold a path_info. */
	r->scope = r->vhost->scope;
	while (name.n > 1 && name.at[name.n - 1] == '/')
		name.n--;
	links = merge_directories(r, parent_of(name), r->root_n, &dry);
	find_file(r, links);

	r->scope = r->vhost->scope;
	name = str_of(r->filename);
	r->links = merge_directories(r, r->found.kind == FOUND_DIRECTORY ?
	    name : parent_of(name), r->root_n, &m);
	if (r->found.kind == FOUND_DIRECTORY)
		name = str_fmt(r->arena, "%s/", name.n > 1 ? name.at : "");
	sections_directory_match(&r->config->main->sections,
	    &r->vhost->sections, name, &m.visit);
	if (r->found.kind != FOUND_DIRECTORY)
		merge_files(&m);
	merge_locations(&m);
	if (r->found.kind == FOUND_NOTHING && !is_missing(r->found.error)) {
		request_log(r, r->main != NULL ? LEVEL_DEBUG : LEVEL_ERROR,
		    "core", r->found.error,
		    "access to %s denied: %s cannot be reached because of "
		    "file permissions or a symbolic link that Options forbid",
		    r->path.at == NULL ? "" : str_z(r->arena, r->path),
		    r->filename);
		return request_refuse(r, 403, "The server may not reach this "
		    "file.");
	}
	return merged(&m);
}
