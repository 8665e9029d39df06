/*
 * directives.c - the directives that the corridor itself reads: Apache's core
 * module.
 *
 * A setter for each directive whose text needs more than its slot's own rule,
 * then one flat table.  Nothing here knows how a request uses a setting.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/char.h"
#include "conf/directive.h"
#include "http/fields.h"
#include "http/status.h"
#include "serve/condition.h"
#include "serve/core.h"
#include "serve/expr.h"
#include "serve/hosts.h"
#include "serve/htaccess.h"
#include "serve/limit.h"
#include "serve/options.h"
#include "serve/override.h"
#include "serve/sections.h"

/* ---- Names and places ---------------------------------------------------- */

static const char *
set_server_root(struct setting *s)
{
	struct stat st;

	if (stat(s->reading->server_root, &st) != 0 || !S_ISDIR(st.st_mode))
		return "must be a valid directory";
	s->reading->config->server_root = s->reading->server_root;
	return NULL;
}

/* A directory that can be read; "/." at its end fails for anything else.  Most
 * sites stand twice, for http and https, one after the other. */
static bool
is_there(const struct reading *r, const char *root)
{
	struct config *c = r->config;

	if (c->root != NULL && strcmp(c->root, root) == 0)
		return true;
	if (access(str_zfmt(reading_texts(r), "%s/.", root),
	    R_OK | X_OK) != 0)
		return false;
	c->root = root;
	return true;
}

static const char *
set_document_root(struct setting *s)
{
	struct vhost *host = s->conf;
	const char *root = host->document_root = read_path(s, 0);

	if (s->reading->config->skip_roots || is_there(s->reading, root))
		return NULL;
	if (host->at.line == 0)
		return setting_error(s, 0, "'%s' is not a directory, or is "
		    "not readable", root);
	/* One site that went away is no reason to take the others down. */
	setting_warn(s, 0, "[%s] does not exist, or is not readable (AH00112)",
	    root);
	return NULL;
}

/* part, of argument arg, in lower case; in place when it is all of it. */
static const char *
lower_name(struct setting *s, int arg, struct str part)
{
	char *z = s->argv[arg].z, *p;

	if (part.at != z || z[part.n] != 0)
		z = str_z(s->arena, part);
	for (p = z; *p != 0; p++)
		*p = char_lower(*p);
	return z;
}

/* [scheme://]name[:port] into the host that is being read. */
static const char *
set_server_name(struct setting *s)
{
	struct vhost *host = s->conf;
	struct str rest = str_of(s->argv[0].z);
	ptrdiff_t i = str_find_str(rest, STR("://"));
	uint64_t port = 0;

	host->named = true;
	host->scheme = "http";
	if (i >= 0) {
		host->scheme = lower_name(s, 0, str_first(rest, (size_t)i));
		rest = str_from(rest, (size_t)i + 3);
	}
	i = str_rfind(rest, ':');
	if (i >= 0 && str_find(str_from(rest, (size_t)i), ']') < 0) {
		if (!str_number(str_from(rest, (size_t)i + 1), 10, 65535,
		    &port) || port == 0)
			return "must be a name with an optional port from 1 "
			    "to 65535";
		rest = str_first(rest, (size_t)i);
	}
	if (rest.n == 0)
		return "must not be empty";
	host->name = lower_name(s, 0, rest);
	host->port = (unsigned)port;
	return NULL;
}

static const char *
set_aliases(struct setting *s)
{
	struct vhost *host = s->conf;

	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &host->aliases, (void *)(uintptr_t)
		    lower_name(s, i, str_of(s->argv[i].z)));
	return NULL;
}

static const char *
set_server_path(struct setting *s)
{
	struct vhost *host = s->conf;

	if (s->argv[0].z[0] != '/')
		return "must begin with /";
	host->server_path = s->argv[0].z;
	return NULL;
}

static const char *
set_error_log(struct setting *s)
{
	struct vhost *host = s->conf;
	const char *z = s->argv[0].z;

	if (strncmp(z, "syslog", 6) != 0 || (z[6] != 0 && z[6] != ':'))
		return read_log_target(s, 0, &host->error_log);
	if (!log_syslog_known(str_of(z + 6)))
		return setting_error(s, 0, "does not know the facility of "
		    "\"%s\"", z);
	host->error_log = z;
	return NULL;
}

