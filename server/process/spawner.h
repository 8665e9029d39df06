/*
 * spawner.h - a process that stays root, to start programs as other users.
 *
 * The master forks it before the workers of a generation, when their
 * configuration needs it.  It reads no byte from clients and opens no port.
 * What it is asked by workers it believes in nothing: each program is checked
 * (script/suexec.h) against the configuration that it was forked with.
 */
#ifndef PROCESS_SPAWNER_H
#define PROCESS_SPAWNER_H

#include <sys/types.h>

#include "serve/core.h"

/*
 * Fork it.  forget is called in the new process, to close what is not its
 * business; NULL: nothing.  The pid, and *control, by which it is given workers
 * and which keeps it alive; or -1 with errno.
 */
pid_t	spawner_fork(const struct config *c, void (*forget)(void),
	    int *control);
/*
 * A line from a new worker to the spawner, for envoy_init(): an fd, or -1.
 * When it is closed, the programs that were started over it are killed.
 * Without control and lines the spawner ends.
 */
int	spawner_line(int control);
/*
 * A spawner for the one worker that this process is, or will be, when the
 * configuration needs one: the line to it, or -1: none, or it is told in the
 * log why not.  *pid is to be waited for when the line is closed; -1: nobody.
 */
int	spawner_alone(const struct config *c, void (*forget)(void),
	    pid_t *pid);

#endif
