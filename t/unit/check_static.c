#include "modules/static.c"
#include "serve/file.c"

#include "serve/corridor.h"
#include "site.h"
#include "tree.h"

static struct module *const table[] = { &mod_core, &mod_static };

static struct config *
open_site(const char *text)
{
	static char all[2048];

	snprintf(all, sizeof(all), "DocumentRoot %s\n%s", tree_root, text);
	return site_open(table, 2, all);
}

/* A request for a file of the tree, ready to be handled. */
static struct request *
ask(struct config *c, const char *uri)
{
	struct request *asking = site_ask(c, "/"), *r;

	clock_tick();
	r = request_lookup(asking, str_of(uri));
	ck_assert_int_eq(r->status, 200);
	r->main = NULL;
	r->started_us = clock_wall_us() + 10000000;
	fields_init(&r->in, c->arena);
	return r;
}

/* All bytes of a body, pulled n at a time. */
static struct str
pull(struct request *r, size_t n)
{
	struct text t = { .arena = r->arena };
	struct piece p;
	enum pull got = PULL_END;

	while (r->body != NULL &&
	    (got = r->body->look(r->body, &p)) == PULL_PIECE) {
		if (p.n > n)
			p.n = n;
		if (p.at != NULL)
			text_add(&t, str_n(p.at, p.n));
		else
			t.n += (size_t)pread(p.fd, text_room(&t, p.n), p.n,
			    p.offset);
		r->body->took(r->body, p.n);
	}
	ck_assert_int_eq(got, PULL_END);
	return text_str(&t);
}

static void
plant(void)
{
	FILE *f;

	tree_new();
	tree_file("ten", "0123456789");
	tree_file("empty", "");
	tree_directory("dir");
	f = fopen(tree_path("big"), "w");
	for (int i = 0; i < 30000; i++)
		fprintf(f, "%09d\n", i);
	fclose(f);
	ck_assert_int_eq(mkfifo(tree_path("fifo"), 0644), 0);
}

/* A request for "ten", and the answer. */
static const struct {
	const char	*field, *value;
	enum http_method method;
	int		 status;
	int64_t		 length;
	const char	*body, *content_range;
} answers[] = {
	{ NULL, NULL, METHOD_GET, 200, 10, "0123456789", NULL },
	{ NULL, NULL, METHOD_POST, 200, 10, "0123456789", NULL },
	{ NULL, NULL, METHOD_HEAD, 200, 10, "", NULL },
	{ NULL, NULL, METHOD_PUT, 405, -1, "", NULL },
	{ NULL, NULL, METHOD_OTHER, 501, -1, "", NULL },
	{ NULL, NULL, METHOD_OPTIONS, 200, 0, "", NULL },
	{ "Range", "bytes=0-2", METHOD_GET, 206, 3, "012",
	  "bytes 0-2/10" },
	{ "Range", "bytes=7-", METHOD_GET, 206, 3, "789", "bytes 7-9/10" },
	{ "Range", "bytes=-1", METHOD_GET, 206, 1, "9", "bytes 9-9/10" },
	{ "Range", "bytes=0-99", METHOD_GET, 206, 10, "0123456789",
	  "bytes 0-9/10" },
	{ "Range", "bytes=10-", METHOD_GET, 416, -1, "", "bytes */10" },
	{ "Range", "lines=1-2", METHOD_GET, 200, 10, "0123456789", NULL },
	{ "Range", "bytes=0-2", METHOD_HEAD, 200, 10, "", NULL },
	{ "If-None-Match", "*", METHOD_GET, 304, -1, "", NULL },
	{ "If-None-Match", "\"x\"", METHOD_GET, 200, 10, "0123456789",
	  NULL },
	{ "If-Match", "\"x\"", METHOD_GET, 412, -1, "", NULL },
};

