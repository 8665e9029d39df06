/*
 * check_append.c - whole lines, whatever the file does: a limit stands for the
 * full disk, and cuts lines in two as a disk would.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/append.h"

static int fd;

static void
open_file(void)
{
	char path[] = "/tmp/append.XXXXXX";
	int created = mkstemp(path);

	signal(SIGXFSZ, SIG_IGN);
	fd = open(path, O_RDWR | O_APPEND);
	ck_assert_int_ne(fd, -1);
	close(created);
	unlink(path);
}

static void
room(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static const char *
written(void)
{
	static char bytes[65536];
	ssize_t n = pread(fd, bytes, sizeof(bytes) - 1, 0);

	ck_assert_int_ge(n, 0);
	bytes[n] = '\0';
	return bytes;
}

static bool
put(struct append *a, const char *lines)
{
	return append_lines(a, lines, strlen(lines));
}

START_TEST(writes)
{
	struct append a;

	append_init(&a, fd);
	ck_assert(!a.pipe);
	ck_assert(put(&a, "one\n"));
	ck_assert(put(&a, "two\nthree\n"));
	ck_assert_str_eq(written(), "one\ntwo\nthree\n");
	ck_assert_uint_eq(a.lost, 0);
}
END_TEST

/* How much room there is, and what stands there when there is more again and
 * "last" was written. */
static const struct {
	rlim_t		 room;
	unsigned	 lost;
	const char	*full, *after;
} limits[] = {
	{ 1, 2, "a", "aaa\nlast\n" },
	{ 3, 2, "aaa", "aaa\nlast\n" },
	{ 4, 2, "aaa\n", "aaa\nlast\n" },
	{ 6, 1, "aaa\nbb", "aaa\nbbb\nlast\n" },
	{ 8, 1, "aaa\nbbb\n", "aaa\nbbb\nlast\n" },
	{ 11, 0, "aaa\nbbb\nccc", "aaa\nbbb\nccc\nlast\n" },
};

START_TEST(lines_are_lost_whole)
{
	struct append a;

	append_init(&a, fd);
	room(limits[_i].room);
	ck_assert(!put(&a, "aaa\nbbb\nccc\n"));
	ck_assert_uint_eq(a.lost, limits[_i].lost);
	ck_assert_int_eq(a.error, EFBIG);
	ck_assert_str_eq(written(), limits[_i].full);
	ck_assert(!put(&a, "ddd\n"));
	ck_assert_uint_eq(a.lost, limits[_i].lost + 1);
	room(RLIM_INFINITY);
	ck_assert(put(&a, "last\n"));
	ck_assert_str_eq(written(), limits[_i].after);
	ck_assert_uint_eq(a.lost, limits[_i].lost + 1);
	ck_assert_ptr_null(a.rest);
}
END_TEST

/* There is a little room, and a little more, and so on. */
START_TEST(room_comes_by_bytes)
{
	struct append a;

	append_init(&a, fd);
	for (rlim_t bytes = 1; bytes < 12; bytes++) {
		room(bytes);
		put(&a, "0123456789\n");
	}
	room(RLIM_INFINITY);
	ck_assert(put(&a, "last\n"));
	ck_assert_str_eq(written(), "0123456789\nlast\n");
	append_end(&a);
}
END_TEST

/* Somebody else was faster: the rest would stand in the wrong place. */
START_TEST(rest_does_not_follow_others)
{
	struct append a, b;

	append_init(&a, fd);
	append_init(&b, fd);
	room(2);
	ck_assert(!put(&a, "aaa\n"));
	room(RLIM_INFINITY);
	ck_assert(put(&b, "bbb\n"));
	ck_assert(put(&a, "last\n"));
	ck_assert_str_eq(written(), "aabbb\nlast\n");
}
END_TEST

START_TEST(nothing_can_be_written)
{
	struct append a = { .fd = -1 };

	ck_assert(!put(&a, "aaa\nbbb\n"));
	ck_assert_uint_eq(a.lost, 2);
	ck_assert_int_eq(a.error, EBADF);
	ck_assert_ptr_null(a.rest);
}
END_TEST

START_TEST(full_device)
{
	struct append a;
	int full = open("/dev/full", O_WRONLY);

	if (full == -1)
		return;
	append_init(&a, full);
	ck_assert(!put(&a, "aaa\n"));
	ck_assert_int_eq(a.error, ENOSPC);
	ck_assert_uint_eq(a.lost, 1);
	close(full);
}
END_TEST

/* Several processes write much at once into one pipe: no line is torn. */
START_TEST(lines_in_a_pipe_do_not_mix)
{
	enum { WRITERS = 4, ROUNDS = 30, LINES = 100 };
	static char block[LINES * 101 + 1];
	struct append a;
	char line[256];
	int ends[2], n = 0;
	FILE *f;

	ck_assert_int_eq(pipe(ends), 0);
	for (int w = 0; w < WRITERS; w++) {
		if (fork() != 0)
			continue;
		append_init(&a, ends[1]);
		for (int i = 0; i < LINES; i++) {
			memset(block + i * 101, 'a' + w, 100);
			block[i * 101 + 100] = '\n';
		}
		for (int i = 0; i < ROUNDS; i++)
			append_lines(&a, block, LINES * 101);
		_exit(a.lost != 0);
	}
	close(ends[1]);
	f = fdopen(ends[0], "r");
	for (; fgets(line, sizeof(line), f) != NULL; n++) {
		ck_assert_uint_eq(strlen(line), 101);
		for (int i = 1; i < 100; i++)
			ck_assert_int_eq(line[i], line[0]);
	}
	ck_assert_int_eq(n, WRITERS * ROUNDS * LINES);
	while (wait(NULL) > 0)
		continue;
	fclose(f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("append");
	TCase *tc = tcase_create("append");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_file, NULL);
	tcase_add_test(tc, writes);
	tcase_add_loop_test(tc, lines_are_lost_whole, 0,
	    sizeof(limits) / sizeof(limits[0]));
	tcase_add_test(tc, room_comes_by_bytes);
	tcase_add_test(tc, rest_does_not_follow_others);
	tcase_add_test(tc, nothing_can_be_written);
	tcase_add_test(tc, full_device);
	tcase_add_test(tc, lines_in_a_pipe_do_not_mix);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
