/*
 * check_negotiate.c - the choice between variants, and what is told of it.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/negotiate.h"
#include "run.h"

/* Variants as "name type[ language[ encoding]]", apart by bars; a name that
 * ends in a digit is so many bytes long. */
#define LANGUAGES "en text/html en|fr text/html fr|gb text/html en-gb"
#define TYPES "h text/html|p text/plain|i image/png"
#define CODINGS "a text/html - -|z text/html - gzip|d text/html - x-deflate"

static const struct {
	const char	*variants, *fields, *chosen;
} choices[] = {
	{ TYPES, "", "h" },
	{ TYPES, "Accept: text/plain", "p" },
	{ TYPES, "Accept: image/*", "i" },
	{ TYPES, "Accept: text/plain, */*", "p" },
	{ TYPES, "Accept: */*, text/plain", "p" },
	{ TYPES, "Accept: image/*, */*", "i" },
	{ TYPES, "Accept: image/png;q=0.4, */*;q=0.5", "h" },
	{ TYPES, "Accept: text/html;q=0, */*;q=0.5", "p" },
	{ TYPES, "Accept: video/mp4", "" },
	{ TYPES, "Accept:", "" },
	{ "h text/html;qs=0.4|p text/plain;qs=0.5", "", "p" },
	{ "h text/html;qs=0.4|p text/plain;qs=0.5",
	  "Accept: text/html, text/plain;q=0.7", "h" },
	{ "h text/html;qs=0", "", "" },
	{ "l3 text/html;level=3|l1 text/html;level=1", "", "l1" },
	{ "l3 text/html;level=3|l1 text/html;level=1",
	  "Accept: text/html;level=3", "l3" },
	{ "l3 text/html;level=3", "Accept: text/html;level=2", "" },
	{ LANGUAGES, "", "en" },
	{ LANGUAGES, "Accept-Language: fr", "fr" },
	{ LANGUAGES, "Accept-Language: en-gb", "gb" },
	{ LANGUAGES, "Accept-Language: en-us", "en" },
	{ LANGUAGES, "Accept-Language: en-us, fr;q=0.1", "fr" },
	{ LANGUAGES, "Accept-Language: fr-ch", "fr" },
	{ LANGUAGES, "Accept-Language: de", "" },
	{ LANGUAGES, "Accept-Language: de, *;q=0.1", "en" },
	{ LANGUAGES, "Accept-Language: en;q=0.5, en-gb;q=0.6", "gb" },
	{ LANGUAGES, "Accept-Language: *;q=0.5, en;q=0", "fr" },
	{ LANGUAGES, "Accept-Language: e", "" },
	{ "en text/html en|x text/html", "", "en" },
	{ "en text/html en|x text/html", "Accept-Language: de", "x" },
	{ "de text/html de,fr|en text/html en",
	  "Accept-Language: fr;q=0.9, en;q=0.8", "de" },
	{ CODINGS, "", "a" },
	{ CODINGS, "Accept-Encoding: gzip", "z" },
	{ CODINGS, "Accept-Encoding: x-gzip", "z" },
	{ CODINGS, "Accept-Encoding: deflate;q=0.7, gzip;q=0.6", "d" },
	{ CODINGS, "Accept-Encoding: br", "a" },
	{ CODINGS, "Accept-Encoding: identity;q=0, *;q=0.1", "z" },
	{ "z text/html - gzip", "Accept-Encoding: br", "" },
	{ "u text/html;charset=utf-8|l text/html;charset=iso-8859-1",
	  "", "u" },
	{ "l text/html;charset=iso-8859-1|u text/html;charset=utf-8",
	  "", "u" },
	{ "u text/html;charset=utf-8|l text/html",
	  "Accept-Charset: koi8-r", "l" },
	{ "u text/html;charset=utf-8", "Accept-Charset: koi8-r", "" },
	{ "u text/html;charset=utf-8", "Accept-Charset: *;q=0.1", "u" },
	{ "n text/html", "Accept-Charset: *;q=0", "" },
	{ "n image/png", "Accept-Charset: *;q=0", "n" },
	{ "a9 text/html|b5 text/html|c7 text/html", "", "b5" },
	{ "prog application/x-httpd-cgi|h text/html", "", "h" },
	{ "prog application/x-httpd-cgi", "Accept: text/html", "prog" },
	/* RFC 2295 and 2296 */
	{ TYPES, "Negotiate: trans", "" },
	{ TYPES, "Negotiate: trans\nUser-Agent: Lynx/2.8", "h" },
	{ TYPES, "Negotiate: 1.0", "" },
	{ TYPES, "Negotiate: 1.0\nAccept: text/plain", "p" },
	{ TYPES, "Negotiate: 1.0\nAccept: text/*", "" },
	{ TYPES, "Negotiate: *\nAccept: text/plain, */*", "h" },
	{ TYPES, "Negotiate: 3.0", "" },
	{ TYPES, "Negotiate:", "" },
	{ LANGUAGES, "Negotiate: 1.0\nAccept-Language: fr\nAccept: text/html",
	  "fr" },
	{ LANGUAGES, "Negotiate: *\nAccept-Language: fr-ch", "" },
};

