/*
 * fuzz_date.c - HTTP dates, both ways.
 *
 * The first eight bytes are a time, the rest is what a client takes for a date.
 * Holds: what is written for a time in any of the three formats reads as that
 * time; what is read can be written, and reads the same again; a date has one
 * of the three lengths and no byte too many.
 */
#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define LAST_TIME	253402300799	/* the end of the year 9999 */

static void
check_reads(const char *z, time_t t)
{
	time_t got;

	assert(clock_http_parse(str_of(z), &got));
	assert(got == t);
}

/* In the two old formats, written by somebody else. */
static void
check_old_formats(time_t t)
{
	char out[64];
	struct tm tm, now;
	time_t wall = clock_now();

	gmtime_r(&t, &tm);
	gmtime_r(&wall, &now);
	strftime(out, sizeof(out), "%a %b %e %H:%M:%S %Y", &tm);
	check_reads(out, t);
	if (tm.tm_year <= now.tm_year - 50 || tm.tm_year > now.tm_year + 49)
		return;
	strftime(out, sizeof(out), "%A, %d-%b-%y %H:%M:%S GMT", &tm);
	check_reads(out, t);
}

static void
fuzz_write(int64_t number)
{
	time_t t = (time_t)number, shown = t < 0 ? 0 : t;
	char out[CLOCK_HTTP_SIZE], line[CLOCK_LOG_SIZE];

	if ((int64_t)shown > LAST_TIME)
		shown = (time_t)LAST_TIME;
	clock_http_format(t, out);
	assert(strlen(out) == CLOCK_HTTP_SIZE - 1);
	check_reads(out, shown);
	clock_log_format(t, line);
	assert(strlen(line) == sizeof("22/Nov/2026:18:14:18 +0100") - 1);
	check_old_formats(shown);
}

static void
fuzz_read(struct str s)
{
	char out[CLOCK_HTTP_SIZE];
	time_t t;

	if (!clock_http_parse(s, &t))
		return;
	assert(s.n == 29 || s.n == 24 || (s.n >= 30 && s.n <= 33));
	assert(str_ends(s, STR(" GMT")) || s.n == 24);
	assert((int64_t)t <= LAST_TIME + 1);	/* a leap second */
	if (t < 0 || (int64_t)t > LAST_TIME)
		return;
	clock_http_format(t, out);
	check_reads(out, t);
}

/* With a byte more at either end it is no date any more. */
static void
check_tight(struct str s)
{
	char longer[40];
	time_t t;

	if (s.n > 33 || !clock_http_parse(s, &t))
		return;
	longer[0] = ' ';
	memcpy(longer + 1, s.at, s.n);
	longer[s.n + 1] = ' ';
	assert(!clock_http_parse(str_n(longer, s.n + 1), &t));
	assert(!clock_http_parse(str_n(longer + 1, s.n + 1), &t));
	assert(!clock_http_parse(str_n(longer + 1, s.n - 1), &t));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t number = 0;
	size_t i;

	if (size < 8)
		return 0;
	for (i = 0; i < 8; i++)
		number = number << 8 | data[i];
	fuzz_write((int64_t)number);
	fuzz_write((int64_t)(number % (LAST_TIME + 1)));
	fuzz_read(str_n((const char *)data + 8, size - 8));
	check_tight(str_n((const char *)data + 8, size - 8));
	return 0;
}
