/*
 * pidfile.h - the file that says which process is the master.
 *
 * The number in it may be stale, and the process of that number a stranger.  So
 * the master also holds a lock on the file for as long as it lives, and who
 * reads the file trusts the lock.
 */
#ifndef PROCESS_PIDFILE_H
#define PROCESS_PIDFILE_H

#include <sys/types.h>

/* What a look at a pid file finds. */
enum pidfile_look {
	PIDFILE_NONE,		/* no such file */
	PIDFILE_STALE,		/* nobody holds it; *pid is the number in it */
	PIDFILE_RUNNING,	/* *pid holds it */
};
enum pidfile_look pidfile_look(const char *path, pid_t *pid);

/* Write this process's number and take the lock; never through a symbolic link.
 * *stale is the number that an unclean end left there, or 0.  0, or -1 with
 * errno (EAGAIN: somebody else holds it). */
int	pidfile_write(const char *path, pid_t *stale);
/* Remove it, if it is still the one that was written here; without the rights
 * to do so, empty it. */
void	pidfile_remove(void);
/* Close it and leave it alone; for forked processes. */
void	pidfile_forget(void);

#endif
