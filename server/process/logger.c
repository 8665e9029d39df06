/*
 * logger.c - see logger.h.
 *
 * A logger's reading end of the pipe is kept here as well, so that nothing is
 * lost with a program that dies.  The end of a program is for good only when
 * nobody holds a writing end any more and nothing is left to be read: the
 * kernel knows that.
 */
#include "process/logger.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/logprogram.h"
#include "base/os.h"
#include "loop/child.h"

extern char **environ;

enum {
	YOUNG_MS	= 1000,		/* one that ends so soon ... */
	RETRY_MS	= 1000,		/* ... is not started again at once */
	FINISH_MS	= 3000,		/* for all, to read what is left */
	GRACE_MS	= 500,		/* after their TERM */
	PIPE_BYTES	= 256 * 1024,
};

struct logger {
	struct arena	*arena;
	struct link	 link;
	const char	*spec;		/* as it was configured */
	struct os_program program;
	struct child	 child;
	struct timer	 retry;
	int64_t		 started_ms;
};

static struct link loggers = { &loggers, &loggers };
static struct loop *loop;		/* of all */
static bool impatient;			/* start none again */

static void	logger_run(struct logger *g);

static void
logger_end(struct logger *g)
{
	loop_timer_stop(loop, &g->retry);
	list_remove(&g->link);
	arena_end(g->arena);
	if (list_empty(&loggers))
		loop_stop(loop);
}

/* Nobody can write, and nothing is left. */
static bool
is_over(const struct logger *g)
{
	struct pollfd p = { .fd = g->program.in, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) &&
	    !(p.revents & POLLIN);
}

static void
logger_retry(struct timer *t)
{
	logger_run(LIST_OWNER(t, struct logger, retry));
}

static void
logger_ended(struct child *c, int status, const struct rusage *used)
{
	struct logger *g = LIST_OWNER(c, struct logger, child);

	(void)used;
	if (impatient || is_over(g)) {
		logger_end(g);
		return;
	}
	log_write(log_main(), LEVEL_ERROR, "core", NULL, "AH00106: piped log "
	    "program '%s' failed unexpectedly, with %s %d; it is started "
	    "again", g->spec + 1, WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (clock_ms() - g->started_ms >= YOUNG_MS)
		logger_run(g);
	else
		loop_timer(loop, &g->retry, RETRY_MS);
}

static void
logger_run(struct logger *g)
{
	struct log_about about = { 0 };
	const char *step;

	if (is_over(g)) {
		logger_end(g);
		return;
	}
	g->started_ms = clock_ms();
	if (child_start(loop, &g->child, &g->program, &step) == 0)
		return;
	about.error = errno;
	log_write(log_main(), LEVEL_ERROR, "core", &about, "AH00104: unable "
	    "to start piped log program '%s' (%s)", g->spec + 1, step);
	loop_timer(loop, &g->retry, RETRY_MS);
}

/* NULL when the program cannot be run any more. */
static struct logger *
logger_new(const struct config *c, const char *spec, int fd, int err)
{
	struct arena *a = arena_new();
	struct logger *g = arena_one(a, struct logger);
	struct log_program program;
	const char *error;

	g->arena = a;
	g->spec = str_z(a, str_of(spec));
	error = logprogram_read(a, g->spec, c->server_root, &program);
	if (error != NULL) {
		log_write(log_main(), LEVEL_ERROR, "core", NULL, "piped log "
		    "program '%s' %s", spec + 1, error);
		arena_end(a);
		return NULL;
	}
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (fd != -1)
		arena_owns_fd(a, fd);
	os_pipe_grow(fd, PIPE_BYTES);
	/* It may be started again when c is gone. */
	if (err != -1 && (err = fcntl(err, F_DUPFD_CLOEXEC, 3)) != -1)
		arena_owns_fd(a, err);
	g->program = (struct os_program){
		.path = program.path, .argv = program.argv, .envp = environ,
		.directory = str_z(a, str_of(c->server_root)),
		.in = fd, .out = STDOUT_FILENO, .err = err,
		.umask = -1, .outlives = true,
	};
	g->child.ended = logger_ended;
	g->retry.fire = logger_retry;
	list_append(&loggers, &g->link);
	return g;
}

void
loggers_start(struct loop *l, const struct config *c, int err)
{
	struct str spec;
	const char *step;
	void *file;

	loop = l;
	for (size_t i = 0; hash_at(c->log_files, i, &spec, &file); i++) {
		int fd = log_program_fd(file);
		struct logger *g = fd == -1 ? NULL :
		    logger_new(c, spec.at, fd, err);

		if (g != NULL && l != NULL)
			logger_run(g);
		else if (g != NULL)
			os_start(&g->program, &step);
	}
}

void
loggers_forget(void)
{
	struct link *l;

	/* Their timers went with the master's loop. */
	for (l = loggers.next; l != &loggers; l = loggers.next) {
		list_remove(l);
		arena_end(LIST_OWNER(l, struct logger, link)->arena);
	}
}

static void
lose_patience(struct timer *t)
{
	struct link *l, *next;

	(void)t;
	impatient = true;
	for (l = loggers.next; l != &loggers; l = next) {
		struct logger *g = LIST_OWNER(l, struct logger, link);

		next = l->next;
		if (g->child.pid != 0)
			child_terminate(&g->child, GRACE_MS);
		else
			logger_end(g);
	}
}

void
loggers_finish(struct loop *l)
{
	struct timer patience = { .fire = lose_patience };

	loop_timer(l, &patience, FINISH_MS);
	while (!list_empty(&loggers))
		loop_run(l);
	loop_timer_stop(l, &patience);
}
