/*
 * vars.c - the variables that a request is described by, in one table.
 */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/subnet.h"
#include "serve/corridor.h"
#include "serve/errdoc.h"
#include "serve/spool.h"
#include "serve/vars.h"

/* ---- Getters ------------------------------------------------------------- */

static struct str
or_empty(struct str s)
{
	return s.at == NULL ? STR("") : s;
}

static struct str
number(struct request *r, unsigned n)
{
	return str_fmt(r->arena, "%u", n);
}

struct str
var_script_name(const struct request *r)
{
	/* The decoded path ends in path_info, unless something mapped the
	 * request to another place.  It may have more slashes in a row. */
	struct str path = r->path, info = r->path_info;

	while (info.n > 0 && path.n > 0 &&
	    path.at[path.n - 1] == info.at[info.n - 1]) {
		path.n--;
		if (info.at[--info.n] != '/')
			continue;
		while (path.n > 0 && path.at[path.n - 1] == '/')
			path.n--;
	}
	return info.n == 0 ? path : r->path;
}

static struct str
gateway(struct request *r)
{
	(void)r;
	return STR("CGI/1.1");
}

static struct str
protocol(struct request *r)
{
	return r->head->version == 11 ? STR("HTTP/1.1") :
	    r->head->version == 10 ? STR("HTTP/1.0") : STR("HTTP/0.9");
}

static struct str
method(struct request *r)
{
	return r->method_name;
}

static struct str
query(struct request *r)
{
	request_saw_query(r);
	return or_empty(r->query);
}

static struct str
uri(struct request *r)
{
	request_saw_query(r);
	return request_first(r)->uri;
}

static struct str
script_name(struct request *r)
{
	return var_script_name(r);
}

static struct str
script_filename(struct request *r)
{
	return str_of(r->filename);
}

static struct str
path_info(struct request *r)
{
	return r->path_info.n > 0 ? r->path_info : STR_NONE;
}

/* Where path_info would lead if it were asked for itself. */
static struct str
path_translated(struct request *r)
{
	struct text t = { .arena = r->arena };
	const struct request *there;

	if (r->path_info.n == 0)
		return STR_NONE;
	text_add_url_path(&t, r->path_info);
	there = request_lookup(r, text_str(&t));
	if (there->filename == NULL)
		return STR_NONE;
	/* A directory is found without the slash that it was asked for. */
	return str_fmt(r->arena, "%s%.*s%s", there->filename,
	    STR_ARGS(there->path_info),
	    there->found.kind == FOUND_DIRECTORY &&
	    str_ends(r->path_info, STR("/")) &&
	    there->path_info.n == 0 ? "/" : "");
}

static struct str
server_software(struct request *r)
{
	return str_of(core_server_token(r->config));
}

static struct str
server_signature(struct request *r)
{
	struct text t = { .arena = r->arena };

	errdoc_add_signature(r, "", &t);
	return t.n > 0 ? text_str(&t) : STR("");
}

static struct str
server_name(struct request *r)
{
	return request_server_name(r);
}

static struct str
server_port(struct request *r)
{
	return number(r, request_server_port(r));
}

static struct str
server_addr(struct request *r)
{
	return request_local(r);
}

static struct str
server_admin(struct request *r)
{
	const char *admin = r->vhost->server_admin;

	return str_of(admin != NULL ? admin : "[no address given]");
}

static struct str
remote_addr(struct request *r)
{
	return str_of(r->client->peer);
}

/* For programs: only what is known. */
static struct str
remote_host(struct request *r)
{
	return request_remote_host(r);
}

static struct str
remote_name(struct request *r)
{
	struct str name = request_remote_host(r);

	return name.n > 0 ? name : remote_addr(r);
}

static struct str
remote_port(struct request *r)
{
	return number(r, r->client->peer_port);
}

static struct str
remote_user(struct request *r)
{
	return r->user.n > 0 ? r->user : STR_NONE;
}

/* Who had to log in for the page that this one stands for. */
static struct str
redirect_remote_user(struct request *r)
{
	return r->user.n == 0 && r->prev != NULL && r->prev->user.n > 0 ?
	    r->prev->user : STR_NONE;
}

