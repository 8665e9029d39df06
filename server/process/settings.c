/*
 * settings.c - see settings.h.
 *
 * Apache's pool directives were made for one process per connection. Those that
 * still mean something with event loops keep their names: StartServers is the
 * number of workers, MaxRequestWorkers the number of requests in progress at
 * once.  The rest is accepted, so that packaged files can stay as they are.
 */
#include "process/settings.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/str.h"
#include "conf/directive.h"
#include "conf/scope.h"
#include "process/board.h"
#include "process/crowd.h"
#include "serve/core.h"

/* A user or a group: by name, or by "#number". */
struct who {
	bool		 given;
	const char	*name;		/* NULL: it has none */
	long		 id;
	long		 group;		/* a user's own */
};

struct process_conf {
	struct who	 user, group;
	struct vec	 addresses;	/* struct address * */
	const char	*pid_file, *runtime_dir;
	struct number	 start, limit, max_requests, max_connections;
	struct per_ip {
		bool	 given;
		int64_t	 max, ipv6_bits;
	} per_ip;
	struct number	 backlog, send_buffer, receive_buffer;
	struct number	 graceful_timeout_ms;
	bool		 accept_at_once;	/* AcceptFilter http none */
};

/* ---- Who ----------------------------------------------------------------- */

static bool
read_id(const char *z, long *id)
{
	uint64_t number;

	if (z[0] != '#' || !str_number(str_of(z + 1), 10, INT32_MAX, &number))
		return false;
	*id = (long)number;
	return true;
}

static const char *
set_user(struct setting *s)
{
	struct process_conf *c = s->conf;
	const char *z = s->argv[0].z;
	const struct passwd *found;
	long id = -1;

	found = read_id(z, &id) ? getpwuid((uid_t)id) : getpwnam(z);
	if (found == NULL && id == -1)
		return setting_error(s, 0, "bad user name %s", z);
	c->user.given = true;
	c->user.name = NULL;
	c->user.id = c->user.group = id;
	if (found != NULL) {
		c->user.name = str_z(s->arena, str_of(found->pw_name));
		c->user.id = (long)found->pw_uid;
		c->user.group = (long)found->pw_gid;
	}
	return NULL;
}

static const char *
set_group(struct setting *s)
{
	struct process_conf *c = s->conf;
	const char *z = s->argv[0].z;
	const struct group *found;
	long id = -1;

	found = read_id(z, &id) ? getgrgid((gid_t)id) : getgrnam(z);
	if (found == NULL && id == -1)
		return setting_error(s, 0, "bad group name %s", z);
	c->group.given = true;
	c->group.name = NULL;
	c->group.id = id;
	if (found != NULL) {
		c->group.name = str_z(s->arena, str_of(found->gr_name));
		c->group.id = (long)found->gr_gid;
	}
	return NULL;
}

/* ---- Where --------------------------------------------------------------- */

static const char *
set_listen(struct setting *s)
{
	struct process_conf *c = s->conf;
	const char *error;
	size_t fresh;

	if (s->argc == 2 && !str_is_nocase(str_of(s->argv[1].z), "http"))
		return setting_error(s, 1, "can only speak http, not %s",
		    s->argv[1].z);
	error = listen_parse(s->arena, s->argv[0].z, &c->addresses, &fresh);
	if (error == NULL && fresh == 0)
		setting_warn(s, 0, "is listened to already");
	return error;
}

static const char *
set_accept_filter(struct setting *s)
{
	static const char *const words[] = {
		"none", "data", "httpready", "connect", NULL
	};
	struct process_conf *c = s->conf;
	const char *error;
	int64_t word;

	error = read_word(s, 1, words, &word);
	if (error == NULL && str_is_nocase(str_of(s->argv[0].z), "http"))
		c->accept_at_once = word == 0;
	return error;
}

static const char *
set_per_ip(struct setting *s)
{
	struct process_conf *c = s->conf;
	struct per_ip read = { true, 0, 64 };
	const char *error;

	error = read_number(s, 0, 0, CROWD_LIMIT_MAX, &read.max);
	if (error == NULL && s->argc == 2)
		error = read_number(s, 1, 1, 128, &read.ipv6_bits);
	if (error == NULL)
		c->per_ip = read;
	return error;
}

