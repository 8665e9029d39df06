/*
 * request.c - what can be asked of a request without knowing where it stands.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "serve/basis.h"
#include "serve/hosts.h"
#include "serve/seen.h"

struct request *
request_new(struct arena *a, const struct config *c, struct client *client)
{
	static const struct fields none;
	struct request *r = arena_one(a, struct request);

	r->trailers = &none;
	r->arena = a;
	r->config = c;
	r->client = client;
	r->vhost = c->main;
	r->scope = c->main->scope;
	r->status = 200;
	r->length = -1;
	fields_init(&r->out, a);
	fields_init(&r->out_always, a);
	return r;
}

void
request_wake(struct request *r)
{
	r->client->calls->wake(r->client);
}

int
request_restart(struct request *r, struct str uri, bool as_get)
{
	r->redirect_to = uri;
	r->redirect_as_get = as_get;
	return RESTART;
}

int
request_refuse(struct request *r, int status, const char *fmt, ...)
{
	struct text t = { .arena = r->arena };
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	r->why = text_str(&t);
	return status;
}

struct request *
request_first(struct request *r)
{
	while (r->prev != NULL)
		r = r->prev;
	return r;
}

/* Vary is made one at the end. */
static void
add_missing(struct fields *to, const struct fields *from)
{
	size_t n = to->n;

	for (size_t i = 0; i < from->n; i++) {
		struct str name = from->at[i].name;

		if (fields_find(to, name, 0) >= n ||
		    str_is_nocase(name, "Vary"))
			fields_add(to, name, from->at[i].value);
	}
}

void
request_adopt(struct request *r, const struct request *looked)
{
	struct fields out = r->out, out_always = r->out_always;

	r->path = looked->path;
	r->query = looked->query;
	r->has_query = looked->has_query;
	r->filename = looked->filename;
	r->root_n = looked->root_n;
	r->path_info = looked->path_info;
	r->found = looked->found;
	r->scope = looked->scope;
	r->era = looked->era;
	r->handler = looked->handler;
	r->document_root = looked->document_root;
	r->script_alias = looked->script_alias;
	r->owner = looked->owner;
	r->env = looked->env;
	r->out = looked->out;
	add_missing(&r->out, &out);
	r->out_always = looked->out_always;
	add_missing(&r->out_always, &out_always);
	if (looked->list_etag.n > 0)
		r->list_etag = looked->list_etag;
	memcpy(r->state, looked->state, sizeof(r->state));
}

/* ---- The environment ----------------------------------------------------- */

static struct env_entry *
entry_named(const struct vec *entries, struct str name)
{
	for (size_t i = 0; i < entries->n; i++) {
		struct env_entry *e = entries->at[i];

		if (str_eq_nocase(e->name, name))
			return e;
	}
	return NULL;
}

void
request_env_set(struct request *r, struct str name, struct str value)
{
	struct env_entry *e = entry_named(&r->env, name);

	if (e == NULL) {
		e = arena_one(r->arena, struct env_entry);
		e->name = name;
		vec_add(r->arena, &r->env, e);
	}
	e->value = value.at != NULL ? value : STR("");
}

void
request_env_unset(struct request *r, struct str name)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->env.n; i++) {
		struct env_entry *e = r->env.at[i];

		if (!str_eq_nocase(e->name, name))
			r->env.at[kept++] = e;
	}
	r->env.n = kept;
}

struct str
request_env(const struct request *r, struct str name)
{
	const struct env_entry *e = entry_named(&r->env, name);

	return e == NULL ? STR_NONE : e->value;
}

struct str
request_note(const struct request *r, struct str name)
{
	const struct env_entry *e = entry_named(&r->notes, name);

	return e == NULL ? STR_NONE : e->value;
}

void
request_note_set(struct request *r, struct str name, struct str value)
{
	struct env_entry *e = entry_named(&r->notes, name);

	if (e != NULL) {
		e->value = value;
		return;
	}
	e = arena_one(r->arena, struct env_entry);
	*e = (struct env_entry){ name, value };
	vec_add(r->arena, &r->notes, e);
}

