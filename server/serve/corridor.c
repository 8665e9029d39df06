/*
 * corridor.c - THE table of steps a request goes through, and who walks it.
 *
 * A step is a function of a request; its answer decides who speaks next.  The
 * corridor knows no feature: modules are asked through their hooks, in the
 * order of modules.c.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "http/method.h"
#include "http/status.h"
#include "http/uri.h"
#include "serve/corridor.h"
#include "serve/errdoc.h"
#include "serve/output.h"
#include "serve/route.h"

/* ---- Asking the modules -------------------------------------------------- */

enum { MODULES_MAX = 64, HOOKS = 6 };

/* For each hook, the first module at or after each that has it. */
static struct {
	struct module *const *of;	/* of these n */
	size_t		 n;
	unsigned char	 next[HOOKS][MODULES_MAX + 1];
} asked;

typedef int	 hook_function(struct request *r);

static hook_function *
hook_of(const struct module *m, size_t hook)
{
	hook_function *f;

	memcpy(&f, (const char *)m + offsetof(struct module, early) +
	    hook * sizeof(f), sizeof(f));
	return f;
}

static void
list_hooks(void)
{
	assert(n_modules <= MODULES_MAX);
	asked.of = modules;
	asked.n = n_modules;
	for (size_t hook = 0; hook < HOOKS; hook++) {
		size_t next = n_modules;

		for (size_t i = n_modules + 1; i-- > 0;) {
			if (i < n_modules && hook_of(modules[i], hook) != NULL)
				next = i;
			asked.next[hook][i] = (unsigned char)next;
		}
	}
}

/* Ask from r->next_module on.  all: PASS and DONE both mean ask the next; else
 * the first that does not PASS decides. */
static int
ask(struct request *r, size_t hook, bool all)
{
	if (asked.of != modules || asked.n != n_modules)
		list_hooks();
	for (;; r->next_module++) {
		int answer;

		r->next_module = asked.next[hook][r->next_module];
		if (r->next_module == n_modules)
			return PASS;
		if (!modules[r->next_module]->steady)
			request_once(r);
		answer = hook_of(modules[r->next_module], hook)(r);
		if (answer != PASS && (!all || answer != DONE))
			return answer;
	}
}

/* Its number among the hooks, which are alike and stand in a row. */
#define HOOK(name) \
	((offsetof(struct module, name) - offsetof(struct module, early)) / \
	sizeof(hook_function *))

#define ASK(name, hook, all) \
static int \
name(struct request *r) \
{ \
	return ask(r, HOOK(hook), all); \
}

_Static_assert(HOOK(handle) == HOOKS - 1, "a hook more or less");

ASK(ask_early, early, true)
ASK(ask_access, access, true)
ASK(ask_fixup, fixup, true)

/* One that knows who it is settles the step. */
static int
ask_identity(struct request *r)
{
	int answer = ask(r, HOOK(identity), false);

	return answer == DONE ? PASS : answer;
}

/* Nobody maps it: it is a file below DocumentRoot. */
static int
ask_translate(struct request *r)
{
	int answer = ask(r, HOOK(translate), false);
	struct text name = { .arena = r->arena };
	const char *root;

	if (answer == DONE)
		return PASS;
	if (answer != PASS || r->filename != NULL)
		return answer;
	root = r->vhost->document_root;
	if (root == NULL)
		return request_refuse(r, 404, "No directory is set up for "
		    "this site's files.");
	r->root_n = strlen(root);
	text_room(&name, r->root_n + r->path.n + 1);
	if (r->root_n > 1)
		text_add(&name, str_n(root, r->root_n));
	text_add(&name, r->path);
	r->filename = text_z(&name);
	return PASS;
}

/* The handler of last resort answers everything, so nobody means a mistake in
 * the table of modules or a handler that is not there. */
static int
ask_handle(struct request *r)
{
	int answer = ask(r, HOOK(handle), false);

	if (answer != PASS) {
		r->answered_by = modules[r->next_module];
		return answer;
	}
	request_log(r, LEVEL_ERROR, "core", 0, "no module answers for the "
	    "handler \"%s\" of %s", r->handler == NULL ? "" : r->handler,
	    r->filename);
	return request_refuse(r, 500, "The handler that is set up for this "
	    "file is not built into the server.");
}

/* ---- The server's own steps ---------------------------------------------- */

/* The request that was sent, not one made from it. */
static bool
is_first(const struct request *r)
{
	return r->redirect_to.at == NULL;
}

