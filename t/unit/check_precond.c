/*
 * check_precond.c - entity tags and conditional requests.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/precond.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;

static void
open_arena(void)
{
	a = arena_new();
	clock_tick();
}

static void
end_arena(void)
{
	arena_end(a);
}

static const struct {
	const char	*a, *b;
	bool		 strong, weak;
} pairs[] = {		/* the table of RFC 9110, 8.8.3.2, and more */
	{ "W/\"1\"", "W/\"1\"", false, true },
	{ "W/\"1\"", "W/\"2\"", false, false },
	{ "W/\"1\"", "\"1\"", false, true },
	{ "\"1\"", "W/\"1\"", false, true },
	{ "\"1\"", "\"1\"", true, true },
	{ "\"1\"", "\"2\"", false, false },
	{ "\"a\"", "\"A\"", false, false },
	{ "\"\"", "\"\"", true, true },
	{ "", "", false, false },
};

START_TEST(etags_are_compared)
{
	struct str x = str_of(pairs[_i].a), y = str_of(pairs[_i].b);

	ck_assert_int_eq(etag_matches_strong(x, y), pairs[_i].strong);
	ck_assert_int_eq(etag_matches_weak(x, y), pairs[_i].weak);
}
END_TEST

static const struct {
	const char	*list, *etag;
	bool		 strong, weak;
} lists[] = {
	{ "*", "\"1\"", true, true },
	{ "*", NULL, true, true },
	{ "*, \"2\"", "\"1\"", false, false },
	{ "\"1\"", "\"1\"", true, true },
	{ "\"2\", \"1\"", "\"1\"", true, true },
	{ "\"2\",\"1\"", "\"1\"", true, true },
	{ ",, \"2\" ,\t,W/\"1\" ,", "\"1\"", false, true },
	{ "W/\"1\", \"1\"", "\"1\"", true, true },
	{ "\"a,1\"", "\"1\"", false, false },
	{ "\"a,\\\", \"1\"", "\"1\"", true, true },
	{ "\"a b\"", "\"a b\"", true, true },
	{ "\"2\" \"1\"", "\"1\"", true, true },
	{ "1", "\"1\"", false, false },
	{ "w/\"1\"", "\"1\"", false, false },
	{ "junk, \"1\"", "\"1\"", true, true },
	{ "\"1", "\"1\"", false, false },
	{ "\"", "\"1\"", false, false },
	{ "W/", "\"1\"", false, false },
	{ "W", "\"1\"", false, false },
	{ "W/\"", "\"1\"", false, false },
	{ "", "\"1\"", false, false },
	{ ",", "\"1\"", false, false },
	{ "\"1\"", NULL, false, false },
};

START_TEST(list_of_etags)
{
	struct str list = str_of(lists[_i].list);
	struct str etag = str_of(lists[_i].etag);

	ck_assert_int_eq(etag_list_has(list, etag, false), lists[_i].strong);
	ck_assert_int_eq(etag_list_has(list, etag, true), lists[_i].weak);
}
END_TEST

/* The representation is "1", of T; BEFORE and LATER lie a second apart. */
#define T	784111777
#define AT	"Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE	"Sun, 06 Nov 1994 08:49:36 GMT"
#define LATER	"Sun, 06 Nov 1994 08:49:38 GMT"
#define FUTURE	"Sun, 06 Nov 2095 08:49:37 GMT"

#define MATCH	"If-Match: "
#define NONE	"If-None-Match: "
#define SINCE	"If-Modified-Since: "
#define UNLESS	"If-Unmodified-Since: "
#define IFRANGE	"If-Range: "
#define RANGE	"Range: bytes=0-1"

