/*
 * check_cgihead.c - what a CGI program may say first, and in which splits.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/cgihead.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))
#define BYTES(literal)	(literal), sizeof(literal) - 1

static struct arena *a;

static const struct cgihead_limits limits = { 5, 100 };

static void
open_arena(void)
{
	a = arena_new();
}

static void
end_arena(void)
{
	arena_end(a);
}

/* A good head, and what it says. */
static const struct {
	const char	*head;
	enum cgi_kind	 kind;
	int		 status;
	const char	*reason, *type, *location, *fields;
} heads[] = {
	{ "Content-Type: text/html\n\n", CGI_DOCUMENT, 200, NULL,
	    "text/html", NULL, "" },
	{ "Content-Type: text/html\r\n\r\n", CGI_DOCUMENT, 200, NULL,
	    "text/html", NULL, "" },
	{ "content-type:text/html\r\n\n", CGI_DOCUMENT, 200, NULL,
	    "text/html", NULL, "" },
	{ "\n", CGI_DOCUMENT, 200, NULL, NULL, NULL, "" },
	{ "\r\n", CGI_DOCUMENT, 200, NULL, NULL, NULL, "" },
	{ "Content-Type:\n\n", CGI_DOCUMENT, 200, NULL, NULL, NULL, "" },
	{ "Content-Type: a/b\nContent-Type: c/d\n\n", CGI_DOCUMENT, 200, NULL,
	    "c/d", NULL, "" },

	{ "Status: 404 Gone Fishing\n\n", CGI_DOCUMENT, 404, "Gone Fishing",
	    NULL, NULL, "" },
	{ "Status:404\n\n", CGI_DOCUMENT, 404, NULL, NULL, NULL, "" },
	{ "Status: 404 \n\n", CGI_DOCUMENT, 404, NULL, NULL, NULL, "" },
	{ "Status: 200 Fine\nStatus: 404\n\n", CGI_DOCUMENT, 404, NULL, NULL,
	    NULL, "" },
	{ "Status: 304\n\n", CGI_DOCUMENT, 304, NULL, NULL, NULL, "" },
	{ "Status: 999 Odd\n\n", CGI_DOCUMENT, 999, "Odd", NULL, NULL, "" },

	{ "Location: /a?b\n\n", CGI_LOCAL_REDIRECT, 200, NULL, NULL, "/a?b",
	    "" },
	{ "X: y\nLocation: /a\nStatus: 200\n\n", CGI_LOCAL_REDIRECT, 200,
	    NULL, NULL, "/a", "X=y;" },
	{ "Location: http://a/\n\n", CGI_CLIENT_REDIRECT, 302, NULL, NULL,
	    "http://a/", "Location=http://a/;" },
	{ "Location: a\n\n", CGI_CLIENT_REDIRECT, 302, NULL, NULL, "a",
	    "Location=a;" },
	{ "Status: 301 Moved\nLocation: /a\n\n", CGI_DOCUMENT, 301, "Moved",
	    NULL, "/a", "Location=/a;" },
	{ "Location: /a\nStatus: 201\n\n", CGI_DOCUMENT, 201, NULL, NULL,
	    "/a", "Location=/a;" },
	{ "Location: /a\nLocation: http://b\n\n", CGI_CLIENT_REDIRECT, 302,
	    NULL, NULL, "http://b", "Location=http://b;" },
	{ "Location:\n\n", CGI_DOCUMENT, 200, NULL, NULL, NULL, "" },

	{ "Set-Cookie: a=b\nX:\nSet-Cookie: c=d\n\n", CGI_DOCUMENT, 200, NULL,
	    NULL, NULL, "Set-Cookie=a=b;X=;Set-Cookie=c=d;" },
	{ "Connection: a\nTransfer-Encoding: chunked\nTE: a\nTrailer: a\n"
	    "Upgrade: a\n\n", CGI_DOCUMENT, 200, NULL, NULL, NULL, "" },
	{ "keep-alive: a\nPROXY-CONNECTION: b\nX: y\n\n", CGI_DOCUMENT, 200,
	    NULL, NULL, NULL, "X=y;" },
	{ "X: \xe9\t z\n\n", CGI_DOCUMENT, 200, NULL, NULL, NULL,
	    "X=\xe9\t z;" },
	{ "A: 1\nB: 2\nC: 3\nD: 4\nE: 5\n\n", CGI_DOCUMENT, 200, NULL, NULL,
	    NULL, "A=1;B=2;C=3;D=4;E=5;" },
};