/* "OPTIONS *" and CONNECT are answered before anybody wants a path. */
static bool
names_no_path(const struct request *r)
{
	return is_first(r) && (r->head->form == TARGET_ASTERISK ||
	    r->head->form == TARGET_AUTHORITY);
}

static int
decode_path(struct request *r)
{
	const struct core_conf *c = core_conf(r->scope);
	struct uri_policy policy = {
		.encoded_slash = (enum uri_slash)number_or(c->encoded_slashes,
		    SLASHES_OFF),
		.merge_slashes = flag_or(c->merge_slashes, true),
	};
	struct str raw, query;
	const char *why = NULL;
	int status;

	uri_split(is_first(r) ? r->uri : r->redirect_to, &raw, &query);
	r->has_query = query.at != NULL;
	r->query = r->has_query ? query : STR("");
	if (names_no_path(r)) {
		r->path = r->head->target;
		return PASS;
	}
	status = uri_decode_path(r->arena, raw, &policy, &r->path, &why);
	if (status == 0)
		return PASS;
	r->path = raw;
	request_log(r, LEVEL_INFO, "core", 0, "invalid URI path (%.*s): %s",
	    STR_ARGS(raw), why);
	return request_refuse(r, status, "The path of the address cannot be "
	    "used: %s.", why);
}

/* What the server itself understands; due with every 405.  RFC 9110, 15.5.6. */
static void
say_methods(struct request *r)
{
	uint64_t set = METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD) |
	    METHOD_BIT(METHOD_POST) | METHOD_BIT(METHOD_OPTIONS);

	if (number_or(core_conf(r->scope)->trace, TRACE_ON) != TRACE_OFF)
		set |= METHOD_BIT(METHOD_TRACE);
	fields_set(&r->out_always, STR("Allow"), method_list(r->arena, set));
}

int
corridor_other_method(struct request *r)
{
	say_methods(r);
	if (r->method == METHOD_OPTIONS) {
		fields_unset(&r->out, STR("Content-Type"));
		r->length = 0;
		return DONE;
	}
	return request_refuse(r, core_knows_method(r->config, r->method,
	    r->method_name) ? 405 : 501, "The method %.*s is not allowed for "
	    "this resource.", STR_ARGS(r->method_name));
}

/* TRACE sends back what came in, for the client to see what proxies did. */
static int
answer_trace(struct request *r)
{
	struct text t = { .arena = r->arena };
	int64_t allowed = number_or(core_conf(r->scope)->trace, TRACE_ON);

	if (allowed == TRACE_OFF) {
		say_methods(r);
		return request_refuse(r, 405, "TRACE is switched off on this "
		    "server.");
	}
	if (request_body_length(r) != 0 && allowed != TRACE_EXTENDED)
		return request_refuse(r, 413, "A TRACE request must have no "
		    "body.");
	text_add(&t, r->head->line);
	text_addz(&t, "\r\n");
	fields_write(&r->in, &t);
	text_addz(&t, "\r\n");
	fields_set(&r->out, STR("Content-Type"), STR("message/http"));
	r->length = (int64_t)t.n;
	r->body = source_memory(r->arena, text_str(&t));
	return DONE;
}

/* Methods that the server answers itself, and those it never will. */
static int
check_method(struct request *r)
{
	const struct core_conf *c = core_conf(r->scope);

	if (r->head->expect_unknown && is_first(r))
		return request_refuse(r, 417, "The Expect field asks for "
		    "something other than 100-continue.");
	if (r->method == METHOD_TRACE)
		return answer_trace(r);
	if (number_or(c->registered_methods, 0) != 0 &&
	    !core_knows_method(r->config, r->method, r->method_name)) {
		say_methods(r);
		return request_refuse(r, 501, "The method %.*s is not known "
		    "here.", STR_ARGS(r->method_name));
	}
	if (!names_no_path(r))
		return PASS;
	say_methods(r);
	if (r->method == METHOD_CONNECT)
		return request_refuse(r, 405, "This server is no proxy.");
	r->length = 0;
	return DONE;
}

static int
check_body_length(struct request *r)
{
	int64_t limit = number_or(core_conf(r->scope)->limit_body,
	    INT64_C(1) << 30);

	if (limit == 0 || request_body_length(r) <= limit)
		return PASS;
	request_log(r, LEVEL_ERROR, "core", 0, "request body of %lld bytes is "
	    "larger than LimitRequestBody (%lld)",
	    (long long)request_body_length(r), (long long)limit);
	r->close_after = true;
	return request_refuse(r, 413, "The body of the request is larger than "
	    "the %lld bytes that LimitRequestBody allows here.",
	    (long long)limit);
}

