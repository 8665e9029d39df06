/*
 * check_fields.c - lists of fields, and the grammar of a field line.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/fields.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct fields f;

static void
open_arena(void)
{
	a = arena_new();
	fields_init(&f, a);
}

static void
end_arena(void)
{
	arena_end(a);
}

static void
add(const char *name, const char *value)
{
	fields_add(&f, str_of(name), str_of(value));
}

static const char *
written(void)
{
	struct text t = { .arena = a };

	fields_write(&f, &t);
	return text_z(&t);
}

START_TEST(get_ignores_case)
{
	add("Content-Type", "text/plain");
	add("X", "1");
	add("content-typo", "no");
	ck_assert(str_is(fields_get(&f, STR("CONTENT-TYPE")), "text/plain"));
	ck_assert(str_is(fields_get(&f, STR("x")), "1"));
	ck_assert_ptr_null(fields_get(&f, STR("Content-Typ")).at);
	ck_assert_ptr_null(fields_get(&f, STR("")).at);
	ck_assert(fields_has(&f, STR("x")));
	ck_assert(!fields_has(&f, STR("y")));
}
END_TEST

/* The key of a name is not its identity. */
START_TEST(names_with_one_key_differ)
{
	add("abcd", "1");
	add("axxd", "2");
	ck_assert(str_is(fields_get(&f, STR("axxd")), "2"));
	ck_assert_uint_eq(fields_unset(&f, STR("abcd")), 1);
	ck_assert(str_is(fields_get(&f, STR("axxd")), "2"));
}
END_TEST

START_TEST(empty_value_is_there)
{
	add("A", "");
	fields_add(&f, STR("B"), STR_NONE);
	fields_set(&f, STR("C"), STR_NONE);
	fields_set(&f, STR("C"), STR_NONE);
	ck_assert_ptr_nonnull(fields_get(&f, STR("a")).at);
	ck_assert_ptr_nonnull(fields_get(&f, STR("b")).at);
	ck_assert_ptr_nonnull(fields_get(&f, STR("c")).at);
	ck_assert_uint_eq(fields_get(&f, STR("c")).n, 0);
}
END_TEST

START_TEST(set_replaces_the_first)
{
	add("A", "1");
	add("B", "2");
	add("a", "3");
	add("C", "4");
	add("A", "5");
	fields_set(&f, STR("a"), STR("6"));
	ck_assert_str_eq(written(), "A: 6\r\nB: 2\r\nC: 4\r\n");
	fields_set(&f, STR("d"), STR("7"));
	ck_assert_str_eq(written(), "A: 6\r\nB: 2\r\nC: 4\r\nd: 7\r\n");
}
END_TEST

START_TEST(unset_drops_all)
{
	add("A", "1");
	add("B", "2");
	add("a", "3");
	ck_assert_uint_eq(fields_unset(&f, STR("A")), 2);
	ck_assert_uint_eq(fields_unset(&f, STR("A")), 0);
	ck_assert_str_eq(written(), "B: 2\r\n");
	ck_assert_uint_eq(fields_unset(&f, STR("b")), 1);
	ck_assert_uint_eq(fields_unset(&f, STR("b")), 0);
	ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(find_goes_through_all)
{
	size_t i;
	int sum = 0;

	add("A", "1");
	add("B", "2");
	add("a", "3");
	for (i = fields_find(&f, STR("A"), 0); i < f.n;
	    i = fields_find(&f, STR("A"), i + 1))
		sum = 10 * sum + f.at[i].value.at[0] - '0';
	ck_assert_int_eq(sum, 13);
	ck_assert_uint_eq(fields_find(&f, STR("A"), 7), f.n);
	ck_assert_uint_eq(fields_count(&f, STR("A")), 2);
	ck_assert_uint_eq(fields_count(&f, STR("Z")), 0);
}
END_TEST

START_TEST(join_makes_one_list)
{
	add("A", "1");
	add("B", "2");
	add("a", "");
	add("A", "3, 4");
	ck_assert(str_is(fields_join(a, &f, STR("A")), "1, , 3, 4"));
	ck_assert(str_is(fields_join(a, &f, STR("B")), "2"));
	ck_assert_ptr_eq(fields_join(a, &f, STR("B")).at, f.at[1].value.at);
	ck_assert_ptr_null(fields_join(a, &f, STR("C")).at);
}
END_TEST

START_TEST(append_takes_all)
{
	struct fields g;

	fields_init(&g, a);
	fields_add(&g, STR("B"), STR("2"));
	fields_add(&g, STR("C"), STR("3"));
	add("A", "1");
	fields_append(&f, &g);
	ck_assert_str_eq(written(), "A: 1\r\nB: 2\r\nC: 3\r\n");
}
END_TEST

START_TEST(grows_far_beyond_its_first_room)
{
	size_t i;

	for (i = 0; i < 1000; i++)
		fields_add(&f, str_fmt(a, "N%zu", i), STR("v"));
	for (i = 0; i < 1000; i++)
		ck_assert_uint_eq(fields_find(&f, str_fmt(a, "n%zu", i), 0),
		    i);
}
END_TEST

static const struct {
	const char	*list, *token;
	bool		 has;
} tokens[] = {
	{ "close", "close", true },
	{ "Close", "cLOSE", true },
	{ "a,close", "close", true },
	{ "a , \tclose\t,b", "close", true },
	{ ",,close,", "close", true },
	{ "closed", "close", false },
	{ "clos", "close", false },
	{ "a close", "close", false },
	{ "\"a, close\"", "close", false },
	{ "", "close", false },
	{ ",", "close", false },
};

START_TEST(token_in_a_list)
{
	add("Other", "close");
	add("Connection", "x, y");
	add("connection", tokens[_i].list);
	ck_assert_int_eq(fields_has_token(&f, STR("Connection"),
	    str_of(tokens[_i].token)), tokens[_i].has);
}
END_TEST

/* No value can start a field, or a body, of its own. */
START_TEST(written_values_stay_on_their_line)
{
	add("A", "1\r\nB: 2");
	fields_add(&f, STR("C\r\n"), str_n("x\0\ty\x7f\x01", 6));
	add("D", "\xe9");
	ck_assert_str_eq(written(),
	    "A: 1  B: 2\r\nC  : x \ty  \r\nD: \xe9\r\n");
}
END_TEST

START_TEST(rebase_follows_the_buffer)
{
	char first[] = "A: 1B:", second[] = "A: 1B:";

	fields_add(&f, str_n(first, 1), str_n(first + 3, 1));
	fields_add(&f, str_n(first + 4, 1), str_n(first + 6, 0));
	fields_add(&f, STR("C"), STR("3"));
	fields_rebase(&f, first, sizeof(first) - 1, second);
	memset(first, 'x', sizeof(first));
	ck_assert_str_eq(written(), "A: 1\r\nB: \r\nC: 3\r\n");
	ck_assert_ptr_eq(f.at[1].value.at, second + 6);
}
END_TEST

START_TEST(name_span_is_the_tokens)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char c;
	int i;

	for (i = 0; i < 256; i++) {
		c = (char)i;
		ck_assert_uint_eq(field_name_span(&c, 1),
		    i != 0 && strchr(token, c) != NULL);
	}
	ck_assert_uint_eq(field_name_span("ab:", 3), 2);
	ck_assert_uint_eq(field_name_span("ab", 2), 2);
}
END_TEST

