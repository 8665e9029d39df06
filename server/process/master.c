/*
 * master.c - see master.h.
 *
 * Signals become flags; one loop sleeps, and acts on one flag after the other.
 *
 * Reload: everything that can fail is done first (read, check, open logs,
 * bind), on the side.  Only then the new takes the old one's place, in steps
 * that cannot fail.  So a broken configuration changes nothing.
 */
#include "process/master.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/os.h"
#include "conf/diagnose.h"
#include "loop/child.h"
#include "loop/loop.h"
#include "process/board.h"
#include "process/crew.h"
#include "process/detach.h"
#include "process/listen.h"
#include "process/logger.h"
#include "process/notify.h"
#include "process/pidfile.h"
#include "process/settings.h"
#include "process/spawner.h"
#include "process/worker.h"

enum {
	WANT_STOP	= 1 << 0,
	WANT_END	= 1 << 1,	/* finish everything, then stop */
	WANT_RESTART	= 1 << 2,	/* HUP */
	WANT_GRACEFUL	= 1 << 3,	/* USR1 */
	WANT_MORE	= 1 << 4,
	WANT_LESS	= 1 << 5,
};

static const struct {
	int		signo;
	unsigned	wish;
} signals[] = {
	{ SIGTERM,	WANT_STOP },
	{ SIGINT,	WANT_STOP },
	{ SIGWINCH,	WANT_END },
	{ SIGHUP,	WANT_RESTART },
	{ SIGUSR1,	WANT_GRACEFUL },
	{ SIGTTIN,	WANT_MORE },
	{ SIGTTOU,	WANT_LESS },
};
enum { N_SIGNALS = sizeof(signals) / sizeof(signals[0]) };

/* Workers have this long to end themselves and their scripts. */
enum { STOP_MS = 5000 };

static struct {
	const struct master_start *start;
	struct loop	*loop;
	struct board	*board;
	struct config	*config;
	struct settings	*settings;	/* in the configuration's arena */
	struct listeners *listeners;
	unsigned	 wishes;
	bool		 on_terminal;
	bool		 ending;	/* graceful stop */
	bool		 stopping;
	bool		 over;		/* no worker is left */
	int		 starter_fd;	/* until then; -1 */
	int		 first_err;	/* standard error in the foreground */
	int		 status;
	struct timer	 end_timer;	/* GracefulShutdownTimeout */
	struct timer	 kill_timer;
} m = { .starter_fd = -1, .first_err = -1 };

#define TELL(level, ...) \
	log_write(log_main(), level, "core", NULL, __VA_ARGS__)

/* ---- What the crew tells ------------------------------------------------- */

/* The error log when it is a file; else -1. */
static int
error_file(const struct config *c)
{
	return c->error_log != NULL && log_program_fd(c->error_log) == -1 ?
	    log_fd(c->error_log) : -1;
}

/* For what the programs behind logs say: never an fd that leads to them. */
static int
loggers_stderr(const struct config *c)
{
	int fd = error_file(c);

	return fd != -1 ? fd : m.first_err;
}

/* From now on, what anybody writes to standard error is in the log. */
static void
redirect_stderr(void)
{
	int fd = m.config->error_log != NULL ? log_fd(m.config->error_log) :
	    -1;

	if (fd != -1)
		dup2(fd, STDERR_FILENO);
	else if (m.start->mode == MASTER_DAEMON)
		dup2(STDOUT_FILENO, STDERR_FILENO);
}

/* The starter's standard error: workers must not hold it, since the starter may
 * wait for its end. */
static void
close_starter(void)
{
	if (m.starter_fd != -1)
		close(m.starter_fd);
	m.starter_fd = -1;
}

static void
crew_is_complete(void)
{
	TELL(LEVEL_NOTICE, "AH00163: %s configured -- resuming normal "
	    "operations", core_server_token(m.config));
	TELL(LEVEL_NOTICE, "AH00094: Command line: '%s'",
	    m.start->command_line);
	close_starter();
	detach_tell(0);
	notify("READY=1\nMAINPID=%ld\nSTATUS=Serving; generation %u",
	    (long)getpid(), (unsigned)m.board->generation);
}