/* ---- The table ----------------------------------------------------------- */

struct step {
	const char	*what;		/* for whoever explains a request */
	int		(*take)(struct request *r);
};

static const struct step corridor[] = {
	{ "choose the virtual host",		route_vhost },
	{ "decode the path",			decode_path },
	{ "let modules see the head",		ask_early },
	{ "refuse or answer by method",		check_method },
	{ "merge Location sections",		route_location },
	{ "map the URL to a file",		ask_translate },
	{ "walk directories, merge sections",	route_directory },
	{ "check access",			ask_access },
	{ "check identity",			ask_identity },
	{ "settle type, index, environment",	ask_fixup },
	{ "check the body's length",		check_body_length },
	{ "let one module answer",		ask_handle },
};

enum {
	N_STEPS = sizeof(corridor) / sizeof(corridor[0]),
	STEP_DECODE = 1,		/* where a redirected request begins */
	STEP_DIRECTORY = 6,		/* where a lookup of a file does */
	STEP_IDENTITY = 8,
	STEP_CHECK_BODY = N_STEPS - 2	/* where a lookup ends */
};

/* Take steps up to end.  PASS when all passed. */
static int
walk(struct request *r, unsigned end)
{
	while (r->step < end) {
		int answer = corridor[r->step].take(r);

		if (answer != PASS)
			return answer;
		r->step++;
		r->next_module = 0;
	}
	return PASS;
}

/* ---- Redirects, errors, lookups ------------------------------------------ */

static void
inherit_variable(struct request *r, struct str name, struct str value)
{
	request_env_set(r, str_fmt(r->arena, "REDIRECT_%.*s", STR_ARGS(name)),
	    value);
}

/* A program is told where its request came from; nobody else is, but of what
 * another program was told before. */
static bool
is_for_programs(const struct request *r, struct str name)
{
	return str_is(name, "REDIRECT_URL") ||
	    (str_is(name, "REDIRECT_QUERY_STRING") &&
	    (r->prev == NULL || r->prev->environment == NULL));
}

/* What old had in its environment, under REDIRECT_ names: all that its program
 * was told, if there was one. */
static void
inherit_env(struct request *r, const struct request *old)
{
	for (char *const *z = old->environment; z != NULL && *z != NULL; z++) {
		struct str value = str_of(*z), name;

		str_cut(&value, '=', &name);
		inherit_variable(r, name, value);
	}
	for (size_t i = 0; i < old->env.n; i++) {
		const struct env_entry *e = old->env.at[i];

		if (old->environment == NULL && !is_for_programs(old, e->name))
			inherit_variable(r, e->name, e->value);
	}
}

static struct request *
request_after(struct request *old, struct str uri, bool as_get)
{
	struct request *r = request_new(old->arena, old->config, old->client);

	r->head = old->head;
	r->method = old->method;
	r->method_name = old->method_name;
	r->no_body = old->no_body || as_get;
	r->body_taken = old->body_taken;
	if (as_get && old->method != METHOD_HEAD) {
		r->method = METHOD_GET;
		r->method_name = STR("GET");
	}
	r->uri = old->uri;
	r->in = old->in;
	r->trailers = old->trailers;
	r->host = old->host;
	r->vhost = old->vhost;
	r->scope = old->vhost->scope;
	r->era = old->era;
	r->started_us = old->started_us;
	r->started_mono_us = old->started_mono_us;
	r->redirect_to = uri;
	r->step = STEP_DECODE;
	return r;
}

static struct request *
redirect(struct request *old)
{
	struct request *r = request_after(old, old->redirect_to,
	    old->redirect_as_get);

	r->prev = old;
	r->redirects = old->redirects + 1;
	r->close_after = old->close_after;
	r->out_always = old->out_always;
	r->list_etag = old->list_etag;
	inherit_env(r, old);
	request_env_set(r, STR("REDIRECT_STATUS"), str_fmt(r->arena, "%d",
	    old->status));
	request_env_set(r, STR("REDIRECT_URL"), old->path);
	if (old->has_query)
		request_env_set(r, STR("REDIRECT_QUERY_STRING"), old->query);
	if (status_is_error(old->status)) {
		/* An error document answers with the error's status. */
		r->status = old->status;
		request_env_set(r, STR("REDIRECT_REQUEST_METHOD"),
		    old->method_name);
		if (old->why.n > 0)
			request_env_set(r, STR("REDIRECT_ERROR_NOTES"),
			    old->why);
	}
	return r;
}

