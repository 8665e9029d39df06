/*
 * check_os_start.c - programs and other children.
 */
#include <sys/wait.h>

#include <poll.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/os_start.c"

#include "run.h"
#include "tree.h"

static int
count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static char *const no_env[] = { NULL };

static struct os_program
shell(char *const argv[])
{
	return (struct os_program){ .path = "/bin/sh", .argv = argv,
	    .envp = no_env, .in = -1, .out = -1, .err = 2, .umask = -1 };
}

/* Run script, return what it says; *status is how it ended. */
static const char *
output(struct os_program p, const char *script, int *status)
{
	static char said[65536];
	char *const argv[] = { "sh", "-c", (char *)script, NULL };
	const char *step = NULL;
	size_t n = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(os_pipe(ends), 0);
	ck_assert_int_eq(os_nonblock(ends[0], false), 0);
	ck_assert_int_eq(os_nonblock(ends[1], false), 0);
	p.argv = argv;
	p.out = ends[1];
	pid = os_start(&p, &step);
	ck_assert_msg(pid != -1, "%s: %s", step, strerror(errno));
	close(ends[1]);
	while ((got = read(ends[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	said[n] = '\0';
	ck_assert_int_eq(waitpid(pid, status, 0), pid);
	return said;
}

static const struct os_limit two_limits[] = {
	{ RLIMIT_CPU, { 33, 44 } }, { RLIMIT_CORE, { 0, 0 } }
};

static const struct {
	struct os_program	 set;
	const char		*script, *says;
} programs[] = {
	{ { .umask = -1 }, "echo hello; echo world", "hello\nworld\n" },
	{ { .umask = -1 }, "cat", "" },
	{ { .umask = -1, .directory = "/" }, "pwd", "/\n" },
	{ { .umask = 0137 }, "umask", "0137\n" },
	{ { .umask = 0 }, "umask", "0000\n" },
	{ { .umask = -1 }, "umask", "0027\n" },
	{ { .umask = -1, .nice = 7 }, "nice", NULL },	/* beside our own */
	{ { .umask = -1, .limits = two_limits, .n_limits = 2 },
	  "ulimit -t; ulimit -H -t", "33\n44\n" },
	{ { .umask = -1, .envp = (char *[]){ "A=1 2", "B=", NULL } },
	  "echo \"$A|$B\"", "1 2|\n" },
	{ { .umask = -1 }, "kill -PIPE $$; echo alive", "" },
	{ { .umask = -1 }, "kill -HUP $$; echo alive", "" },
	{ { .umask = -1 }, "kill -TERM $$; echo alive", "" },
	{ { .umask = -1 }, "kill -USR1 $$; echo alive", "" },
	{ { .umask = -1 }, "kill -XFSZ $$; echo alive", "" },
	{ { .umask = -1 }, "for i in 3 4 5 6 7 8 9; do "
	  "if { : >&$i; } 2>/dev/null; then echo leaked $i; fi; done", "" },
};

static void
ignore(int sig)
{
	(void)sig;
}

/* All that a child must not inherit. */
static void
dirty_process(void)
{
	sigset_t all;
	int fd;

	umask(027);
	os_ignore(SIGPIPE);
	os_ignore(SIGHUP);
	os_ignore(SIGXFSZ);
	os_ignore(SIGTTIN);
	signal(SIGTERM, ignore);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* The test library's own fds are not ours to judge. */
	for (fd = 3; fd < 64; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 10)
		ck_assert_int_ne(fd, -1);
}

/* Niceness by so much more than ours; 19 is the most. */
static int
higher(int by)
{
	int ours = getpriority(PRIO_PROCESS, 0);

	return ours + by < 19 ? ours + by : 19;
}

START_TEST(programs_run)
{
	struct os_program p = programs[_i].set;
	const char *says = programs[_i].says;
	char nicer[16];
	int status;

	snprintf(nicer, sizeof(nicer), "%d\n", higher(p.nice));
	dirty_process();
	p.path = "/bin/sh";
	if (p.envp == NULL)
		p.envp = no_env;
	p.in = -1;
	p.err = 2;
	ck_assert_str_eq(output(p, programs[_i].script, &status),
	    says != NULL ? says : nicer);
}
END_TEST

/* The blocked signals, as bits. */
static unsigned long
mask_now(void)
{
	unsigned long bits = 0;
	sigset_t mask;
	int sig;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (sig = 1; sig < 32; sig++)
		if (sigismember(&mask, sig) == 1)
			bits |= 1UL << sig;
	return bits;
}

/* By the kernel's own account, where it gives one. */
START_TEST(programs_start_clean)
{
	struct os_program p = shell(NULL);
	const char *said;
	int status;

	dirty_process();
	said = output(p, "exec cat /proc/self/status", &status);
	if (strstr(said, "SigIgn:") == NULL)
		return;
	ck_assert_ptr_nonnull(strstr(said, "SigBlk:\t0000000000000000"));
	/* The C library keeps signals 32 and 33 to itself, so what a starter
	 * did to them stays. */
	ck_assert(strstr(said, "SigIgn:\t0000000000000000") != NULL ||
	    strstr(said, "SigIgn:\t0000000180000000") != NULL);
	ck_assert_ptr_nonnull(strstr(said, "SigCgt:\t0000000000000000"));
}
END_TEST

/* What whoever started us had ignored is not what programs want. */
START_TEST(starters_ignore_in_vain)
{
	struct os_program p = shell(NULL);
	int status;

	changed_known = false;
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	ck_assert_str_eq(output(p, "kill -HUP $$; echo alive", &status), "");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
	ck_assert_str_eq(output(p, "kill -QUIT $$; echo alive", &status), "");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
}
END_TEST

/* Ignored here means that nothing happens. */
START_TEST(ignored_signals_do_nothing)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM,
	    SIGTTIN, SIGTTOU, SIGUSR2, SIGWINCH, SIGXFSZ };
	int ends[2];

	for (int i = 0; i < COUNT(signals); i++) {
		os_ignore(signals[i]);
		ck_assert_int_eq(kill(getpid(), signals[i]), 0);
	}
	ck_assert_int_eq(os_pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(write(ends[1], "x", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
	close(ends[1]);
}
END_TEST

START_TEST(starting_leaves_us_alone)
{
	struct os_program p = shell((char *[]){ "sh", "-c", "exit 3", NULL });
	const char *step = NULL;
	unsigned long mask = mask_now();
	int before = count_fds(), nice = higher(0), status;
	char directory[PATH_MAX], now[PATH_MAX];
	struct rlimit limit;
	pid_t pid;

	ck_assert_ptr_nonnull(getcwd(directory, sizeof(directory)));
	umask(027);
	p.umask = 0;
	p.directory = "/";
	p.limits = two_limits;
	p.n_limits = 2;
	p.nice = 3;
	pid = os_start(&p, &step);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(getpgid(pid), pid);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	ck_assert_int_eq(umask(027), 027);
	ck_assert_str_eq(getcwd(now, sizeof(now)), directory);
	ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), nice);
	getrlimit(RLIMIT_CPU, &limit);
	ck_assert_uint_ne(limit.rlim_max, 44);
	ck_assert_uint_eq(mask_now(), mask);
	ck_assert_int_eq(count_fds(), before);
}
END_TEST

static const struct os_limit bad_limit[] = { { 4711, { 3, 9 } } };

static const struct {
	struct os_program	 set;
	const char		*step;
	int			 error;
} failures[] = {
	{ { .path = "/nonexistent" }, "exec", ENOENT },
	{ { .path = "/tmp" }, "exec", EACCES },
	{ { .path = "/dev/null" }, "exec", EACCES },
	{ { .path = "/bin/sh", .directory = "/nonexistent" }, "chdir",
	  ENOENT },
	{ { .path = "/bin/sh", .directory = "/dev/null" }, "chdir", ENOTDIR },
	{ { .path = "/bin/sh", .limits = bad_limit, .n_limits = 1 },
	  "setrlimit", EINVAL },
};

START_TEST(failures_are_told)
{
	struct os_program p = failures[_i].set;
	char *const argv[] = { "x", NULL };
	unsigned long mask = mask_now();
	const char *step = NULL;
	int before = count_fds();

	p.argv = argv;
	p.envp = no_env;
	p.in = p.out = p.err = p.umask = -1;
	ck_assert_int_eq(os_start(&p, &step), -1);
	ck_assert_int_eq(errno, failures[_i].error);
	ck_assert_str_eq(step, failures[_i].step);
	/* The failed child left nothing. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(count_fds(), before);
	ck_assert_uint_eq(mask_now(), mask);
}
END_TEST

/* Which files the program's 0, 1 and 2 are, when it asks for in, out, err; ours
 * are the tree's 0, 1 and 2, and 3 stands for its 3 on a high fd. */
static void
check_fds(int in, int out, int err)
{
	char script[PATH_MAX + 200], want[PATH_MAX * 3];
	char said[PATH_MAX * 3] = "";
	const char *result = tree_path("result");
	char *const argv[] = { "sh", "-c", script, NULL };
	static const char *const names[] = { "0", "1", "2" };
	struct os_program p = shell(argv);
	int asked[3] = { in, out, err }, i, status;
	const char *step = NULL;
	size_t n = 0;
	FILE *f;
	pid_t pid;

	snprintf(script, sizeof(script), "f=/proc/$$/fd; zero=$(readlink $f/0);"
	    " one=$(readlink $f/1); two=$(readlink $f/2);"
	    " echo \"$zero $one $two\" > %s", result);
	for (i = 0; i < 3; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s%s",
		    asked[i] == -1 ? "/dev/null" :
		    tree_path(asked[i] == 30 ? "3" : names[asked[i]]),
		    i < 2 ? " " : "\n");
	p.in = in;
	p.out = out;
	p.err = err;
	p.envp = (char *[]){ "PATH=/usr/bin:/bin", NULL };
	pid = os_start(&p, &step);
	ck_assert_int_gt(pid, 0);
	waitpid(pid, &status, 0);
	f = fopen(tree_path("result"), "r");
	ck_assert_ptr_nonnull(f);
	said[fread(said, 1, sizeof(said) - 1, f)] = '\0';
	fclose(f);
	unlink(tree_path("result"));
	ck_assert_str_eq(said, want);
}

/* Every way in which the three may overlap. */
START_TEST(fds_in_any_order)
{
	static const int choices[] = { -1, 0, 1, 2, 30 };
	char name[2] = "0";
	int i, fd, kept[3], a, b;

	if (access("/proc/self/fd/0", F_OK) == -1)
		return;
	for (i = 0; i < 4; i++) {
		if (i < 3)
			kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 40);
		name[0] = (char)('0' + i);
		tree_file(name, "");
		fd = open(tree_path(name), O_RDWR | O_CLOEXEC);
		ck_assert_int_ne(fd, -1);
		dup2(fd, i < 3 ? i : 30);
		close(fd);
	}
	fcntl(30, F_SETFD, FD_CLOEXEC);
	for (a = 0; a < COUNT(choices); a++)
		for (b = 0; b < COUNT(choices); b++)
			check_fds(choices[_i], choices[a], choices[b]);
	/* /dev/null may come out as 0. */
	close(0);
	check_fds(-1, 1, 2);
	check_fds(2, 1, -1);
	for (i = 0; i < 3; i++)
		dup2(kept[i], i);
}
END_TEST

/* The pipe ends within ten seconds. */
static bool
ends_soon(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, 10000) == 1 && read(fd, &byte, 1) == 0;
}

START_TEST(programs_die_with_us)
{
	char *const argv[] = { "sh", "-c", "exec sleep 60", NULL };
	struct os_program p = shell(argv);
	const char *step;
	int ends[2];
	pid_t pid;

	if (strstr(os_features(), "pdeathsig") == NULL)
		return;
	ck_assert_int_eq(os_pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		p.out = ends[1];
		p.envp = (char *[]){ "PATH=/usr/bin:/bin", NULL };
		_exit(os_start(&p, &step) == -1);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	ck_assert(ends_soon(ends[0]));
	close(ends[0]);
}
END_TEST

START_TEST(forks_die_with_us)
{
	int ends[2];
	pid_t pid;

	if (strstr(os_features(), "pdeathsig") == NULL)
		return;
	ck_assert_int_eq(os_pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			os_die_with_parent(SIGKILL);
			if (write(ends[1], "x", 1) == 1)
				pause();
		}
		poll(&(struct pollfd){ .fd = ends[0], .events = POLLIN }, 1,
		    2000);
		_exit(0);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	ck_assert_int_eq(read(ends[0], &(char){ 0 }, 1), 1);
	ck_assert(ends_soon(ends[0]));
	close(ends[0]);
}
END_TEST

/* The first program that has no input makes the process open /dev/null, once
 * for all. */
static void
start_first(void)
{
	char *const argv[] = { (char *)(uintptr_t)"true", NULL };
	struct os_program p = { .path = "/bin/true", .argv = argv,
	    .envp = argv + 1, .in = -1, .out = -1, .err = -1, .umask = -1 };
	const char *step;
	pid_t pid = os_start(&p, &step);

	waitpid(pid, NULL, 0);
}

int
main(void)
{
	TCase *tc = tcase_create("programs");

	start_first();
	tcase_add_checked_fixture(tc, tree_new, tree_end);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, programs_run, 0, COUNT(programs));
	tcase_add_test(tc, programs_start_clean);
	tcase_add_test(tc, starters_ignore_in_vain);
	tcase_add_test(tc, ignored_signals_do_nothing);
	tcase_add_test(tc, starting_leaves_us_alone);
	tcase_add_loop_test(tc, failures_are_told, 0, COUNT(failures));
	tcase_add_loop_test(tc, fds_in_any_order, 0, 5);
	tcase_add_test(tc, programs_die_with_us);
	tcase_add_test(tc, forks_die_with_us);
	return run_case("os_start", tc);
}