static struct arena *a;

static void
set_up(void)
{
	a = arena_new();
}

static void
tear_down(void)
{
	arena_end(a);
}

static struct variant *
make_variant(struct str text)
{
	struct str name, type, language, encoding;
	struct variant *v;
	struct accept_entry e;

	ck_assert(str_cut(&text, ' ', &name) && str_cut(&text, ' ', &type));
	v = variant_new(a, name);
	ck_assert(accept_entry(a, &type, &e));
	variant_set_type(v, &e);
	if (str_cut(&text, ' ', &language) && !str_is(language, "-"))
		variant_add_languages(a, v, language);
	if (str_cut(&text, ' ', &encoding) && !str_is(encoding, "-"))
		v->encoding = encoding;
	if (name.n == 2 && name.at[1] <= '9')
		v->bytes = name.at[1] - '0';
	return v;
}

static struct negotiation
make(const char *variants)
{
	static char *order[] = { "en", "fr" };
	static struct vec priority = { (void **)order, 2, 2 };
	struct negotiation n = { .arena = a };
	struct str rest = str_of(variants), one;

	while (str_cut(&rest, '|', &one))
		vec_add(a, &n.variants, make_variant(one));
	n.wishes.priority = &priority;
	n.wishes.prefer = n.wishes.transparent = true;
	return n;
}

static struct fields
make_fields(const char *text)
{
	struct str rest = str_of(text), line, name;
	struct fields f;

	fields_init(&f, a);
	while (str_cut(&rest, '\n', &line) && str_cut(&line, ':', &name))
		fields_add(&f, name, line.n == 0 ? STR("") : str_trim(line));
	return f;
}

static const char *
name_of(const struct variant *v)
{
	return v == NULL ? "" : str_z(a, v->name);
}

START_TEST(best_is_chosen)
{
	struct negotiation n = make(choices[_i].variants);
	struct fields f = make_fields(choices[_i].fields);

	ck_assert_str_eq(name_of(negotiation_choose(&n, &f)),
	    choices[_i].chosen);
	ck_assert(choices[_i].chosen[0] != 0 || n.tell);
}
END_TEST

static const struct {
	bool		 prefer, fallback;
	const char	*preferred, *fields, *chosen;
} forced[] = {
	{ true, false, NULL, "", "en" },
	{ false, false, NULL, "", "de" },
	{ true, false, NULL, "Accept-Language: es", "" },
	{ false, true, NULL, "Accept-Language: es", "en" },
	{ true, true, NULL, "Accept-Language: en;q=0, fr;q=0", "en" },
	{ true, true, NULL, "Accept-Language: fr, de", "fr" },
	{ false, true, NULL, "Accept-Language: fr, de", "de" },
	{ true, false, "de", "Accept-Language: fr", "de" },
	{ true, false, "DE", "Accept-Language: fr", "de" },
	{ true, false, "es", "Accept-Language: fr", "fr" },
	{ true, false, "de", "Accept: text/plain", "" },
};

