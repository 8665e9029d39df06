/*
 * variant.c - see variant.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/variant.h"

/* ---- What it is ---------------------------------------------------------- */

struct variant *
variant_new(struct arena *a, struct str name)
{
	struct variant *v = arena_one(a, struct variant);

	v->name = name;
	v->type = v->charset = v->encoding = v->description = STR("");
	v->bytes = -1;
	v->language_rank = -1;
	return v;
}

struct str
variant_languages(struct arena *a, const struct variant *v)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < v->languages.n; i++) {
		if (i > 0)
			text_addc(&t, ',');
		text_add(&t, *(const struct str *)v->languages.at[i]);
	}
	return text_str(&t);
}

bool
variant_has_language(const struct variant *v, struct str language)
{
	for (size_t i = 0; i < v->languages.n; i++)
		if (str_eq_nocase(*(const struct str *)v->languages.at[i],
		    language))
			return true;
	return false;
}

void
variant_add_languages(struct arena *a, struct variant *v, struct str list)
{
	while (list.n > 0) {
		struct str *language = arena_one(a, struct str);

		*language = str_lower(a, accept_word(&list, false));
		if (language->n > 0)
			vec_add(a, &v->languages, language);
		if (list.n > 0 && (list.at[0] == ',' || list.at[0] == ';'))
			list = str_from(list, 1);
	}
}

void
variant_set_type(struct variant *v, const struct accept_entry *e)
{
	v->type = e->name;
	v->charset = e->charset;
	v->level = e->level;
	v->source_quality = e->quality;
}

bool
variant_is_html(const struct variant *v)
{
	return str_is(v->type, "text/html") ||
	    str_is(v->type, "text/x-server-parsed-html") ||
	    str_is(v->type, "text/x-server-parsed-html3");
}

/* ---- Media types --------------------------------------------------------- */

/* How exactly an entry of Accept means v: 0 not at all, 1 by any type at all, 2
 * by any subtype, 3 by its name. */
static int
type_match(const struct accept_entry *e, struct variant *v)
{
	struct str name = e->name;

	if (str_is(name, "*") || str_is(name, "*/*"))
		return 1;
	if (name.n > 2 && str_ends(name, STR("/*")))
		return str_starts(v->type, str_first(name, name.n - 1)) ? 2 : 0;
	if (!str_eq(name, v->type) &&
	    !(str_is(name, "text/html") && variant_is_html(v)))
		return 0;
	if (e->level < v->level)
		return 0;
	v->level_matched = v->level;
	return 3;
}

/*
 * The most exact entry counts, of equally exact ones the first.  A client that
 * says no q anywhere sends what it was built with: then wildcards count for
 * little, as what it names is what it can show.
 */
static void
weigh_type(struct variant *v, const struct wishes *w)
{
	bool low = !w->literal && !w->types_have_q;
	int best = 0;

	v->type_quality = 0;
	for (size_t i = 0; i < w->types.n; i++) {
		const struct accept_entry *e = w->types.at[i];
		int match = type_match(e, v);

		if (match <= best)
			continue;
		best = match;
		v->type_quality = low && match == 1 ? QUALITY_ONE / 100 :
		    low && match == 2 ? QUALITY_ONE / 50 : e->quality;
	}
	if (best > 0 && best < 3)
		v->indefinite = true;
}

/* ---- Languages ----------------------------------------------------------- */

/* range means language: it is the same, or a beginning of whole parts. */
static bool
language_matches(struct str range, struct str language)
{
	return str_starts(language, range) && (language.n == range.n ||
	    language.at[range.n] == '-');
}

/* A client set up for en-GB reads en, too, if there is nothing else. */
static bool
language_is_near(struct str range, struct str language)
{
	ptrdiff_t dash = str_find(range, '-');

	return dash >= 0 && str_starts(language, str_first(range,
	    (size_t)dash));
}

/* What Accept-Language says of one language. */
struct language_match {
	const struct accept_entry *best;	/* the longest; or NULL */
	const struct accept_entry *star;
	bool		 near;
};

static struct language_match
match_language(struct str language, const struct wishes *w)
{
	struct language_match m = { NULL, NULL, false };

	for (size_t i = 0; i < w->languages.n; i++) {
		const struct accept_entry *e = w->languages.at[i];

		if (str_is(e->name, "*")) {
			if (m.star == NULL)
				m.star = e;
			continue;
		}
		if (language_matches(e->name, language) && e->name.n >
		    (m.best == NULL ? 0 : m.best->name.n))
			m.best = e;
		if (m.best == NULL && !w->literal &&
		    language_is_near(e->name, language))
			m.near = true;
	}
	return m;
}

