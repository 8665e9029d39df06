/*
 * hosts.c - see hosts.h.
 *
 * The index is a table from "address|port" to a set of hosts; a set holds a
 * table of exact names and one of "*.suffix" names, so that ten thousand hosts
 * are found as fast as one.  Only names with other wildcards are tried in turn.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/hosts.h"

struct host_set {
	const struct vhost *first;	/* the default */
	struct hash	*names;		/* "www.example.com" -> vhost */
	struct hash	*suffixes;	/* ".example.com" -> vhost */
	size_t		 n_names;	/* of all its hosts */
	struct vec	 globs;		/* struct glob_name * */
	struct vec	 paths;		/* vhosts with a ServerPath */
};

struct glob_name {
	struct str	 pattern;
	const struct vhost *host;
};

struct host_index {
	struct hash	*sets;		/* key_of() -> host_set */
};

/* ---- Addresses ----------------------------------------------------------- */

static const struct sockaddr_in *
in4(const struct sockaddr *a)
{
	return (const struct sockaddr_in *)(const void *)a;
}

static const struct sockaddr_in6 *
in6(const struct sockaddr *a)
{
	return (const struct sockaddr_in6 *)(const void *)a;
}

unsigned
address_port(const struct sockaddr *a)
{
	return ntohs(a->sa_family == AF_INET6 ? in6(a)->sin6_port :
	    in4(a)->sin_port);
}

/* The bytes of the address; an IPv4 one that came over IPv6 counts as IPv4. */
static struct str
address_bytes(const struct sockaddr *a)
{
	if (a->sa_family != AF_INET6)
		return str_n((const char *)&in4(a)->sin_addr, 4);
	if (IN6_IS_ADDR_V4MAPPED(&in6(a)->sin6_addr))
		return str_n((const char *)&in6(a)->sin6_addr + 12, 4);
	return str_n((const char *)&in6(a)->sin6_addr, 16);
}

static const char *
address_add(struct arena *a, struct vec *to,
    const struct sockaddr_storage *addr, unsigned port)
{
	struct vhost_address *v = arena_one(a, struct vhost_address);

	v->any_address = addr == NULL;
	if (addr != NULL)
		v->addr = *addr;
	v->port = port;
	vec_add(a, to, v);
	return NULL;
}

/* A numeric address, or a name with all its addresses. */
static const char *
address_resolve(struct arena *a, struct str host, unsigned port,
    struct vec *to)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;

	if (host.n > 1 && host.at[0] == '[')
		host = str_n(host.at + 1, host.n - 2);
	if (getaddrinfo(str_z(a, host), NULL, &hints, &list) != 0)
		return "names an address that cannot be found";
	for (i = list; i != NULL; i = i->ai_next) {
		struct sockaddr_storage s;

		memset(&s, 0, sizeof(s));
		memcpy(&s, i->ai_addr, i->ai_addrlen);
		address_add(a, to, &s, port);
	}
	freeaddrinfo(list);
	return NULL;
}

const char *
host_address_parse(struct arena *a, const char *text, struct vec *addresses)
{
	struct str host = str_of(text), port_text = STR_NONE;
	ptrdiff_t colon = str_rfind(host, ':');
	uint64_t port = 0;

	if (colon >= 0 && str_find(str_from(host, (size_t)colon), ']') < 0) {
		port_text = str_from(host, (size_t)colon + 1);
		host = str_first(host, (size_t)colon);
	}
	if (port_text.at != NULL && !str_is(port_text, "*") &&
	    (!str_number(port_text, 10, 65535, &port) || port == 0))
		return "must have a port from 1 to 65535 or * behind the colon";
	if (host.n == 0 || str_is(host, "*") ||
	    str_is_nocase(host, "_default_"))
		return address_add(a, addresses, NULL, (unsigned)port);
	return address_resolve(a, host, (unsigned)port, addresses);
}

/* ---- Reading ------------------------------------------------------------- */

/* Most hosts are at the address of the one before, whose list serves them,
 * too. */
