/*
 * mod_dir - what a directory stands for: its index file, and its name with a
 * slash at the end.  FallbackResource answers for what is not there.
 *
 * An index is looked up as a request of its own, so that access rules, aliases
 * and types hold for it; then the request becomes that one, without a redirect
 * that scripts could see.
 */
#include <string.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "http/status.h"
#include "serve/corridor.h"
#include "serve/kin.h"

extern struct module mod_dir;

struct index_names {
	bool		 given;
	struct vec	 names;		/* const char *; none: disabled */
};

struct dir_conf {
	struct index_names index;
	enum flag	 slash, check_handler;
	struct number	 index_redirect;	/* a status; 0: no redirect */
	const char	*fallback;
};

/* ---- Directives ---------------------------------------------------------- */

/* Several lines of one scope add up; "disabled" alone forgets them. */
static const char *
read_index(struct setting *s)
{
	struct dir_conf *c = s->conf;

	c->index.given = true;
	if (s->argc == 1 && str_is_nocase(str_of(s->argv[0].z), "disabled")) {
		c->index.names = (struct vec){ 0 };
		return NULL;
	}
	for (int i = 0; i < s->argc; i++)
		vec_add(s->arena, &c->index.names, s->argv[i].z);
	return NULL;
}

static const char *
read_index_redirect(struct setting *s)
{
	static const char *const words[] = { "Off", "On", "permanent", "temp",
	    "seeother", NULL };
	static const int status[] = { 0, 302, 301, 302, 303 };
	struct dir_conf *c = s->conf;
	struct str z = str_of(s->argv[0].z);
	uint64_t number;

	c->index_redirect.given = true;
	for (size_t i = 0; words[i] != NULL; i++) {
		if (str_is_nocase(z, words[i])) {
			c->index_redirect.is = status[i];
			return NULL;
		}
	}
	if (!str_number(z, 10, 399, &number) || number < 300)
		return "must be On, Off, permanent, temp, seeother or a status "
		    "from 300 to 399";
	c->index_redirect.is = (int64_t)number;
	return NULL;
}

#define AT(field)	offsetof(struct dir_conf, field)
#define ANYWHERE	(IN_ANY | OVERRIDE_INDEXES)

static const struct directive rows[] = {
	{ "DirectoryIndex", 0, MANY, ANYWHERE, SLOT_CUSTOM, AT(index),
	  read_index, "files that answer for their directory, or disabled",
	  .size = sizeof(struct index_names) },
	{ "DirectorySlash", 1, 1, ANYWHERE, SLOT_FLAG, AT(slash), NULL,
	  "On or Off: redirect a directory's name to the one with a slash" },
	{ "DirectoryCheckHandler", 1, 1, ANYWHERE, SLOT_FLAG,
	  AT(check_handler), NULL,
	  "On or Off: no index where a handler was set" },
	{ "DirectoryIndexRedirect", 1, 1, ANYWHERE, SLOT_CUSTOM,
	  AT(index_redirect), read_index_redirect,
	  "On, Off or a status: send the client to the index file",
	  .size = sizeof(struct number) },
	{ "FallbackResource", 1, 1, ANYWHERE, SLOT_STRING, AT(fallback), NULL,
	  "a URL path that answers for what is not there, or disabled" },
	{ 0 }
};

/* ---- Requests ------------------------------------------------------------ */

static int
redirect_to(struct request *r, struct str path, int status)
{
	fields_set(&r->out_always, STR("Location"), request_with_query(r,
	    request_absolute(r, path)));
	return status;
}

/* Look up uri, which may be relative to r's path, with r's query. */
static struct request *
look_up(struct request *r, const char *uri)
{
	struct text t = { .arena = r->arena };

	if (uri[0] != '/')
		text_add_url_path(&t, str_first(r->path,
		    (size_t)(str_rfind(r->path, '/') + 1)));
	text_addz(&t, uri);
	return request_lookup(r, request_with_query(r, text_str(&t)));
}

static bool
is_usable(const struct request *looked)
{
	return looked->status == 200 && looked->found.kind == FOUND_FILE;
}

/* A redirect found on the way is for the client, and so is a choice. */
static int
pass_on(struct request *r, const struct request *looked)
{
	fields_append(&r->out_always, &looked->out_always);
	r->offers = looked->offers;
	return looked->status;
}

