/*
 * fuzz_accept.c - the fields by which a client tells what it would rather have.
 *
 * The input is a request's fields, a line each.  Holds: entries and qualities
 * stay in their bounds; the choice is one of the variants, which can be had by
 * what was said; what is told has no control bytes; to ask again changes
 * nothing.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "http/negotiate.h"

static const char *const types[] = { "text/html; level=3", "text/html",
	"text/html; charset=utf-8; qs=0.9", "text/plain", "image/png; qs=0.3",
	"application/x-httpd-cgi", "" };
static const char *const languages[] = { "en", "en-gb, fr", "", "de", "" };
static const char *const codings[] = { "", "gzip", "x-gzip", "" };

static char *priority_of[] = { "en", "de" };
static const struct vec priority = { (void **)priority_of, 2, 2 };

static void
check_entries(struct arena *a, struct str value)
{
	struct vec all = accept_read(a, value);

	assert(all.n <= ACCEPT_ENTRIES_MAX);
	for (size_t i = 0; i < all.n; i++) {
		const struct accept_entry *e = all.at[i];

		assert(e->name.at != NULL && e->charset.at != NULL);
		assert(e->quality >= 0 && e->quality <= QUALITY_ONE);
	}
}

static struct negotiation
make(struct arena *a, unsigned seed)
{
	struct negotiation n = { .arena = a };

	for (size_t i = 0; i < 12; i++) {
		char name = (char)('a' + i);
		struct variant *v = variant_new(a, str_copy(a, str_n(&name,
		    1)));
		struct str type = str_of(types[(seed + i) % 7]);
		struct accept_entry e;

		if (accept_entry(a, &type, &e))
			variant_set_type(v, &e);
		else
			v->source_quality = QUALITY_ONE;
		variant_add_languages(a, v, str_of(languages[(seed / 7 + i) %
		    5]));
		v->encoding = str_of(codings[(seed + i / 3) % 4]);
		v->bytes = (int64_t)(i * seed % 5);
		vec_add(a, &n.variants, v);
	}
	n.wishes.priority = &priority;
	n.wishes.prefer = seed & 1;
	n.wishes.fallback = seed & 2;
	n.wishes.transparent = seed & 4;
	n.preferred = seed & 8 ? STR("en-gb") : STR_NONE;
	return n;
}

static void
check_plain(struct str s)
{
	assert(field_value_span(s.at, s.n) == s.n);
}

static void
check_choice(struct arena *a, const struct fields *f, unsigned seed)
{
	struct negotiation n = make(a, seed), again = make(a, seed);
	struct variant *v = negotiation_choose(&n, f);
	struct variant *w = negotiation_choose(&again, f);

	assert((v == NULL) == (w == NULL));
	assert(v == NULL || str_eq(v->name, w->name));
	assert(v != NULL || n.tell);
	if (v != NULL)
		assert(v->type_quality > 0 && v->source_quality > 0 &&
		    v->language_quality > 0 && v->charset_quality > 0 &&
		    v->encoding_quality > 0);
	check_plain(negotiation_vary(&n));
	check_plain(negotiation_alternates(&n));
	check_plain(str_from(negotiation_page(&n), SIZE_MAX));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct fields f;
	struct str rest, line, name;

	if (size == 0)
		return 0;
	a = arena_new();
	fields_init(&f, a);
	rest = str_copy(a, str_n((const char *)data + 1, size - 1));
	check_entries(a, rest);
	while (str_cut(&rest, '\n', &line))
		if (str_cut(&line, ':', &name))
			fields_add(&f, name, line.n > 0 ? line : STR(""));
	check_choice(a, &f, data[0]);
	arena_end(a);
	return 0;
}
