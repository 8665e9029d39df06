/*
 * os_start.c - programs and other children; the contracts stand in base/os.h.
 *
 * The child of vfork(2) borrows this process's memory and the processor until
 * it execs: it writes nowhere but into struct start and its own stack, and
 * calls only what is async-signal-safe.  All signals are blocked meanwhile, so
 * that no handler of ours runs in it.
 */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/os.h"
#include "base/os_inside.h"

struct start {
	const struct os_program	*program;
	pid_t			 parent;
	/* The child's report; no step means that the program runs. */
	const char *volatile	 step;
	volatile int		 error;
};

/* ---- Signals ------------------------------------------------------------- */

/* Those that whoever started us may have ignored. */
static const int known[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
	SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ, SIGWINCH
};

/* Those that programs must get back as they should be; inherited by forks. */
static sigset_t	changed;
static bool	changed_known;

static void
look_for_ignored(void)
{
	struct sigaction act;

	if (changed_known)
		return;
	sigemptyset(&changed);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (sigaction(known[i], NULL, &act) == 0 &&
		    act.sa_handler != SIG_DFL)
			sigaddset(&changed, known[i]);
	changed_known = true;
}

void
os_catch(int signo, void (*handler)(int signo))
{
	struct sigaction act = { .sa_handler = handler,
	    .sa_flags = SA_RESTART };

	look_for_ignored();
	sigaddset(&changed, signo);
	/* No handler interrupts another one. */
	sigfillset(&act.sa_mask);
	sigaction(signo, &act, NULL);
}

void
os_ignore(int signo)
{
	os_catch(signo, SIG_IGN);
}

/* exec gives caught signals their default back, but not ignored ones; and none
 * may be caught any more when the mask opens. */
static void
reset_signals(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	sigemptyset(&act.sa_mask);
	for (int signo = 1; signo < NSIG; signo++)
		if (sigismember(&changed, signo) == 1)
			sigaction(signo, &act, NULL);
}

/* ---- The new process ----------------------------------------------------- */

/* /dev/null, opened once; -1 with errno. */
static int
dev_null(void)
{
	static int fd = -1;

	if (fd == -1)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd;
}

/* Give the child fds 0, 1 and 2.  Those asked for may be among them in any
 * order, so first they are all moved out of the way. */
static int
set_fds(const struct os_program *p)
{
	int fds[3] = { p->in, p->out, p->err };
	int i;

	for (i = 0; i < 3; i++) {
		if (fds[i] == -1)
			fds[i] = dev_null();
		if (fds[i] != -1 && fds[i] < 3 && fds[i] != i)
			fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (fds[i] == -1)
			return -1;
	}
	for (i = 0; i < 3; i++)
		if ((fds[i] == i ? fcntl(i, F_SETFD, 0) :
		    dup2(fds[i], i)) == -1)
			return -1;
	return 0;
}

/* What os_open_files() found, for programs that are not ours: select(2) breaks
 * above 1024. */
static struct rlimit files_before;
static bool files_raised;

static int
set_limits(const struct os_program *p)
{
	struct rlimit limit, ours;
	size_t i;

	if (files_raised && setrlimit(RLIMIT_NOFILE, &files_before) == -1)
		return -1;
	for (i = 0; i < p->n_limits; i++) {
		limit = p->limits[i].limit;
		if (getrlimit(p->limits[i].resource, &ours) == -1)
			return -1;
		if (limit.rlim_max > ours.rlim_max)
			limit.rlim_max = ours.rlim_max;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
		if (setrlimit(p->limits[i].resource, &limit) == -1)
			return -1;
	}
	return 0;
}

/* For good: all of the ids change, as we are root. */
static int
become(const struct os_identity *who)
{
	if (setgroups(who->n_groups, who->groups) == -1 ||
	    setgid(who->gid) == -1 || setuid(who->uid) == -1)
		return -1;
	return who->uid != 0 && setuid(0) != -1 ? refuse(EPERM) : 0;
}

static int
enter_directory(const struct os_program *p)
{
	if (p->directory_fd > 0)
		return fchdir(p->directory_fd);
	return p->directory != NULL ? chdir(p->directory) : 0;
}

/*
 * Is path still the file that was found there, and the directory that was
 * entered its own?  Between this and the exec are a few calls.  To close that
 * gap as well, the file would have to be executed by an fd: but an interpreter
 * must be given a path to its script, and what runs by an fd has no name in
 * ps(1) before Linux 6.14.
 */
