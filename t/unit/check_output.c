/*
 * check_output.c - sources of bodies, and the head of an answer: framing,
 * connection, fields.
 */
#include "base/clock.h"
#include "http/status.h"
#include "modules.h"
#include "serve/output.h"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;

static void
setup(void)
{
	a = arena_new();
	c = NULL;
}

static void
teardown(void)
{
	if (c != NULL)
		config_end(c);
	arena_end(a);
}

static void
open_site(const char *text)
{
	const char *error;

	c = site_open(features, n_features, text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

/* ---- Sources ------------------------------------------------------------- */

/* All bytes in memory, taken at most step at a time. */
static const char *
drink(struct source *s, size_t step)
{
	struct text t = { .arena = a };
	struct piece p;

	while (s->look(s, &p) == PULL_PIECE) {
		ck_assert_ptr_nonnull(p.at);
		ck_assert_uint_gt(p.n, 0);
		p.n = p.n < step ? p.n : step;
		text_add(&t, str_n(p.at, p.n));
		s->took(s, p.n);
	}
	ck_assert_int_eq(s->look(s, &p), PULL_END);
	return text_z(&t);
}

START_TEST(memory)
{
	struct piece p;
	struct source *s = source_memory(a, STR("hello"));

	/* Looking again shows the same. */
	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert_uint_eq(p.n, 5);
	ck_assert_str_eq(drink(s, (size_t)_i), "hello");
	ck_assert_str_eq(drink(source_memory(a, STR("")), 1), "");
}
END_TEST

START_TEST(file)
{
	struct source *s = source_file(a, 7, 100, 50);
	struct piece p;

	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert_ptr_null(p.at);
	ck_assert_int_eq(p.fd, 7);
	ck_assert_int_eq(p.offset, 100);
	ck_assert_uint_eq(p.n, 50);
	s->took(s, 20);
	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert_int_eq(p.offset, 120);
	ck_assert_uint_eq(p.n, 30);
	s->took(s, 30);
	ck_assert_int_eq(s->look(s, &p), PULL_END);
	s = source_file(a, 7, 0, 0);
	ck_assert_int_eq(s->look(s, &p), PULL_END);
}
END_TEST

/* A source whose every answer is said before. */
struct told {
	struct source	 source;
	enum pull	 answer;
};

static enum pull
told_look(struct source *s, struct piece *p)
{
	(void)p;
	return ((struct told *)s)->answer;
}

START_TEST(chain)
{
	struct told told = { { told_look, NULL }, PULL_WAIT };
	struct source *parts[] = {
		source_memory(a, STR("")), source_memory(a, STR("ab")),
		source_memory(a, STR("")), source_memory(a, STR("cde")),
		source_memory(a, STR("")),
	};
	struct source *s = source_chain(a, parts, 5);
	struct piece p;

	/* The array was copied. */
	memset(parts, 0, sizeof(parts));
	ck_assert_str_eq(drink(s, (size_t)_i), "abcde");
	ck_assert_str_eq(drink(source_chain(a, NULL, 0), 1), "");

	parts[0] = &told.source;
	parts[1] = source_memory(a, STR("x"));
	s = source_chain(a, parts, 2);
	ck_assert_int_eq(s->look(s, &p), PULL_WAIT);
	ck_assert_int_eq(s->look(s, &p), PULL_WAIT);
	told.answer = PULL_END;
	ck_assert_str_eq(drink(s, 1), "x");
	told.answer = PULL_FAILED;
	s = source_chain(a, parts, 2);
	ck_assert_int_eq(s->look(s, &p), PULL_FAILED);
}
END_TEST

/* A source whose only piece is the last. */
static enum pull
last_look(struct source *s, struct piece *p)
{
	(void)s;
	*p = (struct piece){ .at = "z", .n = 1, .last = true };
	return PULL_PIECE;
}

START_TEST(last_of_a_chain)
{
	struct source z = { last_look, NULL, false };
	struct source *parts[] = { &z, source_memory(a, STR("x")), &z };
	struct source *s = source_chain(a, parts, 3);
	struct piece p;

	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert(!p.last);
	s = source_chain(a, parts + 1, 2);
	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert(!p.last);
	s->took(s, 1);
	ck_assert_int_eq(s->look(s, &p), PULL_PIECE);
	ck_assert(p.last);
}
END_TEST

/* ---- Framing ------------------------------------------------------------- */

/* version, method, status, length, body: what is asked and answered; then what
 * the head says of the end of the body, and whether body and connection stay.
 * length -1 is unknown; "-" is no field at all. */
static const struct {
	int		 version;
	enum http_method method;
	int		 status, length;
	bool		 body;
	const char	*content_length;
	bool		 chunked, body_stays, keep_going;
} framings[] = {
	{ 11, METHOD_GET, 200, 5, true, "5", false, true, true },
	{ 11, METHOD_GET, 200, 0, false, "0", false, false, true },
	{ 11, METHOD_GET, 200, -1, false, "0", false, false, true },
	{ 11, METHOD_GET, 200, -1, true, "-", true, true, true },
	{ 11, METHOD_POST, 200, -1, true, "-", true, true, true },
	{ 11, METHOD_HEAD, 200, 5, true, "5", false, false, true },
	{ 11, METHOD_HEAD, 200, 5, false, "5", false, false, true },
	{ 11, METHOD_HEAD, 200, -1, true, "-", true, false, true },
	{ 11, METHOD_GET, 204, 5, true, "-", false, false, true },
	{ 11, METHOD_GET, 204, -1, true, "-", false, false, true },
	{ 11, METHOD_GET, 304, 5, true, "-", false, false, true },
	{ 11, METHOD_HEAD, 304, -1, false, "-", false, false, true },
	{ 11, METHOD_GET, 404, 9, true, "9", false, true, true },
	{ 10, METHOD_GET, 200, 5, true, "5", false, true, true },
	{ 10, METHOD_GET, 200, -1, true, "-", false, true, false },
	{ 10, METHOD_GET, 204, -1, true, "-", false, false, true },
	{ 9, METHOD_GET, 200, 5, true, NULL, false, true, false },
	{ 9, METHOD_GET, 200, -1, true, NULL, false, true, false },
};

static const char *
value_in(struct str head, const char *name)
{
	struct str line, whole = str_fmt(a, "%s: ", name);
	const char *found = NULL;

	while (str_cut(&head, '\n', &line))
		if (str_starts_nocase(line, whole)) {
			ck_assert_msg(found == NULL, "%s twice", name);
			line = str_from(line, whole.n);
			found = str_z(a, str_first(line, line.n - 1));
		}
	return found;
}

static struct request *
answering(int version, enum http_method method)
{
	struct request *r = site_ask(c, "/");
	struct head *head = (struct head *)(uintptr_t)r->head;

	head->version = version;
	head->method = r->method = method;
	head->method_name = r->method_name = method_name(method);
	head->keep_alive = true;
	r->client->answered = 0;
	return r;
}

START_TEST(framing)
{
	struct request *r;
	struct str head;

	open_site("");
	r = answering(framings[_i].version, framings[_i].method);
	r->status = framings[_i].status;
	r->length = framings[_i].length;
	r->body = framings[_i].body ? source_memory(a, STR("hello")) : NULL;
	head = output_head(r);
	ck_assert_int_eq(r->chunked, framings[_i].chunked);
	ck_assert_int_eq(r->body != NULL, framings[_i].body_stays);
	ck_assert_int_eq(r->keep_going, framings[_i].keep_going);
	if (framings[_i].content_length == NULL) {
		ck_assert_uint_eq(head.n, 0);
		return;
	}
	ck_assert(str_starts(head, str_fmt(a, "HTTP/1.1 %d %.*s\r\n",
	    framings[_i].status, STR_ARGS(status_reason(
	    framings[_i].status)))));
	ck_assert(str_ends(head, STR("\r\n\r\n")));
	if (*framings[_i].content_length == '-')
		ck_assert_ptr_null(value_in(head, "Content-Length"));
	else
		ck_assert_str_eq(value_in(head, "Content-Length"),
		    framings[_i].content_length);
	ck_assert_pstr_eq(value_in(head, "Transfer-Encoding"),
	    framings[_i].chunked ? "chunked" : NULL);
	ck_assert_pstr_eq(value_in(head, "Connection"),
	    framings[_i].keep_going ? NULL : "close");
}
END_TEST

/* What a script sends as its whole answer is sent as it is. */
START_TEST(nph)
{
	struct request *r;

	open_site("");
	r = answering(11, METHOD_GET);
	r->nph = true;
	r->body = source_memory(a, STR("HTTP/1.0 200 OK\r\n\r\nx"));
	ck_assert_uint_eq(output_head(r).n, 0);
	ck_assert(!r->chunked);
	ck_assert(!r->keep_going);
	ck_assert_ptr_nonnull(r->body);
}
END_TEST

/* ---- The connection ------------------------------------------------------ */

static const struct {
	const char	*conf, *says;	/* the client's Connection field */
	int		 version;
	bool		 wishes, close_after;
	unsigned	 answered;
	const char	*connection, *keep_alive;
} connections[] = {
	{ "", NULL, 11, true, false, 0, NULL, NULL },
	{ "", "close", 11, false, false, 0, "close", NULL },
	{ "", NULL, 10, false, false, 0, "close", NULL },
	{ "", "keep-alive", 10, true, false, 0, "Keep-Alive",
	  "timeout=5, max=100" },
	{ "", "Keep-Alive", 11, true, false, 0, "Keep-Alive",
	  "timeout=5, max=100" },
	{ "", "upgrade, keep-alive", 11, true, false, 3, "Keep-Alive",
	  "timeout=5, max=97" },
	{ "", "keep-alive", 11, true, false, 98, "Keep-Alive",
	  "timeout=5, max=2" },
	{ "", "keep-alive", 11, true, false, 99, "close", NULL },
	{ "", "keep-alive", 11, true, true, 0, "close", NULL },
	{ "KeepAlive Off", "keep-alive", 11, true, false, 0, "close", NULL },
	{ "MaxKeepAliveRequests 0", "keep-alive", 11, true, false, 5000,
	  "Keep-Alive", "timeout=5" },
	{ "MaxKeepAliveRequests 1", NULL, 11, true, false, 0, "close", NULL },
	{ "MaxKeepAliveRequests 2\nKeepAliveTimeout 15", "keep-alive", 11,
	  true, false, 0, "Keep-Alive", "timeout=15, max=2" },
};

START_TEST(connection)
{
	struct request *r;
	struct str head;

	open_site(connections[_i].conf);
	r = answering(connections[_i].version, METHOD_GET);
	((struct head *)(uintptr_t)r->head)->keep_alive =
	    connections[_i].wishes;
	if (connections[_i].says != NULL)
		fields_add(&r->in, STR("Connection"),
		    str_of(connections[_i].says));
	r->client->answered = connections[_i].answered;
	r->close_after = connections[_i].close_after;
	r->length = 0;
	head = output_head(r);
	ck_assert_pstr_eq(value_in(head, "Connection"),
	    connections[_i].connection);
	ck_assert_pstr_eq(value_in(head, "Keep-Alive"),
	    connections[_i].keep_alive);
	ck_assert_int_eq(r->keep_going, connections[_i].connection == NULL ||
	    strcmp(connections[_i].connection, "close") != 0);
}
END_TEST

/* ---- Fields -------------------------------------------------------------- */

START_TEST(own_fields)
{
	struct request *r;
	struct str head;

	open_site("ServerTokens Prod");
	clock_tick();
	r = answering(11, METHOD_GET);
	r->reason = STR("Fine");
	r->length = 0;
	fields_add(&r->out, STR("X-A"), STR("1"));
	fields_add(&r->out, STR("X-A"), STR("2"));
	fields_add(&r->out_always, STR("Set-Cookie"), STR("a\r\nb: c"));
	head = output_head(r);
	ck_assert(str_starts(head, STR("HTTP/1.1 200 Fine\r\n")));
	ck_assert_str_eq(value_in(head, "Date"), str_z(a, clock_http_now()));
	ck_assert_str_eq(value_in(head, "Server"), "Forkful");
	ck_assert_str_eq(value_in(head, "Set-Cookie"), "a  b: c");
	ck_assert_int_ge(str_find_str(head, STR("X-A: 1\r\nX-A: 2\r\n")), 0);
}
END_TEST

/* A script may tell another Date, for the copy that it sends; but who serves it
 * is no matter of the script. */
START_TEST(date_and_server_of_others)
{
	struct request *r;
	struct str head;

	open_site("ServerTokens Prod");
	r = answering(11, METHOD_GET);
	r->length = 0;
	fields_add(&r->out, STR("Date"), STR("then"));
	fields_add(&r->out, STR("Server"), STR("script/1.0"));
	head = output_head(r);
	ck_assert_str_eq(value_in(head, "Date"), "then");
	ck_assert_str_eq(value_in(head, "Server"), "Forkful");
}
END_TEST

static const struct {
	const char	*name;
	bool		 kept;
} unchanged[] = {
	{ "ETag", true }, { "Cache-Control", true }, { "Expires", true },
	{ "Vary", true }, { "Content-Location", true },
	{ "Set-Cookie", true }, { "Content-Type", false },
	{ "Content-Encoding", false }, { "Content-Language", false },
	{ "Content-Range", false }, { "Accept-Ranges", false },
	{ "Last-Modified", false },
};

START_TEST(not_modified)
{
	struct request *r;
	struct str head;

	open_site("");
	r = answering(11, METHOD_GET);
	r->status = 304;
	for (int i = 0; i < COUNT(unchanged); i++)
		fields_add(&r->out, str_of(unchanged[i].name), STR("x"));
	head = output_head(r);
	for (int i = 0; i < COUNT(unchanged); i++)
		ck_assert_msg((value_in(head, unchanged[i].name) != NULL) ==
		    unchanged[i].kept, "%s", unchanged[i].name);
	ck_assert(str_starts(head, STR("HTTP/1.1 304 Not Modified\r\n")));
	/* Without an ETag the date is what a cache goes by. */
	r = answering(11, METHOD_GET);
	r->status = 304;
	fields_add(&r->out, STR("Last-Modified"), STR("x"));
	ck_assert_ptr_nonnull(value_in(output_head(r), "Last-Modified"));
}
END_TEST

/* ---- Hooks --------------------------------------------------------------- */

static int filtered, stamped;

static void
filter(struct request *r)
{
	ck_assert_ptr_nonnull(r->body);
	filtered++;
	r->body = source_memory(r->arena, STR("other"));
	r->length = -1;
}

static void
stamp(struct request *r)
{
	stamped++;
	fields_set(&r->out, STR("X-Stamp"), STR("yes"));
}

START_TEST(hooks)
{
	static struct module one = { .name = "one", .filter = filter,
	    .headers = stamp };
	static struct module *const table[] = { &mod_core, &one };
	struct request *r;
	struct str head;

	filtered = stamped = 0;
	c = site_open(table, 2, "");
	r = answering(11, METHOD_GET);
	r->length = 5;
	r->body = source_memory(a, STR("hello"));
	head = output_head(r);
	ck_assert_int_eq(filtered, 1);
	ck_assert_int_eq(stamped, 1);
	/* What the filter made of the length counts. */
	ck_assert(r->chunked);
	ck_assert_str_eq(value_in(head, "X-Stamp"), "yes");
	ck_assert_str_eq(drink(r->body, 10), "other");
	/* No body, no filter. */
	r = answering(11, METHOD_GET);
	r->length = 0;
	output_head(r);
	ck_assert_int_eq(filtered, 1);
	ck_assert_int_eq(stamped, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("output");
	TCase *t = tcase_create("output");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, memory, 1, 7);
	tcase_add_test(t, file);
	tcase_add_loop_test(t, chain, 1, 7);
	tcase_add_test(t, last_of_a_chain);
	tcase_add_loop_test(t, framing, 0, COUNT(framings));
	tcase_add_test(t, nph);
	tcase_add_loop_test(t, connection, 0, COUNT(connections));
	tcase_add_test(t, own_fields);
	tcase_add_test(t, date_and_server_of_others);
	tcase_add_test(t, not_modified);
	tcase_add_test(t, hooks);
	suite_add_tcase(s, t);
	return site_run(s);
}
