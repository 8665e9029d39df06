/*
 * listen.h - the addresses of the server, and the sockets behind them.
 *
 * The master opens sockets, workers share them. A socket stays open for as long
 * as its address stays in the configuration, so that a reload never refuses a
 * client.  Nothing here knows of directives.
 *
 * IPv6 sockets take IPv6 only, so that clients are never seen under mapped
 * addresses; "Listen 80" is two sockets.
 */
#ifndef PROCESS_LISTEN_H
#define PROCESS_LISTEN_H

#include <sys/socket.h>

#include <stdbool.h>

#include "base/vec.h"

struct arena;

struct address {
	struct sockaddr_storage	at;
	socklen_t		n;
	const char		*text;		/* "10.0.0.1:80", "[::]:80" */
	bool			optional;	/* the system may lack it */
};

/*
 * Add the addresses meant by "80", "*:80", "10.0.0.1:80", "[::1]:80" or
 * "name:80" to v (struct address *), those in it already left out; *fresh tells
 * how many were added.  NULL, or the end of a sentence.
 */
const char	*listen_parse(struct arena *a, const char *text,
		    struct vec *v, size_t *fresh);

/* What holds for all sockets. */
struct listen_options {
	int	backlog;
	bool	defer;			/* until the client sends */
	int	send_buffer, receive_buffer;	/* bytes; 0: the system's */
};

struct listener {
	int		 fd;
	struct address	 address;
	bool		 fresh;		/* not in the set before */
};

struct listeners {
	struct arena	*arena;
	struct listener	*at;
	size_t		 n;
};

/*
 * Open sockets for addresses; those of old, which may be NULL, are taken over.
 * NULL when one cannot be had (logged); then old is as it was, and nothing else
 * is open.
 */
struct listeners *listeners_open(const struct vec *addresses,
		    const struct listen_options *o,
		    const struct listeners *old);
/* now replaces old: close what is in old only, and forget old. */
void		 listeners_replace(struct listeners *old,
		    const struct listeners *now);
/* now is not wanted after all: close what is fresh in it. */
void		 listeners_abandon(struct listeners *now);
/* Close all sockets of l in this process. */
void		 listeners_close(struct listeners *l);

#endif
