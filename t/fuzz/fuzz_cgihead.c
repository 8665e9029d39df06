/*
 * fuzz_cgihead.c - the heads of CGI responses.
 *
 * The first byte chooses where the input is split.  Holds: any split gives the
 * same answer; an accepted head cannot end a line of the response, nor say how
 * it is framed.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/cgihead.h"

static const struct cgihead_limits limits = { 10, 200 };

static void
check_value(struct str s)
{
	assert(field_value_span(s.at, s.n) == s.n);
}

static void
check_done(const struct cgihead *h, size_t n)
{
	size_t i;

	assert(h->size > 0 && h->size <= n && h->size <= limits.max_head);
	assert(h->status >= 200 && h->status <= 999);
	assert(h->fields.n <= limits.max_fields);
	for (i = 0; i < h->fields.n; i++) {
		assert(field_name_span(h->fields.at[i].name.at,
		    h->fields.at[i].name.n) == h->fields.at[i].name.n);
		check_value(h->fields.at[i].value);
	}
	check_value(h->reason);
	check_value(h->content_type);
	check_value(h->location);
	assert(!fields_has(&h->fields, STR("Transfer-Encoding")));
	assert(!fields_has(&h->fields, STR("Content-Length")));
	assert(!fields_has(&h->fields, STR("Connection")));
	assert((h->kind == CGI_LOCAL_REDIRECT) ==
	    (h->status == 200 && h->location.n > 0));
	assert(fields_has(&h->fields, STR("Location")) ==
	    (h->location.n > 0 && h->kind != CGI_LOCAL_REDIRECT));
}

static void
check_same(const struct cgihead *x, const struct cgihead *y)
{
	size_t i;

	assert(x->kind == y->kind && x->status == y->status);
	assert(x->why == y->why && x->size == y->size);
	assert(str_eq(x->reason, y->reason));
	assert(str_eq(x->location, y->location));
	assert(str_eq(x->content_type, y->content_type));
	assert(x->has_length == y->has_length && x->length == y->length);
	assert(x->fields.n == y->fields.n);
	for (i = 0; i < x->fields.n; i++) {
		assert(str_eq(x->fields.at[i].name, y->fields.at[i].name));
		assert(str_eq(x->fields.at[i].value, y->fields.at[i].value));
	}
}

/* In two parts, the buffer moving in between. */
static enum cgihead_result
parse_parts(struct cgihead *h, struct arena *a, const char *bytes, size_t n,
    size_t cut)
{
	enum cgihead_result result;
	char *first = malloc(cut + 1);

	memcpy(first, bytes, cut);
	cgihead_init(h, a, &limits);
	result = cgihead_parse(h, first, cut);
	if (result != CGIHEAD_MORE)
		cgihead_moved(h, bytes);
	free(first);
	if (result == CGIHEAD_MORE)
		result = cgihead_parse(h, bytes, n);
	return result;
}

/* A byte at a time. */
static enum cgihead_result
parse_bytes(struct cgihead *h, struct arena *a, const char *bytes, size_t n)
{
	enum cgihead_result result = CGIHEAD_MORE;
	size_t have;

	cgihead_init(h, a, &limits);
	for (have = 0; have <= n && result == CGIHEAD_MORE; have++)
		result = cgihead_parse(h, bytes, have);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum cgihead_result result;
	struct cgihead whole, parts;
	struct arena *a;
	char *bytes;
	size_t n;

	if (size == 0)
		return 0;
	a = arena_new();
	n = size - 1;
	bytes = malloc(size);
	memcpy(bytes, data + 1, n);
	cgihead_init(&whole, a, &limits);
	result = cgihead_parse(&whole, bytes, n);
	assert(parse_parts(&parts, a, bytes, n, data[0] % size) == result);
	check_same(&whole, &parts);
	assert(parse_bytes(&parts, a, bytes, n) == result);
	check_same(&whole, &parts);
	if (result == CGIHEAD_DONE)
		check_done(&whole, n);
	else if (result == CGIHEAD_BAD)
		assert(whole.why != NULL && whole.culprit.n <= 80);
	free(bytes);
	arena_end(a);
	return 0;
}
