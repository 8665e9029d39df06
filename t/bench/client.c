/*
 * client.c - ask one server as fast as it answers, and say how it went.
 *
 *	client [-c CONNECTIONS] [-d MS] [-p DEPTH] [-x] [-i IDLE] [-H FIELD]...
 *	    [-b FILE] [-s STATUS] [-n BYTES] [-r SEED] [-g] PORT PATH...
 *
 * Each of the connections asks once, and when all of them have, keeps DEPTH
 * requests on their way; with -x it asks once and is closed by the server.  -i
 * opens further connections that ask once and then stay idle.  When they are
 * there, the client says "ready", and with -g waits for a line on its standard
 * input.  A PATH may hold a range, "/files/{0-999}.txt", of which every request
 * takes one at random.  Every answer must have the status (200) and a body of
 * so many bytes (any number without -n).  After MS (2000) no new requests are
 * sent; those under way are waited for.  Prints
 *
 *	requests N wrong N failed N us N bytes N p50 US p99 US max US
 *
 * wrong: another status or length; failed: no answer.
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
	HEAD_BYTES = 16 * 1024,
	ASK_BYTES = 4096,
	MAX_DEPTH = 64,
	LATE_MS = 20000,		/* an answer that takes longer failed */
	BUCKETS = 64 * 32,		/* of times: 32 for each power of two */
};

struct target {
	const char	*before, *after;	/* the range, or NULL */
	long		 low, high;
};

struct connection {
	int		 fd;
	bool		 idle;		/* it has asked; that was all */
	bool		 dialling;
	unsigned	 asked;		/* and not yet answered */
	unsigned	 first;		/* of the times below, in a ring */
	int64_t		 since_us[MAX_DEPTH];

	char		*out;		/* what is being sent */
	size_t		 out_at, out_n;
	const char	*body;		/* then this, of the last request */
	size_t		 body_at, body_n;

	char		 head[HEAD_BYTES + 1];
	size_t		 head_n;
	enum { HEAD, SOME_BYTES, UNTIL_CLOSE, CHUNK_LINE, CHUNK_DATA,
		CHUNK_END, TRAILER } at;
	int		 status;
	bool		 closes;
	uint64_t	 left, got;
};

static struct {
	unsigned	 connections, depth, idle;
	int		 ms, status;
	bool		 closing, waits;
	int64_t		 bytes;
	char		 fields[2048];
	char		*body;
	size_t		 body_n;
	uint16_t	 port;
	struct target	*targets;
	unsigned	 n_targets;
} want = { .connections = 16, .depth = 1, .ms = 2000, .status = 200,
	.bytes = -1 };

static int poller;
static struct connection *connections;
static uint64_t answered, wrong, failed, bytes;
static uint64_t times[BUCKETS];
static int64_t longest_us;
static bool over;
static uint64_t seed = 88172645463325252u;

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
die(const char *what)
{
	fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t
random_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

/* ---- Times --------------------------------------------------------------- */

/* Exact up to 63 us, then 32 steps for each doubling. */
static unsigned
bucket_of(uint64_t us)
{
	unsigned shift = 0;

	while (us >> shift >= 64)
		shift++;
	return (unsigned)(us >> shift) + shift * 32;
}

static uint64_t
bucket_us(unsigned bucket)
{
	unsigned shift = bucket < 64 ? 0 : bucket / 32 - 1;

	return (uint64_t)(bucket - shift * 32) << shift;
}

static uint64_t
percentile(unsigned percent)
{
	uint64_t before = 0;

	for (unsigned i = 0; i < BUCKETS; i++) {
		before += times[i];
		if (before * 100 >= answered * percent)
			return bucket_us(i);
	}
	return 0;
}

/* ---- Asking -------------------------------------------------------------- */

static void
watch(struct connection *c, uint32_t events, int how)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (epoll_ctl(poller, how, c->fd, &e) == -1)
		die("epoll_ctl");
}

static void
dial(struct connection *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(want.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		die("socket");
	/* Many addresses, so that the ports suffice. */
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 +
	    (uint32_t)(random_number() % 200));
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
	    sizeof(one));
	if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)) == -1)
		die("bind");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
	    errno != EINPROGRESS)
		die("connect");
	c->asked = 0;
	c->head_n = 0;
	c->at = HEAD;
	c->out_n = c->out_at = 0;
	c->dialling = true;
	watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void
hang_up(struct connection *c)
{
	close(c->fd);
	failed += c->asked;
	c->fd = -1;
	if (!over && !c->idle)
		dial(c);
}