/* The best of what is said of its languages; * counts where it says more. */
static void
weigh_languages(struct variant *v, const struct wishes *w)
{
	const struct accept_entry *best = NULL, *star = NULL;
	bool near = false;

	for (size_t i = 0; i < v->languages.n; i++) {
		struct language_match m = match_language(
		    *(const struct str *)v->languages.at[i], w);

		if (m.best != NULL && (best == NULL ||
		    m.best->quality > best->quality))
			best = m.best;
		if (m.best == NULL && m.star != NULL)
			star = m.star;
		near = near || m.near;
	}
	if (star != NULL && (best == NULL || star->quality > best->quality)) {
		best = star;
		v->indefinite = true;
	}
	v->language_quality = best != NULL ? best->quality :
	    near ? QUALITY_ONE / 1000 : 0;
}

/* The first place of any of its languages in LanguagePriority, or -1. */
static int
language_rank(const struct variant *v, const struct wishes *w)
{
	for (size_t i = 0; w->priority != NULL && i < w->priority->n; i++)
		for (size_t k = 0; k < v->languages.n; k++)
			if (str_starts_nocase(*(const struct str *)
			    v->languages.at[k], str_of(w->priority->at[i])))
				return (int)i;
	return -1;
}

static void
weigh_language(struct variant *v, const struct wishes *w)
{
	int rank;

	v->language_quality = QUALITY_ONE;
	if (v->languages.n == 0) {
		if (!w->literal)
			v->language_quality = w->no_language;
		return;
	}
	if (w->has_languages)
		weigh_languages(v, w);
	else
		v->indefinite = true;
	rank = language_rank(v, w);
	if (rank < 0)
		return;
	if (v->language_quality > 0 && w->prefer) {
		v->language_rank = rank;
	} else if (v->language_quality == 0 && w->fallback) {
		v->language_rank = rank;
		v->language_quality = QUALITY_ONE / 10000;
		v->indefinite = true;
	}
}

/* ---- Charsets and encodings ---------------------------------------------- */

static void
weigh_charset(struct variant *v, const struct wishes *w)
{
	const struct accept_entry *star = NULL;
	struct str charset = v->charset;

	v->charset_quality = QUALITY_ONE;
	if (!w->has_charsets) {
		if (charset.n > 0)
			v->indefinite = true;
		return;
	}
	if (charset.n == 0) {
		if (w->literal || (!str_starts(v->type, STR("text/")) &&
		    !variant_is_html(v)))
			return;
		charset = STR("iso-8859-1");
	}
	for (size_t i = 0; i < w->charsets.n; i++) {
		const struct accept_entry *e = w->charsets.at[i];

		if (str_eq(e->name, charset)) {
			v->charset_quality = e->quality;
			return;
		}
		if (str_is(e->name, "*"))
			star = e;
	}
	if (star != NULL) {
		v->charset_quality = star->quality;
		v->indefinite = true;
	} else if (!str_is(charset, "iso-8859-1")) {
		v->charset_quality = 0;
	}
}

static bool
is_identity(struct str coding)
{
	return coding.n == 0 || str_is(coding, "7bit") ||
	    str_is(coding, "8bit") || str_is(coding, "binary");
}

static void
weigh_encoding(struct variant *v, const struct wishes *w)
{
	bool identity = is_identity(v->encoding);
	struct str coding = identity ? STR("identity") :
	    accept_coding(v->encoding);
	const struct accept_entry *star = NULL;

	if (!w->has_encodings) {
		v->encoding_quality = identity ? QUALITY_ONE : QUALITY_ONE / 2;
		return;
	}
	for (size_t i = 0; i < w->encodings.n; i++) {
		const struct accept_entry *e = w->encodings.at[i];

		if (str_eq(accept_coding(e->name), coding)) {
			v->encoding_quality = e->quality;
			return;
		}
		if (str_is(e->name, "*"))
			star = e;
	}
	v->encoding_quality = star != NULL ? star->quality :
	    identity ? QUALITY_ONE / 10000 : 0;
}

void
variant_weigh(struct variant *v, const struct wishes *w, bool preferred)
{
	v->indefinite = false;
	v->language_rank = -1;
	v->level_matched = 0;
	weigh_type(v, w);
	if (preferred) {
		v->language_quality = QUALITY_ONE;
		v->indefinite = false;
	} else {
		weigh_language(v, w);
	}
	weigh_encoding(v, w);
	weigh_charset(v, w);
}
