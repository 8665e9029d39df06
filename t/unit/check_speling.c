/*
 * check_speling.c - names with a mistake.
 */
#include <check.h>

#include "modules/speling.c"

#include "run.h"

static const struct {
	const char	*asked, *name;
	enum mistake	 mistake;
} pairs[] = {
	{ "page.html", "page.html", MISTAKE_CASE },
	{ "PAGE.html", "page.HTML", MISTAKE_CASE },
	{ "apge.html", "page.html", MISTAKE_SWAPPED },
	{ "page.htlm", "page.html", MISTAKE_SWAPPED },
	{ "PAeg", "page", MISTAKE_SWAPPED },
	{ "ab", "ba", MISTAKE_SWAPPED },
	{ "pge", "page", MISTAKE_MISSING },
	{ "pag", "page", MISTAKE_MISSING },
	{ "age", "page", MISTAKE_MISSING },
	{ "ppage", "page", MISTAKE_EXTRA },
	{ "pages", "page", MISTAKE_EXTRA },
	{ "paXge", "page", MISTAKE_EXTRA },
	{ "paXe", "page", MISTAKE_WRONG },
	{ "Xage", "page", MISTAKE_WRONG },
	{ "pagX", "page", MISTAKE_WRONG },
	{ "pXXe", "page", MISTAKE_OTHER },
	{ "pa", "page", MISTAKE_OTHER },
	{ "pageXX", "page", MISTAKE_OTHER },
	{ "", "ab", MISTAKE_OTHER },
	{ "egap", "page", MISTAKE_OTHER },
	{ "p\xe4ge", "p\xc4ge", MISTAKE_WRONG },
};

START_TEST(names_are_compared)
{
	ck_assert_int_eq(compare_spelling(str_of(pairs[_i].asked),
	    str_of(pairs[_i].name)), pairs[_i].mistake);
}
END_TEST

static const struct {
	enum flag	 case_only, basename;
	const char	*asked, *name;
	enum mistake	 mistake;
} settings[] = {
	{ FLAG_UNSET, FLAG_UNSET, "a.htm", "A.pdf", MISTAKE_EXTENSION },
	{ FLAG_UNSET, FLAG_UNSET, "a", "A.pdf", MISTAKE_EXTENSION },
	{ FLAG_UNSET, FLAG_OFF, "a.htm", "A.pdf", MISTAKE_OTHER },
	{ FLAG_ON, FLAG_UNSET, "a.htm", "A.pdf", MISTAKE_EXTENSION },
	{ FLAG_ON, FLAG_OFF, "a.htm", "A.HTM", MISTAKE_CASE },
	{ FLAG_ON, FLAG_OFF, "a.htm", "b.htm", MISTAKE_OTHER },
	{ FLAG_ON, FLAG_UNSET, "a.htm", "a.html", MISTAKE_EXTENSION },
	{ FLAG_UNSET, FLAG_UNSET, "a.htm", "a.html", MISTAKE_MISSING },
};

START_TEST(settings_decide)
{
	struct speling_conf c = { .case_only = settings[_i].case_only,
	    .basename = settings[_i].basename };

	ck_assert_int_eq(compare(&c, str_of(settings[_i].asked),
	    str_of(settings[_i].name)), settings[_i].mistake);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("speling");

	tcase_add_loop_test(t, names_are_compared, 0, COUNT(pairs));
	tcase_add_loop_test(t, settings_decide, 0, COUNT(settings));
	return run_case("speling", t);
}
