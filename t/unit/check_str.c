/*
 * check_str.c - slices, patterns and numbers.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/str.h"
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

/* s holds the same bytes as z. */
#define ck_same(s, z)	same(s, z, __LINE__)
static void
same(struct str s, const char *z, int line)
{
	ck_assert_msg(str_is(s, z), "line %d: \"%.*s\" is not \"%s\"", line,
	    STR_ARGS(s), z);
}

/* Making. */

START_TEST(makes_copies)
{
	static const char raw[] = "Ab\0Cd";
	struct str s = str_n(raw, 5), copy;
	char *z = str_z(a, s);

	ck_assert_mem_eq(z, "Ab\0Cd\0", 6);
	copy = str_copy(a, s);
	ck_assert(str_eq(copy, s) && copy.at != s.at);
	ck_assert(str_eq(str_lower(a, s), str_n("ab\0cd", 5)));
	ck_same(str_lower(a, STR("\xc4""A\xe4")), "\xc4""a\xe4");
	ck_assert_ptr_null(str_of(NULL).at);
	ck_assert_uint_eq(str_of(NULL).n, 0);
	ck_assert_str_eq(str_z(a, STR_NONE), "");
	ck_same(str_copy(a, STR_NONE), "");
}
END_TEST

/* Lengths around the buffer on the stack. */
START_TEST(formats)
{
	char *z = str_zfmt(a, "%*d", _i, 7);
	struct str s = str_fmt(a, "%*d|", _i, 7);

	ck_assert_uint_eq(strlen(z), (size_t)_i);
	ck_assert_int_eq(z[_i - 1], '7');
	ck_assert_uint_eq(s.n, (size_t)_i + 1);
	ck_assert_int_eq(s.at[_i], '|');
}
END_TEST

/* Comparing. */

static const struct {
	const char	*a, *b;
	int		 order, order_nocase;
} pairs[] = {
	{ "", "", 0, 0 },
	{ "a", "", 1, 1 },
	{ "abc", "abc", 0, 0 },
	{ "abc", "ABC", 1, 0 },
	{ "abc", "abd", -1, -1 },
	{ "ab", "abc", -1, -1 },
	{ "aBc", "ab", -1, 1 },
	{ "z", "\xff", -1, -1 },
	{ "[", "a", -1, -1 },
	{ "_", "A", 1, -1 },
};

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

START_TEST(compares)
{
	struct str x = str_of(pairs[_i].a), y = str_of(pairs[_i].b);

	ck_assert_int_eq(sign(str_compare(x, y)), pairs[_i].order);
	ck_assert_int_eq(sign(str_compare(y, x)), -pairs[_i].order);
	ck_assert_int_eq(sign(str_compare_nocase(x, y)),
	    pairs[_i].order_nocase);
	ck_assert_int_eq(sign(str_compare_nocase(y, x)),
	    -pairs[_i].order_nocase);
	ck_assert_int_eq(str_eq(x, y), pairs[_i].order == 0);
	ck_assert_int_eq(str_eq_nocase(x, y), pairs[_i].order_nocase == 0);
	ck_assert_int_eq(str_is(x, pairs[_i].b), pairs[_i].order == 0);
	ck_assert_int_eq(str_is_nocase(x, pairs[_i].b),
	    pairs[_i].order_nocase == 0);
}
END_TEST

START_TEST(starts_and_ends)
{
	ck_assert(str_starts(STR("abc"), STR("ab")));
	ck_assert(str_starts(STR("abc"), STR("")));
	ck_assert(str_starts(STR_NONE, STR_NONE));
	ck_assert(!str_starts(STR("abc"), STR("AB")));
	ck_assert(!str_starts(STR("ab"), STR("abc")));
	ck_assert(str_starts_nocase(STR("abc"), STR("AB")));
	ck_assert(!str_starts_nocase(STR("abc"), STR("b")));
	ck_assert(str_ends(STR("abc"), STR("bc")));
	ck_assert(str_ends(STR("abc"), STR("")));
	ck_assert(str_ends(STR_NONE, STR("")));
	ck_assert(!str_ends(STR("abc"), STR("BC")));
	ck_assert(!str_ends(STR("bc"), STR("abc")));
	ck_assert(str_ends_nocase(STR("abc"), STR("BC")));
	ck_assert(!str_ends_nocase(STR("abc"), STR("b")));
}
END_TEST

