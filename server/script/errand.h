/*
 * errand.h - the messages between a worker and the spawner, which starts
 * programs as other users.
 *
 * They travel over a socket pair that keeps messages whole; a program's fds
 * come along with the message that asks for it.  The reader trusts nothing in
 * them.
 */
#ifndef SCRIPT_ERRAND_H
#define SCRIPT_ERRAND_H

#include <sys/resource.h>

#include "base/arena.h"
#include "base/confine.h"
#include "base/os.h"

enum { ERRAND_USER_MAX = 256 };

/* Who a program is to run as. */
struct errand_user {
	const char	*user, *group;	/* names, or "#number" */
	bool		 owner;		/* of a ~user directory: its programs
					 * are the user's there */
};

struct errand {
	enum {
		ERRAND_START,		/* to the spawner */
		ERRAND_SIGNAL,
		ERRAND_TERMINATE,
		ERRAND_STARTED,		/* to the worker */
		ERRAND_REFUSED,
		ERRAND_ENDED,
	}		 kind;
	uint32_t	 id;		/* the worker's name for the program */
	int		 number;	/* SIGNAL: which; TERMINATE: the grace
					 * in ms; STARTED: the pid; REFUSED: an
					 * errno value; ENDED: the status */
	const char	*why;		/* REFUSED: a sentence */
	struct rusage	 used;		/* ENDED: times and peak memory */
	/* START: fds are the reader's to close: -1, or in fds. */
	struct errand_user who;
	struct os_program program;
	struct confine	 confine;
	int		 fds[4];	/* in, out, err, ruleset */
};

/* A pair of sockets for it: non-blocking, close-on-exec, with room for large
 * messages.  0, or -1 with errno. */
int	errand_pair(int ends[2]);
/* 0, or -1 with errno: EMSGSIZE when it is too large, EAGAIN when the other
 * side does not read. */
int	errand_send(int fd, const struct errand *e);
/*
 * The next message, its memory from a.  1; 0: there is none; -1: the other side
 * is gone, or sent nonsense.
 */
int	errand_receive(int fd, struct errand *e, struct arena *a);
/* Close the fds that came along. */
void	errand_close(struct errand *e);

/* Hand a socket to another process, and take it there: the fd, or -1 (errno 0:
 * the other side is gone). */
int	errand_pass(int fd, int passed);
int	errand_take(int fd);

#endif
