/*
 * hosts.h - virtual hosts: opened while the configuration is read, found by
 * address and name for every request in a constant number of table look-ups.
 *
 * Apache's rules: the most specific address wins (ip:port, ip:*, *:port, *:*);
 * among the hosts of that address the first in the configuration whose
 * ServerName or ServerAlias matches, else the first of all; no address: main.
 */
#ifndef SERVE_HOSTS_H
#define SERVE_HOSTS_H

#include "serve/core.h"

/* The setter of <VirtualHost>. */
const char	*host_open(struct setting *s);
/* "*:80", "10.0.0.1", "[::1]:*", "_default_:443", a name; 0, or the end of a
 * sentence. */
const char	*host_address_parse(struct arena *a, const char *text,
		    struct vec *addresses);

/* The hosts that share an address. */
struct host_set;

/* Build the index once the whole configuration was read. */
struct host_index *hosts_index(struct config *c);
/* The hosts at a local address; NULL: only the main server. */
const struct host_set *hosts_at(const struct config *c,
		    const struct sockaddr *local);
/* The host with this lower-case name; the set's default for other names and
 * for STR_NONE. */
const struct vhost *host_named(const struct config *c,
		    const struct host_set *set, struct str name);
/* For requests without a Host: the one whose ServerPath begins path, else the
 * default. */
const struct vhost *host_by_path(const struct config *c,
		    const struct host_set *set, struct str path);
/* The port of an address, host byte order. */
unsigned	 address_port(const struct sockaddr *a);

#endif
