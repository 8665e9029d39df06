/*
 * listen.c - see listen.h.
 */
#include "process/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/os.h"
#include "base/str.h"

/* As Apache does: a client that connects and stays silent this long wakes a
 * worker. */
enum { DEFER_S = 30 };

/* ---- Text to addresses --------------------------------------------------- */

static const char *
address_text(struct arena *a, const struct sockaddr *at, socklen_t n)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(at, n, host, sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return "?";
	return str_zfmt(a, at->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
	    host, port);
}

static bool
same_address(const struct address *x, const struct address *y)
{
	return x->n == y->n && strcmp(x->text, y->text) == 0;
}

static const struct address *
find_address(const struct vec *v, const struct address *wanted)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (same_address(v->at[i], wanted))
			return v->at[i];
	return NULL;
}

static size_t
add_address(struct arena *a, struct vec *v, const struct sockaddr *at,
    socklen_t n, bool optional)
{
	struct address *new = arena_one(a, struct address), *old;

	memcpy(&new->at, at, n);
	new->n = n;
	new->text = address_text(a, at, n);
	new->optional = optional;
	old = (struct address *)find_address(v, new);
	if (old == NULL) {
		vec_add(a, v, new);
		return 1;
	}
	/* Somebody insists on it. */
	if (old->optional && !optional) {
		old->optional = false;
		return 1;
	}
	return 0;
}

/* Every interface: IPv4 must be there unless IPv6 was asked for by name. */
static size_t
add_any(struct arena *a, struct vec *v, unsigned port, bool by_ipv6)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_any };
	struct sockaddr_in four = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port) };

	return add_address(a, v, (struct sockaddr *)&six, sizeof(six),
	    !by_ipv6) +
	    add_address(a, v, (struct sockaddr *)&four, sizeof(four),
	    by_ipv6);
}

static const char *
add_host(struct arena *a, struct vec *v, const char *host, const char *port,
    size_t *fresh)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV }, *found, *i;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return "names an address that cannot be found";
	/* Of several addresses behind a name, one is enough. */
	for (i = found; i != NULL; i = i->ai_next)
		*fresh += add_address(a, v, i->ai_addr, i->ai_addrlen,
		    found->ai_next != NULL);
	freeaddrinfo(found);
	return NULL;
}

const char *
listen_parse(struct arena *a, const char *text, struct vec *v, size_t *fresh)
{
	struct str host = STR_NONE, port = str_of(text);
	ptrdiff_t colon = str_rfind(port, ':');
	uint64_t number;

	*fresh = 0;
	if (colon >= 0) {
		host = str_first(port, (size_t)colon);
		port = str_from(port, (size_t)colon + 1);
		if (host.n == 0)
			return "must have an address before the colon";
	}
	if (!str_number(port, 10, 65535, &number) || number == 0)
		return "must be a port from 1 to 65535, or address:port";
	if (host.n > 0 && host.at[0] == '[') {
		if (host.n < 3 || host.at[host.n - 1] != ']')
			return "must have an IPv6 address between brackets";
		host = str_n(host.at + 1, host.n - 2);
	} else if (str_find(host, ':') >= 0)
		return "must have brackets around an IPv6 address: [::1]:80";
	if (host.n == 0 || str_is(host, "*") || str_is(host, "::")) {
		*fresh = add_any(a, v, (unsigned)number, str_is(host, "::"));
		return NULL;
	}
	return add_host(a, v, str_z(a, host), str_z(a, port), fresh);
}

/* ---- Sockets ------------------------------------------------------------- */

static void
set_option(int fd, int option, int value)
{
	if (value > 0)
		setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}

/* Options are told anew at every reload, to sockets that stay as well. */
static int
tune(int fd, const struct listen_options *o)
{
	set_option(fd, SO_SNDBUF, o->send_buffer);
	set_option(fd, SO_RCVBUF, o->receive_buffer);
	os_defer_accept(fd, o->defer ? DEFER_S : 0);
	return listen(fd, o->backlog);
}

static void
complain(const struct address *address, const char *code, const char *what)
{
	struct log_about about = { .error = errno };

	log_write(log_main(), LEVEL_CRIT, "core", &about,
	    "%s: make_sock: %s address %s", code, what, address->text);
}

static bool
is_missing(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL ||
	    error == EPROTONOSUPPORT;
}

/* An fd, -1 after a complaint, or -2 when the address may be left out. */
static int
open_socket(const struct address *address, const struct listen_options *o)
{
	int fd = os_tcp_socket(address->at.ss_family);

	if (fd == -1 && address->optional && is_missing(errno))
		return -2;
	if (fd == -1) {
		complain(address, "AH00066", "failed to get a socket for");
		return -1;
	}
	if (bind(fd, (const struct sockaddr *)&address->at, address->n) == 0 &&
	    tune(fd, o) == 0)
		return fd;
	if (address->optional && is_missing(errno)) {
		close(fd);
		return -2;
	}
	complain(address, "AH00072", "could not bind to");
	close(fd);
	return -1;
}

static const struct listener *
find_listener(const struct listeners *l, const struct address *address)
{
	size_t i;

	for (i = 0; l != NULL && i < l->n; i++)
		if (same_address(&l->at[i].address, address))
			return &l->at[i];
	return NULL;
}

static int
add_listener(struct listeners *l, const struct address *address,
    const struct listen_options *o, const struct listeners *old)
{
	const struct listener *kept = find_listener(old, address);
	struct listener *new = &l->at[l->n];

	new->address = *address;
	new->address.text = str_z(l->arena, str_of(address->text));
	new->fresh = kept == NULL;
	new->fd = kept != NULL ? kept->fd : open_socket(address, o);
	if (new->fd >= 0)
		l->n++;
	return new->fd == -1 ? -1 : 0;
}

struct listeners *
listeners_open(const struct vec *addresses, const struct listen_options *o,
    const struct listeners *old)
{
	struct arena *a = arena_new();
	struct listeners *l = arena_one(a, struct listeners);
	size_t i;

	l->arena = a;
	l->at = arena_many(a, struct listener, addresses->n);
	for (i = 0; i < addresses->n; i++)
		if (add_listener(l, addresses->at[i], o, old) == -1)
			goto fail;
	if (l->n == 0) {
		log_write(log_main(), LEVEL_CRIT, "core", NULL,
		    "AH00451: no listening sockets available, shutting down");
		goto fail;
	}
	for (i = 0; i < l->n; i++)
		if (!l->at[i].fresh)
			tune(l->at[i].fd, o);
	return l;
fail:
	listeners_abandon(l);
	return NULL;
}

void
listeners_replace(struct listeners *old, const struct listeners *now)
{
	size_t i;

	for (i = 0; i < old->n; i++)
		if (find_listener(now, &old->at[i].address) == NULL)
			close(old->at[i].fd);
	arena_end(old->arena);
}

void
listeners_abandon(struct listeners *now)
{
	size_t i;

	for (i = 0; i < now->n; i++)
		if (now->at[i].fresh)
			close(now->at[i].fd);
	arena_end(now->arena);
}

void
listeners_close(struct listeners *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		close(l->at[i].fd);
	arena_end(l->arena);
}
