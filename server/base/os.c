/*
 * os.c - the room for what differs between systems.
 *
 * It must know nothing of HTTP, of the configuration, or of the server's
 * processes.  Each function says the same on every system; where only some can
 * keep a promise, the header says so.
 *
 * Invariant: no fd made here is ever without close-on-exec while a program
 * could be started.  The server has one thread per process, so that setting
 * the flag after the fact, where a system knows no other way, is early enough.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#ifdef HAVE_LINUX_OPENAT2_H
#include <sys/syscall.h>
#include <linux/openat2.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_SYS_SENDFILE_H
#include <sys/sendfile.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#ifdef HAVE_SCHED_GETAFFINITY
#include <sched.h>
#endif
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/os.h"

#if defined(HAVE_LINUX_OPENAT2_H) && defined(SYS_openat2)
#define CAN_OPENAT2
#endif

/* How to open what is only looked at, or passed through. */
#if defined(O_PATH)
#define LOOK	(O_PATH | O_CLOEXEC)
#elif defined(O_SEARCH)
#define LOOK	(O_SEARCH | O_CLOEXEC)
#else
#define LOOK	(O_RDONLY | O_CLOEXEC)
#endif
#define PASS	(LOOK | O_DIRECTORY)
/* How to open a file so that nothing but its bytes can come of it. */
#define READ	(O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static void
close_quietly(int fd)
{
	int kept_errno = errno;

	close(fd);
	errno = kept_errno;
}

/* Pipes and sockets. */

int
os_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL), wanted;

	if (flags == -1)
		return -1;
	wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
}

/* Make a new fd as all of them shall be, or close it; -1 passes through. */
static int
tame(int fd)
{
	if (fd == -1)
		return -1;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != -1 && os_nonblock(fd, true) != -1)
		return fd;
	close_quietly(fd);
	return -1;
}

int
os_pipe(int ends[2])
{
#ifdef HAVE_PIPE2
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
#else
	if (pipe(ends) == -1)
		return -1;
	if (tame(ends[0]) == -1) {
		close_quietly(ends[1]);
		return -1;
	}
	if (tame(ends[1]) == -1) {
		close_quietly(ends[0]);
		return -1;
	}
	return 0;
#endif
}

int
os_pipe_shared(int ends[2], int ours)
{
#ifdef HAVE_PIPE2
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	if (fcntl(ends[ours], F_SETFL, O_NONBLOCK) != -1)
		return 0;
	close_quietly(ends[0]);
	close_quietly(ends[1]);
	return -1;
#else
	return os_pipe(ends) == -1 ? -1 : os_nonblock(ends[!ours], false);
#endif
}

void
os_pipe_grow(int fd, size_t n)
{
#ifdef F_SETPIPE_SZ
	fcntl(fd, F_SETPIPE_SZ, n > INT_MAX ? INT_MAX : (int)n);
#else
	(void)fd;
	(void)n;
#endif
}

