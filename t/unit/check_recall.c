/*
 * check_recall.c - what is kept to be answered again, for how long, and what is
 * not.
 */
#include <sys/time.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "modules.h"
#include "serve/basis.h"
#include "serve/corridor.h"
#include "serve/htaccess.h"
#include "serve/output.h"
#include "serve/recall.h"

#include "site.h"
#include "tree.h"

static struct config *c;
static struct loop *loop;

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

	r->client->basis = recall_basis(a);
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

/* ---- For how long -------------------------------------------------------- */

enum hold { ONCE, TIMELY, LASTING };

static const struct {
	const char	*lines, *path;
	enum hold	 hold;
} holds[] = {
	{ "", "/a.txt", LASTING },
	{ "", "/", LASTING },
	{ "", "/nothing", LASTING },
	{ "", "/no/thing", LASTING },
	{ "", "/a.txt/info", TIMELY },
	{ "", "/link", LASTING },
	{ "", "/large", ONCE },			/* not in memory */
	{ "EnableSendfile Off", "/large", ONCE },
	{ "", "/young.txt", TIMELY },
	{ "", "/future.txt", TIMELY },
	{ "", "/d/", ONCE },			/* the error log is told */
	{ "", "/d", TIMELY },
	{ "Options +Indexes", "/d/", ONCE },
	{ "FileETag None", "/a.txt", LASTING },
	{ "ExpiresActive On\nExpiresDefault A60", "/a.txt", TIMELY },
	{ "ExpiresActive On\nExpiresDefault M60", "/a.txt", TIMELY },
	{ "ExpiresActive On", "/a.txt", LASTING },
	{ "Header set X y", "/a.txt", LASTING },
	{ "Header set X %t", "/a.txt", ONCE },
	{ "Header set X \"expr=%{TIME}\"", "/a.txt", ONCE },
	{ "Header set Date then", "/a.txt", LASTING },
	{ "SetEnvIf Remote_Addr ^1 x", "/a.txt", ONCE },
	{ "<If \"%{TIME_HOUR} -lt 30\">\n</If>", "/a.txt", ONCE },
	{ "RewriteEngine On\nRewriteCond %{TIME_SEC} <30\n"
	  "RewriteRule ^/b /a.txt", "/b", ONCE },
	{ "<Directory />\nAllowOverride All\n</Directory>", "/a.txt",
	  TIMELY },
};

static void
date_file(const char *name, time_t when)
{
	struct timeval times[2] = { { when, 0 }, { when, 0 } };

	ck_assert_int_eq(utimes(tree_path(name), times), 0);
}

static void
setup_files(void)
{
	static char large[100000];

	tree_new();
	memset(large, 'x', sizeof(large) - 1);
	tree_directory("d");
	tree_file("a.txt", "hello");
	tree_file("young.txt", "hello");
	tree_file("future.txt", "hello");
	tree_file("large", large);
	ck_assert_int_eq(symlink("a.txt", tree_path("link")), 0);
	date_file("a.txt", 1600000000);
	date_file("large", 1600000000);
	date_file("future.txt", time(NULL) + 1000);
	clock_tick();
	loop = loop_new();
	recall_begin(loop);
}

static const struct client_calls calls = { .local = site_local };
static struct client asking = { .calls = &calls, .peer = "192.0.2.7" };

/* Answer a GET of the path, and give what could be kept of it. */
static struct recalled *
walked(struct arena *a, const char *lines, const char *path)
{
	static char text[4096];
	const char *error;
	struct request *r;

	snprintf(text, sizeof(text), "DocumentRoot %s\nDirectoryIndex a.txt\n"
	    "LogLevel error\n<Directory %s>\nOptions FollowSymLinks\n"
	    "</Directory>\n<Directory %s/d>\nDirectoryIndex disabled\n"
	    "</Directory>\n%s\n", tree_root, tree_root, tree_root, lines);
	c = site_open(features, n_features, text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	htaccess_worker(loop, c);
	r = site_ask(c, path);
	r->arena = a;
	r->client = &asking;
	r->started_us = clock_wall_us();
	((struct head *)(uintptr_t)r->head)->keep_alive = true;
	asking.basis = recall_basis(a);
	ck_assert_int_eq(corridor_walk(r, &r), DONE);
	return recall_answer(a, STR(HEAD), r, output_head(r));
}

/* For how long an answer holds is known from whatever had a part in it. */
START_TEST(hold)
{
	struct arena *a = arena_new();
	const struct recalled *k = walked(a, holds[_i].lines, holds[_i].path);

	ck_assert_int_eq(k == NULL ? ONCE : k->date == NULL ? TIMELY : LASTING,
	    holds[_i].hold);
	arena_end(a);
	config_end(c);
}
END_TEST

/* Ask again in the next second. */
static const struct recalled *
next_second(struct recalled *k)
{
	struct str keep;

	k->second--;
	memset(k->date, 'x', 29);
	return recall_find(&asking, STR(HEAD), &keep);
}

static void	nothing(void) { }

/* The watches are not told of what other names of a file do. */
static void
by_other_name(void)
{
	FILE *f = fopen(tree_path("../forkful-check-other"), "w");

	ck_assert_ptr_nonnull(f);
	fputs("jello", f);
	fclose(f);
}

static void
swap_root(void)
{
	char moved[sizeof(tree_root) + 8];

	snprintf(moved, sizeof(moved), "%s.old", tree_root);
	ck_assert_int_eq(rename(tree_root, moved), 0);
	ck_assert_int_eq(mkdir(tree_root, 0755), 0);
	ck_assert_int_eq(rename(moved, tree_path("old")), 0);
	ck_assert_int_eq(link(tree_path("old/a.txt"), tree_path("a.txt")), 0);
}

static const struct {
	void		(*change)(void);
	bool		 holds;
} changes[] = {
	{ nothing, true }, { by_other_name, false }, { swap_root, false },
};

/* Nobody tells of these, but in the next second they are seen. */
START_TEST(renewed)
{
	struct arena *a = arena_new();
	struct recalled *k;

	unlink(tree_path("../forkful-check-other"));
	ck_assert_int_eq(link(tree_path("a.txt"),
	    tree_path("../forkful-check-other")), 0);
	k = walked(a, "", "/a.txt");
	ck_assert_ptr_nonnull(k->date);
	recall_keep(k);
	changes[_i].change();
	ck_assert_ptr_eq(next_second(k), changes[_i].holds ? k : NULL);
	if (changes[_i].holds) {
		ck_assert(str_find_str(k->head, clock_http_now()) > 0);
		ck_assert(str_is(k->body, "hello"));
	}
	unlink(tree_path("../forkful-check-other"));
	config_end(c);
}
END_TEST

/* A timely one does not even hold where nothing has changed. */
START_TEST(over)
{
	struct arena *a = arena_new();
	struct recalled *k = walked(a, "", "/young.txt");
	struct str keep;

	recall_keep(k);
	ck_assert_ptr_eq(recall_find(&asking, STR(HEAD), &keep), k);
	k->second--;
	ck_assert_ptr_null(recall_find(&asking, STR(HEAD), &keep));
	config_end(c);
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
	t = tcase_create("files");
	tcase_add_checked_fixture(t, setup_files, tree_end);
	tcase_add_loop_test(t, hold, 0,
	    (int)(sizeof(holds) / sizeof(holds[0])));
	tcase_add_loop_test(t, renewed, 0,
	    (int)(sizeof(changes) / sizeof(changes[0])));
	tcase_add_test(t, over);
	suite_add_tcase(s, t);
	return site_run(s);
}
