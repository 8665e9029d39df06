/*
 * errand.c - see errand.h.
 *
 * A message is a struct of numbers, then the strings, each with its NUL.  Both
 * sides are forks of one program, so the layout needs no care; what comes from
 * a worker is checked all the same, as a worker may have been broken into.
 */
#include "script/errand.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/text.h"

enum {
	MESSAGE_MAX	= 4 * 1024 * 1024,
	STRINGS_MAX	= 8192,		/* of argv and envp together */
	LIMITS_MAX	= 16,
	N_FDS		= 4,
};

struct wire {
	uint32_t	kind, id;
	int32_t		number, error;
	int64_t		user_us, system_us, memory;
	int32_t		umask, nice;
	uint32_t	has_fd[N_FDS];
	uint32_t	owner, confined, no_new_privs, filtered, sockets;
	uint32_t	n_limits, n_argv, n_envp;
	struct {
		int32_t	 resource;
		uint64_t soft, hard;
	} limits[LIMITS_MAX];
};

union control {
	struct cmsghdr	header;
	char		room[CMSG_SPACE(N_FDS * sizeof(int))];
};

int
errand_pair(int ends[2])
{
	int size = MESSAGE_MAX;

#ifdef SOCK_SEQPACKET
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
		return -1;
#else
	errno = ENOSYS;
	return -1;
#endif
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		os_nonblock(ends[i], true);
		/* Beyond the usual bound, where root may ask for it. */
#ifdef SO_SNDBUFFORCE
		if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUFFORCE, &size,
		    sizeof(size)) == 0)
			continue;
#endif
		setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size,
		    sizeof(size));
	}
	return 0;
}

/* ---- Sending ------------------------------------------------------------- */

static void
add_string(struct text *t, const char *z)
{
	text_addz(t, z);
	text_addc(t, '\0');
}

static uint32_t
add_strings(struct text *t, char *const *z)
{
	uint32_t n = 0;

	for (; z[n] != NULL; n++)
		add_string(t, z[n]);
	return n;
}

static void
write_program(struct wire *w, struct text *t, const struct errand *e)
{
	const struct os_program *p = &e->program;
	const struct confine *c = p->confine;

	w->umask = p->umask;
	w->nice = p->nice;
	w->owner = e->who.owner;
	w->confined = c != NULL;
	if (c != NULL) {
		w->no_new_privs = c->no_new_privs;
		w->filtered = c->filtered;
		w->sockets = c->sockets;
	}
	for (size_t i = 0; i < p->n_limits && i < LIMITS_MAX; i++) {
		w->limits[i].resource = p->limits[i].resource;
		w->limits[i].soft = p->limits[i].limit.rlim_cur;
		w->limits[i].hard = p->limits[i].limit.rlim_max;
		w->n_limits++;
	}
	add_string(t, e->who.user);
	add_string(t, e->who.group);
	add_string(t, p->path);
	add_string(t, p->directory);
	w->n_argv = add_strings(t, p->argv);
	w->n_envp = add_strings(t, p->envp);
}

static void
attach(struct msghdr *m, union control *control, const int *fds, size_t n)
{
	struct cmsghdr *c;

	if (n == 0)
		return;
	memset(control, 0, sizeof(*control));
	m->msg_control = control->room;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
}

