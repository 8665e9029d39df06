/*
 * mod_cgi - run a program for each request and send what it says.
 * Manual: modules/cgi.html
 *
 * What is said and how it is understood stands here; how a program lives and
 * dies, in serve/script.h; when it may start, in serve/admission.h.
 *
 * RFC 3875.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "conf/directive.h"
#include "http/cgihead.h"
#include "http/precond.h"
#include "serve/admission.h"
#include "serve/output.h"
#include "serve/request.h"
#include "serve/script.h"
#include "serve/vars.h"

enum { MAX_WORDS = 256 };	/* arguments of an ISINDEX query */

struct cgi_conf {
	struct number	timeout_ms;
	enum flag	pass_auth;
};

/* What is known of a request that a script answers. */
struct cgi {
	struct script	*script;
	struct cgihead	 head;
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
	return script_fail(c->script, 500);
}

static void
copy_fields(struct request *r, const struct cgihead *head)
{
	for (size_t i = 0; i < head->fields.n; i++)
		fields_add(&r->out,
		    str_copy(r->arena, head->fields.at[i].name),
		    str_copy(r->arena, head->fields.at[i].value));
	if (head->content_type.n > 0)
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
	if (p.modified < 0 && p.etag.n == 0)
		return 0;
	return precond_check(&p, &range);
}

static int
answer(struct request *r, struct cgi *c)
{
	int status;

	script_used(c->script, c->head.size);
	if (c->head.kind == CGI_LOCAL_REDIRECT)
		return request_restart(r, str_copy(r->arena,
		    c->head.location), true);
	/* An error document keeps the error's status unless it says its own. */
	if (c->head.status != 200 || c->head.reason.n > 0)
		r->status = c->head.status;
	r->reason = str_copy(r->arena, c->head.reason);
	copy_fields(r, &c->head);
	status = conditional(r);
	if (status != 0)
		return status;
	r->body = script_body(c->script);
	return DONE;
}

/* Asked again and again until the head is there. */
static int
read_head(struct request *r, struct cgi *c)
{
	struct str all;

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
			return answer(r, c);
		case CGIHEAD_BAD:
			return refuse(r, c, "malformed header from script");
		default:
			break;
		}
	}
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

/* ---- Starting ------------------------------------------------------------ */

/*
 * ISINDEX: a query without "=" is a list of words that become arguments.
 * RFC 3875, 4.4.
 */
static char *const *
arguments(struct request *r, const char *name)
{
	char **argv = arena_many(r->arena, char *, MAX_WORDS + 2);
	struct str rest = r->query, word, plain;
	size_t n = 1;

	argv[0] = str_z(r->arena, str_of(name));
	if (str_find(rest, '=') >= 0)
		return argv;
	while (n <= MAX_WORDS && str_cut(&rest, '+', &word))
		if (uri_decode(r->arena, word, false, &plain))
			argv[n++] = str_z(r->arena, plain);
	return argv;
}

/* How the script is to be run. */
static void
prepare(struct request *r, const struct script *s, struct os_program *p)
{
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);
	size_t directory_n = (size_t)(s->name - s->path);

	*p = (struct os_program){ .path = s->path, .umask = -1 };
	p->argv = arguments(r, s->name);
	p->envp = vars_cgi_environment(r, flag_or(conf->pass_auth, false));
	p->directory = str_z(r->arena, str_n(s->path,
	    directory_n > 1 ? directory_n - 1 : 1));
}

static int
start(struct request *r, struct cgi *c)
{
	struct os_program p;
	int status;

	prepare(r, c->script, &p);
	status = script_start(c->script, &p);
	if (status != 0)
		return status;
	return is_nph(c) ? answer_nph(r, c) : read_head(r, c);
}

static struct cgi *
cgi_new(struct request *r)
{
	struct cgi *c = arena_one(r->arena, struct cgi);
	const struct cgi_conf *conf = scope_get(r->scope, &mod_cgi);
	const struct core_conf *core = core_conf(r->vhost->scope);

	c->script = script_new(r, number_or(conf->timeout_ms,
	    number_or(core->timeout_ms, 60000)));
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

/* 0, or why this file is not run. */
static int
check(struct request *r)
{
	int64_t accept = number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT);

	if (!r->script_alias &&
	    !(core_options(r->scope) & OPTION_EXEC_CGI)) {
		request_log(r, LEVEL_ERROR, "cgi", 0, "AH02809: Options "
		    "ExecCGI is off in this directory: %s", r->filename);
		return 403;
	}
	if (r->found.kind == FOUND_NOTHING) {
		request_log(r, LEVEL_ERROR, "cgi", r->found.error, "AH02811: "
		    "stderr from %s: script not found or unable to stat",
		    r->filename);
		return 404;
	}
	if (r->found.kind != FOUND_FILE) {
		request_log(r, LEVEL_ERROR, "cgi", 0, "AH02810: attempt to "
		    "invoke %s as script: %s", r->found.kind ==
		    FOUND_DIRECTORY ? "directory" : "special file",
		    r->filename);
		return 403;
	}
	return r->path_info.n > 0 && accept == PATH_INFO_OFF ? 404 : 0;
}

static int
handle(struct request *r)
{
	struct cgi *c = r->state[mod_cgi.index];
	int status;

	if (!is_mine(r))
		return PASS;
	if (c == NULL) {
		status = check(r);
		if (status != 0)
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
	admission_init(l);
}

static const struct directive rows[] = {
	{ "CGIScriptTimeout", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_SECONDS,
	  offsetof(struct cgi_conf, timeout_ms), NULL,
	  "seconds that a script may keep silent", 1, 2147483000 },
	{ "CGIPassAuth", 1, 1, IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG,
	  SLOT_FLAG, offsetof(struct cgi_conf, pass_auth), NULL,
	  "On: scripts see the Authorization field" },
	{ 0 }
};

struct module mod_cgi = {
	.name = "cgi",
	.alias = "mod_cgi.c cgi_module mod_cgid.c cgid_module",
	.conf_size = sizeof(struct cgi_conf),
	.rows = rows,
	.worker = worker,
	.handle = handle,
};