static struct str
auth_type(struct request *r)
{
	return r->auth_type.n > 0 ? r->auth_type : STR_NONE;
}

static struct str
document_root(struct request *r)
{
	return or_empty(str_of(request_document_root(r)));
}

static struct str
context_prefix(struct request *r)
{
	return or_empty(str_of(r->context_prefix));
}

static struct str
context_root(struct request *r)
{
	return r->context_root != NULL ? str_of(r->context_root) :
	    document_root(r);
}

static struct str
scheme(struct request *r)
{
	return str_of(request_scheme(r));
}

static struct str
https(struct request *r)
{
	return strcmp(request_scheme(r), "https") == 0 ? STR("on") : STR_NONE;
}

static struct str
content_length(struct request *r)
{
	if (r->spool != NULL)
		return str_fmt(r->arena, "%llu",
		    (unsigned long long)spool_size(r->spool));
	return r->no_body ? STR_NONE :
	    fields_get(&r->in, STR("Content-Length"));
}

static struct str
content_type(struct request *r)
{
	return r->no_body ? STR_NONE :
	    fields_get(&r->in, STR("Content-Type"));
}

static struct str
search_path(struct request *r)
{
	const char *z = getenv("PATH");

	(void)r;
	return str_of(z != NULL ? z : "/usr/local/bin:/usr/bin:/bin");
}

static struct str
time_zone(struct request *r)
{
	(void)r;
	return str_of(getenv("TZ"));
}

static struct str
library_path(struct request *r)
{
	(void)r;
	return str_of(getenv("LD_LIBRARY_PATH"));
}

/* ---- Getters for texts only ---------------------------------------------- */

static struct str
path(struct request *r)
{
	return r->path;
}

/* The path stands in for it until there is one. */
static struct str
filename(struct request *r)
{
	return r->filename != NULL ? str_of(r->filename) : r->path;
}

static struct str
request_line(struct request *r)
{
	request_saw_query(r);
	return r->head->line;
}

static struct str
https_or_off(struct request *r)
{
	struct str on = https(r);

	return on.at != NULL ? on : STR("off");
}

static struct str
always_off(struct request *r)
{
	(void)r;
	return STR("off");
}

static struct str
nothing(struct request *r)
{
	(void)r;
	return STR("");
}

static struct str
ipv6(struct request *r)
{
	struct address a;

	return address_parse(&a, str_of(r->client->peer)) &&
	    !address_is_ipv4(&a) ? STR("on") : STR("off");
}

static struct str
is_lookup(struct request *r)
{
	return r->main != NULL ? STR("true") : STR("false");
}

static struct str
status(struct request *r)
{
	return number(r, (unsigned)r->status);
}

/* As in Apache, the type stands in for a handler that nobody named. */
static struct str
handler(struct request *r)
{
	return r->handler != NULL ? str_of(r->handler) :
	    fields_get(&r->out, STR("Content-Type"));
}

static struct str
answer_type(struct request *r)
{
	return fields_get(&r->out, STR("Content-Type"));
}

static bool
was_found(const struct request *r)
{
	return r->found.kind != FOUND_NOT_LOOKED &&
	    r->found.kind != FOUND_NOTHING;
}

static struct str
owner(struct request *r)
{
	struct passwd *p = !was_found(r) ? NULL :
	    getpwuid(r->found.st.st_uid);

	return p == NULL ? STR_NONE : str_copy(r->arena, str_of(p->pw_name));
}

static struct str
owner_group(struct request *r)
{
	struct group *g = !was_found(r) ? NULL :
	    getgrgid(r->found.st.st_gid);

	return g == NULL ? STR_NONE : str_copy(r->arena, str_of(g->gr_name));
}

static struct str
formatted(struct request *r, time_t t, const char *format)
{
	char out[32];
	struct tm tm;

	localtime_r(&t, &tm);
	return str_copy(r->arena, str_n(out, strftime(out, sizeof(out),
	    format, &tm)));
}

static struct str
last_modified(struct request *r)
{
	return !was_found(r) ? STR_NONE :
	    formatted(r, r->found.st.st_mtime, "%Y%m%d%H%M%S");
}

