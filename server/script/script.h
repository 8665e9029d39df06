/*
 * script.h - the life and death of a program that answers a request.
 *
 * A script is its own struct with its own arena, because it may outlive the
 * request: one that has closed its output and works on is left in peace.  Its
 * three pipes move at the same time, pulled by whoever can take the bytes: the
 * body in when the script reads, the output when the client reads.  Nothing is
 * gathered, so a script may be as slow, as long or as silent as it likes.
 *
 * It knows the pipes, not what is said in them: the head of a CGI answer is the
 * handler's business.  A handler makes a script (script_new), waits until it is
 * its turn (admission.h), starts it (script_start), reads from its output what
 * it wants to see (script_read, script_used) and makes the rest the body of the
 * answer (script_body).  The end of the request looks after the script.
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "base/log.h"
#include "base/str.h"
#include "base/text.h"
#include "loop/child.h"
#include "loop/loop.h"
#include "script/account.h"
#include "script/turnstile.h"
#include "serve/output.h"
#include "serve/request.h"

struct buffer;

enum {
	SCRIPT_LINE = 1024,	/* longer lines of stderr are cut in parts */
	SCRIPT_TAIL = 400,	/* of stderr, told again at the end */
};

struct scriptlog;

struct script_terms {
	int64_t		 timeout_ms;	/* silent or idle for longer: ended */
	const struct scriptlog *record;	/* NULL: none */
	bool		 converses;	/* answers while the body comes */
};

/* Whether it may start: admission.c's. */
struct admission {
	enum {
		ADMISSION_NONE, ADMISSION_REFUSED, ADMISSION_WAITING,
		ADMISSION_GRANTED, ADMISSION_RUNNING, ADMISSION_OVER
	}		 state;
	struct link	 place;		/* among those who wait, or start */
	struct turn	 turn;
	int64_t		 since_us, wait_ms;
};

struct script {
	struct request	*r;		/* NULL: works on by itself */
	const char	*path, *name;	/* of the program; its last part */
	struct admission admission;
	/* Told once when it has ended, or will never start; or NULL. */
	void		(*gone)(struct script *s);
	bool		 started;
	struct account	 account;
	int		 failed;	/* a status to refuse with; 0: none */

	/* What follows is for script.c and script_*.c. */
	struct arena	*arena;
	struct child	 child;
	int64_t		 made_us;
	struct log	 log;
	struct log_about about;
	struct watch	 in, out, err;	/* fd -1: closed */
	struct timer	 timer;
	struct timer	 young;		/* set: nobody listens yet */
	bool		 output_wanted;	/* by the time somebody does */
	struct script_terms terms;

	bool		 exited, told_to_end;
	const char	*client_fault;	/* why it was ended, or NULL */
	uint64_t	 in_given;	/* bytes of the body it was given */
	bool		 hungry;	/* waits for the client's body, */
	bool		 awaited;	/* and the request, for its end */
	bool		 out_ended, out_grown;
	bool		 out_dry;	/* empty, until the loop says more */
	bool		 draining;	/* output is read and thrown away */
	size_t		 wasted;
	struct buffer	*buffer;	/* output read, not yet taken */
	size_t		 at, n, room;	/* room: how much of it is used */
	struct source	 source;

	char		 line[SCRIPT_LINE];	/* of stderr, unfinished */
	size_t		 line_n;
	char		 tail[SCRIPT_TAIL];	/* the last of its lines */
	size_t		 tail_n;
	int64_t		 lines_ms;	/* when lines_left was reckoned */
	unsigned	 lines_left;	/* may be logged now */
	unsigned	 lines_lost;	/* were not, since the last */
	struct str	 title;		/* for terms.record */
	struct text	 body;		/* its beginning, likewise */
};

/* Once per worker, before the first script. */
void		 script_init(struct loop *l);
/* A script for r->filename, not started; it belongs to the request, until that
 * ends. */
struct script	*script_new(struct request *r, const struct script_terms *t);
/*
 * While more files than programs are asked for, programs start one by one: the
 * next when the last has ended, or has shown that it takes longer.  Until one
 * that we start is loaded, we stand still, and the longer so the more others
 * want the processor.
 */
void		 script_one_by_one(bool yes);
/* One more may start now; if not, ask again in the next turn of the loop. */
bool		 script_may_start(void);
/*
 * Run it: *p is complete but for its fds.  The body of the request goes to it
 * from now on.  0, or the status to refuse with, when the log knows why.
 */
int		 script_start(struct script *s, struct os_program *p);
/*
 * Its answer is no use: it is ended with the request.  Returns status.  line is
 * what was wrong with it, for those who are recorded; what was read of the
 * output after it is, too.
 */
int		 script_fail(struct script *s, int status, struct str line);

enum script_look {
	SCRIPT_MORE,		/* there are new bytes in *all */
	SCRIPT_WAIT,		/* none now: request_wake() when there are */
	SCRIPT_ENDED,		/* there will be none */
	SCRIPT_FULL,		/* *all has grown too long to be kept */
	SCRIPT_FAILED,		/* s->failed says how */
};
/* Read more of the output.  *all is what was read and not yet used; its bytes
 * stay until the next call. */
enum script_look script_read(struct script *s, struct str *all);
/*
 * It takes the body of the request, and the client has not sent all of it yet.
 * True: request_wake() when that has changed.
 */
bool		 script_awaits_body(struct script *s);
/* What was read and not used, without another read. */
struct str	 script_unused(const struct script *s);
/* The first n bytes of it are done with. */
void		 script_used(struct script *s, size_t n);
/* The output from here on. */
struct source	*script_body(struct script *s);

/* ---- script.c, script_in.c, script_out.c, script_err.c only -------------- */

extern struct loop *script_loop;

/* Nobody refers to the script any more?  Then it goes. */
void		 script_release(struct script *s);
/* It has shown life: its time begins anew. */
void		 script_alive(struct script *s);
void		 script_log(struct script *s, enum log_level level,
		    const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));
void		 script_close(struct watch *w);

/* Give it the body of its request, as far as it takes it. */
void		 script_feed(struct script *s);
/* The rest of the body will never come. */
void		 script_starve(struct script *s);
/* Tell whoever waits for it when there is more output; or no more. */
void		 script_listen(struct script *s, bool yes);
/* Throw away what it still has to say, unless it is a lot. */
void		 script_drain(struct script *s);
/* Log what it says on stderr until that is empty; false when it has ended. */
bool		 script_hear(struct script *s);
/* It will say no more: its last line may lack its end. */
void		 script_heard(struct script *s);

void		 script_in_ready(struct watch *w, unsigned events);
void		 script_out_ready(struct watch *w, unsigned events);
void		 script_err_ready(struct watch *w, unsigned events);

#endif
