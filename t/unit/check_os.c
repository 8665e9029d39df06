/*
 * check_os.c - the process and the machine.  What only root can try is left out
 * for others.
 */
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"

#include "run.h"

enum { NOBODY = 65534 };

static bool
is_root(void)
{
	return geteuid() == 0;
}

START_TEST(shared_memory_is_shared)
{
	int *shared = os_shared(100 * sizeof(*shared)), i;

	ck_assert_ptr_nonnull(shared);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(shared[i], 0);
	if (fork() == 0) {
		shared[99] = 42;
		_exit(0);
	}
	wait(NULL);
	ck_assert_int_eq(shared[99], 42);
	munmap(shared, 100 * sizeof(*shared));
	ck_assert_ptr_null(os_shared(0));
}
END_TEST

/* Exits with the number of the first thing that is wrong. */
static int
become_nobody(const char *name)
{
	gid_t groups[64];

	if (os_become(name, NOBODY, NOBODY) == -1)
		return 1;
	if (getuid() != NOBODY || geteuid() != NOBODY)
		return 2;
	if (getgid() != NOBODY || getegid() != NOBODY)
		return 3;
	if (getgroups(64, groups) != 1 || groups[0] != NOBODY)
		return 4;
	if (setuid(0) != -1 || seteuid(0) != -1 || setgid(0) != -1)
		return 5;
	return os_become(NULL, 0, 0) == -1 && errno == EPERM ? 0 : 6;
}

START_TEST(nobody_is_for_good)
{
	int status;

	if (!is_root()) {
		ck_assert_int_eq(os_become(NULL, 0, 0), -1);
		ck_assert_int_eq(errno, EPERM);
		return;
	}
	ck_assert_int_eq(setgroups(2, (gid_t[]){ 0, 5 }), 0);
	if (fork() == 0)
		_exit(become_nobody(_i == 0 ? NULL : "nobody"));
	wait(&status);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(random_bytes)
{
	static const size_t sizes[] = { 0, 1, 8, 255, 256, 257, 1000 };
	unsigned char one[1001], two[1001];
	size_t n = sizes[_i], i, same = 0;

	memset(one, 'x', sizeof(one));
	memset(two, 'x', sizeof(two));
	os_random(one, n);
	os_random(two, n);
	for (i = 0; i < n; i++)
		same += one[i] == two[i];
	ck_assert_uint_le(same, n / 10 + 4);
	for (; i < sizeof(one); i++)
		ck_assert(one[i] == 'x' && two[i] == 'x');
}
END_TEST

START_TEST(machine)
{
	struct rlimit limit;

	ck_assert_int_ge(os_processors(), 1);
	ck_assert_int_le(os_processors(), sysconf(_SC_NPROCESSORS_CONF));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 64;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(os_open_files(), (long)limit.rlim_max);
	getrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_uint_eq(limit.rlim_cur, limit.rlim_max);
	os_process_name("a name that is too long for the kernel");
	ck_assert_ptr_nonnull(strstr(os_features(), "POLL"));
}
END_TEST

START_TEST(open_fds_are_counted)
{
	long before = os_fds_in_use();
	int fd = dup(STDERR_FILENO);

	ck_assert_int_ge(before, 1);
	ck_assert_int_eq(os_fds_in_use(), before + 1);
	close(fd);
	ck_assert_int_eq(os_fds_in_use(), before);
}
END_TEST

START_TEST(inherited_fds_are_kept)
{
	int low = dup(STDERR_FILENO), high = fcntl(low, F_DUPFD, 60);

	ck_assert_int_eq(fcntl(low, F_GETFD), 0);
	ck_assert_int_eq(fcntl(high, F_GETFD), 0);
	os_keep_inherited();
	ck_assert_int_eq(fcntl(low, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(high, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFD), 0);
	close(low);
	close(high);
}
END_TEST

/* Nanoseconds of a turn of this process; 0 where nobody tells. */
static long
turn_ns(void)
{
	FILE *f = fopen("/proc/self/sched", "r");
	char line[256];
	long ns = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "se.slice ", 9) == 0)
			ns = atol(strchr(line, ':') + 1);
	if (f != NULL)
		fclose(f);
	return ns;
}

/* Exits with the number of the first thing that is wrong. */
static int
shorten_turns(int nice_before, long before)
{
	int status;

	if (setpriority(PRIO_PROCESS, 0, nice_before) == -1)
		return nice_before < 0 && !is_root() ? 0 : 1;
	os_short_turns(0);
	os_short_turns(50 * 1000 * 1000);
	if (turn_ns() != before)
		return 5;
	os_short_turns(200);
	if (turn_ns() != before && (turn_ns() != 200000 || nice_before < 0))
		return 2;
	os_short_turns(0);
	if (turn_ns() != before || getpriority(PRIO_PROCESS, 0) != nice_before)
		return 3;
	os_short_turns(200);
	/* Children are as we were. */
	if (fork() == 0)
		_exit(turn_ns() == before && getpriority(PRIO_PROCESS, 0) ==
		    nice_before ? 0 : 4);
	wait(&status);
	return WEXITSTATUS(status);
}

START_TEST(turns_are_short)
{
	static const int nices[] = { 0, 5, -5 };
	int status;

	if (fork() == 0)
		_exit(shorten_turns(nices[_i], turn_ns()));
	wait(&status);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("machine");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, shared_memory_is_shared);
	tcase_add_loop_test(tc, nobody_is_for_good, 0, 2);
	tcase_add_loop_test(tc, random_bytes, 0, 7);
	tcase_add_test(tc, machine);
	tcase_add_test(tc, open_fds_are_counted);
	tcase_add_test(tc, inherited_fds_are_kept);
	tcase_add_loop_test(tc, turns_are_short, 0, 3);
	return run_case("os", tc);
}
