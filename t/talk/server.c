/*
 * server.c - the server under test: its directory, its start, its processes and
 * its end.
 *
 * The driver is a child subreaper, where the system has them: whatever loses
 * its parent becomes its child, so that nothing that the server starts can hide
 * from the last check.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

enum { N_PORTS = 3 };

static char directory[] = "/tmp/talk.XXXXXX";
static bool have_directory;
static pid_t master;		/* 0: none runs */
static bool started;		/* once, at least */
static bool owed_pid_file;	/* it must remove its pid file */
static pid_t driver;		/* this process; forked children are not */
static const struct passwd *user;	/* for workers, when root tests */

/* ---- The directory and the ports ----------------------------------------- */

char *
server_path(const char *path)
{
	if (*path == '/')
		return formatted("%s", path);
	return formatted("%s/%s", directory, path);
}

/* Give path to the user that workers run as. */
static void
hand_over(const char *path)
{
	if (user != NULL && lchown(path, user->pw_uid, user->pw_gid) == -1)
		broken("chown %s: %s", path, strerror(errno));
}

/* Make the directories above path. */
static void
make_parents(const char *path)
{
	char *copy = strdup(path), *slash;

	for (slash = copy + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(copy, 0755) == 0)
			hand_over(copy);
		*slash = '/';
	}
	free(copy);
}

void
server_write(const char *path, const char *bytes, size_t n, mode_t mode)
{
	char *full = server_path(path);
	char *fresh = formatted("%s.talk", full);
	FILE *f;

	make_parents(full);
	f = fopen(fresh, "wb");
	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0 ||
	    chmod(fresh, mode) == -1)
		broken("%s: %s", fresh, strerror(errno));
	hand_over(fresh);
	if (rename(fresh, full) == -1)
		broken("%s: %s", full, strerror(errno));
	free(fresh);
	free(full);
}

/*
 * A port for the server alone: bound here without SO_REUSEADDR, so that nobody
 * else has it or gets it, and given that option afterwards, so that the server,
 * which sets it as well, can bind it too.  The socket stays open to the end.
 */
static int
reserve_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd, on = 1;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		broken("no free port: %s", strerror(errno));
	return ntohs(a.sin_port);
}

static void
set_names(void)
{
	static const char *const given[] = { "SRCDIR", "BUILDDIR", "FORKFUL" };
	char *name, *port;
	int i;

	name_set("DIR", directory);
	for (i = 0; i < N_PORTS; i++) {
		name = i == 0 ? strdup("PORT") : formatted("PORT%d", i + 1);
		port = formatted("%d", reserve_port());
		name_set(name, port);
		setenv(name, port, 1);
	}
	for (i = 0; i < 3; i++) {
		if (getenv(given[i]) == NULL)
			broken("set %s in the environment", given[i]);
		name_set(given[i], getenv(given[i]));
	}
	name_set("USER", user ? user->pw_name : "");
	name_set("GROUP", user ? getgrgid(user->pw_gid)->gr_name : "");
	setenv("DIR", directory, 1);
	setenv("CONF", server_path("httpd.conf"), 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
}

/* Sanitizers write their reports where server_finish() looks for them. */
static void
set_sanitizers(void)
{
	static const char *const options[] = {
		"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"
	};
	const char *set;

	for (int i = 0; i < 3; i++) {
		set = getenv(options[i]);
		setenv(options[i], formatted("%s%slog_path=%s/sanitizer",
		    set ? set : "", set ? ":" : "", directory), 1);
	}
}

void
server_prepare(void)
{
	static const char *const below[] = {
		"htdocs", "cgi-bin", "logs", "run"
	};

	driver = getpid();
#ifdef PR_SET_CHILD_SUBREAPER
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
	umask(022);
	if (geteuid() == 0) {
		user = getpwnam("nobody");
		if (user == NULL || getgrgid(user->pw_gid) == NULL)
			broken("root tests with the user nobody: none here");
	}
	if (mkdtemp(directory) == NULL || chmod(directory, 0755) == -1)
		broken("%s: %s", directory, strerror(errno));
	have_directory = true;
	hand_over(directory);
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++) {
		char *path = server_path(below[i]);

		if (mkdir(path, 0755) == -1)
			broken("%s: %s", path, strerror(errno));
		hand_over(path);
		free(path);
	}
	set_names();
	set_sanitizers();
	server_configure("", false);
}