#define TIME_GETTER(name, format) \
static struct str \
name(struct request *r) \
{ \
	request_timely(r); \
	return formatted(r, clock_now(), format); \
}

TIME_GETTER(time_year, "%Y")
TIME_GETTER(time_month, "%m")
TIME_GETTER(time_day, "%d")
TIME_GETTER(time_hour, "%H")
TIME_GETTER(time_minute, "%M")
TIME_GETTER(time_second, "%S")
TIME_GETTER(time_weekday, "%w")
TIME_GETTER(time_whole, "%Y%m%d%H%M%S")

/* Of the Apache whose language this is. */
static struct str
api_version(struct request *r)
{
	(void)r;
	return STR("20120211");
}

/* ---- The table ----------------------------------------------------------- */

/*
 * Where programs and texts give different things one name, it has two rows.
 * Those of programs come first, in the order of their environment.
 */
static const struct var {
	const char	*name;
	struct str	(*get)(struct request *r);
	bool		 replaceable;	/* SetEnv may say it otherwise */
	enum { BOTH, PROGRAMS, TEXTS } whose;
	enum var_time	 known;
	const char	*field;		/* it shows this one */
	bool		 steady;	/* its getter tells what it depends on,
					 * but for the head */
} vars[] = {
	{ "GATEWAY_INTERFACE",	gateway, .whose = PROGRAMS },
	{ "SERVER_PROTOCOL",	protocol, .steady = true },
	{ "REQUEST_METHOD",	method, .steady = true },
	{ "QUERY_STRING",	query, .steady = true },
	{ "REQUEST_URI",	uri, .whose = PROGRAMS },
	{ "SCRIPT_NAME",	script_name, .whose = PROGRAMS },
	{ "SCRIPT_FILENAME",	script_filename, .whose = PROGRAMS },
	{ "PATH_INFO",		path_info, .known = VAR_AT_FILE,
	  .steady = true },
	{ "PATH_TRANSLATED",	path_translated, .whose = PROGRAMS },
	{ "SERVER_SOFTWARE",	server_software, .steady = true },
	{ "SERVER_SIGNATURE",	server_signature, .whose = PROGRAMS },
	{ "SERVER_NAME",	server_name, .steady = true },
	{ "SERVER_PORT",	server_port, .steady = true },
	{ "SERVER_ADDR",	server_addr },
	{ "SERVER_ADMIN",	server_admin, .steady = true },
	{ "REMOTE_ADDR",	remote_addr },
	{ "REMOTE_HOST",	remote_host, .whose = PROGRAMS },
	{ "REMOTE_PORT",	remote_port },
	{ "REMOTE_USER",	remote_user, .known = VAR_AT_IDENTITY },
	{ "REDIRECT_REMOTE_USER", redirect_remote_user,
	  .whose = PROGRAMS, .known = VAR_AT_IDENTITY },
	{ "AUTH_TYPE",		auth_type, .known = VAR_AT_IDENTITY },
	{ "DOCUMENT_ROOT",	document_root, .steady = true },
	{ "CONTEXT_PREFIX",	context_prefix, .known = VAR_AT_FILE,
	  .steady = true },
	{ "CONTEXT_DOCUMENT_ROOT", context_root, .known = VAR_AT_FILE,
	  .steady = true },
	{ "REQUEST_SCHEME",	scheme, .steady = true },
	{ "HTTPS",		https, .whose = PROGRAMS },
	{ "CONTENT_LENGTH",	content_length, .whose = PROGRAMS },
	{ "CONTENT_TYPE",	content_type, .whose = PROGRAMS },
	{ "PATH",		search_path, true, PROGRAMS },
	{ "TZ",			time_zone, true, PROGRAMS },
	{ "LD_LIBRARY_PATH",	library_path, true, PROGRAMS },

	{ "REQUEST_URI",	path, .whose = TEXTS, .steady = true },
	{ "DOCUMENT_URI",	path, .whose = TEXTS, .steady = true },
	{ "REQUEST_FILENAME",	filename, .whose = TEXTS,
	  .known = VAR_AT_FILE, .steady = true },
	{ "SCRIPT_FILENAME",	filename, .whose = TEXTS,
	  .known = VAR_AT_FILE, .steady = true },
	{ "THE_REQUEST",	request_line, .whose = TEXTS, .steady = true },
	{ "HTTPS",		https_or_off, .whose = TEXTS, .steady = true },
	{ "HTTP2",		always_off, .whose = TEXTS, .steady = true },
	{ "IPV6",		ipv6, .whose = TEXTS },
	{ "IS_SUBREQ",		is_lookup, .whose = TEXTS, .steady = true },
	{ "REMOTE_HOST",	remote_name, .whose = TEXTS },
	{ "REMOTE_IDENT",	nothing, .whose = TEXTS, .steady = true },
	{ "CONN_REMOTE_ADDR",	remote_addr, .whose = TEXTS },
	{ "REQUEST_STATUS",	status, .whose = TEXTS,
	  .known = VAR_AT_ANSWER },
	{ "HANDLER",		handler, .whose = TEXTS,
	  .known = VAR_AT_ANSWER },
	{ "CONTENT_TYPE",	answer_type, .whose = TEXTS,
	  .known = VAR_AT_ANSWER },
	{ "LAST_MODIFIED",	last_modified, .whose = TEXTS,
	  .known = VAR_AT_FILE },
	{ "SCRIPT_USER",	owner, .whose = TEXTS, .known = VAR_AT_FILE },
	{ "SCRIPT_GROUP",	owner_group, .whose = TEXTS,
	  .known = VAR_AT_FILE },
	{ "REQUEST_LOG_ID",	nothing, .whose = TEXTS },
	{ "CONN_LOG_ID",	nothing, .whose = TEXTS },
	{ "TIME_YEAR",		time_year, .whose = TEXTS, .steady = true },
	{ "TIME_MON",		time_month, .whose = TEXTS, .steady = true },
	{ "TIME_DAY",		time_day, .whose = TEXTS, .steady = true },
	{ "TIME_HOUR",		time_hour, .whose = TEXTS, .steady = true },
	{ "TIME_MIN",		time_minute, .whose = TEXTS, .steady = true },
	{ "TIME_SEC",		time_second, .whose = TEXTS, .steady = true },
	{ "TIME_WDAY",		time_weekday, .whose = TEXTS, .steady = true },
	{ "TIME",		time_whole, .whose = TEXTS, .steady = true },
	{ "API_VERSION",	api_version, .whose = TEXTS, .steady = true },
	{ "HTTP_ACCEPT",	.whose = TEXTS, .field = "Accept",
	  .steady = true },
	{ "HTTP_COOKIE",	.whose = TEXTS, .field = "Cookie",
	  .steady = true },
	{ "HTTP_FORWARDED",	.whose = TEXTS, .field = "Forwarded",
	  .steady = true },
	{ "HTTP_HOST",		.whose = TEXTS, .field = "Host",
	  .steady = true },
	{ "HTTP_PROXY_CONNECTION", .whose = TEXTS,
	  .field = "Proxy-Connection", .steady = true },
	{ "HTTP_REFERER",	.whose = TEXTS, .field = "Referer",
	  .steady = true },
	{ "HTTP_USER_AGENT",	.whose = TEXTS, .field = "User-Agent",
	  .steady = true },
};