static bool
same(struct str s, const char *z)
{
	return z == NULL ? s.at == NULL : s.at != NULL && str_is(s, z);
}

static struct str
list(const struct fields *f)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 0; i < f->n; i++) {
		text_add(&t, f->at[i].name);
		text_addc(&t, '=');
		text_add(&t, f->at[i].value);
		text_addc(&t, ';');
	}
	return text_str(&t);
}

static void
check_good(const struct cgihead *h, int i)
{
	ck_assert_uint_eq(h->size, strlen(heads[i].head));
	ck_assert_int_eq(h->kind, heads[i].kind);
	ck_assert_int_eq(h->status, heads[i].status);
	ck_assert(same(h->reason, heads[i].reason));
	ck_assert(same(h->content_type, heads[i].type));
	ck_assert(same(h->location, heads[i].location));
	ck_assert_msg(str_is(list(&h->fields), heads[i].fields), "%.*s for %s",
	    STR_ARGS(list(&h->fields)), heads[i].head);
}

/* Give the first n bytes to the parser in fresh memory, free the last one. */
static enum cgihead_result
feed(struct cgihead *h, const char *bytes, size_t n, char **buf)
{
	char *old = *buf;

	*buf = malloc(n > 0 ? n : 1);
	memcpy(*buf, bytes, n);
	free(old);
	return cgihead_parse(h, *buf, n);
}

START_TEST(head_is_read)
{
	struct str bytes = str_fmt(a, "%sbody\n\n", heads[_i].head);
	size_t n = strlen(heads[_i].head), cut;
	struct cgihead h;
	char *buf = NULL;

	for (cut = 0; cut < n; cut++) {
		cgihead_init(&h, a, &limits);
		ck_assert_int_eq(feed(&h, bytes.at, cut, &buf), CGIHEAD_MORE);
		ck_assert_int_eq(feed(&h, bytes.at, bytes.n, &buf),
		    CGIHEAD_DONE);
		check_good(&h, _i);
	}
	cgihead_init(&h, a, &limits);
	for (cut = 1; cut < n; cut++)
		ck_assert_int_eq(feed(&h, bytes.at, cut, &buf), CGIHEAD_MORE);
	ck_assert_int_eq(feed(&h, bytes.at, n, &buf), CGIHEAD_DONE);
	check_good(&h, _i);
	free(buf);
}
END_TEST

static const struct {
	const char	*head;
	size_t		 n;
	const char	*why, *culprit;
} faults[] = {
	{ BYTES("hello\n\n"), "no colon", "hello" },
	{ BYTES("X: y\nhello world\r\n\n"), "no colon", "hello world" },
	{ BYTES("HTTP/1.1 200 OK\n\n"), "no colon", "HTTP/1.1 200 OK" },
	{ BYTES(": y\n\n"), "empty", ": y" },
	{ BYTES("X : y\n\n"), "a space", "X : y" },
	{ BYTES("X y: z\n\n"), "a space", "X y: z" },
	{ BYTES("X: y\n z\n\n"), "starts with a space", " z" },
	{ BYTES("<p>: y\n\n"), "may not stand", "<p>: y" },
	{ BYTES("X: a\0b\n\n"), "NUL", NULL },
	{ BYTES("X: a\x01z\n\n"), "control", "X: a\x01z" },
	{ BYTES("X: a\rz\n\n"), "carriage return", "X: a\rz" },
	{ BYTES("X: a\r\r\n\n"), "carriage return", "X: a\r" },
	{ BYTES("Status: abc\n\n"), "three digits", "Status: abc" },
	{ BYTES("Status:\n\n"), "three digits", "Status:" },
	{ BYTES("Status: 40\n\n"), "final", "Status: 40" },
	{ BYTES("Status: 4040\n\n"), "three digits", "Status: 4040" },
	{ BYTES("Status: 404x\n\n"), "three digits", "Status: 404x" },
	{ BYTES("Status: +40\n\n"), "three digits", "Status: +40" },
	{ BYTES("Status: 100\n\n"), "final", "Status: 100" },
	{ BYTES("Status: 101 Upgrade\n\n"), "final", "Status: 101 Upgrade" },
	{ BYTES("A: 1\nB: 2\nC: 3\nD: 4\nE: 5\nF: 6\n\n"), "too many",
	    "F: 6" },
	{ BYTES("Upgrade: 1\nB: 2\nC: 3\nD: 4\nE: 5\nF: 6\n\n"), "too many",
	    "F: 6" },
	{ BYTES("X: 456789012345678901234567890123456789012345678901234567890"
	    "123456789012345678901234567890123456789\n\n"), "too long", NULL },
	{ BYTES("X: 456789012345678901234567890123456789012345678901234567890"
	    "12345678901234567890123456789012345678901234567890"), "too long",
	    NULL },
};

