/*
 * check_include.c - which files an Include means.
 */
#include <sys/stat.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/include.h"

static struct arena *a;
static char root[] = "/tmp/forkful-include-XXXXXX";

/* What stands below root; directories end in a slash. */
static const char *const tree[] = {
	"d/", "d/b.conf", "d/a.conf", "d/.hidden.conf", "d/note.txt",
	"d/sub/", "d/sub/z.conf", "d/sub/deep/", "d/sub/deep/y.conf",
	"e/", "e/b.conf", ".dot/", ".dot/b.conf", "empty/", "x[1].conf",
};

static void
make_tree(void)
{
	size_t i;
	char *path;
	int fd;

	a = arena_new();
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	for (i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		path = str_zfmt(a, "%s/%s", root, tree[i]);
		if (str_ends(str_of(path), STR("/"))) {
			ck_assert_int_eq(mkdir(path, 0755), 0);
			continue;
		}
		fd = open(path, O_WRONLY | O_CREAT, 0644);
		ck_assert_int_eq(write(fd, tree[i], strlen(tree[i])),
		    (ssize_t)strlen(tree[i]));
		close(fd);
	}
}

static void
remove_tree(void)
{
	size_t i;

	for (i = sizeof(tree) / sizeof(tree[0]); i > 0; i--)
		remove(str_zfmt(a, "%s/%s", root, tree[i - 1]));
	ck_assert_int_eq(rmdir(root), 0);
	arena_end(a);
}

/* Items below root, joined by spaces; "@" stands for root. */
static const char *
joined(const struct vec *v)
{
	struct text t = { .arena = a };
	struct str rest;
	ptrdiff_t i;
	size_t k;

	for (k = 0; k < v->n; k++) {
		text_addz(&t, k == 0 ? "" : " ");
		rest = str_of(v->at[k]);
		while ((i = str_find_str(rest, str_of(root))) >= 0) {
			text_add(&t, str_first(rest, (size_t)i));
			text_addc(&t, '@');
			rest = str_from(rest, (size_t)i + strlen(root));
		}
		text_add(&t, rest);
	}
	return text_z(&t);
}

#define NO_MATCH(what, where) "No matches for the wildcard '" what \
	"' in '@" where "' (use IncludeOptional if there may be none)"
#define MISSING(path) "Could not open configuration file @" path \
	": No such file or directory"

/* optional_errors: what is left of errors for IncludeOptional. */
static const struct {
	const char	*pattern, *files, *errors, *optional_errors;
} patterns[] = {
	{ "/d/a.conf", "@/d/a.conf", "", "" },
	{ "/d/*.conf", "@/d/a.conf @/d/b.conf", "", "" },
	{ "/d/?.conf", "@/d/a.conf @/d/b.conf", "", "" },
	{ "/d/[b-z].conf", "@/d/b.conf", "", "" },
	{ "/d/.*.conf", "@/d/.hidden.conf", "", "" },
	{ "/[de]/b.conf", "@/d/b.conf @/e/b.conf", "", "" },
	{ "/.*/b.conf", "@/.dot/b.conf", "", "" },
	{ "/[d-e]/s*/*.conf", "@/d/sub/z.conf", NO_MATCH("s*", "/e"), "" },
	{ "/d/*/*.conf", "@/d/sub/z.conf", "", "" },
	{ "/d/sub", "@/d/sub/deep/y.conf @/d/sub/z.conf", "", "" },
	{ "/d/su*", "@/d/sub/deep/y.conf @/d/sub/z.conf", "", "" },
	{ "/d", "@/d/.hidden.conf @/d/a.conf @/d/b.conf @/d/note.txt "
	  "@/d/sub/deep/y.conf @/d/sub/z.conf", "", "" },
	{ "/empty", "", "", "" },
	{ "/empty/*", "", NO_MATCH("*", "/empty"), "" },
	{ "/d/*.none", "", NO_MATCH("*.none", "/d"), "" },
	{ "/none.conf", "", MISSING("/none.conf"), "" },
	{ "/d/{a,b}.conf", "", MISSING("/d/{a,b}.conf"), "" },
	{ "/none/*.conf", "",
	  "Could not open directory @/none: No such file or directory", "" },
	{ "/[de]/a.conf", "@/d/a.conf", MISSING("/e/a.conf"), "" },
	{ "/d/a.conf/x", "",
	  "Could not open configuration file @/d/a.conf/x: Not a directory",
	  "" },
	{ "/d/a.conf/*", "",
	  "Could not open directory @/d/a.conf: Not a directory", "" },
};

START_TEST(finds)
{
	struct vec files = { 0 }, errors = { 0 };
	const char *pattern;

	pattern = str_zfmt(a, "%s%s", root, patterns[_i].pattern);
	include_find(a, pattern, false, &files, &errors);
	ck_assert_str_eq(joined(&files), patterns[_i].files);
	ck_assert_str_eq(joined(&errors), patterns[_i].errors);
	files.n = errors.n = 0;
	include_find(a, pattern, true, &files, &errors);
	ck_assert_str_eq(joined(&files), patterns[_i].files);
	ck_assert_str_eq(joined(&errors), patterns[_i].optional_errors);
}
END_TEST

/* A link to its own directory comes to an end. */
START_TEST(endless_directories)
{
	struct vec files = { 0 }, errors = { 0 };
	char *link = str_zfmt(a, "%s/empty/loop", root);

	ck_assert_int_eq(symlink(".", link), 0);
	include_find(a, str_zfmt(a, "%s/empty", root), false, &files, &errors);
	unlink(link);
	ck_assert_uint_eq(files.n, 0);
	ck_assert_uint_eq(errors.n, 1);
}
END_TEST

START_TEST(reads_whole_files)
{
	struct str text = STR_NONE;

	ck_assert_ptr_null(include_read(a, str_zfmt(a, "%s/d/a.conf", root),
	    &text));
	ck_assert(str_is(text, "d/a.conf"));
	ck_assert_ptr_null(include_read(a, "/dev/null", &text));
	ck_assert_uint_eq(text.n, 0);
}
END_TEST

START_TEST(reads_large_files)
{
	char *path = str_zfmt(a, "%s/empty/large", root), *z;
	size_t n = 3 * 1024 * 1024 + 17;
	struct str text = STR_NONE;
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	z = arena_alloc(a, n);
	memset(z, 'z', n);
	z[n - 1] = '!';
	ck_assert_int_eq(write(fd, z, n), (ssize_t)n);
	close(fd);
	ck_assert_ptr_null(include_read(a, path, &text));
	unlink(path);
	ck_assert(str_eq(text, str_n(z, n)));
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
	char *fifo = str_zfmt(a, "%s/empty/fifo", root);
	struct str text = STR_NONE;

	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	ck_assert_str_eq(include_read(a, fifo, &text), "not a regular file");
	unlink(fifo);
	ck_assert_str_eq(include_read(a, "/dev/zero", &text),
	    "not a regular file");
	ck_assert_str_eq(include_read(a, root, &text), "Is a directory");
	ck_assert_str_eq(include_read(a, fifo, &text),
	    "No such file or directory");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("include");
	TCase *tc = tcase_create("include");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, make_tree, remove_tree);
	tcase_add_loop_test(tc, finds, 0,
	    sizeof(patterns) / sizeof(patterns[0]));
	tcase_add_test(tc, endless_directories);
	tcase_add_test(tc, reads_whole_files);
	tcase_add_test(tc, reads_large_files);
	tcase_add_test(tc, refuses_what_is_no_file);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
