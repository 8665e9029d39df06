/*
 * negotiate.c - see negotiate.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/text.h"
#include "http/negotiate.h"

/* ---- What the client says ------------------------------------------------ */

static bool
read_field(struct negotiation *n, const struct fields *in, const char *name,
    struct vec *entries)
{
	struct str value = fields_join(n->arena, in, str_of(name));

	if (value.at == NULL)
		return false;
	*entries = accept_read(n->arena, value);
	return true;
}

static void
add_type(struct negotiation *n, const char *type, int quality)
{
	struct accept_entry *e = arena_one(n->arena, struct accept_entry);

	*e = (struct accept_entry){ .name = str_of(type), .charset = STR(""),
	    .quality = quality };
	vec_add(n->arena, &n->wishes.types, e);
}

static void
read_wishes(struct negotiation *n, const struct fields *in)
{
	struct wishes *w = &n->wishes;

	if (!read_field(n, in, "Accept", &w->types))
		add_type(n, "*/*", QUALITY_ONE);
	for (size_t i = 0; i < w->types.n; i++)
		if (((const struct accept_entry *)w->types.at[i])->quality <
		    QUALITY_ONE)
			w->types_have_q = true;
	/* No client says whether it wants a program to run.  A request that
	 * brings something along is likely to be for one. */
	add_type(n, VARIANT_PROGRAM, n->strict ? 0 : n->prefer_programs ?
	    2 * QUALITY_ONE : QUALITY_ONE / 1000);
	w->has_charsets = read_field(n, in, "Accept-Charset", &w->charsets);
	w->has_encodings = read_field(n, in, "Accept-Encoding",
	    &w->encodings);
	w->has_languages = read_field(n, in, "Accept-Language",
	    &w->languages);
}

static bool
is_transparent_word(struct str word)
{
	return str_is(word, "trans") || str_is(word, "vlist") ||
	    str_is(word, "guess-small") || str_is(word, "*") ||
	    char_is_digit((unsigned char)word.at[0]);
}

/* RFC 2295, 8.4. */
static void
read_negotiate(struct negotiation *n, const struct fields *in)
{
	struct str value = fields_join(n->arena, in, STR("Negotiate")), word;

	n->may_choose = true;
	if (!n->wishes.transparent || value.at == NULL)
		return;
	/* Some versions of Lynx say this without meaning it. */
	if (str_is(value, "trans") && str_starts(fields_get(in,
	    STR("User-Agent")), STR("Lynx")))
		return;
	n->may_choose = false;
	value = str_lower(n->arena, value);
	while (str_element(&value, &word)) {
		if (!is_transparent_word(word))
			continue;
		n->by_client = n->tell = true;
		if (str_is(word, "1.0"))
			n->may_choose = n->strict = n->wishes.literal = true;
		else if (word.at[0] == '*')
			n->may_choose = n->wishes.literal = true;
	}
}

/* ---- Which is better ----------------------------------------------------- */

/* The best so far. */
struct best {
	struct variant	*variant;
	int64_t		 quality;
};

/* <0, 0, >0: levels of different things cannot be compared. */
static int
compare_levels(const struct variant *a, const struct variant *b)
{
	if (variant_is_html(a) ? !variant_is_html(b) :
	    !str_eq(a->type, b->type))
		return 0;
	if (a->level_matched != b->level_matched)
		return a->level_matched - b->level_matched;
	return b->level - a->level;
}

/* The lower rank is the better; -1 is none. */
static int
compare_ranks(const struct variant *a, const struct variant *b)
{
	if (a->language_rank == b->language_rank)
		return 0;
	if (a->language_rank < 0)
		return -1;
	return b->language_rank < 0 || a->language_rank < b->language_rank ?
	    1 : -1;
}

static bool
is_latin1(const struct variant *v)
{
	return v->charset.n == 0 || str_is(v->charset, "iso-8859-1");
}

static int64_t
length_of(struct negotiation *n, struct variant *v)
{
	if (v->bytes < 0 && n->length != NULL)
		v->bytes = n->length(n, v);
	return v->bytes;
}

/* v, whose type is as good, in all other respects: language, level, charset,
 * encoding, length. */
static bool
is_better(struct negotiation *n, struct variant *v, struct variant *best)
{
	int c = v->language_quality - best->language_quality;

	if (c == 0)
		c = compare_ranks(v, best);
	if (c == 0)
		c = compare_levels(v, best);
	if (c == 0)
		c = v->charset_quality - best->charset_quality;
	if (c == 0 && !is_latin1(v) && is_latin1(best))
		return true;
	if (c == 0)
		c = v->encoding_quality - best->encoding_quality;
	return c > 0 || (c == 0 && length_of(n, v) < length_of(n, best));
}

static void
consider(struct negotiation *n, struct variant *v, struct best *best)
{
	int64_t q = (int64_t)v->type_quality * v->source_quality;

	if (q == 0 || v->encoding_quality == 0 || v->language_quality == 0 ||
	    v->charset_quality == 0 || q < best->quality)
		return;
	if (q > best->quality || is_better(n, v, best->variant))
		*best = (struct best){ v, q };
}

/* RFC 2296, 3.1; encodings are not part of it. */
static void
consider_strictly(struct variant *v, struct best *best)
{
	int64_t q = (int64_t)v->type_quality * v->source_quality *
	    v->charset_quality * v->language_quality;

	if (q == 0 || v->encoding_quality == 0 || q < best->quality)
		return;
	if (q > best->quality || v->encoding_quality >
	    best->variant->encoding_quality)
		*best = (struct best){ v, q };
}

/* ---- The choice ---------------------------------------------------------- */

