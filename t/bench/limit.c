/*
 * limit.c - the least that an answer can cost: a loop of epoll that parses and
 * logs nothing and sends the same bytes for whatever comes.
 *
 *	limit canned PORT BYTES [STATUS]   one answer for each read
 *	limit pipelined PORT BYTES	   one for each request in what was read
 *	limit file PORT FILE		   a head, then sendfile(2), two full
 *					   segments in a turn
 *	limit program PORT FILE		   what the program prints: whole when
 *					   it is short, else as it comes
 *
 * A yardstick and no server: do not let it near a network.
 */
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CANNED, PIPELINED, FILES, PROGRAMS };

struct peer {
	int	 fd;
	off_t	 left;		/* of the file */
};

static int mode = CANNED, poller, listener, file = -1;
static char *answer;
static size_t answer_n;
static off_t file_n;
static char *program;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
watch(struct peer *p, uint32_t events, int how)
{
	struct epoll_event e = { .events = events, .data.ptr = p };

	if (epoll_ctl(poller, how, p->fd, &e) == -1)
		die("epoll_ctl");
}

static void
hang_up(struct peer *p)
{
	close(p->fd);
	free(p);
}

static pid_t
start(int out)
{
	char *argv[] = { program, NULL }, *envp[] = { NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		dup2(out, 1);
		execve(program, argv, envp);
		_exit(127);
	}
	return pid;
}

/* Send all of it, waiting as long as it takes; false when nobody wants it. */
static bool
send_all(int fd, struct iovec *part, int n)
{
	while (n > 0) {
		ssize_t sent = writev(fd, part, n);

		if (sent == -1 && errno == EAGAIN)
			poll(&(struct pollfd){ fd, POLLOUT, 0 }, 1, -1);
		else if (sent == -1)
			return false;
		for (; n > 0 && sent >= (ssize_t)part->iov_len; part++, n--)
			sent -= (ssize_t)part->iov_len;
		if (n > 0 && sent > 0) {
			part->iov_base = (char *)part->iov_base + sent;
			part->iov_len -= (size_t)sent;
		}
	}
	return true;
}

/* Fill room from the program's pipe; less than all of it at the end. */
static size_t
read_all(int fd, char *room, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size && (got = read(fd, room + n, size - n)) > 0)
		n += (size_t)got;
	return n;
}

/* Take a program's own head off the n bytes in room. */
static size_t
skip_head(char *room, size_t n)
{
	char *end = memmem(room, n, "\r\n\r\n", 4);
	size_t used = end != NULL ? (size_t)(end + 4 - room) : 0;

	if (end == NULL && (end = memmem(room, n, "\n\n", 2)) != NULL)
		used = (size_t)(end + 2 - room);
	memmove(room, room + used, n - used);
	return n - used;
}

/* Two full segments; they grow with the peer's window. */
static size_t
turn(int fd)
{
	int segment = 1448;
	socklen_t n = sizeof(segment);

	getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, &n);
	return 2 * (size_t)segment;
}

/* Chunks, of which the first has n bytes in room; the others and their frames
 * fill a turn. */
static void
relay(int fd, int pipe, char *room, size_t n)
{
	const char *begin = "HTTP/1.1 200 OK\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n";
	char line[128];
	ssize_t got = (ssize_t)n;

	fcntl(pipe, F_SETPIPE_SZ, 1 << 20);
	for (;; begin = "", got = read(pipe, room, turn(fd) - 9)) {
		int written = snprintf(line, sizeof(line), "%s%zx\r\n%s",
		    begin, got > 0 ? (size_t)got : 0, got > 0 ? "" : "\r\n");
		struct iovec parts[3] = { { line, (size_t)written },
		    { room, got > 0 ? (size_t)got : 0 },
		    { (char[]){ "\r\n" }, got > 0 ? 2 : 0 } };

		if (!send_all(fd, parts, 3) || got <= 0)
			return;
	}
}

static void
run(int fd)
{
	static char room[1 << 20];
	char head[64];
	bool long_one;
	size_t n;
	int pipes[2], status;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) == -1)
		die("pipe2");
	pid = start(pipes[1]);
	close(pipes[1]);
	n = read_all(pipes[0], room, 1 << 16);
	long_one = n == 1 << 16;
	n = skip_head(room, n);
	if (long_one) {
		relay(fd, pipes[0], room, n);
	} else {
		struct iovec parts[2] = { { head, (size_t)snprintf(head,
		    sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu"
		    "\r\n\r\n", n) }, { room, n } };

		send_all(fd, parts, 2);
	}
	close(pipes[0]);
	waitpid(pid, &status, 0);
}

