/*
 * check_fresh.c - being told of changes in directories.
 */
#include "config.h"

#include "base/fresh.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/text.h"

#include "tree.h"

static struct arena *a;
static struct fresh *f;
static struct text told;

/* "d:name" for each, without the tree's own path; "d:" for all of d. */
static void
note(void *arg, const char *directory, const char *name)
{
	ck_assert_ptr_eq(arg, &told);
	if (directory == NULL)
		text_addz(&told, "ALL ");
	else
		text_addf(&told, "%s:%s ", directory + strlen(tree_root),
		    name == NULL ? "" : name);
}

static void
setup(void)
{
	a = arena_new();
	told = (struct text){ .arena = a };
	tree_new();
	tree_directory("d");
	tree_directory("d/e");
	tree_file("d/file", "x");
	f = fresh_new(note, &told);
}

static void
teardown(void)
{
	if (f != NULL)
		fresh_end(f);
	tree_end();
	arena_end(a);
}

static bool
watch(const char *name, enum fresh_about about)
{
	return fresh_watch(f, *name == 0 ? tree_root : tree_path(name),
	    about);
}

/* What was told since the last time. */
static const char *
news(void)
{
	told.n = 0;
	fresh_read(f);
	return text_z(&told);
}

static bool
is_told(const char *what)
{
	return str_find_str(str_of(news()), str_of(what)) >= 0;
}

static void
rename_to(const char *from, const char *to)
{
	char *old = str_z(a, str_of(tree_path(from)));

	ck_assert_int_eq(rename(old, tree_path(to)), 0);
}

START_TEST(tells_of_names)
{
	ck_assert(watch("d", FRESH_NAMES));
	ck_assert_str_eq(news(), "");
	tree_file("d/file", "other");
	ck_assert_str_eq(news(), "");
	tree_file("d/new", "x");
	ck_assert(is_told("/d:new"));
	unlink(tree_path("d/new"));
	ck_assert(is_told("/d:new"));
	rename_to("d/file", "d/other");
	ck_assert_str_eq(news(), "/d:file /d:other ");
}
END_TEST

START_TEST(tells_of_files)
{
	ck_assert(watch("d", FRESH_FILES));
	tree_file("d/file", "other");
	ck_assert(is_told("/d:file"));
	chmod(tree_path("d/file"), 0600);
	ck_assert(is_told("/d:file"));
	ck_assert_str_eq(news(), "");
}
END_TEST

/* A path that is watched may become another directory. */
START_TEST(tells_of_directories)
{
	ck_assert(watch("", FRESH_NAMES));
	ck_assert(watch("d", FRESH_NAMES));
	ck_assert(watch("d/e", FRESH_FILES));
	rename_to("d", "away");
	ck_assert(is_told("/d: "));
	ck_assert(!watch("d/e", FRESH_FILES));
	tree_directory("d");
	ck_assert(is_told("/d: "));
	tree_directory("d/e");
	ck_assert(watch("d", FRESH_NAMES));
	ck_assert(watch("d/e", FRESH_FILES));
	tree_file("away/e/old", "x");
	ck_assert(!is_told("old"));
	tree_file("d/e/x", "x");
	ck_assert(is_told("/d/e:x"));
	rmdir(tree_path("d/e"));
	unlink(tree_path("d/e/x"));
	rmdir(tree_path("d/e"));
	ck_assert(is_told("/d/e: "));
}
END_TEST

/* Two ways to one directory. */
START_TEST(tells_of_all_paths)
{
	ck_assert_int_eq(symlink("d", tree_path("link")), 0);
	ck_assert(watch("", FRESH_NAMES));
	ck_assert(watch("d", FRESH_NAMES));
	ck_assert(watch("link", FRESH_NAMES));
	tree_file("d/x", "x");
	ck_assert_str_eq(news(), "/link:x /d:x ");
	unlink(tree_path("link"));
	ck_assert_str_eq(news(), ":link /link: ");
	ck_assert(!watch("link", FRESH_NAMES));
	tree_file("d/y", "x");
	ck_assert_str_eq(news(), "/d:y ");
}
END_TEST

START_TEST(needs_a_directory)
{
	ck_assert(!watch("d/file", FRESH_NAMES));
	ck_assert(!watch("none", FRESH_NAMES));
	ck_assert(!fresh_watch(f, "/proc", FRESH_NAMES));
}
END_TEST

/* More changes than the system keeps: then anything may have happened. */
START_TEST(tells_when_it_was_too_much)
{
	char *one, *two;

	ck_assert(watch("d", FRESH_NAMES));
	one = str_z(a, str_of(tree_path("d/file")));
	two = str_z(a, str_of(tree_path("d/other")));
	for (int i = 0; i < 40000; i++)
		ck_assert_int_eq(i % 2 == 0 ? rename(one, two) :
		    rename(two, one), 0);
	ck_assert(is_told("ALL "));
	tree_file("d/x", "x");
	ck_assert_str_eq(news(), "");
	ck_assert(watch("d", FRESH_NAMES));
	tree_file("d/y", "x");
	ck_assert_str_eq(news(), "/d:y ");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fresh");
	TCase *tc = tcase_create("fresh");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
#ifdef HAVE_SYS_INOTIFY_H
	tcase_add_test(tc, tells_of_names);
	tcase_add_test(tc, tells_of_files);
	tcase_add_test(tc, tells_of_directories);
	tcase_add_test(tc, tells_of_all_paths);
	tcase_add_test(tc, needs_a_directory);
	tcase_add_test(tc, tells_when_it_was_too_much);
#endif
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