/* Put one request behind what is to be sent. */
static void
ask(struct connection *c)
{
	const struct target *t = &want.targets[random_number() %
	    want.n_targets];
	char path[1024];

	if (t->after == NULL)
		snprintf(path, sizeof(path), "%s", t->before);
	else
		snprintf(path, sizeof(path), "%s%ld%s", t->before, t->low +
		    (long)(random_number() % (uint64_t)(t->high - t->low + 1)),
		    t->after);
	c->out_n += (size_t)snprintf(c->out + c->out_n, ASK_BYTES,
	    "%s %s HTTP/1.1\r\n%s%s\r\n", want.body == NULL ? "GET" : "POST",
	    path, want.fields, want.closing ? "Connection: close\r\n" : "");
	c->body = want.body;
	c->body_at = 0;
	c->body_n = want.body_n;
	c->since_us[(c->first + c->asked++) % MAX_DEPTH] = now_us();
}

/* Send what is there; false when the connection failed. */
static bool
flush(struct connection *c)
{
	while (c->out_at < c->out_n || c->body_at < c->body_n) {
		bool head = c->out_at < c->out_n;
		ssize_t n = head ?
		    send(c->fd, c->out + c->out_at, c->out_n - c->out_at,
		    MSG_NOSIGNAL) :
		    send(c->fd, c->body + c->body_at, c->body_n - c->body_at,
		    MSG_NOSIGNAL);

		if (n == -1 && errno == EAGAIN) {
			watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return true;
		}
		if (n == -1)
			return false;
		if (head)
			c->out_at += (size_t)n;
		else
			c->body_at += (size_t)n;
	}
	c->out_at = c->out_n = 0;
	return true;
}

static bool
fill(struct connection *c)
{
	if (over || (c->idle && c->first > 0))
		return true;
	while (c->asked < (c->idle ? 1 : want.depth))
		ask(c);
	return flush(c);
}

/* ---- Answers ------------------------------------------------------------- */

static const char *
field(const struct connection *c, const char *name)
{
	size_t n = strlen(name);
	const char *line = c->head;

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
	}
	return NULL;
}

/* An answer is complete; false when the connection is not to be used again. */
static bool
complete(struct connection *c)
{
	int64_t us = now_us() - c->since_us[c->first % MAX_DEPTH];

	c->first++;
	c->asked--;
	c->at = HEAD;
	answered++;
	bytes += c->got;
	if (c->status != want.status ||
	    (want.bytes >= 0 && c->got != (uint64_t)want.bytes))
		wrong++;
	times[bucket_of((uint64_t)us)]++;
	if (us > longest_us)
		longest_us = us;
	return !c->closes && !want.closing;
}

/* The head is in c->head; how the body ends. */
static void
begin_body(struct connection *c)
{
	const char *length = field(c, "Content-Length");
	const char *coding = field(c, "Transfer-Encoding");
	const char *connection = field(c, "Connection");

	c->status = atoi(c->head + 9);
	c->closes = connection != NULL &&
	    strncasecmp(connection, "close", 5) == 0;
	c->got = 0;
	c->left = 0;
	if (c->status == 304 || c->status == 204) {
		c->at = SOME_BYTES;
	} else if (coding != NULL) {
		c->at = CHUNK_LINE;
	} else if (length != NULL) {
		c->at = SOME_BYTES;
		c->left = strtoull(length, NULL, 10);
	} else {
		c->at = UNTIL_CLOSE;
	}
}

/* The n bytes at p, of a chunked body; how many of them were used. */
static size_t
chunked(struct connection *c, const char *p, size_t n)
{
	const char *line_end;

	switch (c->at) {
	case CHUNK_DATA:
		n = n < c->left ? n : (size_t)c->left;
		c->left -= n;
		c->got += n;
		if (c->left == 0)
			c->at = CHUNK_END;
		return n;
	case CHUNK_LINE:
		/* A line may come in pieces; it is kept in head. */
		line_end = memchr(p, '\n', n);
		if (line_end != NULL)
			n = (size_t)(line_end - p) + 1;
		if (c->head_n + n > HEAD_BYTES)
			n = HEAD_BYTES - c->head_n;
		memcpy(c->head + c->head_n, p, n);
		c->head_n += n;
		if (line_end == NULL)
			return n;
		c->head[c->head_n] = 0;
		c->left = strtoull(c->head, NULL, 16);
		c->head_n = 0;
		c->at = c->left == 0 ? TRAILER : CHUNK_DATA;
		return n;
	default:			/* the empty line behind either */
		line_end = memchr(p, '\n', n);
		if (line_end == NULL)
			return n;
		if (c->at == CHUNK_END)
			c->at = CHUNK_LINE;
		else
			c->left = 1;	/* says: done */
		return (size_t)(line_end - p) + 1;
	}
}

