/*
 * mod_rewrite - URLs changed by rules.
 *
 * Rules of a server look at the URL before it is mapped to a file; those of a
 * directory look at the file's name below it, after it was found, and lead to
 * an internal redirect.  This file knows where in a request that happens;
 * rewrite/apply.h knows what a rule does.
 */
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "http/status.h"
#include "rewrite/apply.h"
#include "rewrite/map.h"
#include "rewrite/url.h"
#include "serve/request.h"

extern struct module mod_rewrite;

/* The handler of a request that is to be redirected internally.  Others step
 * aside when they see it. */
static const char redirect_handler[] = "redirect-handler";

struct rewrite_state {
	struct arena	*arena;		/* it lives in */
	struct rewrite_memory *memory;
	bool		 ends;		/* END: no more rules */
	struct str	 target;	/* of an internal redirect */
	struct str	 type, handler;	/* forced */
	struct str	 vary;
	struct vec	 cookies;	/* names that were set */
};

static const struct rewrite_conf *
conf_of(const struct scope *s)
{
	return scope_get(s, &mod_rewrite);
}

static struct rewrite_state *
state_of(struct request *r)
{
	struct rewrite_state *s = r->state[mod_rewrite.index], *before;

	if (s != NULL)
		return s;
	s = r->state[mod_rewrite.index] = arena_one(r->arena,
	    struct rewrite_state);
	s->arena = r->arena;
	if (r->main != NULL) {
		s->memory = state_of(r->main)->memory;
	} else if (r->prev != NULL) {
		before = state_of(r->prev);
		s->memory = before->memory;
		s->ends = before->ends;
		s->cookies = before->cookies;
		s->vary = before->vary;
		if (s->vary.n > 0)
			fields_add(&r->out, STR("Vary"), s->vary);
	} else {
		s->memory = arena_one(r->arena, struct rewrite_memory);
		s->memory->arena = r->arena;
	}
	return s;
}

/* ---- A walk's begin and end ---------------------------------------------- */

static void
run_begin(struct rewrite_run *run, struct request *r, const char *directory,
    struct str filename)
{
	request_saw_query(r);
	*run = (struct rewrite_run){
		.r = r, .asked = r, .server = conf_of(r->vhost->scope),
		.directory = directory, .memory = state_of(r)->memory,
		.filename = filename, .path_info = r->path_info,
		.args = r->has_query && r->query.n > 0 ? r->query : STR_NONE,
	};
}

/* Variables that a walk sets are gone when it has to begin anew. */
static struct vec
env_copy(struct request *r)
{
	struct vec copy = { 0 };

	for (size_t i = 0; i < r->env.n; i++)
		vec_add(r->arena, &copy, arena_copy(r->arena, r->env.at[i],
		    sizeof(struct env_entry)));
	return copy;
}

static bool
is_set(const struct vec *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct str *set = names->at[i];

		if (str_eq(*set, name))
			return true;
	}
	return false;
}

/* A cookie is set once, however often its rule is walked through. */
static void
send_cookies(struct rewrite_run *run)
{
	struct request *r = run->r;
	struct rewrite_state *s;

	while (r->main != NULL)
		r = r->main;
	s = state_of(r);
	for (size_t i = 0; i < run->cookies.n; i++) {
		const struct str *cookie = run->cookies.at[i];
		struct str *kept;

		if (is_set(&s->cookies, cookie[0]))
			continue;
		kept = arena_many(s->arena, struct str, 2);
		kept[0] = str_copy(s->arena, cookie[0]);
		kept[1] = str_copy(s->arena, cookie[1]);
		vec_add(s->arena, &s->cookies, kept);
		fields_add(&r->out_always, STR("Set-Cookie"), kept[1]);
	}
}

static void
run_end(struct rewrite_run *run)
{
	struct rewrite_state *s = state_of(run->r);

	s->ends |= run->ends;
	if (run->type.n > 0)
		s->type = run->type;
	if (run->handler.n > 0)
		s->handler = run->handler;
	send_cookies(run);
	if (run->vary_all.n == 0)
		return;
	fields_add(&run->r->out, STR("Vary"), run->vary_all);
	rewrite_vary(run, &s->vary, run->vary_all);
}

