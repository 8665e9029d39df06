/*
 * detach.h - become a daemon, without leaving the starter in the dark.
 */
#ifndef PROCESS_DETACH_H
#define PROCESS_DETACH_H

/* Go on in a child with a session of its own and without terminal; standard
 * error stays until detach_tell().  The calling process waits to be told, and
 * exits with that status.  0 in the child, -1 with errno when there is none. */
int	detach(void);
/* Tell the one who waits, if somebody does: 0, or an exit status. */
void	detach_tell(int status);
/* Another process will tell; for forked processes. */
void	detach_forget(void);

#endif
