/*
 * fuzz_multipart.c - from the value of Range to the bytes of a multipart body.
 *
 * Two bytes are the length of the representation, one says how much a socket
 * takes at a time, eight make the boundary; then a line is the Range and the
 * rest the type.  Holds: the body has exactly the bytes that were announced,
 * and whoever reads it by the rules of RFC 2046 finds the ranges of the plan,
 * in order, with their type, place and bytes, and nothing else.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "http/fields.h"
#include "http/multipart.h"
#include "serve/output.h"

#define HEAD_BYTES	11

/* Every byte tells its place, as far as it can. */
static struct str
representation(struct arena *a, size_t total)
{
	char *bytes = arena_alloc(a, total + 1);
	size_t i;

	for (i = 0; i < total; i++)
		bytes[i] = (char)(i % 251 + i / 251);
	return str_n(bytes, total);
}

/* The pieces as they are sent. */
static struct source *
body_of(struct arena *a, struct str whole, const struct range_plan *plan,
    const struct multipart *m)
{
	struct source **part = arena_many(a, struct source *, 2 * plan->n + 1);
	size_t i;

	for (i = 0; i < plan->n; i++) {
		part[2 * i] = source_memory(a, m->heads[i]);
		part[2 * i + 1] = source_memory(a, str_n(whole.at +
		    plan->at[i].first, (size_t)plan->at[i].length));
	}
	part[2 * plan->n] = source_memory(a, m->tail);
	return source_chain(a, part, 2 * plan->n + 1);
}

/* Through a socket that takes at most step bytes at a time. */
static struct str
pull_all(struct arena *a, struct source *s, size_t step)
{
	struct text t = { .arena = a };
	enum pull got;
	struct piece p;

	while ((got = s->look(s, &p)) == PULL_PIECE) {
		assert(p.n > 0 && p.at != NULL);
		if (p.n > step)
			p.n = step;
		text_add(&t, str_n(p.at, p.n));
		s->took(s, p.n);
	}
	assert(got == PULL_END);
	return text_str(&t);
}

static void
take(struct str *rest, struct str wanted)
{
	assert(str_starts(*rest, wanted));
	*rest = str_from(*rest, wanted.n);
}

/* The fields of a part, up to its empty line. */
static void
check_part_head(struct arena *a, struct str *rest, struct range r,
    struct str type, uint64_t total)
{
	char place[80];
	struct str line, name, value;
	struct fields f;

	fields_init(&f, a);
	while (str_cut(rest, '\n', &line) && line.n > 1) {
		assert(str_ends(line, STR("\r")));
		line = str_first(line, line.n - 1);
		assert(field_line_parse(line, false, &name, &value) == NULL);
		fields_add(&f, name, value);
	}
	assert(str_is(line, "\r"));
	snprintf(place, sizeof(place), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
	    r.first, r.first + r.length - 1, total);
	assert(str_is(fields_get(&f, STR("Content-Range")), place));
	assert(f.n == (type.n > 0 ? 2 : 1));
	if (type.n > 0)
		assert(str_eq(fields_get(&f, STR("Content-Type")), type));
}

static void
check_body(struct arena *a, struct str body, struct str whole,
    const struct range_plan *plan, struct str type, const struct multipart *m)
{
	struct str rest = body, boundary, range;
	size_t i;

	boundary = m->type;
	take(&boundary, STR("multipart/byteranges; boundary="));
	assert(boundary.n > 0 && boundary.n <= 70);
	for (i = 0; i < plan->n; i++) {
		take(&rest, STR("\r\n--"));
		take(&rest, boundary);
		take(&rest, STR("\r\n"));
		check_part_head(a, &rest, plan->at[i], type, whole.n);
		range = str_n(whole.at + plan->at[i].first,
		    (size_t)plan->at[i].length);
		take(&rest, range);
	}
	take(&rest, STR("\r\n--"));
	take(&rest, boundary);
	take(&rest, STR("--\r\n"));
	assert(rest.n == 0);
}

static void
fuzz_body(struct arena *a, struct str value, struct str type, size_t total,
    size_t step, uint64_t nonce)
{
	static const struct range_limits limits = { 200, 20, 20 };
	struct range_plan plan;
	struct multipart m;
	struct str whole, body;

	if (range_read(a, value, total, &limits, &plan) != 206 || plan.n < 2)
		return;
	whole = representation(a, total);
	multipart_layout(a, &plan, type, total, nonce, &m);
	body = pull_all(a, body_of(a, whole, &plan, &m), step);
	assert(body.n == m.length);
	check_body(a, body, whole, &plan, type, &m);
}

/* As a module would have set it. */
static bool
is_value(struct str type)
{
	return field_value_span(type.at, type.n) == type.n &&
	    str_eq(str_trim(type), type);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest, value;
	uint64_t nonce;
	struct arena *a;

	if (size < HEAD_BYTES)
		return 0;
	a = arena_new();
	memcpy(&nonce, data + 3, sizeof(nonce));
	rest = str_copy(a, str_n((const char *)data + HEAD_BYTES,
	    size - HEAD_BYTES));
	if (str_cut(&rest, '\n', &value) && is_value(rest))
		fuzz_body(a, value, rest, (size_t)(data[0] << 8 | data[1]),
		    1 + (size_t)data[2] * data[2], nonce);
	arena_end(a);
	return 0;
}
