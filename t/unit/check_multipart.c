/*
 * check_multipart.c - the layout of a multipart/byteranges body.
 */
#include <check.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/multipart.h"

static struct arena *a;

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

/* The body of a representation that is "0123456789". */
static struct str
assemble(const struct range_plan *plan, const struct multipart *m)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 0; i < plan->n; i++) {
		text_add(&t, m->heads[i]);
		text_add(&t, str_n(&"0123456789"[plan->at[i].first],
		    plan->at[i].length));
	}
	text_add(&t, m->tail);
	return text_str(&t);
}

START_TEST(body_is_laid_out)
{
	struct range ranges[] = { { 0, 2 }, { 5, 1 } };
	struct range_plan plan = { ranges, 2 };
	struct multipart m;
	struct str body;

	multipart_layout(a, &plan, STR("text/plain"), 10, 0xabc, &m);
	body = assemble(&plan, &m);
	ck_assert(str_is(m.type,
	    "multipart/byteranges; boundary=0000000000000abc"));
	ck_assert_uint_eq(m.length, body.n);
	ck_assert(str_is(body,
	    "\r\n--0000000000000abc\r\n"
	    "Content-Type: text/plain\r\n"
	    "Content-Range: bytes 0-1/10\r\n\r\n"
	    "01"
	    "\r\n--0000000000000abc\r\n"
	    "Content-Type: text/plain\r\n"
	    "Content-Range: bytes 5-5/10\r\n\r\n"
	    "5"
	    "\r\n--0000000000000abc--\r\n"));
}
END_TEST

START_TEST(type_may_be_absent)
{
	struct range ranges[] = { { 8, 2 }, { 0, 1 }, { 4, 1 } };
	struct range_plan plan = { ranges, 3 };
	struct multipart m;
	struct str body;

	multipart_layout(a, &plan, STR_NONE, 10, UINT64_MAX, &m);
	body = assemble(&plan, &m);
	ck_assert_uint_eq(m.length, body.n);
	ck_assert_int_eq(str_find_str(body, STR("Content-Type")), -1);
	ck_assert(str_starts(body, STR("\r\n--ffffffffffffffff\r\n"
	    "Content-Range: bytes 8-9/10\r\n\r\n89\r\n--")));
}
END_TEST

START_TEST(length_is_counted_in_64_bits)
{
	struct range ranges[] = { { 0, 1 }, { 10, INT64_MAX / 2 } };
	struct range_plan plan = { ranges, 2 };
	struct multipart m;

	multipart_layout(a, &plan, STR_NONE, INT64_MAX, 1, &m);
	ck_assert_uint_eq(m.length, m.heads[0].n + 1 + m.heads[1].n +
	    (uint64_t)INT64_MAX / 2 + m.tail.n);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("multipart");
	TCase *t = tcase_create("multipart");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_test(t, body_is_laid_out);
	tcase_add_test(t, type_may_be_absent);
	tcase_add_test(t, length_is_counted_in_64_bits);
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
