/*
 * check_spool.c - bytes gathered in memory and in files without a name.
 */
#include <sys/resource.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "serve/spool.h"

#include "tree.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new();
	tree_new();
}

static void
teardown(void)
{
	arena_end(a);
	tree_end();
}

/* Add n bytes in pieces; the byte at i is a letter that depends on i. */
static void
fill(struct spool *s, size_t n, size_t piece)
{
	char *bytes = arena_alloc(a, piece + 1);

	for (size_t at = 0; at < n; at += piece) {
		size_t k = n - at < piece ? n - at : piece;

		for (size_t i = 0; i < k; i++)
			bytes[i] = (char)('a' + (at + i) % 23);
		ck_assert_int_eq(spool_add(s, str_n(bytes, k)), 0);
	}
}

static void
check_bytes(const char *bytes, size_t n)
{
	size_t good = 0;

	while (good < n && bytes[good] == (char)('a' + good % 23))
		good++;
	ck_assert_uint_eq(good, n);
}

static int
files_in(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static const struct {
	size_t	n, piece;
	int	in_file;
} sizes[] = {
	{ 0, 1, 0 },
	{ 1, 1, 0 },
	{ 1000, 7, 0 },
	{ SPOOL_MEMORY, 1024, 0 },
	{ SPOOL_MEMORY, SPOOL_MEMORY, 0 },
	{ SPOOL_MEMORY + 1, SPOOL_MEMORY, 1 },
	{ SPOOL_MEMORY + 1, 2 * SPOOL_MEMORY, 1 },
	{ 1000000, 4096, 1 },
	{ 100001, 100001, 1 },
};

START_TEST(keeps_all)
{
	struct spool *s = spool_new(a, tree_root);
	char *back = arena_alloc(a, sizes[_i].n + 1);

	fill(s, sizes[_i].n, sizes[_i].piece);
	ck_assert_uint_eq(spool_size(s), sizes[_i].n);
	ck_assert_int_eq(files_in(tree_root), 0);
	if (!sizes[_i].in_file) {
		ck_assert_int_eq(spool_file(s), -1);
		ck_assert_uint_eq(spool_bytes(s).n, sizes[_i].n);
		check_bytes(spool_bytes(s).at, sizes[_i].n);
		return;
	}
	ck_assert_ptr_null(spool_bytes(s).at);
	/* It can be read again and again. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(read(spool_file(s), back, sizes[_i].n + 1),
		    (ssize_t)sizes[_i].n);
		check_bytes(back, sizes[_i].n);
	}
}
END_TEST

START_TEST(closes_its_file)
{
	struct arena *own = arena_new();
	struct spool *s = spool_new(own, tree_root);
	int fd;

	fill(s, 100000, 100000);
	fd = spool_file(s);
	ck_assert_int_ge(fd, 0);
	arena_end(own);
	ck_assert_int_eq(close(fd), -1);
}
END_TEST

START_TEST(tells_of_no_directory)
{
	struct spool *s = spool_new(a, "/there/is/none");

	fill(s, SPOOL_MEMORY, 100);
	ck_assert_int_eq(spool_add(s, STR("x")), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(tells_of_no_room)
{
	struct rlimit limit = { 50000, 50000 };
	struct spool *s = spool_new(a, tree_root);

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	fill(s, 50000, 1000);
	ck_assert_int_eq(spool_add(s, STR("x")), -1);
	ck_assert_int_eq(errno, EFBIG);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("spool");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, keeps_all, 0,
	    (int)(sizeof(sizes) / sizeof(sizes[0])));
	tcase_add_test(t, closes_its_file);
	tcase_add_test(t, tells_of_no_directory);
	tcase_add_test(t, tells_of_no_room);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
