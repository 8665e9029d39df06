/*
 * check_lex.c - logical lines, words, variables, and where all of it stands.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/lex.h"
#include "reading.h"

static struct arena *a;
static struct reading *r;

static void
open_reading(void)
{
	a = arena_new();
	r = reading_new(a, "/");
	variables_set(r->variables, "NAME", "value");
	variables_set(r->variables, "EMPTY", "");
	variables_set(r->variables, "NESTED", "${NAME}");
	setenv("FORKFUL_CHECK", "outside", 1);
}

static void
end_reading(void)
{
	arena_end(a);
}

/* Logical lines as "NUMBER[TEXT]". */
static const struct {
	const char	*text, *lines;
} texts[] = {
	{ "", "" },
	{ "\n", "1[]" },
	{ "a\n", "1[a]" },
	{ "a", "1[a]" },
	{ "a\nb", "1[a]2[b]" },
	{ "a\n\nb\n", "1[a]2[]3[b]" },
	{ "a\r\nb\r\n", "1[a]2[b]" },
	{ "a\r", "1[a]" },
	{ "a\\\nb\nc", "1[ab]3[c]" },
	{ "a \\\n  b \\\n\tc\nd", "1[a   b \tc]4[d]" },
	{ "a\\\r\nb\r\nc", "1[ab]3[c]" },
	{ "a\\", "1[a]" },
	{ "a\\\n", "1[a]" },
	{ "a\\\\\nb", "1[a\\b]" },
	{ "# a\\\nb", "1[# ab]" },
	{ "\\\n\\\n\\\nx\ny", "1[x]5[y]" },
	{ "\xef\xbb\xbf" "a\n", "1[a]" },
	{ "a\n\xef\xbb\xbf" "b", "1[a]2[\xef\xbb\xbf" "b]" },
};

START_TEST(splits_lines)
{
	struct lines lines = {
		.arena = a, .file = "f", .rest = str_of(texts[_i].text),
	};
	struct text t = { .arena = a };
	struct line line;

	while (lines_next(&lines, &line)) {
		text_addf(&t, "%u[%.*s]", line.first.number,
		    STR_ARGS(line.text));
		ck_assert(!line.too_long);
	}
	ck_assert_str_eq(text_z(&t), texts[_i].lines);
}
END_TEST

START_TEST(keeps_physical_lines)
{
	struct lines lines = {
		.arena = a, .file = "f", .rest = STR("ab\\\n cd\\\n\\\nef\n"),
	};
	static const struct {
		size_t		 from, n;
		unsigned	 line, column, expected_n;
		const char	*text;
	} places[] = {
		{ 0, 1, 1, 1, 1, "ab\\" },
		{ 1, 1, 1, 2, 1, "ab\\" },
		{ 1, 9, 1, 2, 1, "ab\\" },
		{ 2, 1, 2, 1, 1, " cd\\" },
		{ 3, 2, 2, 2, 2, " cd\\" },
		{ 4, 3, 2, 3, 1, " cd\\" },
		{ 5, 2, 4, 1, 2, "ef" },
		{ 6, 1, 4, 2, 1, "ef" },
		{ 7, 1, 4, 3, 1, "ef" },
	};
	struct line line;
	struct spot at;
	size_t i;

	ck_assert(lines_next(&lines, &line));
	ck_assert(str_is(line.text, "ab cdef"));
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		at = line_spot(&line, places[i].from, places[i].n);
		ck_assert_uint_eq(at.line, places[i].line);
		ck_assert_uint_eq(at.column, places[i].column);
		ck_assert_uint_eq(at.n, places[i].expected_n);
		ck_assert(str_is(at.text, places[i].text));
	}
}
END_TEST

START_TEST(long_lines)
{
	size_t n = LINE_MAX_BYTES + (size_t)_i;
	char *z = malloc(n);
	struct lines lines = { .arena = a, .file = "f", .rest = { z, n } };
	struct line line;

	memset(z, 'x', n);
	ck_assert(lines_next(&lines, &line));
	ck_assert_int_eq(line.too_long, _i > 0);
	ck_assert_uint_eq(line.text.n, LINE_MAX_BYTES);
	ck_assert(!lines_next(&lines, &line));
	free(z);
}
END_TEST