enum { N_VARS = sizeof(vars) / sizeof(vars[0]) };

static struct str
look(const struct var *v, struct request *r)
{
	if (!v->steady)
		request_once(r);
	return v->field != NULL ? fields_join(r->arena, &r->in,
	    str_of(v->field)) : v->get(r);
}

struct str
var_get(struct request *r, struct str name)
{
	for (size_t i = 0; i < N_VARS; i++)
		if (vars[i].whose != TEXTS && str_is(name, vars[i].name))
			return look(&vars[i], r);
	return STR_NONE;
}

const struct var *
var_named(struct str name)
{
	for (size_t i = 0; i < N_VARS; i++)
		if (vars[i].whose != PROGRAMS &&
		    str_is_nocase(name, vars[i].name))
			return &vars[i];
	return NULL;
}

const char *
var_name(const struct var *v)
{
	return v->name;
}

struct str
var_text(const struct var *v, struct request *r)
{
	return or_empty(look(v, r));
}

const char *
var_field(const struct var *v)
{
	return v->field;
}

enum var_time
var_known(const struct var *v)
{
	return v->known;
}

/* ---- The environment of a program ---------------------------------------- */

static void
put(struct request *r, struct vec *to, struct str name, struct str value)
{
	struct text t = { .arena = r->arena };

	text_room(&t, name.n + value.n + 2);
	text_add(&t, name);
	text_addc(&t, '=');
	text_add(&t, value);
	vec_add(r->arena, to, text_z(&t));
}

