/*
 * os_vfork.h - a new process that borrows our memory, and our processor until
 * it execs or ends; for os_start.c.
 */
#ifndef BASE_OS_VFORK_H
#define BASE_OS_VFORK_H

#include <sys/types.h>

#include <stdbool.h>

/*
 * Call run(arg, caught) in it; run must not return, and call only what is
 * async-signal-safe.  caught: signals that are caught here are caught there,
 * too, and must be reset.  The process's pid, when it has run another program
 * or ended; or -1 with errno.
 */
pid_t	os_vfork(void (*run)(void *arg, bool caught), void *arg);

#endif