/* ---- Names and addresses ------------------------------------------------- */

const char *
request_document_root(const struct request *r)
{
	return r->document_root != NULL ? r->document_root :
	    r->vhost->document_root;
}

static unsigned
default_port(const char *scheme)
{
	return strcmp(scheme, "https") == 0 ? 443 : 80;
}

const char *
request_scheme(const struct request *r)
{
	return r->vhost->scheme;
}

struct str
request_server_name(const struct request *r)
{
	int64_t canonical = number_or(core_conf(r->scope)->canonical_name,
	    CANONICAL_OFF);

	if (canonical == CANONICAL_OFF && r->host.n > 0)
		return r->host;
	return str_of(r->vhost->name);
}

unsigned
request_server_port(const struct request *r)
{
	const struct core_conf *c = core_conf(r->scope);
	bool canonical = number_or(c->canonical_name, CANONICAL_OFF) !=
	    CANONICAL_OFF;

	if (!canonical && r->head != NULL && r->head->host.port != 0)
		return (unsigned)r->head->host.port;
	if (canonical && r->vhost->port != 0)
		return r->vhost->port;
	if (flag_or(c->canonical_physical_port, false))
		return request_local_port(r);
	return r->vhost->port != 0 ? r->vhost->port :
	    default_port(request_scheme(r));
}

struct str
request_absolute(const struct request *r, struct str path)
{
	struct text t = { .arena = r->arena };
	unsigned port = request_server_port(r);

	text_addz(&t, request_scheme(r));
	text_addz(&t, "://");
	text_add(&t, request_server_name(r));
	if (port != default_port(request_scheme(r)))
		text_addf(&t, ":%u", port);
	text_add_url_path(&t, path);
	return text_str(&t);
}

struct str
request_with_query(const struct request *r, struct str url)
{
	if (!r->has_query)
		return url;
	return str_fmt(r->arena, "%.*s?%.*s", STR_ARGS(url),
	    STR_ARGS(r->query));
}

struct str
request_remote_host(const struct request *r)
{
	while (r->main != NULL)
		r = r->main;
	return r->remote_host;
}

struct str
request_local(const struct request *r)
{
	const struct sockaddr *a = r->client->calls->local(r->client);
	char *out = arena_alloc(r->arena, INET6_ADDRSTRLEN);

	request_once(r);
	if (a->sa_family == AF_INET6) {
		const struct in6_addr *in6 =
		    &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;

		if (IN6_IS_ADDR_V4MAPPED(in6))
			inet_ntop(AF_INET, (const char *)in6 + 12, out,
			    INET6_ADDRSTRLEN);
		else
			inet_ntop(AF_INET6, in6, out, INET6_ADDRSTRLEN);
	} else {
		inet_ntop(AF_INET,
		    &((const struct sockaddr_in *)(const void *)a)->sin_addr,
		    out, INET6_ADDRSTRLEN);
	}
	return str_of(out);
}

unsigned
request_local_port(const struct request *r)
{
	request_once(r);
	return address_port(r->client->calls->local(r->client));
}

/* ---- The log ------------------------------------------------------------- */

void
request_log(const struct request *r, enum log_level level,
    const char *module, int error, const char *fmt, ...)
{
	const struct core_conf *c = core_conf(r->scope);
	struct log l = { r->vhost->log.file, c->levels };
	struct log_about about = { .error = error };
	char client[64];
	va_list ap;

	if (l.file == NULL)
		l = *log_main();
	if (!log_passes(&l, level, module))
		return;
	request_once(r);	/* each one is told of */
	snprintf(client, sizeof(client), "%s:%u", r->client->peer,
	    r->client->peer_port);
	about.client = str_of(client);
	about.referer = fields_get(&r->in, STR("Referer"));
	va_start(ap, fmt);
	log_vwrite(&l, level, module, &about, fmt, ap);
	va_end(ap);
}