/* At each place of a string of each length, each byte. */
START_TEST(value_span_is_exact)
{
	bool good = _i == '\t' || (_i >= ' ' && _i != 0x7f);
	size_t n, at;
	char *s;

	for (n = 1; n < 20; n++) {
		for (at = 0; at < n; at++) {
			s = malloc(n);
			memset(s, 'x', n);
			s[at] = (char)_i;
			ck_assert_uint_eq(field_value_span(s, n),
			    good ? n : at);
			free(s);
		}
	}
}
END_TEST

static const struct {
	const char	*line;
	bool		 unsafe;
	const char	*why, *name, *value;
} lines[] = {
	{ "A: b", false, NULL, "A", "b" },
	{ "A:b", false, NULL, "A", "b" },
	{ "A:", false, NULL, "A", "" },
	{ "A: \t ", false, NULL, "A", "" },
	{ "A:\t b: c \t", false, NULL, "A", "b: c" },
	{ "", false, "no colon", NULL, NULL },
	{ "A", false, "no colon", NULL, NULL },
	{ "A b", false, "no colon", NULL, NULL },
	{ ":", false, "empty", NULL, NULL },
	{ ": b", false, "empty", NULL, NULL },
	{ " A: b", false, "starts with a space", NULL, NULL },
	{ "\tA: b", false, "starts with a space", NULL, NULL },
	{ "A : b", false, "behind a field name", NULL, NULL },
	{ "A : b", true, "behind a field name", NULL, NULL },
	{ "A B: b", false, "behind a field name", NULL, NULL },
	{ "A@: b", false, "may not stand", NULL, NULL },
	{ "\xe9: b", false, "may not stand", NULL, NULL },
	{ "A: \x01", false, "control", NULL, NULL },
	{ "A: \x01", true, NULL, "A", "\x01" },
	{ "A: b\rc", false, "carriage return", NULL, NULL },
	{ "A: \x01\r", true, "carriage return", NULL, NULL },
	{ "A: \x7f", false, "control", NULL, NULL },
};

START_TEST(line_is_split)
{
	struct str name = STR_NONE, value = STR_NONE;
	const char *why;

	why = field_line_parse(str_of(lines[_i].line), lines[_i].unsafe,
	    &name, &value);
	if (lines[_i].why != NULL) {
		ck_assert_ptr_nonnull(why);
		ck_assert_msg(strstr(why, lines[_i].why) != NULL, "%s", why);
		return;
	}
	ck_assert_ptr_null(why);
	ck_assert(str_is(name, lines[_i].name));
	ck_assert(str_is(value, lines[_i].value));
	ck_assert_ptr_nonnull(value.at);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("fields");
	TCase *t = tcase_create("fields");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_test(t, get_ignores_case);
	tcase_add_test(t, names_with_one_key_differ);
	tcase_add_test(t, empty_value_is_there);
	tcase_add_test(t, set_replaces_the_first);
	tcase_add_test(t, unset_drops_all);
	tcase_add_test(t, find_goes_through_all);
	tcase_add_test(t, join_makes_one_list);
	tcase_add_test(t, append_takes_all);
	tcase_add_test(t, grows_far_beyond_its_first_room);
	tcase_add_loop_test(t, token_in_a_list, 0, COUNT(tokens));
	tcase_add_test(t, written_values_stay_on_their_line);
	tcase_add_test(t, rebase_follows_the_buffer);
	tcase_add_test(t, name_span_is_the_tokens);
	tcase_add_loop_test(t, value_span_is_exact, 0, 256);
	tcase_add_loop_test(t, line_is_split, 0, COUNT(lines));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
