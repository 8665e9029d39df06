/*
 * check_pidfile.c - who holds the file, stale numbers, hostile files.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/pidfile.h"

static char	directory[] = "/tmp/check_pidfile.XXXXXX";
static char	path[64], other[64];

static void
setup(void)
{
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/pid", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
}

static void
teardown(void)
{
	pidfile_remove();
	unlink(path);
	unlink(other);
	rmdir(directory);
}

static void
write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

/* Another process that holds the file until it is killed. */
static pid_t
holder(void)
{
	int ends[2];
	pid_t pid, stale;
	char c;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		c = pidfile_write(path, &stale) == 0;
		(void)!write(ends[1], &c, 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ends[0], &c, 1), 1);
	ck_assert_int_eq(c, 1);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

START_TEST(none)
{
	pid_t pid;

	ck_assert_int_eq(pidfile_look(path, &pid), PIDFILE_NONE);
	ck_assert_int_eq(pid, 0);
}
END_TEST

START_TEST(written_and_removed)
{
	char text[32] = "", wanted[32];
	struct stat st;
	pid_t stale;
	FILE *f;

	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	ck_assert_int_eq(stale, 0);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	fclose(f);
	snprintf(wanted, sizeof(wanted), "%ld\n", (long)getpid());
	ck_assert_str_eq(text, wanted);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0133, 0);
	pidfile_remove();
	ck_assert_int_eq(stat(path, &st), -1);
	pidfile_remove();
}
END_TEST

START_TEST(running)
{
	pid_t pid = holder(), found, stale;

	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_RUNNING);
	ck_assert_int_eq(found, pid);
	ck_assert_int_eq(pidfile_write(path, &stale), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* The refused one has changed nothing. */
	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_RUNNING);
	ck_assert_int_eq(found, pid);
	end(pid);
	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_STALE);
	ck_assert_int_eq(found, pid);
	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	ck_assert_int_eq(stale, pid);
}
END_TEST

/* The number of a process that lives, but is not ours. */
START_TEST(stale_number_of_a_stranger)
{
	char text[32];
	pid_t found;

	snprintf(text, sizeof(text), "%ld\n", (long)getppid());
	write_text(text);
	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_STALE);
	ck_assert_int_eq(found, getppid());
}
END_TEST

/* Anybody can hold a read lock on a file that he can read. */
START_TEST(foreign_read_lock)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int ends[2], fd;
	pid_t pid, found, stale;
	char c;

	write_text("1999999999\n");
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		fd = open(path, O_RDONLY);
		fcntl(fd, F_SETLK, &lock);
		(void)!write(ends[1], "", 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ends[0], &c, 1), 1);
	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_STALE);
	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	end(pid);
}
END_TEST

static const char *const numbers[] = {
	"", "\n", "x\n", "0\n", "1\n", "-5\n", "99999999999999999999999999\n",
};

START_TEST(senseless_numbers)
{
	pid_t found, stale;

	write_text(numbers[_i]);
	ck_assert_int_eq(pidfile_look(path, &found), PIDFILE_STALE);
	ck_assert_int_eq(found, 0);
	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	ck_assert_int_eq(stale, 0);
}
END_TEST

START_TEST(links_are_refused)
{
	struct stat st;
	pid_t stale;

	ck_assert_int_eq(symlink(other, path), 0);
	ck_assert_int_eq(pidfile_write(path, &stale), -1);
	ck_assert_int_eq(stat(other, &st), -1);
}
END_TEST

START_TEST(fifos_are_refused)
{
	pid_t stale, found;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(pidfile_write(path, &stale), -1);
	pidfile_look(path, &found);
	ck_assert_int_eq(found, 0);
}
END_TEST

/* Somebody moved it away and put another one there. */
START_TEST(a_strangers_file_stays)
{
	struct stat st;
	pid_t stale;

	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	ck_assert_int_eq(rename(path, other), 0);
	write_text("123\n");
	pidfile_remove();
	ck_assert_int_eq(stat(path, &st), 0);
}
END_TEST

START_TEST(forgotten)
{
	pid_t stale, found, pid;
	int status;

	ck_assert_int_eq(pidfile_write(path, &stale), 0);
	pid = fork();
	if (pid == 0) {
		pidfile_forget();
		pidfile_remove();
		/* Seen from here, the parent still holds it. */
		_exit(pidfile_look(path, &found) == PIDFILE_RUNNING ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pidfile");
	TCase *tc = tcase_create("pidfile");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, none);
	tcase_add_test(tc, written_and_removed);
	tcase_add_test(tc, running);
	tcase_add_test(tc, stale_number_of_a_stranger);
	tcase_add_test(tc, foreign_read_lock);
	tcase_add_loop_test(tc, senseless_numbers, 0,
	    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(tc, links_are_refused);
	tcase_add_test(tc, fifos_are_refused);
	tcase_add_test(tc, a_strangers_file_stays);
	tcase_add_test(tc, forgotten);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
