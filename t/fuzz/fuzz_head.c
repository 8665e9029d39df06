/*
 * fuzz_head.c - request heads.
 *
 * The first byte chooses the limits, the second where the input is split; the
 * rest is what a client sends.  Holds: any split gives the same answer; an
 * accepted head has clean slices inside its bytes; written anew, it is accepted
 * again and means the same.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/head.h"

static struct head_limits
limits_of(uint8_t choice)
{
	return (struct head_limits){
		.max_line = choice & 1 ? 40 : 0,
		.max_fields = choice & 1 ? 5 : 0,
		.max_field_size = choice & 2 ? 30 : 0,
		.max_head = choice & 4 ? 100 : 0,
		.unsafe = choice & 8,
		.allow_09 = choice & 16,
	};
}

static char *
copy_of(const uint8_t *data, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	memcpy(copy, data, n);
	return copy;
}

static bool
has_byte_below(struct str s, unsigned char limit)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.at[i] < limit && s.at[i] != '\t')
			return true;
	return false;
}

static void
check_inside(struct str s, const char *buf, size_t n)
{
	assert(s.at != NULL && s.at >= buf && s.at + s.n <= buf + n);
}

static void
check_fields(const struct head *h, const char *buf)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < h->fields.n; i++) {
		f = &h->fields.at[i];
		check_inside(f->name, buf, h->size);
		check_inside(f->value, buf, h->size);
		assert(f->name.n > 0);
		assert(field_name_span(f->name.at, f->name.n) == f->name.n);
		assert(str_find(f->value, '\r') < 0);
		assert(str_find(f->value, '\n') < 0);
		assert(str_find(f->value, '\0') < 0);
		assert(h->limits->unsafe || !has_byte_below(f->value, ' '));
	}
}

/* One message that all parsers would frame alike. */
static void
check_framing(const struct head *h)
{
	const struct fields *f = &h->fields;
	size_t lengths = fields_count(f, STR("Content-Length"));
	size_t codings = fields_count(f, STR("Transfer-Encoding"));

	assert(lengths + codings <= 1);
	assert((h->body == BODY_LENGTH) == (lengths == 1));
	assert((h->body == BODY_CHUNKED) == (codings == 1));
	assert(h->version == 11 || codings == 0);
	assert(fields_count(f, STR("Host")) == 1 || h->version < 11);
	assert(!h->expect_continue || h->body != BODY_NONE);
	assert(!h->keep_alive || h->version > 9);
}

static void
check_done(const struct head *h, const char *buf, size_t n)
{
	assert(h->size <= n && h->size > 0 && buf[h->size - 1] == '\n');
	check_inside(h->line, buf, h->size);
	check_inside(h->method_name, buf, h->size);
	check_inside(h->target, buf, h->size);
	assert(h->method_name.n > 0 && h->target.n > 0);
	assert(!has_byte_below(h->target, '!'));
	assert(str_find(h->target, '#') < 0);
	assert(h->form == TARGET_AUTHORITY || h->form == TARGET_ASTERISK ||
	    h->path.at[0] == '/');
	assert(h->version == 9 || h->version == 10 || h->version == 11);
	assert(h->version < 11 || h->host.name.n > 0);
	check_fields(h, buf);
	check_framing(h);
}

static void
check_same(const struct head *x, const struct head *y)
{
	size_t i;

	assert(x->status == y->status && x->why == y->why);
	assert(x->method == y->method && x->form == y->form);
	assert(x->version == y->version && x->body == y->body);
	assert(x->body_length == y->body_length);
	assert(x->keep_alive == y->keep_alive);
	assert(x->expect_continue == y->expect_continue);
	assert(x->expect_unknown == y->expect_unknown);
	assert(str_eq(x->method_name, y->method_name));
	assert(str_eq(x->target, y->target));
	assert(str_eq(x->path, y->path) && str_eq(x->query, y->query));
	assert(str_eq(x->host.name, y->host.name));
	assert(x->host.port == y->host.port);
	assert(x->fields.n == y->fields.n);
	for (i = 0; i < x->fields.n; i++) {
		assert(str_eq(x->fields.at[i].name, y->fields.at[i].name));
		assert(str_eq(x->fields.at[i].value, y->fields.at[i].value));
	}
}

/* In two parts, the buffer moving in between. */
static void
check_split(const struct head *whole, enum head_result result,
    const uint8_t *data, size_t n, size_t cut, struct arena *a)
{
	char *first = copy_of(data, cut), *second = copy_of(data, n);
	enum head_result again;
	struct head h;

	head_init(&h, a, whole->limits);
	again = head_parse(&h, first, cut);
	memcpy(second, first, cut);
	if (again == HEAD_MORE) {
		memset(first, 'x', cut);
		again = head_parse(&h, second, n);
	}
	assert(again == result && h.size == whole->size);
	check_same(whole, &h);
	free(first);
	free(second);
}

/* A byte at a time. */
static void
check_bytes(const struct head *whole, enum head_result result,
    const uint8_t *data, size_t n, struct arena *a)
{
	char *buf = copy_of(data, n);
	enum head_result again = HEAD_MORE;
	struct head h;
	size_t have;

	head_init(&h, a, whole->limits);
	for (have = 0; have <= n && again == HEAD_MORE; have++)
		again = head_parse(&h, buf, have);
	assert(again == result && h.size == whole->size);
	check_same(whole, &h);
	free(buf);
}

/* Written anew, strictly. */
static void
check_again(const struct head *h, struct arena *a)
{
	static const struct head_limits none = { 0 };
	struct text t = { .arena = a };
	struct head again;

	if (h->version == 9 || h->limits->unsafe)
		return;
	text_add(&t, h->method_name);
	text_addc(&t, ' ');
	text_add(&t, h->target);
	text_addf(&t, " HTTP/1.%d\r\n", h->version - 10);
	fields_write(&h->fields, &t);
	text_addz(&t, "\r\n");
	head_init(&again, a, &none);
	assert(head_parse(&again, t.at, t.n) == HEAD_DONE);
	assert(again.size == t.n);
	check_same(h, &again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head_limits limits;
	enum head_result result;
	struct arena *a;
	struct head h;
	char *buf;

	if (size < 2)
		return 0;
	a = arena_new();
	limits = limits_of(data[0]);
	buf = copy_of(data + 2, size - 2);
	head_init(&h, a, &limits);
	result = head_parse(&h, buf, size - 2);
	check_split(&h, result, data + 2, size - 2, data[1] % (size - 1), a);
	check_bytes(&h, result, data + 2, size - 2, a);
	if (result == HEAD_DONE) {
		check_done(&h, buf, size - 2);
		check_again(&h, a);
	} else if (result == HEAD_BAD)
		assert(h.status >= 400 && h.why != NULL && !h.keep_alive);
	free(buf);
	arena_end(a);
	return 0;
}
