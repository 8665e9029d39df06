/*
 * clock.h - what time it is, and HTTP dates both ways.
 *
 * The loop ticks once a turn; everybody else reads the cached time, so that a
 * request costs no system call for it.  Formatted dates are made once a second.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/str.h"

/* Read the clocks. */
void		clock_tick(void);
/* Monotonic milliseconds at the last tick; for timeouts. */
int64_t		clock_ms(void);
/* Monotonic microseconds, read now; for measuring. */
int64_t		clock_us_now(void);
/* Wall-clock time at the last tick. */
time_t		clock_now(void);
/* Wall-clock microseconds since the epoch, read now. */
int64_t		clock_wall_us(void);

/* The Date field's value for clock_now(): 29 bytes, RFC 9110, 5.6.7. */
struct str	clock_http_now(void);
/* "22/Nov/2026:18:14:18 +0100" for clock_now(): local time, for access logs. */
struct str	clock_log_now(void);
/* The same two for any time. */
#define CLOCK_HTTP_SIZE	30
void		clock_http_format(time_t t, char out[CLOCK_HTTP_SIZE]);
#define CLOCK_LOG_SIZE	32
void		clock_log_format(time_t t, char out[CLOCK_LOG_SIZE]);
/* IMF-fixdate, RFC 850 and asctime; two-digit years by RFC 9110's 50-year rule.
 * False when s is no date, or names an impossible day or hour. */
bool		clock_http_parse(struct str s, time_t *out);

#endif