int
os_accept(int fd, struct sockaddr *addr, socklen_t *n)
{
#ifdef HAVE_ACCEPT4
	return accept4(fd, addr, n, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
	return tame(accept(fd, addr, n));
#endif
}

static int
switch_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

int
os_tcp_socket(int family)
{
	int fd = tame(socket(family, SOCK_STREAM, 0));

	if (fd == -1)
		return -1;
	if (switch_on(fd, SOL_SOCKET, SO_REUSEADDR) == -1)
		goto fail;
	if (family == AF_INET6 &&
	    switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1)
		goto fail;
	if (switch_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		goto fail;
	return fd;
fail:
	close_quietly(fd);
	return -1;
}

void
os_defer_accept(int fd, int seconds)
{
#ifdef TCP_DEFER_ACCEPT
	setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
	    sizeof(seconds));
#else
	(void)fd;
	(void)seconds;
#endif
}

size_t
os_unsent(int socket)
{
	int n = 0;

#if defined(FIONWRITE)
	ioctl(socket, FIONWRITE, &n);
#elif defined(TIOCOUTQ)
	ioctl(socket, TIOCOUTQ, &n);
#else
	(void)socket;
#endif
	return n > 0 ? (size_t)n : 0;
}

/* sendfile by hand.  What the socket does not take is read again next time. */
static ssize_t
send_copy(int socket, int file, off_t *offset, size_t n)
{
	char buffer[65536];
	ssize_t got, sent;

	got = pread(file, buffer, n < sizeof(buffer) ? n : sizeof(buffer),
	    *offset);
	if (got <= 0)
		return got;
	sent = write(socket, buffer, (size_t)got);
	if (sent > 0)
		*offset += sent;
	return sent;
}

/* Some file systems cannot feed a socket directly. */
ssize_t
os_sendfile(int socket, int file, off_t *offset, size_t n)
{
#ifdef HAVE_SYS_SENDFILE_H
	ssize_t sent = sendfile(socket, file, offset, n);

	if (sent != -1 || (errno != EINVAL && errno != ENOSYS))
		return sent;
#endif
	return send_copy(socket, file, offset, n);
}

/*
 * Files.  A path is followed, under the rules for links, to a place: a
 * directory that is held open and a name in it.  Whoever renames things
 * meanwhile gains nothing: what is opened is judged again by its own fstat(2).
 */
struct place {
	int		 dir;		/* AT_FDCWD: name is absolute */
	const char	*name;
	enum {
		LINKS_FINE,
		IS_NO_LINK,		/* name, which is one component */
		HAS_NO_LINKS		/* name, which may have several */
	}		 way;
	bool		 is_dir;	/* by a slash at its end */
	bool		 owned;		/* the file must be the owner's */
	uid_t		 owner;
	struct stat	 st;		/* what was there */
	char		 component[NAME_MAX + 1];
	char		 target[PATH_MAX];
};

static int
refuse(int error)
{
	errno = error;
	return -1;
}

/* openat2(2), or ENOSYS.  A sandbox that is older than the call says EPERM.  As
 * openat2 takes flags as they are, large files must be asked for. */
static int
open_no_links(int dir, const char *name, int flags)
{
#ifdef CAN_OPENAT2
	struct open_how how;
	int fd;

	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)(flags & O_PATH ? flags : flags | O_LARGEFILE);
	how.resolve = RESOLVE_NO_SYMLINKS;
	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	return fd == -1 && errno == EPERM ? refuse(ENOSYS) : fd;
#else
	(void)dir;
	(void)name;
	(void)flags;
	return refuse(ENOSYS);
#endif
}

/* May the place hold what st says? */
static int
judge(const struct place *p, const struct stat *st)
{
	if (p->owned && st->st_uid != p->owner)
		return refuse(EACCES);
	if (p->is_dir && !S_ISDIR(st->st_mode))
		return refuse(ENOTDIR);
	return 0;
}

/*
 * Read the symbolic link name in dir into target, its length is the result, and
 * its state into *st: both from the same link, even if somebody exchanges it.
 */
static ssize_t
read_link(int dir, const char *name, char target[PATH_MAX], struct stat *st)
{
	ssize_t n = -1;
#ifdef O_PATH
	int fd = openat(dir, name, LOOK | O_NOFOLLOW);

	if (fd == -1)
		return -1;
	if (fstat(fd, st) != -1 && S_ISLNK(st->st_mode))
		n = readlinkat(fd, "", target, PATH_MAX);
	else
		errno = EACCES;
	close_quietly(fd);
#else
	struct stat before;

	if (fstatat(dir, name, &before, AT_SYMLINK_NOFOLLOW) != -1)
		n = readlinkat(dir, name, target, PATH_MAX);
	if (n == -1)
		return refuse(errno == EINVAL ? EACCES : errno);
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	/* Renaming or linking it there and back would change its ctime. */
	if (st->st_ino != before.st_ino ||
	    st->st_ctim.tv_sec != before.st_ctim.tv_sec ||
	    st->st_ctim.tv_nsec != before.st_ctim.tv_nsec)
		return refuse(EACCES);
#endif
	return n;
}