static int
send_message(int fd, struct msghdr *m)
{
	ssize_t sent;

#ifndef MSG_NOSIGNAL
	enum { MSG_NOSIGNAL = 0 };	/* SIGPIPE is ignored anyway */
#endif
	do
		sent = sendmsg(fd, m, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? -1 : 0;
}

int
errand_send(int fd, const struct errand *e)
{
	struct wire w = { .kind = e->kind, .id = e->id, .number = e->number };
	struct text t = { .arena = arena_new() };
	struct iovec parts[2] = { { &w, sizeof(w) } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;
	int fds[N_FDS], result;
	size_t n = 0;

	w.user_us = (int64_t)e->used.ru_utime.tv_sec * 1000000 +
	    e->used.ru_utime.tv_usec;
	w.system_us = (int64_t)e->used.ru_stime.tv_sec * 1000000 +
	    e->used.ru_stime.tv_usec;
	w.memory = e->used.ru_maxrss;
	if (e->kind == ERRAND_START)
		write_program(&w, &t, e);
	else if (e->kind == ERRAND_REFUSED)
		add_string(&t, e->why);
	for (int i = 0; i < N_FDS && e->kind == ERRAND_START; i++)
		if ((w.has_fd[i] = e->fds[i] >= 0))
			fds[n++] = e->fds[i];
	attach(&m, &control, fds, n);
	parts[1] = (struct iovec){ t.at, t.n };
	result = t.n + sizeof(w) > MESSAGE_MAX ? (errno = EMSGSIZE, -1) :
	    send_message(fd, &m);
	arena_end(t.arena);
	return result;
}

int
errand_pass(int fd, int passed)
{
	struct iovec part = { (char[]){ 's' }, 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control;

	attach(&m, &control, &passed, 1);
	return send_message(fd, &m);
}

/* ---- Receiving ----------------------------------------------------------- */

/* The fds of a message, at most max are kept; how many. */
static size_t
detach(struct msghdr *m, int *fds, size_t max)
{
	size_t n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	    c = CMSG_NXTHDR(m, c)) {
		size_t have = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < have; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(fd));
			fcntl(fd, F_SETFD, FD_CLOEXEC);
			if (n < max)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

static ssize_t
receive_message(int fd, struct msghdr *m)
{
	ssize_t n;

#ifndef MSG_CMSG_CLOEXEC
	enum { MSG_CMSG_CLOEXEC = 0 };
#endif
	do
		n = recvmsg(fd, m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	return n;
}

/* Take a string off the front of *rest; NULL when there is none. */
static char *
next_string(struct str *rest, struct arena *a)
{
	ptrdiff_t n = str_find(*rest, '\0');
	char *z;

	if (n == -1)
		return NULL;
	z = str_z(a, str_first(*rest, (size_t)n));
	*rest = str_from(*rest, (size_t)n + 1);
	return z;
}

static char *const *
next_strings(struct str *rest, size_t n, struct arena *a)
{
	char **z = arena_many(a, char *, n + 1);

	for (size_t i = 0; i < n; i++)
		if ((z[i] = next_string(rest, a)) == NULL)
			return NULL;
	return z;
}

static bool
read_program(struct errand *e, const struct wire *w, struct str rest,
    struct arena *a)
{
	struct os_program *p = &e->program;
	struct os_limit *limits = arena_many(a, struct os_limit, LIMITS_MAX);

	if (w->n_limits > LIMITS_MAX || w->n_argv > STRINGS_MAX ||
	    w->n_envp > STRINGS_MAX || w->n_argv == 0 ||
	    w->sockets > SECCOMP_ALL_SOCKETS)
		return false;
	p->umask = w->umask < -1 || w->umask > 0777 ? 077 : w->umask;
	p->nice = w->nice < 0 ? 0 : w->nice;
	p->in = e->fds[0];
	p->out = e->fds[1];
	p->err = e->fds[2];
	for (uint32_t i = 0; i < w->n_limits; i++)
		limits[i] = (struct os_limit){ w->limits[i].resource,
		    { w->limits[i].soft, w->limits[i].hard } };
	p->limits = limits;
	p->n_limits = w->n_limits;
	e->confine = (struct confine){ .no_new_privs = w->no_new_privs,
	    .filtered = w->filtered, .ruleset = e->fds[3],
	    .sockets = (enum seccomp_sockets)w->sockets };
	p->confine = w->confined ? &e->confine : NULL;
	e->who.owner = w->owner;
	e->who.user = next_string(&rest, a);
	e->who.group = next_string(&rest, a);
	p->path = next_string(&rest, a);
	p->directory = next_string(&rest, a);
	p->argv = next_strings(&rest, w->n_argv, a);
	p->envp = next_strings(&rest, w->n_envp, a);
	return p->argv != NULL && p->envp != NULL && p->directory != NULL;
}

/* Sort the fds that came to those that were announced. */
static bool
place_fds(struct errand *e, const struct wire *w, const int *fds, size_t n)
{
	size_t used = 0;

	for (int i = 0; i < N_FDS; i++)
		if (w->has_fd[i] && used < n)
			e->fds[i] = fds[used++];
		else if (w->has_fd[i])
			return false;
	for (; used < n; used++)
		close(fds[used]);
	return true;
}

static struct timeval
time_of(int64_t us)
{
	return (struct timeval){ us / 1000000, us % 1000000 };
}

static bool
understand(struct errand *e, const char *message, size_t n, const int *fds,
    size_t n_fds, struct arena *a)
{
	struct str rest;
	struct wire w;

	if (n < sizeof(w))
		memset(&w, 0, sizeof(w));
	else
		memcpy(&w, message, sizeof(w));
	if (!place_fds(e, &w, fds, n_fds) || n < sizeof(w) ||
	    w.kind > ERRAND_ENDED)
		return false;
	e->kind = w.kind;
	e->id = w.id;
	e->number = w.number;
	e->used.ru_utime = time_of(w.user_us);
	e->used.ru_stime = time_of(w.system_us);
	e->used.ru_maxrss = (long)w.memory;
	rest = str_n(message + sizeof(w), n - sizeof(w));
	if (e->kind == ERRAND_REFUSED)
		return (e->why = next_string(&rest, a)) != NULL;
	return e->kind != ERRAND_START || read_program(e, &w, rest, a);
}

int
errand_receive(int fd, struct errand *e, struct arena *a)
{
	static char *room;
	struct iovec part;
	union control control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control.room, .msg_controllen = sizeof(control) };
	int fds[N_FDS];
	size_t n_fds;
	ssize_t n;

	*e = (struct errand){ .fds = { -1, -1, -1, -1 } };
	if (room == NULL && (room = malloc(MESSAGE_MAX)) == NULL)
		abort();
	part = (struct iovec){ room, MESSAGE_MAX };
	n = receive_message(fd, &m);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n <= 0)
		return -1;
	n_fds = detach(&m, fds, N_FDS);
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 &&
	    understand(e, room, (size_t)n, fds, n_fds, a))
		return 1;
	errand_close(e);
	return -1;
}

void
errand_close(struct errand *e)
{
	for (int i = 0; i < N_FDS; i++) {
		if (e->fds[i] >= 0)
			close(e->fds[i]);
		e->fds[i] = -1;
	}
}

int
errand_take(int fd)
{
	struct iovec part = { (char[1]){ 0 }, 1 };
	union control control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control.room, .msg_controllen = sizeof(control) };
	ssize_t n = receive_message(fd, &m);
	int taken;

	if (n == 0)
		errno = 0;
	if (n <= 0)
		return -1;
	errno = EAGAIN;
	return detach(&m, &taken, 1) == 1 ? taken : -1;
}
