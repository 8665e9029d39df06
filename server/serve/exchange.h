/*
 * exchange.h - one request and its answer on a connection.  Private to conn.c,
 * the files named below, and statistics.c, which only looks.
 *
 * A connection between two exchanges is just struct conn; everything else lives
 * in the arena of the exchange and goes with it.
 */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include <sys/socket.h>

#include <netinet/in.h>

#include "http/chunked.h"
#include "loop/loop.h"
#include "serve/buffer.h"
#include "serve/request.h"

enum phase {
	PHASE_HEAD,		/* reading a head, or idle before one */
	PHASE_QUEUE,		/* the head is read; there is no place yet */
	PHASE_WALK,		/* in the corridor */
	PHASE_WRITE,		/* sending the answer */
	PHASE_DRAIN,		/* answered; reading off the rest of the body */
	PHASE_LINGER,		/* closing: until the peer has seen it all */
	PHASE_DEAD,		/* to be freed */
};

struct recalled;
struct conn_host;

struct exchange {
	struct arena	*arena;
	struct head_limits head_limits;
	struct head	 head;
	struct request	*r;		/* the newest of the chain */
	struct buffer	*held;		/* the head's, when not in conn's */

	/* The request's body. */
	bool		 body_done, body_bad;
	bool		 continue_due;	/* 100 Continue not yet sent */
	bool		 wants_body;	/* a look said BODY_WAIT */
	uint64_t	 body_left;	/* BODY_LENGTH */
	uint64_t	 body_read;
	int64_t		 wait_began_ms;	/* for more of it; 0: does not wait */
	int64_t		 waited_ms;	/* before that, for all of it */
	struct str	 body_data;	/* decoded, shown, not yet taken */
	struct chunked	 chunked;
	struct chunked_limits limits;
	struct fields	 trailers;

	/* The answer. */
	struct str	 head_left;	/* of the answer's head */
	char		 frame[32];	/* chunk line, or the end of chunks */
	unsigned	 frame_at, frame_n;
	uint64_t	 chunk_left;	/* of the chunk being sent */
	bool		 body_ended;	/* the source said so */
	bool		 complete;	/* all of it is sent */
	bool		 full;		/* the socket took no more */
	bool		 idle;		/* the source has nothing yet */
	unsigned	 probes;	/* sent since the last piece */
	int64_t		 full_since_ms;	/* while the socket is full */
	int64_t		 full_ms;	/* before that, in all */

	/* To be given again (recall.h). */
	struct str	 keep;		/* a copy of the head; STR_NONE: no */
	struct recalled	*answer;

	struct sockaddr_in6 local;	/* room for either family; 0: unknown */
};

/* There are thousands of them: see t/apps/idle.sh for what one may cost. */
struct conn {
	struct client	 client;
	struct watch	 watch;
	struct timer	 timer;
	struct later	 later;
	struct link	 link;
	struct link	 place;		/* in the queue for one */
	struct exchange	*x;		/* NULL between exchanges */
	struct buffer	*in;		/* unread bytes: [start, end) */
	unsigned	 start, end;
	struct buffer	*unsent;	/* small answers to be sent together */
	unsigned	 unsent_at, unsent_n;
	int64_t		 began_us;	/* first byte of this head, or begin
					 * of lingering; 0: none */
	unsigned	 idle_ms;	/* the wait for a next request */
	int		 ticket;	/* of conn_accept() */
	enum phase	 phase;
	unsigned short	 turn_requests;	/* answered in this turn of the loop */
	bool		 clogged;	/* an answer from memory found the
					 * socket full */
	bool		 dry;		/* the last recv(2) took all */
	bool		 peer_done;	/* the peer will send no more */
	bool		 was_busy;	/* has a request */
	bool		 counted;	/* which holds a place */
	char		 peer[];	/* client.peer */
};

/* What all connections of this process share. */
extern struct conns {
	struct loop	*loop;
	const struct config *config;
	const struct conn_host *host;
	struct link	 all, queue;	/* the queue is for places */
	size_t		 count, busy;
	bool		 draining;
} conns;

/* Take as many steps as can be taken without waiting. */
void		 conn_run(struct conn *c);
/* Watch the socket for what the phase can use now. */
void		 conn_watch(struct conn *c);
/* The host that is served; before a head is read, the default one of the
 * address. */
const struct vhost *conn_vhost(const struct conn *c);
/* Its Timeout. */
int64_t		 conn_timeout(const struct conn *c);

/* Send what was gathered, then wait for bytes, ms at most if that is not 0.
 * Always false, unless broken. */
