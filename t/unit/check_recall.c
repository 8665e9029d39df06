/*
 * check_recall.c - what is kept to be answered again, for how long, and what is
 * not.
 */
#include <sys/time.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "modules.h"
#include "serve/basis.h"
#include "serve/corridor.h"
#include "serve/htaccess.h"
#include "serve/expr.h"
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
	loop = loop_new();
	recall_begin(loop);
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
	r->bytes_out = 12;
	again = recall_keep(recall_answer(a, str_copy(a, keep), r,
	    STR("HTTP...")));
	ck_assert_ptr_eq(recall_find(&other, STR(HEAD "more"), &keep), again);
	ck_assert_ptr_nonnull(again);
	ck_assert_uint_eq(again->request.n, strlen(HEAD));
	ck_assert(str_is(again->head, "HTTP..."));
	ck_assert(str_is(again->body, "hello"));
	ck_assert_ptr_eq(again->r, r);
	ck_assert_uint_eq(again->bytes_out, 12);
	ck_assert(again->keep_going);
	/* They leave in one piece. */
	ck_assert_ptr_eq(again->head.at + again->head.n, again->body.at);
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
	failed, redirected, last, raw, in_parts, logged };

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
	{ "", "/large", LASTING },
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
	{ "Header set X \"expr=%{TIME}\"", "/a.txt", TIMELY },
	{ "Header set X \"expr=%{HTTP_HOST}\"", "/a.txt", LASTING },
	{ "Header set Date then", "/a.txt", LASTING },
	{ "SetEnvIf Remote_Addr ^1 x", "/a.txt", ONCE },
	{ "<If \"%{TIME_HOUR} -lt 30\">\n</If>", "/a.txt", TIMELY },
	{ "<If \"-R '::1'\">\n</If>", "/a.txt", ONCE },
	{ "<If \"%{REQUEST_URI} == '/b'\">\n</If>", "/a.txt", LASTING },
	{ "RewriteEngine On\nRewriteCond %{TIME_SEC} <30\n"
	  "RewriteRule ^/b /a.txt", "/b", TIMELY },
	{ "RewriteEngine On\nRewriteCond %{HTTP_HOST} !x\n"
	  "RewriteRule ^/b /a.txt", "/b", LASTING },
	{ "RewriteEngine On\nRewriteCond %{DOCUMENT_ROOT}/a.txt -f\n"
	  "RewriteRule ^/b /a.txt", "/b", LASTING },
	{ "RewriteEngine On\nRewriteCond %{DOCUMENT_ROOT}/a.txt -s\n"
	  "RewriteRule ^/b /a.txt", "/b", TIMELY },
	{ "RewriteEngine On\nRewriteCond %{REMOTE_ADDR} !x\n"
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
	k = (struct recalled *)(uintptr_t)recall_keep(k);
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

	k = (struct recalled *)(uintptr_t)recall_keep(k);
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

/* ---- What rules and conditions look at ----------------------------------- */

enum { STAYS, SECOND, NEVER };

static struct request *
asked(const char *path)
{
	struct request *r = site_ask(c, path);

	r->client->basis = recall_basis(c->arena);
	r->filename = SITE_ROOT "/a";
	r->root_n = strlen(SITE_ROOT);
	return r;
}

/* For how long an answer holds, as far as is known. */
static int
holds_for(const struct request *r)
{
	return r->client->basis == NULL ? NEVER :
	    r->client->basis->timely ? SECOND : STAYS;
}

static const struct {
	const char	*text;
	int		 holds;
} conditions[] = {
	{ "%{HTTP_HOST} == 'x'" }, { "%{REQUEST_URI} =~ /a/" },
	{ "%{QUERY_STRING} -eq 1" }, { "%{THE_REQUEST} == 'x'" },
	{ "%{REQUEST_FILENAME} == '" SITE_ROOT "'" },
	{ "%{HTTPS} == 'off' && %{IS_SUBREQ} == 'false'" },
	{ "req('X-A') in { 'a', 'b' }" }, { "-n req_novary('X-A')" },
	{ "tolower(%{HTTP_COOKIE}) -strmatch '*x*'" },
	{ "env('A') == 'b' || reqenv('B') == 'c' || osenv('C') == 'd'" },
	{ "md5('a') == sha1('b') || unescape('%20') == base64('x')" },
	{ "'192.0.2.1' -ipmatch '10.0.0.0/8'" }, { "-T %{HTTP_ACCEPT}" },
	{ "-f '" SITE_ROOT "/b'" }, { "-d '" SITE_ROOT "'" },
	{ "-e '" SITE_ROOT "/none/below/x'" },
	{ "-s '" SITE_ROOT "/a'", SECOND }, { "-x '" SITE_ROOT "'", SECOND },
	{ "filesize('" SITE_ROOT "/a') == '1'", SECOND },
	/* What is not asked does not count. */
	{ "%{HTTP_HOST} == 'x' && %{REMOTE_ADDR} == '::1'" },
	{ "true || -R '10.0.0.0/8'" },

	{ "%{REMOTE_ADDR} == 'x'", NEVER }, { "-R '10.0.0.0/8'", NEVER },
	{ "%{REMOTE_USER} == 'x'", NEVER }, { "%{REMOTE_PORT} == '1'", NEVER },
	{ "%{REMOTE_HOST} == 'x'", NEVER }, { "%{AUTH_TYPE} == 'x'", NEVER },
	{ "%{CONN_REMOTE_ADDR} == 'x'", NEVER }, { "%{IPV6} == 'on'", NEVER },
	{ "%{SERVER_ADDR} == 'x'", NEVER },
	{ "%{TIME} -gt 1", SECOND }, { "%{TIME_HOUR} -gt 1", SECOND },
	{ "%{TIME_WDAY} -gt 1", SECOND }, { "%{TIME_SEC} -gt 1", SECOND },
	{ "%{SCRIPT_USER} == 'x'", NEVER },
	{ "%{LAST_MODIFIED} == 'x'", NEVER },
	{ "%{REQUEST_STATUS} == '200'", NEVER }, { "%{HANDLER} == 'x'", NEVER },
	{ "resp('X-A') == 'x'", NEVER }, { "note('X') == 'x'", NEVER },
	{ "file('/dev/null') == 'x'", NEVER },
	{ "-f '/etc/passwd'", NEVER }, { "-e '/srv/wwwx'", NEVER },
	{ "-e '" SITE_ROOT "/../x'", NEVER }, { "-e 'relative'", NEVER },
	{ "-U '/a'", NEVER }, { "-F '" SITE_ROOT "/a'", NEVER },
	{ "-A '/a'", NEVER },
};

START_TEST(condition)
{
	struct request *r = asked("/a");
	struct expr_error wrong;
	struct expr *e = expr_parse(c->arena, str_of(conditions[_i].text),
	    EXPR_CONDITION, &wrong);

	ck_assert_msg(e != NULL, "%s: %s", conditions[_i].text,
	    wrong.message);
	expr_true(e, r, NULL, 0);
	ck_assert_msg(holds_for(r) == conditions[_i].holds, "%s",
	    conditions[_i].text);
}
END_TEST

static const struct {
	const char	*lines;
	int		 holds;
} rules[] = {
	{ "RewriteRule ^/b - [L]" }, { "RewriteRule ^/a http://x/$0 [R]" },
	{ "RewriteCond %{HTTP_HOST} ^x\nRewriteRule ^ http://y/ [R]" },
	{ "RewriteCond %{HTTP:X-A} ^x\nRewriteRule ^ - [F]" },
	{ "RewriteCond %{HTTPS} on\nRewriteRule ^ - [F]" },
	{ "RewriteCond %{QUERY_STRING} a\nRewriteRule ^ - [F]" },
	{ "RewriteCond " SITE_ROOT "/b -f [OR]\n"
	  "RewriteCond " SITE_ROOT "/b -d\nRewriteRule ^ - [F]" },
	{ "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f\n"
	  "RewriteRule ^ /index.html [L]" },
	{ "RewriteCond %{ENV:X} x\nRewriteRule ^ - [E=A:b]" },
	{ "RewriteMap m int:tolower\nRewriteRule ^/(.) /${m:$1} [L]" },
	{ "RewriteMap m txt:/etc/passwd\nRewriteRule ^ /${m:a|b} [L]", SECOND },
	{ "RewriteCond " SITE_ROOT "/b -s\nRewriteRule ^ - [F]", SECOND },
	{ "RewriteCond " SITE_ROOT "/b -x\nRewriteRule ^ - [F]", SECOND },
	{ "RewriteRule ^/b - [E=X:%{REMOTE_ADDR}]" },
	{ "RewriteRule ^ - [CO=a:b:.x.test]" },
	{ "RewriteCond expr \"%{HTTP_HOST} == 'x'\"\nRewriteRule ^ - [F]" },

	{ "RewriteCond %{REMOTE_ADDR} ^x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{REMOTE_HOST} ^x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{REMOTE_USER} ^x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{SERVER_ADDR} ^x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{CONN_REMOTE_ADDR} ^x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{TIME_HOUR} >10\nRewriteRule ^ - [F]", SECOND },
	{ "RewriteCond %{TIME} >10\nRewriteRule ^ - [F]", SECOND },
	{ "RewriteCond %{SCRIPT_GROUP} x\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond /etc/passwd -f\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond /b -U\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond " SITE_ROOT "/b -F\nRewriteRule ^ - [F]", NEVER },
	{ "RewriteCond %{LA-U:REQUEST_FILENAME} x\nRewriteRule ^ - [F]",
	  NEVER },
	{ "RewriteCond expr \"-R '10.0.0.0/8'\"\nRewriteRule ^ - [F]",
	  NEVER },
	{ "RewriteRule ^ - [E=X:%{REMOTE_ADDR}]", NEVER },
	{ "RewriteRule ^ - [CO=a:b:.x.test:10]", SECOND },
	{ "RewriteRule ^ /~root/x", NEVER },
	{ "RewriteMap m rnd:/dev/null\nRewriteRule ^ /${m:a|b} [L]", NEVER },
};

START_TEST(rule)
{
	char text[1024];
	const char *error;
	struct request *r;

	config_end(c);
	snprintf(text, sizeof(text), "RewriteEngine On\n%s", rules[_i].lines);
	c = site_open(features, n_features, text);
	site_errors(c, &error);
	r = asked("/a");
	for (size_t i = 0; i < n_features; i++)
		if (strcmp(features[i]->name, "rewrite") == 0)
			features[i]->translate(r);
	ck_assert_msg(holds_for(r) == rules[_i].holds, "%s (%s)",
	    rules[_i].lines, error);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("recall");
	TCase *t = tcase_create("recall");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, kept);
	tcase_add_test(t, counted);
	tcase_add_loop_test(t, not_kept, 0,
	    COUNT(reasons));
	tcase_add_loop_test(t, steady, 0, (int)n_features);
	tcase_add_loop_test(t, condition, 0, COUNT(conditions));
	tcase_add_loop_test(t, rule, 0, COUNT(rules));
	suite_add_tcase(s, t);
	t = tcase_create("files");
	tcase_add_checked_fixture(t, setup_files, tree_end);
	tcase_add_loop_test(t, hold, 0,
	    COUNT(holds));
	tcase_add_loop_test(t, renewed, 0,
	    COUNT(changes));
	tcase_add_test(t, over);
	suite_add_tcase(s, t);
	return site_run(s);
}
