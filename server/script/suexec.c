/*
 * suexec.c - programs that run as other users.
 * Manual: modules/suexec.html
 *
 * A directory is looked at through one fd, and the program is started from that
 * fd, so that nothing can be put in its place in between.
 */
#include "script/suexec.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/directive.h"

enum { MIN_ID = 100, GROUPS_MAX = 1024 };

#define DOC_ROOT	"/var/www"
#define USER_SUFFIX	"public_html"
#define SAFE_PATH	"/usr/local/bin:/usr/bin:/bin"

struct suexec_conf {
	struct whom {
		const char	*user, *group;
		struct spot	*at;
	} whom;
	enum flag	 owners;
	/* The main server's. */
	const char	*doc_root, *suffix, *path;
	struct number	 min_uid, min_gid;
	struct vec	 keep;		/* const char * */
};

static const struct suexec_conf *
main_conf(const struct config *c)
{
	return scope_get(c->main->scope, &mod_suexec);
}

static const char *
or_default(const char *z, const char *otherwise)
{
	return z != NULL ? z : otherwise;
}

/* The conf of host i; the main server's comes first.  NULL: no more. */
static const struct suexec_conf *
host_conf(const struct config *c, size_t i)
{
	const struct vhost *host;

	if (i > c->vhosts.n)
		return NULL;
	host = i == 0 ? c->main : c->vhosts.at[i - 1];
	return scope_get(host->scope, &mod_suexec);
}

bool
suexec_needed(const struct config *c)
{
	const struct suexec_conf *conf;

	for (size_t i = 0; (conf = host_conf(c, i)) != NULL; i++)
		if (conf->whom.user != NULL || flag_or(conf->owners, false))
			return true;
	return false;
}

bool
suexec_wanted(const struct request *r, struct errand_user *who)
{
	const struct suexec_conf *c = scope_get(r->vhost->scope, &mod_suexec);

	if (r->owner != NULL && flag_or(c->owners, false)) {
		*who = (struct errand_user){ r->owner, "", true };
		return true;
	}
	*who = (struct errand_user){ c->whom.user, c->whom.group, false };
	return c->whom.user != NULL;
}

/* ---- Who ----------------------------------------------------------------- */

static bool
read_id(const char *z, uint64_t *id)
{
	return z[0] == '#' && str_number(str_of(z + 1), 10, INT32_MAX, id);
}

static const struct passwd *
user_of(const char *z)
{
	uint64_t id;

	return read_id(z, &id) ? getpwuid((uid_t)id) : getpwnam(z);
}

/* Numbers need no name. */
static bool
group_of(const char *z, gid_t *gid)
{
	const struct group *found;
	uint64_t id;

	if (read_id(z, &id)) {
		*gid = (gid_t)id;
		return true;
	}
	found = getgrnam(z);
	if (found != NULL)
		*gid = found->gr_gid;
	return found != NULL;
}

static bool
is_allowed(const struct config *c, const struct errand_user *who)
{
	const struct suexec_conf *conf;

	for (size_t i = 0; (conf = host_conf(c, i)) != NULL; i++) {
		if (who->owner && flag_or(conf->owners, false))
			return true;
		if (!who->owner && conf->whom.user != NULL &&
		    strcmp(conf->whom.user, who->user) == 0 &&
		    strcmp(conf->whom.group, who->group) == 0)
			return true;
	}
	return false;
}

/* Ids that no program gets, whatever else is true. */
static const char *
refuse_ids(const struct config *c, struct arena *a, const char *user,
    uid_t uid, gid_t gid)
{
	const struct suexec_conf *conf = main_conf(c);
	int64_t min_uid = number_or(conf->min_uid, MIN_ID);
	int64_t min_gid = number_or(conf->min_gid, MIN_ID);

	if (uid == 0)
		return "programs never run as root";
	if ((int64_t)uid < min_uid)
		return str_zfmt(a, "the user %s has the number %ld, which is "
		    "below SuexecMinUID (%ld)", user, (long)uid,
		    (long)min_uid);
	if (gid == 0)
		return "programs never run with the group of root";
	if ((int64_t)gid < min_gid)
		return str_zfmt(a, "the group has the number %ld, which is "
		    "below SuexecMinGID (%ld)", (long)gid, (long)min_gid);
	return NULL;
}

