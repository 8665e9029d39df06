/*
 * mod_cgi - run a program for each request and send what it says.
 * Manual: modules/cgi.html
 *
 * What is said and how it is understood stands here; how a program lives and
 * dies, in script/script.h; when it may start, in script/admission.h.
 *
 * RFC 3875.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "conf/directive.h"
#include "http/cgihead.h"
#include "http/precond.h"
#include "http/status.h"
#include "http/uri.h"
#include "script/admission.h"
#include "script/script.h"
#include "script/scriptlog.h"
#include "serve/output.h"
#include "serve/request.h"
#include "serve/spool.h"
#include "serve/vars.h"
#include "serve/xsendfile.h"

enum {
	MAX_WORDS = 4095,		/* arguments of an ISINDEX query */
	GATHER_TURN = 1024 * 1024,	/* then others get their turn */
};

/* Programs stand back this much, so that files do not wait for them. */
enum { NICE = 12 };

struct cgi_conf {
	struct number	timeout_ms;
	enum flag	pass_auth;
	struct number	request_uri;	/* enum request_uri */
	enum flag	buffering;
	const char	*spool_directory;
	struct number	umask, nice;
	const char	*record;	/* ScriptLog */
	struct number	record_max, record_body;
};

enum request_uri { URI_ORIGINAL, URI_CURRENT };

/* What is known of a request that a script answers. */
struct cgi {
	struct script	*script;
	struct script_terms terms;
	struct cgihead	 head;
	bool		 bad;		/* it is malformed */
	bool		 held;		/* it is there, but not yet sent */
};

extern struct module mod_cgi;
static const struct cgihead_limits head_limits = {
	.max_fields = 500, .max_head = 64 * 1024,
};

/* ---- The head of the output ---------------------------------------------- */

static int
refuse(struct request *r, struct cgi *c, const char *why)
{
	if (c->head.culprit.n > 0)
		request_log(r, LEVEL_ERROR, "cgi", 0, "%s '%s': Bad "
		    "header: %.*s (%s)", why, c->script->name,
		    STR_ARGS(c->head.culprit), c->head.why);
	else
		request_log(r, LEVEL_ERROR, "cgi", 0, "%s: %s", why,
		    c->script->name);
	return script_fail(c->script, 500, c->head.culprit);
}

/* Whoever looks for mistakes wants to see the rest of the output, too. */
static int
refuse_head(struct request *r, struct cgi *c)
{
	struct str all = script_unused(c->script);
	enum script_look got = SCRIPT_ENDED;

	c->bad = true;
	while (c->terms.record != NULL &&
	    (got = script_read(c->script, &all)) == SCRIPT_MORE)
		continue;
	if (got == SCRIPT_WAIT)
		return WAIT;
	cgihead_moved(&c->head, all.at);
	return got == SCRIPT_FAILED ? c->script->failed :
	    refuse(r, c, "malformed header from script");
}

/* A date of last change must be a date, and not lie in the future, nor about
 * the day of the week. */
static struct str
sane_date(struct request *r, struct str value)
{
	char *room = arena_alloc(r->arena, CLOCK_HTTP_SIZE);
	time_t t;

	if (!clock_http_parse(value, &t))
		return STR_NONE;
	if (t > clock_now())
		return clock_http_now();
	clock_http_format(t, room);
	return str_of(room);
}

/* These are the server's to tell, and stand in every answer once. */
static bool
is_of_server(struct str name)
{
	return str_is_nocase(name, "Date") || str_is_nocase(name, "Server");
}

/* Of these the last one holds. */
static bool
is_single(struct str name)
{
	return str_is_nocase(name, "ETag") ||
	    str_is_nocase(name, "Last-Modified");
}

/* Fields about this document only; others hold for what is sent instead. */
static bool
is_of_document(struct str name)
{
	return str_is_nocase(name, "ETag") ||
	    str_is_nocase(name, "Last-Modified") ||
	    str_starts_nocase(name, STR("Content-"));
}

/* Which of the two lists of fields it goes into: as in Apache, nearly all that
 * a program says holds always. */
