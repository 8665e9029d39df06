/*
 * client.c - connections, answers and what is wanted of them.
 *
 * An answer is read as strictly as RFC 9112 writes it: whatever a scenario asks
 * for, a malformed head, a field twice that may stand once, or a body that ends
 * early is a failure.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "talk.h"

enum framing { NO_BODY, BY_LENGTH, CHUNKED, UNTIL_CLOSE };

static struct client {
	struct client	*next;
	char		*name;
	int		 fd;		/* -1: not connected */
	struct buffer	 in;		/* received, not yet understood */
	bool		 eof, reset;

	struct buffer	 head;		/* of the last answer */
	struct buffer	 body;		/* so far, decoded */
	enum framing	 framing;
	size_t		 left;		/* of the body, or of the chunk */
	bool		 in_chunk;
	bool		 complete;	/* nothing more belongs to it */
} *clients, *c;

/* ---- Connections --------------------------------------------------------- */

void
client_on(const char *name)
{
	if (*name == '\0')
		broken("a connection has a name");
	for (c = clients; c != NULL; c = c->next)
		if (strcmp(c->name, name) == 0)
			return;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		broken("out of memory");
	c->name = strdup(name);
	c->fd = -1;
	c->complete = true;
	c->next = clients;
	clients = c;
}

static void
forget(void)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	c->in.n = c->head.n = c->body.n = 0;
	c->eof = c->reset = false;
	c->complete = true;
}

/* How to connect. */
struct way {
	char	host[64], port[16];
	char	from[64];		/* our own address; empty: any */
	int	receive_bytes;		/* SO_RCVBUF; 0: the system's */
};

static struct addrinfo *
address(const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST
	}, *a;

	if (getaddrinfo(host, port, &hints, &a) != 0)
		broken("%s port %s is no address", host, port);
	return a;
}

/* A socket that is set up, but not connected yet. */
static int
new_socket(const struct way *way, int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct addrinfo *own;

	if (fd == -1)
		broken("socket: %s", strerror(errno));
	if (way->receive_bytes > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &way->receive_bytes,
		    sizeof(way->receive_bytes));
	if (way->from[0] == '\0')
		return fd;
	own = address(way->from, "0");
	if (bind(fd, own->ai_addr, own->ai_addrlen) == -1)
		broken("this machine has no address %s", way->from);
	freeaddrinfo(own);
	return fd;
}