static int
look_again(const struct os_program *p)
{
	const char *name = strrchr(p->path, '/');
	struct stat at, in;

	if (stat(p->path, &at) == -1 ||
	    stat(p->directory != NULL && name != NULL ? name + 1 : p->path,
	    &in) == -1)
		return -1;
	if (at.st_dev != p->file->dev || at.st_ino != p->file->ino ||
	    in.st_dev != p->file->dev || in.st_ino != p->file->ino)
		return refuse(ESTALE);
	return 0;
}

/* Does not return unless something failed; the result names it. */
static const char *
become_program(const struct os_program *p, pid_t parent)
{
	const char *failed;
	sigset_t none;

	setpgid(0, 0);
	/* First: that would take back what comes next. */
	if (p->as != NULL && become(p->as) == -1)
		return "setuid";
	if (!p->outlives)
		os_die_with_parent(SIGKILL);
	if (getppid() != parent)
		_exit(127);		/* too late to be told */
	reset_signals();
	if (p->umask != -1)
		umask((mode_t)p->umask);
	/* A refusal is no reason not to run. */
	if (p->nice != 0)
		setpriority(PRIO_PROCESS, 0,
		    getpriority(PRIO_PROCESS, 0) + p->nice);
	if (set_fds(p) == -1)
		return "open /dev/null";
	if (enter_directory(p) == -1)
		return "chdir";
	if (p->file != NULL && look_again(p) == -1)
		return "look";
	if (set_limits(p) == -1)
		return "setrlimit";
	failed = p->confine != NULL ? confine_enter(p->confine) : NULL;
	if (failed != NULL)
		return failed;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(p->path, p->argv, p->envp);
	return "exec";
}

static void
run_child(struct start *s)
{
	const char *step = become_program(s->program, s->parent);

	s->error = errno;
	s->step = step;
}

/* ---- Starting ------------------------------------------------------------ */

#ifdef HAVE_VFORK

static pid_t
start_child(struct start *s)
{
	pid_t pid = vfork();

	if (pid == 0) {
		run_child(s);
		_exit(127);
	}
	return pid;
}

#else

/* A copy of us has its own memory: it reports through a pipe, which exec
 * closes, so read() waits for that. */
static pid_t
start_child(struct start *s)
{
	int report[2];
	pid_t pid;

	if (os_pipe(report) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		run_child(s);
		_exit(write(report[1], s, sizeof(*s)) == -1 ? 126 : 127);
	}
	close_quietly(report[1]);
	if (pid != -1 && os_nonblock(report[0], false) != -1 &&
	    read(report[0], s, sizeof(*s)) == -1)
		s->step = NULL;
	close_quietly(report[0]);
	return pid;
}

#endif

pid_t
os_start(const struct os_program *p, const char **step)
{
	struct start s = { .program = p, .parent = getpid() };
	sigset_t all, old;
	pid_t pid;

	/* In the parent, for those that come later, too. */
	if (p->in == -1 || p->out == -1 || p->err == -1)
		dev_null();
	look_for_ignored();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = start_child(&s);
	if (pid == -1) {
		s.error = errno;
		s.step = "fork";
	} else if (s.step != NULL)
		waitpid(pid, NULL, 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (s.step == NULL)
		return pid;
	*step = s.step;
	errno = s.error;
	return -1;
}

/* Connections must not stay open because a child still has them. */
static void
close_above_two(int keep)
{
	long n = sysconf(_SC_OPEN_MAX);
	int fd = 3;

#ifdef HAVE_CLOSE_RANGE
	if ((keep <= 3 || close_range(3, (unsigned)keep - 1, 0) == 0) &&
	    close_range((unsigned)keep + 1, ~0u, 0) == 0)
		return;
#endif
	for (; fd < n; fd++)
		if (fd != keep)
			close(fd);
}

pid_t
os_fork_quietly(void)
{
	sigset_t all, old;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid != 0)
		sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

pid_t
os_fork(int keep)
{
	pid_t parent = getpid(), pid = os_fork_quietly();
	sigset_t none;

	if (pid != 0)
		return pid;
	os_die_with_parent(SIGKILL);
	if (getppid() != parent)
		_exit(127);
	reset_signals();
	close_above_two(keep);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

long
os_open_files(void)
{
	struct rlimit limit, before;

	if (getrlimit(RLIMIT_NOFILE, &before) == -1)
		return sysconf(_SC_OPEN_MAX);
	limit = before;
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_cur == before.rlim_cur ||
	    setrlimit(RLIMIT_NOFILE, &limit) == -1)
		return before.rlim_cur <= LONG_MAX ?
		    (long)before.rlim_cur : LONG_MAX;
	files_before = before;
	files_raised = true;
	return limit.rlim_cur <= LONG_MAX ? (long)limit.rlim_cur : LONG_MAX;
}