/* ---- The table ----------------------------------------------------------- */

#define AT(field)	offsetof(struct process_conf, field)
#define FOR_OTHERS(name, n, why) \
	{ name, n, n, IN_SERVER | ACCEPTED_ONLY, SLOT_NONE, .help = why }

static const struct directive rows[] = {
	{ "User", 1, 1, IN_SERVER, SLOT_CUSTOM, AT(user), set_user,
	  "a user name or #number: what workers become when started as root",
	  .size = sizeof(struct who) },
	{ "Group", 1, 1, IN_SERVER, SLOT_CUSTOM, AT(group), set_group,
	  "a group name or #number: what workers become when started as root",
	  .size = sizeof(struct who) },
	{ "PidFile", 1, 1, IN_SERVER, SLOT_PATH, AT(pid_file),
	  .help = "a file for the process number of the master" },
	{ "Listen", 1, 2, IN_SERVER, SLOT_CUSTOM, AT(addresses), set_listen,
	  "a port or address:port, and the protocol http",
	  .size = sizeof(struct vec) },
	{ "ListenBackLog", 1, 1, IN_SERVER, SLOT_NUMBER, AT(backlog),
	  .help = "connections that may wait to be accepted",
	  .lo = 1, .hi = INT32_MAX },
	{ "AcceptFilter", 2, 2, IN_SERVER, SLOT_CUSTOM, AT(accept_at_once),
	  set_accept_filter, "http, and data (wait for the client's first "
	  "bytes before a worker is woken) or none", .size = sizeof(bool) },
	{ "SendBufferSize", 1, 1, IN_SERVER, SLOT_NUMBER, AT(send_buffer),
	  .help = "bytes of a socket's send buffer; 0: the system's" },
	{ "ReceiveBufferSize", 1, 1, IN_SERVER, SLOT_NUMBER,
	  AT(receive_buffer),
	  .help = "bytes of a socket's receive buffer; 0: the system's" },
	{ "StartServers", 1, 1, IN_SERVER, SLOT_NUMBER, AT(start),
	  .help = "how many workers share the connections",
	  .lo = 1, .hi = INT32_MAX },
	{ "ServerLimit", 1, 1, IN_SERVER, SLOT_NUMBER, AT(limit),
	  .help = "how many workers there may ever be",
	  .lo = 1, .hi = 200000 },
	{ "MaxRequestWorkers", 1, 1, IN_SERVER, SLOT_NUMBER, AT(max_requests),
	  .help = "requests in progress at once, over all workers",
	  .lo = 1, .hi = INT32_MAX },
	{ "MaxClients", 1, 1, IN_SERVER, SLOT_NUMBER, AT(max_requests),
	  .help = "the old name of MaxRequestWorkers",
	  .lo = 1, .hi = INT32_MAX },
	{ "MaxConnectionsPerIP", 1, 2, IN_SERVER, SLOT_CUSTOM, AT(per_ip),
	  set_per_ip, "connections that one client address may hold (0: no "
	  "limit), and how many bits of an IPv6 address make one client",
	  .size = sizeof(struct per_ip) },
	{ "MaxConnectionsPerChild", 1, 1, IN_SERVER, SLOT_NUMBER,
	  AT(max_connections),
	  .help = "connections after which a worker is replaced; 0: never" },
	{ "MaxRequestsPerChild", 1, 1, IN_SERVER, SLOT_NUMBER,
	  AT(max_connections),
	  .help = "the old name of MaxConnectionsPerChild" },
	{ "GracefulShutdownTimeout", 1, 1, IN_SERVER, SLOT_SECONDS,
	  AT(graceful_timeout_ms),
	  .help = "seconds that a graceful stop may take; 0: any time",
	  .lo = 0, .hi = 2147483000 },

	FOR_OTHERS("MinSpareServers", 1, "workers serve many clients each"),
	FOR_OTHERS("MaxSpareServers", 1, "workers serve many clients each"),
	FOR_OTHERS("MinSpareThreads", 1, "workers have one thread"),
	FOR_OTHERS("MaxSpareThreads", 1, "workers have one thread"),
	FOR_OTHERS("ThreadsPerChild", 1, "workers have one thread"),
	FOR_OTHERS("ThreadLimit", 1, "workers have one thread"),
	FOR_OTHERS("ThreadStackSize", 1, "workers have one thread"),
	FOR_OTHERS("AsyncRequestWorkerFactor", 1, "workers have one thread"),
	FOR_OTHERS("MaxMemFree", 1, "memory is given back as it is freed"),
	FOR_OTHERS("ScoreBoardFile", 1, "the scoreboard needs no file"),
	{ "Mutex", 1, 2, IN_SERVER | ACCEPTED_ONLY, SLOT_NONE,
	  .help = "nothing here needs a lock" },
	{ "DefaultRuntimeDir", 1, 1, IN_SERVER | ACCEPTED_ONLY, SLOT_PATH,
	  AT(runtime_dir),
	  .help = "a directory: only PidFile is written" },
	FOR_OTHERS("CoreDumpDirectory", 1, "the system decides on core dumps"),
	FOR_OTHERS("EnableExceptionHook", 1, "there is no such hook"),
	FOR_OTHERS("ListenCoresBucketsRatio", 1, "workers share sockets"),
	FOR_OTHERS("GprofDir", 1, "profiles are written by the compiler's way"),
	{ 0 }
};