void
server_configure(const char *text, bool whole)
{
	static const char usual[] =
	    "ServerRoot \"@DIR@\"\n"
	    "ServerName localhost\n"
	    "Listen 127.0.0.1:@PORT@\n"
	    "PidFile run/httpd.pid\n"
	    "ErrorLog logs/error_log\n"
	    "LogLevel info\n"
	    "TypesConfig \"@SRCDIR@/etc/mime.types\"\n"
	    "DocumentRoot \"@DIR@/htdocs\"\n"
	    "StartServers 2\n";
	struct buffer b = { 0 };

	text = expanded(text);
	if (whole) {
		server_write("httpd.conf", text, strlen(text), 0644);
		return;
	}
	server_write("site.conf", text, strlen(text), 0644);
	buffer_addz(&b, expanded(usual));
	if (user != NULL)
		buffer_addz(&b, expanded("User @USER@\nGroup @GROUP@\n"));
	buffer_addz(&b, "Include site.conf\n");
	server_write("httpd.conf", b.at, b.n, 0644);
}

/* ---- Processes ----------------------------------------------------------- */

struct process {
	pid_t	pid, parent;
	char	state;
	char	name[32];
};

/* Of one line of /proc/PID/stat: "12 (name) S 1 ...". */
static bool
process_read(pid_t pid, struct process *p)
{
	char path[64], line[512], *open, *close;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(line, 1, sizeof(line) - 1, f);
	fclose(f);
	line[n] = '\0';
	open = strchr(line, '(');
	close = strrchr(line, ')');
	if (open == NULL || close == NULL)
		return false;
	*close = '\0';
	snprintf(p->name, sizeof(p->name), "%s", open + 1);
	p->pid = pid;
	return sscanf(close + 1, " %c %d", &p->state, &p->parent) == 2;
}

static bool
is_below(pid_t pid, pid_t top, const struct process *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].pid == pid)
			return all[i].parent == top ||
			    is_below(all[i].parent, top, all, n);
	return false;
}

/* The children of top, or all its descendants; the caller frees them. */
static struct process *
processes(pid_t top, bool children_only, size_t *n_found)
{
	struct process *all = NULL, p;
	struct dirent *entry;
	size_t n = 0, i, kept = 0;
	DIR *proc;

	proc = opendir("/proc");
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		if (!process_read((pid_t)atol(entry->d_name), &p))
			continue;
		all = realloc(all, (n + 1) * sizeof(*all));
		if (all == NULL)
			broken("out of memory");
		all[n++] = p;
	}
	if (proc != NULL)
		closedir(proc);
	if (n == 0)
		skip("needs /proc");
	/* Keeps the parents of what is kept in place: look, then move. */
	bool *wanted = calloc(n, sizeof(*wanted));
	for (i = 0; i < n; i++)
		wanted[i] = children_only ? all[i].parent == top :
		    is_below(all[i].pid, top, all, n);
	for (i = 0; i < n; i++)
		if (wanted[i])
			all[kept++] = all[i];
	free(wanted);
	*n_found = kept;
	return all;
}

/* A child of the master that lives and is no script; 0 when there is none. */
static pid_t
worker_find(size_t *n_workers)
{
	struct process *p;
	size_t n;
	pid_t found = 0;

	p = processes(master, true, &n);
	*n_workers = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i].state == 'Z')
			continue;
		found = p[i].pid;
		++*n_workers;
	}
	free(p);
	return found;
}

void
server_workers(size_t n)
{
	int64_t until = deadline();
	size_t now;

	for (;;) {
		worker_find(&now);
		if (now == n)
			return;
		if (!pause_until(until))
			fail("there are %zu", now);
	}
}

void
process_gone(pid_t pid)
{
	int64_t until = deadline();
	struct process p;

	while (process_read(pid, &p)) {
		/* An orphan that ended waits for the driver. */
		if (p.state == 'Z' && p.parent == driver)
			return;
		if (!pause_until(until))
			fail("process %d (%s) is still there, state %c",
			    (int)pid, p.name, p.state);
	}
}

