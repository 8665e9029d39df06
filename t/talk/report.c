/*
 * report.c - buffers, time, and saying what went wrong.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "talk.h"

/* ---- Buffers ------------------------------------------------------------- */

void
buffer_add(struct buffer *b, const void *p, size_t n)
{
	if (b->n + n + 1 > b->room) {
		b->room = (b->n + n + 1) * 2;
		b->at = realloc(b->at, b->room);
		if (b->at == NULL)
			broken("out of memory");
	}
	if (n > 0)
		memcpy(b->at + b->n, p, n);
	b->n += n;
	b->at[b->n] = '\0';
}

void
buffer_addz(struct buffer *b, const char *z)
{
	buffer_add(b, z, strlen(z));
}

static void
buffer_vprintf(struct buffer *b, const char *fmt, va_list ap)
{
	char *z;

	if (vasprintf(&z, fmt, ap) == -1)
		broken("out of memory");
	buffer_addz(b, z);
	free(z);
}

void
buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buffer_drop(struct buffer *b, size_t n)
{
	memmove(b->at, b->at + n, b->n - n + 1);
	b->n -= n;
}

char *
formatted(const char *fmt, ...)
{
	struct buffer b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	return b.at;
}

bool
buffer_file(struct buffer *b, const char *path)
{
	char piece[65536];
	size_t n;
	FILE *f;

	buffer_add(b, "", 0);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buffer_add(b, piece, n);
	fclose(f);
	return true;
}

/* ---- Time ---------------------------------------------------------------- */

volatile sig_atomic_t interrupted;

int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
deadline(void)
{
	const char *seconds = getenv("TALK_DEADLINE");

	return now_ms() + 1000 * (seconds ? atoi(seconds) : 20);
}

bool
pause_until(int64_t deadline_ms)
{
	const struct timespec moment = { 0, 5000000 };

	if (interrupted)
		fail("interrupted");
	if (now_ms() > deadline_ms)
		return false;
	nanosleep(&moment, NULL);
	return true;
}

/* ---- Words to the reader ------------------------------------------------- */

/* While the steps of an "eventually" are tried, failures are not told. */
static jmp_buf *second_chance;

void
on_failure(jmp_buf *retry)
{
	second_chance = retry;
}

/* One line, up to and without its end, with control bytes made visible. */
static size_t
show_line(const char *mark, const char *text, size_t n)
{
	size_t i;

	printf("%s", mark);
	for (i = 0; i < n && text[i] != '\n'; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r')
			printf("\\r");
		else if (c == '\t')
			printf("\t");
		else if (c < ' ' || c == 127)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf(i < n ? "\n" : "\\c\n");
	return i < n ? i + 1 : n;
}

void
show(const char *title, const char *text, size_t n, size_t max)
{
	size_t at = 0;

	if (second_chance != NULL)
		return;
	if (n > max) {
		at = n - max;
		printf("--- %s (the last %zu of %zu bytes)\n", title, max, n);
	} else {
		printf("--- %s%s\n", title, n == 0 ? ": nothing" : "");
	}
	while (at < n)
		at += show_line("    ", text + at, n - at);
}

static void
say(const char *kind, const char *fmt, va_list ap)
{
	printf("%s:", scenario.path ? scenario.path : "talk");
	if (current != NULL)
		printf("%d: %s %s:", current->line, current->word,
		    current->rest);
	printf(" %s", kind);
	vprintf(fmt, ap);
	printf("\n");
}

static _Noreturn void
give_up(int status)
{
	fflush(stdout);
	server_clean();
	exit(status);
}

void
fail(const char *fmt, ...)
{
	va_list ap;

	if (second_chance != NULL && !interrupted)
		longjmp(*second_chance, 1);
	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	server_show_logs();
	give_up(FAILED);
}

/* Show a text, marking the byte where it differs and what follows it. */
static void
show_marked(const char *title, const char *text, size_t n, size_t difference)
{
	size_t at = 0, start, after = 0;

	if (second_chance != NULL)
		return;
	printf("--- %s (%zu bytes)\n", title, n);
	while (at < n && after < 40) {
		start = at;
		at += show_line(start > difference ? "  | " : "    ",
		    text + at, n - at);
		if (start <= difference && difference < at)
			printf("  ^ differs here, at column %zu\n",
			    difference - start + 1);
		after += start > difference;
	}
	if (difference >= n)
		printf("  ^ ends here\n");
}

void
fail_differs(const char *what, const char *want, size_t want_n,
    const char *got, size_t got_n)
{
	size_t i = 0, from;

	while (i < want_n && i < got_n && want[i] == got[i])
		i++;
	/* Show long texts from shortly before the difference. */
	from = i > 4000 ? i - 2000 : 0;
	if (from > 0 && second_chance == NULL)
		printf("(both without their first %zu bytes, the same)\n",
		    from);
	show_marked("wanted", want + from, want_n - from, i - from);
	show_marked("got", got + from, got_n - from, i - from);
	fail("%s differs", what);
}

void
broken(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("cannot be run: ", fmt, ap);
	va_end(ap);
	give_up(BROKEN);
}

void
skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("skipped: ", fmt, ap);
	va_end(ap);
	give_up(SKIPPED);
}