/* HTTP_ACCEPT_LANGUAGE, or STR_NONE for names that would be ambiguous: another
 * character than a letter, digit or hyphen could collide with one of those. */
static struct str
http_name(struct arena *a, struct str field)
{
	char *z = arena_alloc(a, field.n + sizeof("HTTP_"));

	memcpy(z, "HTTP_", 5);
	for (size_t i = 0; i < field.n; i++) {
		char c = field.at[i];

		if (!char_is_alnum((unsigned char)c) && c != '-')
			return STR_NONE;
		z[5 + i] = c == '-' ? '_' : char_upper(c);
	}
	return str_n(z, field.n + 5);
}

static bool
is_passed(const struct request *r, struct str name, bool pass_auth)
{
	if (str_is_nocase(name, "Authorization") ||
	    str_is_nocase(name, "Proxy-Authorization"))
		return pass_auth;
	/* A body that was gathered comes in one piece. */
	if (r->spool != NULL && str_is_nocase(name, "Transfer-Encoding"))
		return false;
	return !str_is_nocase(name, "Proxy") &&
	    !str_is_nocase(name, "Content-Type") &&
	    !str_is_nocase(name, "Content-Length");
}

static void
put_fields(struct request *r, struct vec *to, bool pass_auth)
{
	for (size_t i = 0; i < r->in.n; i++) {
		struct str field = r->in.at[i].name, name;

		if (!is_passed(r, field, pass_auth) ||
		    fields_find(&r->in, field, 0) != i)
			continue;
		name = http_name(r->arena, field);
		if (name.n > 0)
			put(r, to, name, fields_join(r->arena, &r->in,
			    field));
	}
}

static bool
is_listed(const struct vec *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *z = list->at[i];

		if (strncasecmp(z, name.at, name.n) == 0 && z[name.n] == '=')
			return true;
	}
	return false;
}

/* With "_" for what no shell could read, as in Apache. */
static struct str
readable(struct arena *a, struct str name)
{
	char *z = str_z(a, name);

	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum((unsigned char)z[i]) ||
		    (i == 0 && char_is_digit((unsigned char)z[i])))
			z[i] = '_';
	return str_n(z, name.n);
}

/* What the server or the client said cannot be said otherwise, nor in another
 * letter case, which some programs would take for it; but what they
 * left open can: HTTPS behind a proxy. */
static void
put_settings(struct request *r, struct vec *to)
{
	for (size_t i = 0; i < r->env.n; i++) {
		const struct env_entry *e = r->env.at[i];
		struct str name = readable(r->arena, e->name);

		if (!is_listed(to, name))
			put(r, to, name, e->value);
	}
}

static struct str
value_by(struct request *r, const struct var *v,
    const struct vars_rules *rules)
{
	if (v->get == uri && rules->current_uri)
		return r->path;
	return v->get(r);
}

char *const *
vars_cgi_environment(struct request *r, const struct vars_rules *rules)
{
	struct vec list = { 0 };

	for (size_t i = 0; i < N_VARS; i++) {
		struct str name = str_of(vars[i].name), value;

		if (vars[i].whose == TEXTS)
			break;
		if (vars[i].replaceable && request_env(r, name).at != NULL)
			continue;
		value = value_by(r, &vars[i], rules);
		if (value.at != NULL)
			put(r, &list, name, value);
	}
	put_fields(r, &list, rules->pass_auth);
	put_settings(r, &list);
	vec_add(r->arena, &list, NULL);
	r->environment = (char *const *)list.at;
	return r->environment;
}
