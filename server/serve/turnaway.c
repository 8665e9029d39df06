/*
 * turnaway.c - see turnaway.h.
 *
 * A socket that is closed with unread bytes is reset, and the reset may
 * overtake the answer.  So what has arrived is read first, and what follows is
 * read for a moment.
 */
#include "serve/turnaway.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"

enum {
	GUESTS_MAX	= 128,
	STAY_MS		= 2000,
	STAY_BYTES	= 1024 * 1024,
	RETRY_S		= 10,
};

struct guest {
	struct watch	watch;
	struct timer	timer;
	struct link	link;
	size_t		read;
};

static struct loop *loop;
static const char *server;
static struct link guests;
static unsigned n_guests;

static void
guest_end(struct guest *g)
{
	loop_unwatch(loop, &g->watch);
	loop_timer_stop(loop, &g->timer);
	list_remove(&g->link);
	close(g->watch.fd);
	n_guests--;
	free(g);
}

static void
time_is_over(struct timer *t)
{
	guest_end(LIST_OWNER(t, struct guest, timer));
}

/* One recv(2) of what nobody wants: as that. */
static ssize_t
waste(int fd)
{
	static char bytes[64 * 1024];

	return recv(fd, bytes, sizeof(bytes), 0);
}

static void
guest_speaks(struct watch *w, unsigned events)
{
	struct guest *g = LIST_OWNER(w, struct guest, watch);
	ssize_t n = waste(w->fd);

	(void)events;
	if (n > 0)
		g->read += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
	    g->read > STAY_BYTES)
		guest_end(g);
}

static void
guest_new(int fd)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->watch.fd = fd;
	g->watch.ready = guest_speaks;
	g->timer.fire = time_is_over;
	list_append(&guests, &g->link);
	n_guests++;
	loop_timer(loop, &g->timer, STAY_MS);
	if (loop_watch(loop, &g->watch, LOOP_READ) == -1)
		guest_end(g);
}

/* The whole answer, or nothing: a fresh socket has room for it. */
static bool
say(int fd, const char *why)
{
	char page[512], all[1024];
	int n, page_n;

	page_n = snprintf(page, sizeof(page), "<!DOCTYPE html>\n"
	    "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<title>503 Service Unavailable</title>\n</head>\n<body>\n"
	    "<h1>Service Unavailable</h1>\n<p>%s</p>\n</body>\n</html>\n",
	    why);
	n = snprintf(all, sizeof(all), "HTTP/1.1 503 Service Unavailable\r\n"
	    "Date: %.*s\r\nServer: %s\r\nRetry-After: %d\r\n"
	    "Content-Length: %d\r\nConnection: close\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n\r\n%s",
	    STR_ARGS(clock_http_now()), server, RETRY_S, page_n, page);
	if (n < 0 || (size_t)n >= sizeof(all))
		return false;
	return send(fd, all, (size_t)n, MSG_NOSIGNAL) == n;
}

void
turnaway_init(struct loop *l, const struct config *c)
{
	loop = l;
	server = core_server_token(c);
	list_init(&guests);
	n_guests = 0;
}

void
turnaway(int fd, const char *why)
{
	ssize_t n = waste(fd);

	if (n == 0 || !say(fd, why) || shutdown(fd, SHUT_WR) == -1 ||
	    n_guests == GUESTS_MAX)
		close(fd);
	else
		guest_new(fd);
}

unsigned
turnaway_count(void)
{
	return n_guests;
}

void
turnaway_end(void)
{
	while (!list_empty(&guests))
		guest_end(LIST_OWNER(guests.next, struct guest, link));
}
