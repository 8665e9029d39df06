/*
 * mod_negotiation - one address, several files: MultiViews and type maps.
 *
 * MultiViews answers for a name that is not there with the files that have this
 * name and further extensions; each is looked up as a request of its own, so
 * that what access rules forbid is neither chosen nor listed.  A type map names
 * its variants itself.  The choice is http/negotiate's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "base/text.h"
#include "conf/directive.h"
#include "http/negotiate.h"
#include "http/typemap.h"
#include "serve/corridor.h"
#include "serve/file.h"
#include "serve/kin.h"
#include "serve/story.h"

extern struct module mod_negotiation;

/* A name with more files behind it is no name for MultiViews. */
enum { VIEWS_MAX = 1000 };
/* No type map is larger. */
enum { MAP_BYTES_MAX = 1 << 20 };

enum { FORCE_PREFER = 1 << 0, FORCE_FALLBACK = 1 << 1 };

struct negotiation_conf {
	struct vec	 priority;	/* LanguagePriority: const char * */
	struct number	 force;		/* FORCE_... bits */
	enum flag	 cache;
};

/* ---- Directives ---------------------------------------------------------- */

/* None alone, or Prefer and Fallback. */
static const char *
read_force(struct setting *s)
{
	static const char *const words[] = { "None", "Prefer", "Fallback",
	    NULL };
	struct negotiation_conf *c = s->conf;

	c->force = (struct number){ .given = true };
	for (int i = 0; i < s->argc; i++) {
		int64_t word;
		const char *error = read_word(s, i, words, &word);

		if (error != NULL)
			return error;
		if (word == 0 && s->argc > 1)
			return setting_error(s, i, "takes None alone");
		if (word > 0)
			c->force.is |= word == 1 ? FORCE_PREFER :
			    FORCE_FALLBACK;
	}
	return NULL;
}

#define AT(field)	offsetof(struct negotiation_conf, field)

static const struct directive rows[] = {
	{ "LanguagePriority", 1, MANY, IN_ANY | OVERRIDE_FILEINFO,
	  SLOT_LIST_REPLACE, AT(priority), NULL, "languages, the best first" },
	{ "ForceLanguagePriority", 1, 2, IN_ANY | OVERRIDE_FILEINFO,
	  SLOT_CUSTOM, AT(force), read_force, "None, or Prefer and Fallback",
	  .size = sizeof(struct number) },
	{ "CacheNegotiatedDocs", 1, 1, IN_CONF, SLOT_FLAG, AT(cache), NULL,
	  "On or Off: HTTP/1.0 caches may keep what was negotiated" },
	{ 0 }
};

/* ---- The choice ---------------------------------------------------------- */

/* A negotiation and where it takes place. */
struct table {
	struct negotiation n;		/* first */
	struct request	*r;
	struct str	 directory;	/* where files are, with its slash */
	struct str	 address;	/* the same as clients know it */
	struct str	 etag;		/* of the list of variants */
	bool		 is_map;
	struct request	*map;		/* if it was found by MultiViews */
};

/* The part of a name up to its last slash. */
static struct str
directory_of(struct str name)
{
	return str_first(name, (size_t)(str_rfind(name, '/') + 1));
}

/* The part behind it. */
static struct str
name_of(const struct request *r)
{
	struct str name = str_of(r->filename);

	return str_from(name, directory_of(name).n);
}

/* What a variant is for the client: found already, or by its address. */
static struct request *
look_up(struct table *t, struct variant *v)
{
	struct text url = { .arena = t->n.arena };

	if (v->found != NULL || v->body.at != NULL)
		return v->found;
	text_add_url_path(&url, t->address);
	text_add(&url, v->name);
	v->found = request_lookup(t->r, text_str(&url));
	return v->found;
}

static int64_t
length_of_file(struct negotiation *n, struct variant *v)
{
	const struct request *looked = look_up((struct table *)n, v);

	return looked != NULL && looked->status == 200 &&
	    looked->found.kind == FOUND_FILE ? looked->found.st.st_size : -1;
}

