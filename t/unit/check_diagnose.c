/*
 * check_diagnose.c - findings: their order, their printed forms, near names.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "conf/diagnose.h"

static struct arena *a;
static struct diagnosis *d;

static void
open_diagnosis(void)
{
	a = arena_new();
	d = diagnosis_new(a);
}

static void
end_diagnosis(void)
{
	arena_end(a);
}

static struct spot
spot(const char *file, unsigned line, unsigned column, unsigned n,
    const char *text)
{
	return (struct spot){ file, line, column, n, str_of(text) };
}

static const char *
printed(size_t i)
{
	return str_z(a, diagnosis_print(d, i, a));
}

static const struct {
	unsigned	 line, column, n;
	const char	*text, *hint, *printed;
} prints[] = {
	{ 12, 9, 2, "Timeout -5", NULL,
	  "error: f:12:9: oops\n"
	  "    12 | Timeout -5\n"
	  "       |         ^~\n" },
	{ 1, 1, 1, "x", "did you mean y?",
	  "error: f:1:1: oops\n"
	  "     1 | x\n"
	  "       | ^\n"
	  "       = did you mean y?\n" },
	/* no column: the whole line; no line: the whole file */
	{ 3, 0, 0, "a b c", NULL,
	  "error: f:3: oops\n"
	  "     3 | a b c\n" },
	{ 0, 0, 0, "", "a hint",
	  "error: f: oops\n"
	  "       = a hint\n" },
	/* tabs keep their width, UTF-8 counts by character */
	{ 2, 3, 2, "\t\tab", NULL,
	  "error: f:2:3: oops\n"
	  "     2 | \t\tab\n"
	  "       | \t\t^~\n" },
	{ 2, 4, 4, "\xc3\xa9 \xc3\xa9\xc3\xa9 x", NULL,
	  "error: f:2:4: oops\n"
	  "     2 | \xc3\xa9 \xc3\xa9\xc3\xa9 x\n"
	  "       |   ^~\n" },
	/* bytes that are no UTF-8 stay, control bytes do not */
	{ 2, 2, 1, "\xff" "b", NULL,
	  "error: f:2:2: oops\n"
	  "     2 | \xff" "b\n"
	  "       |  ^\n" },
	{ 2, 2, 2, "\x1b[2J", NULL,
	  "error: f:2:2: oops\n"
	  "     2 | ?[2J\n"
	  "       |  ^~\n" },
	/* after the end of the line */
	{ 2, 4, 1, "<If", NULL,
	  "error: f:2:4: oops\n"
	  "     2 | <If\n"
	  "       |    ^\n" },
	/* more than the line has */
	{ 2, 2, 9, "abc", NULL,
	  "error: f:2:2: oops\n"
	  "     2 | abc\n"
	  "       |  ^~\n" },
};

START_TEST(prints_as_expected)
{
	struct spot at = spot("f", prints[_i].line, prints[_i].column,
	    prints[_i].n, prints[_i].text);

	diagnose(d, SEVERITY_ERROR, &at, prints[_i].hint, "o%cps", 'o');
	ck_assert_str_eq(printed(0), prints[_i].printed);
}
END_TEST

START_TEST(line_form)
{
	struct spot at = spot("etc/f", 7, 3, 1, "abc");
	struct spot whole = spot("g", 0, 0, 0, "");

	diagnose(d, SEVERITY_ERROR, &at, NULL, "one");
	diagnose(d, SEVERITY_WARNING, &at, "three", "two");
	diagnose(d, SEVERITY_ERROR, &whole, NULL, "gone");
	ck_assert_str_eq(str_z(a, diagnosis_line(d, 0, a)), "etc/f:7:3: one");
	ck_assert_str_eq(str_z(a, diagnosis_line(d, 1, a)),
	    "etc/f:7:3: two; three");
	ck_assert_str_eq(str_z(a, diagnosis_line(d, 2, a)), "g: gone");
	ck_assert_uint_eq(diagnosis_errors(d), 2);
	ck_assert_uint_eq(diagnosis_warnings(d), 1);
	ck_assert(str_starts(diagnosis_print(d, 1, a), STR("warning: ")));
}
END_TEST

