/*
 * confinement.c - the limits and the sandbox of programs.
 * Manual: modules/confine.html
 *
 * What a directive asks for and the system cannot do is found while the
 * configuration is read.  It is found again for each program: one that was to
 * be confined never runs without, unless CGISandboxMissing allows it.
 */
#include "script/confinement.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/landlock.h"
#include "conf/directive.h"
#include "script/sandbox.h"
#include "serve/core.h"

/* A pair of limits.  One from an .htaccess file can only lower. */
struct limit {
	bool		given, lowers;
	rlim_t		soft, hard;
};

enum { LIMIT_CPU, LIMIT_MEM, LIMIT_NPROC, LIMIT_FSIZE, LIMIT_NOFILE,
	LIMIT_CORE, N_LIMITS };

static const int resources[N_LIMITS] = {
	RLIMIT_CPU,
#if defined(RLIMIT_AS)
	RLIMIT_AS,
#else
	RLIMIT_DATA,
#endif
	RLIMIT_NPROC, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE
};

struct preset_choice {
	bool		given;
	unsigned	presets;	/* SANDBOX_...; 0: off */
};

struct confine_conf {
	struct limit	limits[N_LIMITS];
	struct preset_choice sandbox;
	struct vec	read, write, exec;	/* const char * */
	struct number	network;		/* enum seccomp_sockets */
	enum flag	no_new_privs;
	struct number	missing;
};

enum { MISSING_ERROR, MISSING_WARN };
static const char *const missing_words[] = { "error", "warn", NULL };
static const char *const network_words[] = { "Off", "Unix", "On", NULL };

/* ---- What there is ------------------------------------------------------- */

static bool
can_confine(void)
{
	return confine_privs_work() && seccomp_works() && landlock_abi() > 0;
}

/* What the sandbox lacks here altogether, or NULL. */
static const char *
lack(void)
{
	if (!confine_privs_work())
		return "this system knows neither Landlock nor seccomp, or "
		    "the server was built without them";
	if (landlock_abi() == 0)
		return "this kernel has no Landlock, or it is turned off: "
		    "files cannot be kept from programs";
	return seccomp_works() ? NULL : "this kernel has no seccomp filters: "
	    "system calls and sockets cannot be kept from programs";
}

/* What is missing by the version of Landlock; NULL when none is. */
static const char *
weakness(void)
{
	int abi = landlock_abi();

	if (abi < 3)
		return "programs can empty files that they may only read, if "
		    "their user may write them (that came with Linux 6.2)";
	if (abi < 6)
		return "programs can send signals to other processes of their "
		    "user (that came with Linux 6.12)";
	return NULL;
}

/* ---- For one program ----------------------------------------------------- */

static void
set_limits(const struct confine_conf *c, struct arena *a,
    struct os_program *p)
{
	struct os_limit *limits = arena_many(a, struct os_limit, N_LIMITS);

	p->limits = limits;
	for (int i = 0; i < N_LIMITS; i++)
		if (c->limits[i].given)
			limits[p->n_limits++] = (struct os_limit){
			    resources[i], { c->limits[i].soft,
			    c->limits[i].hard } };
}

static int
ruleset_for(const struct confine_conf *c, const struct os_program *p,
    enum seccomp_sockets sockets)
{
	struct sandbox s = { .presets = c->sandbox.presets,
	    .read = &c->read, .write = &c->write, .exec = &c->exec,
	    .directory = p->directory,
	    .tcp = sockets == SECCOMP_ALL_SOCKETS };

	if (s.tcp)
		s.presets |= SANDBOX_NAMES;
	return sandbox_ruleset(&s);
}

const char *
confinement_of(const struct scope *scope, struct arena *a,
    struct os_program *p)
{
	const struct confine_conf *c = scope_get(scope, &mod_confine);
	struct confine *confine;
	bool sandbox = c->sandbox.presets != 0;

	set_limits(c, a, p);
	if (!sandbox && !flag_or(c->no_new_privs, false))
		return NULL;
	errno = ENOSYS;
	if (sandbox && !can_confine()) {
		if (number_or(c->missing, MISSING_ERROR) != MISSING_WARN)
			return lack();
		sandbox = false;
	}
	confine = arena_one(a, struct confine);
	confine->ruleset = -1;
	confine->no_new_privs = confine_privs_work();
	if (sandbox) {
		confine->filtered = true;
		confine->sockets = (enum seccomp_sockets)number_or(c->network,
		    SECCOMP_NO_SOCKETS);
		confine->ruleset = ruleset_for(c, p, confine->sockets);
		if (confine->ruleset == -1)
			return "its sandbox could not be made";
	} else if (!confine->no_new_privs &&
	    number_or(c->missing, MISSING_ERROR) != MISSING_WARN) {
		return "this system cannot keep it from gaining privileges";
	}
	p->confine = confine;
	return NULL;
}

