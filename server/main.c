/*
 * main.c - the command line: options, verbs, and what they come to.
 *
 * Options, messages and exit codes are Apache's, so that scripts which drive
 * httpd can drive this.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/os.h"
#include "conf/diagnose.h"
#include "explain.h"
#include "modules.h"
#include "passwd.h"
#include "process/master.h"
#include "process/pidfile.h"
#include "process/settings.h"
#include "runcgi.h"
#include "serve/config.h"
#include "serve/htaccess.h"
#include "show.h"

/* -k stop waits for the end, so that a start may follow. */
enum { STOP_LOOK_MS = 20, STOP_WAIT_MS = 10000 };

enum verb { VERB_START, VERB_RESTART, VERB_GRACEFUL, VERB_GRACEFUL_STOP,
	VERB_STOP, N_VERBS };

static const struct {
	const char	*name;
	int		 signo;
} verbs[N_VERBS] = {
	[VERB_START] = { "start", 0 },
	[VERB_RESTART] = { "restart", SIGHUP },
	[VERB_GRACEFUL] = { "graceful", SIGUSR1 },
	[VERB_GRACEFUL_STOP] = { "graceful-stop", SIGWINCH },
	[VERB_STOP] = { "stop", SIGTERM },
};

struct command {
	struct arena	*arena;
	struct config_source source;
	enum verb	 verb;
	int		 level;		/* -e; -1: not given */
	const char	*startup_log;	/* -E */
	char		 show;		/* v V l L: ask no configuration */
	bool		 test;		/* -t, or what to show of it: */
	bool		 hosts, run, includes, loaded, lines;
	const char	*htaccess, *as;	/* -t --htaccess FILE --as DIRECTORY */
	bool		 has_file;	/* -f was given */
	enum master_mode mode;
	const char	*line;
};

static int
usage(const char *name)
{
	fprintf(stderr,
"Usage: %s [-D name] [-d directory] [-f file]\n"
"       [-C \"directive\"] [-c \"directive\"]\n"
"       [-k start|restart|graceful|graceful-stop|stop]\n"
"       [-v] [-V] [-h] [-l] [-L] [-t] [-T] [-S] [-M] [-X]\n"
"Options:\n"
"  -D name        define a name for <IfDefine name>, or one of these:\n"
"                 FOREGROUND, NO_DETACH (stay attached), DEBUG (as -X),\n"
"                 DUMP_VHOSTS, DUMP_RUN_CFG, DUMP_MODULES, DUMP_INCLUDES,\n"
"                 DUMP_CONFIG\n"
"  -d directory   another initial ServerRoot\n"
"  -f file        another configuration file\n"
"  -C \"directive\" process a directive before the configuration files\n"
"  -c \"directive\" process a directive after the configuration files\n"
"  -e level       show messages of this level while starting\n"
"  -E file        write messages to this file while starting\n"
"  -k verb        control a running server, or start it\n"
"  -v             show the version\n"
"  -V             show the version and how it was built\n"
"  -h             show this list\n"
"  -l             list the modules by file name\n"
"  -L             list all directives\n"
"  -t             check the configuration: every error, in one run\n"
"  -t --htaccess file [--as directory]\n"
"                 check an .htaccess file, as the one of a directory: under\n"
"                 the configuration given by -f, or with all allowed\n"
"  -T             start without looking whether DocumentRoots exist\n"
"  -S             show the virtual hosts and places of the configuration\n"
"  -M             list the modules\n"
"  -X             one process, attached, for debuggers\n"
"Or: %s run-cgi ... URL\n"
"                 run a script as the server would\n"
"Or: %s explain ... URL\n"
"                 tell what the server would do with a request, and why\n"
"Or: %s rewrite-trace ... URL\n"
"                 tell what each rewrite rule did to it\n"
"Or: %s passwd [--digest] ...\n"
"                 change a file of users, as htpasswd or htdigest would\n",
	    name, name, name, name, name);
	return 1;
}

/* ---- Options ------------------------------------------------------------- */

