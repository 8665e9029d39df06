/*
 * log.c - the error log.
 *
 * A line is made on the stack and written at once, so that lines of several
 * processes never mix.  When a write fails (a full disk, a closed terminal) the
 * message is lost and the server goes on; syslog(3) is told, once.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/append.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/logprogram.h"
#include "base/os.h"

#define LINE_MAX_BYTES	8192		/* the newline included */

struct log_file {
	int		 fd;		/* -1: syslog */
	int		 program_fd;	/* the end that it reads, or -1 */
	struct append	 append;	/* on fd */
	bool		 told;		/* syslog(3), that lines are lost */
	const char	*path;		/* NULL: unknown */
	int		 facility;
	const char	*tag;
};

static const char *const level_names[] = {
	"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug",
	"trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7",
	"trace8"
};

static const struct facility {
	const char	*name;
	int		 facility;
} facilities[] = {
	{ "auth", LOG_AUTH }, { "authpriv", LOG_AUTHPRIV },
	{ "cron", LOG_CRON }, { "daemon", LOG_DAEMON }, { "ftp", LOG_FTP },
	{ "kern", LOG_KERN }, { "lpr", LOG_LPR }, { "mail", LOG_MAIL },
	{ "news", LOG_NEWS }, { "syslog", LOG_SYSLOG }, { "user", LOG_USER },
	{ "uucp", LOG_UUCP }, { "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 }, { "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 }, { NULL, 0 }
};

static struct log_file stderr_file = { .fd = STDERR_FILENO, .program_fd = -1,
	.append = { .fd = STDERR_FILENO } };
static const struct log first_log = { .file = &stderr_file };
static const struct log *main_log = &first_log;

/* Whose tag syslog(3) knows now: it can hold one only. */
static const struct log_file *syslog_user;

int
log_level_named(struct str name)
{
	int i;

	for (i = LEVEL_EMERG; i <= LEVEL_TRACE8; i++)
		if (str_is_nocase(name, level_names[i]))
			return i;
	return -1;
}

const char *
log_level_name(enum log_level level)
{
	return level_names[level];
}

/* Targets. */

struct log_file *
log_on_fd(struct arena *a, int fd)
{
	struct log_file *f = arena_one(a, struct log_file);

	assert(fd >= 0);
	f->fd = fd;
	f->program_fd = -1;
	append_init(&f->append, fd);
	return f;
}

static void
forget_rest(void *arg)
{
	append_end(arg);
}

/* A target that is closed with the arena. */
static struct log_file *
log_on_own_fd(struct arena *a, int fd, const char *path)
{
	struct log_file *f = log_on_fd(a, fd);

	arena_owns_fd(a, fd);
	arena_cleanup(a, forget_rest, &f->append);
	f->path = str_z(a, str_of(path));
	return f;
}

/* A worker writes as much as the program takes, and waits for it then, as in
 * Apache: nothing is lost. */
static struct log_file *
open_pipe(struct arena *a, const char *spec)
{
	struct log_file *f;
	int ends[2];

	if (os_pipe(ends) == -1)
		return NULL;
	os_nonblock(ends[0], false);
	os_nonblock(ends[1], false);
	f = log_on_own_fd(a, ends[1], spec);
	f->program_fd = ends[0];
	arena_owns_fd(a, ends[0]);
	return f;
}

static void
leave_syslog(void *arg)
{
	if (syslog_user != arg)
		return;
	closelog();
	syslog_user = NULL;
}

static const struct facility *
facility_named(struct str name)
{
	const struct facility *f;

	for (f = facilities; f->name != NULL; f++)
		if (str_is_nocase(name, f->name))
			return f;
	return NULL;
}

/* Cut the facility out of ":facility:tag"; what is left is the tag. */
static const struct facility *
read_facility(struct str *spec)
{
	struct str name;

	*spec = str_from(*spec, 1);
	if (!str_cut(spec, ':', &name) || name.n == 0)
		name = STR("local7");
	return facility_named(name);
}

bool
log_syslog_known(struct str spec)
{
	return read_facility(&spec) != NULL;
}

/* spec is what follows "syslog": nothing, ":facility" or ":facility:tag". */
static struct log_file *
open_syslog(struct arena *a, struct str spec)
{
	const struct facility *found = read_facility(&spec);
	struct log_file *file;

	if (found == NULL) {
		errno = EINVAL;
		return NULL;
	}
	file = arena_one(a, struct log_file);
	file->fd = file->program_fd = -1;
	file->facility = found->facility;
	file->tag = spec.n > 0 ? str_z(a, spec) : "forkful";
	arena_cleanup(a, leave_syslog, file);
	return file;
}

struct log_file *
log_open(struct arena *a, const char *path)
{
	struct str s = str_of(path);
	int fd;

	if (str_is(s, "syslog") || str_starts(s, STR("syslog:")))
		return open_syslog(a, str_from(s, strlen("syslog")));
	if (logprogram_is(path))
		return open_pipe(a, path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
	    0640);
	if (fd == -1)
		return NULL;
	return log_on_own_fd(a, fd, path);
}

int
log_fd(const struct log_file *f)
{
	return f->fd;
}

int
log_program_fd(const struct log_file *f)
{
	return f->program_fd;
}

struct append *
log_append(struct log_file *f)
{
	return f->fd != -1 ? &f->append : NULL;
}

void
log_set_main(const struct log *l)
{
	main_log = l != NULL ? l : &first_log;
}

const struct log *
log_main(void)
{
	return main_log;
}

/* Messages. */

bool
log_passes(const struct log *l, enum log_level level, const char *module)
{
	const struct log_levels *levels = l->levels;
	size_t i;

	if (levels == NULL)
		return level <= LEVEL_WARN;
	for (i = 0; i < levels->n; i++)
		if (strcmp(levels->module[i].module, module) == 0)
			return level <= levels->module[i].level;
	return level <= levels->base;
}