static bool
body_is_over(const struct connection *c)
{
	return (c->at == SOME_BYTES && c->left == 0) ||
	    (c->at == TRAILER && c->left == 1);
}

/* n bytes have come.  False when the connection is done with. */
static bool
take(struct connection *c, const char *p, size_t n)
{
	while (n > 0) {
		size_t used = n;

		if (c->at == HEAD) {
			size_t before = c->head_n;
			char *end;

			if (c->head_n + used > HEAD_BYTES)
				used = HEAD_BYTES - c->head_n;
			if (used == 0)
				return false;
			memcpy(c->head + before, p, used);
			c->head_n += used;
			c->head[c->head_n] = 0;
			end = strstr(c->head + (before > 3 ? before - 3 : 0),
			    "\r\n\r\n");
			if (end != NULL) {
				end[2] = 0;
				used = (size_t)(end + 4 - c->head) - before;
				begin_body(c);
				c->head_n = 0;
			}
		} else if (c->at == SOME_BYTES) {
			used = n < c->left ? n : (size_t)c->left;
			c->left -= used;
			c->got += used;
		} else if (c->at == UNTIL_CLOSE) {
			c->got += used;
		} else {
			used = chunked(c, p, n);
		}
		p += used;
		n -= used;
		if (c->at != HEAD && body_is_over(c) && !complete(c))
			return false;
	}
	return true;
}

/* Read until there is no more.  False when the connection has ended. */
static bool
read_all(struct connection *c)
{
	static char room[256 * 1024];

	for (;;) {
		/* A long body is not even copied. */
		bool blind = c->at == SOME_BYTES && c->left >= sizeof(room);
		ssize_t n = recv(c->fd, room, sizeof(room),
		    blind ? MSG_TRUNC : 0);

		if (n == -1 && errno == EAGAIN)
			return true;
		if (n <= 0) {
			if (n == 0 && c->at == UNTIL_CLOSE)
				complete(c);
			return false;
		}
		if (!take(c, room, (size_t)n))
			return false;
		if ((size_t)n < sizeof(room) && c->asked == 0)
			return true;
	}
}

static void
happened(struct connection *c, uint32_t events)
{
	if (c->dialling) {
		c->dialling = false;
		watch(c, EPOLLIN, EPOLL_CTL_MOD);
	} else if (events & EPOLLOUT) {
		watch(c, EPOLLIN, EPOLL_CTL_MOD);
		if (!flush(c)) {
			hang_up(c);
			return;
		}
	}
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !read_all(c)) ||
	    !fill(c))
		hang_up(c);
}

/* ---- All of it ----------------------------------------------------------- */

static bool
under_way(void)
{
	for (unsigned i = 0; i < want.connections; i++)
		if (connections[i].fd != -1 && connections[i].asked > 0)
			return true;
	return false;
}

/* Until all idle ones have been answered, or the time is over. */
static void
turn(int64_t until_us)
{
	struct epoll_event events[256];
	int64_t left = (until_us - now_us()) / 1000;
	int n = epoll_wait(poller, events, 256, left < 0 ? 0 :
	    left > 100 ? 100 : (int)left + 1);

	for (int i = 0; i < n; i++)
		happened(events[i].data.ptr, events[i].events);
}

/* How many of those from first on have not been answered yet. */
static unsigned
waiting(unsigned first, unsigned n)
{
	unsigned still = 0;

	for (unsigned i = first; i < first + n; i++)
		still += connections[i].fd != -1 &&
		    (connections[i].dialling || connections[i].asked > 0);
	return still;
}

/* Let connections ask once each, some at a time, so that they are all there. */
static void
warm_up(unsigned all)
{
	enum { AT_ONCE = 100 };
	int64_t end = now_us() + (int64_t)LATE_MS * 1000;

	for (unsigned i = 0; i < all; i += AT_ONCE) {
		unsigned n = all - i < AT_ONCE ? all - i : AT_ONCE;

		for (unsigned k = i; k < i + n; k++) {
			connections[k].idle = true;
			dial(&connections[k]);
		}
		while (waiting(i, n) > 0) {
			turn(now_us() + 100000);
			if (now_us() > end) {
				errno = ETIMEDOUT;
				die("connecting");
			}
		}
	}
	for (unsigned i = 0; i < want.connections; i++)
		connections[i].idle = false;
}

static void
begin(struct connection *c)
{
	if (c->fd == -1)
		dial(c);
	else if (!fill(c))
		hang_up(c);
}

