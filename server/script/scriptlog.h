/*
 * scriptlog.h - Apache's ScriptLog: all that is known of scripts that failed,
 * for whoever writes them.
 */
#ifndef SCRIPT_SCRIPTLOG_H
#define SCRIPT_SCRIPTLOG_H

#include <stdint.h>

#include "base/str.h"

struct request;

struct scriptlog {
	const char	*path;		/* absolute */
	int64_t		 max;		/* bytes; then nothing is written */
	int64_t		 body_max;	/* bytes of a request's body */
};

/* What an entry begins with: made while the request is there. */
struct str	 scriptlog_title(const struct request *r);
/* It could not be run; or a line of its stderr. */
void		 scriptlog_error(const struct scriptlog *l, struct str title,
		    int status, const char *script, struct str message);
/* It ran, but its answer is no use: line is what was wrong, output what came
 * behind; body is the beginning of the request's. */
void		 scriptlog_failure(const struct scriptlog *l,
		    const struct request *r, int status, struct str body,
		    struct str line, struct str output);

#endif
