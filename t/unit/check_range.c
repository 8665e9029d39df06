/*
 * check_range.c - byte ranges, and Apache's limits to them.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/range.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;

static const struct range_limits usual = { 200, 20, 20 };
static const struct range_limits unlimited = {
	RANGE_UNLIMITED, RANGE_UNLIMITED, RANGE_UNLIMITED
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

/* The plan as "first+length first+length". */
static const struct {
	const char	*value;
	uint64_t	 total;
	int		 status;
	const char	*plan;
} values[] = {
	{ "bytes=0-0", 10, 206, "0+1" },
	{ "bytes=0-", 10, 206, "0+10" },
	{ "bytes=0-9", 10, 206, "0+10" },
	{ "bytes=0-10", 10, 206, "0+10" },
	{ "bytes=0-99", 10, 206, "0+10" },
	{ "bytes=3-4", 10, 206, "3+2" },
	{ "bytes=9-", 10, 206, "9+1" },
	{ "bytes=9-9", 10, 206, "9+1" },
	{ "bytes=-1", 10, 206, "9+1" },
	{ "bytes=-10", 10, 206, "0+10" },
	{ "bytes=-11", 10, 206, "0+10" },
	{ "Bytes=0-1", 10, 206, "0+2" },
	{ "bytes=00-01", 10, 206, "0+2" },
	{ "bytes=0-18446744073709551615", 10, 206, "0+10" },
	{ "bytes=0-99999999999999999999999", 10, 206, "0+10" },
	{ "bytes=-99999999999999999999999", 10, 206, "0+10" },
	{ "bytes=9223372036854775806-", INT64_MAX, 206,
	    "9223372036854775806+1" },
	{ "bytes=0-", UINT64_MAX, 206, "0+18446744073709551615" },

	/* None inside. */
	{ "bytes=10-", 10, 416, NULL },
	{ "bytes=10-20", 10, 416, NULL },
	{ "bytes=-0", 10, 416, NULL },
	{ "bytes=10-,-0,11-", 10, 416, NULL },
	{ "bytes=99999999999999999999999-", 10, 416, NULL },

	/* Ignored. */
	{ "bytes=0-0", 0, 200, NULL },
	{ "bytes=0-", 0, 200, NULL },
	{ "bytes=-5", 0, 200, NULL },
	{ "", 10, 200, NULL },
	{ "bytes", 10, 200, NULL },
	{ "bytes=", 10, 200, NULL },
	{ "bytes=,", 10, 200, NULL },
	{ "=0-1", 10, 200, NULL },
	{ "bytes =0-1", 10, 200, NULL },
	{ "items=0-1", 10, 200, NULL },
	{ "bytes=5-3", 10, 200, NULL },
	{ "bytes=0-1,5-3", 10, 200, NULL },
	{ "bytes=0-1,x", 10, 200, NULL },
	{ "bytes=-", 10, 200, NULL },
	{ "bytes=--1", 10, 200, NULL },
	{ "bytes=1", 10, 200, NULL },
	{ "bytes=+0-1", 10, 200, NULL },
	{ "bytes=0-+1", 10, 200, NULL },
	{ "bytes=0 - 1", 10, 200, NULL },
	{ "bytes=0-1-2", 10, 200, NULL },
	{ "bytes=0-1;a", 10, 200, NULL },
	{ "bytes=0x0-1", 10, 200, NULL },
	{ "bytes=99999999999999999999999-5", 10, 200, NULL },
	{ "bytes=5-9,0-1,5-9", 10, 200, NULL },

	/* Several. */
	{ "bytes=0-1,5-6", 10, 206, "0+2 5+2" },
	{ "bytes=0-1 ,\t5-6", 10, 206, "0+2 5+2" },
	{ "bytes=,0-1,,5-6,", 10, 206, "0+2 5+2" },
	{ "bytes=5-6,0-1", 10, 206, "5+2 0+2" },
	{ "bytes=0-0,-1", 10, 206, "0+1 9+1" },
	{ "bytes=0-1,20-", 10, 206, "0+2" },
	{ "bytes=-0,0-1", 10, 206, "0+2" },
	{ "bytes=20-,3-4,-0,8-", 10, 206, "3+2 8+2" },

	/* One when they overlap or touch. */
	{ "bytes=0-9,0-9", 10, 206, "0+10" },
	{ "bytes=0-,0-", 10, 206, "0+10" },
	{ "bytes=0-4,5-9", 10, 206, "0+10" },
	{ "bytes=0-5,5-9", 10, 206, "0+10" },
	{ "bytes=5-9,0-4", 10, 206, "0+10" },
	{ "bytes=5-9,0-3", 10, 206, "5+5 0+4" },
	{ "bytes=5-9,0-6", 10, 206, "0+10" },
	{ "bytes=5-9,4-4,9-9", 10, 206, "4+6" },
	{ "bytes=5-6,0-9,0-0", 10, 206, "0+10" },
	{ "bytes=0-,-18446744073709551615", UINT64_MAX, 206,
	    "0+18446744073709551615" },
};

