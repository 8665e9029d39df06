/*
 * apply.h - a list of rules, applied to a request (mod_rewrite).
 */
#ifndef REWRITE_APPLY_H
#define REWRITE_APPLY_H

#include "rewrite/run.h"

enum rewrite_result {
	REWRITE_UNCHANGED,	/* no rule changed the name */
	REWRITE_CHANGED,	/* run->filename and ->args are new */
	REWRITE_CHANGED_RAW,	/* ... and not to be escaped (NE) */
	REWRITE_PASSED,		/* ... and a URL path for others (PT) */
	REWRITE_STATUS,		/* answer run->status */
	REWRITE_WAITS,		/* begin anew when woken */
};

/*
 * Walk through rules from run->filename, ->args and ->path_info on.  Sets
 * variables in the request; the caller brings back the old ones when the walk
 * WAITS.
 */
enum rewrite_result rewrite_apply(struct rewrite_run *run,
	    const struct vec *rules);

#endif
