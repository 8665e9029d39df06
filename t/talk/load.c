/*
 * load.c - many clients at once, who count what goes wrong.
 *
 *	load [-k N] [-c N] [-n REQUESTS] [-t SECONDS] [-p MS] [-i] [-s N]
 *	    PORT /PATH[,STATUS[,BYTES]] ...
 *	load -P		says which port is free
 *
 * -k clients keep their connection, -c clients take a new one for each request;
 * each asks for the paths in turn and waits at random up to -p milliseconds
 * before the next.  With -i every client asks once, and once more at the end,
 * before which it says "held N", the number of connections still open.  With -s
 * they come from N addresses, 127.0.0.2 and those behind it: one alone has not
 * enough ports for tens of thousands.
 * Stops after -n requests or -t seconds, or when told by INT or TERM; requests
 * under way are waited for.  Says "ready" when every client had its first
 * answer, and at the end
 *
 *	requests 1200 failed 0 reset 0 slowest 31 ms
 *
 * failed: an answer that is wrong, incomplete or late; reset: a connection that
 * was refused, reset or closed instead of an answer.  The exit status is 0 when
 * there was neither.  A server may close a connection between two requests;
 * only one that does so while a request is on its way makes it fail, which is
 * what a client sees of a careless restart.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
	LATE_MS		= 60000,
	DIALS_AT_ONCE	= 200,		/* well below a listen backlog */
	HEAD_BYTES	= 4096,
};

struct target {
	char	*path;
	int	 status;
	long	 bytes;			/* of the body; -1: any number */
};

struct client {
	int		 fd;		/* -1: not connected */
	bool		 keeps;		/* its connection */
	enum { RESTING, DIALLING, SENDING, READING } state;
	const struct target *target;
	size_t		 next;		/* target */
	int64_t		 since_ms, rest_until_ms;
	size_t		 answers;

	char		 head[HEAD_BYTES];
	size_t		 head_n, sent;
	bool		 in_body, chunked, until_close, closes;
	long		 left, body_n;
	struct chunk {
		enum { SIZE, DATA, DATA_END, TRAILER } at;
		size_t	 line_n;	/* bytes of the line so far */
	} chunk;
};

static struct target *targets;
static size_t n_targets;
static struct client *clients;
static size_t n_clients, n_dialling, n_ready;
static uint16_t port;
static long max_requests = -1;
static int max_seconds, rest_ms;
static unsigned n_sources, next_source;
static bool ask_once;

static long requests, failed, resets;
static int64_t slowest_ms;
static volatile sig_atomic_t stopping;

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
stop(int signo)
{
	stopping = signo;
}

/* ---- The end of a request ------------------------------------------------ */

static void
hang_up(struct client *c)
{
	if (c->state == DIALLING)
		n_dialling--;
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	c->state = RESTING;
}

static void
rest(struct client *c)
{
	c->state = RESTING;
	c->rest_until_ms = now_ms() +
	    (rest_ms > 0 ? rand() % (rest_ms + 1) : 0);
	if (ask_once)
		c->rest_until_ms = INT64_MAX;
}

static void
complain(const struct client *c, const char *what)
{
	/* The first few tell what is wrong. */
	if (failed + resets <= 10)
		fprintf(stderr, "%s: %s after %d ms, head \"%.*s\"\n",
		    c->target->path, what, (int)(now_ms() - c->since_ms),
		    (int)strcspn(c->head, "\r\n"), c->head);
}

static void
went_wrong(struct client *c, const char *what)
{
	requests++;
	failed++;
	complain(c, what);
	hang_up(c);
	rest(c);
}

static void
was_reset(struct client *c, const char *what)
{
	requests++;
	resets++;
	complain(c, what);
	hang_up(c);
	rest(c);
}