struct line {
	size_t	n;
	char	at[LINE_MAX_BYTES];
};

/* What does not fit is cut off; one byte stays free for the newline. */
static void
add_bytes(struct line *line, const char *p, size_t n)
{
	size_t room = sizeof(line->at) - 1 - line->n;

	if (n > room)
		n = room;
	memcpy(line->at + line->n, p, n);
	line->n += n;
}

static void __attribute__((format(printf, 2, 3)))
addf(struct line *line, const char *fmt, ...)
{
	char made[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(made, sizeof(made), fmt, ap);
	va_end(ap);
	assert(n >= 0);
	add_bytes(line, made, (size_t)n < sizeof(made) ? (size_t)n :
	    sizeof(made) - 1);
}

/* c as Apache writes it in its error log; the number of bytes. */
static size_t
escape(unsigned char c, char out[4])
{
	static const char bytes[] = "\b\n\r\t\v\\", letters[] = "bnrtv\\";
	static const char digits[] = "0123456789abcdef";
	const char *found = c != 0 ? strchr(bytes, c) : NULL;

	if (c >= ' ' && c <= '~' && found == NULL) {
		out[0] = (char)c;
		return 1;
	}
	out[0] = '\\';
	if (found != NULL) {
		out[1] = letters[found - bytes];
		return 2;
	}
	out[1] = 'x';
	out[2] = digits[c >> 4];
	out[3] = digits[c & 15];
	return 4;
}

/* An escape is never cut in two. */
static void
add_escaped(struct line *line, struct str s)
{
	char escaped[4];
	size_t i, n;

	for (i = 0; i < s.n; i++) {
		n = escape((unsigned char)s.at[i], escaped);
		if (line->n + n >= sizeof(line->at))
			return;
		add_bytes(line, escaped, n);
	}
}

/* [Sun Nov 22 18:13:46.585924 2026] */
static void
add_time(struct line *line)
{
	int64_t now_us = clock_wall_us();
	time_t now = (time_t)(now_us / 1000000);
	struct tm tm;
	char made[32];

	localtime_r(&now, &tm);
	/* Not the locale's names: the server never calls setlocale(3). */
	strftime(made, sizeof(made), "%a %b %d %H:%M:%S", &tm);
	addf(line, "[%s.%06d %d] ", made, (int)(now_us % 1000000),
	    tm.tm_year + 1900);
}

static void
add_about(struct line *line, const struct log_about *about)
{
	if (about->error != 0)
		addf(line, "(%d)%s: ", about->error, strerror(about->error));
	if (about->client.n > 0) {
		add_bytes(line, "[client ", 8);
		add_escaped(line, about->client);
		add_bytes(line, "] ", 2);
	}
}

static void
send_syslog(const struct log_file *f, enum log_level level,
    const struct line *line)
{
	if (syslog_user != f) {
		openlog(f->tag, LOG_NDELAY | LOG_PID, f->facility);
		syslog_user = f;
	}
	syslog(f->facility | (level < LEVEL_DEBUG ? (int)level : LOG_DEBUG),
	    "%.*s", (int)line->n, line->at);
}

/* Nobody else is left who could be told. */
static void
tell_loss(struct log_file *f)
{
	if (f->told)
		return;
	f->told = true;
	closelog();
	openlog("forkful", LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "cannot write to the error log %s: %s; messages are "
	    "lost", f->path != NULL ? f->path : "", strerror(f->append.error));
	closelog();
	syslog_user = NULL;
}

/* It takes lines again. */
static void
tell_regained(struct log_file *f)
{
	unsigned long lost = (unsigned long)f->append.lost;
	struct line line = { .n = 0 };

	f->append.lost = 0;
	f->told = false;
	add_time(&line);
	addf(&line, "[core:warn] [pid %ld] (%d)%s: %lu message%s could not be "
	    "written here", (long)getpid(), f->append.error,
	    strerror(f->append.error), lost, lost == 1 ? "" : "s");
	line.at[line.n++] = '\n';
	append_lines(&f->append, line.at, line.n);
}

static void
send_line(struct log_file *f, struct line *line)
{
	line->at[line->n++] = '\n';
	if (!append_lines(&f->append, line->at, line->n))
		tell_loss(f);
	else if (f->append.lost > 0)
		tell_regained(f);
}

static bool
wanted(const struct log *l, enum log_level level, const char *module,
    const struct log_about *about)
{
	if (level == LEVEL_NOTICE && about == NULL && l == main_log)
		return true;
	return log_passes(l, level, module);
}

void
log_vwrite(const struct log *l, enum log_level level, const char *module,
    const struct log_about *about, const char *fmt, va_list ap)
{
	char message[LINE_MAX_BYTES];
	struct line line;
	int kept_errno = errno;

	if (!wanted(l, level, module, about))
		return;
	line.n = 0;
	if (l->file->fd != -1)
		add_time(&line);
	addf(&line, "[%s:%s] [pid %ld] ", module, level_names[level],
	    (long)getpid());
	if (about != NULL)
		add_about(&line, about);
	if (vsnprintf(message, sizeof(message), fmt, ap) < 0)
		message[0] = '\0';
	add_escaped(&line, str_of(message));
	if (about != NULL && about->referer.n > 0) {
		add_bytes(&line, ", referer: ", 11);
		add_escaped(&line, about->referer);
	}
	if (l->file->fd != -1)
		send_line(l->file, &line);
	else
		send_syslog(l->file, level, &line);
	errno = kept_errno;
}

void
log_write(const struct log *l, enum log_level level, const char *module,
    const struct log_about *about, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vwrite(l, level, module, about, fmt, ap);
	va_end(ap);
}