static void
table_begin(struct table *t, struct request *r)
{
	*t = (struct table){ .n = { .arena = r->arena,
	    .length = length_of_file }, .r = r,
	    .directory = directory_of(str_of(r->filename)),
	    .address = r->path };
	if (str_ends(r->path, r->path_info))
		t->address.n -= r->path_info.n;
	t->address = directory_of(t->address);
}

/* RFC 2295 is for variants that are files beside each other. */
static bool
is_transparent(const struct table *t)
{
	if ((t->r->method != METHOD_GET && t->r->method != METHOD_HEAD) ||
	    t->r->path_info.n > 0)
		return false;
	for (size_t i = 0; i < t->n.variants.n; i++) {
		const struct variant *v = t->n.variants.at[i];

		if (v->body.at != NULL || str_find(v->name, '/') >= 0)
			return false;
	}
	return true;
}

/* What a map names, but the client may not have, is not for it to know. */
static void
drop_forbidden(struct table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n.variants.n; i++) {
		struct variant *v = t->n.variants.at[i];
		const struct request *looked = look_up(t, v);

		if (looked == NULL || looked->status == 200)
			t->n.variants.at[kept++] = v;
	}
	t->n.variants.n = kept;
}

/* An error page may be negotiated after the page that failed. */
static void
add_vary(struct request *r, struct str vary)
{
	struct text t = { .arena = r->arena };
	struct str part;

	text_add(&t, fields_join(r->arena, &r->out_always, STR("Vary")));
	while (str_element(&vary, &part)) {
		if (fields_has_token(&r->out_always, STR("Vary"), part))
			continue;
		if (t.n > 0)
			text_addc(&t, ',');
		text_add(&t, part);
	}
	if (t.n > 0)
		fields_set(&r->out_always, STR("Vary"), text_str(&t));
}

static void
tell(struct table *t, bool chosen)
{
	struct request *r = t->r;
	struct str vary = negotiation_vary(&t->n), list;

	if (t->n.tell) {
		drop_forbidden(t);
		list = negotiation_alternates(&t->n);
		if (list.n > 0)
			fields_set(&r->out_always, STR("Alternates"), list);
	}
	add_vary(r, vary);
	if (t->n.wishes.transparent)
		fields_set(&r->out_always, STR("TCN"), chosen ?
		    STR("choice") : STR("list"));
}

/* No variant is chosen: the client is told what there is. */
static int
answer_list(struct table *t)
{
	struct request *r = t->r;

	tell(t, false);
	r->offers = negotiation_page(&t->n);
	if (t->n.wishes.transparent && t->n.by_client)
		return 300;
	request_log(r, LEVEL_ERROR, "negotiation", 0, "AH00690: no acceptable "
	    "variant: %s", r->filename);
	return 406;
}

/*
 * Look the chosen one up, unless it was.  One that is chosen by negotiation
 * again would leave caches in the dark: 506, RFC 2295, 8.1.
 */
static int
check_choice(struct table *t, struct variant *v)
{
	const struct request *looked = look_up(t, v);

	if (looked == NULL)
		return PASS;
	if (looked->unfinished)
		return WAIT;
	if (looked->status != 200 &&
	    !fields_has(&looked->out_always, STR("TCN")))
		return looked->status;
	if ((t->n.wishes.transparent &&
	    fields_has(&looked->out_always, STR("TCN"))) ||
	    (looked->handler != NULL &&
	    strcmp(looked->handler, "type-map") == 0))
		return request_refuse(t->r, 506, "A variant of this page is "
		    "negotiated itself.");
	return PASS;
}

/* HTTP/1.0 has no Vary: its caches would give one form to all. */
static void
keep_from_old_caches(struct table *t)
{
	const struct negotiation_conf *c = scope_get(t->r->vhost->scope,
	    &mod_negotiation);

	if (t->r->head->version > 10 || flag_or(c->cache, false) ||
	    (!t->is_map && t->n.variants.n == 1))
		return;
	fields_set(&t->r->out_always, STR("Expires"), clock_http_now());
}

