/*
 * check_typemap.c - reading type maps.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/typemap.h"
#include "run.h"

/* Variants as "name type/qs/languages/encoding/bytes/body", apart by bars. */
static const struct {
	const char	*map;
	enum typemap_result result;
	unsigned	 line;
	const char	*variants;
} maps[] = {
	{ "", TYPEMAP_WHOLE, 0, "" },
	{ "\n\n# only a comment\n\n", TYPEMAP_WHOLE, 4, "" },
	{ "URI: a\nContent-Type: text/html\n", TYPEMAP_WHOLE, 2,
	  "a text/html/10000///-1/" },
	{ "URI: a\nContent-Type: text/html", TYPEMAP_WHOLE, 2,
	  "a text/html/10000///-1/" },
	{ "uri:a\r\ncontent-type:Text/HTML;qs=0.5\r\n\r\nURI: b\r\n"
	  "Content-Language: EN, fr de\r\n", TYPEMAP_WHOLE, 5,
	  "a text/html/5000///-1/|b /0/en,fr,de//-1/" },
	{ "URI: a\n\nContent-Type: text/html\n", TYPEMAP_WHOLE, 3, "" },
	{ "URI: a\nURI: b\nContent-Encoding: gzip ignored\n", TYPEMAP_WHOLE,
	  3, "b /0//gzip/-1/" },
	{ "URI: a (one)\nContent-Type: text/html (two (three)) ;\n"
	  " qs=0.4\n#\n\tlevel=3\nContent-Length: 12\n", TYPEMAP_WHOLE, 6,
	  "a text/html/4000///12/" },
	{ "URI: \"a (b)\"\nContent-Type: t/x\n", TYPEMAP_WHOLE, 2,
	  "\"a (b)\" t/x/10000///-1/" },
	{ "Unknown: x\nURI : x\nURI: a\nContent-Length: 1\n", TYPEMAP_WHOLE,
	  4, "a /0///1/" },
	{ "Content-Type: t/x\nBody:end\none\ntwo\nend of it\n\nURI: b\n"
	  "Content-Type: t/y\n", TYPEMAP_WHOLE, 8,
	  "map t/x/10000///8/one\ntwo\n|b t/y/10000///-1/" },
	{ "Content-Type: t/x\nBody: end\nend", TYPEMAP_WHOLE, 2,
	  "map t/x/10000///0/" },
	{ "Body:x\nabc x\nContent-Type: t/x\n", TYPEMAP_WHOLE, 3,
	  "map t/x/10000///4/abc " },
	{ "URI: a\nContent-Type: t/x\n\nContent-Type: t/y\nBody:end\nen\n",
	  TYPEMAP_CUT, 5, "a t/x/10000///-1/" },
	{ "URI: a\nContent-Type: t/x\n\nURI: b\nContent-Length: ten\n",
	  TYPEMAP_CUT, 5, "a t/x/10000///-1/" },
	{ "URI: a\nContent-Length: -1\n", TYPEMAP_CUT, 2, "" },
	{ "URI: a\nContent-Type text/html\n", TYPEMAP_BAD, 2, "" },
	{ "URI: a\nContent-Type:\n", TYPEMAP_BAD, 2, "" },
	{ "URI: a\nContent-Type: (nothing)\n", TYPEMAP_BAD, 2, "" },
	{ "\nBody:\n", TYPEMAP_BAD, 2, "" },
};

static void
add_variant(struct arena *a, struct text *t, const struct variant *v)
{
	struct str languages = variant_languages(a, v);

	text_addf(t, "%s%.*s %.*s/%d/%.*s/%.*s/%lld/%.*s",
	    t->n > 0 ? "|" : "", STR_ARGS(v->name), STR_ARGS(v->type),
	    v->source_quality, STR_ARGS(languages), STR_ARGS(v->encoding),
	    (long long)v->bytes, (int)v->body.n,
	    v->body.n == 0 ? "" : v->body.at);
}

START_TEST(map_is_read)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct vec variants = { 0 };
	const char *why;
	unsigned line = 0;

	ck_assert_int_eq(typemap_read(a, str_of(maps[_i].map), STR("map"),
	    &variants, &why, &line), maps[_i].result);
	ck_assert((why != NULL) == (maps[_i].result != TYPEMAP_WHOLE));
	for (size_t i = 0; i < variants.n; i++)
		add_variant(a, &t, variants.at[i]);
	ck_assert_str_eq(text_z(&t), maps[_i].variants);
	if (why != NULL)
		ck_assert_uint_eq(line, maps[_i].line);
	arena_end(a);
}
END_TEST

START_TEST(description_is_kept)
{
	struct arena *a = arena_new();
	struct vec variants = { 0 };
	const char *why;
	unsigned line;

	typemap_read(a, STR("URI: a\nContent-Type: t/x\n"
	    "Description: \"the first\"\n  one\n"), STR("map"), &variants,
	    &why, &line);
	ck_assert_str_eq(str_z(a, ((struct variant *)
	    variants.at[0])->description), "\"the first\" one");
	arena_end(a);
}
END_TEST

START_TEST(map_has_an_end)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct vec variants = { 0 };
	const char *why;
	unsigned line;

	for (int i = 0; i < TYPEMAP_VARIANTS_MAX + 10; i++)
		text_addz(&t, "URI: a\nContent-Type: t/x\n\n");
	ck_assert_int_eq(typemap_read(a, text_str(&t), STR("map"), &variants,
	    &why, &line), TYPEMAP_WHOLE);
	ck_assert_uint_eq(variants.n, TYPEMAP_VARIANTS_MAX);
	arena_end(a);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("typemap");

	tcase_add_loop_test(t, map_is_read, 0, COUNT(maps));
	tcase_add_test(t, description_is_kept);
	tcase_add_test(t, map_has_an_end);
	return run_case("typemap", t);
}