static bool
holds_always(struct str name)
{
	static const char *const others[] = { "Location", "Accept-Ranges",
	    "Vary", "X-Sendfile" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (str_is_nocase(name, others[i]))
			return false;
	return !is_of_document(name);
}

static void
copy_fields(struct request *r, const struct cgihead *head)
{
	bool elsewhere = head->kind == CGI_LOCAL_REDIRECT;

	for (size_t i = 0; i < head->fields.n; i++) {
		struct str name = head->fields.at[i].name;
		struct str value = head->fields.at[i].value;
		bool always = elsewhere || holds_always(name);
		struct fields *list = always ? &r->out_always : &r->out;

		if (is_of_server(name) || (elsewhere && is_of_document(name)))
			continue;
		value = str_is_nocase(name, "Last-Modified") ?
		    sane_date(r, value) : str_copy(r->arena, value);
		if (is_single(name))
			fields_unset(list, name);
		if (value.at != NULL)
			fields_add(list, str_copy(r->arena, name), value);
	}
	if (elsewhere)
		return;
	r->close_after |= head->says_close;
	if (head->content_type.n > 0 && !status_has_no_body(head->status))
		fields_set(&r->out, STR("Content-Type"),
		    str_copy(r->arena, head->content_type));
	if (head->has_length)
		r->length = (int64_t)head->length;
}

/* The script may have said what a conditional request needs to know. */
static int
conditional(struct request *r)
{
	struct precond p = { .method = r->method, .fields = &r->in,
	    .etag = fields_get(&r->out, STR("ETag")), .modified = -1,
	    .now = clock_now() };
	struct str date = fields_get(&r->out, STR("Last-Modified")), range;
	time_t t;

	if (r->status != 200 || (r->method != METHOD_GET &&
	    r->method != METHOD_HEAD))
		return 0;
	if (date.n > 0 && clock_http_parse(date, &t))
		p.modified = t;
	return precond_check(&p, &range);
}

static int
answer(struct request *r, struct cgi *c)
{
	int status;

	script_used(c->script, c->head.size);
	copy_fields(r, &c->head);
	if (c->head.kind == CGI_LOCAL_REDIRECT)
		return request_restart(r, str_copy(r->arena,
		    c->head.location), true);
	if (c->head.kind == CGI_CLIENT_REDIRECT &&
	    c->head.content_type.n == 0)
		return c->head.status;
	/* An error document keeps the error's status unless it says its own. */
	if (c->head.status != 200 || c->head.reason.n > 0)
		r->status = c->head.status;
	r->reason = str_copy(r->arena, c->head.reason);
	status = xsendfile_answer(r);
	if (status != PASS)
		return status;
	status = conditional(r);
	if (status == 304) {
		r->status = status;
		r->length = -1;
		return DONE;
	}
	if (status != 0)
		return status;
	r->body = script_body(c->script);
	return DONE;
}

/* A script that speaks for itself. */
static bool
is_nph(const struct cgi *c)
{
	return strncmp(c->script->name, "nph-", 4) == 0;
}

static int
answer_nph(struct request *r, struct cgi *c)
{
	r->nph = true;
	r->body = script_body(c->script);
	return DONE;
}

/*
 * A program may answer before the whole body of the request has come.  If that
 * turns out to be cut short, or malformed, the client shall hear of that, as
 * from Apache; so the answer is held back, as long as it is short, and unless a
 * conversation is wanted.
 */
static int
answer_in_time(struct request *r, struct cgi *c)
{
	enum script_look got = SCRIPT_WAIT;
	struct str all;

	c->held = true;
	while (!c->terms.converses && script_awaits_body(c->script) &&
	    (got = script_read(c->script, &all)) == SCRIPT_MORE)
		continue;
	if (c->script->failed != 0)
		return c->script->failed;
	if (!c->terms.converses && script_awaits_body(c->script) &&
	    got != SCRIPT_FULL)
		return WAIT;
	cgihead_moved(&c->head, script_unused(c->script).at);
	return is_nph(c) ? answer_nph(r, c) : answer(r, c);
}

/* Asked again and again until the head is there. */
static int
read_head(struct request *r, struct cgi *c)
{
	struct str all;

	if (c->held)
		return answer_in_time(r, c);
	if (c->bad)
		return refuse_head(r, c);
	for (;;) {
		switch (script_read(c->script, &all)) {
		case SCRIPT_MORE:
			break;
		case SCRIPT_WAIT:
			return WAIT;
		case SCRIPT_FAILED:
			return c->script->failed;
		case SCRIPT_ENDED:
			cgihead_ended(&c->head);
			return refuse(r, c, "End of script output before "
			    "headers");
		default:
			return refuse(r, c, "header of script is too long");
		}
		switch (cgihead_parse(&c->head, all.at, all.n)) {
		case CGIHEAD_DONE:
			return answer_in_time(r, c);
		case CGIHEAD_BAD:
			return refuse_head(r, c);
		default:
			break;
		}
	}
}

/* ---- Starting ------------------------------------------------------------ */

/*
 * ISINDEX: a query without "=" is a list of words that become arguments.
 * RFC 3875, 4.4.
 */
static char *const *
arguments(struct request *r, const char *name)
{
	struct str rest = r->query, plain;
	char **argv;
	size_t n = 1, words = 1;

	for (size_t i = 0; i < rest.n && words < MAX_WORDS; i++)
		words += rest.at[i] == '+';
	argv = arena_many(r->arena, char *, words + 2);
	argv[0] = str_z(r->arena, str_of(name));
	if (rest.n == 0 || str_find(rest, '=') >= 0)
		return argv;
	for (; words > 0; words--) {
		ptrdiff_t end = str_find(rest, '+');
		struct str word = str_first(rest, end < 0 ? rest.n :
		    (size_t)end);

		if (!uri_decode(r->arena, word, false, &plain))
			plain = word;
		argv[n++] = str_z(r->arena, plain);
		rest = str_from(rest, word.n + 1);
	}
	return argv;
}

static const struct scriptlog *
recorder(struct request *r)
{
	const struct cgi_conf *conf = scope_get(r->vhost->scope, &mod_cgi);
	struct scriptlog *l;

	if (conf->record == NULL)
		return NULL;
	l = arena_one(r->arena, struct scriptlog);
	l->path = conf->record;
	l->max = number_or(conf->record_max, 10385760);
	l->body_max = number_or(conf->record_body, 1024);
	return l;
}

/*
 * The script was found when the request came, and may have had to wait since:
 * see what is there now, by the same rules for links.  0, or a status.
 */
static int
find_again(struct request *r, struct os_file *file)
{
	struct stat st;
	int error;

	if (os_stat_file(r->filename, r->root_n, r->links, &st) == -1) {
		error = errno;
		request_log(r, LEVEL_ERROR, "cgi", error, "script %s is not "
		    "there any more, or must not be followed to",
		    r->filename);
		return error == ENOENT || error == ENOTDIR ? 404 : 403;
	}
	if (!S_ISREG(st.st_mode)) {
		request_log(r, LEVEL_ERROR, "cgi", 0, "script %s is no file "
		    "any more", r->filename);
		return 403;
	}
	*file = (struct os_file){ st.st_dev, st.st_ino };
	return 0;
}

/* How the script is to be run. */
static void
prepare(struct request *r, const struct script *s, struct os_program *p)
{
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);
	size_t directory_n = (size_t)(s->name - s->path);
	struct vars_rules rules = {
		.pass_auth = flag_or(conf->pass_auth, false),
		.current_uri = number_or(conf->request_uri, URI_ORIGINAL) ==
		    URI_CURRENT,
	};

	*p = (struct os_program){ .path = s->path,
	    .umask = (int)number_or(conf->umask, -1),
	    .nice = (int)number_or(conf->nice, NICE) };
	p->argv = arguments(r, s->name);
	p->envp = vars_cgi_environment(r, &rules);
	p->directory = str_z(r->arena, str_n(s->path,
	    directory_n > 1 ? directory_n - 1 : 1));
}

