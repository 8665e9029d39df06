/*
 * vars.h - the variables that a request is described by, in one table.
 *
 * CGI programs get them as their environment; whoever else names them
 * (%{NAME}) finds them in the same rows.  RFC 3875, 4.1, and Apache's own.
 */
#ifndef SERVE_VARS_H
#define SERVE_VARS_H

#include "serve/request.h"

/* The value of a variable of a program's environment, or STR_NONE.  This and
 * var_text() say request_once() for what is not in the request's head, the
 * configuration or watched files. */
struct str	 var_get(struct request *r, struct str name);

/* ---- %{NAME} in expressions and rewrite rules ---------------------------- */

struct var;

/* From when on a variable has its value. */
enum var_time {
	VAR_AT_HEAD,		/* the request was read */
	VAR_AT_FILE,		/* its file was found */
	VAR_AT_IDENTITY,	/* the user is known */
	VAR_AT_ANSWER,		/* its answer is made */
};

/* The variable with this name in any letter case; NULL: there is none. */
const struct var *var_named(struct str name);
const char	*var_name(const struct var *v);
/* Its value; empty, never STR_NONE, where there is none (yet). */
struct str	 var_text(const struct var *v, struct request *r);
/* The name of the request's field that it shows, for Vary; or NULL. */
const char	*var_field(const struct var *v);
enum var_time	 var_known(const struct var *v);

/* ---- The environment of programs ----------------------------------------- */

/* What may be said in other ways. */
struct vars_rules {
	bool		 pass_auth;	/* HTTP_AUTHORIZATION is told */
	bool		 current_uri;	/* REQUEST_URI is that of the newest
					 * of redirected requests */
};
/*
 * The whole environment of a CGI program as "NAME=value" strings, NULL at the
 * end, in r's arena: what SetEnv and friends set, the table, and HTTP_ names
 * for the request's fields (never HTTP_PROXY).  r->environment afterwards.
 */
char	*const	*vars_cgi_environment(struct request *r,
		    const struct vars_rules *rules);
/* The URL path of the script itself: without its path_info. */
struct str	 var_script_name(const struct request *r);

#endif
