/*
 * settings.h - the directives about processes: who they are, how many, and
 * where they listen.  Unlike other features, these are read by the master
 * itself.
 */
#ifndef PROCESS_SETTINGS_H
#define PROCESS_SETTINGS_H

#include <sys/types.h>

#include "conf/module.h"
#include "process/listen.h"

extern struct module mod_process;

/* Below ServerRoot. */
#define PIDFILE_DEFAULT	"logs/httpd.pid"

/* What the directives come to, with the defaults in their places. */
struct settings {
	const char	*user, *group;	/* names for messages; user may be
					 * NULL: the uid has none */
	bool		 user_given;
	uid_t		 uid;
	gid_t		 gid;
	const char	*pid_file;
	const char	*runtime_dir;	/* told, not used */
	unsigned	 workers;	/* 1..server_limit */
	unsigned	 server_limit;
	unsigned	 max_requests;	/* in progress, over all workers */
	uint64_t	 max_connections;	/* of one worker; 0: no limit */
	unsigned	 max_per_ip;	/* connections; 0: no limit */
	unsigned	 ipv6_bits;	/* that make one IPv6 client */
	int64_t		 graceful_timeout_ms;	/* 0: for ever */
	const struct vec *addresses;	/* struct address * */
	struct listen_options listen;
};

void	settings_of(const struct config *c, struct settings *s);

#endif