/*
 * Settle what component in p->dir is.  A link with the right owner becomes the
 * place that it names: which links lie on the way there does not matter, for it
 * is the file at their end that must belong to the link's owner.
 */
static int
settle(struct place *p, enum os_links links)
{
	ssize_t n;

	p->name = p->component;
	p->way = IS_NO_LINK;
	p->owned = false;
	if (fstatat(p->dir, p->name, &p->st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (!S_ISLNK(p->st.st_mode))
		return 0;
	if (links == OS_LINKS_NONE)
		return refuse(EACCES);
	n = read_link(p->dir, p->name, p->target, &p->st);
	if (n == -1)
		return -1;
	if (n == PATH_MAX)
		return refuse(ENAMETOOLONG);
	p->target[n] = '\0';
	p->owner = p->st.st_uid;
	p->name = p->target;
	p->way = LINKS_FINE;
	p->owned = true;
	return fstatat(p->dir, p->name, &p->st, 0);
}

/* Go down into the directory that was settled. */
static int
enter(struct place *p)
{
	struct stat st;
	int fd;

	fd = openat(p->dir, p->name,
	    p->way == IS_NO_LINK ? PASS | O_NOFOLLOW : PASS);
	if (fd == -1)
		return -1;
	close(p->dir);
	p->dir = fd;
	return fstat(fd, &st) == -1 ? -1 : judge(p, &st);
}

/* Follow rest, which has no slash in front, down from p->dir. */
static int
walk(struct place *p, const char *rest, enum os_links links)
{
	size_t n;

	for (;;) {
		n = strcspn(rest, "/");
		if (n > NAME_MAX)
			return refuse(ENAMETOOLONG);
		memcpy(p->component, rest, n);
		p->component[n] = '\0';
		if (settle(p, links) == -1)
			return -1;
		rest += n;
		p->is_dir = *rest == '/';
		rest += strspn(rest, "/");
		if (*rest == '\0')
			return judge(p, &p->st);
		if (enter(p) == -1)
			return -1;
	}
}

/* Look at rest in p->dir, where no links at all is the usual case. */
static int
find_below(struct place *p, const char *rest, enum os_links links)
{
	int fd = open_no_links(p->dir, rest, LOOK), result;

	if (fd == -1 && errno == ELOOP && links == OS_LINKS_NONE)
		return refuse(EACCES);
	if (fd == -1 && (errno == ELOOP || errno == ENOSYS))
		return walk(p, rest, links);
	if (fd == -1)
		return -1;
	p->name = rest;
	p->way = HAS_NO_LINKS;
	result = fstat(fd, &p->st);
	close_quietly(fd);
	return result;
}

static bool
has_dot_dot(const char *path)
{
	const char *p;

	for (p = path; (p = strstr(p, "/..")) != NULL; p += 3)
		if (p[3] == '/' || p[3] == '\0')
			return true;
	return false;
}

/* The length of the administrator's part: whole components. */
static size_t
root_length(const char *path, size_t root_n)
{
	size_t n = strlen(path);

	if (root_n > n)
		root_n = n;
	while (root_n > 0 && path[root_n] != '\0' && path[root_n] != '/')
		root_n--;
	return root_n;
}

/* Fill *p; the caller calls place_end() in any case. */
static int
find_place(struct place *p, const char *path, size_t root_n,
    enum os_links links)
{
	const char *rest;

	p->dir = AT_FDCWD;
	p->name = path;
	p->way = LINKS_FINE;
	p->is_dir = p->owned = false;
	if (path[0] != '/' || has_dot_dot(path))
		return refuse(EINVAL);
	root_n = root_length(path, root_n);
	rest = path + root_n + strspn(path + root_n, "/");
	if (links == OS_LINKS_FOLLOW || *rest == '\0')
		return stat(path, &p->st);
	if (root_n >= sizeof(p->target))
		return refuse(ENAMETOOLONG);
	memcpy(p->target, path, root_n);
	p->target[root_n] = '\0';
	p->dir = open(root_n > 0 ? p->target : "/", PASS);
	if (p->dir == -1)
		return -1;
	return find_below(p, rest, links);
}

static void
place_end(const struct place *p)
{
	if (p->dir >= 0)
		close_quietly(p->dir);
}

static bool
harmless(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* To open a device or a FIFO can do something already, so a look comes first;
 * READ makes it harmless should one appear just then. */
static int
place_open(const struct place *p, struct stat *st)
{
	int fd;

	if (!harmless(&p->st))
		return refuse(ENXIO);
	if (p->way == HAS_NO_LINKS)
		fd = open_no_links(p->dir, p->name, READ);
	else
		fd = openat(p->dir, p->name,
		    p->way == IS_NO_LINK ? READ | O_NOFOLLOW : READ);
	if (fd == -1)
		return p->way != LINKS_FINE && errno == ELOOP ?
		    refuse(EACCES) : -1;
	if (fstat(fd, st) == -1 || judge(p, st) == -1) {
		close_quietly(fd);
		return -1;
	}
	if (!harmless(st)) {
		close(fd);
		return refuse(ENXIO);
	}
	return fd;
}

int
os_open_file(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	struct place p;
	int fd = -1;

	if (find_place(&p, path, root_n, links) != -1)
		fd = place_open(&p, st);
	place_end(&p);
	return fd;
}

int
os_stat_file(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	struct place p;
	int result = find_place(&p, path, root_n, links);

	if (result != -1)
		*st = p.st;
	place_end(&p);
	return result;
}

int
os_nameless_file(const char *directory)
{
	char path[PATH_MAX];
	int fd;

#ifdef O_TMPFILE
	/* Not every file system can. */
	fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR &&
	    errno != EINVAL))
		return fd;
#endif
	if (snprintf(path, sizeof(path), "%s/forkful.XXXXXX", directory) >=
	    (int)sizeof(path))
		return refuse(ENAMETOOLONG);
	fd = mkstemp(path);
	if (fd == -1)
		return -1;
	unlink(path);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

/*
 * Programs.  The child of vfork(2) borrows this process's memory and the
 * processor until it execs: it writes nowhere but into struct start and its own
 * stack, and calls only what is async-signal-safe.  All signals are blocked
 * meanwhile, so that no handler of ours runs in it.
 */
struct start {
	const struct os_program	*program;
	pid_t			 parent;
	/* The child's report; no step means that the program runs. */
	const char *volatile	 step;
	volatile int		 error;
};

/* exec gives caught signals their default back, but not ignored ones; and none
 * may be caught any more when the mask opens. */
static void
reset_signals(void)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM,
		SIGTERM, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU,
		SIGXFSZ, SIGWINCH
	};
	struct sigaction act;
	size_t i;

	memset(&act, 0, sizeof(act));
	act.sa_handler = SIG_DFL;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &act, NULL);
}

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