static const struct {
	enum http_method method;
	const char	*fields;	/* parted by | */
	int		 status;
	bool		 range;
} requests[] = {
	{ METHOD_GET, "", 0, false },

	{ METHOD_GET, MATCH "\"1\"", 0, false },
	{ METHOD_GET, MATCH "*", 0, false },
	{ METHOD_GET, MATCH "\"2\", \"1\"", 0, false },
	{ METHOD_GET, MATCH "\"2\"|" MATCH "\"1\"", 0, false },
	{ METHOD_GET, MATCH "\"2\"", 412, false },
	{ METHOD_GET, MATCH "W/\"1\"", 412, false },
	{ METHOD_GET, MATCH "", 412, false },
	{ METHOD_PUT, MATCH "\"2\"", 412, false },
	{ METHOD_PUT, MATCH "\"1\"", 0, false },
	{ METHOD_OPTIONS, MATCH "\"2\"", 0, false },

	{ METHOD_GET, UNLESS AT, 0, false },
	{ METHOD_GET, UNLESS LATER, 0, false },
	{ METHOD_GET, UNLESS BEFORE, 412, false },
	{ METHOD_POST, UNLESS BEFORE, 412, false },
	{ METHOD_TRACE, UNLESS BEFORE, 0, false },
	{ METHOD_GET, UNLESS "yesterday", 0, false },
	{ METHOD_GET, UNLESS BEFORE "|" UNLESS BEFORE, 0, false },
	{ METHOD_GET, MATCH "\"1\"|" UNLESS BEFORE, 0, false },
	{ METHOD_GET, MATCH "\"2\"|" UNLESS LATER, 412, false },

	{ METHOD_GET, NONE "\"1\"", 304, false },
	{ METHOD_HEAD, NONE "\"1\"", 304, false },
	{ METHOD_GET, NONE "W/\"1\"", 304, false },
	{ METHOD_GET, NONE "*", 304, false },
	{ METHOD_GET, NONE "\"2\"|" NONE "\"3\", \"1\"", 304, false },
	{ METHOD_GET, NONE "\"2\"", 0, false },
	{ METHOD_GET, NONE "1", 0, false },
	{ METHOD_PUT, NONE "\"1\"", 412, false },
	{ METHOD_POST, NONE "*", 412, false },
	{ METHOD_PUT, NONE "\"2\"", 0, false },

	{ METHOD_GET, SINCE AT, 304, false },
	{ METHOD_GET, SINCE "Sunday, 06-Nov-94 08:49:37 GMT", 304, false },
	{ METHOD_GET, SINCE "Sun Nov  6 08:49:37 1994", 304, false },
	{ METHOD_HEAD, SINCE AT, 304, false },
	{ METHOD_GET, SINCE LATER, 304, false },
	{ METHOD_GET, SINCE FUTURE, 304, false },
	{ METHOD_GET, SINCE BEFORE, 0, false },
	{ METHOD_GET, SINCE "Sun, 06 Nov 1994", 0, false },
	{ METHOD_GET, SINCE "", 0, false },
	{ METHOD_GET, SINCE AT "|" SINCE AT, 0, false },
	{ METHOD_POST, SINCE AT, 0, false },
	{ METHOD_GET, NONE "\"2\"|" SINCE AT, 0, false },
	{ METHOD_GET, NONE "\"1\"|" SINCE BEFORE, 304, false },

	{ METHOD_GET, MATCH "\"2\"|" NONE "\"1\"", 412, false },
	{ METHOD_GET, MATCH "\"1\"|" NONE "\"1\"", 304, false },
	{ METHOD_GET, UNLESS BEFORE "|" SINCE AT, 412, false },
	{ METHOD_GET, UNLESS AT "|" SINCE AT, 304, false },

	{ METHOD_GET, RANGE, 0, true },
	{ METHOD_HEAD, RANGE, 0, false },
	{ METHOD_POST, RANGE, 0, false },
	{ METHOD_GET, RANGE "|" RANGE, 0, false },
	{ METHOD_GET, RANGE "|" NONE "\"1\"", 304, false },
	{ METHOD_GET, RANGE "|" MATCH "\"2\"", 412, false },
	{ METHOD_GET, RANGE "|" IFRANGE "\"1\"", 0, true },
	{ METHOD_GET, RANGE "|" IFRANGE "\"2\"", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "W/\"1\"", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "\"2\", \"1\"", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "*", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "\"1\"|" IFRANGE "\"1\"", 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE AT, 0, true },
	{ METHOD_GET, RANGE "|" IFRANGE LATER, 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE BEFORE, 0, false },
	{ METHOD_GET, RANGE "|" IFRANGE "soon", 0, false },
	{ METHOD_GET, IFRANGE "\"1\"", 0, false },
};

static struct fields
fields_of(const char *text)
{
	struct str rest = str_of(text), line, name, value;
	struct fields f;

	fields_init(&f, a);
	while (str_cut(&rest, '|', &line)) {
		ck_assert_ptr_null(field_line_parse(line, false, &name,
		    &value));
		fields_add(&f, name, value);
	}
	return f;
}

START_TEST(request_is_judged)
{
	struct fields f = fields_of(requests[_i].fields);
	struct precond p = {
		requests[_i].method, &f, STR("\"1\""), T, T + 100
	};
	struct str range;

	ck_assert_msg(precond_check(&p, &range) == requests[_i].status, "%s",
	    requests[_i].fields);
	ck_assert_msg((range.at != NULL) == requests[_i].range, "%s",
	    requests[_i].fields);
	if (range.at != NULL)
		ck_assert(str_is(range, "bytes=0-1"));
}
END_TEST

static const struct {
	const char	*fields, *etag;
	time_t		 modified, now;
	int		 status;
	bool		 range;
} others[] = {
	/* Nothing to compare with. */
	{ SINCE AT, NULL, -1, T, 0, false },
	{ UNLESS BEFORE, NULL, -1, T, 0, false },
	{ NONE "\"1\"", NULL, T, T, 0, false },
	{ NONE "*", NULL, -1, T, 304, false },
	{ MATCH "\"1\"", NULL, T, T, 412, false },
	{ MATCH "*", NULL, T, T, 0, false },
	{ RANGE "|" IFRANGE "\"1\"", NULL, T, T, 0, false },
	{ RANGE "|" IFRANGE AT, "\"1\"", -1, T + 1, 0, false },
	/* A weak validator. */
	{ NONE "W/\"1\"", "W/\"1\"", T, T, 304, false },
	{ NONE "\"1\"", "W/\"1\"", T, T, 304, false },
	{ MATCH "W/\"1\"", "W/\"1\"", T, T, 412, false },
	{ RANGE "|" IFRANGE "W/\"1\"", "W/\"1\"", T, T, 0, false },
	/* Within the second of the last change, a date is weak. */
	{ RANGE "|" IFRANGE AT, "\"1\"", T, T, 0, false },
	{ RANGE "|" IFRANGE AT, "\"1\"", T, T + 1, 0, true },
};

START_TEST(validators_may_be_weak_or_absent)
{
	struct fields f = fields_of(others[_i].fields);
	struct precond p = {
		METHOD_GET, &f, str_of(others[_i].etag), others[_i].modified,
		others[_i].now
	};
	struct str range;

	ck_assert_msg(precond_check(&p, &range) == others[_i].status, "%s",
	    others[_i].fields);
	ck_assert_int_eq(range.at != NULL, others[_i].range);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("precond");
	TCase *t = tcase_create("precond");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, etags_are_compared, 0, COUNT(pairs));
	tcase_add_loop_test(t, list_of_etags, 0, COUNT(lists));
	tcase_add_loop_test(t, request_is_judged, 0, COUNT(requests));
	tcase_add_loop_test(t, validators_may_be_weak_or_absent, 0,
	    COUNT(others));
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