static const struct { const char *name; int number; } signals[] = {
	{ "hup", SIGHUP }, { "usr1", SIGUSR1 }, { "usr2", SIGUSR2 },
	{ "term", SIGTERM }, { "int", SIGINT }, { "winch", SIGWINCH },
	{ "ttin", SIGTTIN }, { "ttou", SIGTTOU }, { "kill", SIGKILL },
	{ "stop", SIGSTOP }, { "cont", SIGCONT }, { "segv", SIGSEGV },
};

void
server_signal(const char *name, const char *whom)
{
	size_t i, n = sizeof(signals) / sizeof(*signals);
	pid_t pid = master;

	server_need();
	for (i = 0; i < n && strcmp(signals[i].name, name) != 0; i++)
		;
	if (i == n)
		broken("no such signal");
	if (strcmp(whom, "worker") == 0) {
		pid = worker_find(&n);
		if (pid == 0)
			fail("there is no worker");
		name_set("WORKER", formatted("%d", (int)pid));
	} else if (*whom >= '0' && *whom <= '9') {
		pid = (pid_t)atol(whom);
	} else if (*whom != '\0' && strcmp(whom, "master") != 0) {
		broken("signal NAME [master|worker|PID]");
	}
	if (pid <= 0)
		broken("there is nobody to send it to");
	if (kill(pid, signals[i].number) == -1)
		fail("%s", strerror(errno));
	if (pid == master && signals[i].number == SIGKILL)
		owed_pid_file = false;
}

/* ---- Start --------------------------------------------------------------- */

/* The pid in the pid file; 0 when there is none. */
static pid_t
pid_file(void)
{
	struct buffer b = { 0 };

	if (!buffer_file(&b, server_path("run/httpd.pid")) ||
	    strchr(b.at, '\n') == NULL)
		return 0;
	return (pid_t)atol(b.at);
}

static void
set_master(pid_t pid)
{
	master = pid;
	started = owed_pid_file = true;
	name_set("MASTER", formatted("%d", (int)pid));
	setenv("MASTER", name_get("MASTER"), 1);
}

static void
exec_server(const char *arguments)
{
	char *command = formatted("exec \"$FORKFUL\" -D FOREGROUND "
	    "-f \"$CONF\" %s", arguments);
	int null = open("/dev/null", O_RDONLY);
	int err = open(server_path("stderr"), O_WRONLY | O_CREAT | O_APPEND,
	    0644);

	setpgid(0, 0);
#ifdef PR_SET_PDEATHSIG
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (null == -1 || err == -1 || dup2(null, 0) == -1 ||
	    dup2(err, 1) == -1 || dup2(err, 2) == -1)
		_exit(126);
	close(null);
	close(err);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void
server_start(const char *arguments)
{
	int64_t until = deadline();
	int status;
	pid_t pid;

	if (master != 0)
		broken("the server runs already");
	fflush(stdout);
	pid = fork();
	if (pid == -1)
		broken("fork: %s", strerror(errno));
	if (pid == 0)
		exec_server(arguments);
	set_master(pid);
	/* The pid file is written when the ports are open. */
	while (pid_file() != pid) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			master = 0;
			fail("the server ended at its start, status 0x%x",
			    (unsigned)status);
		}
		if (!pause_until(until))
			fail("the server wrote no pid file");
	}
}

void
server_need(void)
{
	if (!started)
		server_start("");
}

void
server_adopt(void)
{
	int64_t until = deadline();
	struct process p;
	pid_t pid;

	if (master != 0)
		broken("the server runs already");
	while ((pid = pid_file()) == 0 || !process_read(pid, &p))
		if (!pause_until(until))
			fail("no pid file of a process that runs");
	set_master(pid);
}

/* ---- Commands ------------------------------------------------------------ */

static void
exec_command(const char *command, int out)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	if (chdir(directory) == -1 || null == -1 || dup2(null, 0) == -1 ||
	    dup2(out, 1) == -1 || dup2(out, 2) == -1)
		_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Its output goes to a file: a daemon that it leaves behind may hold that. */
