/*
 * check_confine.c - what a confined process can do, and cannot.
 *
 * Each case runs in a process of its own, since there is no way back.  Where
 * the system cannot confine at all, only that it says so is tested.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/landlock.h"
#include "base/os.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

/* A tree: top/own, that may be read, and run; top/data, that may be changed;
 * top/secret, of which nothing is said. */
static char top[PATH_MAX];

static const char *
in_top(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%.900s/%.900s", top, name);
	return path;
}

static void
put(const char *name, mode_t mode, const char *text)
{
	int fd = open(in_top(name), O_WRONLY | O_CREAT | O_EXCL, mode);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static void
setup(void)
{
	snprintf(top, sizeof(top), "/tmp/check_confine.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(mkdir(in_top("own"), 0755), 0);
	ck_assert_int_eq(mkdir(in_top("data"), 0755), 0);
	ck_assert_int_eq(mkdir(in_top("secret"), 0755), 0);
	put("own/file", 0644, "x");
	put("data/file", 0644, "x");
	put("secret/file", 0644, "x");
	put("own/true", 0755, "#!/bin/sh\nexit 0\n");
	put("secret/true", 0755, "#!/bin/sh\nexit 0\n");
}

static void
teardown(void)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	ck_assert_int_eq(system(command), 0);
}

static void
allow(int ruleset, const char *path, unsigned access)
{
	struct stat st;

	if (landlock_allow(ruleset, path, access, &st) == -1)
		ck_assert_int_eq(errno, ENOENT);
}

static struct confine
box(enum seccomp_sockets sockets)
{
	struct confine c = { .no_new_privs = true, .filtered = true,
	    .sockets = sockets };

	c.ruleset = landlock_new(sockets == SECCOMP_ALL_SOCKETS);
	ck_assert_int_ne(c.ruleset, -1);
	allow(c.ruleset, in_top("own"), LANDLOCK_READ | LANDLOCK_EXEC);
	allow(c.ruleset, in_top("data"), LANDLOCK_READ | LANDLOCK_WRITE);
	allow(c.ruleset, "/bin", LANDLOCK_READ | LANDLOCK_EXEC);
	allow(c.ruleset, "/usr", LANDLOCK_READ | LANDLOCK_EXEC);
	allow(c.ruleset, "/lib", LANDLOCK_READ | LANDLOCK_EXEC);
	allow(c.ruleset, "/lib64", LANDLOCK_READ | LANDLOCK_EXEC);
	allow(c.ruleset, "/etc/ld.so.cache", LANDLOCK_READ);
	return c;
}

static bool
can_confine(void)
{
	return landlock_abi() > 0 && seccomp_works() && confine_privs_work();
}

/* Run f in a confined process; its result, or -1 when it cannot be told. */
static int
confined(const struct confine *c, int (*f)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (confine_enter(c) != NULL)
			_exit(255);
		_exit(f());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ---- Files --------------------------------------------------------------- */

static int
error_of(int result)
{
	return result == -1 ? errno : 0;
}

static int
try_open(const char *name, int flags)
{
	return error_of(open(in_top(name), flags, 0644));
}

static int read_own(void) { return try_open("own/file", O_RDONLY); }
static int write_own(void) { return try_open("own/file", O_WRONLY); }
static int make_own(void) { return try_open("own/new", O_WRONLY | O_CREAT); }
static int cut_own(void) { return error_of(truncate(in_top("own/file"), 0)); }
static int remove_own(void) { return error_of(unlink(in_top("own/file"))); }
static int write_data(void) { return try_open("data/file", O_WRONLY); }
static int make_data(void) { return try_open("data/new", O_RDWR | O_CREAT); }
static int cut_data(void) { return error_of(truncate(in_top("data/file"), 0)); }
static int read_secret(void) { return try_open("secret/file", O_RDONLY); }
static int list_secret(void) { return try_open("secret", O_RDONLY); }
static int read_passwd(void) { return error_of(open("/etc/passwd", O_RDONLY)); }

static int
move_out(void)
{
	return error_of(rename(in_top("data/file"), in_top("secret/new"))) !=
	    0 ? EACCES : 0;
}

static int
link_in(void)
{
	return error_of(link(in_top("secret/file"), in_top("data/in"))) != 0 ?
	    EACCES : 0;
}

static int
run(const char *name)
{
	execl(in_top(name), "true", (char *)NULL);
	return errno;
}

static int run_own(void) { return run("own/true"); }
static int run_secret(void) { return run("secret/true"); }

static const struct {
	const char	*name;
	int		(*f)(void);
	int		 error;
} file_cases[] = {
	{ "read own", read_own, 0 },
	{ "write own", write_own, EACCES },
	{ "make own", make_own, EACCES },
	{ "remove own", remove_own, EACCES },
	{ "write data", write_data, 0 },
	{ "make data", make_data, 0 },
	{ "cut data", cut_data, 0 },
	{ "read secret", read_secret, EACCES },
	{ "list secret", list_secret, EACCES },
	{ "read passwd", read_passwd, EACCES },
	{ "move out", move_out, EACCES },
	{ "link in", link_in, EACCES },
	{ "run own", run_own, 0 },
	{ "run secret", run_secret, EACCES },
};

START_TEST(files)
{
	struct confine c;

	if (!can_confine())
		return;
	c = box(SECCOMP_NO_SOCKETS);
	ck_assert_msg(confined(&c, file_cases[_i].f) == file_cases[_i].error,
	    "%s: not %d", file_cases[_i].name, file_cases[_i].error);
	close(c.ruleset);
}
END_TEST

START_TEST(truncation)
{
	struct confine c;

	if (!can_confine() || landlock_abi() < 3)
		return;
	c = box(SECCOMP_NO_SOCKETS);
	ck_assert_int_eq(confined(&c, cut_own), EACCES);
	close(c.ruleset);
}
END_TEST

/* ---- Sockets ------------------------------------------------------------- */

static int tcp(void) { return error_of(socket(AF_INET, SOCK_STREAM, 0)); }
static int udp(void) { return error_of(socket(AF_INET6, SOCK_DGRAM, 0)); }
static int local(void) { return error_of(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int packet(void) { return error_of(socket(AF_PACKET, SOCK_RAW, 0)); }

static int
pair(void)
{
	int ends[2];

	return error_of(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

static int
listen_tcp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return error_of(bind(fd, (struct sockaddr *)&a, sizeof(a)));
}

static const struct {
	enum seccomp_sockets sockets;
	const char	*name;
	int		(*f)(void);
	int		 error;
} socket_cases[] = {
	{ SECCOMP_NO_SOCKETS, "tcp", tcp, EPERM },
	{ SECCOMP_NO_SOCKETS, "udp", udp, EPERM },
	{ SECCOMP_NO_SOCKETS, "local", local, EPERM },
	{ SECCOMP_NO_SOCKETS, "pair", pair, 0 },
	{ SECCOMP_UNIX_SOCKETS, "tcp", tcp, EPERM },
	{ SECCOMP_UNIX_SOCKETS, "udp", udp, EPERM },
	{ SECCOMP_UNIX_SOCKETS, "local", local, 0 },
	{ SECCOMP_UNIX_SOCKETS, "packet", packet, EPERM },
	{ SECCOMP_ALL_SOCKETS, "tcp", tcp, 0 },
	{ SECCOMP_ALL_SOCKETS, "udp", udp, 0 },
	{ SECCOMP_ALL_SOCKETS, "local", local, 0 },
	{ SECCOMP_ALL_SOCKETS, "listen", listen_tcp, 0 },
	{ SECCOMP_ALL_SOCKETS, "packet", packet, EPERM },
};

START_TEST(sockets)
{
	struct confine c;

	if (!can_confine())
		return;
	c = box(socket_cases[_i].sockets);
	ck_assert_msg(confined(&c, socket_cases[_i].f) ==
	    socket_cases[_i].error, "%d %s: not %d",
	    (int)socket_cases[_i].sockets, socket_cases[_i].name,
	    socket_cases[_i].error);
	close(c.ruleset);
}
END_TEST

/* Without a filter, the ruleset alone keeps TCP off. */
START_TEST(tcp_by_ruleset)
{
	struct confine c;

	if (!can_confine() || landlock_abi() < 4)
		return;
	c = box(SECCOMP_NO_SOCKETS);
	c.filtered = false;
	ck_assert_int_eq(confined(&c, tcp), 0);
	ck_assert_int_eq(confined(&c, listen_tcp), EACCES);
	close(c.ruleset);
}
END_TEST

/* ---- Calls --------------------------------------------------------------- */

#ifdef __linux__
static const struct {
	const char	*name;
	long		 number, first;
	int		 error;
} calls[] = {
	{ "ptrace", SYS_ptrace, 0, EPERM },
	{ "mount", SYS_mount, 0, EPERM },
	{ "umount2", SYS_umount2, 0, EPERM },
	{ "chroot", SYS_chroot, 0, EPERM },
	{ "unshare", SYS_unshare, 0, EPERM },
	{ "setns", SYS_setns, 0, EPERM },
	{ "clone, a user namespace", SYS_clone, 0x10000000 | SIGCHLD, EPERM },
	{ "clone3", 435, 0, ENOSYS },
	{ "bpf", SYS_bpf, 0, EPERM },
	{ "keyctl", SYS_keyctl, 0, EPERM },
	{ "add_key", SYS_add_key, 0, EPERM },
	{ "userfaultfd", SYS_userfaultfd, 0, EPERM },
	{ "perf_event_open", SYS_perf_event_open, 0, EPERM },
	{ "init_module", SYS_init_module, 0, EPERM },
	{ "finit_module", SYS_finit_module, 0, EPERM },
	{ "kexec_load", SYS_kexec_load, 0, EPERM },
	{ "reboot", SYS_reboot, 0, EPERM },
	{ "swapon", SYS_swapon, 0, EPERM },
	{ "io_uring_setup", 425, 0, EPERM },
	{ "fsopen", 430, 0, EPERM },
	{ "pidfd_getfd", 438, -1, EPERM },
	{ "settimeofday", SYS_settimeofday, 0, EPERM },
	{ "getppid", SYS_getppid, 0, 0 },
#ifdef __x86_64__
	{ "getppid, x32", SYS_getppid | 0x40000000, 0, ENOSYS },
#endif
};

static int call_now;

static int
call(void)
{
	return error_of((int)syscall(calls[call_now].number,
	    calls[call_now].first, 0, 0, 0, 0, 0));
}

START_TEST(refused_calls)
{
	struct confine c;

	if (!can_confine())
		return;
	c = box(SECCOMP_ALL_SOCKETS);
	call_now = _i;
	ck_assert_msg(confined(&c, call) == calls[_i].error, "%s: not %d",
	    calls[_i].name, calls[_i].error);
	close(c.ruleset);
}
END_TEST
#endif

/* ---- Other processes, privileges ----------------------------------------- */

static int
signal_parent(void)
{
	return error_of(kill(getppid(), 0));
}

static int
fork_and_signal(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	if (kill(pid, SIGKILL) == -1)
		return errno;
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? 0 : 1;
}

START_TEST(signals_stay_inside)
{
	struct confine c;

	if (!can_confine())
		return;
	c = box(SECCOMP_NO_SOCKETS);
	ck_assert_int_eq(confined(&c, fork_and_signal), 0);
	if (landlock_abi() >= 6)
		ck_assert_int_eq(confined(&c, signal_parent), EPERM);
	close(c.ruleset);
}
END_TEST

/* Root without capabilities is bound by modes like everybody else. */
static int
read_closed(void)
{
	return try_open("closed", O_RDONLY);
}

START_TEST(root_has_no_capabilities)
{
	struct confine c = { .no_new_privs = true, .ruleset = -1 };

	if (geteuid() != 0 || !confine_privs_work())
		return;
	put("closed", 0000, "x");
	ck_assert_int_eq(read_closed(), 0);
	ck_assert_int_eq(confined(&c, read_closed), EACCES);
}
END_TEST

START_TEST(programs_do_not_get_them_back)
{
	struct confine c = { .no_new_privs = true, .ruleset = -1 };
	char *argv[] = { (char *)"cat", (char *)in_top("closed"), NULL };
	char *envp[] = { NULL };
	struct os_program p = { .path = "/bin/cat", .argv = argv,
	    .envp = envp, .in = -1, .out = -1, .err = -1, .umask = -1,
	    .confine = &c };
	const char *step;
	int status;
	pid_t pid;

	if (!confine_privs_work())
		return;
	put("closed", 0000, "x");
	pid = os_start(&p, &step);
	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 1 << 8);
}
END_TEST

/* What cannot be done is told, and the program does not run. */
START_TEST(fails_closed)
{
	struct confine c = { .no_new_privs = true, .ruleset = 4711 };
	char *argv[] = { (char *)"true", NULL };
	char *envp[] = { NULL };
	struct os_program p = { .path = "/bin/true", .argv = argv,
	    .envp = envp, .in = -1, .out = -1, .err = -1, .umask = -1,
	    .confine = &c };
	const char *step = NULL;

	ck_assert_int_eq(os_start(&p, &step), -1);
	ck_assert_str_eq(step, confine_privs_work() ? "landlock" :
	    "no_new_privs");
}
END_TEST

/* ---- Limits -------------------------------------------------------------- */

START_TEST(limits_beyond_ours_are_ours)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)
	    "test \"$(ulimit -Hn)\" -le 4711 && test \"$(ulimit -Sn)\" = 32",
	    NULL };
	char *envp[] = { NULL };
	struct os_limit limit = { RLIMIT_NOFILE, { 32, RLIM_INFINITY } };
	struct os_program p = { .path = "/bin/sh", .argv = argv,
	    .envp = envp, .in = -1, .out = -1, .err = -1, .umask = -1,
	    .limits = &limit, .n_limits = 1 };
	struct rlimit ours = { 4711, 4711 };
	const char *step;
	int status;
	pid_t pid;

	if (setrlimit(RLIMIT_NOFILE, &ours) == -1)
		return;
	pid = os_start(&p, &step);
	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("confine");
	TCase *t = tcase_create("confine");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, files, 0, COUNT(file_cases));
	tcase_add_test(t, truncation);
	tcase_add_loop_test(t, sockets, 0, COUNT(socket_cases));
	tcase_add_test(t, tcp_by_ruleset);
#ifdef __linux__
	tcase_add_loop_test(t, refused_calls, 0, COUNT(calls));
#endif
	tcase_add_test(t, signals_stay_inside);
	tcase_add_test(t, root_has_no_capabilities);
	tcase_add_test(t, programs_do_not_get_them_back);
	tcase_add_test(t, fails_closed);
	tcase_add_test(t, limits_beyond_ours_are_ours);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
