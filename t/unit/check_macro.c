/*
 * check_macro.c - macros are replaced where they are used.
 */
#include <check.h>

#include "conf/macro.h"

#include "reading.h"

static struct module *const table[] = { &mod_language, &mod_macro };
static struct arena *a;
static struct reading *r;

static void
open_reading(void)
{
	modules_init(table, 2);
	a = arena_new();
	r = reading_new(a, "/nonexistent");
	variables_set(r->variables, "SET", "a value");
}

static void
end_reading(void)
{
	arena_end(a);
}

static const struct {
	const char	*text, *tree, *findings;
} texts[] = {
	{ "<Macro M>\nA\n</Macro>", "", "" },
	{ "<Macro M>\nA b\n</Macro>\nUse M\nUse m", "A(b) A(b)", "" },
	{ "<macro M $x>\nA $x$x x$xx\n</MACRO>\nuse M y", "A(yy)(xyx)", "" },
	{ "<Macro M $x $xy>\nA $xy $x\n</Macro>\nUse M 1 2", "A(2)(1)", "" },
	{ "<Macro M $x>\nA \"$x\" $x\n</Macro>\nUse M \"b c\"",
	  "A(b c)(b)(c)", "" },
	{ "<Macro M $x $y>\nA $x $y\n</Macro>\nUse M $y 2", "A($y)(2)", "" },
	{ "<Macro M $x>\nA $X $x\n</Macro>\nUse M 1", "A($X)(1)", "" },
	{ "<Macro M %x>\nA %x,%x\n</Macro>\nUse M 1", "A(1,1)", "" },
	{ "<Macro M @x>\nA @x b\n</Macro>\nUse M 'c \"d'", "A(c \"d)(b)", "" },
	{ "<Macro M @x>\nA @x\n</Macro>\nUse M a\\b", "A(a\\b)", "" },
	{ "<Macro M>\nA ${SET}\n</Macro>\nUse M", "A(a value)", "" },
	{ "<Macro M $n>\n<S $n>\nA $n\n</S>\n</Macro>\n<T>\nUse M 1\n</T>",
	  "<T{<S(1){A(1)}}", "" },
	{ "<Macro M $x>\nA \\\n  $x\nB\n</Macro>\nUse M 1", "A(1) B", "" },
	{ "<Macro M $x>\n<Macro N $y>\nA $x $y\n</Macro>\n</Macro>\n"
	  "Use M 1\nUse N 2", "A(1)(2)", "" },
	{ "<Macro N>\nA\n</Macro>\n<Macro M>\nUse N\nUse N\n</Macro>\nUse M",
	  "A A", "" },
	{ "<Macro M $x>\n<IfDefine $x>\nA\n</IfDefine>\n</Macro>\n"
	  "Use M SET\nUse M NO", "A", "" },
	{ "<IfDefine NO>\n<Macro M>\nA\n</Macro>\n</IfDefine>\nUse M", "",
	  "6:5+1 E Use names a macro that is not defined: 'M'" },
	{ "<Macro M>\n<Nonsense\n</Macro>", "", "" },
	/* What is wrong. */
	{ "Use M", "", "1:5+1 E Use names a macro that is not defined: 'M'" },
	{ "<Macro Name>\nA\n</Macro>\nUse Nam", "", "4:5+3 E Use names a "
	  "macro that is not defined: 'Nam'; did you mean name?" },
	{ "<Macro M>\nA\n</Macro>\nUndefMacro M\nUse M", "",
	  "5:5+1 E Use names a macro that is not defined: 'M'" },
	{ "UndefMacro M", "",
	  "1:12+1 E UndefMacro names a macro that is not defined" },
	{ "<Macro M $x>\nA $x\n</Macro>\nUse M", "",
	  "4:5+1 E Use of macro 'm' (f:1) takes 1 argument, not 0" },
	{ "<Macro M $x>\nA $x\n</Macro>\nUse M 1 2", "",
	  "4:9+1 E Use of macro 'm' (f:1) takes 1 argument, not 2" },
	{ "<Macro M>\nUse M\n</Macro>\nUse M", "",
	  "1:5+1 E Use of macro 'm' in itself" },
	{ "<Macro M $x $x>\nA $x\n</Macro>", "",
	  "1:13+2 E <Macro> has the parameter $x twice" },
	{ "<Macro M x>\nA x\n</Macro>", "", "1:10+1 W <Macro> parameter "
	  "\"x\" should begin with $, % or @, so that it is not replaced in "
	  "the middle of words" },
	{ "<Macro M $x>\nA\n</Macro>", "",
	  "1:2+5 W macro 'm' never uses its parameter $x" },
	{ "<Macro M>\n</Macro>", "", "1:2+5 W macro 'm' is empty" },
	{ "<Macro M>\nA\n</Macro>\n<Macro M>\nB\n</Macro>\nUse M", "B",
	  "4:8+1 W <Macro> takes the place of macro 'm' defined in f:1" },
	{ "<Macro M>\nA", "", "1:2+5 E <Macro> was not closed" },
	{ "<Macro>\nA\n</Macro>\nB", "B",
	  "1:2+5 E <Macro> requires at least one argument, a name, and names "
	  "of parameters: $x %x @x" },
	{ "<Macro M>\n</S>\n</Macro>\n<S>\nUse M\n</S>", "<S{}",
	  "1:3+1 E </S> without matching <S> section" },
};

START_TEST(replaces)
{
	const struct node *nodes = parse_text(r, "f", str_of(texts[_i].text));

	ck_assert_str_eq(finding_words(r), texts[_i].findings);
	ck_assert_str_eq(tree_words(a, nodes), texts[_i].tree);
}
END_TEST

/* A place names the line of the macro and that of its use. */
START_TEST(says_where)
{
	const struct node *n = parse_text(r, "f", STR("\n<Macro M>\nA\nB\n"
	    "</Macro>\nUse M"));

	ck_assert_uint_eq(n->next->at.line, 2);
	ck_assert_str_eq(n->next->at.file, "macro 'm' (defined on line 2 of "
	    "\"f\") used on line 6 of \"f\"");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("macro");
	TCase *tc = tcase_create("macro");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, open_reading, end_reading);
	tcase_add_loop_test(tc, replaces, 0,
	    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(tc, says_where);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