/* Finding and taking apart. */

START_TEST(finds)
{
	struct str s = STR("a/B/c");

	ck_assert_int_eq(str_find(s, '/'), 1);
	ck_assert_int_eq(str_rfind(s, '/'), 3);
	ck_assert_int_eq(str_find(s, 'x'), -1);
	ck_assert_int_eq(str_rfind(s, 'x'), -1);
	ck_assert_int_eq(str_find(STR_NONE, 'x'), -1);
	ck_assert_int_eq(str_rfind(STR_NONE, 'x'), -1);
	ck_assert_int_eq(str_find_str(s, STR("/c")), 3);
	ck_assert_int_eq(str_find_str(s, STR("/b")), -1);
	ck_assert_int_eq(str_find_str(s, STR("")), 0);
	ck_assert_int_eq(str_find_str(STR_NONE, STR("")), 0);
	ck_assert_int_eq(str_find_str(STR("a"), STR("aa")), -1);
	ck_assert_int_eq(str_find_nocase(s, STR("/b")), 1);
	ck_assert_int_eq(str_find_nocase(s, STR("/C")), 3);
	ck_assert_int_eq(str_find_nocase(s, STR("cc")), -1);
	ck_assert_int_eq(str_find_nocase(STR("a"), STR("aa")), -1);
	ck_assert_int_eq(str_find_nocase(STR_NONE, STR("")), 0);
}
END_TEST

START_TEST(slices)
{
	ck_same(str_from(STR("abc"), 1), "bc");
	ck_same(str_from(STR("abc"), 3), "");
	ck_same(str_from(STR("abc"), 9), "");
	ck_same(str_from(STR_NONE, 1), "");
	ck_same(str_first(STR("abc"), 2), "ab");
	ck_same(str_first(STR("abc"), 9), "abc");
	ck_same(str_trim(STR(" \ta b\t ")), "a b");
	ck_same(str_trim(STR(" \t")), "");
	ck_same(str_trim(STR("\na\r")), "\na\r");
	ck_same(str_trim(STR_NONE), "");
}
END_TEST

/* A list, and its parts between '|', by three ways to take it apart. */
static const struct {
	char		 how;
	const char	*list, *parts;
} lists[] = {
	{ 'c', "a,,b", "<a><><b>" },
	{ 'c', "", "" },
	{ 'c', "a", "<a>" },
	{ 'c', "a,", "<a>" },
	{ 'c', ",a", "<><a>" },
	{ 'c', " a , b ", "< a >< b >" },
	{ 'e', "", "" },
	{ 'e', " , ,\t,", "" },
	{ 'e', "a, b ,,c", "<a><b><c>" },
	{ 'e', "a;q=\"x,y\", b", "<a;q=\"x,y\"><b>" },
	{ 'e', "\"a\\\",b\",c", "<\"a\\\",b\"><c>" },
	{ 'e', "a\\,b", "<a\\><b>" },
	{ 'e', "\"open, b", "<\"open, b>" },
	{ 'e', "\"open\\", "<\"open\\>" },
	{ 'e', "W/\"x\" , \"y\"", "<W/\"x\"><\"y\">" },
	{ 'w', "", "" },
	{ 'w', " \t ", "" },
	{ 'w', "a", "<a>" },
	{ 'w', " GET  /x\tHTTP/1.1 ", "<GET></x><HTTP/1.1>" },
	{ 'w', "a\nb c", "<a\nb><c>" },
};

