/*
 * child.h - programs that run beside the loop: started with their pipes,
 * watched to their end, killed as a group.
 *
 * Everybody who starts a program does it here, because only one place may wait
 * for children.  It knows nothing of CGI.
 */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stdbool.h>

#include "base/list.h"
#include "base/os.h"
#include "loop/loop.h"

struct child {
	/* Set by the owner.  Called once, from the loop, when the program has
	 * ended; status as from waitpid(2).  The child may be freed there. */
	void		(*ended)(struct child *c, int status,
			    const struct rusage *used);
	/* For a remote one: called instead of ended() when it could not be
	 * started; error is an errno value. */
	void		(*refused)(struct child *c, int error,
			    const char *why);
	pid_t		 pid;		/* 0: not running (any more); -1:
					 * somewhere, not known yet */
	int64_t		 started_us;	/* clock_us_now() at the start */
	bool		 adopted;	/* one process, not a group */
	struct timer	 kill_timer;
	struct link	 link;		/* of a remote one: the agent's */
	struct loop	*loop;
	const struct child_agent *agent; /* NULL: a child of our own */
	uint32_t	 remote_id;	/* the agent's */
};

/* Another process starts it, waits for it, and passes signals on. */
struct child_agent {
	void		(*signal)(struct child *c, int sig);
	void		(*terminate)(struct child *c, int64_t grace_ms);
};

/* Once per process, before the first child_start(): takes over SIGCHLD. */
void	child_init(struct loop *l);
/* Start it in a process group of its own; see os_start().  0, or -1 with errno
 * and *step. */
int	child_start(struct loop *l, struct child *c,
	    const struct os_program *p, const char **step);
/* Watch a process that the owner forked himself: signals go to it alone. */
void	child_adopt(struct loop *l, struct child *c, pid_t pid);
/* It was asked for elsewhere: from now on it counts as running ... */
void	child_remote_started(struct loop *l, struct child *c,
	    const struct child_agent *agent);
/* ... until it ended, or was refused. */
void	child_remote_ended(struct child *c, int status,
	    const struct rusage *used);
void	child_remote_refused(struct child *c, int error, const char *why);
/* Send sig to the whole group, which may outlive the program itself. */
void	child_signal(struct child *c, int sig);
/* TERM to the group now, KILL after grace_ms.  ended() is still called. */
void	child_terminate(struct child *c, int64_t grace_ms);
/* KILL everything that this process started and that still runs, at once; for
 * the end of a worker. */
void	child_kill_all(void);
/* How many run; and how many were started, ever. */
size_t	child_count(void);
uint64_t child_starts(void);

/* Told of every start and end (pid, true/false), so that another process can
 * end them if this one dies.  A function pointer handed down; may be NULL. */
void	child_tell(void (*running)(pid_t group, bool yes));

#endif