START_TEST(answer)
{
	struct config *c = open_site("");
	struct request *r = ask(c, "/ten");
	struct str range;
	int said;

	if (answers[_i].field != NULL)
		fields_add(&r->in, str_of(answers[_i].field),
		    str_of(answers[_i].value));
	r->method = answers[_i].method;
	said = handle(r);
	ck_assert_int_eq(said == DONE ? r->status : said,
	    answers[_i].status);
	if (said == DONE)
		ck_assert_int_eq(r->length, answers[_i].length);
	ck_assert(str_is(pull(r, 4), answers[_i].body));
	range = fields_get(said == DONE ? &r->out : &r->out_always,
	    STR("Content-Range"));
	ck_assert_pstr_eq(range.at == NULL ? NULL : str_z(c->arena, range),
	    answers[_i].content_range);
	config_end(c);
}
END_TEST

START_TEST(several_ranges)
{
	struct config *c = open_site("");
	struct request *r = ask(c, "/ten");
	struct str body;

	fields_add(&r->in, STR("Range"), STR("bytes=0-1,8-"));
	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(r->status, 206);
	body = pull(r, 3);
	ck_assert_int_eq(r->length, (int64_t)body.n);
	ck_assert_int_ge(str_find_str(body,
	    STR("bytes 0-1/10\r\n\r\n01\r\n")), 0);
	ck_assert_int_ge(str_find_str(body,
	    STR("bytes 8-9/10\r\n\r\n89\r\n")), 0);
	config_end(c);
}
END_TEST

/* Ways to send a file, all with the same bytes. */
static const struct {
	const char	*conf, *uri, *range;
	size_t		 n;
} bodies[] = {
	{ "", "/big", NULL, 300000 },
	{ "EnableSendfile On", "/big", NULL, 300000 },
	{ "EnableSendfile Off", "/big", NULL, 300000 },
	{ "EnableSendfile Off", "/big", "bytes=10-199999", 199990 },
	{ "EnableSendfile Off", "/ten", NULL, 10 },
	{ "", "/empty", NULL, 0 },
};

START_TEST(body)
{
	struct config *c = open_site(bodies[_i].conf);
	struct request *r = ask(c, bodies[_i].uri);
	struct str all;

	if (bodies[_i].range != NULL)
		fields_add(&r->in, STR("Range"), str_of(bodies[_i].range));
	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(r->length, (int64_t)bodies[_i].n);
	all = pull(r, 7777);
	ck_assert_uint_eq(all.n, bodies[_i].n);
	if (all.n > 100 && bodies[_i].range == NULL)
		ck_assert(str_ends(all, STR("000029998\n000029999\n")));
	if (bodies[_i].range != NULL)
		ck_assert(str_starts(all, STR("000000001\n")));
	config_end(c);
}
END_TEST

START_TEST(shrinking_file)
{
	struct config *c = open_site("EnableSendfile Off");
	struct request *r = ask(c, "/big");
	struct piece p;

	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(truncate(tree_path("big"), 100000), 0);
	for (uint64_t n = 0; n < 100000; n += p.n) {
		ck_assert_int_eq(r->body->look(r->body, &p), PULL_PIECE);
		r->body->took(r->body, p.n);
	}
	ck_assert_int_eq(r->body->look(r->body, &p), PULL_FAILED);
	config_end(c);
}
END_TEST