static pid_t
start_child(struct start *s)
{
#ifdef HAVE_VFORK
	pid_t pid = vfork();

	if (pid == 0) {
		run_child(s);
		_exit(127);
	}
	return pid;
#else
	int report[2];		/* closed by exec, so read() waits for it */
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
#endif
}

pid_t
os_start(const struct os_program *p, const char **step)
{
	struct start s = { .program = p, .parent = getpid() };
	sigset_t all, old;
	pid_t pid;

	/* In the parent, for those that come later, too. */
	if (p->in == -1 || p->out == -1 || p->err == -1)
		dev_null();
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
os_fork(int keep)
{
	pid_t parent = getpid(), pid;
	sigset_t all, old, none;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid != 0) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		return pid;
	}
	os_die_with_parent(SIGKILL);
	if (getppid() != parent)
		_exit(127);
	reset_signals();
	close_above_two(keep);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

/* The process and the machine. */

void *
os_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

int
os_become(const char *name, uid_t uid, gid_t gid)
{
	if ((name != NULL ? initgroups(name, gid) : setgroups(1, &gid)) == -1)
		return -1;
	if (setgid(gid) == -1 || setuid(uid) == -1)
		return -1;
	if (getuid() != uid || geteuid() != uid ||
	    getgid() != gid || getegid() != gid)
		return refuse(EPERM);
	if (uid != 0 && (setuid(0) != -1 || seteuid(0) != -1))
		return refuse(EPERM);
	if (uid != 0 && gid != 0 && setgid(0) != -1)
		return refuse(EPERM);
	return 0;
}

