/*
 * os.c - the process and the machine: what differs between systems.
 *
 * It and its neighbours, os_fd.c (pipes and sockets), os_file.c (files) and
 * os_start.c (programs), must know nothing of HTTP, of the configuration, or of
 * the server's processes.  Each function says the same on every system; where
 * only some can keep a promise, the header says so.
 */
#include "config.h"

#include <sys/mman.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_SCHED_GETAFFINITY
#include <sys/syscall.h>
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
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"
#include "base/os_inside.h"

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

#if defined(SYS_sched_getattr) && defined(SYS_sched_setattr)

/* The first version of Linux's; all later ones take it. */
struct turns {
	uint32_t	size, policy;
	uint64_t	flags;
	int32_t		nice;
	uint32_t	priority;
	uint64_t	turn_ns, deadline, period;
};

void
os_short_turns(unsigned us)
{
	enum { POLICY_USUAL = 0, FLAG_RESET_ON_FORK = 1 };
	static bool ours;		/* turns have been chosen here */
	struct turns t = { 0 };
	uint64_t ns = (uint64_t)us * 1000;

	if (syscall(SYS_sched_getattr, 0, &t, sizeof(t), 0) == -1)
		return;
	/* Whoever wanted something else of us, wanted it.  Programs would not
	 * get a nice value below zero from us any more, either.  Before Linux
	 * 6.12 there are no turns to be chosen, and they say 0. */
	if (t.policy != POLICY_USUAL || t.nice < 0 || t.turn_ns == 0 ||
	    (!ours && t.turn_ns <= ns) || (!ours && ns == 0))
		return;
	ours = true;
	t.turn_ns = ns;
	t.flags |= FLAG_RESET_ON_FORK;
	t.size = sizeof(t);
	syscall(SYS_sched_setattr, 0, &t, 0);
}

#else

void
os_short_turns(unsigned us)
{
	(void)us;
}

#endif

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

/* Where to stop trying for open fds: starters leave few behind, and those with
 * low numbers. */
static int
last_fd(void)
{
	long n = sysconf(_SC_OPEN_MAX);

	return n < 0 || n > 65536 ? 65536 : (int)n;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Call found for each open fd; how many there are.  Where the system has no
 * list, or does not show it, all numbers are tried. */
static long
each_fd(void (*found)(int fd))
{
	DIR *list = opendir("/proc/self/fd");
	const struct dirent *entry;
	int fd, last = last_fd();
	long n = 0;

	if (list == NULL) {
		for (fd = 0; fd < last; fd++)
			if (is_open(fd)) {
				found(fd);
				n++;
			}
		return n;
	}
	while ((entry = readdir(list)) != NULL) {
		fd = atoi(entry->d_name);
		if (entry->d_name[0] == '.' || fd == dirfd(list))
			continue;
		found(fd);
		n++;
	}
	closedir(list);
	return n;
}

static void
leave_it(int fd)
{
	(void)fd;
}

static void
close_on_exec(int fd)
{
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

long
os_fds_in_use(void)
{
	return each_fd(leave_it);
}

void
os_keep_inherited(void)
{
	each_fd(close_on_exec);
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
	    "EPOLL"
#else
	    "POLL"
#endif
#ifdef HAVE_ACCEPT4
	    " ACCEPT4"
#endif
#ifdef TCP_DEFER_ACCEPT
	    " DEFER_ACCEPT"
#endif
#ifdef HAVE_SYS_SENDFILE_H
	    " SENDFILE"
#endif
#ifdef HAVE_SYS_INOTIFY_H
	    " INOTIFY"
#endif
#ifdef CAN_OPENAT2
	    " OPENAT2"
#endif
#ifdef O_TMPFILE
	    " TMPFILE"
#endif
#ifdef HAVE_PIPE2
	    " PIPE2"
#endif
#ifdef F_SETPIPE_SZ
	    " SETPIPE_SZ"
#endif
#ifdef HAVE_CLONE3
	    " CLONE3"
#endif
#ifdef HAVE_VFORK
	    " VFORK"
#endif
#ifdef HAVE_CLOSE_RANGE
	    " CLOSE_RANGE"
#endif
#ifdef HAVE_SYS_PRCTL_H
	    " PDEATHSIG"
#endif
#ifdef HAVE_LINUX_CONFINEMENT
	    " LANDLOCK SECCOMP"
#endif
#ifdef HAVE_GETENTROPY
	    " GETENTROPY"
#endif
#ifdef HAVE_CRYPT
	    " CRYPT"
#endif
	    ;
}
