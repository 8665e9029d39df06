/*
 * check_setting.c - reading single values, and where their errors point.
 */
#include <check.h>
#include <inttypes.h>

#include "base/regex.h"
#include "conf/setting.h"
#include "reading.h"

static struct arena *a;
static struct reading *r;
static struct node node;
static struct arg argv[2];
static struct setting s;

static const struct directive row = {
	"Thing", 1, 1, IN_SERVER, SLOT_NONE, 0, NULL, "a thing"
};

static void
open_setting(void)
{
	a = arena_new();
	r = reading_new(a, "/srv/root");
	s = (struct setting){
		.row = &row, .node = &node, .reading = r, .arena = a,
		.argc = 2, .argv = argv,
	};
}

static void
end_setting(void)
{
	arena_end(a);
}

/* The second argument of "Thing a z", so that wrong is seen to be set. */
static void
give(const char *z)
{
	argv[1].z = str_z(a, str_of(z));
	argv[1].line = 1;
	argv[1].text = str_fmt(a, "Thing a %s", z);
	argv[1].column = 9;
	argv[1].n = (unsigned)argv[1].text.n - 8;
	node.at = (struct spot){ "f", 1, 1, 5, argv[1].text };
}

static void
expect(const char *error, const char *expected)
{
	if (expected == NULL) {
		ck_assert_ptr_null(error);
		return;
	}
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error, expected);
	ck_assert_int_eq(s.wrong, 1);
}

static const struct {
	const char	*z;
	int64_t		 lo, hi, value;
	const char	*error;
} numbers[] = {
	{ "0", 0, 10, 0, NULL },
	{ "10", 0, 10, 10, NULL },
	{ "007", 0, 10, 7, NULL },
	{ "-3", -5, 5, -3, NULL },
	{ "9223372036854775807", 0, INT64_MAX, INT64_MAX, NULL },
	{ "70000", 1, 65535, 0, "must be from 1 to 65535, not \"70000\"" },
	{ "0", 1, 65535, 0, "must be from 1 to 65535, not \"0\"" },
	{ "-1", 0, 5, 0, "must be from 0 to 5, not \"-1\"" },
	{ "9223372036854775808", 0, INT64_MAX, 0,
	  "must be from 0 to 9223372036854775807, not "
	  "\"9223372036854775808\"" },
	{ "-99999999999999999999", -5, 5, 0,
	  "must be from -5 to 5, not \"-99999999999999999999\"" },
	{ "", 0, 5, 0, "must be a number from 0 to 5, not \"\"" },
	{ "-", 0, 5, 0, "must be a number from 0 to 5, not \"-\"" },
	{ "+1", 0, 5, 0, "must be a number from 0 to 5, not \"+1\"" },
	{ "1x", 0, 5, 0, "must be a number from 0 to 5, not \"1x\"" },
	{ "1 ", 0, 5, 0, "must be a number from 0 to 5, not \"1 \"" },
	{ "0x1", 0, 5, 0, "must be a number from 0 to 5, not \"0x1\"" },
	{ "1.5", 0, 5, 0, "must be a number from 0 to 5, not \"1.5\"" },
};

