/*
 * storm.c - clients of CGI programs who lose patience.
 *
 *	storm [-c CLIENTS] [-n REQUESTS] [-a PERCENT] [-s SEED] PORT PATH ...
 *
 * Each client asks for one of the paths at random, with a body when the path
 * begins with "+", and takes a new connection for each request.  PERCENT of the
 * requests are given up: at any time, by a close or a reset, some before they
 * are sent whole.  A path that begins with "!" is always given up.  Says at the
 * end
 *
 *	requests 1000 answered 700 given-up 280 cut 20 late 0
 *
 * answered: a whole answer came; cut: the connection was closed or reset
 * instead, which is all that can be done when a worker is killed; late: nothing
 * came for a minute.  The exit status is 0 when there was nothing late.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { LATE_MS = 60000, BODY = 30000, MAX_CLIENTS = 500, TAIL = 8 };

struct client {
	int	 fd;			/* -1: none */
	char	 text[BODY + 256];
	size_t	 n, sent;
	long	 began_ms, give_up_ms;	/* 0: patient */
	char	 head[1024];		/* as much as fits, with NUL */
	size_t	 head_n;
	long	 head_end;		/* bytes before the body; 0: unknown */
	long	 length;		/* of the body; -1: unknown */
	bool	 chunked;
	long	 got;
	char	 tail[TAIL + 1];	/* the last bytes */
};

static struct client clients[MAX_CLIENTS];
static unsigned n_clients = 20;
static long begun, answered, given_up, cut, late, requests = 1000;
static unsigned percent = 30;
static struct sockaddr_in address;
static char **paths;
static unsigned n_paths;

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static unsigned
dice(unsigned n)
{
	return (unsigned)random() % n;
}

/* ---- Requests ------------------------------------------------------------ */

static void
write_request(struct client *c, const char *path)
{
	static char body[BODY + 1];
	int n;

	if (body[0] == 0)
		memset(body, 'b', BODY);
	if (*path != '+') {
		c->n = (size_t)snprintf(c->text, sizeof(c->text), "GET %s "
		    "HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n\r\n",
		    path);
		return;
	}
	n = (int)dice(BODY);
	if (dice(2) == 0)
		c->n = (size_t)snprintf(c->text, sizeof(c->text), "POST %s "
		    "HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n"
		    "Content-Length: %d\r\n\r\n%.*s", path + 1, n, n, body);
	else
		c->n = (size_t)snprintf(c->text, sizeof(c->text), "POST %s "
		    "HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n%x\r\n%.*s\r\n0\r\n\r\n",
		    path + 1, n + 1, n + 1, body);
}

static void
begin(struct client *c)
{
	const char *path = paths[dice(n_paths)];
	bool never = *path == '!';

	c->sent = c->head_n = 0;
	c->head_end = c->got = 0;
	c->length = -1;
	c->chunked = false;
	memset(c->tail, 0, sizeof(c->tail));
	c->began_ms = now_ms();
	c->give_up_ms = never || dice(100) < percent ?
	    c->began_ms + (long)dice(never ? 300 : 60) + 1 : 0;
	write_request(c, path + never);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1 || (connect(c->fd, (struct sockaddr *)&address,
	    sizeof(address)) == -1 && errno != EINPROGRESS)) {
		perror("storm: connect");
		exit(2);
	}
	begun++;
}

static void
end(struct client *c, long *how, bool reset)
{
	struct linger l = { 1, 0 };

	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(c->fd);
	c->fd = -1;
	++*how;
}

/* ---- Answers ------------------------------------------------------------- */

static void
read_fields(struct client *c)
{
	const char *end = strstr(c->head, "\r\n\r\n"), *f;

	if (c->head_end != 0 || end == NULL)
		return;
	c->head_end = end + 4 - c->head;
	f = strcasestr(c->head, "\r\nContent-Length:");
	if (f != NULL && f < end)
		c->length = atol(f + 17);
	f = strcasestr(c->head, "\r\nTransfer-Encoding: chunked");
	c->chunked = f != NULL && f < end;
}

static void
keep(struct client *c, const char *p, size_t n)
{
	size_t room = sizeof(c->head) - 1 - c->head_n, have, more;

	memcpy(c->head + c->head_n, p, n < room ? n : room);
	c->head_n += n < room ? n : room;
	c->head[c->head_n] = 0;
	c->got += (long)n;
	more = n < TAIL ? n : TAIL;
	have = strlen(c->tail);
	if (have > TAIL - more)
		have = TAIL - more;
	memmove(c->tail, c->tail + strlen(c->tail) - have, have);
	memcpy(c->tail + have, p + n - more, more);
	c->tail[have + more] = 0;
	read_fields(c);
}

static bool
is_whole(const struct client *c)
{
	size_t n = strlen(c->tail);

	if (c->head_end == 0)
		return false;
	if (c->chunked)
		return n >= 5 && strcmp(c->tail + n - 5, "0\r\n\r\n") == 0;
	return c->length < 0 || c->got == c->head_end + c->length;
}

static void
receive(struct client *c)
{
	char room[65536];
	ssize_t n = recv(c->fd, room, sizeof(room), 0);

	if (n > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (room[i] == 0)
				room[i] = 'x';
		keep(c, room, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(c, is_whole(c) ? &answered : &cut, false);
	}
}

static void
go_on(struct client *c, int events)
{
	ssize_t n;

	if (events & POLLOUT && c->sent < c->n) {
		n = send(c->fd, c->text + c->sent, c->n - c->sent,
		    MSG_NOSIGNAL);
		if (n > 0)
			c->sent += (size_t)n;
	}
	if (events & (POLLIN | POLLHUP | POLLERR))
		receive(c);
}

/* ---- All of them --------------------------------------------------------- */

static void
turn(void)
{
	struct pollfd p[MAX_CLIENTS];
	long now;

	for (unsigned i = 0; i < n_clients; i++) {
		struct client *c = &clients[i];

		if (c->fd == -1 && begun < requests)
			begin(c);
		p[i] = (struct pollfd){ .fd = c->fd, .events = (short)(POLLIN |
		    (c->fd != -1 && c->sent < c->n ? POLLOUT : 0)) };
	}
	poll(p, n_clients, 20);
	now = now_ms();
	for (unsigned i = 0; i < n_clients; i++) {
		struct client *c = &clients[i];

		if (c->fd == -1)
			continue;
		if (p[i].revents != 0)
			go_on(c, p[i].revents);
		if (c->fd != -1 && c->give_up_ms != 0 && now >= c->give_up_ms)
			end(c, &given_up, dice(2) == 0);
		else if (c->fd != -1 && now - c->began_ms > LATE_MS)
			end(c, &late, true);
	}
}

int
main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+c:n:a:s:")) != -1)
		switch (option) {
		case 'c':
			n_clients = (unsigned)atoi(optarg);
			break;
		case 'n':
			requests = atol(optarg);
			break;
		case 'a':
			percent = (unsigned)atoi(optarg);
			break;
		case 's':
			srandom((unsigned)atoi(optarg));
			break;
		default:
			return 2;
		}
	if (argc - optind < 2 || n_clients > MAX_CLIENTS)
		return 2;
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)atoi(argv[optind]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	paths = argv + optind + 1;
	n_paths = (unsigned)(argc - optind - 1);
	for (unsigned i = 0; i < n_clients; i++)
		clients[i].fd = -1;
	while (answered + given_up + cut + late < requests)
		turn();
	printf("requests %ld answered %ld given-up %ld cut %ld late %ld\n",
	    begun, answered, given_up, cut, late);
	return late > 0;
}