static void
was_answered(struct client *c)
{
	int64_t took_ms = now_ms() - c->since_ms;

	if (c->target->bytes != -1 && c->body_n != c->target->bytes) {
		went_wrong(c, "a body of another length");
		return;
	}
	requests++;
	if (took_ms > slowest_ms)
		slowest_ms = took_ms;
	if (c->answers++ == 0 && ++n_ready == n_clients) {
		printf("ready\n");
		fflush(stdout);
	}
	if (!c->keeps || c->closes)
		hang_up(c);
	rest(c);
}

/* ---- Reading an answer --------------------------------------------------- */

/* The value of a field of the head, or NULL. */
static const char *
field(const struct client *c, const char *name)
{
	const char *line = c->head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
	}
	return NULL;
}

/* The head is there; false when it is not what was asked for. */
static bool
understand_head(struct client *c)
{
	const char *length = field(c, "Content-Length");
	const char *connection = field(c, "Connection");
	int status = atoi(c->head + 9);

	if (strncmp(c->head, "HTTP/1.1 ", 9) != 0 ||
	    status != c->target->status) {
		went_wrong(c, "another status");
		return false;
	}
	c->in_body = true;
	c->body_n = 0;
	c->chunked = field(c, "Transfer-Encoding") != NULL;
	c->chunk = (struct chunk){ 0 };
	c->left = length != NULL ? atol(length) : 0;
	if (status == 304 || status == 204)
		c->left = 0;
	c->until_close = !c->chunked && length == NULL && status != 304 &&
	    status != 204;
	c->closes = c->until_close ||
	    (connection != NULL && strncasecmp(connection, "close", 5) == 0);
	return true;
}

/* One byte of the lines between chunks; false after the last one. */
static bool
chunk_line(struct client *c, char byte)
{
	struct chunk *k = &c->chunk;
	const char *digits = "0123456789abcdef", *digit;

	if (byte == '\r')
		return true;
	if (byte != '\n') {
		digit = strchr(digits, byte >= 'A' && byte <= 'F' ?
		    byte + 32 : byte);
		if (k->at == SIZE && digit != NULL)
			c->left = c->left * 16 + (digit - digits);
		k->line_n++;
		return true;
	}
	if (k->at == TRAILER && k->line_n == 0)
		return false;
	if (k->at == SIZE)
		k->at = c->left > 0 ? DATA : TRAILER;
	else if (k->at == DATA_END)
		k->at = SIZE;
	k->line_n = 0;
	return true;
}

/* More of the body; true when it is complete. */
static bool
take_body(struct client *c, const char *p, size_t n)
{
	long piece;

	if (!c->chunked) {
		c->body_n += (long)n;
		c->left -= (long)n;
		return !c->until_close && c->left <= 0;
	}
	while (n > 0) {
		if (c->chunk.at != DATA) {
			if (!chunk_line(c, *p))
				return true;
			p++;
			n--;
			continue;
		}
		piece = (long)n < c->left ? (long)n : c->left;
		c->body_n += piece;
		c->left -= piece;
		p += piece;
		n -= (size_t)piece;
		if (c->left == 0)
			c->chunk.at = DATA_END;
	}
	return false;
}

static void
take(struct client *c, const char *p, size_t n)
{
	char *end;
	size_t piece;

	if (!c->in_body) {
		piece = HEAD_BYTES - 1 - c->head_n;
		if (piece > n)
			piece = n;
		memcpy(c->head + c->head_n, p, piece);
		c->head_n += piece;
		c->head[c->head_n] = '\0';
		end = strstr(c->head, "\r\n\r\n");
		if (end == NULL) {
			if (c->head_n == HEAD_BYTES - 1)
				went_wrong(c, "a head without end");
			return;
		}
		/* What of p was the head's? */
		piece -= c->head_n - (size_t)(end + 4 - c->head);
		p += piece;
		n -= piece;
		end[2] = '\0';
		if (!understand_head(c))
			return;
	}
	if (take_body(c, p, n))
		was_answered(c);
}

