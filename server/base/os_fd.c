/*
 * os_fd.c - pipes, sockets and sendfile; the contracts stand in base/os.h.
 *
 * Invariant: no fd made here is ever without close-on-exec while a program
 * could be started.  The server has one thread per process, so that setting
 * the flag after the fact, where a system knows no other way, is early enough.
 */
#include "config.h"

#include <sys/ioctl.h>
#ifdef HAVE_SYS_SENDFILE_H
#include <sys/sendfile.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/os.h"
#include "base/os_inside.h"

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

size_t
os_pipe_filled(int fd)
{
	int n = 0;

#ifdef FIONREAD
	if (ioctl(fd, FIONREAD, &n) == -1)
		return 0;
#else
	(void)fd;
#endif
	return (size_t)n;
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
os_segment(int socket)
{
	int n = 0;

#ifdef TCP_MAXSEG
	if (getsockopt(socket, IPPROTO_TCP, TCP_MAXSEG, &n,
	    &(socklen_t){ sizeof(n) }) == -1)
		return 0;
#else
	(void)socket;
#endif
	return n > 0 ? (size_t)n : 0;
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