static void
measure(void)
{
	int64_t began, end;

	if (!want.closing)
		warm_up(want.connections + want.idle);
	answered = wrong = failed = bytes = 0;
	longest_us = 0;
	memset(times, 0, sizeof(times));
	printf("ready\n");
	fflush(stdout);
	if (want.waits)
		(void)!getchar();
	began = now_us();
	for (unsigned i = 0; i < want.connections; i++)
		begin(&connections[i]);
	end = began + (int64_t)want.ms * 1000;
	while (now_us() < end)
		turn(end);
	over = true;
	end = now_us() + (int64_t)LATE_MS * 1000;
	while (under_way() && now_us() < end)
		turn(end);
	for (unsigned i = 0; i < want.connections; i++)
		if (connections[i].fd != -1)
			failed += connections[i].asked;
	printf("requests %llu wrong %llu failed %llu us %lld bytes %llu "
	    "p50 %llu p99 %llu max %lld\n", (unsigned long long)answered,
	    (unsigned long long)wrong, (unsigned long long)failed,
	    (long long)(now_us() - began), (unsigned long long)bytes,
	    (unsigned long long)percentile(50),
	    (unsigned long long)percentile(99), (long long)longest_us);
}

static void
read_body(const char *path)
{
	int fd = open(path, O_RDONLY);
	off_t n = fd == -1 ? -1 : lseek(fd, 0, SEEK_END);

	if (n <= 0)
		die(path);
	want.body = malloc((size_t)n);
	want.body_n = (size_t)n;
	if (want.body == NULL || pread(fd, want.body, (size_t)n, 0) != n)
		die(path);
	close(fd);
	sprintf(want.fields + strlen(want.fields),
	    "Content-Length: %zu\r\n", want.body_n);
}

static void
read_targets(char **path, int n)
{
	want.targets = calloc((size_t)n, sizeof(*want.targets));
	want.n_targets = (unsigned)n;
	for (int i = 0; i < n; i++) {
		struct target *t = &want.targets[i];
		char *range = strchr(path[i], '{'), *end;

		t->before = path[i];
		if (range == NULL)
			continue;
		*range = 0;
		t->low = strtol(range + 1, &end, 10);
		t->high = *end == '-' ? strtol(end + 1, &end, 10) : -1;
		if (*end != '}' || t->high < t->low) {
			fprintf(stderr, "client: no range: %s\n", range + 1);
			exit(2);
		}
		t->after = end + 1;
	}
}

static void
add_field(const char *field)
{
	size_t n = strlen(want.fields);

	if (n + strlen(field) + 64 > sizeof(want.fields)) {
		fprintf(stderr, "client: too many fields\n");
		exit(2);
	}
	sprintf(want.fields + n, "%s\r\n", field);
}

static int
usage(void)
{
	fprintf(stderr, "usage: client [-c CONNECTIONS] [-d MS] [-p DEPTH] "
	    "[-x] [-i IDLE]\n    [-H FIELD]... [-b FILE] [-s STATUS] "
	    "[-n BYTES] [-r SEED] [-g] PORT PATH...\n");
	return 2;
}

int
main(int argc, char **argv)
{
	bool host = false;
	int o;

	signal(SIGPIPE, SIG_IGN);
	while ((o = getopt(argc, argv, "c:d:p:xi:H:b:s:n:r:g")) != -1)
		switch (o) {
		case 'c': want.connections = (unsigned)atoi(optarg); break;
		case 'd': want.ms = atoi(optarg); break;
		case 'p': want.depth = (unsigned)atoi(optarg); break;
		case 'x': want.closing = true; break;
		case 'i': want.idle = (unsigned)atoi(optarg); break;
		case 'H':
			host |= strncasecmp(optarg, "Host:", 5) == 0;
			add_field(optarg);
			break;
		case 'b': read_body(optarg); break;
		case 's': want.status = atoi(optarg); break;
		case 'n': want.bytes = atoll(optarg); break;
		case 'g': want.waits = true; break;
		case 'r': seed ^= strtoull(optarg, NULL, 10) << 32; break;
		default: return usage();
		}
	if (argc - optind < 2 || want.depth < 1 || want.depth > MAX_DEPTH)
		return usage();
	if (!host)
		add_field("Host: localhost");
	want.port = (uint16_t)atoi(argv[optind]);
	read_targets(argv + optind + 1, argc - optind - 1);
	poller = epoll_create1(EPOLL_CLOEXEC);
	connections = calloc(want.connections + want.idle,
	    sizeof(*connections));
	if (poller == -1 || connections == NULL)
		die("start");
	for (unsigned i = 0; i < want.connections + want.idle; i++) {
		connections[i].fd = -1;
		connections[i].out = malloc((size_t)want.depth * ASK_BYTES);
	}
	measure();
	return wrong + failed > 0;
}