static bool
read_verb(struct command *c, const char *name)
{
	int i;

	for (i = 0; i < N_VERBS; i++)
		if (strcmp(name, verbs[i].name) == 0) {
			c->verb = (enum verb)i;
			return true;
		}
	return false;
}

static void
read_define(struct command *c, const char *name)
{
	vec_add(c->arena, &c->source.defines, (void *)(uintptr_t)name);
	if (strcmp(name, "FOREGROUND") == 0)
		c->mode = MASTER_FOREGROUND;
	else if (strcmp(name, "NO_DETACH") == 0)
		c->mode = MASTER_NO_DETACH;
	else if (strcmp(name, "DEBUG") == 0)
		c->mode = MASTER_ALONE;
	else if (strcmp(name, "DUMP_VHOSTS") == 0)
		c->test = c->hosts = true;
	else if (strcmp(name, "DUMP_RUN_CFG") == 0)
		c->test = c->run = true;
	else if (strcmp(name, "DUMP_INCLUDES") == 0)
		c->test = c->includes = true;
	else if (strcmp(name, "DUMP_MODULES") == 0)
		c->test = c->loaded = true;
	else if (strcmp(name, "DUMP_CONFIG") == 0)
		c->test = c->lines = true;
}

static bool
read_option(struct command *c, int option, char *value)
{
	switch (option) {
	case 'D':
		read_define(c, value);
		return true;
	case 'C':
		vec_add(c->arena, &c->source.before, value);
		return true;
	case 'c':
		vec_add(c->arena, &c->source.after, value);
		return true;
	case 'd':
		c->source.server_root = value;
		return true;
	case 'f':
		c->source.file = value;
		c->has_file = true;
		return true;
	case 'k':
		return read_verb(c, value);
	case 'e':
		c->level = log_level_named(str_of(value));
		return c->level != -1;
	case 'E':
		c->startup_log = value;
		return true;
	case 't':
		c->test = true;
		return true;
	case 'T':
		c->source.skip_roots = true;
		return true;
	case 'S':
		read_define(c, "DUMP_VHOSTS");
		read_define(c, "DUMP_RUN_CFG");
		return true;
	case 'M':
		read_define(c, "DUMP_MODULES");
		return true;
	case 'X':
		c->mode = MASTER_ALONE;
		return true;
	case 'v': case 'V': case 'l': case 'L':
		c->show = (char)option;
		return true;
	}
	return false;
}

/* --NAME VALUE: for what Apache has no letter. */
static bool
read_long_option(struct command *c, const char *name, const char *value)
{
	if (value == NULL)
		return false;
	if (strcmp(name, "htaccess") == 0)
		c->htaccess = value;
	else if (strcmp(name, "as") == 0)
		c->as = value;
	else
		return false;
	return true;
}

static const char *
join(struct arena *a, int argc, char **argv)
{
	struct text t = { .arena = a };
	int i;

	for (i = 0; i < argc; i++)
		text_addf(&t, "%s%s", i > 0 ? " " : "", argv[i]);
	return text_z(&t);
}

/* Absolute, so that a daemon finds them again at every reload.  A ServerRoot
 * that is not there may be replaced by the configuration yet. */
static int
settle_places(struct command *c)
{
	struct config_source *s = &c->source;
	char *root = realpath(s->server_root, NULL);

	if (root == NULL && s->server_root[0] != '/') {
		fprintf(stderr, "forkful: ServerRoot %s: %s\n",
		    s->server_root, strerror(errno));
		return -1;
	}
	if (root != NULL)
		s->server_root = str_z(c->arena, str_of(root));
	free(root);
	if (s->file[0] != '/')
		s->file = str_zfmt(c->arena, "%s/%s",
		    s->server_root[1] != '\0' ? s->server_root : "", s->file);
	return 0;
}