static const char *
resolve(const char *path, struct arena *a)
{
	char *real = realpath(path, NULL), *copy;

	if (real == NULL)
		return NULL;
	copy = str_z(a, str_of(real));
	free(real);
	return copy;
}

static const char *
find_groups(struct suexec_target *t, struct arena *a)
{
	gid_t *groups = arena_many(a, gid_t, GROUPS_MAX);
	int n = GROUPS_MAX;

	if (getgrouplist(t->name, t->as.gid, groups, &n) == -1)
		return str_zfmt(a, "the user %s is in more than %d groups",
		    t->name, GROUPS_MAX);
	t->as.groups = groups;
	t->as.n_groups = (size_t)n;
	return NULL;
}

static const char *
find_root(const struct config *c, const struct errand_user *who,
    const char *home, struct arena *a, struct suexec_target *t)
{
	const struct suexec_conf *conf = main_conf(c);
	const char *path = or_default(conf->doc_root, DOC_ROOT);

	t->place = "SuexecDocRoot";
	if (who->owner) {
		path = str_zfmt(a, "%s/%s", home,
		    or_default(conf->suffix, USER_SUFFIX));
		t->place = "the user's own directory";
	}
	t->root = resolve(path, a);
	if (t->root == NULL)
		return str_zfmt(a, "%s (%s) cannot be entered: %s", t->place,
		    path, strerror(errno));
	return NULL;
}

const char *
suexec_target(const struct config *c, const struct errand_user *who,
    struct arena *a, struct suexec_target *t)
{
	const struct passwd *user;
	const char *why;
	const char *home;

	*t = (struct suexec_target){ 0 };
	if (!is_allowed(c, who))
		return str_zfmt(a, "nothing in the configuration lets "
		    "programs run as %s", who->user);
	user = user_of(who->user);
	if (user == NULL)
		return str_zfmt(a, "there is no user %s", who->user);
	t->name = str_z(a, str_of(user->pw_name));
	t->as.uid = user->pw_uid;
	t->as.gid = user->pw_gid;
	home = str_z(a, str_of(user->pw_dir));
	if (!who->owner && !group_of(who->group, &t->as.gid))
		return str_zfmt(a, "there is no group %s", who->group);
	why = refuse_ids(c, a, t->name, t->as.uid, t->as.gid);
	if (why == NULL)
		why = find_groups(t, a);
	return why != NULL ? why : find_root(c, who, home, a, t);
}

/* ---- What ---------------------------------------------------------------- */

static bool
is_below(const char *path, const char *root)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 &&
	    (path[n] == '/' || path[n] == '\0' || strcmp(root, "/") == 0);
}

static const char *
check_directory(const struct suexec_target *t, const struct stat *st,
    const char *path, struct arena *a)
{
	if (!is_below(path, t->root))
		return str_zfmt(a, "its directory %s is not below %s (%s)",
		    path, t->place, t->root);
	if (!S_ISDIR(st->st_mode))
		return str_zfmt(a, "%s is no directory", path);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return str_zfmt(a, "others than its owner can write to its "
		    "directory: chmod go-w %s", path);
	if (st->st_uid != t->as.uid || st->st_gid != t->as.gid)
		return str_zfmt(a, "its directory %s belongs to %ld:%ld and "
		    "not to %ld:%ld (%s)", path, (long)st->st_uid,
		    (long)st->st_gid, (long)t->as.uid, (long)t->as.gid,
		    t->name);
	return NULL;
}

static const char *
check_file(const struct suexec_target *t, const struct stat *st,
    struct arena *a)
{
	if (S_ISLNK(st->st_mode))
		return "it is a symbolic link";
	if (!S_ISREG(st->st_mode))
		return "it is no regular file";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others than its owner can write to it: chmod go-w it";
	if (st->st_mode & (S_ISUID | S_ISGID))
		return "it is setuid or setgid: chmod ug-s it";
	if (st->st_uid != t->as.uid || st->st_gid != t->as.gid)
		return str_zfmt(a, "it belongs to %ld:%ld and not to %ld:%ld "
		    "(%s)", (long)st->st_uid, (long)st->st_gid,
		    (long)t->as.uid, (long)t->as.gid, t->name);
	if (!(st->st_mode & S_IXUSR))
		return "it is not executable: chmod u+x it";
	return NULL;
}

