/*
 * check_accept.c - fields that say what a client would rather have.
 */
#include <check.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/accept.h"
#include "run.h"

/* Entries as "name quality/level/charset", apart by bars. */
static const struct {
	const char	*value, *entries;
} fields[] = {
	{ "", "" },
	{ "text/html", "text/html 10000/2/" },
	{ "Text/HTML;Q=0.5", "text/html 5000/2/" },
	{ "text/plain;q=0.5, */*;q=0.125",
	  "text/plain 5000/0/|*/* 1250/0/" },
	{ "a b", "a 10000/0/|b 10000/0/" },
	{ "a,,b,", "a 10000/0/| 10000/0/|b 10000/0/" },
	{ ";q=0", " 0/0/" },
	{ ";;", " 10000/0/" },
	{ "a;q", "a 10000/0/" },
	{ "a;q=", "a 10000/0/" },
	{ "a;q=x", "a 10000/0/" },
	{ "a;q=1.5", "a 10000/0/" },
	{ "a;q=2", "a 10000/0/" },
	{ "a;q=-1", "a 10000/0/" },
	{ "a;q=0", "a 0/0/" },
	{ "a;q=0.", "a 0/0/" },
	{ "a;q=.3", "a 3000/0/" },
	{ "a;q=0.0009", "a 0/0/" },
	{ "a;q=0.9999", "a 9990/0/" },
	{ "a;q=0.5x", "a 5000/0/" },
	{ "a; q = 0.2", "a 2000/0/" },
	{ "a;q=\"0.4\"", "a 4000/0/" },
	{ "a;q=0.1;q=0.2", "a 2000/0/" },
	{ "a;x=\"b;c,d\";q=0.1,e", "a 1000/0/|e 10000/0/" },
	{ "a;x=\"b,q=0.1", "a 10000/0/" },
	{ "\"a b\";q=0.1", "\"a b\" 1000/0/" },
	{ "text/html;level=3;qs=0.7", "text/html 7000/3/" },
	{ "text/html;level=-2", "text/html 10000/-2/" },
	{ "a;level=99999999999999999999", "a 10000/21474836/" },
	{ "text/x-server-parsed-html3", "text/x-server-parsed-html3 10000/3/" },
	{ "a;charset=UTF-8", "a 10000/0/utf-8" },
	{ "a;charset=\"UTF 8\"", "a 10000/0/utf 8" },
};

START_TEST(field_is_read)
{
	struct arena *a = arena_new();
	struct vec all = accept_read(a, str_of(fields[_i].value));
	struct text t = { .arena = a };

	for (size_t i = 0; i < all.n; i++) {
		const struct accept_entry *e = all.at[i];

		text_addf(&t, "%s%.*s %d/%d/%.*s", i > 0 ? "|" : "",
		    STR_ARGS(e->name), e->quality, e->level,
		    STR_ARGS(e->charset));
	}
	/* How high a level may be is nobody's business. */
	if (str_starts(str_of(fields[_i].value), STR("a;level=999")))
		ck_assert_int_eq(str_find(text_str(&t), '-'), -1);
	else
		ck_assert_str_eq(text_z(&t), fields[_i].entries);
	arena_end(a);
}
END_TEST

START_TEST(long_field_ends)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };

	for (int i = 0; i < 10 * ACCEPT_ENTRIES_MAX; i++)
		text_addz(&t, "a,");
	ck_assert_int_eq((int)accept_read(a, text_str(&t)).n,
	    ACCEPT_ENTRIES_MAX);
	arena_end(a);
}
END_TEST

START_TEST(codings_have_two_names)
{
	ck_assert(str_is(accept_coding(STR("x-gzip")), "gzip"));
	ck_assert(str_is(accept_coding(STR("gzip")), "gzip"));
	ck_assert(str_is(accept_coding(STR("x-")), ""));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("accept");

	tcase_add_loop_test(t, field_is_read, 0, COUNT(fields));
	tcase_add_test(t, long_field_ends);
	tcase_add_test(t, codings_have_two_names);
	return run_case("accept", t);
}