int
command_run(const char *command, struct buffer *output)
{
	int64_t until = deadline() + 40000;
	char *path = server_path("output");
	int out, status;
	pid_t pid;

	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out == -1)
		broken("%s: %s", path, strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid == -1)
		broken("fork: %s", strerror(errno));
	if (pid == 0)
		exec_command(command, out);
	close(out);
	while (waitpid(pid, &status, WNOHANG) == 0)
		if (!pause_until(until)) {
			kill(-pid, SIGKILL);
			buffer_file(output, path);
			show("its output", output->at, output->n, 4000);
			fail("does not end");
		}
	buffer_file(output, path);
	free(path);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/* ---- End ----------------------------------------------------------------- */

void
server_stopped(bool killed, int status)
{
	int64_t until = deadline();
	pid_t pid = master;
	int got;

	if (pid == 0)
		broken("no server runs");
	while (waitpid(pid, &got, WNOHANG) != pid)
		if (!pause_until(until))
			fail("the master does not end");
	master = 0;
	if (killed ? !WIFSIGNALED(got) || WTERMSIG(got) != SIGKILL :
	    !WIFEXITED(got) || WEXITSTATUS(got) != status)
		fail("the master ended with %s %d",
		    WIFEXITED(got) ? "status" : "signal",
		    WIFEXITED(got) ? WEXITSTATUS(got) : WTERMSIG(got));
	if (owed_pid_file && pid_file() == pid)
		fail("the master left its pid file behind");
}

/* Collect children that ended; nothing that the server started may be left. */
static void
check_nobody_left(void)
{
	int64_t until = now_ms() + (deadline() - now_ms()) / 2;
	struct process *left;
	size_t n;

	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		left = processes(driver, false, &n);
		if (n == 0)
			break;
		if (!pause_until(until))
			fail("%zu processes are left behind; one is %d (%s)",
			    n, (int)left[0].pid, left[0].name);
		free(left);
	}
	free(left);
}

/* Signs of a broken server that no scenario may show. */
static void
check_log(const char *path)
{
	static const char trouble[] = "Sanitizer|runtime error:|"
	    "[Aa]ssertion.*failed|exit signal (Abort|Segm|Bus|Ill)|"
	    "stack smashing|double free|free\\(\\)|malloc\\(\\)";
	struct buffer b = { 0 };

	if (!buffer_file(&b, server_path(path)))
		return;
	if (matches(b.at, trouble, NULL))
		fail("%s tells of a fault of the server", path);
}

static void
check_sanitizers(void)
{
	struct buffer b = { 0 };
	struct dirent *entry;
	DIR *dir = opendir(directory);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "sanitizer", 9) != 0)
			continue;
		buffer_file(&b, server_path(entry->d_name));
		show(entry->d_name, b.at, b.n, 16000);
		fail("a sanitizer found a fault");
	}
	if (dir != NULL)
		closedir(dir);
}

void
server_finish(void)
{
	current = NULL;
	if (master != 0) {
		if (kill(master, SIGTERM) == -1)
			fail("TERM to the master: %s", strerror(errno));
		server_stopped(false, 0);
	}
	check_nobody_left();
	check_sanitizers();
	check_log("stderr");
	check_log("logs/error_log");
}

static void
remove_directory(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", directory, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

void
server_clean(void)
{
	struct process *left;
	size_t n, i;

	if (!have_directory || getpid() != driver)
		return;
	have_directory = false;
	do {
		left = processes(driver, false, &n);
		for (i = 0; i < n; i++)
			kill(left[i].pid, SIGKILL);
		free(left);
		while (waitpid(-1, NULL, n > 0 ? 0 : WNOHANG) > 0)
			;
	} while (n > 0);
	if (getenv("TALK_KEEP") != NULL)
		printf("kept: %s\n", directory);
	else
		remove_directory();
}

void
server_show_logs(void)
{
	static const char *const logs[] = { "stderr", "logs/error_log" };
	struct buffer b = { 0 };

	if (!have_directory)
		return;
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		b.n = 0;
		if (buffer_file(&b, server_path(logs[i])))
			show(logs[i], b.at, b.n, 6000);
	}
}
