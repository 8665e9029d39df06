/*
 * check_recall.c - what is kept to be answered again, and what is not.
 */
#include "base/clock.h"
#include "loop/loop.h"
#include "modules.h"
#include "serve/output.h"
#include "serve/recall.h"

#include "site.h"

static struct config *c;

static void
setup(void)
{
	const char *error;

	c = site_open(features, n_features, "MaxKeepAliveRequests 10");
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	clock_tick();
	recall_begin(loop_new());
}

static void
teardown(void)
{
	config_end(c);
}

#define HEAD	"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

/* A request that was answered with a body of five bytes. */
static struct request *
answered(struct arena *a, const char *path)
{
	struct request *r = site_ask(c, path);

	r->client->once = false;
	r->client->answered = 0;
	((struct head *)(uintptr_t)r->head)->keep_alive = true;
	r->body = source_memory(a, STR("hello"));
	r->length = 5;
	r->keep_going = true;
	return r;
}

/* Ask twice, as is needed; what is to be kept then. */
static struct str
ask_twice(const struct client *client, const char *head)
{
	struct str keep;

	ck_assert_ptr_null(recall_find(client, str_of(head), &keep));
	ck_assert_uint_eq(keep.n, 0);
	ck_assert_ptr_null(recall_find(client, str_of(head), &keep));
	return keep;
}

START_TEST(kept)
{
	struct arena *a = arena_new();
	struct request *r = answered(a, "/a");
	struct str keep = ask_twice(r->client, HEAD "GET /next");
	struct client other = *r->client;
	const struct recalled *again;

	ck_assert_uint_eq(keep.n, strlen(HEAD));
	recall_keep(recall_answer(a, str_copy(a, keep), r, STR("HTTP...")));
	again = recall_find(&other, STR(HEAD "more"), &keep);
	ck_assert_ptr_nonnull(again);
	ck_assert_uint_eq(again->request.n, strlen(HEAD));
	ck_assert(str_is(again->head, "HTTP..."));
	ck_assert(str_is(again->body, "hello"));
	ck_assert_ptr_eq(again->r, r);
	ck_assert_ptr_null(recall_find(&other, STR("GET /b HTTP/1.1\r\n"
	    "Host: x\r\n\r\n"), &keep));
	ck_assert_ptr_null(recall_find(&other, STR("GET /a HTTP/1.1\r\n"
	    "Host: x\r\n"), &keep));
	/* The last request of a connection is answered with a close. */
	other.answered = 8;
	ck_assert_ptr_nonnull(recall_find(&other, STR(HEAD), &keep));
	other.answered = 9;
	ck_assert_ptr_null(recall_find(&other, STR(HEAD), &keep));
	/* Other addresses may have other hosts. */
	other.answered = 0;
	other.hosts = (const void *)&other;
	ck_assert_ptr_null(recall_find(&other, STR(HEAD), &keep));
}
END_TEST

/* An answer that counts down is for those who stand at the same number. */
START_TEST(counted)
{
	struct arena *a = arena_new();
	struct request *r = answered(a, "/a");
	struct str keep = ask_twice(r->client, HEAD);
	struct client other = *r->client;

	fields_add(&r->in, STR("Connection"), STR("Keep-Alive"));
	recall_keep(recall_answer(a, str_copy(a, keep), r, STR("")));
	ck_assert_ptr_nonnull(recall_find(&other, STR(HEAD), &keep));
	other.answered = 1;
	ck_assert_ptr_null(recall_find(&other, STR(HEAD), &keep));
}
END_TEST

static void	once(struct request *r) { request_once(r); }
static void	post(struct request *r) { r->method = METHOD_POST; }
static void	chunked(struct request *r) { r->chunked = true; }
static void	failed(struct request *r) { r->status = 503; }
static void	redirected(struct request *r) { r->prev = r; }
static void	last(struct request *r) { r->keep_going = false; }
static void	raw(struct request *r) { r->nph = true; }

static void
from_file(struct request *r)
{
	r->body = source_file(r->arena, 0, 0, 5);
}

static void
in_parts(struct request *r)
{
	struct source *parts[2] = { r->body, r->body };

	r->length = 10;
	r->body = source_chain(r->arena, parts, 2);
}

static void
logged(struct request *r)
{
	request_log(r, LEVEL_EMERG, "core", 0, "each one is told of");
}

static void	(*const reasons[])(struct request *r) = { once, post, chunked,
	failed, redirected, last, raw, from_file, in_parts, logged };

START_TEST(not_kept)
{
	struct arena *a = arena_new();
	struct request *r = answered(a, "/a");

	ask_twice(r->client, HEAD);
	reasons[_i](r);
	ck_assert_ptr_null(recall_answer(a, STR(HEAD), r, STR("")));
	arena_end(a);
}
END_TEST

/* A module that is not marked steady takes the memory away from all. */
START_TEST(steady)
{
	const struct module *m = features[_i];

	if (m->early != NULL || m->translate != NULL || m->access != NULL ||
	    m->identity != NULL || m->fixup != NULL || m->handle != NULL ||
	    m->filter != NULL || m->headers != NULL)
		ck_assert_msg(m->steady, "%s: see .steady in conf/module.h",
		    m->name);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recall");
	TCase *t = tcase_create("recall");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, kept);
	tcase_add_test(t, counted);
	tcase_add_loop_test(t, not_kept, 0,
	    (int)(sizeof(reasons) / sizeof(reasons[0])));
	tcase_add_loop_test(t, steady, 0, (int)n_features);
	suite_add_tcase(s, t);
	return site_run(s);
}