static struct str
describe(const struct range_plan *plan)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 0; i < plan->n; i++) {
		if (i > 0)
			text_addc(&t, ' ');
		text_addn(&t, plan->at[i].first);
		text_addc(&t, '+');
		text_addn(&t, plan->at[i].length);
	}
	return text_str(&t);
}

START_TEST(value_is_read)
{
	struct range_plan plan;
	int status = range_read(a, str_of(values[_i].value), values[_i].total,
	    &usual, &plan);

	ck_assert_msg(status == values[_i].status, "%d for %s", status,
	    values[_i].value);
	if (status == 206)
		ck_assert_msg(str_is(describe(&plan), values[_i].plan),
		    "%.*s for %s", STR_ARGS(describe(&plan)),
		    values[_i].value);
}
END_TEST

/* n ranges of length bytes, each step further than the one before. */
static struct str
row_of(int n, uint64_t start, int64_t step, uint64_t length)
{
	struct text t = { .arena = a };
	int i;

	text_addz(&t, "bytes=");
	for (i = 0; i < n; i++) {
		if (i > 0)
			text_addc(&t, ',');
		text_addn(&t, start);
		text_addc(&t, '-');
		text_addn(&t, start + length - 1);
		start += (uint64_t)step;
	}
	return text_str(&t);
}

static const struct {
	int				 n;
	uint64_t			 start;
	int64_t				 step;
	uint64_t			 length;
	int				 status;
	const struct range_limits	*limits;
} rows[] = {
	{ 200, 0, 20, 2, 206, &usual },
	{ 201, 0, 20, 2, 200, &usual },
	{ 201, 0, 20, 2, 206, &unlimited },
	{ 21, 0, 10, 15, 206, &usual },
	{ 22, 0, 10, 15, 200, &usual },
	{ 22, 0, 10, 15, 206, &unlimited },
	{ 21, 0, 0, 2, 206, &usual },
	{ 22, 0, 0, 2, 200, &usual },
	{ 200, 9000, -20, 2, 206, &usual },
	{ 21, 9000, -2, 2, 206, &usual },
	{ 22, 9000, -2, 2, 200, &usual },
	{ 2000, 0, 4, 2, 206, &unlimited },
	{ 1, 0, 0, 1, 200, &(struct range_limits){ 0, 20, 20 } },
	{ 1, 0, 0, 1, 206, &(struct range_limits){ 1, 0, 0 } },
	{ 2, 0, 4, 1, 200, &(struct range_limits){ 1, 20, 20 } },
	{ 2, 0, 4, 1, 206, &(struct range_limits){ 2, 0, 0 } },
	{ 2, 0, 1, 1, 200, &(struct range_limits){ 2, 0, 0 } },
	{ 2, 4, -1, 1, 206, &(struct range_limits){ 2, 1, 1 } },
	{ 2, 4, -1, 1, 200, &(struct range_limits){ 2, 1, 0 } },
};

START_TEST(limits_hold)
{
	struct str value = row_of(rows[_i].n, rows[_i].start, rows[_i].step,
	    rows[_i].length);
	struct range_plan plan;

	ck_assert_int_eq(range_read(a, value, 10000, rows[_i].limits, &plan),
	    rows[_i].status);
}
END_TEST

/* CVE-2011-3192: many overlapping ranges must not multiply the work. */
START_TEST(killer_is_harmless)
{
	struct text t = { .arena = a };
	struct range_plan plan;
	int i;

	text_addz(&t, "bytes=0-");
	for (i = 0; i < 1300; i++)
		text_addf(&t, ",5-%d", i);
	ck_assert_int_eq(range_read(a, text_str(&t), 1 << 20, &usual, &plan),
	    200);
}
END_TEST

START_TEST(commas_take_no_memory)
{
	struct range_plan plan;
	char commas[8000];

	memset(commas, ',', sizeof(commas));
	memcpy(commas, "bytes=", 6);
	ck_assert_int_eq(range_read(a, str_n(commas, sizeof(commas)), 10,
	    &usual, &plan), 200);
	ck_assert_uint_lt(arena_bytes(a), 20000);
}
END_TEST

START_TEST(content_range)
{
	struct range r = { 3, 4 };

	ck_assert(str_is(range_content(a, r, 10), "bytes 3-6/10"));
	ck_assert(str_is(range_unsatisfied(a, 10), "bytes */10"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("range");
	TCase *t = tcase_create("range");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, value_is_read, 0, COUNT(values));
	tcase_add_loop_test(t, limits_hold, 0, COUNT(rows));
	tcase_add_test(t, killer_is_harmless);
	tcase_add_test(t, commas_take_no_memory);
	tcase_add_test(t, content_range);
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