/* ---- Limits -------------------------------------------------------------- */

static const char *
read_limit(struct setting *s, int arg, bool bytes, rlim_t *out)
{
	int64_t n;
	const char *error;

	if (str_is_nocase(str_of(s->argv[arg].z), "max")) {
		*out = RLIM_INFINITY;
		return NULL;
	}
	error = bytes ? read_bytes(s, arg, 0, INT64_MAX, &n) :
	    read_number(s, arg, 0, INT32_MAX, &n);
	if (error != NULL)
		s->hint = "or \"max\", for what the system allows";
	else
		*out = (rlim_t)n;
	return error;
}

static const char *
set_limit(struct setting *s)
{
	size_t i = (s->row->at - offsetof(struct confine_conf, limits)) /
	    sizeof(struct limit);
	struct limit *limit = &((struct confine_conf *)s->conf)->limits[i];
	bool bytes = i == LIMIT_MEM || i == LIMIT_FSIZE || i == LIMIT_CORE;
	struct limit l = { .given = true, .hard = RLIM_INFINITY,
	    .lowers = s->reading->override != NULL };
	const char *error = read_limit(s, 0, bytes, &l.soft);

	if (error == NULL && s->argc == 2)
		error = read_limit(s, 1, bytes, &l.hard);
	if (error != NULL)
		return error;
	if (l.soft == RLIM_INFINITY)
		l.soft = l.hard;
	if (l.hard < l.soft)
		return setting_error(s, 1, "has a hard limit below the soft "
		    "one");
	*limit = l;
	return NULL;
}

static rlim_t
lower(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct confine_conf *o = outer, *i = inner;
	struct confine_conf *r = result;

	(void)a;
	for (int n = 0; n < N_LIMITS; n++) {
		const struct limit *was = &o->limits[n], *is = &i->limits[n];

		r->limits[n] = is->given ? *is : *was;
		if (!is->given || !is->lowers || !was->given)
			continue;
		r->limits[n].soft = lower(is->soft, was->soft);
		r->limits[n].hard = lower(is->hard, was->hard);
		r->limits[n].lowers = was->lowers;
	}
}

/* ---- The sandbox --------------------------------------------------------- */

/* Where somebody asks for what needs the kernel's help; for finish(). */
static struct {
	const struct reading *of;
	struct vec	 at;		/* struct spot * */
} wishes;

static void
note_wish(struct setting *s)
{
	struct spot *at = arena_one(s->arena, struct spot);

	if (wishes.of != s->reading)
		wishes.at = (struct vec){ 0 };
	wishes.of = s->reading;
	*at = setting_spot(s, -1, 0);
	vec_add(s->arena, &wishes.at, at);
}

static const char *
add_preset(struct setting *s, int arg, unsigned *presets)
{
	int64_t word;
	const char *error;

	if (str_is_nocase(str_of(s->argv[arg].z), "On")) {
		*presets |= SANDBOX_ON;
		return NULL;
	}
	error = read_word(s, arg, sandbox_words, &word);
	if (error == NULL)
		*presets |= SANDBOX_PROGRAM | 1u << word;
	/* Not with "On", where nothing is to be written anywhere. */
	if (error == NULL && 1u << word == SANDBOX_PHP)
		*presets |= SANDBOX_UPLOADS;
	return error;
}

static const char *
set_sandbox(struct setting *s)
{
	struct confine_conf *c = s->conf;
	unsigned presets = 0;
	const char *error;

	if (s->argc == 1 && str_is_nocase(str_of(s->argv[0].z), "Off")) {
		c->sandbox = (struct preset_choice){ true, 0 };
		return NULL;
	}
	for (int i = 0; i < s->argc; i++) {
		error = add_preset(s, i, &presets);
		if (error != NULL) {
			s->hint = "or On; or Off, alone";
			return error;
		}
	}
	c->sandbox = (struct preset_choice){ true, presets };
	note_wish(s);
	return NULL;
}

static const char *
set_paths(struct setting *s)
{
	struct vec *paths = (struct vec *)(void *)((char *)s->conf +
	    s->row->at);
	struct stat st;
	char *path;

	for (int i = 0; i < s->argc; i++) {
		path = read_path(s, i);
		if (stat(path, &st) == -1)
			setting_warn(s, i, "names %s, which cannot be looked "
			    "at: %s", path, strerror(errno));
		vec_add(s->arena, paths, path);
	}
	return NULL;
}