static struct log_levels *
levels_new(struct arena *a, enum log_level base, size_t n)
{
	struct log_levels *l = arena_alloc(a, sizeof(*l) +
	    n * sizeof(l->module[0]));

	l->base = base;
	l->n = n;
	return l;
}

/* Those of above for its modules, else those of below. */
static const struct log_levels *
levels_join(struct arena *a, const struct log_levels *below,
    const struct log_levels *above)
{
	struct log_levels *l = levels_new(a, below->base,
	    above->n + below->n);

	memcpy(l->module, above->module, above->n * sizeof(l->module[0]));
	memcpy(l->module + above->n, below->module,
	    below->n * sizeof(l->module[0]));
	return l;
}

/* "warn" forgets what was said of modules, "mod_alias.c:trace3" adds to it. */
static const char *
add_log_level(struct setting *s, int arg, struct core_conf *c)
{
	struct str word = str_of(s->argv[arg].z);
	ptrdiff_t colon = str_find(word, ':');
	int level = log_level_named(str_from(word, (size_t)(colon + 1)));
	struct log_levels *one;
	const struct module *m;

	if (level < 0)
		return setting_error(s, arg, "does not know the level "
		    "\"%s\"; use emerg, alert, crit, error, warn, notice, "
		    "info, debug or trace1 to trace8", s->argv[arg].z);
	if (colon < 0) {
		c->levels = levels_new(s->arena, (enum log_level)level, 0);
		c->levels_whole = true;
		return NULL;
	}
	m = module_named(str_first(word, (size_t)colon));
	if (m == NULL) {
		setting_warn(s, arg, "names a module that is not built in");
		return NULL;
	}
	one = levels_new(s->arena, LEVEL_WARN, 1);
	one->module[0].module = m->name;
	one->module[0].level = (enum log_level)level;
	c->levels = c->levels == NULL ? one : levels_join(s->arena,
	    c->levels, one);
	return NULL;
}

static const char *
set_log_level(struct setting *s)
{
	const char *error = NULL;

	for (int i = 0; i < s->argc && error == NULL; i++)
		error = add_log_level(s, i, s->conf);
	return error;
}

/* ---- Answers ------------------------------------------------------------- */

/* As in Apache, what has a blank in it is a text. */
static int
document_kind(struct str z)
{
	if (str_is_nocase(z, "default"))
		return ERRDOC_DEFAULT;
	if (str_find(z, ' ') >= 0)
		return ERRDOC_TEXT;
	if (str_starts(z, STR("/")))
		return ERRDOC_PATH;
	return str_find_str(z, STR("://")) > 0 ? ERRDOC_URL : ERRDOC_TEXT;
}

/* All of them are expressions.  A text may begin with the quote of old. */
static const char *
read_document(struct setting *s, struct error_document *d)
{
	size_t quote = d->kind == ERRDOC_TEXT && s->argv[1].z[0] == '"';
	struct expr *e;
	const char *error = read_expr(s, 1, quote, EXPR_STRING, &e);
	struct str constant;

	if (error != NULL)
		return error;
	constant = expr_constant(e);
	d->text = constant.at == NULL ? NULL : str_z(s->arena, constant);
	d->expr = e;
	return NULL;
}

static const char *
set_error_document(struct setting *s)
{
	struct core_conf *c = s->conf;
	const char *z = s->argv[1].z, *error;
	uint64_t status;

	if (!str_number(str_of(s->argv[0].z), 10, 599, &status) ||
	    status_reason((int)status).n == 0)
		return "must begin with a status code from 400 to 599";
	if (status < 400)
		setting_warn(s, 0, "%s is no error: there will be no such "
		    "page", s->argv[0].z);
	struct error_document *d = arena_one(s->arena, struct error_document);
	d->status = (int)status;
	d->text = z;
	d->kind = document_kind(str_of(z));
	if (d->kind != ERRDOC_DEFAULT) {
		error = read_document(s, d);
		if (error != NULL)
			return error;
	}
	if (status == 401 && d->kind == ERRDOC_URL) {
		setting_warn(s, 1, "cannot be a URL for status 401, and is "
		    "ignored: the client would never be asked for a password");
		return NULL;
	}
	/* The newest line for a status is found first. */
	struct vec one = { 0 };
	vec_add(s->arena, &one, d);
	c->error_documents = vec_join(s->arena, &one, &c->error_documents);
	return NULL;
}

/* A MIME type, handler or charset: always in lower case, as Apache does. */
static const char *
set_lower(struct setting *s)
{
	*(const char **)(void *)((char *)s->conf + s->row->at) = str_z(
	    s->arena, str_lower(s->arena, str_of(s->argv[0].z)));
	return NULL;
}