/* PASS: *chosen is the one; WAIT, or a status. */
static int
choose(struct table *t, struct variant **chosen)
{
	const struct negotiation_conf *c = scope_get(t->r->scope,
	    &mod_negotiation);
	int64_t force = number_or(c->force, FORCE_PREFER);
	struct negotiation *n = &t->n;
	int said;

	n->wishes.priority = &c->priority;
	n->wishes.prefer = (force & FORCE_PREFER) != 0;
	n->wishes.fallback = (force & FORCE_FALLBACK) != 0;
	n->wishes.transparent = is_transparent(t);
	n->preferred = request_env(t->r, STR("prefer-language"));
	*chosen = negotiation_choose(n, &t->r->in);
	if (*chosen == NULL)
		return answer_list(t);
	said = check_choice(t, *chosen);
	if (said != PASS)
		return said;
	t->r->list_etag = t->etag;
	story_tell(t->r, NULL, "negotiation: %.*s of %zu variants",
	    STR_ARGS((*chosen)->name), n->variants.n);
	keep_from_old_caches(t);
	if (n->wishes.transparent) {
		struct text url = { .arena = n->arena };

		text_add_url_part(&url, (*chosen)->name);
		fields_set(&t->r->out_always, STR("Content-Location"),
		    text_str(&url));
	}
	tell(t, true);
	return PASS;
}

/* ---- Type maps ----------------------------------------------------------- */

/* All of a file, or STR_NONE with errno. */
static struct str
read_whole(struct arena *a, int fd, size_t n)
{
	char *bytes = arena_alloc(a, n + 1);
	ssize_t have = os_read_part(fd, bytes, n, 0);

	return have < 0 ? STR_NONE : str_n(bytes, (size_t)have);
}

/* An open type map. */
struct map {
	int		 fd;		/* the arena's */
	struct str	 bytes;
};

static int
open_map(const struct request *file, struct map *m)
{
	struct stat st;

	m->fd = os_open_file(file->filename, file->root_n, file->links, &st);
	if (m->fd < 0) {
		request_log(file, LEVEL_ERROR, "negotiation", errno,
		    "cannot access type map file: %s", file->filename);
		return errno == ENOENT || errno == ENOTDIR ? 404 : 403;
	}
	arena_owns_fd(file->arena, m->fd);
	if (!S_ISREG(st.st_mode))
		return 404;
	if (st.st_size > MAP_BYTES_MAX) {
		request_log(file, LEVEL_ERROR, "negotiation", 0, "the type "
		    "map %s is larger than %d bytes", file->filename,
		    MAP_BYTES_MAX);
		return 500;
	}
	m->bytes = read_whole(file->arena, m->fd, (size_t)st.st_size);
	return m->bytes.at != NULL ? PASS : 500;
}

/* The map in file, which is of t's request or was looked up for it. */
static int
read_map(struct table *t, const struct request *file, struct map *m)
{
	const char *why;
	unsigned line = 0;
	int said = open_map(file, m);
	enum typemap_result result;

	if (said != PASS)
		return said;
	t->is_map = true;
	result = typemap_read(t->n.arena, m->bytes, name_of(file),
	    &t->n.variants, &why, &line);
	if (result != TYPEMAP_WHOLE)
		request_log(file, LEVEL_ERROR, "negotiation", 0, "syntax error "
		    "in type map %s:%u: %s", file->filename, line, why);
	t->etag = file_etag(file, &file->found.st);
	return result != TYPEMAP_BAD ? PASS : 500;
}

/* A variant that stands in the map itself. */
static int
answer_body(struct table *t, const struct variant *v, const struct map *m)
{
	struct request *r = t->r;
	struct str languages = variant_languages(r->arena, v);

	if (r->method != METHOD_GET && r->method != METHOD_HEAD &&
	    r->method != METHOD_POST)
		return corridor_other_method(r);
	if (v->type.n > 0)
		fields_set(&r->out, STR("Content-Type"), v->charset.n == 0 ?
		    v->type : str_fmt(r->arena, "%.*s; charset=%.*s",
		    STR_ARGS(v->type), STR_ARGS(v->charset)));
	if (languages.n > 0)
		fields_set(&r->out, STR("Content-Language"), languages);
	if (v->encoding.n > 0)
		fields_set(&r->out, STR("Content-Encoding"), v->encoding);
	return file_answer_part(r, dup(m->fd), v->body.at - m->bytes.at,
	    v->body.n);
}