static void
crew_is_hopeless(void)
{
	TELL(LEVEL_EMERG, "workers cannot start; see above");
	if (m.starter_fd != -1)
		dprintf(m.starter_fd, "forkful: workers cannot start; see "
		    "the error log\n");
	m.status = 1;
	m.wishes |= WANT_STOP;
	loop_stop(m.loop);
}

static void
crew_is_empty(void)
{
	m.over = true;
	loop_stop(m.loop);
}

static void
forget(void)
{
	close_starter();
	detach_forget();
	pidfile_forget();
	loggers_forget();
	if (m.first_err != -1)
		close(m.first_err);
}

/* ---- Reload -------------------------------------------------------------- */

static void
keep_old(const char *why)
{
	board_reloaded(m.board, time(NULL), why);
	TELL(LEVEL_NOTICE, "the new configuration is not used, the old one "
	    "stays");
	notify("READY=1\nSTATUS=Serving the old configuration; the new one "
	    "failed: %s", why);
}

static void
tell_findings(struct config *c)
{
	const struct diagnosis *d = c->reading->diagnosis;
	enum severity severity;
	const struct spot *at;
	const char *message, *hint;
	size_t i;

	for (i = 0; diagnosis_at(d, i, &severity, &at, &message, &hint); i++)
		TELL(severity == SEVERITY_ERROR ? LEVEL_ERROR : LEVEL_WARN,
		    "AH00526: %.*s", STR_ARGS(diagnosis_line(d, i,
		    c->arena)));
}

/* The first error, as text in the configuration's arena. */
static const char *
first_error(struct config *c)
{
	const struct diagnosis *d = c->reading->diagnosis;
	enum severity severity;
	const struct spot *at;
	const char *message, *hint;
	size_t i;

	for (i = 0; diagnosis_at(d, i, &severity, &at, &message, &hint); i++)
		if (severity == SEVERITY_ERROR)
			return str_z(c->arena, diagnosis_line(d, i,
			    c->arena));
	return "unknown";
}

static void
use(struct config *c, struct settings *s, struct listeners *l)
{
	struct config *old = m.config;

	log_set_main(&c->main->log);
	if (m.listeners != NULL)
		listeners_replace(m.listeners, l);
	m.config = c;
	m.settings = s;
	m.listeners = l;
	redirect_stderr();
	loggers_start(m.loop, c, loggers_stderr(c));
	/* Workers that still use it have their own copy since their fork; new
	 * ones must not hold the pipes to its programs open. */
	if (old != NULL)
		config_end(old);
	config_forget_text(c);
	crew_serve(c, s, l);
}

static struct settings *
settings_for(struct config *c)
{
	struct settings *s = arena_one(c->arena, struct settings);

	settings_of(c, s);
	if (m.board != NULL && s->server_limit > m.board->n_seats) {
		TELL(LEVEL_WARN, "AH00185: changing ServerLimit to %u is not "
		    "possible while running: it stays %u", s->server_limit,
		    m.board->n_seats);
		s->server_limit = m.board->n_seats;
		if (s->workers > s->server_limit)
			s->workers = s->server_limit;
	}
	return s;
}