struct module mod_process = {
	.name = "process",
	.alias = "mpm_prefork_module prefork.c mpm_prefork.c "
	    "mod_mpm_prefork.c unixd_module mod_unixd.c systemd_module "
	    "mod_systemd.c",
	.conf_size = sizeof(struct process_conf),
	.rows = rows,
};

/* ---- What it comes to ---------------------------------------------------- */

/* Without Group, the user's own. */
static void
settle_who(const struct config *c, const struct process_conf *conf,
    struct settings *s)
{
	const struct group *own;

	s->user_given = conf->user.given;
	s->user = conf->user.name;
	s->uid = conf->user.given ? (uid_t)conf->user.id : getuid();
	s->group = conf->group.name;
	if (conf->group.given) {
		s->gid = (gid_t)conf->group.id;
		return;
	}
	s->gid = conf->user.given ? (gid_t)conf->user.group : getgid();
	own = getgrgid(s->gid);
	if (own != NULL)
		s->group = str_z(c->arena, str_of(own->gr_name));
}

void
settings_of(const struct config *c, struct settings *s)
{
	const struct process_conf *conf = scope_get(c->main->scope,
	    &mod_process);
	int64_t limit = number_or(conf->limit, 256), start;

	*s = (struct settings){ 0 };
	settle_who(c, conf, s);
	s->pid_file = conf->pid_file != NULL ? conf->pid_file :
	    str_zfmt(c->arena, "%s/%s", c->server_root, PIDFILE_DEFAULT);
	s->runtime_dir = conf->runtime_dir != NULL ? conf->runtime_dir :
	    str_zfmt(c->arena, "%s/logs", c->server_root);
	s->server_limit = limit < BOARD_SEATS_MAX ? (unsigned)limit :
	    BOARD_SEATS_MAX;
	start = number_or(conf->start, os_processors());
	s->workers = start < s->server_limit ? (unsigned)start :
	    s->server_limit;
	s->max_requests = (unsigned)number_or(conf->max_requests, 256);
	s->max_connections = (uint64_t)number_or(conf->max_connections, 0);
	s->max_per_ip = (unsigned)conf->per_ip.max;
	s->ipv6_bits = (unsigned)conf->per_ip.ipv6_bits;
	s->graceful_timeout_ms = number_or(conf->graceful_timeout_ms, 0);
	s->addresses = &conf->addresses;
	s->listen = (struct listen_options){
		.backlog = (int)number_or(conf->backlog, 511),
		.defer = !conf->accept_at_once,
		.send_buffer = (int)number_or(conf->send_buffer, 0),
		.receive_buffer = (int)number_or(conf->receive_buffer, 0),
	};
}