static const char *
set_no_new_privs(struct setting *s)
{
	struct confine_conf *c = s->conf;
	const char *error = read_flag(s, 0, &c->no_new_privs);

	if (error == NULL && c->no_new_privs == FLAG_ON &&
	    !confine_privs_work())
		note_wish(s);
	return error;
}

static void
finish(struct reading *r)
{
	const struct confine_conf *c = scope_get(r->config->main->scope,
	    &mod_confine);
	bool warn = number_or(c->missing, MISSING_ERROR) == MISSING_WARN;
	const char *lacks = lack(), *weak = weakness();

	if (wishes.of != r)
		return;
	for (size_t i = 0; i < wishes.at.n; i++)
		if (lacks != NULL)
			diagnose(r->diagnosis, warn ? SEVERITY_WARNING :
			    SEVERITY_ERROR, wishes.at.at[i], warn ? NULL :
			    "\"CGISandboxMissing warn\" runs programs without",
			    "%s", lacks);
		else if (weak != NULL)
			diagnose(r->diagnosis, SEVERITY_WARNING,
			    wishes.at.at[i], NULL, "by this kernel's Landlock "
			    "(version %d) %s", landlock_abi(), weak);
	wishes.of = NULL;
}

/* ---- The table ----------------------------------------------------------- */

#define AT(field)	offsetof(struct confine_conf, field)
#define LIMIT(name, which, where, text) \
	{ name, 1, 2, where, SLOT_CUSTOM, AT(limits) + \
	  (which) * sizeof(struct limit), set_limit, text, \
	  .size = sizeof(struct limit) }
#define IN_ADMIN	(IN_CONF | IN_SECTION)

static const struct directive rows[] = {
	LIMIT("RLimitCPU", LIMIT_CPU, IN_ANY | OVERRIDE_ALL,
	    "soft and hard limit of processor seconds, or max"),
	LIMIT("RLimitMEM", LIMIT_MEM, IN_ANY | OVERRIDE_ALL,
	    "soft and hard limit of a process's memory in bytes, or max"),
	LIMIT("RLimitNPROC", LIMIT_NPROC, IN_ANY | OVERRIDE_ALL,
	    "soft and hard limit of a user's processes, or max"),
	LIMIT("RLimitFSIZE", LIMIT_FSIZE, IN_ADMIN,
	    "soft and hard limit of the size of a written file, or max"),
	LIMIT("RLimitNOFILE", LIMIT_NOFILE, IN_ADMIN,
	    "soft and hard limit of open files, or max"),
	LIMIT("RLimitCORE", LIMIT_CORE, IN_ADMIN,
	    "soft and hard limit of the size of a core dump, or max"),
	{ "CGISandbox", 1, MANY, IN_ADMIN, SLOT_CUSTOM, AT(sandbox),
	  set_sandbox, "Off, On, or what programs need: Program, Shell, Perl, "
	  "Python, PHP, Git, Tmp", .size = sizeof(struct preset_choice) },
	{ "CGISandboxRead", 1, MANY, IN_ADMIN, SLOT_LIST, AT(read), set_paths,
	  "files and directories that programs may read" },
	{ "CGISandboxWrite", 1, MANY, IN_ADMIN, SLOT_LIST, AT(write),
	  set_paths, "files and directories that programs may change" },
	{ "CGISandboxExec", 1, MANY, IN_ADMIN, SLOT_LIST, AT(exec), set_paths,
	  "programs, or directories of them, that programs may run" },
	{ "CGISandboxNetwork", 1, 1, IN_ADMIN, SLOT_WORD, AT(network),
	  .help = "which sockets programs may have: none, of this machine, "
	  "or all", .words = network_words },
	{ "CGINoNewPrivileges", 1, 1, IN_ADMIN, SLOT_FLAG, AT(no_new_privs),
	  set_no_new_privs, "On: setuid programs give programs nothing" },
	{ "CGISandboxMissing", 1, 1, IN_SERVER, SLOT_WORD, AT(missing),
	  .help = "what it is when the kernel cannot do that: an error, or "
	  "only worth a warning", .words = missing_words },
	{ 0 }
};

struct module mod_confine = {
	.name = "confine",
	.conf_size = sizeof(struct confine_conf),
	.rows = rows,
	.merge = merge,
	.finish = finish,
};
