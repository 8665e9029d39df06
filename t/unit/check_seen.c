/*
 * check_seen.c - changes of watched directories are told of, and before
 * anything else in a turn of the loop.
 */
#include "serve/seen.c"

#include "tree.h"

static struct loop *loop;
static uint64_t before;

static void
setup(void)
{
	tree_new();
	tree_directory("a");
	tree_file("a/file", "1");
	loop = loop_new();
	seen_begin(loop);
	if (seen.fresh == NULL || seen_watch(str_of(tree_path("a"))) == NULL)
		exit(77);	/* nobody tells of changes here */
	before = seen_number();
}

static void
teardown(void)
{
	tree_end();
}

static void
stop(struct later *l)
{
	(void)l;
	loop_stop(loop);
}

static void
turn(void)
{
	struct later end = { .run = stop };

	loop_later(loop, &end);
	loop_run(loop);
}

static void	write_file(void) { tree_file("a/file", "2"); }
static void	new_file(void) { tree_file("a/new", ""); }
static void	no_file(void) { unlink(tree_path("a/file")); }
static void	change_mode(void) { chmod(tree_path("a/file"), 0600); }
static void	no_access(void) { chmod(tree_path("a"), 0700); }
static void	new_directory(void) { mkdir(tree_path("a/b"), 0700); }

static void
moved(void)
{
	char *to = strdup(tree_path("b"));

	ck_assert_int_eq(rename(tree_path("a"), to), 0);
	free(to);
}

static void	(*const changes[])(void) = { write_file, new_file, no_file,
	change_mode, no_access, new_directory, moved };

START_TEST(told)
{
	turn();
	ck_assert_uint_eq(seen_number(), before);
	changes[_i]();
	turn();
	ck_assert_uint_ne(seen_number(), before);
	/* A change of names ends all watches; they can be had again. */
	before = seen_number();
	turn();
	ck_assert_uint_eq(seen_number(), before);
	ck_assert(seen_watch(str_of(tree_path("."))));
	tree_file("other", "");
	turn();
	ck_assert_uint_ne(seen_number(), before);
}
END_TEST

/* One that is not there is told of by the one above it. */
START_TEST(missing)
{
	ck_assert(seen_watch(str_of(tree_path("a/c"))));
	new_directory();
	turn();
	ck_assert_uint_ne(seen_number(), before);
}
END_TEST

/* Where everything changes all the time, nothing is worth remembering. */
START_TEST(restless)
{
	int i;

	for (i = 0; i < 200 && seen_watch(str_of(tree_path("a"))); i++) {
		write_file();
		turn();
	}
	ck_assert_int_gt(i, 10);
	ck_assert_int_lt(i, 200);
}
END_TEST

static uint64_t when_ready;

static void
called(struct watch *w, unsigned events)
{
	(void)w;
	(void)events;
	when_ready = seen_number();
}

/* In the next second a path is looked at again. */
START_TEST(again)
{
	struct seen_place *p = seen_watch(str_of(tree_path("a")));

	p->second--;
	ck_assert(seen_still(p));
	ck_assert_uint_eq(seen_number(), before);
	moved();
	ck_assert_int_eq(mkdir(tree_path("a"), 0700), 0);
	ck_assert(seen_still(p));	/* nothing was read yet */
	p->second--;
	ck_assert(!seen_still(p));
	ck_assert_uint_ne(seen_number(), before);
}
END_TEST

/* Where nobody tells, a directory says itself when it was changed; but what has
 * changed just now may do so again. */
START_TEST(untold)
{
	struct fresh *told = seen.fresh;
	struct seen_place *p, *old;

	seen.fresh = NULL;
	p = seen_watch(str_of(tree_path(".")));
	old = seen_watch(STR("/"));
	before = seen_number();
	ck_assert(!seen_still(p));
	ck_assert_uint_eq(seen_number(), before);
	ck_assert(seen_still(old));
	old->second--;
	ck_assert(seen_still(old));
	p->second--;
	tree_file("new", "");
	ck_assert(!seen_still(p));
	ck_assert_uint_ne(seen_number(), before);
	seen.fresh = told;
}
END_TEST

/* Whatever was ready before the change. */
START_TEST(comes_first)
{
	struct watch w = { .ready = called };
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	w.fd = ends[0];
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(loop_watch(loop, &w, LOOP_READ), 0);
	write_file();
	turn();
	ck_assert_uint_ne(when_ready, before);
	loop_unwatch(loop, &w);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seen");
	TCase *t = tcase_create("seen");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, told, 0,
	    (int)(sizeof(changes) / sizeof(changes[0])));
	tcase_add_test(t, missing);
	tcase_add_test(t, restless);
	tcase_add_test(t, again);
	tcase_add_test(t, untold);
	tcase_add_test(t, comes_first);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