static void
dial(const struct way *way)
{
	struct addrinfo *a = address(way->host, way->port);
	int64_t until = deadline();

	forget();
	for (;;) {
		c->fd = new_socket(way, a->ai_family);
		if (connect(c->fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		if (errno == ECONNREFUSED || !pause_until(until))
			fail("connect to %s port %s: %s", way->host,
			    way->port, strerror(errno));
		close(c->fd);
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	freeaddrinfo(a);
}

/* "[HOST PORT] [rcvbuf BYTES] [from HOST]" */
void
client_connect(const char *arguments)
{
	struct way way = { .host = "127.0.0.1" };
	char first[64], second[64];
	int n;

	if (c == NULL)
		client_on("the connection");
	snprintf(way.port, sizeof(way.port), "%s", name_get("PORT"));
	for (; sscanf(arguments, "%63s %63s%n", first, second, &n) == 2;
	    arguments += n + strspn(arguments + n, " ")) {
		if (strcmp(first, "rcvbuf") == 0) {
			way.receive_bytes = atoi(second);
		} else if (strcmp(first, "from") == 0) {
			strcpy(way.from, second);
		} else {
			strcpy(way.host, first);
			snprintf(way.port, sizeof(way.port), "%.15s", second);
		}
	}
	if (*arguments != '\0')
		broken("connect [HOST PORT] [rcvbuf BYTES] [from HOST]");
	dial(&way);
}

/* A connection to send on or to read from. */
static void
need(bool to_send)
{
	server_need();
	if (c == NULL)
		client_on("the connection");
	if (c->fd != -1)
		return;
	if (!to_send)
		broken("there is no connection");
	client_connect("");
}

/* What happened on the connection until until_ms. */
enum event { CAME, TIME_OVER, ENDED };

/* Take what can be read now, waiting for it if need be. */
static enum event
receive(int64_t until_ms)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int64_t wait_ms = until_ms - now_ms();
	char piece[65536];
	ssize_t n;

	if (interrupted)
		fail("interrupted");
	if (c->eof || c->reset)
		return ENDED;
	if (poll(&p, 1, wait_ms > 0 ? (int)wait_ms : 0) <= 0)
		return TIME_OVER;
	n = recv(c->fd, piece, sizeof(piece), 0);
	if (n > 0) {
		buffer_add(&c->in, piece, (size_t)n);
		return CAME;
	}
	if (n == -1 && errno == EAGAIN)
		return CAME;
	c->eof = n == 0;
	c->reset = n == -1;
	return ENDED;
}

/* Wait for more; it must come. */
static void
need_more(const char *what, int64_t until_ms)
{
	switch (receive(until_ms)) {
	case CAME:
		return;
	case ENDED:
		show("came", c->in.at, c->in.n, 2000);
		fail("the connection was %s, %s",
		    c->reset ? "reset" : "closed", what);
	case TIME_OVER:
		show("came", c->in.at, c->in.n, 2000);
		fail("nothing more comes, %s", what);
	}
}

/*
 * Send everything, as long as somebody listens: a server that refuses a request
 * early may close.  Reads on the way only when it could not go on otherwise.
 */
void
client_send(const char *bytes, size_t n)
{
	int64_t until = deadline();
	struct pollfd p;
	ssize_t sent;

	need(true);
	while (n > 0 && !c->reset) {
		p = (struct pollfd){ .fd = c->fd, .events = POLLOUT };
		if (!c->eof)
			p.events |= POLLIN;
		if (poll(&p, 1, (int)(until - now_ms() + 1)) <= 0)
			fail("nobody takes the last %zu bytes", n);
		if (p.revents & POLLOUT) {
			sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
			if (sent == -1 && errno != EAGAIN)
				return;
			if (sent > 0) {
				bytes += sent;
				n -= (size_t)sent;
				continue;
			}
		}
		receive(now_ms());
	}
}

void
client_half_close(void)
{
	need(false);
	if (shutdown(c->fd, SHUT_WR) == -1)
		fail("shutdown: %s", strerror(errno));
}

void
client_close(bool reset)
{
	const struct linger none = { .l_onoff = 1 };

	need(false);
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	forget();
}

/* ---- Heads --------------------------------------------------------------- */

/*
 * The value of field number nth of this name in the last answer, as a fresh
 * string; NULL when there are not so many.
 */
static char *
field_find(const char *name, size_t nth)
{
	const char *line = c->head.at, *end, *value;
	size_t n = strlen(name);

	if (c->head.n == 0)
		broken("there was no answer yet");
	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) != 0 || line[n] != ':' ||
		    nth-- > 0)
			continue;
		end = strstr(line, "\r\n");
		for (value = line + n + 1; *value == ' ' || *value == '\t';)
			value++;
		while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		return strndup(value, (size_t)(end - value));
	}
	return NULL;
}

/* What holds for the head of every answer. */
static void
check_head(int status)
{
	static const char shape[] =
	    "^HTTP/1\\.[01] [1-5][0-9][0-9] [^[:cntrl:]]*\r\n"
	    "([!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*"
	    "([^[:cntrl:] ]([^[:cntrl:]]|\t)*)?\r\n)*\r\n$";
	static const char date[] =
	    "^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z][a-z] "
	    "[0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT$";
	static const char *const once[] = { "Date", "Server", "Content-Length",
		"Content-Type", "Transfer-Encoding", "ETag", "Last-Modified",
		"Location", "Content-Range", "Connection", "Keep-Alive" };
	const char *value;

	if (!matches(c->head.at, shape, NULL))
		fail("the head is malformed");
	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (field_find(once[i], 1) != NULL)
			fail("there is more than one %s", once[i]);
	if (status >= 200) {
		value = field_find("Date", 0);
		if (value == NULL || !matches(value, date, NULL))
			fail("Date is missing or malformed");
	}
	if (field_find("Transfer-Encoding", 0) != NULL) {
		if (field_find("Content-Length", 0) != NULL)
			fail("both Transfer-Encoding and Content-Length");
		if (status < 200 || status == 204)
			fail("a %d with Transfer-Encoding", status);
	}
	if ((status < 200 || status == 204) &&
	    field_find("Content-Length", 0) != NULL)
		fail("a %d with Content-Length", status);
}

/* How the body will end: RFC 9112, 6.3. */
static void
find_framing(int status, bool head_only)
{
	const char *length = field_find("Content-Length", 0);
	const char *coding = field_find("Transfer-Encoding", 0);
	char *end;

	c->body.n = 0;
	c->in_chunk = false;
	c->left = 0;
	buffer_add(&c->body, "", 0);
	if (head_only || status < 200 || status == 204 || status == 304) {
		c->framing = NO_BODY;
	} else if (coding != NULL) {
		if (strcasecmp(coding, "chunked") != 0)
			fail("Transfer-Encoding is %s", coding);
		c->framing = CHUNKED;
	} else if (length != NULL) {
		c->framing = BY_LENGTH;
		c->left = strtoul(length, &end, 10);
		if (*length < '0' || *length > '9' || *end != '\0')
			fail("Content-Length is %s", length);
	} else {
		c->framing = UNTIL_CLOSE;
	}
	c->complete = c->framing == NO_BODY ||
	    (c->framing == BY_LENGTH && c->left == 0);
}