static int
settle_messages(struct command *c)
{
	struct log_levels *levels = arena_one(c->arena, struct log_levels);
	struct log *log = arena_one(c->arena, struct log);

	if (c->startup_log != NULL &&
	    freopen(c->startup_log, "a", stderr) == NULL)
		return -1;
	if (c->level == -1)
		return 0;
	levels->base = (enum log_level)c->level;
	log->file = log_on_fd(c->arena, STDERR_FILENO);
	log->levels = levels;
	log_set_main(log);
	return 0;
}

static int
read_command(struct command *c, int argc, char **argv)
{
	int option;

	*c = (struct command){ .arena = arena_new(), .level = -1,
	    .source = { .server_root = HTTPD_ROOT,
	    .file = SERVER_CONFIG_FILE } };
	opterr = 0;
	while ((option = getopt(argc, argv, "D:C:c:d:f:k:e:E:vVlLhtTSMX-:")) !=
	    -1)
		if (option == '-' ?
		    !read_long_option(c, optarg, argv[optind++]) :
		    !read_option(c, option, optarg))
			return -1;
	if (c->htaccess == NULL ? c->as != NULL : !c->test)
		return -1;
	if (optind < argc) {
		fprintf(stderr, "%s: \"%s\" was not expected here; run-cgi, "
		    "explain, rewrite-trace and passwd come first\n", argv[0],
		    argv[optind]);
		return -1;
	}
	c->line = join(c->arena, argc, argv);
	return settle_messages(c);
}

/* ---- The configuration --------------------------------------------------- */

/* Tell all findings from the first on; how many errors there are. */
static size_t
tell_findings(struct command *c, const struct config *config, size_t first)
{
	const struct diagnosis *d = config->reading->diagnosis;
	size_t i, errors = diagnosis_errors(d);

	for (i = first; i < errors + diagnosis_warnings(d); i++)
		fprintf(stderr, "%.*s", STR_ARGS(diagnosis_print(d, i,
		    c->arena)));
	if (errors > 0)
		fprintf(stderr, "%zu error%s\n", errors,
		    errors == 1 ? "" : "s");
	return errors;
}

/* Nobody gave the server a name, and the machine's is no whole one.  DNS is not
 * asked: a start must not wait for it. */
static void
tell_name(const struct config *config)
{
	const struct vhost *main = config->main;

	if (!main->named && strchr(main->name, '.') == NULL)
		fprintf(stderr, "AH00558: forkful: Could not reliably "
		    "determine the server's fully qualified domain name, "
		    "using %s. Set the 'ServerName' directive globally to "
		    "suppress this message\n", main->name);
}

/* Load, and tell all findings.  NULL: there were errors. */
static struct config *
load(struct command *c, bool check_only)
{
	struct config *config;

	c->source.check_only = check_only;
	config = config_load(&c->source);
	c->source.check_only = false;
	if (tell_findings(c, config, 0) == 0) {
		if (c->htaccess == NULL)
			tell_name(config);
		return config;
	}
	config_end(config);
	return NULL;
}

/* The directory that holds the file, both absolute; NULL: there is none. */
static const char *
directory_of(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *directory = slash == NULL ? str_z(a, STR(".")) :
	    str_z(a, str_n(file, slash == file ? 1 : (size_t)(slash - file)));
	char *found = realpath(directory, NULL), *kept;

	if (found == NULL)
		return NULL;
	kept = str_z(a, str_of(found));
	free(found);
	return kept;
}

/* Check an .htaccess file; needs no rights but to read it. */
static int
test_htaccess(struct command *c)
{
	const char *directory = c->as != NULL ?
	    directory_of(c->arena, str_zfmt(c->arena, "%s/x", c->as)) :
	    directory_of(c->arena, c->htaccess);
	struct override o = override_all;
	struct config *config;
	size_t known, errors;

	if (directory == NULL) {
		fprintf(stderr, "forkful: %s: %s\n", c->as != NULL ? c->as :
		    c->htaccess, strerror(errno));
		return 1;
	}
	if (!c->has_file)
		c->source.file = "/dev/null";
	config = load(c, true);
	if (config == NULL)
		return 1;
	if (c->has_file && !htaccess_allowed(config, directory, &o)) {
		fprintf(stderr, "forkful: .htaccess files are not read in %s: "
		    "AllowOverride is None there\n", directory);
		config_end(config);
		return 1;
	}
	known = diagnosis_warnings(config->reading->diagnosis);
	htaccess_check(config, c->htaccess, directory, &o);
	errors = tell_findings(c, config, known);
	if (errors == 0)
		fprintf(stderr, "Syntax OK\n");
	config_end(config);
	return errors > 0;
}

