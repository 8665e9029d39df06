/*
 * soak.c - a long day at the server.
 *
 *	soak [-s SEED] [-n REQUESTS] [-c CONNECTIONS] [-i SECONDS] [-m KIB]
 *	    PORT MASTER
 *	soak -f small|large
 *
 * The connections send requests of all kinds, alone and pipelined, whole and in
 * pieces, half-closed, aborted and followed by garbage, and hold every answer
 * against what must come: no byte more, no byte less.  Every SECONDS a line
 * says what the processes of the server hold.  The exit status is 0 when every
 * answer was right, and when at the end the server holds what it held at the
 * beginning: no fd more, no zombie, no script, and no more memory than after
 * the first tenth and KIB (2048).  -f writes one of the files that the server
 * must have.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

enum {
	LATE_S		= 60,
};

struct line {
	int		 fd;		/* -1: to be dialled */
	bool		 dialling, wants_write;
	struct batch	 batch;
	size_t		 sent, received;
	unsigned	 answered;	/* of the batch */
	bool		 all_sent;
	struct reader	 reader;
	double		 since;
};

static struct line *lines;
static unsigned n_lines = 64;
static uint16_t port;
static pid_t master;
static long requests, aborted, wrong, max_requests = 50000;
static double started, every = 10;
static unsigned long memory_more = 2048;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- Connections --------------------------------------------------------- */

static void
dial(struct line *l)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f000002 + dice(200))
	};
	int one = 1;

	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (l->fd == -1) {
		perror("soak: socket");
		exit(2);
	}
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* Many source addresses: as many more ports. */
	bind(l->fd, (struct sockaddr *)&from, sizeof(from));
	l->dialling = true;
	if (connect(l->fd, (struct sockaddr *)&a, sizeof(a)) == -1 &&
	    errno != EINPROGRESS) {
		perror("soak: connect");
		exit(2);
	}
}

static void
hang_up(struct line *l, bool reset)
{
	struct linger hard = { .l_onoff = 1 };

	if (reset)
		setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(l->fd);
	l->fd = -1;
	l->reader.closes = false;
}

/* ---- Batches ------------------------------------------------------------- */

static void
batch_begin(struct line *l)
{
	batch_make(&l->batch);
	l->sent = l->received = 0;
	l->answered = 0;
	l->all_sent = false;
	l->wants_write = true;
	l->since = now();
	reader_next(&l->reader, &l->batch.wants[0]);
	if (l->fd == -1)
		dial(l);
}

static void
complain(struct line *l, const char *what)
{
	const struct batch *b = &l->batch;
	const struct want *w = l->answered < b->n_wants ?
	    &b->wants[l->answered] : NULL;

	if (wrong++ >= 10)
		return;
	fprintf(stderr, "%s (wanted %d), number %u of %u, %zu of %zu sent, "
	    "%zu received: %s\n", w != NULL ? w->kind : "nothing",
	    w != NULL ? w->status : 0, l->answered + 1, b->n_wants, l->sent,
	    b->n, l->received, what);
	fprintf(stderr, "\thead: %.*s\n", (int)strcspn(l->reader.head, "\r\n"),
	    l->reader.head);
}

static void
batch_failed(struct line *l, const char *what)
{
	complain(l, what);
	hang_up(l, false);
	batch_begin(l);
}

static void
batch_abort(struct line *l)
{
	aborted++;
	hang_up(l, l->batch.reset);
	batch_begin(l);
}

/* Every answer is there, and the server expects more. */
static void
batch_done(struct line *l)
{
	if (dice(30) == 0)
		hang_up(l, dice(2));
	batch_begin(l);
}

/* ---- Sending and receiving ----------------------------------------------- */

static void
send_some(struct line *l)
{
	const struct batch *b = &l->batch;
	size_t end = b->cut_sent != 0 ? b->cut_sent : b->n, n;
	ssize_t got;

	while (l->sent < end) {
		n = end - l->sent < b->piece ? end - l->sent : b->piece;
		got = send(l->fd, b->text + l->sent, n, MSG_NOSIGNAL);
		if (got == -1) {
			/* After its last answer, the server may close. */
			if (errno != EAGAIN)
				l->sent = end;
			break;
		}
		l->sent += (size_t)got;
		if (b->piece < 65536)
			break;
	}
	if (l->sent < end) {
		l->wants_write = true;
		return;
	}
	if (b->cut_sent != 0) {
		batch_abort(l);
		return;
	}
	l->all_sent = true;
	if (b->half_close)
		shutdown(l->fd, SHUT_WR);
	l->wants_write = false;
}

/* True: the batch goes on. */
static bool
take(struct line *l, const char *p, size_t n)
{
	const struct batch *b = &l->batch;
	const char *what;
	bool complete;
	size_t used;

	while (n > 0) {
		if (l->answered == b->n_wants || (l->answered > 0 &&
		    l->reader.closes && l->reader.head_n == 0)) {
			batch_failed(l, "an answer too much");
			return false;
		}
		what = reader_take(&l->reader, p, n, &used, &complete);
		if (what != NULL) {
			batch_failed(l, what);
			return false;
		}
		p += used;
		n -= used;
		if (!complete)
			continue;
		requests++;
		l->answered++;
		reader_next(&l->reader, &b->wants[l->answered % BATCH_MAX]);
	}
	return true;
}

/* May the server end the connection now?  After its last word, or what was no
 * request; or when all is answered and the rest of a body, which nobody wants,
 * came too slowly. */
