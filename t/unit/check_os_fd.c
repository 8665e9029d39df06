/*
 * check_os_fd.c - pipes, sockets and sendfile.
 *
 * os_fd.c is included, so that its ways for other systems are tested here, too.
 */
#include <sys/un.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/os_fd.c"

#include "run.h"
#include "tree.h"

static void
check_tame(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

START_TEST(pipes_are_tame)
{
	char byte;
	int ends[2];

	ck_assert_int_eq(os_pipe(ends), 0);
	check_tame(ends[0]);
	check_tame(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	os_pipe_grow(ends[1], 1 << 20);
	ck_assert_uint_eq(os_pipe_filled(ends[0]), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
#ifdef __linux__
	ck_assert_uint_eq(os_pipe_filled(ends[0]), 1);
#endif
	ck_assert_uint_eq(os_pipe_filled(-1), 0);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	os_pipe_grow(-1, SIZE_MAX);
	ck_assert_int_eq(os_nonblock(ends[0], false), 0);
	ck_assert_int_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(os_nonblock(ends[0], true), 0);
	check_tame(ends[0]);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(os_nonblock(ends[0], true), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

START_TEST(sockets_accept)
{
	struct sockaddr_in addr = { .sin_family = AF_INET }, peer;
	int listener = os_tcp_socket(AF_INET), client, fd;
	socklen_t n = sizeof(addr);

	check_tame(listener);
	ck_assert_int_ne(option(listener, SOL_SOCKET, SO_REUSEADDR), 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&addr, n), 0);
	ck_assert_int_eq(listen(listener, 5), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&addr, &n),
	    0);
	ck_assert_int_eq(os_accept(listener, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	os_defer_accept(listener, 1);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&addr, n), 0);
	ck_assert_int_eq(write(client, "x", 1), 1);
	poll(&(struct pollfd){ .fd = listener, .events = POLLIN }, 1, 2000);
	n = sizeof(peer);
	fd = os_accept(listener, (struct sockaddr *)&peer, &n);
	check_tame(fd);
	ck_assert_uint_eq(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	ck_assert_int_ne(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	close(fd);
	close(client);
	close(listener);
}
END_TEST

START_TEST(sockets_for_ipv6_only)
{
	int fd = os_tcp_socket(AF_INET6);

	if (fd == -1) {
		ck_assert_int_eq(errno, EAFNOSUPPORT);
		return;
	}
	check_tame(fd);
	ck_assert_int_ne(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	close(fd);
	ck_assert_int_eq(os_tcp_socket(-1), -1);
}
END_TEST

typedef ssize_t send_way(int socket, int file, off_t *offset, size_t n);

static send_way *const send_ways[] = { os_sendfile, send_copy };

static void
fill_file(char *bytes, size_t n)
{
	int fd = open(tree_path("big"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

START_TEST(files_are_sent)
{
	static char bytes[300000], got[300000];
	size_t n = 0, sent = 0;
	int file, ends[2];
	off_t offset = 10;
	ssize_t result;

	fill_file(bytes, sizeof(bytes));
	file = open(tree_path("big"), O_RDONLY);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	ck_assert_int_eq(os_nonblock(ends[0], true), 0);
	ck_assert_int_eq(os_nonblock(ends[1], true), 0);
	for (;;) {
		result = send_ways[_i](ends[0], file, &offset, 500000);
		if (result == 0)
			break;
		if (result == -1)
			ck_assert_int_eq(errno, EAGAIN);
		else
			sent += (size_t)result;
		ck_assert_int_eq(offset, (off_t)(10 + sent));
		while ((result = read(ends[1], got + n, sizeof(got) - n)) > 0)
			n += (size_t)result;
	}
	ck_assert_uint_eq(n, sizeof(bytes) - 10);
	ck_assert_mem_eq(got, bytes + 10, n);
	offset = 5;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), 3);
	ck_assert_int_eq(read(ends[1], got, sizeof(got)), 3);
	ck_assert_mem_eq(got, bytes + 5, 3);
	offset = 1 << 30;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), 0);
	close(ends[1]);
	signal(SIGPIPE, SIG_IGN);
	offset = 0;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(offset, 0);
	close(ends[0]);
	close(file);
}
END_TEST

/* Files that the kernel makes up as they are read. */
START_TEST(odd_files_are_sent)
{
	int file = open("/proc/self/status", O_RDONLY), ends[2];
	char got[100];
	off_t offset = 0;

	if (file == -1)
		return;
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	ck_assert_int_gt(os_sendfile(ends[0], file, &offset, 4), 0);
	ck_assert_int_ge(read(ends[1], got, sizeof(got)), 1);
	ck_assert_int_eq(got[0], 'N');
	close(file);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* What nobody has read is on its way for ever. */
START_TEST(unsent_bytes_are_told)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	static char bytes[65536];
	int door = os_tcp_socket(AF_INET), fd = socket(AF_INET, SOCK_STREAM, 0);
	int i;

	ck_assert_int_eq(bind(door, (struct sockaddr *)&at, n), 0);
	ck_assert_int_eq(listen(door, 1), 0);
	getsockname(door, (struct sockaddr *)&at, &n);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, n), 0);
	ck_assert_uint_eq(os_unsent(fd), 0);
	ck_assert_uint_gt(os_segment(fd), 500);
	os_nonblock(fd, true);
	for (i = 0; i < 1000 && write(fd, bytes, sizeof(bytes)) > 0; i++)
		continue;
#ifdef __linux__
	ck_assert_uint_gt(os_unsent(fd), 0);
#endif
	ck_assert_uint_eq(os_unsent(-1), 0);
	ck_assert_uint_eq(os_segment(-1), 0);
	close(fd);
	close(door);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("fds");

	tcase_add_checked_fixture(tc, tree_new, tree_end);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, pipes_are_tame);
	tcase_add_test(tc, sockets_accept);
	tcase_add_test(tc, sockets_for_ipv6_only);
	tcase_add_loop_test(tc, files_are_sent, 0, COUNT(send_ways));
	tcase_add_test(tc, odd_files_are_sent);
	tcase_add_test(tc, unsent_bytes_are_told);
	return run_case("os_fd", tc);
}