static int
test(struct command *c)
{
	struct config *config = load(c, true);

	if (config == NULL)
		return 1;
	if (c->hosts)
		show_hosts(config);
	if (c->run)
		show_run(config);
	if (c->includes)
		show_includes(config);
	if (c->loaded)
		show_loaded();
	if (c->lines)
		show_config(config);
	if (!c->hosts && !c->run && !c->includes && !c->loaded)
		fprintf(stderr, "Syntax OK\n");
	config_end(config);
	return 0;
}

/* Where a running server wrote its number. A broken configuration must not keep
 * anybody from stopping it. */
static const char *
find_pidfile(struct command *c)
{
	struct config *config;
	struct settings s;

	c->source.check_only = true;
	config = config_load(&c->source);
	c->source.check_only = false;
	settings_of(config, &s);
	s.pid_file = str_z(c->arena, str_of(s.pid_file));
	config_end(config);
	return s.pid_file;
}

/* ---- Verbs --------------------------------------------------------------- */

static int
start(struct command *c)
{
	struct config *config = load(c, false);
	struct master_start s = { .source = &c->source, .config = config,
	    .mode = c->mode, .command_line = c->line };
	struct settings settings;
	pid_t pid;

	if (config == NULL)
		return 1;
	settings_of(config, &settings);
	if (pidfile_look(settings.pid_file, &pid) == PIDFILE_RUNNING) {
		printf("forkful (pid %ld) already running\n", (long)pid);
		return 0;
	}
	return master_run(&s);
}

static int
wait_for_end(const char *pid_file, pid_t first)
{
	pid_t pid;
	int waited;

	for (waited = 0; waited < STOP_WAIT_MS; waited += STOP_LOOK_MS) {
		if (pidfile_look(pid_file, &pid) != PIDFILE_RUNNING ||
		    pid != first)
			return 0;
		usleep(STOP_LOOK_MS * 1000);
	}
	fprintf(stderr, "forkful (pid %ld) is still running\n", (long)first);
	return 1;
}

static int
tell(struct command *c, const char *pid_file, pid_t pid)
{
	if (kill(pid, verbs[c->verb].signo) == -1) {
		fprintf(stderr, "forkful (pid %ld): cannot signal it: %s\n",
		    (long)pid, strerror(errno));
		return 1;
	}
	return c->verb == VERB_STOP ? wait_for_end(pid_file, pid) : 0;
}

static int
control(struct command *c)
{
	bool stops = c->verb == VERB_STOP || c->verb == VERB_GRACEFUL_STOP;
	const char *pid_file = find_pidfile(c);
	enum pidfile_look look;
	struct config *config;
	pid_t pid;

	if (!stops) {
		config = load(c, true);
		if (config == NULL)
			return 1;
		config_end(config);
	}
	look = pidfile_look(pid_file, &pid);
	if (look == PIDFILE_RUNNING)
		return tell(c, pid_file, pid);
	if (!stops) {
		printf("forkful not running, trying to start\n");
		fflush(stdout);
		return start(c);
	}
	if (look == PIDFILE_STALE)
		printf("forkful (pid %ld?) not running\n", (long)pid);
	else
		printf("forkful (no pid file) not running\n");
	return 0;
}

static int
show(const struct command *c)
{
	switch (c->show) {
	case 'v':
		show_version();
		break;
	case 'V':
		show_build(HTTPD_ROOT, SERVER_CONFIG_FILE);
		break;
	case 'l':
		show_compiled();
		break;
	case 'L':
		show_directives();
		break;
	}
	return 0;
}