static const struct vhost_addresses *
same_addresses(const struct config *c, struct str written)
{
	const struct vhost *last = c->vhosts.n == 0 ? NULL :
	    c->vhosts.at[c->vhosts.n - 1];

	return last != NULL && str_eq(last->addresses->written, written) &&
	    str_find(written, '$') < 0 ? last->addresses : NULL;
}

static const char *
read_addresses(struct setting *s, const struct vhost_addresses **out)
{
	struct vhost_addresses *all = arena_one(s->arena,
	    struct vhost_addresses);
	const char *error = NULL;

	*out = all;
	for (int i = 0; i < s->argc && error == NULL; i++) {
		error = host_address_parse(s->arena, s->argv[i].z, &all->list);
		if (error != NULL)
			s->wrong = i;
	}
	if (error == NULL)
		all->written = s->node->raw;
	return error;
}

/* What stands in it is read into a scope, which serves the next host if this
 * one has no use for it. */
static void
read_lines(struct setting *s, struct vhost *host)
{
	struct config *c = s->reading->config;
	struct place inside = { .where = IN_VHOST, .owner = host,
	    .up = s->place };

	host->scope = c->spare != NULL ? c->spare : scope_new(s->arena);
	c->spare = NULL;
	inside.scope = host->scope;
	directive_apply(s->reading, &inside, s->node->children);
	if (!scope_empty(host->scope))
		return;
	c->spare = host->scope;
	host->scope = c->main->scope;
}

const char *
host_open(struct setting *s)
{
	struct config *c = s->reading->config;
	struct vhost *host = arena_one(s->arena, struct vhost);
	const char *error = NULL;

	host->config = c;
	host->at = s->node->at;
	host->lines = s->node->children;
	host->scheme = "http";
	host->addresses = same_addresses(c, s->node->raw);
	if (host->addresses == NULL)
		error = read_addresses(s, &host->addresses);
	vec_add(s->arena, &c->vhosts, host);
	host->order = c->vhosts.n;
	read_lines(s, host);
	return error;
}

/* ---- The index ----------------------------------------------------------- */

enum { KEY_SIZE = 16 + 2 };

/* any_address: no bytes before the port. */
static struct str
key_of(char out[KEY_SIZE], struct str address, unsigned port)
{
	memcpy(out, address.n > 0 ? address.at : "", address.n);
	out[address.n] = (char)(port >> 8);
	out[address.n + 1] = (char)port;
	return str_n(out, address.n + 2);
}

/* The first host of the configuration with a name keeps it. */
static void
name_add(struct hash *table, struct str name,
    const struct vhost *host)
{
	if (hash_get(table, name) == NULL)
		hash_set(table, name, (void *)(uintptr_t)host);
}

/* Brackets are none: they hold an IPv6 address. */
static bool
has_wildcard(struct str name)
{
	return str_find(name, '*') >= 0 || str_find(name, '?') >= 0;
}

static void
set_add_name(struct arena *a, struct host_set *set, const char *z,
    const struct vhost *host)
{
	struct str name = str_of(z);

	if (name.n > 1 && name.at[name.n - 1] == '.')
		name.n--;
	if (!has_wildcard(name)) {
		name_add(set->names, name, host);
	} else if (str_starts(name, STR("*.")) &&
	    !has_wildcard(str_from(name, 1))) {
		name_add(set->suffixes, str_from(name, 1), host);
	} else {
		struct glob_name *g = arena_one(a, struct glob_name);

		g->pattern = name;
		g->host = host;
		vec_add(a, &set->globs, g);
	}
}

static void
set_add(struct arena *a, struct host_set *set, struct vhost *host)
{
	if (set->first == NULL)
		set->first = host;
	if (host->name != NULL)
		set_add_name(a, set, host->name, host);
	for (size_t i = 0; i < host->aliases.n; i++)
		set_add_name(a, set, host->aliases.at[i], host);
	if (host->server_path != NULL)
		vec_add(a, &set->paths, host);
}