static void
read_some(struct client *c)
{
	char piece[65536];
	ssize_t n = recv(c->fd, piece, sizeof(piece), 0);

	if (n > 0) {
		if (c->state == READING)
			take(c, piece, (size_t)n);
		else
			was_reset(c, "bytes that nobody asked for");
		return;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (c->state != READING) {
		hang_up(c);
		return;
	}
	if (n == 0 && c->in_body && c->until_close)
		was_answered(c);
	else if (c->in_body)
		went_wrong(c, "the body was cut");
	else
		was_reset(c, n == 0 ? "closed" : strerror(errno));
}

/* ---- Asking -------------------------------------------------------------- */

static void
send_some(struct client *c)
{
	char text[2048];
	ssize_t n;
	int length;

	length = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", c->target->path,
	    c->keeps ? "" : "Connection: close\r\n");
	n = send(c->fd, text + c->sent, (size_t)length - c->sent,
	    MSG_NOSIGNAL);
	if (n == -1) {
		if (errno != EAGAIN)
			was_reset(c, strerror(errno));
		return;
	}
	c->sent += (size_t)n;
	if (c->sent == (size_t)length)
		c->state = READING;
}

/* The port comes with the connect, when it is known which are in use. */
static void
choose_source(int fd)
{
	struct sockaddr_in own = { .sin_family = AF_INET };

	if (n_sources == 0)
		return;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 +
	    next_source++ % n_sources);
#ifdef IP_BIND_ADDRESS_NO_PORT
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){ 1 },
	    sizeof(int));
#endif
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) == -1) {
		perror("load: bind");
		exit(2);
	}
}

static void
dial(struct client *c)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1) {
		perror("load: socket");
		exit(2);
	}
	choose_source(c->fd);
	n_dialling++;
	c->state = DIALLING;
	if (connect(c->fd, (struct sockaddr *)&a, sizeof(a)) == -1 &&
	    errno != EINPROGRESS)
		was_reset(c, strerror(errno));
}

static void
dialled(struct client *c)
{
	int error = 0;
	socklen_t n = sizeof(error);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n);
	if (error != 0) {
		was_reset(c, strerror(error));
		return;
	}
	n_dialling--;
	c->state = SENDING;
	send_some(c);
}

static void
ask(struct client *c)
{
	c->target = &targets[c->next++ % n_targets];
	c->since_ms = now_ms();
	c->head_n = c->sent = 0;
	c->head[0] = '\0';
	c->in_body = false;
	if (c->fd == -1) {
		dial(c);
	} else {
		c->state = SENDING;
		send_some(c);
	}
}

/* ---- All of them --------------------------------------------------------- */

/* What a client does without being told by its connection. */
static void
take_turn(struct client *c, int64_t now, bool may_ask)
{
	if (c->state != RESTING) {
		if (now - c->since_ms > LATE_MS)
			went_wrong(c, "no answer in time");
		return;
	}
	if (!may_ask || now < c->rest_until_ms)
		return;
	if (c->fd == -1 && n_dialling >= DIALS_AT_ONCE)
		return;
	ask(c);
}

static short
wanted(const struct client *c)
{
	if (c->state == DIALLING || c->state == SENDING)
		return POLLOUT;
	return POLLIN;
}

static void
poll_all(struct pollfd *p)
{
	size_t i;

	for (i = 0; i < n_clients; i++)
		p[i] = (struct pollfd){ .fd = clients[i].fd,
		    .events = wanted(&clients[i]) };
	if (poll(p, n_clients, 5) <= 0)
		return;
	for (i = 0; i < n_clients; i++) {
		if (p[i].revents == 0)
			continue;
		if (clients[i].state == DIALLING)
			dialled(&clients[i]);
		else if (clients[i].state == SENDING)
			send_some(&clients[i]);
		else
			read_some(&clients[i]);
	}
}