static int
start(struct request *r, struct cgi *c)
{
	struct os_program p;
	struct os_file file;
	int status = find_again(r, &file);

	if (status != 0)
		return script_fail(c->script, status,
		    STR("the script has changed its place"));
	prepare(r, c->script, &p);
	p.file = &file;
	status = script_start(c->script, &p);
	if (status != 0)
		return status;
	return is_nph(c) ? answer_in_time(r, c) : read_head(r, c);
}

static struct cgi *
cgi_new(struct request *r)
{
	struct cgi *c = arena_one(r->arena, struct cgi);
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);
	const struct core_conf *core = core_conf(r->vhost->scope);

	c->terms = (struct script_terms){
		.timeout_ms = number_or(conf->timeout_ms,
		    number_or(core->timeout_ms, 60000)),
		.record = recorder(r),
		.converses = !flag_or(conf->buffering, true),
	};
	c->script = script_new(r, &c->terms);
	cgihead_init(&c->head, r->arena, &head_limits);
	admission_enter(c->script);
	return c;
}

static bool
is_mine(const struct request *r)
{
	return r->handler != NULL &&
	    (strcmp(r->handler, "cgi-script") == 0 ||
	    strcmp(r->handler, "application/x-httpd-cgi") == 0);
}

/* ---- A body of unknown length -------------------------------------------- */