START_TEST(long_joined_lines)
{
	size_t half = LINE_MAX_BYTES / 2 + 10, n = 2 * half + 2;
	char *z = malloc(n);
	struct lines lines = { .arena = a, .file = "f", .rest = { z, n } };
	struct line line;

	memset(z, 'x', n);
	memcpy(z + half - 2, "\\\n", 2);
	memcpy(z + n - 2, "\ny", 2);
	ck_assert(lines_next(&lines, &line));
	ck_assert(line.too_long);
	ck_assert(lines_next(&lines, &line));
	ck_assert(str_is(line.text, "y"));
	ck_assert_uint_eq(line.first.number, 3);
	free(z);
}
END_TEST

/* Words as "COLUMN+LENGTH[VALUE]", after which findings. */
static const struct {
	const char	*line, *words, *findings;
} lines_given[] = {
	{ "", "", "" },
	{ " \t ", "", "" },
	{ "a", "1+1[a]", "" },
	{ "a b\tc\vd\fe", "1+1[a]3+1[b]5+1[c]7+1[d]9+1[e]", "" },
	{ " a  b ", "2+1[a]5+1[b]", "" },
	/* quotes */
	{ "\"a b\" c", "1+5[a b]7+1[c]", "" },
	{ "'a b' c", "1+5[a b]7+1[c]", "" },
	{ "\"\" ''", "1+2[]4+2[]", "" },
	{ "\"a\"b", "1+3[a]4+1[b]", "" },
	{ "\"a\"\"b\"", "1+3[a]4+3[b]", "" },
	{ "a\"b c\"", "1+3[a\"b]5+2[c\"]", "" },
	{ "\"it's\"", "1+6[it's]", "" },
	{ "it's", "1+4[it's]", "" },
	{ "\"a", "1+2[a]",
	  "1:1+1 W no closing \"; the argument ends with the line" },
	{ "x 'a b", "1+1[x]3+4[a b]",
	  "1:3+1 W no closing '; the argument ends with the line" },
	{ "\"", "1+1[]",
	  "1:1+1 W no closing \"; the argument ends with the line" },
	/* backslashes */
	{ "\"a\\\"b\"", "1+6[a\"b]", "" },
	{ "'a\\'b'", "1+6[a'b]", "" },
	{ "'a\\\"b'", "1+6[a\\\"b]", "" },
	{ "\"a\\\\\"", "1+5[a\\]", "" },
	{ "\"a\\nb\"", "1+6[a\\nb]", "" },
	{ "a\\\\b", "1+4[a\\b]", "" },
	{ "\\\\.x\\.", "1+6[\\.x\\.]", "" },
	{ "a\\ b", "1+2[a\\]4+1[b]", "" },
	{ "\\\"a\\\"", "1+5[\\\"a\\\"]", "" },
	{ "\"a\\ ", "1+4[a\\ ]",
	  "1:1+1 W no closing \"; the argument ends with the line" },
	/* variables */
	{ "${NAME}", "1+7[value]", "" },
	{ "x${NAME}y${name}z", "1+17[xvalueyvaluez]", "" },
	{ "\"${NAME} b\"", "1+11[value b]", "" },
	{ "'${NAME}'", "1+9[value]", "" },
	{ "a${EMPTY}b ${EMPTY}", "1+10[ab]12+8[]", "" },
	{ "${NESTED}", "1+9[${NAME}]", "" },
	{ "${FORKFUL_CHECK}", "1+16[outside]", "" },
	{ "\\\\${NAME}", "1+9[\\value]", "" },
	{ "\\${NAME}", "1+8[\\value]", "" },
	{ "$NAME $ {NAME} $", "1+5[$NAME]7+1[$]9+6[{NAME}]16+1[$]", "" },
	{ "${NAME x}", "1+6[${NAME]8+2[x}]", "" },
	{ "${map:%1}", "1+9[${map:%1}]", "" },
	{ "${map:${NAME}}", "1+14[${map:${NAME}}]", "" },
	{ "${NAME}${map:x}", "1+15[value${map:x}]", "" },
	{ "ab${NOPE}c", "1+10[ab${NOPE}c]", "1:3+7 E ${NOPE} is not defined" },
	{ "${NAM}", "1+6[${NAM}]",
	  "1:1+6 E ${NAM} is not defined; did you mean ${NAME}?" },
	{ "\"x ${A} ${B}\"", "1+13[x ${A} ${B}]",
	  "1:4+4 E ${A} is not defined\n1:9+4 E ${B} is not defined" },
	{ "${}", "1+3[${}]", "1:1+3 E ${} is not defined" },
	{ "${forkful_check}", "1+16[${forkful_check}]",
	  "1:1+16 E ${forkful_check} is not defined" },
	/* any byte */
	{ "\xff\xfe \xc3\xa9", "1+2[\xff\xfe]4+2[\xc3\xa9]", "" },
};