/* What has no language is the last resort where others have one. */
static int
quality_of_no_language(const struct negotiation *n)
{
	for (size_t i = 0; i < n->variants.n && !n->wishes.literal; i++)
		if (((const struct variant *)n->variants.at[i])->languages.n >
		    0)
			return QUALITY_ONE / 10000;
	return QUALITY_ONE;
}

/* Among those in this language, if it is one. */
static struct variant *
choose(struct negotiation *n, struct str language)
{
	struct best best = { NULL, 0 };

	for (size_t i = 0; i < n->variants.n; i++) {
		struct variant *v = n->variants.at[i];

		if (language.n > 0 && !variant_has_language(v, language))
			continue;
		variant_weigh(v, &n->wishes, language.n > 0);
		if (!n->may_choose)
			continue;
		if (n->strict)
			consider_strictly(v, &best);
		else
			consider(n, v, &best);
	}
	if (n->strict && best.variant != NULL && best.variant->indefinite)
		return NULL;
	return best.variant;
}

struct variant *
negotiation_choose(struct negotiation *n, const struct fields *in)
{
	struct variant *v = NULL;

	read_negotiate(n, in);
	read_wishes(n, in);
	n->wishes.no_language = quality_of_no_language(n);
	if (n->preferred.n > 0)
		v = choose(n, n->preferred);
	if (v == NULL)
		v = choose(n, STR_NONE);
	if (v == NULL)
		n->tell = true;
	return v;
}

static int
compare_variants(const void *x, const void *y)
{
	const struct variant *a = *(struct variant *const *)x;
	const struct variant *b = *(struct variant *const *)y;

	if (a->source_quality != b->source_quality)
		return a->source_quality > b->source_quality ? -1 : 1;
	return str_compare(a->name, b->name);
}

void
negotiation_sort(struct negotiation *n)
{
	if (n->variants.n > 1)
		qsort(n->variants.at, n->variants.n, sizeof(void *),
		    compare_variants);
}

/* ---- What is told -------------------------------------------------------- */

struct str
negotiation_vary(const struct negotiation *n)
{
	bool types = false, languages = false, charsets = false,
	    encodings = false;
	struct text t = { .arena = n->arena };

	for (size_t i = 1; i < n->variants.n; i++) {
		const struct variant *a = n->variants.at[0];
		const struct variant *b = n->variants.at[i];

		types = types || !str_eq(a->type, b->type);
		charsets = charsets || !str_eq(a->charset, b->charset);
		encodings = encodings || !str_eq(a->encoding, b->encoding);
		languages = languages || !str_eq(
		    variant_languages(n->arena, a),
		    variant_languages(n->arena, b));
	}
	if (n->wishes.transparent)
		text_addz(&t, ",negotiate");
	if (types)
		text_addz(&t, ",accept");
	if (languages)
		text_addz(&t, ",accept-language");
	if (charsets)
		text_addz(&t, ",accept-charset");
	if (encodings)
		text_addz(&t, ",accept-encoding");
	return str_from(text_str(&t), 1);
}

/* "0.95" */
static void
add_quality(struct text *t, int quality)
{
	int rest = quality % QUALITY_ONE, unit = QUALITY_ONE / 10;

	text_addn(t, (uint64_t)(quality / QUALITY_ONE));
	for (char point = '.'; rest >= 10; rest %= unit, unit /= 10) {
		if (point != 0)
			text_addc(t, point);
		point = 0;
		text_addn(t, (uint64_t)(rest / unit));
	}
}

static void
add_attribute(struct text *t, const char *name, struct str value)
{
	if (value.n > 0)
		text_addf(t, " {%s %.*s}", name, STR_ARGS(value));
}

struct str
negotiation_alternates(struct negotiation *n)
{
	struct text t = { .arena = n->arena };

	for (size_t i = 0; i < n->variants.n; i++) {
		struct variant *v = n->variants.at[i];

		text_addz(&t, i == 0 ? "{\"" : ", {\"");
		text_add_url_part(&t, v->name);
		text_addz(&t, "\" ");
		add_quality(&t, v->source_quality);
		add_attribute(&t, "type", v->type);
		add_attribute(&t, "charset", v->charset);
		add_attribute(&t, "language", variant_languages(n->arena, v));
		add_attribute(&t, "encoding", v->encoding);
		if (!v->is_program && length_of(n, v) >= 0)
			text_addf(&t, " {length %lld}", (long long)v->bytes);
		text_addc(&t, '}');
	}
	return text_str(&t);
}

static void
add_remark(struct text *t, const char *what, struct str value)
{
	if (value.n == 0)
		return;
	text_addf(t, ", %s ", what);
	text_add_html(t, value);
}

struct str
negotiation_page(const struct negotiation *n)
{
	struct text t = { .arena = n->arena };

	if (n->variants.n == 0)
		return STR("");
	text_addz(&t, "<p>There is:</p>\n<ul>\n");
	for (size_t i = 0; i < n->variants.n; i++) {
		const struct variant *v = n->variants.at[i];
		struct text url = { .arena = n->arena };

		text_add_url_part(&url, v->name);
		text_addz(&t, "<li><a href=\"");
		text_add_html(&t, text_str(&url));
		text_addz(&t, "\">");
		text_add_html(&t, v->name);
		text_addz(&t, "</a>");
		if (v->description.n > 0)
			text_addc(&t, ' ');
		text_add_html(&t, v->description);
		add_remark(&t, "type", v->type);
		add_remark(&t, "language", variant_languages(n->arena, v));
		add_remark(&t, "charset", v->charset);
		add_remark(&t, "encoding", v->encoding);
		text_addz(&t, "</li>\n");
	}
	text_addz(&t, "</ul>\n");
	return text_str(&t);
}