static struct host_set *
set_for(struct arena *a, struct hash *sets, const struct vhost_address *v)
{
	char room[KEY_SIZE];
	struct str key = key_of(room, v->any_address ? STR_NONE :
	    address_bytes((const struct sockaddr *)&v->addr), v->port);
	struct host_set *set = hash_get(sets, key);

	if (set == NULL) {
		set = arena_one(a, struct host_set);
		set->names = hash_new(a);
		set->suffixes = hash_new(a);
		hash_set(sets, str_copy(a, key), set);
	}
	return set;
}

/* Give the host's addresses their sets, and count its names there. */
static void
host_count(struct arena *a, struct hash *sets, const struct vhost *host)
{
	for (size_t i = 0; i < host->addresses->list.n; i++) {
		struct vhost_address *v = host->addresses->list.at[i];

		if (v->set == NULL)
			v->set = set_for(a, sets, v);
		v->set->n_names += 1 + host->aliases.n;
	}
}

/* The tables are made as large as they will be. */
static void
sets_reserve(const struct hash *sets)
{
	struct str key;
	void *value;

	for (size_t i = 0; hash_at(sets, i, &key, &value); i++) {
		const struct host_set *set = value;

		hash_reserve(set->names, set->n_names);
	}
}

struct host_index *
hosts_index(struct config *c)
{
	struct host_index *index = arena_one(c->arena, struct host_index);

	index->sets = hash_new(c->arena);
	for (size_t i = 0; i < c->vhosts.n; i++)
		host_count(c->arena, index->sets, c->vhosts.at[i]);
	sets_reserve(index->sets);
	for (size_t i = 0; i < c->vhosts.n; i++) {
		struct vhost *host = c->vhosts.at[i];
		const struct vec *list = &host->addresses->list;

		for (size_t k = 0; k < list->n; k++)
			set_add(c->arena, ((const struct vhost_address *)
			    list->at[k])->set, host);
	}
	return index;
}

/* ---- Finding ------------------------------------------------------------- */

const struct host_set *
hosts_at(const struct config *c, const struct sockaddr *local)
{
	struct str address = address_bytes(local);
	unsigned port = address_port(local);
	const struct { struct str address; unsigned port; } ask[] = {
		{ address, port }, { address, 0 }, { STR_NONE, port },
		{ STR_NONE, 0 },
	};
	char room[KEY_SIZE];

	for (size_t i = 0; c->hosts != NULL && i < 4; i++) {
		const struct host_set *set = hash_get(c->hosts->sets,
		    key_of(room, ask[i].address, ask[i].port));

		if (set != NULL)
			return set;
	}
	return NULL;
}

/* The earlier of two in the configuration; either may be NULL. */
static const struct vhost *
earlier(const struct vhost *a, const struct vhost *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return a->order <= b->order ? a : b;
}

const struct vhost *
host_named(const struct config *c, const struct host_set *set,
    struct str name)
{
	const struct vhost *best;

	if (set == NULL)
		return c->main;
	if (name.n == 0)
		return set->first;
	best = hash_get(set->names, name);
	for (size_t i = 0; hash_count(set->suffixes) > 0 && i < name.n; i++)
		if (name.at[i] == '.')
			best = earlier(best, hash_get(set->suffixes,
			    str_from(name, i)));
	for (size_t i = 0; i < set->globs.n; i++) {
		const struct glob_name *g = set->globs.at[i];

		if (str_glob(g->pattern, name, false, false))
			best = earlier(best, g->host);
	}
	return best == NULL ? set->first : best;
}

const struct vhost *
host_by_path(const struct config *c, const struct host_set *set,
    struct str path)
{
	for (size_t i = 0; set != NULL && i < set->paths.n; i++) {
		const struct vhost *host = set->paths.at[i];
		struct str prefix = str_of(host->server_path);

		if (str_starts(path, prefix) && (path.n == prefix.n ||
		    prefix.at[prefix.n - 1] == '/' ||
		    path.at[prefix.n] == '/'))
			return host;
	}
	return set == NULL ? c->main : set->first;
}