static void
reload(void)
{
	struct config *c;
	struct settings *s;
	struct listeners *l;

	notify("RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_us_now());
	c = config_load(m.start->source);
	tell_findings(c);
	if (diagnosis_errors(c->reading->diagnosis) > 0) {
		keep_old(first_error(c));
		config_end(c);
		return;
	}
	s = settings_for(c);
	l = listeners_open(s->addresses, &s->listen, m.listeners);
	if (l == NULL) {
		keep_old("cannot listen to all its addresses");
		config_end(c);
		return;
	}
	use(c, s, l);
	board_reloaded(m.board, time(NULL), NULL);
}

/* ---- Stop ---------------------------------------------------------------- */

static void
close_listeners(void)
{
	if (m.listeners != NULL)
		listeners_close(m.listeners);
	m.listeners = NULL;
}

static void
no_more_patience(struct timer *t)
{
	(void)t;
	crew_dismiss(SIGKILL);
}

static void
stop(void)
{
	if (m.stopping)
		return;
	m.stopping = true;
	if (m.status == 0)
		TELL(LEVEL_NOTICE, "AH00169: caught SIGTERM, shutting down");
	notify("STOPPING=1");
	close_listeners();
	loop_timer(m.loop, &m.kill_timer, STOP_MS);
	crew_dismiss(SIGTERM);
}

static void
end_is_late(struct timer *t)
{
	(void)t;
	stop();
}

static void
stop_gracefully(void)
{
	if (m.stopping || m.ending)
		return;
	m.ending = true;
	TELL(LEVEL_NOTICE, "AH00170: caught SIGWINCH, shutting down "
	    "gracefully");
	notify("STOPPING=1");
	pidfile_remove();
	close_listeners();
	if (m.settings->graceful_timeout_ms > 0)
		loop_timer(m.loop, &m.end_timer,
		    m.settings->graceful_timeout_ms);
	crew_dismiss(SIGUSR1);
}

/* ---- The loop ------------------------------------------------------------ */

static void
wish(int signo, void *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < N_SIGNALS; i++)
		if (signals[i].signo == signo)
			m.wishes |= signals[i].wish;
	loop_stop(m.loop);
}

static bool
wants(unsigned what)
{
	bool yes = m.wishes & what;

	m.wishes &= ~what;
	return yes;
}

/* A terminal sends WINCH when its window is resized, and HUP when it goes. */
static void
heed_terminal(void)
{
	if (!m.on_terminal)
		return;
	m.wishes &= ~(unsigned)WANT_END;
	if ((m.wishes & WANT_RESTART) && !isatty(STDIN_FILENO) &&
	    !isatty(STDOUT_FILENO))
		m.wishes |= WANT_STOP;
}

static void
act(void)
{
	heed_terminal();
	if (wants(WANT_STOP))
		stop();
	if (wants(WANT_END))
		stop_gracefully();
	if (m.stopping || m.ending)
		return;
	if (wants(WANT_RESTART)) {
		TELL(LEVEL_NOTICE, "AH00173: SIGHUP received.  Attempting to "
		    "restart");
		reload();
	}
	if (wants(WANT_GRACEFUL)) {
		TELL(LEVEL_NOTICE, "AH00171: Graceful restart requested, "
		    "doing restart");
		reload();
	}
	if (wants(WANT_MORE))
		crew_resize(1);
	if (wants(WANT_LESS))
		crew_resize(-1);
}

static void
supervise(void)
{
	while (!m.over) {
		loop_run(m.loop);
		act();
	}
}

/* ---- The beginning ------------------------------------------------------- */

static int
fail(const char *what, const char *object)
{
	struct log_about about = { .error = errno };

	log_write(log_main(), LEVEL_EMERG, "core", &about, "%s%s", what,
	    object);
	return -1;
}

static int
check_user(void)
{
	if (geteuid() != 0)
		return 0;
	if (!m.settings->user_given) {
		TELL(LEVEL_EMERG, "started as root, but there is no User that "
		    "workers can become: add a line like \"User www-data\"");
		return -1;
	}
	if (m.settings->uid == 0)
		TELL(LEVEL_WARN, "workers and scripts will run as root, since "
		    "User says so");
	return 0;
}

/* Room for the workers, and for those of older generations that still finish
 * their work. */
static unsigned
seats_for(const struct settings *s)
{
	unsigned n = s->server_limit + 4 * s->workers;

	return n < BOARD_SEATS_MAX ? n : BOARD_SEATS_MAX;
}

