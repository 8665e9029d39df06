/*
 * envoy.h - programs that run as other users, seen from a worker: it asks the
 * spawner, and hears of their starts and ends.
 */
#ifndef SCRIPT_ENVOY_H
#define SCRIPT_ENVOY_H

#include "loop/child.h"
#include "script/errand.h"

/* Once per worker: fd leads to the spawner; -1: there is none. */
void	envoy_init(struct loop *l, int fd);
/* Close it: what was started over it ends.  At the end of a worker. */
void	envoy_end(void);
/*
 * Ask for *p to be run as who.  0: c counts as running from now on; should it
 * be refused, c->refused() is called from the loop, and else c->ended().  An
 * errno value: it could not even be asked for (ENOTCONN: there is no spawner).
 */
int	envoy_start(struct child *c, const struct os_program *p,
	    const struct errand_user *who);

#endif
