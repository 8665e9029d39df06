/*
 * check_text.c - growing strings and escapes.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#include "run.h"

static struct arena *a;

static void
open_arena(void)
{
	a = arena_new();
}

static void
end_arena(void)
{
	arena_end(a);
}

START_TEST(text_grows)
{
	struct text t = { .arena = a };
	int i;

	ck_assert_uint_eq(t.n, 0);
	text_add(&t, STR_NONE);
	for (i = 0; i < 20000; i++)
		text_addc(&t, (char)('a' + i % 26));
	ck_assert_uint_eq(t.n, 20000);
	for (i = 0; i < 20000; i++)
		ck_assert_int_eq(t.at[i], 'a' + i % 26);
	ck_assert_uint_lt(arena_bytes(a), 100000);
	memcpy(text_room(&t, 100000), "end", 3);
	t.n += 3;
	ck_assert_mem_eq(t.at + 20000, "end", 3);
	ck_assert_str_eq(text_z(&t) + 20000, "end");
	ck_assert_uint_eq(t.n, 20003);
}
END_TEST

START_TEST(text_of_numbers)
{
	struct text t = { .arena = a };

	text_addn(&t, 0);
	text_addc(&t, ' ');
	text_addn(&t, 1234567890);
	text_addc(&t, ' ');
	text_addn(&t, UINT64_MAX);
	ck_assert_str_eq(text_z(&t), "0 1234567890 18446744073709551615");
}
END_TEST

/* Formatted pieces that end before, at and behind the room's end. */
START_TEST(text_formats)
{
	struct text t = { .arena = a };
	size_t n;

	text_addf(&t, "%*s", _i, "");
	text_addf(&t, "%s-%d", "abc", 42);
	n = (size_t)_i;
	ck_assert_uint_eq(t.n, n + 6);
	ck_assert_str_eq(text_z(&t) + n, "abc-42");
}
END_TEST

/* Escaping: p URL path, u URL part, h HTML, l log, j JSON. */
static const struct {
	char		 how;
	struct str	 s;
	const char	*escaped;
} escapes[] = {
	{ 'p', STR("/a b/\xc3\xa4?#%"), "/a%20b/%c3%a4%3f%23%25" },
	{ 'p', STR("-._~!$&'()*+,;=:@"), "-._~!$&'()*+,;=:@" },
	{ 'p', STR("\0\x7f\xff\"<>\\^`{|}[]"),
	  "%00%7f%ff%22%3c%3e%5c%5e%60%7b%7c%7d%5b%5d" },
	{ 'p', STR("AZaz09"), "AZaz09" },
	{ 'u', STR("a/b"), "a%2fb" },
	{ 'h', STR("<a href=\"x\">'&'</a>"),
	  "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;" },
	{ 'h', STR("plain \xc3\xa4"), "plain \xc3\xa4" },
	{ 'l', STR("plain text"), "plain text" },
	{ 'l', STR("\"\\\b\n\r\t\v"), "\\\"\\\\\\b\\n\\r\\t\\v" },
	{ 'l', STR("\0\f\x1b\x7f\xc3\xa4"),
	  "\\x00\\x0c\\x1b\\x7f\\xc3\\xa4" },
	{ 'j', STR("a\"b\\c/"), "a\\\"b\\\\c/" },
	{ 'j', STR("\b\f\n\r\t"), "\\b\\f\\n\\r\\t" },
	{ 'j', STR("\0\x1f\v\x7f"), "\\u0000\\u001f\\u000b\x7f" },
	{ 'j', STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	/* Not UTF-8: alone, cut off, overlong, surrogate, too large. */
	{ 'j', STR("\x80x\xff"), "\\u0080x\\u00ff" },
	{ 'j', STR("\xe4x"), "\\u00e4x" },
	{ 'j', STR("\xe2\x82"), "\\u00e2\\u0082" },
	{ 'j', STR("\xc0\xaf"), "\\u00c0\\u00af" },
	{ 'j', STR("\xe0\x80\xaf"), "\\u00e0\\u0080\\u00af" },
	{ 'j', STR("\xed\xa0\x80"), "\\u00ed\\u00a0\\u0080" },
	{ 'j', STR("\xf0\x80\x80\x80"), "\\u00f0\\u0080\\u0080\\u0080" },
	{ 'j', STR("\xf4\x90\x80\x80"), "\\u00f4\\u0090\\u0080\\u0080" },
	{ 'j', STR("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf" },
	{ 'j', STR("\xe2\x82x"), "\\u00e2\\u0082x" },
};

START_TEST(escapes_bytes)
{
	struct text t = { .arena = a };
	struct str s = escapes[_i].s;

	switch (escapes[_i].how) {
	case 'p': text_add_url_path(&t, s); break;
	case 'u': text_add_url_part(&t, s); break;
	case 'h': text_add_html(&t, s); break;
	case 'l': text_add_log(&t, s); break;
	case 'j': text_add_json(&t, s); break;
	}
	ck_assert_str_eq(text_z(&t), escapes[_i].escaped);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, open_arena, end_arena);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, text_grows);
	tcase_add_test(tc, text_of_numbers);
	tcase_add_loop_test(tc, text_formats, 50, 70);
	tcase_add_loop_test(tc, escapes_bytes, 0, COUNT(escapes));
	return run_case("text", tc);
}