START_TEST(takes_lists_apart)
{
	struct str rest = str_of(lists[_i].list), part = STR("?");
	struct text all = { .arena = a };

	for (;;) {
		bool more = lists[_i].how == 'c' ?
		    str_cut(&rest, ',', &part) : lists[_i].how == 'e' ?
		    str_element(&rest, &part) : str_word(&rest, &part);

		if (!more)
			break;
		text_addf(&all, "<%.*s>", STR_ARGS(part));
	}
	ck_assert_str_eq(text_z(&all), lists[_i].parts);
	ck_assert_uint_eq(rest.n, 0);
}
END_TEST

START_TEST(cuts_leave_the_rest)
{
	struct str rest = STR("key=a=b"), part;

	ck_assert(str_cut(&rest, '=', &part));
	ck_same(part, "key");
	ck_same(rest, "a=b");
	rest = STR(" one  two three");
	ck_assert(str_word(&rest, &part));
	ck_same(part, "one");
	ck_same(str_trim(rest), "two three");
}
END_TEST

static const struct {
	const char	*digits;
	int		 base;
	uint64_t	 max;
	bool		 good;
	uint64_t	 value;
} numbers[] = {
	{ "0", 10, 0, true, 0 },
	{ "1", 10, 0, false, 0 },
	{ "007", 10, 9, true, 7 },
	{ "65535", 10, 65535, true, 65535 },
	{ "65536", 10, 65535, false, 0 },
	{ "18446744073709551615", 10, UINT64_MAX, true, UINT64_MAX },
	{ "18446744073709551616", 10, UINT64_MAX, false, 0 },
	{ "99999999999999999999999", 10, UINT64_MAX, false, 0 },
	{ "ffffffffffffffff", 16, UINT64_MAX, true, UINT64_MAX },
	{ "10000000000000000", 16, UINT64_MAX, false, 0 },
	{ "0000000000000000000000001A", 16, 26, true, 26 },
	{ "1b", 16, 26, false, 0 },
	{ "a", 10, 99, false, 0 },
	{ "g", 16, 99, false, 0 },
	{ "", 10, 99, false, 0 },
	{ "+1", 10, 99, false, 0 },
	{ "-1", 10, 99, false, 0 },
	{ " 1", 10, 99, false, 0 },
	{ "1 ", 10, 99, false, 0 },
	{ "0x1", 16, 99, false, 0 },
	{ "1.0", 10, 99, false, 0 },
	{ "9", 10, 5, false, 0 },
};

START_TEST(reads_numbers)
{
	uint64_t value = 12345;
	bool good = str_number(str_of(numbers[_i].digits), numbers[_i].base,
	    numbers[_i].max, &value);

	ck_assert_int_eq(good, numbers[_i].good);
	if (good)
		ck_assert_uint_eq(value, numbers[_i].value);
}
END_TEST