static bool
may_end(const struct line *l)
{
	const struct batch *b = &l->batch;

	if (l->reader.head_n > 0)
		return false;
	return l->reader.closes || l->answered == b->n_wants ||
	    (b->garbage && l->answered + 1 == b->n_wants);
}

static void
ended(struct line *l, bool reset)
{
	if (!reset && l->answered < l->batch.n_wants &&
	    reader_end(&l->reader)) {
		requests++;
		l->answered++;
		reader_next(&l->reader, NULL);
	}
	if (!may_end(l)) {
		batch_failed(l, reset ? "reset" : "closed");
		return;
	}
	hang_up(l, false);
	batch_begin(l);
}

static void
receive_some(struct line *l)
{
	static char piece[262144];
	const struct batch *b = &l->batch;
	ssize_t n = recv(l->fd, piece, sizeof(piece), 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		ended(l, n == -1);
		return;
	}
	l->received += (size_t)n;
	if (!take(l, piece, (size_t)n))
		return;
	if (b->cut_read != 0 && l->received >= b->cut_read &&
	    l->answered < b->n_wants)
		batch_abort(l);
	else if (l->answered == b->n_wants && l->all_sent &&
	    !l->reader.closes && !b->half_close)
		batch_done(l);
}

static void
event(struct line *l, unsigned events)
{
	int error = 0;
	socklen_t n = sizeof(error);

	if (l->dialling) {
		getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &n);
		l->dialling = false;
		if (error != 0) {
			batch_failed(l, strerror(error));
			return;
		}
	}
	if (events & POLLIN)
		receive_some(l);
	else if (events & POLLOUT)
		send_some(l);
	else
		ended(l, true);
}

/* ---- The day ------------------------------------------------------------- */

static void
look_for_late(void)
{
	for (unsigned i = 0; i < n_lines; i++)
		if (now() - lines[i].since > LATE_S)
			batch_failed(&lines[i], "no answer in time");
}

static struct look
say(void)
{
	struct look l = look_at(master);

	look_print(stdout, &l, now() - started, requests, aborted);
	return l;
}

/* Let all be over, then look until it is as it should be, or for a while. */
static struct look
evening(unsigned fds)
{
	struct timespec moment = { .tv_nsec = 200000000 };
	struct look l = { 0 };

	for (unsigned i = 0; i < n_lines; i++)
		if (lines[i].fd != -1)
			hang_up(&lines[i], true);
	for (int i = 0; i < 100; i++) {
		nanosleep(&moment, NULL);
		l = look_at(master);
		if (l.scripts + l.zombies == 0 && l.fds <= fds)
			break;
	}
	look_print(stdout, &l, now() - started, requests, aborted);
	return l;
}

static struct look
day(void)
{
	struct pollfd *p = calloc(n_lines, sizeof(*p));
	double next = started + every;
	struct look warm = { 0 };

	for (unsigned i = 0; i < n_lines; i++)
		batch_begin(&lines[i]);
	while (requests < max_requests && wrong < 100) {
		for (unsigned i = 0; i < n_lines; i++)
			p[i] = (struct pollfd){ .fd = lines[i].fd,
			    .events = lines[i].wants_write ?
			    POLLIN | POLLOUT : POLLIN };
		poll(p, n_lines, 1000);
		for (unsigned i = 0; i < n_lines; i++)
			if (p[i].revents != 0)
				event(&lines[i], (unsigned)p[i].revents);
		if (warm.workers == 0 && requests >= max_requests / 10)
			warm = say();
		if (now() >= next) {
			look_for_late();
			say();
			next = now() + every;
		}
	}
	free(p);
	return warm;
}

static int
judge(const struct look *first, const struct look *warm,
    const struct look *last)
{
	int status = wrong > 0;

	if (last->fds > first->fds || last->zombies + last->scripts > 0) {
		printf("something is left behind\n");
		status = 1;
	}
	if (last->pss_kib > warm->pss_kib + memory_more) {
		printf("the memory grows\n");
		status = 1;
	}
	return status;
}

static void
write_file(const char *name)
{
	size_t n = strcmp(name, "large") == 0 ? LARGE_BYTES : SMALL_BYTES;

	exit(fwrite(pattern, 1, n, stdout) == n ? 0 : 1);
}

int
main(int argc, char **argv)
{
	struct look first, warm, last;
	int option;

	pattern_make();
	while ((option = getopt(argc, argv, "s:n:c:i:m:f:")) != -1)
		switch (option) {
		case 's': dice_state = strtoull(optarg, NULL, 10) * 2 + 1;
			break;
		case 'n': max_requests = atol(optarg); break;
		case 'c': n_lines = (unsigned)atoi(optarg); break;
		case 'i': every = atof(optarg); break;
		case 'm': memory_more = strtoul(optarg, NULL, 10); break;
		case 'f': write_file(optarg);
		/* FALLTHROUGH */
		default: return 2;
		}
	if (argc - optind != 2)
		return 2;
	port = (uint16_t)atoi(argv[optind]);
	master = (pid_t)atol(argv[optind + 1]);
	lines = calloc(n_lines, sizeof(*lines));
	for (unsigned i = 0; i < n_lines; i++)
		lines[i].fd = -1;
	started = now();
	look_heading(stdout);
	first = say();
	warm = day();
	last = evening(first.fds);
	kinds_print(stdout);
	printf("requests %ld aborted %ld wrong %ld\n", requests, aborted,
	    wrong);
	return judge(&first, &warm, &last);
}
