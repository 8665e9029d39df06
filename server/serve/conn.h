/*
 * conn.h - one client connection: the only socket state machine.
 *
 *   read head -> corridor -> write -> (keep-alive: read head ...) -> linger
 *
 * A worker calls conn_accept() with a fresh fd; everything else follows from
 * the loop.  What the processes above must know is told through struct
 * conn_host, which is handed down once.
 */
#ifndef SERVE_CONN_H
#define SERVE_CONN_H

#include <sys/socket.h>

#include "loop/loop.h"
#include "serve/core.h"

/* The way up: told by conn, kept by the worker.  All must be set. */
struct conn_host {
	/* A connection was opened (+1) or closed (-1). */
	void	(*connections)(int change);
	/* A request begins (+1) or is over (-1). */
	void	(*requests)(int change);
	/* One exchange is over: bytes sent and duration, for the scoreboard. */
	void	(*served)(uint64_t bytes, int64_t us);
};

void	conn_init(struct loop *l, const struct config *c,
	    const struct conn_host *host);
/* Take over fd (non-blocking) that was accepted from peer.  Reads at once. */
void	conn_accept(int fd, const struct sockaddr_storage *peer,
	    socklen_t peer_n);
/*
 * Graceful end: finish what is under way, answer one more request on each idle
 * connection with "Connection: close", close the idle ones when their
 * keep-alive time is over.  conn_count() falls to 0 by itself.
 */
void	conn_drain(void);
/* Close everything at once. */
void	conn_close_all(void);
size_t	conn_count(void);
/* Requests between their head and their last byte. */
size_t	conn_busy(void);

#endif