static int
spool_failed(struct request *r, const char *directory, int error)
{
	bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;

	request_log(r, LEVEL_ERROR, "cgi", error, "the body of a request "
	    "could not be kept in %s: %s", directory, full ? "make room, or "
	    "say another CGISpoolDirectory" : "CGISpoolDirectory must be a "
	    "directory that the server's user may write to");
	r->close_after = true;
	return request_refuse(r, full ? 507 : 500, "The server has no room "
	    "for the body of the request.");
}

/* A chunked body tells its length at its end, but the script wants to know it
 * at its beginning.  PASS, WAIT, or the status to refuse with. */
static int
gather(struct request *r)
{
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);
	const char *directory = conf->spool_directory != NULL ?
	    conf->spool_directory : "/tmp";
	size_t all = 0;
	struct str data;

	if (r->spool == NULL)
		r->spool = spool_new(r->arena, directory);
	for (;;) {
		switch (request_body_look(r, &data)) {
		case BODY_END:
			return PASS;
		case BODY_WAIT:
			return WAIT;
		case BODY_BAD:
			return r->status < 400 ? 400 : r->status;
		default:
			break;
		}
		if (spool_add(r->spool, data) != 0)
			return spool_failed(r, directory, errno);
		request_body_took(r, data.n);
		all += data.n;
		if (all >= GATHER_TURN) {
			request_wake(r);
			return WAIT;
		}
	}
}

static bool
must_gather(const struct request *r)
{
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);

	return request_body_length(r) < 0 && flag_or(conf->buffering, true);
}

/* ---- The request --------------------------------------------------------- */

/* It is not run at all. */
static int
refuse_file(struct request *r, int status, const char *code, const char *why)
{
	const struct scriptlog *l = recorder(r);

	request_log(r, LEVEL_ERROR, "cgi", r->found.error, "%s: stderr from "
	    "%s: %s", code, r->filename, why);
	if (l != NULL)
		scriptlog_error(l, scriptlog_title(r), status, r->filename,
		    str_of(why));
	return status;
}

/* 0, or why this file is not run. */
static int
check(struct request *r)
{
	int64_t accept = number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT);

	if (!r->script_alias &&
	    !(core_options(r->scope) & OPTION_EXEC_CGI))
		return refuse_file(r, 403, "AH02809", "Options ExecCGI is "
		    "off in this directory");
	if (r->found.kind == FOUND_NOTHING)
		return refuse_file(r, 404, "AH02811", "script not found "
		    "or unable to stat");
	if (r->found.kind == FOUND_DIRECTORY)
		return refuse_file(r, 403, "AH02812", "attempt to invoke "
		    "directory as script");
	if (r->found.kind != FOUND_FILE)
		return refuse_file(r, 403, "AH02812", "attempt to invoke "
		    "special file as script");
	return r->path_info.n > 0 && accept == PATH_INFO_OFF ? 404 : 0;
}

static int
handle(struct request *r)
{
	struct cgi *c = r->state[mod_cgi.index];
	int status;

	if (!is_mine(r))
		return PASS;
	request_once(r);
	if (c == NULL) {
		status = r->spool != NULL ? PASS : check(r);
		if (status == PASS && r->client->story != NULL)
			return DONE;	/* it is only told what would be */
		if (status == PASS && must_gather(r))
			status = gather(r);
		if (status != PASS)
			return status;
		c = r->state[mod_cgi.index] = cgi_new(r);
	}
	if (c->script->started)
		return read_head(r, c);
	status = admission_ask(c->script);
	return status == DONE ? start(r, c) : status;
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	script_init(l);
}

