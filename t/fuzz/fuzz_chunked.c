/*
 * fuzz_chunked.c - chunked bodies.
 *
 * The first byte chooses where the input is split.  Holds: any split gives the
 * same data, trailers and answer; what is encoded decodes to itself.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/chunked.h"

static const struct chunked_limits limits = { 50, 5, 40, 100 };

struct outcome {
	enum chunked_result	 result;
	size_t			 used;
	struct text		 data;
	struct fields		 trailers;
	struct chunked		 c;
};

static void
read_part(struct outcome *o, const uint8_t *p, size_t n)
{
	char *part = malloc(n > 0 ? n : 1);
	struct str data;
	size_t used, at = 0;

	memcpy(part, p, n);
	do {
		o->result = chunked_read(&o->c, part + at, n - at, &used,
		    &data);
		assert(used <= n - at);
		if (o->result == CHUNKED_DATA) {
			assert(data.n > 0 && data.at >= part + at);
			assert(data.at + data.n == part + at + used);
			text_add(&o->data, data);
		}
		at += used;
	} while (o->result == CHUNKED_DATA);
	assert(o->result != CHUNKED_MORE || at == n);
	o->used += at;
	free(part);
}

static struct outcome
read_body(struct arena *a, const uint8_t *p, size_t n, size_t step)
{
	struct outcome o = { .data.arena = a, .result = CHUNKED_MORE };
	size_t at;

	fields_init(&o.trailers, a);
	chunked_init(&o.c, a, &limits, &o.trailers);
	for (at = 0; at < n && o.result == CHUNKED_MORE; at += step)
		read_part(&o, p + at, step < n - at ? step : n - at);
	assert(o.c.total == o.data.n);
	return o;
}

static void
check_same(const struct outcome *x, const struct outcome *y)
{
	size_t i;

	assert(x->result == y->result && x->used == y->used);
	assert(x->c.status == y->c.status && x->c.why == y->c.why);
	assert(str_eq(text_str(&x->data), text_str(&y->data)));
	assert(x->trailers.n == y->trailers.n);
	for (i = 0; i < x->trailers.n; i++) {
		assert(str_eq(x->trailers.at[i].name,
		    y->trailers.at[i].name));
		assert(str_eq(x->trailers.at[i].value,
		    y->trailers.at[i].value));
	}
}

/* The input as data, in chunks of step bytes. */
static void
check_round_trip(struct arena *a, const uint8_t *p, size_t n, size_t step)
{
	struct text t = { .arena = a };
	char head[CHUNKED_HEAD_SIZE];
	struct outcome o;
	size_t at, part;

	for (at = 0; at < n; at += part) {
		part = step < n - at ? step : n - at;
		text_add(&t, chunked_head(head, part));
		text_add(&t, str_n((const char *)p + at, part));
		text_addz(&t, "\r\n");
	}
	text_addz(&t, CHUNKED_END);
	o = read_body(a, (const uint8_t *)t.at, t.n, t.n);
	assert(o.result == CHUNKED_DONE && o.used == t.n);
	assert(str_eq(text_str(&o.data), str_n((const char *)p, n)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, parts, bytes;
	struct arena *a;
	size_t step;

	if (size < 2)
		return 0;
	a = arena_new();
	step = 1 + data[0] % 64;
	whole = read_body(a, data + 1, size - 1, size - 1);
	parts = read_body(a, data + 1, size - 1, step);
	bytes = read_body(a, data + 1, size - 1, 1);
	check_same(&whole, &parts);
	check_same(&whole, &bytes);
	check_round_trip(a, data + 1, size - 1, step);
	arena_end(a);
	return 0;
}