void
os_die_with_parent(int sig)
{
#ifdef HAVE_SYS_PRCTL_H
	prctl(PR_SET_PDEATHSIG, sig);
#else
	(void)sig;
#endif
}

void
os_random(void *p, size_t n)
{
	unsigned char *at = p;
	ssize_t got;
	int fd;

#ifdef HAVE_GETENTROPY
	for (; n >= 256 && getentropy(at, 256) == 0; n -= 256)
		at += 256;
	if (n < 256 && getentropy(at, n) == 0)
		return;
#endif
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	for (; n > 0; n -= (size_t)got, at += got) {
		do
			got = read(fd, at, n);
		while (got == -1 && errno == EINTR);
		if (got <= 0) {
			fprintf(stderr, "forkful: no random bytes here\n");
			abort();
		}
	}
	close(fd);
}

int
os_processors(void)
{
	long n = 0;
#ifdef HAVE_SCHED_GETAFFINITY
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
#endif
	if (n < 1)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n >= 1 && n <= INT_MAX ? (int)n : 1;
}

int64_t
os_memory(void)
{
#ifdef _SC_PHYS_PAGES
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	if (pages > 0 && size > 0)
		return (int64_t)pages * size;
#endif
	return (int64_t)1 << 30;
}

void
os_load_averages(double load[3])
{
	int n = 0;

#ifdef HAVE_GETLOADAVG
	n = getloadavg(load, 3);
#endif
	for (n = n < 0 ? 0 : n; n < 3; n++)
		load[n] = 0;
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

/* Where to stop looking for open fds: starters leave few behind, and those with
 * low numbers. */
static int
last_fd(void)
{
	long n = sysconf(_SC_OPEN_MAX);

	return n < 0 || n > 65536 ? 65536 : (int)n;
}

long
os_fds_in_use(void)
{
	long n = 0;
	int fd, last = last_fd();

	for (fd = 0; fd < last; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

void
os_keep_inherited(void)
{
	int fd, last = last_fd();

	for (fd = 3; fd < last; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void
os_process_name(const char *name)
{
#if defined(HAVE_SETPROCTITLE)
	setproctitle("-%s", name);
#elif defined(HAVE_SYS_PRCTL_H)
	prctl(PR_SET_NAME, name);
#else
	(void)name;
#endif
}

const char *
os_features(void)
{
	return
#ifdef HAVE_EPOLL
	    "epoll"
#else
	    "poll"
#endif
#ifdef HAVE_ACCEPT4
	    " accept4"
#endif
#ifdef HAVE_SYS_SENDFILE_H
	    " sendfile"
#endif
#ifdef CAN_OPENAT2
	    " openat2"
#endif
#ifdef HAVE_VFORK
	    " vfork"
#endif
#ifdef HAVE_SYS_PRCTL_H
	    " pdeathsig"
#endif
#ifdef HAVE_LINUX_CONFINEMENT
	    " landlock seccomp"
#endif
	    ;
}
