/*
 * check_errand.c - messages between workers and the spawner.
 *
 * errand.c is included, to send what no worker of ours would.
 */
#include <check.h>
#include <sys/stat.h>

#include "script/errand.c"

static int ends[2];
static struct arena *a;

static void
setup(void)
{
	a = arena_new();
	ck_assert_int_eq(errand_pair(ends), 0);
}

static void
teardown(void)
{
	arena_end(a);
	close(ends[0]);
	close(ends[1]);
}

static int
count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static ino_t
inode(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

START_TEST(a_program_travels_whole)
{
	char *argv[] = { (char *)"x", (char *)"", (char *)"a b", NULL };
	char *envp[] = { (char *)"A=1", (char *)"B=", NULL };
	struct os_limit limits[] = { { RLIMIT_CPU, { 1, RLIM_INFINITY } } };
	struct confine confine = { true, -1, true, SECCOMP_UNIX_SOCKETS };
	struct errand e = { .kind = ERRAND_START, .id = 7,
	    .who = { "user", "group", false }, .fds = { -1, 0, 0, -1 } }, got;
	int pipes[2], before;

	before = count_fds();
	ck_assert_int_eq(pipe(pipes), 0);
	e.program = (struct os_program){ .path = "/a/x", .argv = argv,
	    .envp = envp, .directory = "/a", .limits = limits, .n_limits = 1,
	    .umask = 027, .nice = 3, .confine = &confine };
	e.fds[1] = e.fds[2] = pipes[1];
	ck_assert_int_eq(errand_send(ends[0], &e), 0);
	ck_assert_int_eq(errand_receive(ends[1], &got, a), 1);
	ck_assert_int_eq(got.kind, ERRAND_START);
	ck_assert_uint_eq(got.id, 7);
	ck_assert_str_eq(got.who.user, "user");
	ck_assert_str_eq(got.who.group, "group");
	ck_assert_str_eq(got.program.path, "/a/x");
	ck_assert_str_eq(got.program.directory, "/a");
	ck_assert_str_eq(got.program.argv[1], "");
	ck_assert_str_eq(got.program.argv[2], "a b");
	ck_assert_ptr_null(got.program.argv[3]);
	ck_assert_str_eq(got.program.envp[1], "B=");
	ck_assert_ptr_null(got.program.envp[2]);
	ck_assert_int_eq(got.program.umask, 027);
	ck_assert_int_eq(got.program.nice, 3);
	ck_assert_uint_eq(got.program.n_limits, 1);
	ck_assert_uint_eq(got.program.limits[0].limit.rlim_cur, 1);
	ck_assert(got.program.limits[0].limit.rlim_max == RLIM_INFINITY);
	ck_assert_ptr_eq(got.program.confine, &got.confine);
	ck_assert_int_eq(got.confine.sockets, SECCOMP_UNIX_SOCKETS);
	ck_assert_int_eq(got.confine.ruleset, -1);
	ck_assert_int_eq(got.program.in, -1);
	ck_assert_uint_eq(inode(got.program.out), inode(pipes[1]));
	ck_assert_uint_eq(inode(got.program.err), inode(pipes[1]));
	ck_assert_int_ne(fcntl(got.program.out, F_GETFD) & FD_CLOEXEC, 0);
	errand_close(&got);
	close(pipes[0]);
	close(pipes[1]);
	ck_assert_int_eq(count_fds(), before);
	ck_assert_int_eq(errand_receive(ends[1], &got, a), 0);
}
END_TEST

START_TEST(answers)
{
	struct errand e = { .kind = ERRAND_REFUSED, .id = 9, .number = 13,
	    .why = "no" }, got;

	ck_assert_int_eq(errand_send(ends[1], &e), 0);
	e = (struct errand){ .kind = ERRAND_ENDED, .id = 9, .number = 256 };
	e.used.ru_utime.tv_sec = 3;
	e.used.ru_stime.tv_usec = 4;
	e.used.ru_maxrss = 5;
	ck_assert_int_eq(errand_send(ends[1], &e), 0);
	ck_assert_int_eq(errand_receive(ends[0], &got, a), 1);
	ck_assert_str_eq(got.why, "no");
	ck_assert_int_eq(got.number, 13);
	ck_assert_int_eq(errand_receive(ends[0], &got, a), 1);
	ck_assert_int_eq(got.number, 256);
	ck_assert_int_eq(got.used.ru_utime.tv_sec, 3);
	ck_assert_int_eq(got.used.ru_stime.tv_usec, 4);
	ck_assert_int_eq(got.used.ru_maxrss, 5);
	close(ends[1]);
	ck_assert_int_eq(errand_receive(ends[0], &got, a), -1);
	ends[1] = dup(ends[0]);
}
END_TEST

/* What a worker could send that was broken into. */
static const struct {
	const char	*what;
	uint32_t	 kind, n_argv, n_envp, n_limits, sockets, has_fd;
	const char	*strings;
	size_t		 n;
	size_t		 whole;		/* bytes of the struct; 0: all */
} nonsense[] = {
	{ "nothing", .whole = 1 },
	{ "half a struct", .whole = sizeof(struct wire) / 2 },
	{ "a kind", 99, 1, 0, 0, 0, 0, "u\0g\0/x\0/\0x", 11 },
	{ "no strings", 0, 1, 0, 0, 0, 0, "", 0 },
	{ "too few strings", 0, 3, 0, 0, 0, 0, "u\0g\0/x\0/\0x", 11 },
	{ "no end of a string", 0, 1, 0, 0, 0, 0, "u\0g\0/x\0/\0x", 10 },
	{ "too many", 0, 0xffffffff, 0, 0, 0, 0, "u\0g\0/x\0/\0x", 11 },
	{ "too many", 0, 1, 0xffffffff, 0, 0, 0, "u\0g\0/x\0/\0x", 11 },
	{ "too many limits", 0, 1, 0, 17, 0, 0, "u\0g\0/x\0/\0x", 11 },
	{ "sockets", 0, 1, 0, 0, 3, 0, "u\0g\0/x\0/\0x", 11 },
	{ "no program", 0, 0, 0, 0, 0, 0, "u\0g\0/x\0/\0", 9 },
	{ "fds that are not there", 0, 1, 0, 0, 0, 1, "u\0g\0/x\0/\0x", 11 },
};

START_TEST(nonsense_is_refused)
{
	struct wire w = { .kind = nonsense[_i].kind,
	    .n_argv = nonsense[_i].n_argv, .n_envp = nonsense[_i].n_envp,
	    .n_limits = nonsense[_i].n_limits,
	    .sockets = nonsense[_i].sockets,
	    .has_fd = { nonsense[_i].has_fd } };
	struct iovec parts[2] = { { &w, sizeof(w) },
	    { (char *)(uintptr_t)nonsense[_i].strings, nonsense[_i].n } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;
	int before = count_fds(), fds[2] = { 0, 0 };
	struct errand got;

	if (nonsense[_i].whole != 0) {
		parts[0].iov_len = nonsense[_i].whole;
		m.msg_iovlen = 1;
	}
	/* Fds that nobody wants come along, too. */
	if (!nonsense[_i].has_fd)
		attach(&m, &control, fds, 2);
	ck_assert_int_eq(send_message(ends[0], &m), 0);
	ck_assert_msg(errand_receive(ends[1], &got, a) == -1, "%s",
	    nonsense[_i].what);
	ck_assert_int_eq(count_fds(), before);
}
END_TEST

START_TEST(large_ones)
{
	char *argv[] = { (char *)"x", NULL }, *envp[] = { NULL, NULL };
	struct errand e = { .kind = ERRAND_START, .who = { "u", "g", false },
	    .fds = { -1, -1, -1, -1 } };
	char *large = malloc(MESSAGE_MAX + 1);

	ck_assert_ptr_nonnull(large);
	memset(large, 'x', MESSAGE_MAX);
	large[MESSAGE_MAX] = '\0';
	envp[0] = large;
	e.program = (struct os_program){ .path = "/a/x", .argv = argv,
	    .envp = envp, .directory = "/a" };
	ck_assert_int_eq(errand_send(ends[0], &e), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	free(large);
}
END_TEST

START_TEST(sockets_are_handed_over)
{
	int pair[2], taken;

	ck_assert_int_eq(errand_pair(pair), 0);
	ck_assert_int_eq(errand_pass(ends[0], pair[1]), 0);
	taken = errand_take(ends[1]);
	ck_assert_int_ne(taken, -1);
	ck_assert_uint_eq(inode(taken), inode(pair[1]));
	ck_assert_int_eq(errand_take(ends[1]), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(ends[0]);
	ck_assert_int_eq(errand_take(ends[1]), -1);
	ck_assert_int_eq(errno, 0);
	ends[0] = pair[0];
	close(taken);
	close(pair[1]);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("errand");
	TCase *t = tcase_create("errand");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_program_travels_whole);
	tcase_add_test(t, answers);
	tcase_add_loop_test(t, nonsense_is_refused, 0, COUNT(nonsense));
	tcase_add_test(t, large_ones);
	tcase_add_test(t, sockets_are_handed_over);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
