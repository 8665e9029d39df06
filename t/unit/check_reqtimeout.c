/*
 * check_reqtimeout.c - how long a request may take to arrive.
 */
#include <check.h>
#include <stdlib.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "conf/parse.h"
#include "modules.h"
#include "serve/reqtimeout.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new();
	modules_init(features, n_features);
}

static void
teardown(void)
{
	arena_end(a);
}

/* Apply one line; the number of errors. */
static size_t
apply(struct scope *s, const char *line)
{
	struct reading r = { .arena = a, .server_root = "/",
	    .diagnosis = diagnosis_new(a), .variables = variables_new(a) };
	struct place top = { .where = IN_SERVER, .scope = s };

	directive_apply(&r, &top, parse_text(&r, "test", str_of(line)));
	return diagnosis_errors(r.diagnosis);
}

static const struct {
	const char	*line;
	int64_t		 first, max, rate;	/* of the header */
} good[] = {
	{ "RequestReadTimeout body=5", 20000, 40000, 500 },
	{ "RequestReadTimeout header=5", 5000, 0, 0 },
	{ "RequestReadTimeout header=5,MinRate=100", 5000, 0, 100 },
	{ "requestreadtimeout Header=5-9,minrate=1", 5000, 9000, 1 },
	{ "RequestReadTimeout handshake=9 header=0 body=1", 0, 0, 0 },
};

START_TEST(good_lines)
{
	struct scope *s = scope_new(a);
	const struct read_stage *h;

	ck_assert_uint_eq(apply(s, good[_i].line), 0);
	h = reqtimeout_header(s);
	ck_assert_int_eq(h->first_ms, good[_i].first);
	ck_assert_int_eq(h->max_ms, good[_i].max);
	ck_assert_int_eq(h->min_rate, good[_i].rate);
}
END_TEST

static const char *const bad[] = {
	"RequestReadTimeout",
	"RequestReadTimeout header",
	"RequestReadTimeout header=",
	"RequestReadTimeout header=-5",
	"RequestReadTimeout header=x",
	"RequestReadTimeout header=9-5,MinRate=1",
	"RequestReadTimeout header=5-9",
	"RequestReadTimeout header=5,MinRate=0",
	"RequestReadTimeout header=5,Rate=9",
	"RequestReadTimeout footer=5",
};

START_TEST(bad_lines)
{
	ck_assert_uint_eq(apply(scope_new(a), bad[_i]), 1);
}
END_TEST

START_TEST(inner_covers_outer)
{
	struct scope *outer = scope_new(a), *inner = scope_new(a), *s;

	apply(outer, "RequestReadTimeout header=1 body=2");
	apply(inner, "RequestReadTimeout body=3");
	s = scope_merge(a, outer, inner);
	ck_assert_int_eq(reqtimeout_header(s)->first_ms, 1000);
	ck_assert_int_eq(reqtimeout_body(s)->first_ms, 3000);
}
END_TEST

static const struct {
	struct read_stage stage;
	uint64_t	 bytes;
	int64_t		 ms;
} times[] = {
	{ { true, 20000, 40000, 500 }, 0, 20000 },
	{ { true, 20000, 40000, 500 }, 500, 21000 },
	{ { true, 20000, 40000, 500 }, 499, 20998 },
	{ { true, 20000, 40000, 500 }, 10000, 40000 },
	{ { true, 20000, 40000, 500 }, 1000000, 40000 },
	{ { true, 20000, 40000, 500 }, UINT64_MAX, 40000 },
	{ { true, 20000, 0, 500 }, 1000000, 2020000 },
	{ { true, 20000, 0, 0 }, 1000000, 20000 },
	{ { true, 0, 0, 500 }, 1000000, 0 },
};

START_TEST(bytes_earn_time)
{
	ck_assert_int_eq(reqtimeout_ms(&times[_i].stage, times[_i].bytes),
	    times[_i].ms);
}
END_TEST

#define ROWS(table)	(int)(sizeof(table) / sizeof(table[0]))

START_TEST(answers_must_be_taken)
{
	struct scope *outer = scope_new(a), *inner = scope_new(a);

	ck_assert_int_eq(reqtimeout_min_rate(outer), 100);
	ck_assert_uint_eq(apply(outer, "ResponseMinRate 7"), 0);
	ck_assert_int_eq(reqtimeout_min_rate(scope_merge(a, outer, inner)),
	    7);
	ck_assert_uint_eq(apply(inner, "ResponseMinRate 0"), 0);
	ck_assert_int_eq(reqtimeout_min_rate(scope_merge(a, outer, inner)),
	    0);
	ck_assert_uint_eq(apply(inner, "ResponseMinRate -1"), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reqtimeout");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, good_lines, 0, ROWS(good));
	tcase_add_loop_test(t, bad_lines, 0, ROWS(bad));
	tcase_add_test(t, inner_covers_outer);
	tcase_add_test(t, answers_must_be_taken);
	tcase_add_loop_test(t, bytes_earn_time, 0, ROWS(times));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
