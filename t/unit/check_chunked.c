/*
 * check_chunked.c - the chunked coding, strict and in any split.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/chunked.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;

static const struct chunked_limits limits = {
	.max_extensions = 16, .max_trailers = 3, .max_trailer_size = 20,
	.max_trailer_bytes = 50
};

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

/* What came out of a body, the last answer included. */
struct outcome {
	enum chunked_result	 result;
	int			 status;
	const char		*why;
	size_t			 used;
	struct text		 data;
	struct fields		 trailers;
};

/* Read until the part is used up or the body ends. */
static void
read_part(struct chunked *c, struct outcome *o, const char *p, size_t n)
{
	char *part = malloc(n > 0 ? n : 1);
	struct str data;
	size_t used, at = 0;

	memcpy(part, p, n);
	do {
		o->result = chunked_read(c, part + at, n - at, &used, &data);
		ck_assert_uint_le(used, n - at);
		if (o->result == CHUNKED_DATA) {
			ck_assert_uint_gt(data.n, 0);
			ck_assert_ptr_eq(data.at + data.n, part + at + used);
			text_add(&o->data, data);
		}
		at += used;
	} while (o->result == CHUNKED_DATA);
	if (o->result == CHUNKED_MORE)
		ck_assert_uint_eq(at, n);
	o->used += at;
	free(part);
}

/* Read n bytes at p in two parts, the first of cut bytes; with cut 0 one byte
 * after the other. */
static struct outcome
read_body(const char *p, size_t n, size_t cut)
{
	struct outcome o = { .data.arena = a, .result = CHUNKED_MORE };
	struct chunked c;
	size_t i;

	fields_init(&o.trailers, a);
	chunked_init(&c, a, &limits, &o.trailers);
	if (cut > 0) {
		read_part(&c, &o, p, cut);
		if (o.result == CHUNKED_MORE)
			read_part(&c, &o, p + cut, n - cut);
	} else
		for (i = 0; i < n && o.result == CHUNKED_MORE; i++)
			read_part(&c, &o, p + i, 1);
	ck_assert_uint_eq(c.total, o.data.n);
	o.status = c.status;
	o.why = c.why;
	return o;
}

/* The body, and either its data or a part of the reason; both NULL if it has
 * not ended. */
