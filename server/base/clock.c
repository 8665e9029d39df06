/*
 * clock.c - what time it is, and HTTP dates both ways.
 *
 * Dates are written and read by hand: strftime(3) and strptime(3) would ask the
 * locale, and HTTP's names of days and months are English.
 */
#include <string.h>

#include "base/clock.h"

#define LAST_TIME	253402300799	/* the end of the year 9999 */

static int64_t	tick_ms;
static time_t	tick_time;

static const char days[7][4] = {
	"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};
static const char long_days[7][10] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday"
};
static const char months[12][4] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
	"Nov", "Dec"
};

static int64_t
clock_us(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
clock_tick(void)
{
	tick_ms = clock_us_now() / 1000;
	tick_time = (time_t)(clock_wall_us() / 1000000);
}

int64_t
clock_ms(void)
{
	if (tick_ms == 0)
		clock_tick();
	return tick_ms;
}

int64_t
clock_us_now(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

time_t
clock_now(void)
{
	if (tick_time == 0)
		clock_tick();
	return tick_time;
}

int64_t
clock_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

/* Writing. */

/* Write number with this many digits; returns the place behind them. */
static char *
put_number(char *out, int number, int digits)
{
	int i;

	for (i = digits; i-- > 0; number /= 10)
		out[i] = (char)('0' + number % 10);
	return out + digits;
}

static char *
put_bytes(char *out, const char *z)
{
	size_t n = strlen(z);

	memcpy(out, z, n);
	return out + n;
}

/* hh:mm:ss */
static char *
put_clock(char *out, const struct tm *tm)
{
	out = put_number(out, tm->tm_hour, 2);
	*out++ = ':';
	out = put_number(out, tm->tm_min, 2);
	*out++ = ':';
	return put_number(out, tm->tm_sec, 2);
}

/* A file may bear any time, the formats have four digits for the year. */
static time_t
clamp(time_t t)
{
	if (t < 0)
		return 0;
	return (int64_t)t > LAST_TIME ? (time_t)LAST_TIME : t;
}

void
clock_http_format(time_t t, char out[CLOCK_HTTP_SIZE])
{
	struct tm tm;

	t = clamp(t);
	gmtime_r(&t, &tm);
	out = put_bytes(out, days[tm.tm_wday]);
	out = put_bytes(out, ", ");
	out = put_number(out, tm.tm_mday, 2);
	*out++ = ' ';
	out = put_bytes(out, months[tm.tm_mon]);
	*out++ = ' ';
	out = put_number(out, tm.tm_year + 1900, 4);
	*out++ = ' ';
	out = put_clock(out, &tm);
	out = put_bytes(out, " GMT");
	*out = '\0';
}

void
clock_log_format(time_t t, char out[CLOCK_LOG_SIZE])
{
	struct tm tm;
	int east_min;

	t = clamp(t);
	localtime_r(&t, &tm);
	out = put_number(out, tm.tm_mday, 2);
	*out++ = '/';
	out = put_bytes(out, months[tm.tm_mon]);
	*out++ = '/';
	out = put_number(out, tm.tm_year + 1900, 4);
	*out++ = ':';
	out = put_clock(out, &tm);
	*out++ = ' ';
	east_min = (int)(tm.tm_gmtoff / 60);
	*out++ = east_min < 0 ? '-' : '+';
	if (east_min < 0)
		east_min = -east_min;
	out = put_number(out, east_min / 60, 2);
	out = put_number(out, east_min % 60, 2);
	*out = '\0';
}

struct str
clock_http_now(void)
{
	static char made[CLOCK_HTTP_SIZE];
	static time_t made_for = -1;

	if (made_for != clock_now()) {
		made_for = clock_now();
		clock_http_format(made_for, made);
	}
	return str_n(made, CLOCK_HTTP_SIZE - 1);
}

struct str
clock_log_now(void)
{
	static char made[CLOCK_LOG_SIZE];
	static time_t made_for = -1;

	if (made_for != clock_now()) {
		made_for = clock_now();
		clock_log_format(made_for, made);
	}
	return str_of(made);
}

/*
 * Reading.  In a form %W is the short and %L the long name of a day, %M a
 * month, %d a day of two digits and %D one that may start with a space, %Y and
 * %y a year of four and two digits, %h, %m and %s the time of day.
 */
static const char *const forms[] = {
	"%W, %d %M %Y %h:%m:%s GMT",		/* IMF-fixdate */
	"%L, %d-%M-%y %h:%m:%s GMT",		/* RFC 850 */
	"%W %M %D %h:%m:%s %Y"			/* asctime(3) */
};

static bool
take_number(struct str *s, size_t digits, int *out)
{
	uint64_t number;

	if (s->n < digits ||
	    !str_number(str_first(*s, digits), 10, 9999, &number))
		return false;
	*s = str_from(*s, digits);
	*out = (int)number;
	return true;
}

/* One of the n names, each in size bytes. */
static bool
take_name(struct str *s, const char *names, size_t n, size_t size, int *out)
{
	struct str name;
	size_t i;

	for (i = 0; i < n; i++) {
		name = str_of(names + i * size);
		if (str_starts(*s, name)) {
			*s = str_from(*s, name.n);
			*out = (int)i;
			return true;
		}
	}
	return false;
}

static bool
take_byte(struct str *s, char c)
{
	if (s->n == 0 || s->at[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* A year that seems more than 50 years ahead lies in the past. */
static int
century(int year)
{
	time_t now = clock_now();
	struct tm tm;

	gmtime_r(&now, &tm);
	year += tm.tm_year - tm.tm_year % 100;
	if (year <= tm.tm_year - 50)
		year += 100;
	return year > tm.tm_year + 50 ? year - 100 : year;
}

static bool
take_field(struct str *s, char what, struct tm *tm)
{
	switch (what) {
	case 'W':
		return take_name(s, days[0], 7, sizeof(days[0]),
		    &tm->tm_wday);
	case 'L':
		return take_name(s, long_days[0], 7, sizeof(long_days[0]),
		    &tm->tm_wday);
	case 'M':
		return take_name(s, months[0], 12, sizeof(months[0]),
		    &tm->tm_mon);
	case 'D':
		return take_byte(s, ' ') ? take_number(s, 1, &tm->tm_mday) :
		    take_number(s, 2, &tm->tm_mday);
	case 'd':
		return take_number(s, 2, &tm->tm_mday);
	case 'Y':
		if (!take_number(s, 4, &tm->tm_year))
			return false;
		tm->tm_year -= 1900;
		return true;
	case 'y':
		if (!take_number(s, 2, &tm->tm_year))
			return false;
		tm->tm_year = century(tm->tm_year);
		return true;
	case 'h':
		return take_number(s, 2, &tm->tm_hour);
	case 'm':
		return take_number(s, 2, &tm->tm_min);
	default:
		return take_number(s, 2, &tm->tm_sec);
	}
}

/* All of s has this form. */
static bool
take_form(struct str s, const char *form, struct tm *tm)
{
	for (; *form != '\0'; form++)
		if (*form == '%' ? !take_field(&s, *++form, tm) :
		    !take_byte(&s, *form))
			return false;
	return s.n == 0;
}

/* The day of the week is not held against the date: no meaning depends on it,
 * and RFC 9110 asks for robustness. */
static bool
possible(const struct tm *tm)
{
	static const int lengths[12] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	int year = tm->tm_year + 1900;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	int length = lengths[tm->tm_mon] + (leap && tm->tm_mon == 1 ? 1 : 0);

	return tm->tm_mday >= 1 && tm->tm_mday <= length &&
	    tm->tm_hour < 24 && tm->tm_min < 60 &&
	    tm->tm_sec <= 60;			/* 60: a leap second */
}

bool
clock_http_parse(struct str s, time_t *out)
{
	struct tm tm = { 0 };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!take_form(s, forms[i], &tm))
			continue;
		if (!possible(&tm))
			return false;
		*out = timegm(&tm);
		return true;
	}
	return false;
}