static int
open_everything(void)
{
	m.listeners = listeners_open(m.settings->addresses,
	    &m.settings->listen, NULL);
	if (m.listeners == NULL) {
		TELL(LEVEL_EMERG, "AH00015: Unable to open logs");
		return -1;
	}
	m.board = board_new(seats_for(m.settings));
	if (m.board == NULL)
		return fail("AH00004: cannot get shared memory", "");
	m.board->started = time(NULL);
	return 0;
}

/* The last step that may fail before the log is used. */
static int
write_pidfile(void)
{
	pid_t stale;

	if (pidfile_write(m.settings->pid_file, &stale) == -1)
		return fail("AH00099: could not create ",
		    m.settings->pid_file);
	log_set_main(&m.config->main->log);
	if (stale != 0 && stale != getpid())
		TELL(LEVEL_WARN, "AH00098: pid file %s overwritten -- Unclean "
		    "shutdown of previous run?", m.settings->pid_file);
	return 0;
}

static int
settle_process(void)
{
	os_ignore(SIGPIPE);
	os_ignore(SIGXFSZ);
	m.on_terminal = m.start->mode != MASTER_DAEMON &&
	    (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO));
	if (m.start->mode == MASTER_DAEMON && detach() == -1)
		return fail("cannot detach", "");
	if (m.start->mode == MASTER_NO_DETACH)
		setsid();
	return write_pidfile();
}

static int
open_loop(void)
{
	size_t i;

	m.loop = loop_new();
	if (m.loop == NULL)
		return fail("cannot watch for events", "");
	child_init(m.loop);
	for (i = 0; i < N_SIGNALS; i++)
		loop_signal(m.loop, signals[i].signo, wish, NULL);
	m.end_timer.fire = end_is_late;
	m.kill_timer.fire = no_more_patience;
	return 0;
}

/* The last words are said: nobody writes to logs any more. */
static void
finish_logs(void)
{
	int err = m.first_err != -1 ? m.first_err : error_file(m.config);

	log_set_main(NULL);
	if (err == -1)
		err = STDOUT_FILENO;	/* of a daemon: /dev/null */
	dup2(err, STDERR_FILENO);
	config_end(m.config);
	m.config = NULL;
	loggers_finish(m.loop);
}

static void
supervise_crew(void)
{
	static const struct crew_host host = { crew_is_complete,
	    crew_is_hopeless, crew_is_empty, forget };
	struct config *c = m.config;
	struct listeners *l = m.listeners;

	if (open_loop() == -1 || crew_init(m.loop, m.board, &host) == -1) {
		m.status = 1;
		return;
	}
	m.starter_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (m.start->mode != MASTER_DAEMON)
		m.first_err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	m.config = NULL;
	m.listeners = NULL;
	use(c, m.settings, l);
	supervise();
	finish_logs();
	loop_end(m.loop);
}

static void
leave_to_spawner(void)
{
	forget();
	close_listeners();
}

/* -X: everything in one process that a debugger can hold, but for the spawner,
 * where one is needed. */
static void
serve_alone(void)
{
	pid_t spawner;
	struct worker_place p = {
		.config = m.config, .settings = m.settings,
		.listeners = m.listeners, .board = m.board,
		.seat = 0, .generation = 1, .lifeline = -1, .news = -1,
		.spawner = spawner_alone(m.config, leave_to_spawner, &spawner),
	};

	m.board->generation = 1;
	board_take(m.board, 0, 1, time(NULL));
	m.board->seats[0].pid = getpid();
	loggers_start(NULL, m.config, loggers_stderr(m.config));
	m.status = worker_run(&p);
	if (spawner != -1)
		waitpid(spawner, NULL, 0);
}

int
master_run(const struct master_start *start)
{
	m.start = start;
	m.config = start->config;
	m.settings = settings_for(m.config);
	os_open_files();
	if (check_user() == -1 || open_everything() == -1 ||
	    settle_process() == -1)
		return 1;
	if (start->mode == MASTER_ALONE)
		serve_alone();
	else
		supervise_crew();
	pidfile_remove();
	detach_tell(m.status);
	return m.status;
}
