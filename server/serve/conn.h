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
	/* A connection was opened (+1) or closed (-1); with its ticket. */
	void	(*connections)(int change, int ticket);
	/* A request wants to begin, or goes on after its client kept it
	 * waiting: true when there is a place for it, which is taken.  One that
	 * must gets it in any case. */
	bool	(*begin)(bool must);
	/* It is over, or waits for nothing but its client. */
	void	(*pause)(void);
	/* One exchange is over: bytes sent and duration, for the scoreboard. */
	void	(*served)(uint64_t bytes, int64_t us);
	/* How much of what the server can do at once it does: 0 to 100. */
	unsigned (*busy_percent)(void);
};

void	conn_init(struct loop *l, const struct config *c,
	    const struct conn_host *host);
/* Take over fd (non-blocking) that was accepted from peer.  Reads at once.
 * What ticket means, the host knows. */
void	conn_accept(int fd, const struct sockaddr_storage *peer, int ticket);
/* There may be places again: begin the requests that wait for one, the oldest
 * first.  True when none waits any more. */
bool	conn_places(void);
/*
 * Graceful end: finish what is under way, answer one more request on each idle
 * connection with "Connection: close", close the idle ones when their
 * keep-alive time is over.  conn_count() falls to 0 by itself.
 */
void	conn_drain(void);
/* Close everything at once. */
void	conn_close_all(void);
size_t	conn_count(void);
/* Show all of them (exchange.h). */
struct conn;
void	conn_each(void (*show)(const struct conn *c, void *arg), void *arg);
/* Requests between their head and their last byte. */
size_t	conn_busy(void);
/* As the host says; 0 where there is none. */
unsigned conn_busy_percent(void);

#endif