/* By file in order of discovery, then by place; the same counts once. */
START_TEST(order)
{
	static const struct {
		const char	*file;
		unsigned	 line, column;
		const char	*message;
	} told[] = {
		{ "b", 5, 1, "b5" }, { "a", 9, 1, "a9" }, { "b", 2, 7, "b2.7" },
		{ "b", 2, 3, "b2.3" }, { "a", 1, 0, "a1" },
		{ "b", 2, 7, "b2.7" }, { "b", 2, 7, "b2.7 too" },
		{ "b", 2, 7, "b2.7" }, { "b", 0, 0, "b0" },
	};
	static const char *const expected[] = {
		"b0", "b2.3", "b2.7", "b2.7 too", "b5", "a1", "a9"
	};
	const char *message, *hint;
	const struct spot *at;
	enum severity s;
	struct spot where;
	size_t i;

	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		where = spot(told[i].file, told[i].line, told[i].column, 1,
		    "text");
		diagnose(d, SEVERITY_ERROR, &where, NULL, "%s",
		    told[i].message);
	}
	for (i = 0; diagnosis_at(d, i, &s, &at, &message, &hint); i++)
		ck_assert_str_eq(message, expected[i]);
	ck_assert_uint_eq(i, sizeof(expected) / sizeof(expected[0]));
	ck_assert_uint_eq(diagnosis_errors(d), i);
}
END_TEST

START_TEST(outlives_the_text)
{
	struct arena *other = arena_new();
	struct spot at = spot(str_z(other, STR("file")), 1, 1, 4,
	    str_z(other, STR("line")));

	diagnose(d, SEVERITY_ERROR, &at, str_z(other, STR("hint")), "%s",
	    str_z(other, STR("message")));
	memset((void *)(uintptr_t)at.text.at, 'X', 4);
	arena_end(other);
	ck_assert_str_eq(printed(0), "error: file:1:1: message\n"
	    "     1 | line\n       | ^~~~\n       = hint\n");
}
END_TEST

/* Of a long line the part around the place is shown. */
START_TEST(long_lines)
{
	static char text[1001];
	const char *z, *mark, *shown;
	struct spot at;

	memset(text, 'x', 1000);
	memcpy(text + _i - 1, "ABC", 3);
	at = spot("f", 1, (unsigned)_i, 3, text);
	diagnose(d, SEVERITY_ERROR, &at, NULL, "m");
	z = printed(0);
	ck_assert_uint_lt(strlen(z), 500);
	shown = strchr(z, '\n') + 1;
	mark = strchr(shown, '\n') + 1;
	ck_assert_int_eq(strstr(shown, "ABC") - shown, strchr(mark, '^') -
	    mark);
}
END_TEST

START_TEST(long_messages)
{
	struct spot at = spot("f", 1, 1, 1, "x");
	char *value = arena_alloc(a, 5001);

	memset(value, 'v', 5000);
	diagnose(d, SEVERITY_ERROR, &at, NULL, "not \"%s\"", value);
	ck_assert_uint_lt(strlen(printed(0)), 1100);
}
END_TEST

static const struct {
	const char	*what, *nearest;
} names[] = {
	{ "KepAlive", "KeepAlive" },
	{ "keepalive", "KeepAlive" },
	{ "KeepAliveTimeot", "KeepAliveTimeout" },
	{ "Tmeout", "Timeout" },
	{ "Imeotu", "Timeout" },
	{ "Time", NULL },
	{ "On", "On" },
	{ "Of", NULL },			/* two letters: no error allowed */
	{ "Offf", "Off" },
	{ "Zebra", NULL },
	{ "", NULL },
};

START_TEST(near_names)
{
	static const char *const known[] = {
		"Timeout", "KeepAliveTimeout", "KeepAlive", "On", "Off"
	};
	const char *near;

	near = nearest_name(str_of(names[_i].what), known, 5);
	if (names[_i].nearest == NULL)
		ck_assert_ptr_null(near);
	else
		ck_assert_str_eq(near, names[_i].nearest);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("diagnose");
	TCase *tc = tcase_create("diagnose");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_diagnosis, end_diagnosis);
	tcase_add_loop_test(tc, prints_as_expected, 0,
	    sizeof(prints) / sizeof(prints[0]));
	tcase_add_test(tc, line_form);
	tcase_add_test(tc, order);
	tcase_add_test(tc, outlives_the_text);
	tcase_add_loop_test(tc, long_lines, 1, 5);
	tcase_add_loop_test(tc, long_lines, 498, 502);
	tcase_add_loop_test(tc, long_lines, 995, 999);
	tcase_add_test(tc, long_messages);
	tcase_add_loop_test(tc, near_names, 0,
	    sizeof(names) / sizeof(names[0]));
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
