/*
 * log.h - the error log.
 *
 * A log_file is an open target; a struct log is what a part of the
 * configuration writes to: a target and the levels that pass.  Each message is
 * one line and one write(2).  Line format (Apache's):
 *   [Sun Nov 22 18:13:46.585924 2026] [core:notice] [pid 6496] (13)Permission
 *   denied: [client 127.0.0.1:46462] MESSAGE, referer: URL
 * Control bytes and backslashes in messages are escaped: a client can never
 * forge a line.
 *
 * A target that takes no more (a full disk) loses messages; the server goes on.
 * As soon as it takes some again, a line there says how many are missing.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/str.h"

struct append;
struct arena;

enum log_level {
	LEVEL_EMERG, LEVEL_ALERT, LEVEL_CRIT, LEVEL_ERROR, LEVEL_WARN,
	LEVEL_NOTICE, LEVEL_INFO, LEVEL_DEBUG, LEVEL_TRACE1, LEVEL_TRACE8 = 15
};

/* "warn" -> LEVEL_WARN, any case, "trace1".."trace8"; -1 when unknown. */
int		 log_level_named(struct str name);
const char	*log_level_name(enum log_level level);

/* Which messages pass: a level for all, and others for some modules. */
struct log_levels {
	enum log_level	base;
	size_t		n;
	struct log_module_level {
		const char	*module;	/* "cgi" */
		enum log_level	 level;
	} module[];
};

struct log_file;

/* A target on an fd that is already open and stays the caller's. */
struct log_file	*log_on_fd(struct arena *a, int fd);
/* Open path for appending, 0640 & ~umask, close-on-exec, closed with the arena.
 * "syslog", "syslog:facility" and "syslog:facility:tag" go to syslog(3), and
 * "|program" (base/logprogram.h) into a pipe; whoever starts the program gives
 * it the other end.  NULL with errno when it cannot be opened. */
struct log_file	*log_open(struct arena *a, const char *path);
/* May what stands behind "syslog" ("", ":facility" or ":facility:tag") be used:
 * is the facility known? */
bool		 log_syslog_known(struct str spec);
/* The fd behind it, -1 for syslog. */
int		 log_fd(const struct log_file *f);
/* The pipe's other end, for the program; -1 when there is none. */
int		 log_program_fd(const struct log_file *f);
/* What the lines go through; NULL for syslog. */
struct append	*log_append(struct log_file *f);

struct log {
	struct log_file		*file;
	const struct log_levels	*levels;	/* NULL: warn */
};

/* What the message is about; NULL and zeroes are left out. */
struct log_about {
	struct str	client;		/* "127.0.0.1:46462" */
	struct str	referer;
	int		error;		/* an errno value, or 0 */
};

bool		 log_passes(const struct log *l, enum log_level level,
		    const char *module);
/* Does nothing when the level does not pass.  notice always passes, as in
 * Apache, when l is the main server's log (about == NULL). */
void		 log_write(const struct log *l, enum log_level level,
		    const char *module, const struct log_about *about,
		    const char *fmt, ...)
		    __attribute__((format(printf, 5, 6)));
void		 log_vwrite(const struct log *l, enum log_level level,
		    const char *module, const struct log_about *about,
		    const char *fmt, va_list ap);

/* Where messages go that belong to no virtual host: start-up, master, worker.
 * Until log_set_main() is called: stderr, level warn. */
void		 log_set_main(const struct log *l);
const struct log *log_main(void);

#endif
