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

#include "serve/core.h"

/*
 * Serve until control, the master's end, is closed and the last worker is gone.
 * On control come the sockets of workers, by errand_pass(). When a worker's end
 * is closed, its programs are killed. The process's exit status.
 */
int	spawner_run(const struct config *c, int control);

#endif