const char *
suexec_check(const struct suexec_target *t, const char *path,
    struct arena *a, int *directory)
{
	const char *slash = strrchr(path, '/'), *real, *why;
	struct stat st;

	if (path[0] != '/' || slash[1] == '\0')
		return "it has no absolute path";
	real = resolve(str_z(a, str_n(path, (size_t)(slash - path) + 1)), a);
	if (real == NULL)
		return str_zfmt(a, "its directory cannot be entered: %s",
		    strerror(errno));
	*directory = open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (*directory == -1)
		return str_zfmt(a, "its directory cannot be opened: %s",
		    strerror(errno));
	if (fstat(*directory, &st) == -1)
		why = strerror(errno);
	else
		why = check_directory(t, &st, real, a);
	if (why == NULL && fstatat(*directory, slash + 1, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		why = str_zfmt(a, "it cannot be looked at: %s",
		    strerror(errno));
	else if (why == NULL)
		why = check_file(t, &st, a);
	if (why == NULL)
		return NULL;
	close(*directory);
	*directory = -1;
	return why;
}

/* ---- What it sees -------------------------------------------------------- */

static bool
is_safe(const struct suexec_conf *c, struct str name)
{
	static const char *const prefixes[] = {
		"HTTP_", "SSL_", "REDIRECT_", "DATE_", "DOCUMENT_", NULL
	};
	static const char *const names[] = {
		"AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE",
		"CONTEXT_DOCUMENT_ROOT", "CONTEXT_PREFIX",
		"GATEWAY_INTERFACE", "HTTPS", "LAST_MODIFIED", "PATH_INFO",
		"PATH_TRANSLATED", "QUERY_STRING",
		"QUERY_STRING_UNESCAPED", "REMOTE_ADDR", "REMOTE_HOST",
		"REMOTE_IDENT", "REMOTE_PORT", "REMOTE_USER",
		"REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI",
		"SCRIPT_FILENAME", "SCRIPT_NAME", "SCRIPT_URI",
		"SCRIPT_URL", "SERVER_ADDR", "SERVER_ADMIN", "SERVER_NAME",
		"SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SIGNATURE",
		"SERVER_SOFTWARE", "TZ", "UNIQUE_ID", "USER_NAME", NULL
	};

	for (size_t i = 0; prefixes[i] != NULL; i++)
		if (str_starts(name, str_of(prefixes[i])))
			return true;
	for (size_t i = 0; names[i] != NULL; i++)
		if (str_is(name, names[i]))
			return true;
	for (size_t i = 0; i < c->keep.n; i++)
		if (str_is(name, c->keep.at[i]))
			return true;
	return false;
}

char *const *
suexec_environment(const struct config *c, char *const *envp,
    struct arena *a)
{
	const struct suexec_conf *conf = main_conf(c);
	size_t n = 0, kept = 0;
	char **z;

	while (envp[n] != NULL)
		n++;
	z = arena_many(a, char *, n + 2);
	z[kept++] = str_zfmt(a, "PATH=%s", or_default(conf->path, SAFE_PATH));
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_of(envp[i]), name = STR_NONE;

		str_cut(&rest, '=', &name);
		if (!str_is(name, "PATH") && is_safe(conf, name))
			z[kept++] = envp[i];
	}
	return z;
}

/* ---- Reading ------------------------------------------------------------- */

static const char *
set_whom(struct setting *s)
{
	struct suexec_conf *c = s->conf;
	gid_t gid;

	if (user_of(s->argv[0].z) == NULL)
		return setting_error(s, 0, "names a user that does not exist, "
		    "%s", s->argv[0].z);
	if (!group_of(s->argv[1].z, &gid))
		return setting_error(s, 1, "names a group that does not "
		    "exist, %s", s->argv[1].z);
	c->whom = (struct whom){ s->argv[0].z, s->argv[1].z,
	    arena_one(s->arena, struct spot) };
	*c->whom.at = setting_spot(s, -1, 0);
	return NULL;
}

static const char *
set_suffix(struct setting *s)
{
	struct suexec_conf *c = s->conf;
	const char *z = s->argv[0].z;

	if (z[0] == '/' || z[0] == '\0' || strstr(z, "..") != NULL)
		return "must be a path below the home directories, like "
		    "public_html";
	c->suffix = z;
	return NULL;
}

/* What can be said of one host before any program was asked for. */
static void
check_host(struct reading *r, const struct vhost *host)
{
	const struct suexec_conf *c = scope_get(host->scope, &mod_suexec);
	const char *root = host->document_root, *why, *real;
	struct errand_user who = { c->whom.user, c->whom.group, false };
	struct suexec_target t;

	if (c->whom.user == NULL)
		return;
	why = suexec_target(r->config, &who, r->arena, &t);
	if (why != NULL) {
		diagnose(r->diagnosis, SEVERITY_ERROR, c->whom.at, NULL,
		    "no program could run like this: %s", why);
		return;
	}
	real = root != NULL ? resolve(root, r->arena) : NULL;
	if (real != NULL && !is_below(real, t.root))
		diagnose(r->diagnosis, SEVERITY_WARNING, c->whom.at, NULL,
		    "programs in DocumentRoot %s will be refused: it is not "
		    "below SuexecDocRoot (%s)", real, t.root);
}

static void
finish(struct reading *r)
{
	const struct config *c = r->config;
	const struct suexec_conf *conf;

	if (!suexec_needed(c))
		return;
	for (size_t i = 0; (conf = host_conf(c, i)) != NULL; i++)
		check_host(r, i == 0 ? c->main : c->vhosts.at[i - 1]);
	if (geteuid() != 0)
		diagnose(r->diagnosis, c->check_only ? SEVERITY_WARNING :
		    SEVERITY_ERROR, &c->main->at, NULL, "to run programs as "
		    "other users (SuexecUserGroup, SuexecUserDir), the server "
		    "must be started as root");
}

#define AT(field)	offsetof(struct suexec_conf, field)

static const struct directive rows[] = {
	{ "SuexecUserGroup", 2, 2, IN_CONF, SLOT_CUSTOM, AT(whom), set_whom,
	  "the user and the group that programs run as",
	  .size = sizeof(struct whom) },
	{ "SuexecUserDir", 1, 1, IN_CONF, SLOT_FLAG, AT(owners),
	  .help = "On: programs below ~user run as that user" },
	{ "SuexecDocRoot", 1, 1, IN_SERVER, SLOT_PATH, AT(doc_root),
	  .help = "the directory that SuexecUserGroup is confined to" },
	{ "SuexecUserDirSuffix", 1, 1, IN_SERVER, SLOT_STRING, AT(suffix),
	  set_suffix, "where in their homes users have their programs" },
	{ "SuexecMinUID", 1, 1, IN_SERVER, SLOT_NUMBER, AT(min_uid),
	  .help = "the lowest number of a user that programs run as",
	  .lo = 1, .hi = INT32_MAX },
	{ "SuexecMinGID", 1, 1, IN_SERVER, SLOT_NUMBER, AT(min_gid),
	  .help = "the lowest number of a group that programs run as",
	  .lo = 1, .hi = INT32_MAX },
	{ "SuexecSafePath", 1, 1, IN_SERVER, SLOT_STRING, AT(path),
	  .help = "the PATH of programs that run as other users" },
	{ "SuexecPassEnv", 1, MANY, IN_SERVER, SLOT_LIST, AT(keep),
	  .help = "variables that they may see beside those of CGI" },
	{ 0 }
};

struct module mod_suexec = {
	.name = "suexec",
	.alias = "mod_suexec.c suexec_module",
	.conf_size = sizeof(struct suexec_conf),
	.rows = rows,
	.finish = finish,
};