static const struct {
	const char	*body, *data, *why;
	int		 status;
} bodies[] = {
	{ "0\r\n\r\n", "", NULL, 0 },
	{ "5\r\nhello\r\n0\r\n\r\n", "hello", NULL, 0 },
	{ "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!", NULL, 0 },
	{ "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
	    "01234567890123456789", NULL, 0 },
	{ "0000000000000005\r\nhello\r\n00000\r\n\r\n", "hello", NULL, 0 },
	{ "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", NULL, 0 },

	/* Not yet. */
	{ "", NULL, NULL, 0 },
	{ "5", NULL, NULL, 0 },
	{ "5\r\nhell", NULL, NULL, 0 },
	{ "5\r\nhello", NULL, NULL, 0 },
	{ "5\r\nhello\r\n", NULL, NULL, 0 },
	{ "5\r\nhello\r\n0\r\n", NULL, NULL, 0 },
	{ "0\r\n\r", NULL, NULL, 0 },
	{ "0\r\nA: b\r\n", NULL, NULL, 0 },

	/* Sizes. */
	{ "\r\nhello\r\n", NULL, "hex digit", 400 },
	{ " 5\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "+5\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "-5\r\nhello\r\n", NULL, "hex digit", 400 },
	{ ";a\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "0x5\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "5h\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "5,\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "5_0\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "5 \r\nhello\r\n", NULL, "a space", 400 },
	{ "5\t\r\nhello\r\n", NULL, "a space", 400 },
	{ "5 5\r\nhello\r\n", NULL, "a space", 400 },
	{ "5\x0b\r\nhello\r\n", NULL, "hex digit", 400 },
	{ "7fffffffffffffff\r\n", NULL, NULL, 0 },
	{ "8000000000000000\r\n", NULL, "too large", 400 },
	{ "ffffffffffffffff\r\n", NULL, "too large", 400 },
	{ "10000000000000005\r\n", NULL, "too large", 400 },
	{ "00000000000000005\r\n12345\r\n0\r\n\r\n", "12345", NULL,
	    0 },
	{ "5\r\n12345\r\n00000\r\n\r\n", "12345", NULL,
	    0 },
	{ "00000000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000005"
	    "\r\n", NULL, "too many digits", 400 },

	/* Line ends. */
	{ "5\nhello\r\n", NULL, "hex digit", 400 },
	{ "5\r\rhello\r\n", NULL, "CRLF", 400 },
	{ "5\rhello\r\n", NULL, "CRLF", 400 },
	{ "5\r\nhello\n0\r\n\r\n", NULL, "CRLF", 400 },
	{ "5\r\nhello0\r\n\r\n", NULL, "CRLF", 400 },
	{ "5\r\nhello\r0\r\n\r\n", NULL, "CRLF", 400 },
	{ "5\r\nhello!\r\n0\r\n\r\n", NULL, "CRLF", 400 },
	{ "4\r\nhello\r\n0\r\n\r\n", NULL, "CRLF", 400 },
	{ "5\r\nhello\r\n0\n\n", NULL, "hex digit", 400 },
	{ "0\r\n\n", NULL, "CRLF", 400 },
	{ "0\r\n\r\r", NULL, "CRLF", 400 },

	/* Extensions. */
	{ "5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello", NULL, 0 },
	{ "5 \t;a=\"b;c\\\"\"\r\nhello\r\n0\r\n\r\n", "hello", NULL, 0 },
	{ "5;345678901234567\r\nhello\r\n0\r\n\r\n", "hello", NULL, 0 },
	{ "5;23456789012345678\r\n", NULL, "too long", 400 },
	{ "1;345678901\r\na\r\n1;23456789\r\n", NULL, "too long", 400 },
	{ "5                 ;\r\n", NULL, "too long", 400 },
	{ "5;\nhello\r\n", NULL, "control", 400 },
	{ "5;a\nb\r\nhello\r\n", NULL, "control", 400 },
	{ "5;\"a\n\"\r\nhello\r\n", NULL, "control", 400 },
	{ "5;\x01\r\nhello\r\n", NULL, "control", 400 },
	{ "5;a\rb\r\nhello\r\n", NULL, "CRLF", 400 },

	/* Trailers. */
	{ "0\r\nA: b\r\nC:\r\n\r\n", "", NULL, 0 },
	{ "0\r\nA: 45678901234567890\r\n\r\n", "", NULL, 0 },
	{ "0\r\nA: 456789012345678901\r\n\r\n", NULL, "too long", 431 },
	{ "0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", "", NULL, 0 },
	{ "0\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", NULL, "too many", 431 },
	{ "0\r\nA\r\n\r\n", NULL, "no colon", 400 },
	{ "0\r\n: b\r\n\r\n", NULL, "empty", 400 },
	{ "0\r\nA : b\r\n\r\n", NULL, "a space", 400 },
	{ "0\r\nA: b\r\n c\r\n\r\n", NULL, "starts with a space", 400 },
	{ "0\r\nA: b\n\r\n", NULL, "CRLF", 400 },
	{ "0\r\nA: b\rc\r\n\r\n", NULL, "CRLF", 400 },
	{ "0\r\nA: \x01\r\n\r\n", NULL, "control", 400 },
	{ "0\r\nGET / HTTP/1.1\r\n\r\n", NULL, "no colon", 400 },
};

static void
check_outcome(const struct outcome *o, int i)
{
	if (bodies[i].why != NULL) {
		ck_assert_int_eq(o->result, CHUNKED_BAD);
		ck_assert_int_eq(o->status, bodies[i].status);
		ck_assert_msg(strstr(o->why, bodies[i].why) != NULL,
		    "%s for %s", o->why, bodies[i].body);
	} else if (bodies[i].data != NULL) {
		ck_assert_msg(o->result == CHUNKED_DONE, "%d %s for %s",
		    o->result, o->why ? o->why : "", bodies[i].body);
		ck_assert(str_is(text_str(&o->data), bodies[i].data));
		ck_assert_uint_eq(o->used, strlen(bodies[i].body));
	} else
		ck_assert_int_eq(o->result, CHUNKED_MORE);
}

/* Every split, and byte by byte; used is where the fault lies, too. */
START_TEST(body_is_decoded)
{
	const char *body = bodies[_i].body;
	size_t n = strlen(body), cut, used;
	struct outcome o = read_body(body, n, n);

	check_outcome(&o, _i);
	used = o.used;
	for (cut = 0; cut < n; cut++) {
		o = read_body(body, n, cut);
		check_outcome(&o, _i);
		ck_assert_uint_eq(o.used, used);
	}
}
END_TEST

START_TEST(what_follows_is_left)
{
	static const char bytes[] = "3\r\nabc\r\n0\r\nA: b\r\n\r\nGET /2";
	size_t n = sizeof(bytes) - 1, cut;
	struct outcome o;

	for (cut = 1; cut <= n - 6; cut++) {
		o = read_body(bytes, n, cut);
		ck_assert_int_eq(o.result, CHUNKED_DONE);
		ck_assert_uint_eq(o.used, n - 6);
	}
}
END_TEST

START_TEST(trailers_are_collected)
{
	static const char bytes[] =
	    "0\r\nX-A: 1\r\nHost: evil\r\nX-B: \t2 \r\n\r\n";
	struct outcome o = read_body(bytes, sizeof(bytes) - 1, 0);

	ck_assert_int_eq(o.result, CHUNKED_DONE);
	ck_assert_uint_eq(o.trailers.n, 2);
	ck_assert(str_is(fields_get(&o.trailers, STR("x-a")), "1"));
	ck_assert(str_is(fields_get(&o.trailers, STR("x-b")), "2"));
}
END_TEST

static const char *const unwanted[] = {
	"Content-Length: 5", "TRANSFER-ENCODING: x", "host: a", "Trailer: a",
	"Cookie: a=b", "If-None-Match: *", "Connection: close", "TE: x",
	"Expect: x", "Range: bytes=0-", "Proxy: http", "Content-Type: a"
};

START_TEST(forbidden_trailer_is_dropped)
{
	struct str bytes = str_fmt(a, "0\r\n%s\r\n\r\n", unwanted[_i]);
	struct outcome o = read_body(bytes.at, bytes.n, bytes.n);

	ck_assert_int_eq(o.result, CHUNKED_DONE);
	ck_assert_uint_eq(o.trailers.n, 0);
}
END_TEST

START_TEST(trailers_can_be_forgotten)
{
	static const char good[] = "0\r\nA: b\r\nC: d\r\n\r\n";
	static const char bad[] = "0\r\nA: b\r\nC d\r\n\r\n";
	struct chunked c;
	struct str data;
	size_t used;

	chunked_init(&c, a, &limits, NULL);
	ck_assert_int_eq(chunked_read(&c, good, sizeof(good) - 1, &used,
	    &data), CHUNKED_DONE);
	chunked_init(&c, a, &limits, NULL);
	ck_assert_int_eq(chunked_read(&c, bad, sizeof(bad) - 1, &used,
	    &data), CHUNKED_BAD);
}
END_TEST

START_TEST(a_large_chunk_needs_no_room)
{
	struct chunked c;
	struct str data;
	char bytes[1000];
	size_t used;
	int i;

	memset(bytes, 'x', sizeof(bytes));
	chunked_init(&c, a, &limits, NULL);
	ck_assert_int_eq(chunked_read(&c, "100000000\r\n", 11, &used, &data),
	    CHUNKED_MORE);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(chunked_read(&c, bytes, sizeof(bytes), &used,
		    &data), CHUNKED_DATA);
		ck_assert_uint_eq(used, sizeof(bytes));
		ck_assert_ptr_eq(data.at, bytes);
	}
	ck_assert_uint_eq(c.total, 100000);
}
END_TEST

static const struct {
	uint64_t	 n;
	const char	*head;
} heads[] = {
	{ 1, "1\r\n" },
	{ 15, "f\r\n" },
	{ 16, "10\r\n" },
	{ 500, "1f4\r\n" },
	{ UINT64_MAX, "ffffffffffffffff\r\n" },
};

START_TEST(head_of_a_chunk)
{
	char out[CHUNKED_HEAD_SIZE];

	ck_assert(str_is(chunked_head(out, heads[_i].n), heads[_i].head));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chunked");
	TCase *t = tcase_create("chunked");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, body_is_decoded, 0, COUNT(bodies));
	tcase_add_test(t, what_follows_is_left);
	tcase_add_test(t, trailers_are_collected);
	tcase_add_loop_test(t, forbidden_trailer_is_dropped, 0,
	    COUNT(unwanted));
	tcase_add_test(t, trailers_can_be_forgotten);
	tcase_add_test(t, a_large_chunk_needs_no_room);
	tcase_add_loop_test(t, head_of_a_chunk, 0, COUNT(heads));
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