START_TEST(languages_are_forced)
{
	struct negotiation n = make("de text/html de|en text/html en|"
	    "fr text/html fr");
	struct fields f = make_fields(forced[_i].fields);

	n.wishes.prefer = forced[_i].prefer;
	n.wishes.fallback = forced[_i].fallback;
	n.preferred = str_of(forced[_i].preferred);
	ck_assert_str_eq(name_of(negotiation_choose(&n, &f)),
	    forced[_i].chosen);
}
END_TEST

START_TEST(programs_come_first_for_requests_that_bring_something)
{
	struct negotiation n = make("p application/x-httpd-cgi|h text/html");
	struct fields f = make_fields("");

	n.prefer_programs = true;
	ck_assert_str_eq(name_of(negotiation_choose(&n, &f)), "p");
}
END_TEST

static const struct {
	const char	*variants, *vary, *alternates;
} told[] = {
	{ "h text/html", "negotiate", "{\"h\" 1 {type text/html}}" },
	{ TYPES, "negotiate,accept", "{\"h\" 1 {type text/html}}, "
	  "{\"p\" 1 {type text/plain}}, {\"i\" 1 {type image/png}}" },
	{ "a7 text/html;qs=0.05 en,fr gzip|b text/html;charset=utf-8",
	  "negotiate,accept-language,accept-charset,accept-encoding",
	  "{\"a7\" 0.05 {type text/html} {language en,fr} {encoding gzip} "
	  "{length 7}}, {\"b\" 1 {type text/html} {charset utf-8}}" },
	{ "a\"b/c text/html;qs=0.123", "negotiate",
	  "{\"a%22b%2fc\" 0.123 {type text/html}}" },
	{ "", "negotiate", "" },
};

START_TEST(answer_tells_of_it)
{
	struct negotiation n = make(told[_i].variants);

	ck_assert_str_eq(str_z(a, negotiation_vary(&n)), told[_i].vary);
	ck_assert_str_eq(str_z(a, negotiation_alternates(&n)),
	    told[_i].alternates);
	n.wishes.transparent = false;
	ck_assert_int_eq(str_find_str(negotiation_vary(&n),
	    STR("negotiate")), -1);
}
END_TEST

START_TEST(page_is_escaped)
{
	struct negotiation n = make("<a&b> text/html");
	struct variant *v = n.variants.at[0];
	struct str page;

	v->description = STR("<i>");
	page = negotiation_page(&n);
	ck_assert_int_ge(str_find_str(page, STR("href=\"%3ca&amp;b%3e\">"
	    "&lt;a&amp;b&gt;</a> &lt;i&gt;, type text/html")), 0);
	n.variants.n = 0;
	ck_assert_int_eq((int)negotiation_page(&n).n, 0);
}
END_TEST

START_TEST(order_is_by_quality_then_name)
{
	struct negotiation n = make("b t/x|c t/x;qs=0.5|a t/x|d t/x;qs=0.6");
	static const char *const order[] = { "a", "b", "d", "c" };

	negotiation_sort(&n);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(name_of(n.variants.at[i]), order[i]);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("negotiate");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, best_is_chosen, 0, COUNT(choices));
	tcase_add_loop_test(t, languages_are_forced, 0, COUNT(forced));
	tcase_add_test(t,
	    programs_come_first_for_requests_that_bring_something);
	tcase_add_loop_test(t, answer_tells_of_it, 0, COUNT(told));
	tcase_add_test(t, page_is_escaped);
	tcase_add_test(t, order_is_by_quality_then_name);
	return run_case("negotiate", t);
}