/* A URL that leads nowhere, unless it is the fallback's own. */
static int
fall_back(struct request *r, const struct dir_conf *c)
{
	struct request *looked;

	if (c->fallback == NULL ||
	    str_is_nocase(str_of(c->fallback), "disabled") ||
	    str_is(r->path, c->fallback))
		return PASS;
	looked = look_up(r, c->fallback);
	if (looked->unfinished)
		return WAIT;
	if (status_is_redirect(looked->status))
		return pass_on(r, looked);
	if (is_usable(looked))
		request_adopt(r, looked);
	return PASS;
}

/*
 * The first index file that is there.  When one is there but refused, and no
 * other can be used, the refusal counts: a listing could show what it hides.
 */
static int
find_index(struct request *r, const struct dir_conf *c)
{
	static const char *const usual[] = { "index.html" };
	size_t n = c->index.given ? c->index.names.n : 1;
	const struct request *refused = NULL;

	for (size_t i = 0; i < n; i++) {
		struct request *looked = look_up(r, c->index.given ?
		    c->index.names.at[i] : usual[i]);

		if (looked->unfinished)
			return WAIT;
		if (is_usable(looked)) {
			int status = (int)number_or(c->index_redirect, 0);

			if (status != 0)
				return redirect_to(r, looked->path, status);
			request_adopt(r, looked);
			return PASS;
		}
		if (status_is_redirect(looked->status) ||
		    looked->status == 300 ||
		    (looked->status == 406 && n == 1))
			return pass_on(r, looked);
		if (looked->status != 200 && looked->status != 404)
			refused = looked;
	}
	if (refused == NULL)
		return fall_back(r, c);
	return refused->status == 406 ? pass_on(r, refused) : refused->status;
}

/* "redirect-carefully": for clients that follow a redirect only when they GET,
 * as some do for WebDAV. */
static bool
is_careful(const struct request *r)
{
	return r->env.n > 0 && r->method != METHOD_GET &&
	    r->method != METHOD_HEAD &&
	    request_env(r, STR("redirect-carefully")).at != NULL;
}

static int
fixup(struct request *r)
{
	const struct dir_conf *c = scope_get(r->scope, &mod_dir);

	if (r->found.kind == FOUND_NOTHING && r->handler == NULL)
		return fall_back(r, c);
	if (r->found.kind != FOUND_DIRECTORY)
		return PASS;
	if (!str_ends(r->path, STR("/"))) {
		if (!flag_or(c->slash, true) || is_careful(r))
			return PASS;
		return redirect_to(r, str_fmt(r->arena, "%.*s/",
		    STR_ARGS(r->path)), 301);
	}
	/* Rewritten already: but the slash comes first, as in Apache. */
	if (r->handler != NULL && strcmp(r->handler, "redirect-handler") == 0)
		return PASS;
	if (flag_or(c->check_handler, false) && r->handler != NULL)
		return PASS;
	return find_index(r, c);
}

/* The names that were looked for, as the log has them. */
static const char *
index_names(const struct request *r, const struct dir_conf *c)
{
	struct text t = { .arena = r->arena };

	if (!c->index.given)
		return "index.html";
	for (size_t i = 0; i < c->index.names.n; i++)
		text_addf(&t, "%s%s", i == 0 ? "" : ",",
		    (const char *)c->index.names.at[i]);
	return t.n == 0 ? "none" : text_z(&t);
}

/* A directory without index that must not be listed. */
static int
handle(struct request *r)
{
	const struct dir_conf *c = scope_get(r->scope, &mod_dir);

	if (r->found.kind != FOUND_DIRECTORY || r->handler != NULL ||
	    (r->method != METHOD_GET && r->method != METHOD_HEAD) ||
	    (core_options(r->scope) & OPTION_INDEXES))
		return PASS;
	request_log(r, LEVEL_ERROR, "autoindex", 0, "AH01276: Cannot serve "
	    "directory %s/: No matching DirectoryIndex (%s) found, and "
	    "server-generated directory index forbidden by Options directive",
	    strcmp(r->filename, "/") == 0 ? "" : r->filename,
	    index_names(r, c));
	return request_refuse(r, 403, "This directory has no index file, and "
	    "its contents are not listed.");
}

struct module mod_dir = {
	.name = "dir",
	.alias = "mod_dir.c dir_module",
	.conf_size = sizeof(struct dir_conf),
	.rows = rows,
	.kin = kin_all,
	.steady = true,
	.fixup = fixup,
	.handle = handle,
};