START_TEST(etag)
{
	static const struct {
		const char	*conf, *want;
	} cases[] = {
		{ "", "\"a-e8d4a51001\"" },
		{ "FileETag MTime", "\"e8d4a51001\"" },
		{ "FileETag Size", "\"a\"" },
		{ "FileETag All", "\"7-a-e8d4a51001\"" },
		{ "FileETag INode", "\"7\"" },
		{ "FileETag None", NULL },
		{ "FileETag All -Size", "\"7-e8d4a51001\"" },
		{ "FileETag +INode", "\"7\"" },
		{ "FileETag -MTime", "\"a-e8d4a51001\"" },
	};
	struct stat st = { .st_size = 10, .st_ino = 7, .st_mtim = { 1000000,
	    1999 } };
	struct config *c = open_site(cases[_i].conf);
	struct request *r = site_ask(c, "/");
	struct str s;

	r->started_us = INT64_C(1000001000001);
	s = file_etag(r, &st);
	ck_assert_pstr_eq(s.at == NULL ? NULL : str_z(c->arena, s),
	    cases[_i].want);
	/* Younger than a second: weak. */
	r->started_us--;
	s = file_etag(r, &st);
	if (s.at != NULL)
		ck_assert(str_starts(s, STR("W/\"")));
	config_end(c);
}
END_TEST

/* What is not a file, or must not be read. */
static const struct {
	const char	*conf, *uri;
	int		 said;
} refusals[] = {
	{ "", "/nothing", 404 },
	{ "", "/dir/", 404 },
	{ "", "/fifo", 403 },
	{ "", "/ten/", 404 },
	{ "", "/ten/more", 404 },
	{ "AcceptPathInfo On", "/ten/more", DONE },
	{ "AcceptPathInfo Off", "/ten/more", 404 },
};

START_TEST(refusal)
{
	struct config *c = open_site(refusals[_i].conf);

	ck_assert_int_eq(handle(ask(c, refusals[_i].uri)),
	    refusals[_i].said);
	config_end(c);
}
END_TEST

START_TEST(vanished_or_replaced)
{
	struct config *c = open_site("");
	struct request *r = ask(c, "/ten");

	ck_assert_int_eq(unlink(tree_path("ten")), 0);
	ck_assert_int_eq(handle(r), 404);
	tree_directory("ten");
	ck_assert_int_eq(handle(r), 404);
	rmdir(tree_path("ten"));
	ck_assert_int_eq(mkfifo(tree_path("ten"), 0644), 0);
	ck_assert_int_eq(handle(r), 403);
	config_end(c);
}
END_TEST

START_TEST(other_handlers_pass)
{
	struct config *c = open_site("");
	struct request *r = ask(c, "/ten");

	r->handler = "php-script";
	ck_assert_int_eq(handle(r), PASS);
	r->handler = "default-handler";
	ck_assert_int_eq(handle(r), DONE);
	config_end(c);
}
END_TEST

/* A page for an error is sent whole, whatever the client knows. */
START_TEST(error_document)
{
	struct config *c = open_site("");
	struct request *r = ask(c, "/ten");

	r->status = 404;
	fields_add(&r->in, STR("If-None-Match"), STR("*"));
	fields_add(&r->in, STR("Range"), STR("bytes=0-1"));
	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(r->status, 404);
	ck_assert_int_eq(r->length, 10);
	config_end(c);
}
END_TEST

START_TEST(allow)
{
	struct config *c = open_site("TraceEnable Off");
	struct request *r = ask(c, "/ten");

	r->method = METHOD_OPTIONS;
	ck_assert_int_eq(handle(r), DONE);
	ck_assert(str_is(fields_get(&r->out_always, STR("Allow")),
	    "GET, HEAD, POST, OPTIONS"));
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("static");
	TCase *t = tcase_create("static");

	tcase_add_checked_fixture(t, plant, tree_end);
	tcase_add_loop_test(t, answer, 0, COUNT(answers));
	tcase_add_test(t, several_ranges);
	tcase_add_loop_test(t, body, 0, COUNT(bodies));
	tcase_add_test(t, shrinking_file);
	tcase_add_loop_test(t, etag, 0, 8);
	tcase_add_loop_test(t, refusal, 0, COUNT(refusals));
	tcase_add_test(t, vanished_or_replaced);
	tcase_add_test(t, other_handlers_pass);
	tcase_add_test(t, error_document);
	tcase_add_test(t, allow);
	suite_add_tcase(s, t);
	return site_run(s);
}
