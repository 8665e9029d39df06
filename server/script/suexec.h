/*
 * suexec.h - programs that run as other users: which, as whom, and what must be
 * true of them.
 *
 * The checks are those of Apache's suexec, in its order.  They are made by the
 * spawner, as root, at every start; a worker only says what it wants.
 */
#ifndef SCRIPT_SUEXEC_H
#define SCRIPT_SUEXEC_H

#include "script/errand.h"
#include "serve/core.h"
#include "serve/request.h"

extern struct module mod_suexec;

/* Does the configuration want any program to run as somebody else? */
bool		 suexec_needed(const struct config *c);
/* Is the program of this request to run as somebody else? */
bool		 suexec_wanted(const struct request *r,
		    struct errand_user *who);

/* Somebody who may run programs below a directory. */
struct suexec_target {
	struct os_identity	 as;
	const char		*name;
	const char		*root;		/* the directory; resolved */
	const char		*place;		/* its name in sentences */
};

/* All of these: NULL, or the reason of a refusal, a sentence without its end;
 * memory from a. */

/* Who that is, and whether the configuration allows it. */
const char	*suexec_target(const struct config *c,
		    const struct errand_user *who, struct arena *a,
		    struct suexec_target *t);
/*
 * May the target run the program at path?  *directory is then an fd of the very
 * directory that was looked at; in it, nobody else but root can change
 * anything.
 */
const char	*suexec_check(const struct suexec_target *t, const char *path,
		    struct arena *a, int *directory);
/* What of the environment such a program may see. */
char *const	*suexec_environment(const struct config *c,
		    char *const *envp, struct arena *a);

#endif
