/*
 * confine.h - a program that is about to start gives up what it does not need.
 *
 * Everything is prepared before; what is left to the new process are a few
 * calls, all of them async-signal-safe.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include <stdbool.h>

#include "base/seccomp.h"

struct confine {
	/* Programs that it starts gain nothing by setuid bits, and it keeps no
	 * capabilities, not even as root. */
	bool		no_new_privs;
	/* These need no_new_privs. */
	int		ruleset;	/* landlock.h; -1: none */
	bool		filtered;	/* seccomp.h */
	enum seccomp_sockets sockets;	/* of the filter */
};

/* Can this system keep a program from gaining privileges? */
bool		 confine_privs_work(void);
/* In the new process, as the last thing before it execs.  NULL, or what failed,
 * with errno. */
const char	*confine_enter(const struct confine *c);

#endif