static bool
redirects_too_often(struct request *r)
{
	int64_t limit = number_or(core_conf(r->scope)->limit_redirects, 10);

	if ((int64_t)r->redirects < limit)
		return false;
	request_log(r, LEVEL_ERROR, "core", 0, "AH00124: request exceeded the "
	    "limit of %lld internal redirects due to probable configuration "
	    "error; LimitInternalRecursion raises it", (long long)limit);
	r->why = STR("The server sent the request around in circles.");
	return true;
}

int
corridor_walk(struct request *r, struct request **answer)
{
	for (;;) {
		int said = r->refused != 0 ? r->refused : walk(r, N_STEPS);

		*answer = r;
		if (said == PASS || said == DONE)
			return DONE;
		if (said == WAIT)
			return WAIT;
		if (said != RESTART) {
			assert(said >= 100 && said <= 599);
			said = errdoc_answer(r, said);
		}
		if (said == RESTART && redirects_too_often(r)) {
			r->status = 500;
			errdoc_page(r);
			said = DONE;
		}
		if (said != RESTART)
			return DONE;
		r = redirect(r);
	}
}

const char *
corridor_where(const struct request *r)
{
	return corridor[r->step < N_STEPS ? r->step : N_STEPS - 1].what;
}

bool
corridor_passed(const struct request *r)
{
	return r->step > STEP_IDENTITY;
}

void
corridor_refuse(struct request *r, int status)
{
	r->status = status;
	errdoc_page(r);
}

/* Lookups made by lookups, in all; rules that look ahead would otherwise double
 * their number with each level. */
enum { NESTED_LOOKUPS_MAX = 4000 };

static bool
lookups_too_deep(struct request *r)
{
	const struct core_conf *c = core_conf(r->scope);
	int64_t depth = 0, limit = number_or(c->limit_subrequests,
	    number_or(c->limit_redirects, 10));

	for (; r->main != NULL; r = r->main)
		depth++;
	if (depth > 1)
		r->lookups++;
	return depth > limit || r->lookups > NESTED_LOOKUPS_MAX;
}

/* What main knows, its environment included. */
static struct request *
lookup_new(struct request *main, struct str uri)
{
	struct request *r = request_after(main, uri, true);

	r->main = main;
	r->no_log = true;
	r->method = METHOD_GET;
	r->method_name = STR("GET");
	for (size_t i = 0; i < main->env.n; i++)
		vec_add(r->arena, &r->env, arena_copy(r->arena,
		    main->env.at[i], sizeof(struct env_entry)));
	return r;
}

static struct request *
look_up(struct request *r)
{
	int said = lookups_too_deep(r) ? 500 : walk(r, STEP_CHECK_BODY);

	r->unfinished = said == WAIT;
	if (said == WAIT || said == RESTART)
		said = 403;
	if (said >= 100)
		r->status = said;
	return r;
}

struct request *
request_lookup(struct request *main, struct str uri)
{
	return look_up(lookup_new(main, uri));
}

/* Bytes of a file's name that the configuration wrote, as far as is known. */
static size_t
root_of(const struct request *r, struct str file)
{
	struct str root = str_of(r->vhost->document_root);

	return root.n > 0 && str_starts(file, root) ? root.n : 0;
}

struct request *
request_lookup_file(struct request *main, const char *file)
{
	struct str old = str_of(main->filename), path = main->path, name;
	struct request *r;
	bool beside;

	if (str_ends(path, main->path_info))
		path.n -= main->path_info.n;
	old.n = (size_t)(str_rfind(old, '/') + 1);
	path.n = (size_t)(str_rfind(path, '/') + 1);
	if (file[0] != '/')
		file = str_zfmt(main->arena, "%.*s%s", STR_ARGS(old), file);
	name = str_from(str_of(file), old.n);
	beside = old.n > 0 && path.n > 0 && str_starts(str_of(file), old) &&
	    name.n > 0 && str_find(name, '/') < 0;
	r = lookup_new(main, beside ? str_fmt(main->arena, "%.*s%.*s",
	    STR_ARGS(path), STR_ARGS(name)) : str_of(file));
	r->path = r->redirect_to;
	r->query = STR("");
	r->filename = file;
	r->root_n = beside && main->root_n <= old.n ? main->root_n :
	    root_of(r, str_of(file));
	r->step = STEP_DIRECTORY;
	if (file[0] == '/')
		return look_up(r);
	r->status = 403;
	return r;
}

void
corridor_log(struct request *r)
{
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->log != NULL)
			modules[i]->log(r);
}