/* ---- Bodies -------------------------------------------------------------- */

/* The next line of c->in without its CRLF, dropped from there; NULL when it has
 * not come yet. */
static char *
take_line(void)
{
	char *end, *line;
	size_t n;

	if (c->in.n == 0 || (end = strstr(c->in.at, "\r\n")) == NULL)
		return NULL;
	n = (size_t)(end - c->in.at);
	line = strndup(c->in.at, n);
	buffer_drop(&c->in, n + 2);
	return line;
}

/* Move up to n bytes from what came to the body. */
static size_t
take_bytes(size_t n)
{
	if (n > c->in.n)
		n = c->in.n;
	if (n > 0) {
		buffer_add(&c->body, c->in.at, n);
		buffer_drop(&c->in, n);
	}
	return n;
}

/* One piece of a chunked body; false when more must come first. */
static bool
take_chunked(void)
{
	char *line, *end;

	if (c->in_chunk && c->left > 0) {
		c->left -= take_bytes(c->left);
		return c->left == 0;
	}
	line = take_line();
	if (line == NULL)
		return false;
	if (c->in_chunk) {
		if (*line != '\0')
			fail("a chunk ends with \"%s\"", line);
		c->in_chunk = false;
	} else if (c->complete) {
		broken("a chunk after the end");
	} else {
		c->left = strtoul(line, &end, 16);
		if (end == line || *end != '\0' || strspn(line, "+-xX") > 0)
			fail("\"%s\" is no chunk size", line);
		c->in_chunk = c->left > 0;
		c->complete = c->left == 0;
	}
	free(line);
	return true;
}

/* The trailer section of a chunked body, to its empty line. */
static void
take_trailers(int64_t until_ms)
{
	char *line;

	for (;;) {
		line = take_line();
		if (line == NULL)
			need_more("in the middle of the trailers", until_ms);
		else if (*line == '\0')
			return;
		free(line);
	}
}

/* As much of the body as came. */
static void
take_body(void)
{
	switch (c->framing) {
	case NO_BODY:
		break;
	case BY_LENGTH:
		c->left -= take_bytes(c->left);
		c->complete = c->left == 0;
		break;
	case CHUNKED:
		while (!c->complete && take_chunked())
			;
		if (c->complete)
			take_trailers(deadline());
		break;
	case UNTIL_CLOSE:
		take_bytes(c->in.n);
		if (c->reset)
			fail("the connection was reset within the body");
		c->complete = c->eof;
		break;
	}
}

/* Read the rest of the body. */
static void
finish_body(void)
{
	int64_t until = deadline();

	while (!c->complete) {
		take_body();
		if (c->complete)
			break;
		if (c->framing == UNTIL_CLOSE) {
			if (receive(until) == TIME_OVER)
				fail("the body does not end");
			continue;
		}
		need_more(formatted("%zu bytes into the body", c->body.n),
		    until);
	}
}

/* ---- Answers ------------------------------------------------------------- */

/* "404 Not Found" against "HTTP/1.1 404 Not Found". */
static int
check_status(const char *want)
{
	int status = atoi(c->head.at + 9);
	const char *got = c->head.at + 9;
	size_t n = strcspn(got, "\r");

	if (strlen(want) == 3)
		n = 3;
	if (strlen(want) != n || strncmp(want, got, n) != 0) {
		show("the head", c->head.at, c->head.n, 4000);
		take_body();
		show("after it came", c->in.at, c->in.n, 1000);
		fail("the status is %.*s", (int)strcspn(got, "\r"), got);
	}
	return status;
}

void
client_answer(const char *want, bool head_only)
{
	int64_t until = deadline();
	const char *end;
	size_t n;

	need(false);
	finish_body();
	while (c->in.n == 0 || (end = strstr(c->in.at, "\r\n\r\n")) == NULL)
		need_more("before the end of the head", until);
	n = (size_t)(end - c->in.at) + 4;
	c->head.n = 0;
	buffer_add(&c->head, c->in.at, n);
	buffer_drop(&c->in, n);
	c->framing = NO_BODY;
	check_head(atoi(c->head.at + 9));
	find_framing(check_status(want), head_only);
}

const char *
client_field(const char *name)
{
	const char *value = field_find(name, 0);

	if (value == NULL) {
		show("the head", c->head.at, c->head.n, 4000);
		fail("there is no %s", name);
	}
	return value;
}

