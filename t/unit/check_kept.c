/*
 * check_kept.c - which pages are given again, and for how long.
 */
#include "listing/kept.h"

#include "base/clock.h"
#include "http/uri.h"
#include "loop/loop.h"
#include "serve/basis.h"
#include "serve/htaccess.h"
#include "serve/seen.h"

#include "run.h"
#include "site.h"
#include "tree.h"

static struct module *const table[] = { &mod_core };
static struct config *c;
static struct loop *loop;

static void
setup(void)
{
	tree_new();
	c = site_open(table, 1, "");
	loop = loop_new();
	clock_tick();
	seen_begin(loop);
	kept_begin(loop);
}

static void
teardown(void)
{
	config_end(c);
	tree_end();
}

/* GET path with a field; what it leaves behind ends with the config. */
static struct request *
ask(const char *path, const char *field)
{
	struct request *r = site_ask(c, path);
	struct head *head = (struct head *)(uintptr_t)r->head;

	r->client->basis = arena_one(c->arena, struct basis);
	r->client->basis->arena = c->arena;
	head->method_name = STR("GET");
	head->version = 11;
	head->target = str_of(path);
	uri_split(head->target, &head->path, &head->query);
	fields_add(&r->in, STR("User-Agent"), str_of(field));
	return r;
}

static bool
is_kept(struct request *r)
{
	struct str page = kept_find(r, STR("NA"));

	ck_assert(page.at == NULL || str_is(page, "page"));
	return page.at != NULL;
}

static void
keep(struct request *r)
{
	ck_assert(!is_kept(r));
	kept_add(r, STR("NA"), STR("page"));
}

START_TEST(same_question)
{
	struct request *r;

	keep(ask("/a/", "x"));
	ck_assert(is_kept(ask("/a/", "x")));
	ck_assert(is_kept(ask("/a/?other=words", "x")));
	ck_assert(kept_find(ask("/a/?C=M", "x"), STR("MA")).at == NULL);
	ck_assert(!is_kept(ask("/a/", "y")));
	ck_assert(!is_kept(ask("/b/", "x")));
	r = ask("/a/", "x");
	r->client->basis = NULL;
	ck_assert(!is_kept(r));
	r = ask("/a/", "x");
	r->prev = r;
	ck_assert(!is_kept(r));
}
END_TEST

START_TEST(somebody_saw_the_query)
{
	struct request *r = ask("/a/?1", "x");

	request_saw_query(r);
	keep(r);
	ck_assert(!is_kept(ask("/a/", "x")));
	ck_assert(!is_kept(ask("/a/?", "x")));
	ck_assert(!is_kept(ask("/a/?2", "x")));
	r = ask("/a/?1", "x");
	request_saw_query(r);
	ck_assert(is_kept(r));
	keep(ask("/b/?1", "x"));
	r = ask("/b/?2", "x");
	ck_assert(is_kept(r));
	request_saw_query(r);
	ck_assert(!is_kept(r));
}
END_TEST

START_TEST(for_one_alone)
{
	struct request *r = ask("/a/", "x");

	ck_assert(!is_kept(r));
	r->client->basis = NULL;
	kept_add(r, STR("NA"), STR("page"));
	ck_assert(!is_kept(ask("/a/", "x")));
}
END_TEST

static void
stop(struct later *l)
{
	(void)l;
	loop_stop(loop);
}

START_TEST(until_a_file_changes)
{
	struct later end = { .run = stop };

	if (!seen_watch(str_of(tree_root)))
		return;		/* nobody tells of changes here */
	keep(ask("/a/", "x"));
	tree_file("new", "");
	loop_later(loop, &end);
	loop_run(loop);
	ck_assert(!is_kept(ask("/a/", "x")));
}
END_TEST

START_TEST(until_the_second_is_over)
{
	time_t began;

	keep(ask("/a/", "x"));
	for (began = clock_now(); clock_now() == began; clock_tick())
		continue;
	ck_assert(!is_kept(ask("/a/", "x")));
}
END_TEST

/* Who still sends a page keeps it. */
START_TEST(as_long_as_it_is_sent)
{
	struct request *r = ask("/a/", "x");
	struct str page;
	time_t began;

	keep(r);
	r->arena = arena_new();
	page = kept_find(r, STR("NA"));
	for (began = clock_now(); clock_now() == began; clock_tick())
		continue;
	ck_assert(!is_kept(ask("/a/", "x")));
	ck_assert(str_is(page, "page"));
	arena_end(r->arena);
}
END_TEST

START_TEST(not_without_bounds)
{
	static char big[5 << 20];
	struct request *r = ask("/a/", "x");

	ck_assert(!is_kept(r));
	kept_add(r, STR("NA"), str_n(big, sizeof(big)));
	r = ask("/b/", "x");
	ck_assert(!is_kept(r));
	kept_add(r, STR("NA"), str_n(big, sizeof(big)));
	ck_assert(kept_find(ask("/b/", "x"), STR("NA")).at == NULL);
	ck_assert(kept_find(ask("/a/", "x"), STR("NA")).n == sizeof(big));
	for (int i = 0; i < 100; i++) {
		const char *path = str_zfmt(c->arena, "/c/%d/", i);

		kept_add(ask(path, "x"), STR("NA"),
		    STR("page"));
		ck_assert_int_eq(is_kept(ask(path, "x")), i < 15);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("kept");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, same_question);
	tcase_add_test(tc, somebody_saw_the_query);
	tcase_add_test(tc, for_one_alone);
	tcase_add_test(tc, until_a_file_changes);
	tcase_add_test(tc, until_the_second_is_over);
	tcase_add_test(tc, as_long_as_it_is_sent);
	tcase_add_test(tc, not_without_bounds);
	return run_case("kept", tc);
}