/* A name, or expr= and what makes one. */
static const char *
set_handler(struct setting *s)
{
	struct core_conf *c = s->conf;
	struct expr *e = NULL;
	const char *error = NULL;

	c->handler = NULL;
	if (str_starts(str_of(s->argv[0].z), STR("expr=")))
		error = read_expr(s, 0, 5, EXPR_STRING, &e);
	else
		error = set_lower(s);
	c->handler_expr = e;
	return error;
}

static const char *
set_charset(struct setting *s)
{
	struct core_conf *c = s->conf;

	if (str_is_nocase(str_of(s->argv[0].z), "on"))
		c->default_charset = "iso-8859-1";
	else if (str_is_nocase(str_of(s->argv[0].z), "off"))
		c->default_charset = "off";
	else
		c->default_charset = s->argv[0].z;
	return NULL;
}

/* default | none | unlimited | a number; none and 0 mean no ranges at all. */
static const char *
set_max_ranges(struct setting *s)
{
	struct number *n = (void *)((char *)s->conf + s->row->at);
	struct str z = str_of(s->argv[0].z);

	n->given = true;
	if (str_is_nocase(z, "none"))
		n->is = 0;
	else if (str_is_nocase(z, "unlimited"))
		n->is = -1;
	else if (str_is_nocase(z, "default"))
		n->is = s->row->lo;
	else
		return read_number(s, 0, 0, INT32_MAX, &n->is);
	return NULL;
}

static const char *
set_protocol_options(struct setting *s)
{
	static const char *const words[] = { "Unsafe", "Strict",
	    "LenientMethods", "RegisteredMethods", "Allow0.9", "Require1.0",
	    NULL };
	struct core_conf *c = s->conf;
	struct number *into[] = { &c->strict, &c->registered_methods,
	    &c->require_10 };

	for (int i = 0; i < s->argc; i++) {
		int64_t w;
		const char *error = read_word(s, i, words, &w);

		if (error != NULL)
			return error;
		*into[w / 2] = (struct number){ true, w % 2 };
	}
	return NULL;
}

static const char *
register_methods(struct setting *s)
{
	struct core_conf *c = s->conf;
	int i;

	for (i = 0; i < s->argc; i++) {
		struct str name = str_of(s->argv[i].z);

		if (name.n == 0 || field_name_span(name.at, name.n) != name.n)
			return setting_error(s, i, "needs names of methods, "
			    "and \"%.*s\" cannot be one", STR_ARGS(name));
		vec_add(s->arena, &c->methods, s->argv[i].z);
	}
	return NULL;
}

static const char *
set_redirect_limit(struct setting *s)
{
	struct core_conf *c = s->conf;
	const char *error = read_number(s, 0, 1, 1000, &c->limit_redirects.is);

	c->limit_redirects.given = true;
	if (error == NULL && s->argc == 2) {
		error = read_number(s, 1, 1, 1000, &c->limit_subrequests.is);
		c->limit_subrequests.given = true;
	}
	return error;
}

static const char *
set_canonical_name(struct setting *s)
{
	static const char *const words[] = { "Off", "On", "DNS", NULL };
	struct core_conf *c = s->conf;
	const char *error = read_word(s, 0, words, &c->canonical_name.is);

	c->canonical_name.given = true;
	if (error == NULL && c->canonical_name.is == CANONICAL_DNS)
		setting_warn(s, 0, "counts as On: names are not looked up");
	return error;
}

static const char *const tokens_words[] = { "Full", "OS", "Minimal", "Minor",
    "Major", "Prod", "ProductOnly", "Min", NULL };
static const char *const signature_words[] = { "Off", "On", "EMail", NULL };
static const char *const lookups_words[] = { "Off", "On", "Double", NULL };
static const char *const trace_words[] = { "Off", "On", "Extended", NULL };
static const char *const path_info_words[] = { "Off", "On", "Default", NULL };
static const char *const slash_words[] = { "Off", "On", "NoDecode", NULL };

#define AT(field)	offsetof(struct core_conf, field)
#define OF(field)	offsetof(struct vhost, field)
#define OR_INFO		(IN_ANY | OVERRIDE_FILEINFO)
#define IN_LIMITED	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG | \
			 OVERRIDE_LIMIT)
