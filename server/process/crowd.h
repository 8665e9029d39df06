/*
 * crowd.h - how many connections each client address holds, over all workers.
 *
 * A table of fixed size in shared memory.  Each worker counts its own
 * connections there, in a row that nobody else writes, and what an address
 * holds is the sum of its column: so a worker that dies takes its counts along,
 * and those of older generations stay right until their last connection ends.
 * A lock is held for the few instructions between looking and counting.
 *
 * An address is known by a hash of 64 bits with a secret seed; nobody can
 * choose two with the same.
 */
#ifndef PROCESS_CROWD_H
#define PROCESS_CROWD_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	CROWD_PLACES	= 1 << 15,	/* addresses at once */
	CROWD_LIMIT_MAX	= 60000,	/* connections of one */
};

/* What crowd_enter() may say instead of a place. */
enum {
	CROWD_NO_COUNT	= -1,		/* come in; nothing was counted */
	CROWD_REFUSED	= -2,		/* the address has its limit already */
	CROWD_REFUSED_TELL = -3,	/* ... and that is news: log it */
};

struct crowd;

/* NULL with errno. */
struct crowd	*crowd_new(unsigned n_seats);
/*
 * The worker of this seat has one more connection from peer, who may have limit
 * (1..CROWD_LIMIT_MAX).  IPv6 addresses that agree in their first ipv6_bits are
 * one; so are an IPv4 address and its mapped form.  The place to be given back,
 * or one of the above: a refusal is news once a minute (now: in seconds).
 */
int		 crowd_enter(struct crowd *c, unsigned seat,
		    const struct sockaddr_storage *peer, unsigned limit,
		    unsigned ipv6_bits, int64_t now);
/* The connection is over; place may be CROWD_NO_COUNT. */
void		 crowd_leave(struct crowd *c, unsigned seat, int place);
/* The worker of this seat is gone, however it went.  By the master. */
void		 crowd_forget(struct crowd *c, unsigned seat);

#endif