static enum rewrite_result
walk(struct rewrite_run *run, const struct vec *rules)
{
	struct request *r = run->r;
	struct vec env = env_copy(r);
	enum rewrite_result result = rewrite_apply(run, rules);

	if (result == REWRITE_WAITS)
		r->env = env;
	else
		run_end(run);
	return result;
}

static void
set_query(struct request *r, struct str args)
{
	r->has_query = args.at != NULL;
	r->query = r->has_query ? args : STR("");
}

/* ---- Where a walk led ---------------------------------------------------- */

static bool
has_blanks(struct str args)
{
	for (size_t i = 0; i < args.n; i++)
		if ((unsigned char)args.at[i] <= ' ' || args.at[i] == 0x7f)
			return true;
	return false;
}

/* 0, or a refusal: what would be written as it is must not break a line. */
static int
check_args(const struct rewrite_run *run, enum rewrite_result result)
{
	bool escaped = result != REWRITE_CHANGED_RAW &&
	    rewrite_scheme(run->filename, NULL) > 0;

	if (escaped || !has_blanks(run->args))
		return 0;
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "AH10410: Rewritten "
	    "query string contains control characters or spaces");
	return 403;
}

/* The Location of an external redirect. */
static int
redirect(struct rewrite_run *run, enum rewrite_result result)
{
	struct request *r = run->r;
	size_t scheme = rewrite_scheme(run->filename, NULL);
	int status = status_is_redirect(run->status) ? run->status : 302;

	if (result == REWRITE_CHANGED) {
		rewrite_log(run, 1, "escaping %.*s for redirect",
		    STR_ARGS(run->filename));
		run->filename = rewrite_escape_url(r->arena, run->filename,
		    scheme);
	}
	if (run->args.n > 0) {
		/* One that the client sent is escaped already. */
		bool raw = result == REWRITE_CHANGED_RAW ||
		    (r->has_query && str_eq(run->args, r->query));

		run->filename = str_fmt(r->arena, "%.*s?%.*s",
		    STR_ARGS(run->filename), STR_ARGS(raw ? run->args :
		    rewrite_escape_path(r->arena, run->args)));
	}
	rewrite_log(run, 1, "redirect to %.*s [REDIRECT/%d]",
	    STR_ARGS(run->filename), status);
	fields_set(&r->out_always, STR("Location"), run->filename);
	return status;
}

static int
no_path(struct rewrite_run *run)
{
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "a rule leads %.*s to "
	    "\"%.*s\", which is neither a path nor a URL",
	    STR_ARGS(run->r->path), STR_ARGS(run->filename));
	return 400;
}

/* ---- Rules of a server --------------------------------------------------- */

/* What the client asked for, for programs. */
static void
set_script_url(struct request *r)
{
	struct str url = request_env(r, STR("REDIRECT_SCRIPT_URL"));

	if (r->main != NULL)
		url = request_env(r->main, STR("SCRIPT_URL"));
	if (url.at == NULL)
		url = r->path;
	request_env_set(r, STR("SCRIPT_URL"), url);
	request_env_set(r, STR("SCRIPT_URI"), str_fmt(r->arena, "%.*s%.*s",
	    STR_ARGS(request_absolute(r, STR(""))), STR_ARGS(url)));
}

/* "/~name/x" is below that user's home. */
static void
expand_tilde(struct rewrite_run *run)
{
	struct str name = run->filename, user;
	const struct passwd *pw;
	ptrdiff_t slash;

	if (!str_starts(name, STR("/~")))
		return;
	request_once(run->r);	/* users come and go */
	user = str_from(name, 2);
	slash = str_find(user, '/');
	user = slash < 0 ? user : str_first(user, (size_t)slash);
	pw = user.n == 0 ? NULL : getpwnam(str_z(run->r->arena, user));
	if (pw != NULL)
		run->filename = str_fmt(run->r->arena, "%s%.*s", pw->pw_dir,
		    STR_ARGS(str_from(name, 2 + user.n)));
}

static bool
below(struct str path, const char *root)
{
	return root != NULL && str_starts(path, str_of(root));
}

/*
 * Is the path one of the file system?  Its first component must be there, and
 * the rule itself must have named it, or allow any, or lead below the
 * DocumentRoot.
 */
