/*
 * landlock.h - what a program may reach: files by path, TCP, other processes.
 *
 * Linux's Landlock needs no privileges.  A ruleset is made before, in peace; a
 * process then locks itself in with one call, for good and with all that it
 * starts.  Elsewhere there is none: landlock_abi() says 0.
 */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <sys/stat.h>

#include <stdbool.h>

/* The version of the kernel's Landlock; 0: it has none.  What came when:
 * 1 files, 2 moves between directories, 3 truncation, 4 TCP, 5 devices' ioctl,
 * 6 signals and abstract Unix sockets. */
int	landlock_abi(void);

enum {
	LANDLOCK_FILES	= 1 << 0,	/* read files */
	LANDLOCK_LIST	= 1 << 1,	/* ... and directories */
	LANDLOCK_READ	= LANDLOCK_FILES | LANDLOCK_LIST,
	LANDLOCK_WRITE	= 1 << 2,	/* change, make and remove files */
	LANDLOCK_EXEC	= 1 << 3,	/* start programs */
};

/*
 * A ruleset that allows nothing yet: no file, no signals to processes outside,
 * and TCP only when tcp is true; as far as the kernel knows of these.  Its fd,
 * close-on-exec; -1 with errno.
 */
int	landlock_new(bool tcp);
/* Allow access (LANDLOCK_...) to the file path, or to all below the directory
 * path; *st is filled for it.  0 or -1 with errno. */
int	landlock_allow(int ruleset, const char *path, unsigned access,
	    struct stat *st);
/* Lock this process in.  It must not be able to gain privileges any more.
 * Async-signal-safe.  0 or -1 with errno. */
int	landlock_enter(int ruleset);

#endif