/* A variant is another address, relative to the map's. */
static int
go_to(const struct table *t, const struct variant *v)
{
	struct text url = { .arena = t->n.arena };
	struct request *r = t->r;

	text_add_url_path(&url, t->address);
	text_add(&url, v->name);
	text_add_url_path(&url, r->path_info);
	return request_restart(r, request_with_query(r, text_str(&url)),
	    false);
}

static bool
is_map(const struct request *r)
{
	if (r->handler != NULL)
		return strcmp(r->handler, "type-map") == 0 ||
		    strcmp(r->handler, "application/x-type-map") == 0;
	return str_is(fields_get(&r->out, STR("Content-Type")),
	    "application/x-type-map");
}

static int
handle(struct request *r)
{
	struct variant *v;
	struct table t;
	struct map m;
	int said;

	if (!is_map(r))
		return PASS;
	if (r->found.kind != FOUND_FILE)
		return request_refuse(r, 404, "There is nothing at this "
		    "address.");
	request_timely(r);
	table_begin(&t, r);
	said = read_map(&t, r, &m);
	if (said == PASS)
		said = choose(&t, &v);
	if (said != PASS)
		return said;
	return v->body.at != NULL ? answer_body(&t, v, &m) : go_to(&t, v);
}

/* ---- MultiViews ---------------------------------------------------------- */