/* ---- Waiting ------------------------------------------------------------- */

size_t
request_piece(const struct request *r, size_t n)
{
	enum { FRAME = 9 };	/* CRLF twice, and a size of five digits */
	struct client *c = r->client;
	size_t segment = c->calls->segment != NULL ? c->calls->segment(c) : 0;

	return segment == 0 || segment > n + FRAME ? n :
	    (n + FRAME) / segment * segment - FRAME;
}

void
request_rest(const struct request *r, bool yes)
{
	if (r->client->calls->rest != NULL)
		r->client->calls->rest(r->client, yes);
}

/* ---- What the answer depends on ------------------------------------------ */

void
request_once(const struct request *r)
{
	r->client->basis = NULL;
}

void
request_timely(const struct request *r)
{
	if (r->client->basis != NULL)
		r->client->basis->timely = true;
}

void
request_saw_query(const struct request *r)
{
	if (r->client->basis != NULL)
		r->client->basis->query = true;
}

void
request_saw(const struct request *r, struct str directory)
{
	struct basis *b = r->client->basis;
	struct seen_place *place;

	if (b == NULL)
		return;
	place = seen_watch(directory);
	if (place != NULL)
		vec_add(b->arena, &b->places, place);
	else
		request_once(r);
}

void
request_saw_way(const struct request *r, struct str directory, size_t from)
{
	for (size_t i = from; i <= directory.n; i++)
		if (i > 0 && (i == directory.n || directory.at[i] == '/'))
			request_saw(r, str_first(directory, i));
}

/* What a link leads to may change without anybody being told. */
static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

void
request_saw_name(const struct request *r, struct str path, size_t from)
{
	ptrdiff_t slash;

	if (r->client->basis == NULL)
		return;
	while (path.n > 1 && path.at[path.n - 1] == '/')
		path.n--;
	slash = str_rfind(path, '/');
	if (slash < 0) {
		request_once(r);
		return;
	}
	/* The root itself: what matters is that it stays. */
	if (path.n > from)
		request_saw_way(r, str_first(path, slash == 0 ? 1 :
		    (size_t)slash), from);
	else
		request_saw(r, path);
	if (r->client->basis != NULL && is_link(str_z(r->arena, path)))
		request_once(r);
}

/* Bytes of path that root makes up; 0: it is not below. */
static size_t
bytes_of_root(struct str path, struct str root)
{
	while (root.n > 0 && root.at[root.n - 1] == '/')
		root.n--;
	return str_starts(path, root) && (path.n == root.n ||
	    path.at[root.n] == '/') ? root.n : 0;
}

static bool
leads_up(struct str path)
{
	struct str part;

	while (str_cut(&path, '/', &part))
		if (str_is(part, ".") || str_is(part, ".."))
			return true;
	return false;
}

void
request_saw_file(const struct request *r, struct str path)
{
	const char *root;
	size_t from = 0;

	if (r->client->basis == NULL)
		return;
	root = request_document_root(r);
	if (root != NULL)
		from = bytes_of_root(path, str_of(root));
	if (from == 0 && r->filename != NULL)
		from = bytes_of_root(path, str_first(str_of(r->filename),
		    r->root_n));
	if (from == 0 || leads_up(path))
		request_once(r);
	else
		request_saw_name(r, path, from);
}

/* ---- The body ------------------------------------------------------------ */

enum body_look
request_body_look(struct request *r, struct str *s)
{
	return r->client->calls->body_look(r->client, r, s);
}

void
request_body_took(struct request *r, size_t n)
{
	r->body_taken += n;
	r->client->calls->body_took(r->client, r, n);
}

int64_t
request_body_length(const struct request *r)
{
	if (r->no_body || r->head == NULL || r->head->body == BODY_NONE)
		return 0;
	if (r->head->body == BODY_CHUNKED)
		return -1;
	return (int64_t)r->head->body_length;
}
