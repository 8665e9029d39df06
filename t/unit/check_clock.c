/*
 * check_clock.c - the cached time, and dates in every form.
 *
 * clock.c is included, so that the time of the last tick can be chosen.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.c"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static const struct {
	int64_t		 time;
	const char	*http;
} dates[] = {
	{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ 951868799, "Tue, 29 Feb 2000 23:59:59 GMT" },
	{ 1795413258, "Mon, 23 Nov 2026 05:54:18 GMT" },
	{ 2147483648, "Tue, 19 Jan 2038 03:14:08 GMT" },
	{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT" },
	{ LAST_TIME, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

START_TEST(http_dates_go_both_ways)
{
	char made[CLOCK_HTTP_SIZE];
	time_t back = -1;

	clock_http_format((time_t)dates[_i].time, made);
	ck_assert_str_eq(made, dates[_i].http);
	ck_assert(clock_http_parse(str_of(made), &back));
	ck_assert_int_eq(back, dates[_i].time);
}
END_TEST

START_TEST(odd_times_are_clamped)
{
	char made[CLOCK_HTTP_SIZE], log[CLOCK_LOG_SIZE];

	clock_http_format(-1, made);
	ck_assert_str_eq(made, "Thu, 01 Jan 1970 00:00:00 GMT");
	clock_http_format((time_t)(LAST_TIME + 1), made);
	ck_assert_str_eq(made, "Fri, 31 Dec 9999 23:59:59 GMT");
	clock_log_format((time_t)INT64_MAX, log);
	ck_assert_uint_eq(strlen(log), 26);
}
END_TEST

/* -1: no date.  The other forms are read, too. */
static const struct {
	const char	*date;
	int64_t		 time;
} readings[] = {
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "Sun Nov 16 08:49:37 1994", 784975777 },
	{ "Sun Nov 06 08:49:37 1994", 784111777 },
	/* A wrong day of the week does not matter. */
	{ "Mon, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Monday, 06-Nov-94 08:49:37 GMT", 784111777 },
	/* A leap second. */
	{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
	{ "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 },
	{ "Sun, 29 Feb 2400 00:00:00 GMT", 13574563200 },
	{ "", -1 },
	{ "x", -1 },
	{ "Sun", -1 },
	{ "0", -1 },
	{ "784111777", -1 },
	{ "Sun, 06 Nov 1994 08:49:37", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 ", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
	{ " Sun, 06 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 UTC", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 +0000", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT; length=5", -1 },
	{ "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 94 08:49:37 GMT", -1 },
	{ "Sun,06 Nov 1994 08:49:37 GMT", -1 },
	{ "sun, 06 nov 1994 08:49:37 gmt", -1 },
	{ "Son, 06 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nop 1994 08:49:37 GMT", -1 },
	{ "Sunday, 06 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06-Nov-94 08:49:37 GMT", -1 },
	{ "Sunday, 06-Nov-1994 08:49:37 GMT", -1 },
	{ "Sun Nov 6 08:49:37 1994", -1 },
	{ "Sun Nov  6 08:49:37 94", -1 },
	{ "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 32 Dec 1994 08:49:37 GMT", -1 },
	{ "Sun, 29 Feb 2023 08:49:37 GMT", -1 },
	{ "Sun, 29 Feb 2100 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:60:00 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:61 GMT", -1 },
	{ "Sun, 06 Nov 1994 8:49:37 GMT", -1 },
	{ "Sun, -6 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:+7 GMT", -1 },
};

START_TEST(reads_dates)
{
	time_t t = -1;
	bool good;

	tick_time = 1795371258;
	tick_ms = 1;
	good = clock_http_parse(str_of(readings[_i].date), &t);
	ck_assert_msg(good == (readings[_i].time != -1), "\"%s\"",
	    readings[_i].date);
	ck_assert_int_eq(t, readings[_i].time);
}
END_TEST

/* A NUL ends no slice. */
START_TEST(reads_the_slice_only)
{
	static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	time_t t;

	ck_assert(!clock_http_parse(str_n(date, sizeof(date)), &t));
	ck_assert(clock_http_parse(str_n(date, sizeof(date) - 1), &t));
	ck_assert(!clock_http_parse(str_n(date, sizeof(date) - 2), &t));
	ck_assert(!clock_http_parse(STR_NONE, &t));
}
END_TEST

/* Two digits mean the year that is at most 50 ahead. */
static const struct {
	int	now, digits, year;
} centuries[] = {
	{ 2026, 26, 2026 }, { 2026, 76, 2076 }, { 2026, 77, 1977 },
	{ 2026, 99, 1999 }, { 2026, 0, 2000 }, { 2060, 10, 2110 },
	{ 2060, 11, 2011 }, { 2060, 61, 2061 }, { 1999, 5, 2005 },
	{ 1999, 49, 2049 }, { 1999, 50, 1950 },
};

START_TEST(guesses_centuries)
{
	struct tm now = { .tm_year = centuries[_i].now - 1900, .tm_mon = 6,
	    .tm_mday = 1 };
	char date[40];
	struct tm tm;
	time_t t;

	tick_time = timegm(&now);
	tick_ms = 1;
	snprintf(date, sizeof(date), "Monday, 01-Jul-%02d 00:00:00 GMT",
	    centuries[_i].digits);
	ck_assert(clock_http_parse(str_of(date), &t));
	gmtime_r(&t, &tm);
	ck_assert_int_eq(tm.tm_year + 1900, centuries[_i].year);
}
END_TEST

static const struct {
	const char	*zone, *log;
} zones[] = {
	{ "UTC0", "23/Nov/2026:05:54:18 +0000" },
	{ "CET-1", "23/Nov/2026:06:54:18 +0100" },
	{ "EST5", "23/Nov/2026:00:54:18 -0500" },
	{ "PST8", "22/Nov/2026:21:54:18 -0800" },
	{ "IST-5:30", "23/Nov/2026:11:24:18 +0530" },
	{ "NST3:30", "23/Nov/2026:02:24:18 -0330" },
	{ "XXX0:30", "23/Nov/2026:05:24:18 -0030" },
};

START_TEST(log_dates_are_local)
{
	char made[CLOCK_LOG_SIZE];

	setenv("TZ", zones[_i].zone, 1);
	tzset();
	clock_log_format(1795413258, made);
	ck_assert_str_eq(made, zones[_i].log);
}
END_TEST

START_TEST(time_stands_until_the_tick)
{
	int64_t ms = clock_ms(), us = clock_us_now();
	time_t now = clock_now();

	ck_assert_int_gt(ms, 0);
	ck_assert_int_ge(now, 1700000000);
	usleep(20000);
	ck_assert_int_eq(clock_ms(), ms);
	ck_assert_int_ge(clock_us_now() - us, 20000);
	clock_tick();
	ck_assert_int_ge(clock_ms() - ms, 19);
	ck_assert_int_le(clock_ms(), clock_us_now() / 1000);
	ck_assert_int_le(labs((long)(clock_wall_us() / 1000000 - now)), 2);
}
END_TEST

START_TEST(dates_of_now)
{
	struct str s;

	setenv("TZ", "UTC0", 1);
	tzset();
	tick_ms = 1;
	tick_time = 784111777;
	s = clock_http_now();
	ck_assert(str_is(s, "Sun, 06 Nov 1994 08:49:37 GMT"));
	ck_assert_ptr_eq(clock_http_now().at, s.at);
	ck_assert(str_is(clock_log_now(), "06/Nov/1994:08:49:37 +0000"));
	tick_time++;
	ck_assert(str_is(clock_http_now(), "Sun, 06 Nov 1994 08:49:38 GMT"));
	ck_assert(str_is(clock_log_now(), "06/Nov/1994:08:49:38 +0000"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tc = tcase_create("clock");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, http_dates_go_both_ways, 0, COUNT(dates));
	tcase_add_test(tc, odd_times_are_clamped);
	tcase_add_loop_test(tc, reads_dates, 0, COUNT(readings));
	tcase_add_test(tc, reads_the_slice_only);
	tcase_add_loop_test(tc, guesses_centuries, 0, COUNT(centuries));
	tcase_add_loop_test(tc, log_dates_are_local, 0, COUNT(zones));
	tcase_add_test(tc, time_stands_until_the_tick);
	tcase_add_test(tc, dates_of_now);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