/* Whether a directory's entry may be a variant of name. */
static bool
is_candidate(const struct dirent *entry, struct str name)
{
	struct str s = str_of(entry->d_name);

	if (!str_starts(s, name) || s.n <= name.n || s.at[name.n] != '.')
		return false;
#ifdef DT_UNKNOWN
	if (entry->d_type != DT_REG && entry->d_type != DT_LNK &&
	    entry->d_type != DT_UNKNOWN)
		return false;
#endif
	return true;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of files that begin with name and a dot, in order.  PASS, or a
 * status. */
static int
read_directory(struct table *t, struct str name, struct vec *names)
{
	struct request *r = t->r;
	struct dirent *entry;
	struct stat st;
	DIR *d = os_open_directory(str_z(r->arena, t->directory), r->root_n,
	    r->links, &st);

	if (d == NULL) {
		request_log(r, LEVEL_ERROR, "negotiation", errno, "AH00684: "
		    "cannot read directory for multi: %.*s",
		    STR_ARGS(t->directory));
		return 403;
	}
	while (names->n <= VIEWS_MAX && (entry = readdir(d)) != NULL)
		if (is_candidate(entry, name))
			vec_add(r->arena, names, str_z(r->arena,
			    str_of(entry->d_name)));
	closedir(d);
	if (names->n > VIEWS_MAX) {
		request_log(r, LEVEL_ERROR, "negotiation", 0, "more than %d "
		    "files are named %s.*: MultiViews gives up", VIEWS_MAX,
		    r->filename);
		return 404;
	}
	if (names->n > 1)
		qsort(names->at, names->n, sizeof(void *), compare_names);
	/* A variant that comes or goes makes another list. */
	t->etag = str_fmt(r->arena, "%s\"%llx\"", r->started_us / 1000000
	    - st.st_mtime < 1 ? "W/" : "", (unsigned long long)
	    st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000);
	return PASS;
}

/*
 * What in the file's name tells nothing must have been asked for, in order:
 * "a.b" may be "a.b.html", and "a" may not, unless .b means something.
 */
static bool
is_asked_for(const struct request *looked, struct str name)
{
	struct str part;
	size_t i = 0;

	if (!looked->named)
		return false;
	while (i < looked->untold.n && str_cut(&name, '.', &part))
		if (str_eq(part, *(const struct str *)looked->untold.at[i]))
			i++;
	return i == looked->untold.n;
}

/* The type that a lookup found, or a word for programs. */
static struct str
type_of(const struct request *looked)
{
	struct str type = fields_get(&looked->out, STR("Content-Type"));

	if (type.n > 0 || looked->handler == NULL)
		return type;
	return strncmp(looked->handler, "application/", 12) == 0 ?
	    str_of(looked->handler) : STR(VARIANT_PROGRAM);
}

static void
add_variant(struct table *t, struct str name, struct request *looked)
{
	struct variant *v = variant_new(t->n.arena, name);
	struct str type = type_of(looked), encoding;
	struct accept_entry e;

	if (!accept_entry(t->n.arena, &type, &e))
		return;
	variant_set_type(v, &e);
	variant_add_languages(t->n.arena, v, fields_get(&looked->out,
	    STR("Content-Language")));
	encoding = fields_get(&looked->out, STR("Content-Encoding"));
	if (encoding.n > 0)
		v->encoding = encoding;
	v->bytes = looked->found.st.st_size;
	v->is_program = looked->handler != NULL;
	v->found = looked;
	vec_add(t->n.arena, &t->n.variants, v);
}

/* Look at every file that may be meant; a type map speaks for all.  PASS, WAIT
 * or a status. */
static int
gather(struct table *t, struct str name, const struct vec *names)
{
	struct map m;

	for (size_t i = 0; i < names->n; i++) {
		struct str file = str_of(names->at[i]);
		struct request *looked = request_lookup_file(t->r, str_zfmt(
		    t->n.arena, "%.*s%.*s", STR_ARGS(t->directory),
		    STR_ARGS(file)));

		if (looked->unfinished)
			return WAIT;
		if (looked->found.kind != FOUND_FILE ||
		    looked->status != 200 || !is_asked_for(looked, name))
			continue;
		if (is_map(looked)) {
			t->n.variants.n = 0;
			t->map = looked;
			return read_map(t, looked, &m);
		}
		add_variant(t, file, looked);
	}
	return PASS;
}

/* r becomes what was looked up for it, but keeps what came with it. */
static void
become(struct request *r, struct request *looked)
{
	looked->query = r->query;
	looked->has_query = r->has_query;
	looked->path = str_fmt(r->arena, "%.*s%.*s", STR_ARGS(looked->path),
	    STR_ARGS(r->path_info));
	looked->path_info = r->path_info;
	request_adopt(r, looked);
}

static bool
is_for_views(const struct request *r, struct str *name)
{
	if (r->found.kind != FOUND_NOTHING || r->filename == NULL ||
	    !(core_options(r->scope) & OPTION_MULTIVIEWS))
		return false;
	*name = name_of(r);
	/* A dot file has no extension to go by. */
	return name->n > 0 && name->at[0] != '.';
}

static int
fixup(struct request *r)
{
	struct vec names = { 0 };
	struct variant *v;
	struct table t;
	struct str name;
	int said;

	if (!is_for_views(r, &name))
		return PASS;
	/* Many files matter; those that nobody tells of, too. */
	request_timely(r);
	table_begin(&t, r);
	said = read_directory(&t, name, &names);
	if (said != PASS || names.n == 0)
		return said;
	said = gather(&t, name, &names);
	if (said != PASS)
		return said;
	if (t.n.variants.n == 0 && !t.is_map) {
		request_log(r, LEVEL_ERROR, "negotiation", 0, "AH00687: "
		    "Negotiation: discovered file(s) matching request: %s "
		    "(None could be negotiated).", r->filename);
		return request_refuse(r, 404, "There is nothing at this "
		    "address.");
	}
	if (!t.is_map)
		negotiation_sort(&t.n);
	request_saw_query(r);
	t.n.prefer_programs = (r->method != METHOD_GET &&
	    r->method != METHOD_HEAD) || r->has_query || r->path_info.n > 0;
	said = choose(&t, &v);
	if (said != PASS)
		return said;
	/* What stands in a map is for the map's handler to send. */
	become(r, v->body.at != NULL ? t.map : v->found);
	return PASS;
}

struct module mod_negotiation = {
	.name = "negotiation",
	.alias = "mod_negotiation.c negotiation_module",
	.conf_size = sizeof(struct negotiation_conf),
	.rows = rows,
	.kin = kin_all,
	.steady = true,
	.fixup = fixup,
	.handle = handle,
};