static struct line
line_of(const char *z)
{
	struct lines lines = { .arena = a, .file = "f", .rest = str_of(z) };
	struct line line = { .file = "f" };

	lines_next(&lines, &line);
	return line;
}

START_TEST(splits_words)
{
	struct line line = line_of(lines_given[_i].line);
	struct lexer x = { .reading = r, .arena = a, .line = &line,
	    .end = line.text.n };
	struct text t = { .arena = a };
	struct arg word = { 0 };

	while (lex_word(&x, &word))
		text_addf(&t, "%u+%u[%s]", word.column, word.n, word.z);
	ck_assert_str_eq(text_z(&t), lines_given[_i].words);
	ck_assert_str_eq(finding_words(r), lines_given[_i].findings);
	ck_assert_int_eq(x.broken, diagnosis_errors(r->diagnosis) > 0);
}
END_TEST

/* The same after a first word, raw. */
static const struct {
	const char	*line, *rest, *raw, *findings;
} rests[] = {
	{ "x", NULL, "", "" },
	{ "x  ", NULL, "", "" },
	{ "x a b", "3+3[a b]", "a b", "" },
	{ "x  a  \"b\\\" c ", "4+9[a  \"b\\\" c]", "a  \"b\\\" c", "" },
	{ "x \"a ${NAME}\"", "3+11[\"a value\"]", "\"a ${NAME}\"", "" },
	{ "x %{Y}e \\\\ '", "3+10[%{Y}e \\\\ ']", "%{Y}e \\\\ '", "" },
	{ "x a ${NOPE}", "3+9[a ${NOPE}]", "a ${NOPE}",
	  "1:5+7 E ${NOPE} is not defined" },
};

START_TEST(takes_the_rest)
{
	struct line line = line_of(rests[_i].line);
	struct lexer x = { .reading = r, .arena = a, .line = &line,
	    .end = line.text.n };
	struct arg word, rest;

	ck_assert(lex_word(&x, &word));
	ck_assert(str_is(lex_raw(&x), rests[_i].raw));
	if (lex_rest(&x, &rest))
		ck_assert_str_eq(str_zfmt(a, "%u+%u[%s]", rest.column, rest.n,
		    rest.z), rests[_i].rest);
	else
		ck_assert_ptr_null(rests[_i].rest);
	ck_assert_str_eq(finding_words(r), rests[_i].findings);
	ck_assert(!lex_word(&x, &word));
}
END_TEST

/* Words of a joined line know their own one. */
START_TEST(words_of_joined_lines)
{
	struct line line = line_of("T a\\\nb c \\\n  ${NOPE} d");
	struct lexer x = { .reading = r, .arena = a, .line = &line,
	    .end = line.text.n };
	struct text t = { .arena = a };
	struct arg word;

	while (lex_word(&x, &word))
		text_addf(&t, "%u:%u+%u[%s]", word.line, word.column, word.n,
		    word.z);
	ck_assert_str_eq(text_z(&t),
	    "1:1+1[T]1:3+1[ab]2:3+1[c]3:3+7[${NOPE}]3:11+1[d]");
	ck_assert_str_eq(finding_words(r), "3:3+7 E ${NOPE} is not defined");
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, \
	sizeof(table) / sizeof(table[0]))

int
main(void)
{
	Suite *suite = suite_create("lex");
	TCase *tc = tcase_create("lex");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_reading, end_reading);
	LOOP(tc, splits_lines, texts);
	tcase_add_test(tc, keeps_physical_lines);
	tcase_add_loop_test(tc, long_lines, 0, 2);
	tcase_add_test(tc, long_joined_lines);
	LOOP(tc, splits_words, lines_given);
	LOOP(tc, takes_the_rest, rests);
	tcase_add_test(tc, words_of_joined_lines);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