static size_t
under_way(void)
{
	size_t n = 0;

	for (size_t i = 0; i < n_clients; i++)
		n += clients[i].state != RESTING;
	return n;
}

/* Everybody asks once more. */
static void
begin_last_round(void)
{
	size_t held = 0;

	for (size_t i = 0; i < n_clients; i++) {
		clients[i].rest_until_ms = 0;
		held += clients[i].fd != -1;
	}
	printf("held %zu\n", held);
}

static void
run(void)
{
	struct pollfd *p = calloc(n_clients, sizeof(*p));
	int64_t start = now_ms(), now;
	bool last_round = false, over;

	do {
		now = now_ms();
		over = stopping ||
		    (max_requests >= 0 && requests >= max_requests) ||
		    (max_seconds > 0 && now - start >= max_seconds * 1000);
		if (over && ask_once && !last_round) {
			last_round = true;
			begin_last_round();
			over = false;
		}
		for (size_t i = 0; i < n_clients; i++)
			take_turn(&clients[i], now,
			    !over || (last_round && clients[i].answers < 2));
		poll_all(p);
	} while (!over || under_way() > 0);
	free(p);
}

/* ---- Arguments ----------------------------------------------------------- */

static _Noreturn void
usage(void)
{
	fprintf(stderr, "usage: load [-k N] [-c N] [-n REQUESTS] [-t SECONDS] "
	    "[-p MS] [-i] [-s N]\n\tPORT /PATH[,STATUS[,BYTES]] ...\n");
	exit(2);
}

static void
add_clients(size_t n, bool keeps)
{
	clients = realloc(clients, (n_clients + n) * sizeof(*clients));
	if (clients == NULL)
		exit(2);
	for (size_t i = n_clients; i < n_clients + n; i++) {
		memset(&clients[i], 0, sizeof(clients[i]));
		clients[i].fd = -1;
		clients[i].keeps = keeps;
		clients[i].next = i;
	}
	n_clients += n;
}

static void
add_target(char *text)
{
	struct target *t;
	char *comma = strchr(text, ',');

	targets = realloc(targets, (n_targets + 1) * sizeof(*targets));
	if (targets == NULL)
		exit(2);
	t = &targets[n_targets++];
	*t = (struct target){ .path = text, .status = 200, .bytes = -1 };
	if (comma == NULL)
		return;
	*comma = '\0';
	t->status = atoi(comma + 1);
	comma = strchr(comma + 1, ',');
	if (comma != NULL)
		t->bytes = atol(comma + 1);
}

static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static _Noreturn void
say_free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1) {
		perror("load: no free port");
		exit(2);
	}
	printf("%d\n", ntohs(a.sin_port));
	exit(0);
}

int
main(int argc, char **argv)
{
	const struct sigaction on_stop = { .sa_handler = stop };
	int option;

	while ((option = getopt(argc, argv, "k:c:n:t:p:s:iP")) != -1) {
		switch (option) {
		case 'k': add_clients(strtoul(optarg, NULL, 10), true); break;
		case 'c': add_clients(strtoul(optarg, NULL, 10), false); break;
		case 'n': max_requests = atol(optarg); break;
		case 't': max_seconds = atoi(optarg); break;
		case 'p': rest_ms = atoi(optarg); break;
		case 's': n_sources = (unsigned)atoi(optarg); break;
		case 'i': ask_once = true; break;
		case 'P': say_free_port();
		default: usage();
		}
	}
	if (argc - optind < 2 || n_clients == 0)
		usage();
	port = (uint16_t)atoi(argv[optind]);
	for (int i = optind + 1; i < argc; i++)
		add_target(argv[i]);
	sigaction(SIGINT, &on_stop, NULL);
	sigaction(SIGTERM, &on_stop, NULL);
	raise_limit();
	run();
	printf("requests %ld failed %ld reset %ld slowest %lld ms\n", requests,
	    failed, resets, (long long)slowest_ms);
	return failed + resets > 0;
}