static bool
is_file_path(const struct rewrite_run *run, struct str path)
{
	struct request *r = run->r;
	size_t from = 0, end;
	struct stat st;
	struct str first;

	while (from < path.n && path.at[from] == '/')
		from++;
	for (end = from; end < path.n && path.at[end] != '/'; end++)
		;
	first = str_fmt(r->arena, "/%.*s", (int)(end - from), path.at + from);
	request_saw_name(r, first, 1);
	if (stat(first.at, &st) != 0)
		return false;
	if (run->last == NULL || (run->last->flags & RULE_ANY_PREFIX))
		return true;
	return str_starts(run->last->output, first) ||
	    below(path, r->vhost->document_root);
}

/* How many bytes of the name the rule itself wrote, to a slash. */
static size_t
written_bytes(const struct rewrite_run *run, struct str name)
{
	struct str literal = run->last == NULL ? STR("") :
	    str_first(run->last->output, run->last->literal_n);

	if (!str_starts(name, literal))
		return 1;
	if (literal.n < name.n)
		literal.n = (size_t)(str_rfind(literal, '/') + 1);
	return literal.n > 1 && literal.at[literal.n - 1] == '/' ?
	    literal.n - 1 : literal.n;
}

/* The file that a server's rules lead to. */
static int
local_file(struct rewrite_run *run)
{
	struct request *r = run->r;
	const char *root = r->vhost->document_root;
	struct str name;

	expand_tilde(run);
	rewrite_log(run, 2, "local path result: %.*s",
	    STR_ARGS(run->filename));
	if (!str_starts(run->filename, STR("/")))
		return no_path(run);
	name = rewrite_normalise(r->arena, run->filename);
	if (name.at == NULL || memchr(name.at, 0, name.n) != NULL) {
		request_log(r, LEVEL_ERROR, "core", 0, "AH00127: Cannot map "
		    "%.*s to file", STR_ARGS(r->head->line));
		return 403;
	}
	set_query(r, run->args);
	if (is_file_path(run, run->filename) && (!run->reduced ||
	    (run->server->options & REWRITE_LEGACY_PREFIX))) {
		r->filename = str_z(r->arena, name);
		r->root_n = written_bytes(run, name);
	} else {
		if (root == NULL)
			return 404;
		r->root_n = strlen(root);
		r->filename = str_zfmt(r->arena, "%s%.*s", r->root_n == 1 ?
		    "" : root, STR_ARGS(name));
		rewrite_log(run, 2, "prefixed with document_root to %s",
		    r->filename);
	}
	rewrite_log(run, 1, "go-ahead with %s [OK]", r->filename);
	return DONE;
}

/* What is decided already, wherever the rules stood: true, with the answer. */
static bool
is_settled(struct rewrite_run *run, enum rewrite_result result, int *answer)
{
	switch (result) {
	case REWRITE_WAITS:
		*answer = WAIT;
		return true;
	case REWRITE_UNCHANGED:
		rewrite_log(run, 1, "pass through %.*s",
		    STR_ARGS(run->filename));
		*answer = PASS;
		return true;
	default:
		*answer = check_args(run, result);
		if (*answer == 0 && result == REWRITE_STATUS)
			*answer = run->status;
		return *answer != 0;
	}
}

static int
translated(struct rewrite_run *run, enum rewrite_result result)
{
	struct request *r = run->r;
	int answer;

	if (is_settled(run, result, &answer))
		return answer;
	if (result != REWRITE_PASSED && rewrite_scheme(run->filename, NULL))
		return redirect(run, result);
	if (result != REWRITE_PASSED)
		return local_file(run);
	set_query(r, run->args);
	if (!str_starts(run->filename, STR("/")))
		return no_path(run);
	r->path = run->filename;
	return PASS;
}

static int
translate(struct request *r)
{
	const struct rewrite_conf *server = conf_of(r->vhost->scope);
	struct rewrite_run run;

	if (r->prev != NULL && state_of(r)->ends)
		return PASS;
	if (conf_of(r->scope)->engine != FLAG_ON || server->server != r->vhost)
		return PASS;
	if (!str_starts(r->path, STR("/")) &&
	    !(server->options & REWRITE_ANY_URI))
		return PASS;
	set_script_url(r);
	run_begin(&run, r, NULL, r->path);
	rewrite_log(&run, 2, "init rewrite engine with requested uri %.*s",
	    STR_ARGS(r->path));
	return translated(&run, walk(&run, &server->rules));
}

/* ---- Rules of a directory ------------------------------------------------ */