/* Patterns.  The flag s sets slashes apart, i ignores case. */
static const struct {
	const char	*pattern, *s, *flags;
	bool		 matches;
} globs[] = {
	{ "", "", "", true },
	{ "", "a", "", false },
	{ "*", "", "", true },
	{ "*", "anything/at all", "", true },
	{ "**", "x", "", true },
	{ "*", "anything/at all", "s", false },
	{ "*/*", "anything/at all", "s", true },
	{ "abc", "abc", "", true },
	{ "abc", "abcd", "", false },
	{ "abcd", "abc", "", false },
	{ "ABC", "abc", "", false },
	{ "ABC", "abc", "i", true },
	{ "a?c", "abc", "", true },
	{ "a?c", "a/c", "", true },
	{ "a?c", "a/c", "s", false },
	{ "?", "", "", false },
	{ "*.html", "index.html", "", true },
	{ "*.html", "index.htm", "", false },
	{ "*.html", ".html", "", true },
	{ "*a*b*c*", "xxaxxbxxcxx", "", true },
	{ "*a*b*c*", "xxaxxcxxbxx", "", false },
	{ "*ab", "aab", "", true },
	{ "*ab", "abab", "", true },
	{ "a*b?c", "abxbyc", "", true },
	{ "/*/b", "/a/b", "s", true },
	{ "/*/b", "/a/x/b", "s", false },
	{ "/*/b", "/a/x/b", "", true },
	{ "/*a/*b", "/xa/yb", "s", true },
	{ "/*a/*b", "/xa/y/b", "s", false },
	{ "a*/b", "axx/c/b", "s", false },
	{ "/home/*/public_html", "/home/joe/public_html", "s", true },
	{ "/home/*/public_html", "/home/joe/x/public_html", "s", false },
	{ "*/", "a/", "s", true },
	{ "/*", "/", "s", true },
	{ "[abc]", "b", "", true },
	{ "[abc]", "d", "", false },
	{ "[abc]", "", "", false },
	{ "[a-c]x", "bx", "", true },
	{ "[a-c]", "B", "", false },
	{ "[a-c]", "B", "i", true },
	{ "[A-C]", "b", "i", true },
	{ "[!a-c]", "b", "", false },
	{ "[!a-c]", "d", "", true },
	{ "[^a-c]", "d", "", true },
	{ "[!a-c]", "B", "i", false },
	{ "[]]", "]", "", true },
	{ "[!]]", "]", "", false },
	{ "[!]]", "x", "", true },
	{ "[a-]", "-", "", true },
	{ "[a-]", "b", "", false },
	{ "[-a]", "-", "", true },
	{ "[\\]x]", "]", "", true },
	{ "[\\]x]", "\\", "", false },
	{ "[a-\\z]", "q", "", true },
	{ "[/]", "/", "", true },
	{ "[/]", "/", "s", false },
	{ "[!a]", "/", "s", false },
	{ "[z-a]", "m", "", false },
	{ "[\x80-\xff]", "\xe4", "", true },
	{ "[abc", "[abc", "", true },
	{ "[abc", "a", "", false },
	{ "[", "[", "", true },
	{ "[!", "[!", "", true },
	{ "a[", "a[", "", true },
	{ "*[", "x[", "", true },
	{ "[[", "[[", "", true },
	{ "*.[ch]", "x.c", "", true },
	{ "*.[ch]", "x.cc", "", false },
	{ "\\*", "*", "", true },
	{ "\\*", "x", "", false },
	{ "\\?x", "?x", "", true },
	{ "\\[a]", "[a]", "", true },
	{ "\\\\", "\\", "", true },
	{ "\\", "\\", "", true },
	{ "a\\", "a\\", "", true },
	{ "\\a", "A", "i", true },
	{ "a\\/b", "a/b", "s", true },
	{ "*\\**", "x*y", "", true },
	{ "?\xa4", "\xc3\xa4", "", true },
};

START_TEST(globs_match)
{
	bool matches = str_glob(str_of(globs[_i].pattern),
	    str_of(globs[_i].s), strchr(globs[_i].flags, 's') != NULL,
	    strchr(globs[_i].flags, 'i') != NULL);

	ck_assert_msg(matches == globs[_i].matches, "\"%s\" and \"%s\" (%s)",
	    globs[_i].pattern, globs[_i].s, globs[_i].flags);
}
END_TEST

/* The plain definition, exponential: an oracle for short strings. */
static bool
slow_glob(const char *p, const char *s, bool apart)
{
	if (*p == '\0')
		return *s == '\0';
	if (*p == '*') {
		if (slow_glob(p + 1, s, apart))
			return true;
		return *s != '\0' && !(apart && *s == '/') &&
		    slow_glob(p, s + 1, apart);
	}
	if (*s == '\0' || (*p == '?' ? apart && *s == '/' : *p != *s))
		return false;
	return slow_glob(p + 1, s + 1, apart);
}

static void
random_bytes(char *out, const char *alphabet, size_t max)
{
	size_t n = (size_t)rand() % (max + 1), i;

	for (i = 0; i < n; i++)
		out[i] = alphabet[(size_t)rand() % strlen(alphabet)];
	out[n] = '\0';
}

START_TEST(globs_match_as_defined)
{
	char p[10], s[12];
	int i;

	srand(1);
	for (i = 0; i < 200000; i++) {
		random_bytes(p, "*?ab/", sizeof(p) - 1);
		random_bytes(s, "aab/", sizeof(s) - 1);
		ck_assert_msg(str_glob(str_of(p), str_of(s), i % 2, false) ==
		    slow_glob(p, s, i % 2), "\"%s\" and \"%s\"", p, s);
	}
}
END_TEST