/* Split "Name: value"; value is NULL without a colon. */
static char *
split_field(const char *field, const char **value)
{
	const char *colon = strchr(field, ':');

	*value = colon == NULL ? NULL : colon + 1 + strspn(colon + 1, " ");
	return colon == NULL ? strdup(field) :
	    strndup(field, (size_t)(colon - field));
}

void
client_has(const char *field)
{
	const char *want, *got;
	char *name = split_field(field, &want);

	client_field(name);
	if (want == NULL)
		return;
	for (size_t i = 0; (got = field_find(name, i)) != NULL; i++)
		if (strcmp(got, want) == 0)
			return;
	got = client_field(name);
	fail_differs(name, want, strlen(want), got, strlen(got));
}

void
client_lacks(const char *field)
{
	if (field_find(field, 0) != NULL)
		fail("it is there: %s", field_find(field, 0));
}

void
client_like(const char *field)
{
	const char *want, *got;
	char *name = split_field(field, &want);

	if (want == NULL)
		broken("like NAME: REGEX");
	client_field(name);
	for (size_t i = 0; (got = field_find(name, i)) != NULL; i++)
		if (matches(got, want, NULL))
			return;
	fail("it is \"%s\"", client_field(name));
}

const struct buffer *
client_body(void)
{
	need(false);
	if (c->head.n == 0)
		broken("there was no answer yet");
	finish_body();
	return &c->body;
}

void
client_streams(const char *text, size_t n)
{
	int64_t until = deadline();

	need(false);
	for (;;) {
		if (!c->complete)
			take_body();
		if (memmem(c->body.at, c->body.n, text, n) != NULL)
			return;
		if (c->complete) {
			show("the body", c->body.at, c->body.n, 4000);
			fail("the body is over");
		}
		need_more("without that in the body", until);
	}
}

void
client_cut(void)
{
	int64_t until = deadline();

	need(false);
	if (c->framing == UNTIL_CLOSE)
		broken("this body has no end of its own");
	while (!c->complete) {
		take_body();
		if (c->complete)
			break;
		switch (receive(until)) {
		case CAME:
			break;
		case ENDED:
			forget();
			return;
		case TIME_OVER:
			fail("the body neither goes on nor ends");
		}
	}
	fail("the body is complete");
}

/* ---- Bytes --------------------------------------------------------------- */

void
client_want(const char *bytes, size_t n)
{
	int64_t until = deadline();
	size_t came;

	need(false);
	finish_body();
	for (;;) {
		came = c->in.n < n ? c->in.n : n;
		if (came > 0 && memcmp(c->in.at, bytes, came) != 0)
			fail_differs("what came", bytes, n, c->in.at, c->in.n);
		if (came == n)
			break;
		need_more("before all of that came", until);
	}
	buffer_drop(&c->in, n);
}

void
client_want_like(const char *regex)
{
	int64_t until = deadline();
	char *group = NULL;

	need(false);
	finish_body();
	/* The whole match is a group of its own, to learn where it ends. */
	regex = formatted("(%s)", regex);
	while (c->in.n == 0 || !matches(c->in.at, regex, &group))
		need_more("before something like that came", until);
	buffer_drop(&c->in, (size_t)(strstr(c->in.at, group) - c->in.at) +
	    strlen(group));
}

void
client_quiet(int ms)
{
	int64_t until = now_ms() + ms;
	size_t before;

	need(false);
	if (!c->complete)
		take_body();
	before = c->body.n;
	for (;;) {
		if (c->in.n > 0 || c->body.n > before) {
			show("came", c->in.at, c->in.n, 2000);
			fail("something came");
		}
		switch (receive(until)) {
		case CAME:
			if (!c->complete)
				take_body();
			break;
		case ENDED:
			fail("the connection was %s",
			    c->reset ? "reset" : "closed");
		case TIME_OVER:
			return;
		}
	}
}

void
client_closed(void)
{
	int64_t until = deadline();

	need(false);
	finish_body();
	while (c->in.n == 0) {
		switch (receive(until)) {
		case CAME:
			break;
		case ENDED:
			if (c->reset)
				fail("the connection was reset");
			forget();
			return;
		case TIME_OVER:
			fail("the connection stays open");
		}
	}
	show("came", c->in.at, c->in.n, 2000);
	fail("more came");
}

void
client_renew(void)
{
	const char *value;

	if (c == NULL || c->fd == -1 || c->head.n == 0)
		return;
	value = field_find("Connection", 0);
	if (value != NULL && strcasecmp(value, "close") == 0)
		client_closed();
}

void
client_gone(void)
{
	int64_t until = deadline();

	need(false);
	for (;;) {
		switch (receive(until)) {
		case CAME:
			c->in.n = 0;
			break;
		case ENDED:
			forget();
			return;
		case TIME_OVER:
			fail("the connection stays open");
		}
	}
}