/* A section stands in its host's or section's own lists. */
#define SECTION_ROW(in)	((in) | IS_SECTION | OF_OWNER)

static const struct directive rows[] = {
	/* Sections */
	{ "<VirtualHost>", 1, MANY, SECTION_ROW(IN_SERVER), SLOT_NONE, 0,
	  host_open, "one or more addresses: ip:port, *:port" },
	{ "<Directory>", 1, 2, SECTION_ROW(IN_CONF), SLOT_NONE, 0,
	  section_open_directory, "a directory, or ~ and a regex" },
	{ "<DirectoryMatch>", 1, 1, SECTION_ROW(IN_CONF), SLOT_NONE, 0,
	  section_open_directory, "a regular expression" },
	{ "<Files>", 1, 2, SECTION_ROW(IN_ANY & ~(IN_LOCATION | IN_FILES)),
	  SLOT_NONE, 0, section_open_files, "a file name, or ~ and a regex" },
	{ "<FilesMatch>", 1, 1,
	  SECTION_ROW(IN_ANY & ~(IN_LOCATION | IN_FILES)), SLOT_NONE, 0,
	  section_open_files, "a regular expression" },
	{ "<Location>", 1, 2, SECTION_ROW(IN_CONF), SLOT_NONE, 0,
	  section_open_location, "a URL path, or ~ and a regex" },
	{ "<LocationMatch>", 1, 1, SECTION_ROW(IN_CONF), SLOT_NONE, 0,
	  section_open_location, "a regular expression" },
	{ "<Limit>", 1, MANY, SECTION_ROW(IN_LIMITED), SLOT_NONE, 0,
	  limit_open, "methods: what is in it is for these only" },
	{ "<LimitExcept>", 1, MANY, SECTION_ROW(IN_LIMITED), SLOT_NONE, 0,
	  limit_open, "methods: what is in it is for all others" },
	{ "<If>", 1, 1, IN_ANY | IS_SECTION, SLOT_LIST, AT(conditions),
	  condition_open, "a condition in quotes" },
	{ "<ElseIf>", 1, 1, IN_ANY | IS_SECTION, SLOT_LIST, AT(conditions),
	  condition_open, "a condition in quotes" },
	{ "<Else>", 0, 0, IN_ANY | IS_SECTION, SLOT_LIST, AT(conditions),
	  condition_open, "nothing else" },
	/* Names and places */
	{ "ServerRoot", 1, 1, IN_SERVER, SLOT_NONE, 0,
	  set_server_root, "a directory: where relative paths begin" },
	{ "ServerName", 1, 1, IN_CONF | OF_OWNER, SLOT_CUSTOM, OF(name),
	  set_server_name, "the host's name, with an optional port",
	  .size = sizeof(char *) },
	{ "ServerAlias", 1, MANY, IN_VHOST | OF_OWNER, SLOT_LIST, OF(aliases),
	  set_aliases, "further names of the host; * and ? are wildcards" },
	{ "ServerPath", 1, 1, IN_VHOST | OF_OWNER, SLOT_STRING,
	  OF(server_path), set_server_path,
	  "the URL path of the host, for clients without Host" },
	{ "ServerAdmin", 1, 1, IN_CONF | OF_OWNER, SLOT_STRING,
	  OF(server_admin), NULL, "an e-mail address or URL for error pages" },
	{ "DocumentRoot", 1, 1, IN_CONF | OF_OWNER, SLOT_CUSTOM,
	  OF(document_root), set_document_root,
	  "the directory of the site's files", .size = sizeof(char *) },
	{ "ErrorLog", 1, 1, IN_CONF | OF_OWNER, SLOT_CUSTOM, OF(error_log),
	  set_error_log, "a file, |program, or syslog[:facility[:tag]]",
	  .size = sizeof(char *) },
	{ "LogLevel", 1, MANY, IN_CONF | IN_SECTION, SLOT_CUSTOM, AT(levels),
	  set_log_level, "a level, and module:level pairs",
	  .size = sizeof(void *) },
	/* Connections */
	{ "Timeout", 1, 1, IN_CONF, SLOT_SECONDS, AT(timeout_ms), NULL,
	  "seconds that a client may keep silent", 1000, 2147483000 },
	{ "KeepAlive", 1, 1, IN_CONF, SLOT_FLAG, AT(keep_alive), NULL,
	  "On or Off: several requests on one connection" },
	{ "KeepAliveTimeout", 1, 1, IN_CONF, SLOT_SECONDS,
	  AT(keep_alive_timeout_ms), NULL,
	  "seconds (or ms) to wait for the next request", 1, 2147483000 },
	{ "MaxKeepAliveRequests", 1, 1, IN_CONF, SLOT_NUMBER,
	  AT(max_keep_alive), NULL, "requests per connection; 0: no limit" },
	/* Limits */
	{ "LimitRequestLine", 1, 1, IN_CONF, SLOT_NUMBER, AT(limit_line),
	  NULL, "bytes of a request line", 1, 1 << 20 },
	{ "LimitRequestFields", 1, 1, IN_CONF, SLOT_NUMBER, AT(limit_fields),
	  NULL, "how many fields a request may have; 0: no limit", 0, 32767 },
	{ "LimitRequestFieldSize", 1, 1, IN_CONF, SLOT_NUMBER,
	  AT(limit_field_size), NULL, "bytes of one field", 1, 1 << 20 },
	{ "LimitRequestBody", 1, 1, IN_ANY, SLOT_NUMBER, AT(limit_body),
	  NULL, "bytes of a request's body; 0: no limit", 0, INT64_MAX },
	{ "LimitInternalRecursion", 1, 2, IN_CONF, SLOT_CUSTOM,
	  AT(limit_redirects), set_redirect_limit,
	  "how many internal redirects, and nested lookups, are allowed",
	  .size = 2 * sizeof(struct number) },
	{ "HttpProtocolOptions", 1, 3, IN_CONF, SLOT_CUSTOM, AT(strict),
	  set_protocol_options, "Strict|Unsafe, RegisteredMethods|"
	  "LenientMethods, Allow0.9|Require1.0",
	  .size = 3 * sizeof(struct number) },
	{ "RegisterHttpMethod", 1, MANY, IN_SERVER, SLOT_LIST, AT(methods),
	  register_methods, "more methods that count as known" },
	{ "MergeTrailers", 1, 1, IN_CONF, SLOT_FLAG, AT(merge_trailers), NULL,
	  "On: trailer fields of a body join the request's fields" },
	/* What the server says of itself */
	{ "ServerTokens", 1, 1, IN_SERVER, SLOT_WORD, AT(tokens), NULL,
	  "how much the Server field tells", .words = tokens_words },
	{ "ServerSignature", 1, 1, IN_ANY, SLOT_WORD, AT(signature), NULL,
	  "On, Off or EMail: a last line on error pages",
	  .words = signature_words },
	{ "TraceEnable", 1, 1, IN_CONF, SLOT_WORD, AT(trace), NULL,
	  "On, Off or Extended: answer TRACE requests",
	  .words = trace_words },
	{ "UseCanonicalName", 1, 1, IN_CONF | IN_SECTION, SLOT_CUSTOM,
	  AT(canonical_name), set_canonical_name,
	  "On: ServerName; Off: the client's Host",
	  .size = sizeof(struct number) },
	{ "UseCanonicalPhysicalPort", 1, 1, IN_CONF | IN_SECTION, SLOT_FLAG,
	  AT(canonical_physical_port), NULL,
	  "On: tell the port of the connection" },
	{ "HostnameLookups", 1, 1, IN_CONF | IN_SECTION, SLOT_WORD,
	  AT(lookups), NULL, "On, Off or Double: the names of clients are "
	  "looked up, and must lead back to the address",
	  .words = lookups_words },
	/* URLs and files */
	{ "MergeSlashes", 1, 1, IN_CONF, SLOT_FLAG, AT(merge_slashes), NULL,
	  "On: // in a URL path counts as /" },
	{ "AllowEncodedSlashes", 1, 1, IN_CONF, SLOT_WORD, AT(encoded_slashes),
	  NULL, "On, Off or NoDecode: %2F in URL paths",
	  .words = slash_words },
	{ "AcceptPathInfo", 1, 1, OR_INFO, SLOT_WORD, AT(accept_path_info),
	  NULL, "On, Off or Default: more path after a file's name",
	  .words = path_info_words },
	{ "Options", 0, MANY, IN_ANY | OVERRIDE_OPTIONS, SLOT_CUSTOM,
	  AT(options), options_set, "what is allowed here",
	  .size = sizeof(struct options) },
	{ "AllowOverride", 1, MANY, IN_SECTION, SLOT_CUSTOM, AT(override),
	  override_set_classes, "which classes of directives an .htaccess file "
	  "may hold", .size = sizeof(struct override) },
	{ "AllowOverrideList", 1, MANY, IN_SECTION, SLOT_CUSTOM,
	  AT(override_names), override_set_names,
	  "names of directives that an .htaccess file may hold, or None",
	  .size = sizeof(struct vec *) },
	{ "AccessFileName", 1, MANY, IN_CONF, SLOT_LIST_REPLACE,
	  AT(access_names), override_set_files,
	  "what .htaccess files are called; the first that is there counts" },
	{ "FileETag", 1, MANY, OR_INFO, SLOT_CUSTOM, AT(etag), options_set_etag,
	  "what goes into an ETag: MTime, Size, INode, All, None",
	  .size = sizeof(struct options) },
	{ "EnableSendfile", 1, 1, OR_INFO, SLOT_FLAG, AT(sendfile), NULL,
	  "On or Off: let the kernel copy files" },
	{ "EnableMMAP", 1, 1, OR_INFO, SLOT_FLAG, AT(mmap), NULL,
	  "On or Off: send hot files from memory" },
	{ "MaxRanges", 1, 1, IN_CONF | IN_SECTION, SLOT_CUSTOM,
	  AT(max_ranges), set_max_ranges, "ranges of one request: a number, "
	  "default, none or unlimited", .lo = 200,
	  .size = sizeof(struct number) },
	{ "MaxRangeOverlaps", 1, 1, IN_CONF | IN_SECTION, SLOT_CUSTOM,
	  AT(max_overlaps), set_max_ranges, "overlapping ranges: a number, "
	  "default, none or unlimited", .lo = 20,
	  .size = sizeof(struct number) },
	{ "MaxRangeReversals", 1, 1, IN_CONF | IN_SECTION, SLOT_CUSTOM,
	  AT(max_reversals), set_max_ranges, "ranges out of order: a number, "
	  "default, none or unlimited", .lo = 20,
	  .size = sizeof(struct number) },
	/* Answers */
	{ "ErrorDocument", 2, 2, OR_INFO, SLOT_LIST, AT(error_documents),
	  set_error_document, "a status and a text, local path or URL" },
	{ "SetHandler", 1, 1, OR_INFO, SLOT_STRING, AT(handler), set_handler,
	  "the handler for all files here; none: by their names" },
	{ "ForceType", 1, 1, OR_INFO, SLOT_STRING, AT(type), set_lower,
	  "the media type of all files here; none: by their names" },
	{ "AddDefaultCharset", 1, 1, OR_INFO, SLOT_STRING,
	  AT(default_charset), set_charset,
	  "a charset for text without one; On or Off" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct core_conf *o = outer, *i = inner;
	struct core_conf *r = result;

	if (i->handler != NULL || i->handler_expr != NULL)
		r->handler = i->handler;
	r->handler_expr = i->handler != NULL || i->handler_expr != NULL ?
	    i->handler_expr : o->handler_expr;
	/* A list of others begins with the inner's. */
	r->conditions = vec_join(a, &o->conditions, &i->conditions);
	options_merge(&o->options, &i->options, &r->options);
	options_merge(&o->etag, &i->etag, &r->etag);
	if (!i->etag.absolute && i->etag.add != 0)
		r->etag.set &= ~(unsigned)ETAG_NONE;
	if (!i->levels_whole && i->levels != NULL && o->levels != NULL)
		r->levels = levels_join(a, o->levels, i->levels);
	r->levels_whole = i->levels_whole || o->levels_whole;
	for (int k = 0; k < 3; k++) {
		struct number *n[] = { &r->strict, &r->registered_methods,
		    &r->require_10 };
		const struct number *up[] = { &o->strict,
		    &o->registered_methods, &o->require_10 };
		const struct number *down[] = { &i->strict,
		    &i->registered_methods, &i->require_10 };

		*n[k] = down[k]->given ? *down[k] : *up[k];
	}
}

/* A host without ServerName takes the machine's. */
static void
finish(struct reading *r)
{
	struct vhost *main = r->config->main;
	char name[256] = "localhost";

	if (main->name != NULL)
		return;
	if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == 0)
		strcpy(name, "localhost");
	main->name = str_z(r->arena, str_lower(r->arena, str_of(name)));
	main->scheme = "http";
}

struct module mod_core = {
	.name = "core",
	.alias = "core.c core_module http_core.c http_module",
	.conf_size = sizeof(struct core_conf),
	.rows = rows,
	.merge = merge,
	.finish = finish,
	.worker = htaccess_worker,
};
