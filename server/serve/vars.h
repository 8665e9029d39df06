/*
 * vars.h - the variables that a request is described by, in one table.
 *
 * CGI programs get them as their environment; whoever else names them
 * (%{NAME}) finds them in the same rows.  RFC 3875, 4.1, and Apache's own.
 */
#ifndef SERVE_VARS_H
#define SERVE_VARS_H

#include "serve/request.h"

/* The value of a variable of the table, or STR_NONE. */
struct str	 var_get(struct request *r, struct str name);
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
