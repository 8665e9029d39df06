/*
 * check_logprogram.c - what a log is piped to: words, the shell, where programs
 * are found.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/logprogram.h"
#include "base/str.h"
#include "base/text.h"

static struct arena *a;

static void
begin(void)
{
	a = arena_new();
	setenv("PATH", "/nonexistent:relative:/bin:/usr/bin", 1);
}

static void
end(void)
{
	arena_end(a);
}

/* argv, its words between bars. */
static const struct {
	const char	*spec, *path, *argv;
} good[] = {
	{ "|/bin/sh", "/bin/sh", "/bin/sh" },
	{ "||/bin/sh", "/bin/sh", "/bin/sh" },
	{ "| /bin/sh  -c\texit ", "/bin/sh", "/bin/sh|-c|exit" },
	{ "|sh -c", "/bin/sh", "sh|-c" },
	{ "|bin/sh x", "/bin/sh", "bin/sh|x" },
	{ "|/bin/sh 'a b' \"c 'd\" e\\ f g\"h\"i", "/bin/sh",
	  "/bin/sh|a b|c 'd|e f|ghi" },
	{ "|/bin/sh '' \"\"", "/bin/sh", "/bin/sh||" },
	{ "|/bin/sh 'a\\b' \"a\\\"b\"", "/bin/sh", "/bin/sh|a\\b|a\"b" },
	{ "|/bin/sh |x $y", "/bin/sh", "/bin/sh||x|$y" },
	{ "|$exec cat >\"a b\"", "/bin/sh", "sh|-c|exec cat >\"a b\"" },
	{ "|$ ls | wc", "/bin/sh", "sh|-c|ls | wc" },
};

START_TEST(words)
{
	struct log_program p;
	struct text t = { .arena = a };

	ck_assert(logprogram_is(good[_i].spec));
	ck_assert_ptr_null(logprogram_read(a, good[_i].spec, "", &p));
	ck_assert_str_eq(p.path, good[_i].path);
	for (char **word = p.argv; *word != NULL; word++) {
		if (word > p.argv)
			text_addc(&t, '|');
		text_addz(&t, *word);
	}
	ck_assert_str_eq(str_z(a, text_str(&t)), good[_i].argv);
}
END_TEST

static const struct {
	const char	*spec, *error;
} bad[] = {
	{ "|", "names no program" },
	{ "||", "names no program" },
	{ "|  ", "names no program" },
	{ "|$", "names no program" },
	{ "|$  ", "names no program" },
	{ "|''", "names no program" },
	{ "|nothing-of-this-name", "cannot run nothing-of-this-name: No such "
	  "file or directory" },
	{ "|/nonexistent/x y", "cannot run /nonexistent/x: No such file or "
	  "directory" },
	{ "|none/x", "cannot run /root/none/x: No such file or directory" },
	{ "|/etc/passwd", "cannot run /etc/passwd: Permission denied" },
	{ "|/bin/", "cannot run /bin/: Permission denied" },
};

START_TEST(mistakes)
{
	struct log_program p;
	const char *error = logprogram_read(a, bad[_i].spec, "/root", &p);

	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error, bad[_i].error);
}
END_TEST

START_TEST(files_are_no_programs)
{
	ck_assert(!logprogram_is("logs/access_log"));
	ck_assert(!logprogram_is("/a|b"));
	ck_assert(!logprogram_is(""));
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("logprogram");
	TCase *tc = tcase_create("logprogram");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, words, 0, COUNT(good));
	tcase_add_loop_test(tc, mistakes, 0, COUNT(bad));
	tcase_add_test(tc, files_are_no_programs);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
