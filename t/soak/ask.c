/*
 * ask.c - requests of all kinds, and what must be answered.
 *
 * The server has /small and /large, which are the beginning of the pattern,
 * and /cgi-bin/echo, a program that gives back the body it is sent.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

char pattern[LARGE_BYTES + ECHO_MAX];
uint64_t dice_state = 1;

unsigned
dice(unsigned n)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned)(dice_state >> 33) % n;
}

/* No period that a buffer's size could have. */
void
pattern_make(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (char)('!' + (i * 31 + i / 251) % 90);
}

/* ---- Text ---------------------------------------------------------------- */

static void
add(struct batch *b, const char *p, size_t n)
{
	if (b->n + n > b->room) {
		b->room = (b->n + n) * 2;
		b->text = realloc(b->text, b->room);
		if (b->text == NULL)
			abort();
	}
	memcpy(b->text + b->n, p, n);
	b->n += n;
}

static void __attribute__((format(printf, 2, 3)))
addf(struct batch *b, const char *fmt, ...)
{
	char made[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(made, sizeof(made), fmt, ap);
	va_end(ap);
	add(b, made, (size_t)n);
}

static struct want *
ask(struct batch *b, const char *method, const char *path)
{
	addf(b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path);
	return &b->wants[b->n_wants++];
}

static void
want_body(struct want *w, int status, size_t at, size_t n)
{
	w->status = status;
	w->checked = true;
	w->at = at;
	w->n = n;
}

/* ---- Kinds --------------------------------------------------------------- */

static void
small(struct batch *b)
{
	want_body(ask(b, "GET", "/small"), 200, 0, SMALL_BYTES);
	add(b, "\r\n", 2);
}

static void
head(struct batch *b)
{
	struct want *w = ask(b, "HEAD", dice(2) ? "/small" : "/large");

	w->status = 200;
	w->head_only = true;
	add(b, "\r\n", 2);
}

static void
large(struct batch *b)
{
	want_body(ask(b, "GET", "/large"), 200, 0, LARGE_BYTES);
	add(b, "\r\n", 2);
}

static void
unchanged(struct batch *b)
{
	ask(b, "GET", "/small")->status = 304;
	addf(b, "If-None-Match: *\r\n\r\n");
}

/* Never the same twice: whatever is remembered of it must be bounded. */
static void
missing(struct batch *b)
{
	char path[128];

	snprintf(path, sizeof(path), dice(2) ? "/nowhere/%u/%u.html?%u" :
	    "/%u%u-%u", dice(1u << 30), dice(1u << 30), dice(1000));
	ask(b, "GET", path)->status = 404;
	addf(b, "X-Padding: %.*s\r\n\r\n", (int)dice(200), pattern);
}

/* The same file by other names. */
static void
other_names(struct batch *b)
{
	struct want *w = &b->wants[b->n_wants++];

	want_body(w, 200, 0, SMALL_BYTES);
	addf(b, "GET /%u/%s../small?%u HTTP/1.1\r\nHost: %u.example.org\r\n"
	    "Cookie: id=%u\r\nUser-Agent: %u\r\n\r\n", dice(1u << 30),
	    dice(2) ? "" : "x/../", dice(1u << 30), dice(1u << 30),
	    dice(1u << 30), dice(1u << 30));
}

static void
range(struct batch *b)
{
	size_t at = dice(LARGE_BYTES), n = dice(20000) + 1;

	if (n > LARGE_BYTES - at)
		n = LARGE_BYTES - at;
	want_body(ask(b, "GET", "/large"), 206, at, n);
	addf(b, "Range: bytes=%zu-%zu\r\n\r\n", at, at + n - 1);
}

static void
several_ranges(struct batch *b)
{
	ask(b, "GET", "/large")->status = 206;
	addf(b, "Range: bytes=0-9,%u-70000,-5\r\n\r\n", 1000 + dice(60000));
}

/* A body that nobody wants. */
static void
unwanted(struct batch *b)
{
	size_t n = dice(3000);

	if (dice(2))
		ask(b, "PUT", "/small")->status = 405;
	else
		want_body(ask(b, "POST", "/small"), 200, 0, SMALL_BYTES);
	addf(b, "Content-Length: %zu\r\n\r\n", n);
	add(b, pattern, n);
}

static void
program(struct batch *b)
{
	size_t at = dice(LARGE_BYTES), n = dice(ECHO_MAX), done = 0, piece;
	struct want *w = ask(b, "POST", "/cgi-bin/echo");

	want_body(w, 200, at, n);
	if (dice(2)) {
		addf(b, "Content-Length: %zu\r\n\r\n", n);
		add(b, pattern + at, n);
		return;
	}
	addf(b, "Transfer-Encoding: chunked\r\n\r\n");
	for (; done < n; done += piece) {
		piece = dice(4000) + 1;
		if (piece > n - done)
			piece = n - done;
		addf(b, "%zx\r\n", piece);
		add(b, pattern + at + done, piece);
		addf(b, "\r\n");
	}
	addf(b, "0\r\n\r\n");
}

static void
farewell(struct batch *b)
{
	struct want *w = ask(b, "GET", "/small");

	want_body(w, 200, 0, SMALL_BYTES);
	w->closes = true;
	addf(b, "Connection: close\r\n\r\n");
}

/* Anything but a request: bytes by chance, or a request with one byte wrong. */
static void
garbage(struct batch *b)
{
	static const char *const bad[] = {
		"GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET /small HTTP/1.1\r\n\r\n",
		"GET /small HTTP/1.1\r\nHost : a\r\n\r\n",
		"GET /small HTTP/4.0\r\nHost: a\r\n\r\n",
		"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
		"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /small HTTP/1.1\r\nHost: a\r\n"
		    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
	};
	enum { N_BAD = sizeof(bad) / sizeof(bad[0]) };
	unsigned n = dice(300) + 20, which = dice(2 * N_BAD);

	b->wants[b->n_wants++].status = 0;
	b->garbage = true;
	if (which < N_BAD) {
		addf(b, "%s", bad[which]);
		return;
	}
	add(b, "\x01", 1);
	for (unsigned i = 0; i < n; i++)
		add(b, &(char){ (char)dice(256) }, 1);
	add(b, "\r\n\r\n", 4);
}

/* In 10,000 requests. */
static struct kind {
	const char	*name;
	unsigned	 weight;
	void		(*make)(struct batch *b);
	long		 asked;
} kinds[] = {
	{ "small", 5400, small, 0 },
	{ "other names", 400, other_names, 0 },
	{ "head", 800, head, 0 },
	{ "unchanged", 1200, unchanged, 0 },
	{ "missing", 800, missing, 0 },
	{ "range", 500, range, 0 },
	{ "ranges", 100, several_ranges, 0 },
	{ "unwanted", 300, unwanted, 0 },
	{ "large", 150, large, 0 },
	{ "program", 50, program, 0 },
	{ "farewell", 150, farewell, 0 },
	{ "garbage", 150, garbage, 0 },
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]), WEIGHTS = 10000 };