/* name with from at its front replaced by to, each taken with a slash at its
 * end; name itself when it is not below from. */
static struct str
replace_prefix(struct rewrite_run *run, struct str name, struct str from,
    struct str to)
{
	while (from.n > 0 && from.at[from.n - 1] == '/')
		from.n--;
	while (to.n > 0 && to.at[to.n - 1] == '/')
		to.n--;
	if (!str_starts(name, from) || name.n == from.n ||
	    name.at[from.n] != '/')
		return name;
	rewrite_log(run, 5, "strip matching prefix: %.*s -> %.*s",
	    STR_ARGS(name), STR_ARGS(str_from(name, from.n + 1)));
	return str_fmt(run->r->arena, "%.*s%.*s", STR_ARGS(to),
	    STR_ARGS(str_from(name, from.n)));
}

/* A redirect that a relative substitution led to names the directory where the
 * base URL was meant. */
static void
replace_base(struct rewrite_run *run, const struct rewrite_conf *c)
{
	struct str url = run->filename, path;
	size_t scheme = rewrite_scheme(url, NULL);
	ptrdiff_t slash = str_find(str_from(url, scheme), '/');

	if (c->base == NULL || slash < 0)
		return;
	path = str_from(url, scheme + (size_t)slash);
	rewrite_log(run, 2, "trying to replace prefix %s with %s",
	    c->directory, c->base);
	run->filename = str_fmt(run->r->arena, "%.*s%.*s",
	    (int)(scheme + (size_t)slash), url.at,
	    STR_ARGS(replace_prefix(run, path, str_of(c->directory),
	    str_of(c->base))));
}

/* The URL path of the name that the rules made, which may be a file's. */
static struct str
url_of(struct rewrite_run *run, const struct rewrite_conf *c)
{
	struct request *r = run->r;
	const char *root = request_document_root(r);
	struct str name = run->filename, url = name;
	size_t n = root == NULL ? 0 : strlen(root);

	if (c->base != NULL) {
		rewrite_log(run, 2, "trying to replace prefix %s with %s",
		    c->directory, c->base);
		url = replace_prefix(run, name, str_of(c->directory),
		    str_of(c->base));
	} else if (n > 1 && str_starts(name, str_of(root)) && n < name.n &&
	    name.at[n] == '/') {
		url = str_from(name, n);
		rewrite_log(run, 2, "strip document_root prefix: %.*s -> %.*s",
		    STR_ARGS(name), STR_ARGS(url));
	}
	if (url.at == name.at && r->context_root != NULL &&
	    r->context_prefix != NULL &&
	    !(c->options & REWRITE_IGNORE_CONTEXT))
		url = replace_prefix(run, name, str_of(r->context_root),
		    str_of(r->context_prefix));
	return url;
}

static int
go_on_with(struct rewrite_run *run, const struct rewrite_conf *c,
    struct str old)
{
	struct request *r = run->r;
	struct rewrite_state *s = state_of(r);
	struct str url;

	if (!str_starts(run->filename, STR("/")))
		return no_path(run);
	if (str_eq(run->filename, old)) {
		rewrite_log(run, 1, "initial URL equal rewritten URL: %.*s "
		    "[IGNORING REWRITE]", STR_ARGS(old));
		set_query(r, run->args);
		r->path_info = run->path_info;
		return PASS;
	}
	url = url_of(run, c);
	rewrite_log(run, 1, "internal redirect with %.*s [INTERNAL REDIRECT]",
	    STR_ARGS(url));
	set_query(r, run->args);
	s->target = run->args.at == NULL ? url : str_fmt(r->arena,
	    "%.*s?%.*s", STR_ARGS(url), STR_ARGS(run->args));
	r->handler = redirect_handler;
	return PASS;
}

static int
fixed(struct rewrite_run *run, const struct rewrite_conf *c, struct str old,
    enum rewrite_result result)
{
	int answer;

	if (is_settled(run, result, &answer))
		return answer;
	if (result != REWRITE_PASSED && rewrite_scheme(run->filename, NULL)) {
		replace_base(run, c);
		return redirect(run, result);
	}
	return go_on_with(run, c, old);
}