START_TEST(reads_numbers)
{
	int64_t value = 0;

	give(numbers[_i].z);
	expect(read_number(&s, 1, numbers[_i].lo, numbers[_i].hi, &value),
	    numbers[_i].error);
	ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

#define NO_DURATION(z) \
	"must be a duration such as 30, 500ms, 2min or 1h, not \"" z "\""

static const struct {
	const char	*z;
	int64_t		 unit_ms, value;
	const char	*error;
} durations_given[] = {
	{ "5", 1000, 5000, NULL },
	{ "5", 1, 5, NULL },
	{ "0", 1000, 0, NULL },
	{ "500ms", 1000, 500, NULL },
	{ "500MS", 1000, 500, NULL },
	{ "5s", 1, 5000, NULL },
	{ "5sec", 1, 5000, NULL },
	{ "2mi", 1000, 120000, NULL },
	{ "2min", 1000, 120000, NULL },
	{ "1h", 1000, 3600000, NULL },
	{ "1d", 1000, 86400000, NULL },
	{ "5m", 1000, 0, NO_DURATION("5m") },
	{ "5x", 1000, 0, NO_DURATION("5x") },
	{ "s", 1000, 0, NO_DURATION("s") },
	{ "", 1000, 0, NO_DURATION("") },
	{ "5 s", 1000, 0, NO_DURATION("5 s") },
	{ "1.5s", 1000, 0, NO_DURATION("1.5s") },
	{ "5-3", 1000, 0, NO_DURATION("5-3") },
	{ "-5", 1000, 0,
	  "must be from 0 to 2147483647 seconds, not \"-5\"" },
	{ "9223372036854775807h", 1000, 0, "must be from 0 to 2147483647 "
	  "seconds, not \"9223372036854775807h\"" },
};

START_TEST(reads_durations)
{
	int64_t value = 0;

	give(durations_given[_i].z);
	expect(read_duration(&s, 1, durations_given[_i].unit_ms, &value),
	    durations_given[_i].error);
	ck_assert_int_eq(value, durations_given[_i].value);
}
END_TEST

static const struct {
	const char	*z;
	int64_t		 value;
	const char	*error;
} bytes_given[] = {
	{ "0", 0, NULL },
	{ "4096", 4096, NULL },
	{ "64K", 65536, NULL },
	{ "64k", 65536, NULL },
	{ "1M", 1 << 20, NULL },
	{ "1g", 1 << 30, NULL },
	{ "2g", 0, "must be from 0 to 2000000000 bytes, not \"2g\"" },
	{ "-1k", 0, "must be from 0 to 2000000000 bytes, not \"-1k\"" },
	{ "9999999999g", 0,
	  "must be from 0 to 2000000000 bytes, not \"9999999999g\"" },
	{ "1KB", 0, "must be a number of bytes such as 4096, 64K or 10M, not "
	  "\"1KB\"" },
	{ "M", 0, "must be a number of bytes such as 4096, 64K or 10M, not "
	  "\"M\"" },
};

START_TEST(reads_bytes)
{
	int64_t value = 0;

	give(bytes_given[_i].z);
	expect(read_bytes(&s, 1, 0, 2000000000, &value),
	    bytes_given[_i].error);
	ck_assert_int_eq(value, bytes_given[_i].value);
}
END_TEST

static const struct {
	const char	*z;
	enum flag	 value;
	const char	*error;
} flags[] = {
	{ "On", FLAG_ON, NULL },
	{ "oN", FLAG_ON, NULL },
	{ "off", FLAG_OFF, NULL },
	{ "yes", FLAG_UNSET, "must be On or Off, not \"yes\"" },
	{ "", FLAG_UNSET, "must be On or Off, not \"\"" },
	{ "1", FLAG_UNSET, "must be On or Off, not \"1\"" },
};

START_TEST(reads_flags)
{
	enum flag value = FLAG_UNSET;

	give(flags[_i].z);
	expect(read_flag(&s, 1, &value), flags[_i].error);
	ck_assert_int_eq(value, flags[_i].value);
}
END_TEST

static const struct {
	const char	*z;
	int64_t		 value;
	const char	*error, *hint;
} words_given[] = {
	{ "None", 0, NULL, NULL },
	{ "pROD", 1, NULL, NULL },
	{ "Full", 2, NULL, NULL },
	{ "Ful", -1, "must be None, Prod or Full, not \"Ful\"",
	  "did you mean Full?" },
	{ "zebra", -1, "must be None, Prod or Full, not \"zebra\"", NULL },
	{ "", -1, "must be None, Prod or Full, not \"\"", NULL },
};

START_TEST(reads_words)
{
	static const char *const words[] = { "None", "Prod", "Full", NULL };
	int64_t value = -1;

	give(words_given[_i].z);
	expect(read_word(&s, 1, words, &value), words_given[_i].error);
	ck_assert_int_eq(value, words_given[_i].value);
	ck_assert_pstr_eq(s.hint, words_given[_i].hint);
}
END_TEST

static const struct {
	const char	*path, *absolute;
} paths[] = {
	{ "conf/x", "/srv/root/conf/x" },
	{ "/conf/x", "/conf/x" },
	{ "", "/srv/root" },
	{ ".", "/srv/root" },
	{ "..", "/srv" },
	{ "a//b/", "/srv/root/a/b" },
	{ "./a/./b/../c", "/srv/root/a/c" },
	{ "/", "/" },
	{ "//", "/" },
	{ "/..", "/" },
	{ "../../../..", "/" },
	{ "/a/../..//b", "/b" },
	{ "/a/...", "/a/..." },
	{ "/a/.b", "/a/.b" },
	{ "/a/..b/.c/d..", "/a/..b/.c/d.." },
	{ "/a/.b/./c", "/a/.b/c" },
	{ "/a/..", "/" },
	{ "/a/", "/a" },
	{ "/a//b", "/a/b" },
};

START_TEST(reads_paths)
{
	give(paths[_i].path);
	ck_assert_str_eq(path_below_root(r, paths[_i].path),
	    paths[_i].absolute);
	ck_assert_str_eq(read_path(&s, 1), paths[_i].absolute);
}
END_TEST

START_TEST(root_may_be_slash)
{
	r->server_root = "/";
	ck_assert_str_eq(path_below_root(r, "x"), "/x");
	ck_assert_str_eq(path_below_root(r, ""), "/");
}
END_TEST

START_TEST(reads_regexes)
{
	struct regex *re;

	give("^/a(b|c)$");
	expect(read_regex(&s, 1, 0, &re), NULL);
	ck_assert_int_eq(regex_match(re, STR("/ac"), NULL, 0), 1);
	ck_assert_int_eq(regex_match(re, STR("/AC"), NULL, 0), 0);
	expect(read_regex(&s, 1, REGEX_NOCASE, &re), NULL);
	ck_assert_int_eq(regex_match(re, STR("/AC"), NULL, 0), 1);
}
END_TEST

START_TEST(bad_regexes)
{
	struct regex *re;
	const char *error;

	give("abc(def");
	error = read_regex(&s, 1, 0, &re);
	ck_assert_ptr_null(re);
	ck_assert(str_starts(str_of(error),
	    STR("must be a regular expression: ")));
	ck_assert_int_eq(s.wrong, 1);
	ck_assert_uint_gt(s.wrong_offset, 0);
}
END_TEST

/* A byte of the value is found in the text where both look alike. */
static const struct {
	const char	*text, *z;
	unsigned	 column, n;
	size_t		 offset;
	unsigned	 expected, expected_n;
} offsets[] = {
	{ "T abcdef", "abcdef", 3, 6, 0, 3, 6 },
	{ "T abcdef", "abcdef", 3, 6, 3, 6, 1 },
	{ "T \"abcdef\"", "abcdef", 3, 8, 3, 7, 1 },
	{ "T ${X}def", "abcdef", 3, 7, 3, 3, 7 },
	{ "T ab\\\\cd", "ab\\cd", 3, 6, 2, 5, 1 },
	{ "T ab\\\\cd", "ab\\cd", 3, 6, 4, 3, 6 },
	{ "T abc", "abc", 3, 3, 3, 6, 1 },
};

START_TEST(points_into_values)
{
	struct spot at;

	give("");
	argv[1].z = (char *)(uintptr_t)offsets[_i].z;
	argv[1].text = str_of(offsets[_i].text);
	argv[1].column = offsets[_i].column;
	argv[1].n = offsets[_i].n;
	at = setting_spot(&s, 1, offsets[_i].offset);
	ck_assert_uint_eq(at.column, offsets[_i].expected);
	ck_assert_uint_eq(at.n, offsets[_i].expected_n);
	ck_assert_str_eq(at.file, "f");
}
END_TEST

START_TEST(warns)
{
	give("x");
	setting_warn(&s, 1, "is %s", "odd");
	setting_warn(&s, -1, "is old");
	setting_warn(&s, 7, "has no such argument");
	ck_assert_str_eq(finding_words(r),
	    "1:1+5 W Thing is old\n"
	    "1:1+5 W Thing has no such argument\n"
	    "1:9+1 W Thing is odd");
}
END_TEST

START_TEST(error_names_the_argument)
{
	ck_assert_str_eq(setting_error(&s, 1, "must be %d", 4), "must be 4");
	ck_assert_int_eq(s.wrong, 1);
	ck_assert_str_eq(setting_error(&s, -1, "%s", "x"), "x");
	ck_assert_int_eq(s.wrong, -1);
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, \
	sizeof(table) / sizeof(table[0]))

int
main(void)
{
	Suite *suite = suite_create("setting");
	TCase *tc = tcase_create("setting");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_setting, end_setting);
	LOOP(tc, reads_numbers, numbers);
	LOOP(tc, reads_durations, durations_given);
	LOOP(tc, reads_bytes, bytes_given);
	LOOP(tc, reads_bytes, bytes_given);
	LOOP(tc, reads_flags, flags);
	LOOP(tc, reads_words, words_given);
	LOOP(tc, reads_paths, paths);
	tcase_add_test(tc, root_may_be_slash);
	tcase_add_test(tc, reads_regexes);
	tcase_add_test(tc, bad_regexes);
	LOOP(tc, points_into_values, offsets);
	tcase_add_test(tc, warns);
	tcase_add_test(tc, error_names_the_argument);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