static void
make_one(struct batch *b)
{
	unsigned roll = dice(WEIGHTS);
	struct kind *k = kinds;

	for (; roll >= k->weight; k++)
		roll -= k->weight;
	memset(&b->wants[b->n_wants], 0, sizeof(b->wants[0]));
	b->wants[b->n_wants].kind = k->name;
	k->asked++;
	k->make(b);
}

void
batch_make(struct batch *b)
{
	char *text = b->text;
	size_t room = b->room;
	unsigned n = 1 + dice(BATCH_MAX);

	*b = (struct batch){ .text = text, .room = room };
	while (b->n_wants < n && !b->garbage && (b->n_wants == 0 ||
	    !b->wants[b->n_wants - 1].closes))
		make_one(b);
	b->piece = dice(20) != 0 ? 65536 : 1 + dice(100);
	b->half_close = dice(50) == 0;
	b->reset = dice(2);
	if (dice(40) == 0)
		b->cut_sent = 1 + dice((unsigned)b->n);
	else if (dice(40) == 0)
		b->cut_read = 1 + dice(8000);
}

void
kinds_print(FILE *f)
{
	for (unsigned i = 0; i < N_KINDS; i++)
		fprintf(f, "%s%s %ld", i > 0 ? ", " : "", kinds[i].name,
		    kinds[i].asked);
	fprintf(f, "\n");
}
