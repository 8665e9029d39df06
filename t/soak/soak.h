/*
 * soak.h - a long day at the server: all kinds of clients, and what they leave.
 *
 *	ask.c	makes requests, and knows what must be answered
 *	answer.c	holds the answers against that
 *	look.c	looks at the server's processes
 *	soak.c	many connections at once
 */
#ifndef SOAK_H
#define SOAK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	BATCH_MAX	= 16,		/* requests sent together */
	SMALL_BYTES	= 512,
	LARGE_BYTES	= 100000,
	ECHO_MAX	= 20000,	/* a body sent to a program */
};

/* A random number below n, from the seed. */
unsigned	 dice(unsigned n);
extern uint64_t	 dice_state;

/* The byte at offset i of every file that the server has, and of every body
 * that is sent. */
extern char	 pattern[LARGE_BYTES + ECHO_MAX];
void		 pattern_make(void);

/* ---- ask.c --------------------------------------------------------------- */

/* What must be answered. */
struct want {
	const char	*kind;
	int		 status;	/* 0: any error; then the end */
	bool		 head_only;
	bool		 checked;	/* the body is pattern[at..at+n-1] */
	size_t		 at, n;
	bool		 closes;	/* it is the last answer */
};

struct batch {
	char		*text;
	size_t		 n, room;
	struct want	 wants[BATCH_MAX];
	unsigned	 n_wants;
	bool		 garbage;	/* the end of it is no request */
	bool		 half_close;	/* when all is sent */
	size_t		 cut_sent;	/* abort when so much is sent, or */
	size_t		 cut_read;	/* received; 0: go on to the end */
	bool		 reset;		/* abort by a reset */
	unsigned	 piece;		/* bytes sent at once */
};

/* Fill *b anew; the memory of text is used again. */
void		 batch_make(struct batch *b);
/* How often each kind was asked, as a line. */
void		 kinds_print(FILE *f);

/* ---- answer.c ------------------------------------------------------------ */

struct reader {
	char		 head[4096];
	size_t		 head_n;
	bool		 in_body, chunked, until_close;
	bool		 closes;	/* the last answer said so */
	size_t		 left, body_n;
	enum { LINE, DATA, DATA_END, TRAILER } chunk;
	size_t		 line_n;
	const struct want *want;
};

void		 reader_next(struct reader *r, const struct want *want);
/* Take what belongs to the answer out of n bytes; how many, and whether it is
 * complete.  NULL, or what is wrong. */
const char	*reader_take(struct reader *r, const char *p, size_t n,
		    size_t *used, bool *complete);
/* The connection has ended: was the answer complete with that? */
bool		 reader_end(const struct reader *r);

/* ---- look.c -------------------------------------------------------------- */

struct look {
	unsigned	workers, scripts, zombies;
	unsigned	fds, fds_most;		/* of all; of one process */
	unsigned long	rss_kib, pss_kib;	/* of master and workers */
};

/* The server whose master this is. */
struct look	 look_at(pid_t master);
/* The heading, or a line, of a table. */
void		 look_heading(FILE *f);
void		 look_print(FILE *f, const struct look *l, double seconds,
		    long requests, long aborted);

#endif