/* before: bytes of the head, which share the first segment. */
static void
send_file(struct peer *p, size_t before)
{
	off_t at = file_n - p->left;
	ssize_t n = sendfile(p->fd, file, &at, turn(p->fd) - before);

	if (n == 0 || (n == -1 && errno != EAGAIN)) {
		hang_up(p);
		return;
	}
	if (n > 0)
		p->left -= n;
	if (p->left > 0 && before > 0)
		watch(p, EPOLLOUT, EPOLL_CTL_MOD);
	else if (p->left == 0 && before == 0)
		watch(p, EPOLLIN, EPOLL_CTL_MOD);
}

/* How many requests end in what was read. */
static size_t
count(const char *p, size_t n)
{
	size_t ends = 0;

	for (size_t i = 3; i < n; i++)
		ends += p[i] == '\n' && p[i - 2] == '\n';
	return ends;
}

static void
requests(struct peer *p)
{
	static char in[64 * 1024];
	ssize_t n = recv(p->fd, in, sizeof(in), 0);
	size_t times = 1;

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		hang_up(p);
		return;
	}
	if (mode == PIPELINED)
		times = count(in, (size_t)n);
	if (mode == PROGRAMS)
		run(p->fd);
	else if (send(p->fd, answer, answer_n * times, MSG_NOSIGNAL |
	    (mode == FILES ? MSG_MORE : 0)) == -1)
		return;
	if (mode == FILES) {
		p->left = file_n;
		send_file(p, answer_n);
	}
}

static void
guests(void)
{
	int fd, one = 1;

	while ((fd = accept4(listener, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
		struct peer *p = calloc(1, sizeof(*p));

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		p->fd = fd;
		watch(p, EPOLLIN, EPOLL_CTL_ADD);
	}
}

/* A canned answer, often enough for all that one read may ask for. */
static void
can(size_t bytes, const char *status, size_t times)
{
	size_t room = bytes + 256;
	char *one = malloc(room);

	answer_n = (size_t)snprintf(one, room, "HTTP/1.1 %s\r\nServer: limit"
	    "\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
	    status, bytes);
	if (mode == FILES)
		bytes = 0;
	memset(one + answer_n, 'x', bytes);
	answer_n += bytes;
	answer = malloc(answer_n * times);
	for (size_t i = 0; i < times; i++)
		memcpy(answer + i * answer_n, one, answer_n);
	free(one);
}

static void
listen_at(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static struct peer door;
	int one = 1;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(listener, 511) == -1)
		die("listen");
	door.fd = listener;
	poller = epoll_create1(EPOLL_CLOEXEC);
	watch(&door, EPOLLIN, EPOLL_CTL_ADD);
}

static void
prepare(const char *what, const char *status)
{
	if (mode == CANNED || mode == PIPELINED) {
		can((size_t)atol(what), status, mode == CANNED ? 1 : 1024);
	} else if (mode == FILES) {
		file = open(what, O_RDONLY | O_CLOEXEC);
		if (file == -1)
			die(what);
		file_n = lseek(file, 0, SEEK_END);
		can((size_t)file_n, status, 1);
	} else {
		program = strdup(what);
	}
}

/* "404", "Not", "Found" in one. */
static const char *
joined(int argc, char **argv)
{
	static char room[256];

	for (int i = 0; i < argc; i++) {
		size_t n = strlen(room);

		snprintf(room + n, sizeof(room) - n, "%s%s", n > 0 ? " " : "",
		    argv[i]);
	}
	return argc > 0 ? room : "200 OK";
}

static void
serve(void)
{
	for (;;) {
		struct epoll_event e[256];
		int n = epoll_wait(poller, e, 256, -1);

		for (int i = 0; i < n; i++) {
			struct peer *p = e[i].data.ptr;

			if (p->fd == listener)
				guests();
			else if (e[i].events & EPOLLOUT)
				send_file(p, 0);
			else
				requests(p);
		}
	}
}

int
main(int argc, char **argv)
{
	static const char *const modes[] = { "canned", "pipelined", "file",
	    "program", NULL };

	while (argc >= 4 && modes[mode] != NULL &&
	    strcmp(modes[mode], argv[1]) != 0)
		mode++;
	if (argc < 4 || modes[mode] == NULL) {
		fprintf(stderr, "usage: limit canned|pipelined|file|program "
		    "PORT WHAT [STATUS]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	prepare(argv[3], joined(argc - 4, argv + 4));
	listen_at(atoi(argv[2]));
	serve();
}