static int
obey(struct command *c)
{
	if (c->show != '\0')
		return show(c);
	if (settle_places(c) == -1)
		return 1;
	if (c->htaccess != NULL)
		return test_htaccess(c);
	if (c->test)
		return test(c);
	return c->verb == VERB_START ? start(c) : control(c);
}

/* ---- Words: forkful WORD ... --------------------------------------------- */

/* An option that says where the configuration is, and its value: 2, else 0. */
static int
read_place(struct command *c, char **argv)
{
	if (strlen(argv[0]) != 2 || argv[0][0] != '-' ||
	    strchr("dfDCc", argv[0][1]) == NULL || argv[1] == NULL)
		return 0;
	read_option(c, argv[0][1], argv[1]);
	return 2;
}

static int
run_cgi_option(void *q, struct arena *a, char **argv)
{
	return runcgi_option(q, a, argv);
}

static int
asked_option(void *q, struct arena *a, char **argv)
{
	return offline_option(q, a, argv);
}

/*
 * Read the words after forkful WORD: where the configuration is, what option()
 * takes into q, and the URL.  The configuration, or NULL; *usage: the words are
 * wrong.
 */
static struct config *
read_asked(struct command *c, char **argv, const char **url, void *q,
    int (*option)(void *q, struct arena *a, char **argv), bool *usage)
{
	int used;

	for (; *argv != NULL; argv += used) {
		used = read_place(c, argv);
		if (used == 0)
			used = option(q, c->arena, argv);
		if (used == 0 && argv[0][0] != '-' && *url == NULL) {
			*url = argv[0];
			used = 1;
		}
		if (used == 0)
			break;
	}
	*usage = *argv != NULL || *url == NULL;
	return *usage || settle_places(c) == -1 ? NULL : load(c, true);
}

static int
run_cgi(struct command *c, char **argv)
{
	struct runcgi q = { 0 };
	bool usage;
	struct config *config = read_asked(c, argv, &q.asked.url, &q,
	    run_cgi_option, &usage);
	int status;

	if (usage)
		runcgi_usage();
	if (config == NULL)
		return 1;
	status = runcgi(&q, config);
	config_end(config);
	return status;
}

static int
explain_as(struct command *c, char **argv, enum explain_what what,
    const char *word)
{
	struct asked q = { 0 };
	bool usage;
	struct config *config = read_asked(c, argv, &q.url, &q, asked_option,
	    &usage);
	int status;

	if (usage)
		explain_usage(word);
	if (config == NULL)
		return 1;
	status = explain(&q, what, config);
	config_end(config);
	return status;
}

static int
explain_all(struct command *c, char **argv)
{
	return explain_as(c, argv, EXPLAIN_ALL, "explain");
}

static int
rewrite_trace(struct command *c, char **argv)
{
	return explain_as(c, argv, EXPLAIN_RULES, "rewrite-trace");
}

static const struct {
	const char	*name;
	int		(*obey)(struct command *c, char **argv);
} words[] = {
	{ "run-cgi", run_cgi },
	{ "explain", explain_all },
	{ "rewrite-trace", rewrite_trace },
};

/* The word's own status, or -1: there is none. */
static int
obey_word(struct command *c, int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (argc > 1 && strcmp(argv[1], words[i].name) == 0) {
			*c = (struct command){ .arena = arena_new(),
			    .level = -1, .source = {
			    .server_root = HTTPD_ROOT,
			    .file = SERVER_CONFIG_FILE } };
			return words[i].obey(c, argv + 2);
		}
	return -1;
}

int
main(int argc, char **argv)
{
	struct command c;
	int status;

	status = passwd_main(argc, argv);
	if (status != -1)
		return status;
	os_keep_inherited();
	/* A file at its limit is like a full disk. */
	os_ignore(SIGXFSZ);
	modules_init(features, n_features);
	status = obey_word(&c, argc, argv);
	if (status == -1 && read_command(&c, argc, argv) == -1)
		status = usage(argv[0]);
	else if (status == -1)
		status = obey(&c);
	log_set_main(NULL);
	arena_end(c.arena);
	return status;
}
