/*
 * seccomp.h - system calls that no script needs.
 *
 * A filter of Linux's seccomp, that needs no privileges and that a process puts
 * on for good, and on all that it starts.  What it refuses fails with EPERM, as
 * for somebody without privileges, so that a program can go on without; a
 * program for another architecture, whose calls have other numbers, is killed.
 */
#ifndef BASE_SECCOMP_H
#define BASE_SECCOMP_H

#include <stdbool.h>

enum seccomp_sockets {
	SECCOMP_NO_SOCKETS,	/* only socketpair(2) */
	SECCOMP_UNIX_SOCKETS,	/* of this machine */
	SECCOMP_ALL_SOCKETS,	/* but packet sockets and their like */
};

/* Can this kernel, of an architecture that is known here, do it? */
bool	seccomp_works(void);
/* Put the filter on.  The process must not be able to gain privileges any more.
 * Async-signal-safe.  0 or -1 with errno. */
int	seccomp_enter(enum seccomp_sockets sockets);

#endif
