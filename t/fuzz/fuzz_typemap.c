/*
 * fuzz_typemap.c - type maps.
 *
 * Holds: every variant has a name and something that it is; a body lies in the
 * map and is as long as told; a mistake has a sentence and a line of the map.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/negotiate.h"
#include "http/typemap.h"

static void
check_variant(const struct variant *v, const char *bytes, size_t size)
{
	assert(v->name.n > 0);
	assert(v->bytes >= -1);
	assert(v->source_quality >= 0 && v->source_quality <= QUALITY_ONE);
	if (v->body.at == NULL)
		return;
	assert(v->body.at >= bytes &&
	    v->body.at + v->body.n <= bytes + size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct negotiation n = { .arena = arena_new() };
	char *bytes = malloc(size + 1);
	enum typemap_result result;
	const char *why = NULL;
	unsigned line = 0, lines = 1;

	memcpy(bytes, data, size);
	for (size_t i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	result = typemap_read(n.arena, str_n(bytes, size), STR("map"),
	    &n.variants, &why, &line);
	assert(n.variants.n <= TYPEMAP_VARIANTS_MAX);
	assert((result == TYPEMAP_WHOLE) == (why == NULL));
	assert(result == TYPEMAP_WHOLE || (line > 0 && line <= lines));
	for (size_t i = 0; i < n.variants.n; i++)
		check_variant(n.variants.at[i], bytes, size);
	negotiation_sort(&n);
	negotiation_alternates(&n);
	negotiation_page(&n);
	arena_end(n.arena);
	free(bytes);
	return 0;
}