/* Each of them would take years by backtracking. */
START_TEST(globs_take_no_years)
{
	struct text p = { .arena = a }, s = { .arena = a };
	const char *element = _i == 0 ? "*a" : _i == 1 ? "*[" : "*[!b]";
	clock_t start = clock();
	int i;

	for (i = 0; i < 1000; i++) {
		text_addz(&p, element);
		text_addz(&s, _i == 1 ? "[[[[" : "aaaa");
	}
	text_addc(&p, 'x');
	ck_assert(!str_glob(text_str(&p), text_str(&s), false, false));
	ck_assert(!str_glob(text_str(&p), text_str(&s), true, true));
	ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 10);
}
END_TEST

START_TEST(knows_globs)
{
	ck_assert(str_has_glob(STR("a*")));
	ck_assert(str_has_glob(STR("?")));
	ck_assert(str_has_glob(STR("[a]")));
	ck_assert(str_has_glob(STR("\\a")));
	ck_assert(!str_has_glob(STR("/srv/www/a-b_c.html")));
	ck_assert(!str_has_glob(str_n("\0", 1)));
	ck_assert(!str_has_glob(STR_NONE));
}
END_TEST

static const struct {
	const char	*a, *b;
	size_t		 max, distance;
} distances[] = {
	{ "", "", 3, 0 },
	{ "Listen", "Listen", 3, 0 },
	{ "Listen", "LISTEN", 3, 0 },
	{ "Listen", "Lissen", 3, 1 },
	{ "Listen", "Lisen", 3, 1 },
	{ "Listen", "Listten", 3, 1 },
	{ "Listen", "Lsiten", 3, 1 },
	{ "Listen", "Lsitne", 3, 2 },
	{ "kitten", "sitting", 9, 3 },
	{ "", "abc", 9, 3 },
	{ "abc", "", 9, 3 },
	{ "abc", "xyz", 9, 3 },
	{ "abc", "xyz", 1, 2 },
	{ "ab", "ba", 9, 1 },
	{ "abcdef", "bcdefa", 9, 2 },
	{ "AllowOverride", "AllowOverrideList", 3, 4 },
	{ "AllowOverride", "AllowOverrideList", 2, 3 },
	{ "0123456789012345678901234567890123456789012345678901234567890123456",
	  "x", 5, 6 },
	{ "0123456789012345678901234567890123456789012345678901234567890123456",
	  "0123456789012345678901234567890123x5678901234567890123456789012345x",
	  5, 2 },
};

START_TEST(measures_distance)
{
	struct str x = str_of(distances[_i].a), y = str_of(distances[_i].b);

	ck_assert_uint_eq(str_distance(x, y, distances[_i].max),
	    distances[_i].distance);
	ck_assert_uint_eq(str_distance(y, x, distances[_i].max),
	    distances[_i].distance);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("str");

	tcase_add_checked_fixture(tc, open_arena, end_arena);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, makes_copies);
	tcase_add_loop_test(tc, formats, 505, 520);
	tcase_add_loop_test(tc, compares, 0, COUNT(pairs));
	tcase_add_test(tc, starts_and_ends);
	tcase_add_test(tc, finds);
	tcase_add_test(tc, slices);
	tcase_add_loop_test(tc, takes_lists_apart, 0, COUNT(lists));
	tcase_add_test(tc, cuts_leave_the_rest);
	tcase_add_loop_test(tc, reads_numbers, 0, COUNT(numbers));
	tcase_add_loop_test(tc, globs_match, 0, COUNT(globs));
	tcase_add_test(tc, globs_match_as_defined);
	tcase_add_loop_test(tc, globs_take_no_years, 0, 3);
	tcase_add_test(tc, knows_globs);
	tcase_add_loop_test(tc, measures_distance, 0, COUNT(distances));
	return run_case("str", tc);
}