START_TEST(fault_is_found)
{
	size_t n = faults[_i].n, cut;
	enum cgihead_result result;
	struct cgihead h;
	char *buf = NULL;

	for (cut = 0; cut < n; cut++) {
		cgihead_init(&h, a, &limits);
		result = feed(&h, faults[_i].head, cut, &buf);
		if (result == CGIHEAD_MORE)
			result = feed(&h, faults[_i].head, n, &buf);
		ck_assert_int_eq(result, CGIHEAD_BAD);
		ck_assert_msg(strstr(h.why, faults[_i].why) != NULL, "%s",
		    h.why);
		ck_assert_uint_le(h.culprit.n, 80);
		if (faults[_i].culprit != NULL)
			ck_assert(str_is(h.culprit, faults[_i].culprit));
	}
	free(buf);
}
END_TEST

static const struct {
	const char	*head;
	bool		 has_length;
	uint64_t	 length;
} lengths[] = {
	{ "X: y\n\n", false, 0 },
	{ "Content-Length: 0\n\n", true, 0 },
	{ "Content-Length: 12345678901\n\n", true, 12345678901 },
	{ "Content-Length: 5\nContent-Length: 6\n\n", true, 6 },
	{ "Content-Length: five\n\n", false, 0 },
	{ "Content-Length: -5\n\n", false, 0 },
	{ "Content-Length: 5\nContent-Length: x\n\n", false, 0 },
	{ "Content-Length: 9223372036854775808\n\n", false, 0 },
	{ "Content-Length:\n\n", false, 0 },
};

START_TEST(length_is_set_aside)
{
	struct cgihead h;

	cgihead_init(&h, a, &limits);
	ck_assert_int_eq(cgihead_parse(&h, lengths[_i].head,
	    strlen(lengths[_i].head)), CGIHEAD_DONE);
	ck_assert_int_eq(h.has_length, lengths[_i].has_length);
	if (h.has_length)
		ck_assert_uint_eq(h.length, lengths[_i].length);
	ck_assert(!fields_has(&h.fields, STR("Content-Length")));
}
END_TEST

START_TEST(early_end_is_explained)
{
	struct cgihead h;

	cgihead_init(&h, a, &limits);
	cgihead_ended(&h);
	ck_assert_ptr_nonnull(strstr(h.why, "no output"));
	ck_assert_uint_eq(h.culprit.n, 0);
	cgihead_init(&h, a, &limits);
	ck_assert_int_eq(cgihead_parse(&h, "X: y\nhel", 8), CGIHEAD_MORE);
	cgihead_ended(&h);
	ck_assert_ptr_nonnull(strstr(h.why, "ends before"));
	ck_assert(str_is(h.culprit, "hel"));
}
END_TEST

START_TEST(finished_head_can_move)
{
	char first[] = "Status: 404 No\nContent-Type: a/b\nX: y\n"
	    "Location: c\n\n";
	char second[sizeof(first)];
	struct cgihead h;

	memcpy(second, first, sizeof(first));
	cgihead_init(&h, a, &limits);
	ck_assert_int_eq(cgihead_parse(&h, first, sizeof(first) - 1),
	    CGIHEAD_DONE);
	memset(first, '!', sizeof(first));
	cgihead_moved(&h, second);
	ck_assert(str_is(h.reason, "No"));
	ck_assert(str_is(h.content_type, "a/b"));
	ck_assert(str_is(h.location, "c"));
	ck_assert(str_is(list(&h.fields), "X=y;Location=c;"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cgihead");
	TCase *t = tcase_create("cgihead");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, head_is_read, 0, COUNT(heads));
	tcase_add_loop_test(t, fault_is_found, 0, COUNT(faults));
	tcase_add_loop_test(t, length_is_set_aside, 0, COUNT(lengths));
	tcase_add_test(t, early_end_is_explained);
	tcase_add_test(t, finished_head_can_move);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
