/*
 * talk.h - what the parts of the scenario driver share.
 *
 *	report.c	buffers, and saying what went wrong
 *	scenario.c	from the file to steps; names and escapes in them
 *	server.c	the server under test: its directory, start, end
 *	client.c	connections, answers and what is wanted of them
 *	steps.c		the table of words
 *	talk.c		main
 *
 * It shares no code with the server that it tests.  Memory is not counted and
 * errors are not passed up: the first surprise ends the program in fail().
 */
#ifndef TALK_H
#define TALK_H

#include <sys/types.h>

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- report.c ------------------------------------------------------------ */

/* Bytes that grow; always followed by a 0 that does not count. */
struct buffer {
	char	*at;
	size_t	 n, room;
};
void	 buffer_add(struct buffer *b, const void *p, size_t n);
void	 buffer_addz(struct buffer *b, const char *z);
void	 buffer_printf(struct buffer *b, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Drop the first n bytes. */
void	 buffer_drop(struct buffer *b, size_t n);
char	*formatted(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));
/* The whole file appended to b; false when it cannot be read. */
bool	 buffer_file(struct buffer *b, const char *path);

enum { PASSED = 0, FAILED = 1, SKIPPED = 77, BROKEN = 99 };

/* The step under way is not fulfilled: say so, show the logs, clean up, end. */
_Noreturn void fail(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));
/* As fail(), showing both texts with the first difference marked. */
_Noreturn void fail_differs(const char *what, const char *want, size_t want_n,
	    const char *got, size_t got_n);
/* Go there instead of failing, without a word; NULL: fail again. */
void	 on_failure(jmp_buf *retry);
/* The scenario itself makes no sense. */
_Noreturn void broken(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));
_Noreturn void skip(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));
/* Print text indented, control bytes made visible; at most max bytes. */
void	 show(const char *title, const char *text, size_t n, size_t max);

/* ---- time ---------------------------------------------------------------- */

/* Somebody asks this program to stop; whoever waits calls fail(). */
extern volatile sig_atomic_t interrupted;

int64_t	 now_ms(void);
/* When a wait that begins now must be over: far away, because the machine may
 * be busy, and never reached when all is well. */
int64_t	 deadline(void);
/* Let a little time pass; false once the deadline is over. */
bool	 pause_until(int64_t deadline_ms);

/* ---- scenario.c ---------------------------------------------------------- */

struct step {
	int		 line;
	char		*word;
	char		*rest;		/* of the line; "" when nothing */
	char		*block;		/* lines, each ended by \n, or NULL */
};
struct scenario {
	const char	*path;
	struct step	*steps;
	size_t		 n;
};
void	 scenario_read(struct scenario *s, const char *path);

/* Names for @NAME@. */
void	 name_set(const char *name, const char *value);
/* NULL when there is none. */
const char *name_get(const char *name);
/* text with each known @NAME@ replaced. */
char	*expanded(const char *text);
/* \r \n \t \s \\ \xHH replaced. */
void	 unescape(struct buffer *to, const char *text);

/* What is being done, for fail(). */
extern struct scenario scenario;
extern const struct step *current;

/* ---- server.c ------------------------------------------------------------ */

/* Make the directory and reserve the ports; sets @DIR@, @PORT@ and the like. */
void	 server_prepare(void);
/* path below @DIR@, made absolute. */
char	*server_path(const char *path);
void	 server_write(const char *path, const char *bytes, size_t n,
	    mode_t mode);
/* Write httpd.conf, and site.conf when it is there. */
void	 server_configure(const char *text, bool whole);
/* Start it with these further arguments and wait until it listens. */
void	 server_start(const char *arguments);
/* The same, unless it was started already. */
void	 server_need(void);
/* A server that detached itself is the one to watch from now on. */
void	 server_adopt(void);
void	 server_signal(const char *name, const char *whom);
void	 server_workers(size_t n);
/* Wait for the end of the master; killed: by signal KILL, else with status. */
void	 server_stopped(bool killed, int status);
/* Wait until pid is gone (or a zombie of somebody else). */
void	 process_gone(pid_t pid);
/* Run a shell command in @DIR@; its output, its exit status. */
int	 command_run(const char *command, struct buffer *output);
/* Stop it and hold it to what is promised for every scenario. */
void	 server_finish(void);
/* Whatever still runs, end it; remove the directory. */
void	 server_clean(void);
/* The last words in the logs. */
void	 server_show_logs(void);

/* ---- client.c ------------------------------------------------------------ */

/* Talk on this connection from now on. */
void	 client_on(const char *name);
void	 client_connect(const char *arguments);
void	 client_send(const char *bytes, size_t n);
void	 client_half_close(void);
void	 client_close(bool reset);
/* Nothing comes for ms milliseconds. */
void	 client_quiet(int ms);
/* The server closes the connection and sent nothing more. */
void	 client_closed(void);
/* Before a request: if the last answer said that it was the last, wait for that
 * to come true; the next bytes go over a new connection. */
void	 client_renew(void);
/* The server closes or resets it, whatever it still sent. */
void	 client_gone(void);

/* Read the next answer's head; want is "STATUS [REASON]". */
void	 client_answer(const char *want, bool head_only);
/* "Name: value" or "Name". */
void	 client_has(const char *field);
void	 client_lacks(const char *field);
/* "Name: REGEX". */
void	 client_like(const char *field);
/* The value of a field of the last answer; fails when it is not there. */
const char *client_field(const char *name);
/* The whole body of the last answer. */
const struct buffer *client_body(void);
/* Wait until the body has text. */
void	 client_streams(const char *text, size_t n);
/* The body ends before it is complete. */
void	 client_cut(void);
/* The next bytes are these. */
void	 client_want(const char *bytes, size_t n);
/* Wait until what came matches; drop it up to the end of the match. */
void	 client_want_like(const char *regex);

/* ---- steps.c ------------------------------------------------------------- */

void	 steps_run(const struct scenario *s);
/* Does text match?  The first group goes to *group when that is not NULL. */
bool	 matches(const char *text, const char *regex, char **group);

#endif