static const char *
set_var(struct setting *s)
{
	static const char *const rules[] = { "original-uri", "current-uri" };
	struct cgi_conf *c = s->conf;

	if (!str_is(str_of(s->argv[0].z), "REQUEST_URI"))
		return "can only change REQUEST_URI";
	s->wrong = 1;
	for (int i = 0; i < 2; i++)
		if (str_is_nocase(str_of(s->argv[1].z), rules[i])) {
			c->request_uri = (struct number){ true, i };
			return NULL;
		}
	return "must be original-uri or current-uri";
}

static const char *
set_umask(struct setting *s)
{
	struct cgi_conf *c = s->conf;
	uint64_t mask = 0;

	for (const char *z = s->argv[0].z; *z != 0; z++) {
		if (*z < '0' || *z > '7' || mask > 0777 / 8)
			return "must be an octal number up to 0777";
		mask = mask * 8 + (uint64_t)(*z - '0');
	}
	c->umask = (struct number){ true, (int64_t)mask };
	return NULL;
}

/* Scripts are started without a daemon. */
static const char *
read_socket(struct setting *s)
{
	(void)s;
	return NULL;
}

static const struct directive rows[] = {
	{ "CGIScriptTimeout", 1, 1, IN_CONF | IN_SECTION, SLOT_SECONDS,
	  offsetof(struct cgi_conf, timeout_ms), NULL,
	  "seconds that a script may keep silent", 1, 2147483000 },
	/* mod_cgid's name for it, and its daemon's socket */
	{ "CGIDScriptTimeout", 1, 1, IN_CONF | IN_SECTION, SLOT_SECONDS,
	  offsetof(struct cgi_conf, timeout_ms), NULL,
	  "seconds that a script may keep silent", 1, 2147483000 },
	{ "ScriptSock", 1, 1, IN_SERVER | ACCEPTED_ONLY, SLOT_NONE, 0,
	  read_socket, "where mod_cgid's daemon would listen" },
	{ "CGIPassAuth", 1, 1, IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG,
	  SLOT_FLAG, offsetof(struct cgi_conf, pass_auth), NULL,
	  "On: scripts see the Authorization field" },
	{ "CGIVar", 2, 2, IN_ANY | OVERRIDE_FILEINFO,
	  SLOT_CUSTOM, offsetof(struct cgi_conf, request_uri), set_var,
	  "REQUEST_URI and original-uri or current-uri", 0, 0, NULL,
	  sizeof(struct number) },
	{ "CGIRequestBuffering", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_FLAG,
	  offsetof(struct cgi_conf, buffering), NULL,
	  "On: a body of unknown length is gathered before the script starts" },
	{ "CGISpoolDirectory", 1, 1, IN_CONF | IN_DIRECTORY | IN_LOCATION,
	  SLOT_PATH, offsetof(struct cgi_conf, spool_directory), NULL,
	  "where long bodies are gathered" },
	{ "CGIUmask", 1, 1, IN_CONF | IN_SECTION, SLOT_CUSTOM,
	  offsetof(struct cgi_conf, umask), set_umask,
	  "an octal number: what scripts' new files are not allowed", 0, 0,
	  NULL, sizeof(struct number) },
	{ "CGINice", 1, 1, IN_CONF | IN_SECTION, SLOT_NUMBER,
	  offsetof(struct cgi_conf, nice), NULL,
	  "how much scripts stand back behind the server", 0, 19 },
	{ "ScriptLog", 1, 1, IN_CONF, SLOT_PATH,
	  offsetof(struct cgi_conf, record), NULL,
	  "a file that tells all about scripts that failed" },
	{ "ScriptLogLength", 1, 1, IN_CONF, SLOT_NUMBER,
	  offsetof(struct cgi_conf, record_max), NULL,
	  "bytes that the ScriptLog may have" },
	{ "ScriptLogBuffer", 1, 1, IN_CONF, SLOT_NUMBER,
	  offsetof(struct cgi_conf, record_body), NULL,
	  "bytes of a request's body that the ScriptLog tells" },
	{ 0 }
};

struct module mod_cgi = {
	.name = "cgi",
	.alias = "mod_cgi.c cgi_module mod_cgid.c cgid_module",
	.conf_size = sizeof(struct cgi_conf),
	.rows = rows,
	.worker = worker,
	.steady = true,
	.handle = handle,
};