/* The directory itself, asked for without its slash, is mod_dir's. */
static bool
lacks_slash(const struct rewrite_conf *c, struct str name)
{
	struct str directory = str_of(c->directory);

	return !(c->options & REWRITE_NO_SLASH) &&
	    name.n + 1 == directory.n && str_starts(directory, name);
}

static int
fixup(struct request *r)
{
	const struct rewrite_conf *c = conf_of(r->scope);
	struct str name = str_of(r->filename);
	struct rewrite_run run;

	if (c->engine != FLAG_ON || c->directory == NULL)
		return PASS;
	/* A directory's name ends in a slash if the URL's does. */
	if (r->found.kind == FOUND_DIRECTORY && str_ends(r->path, STR("/")) &&
	    !str_ends(name, STR("/")))
		name = str_fmt(r->arena, "%.*s/", STR_ARGS(name));
	if (lacks_slash(c, name))
		return PASS;
	run_begin(&run, r, c->directory, name);
	run.base = c->base;
	if (state_of(r)->ends) {
		rewrite_log(&run, 8, "Declining, no further rewriting due to "
		    "END flag");
		return PASS;
	}
	if (!(core_options(r->scope) & (OPTION_FOLLOW_LINKS |
	    OPTION_LINKS_IF_OWNER))) {
		request_log(r, LEVEL_ERROR, "rewrite", 0, "AH00670: Options "
		    "FollowSymLinks and SymLinksIfOwnerMatch are both off, so "
		    "the RewriteRule directive is also forbidden due to its "
		    "similar ability to circumvent directory restrictions : "
		    "%s", r->filename);
		return 403;
	}
	return fixed(&run, c, name, walk(&run, &c->rules));
}

/* ---- What is left to do -------------------------------------------------- */

/* Forced types and handlers have the last word. */
static int
handle(struct request *r)
{
	struct rewrite_state *s = r->state[mod_rewrite.index];

	if (s == NULL)
		return PASS;
	if (s->target.at != NULL)
		return request_restart(r, s->target, false);
	if (s->type.n > 0) {
		fields_set(&r->out, STR("Content-Type"), s->type);
		if (r->handler == NULL && str_starts(s->type,
		    STR("application/x-httpd-")))
			r->handler = str_z(r->arena, s->type);
	}
	if (s->handler.n > 0)
		r->handler = str_z(r->arena, s->handler);
	return PASS;
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	rewrite_map_worker(l);
}

#define HERE	(IN_ANY | OVERRIDE_FILEINFO)

static const struct directive rows[] = {
	{ "RewriteEngine", 1, 1, HERE, SLOT_FLAG,
	  offsetof(struct rewrite_conf, engine), rewrite_read_engine,
	  "On or Off: apply the rules of this scope" },
	{ "RewriteBase", 1, 1, IN_SECTION | IN_HTACCESS | OVERRIDE_FILEINFO,
	  SLOT_NONE, 0, rewrite_read_base,
	  "the URL path of the directory, for relative substitutions" },
	{ "RewriteOptions", 1, MANY, HERE, SLOT_NONE, 0, rewrite_read_options,
	  "Inherit, AllowNoSlash and the like" },
	{ "RewriteCond", 1, 1, HERE | RAW_ARGUMENT, SLOT_NONE, 0,
	  rewrite_read_cond, "a string, a pattern or test, [flags]", 2, 3 },
	{ "RewriteRule", 1, 1, HERE | RAW_ARGUMENT, SLOT_NONE, 0,
	  rewrite_read_rule, "a pattern, a substitution, [flags]", 2, 3 },
	{ "RewriteMap", 2, 3, IN_CONF, SLOT_NONE, 0, rewrite_read_map,
	  "a name, and txt:, rnd:, int: or prg: with what it names" },
	{ 0 }
};

/* Rules may say anything of a name. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct request *r = q->looked;

	return conf_of(r->scope)->engine == FLAG_ON ||
	    conf_of(r->vhost->scope)->engine == FLAG_ON ||
	    r->state[mod_rewrite.index] != NULL ? KIN_NOT : KIN_ALL;
}

struct module mod_rewrite = {
	.name = "rewrite",
	.alias = "mod_rewrite.c rewrite_module",
	.conf_size = sizeof(struct rewrite_conf),
	.rows = rows,
	.merge = rewrite_merge,
	.worker = worker,
	.kin = kin,
	.steady = true,
	.translate = translate,
	.fixup = fixup,
	.handle = handle,
};