bool		 exchange_await(struct conn *c, int64_t ms);
/* An empty one for c, in an arena of its own. */
struct exchange	*exchange_new(struct conn *c);
/* The exchange is over, whichever way: log it, let its arena clean up. */
void		 exchange_end(struct conn *c, bool aborted);
/* How long the next request after r is waited for, in ms. */
unsigned	 exchange_keep_alive(const struct request *r);

/* Steps: true when another can be taken at once. */

/* ---- hearing.c: the head ------------------------------------------------- */

/* In PHASE_HEAD. */
bool		 hearing_step(struct conn *c);
/* The parts of the request that its head decides. */
void		 hearing_request(struct conn *c);
/* The head was no head; why NULL: it did not come in time. */
void		 hearing_refuse(struct conn *c, int status, const char *why);

/* ---- places.c: which requests the server works for ----------------------- */

/* A request holds a place while the server works for it, and none while nothing
 * but its client is waited for: clients that are slow to take a file, or to
 * send what nobody wants, keep nobody else out. */
void		 places_hold(struct conn *c, bool yes);
/* In PHASE_QUEUE. */
bool		 places_step(struct conn *c);

/* ---- answering.c --------------------------------------------------------- */

/* r's answer is known: begin to send it. */
void		 answering_begin(struct conn *c);
/* In PHASE_WALK, PHASE_WRITE and PHASE_DRAIN. */
bool		 answering_walk(struct conn *c);
bool		 answering_write(struct conn *c);
bool		 answering_drain(struct conn *c);
/* Is a peer that has finished sending still there?  To be asked after PROBE_MS,
 * and again after twice as long each time. */
enum { PROBE_MS = 1000 };
void		 answering_probe(struct conn *c);
/* The client did not take the answer in time. */
void		 answering_late(struct conn *c);

/* ---- intake.c: from the socket into the buffer, and out as a body -------- */

enum intake {
	INTAKE_DATA,		/* there are new bytes in [start, end) */
	INTAKE_NOTHING,		/* none now */
	INTAKE_END,		/* the peer has finished */
	INTAKE_BROKEN,		/* the connection failed */
};
/* One recv(2) behind c->end.  INTAKE_NOTHING without one when the last took
 * all there was and the loop has told of nothing since. */
enum intake	 intake_read(struct conn *c);
/* No bytes are unread: give the buffer back unless the head lives in it. */
void		 intake_rest(struct conn *c);
/* Set up the body of a request whose head was just read. */
void		 intake_begin(struct conn *c);
/* struct client's body_look and body_took. */
enum body_look	 intake_look(struct client *client, struct request *r,
		    struct str *s);
void		 intake_took(struct client *client, struct request *r,
		    size_t n);
/* Before the answer begins: what has arrived meanwhile of a body that its
 * reader waits for shows whether it was broken off, or goes on malformed.  Then
 * its reader is told BODY_BAD, and false returned. */
bool		 intake_sound(struct conn *c);
/* The body did not come in time: its reader is told BODY_BAD. */
void		 intake_timed_out(struct conn *c);
/* Throw away what is left of the body; BODY_WAIT when more must come. */
enum body_look	 intake_discard(struct conn *c);
/* The rest of the body is short enough to be read off for another request. */
bool		 intake_short_rest(struct conn *c);

/* ---- writer.c: the answer onto the socket -------------------------------- */

enum written {
	WRITTEN_ALL,		/* the answer is complete */
	WRITTEN_FULL,		/* the socket takes no more now */
	WRITTEN_WAIT,		/* the source has nothing yet */
	WRITTEN_TURN,		/* it is somebody else's turn */
	WRITTEN_CUT,		/* the source failed: the rest never comes */
	WRITTEN_BROKEN,		/* the connection failed */
};
/* Send as much of the answer as goes; join is set when another request is
 * waiting in the buffer, so that small answers can leave together. */
enum written	 writer_write(struct conn *c, bool join);
/* Send an answer that is all in memory, or keep it back for one send with
 * others; what does not go now is kept back, too. */
enum written	 writer_again(struct conn *c, struct str head, struct str body);
/* Before the answer: "100 Continue", behind what was kept back. */
enum written	 writer_interim(struct conn *c);
/* Between two chunks: one byte that changes nothing for who reads on, but that
 * a peer that is gone answers with a reset.  False when it cannot be sent. */
bool		 writer_probe(struct conn *c);
/* Send what was kept back.  WRITTEN_ALL, _FULL or _BROKEN. */
enum written	 writer_flush(struct conn *c);

/* ---- linger.c: the end --------------------------------------------------- */

/* Close the connection: politely, once the peer has seen everything, or at
 * once. */
void		 linger_begin(struct conn *c, bool politely);
/* In PHASE_LINGER.  True: go on; false: wait for events. */
bool		 linger_step(struct conn *c);

#endif
