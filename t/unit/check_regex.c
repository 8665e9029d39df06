/*
 * check_regex.c - regular expressions.
 *
 * regex.c is included, so that every pattern can be matched a second time with
 * the memo in use from the first step, and the steps be counted.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/char.h"
#include "base/regex.c"

#define S(z)		{ (z), sizeof(z) - 1 }
#define COUNT(table)	((int)(sizeof(table) / sizeof((table)[0])))

enum {
	NOCASE = REGEX_NOCASE, MULTILINE = REGEX_MULTILINE,
	NO_DOTALL = REGEX_NO_DOTALL, EXTENDED = REGEX_EXTENDED,
	DOLLAR_NEWLINE = REGEX_DOLLAR_NEWLINE
};

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

static struct regex *
compile(struct str pattern, unsigned flags)
{
	struct regex_error error = { NULL, 0 };
	struct regex *re = regex_new(a, pattern, flags, &error);

	ck_assert_msg(re != NULL, "%.*s: %s at %zu", STR_ARGS(pattern),
	    error.message, error.offset);
	ck_assert_ptr_null(error.message);
	return re;
}

/* "no", "gave up", or where each group matched: "0-3 1-2 -". */
static const char *
matched(const struct regex *re, struct str subject,
    int (*search_by)(struct match *))
{
	static struct str group[REGEX_GROUPS];
	struct text t = { .arena = a };
	size_t i, n = re->n_groups + 1;
	int found = match_by(re, subject, group, n, search_by);

	if (found != 1)
		return found == 0 ? "no" : "gave up";
	for (i = 0; i < n; i++) {
		if (i > 0)
			text_addc(&t, ' ');
		if (group[i].at == NULL)
			text_addc(&t, '-');
		else
			text_addf(&t, "%td-%td", group[i].at - subject.at,
			    group[i].at - subject.at + (ptrdiff_t)group[i].n);
	}
	return text_z(&t);
}

/*
 * What PCRE2 finds: where $0 matched, then the groups; "-" took no part.
 */
static const struct {
	struct str	 pattern;
	unsigned	 flags;
	struct str	 subject;
	const char	*want;
} cases[] = {
	/* Literals. */
	{ S(""), 0, S(""), "0-0" },
	{ S(""), 0, S("abc"), "0-0" },
	{ S("a"), 0, S("a"), "0-1" },
	{ S("a"), 0, S("b"), "no" },
	{ S("a"), 0, S(""), "no" },
	{ S("abc"), 0, S("xxabcx"), "2-5" },
	{ S("abc"), 0, S("ababc"), "2-5" },
	{ S("abc"), 0, S("ab"), "no" },
	{ S("a"), NOCASE, S("A"), "0-1" },
	{ S("Ab1"), NOCASE, S("xaB1"), "1-4" },
	{ S("\303\251"), 0, S("caf\303\251"), "3-5" },
	{ S("a\\.b"), 0, S("a.b"), "0-3" },
	{ S("a\\.b"), 0, S("axb"), "no" },
	{ S("\\/x"), 0, S("/x"), "0-2" },
	{ S("\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\.\\\\"), 0,
	    S("*+?()[]{}|^$.\\"), "0-14" },
	{ S("\\ \\-\\\"\\%"), 0, S(" -\"%"), "0-4" },
	{ S("\\_"), 0, S("_"), "0-1" },
	{ S("a{"), 0, S("a{"), "0-2" },
	{ S("a{,3}"), 0, S("a{,3}"), "0-5" },
	{ S("a{1"), 0, S("a{1"), "0-3" },
	{ S("a{1,2"), 0, S("a{1,2"), "0-5" },
	{ S("a{x}"), 0, S("a{x}"), "0-4" },
	{ S("{a}"), 0, S("{a}"), "0-3" },
	{ S("a}"), 0, S("a}"), "0-2" },
	{ S("a]b"), 0, S("a]b"), "0-3" },
	{ S("x{}"), 0, S("x{}"), "0-3" },
	{ S("a\\x00b"), 0, S("a\000b"), "0-3" },
	/* Escapes. */
	{ S("\\t\\n\\r\\f\\e\\a"), 0, S("\t\n\r\f\033\a"), "0-6" },
	{ S("\\x41\\x4"), 0, S("A\004"), "0-2" },
	{ S("\\x{41}\\x{0a}"), 0, S("A\n"), "0-2" },
	{ S("\\x"), 0, S("\000"), "0-1" },
	{ S("\\xg"), 0, S("\000g"), "0-2" },
	{ S("\\0"), 0, S("\000"), "0-1" },
	{ S("\\012"), 0, S("\n"), "0-1" },
	{ S("\\0123"), 0, S("\n3"), "0-2" },
	{ S("\\101"), 0, S("A"), "0-1" },
	{ S("\\377"), 0, S("\377"), "0-1" },
	{ S("\\o{101}"), 0, S("A"), "0-1" },
	{ S("\\cA\\cz\\c["), 0, S("\001\032\033"), "0-3" },
	{ S("\\c?"), 0, S("\177"), "0-1" },
	{ S("\\d+"), 0, S("ab123c"), "2-5" },
	{ S("\\D+"), 0, S("12ab3"), "2-4" },
	{ S("\\w+"), 0, S("-a_9Z-"), "1-5" },
	{ S("\\W+"), 0, S("ab-+c"), "2-4" },
	{ S("\\s+"), 0, S("a \t\n\v\f\rb"), "1-7" },
	{ S("\\S+"), 0, S("  ab "), "2-4" },
	{ S("\\h+"), 0, S("a \t\240b"), "1-4" },
	{ S("\\H+"), 0, S("\tab"), "1-3" },
	{ S("\\v+"), 0, S("a\n\v\f\r\205b"), "1-6" },
	{ S("\\V+"), 0, S("\nab\n"), "1-3" },
	{ S("\\N+"), 0, S("ab\nc"), "0-2" },
	{ S("\\w"), 0, S("\351"), "no" },
	{ S("\\W"), 0, S("\351"), "0-1" },
	{ S("\\s"), 0, S("\240"), "no" },
	{ S("\\d\\D\\w\\W"), 0, S("1a_-"), "0-4" },
	{ S("\\18"), 0, S("\0018"), "0-2" },
	{ S("(a)\\10"), 0, S("a\b"), "0-2 0-1" },
	{ S("\\Qa.b*\\E+"), 0, S("a.b**"), "0-5" },
	{ S("\\Qa.b"), 0, S("a.b"), "0-3" },
	{ S("\\Q\\E"), 0, S("x"), "0-0" },
	{ S("a\\Q\\E*"), 0, S("aaa"), "0-3" },
	{ S("a\\E+"), 0, S("aa"), "0-2" },
	{ S("\\Q(\\E(\\Q)\\E)"), 0, S("()"), "0-2 1-2" },
	{ S("\\Qa\\nb\\E"), 0, S("a\\nb"), "0-4" },
	/* Line breaks. */
	{ S("\\R"), 0, S("\r\n"), "0-2" },
	{ S("\\R"), 0, S("\n"), "0-1" },
	{ S("\\R\\n"), 0, S("\r\n"), "no" },
	{ S("\\R+"), 0, S("a\r\n\n\r\205\v\fb"), "1-8" },
	{ S("a\\Rb"), 0, S("a\r\nb"), "0-4" },
	{ S("\\R{2}"), 0, S("\r\n\r"), "0-3" },
	{ S("^\\R*?x"), 0, S("\r\n\nx"), "0-4" },
	{ S("\\R?\\n"), 0, S("\r\n\n"), "0-3" },
	{ S("[^\\n]+\\R"), 0, S("ab\r\n"), "0-4" },
	/* Classes. */
	{ S("[abc]"), 0, S("xbx"), "1-2" },
	{ S("[a-c]+"), 0, S("xabcd"), "1-4" },
	{ S("[^a-c]+"), 0, S("abxyc"), "2-4" },
	{ S("[]]"), 0, S("]"), "0-1" },
	{ S("[]a]+"), 0, S("a]b"), "0-2" },
	{ S("[^]a]+"), 0, S("]ab]"), "2-3" },
	{ S("[a-]+"), 0, S("b-a"), "1-3" },
	{ S("[-a]+"), 0, S("b-a"), "1-3" },
	{ S("[a\\-z]+"), 0, S("b-az"), "1-4" },
	{ S("[a\\]]+"), 0, S("a]"), "0-2" },
	{ S("[\\^a]+"), 0, S("^a"), "0-2" },
	{ S("[a^]+"), 0, S("a^"), "0-2" },
	{ S("[a-c-e]+"), 0, S("-aed"), "0-3" },
	{ S("[--0]+"), 0, S("-./0"), "0-4" },
	{ S("[+--]+"), 0, S("+,-."), "0-3" },
	{ S("[\\d-]+"), 0, S("1-2"), "0-3" },
	{ S("[\\w.]+"), 0, S("a.b-"), "0-3" },
	{ S("[^\\w.]+"), 0, S("a.b-+"), "3-5" },
	{ S("[\\s\\S]+"), 0, S("a\nb"), "0-3" },
	{ S("[\\b]"), 0, S("a\b"), "1-2" },
	{ S("[\\x41-\\x43]+"), 0, S("ABCD"), "0-3" },
	{ S("[\\101-\\103]+"), 0, S("ABCD"), "0-3" },
	{ S("[\\n\\t]+"), 0, S("a\n\t"), "1-3" },
	{ S("[\\8]"), 0, S("8"), "0-1" },
	{ S("[.*+?(){}|$]+"), 0, S("a.*+?(){}|$"), "1-11" },
	{ S("[[:alpha:]]+"), 0, S("1aZ_"), "1-3" },
	{ S("[[:digit:][:space:]]+"), 0, S("a1 2"), "1-4" },
	{ S("[[:^alpha:]]+"), 0, S("a1-b"), "1-3" },
	{ S("[^[:alpha:]]+"), 0, S("a1-b"), "1-3" },
	{ S("[[:upper:]]+"), 0, S("aBC"), "1-3" },
	{ S("[[:upper:]]+"), NOCASE, S("1aBC"), "1-4" },
	{ S("[[:^lower:]]+"), NOCASE, S("aB1"), "2-3" },
	{ S("[[:lower:]]+"), 0, S("ABc"), "2-3" },
	{ S("[[:alnum:]]+"), 0, S("-a1_"), "1-3" },
	{ S("[[:punct:]]+"), 0, S("a!/~b"), "1-4" },
	{ S("[[:blank:]]+"), 0, S("a \t\n"), "1-3" },
	{ S("[[:cntrl:]]"), 0, S("a\177"), "1-2" },
	{ S("[[:graph:]]+"), 0, S(" a~ "), "1-3" },
	{ S("[[:print:]]+"), 0, S("\ta ~\t"), "1-4" },
	{ S("[[:xdigit:]]+"), 0, S("gAf0g"), "1-4" },
	{ S("[[:word:]]+"), 0, S("-a_1-"), "1-4" },
	{ S("[[:ascii:]]+"), 0, S("\351a\177\351"), "1-3" },
	{ S("[a[:digit:]]+"), 0, S("b1a"), "1-3" },
	{ S("[[:digit:]-]+"), 0, S("a1-2"), "1-4" },
	{ S("[[:alpha]+"), 0, S("[:alph]"), "0-6" },
	{ S("[:]+"), 0, S("a::"), "1-3" },
	{ S("[a[:]b"), 0, S("[b"), "0-2" },
	{ S("[[.]"), 0, S("["), "0-1" },
	{ S("[a-z]+"), NOCASE, S("1AbZ"), "1-4" },
	{ S("[^a]+"), NOCASE, S("aAbA"), "2-3" },
	{ S("[A]"), NOCASE, S("a"), "0-1" },
	{ S("[\\W]+"), NOCASE, S("aB-"), "2-3" },
	{ S("[\\Qa-c]\\E]+"), 0, S("b-]c"), "1-4" },
	{ S("[a\\Q-\\Ec]+"), 0, S("b-c"), "1-3" },
	{ S("[^\\E]a]+"), 0, S("]ab]"), "2-3" },
	{ S("[\\x00-\\xff]+"), 0, S("a\n\377\000"), "0-4" },
	{ S("[^\\x00-\\xff]"), 0, S("a"), "no" },
	{ S("[a-a]"), 0, S("a"), "0-1" },
	{ S("[$]"), 0, S("$"), "0-1" },
	{ S("[ -~]+"), 0, S("\na b~\n"), "1-5" },
	/* Dot and anchors. */
	{ S("."), 0, S(""), "no" },
	{ S("."), 0, S("\n"), "0-1" },
	{ S("."), NO_DOTALL, S("\n"), "no" },
	{ S(".+"), NO_DOTALL, S("a\nb"), "0-1" },
	{ S(".+"), 0, S("a\nb"), "0-3" },
	{ S("(?-s).+"), 0, S("a\nb"), "0-1" },
	{ S("(?s).+"), NO_DOTALL, S("a\nb"), "0-3" },
	{ S("^a"), 0, S("ba"), "no" },
	{ S("^a"), 0, S("b\na"), "no" },
	{ S("^a"), MULTILINE, S("b\na"), "2-3" },
	{ S("a$"), 0, S("ab"), "no" },
	{ S("a$"), 0, S("a\n"), "no" },
	{ S("a$"), DOLLAR_NEWLINE, S("a\n"), "0-1" },
	{ S("a$"), DOLLAR_NEWLINE, S("a\n\n"), "no" },
	{ S("a$"), MULTILINE, S("a\nb"), "0-1" },
	{ S("^"), MULTILINE, S("\n"), "0-0" },
	{ S("^b"), MULTILINE, S("\nb"), "1-2" },
	{ S("(?m)^"), 0, S("a\n"), "0-0" },
	{ S("\\n^"), MULTILINE, S("a\n"), "no" },
	{ S("\\n^"), MULTILINE, S("a\n\n"), "1-2" },
	{ S("$"), 0, S("abc"), "3-3" },
	{ S("$"), MULTILINE, S("a\nb"), "1-1" },
	{ S("^$"), 0, S(""), "0-0" },
	{ S("^$"), 0, S("a"), "no" },
	{ S("^$"), MULTILINE, S("a\n\nb"), "2-2" },
	{ S("$^"), 0, S(""), "0-0" },
	{ S("\\Aa"), MULTILINE, S("b\na"), "no" },
	{ S("a\\Z"), 0, S("a\n"), "0-1" },
	{ S("a\\Z"), 0, S("a"), "0-1" },
	{ S("a\\Z"), 0, S("a\nb"), "no" },
	{ S("a\\z"), 0, S("a\n"), "no" },
	{ S("a\\z"), MULTILINE, S("a\nb"), "no" },
	{ S("\\Ga"), 0, S("ba"), "no" },
	{ S("\\Ga"), 0, S("ab"), "0-1" },
	{ S("\\bfoo\\b"), 0, S("afoo foo"), "5-8" },
	{ S("\\b"), 0, S("  a"), "2-2" },
	{ S("\\b"), 0, S("   "), "no" },
	{ S("\\B"), 0, S("a"), "no" },
	{ S("\\B"), 0, S(""), "0-0" },
	{ S("\\Bb"), 0, S("b ab"), "3-4" },
	{ S("a\\b"), 0, S("ab a"), "3-4" },
	{ S("a\\B."), 0, S("a-ab"), "2-4" },
	{ S("\\b\\B"), 0, S("ab"), "no" },
	/* Quantifiers. */
	{ S("a*"), 0, S("aaa"), "0-3" },
	{ S("a*"), 0, S("baa"), "0-0" },
	{ S("a+"), 0, S("baa"), "1-3" },
	{ S("a+"), 0, S("b"), "no" },
	{ S("a?"), 0, S("aa"), "0-1" },
	{ S("a?b"), 0, S("b"), "0-1" },
	{ S("a{2}"), 0, S("aaa"), "0-2" },
	{ S("a{2}"), 0, S("a"), "no" },
	{ S("a{2,}"), 0, S("aaaa"), "0-4" },
	{ S("a{2,3}"), 0, S("aaaa"), "0-3" },
	{ S("a{0}b"), 0, S("ab"), "1-2" },
	{ S("a{0,0}"), 0, S("a"), "0-0" },
	{ S("a{0,1}b"), 0, S("aab"), "1-3" },
	{ S("a{1}"), 0, S("a"), "0-1" },
	{ S("a{3}a"), 0, S("aaa"), "no" },
	{ S("a*?"), 0, S("aa"), "0-0" },
	{ S("a*?b"), 0, S("aab"), "0-3" },
	{ S("a+?"), 0, S("aa"), "0-1" },
	{ S("a+?b"), 0, S("aab"), "0-3" },
	{ S("a?\?"), 0, S("a"), "0-0" },
	{ S("a?\?b"), 0, S("ab"), "0-2" },
	{ S("a{2,3}?"), 0, S("aaa"), "0-2" },
	{ S("a{2,}?"), 0, S("aaa"), "0-2" },
	{ S("a{2,}?b"), 0, S("aaaab"), "0-5" },
	{ S("a{1,3}?b"), 0, S("aaaab"), "1-5" },
	{ S("(a{1,3}?)(a*)"), 0, S("aaaa"), "0-4 0-1 1-4" },
	{ S("(a{2,}?)(a*)"), 0, S("aaaa"), "0-4 0-2 2-4" },
	{ S("a*+a"), 0, S("aaa"), "no" },
	{ S("a*+b"), 0, S("aaab"), "0-4" },
	{ S("a++b"), 0, S("aaab"), "0-4" },
	{ S("a?+a"), 0, S("a"), "no" },
	{ S("a?+a"), 0, S("aa"), "0-2" },
	{ S("a{1,2}+a"), 0, S("aa"), "no" },
	{ S("a{1,2}+a"), 0, S("aaa"), "0-3" },
	{ S("(?:a|ab)++c"), 0, S("abc"), "no" },
	{ S("(a|ab){1}+c"), 0, S("abc"), "no" },
	{ S("(a|ab){1}c"), 0, S("abc"), "0-3 0-2" },
	{ S("(a|ab){2}+c"), 0, S("aabc"), "no" },
	{ S("(?:ab?){2}+b"), 0, S("abab"), "no" },
	{ S(".*b"), 0, S("aabab"), "0-5" },
	{ S(".*?b"), 0, S("aabab"), "0-3" },
	{ S(".+b.+b"), 0, S("xbxbxb"), "0-6" },
	{ S("x.*y.*z"), 0, S("xxyyzzz"), "0-7" },
	{ S("[ab]*b"), 0, S("abab"), "0-4" },
	{ S("[^/]+/"), 0, S("ab/cd"), "0-3" },
	{ S("[^/]*$"), 0, S("a/b/cd"), "4-6" },
	{ S("a.{2}b"), 0, S("axxb"), "0-4" },
	{ S(".{3,}?b"), 0, S("aabbb"), "0-4" },
	{ S("(ab){2}"), 0, S("ababab"), "0-4 2-4" },
	{ S("(ab){2,}"), 0, S("abababa"), "0-6 4-6" },
	{ S("(ab){1,2}?"), 0, S("abab"), "0-2 0-2" },
	{ S("(ab){0,2}?c"), 0, S("ababc"), "0-5 2-4" },
	{ S("(?:ab){3}"), 0, S("abab"), "no" },
	{ S("(?:ab){0}c"), 0, S("c"), "0-1" },
	{ S("(ab){0}c"), 0, S("c"), "0-1 -" },
	{ S("a{65535}"), 0, S("aaa"), "no" },
	{ S("(?:a{2}){2}"), 0, S("aaaaa"), "0-4" },
	{ S("(?:a{2})*"), 0, S("aaaaa"), "0-4" },
	{ S("(?:a|b){2,3}?c"), 0, S("ababc"), "1-5" },
	{ S("(a?){3}b"), 0, S("aab"), "0-3 2-2" },
	{ S("(a?){3,}b"), 0, S("aab"), "0-3 2-2" },
	{ S("(a?\?){2,3}b"), 0, S("aab"), "0-3 1-2" },
	{ S("(?:a+)?b"), 0, S("b"), "0-1" },
	{ S("(?:){5}a"), 0, S("a"), "0-1" },
	{ S("()*"), 0, S("a"), "0-0 0-0" },
	{ S("(?:)*a"), 0, S("a"), "0-1" },
	{ S("(){3}"), 0, S(""), "0-0 0-0" },
	/* Groups and captures. */
	{ S("(a)(b)(c)"), 0, S("abc"), "0-3 0-1 1-2 2-3" },
	{ S("(a)|(b)"), 0, S("b"), "0-1 - 0-1" },
	{ S("(a)|b"), 0, S("b"), "0-1 -" },
	{ S("((a)(b))"), 0, S("ab"), "0-2 0-2 0-1 1-2" },
	{ S("(a(b)?)+"), 0, S("aba"), "0-3 2-3 1-2" },
	{ S("(a|(b))+"), 0, S("ba"), "0-2 1-2 0-1" },
	{ S("(?:(a)|(b))+"), 0, S("ab"), "0-2 0-1 1-2" },
	{ S("(?:(a)|b)*"), 0, S("ab"), "0-2 0-1" },
	{ S("(?:(a)|(b)|(c))*"), 0, S("abcb"), "0-4 0-1 3-4 2-3" },
	{ S("((a)|b)+"), 0, S("ab"), "0-2 1-2 0-1" },
	{ S("(a*)+"), 0, S("aa"), "0-2 2-2" },
	{ S("(a*)*"), 0, S("aa"), "0-2 2-2" },
	{ S("(a*)*"), 0, S("b"), "0-0 0-0" },
	{ S("(a|b*)*"), 0, S("ab"), "0-2 2-2" },
	{ S("(a|b*){0,3}"), 0, S("b"), "0-1 1-1" },
	{ S("(a*?)*?b"), 0, S("aab"), "0-3 1-2" },
	{ S("(a?)*?b"), 0, S("ab"), "0-2 0-1" },
	{ S("(|a)+"), 0, S("aa"), "0-0 0-0" },
	{ S("(|a)*"), 0, S("aa"), "0-0 0-0" },
	{ S("(a|)+"), 0, S("aab"), "0-2 2-2" },
	{ S("(a||b)*"), 0, S("aab"), "0-2 2-2" },
	{ S("(|a|b)*c"), 0, S("abc"), "0-3 2-2" },
	{ S("((a*)b*)*"), 0, S("aabb"), "0-4 4-4 4-4" },
	{ S("(?:a*)*"), 0, S("aa"), "0-2" },
	{ S("(?:a?b?\?)*"), 0, S("ab"), "0-1" },
	{ S("(?:(a?)(b?))*"), 0, S("ab"), "0-2 2-2 2-2" },
	{ S("(?:(x)|a?)*"), 0, S("aax"), "0-3 2-3" },
	{ S("((((((a))))))"), 0, S("a"), "0-1 0-1 0-1 0-1 0-1 0-1 0-1" },
	{ S("(a)(?:b)(c)"), 0, S("abc"), "0-3 0-1 2-3" },
	{ S("(?:a|b)c"), 0, S("bc"), "0-2" },
	{ S("a(b(c)?)?d"), 0, S("abd"), "0-3 1-2 -" },
	{ S("a(b(c)?)?d"), 0, S("ad"), "0-2 - -" },
	{ S("(.*)(\\d+)"), 0, S("ab123"), "0-5 0-4 4-5" },
	{ S("(.*?)(\\d+)"), 0, S("ab123"), "0-5 0-2 2-5" },
	{ S("(.+)(.+)(.+)"), 0, S("abcde"), "0-5 0-3 3-4 4-5" },
	{ S("(.+?)(.+?)(.+)"), 0, S("abcde"), "0-5 0-1 1-2 2-5" },
	{ S("(a+)(a+)"), 0, S("aaaa"), "0-4 0-3 3-4" },
	{ S("(a+?)(a+?)$"), 0, S("aaaa"), "0-4 0-1 1-4" },
	{ S("(a|ab)(c|bcd)(d*)"), 0, S("abcd"), "0-4 0-1 1-4 4-4" },
	{ S("(a|ab)(bcd|c)(d*)"), 0, S("abcd"), "0-4 0-1 1-4 4-4" },
	{ S("(ab|a)(c|bcd)(d*)"), 0, S("abcd"), "0-4 0-2 2-3 3-4" },
	{ S("(?<x>a)(?P<y>b)(?'z'c)"), 0, S("abc"), "0-3 0-1 1-2 2-3" },
	{ S("(?<a1_>a)"), 0, S("a"), "0-1 0-1" },
	{ S("(^a)|b"), 0, S("ab"), "0-1 0-1" },
	{ S("(?:(?:(a)))"), 0, S("a"), "0-1 0-1" },
	{ S("(a)(b)?(c)?"), 0, S("ac"), "0-2 0-1 - 1-2" },
	{ S("(a){0}b\\K"), 0, S("b"), "1-1 -" },
	/* Alternation. */
	{ S("a|b"), 0, S("b"), "0-1" },
	{ S("a|ab"), 0, S("ab"), "0-1" },
	{ S("ab|a"), 0, S("ab"), "0-2" },
	{ S("a|"), 0, S("b"), "0-0" },
	{ S("|a"), 0, S("a"), "0-0" },
	{ S("(?:|a)b"), 0, S("ab"), "0-2" },
	{ S("a||b"), 0, S("b"), "0-0" },
	{ S("foo|bar|baz"), 0, S("xbaz"), "1-4" },
	{ S("foo|foobar"), 0, S("foobar"), "0-3" },
	{ S("(?:foo|foobar)$"), 0, S("foobar"), "0-6" },
	{ S("b|bc|bcd"), 0, S("abcd"), "1-2" },
	{ S("(?:a|b|c)+"), 0, S("xcabx"), "1-4" },
	{ S("^a|b$"), 0, S("cb"), "1-2" },
	{ S("^(?:a|b)$"), 0, S("ab"), "no" },
	{ S("one|two|three|four"), NOCASE, S("xxTHREE"), "2-7" },
	{ S("a(?:b|c|d){2}e"), 0, S("abde"), "0-4" },
	{ S("(x|y|)z"), 0, S("z"), "0-1 0-0" },
	{ S("(?:aa|a)(?:aa|a)$"), 0, S("aaa"), "0-3" },
	/* Options. */
	{ S("(?i)a"), 0, S("A"), "0-1" },
	{ S("(?i)a(?-i)b"), 0, S("AB"), "no" },
	{ S("(?i)a(?-i)b"), 0, S("Ab"), "0-2" },
	{ S("(?i:a)b"), 0, S("Ab"), "0-2" },
	{ S("(?i:a)b"), 0, S("AB"), "no" },
	{ S("a(?i)b|c"), 0, S("aB"), "0-2" },
	{ S("a(?i)b|c"), 0, S("C"), "0-1" },
	{ S("(a(?i)b|c)d"), 0, S("Cd"), "0-2 0-1" },
	{ S("(a(?i)b)c"), 0, S("aBC"), "no" },
	{ S("(a(?i)b)c"), 0, S("aBc"), "0-3 0-2" },
	{ S("(?-i)a"), NOCASE, S("A"), "no" },
	{ S("(?-i:a)b"), NOCASE, S("aB"), "0-2" },
	{ S("(?s-i:.)A"), NO_DOTALL | NOCASE, S("\na"), "0-2" },
	{ S("(?im)^a$"), 0, S("b\nA"), "2-3" },
	{ S("(?x) a b # c"), 0, S("ab"), "0-2" },
	{ S("(?x: a b )c"), 0, S("abc"), "0-3" },
	{ S("(?x: a b ) c"), 0, S("abc"), "no" },
	{ S("(?i-s:A.)"), 0, S("a\n"), "no" },
	{ S("(?^)A"), NOCASE, S("a"), "no" },
	{ S("(?^i:A)."), NOCASE, S("ab"), "0-2" },
	{ S("(?i)[a-c]+"), 0, S("ABC"), "0-3" },
	{ S("(?i)[^a]"), 0, S("A"), "no" },
	{ S("(?-:a)"), 0, S("a"), "0-1" },
	{ S("(?i-:a)"), 0, S("A"), "0-1" },
	{ S("(?ii)a"), 0, S("A"), "0-1" },
	{ S("((?i)a)b"), 0, S("AB"), "no" },
	{ S("(?:(?i)a|b)B"), 0, S("BB"), "0-2" },
	{ S("(?i)\\x41"), 0, S("a"), "0-1" },
	{ S("(?)a"), 0, S("a"), "0-1" },
	{ S("a(?#comment)b"), 0, S("ab"), "0-2" },
	{ S("a(?#x)*"), 0, S("aaa"), "0-3" },
	{ S("(?#)"), 0, S("a"), "0-0" },
	{ S("a b"), EXTENDED, S("ab"), "0-2" },
	{ S("a\\ b"), EXTENDED, S("a b"), "0-3" },
	{ S("[a b]+"), EXTENDED, S("a b"), "0-3" },
	{ S("a #b\nc"), EXTENDED, S("ac"), "0-2" },
	{ S("a +"), EXTENDED, S("aaa"), "0-3" },
	{ S("a {2}"), EXTENDED, S("aa"), "0-2" },
	{ S("a+ ?"), EXTENDED, S("aaa"), "0-1" },
	{ S("a+ (?#x) +"), EXTENDED, S("aaa"), "0-3" },
	{ S("a # ) "), EXTENDED, S("a"), "0-1" },
	{ S("\\Q a\\E"), EXTENDED, S(" a"), "0-2" },
	{ S("(?-x) a"), EXTENDED, S(" a"), "0-2" },
	{ S(" ( a ) ( b ) "), EXTENDED, S("ab"), "0-2 0-1 1-2" },
	{ S("a\\#b"), EXTENDED, S("a#b"), "0-3" },
	{ S("[#]"), EXTENDED, S("#"), "0-1" },
	/* Lookaround. */
	{ S("a(?=b)"), 0, S("aab"), "1-2" },
	{ S("a(?!b)"), 0, S("abac"), "2-3" },
	{ S("(?=a)b"), 0, S("ab"), "no" },
	{ S("(?=(a))a"), 0, S("a"), "0-1 0-1" },
	{ S("(?=(a+))a*b"), 0, S("aaab"), "0-4 0-3" },
	{ S("(?=(a+?))\\1b"), 0, S("aab"), "1-3 1-2" },
	{ S("(?!(a)b)ac"), 0, S("ac"), "0-2 -" },
	{ S("(?!)"), 0, S("a"), "no" },
	{ S("(?=)"), 0, S("a"), "0-0" },
	{ S("(?!a|b)."), 0, S("abc"), "2-3" },
	{ S("^(?!.*foo).*$"), 0, S("a bar"), "0-5" },
	{ S("^(?!.*foo).*$"), 0, S("a foo"), "no" },
	{ S("^(?=.*a)(?=.*b).+$"), 0, S("cba"), "0-3" },
	{ S("(?=ab|cd).d"), 0, S("cd"), "0-2" },
	{ S("(?:(?=a)a)+"), 0, S("aab"), "0-2" },
	{ S("(?:(?=(.))a)+"), 0, S("aab"), "0-2 1-2" },
	{ S("((?=(a))(a))*"), 0, S("aa"), "0-2 1-2 1-2 1-2" },
	{ S("(?=(a)|(b))b"), 0, S("b"), "0-1 - 0-1" },
	{ S("(?=a(?=b(?=c)))."), 0, S("abdabc"), "3-4" },
	{ S("(?=a(?!b)).."), 0, S("abac"), "2-4" },
	{ S("(?!a(?!b)).."), 0, S("acab"), "1-3" },
	{ S("(?!(?!a))b?a"), 0, S("ba"), "1-2" },
	{ S("(?=a)*b"), 0, S("b"), "0-1" },
	{ S("(?=a){0}b"), 0, S("b"), "0-1" },
	{ S("(?=a)?b"), 0, S("b"), "0-1" },
	{ S("(?=(a))?a"), 0, S("a"), "0-1 0-1" },
	{ S("(?=(a))?\?a"), 0, S("a"), "0-1 -" },
	{ S("(?!a)*a"), 0, S("a"), "0-1" },
	{ S("(?!a)+b"), 0, S("ab"), "1-2" },
	{ S("(?=a){3}a"), 0, S("a"), "0-1" },
	{ S("(?<=a)b"), 0, S("bab"), "2-3" },
	{ S("(?<!a)b"), 0, S("abb"), "2-3" },
	{ S("(?<=ab)c"), 0, S("bcabc"), "4-5" },
	{ S("(?<=a|bc)d"), 0, S("adbcd"), "1-2" },
	{ S("(?<=^)a"), 0, S("aa"), "0-1" },
	{ S("(?<=^a)b"), 0, S("ab"), "1-2" },
	{ S("(?<!^)a"), 0, S("aa"), "1-2" },
	{ S("(?<=(a))b"), 0, S("ab"), "1-2 0-1" },
	{ S("(?<=(a)(b))c"), 0, S("abc"), "2-3 0-1 1-2" },
	{ S("(?<=\\d{3})x"), 0, S("12x123x"), "6-7" },
	{ S("(?<=a{3})b"), 0, S("aabaaab"), "6-7" },
	{ S("(?<=[ab]c)d"), 0, S("acd"), "2-3" },
	{ S("(?<=a(?=b))b"), 0, S("ab"), "1-2" },
	{ S("(?<=a(?!b))c"), 0, S("ac"), "1-2" },
	{ S("(?<!c)(?<=b)a"), 0, S("cba"), "2-3" },
	{ S("(?<=(?<!a)b)c"), 0, S("abcbc"), "4-5" },
	{ S("(?<=(?:ab|cd))e"), 0, S("cde"), "2-3" },
	{ S("(?<=a)(?=b)"), 0, S("ab"), "1-1" },
	{ S("(?<=\\b)a"), 0, S("ba a"), "3-4" },
	{ S("(?<=)a"), 0, S("a"), "0-1" },
	{ S("(?<!)a"), 0, S("a"), "no" },
	{ S("(?<!a|b)c"), 0, S("acbcc"), "4-5" },
	{ S("(?<=(?>a|b)c)d"), 0, S("bcd"), "2-3" },
	{ S("(?<=\\n)b"), 0, S("a\nb"), "2-3" },
	{ S("(?<!\\w)x"), 0, S("axx x"), "4-5" },
	{ S("(?<=a(?:b|c)d)e"), 0, S("acde"), "3-4" },
	/* Atomic groups. */
	{ S("(?>a*)a"), 0, S("aaa"), "no" },
	{ S("(?>a*)b"), 0, S("aab"), "0-3" },
	{ S("(?>a|ab)c"), 0, S("abc"), "no" },
	{ S("(?>ab|a)c"), 0, S("abc"), "0-3" },
	{ S("(?>a+|b)c"), 0, S("aacbc"), "0-3" },
	{ S("((?>a+))b"), 0, S("aab"), "0-3 0-2" },
	{ S("(?>(a+))b"), 0, S("aab"), "0-3 0-2" },
	{ S("(?>(a)|b)+c"), 0, S("abc"), "0-3 0-1" },
	{ S("(?>a?)(?>b?)c"), 0, S("abc"), "0-3" },
	{ S("(?>(?>a+)b?)b"), 0, S("aab"), "no" },
	{ S("(?>(?>a|ab)c|abd)"), 0, S("abd"), "0-3" },
	{ S("(?>.*)a"), 0, S("aa"), "no" },
	{ S("(?>.*?)a"), 0, S("ba"), "1-2" },
	{ S("x(?>a*?)b"), 0, S("xab"), "no" },
	{ S("(?>[^,]+),"), 0, S("ab,cd"), "0-3" },
	{ S("(?>a{2,3})a"), 0, S("aaa"), "no" },
	{ S("(?>a{2,3})a"), 0, S("aaaa"), "0-4" },
	{ S("(?:(?>a|ab)c?)+b"), 0, S("aacb"), "0-4" },
	{ S("(?>(a)(?=(b)))b"), 0, S("ab"), "0-2 0-1 1-2" },
	{ S("(?>(?:a|b)*)b"), 0, S("abb"), "no" },
	/* Backreferences. */
	{ S("(a)\\1"), 0, S("aa"), "0-2 0-1" },
	{ S("(a)\\1"), 0, S("ab"), "no" },
	{ S("(a+)b\\1"), 0, S("aabaa"), "0-5 0-2" },
	{ S("(a+)b\\1$"), 0, S("aabaa"), "0-5 0-2" },
	{ S("(.+)\\1"), 0, S("xabab"), "1-5 1-3" },
	{ S("^(.+?)\\1+$"), 0, S("ababab"), "0-6 0-2" },
	{ S("(a)(b)\\2\\1"), 0, S("abba"), "0-4 0-1 1-2" },
	{ S("(a)?\\1b"), 0, S("b"), "no" },
	{ S("(?:(a)|b)\\1"), 0, S("ba"), "no" },
	{ S("(a|b\\1)+"), 0, S("aba"), "0-3 1-3" },
	{ S("(\\1a|b)+"), 0, S("bba"), "0-3 1-3" },
	{ S("\\1(a)"), 0, S("aa"), "no" },
	{ S("(a)\\g1"), 0, S("aa"), "0-2 0-1" },
	{ S("(a)\\g{1}"), 0, S("aa"), "0-2 0-1" },
	{ S("(a)(b)\\g{-1}"), 0, S("abb"), "0-3 0-1 1-2" },
	{ S("(a)(b)\\g{-2}"), 0, S("aba"), "0-3 0-1 1-2" },
	{ S("(a)\\g-1"), 0, S("aa"), "0-2 0-1" },
	{ S("(?<n>a)\\k<n>"), 0, S("aa"), "0-2 0-1" },
	{ S("(?<n>a)\\k'n'"), 0, S("aa"), "0-2 0-1" },
	{ S("(?<n>a)\\k{n}"), 0, S("aa"), "0-2 0-1" },
	{ S("(?<n>a)\\g{n}"), 0, S("aa"), "0-2 0-1" },
	{ S("(?P<n>a)(?P=n)"), 0, S("aa"), "0-2 0-1" },
	{ S("(a)\\1"), NOCASE, S("aA"), "0-2 0-1" },
	{ S("(?i)(a)(?-i)\\1"), 0, S("aA"), "no" },
	{ S("(a)(?i)\\1"), 0, S("aA"), "0-2 0-1" },
	{ S("(a*)\\1"), 0, S("aaaa"), "0-4 0-2" },
	{ S("(a*)b\\1*c"), 0, S("aabaaaac"), "0-8 0-2" },
	{ S("(a?)\\1{2}"), 0, S("aaa"), "0-3 0-1" },
	{ S("()\\1a"), 0, S("a"), "0-1 0-0" },
	{ S("()\\1*a"), 0, S("a"), "0-1 0-0" },
	{ S("(?=(a))\\1"), 0, S("a"), "0-1 0-1" },
	{ S("(?>(a+))\\1"), 0, S("aaa"), "no" },
	{ S("(\\w+) \\1"), 0, S("the the"), "0-7 0-3" },
	{ S("([\"']).*?\\1"), 0, S("say \"it's\" ok"), "4-10 4-5" },
	{ S("^(/.+)/(.*)::\\2$"), 0, S("/app/web/some/page::some/page"),
	    "0-29 0-8 9-18" },
	{ S("^(/.+)/(.*)::\\2$"), 0, S("/app/web/some/page::other"), "no" },
	{ S("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10"), 0, S("abcdefghijj"),
	    "0-11 0-1 1-2 2-3 3-4 4-5 5-6 6-7 7-8 8-9 9-10" },
	{ S("(a)\\1{0}b"), 0, S("ab"), "0-2 0-1" },
	{ S("(?:(a)\\1?)+"), 0, S("aaa"), "0-3 2-3" },
	{ S("\\k<x>(?<x>a)|b"), 0, S("b"), "0-1 -" },
	/* Keep. */
	{ S("a\\Kb"), 0, S("ab"), "1-2" },
	{ S("(a)\\K(b)"), 0, S("ab"), "1-2 0-1 1-2" },
	{ S("a\\K"), 0, S("a"), "1-1" },
	{ S("(a\\K)+"), 0, S("aa"), "2-2 1-2" },
	{ S("(?:a\\Kb|ac)"), 0, S("ac"), "0-2" },
	{ S("\\Ka"), 0, S("a"), "0-1" },
	{ S("(?>a\\Kb)"), 0, S("ab"), "1-2" },
	{ S("a\\Kb\\Kc"), 0, S("abc"), "2-3" },
	/* What sites use. */
	{ S("^index\\.php$"), 0, S("index.php"), "0-9" },
	{ S("^(.*)\\.php$"), 0, S("a/b.php"), "0-7 0-3" },
	{ S("^(.*)\\.php$"), 0, S("a/b.php5"), "no" },
	{ S("^(.*)\\.php$"), NOCASE, S("A.PHP"), "0-5 0-1" },
	{ S("\\.(gif|jpe?g|png)$"), 0, S("x/a.jpeg"), "3-8 4-8" },
	{ S("\\.(gif|jpe?g|png)$"), 0, S("x/a.jpegx"), "no" },
	{ S("(^|/)\\.(?!well-known)"), 0, S("a/.git"), "1-3 1-2" },
	{ S("(^|/)\\.(?!well-known)"), 0, S(".well-known/x"), "no" },
	{ S("(^|/)\\.(?!well-known)"), 0, S(".htaccess"), "0-1 0-0" },
	{ S("^/?c/(.*?)/?$"), 0, S("/c/a/b/"), "0-7 3-6" },
	{ S("^/?c/(.*?)/?$"), 0, S("c/"), "0-2 2-2" },
	{ S("^([^/]+)/([^/]+)/?$"), 0, S("shoes/red/"), "0-10 0-5 6-9" },
	{ S("(?i:bot|crawl)"), 0, S("Mozilla GoogleBot/2"), "14-17" },
	{ S("(?i)\\.(php|phtml|ph[p]?[345]?)$"), 0, S("X.PHP5"), "1-6 2-6" },
	{ S("^www\\.(.+)$"), NOCASE, S("WWW.example.org"), "0-15 4-15" },
	{ S("!^$"), 0, S("!"), "no" },
	{ S("^/~([a-z]+)(/.*)?$"), 0, S("/~joe/x"), "0-7 2-5 5-7" },
	{ S("^([a-z0-9-]+)-([0-9]+)\\.html$"), 0, S("a-b-12.html"),
	    "0-11 0-3 4-6" },
	{ S("^(?:.*/)?\\.+"), 0, S("a/..b"), "0-4" },
	{ S("\\.(?:bak|sql|sw[op])~?$"), 0, S("a.swp~"), "1-6" },
	{ S("^(?!/admin|/login).*"), 0, S("/admin/x"), "no" },
	{ S("^(?!/admin|/login).*"), 0, S("/x"), "0-2" },
	{ S("(\\?.*)?$"), 0, S("a?b"), "1-3 1-3" },
	{ S("^/(\\d{4})/(\\d{2})/?$"), 0, S("/2020/12/"), "0-9 1-5 6-8" },
	{ S("^(.+)\\.(\\d+)\\.(js|css)$"), 0, S("a/b.123.css"),
	    "0-11 0-3 4-7 8-11" },
	{ S("^[A-Z]{3,9}\\ /([^\\ ]*)\\ HTTP"), 0, S("GET /x/y HTTP/1.1"),
	    "0-13 5-8" },
	{ S("^(10|172\\.(1[6-9]|2\\d|3[01])|192\\.168)\\."), 0, S("172.20.1.1"),
	    "0-7 0-6 4-6" },
	{ S("on(load|click)="), NOCASE, S("x ONCLICK=1"), "2-10 4-9" },
	{ S("%2[Ff]|%5[Cc]"), 0, S("a%2fb"), "1-4" },
	{ S("(;|<|>|'|\"|\\)|%0A|%0D|%22|%27|%3C|%3E|%00)"), 0, S("a=%3Cb"),
	    "2-5 2-5" },
	{ S("^.{8,}$"), 0, S("short"), "no" },
	{ S("[^a-zA-Z0-9/_.-]"), 0, S("/a b"), "2-3" },
	{ S("^(en|de|fr)(?:/(.*))?$"), 0, S("de"), "0-2 0-2 -" },
	{ S("^(en|de|fr)(?:/(.*))?$"), 0, S("de/x"), "0-4 0-2 3-4" },
	/* Ways that meet again. */
	{ S("(a|a)*b"), 0, S("aab"), "0-3 1-2" },
	{ S("(a+)+b"), 0, S("aab"), "0-3 0-2" },
	{ S("(a+)+$"), 0, S("aab"), "no" },
	{ S("(?:a|ab|b)*c"), 0, S("ababc"), "0-5" },
	{ S("((a|b)*c|(a|b)*d)"), 0, S("abad"), "0-4 0-4 - 2-3" },
	{ S("(a|aa)+$"), 0, S("aaa"), "0-3 2-3" },
	{ S("(?:(a)|(aa))+$"), 0, S("aaa"), "0-3 2-3 -" },
	{ S("(a*)*\\z"), 0, S("aa"), "0-2 2-2" },
	{ S("(?:a?){3}a{3}"), 0, S("aaa"), "0-3" },
	{ S("(x+x+)+y"), 0, S("xxxy"), "0-4 0-3" },
	{ S("(?:(a?)b?)*c"), 0, S("abac"), "0-4 3-3" },
	{ S("(?=(a|aa)+$)a"), 0, S("aaa"), "0-1 2-3" },
	{ S("(?>(a|aa)+)a"), 0, S("aaa"), "no" },
	{ S("((a*)*)*b"), 0, S("aab"), "0-3 2-2 2-2" },
	{ S("(?:(?:a*)*)*$"), 0, S("aab"), "3-3" },
	{ S("(.*)*x"), 0, S("aax"), "0-3 2-2" },
	{ S("([ab]*?)*c"), 0, S("abc"), "0-3 2-2" },
	/* Lists of words. */
	{ S("(?:ab|ac|b|cd|ce)x"), 0, S("abcex"), "2-5" },
	{ S("(ab|ac|b|cd|ce)+$"), 0, S("abbcecd"), "0-7 5-7" },
	{ S("(ab|ac|b|cd|ce)+$"), 0, S("abbcecf"), "no" },
	{ S("(?i)(one|two|three|four|five)"), 0, S("x FIVE"), "2-6 2-6" },
	{ S("(?i)(one|On|two|T|three)r"), 0, S("xtr"), "1-3 1-2" },
	{ S("(a|ab|abc|abcd)d"), 0, S("abcd"), "0-4 0-3" },
	{ S("(?:a|b|c|d)*"), 0, S("abcdx"), "0-4" },
	{ S("(?:a*b|c|d|e)"), 0, S("aab"), "0-3" },
	{ S("(?:|b|c|d)x"), 0, S("x"), "0-1" },
	{ S("(?:a|b|c|d$)"), 0, S("d"), "0-1" },
	{ S("([ab]c|[ab]d|e|f)g"), 0, S("bdg"), "0-3 0-2" },
	{ S("([ab]c|bd|e|f)g"), 0, S("bdg"), "0-3 0-2" },
	{ S("(?:a|b|c|$)"), 0, S("x"), "1-1" },
	{ S("^(?:get|head|post|put|delete)$"), NOCASE, S("Put"), "0-3" },
	{ S("(?>a|ab|c|d)x"), 0, S("abx"), "no" },
	{ S("(?:w|x|y|z|)1"), 0, S("1"), "0-1" },
	{ S("(?!foo|bar|baz|qux)..."), 0, S("bazzy"), "1-4" },
	{ S("(?:(a)|(b)|(c)|(d))+"), 0, S("dbca"), "0-4 3-4 1-2 2-3 0-1" },
};

START_TEST(matches_as_pcre)
{
	struct regex *re = compile(cases[_i].pattern, cases[_i].flags);
	struct str subject = cases[_i].subject;

	ck_assert_str_eq(matched(re, subject, search_in_time), cases[_i].want);
	if (!re->has_backrefs)
		ck_assert_str_eq(matched(re, subject, search_with_memo),
		    cases[_i].want);
	ck_assert_int_eq(regex_match(re, subject, NULL, 0),
	    strcmp(cases[_i].want, "no") != 0);
}
END_TEST

/* What PCRE2 10.42 refuses, and Perl finds. */
static const struct {
	struct str	 pattern, subject;
	const char	*want;
} lookbehinds[] = {
	{ S("(?<=a{1,3})b"), S("aaab"), "3-4" },
	{ S("(?<=(a{1,3}))b"), S("aaab"), "3-4 0-3" },
	{ S("(?<=(a{1,3}?))b"), S("aaab"), "3-4 0-3" },
	{ S("(?<=(a|ab|abc){1,2})d"), S("abcd"), "3-4 0-3" },
	{ S("(?<=(?:a|ab)(?:c|bc))d"), S("abcd"), "3-4" },
	{ S("(?<=(a|ab)(c|bc))d"), S("abcd"), "3-4 0-1 1-3" },
	{ S("(?<!a{2,3})b"), S("aab"), "no" },
	{ S("(?<!a{2,3})b"), S("abab"), "1-2" },
	{ S("(?<=x(?:a|bb)?)c"), S("xbbc"), "3-4" },
	{ S("(?<=x(?:a|bb)?)c"), S("xbc"), "no" },
	{ S("(?<=^a?)b"), S("ab"), "1-2" },
	{ S("(?<=a?$|b)c"), S("bc"), "1-2" },
	{ S("(?<=(?<=a{1,2})b)c"), S("aabc"), "3-4" },
	{ S("(?<=(?!ab)[ab]{1,2})c"), S("abc"), "2-3" },
	{ S("(?:(?<=(a|aa))a)+"), S("aaaa"), "1-4 1-3" },
	{ S("(?<=(?:a|b|ab){2,3})c"), S("xabc"), "3-4" },
	{ S("(?<=\\R)b"), S("a\r\nb"), "3-4" },
	{ S("(?<=a.*?b|c)d"), S("d"), NULL },
	{ S("(?<=a{0,255})b"), S("b"), "0-1" },
	{ S("(?<=a{65535})b"), S("b"), "no" },
};

START_TEST(lookbehind_varies)
{
	struct str subject = lookbehinds[_i].subject;
	const char *want = lookbehinds[_i].want;
	struct regex_error error;
	struct regex *re = regex_new(a, lookbehinds[_i].pattern, 0, &error);

	ck_assert_int_eq(re != NULL, want != NULL);
	if (re == NULL)
		return;
	ck_assert_str_eq(matched(re, subject, search_in_time), want);
	ck_assert_str_eq(matched(re, subject, search_with_memo), want);
}
END_TEST

#define NO_NUMBER	"not a number in { }"
#define NO_REPEAT	"nothing to repeat"
#define NO_GROUP	"there is no such group"
#define NO_KIND		"not supported after (?"
#define NO_ESCAPE	"this escape is not supported"
#define NO_END		"the name of a group does not end"

static const struct {
	const char	*pattern, *message;
	size_t		 offset;
} errors[] = {
	{ "ab)cd", "unmatched )", 2 },
	{ ")", "unmatched )", 0 },
	{ "a|b)", "unmatched )", 3 },
	{ "a(b(c", "missing )", 3 },
	{ "a(b(c)", "missing )", 1 },
	{ "(?:a", "missing )", 0 },
	{ "x(?=a", "missing )", 1 },
	{ "(?i", "missing )", 0 },
	{ "(?", "missing )", 0 },
	{ "(\\Qa)", "missing )", 0 },
	{ "a(?#x", "missing ) after (?#", 1 },
	{ "x[abc", "missing ]", 1 },
	{ "[", "missing ]", 0 },
	{ "[]", "missing ]", 0 },
	{ "[^]", "missing ]", 0 },
	{ "[a\\", "missing ]", 0 },
	{ "[\\Qa]", "missing ]", 0 },
	{ "[[:alpha:]", "missing ]", 0 },
	{ "a\\", "\\ at the end", 1 },
	{ "*a", NO_REPEAT, 0 },
	{ "a|*", NO_REPEAT, 2 },
	{ "(+a)", NO_REPEAT, 1 },
	{ "(?:?)", NO_REPEAT, 3 },
	{ "{2}", NO_REPEAT, 0 },
	{ "a{2}{3}", NO_REPEAT, 4 },
	{ "a**", NO_REPEAT, 2 },
	{ "a???", NO_REPEAT, 3 },
	{ "a+++", NO_REPEAT, 3 },
	{ "^*", NO_REPEAT, 1 },
	{ "$+", NO_REPEAT, 1 },
	{ "\\b?", NO_REPEAT, 2 },
	{ "\\K*", NO_REPEAT, 2 },
	{ "(?i)*", NO_REPEAT, 4 },
	{ "(*)", NO_REPEAT, 1 },
	{ "\\Q\\E+", NO_REPEAT, 4 },
	{ "a{111111111111111111}", "a quantifier is larger than 65535", 1 },
	{ "a{65536}", "a quantifier is larger than 65535", 1 },
	{ "ab{1,65536}", "a quantifier is larger than 65535", 2 },
	{ "a{3,1}", "the numbers of a quantifier are out of order", 1 },
	{ "xx[m-d]", "a range is out of order", 3 },
	{ "[a-\\x41]", "a range is out of order", 1 },
	{ "[a-\\d]", "a range ends in a set of bytes", 2 },
	{ "[a-[:digit:]]", "a range ends in a set of bytes", 2 },
	{ "[\\w-z]", "a range begins with a set of bytes", 3 },
	{ "[[:digit:]-z]", "a range begins with a set of bytes", 10 },
	{ "a[[:foo:]]", "unknown POSIX class", 2 },
	{ "[[:<:]]", "unknown POSIX class", 1 },
	{ "x[:alpha:]",
	    "a POSIX class outside of a class: it takes [[: :]]", 1 },
	{ "[[.x.]]", "[. .] and [= =] are not supported", 1 },
	{ "[a[=x=]]", "[. .] and [= =] are not supported", 2 },
	{ "a\\y", "unknown escape", 1 },
	{ "\\i", "unknown escape", 0 },
	{ "\\o1", "unknown escape", 0 },
	{ "[\\y]", "unknown escape in a class", 1 },
	{ "[\\B]", "unknown escape in a class", 1 },
	{ "[\\R]", "unknown escape in a class", 1 },
	{ "\\pL", NO_ESCAPE, 0 },
	{ "a\\X", NO_ESCAPE, 1 },
	{ "\\C", NO_ESCAPE, 0 },
	{ "\\L", NO_ESCAPE, 0 },
	{ "\\N{U+41}", "\\N{...} is not supported", 0 },
	{ "\\x{zz}", NO_NUMBER, 2 },
	{ "\\x{}", NO_NUMBER, 2 },
	{ "\\x{ff", NO_NUMBER, 2 },
	{ "\\o{8}", NO_NUMBER, 2 },
	{ "\\x{100}", "the number of a byte is over 255", 2 },
	{ "\\x{fffffffffffffffff}", "the number of a byte is over 255", 2 },
	{ "a\\400", "the number of a byte is over 255", 2 },
	{ "[\\400]", "the number of a byte is over 255", 2 },
	{ "\\c", "\\c without a printable character", 1 },
	{ "\\c\n", "\\c without a printable character", 1 },
	{ "(?|a)", NO_KIND, 2 },
	{ "(?R)", NO_KIND, 2 },
	{ "(a)(?1)", NO_KIND, 5 },
	{ "(a)(?(1)b)", NO_KIND, 5 },
	{ "(?C1)", NO_KIND, 2 },
	{ "a(?z)", NO_KIND, 3 },
	{ "(?xx)", NO_KIND, 2 },
	{ "(?i-s-m)", NO_KIND, 5 },
	{ "(?^-i)", NO_KIND, 3 },
	{ "(?P>x)", NO_KIND, 2 },
	{ "a(*FAIL)", "(*VERBS) are not supported", 1 },
	{ "(*:x)", "(*VERBS) are not supported", 0 },
	{ "(?<n", NO_END, 3 },
	{ "(?<a-b>c)", NO_END, 3 },
	{ "(?'a>b)", NO_END, 3 },
	{ "\\k<x", NO_END, 3 },
	{ "(?<>a)", "the name of a group is missing", 3 },
	{ "(?<1>a)", "the name of a group begins with a digit", 3 },
	{ "(?<aaaaaaaaaabbbbbbbbbbccccccccccddd>x)",
	    "the name of a group is longer than 32 bytes", 3 },
	{ "(?<n>a)(?<n>b)", "two groups have the same name", 10 },
	{ "\\1", NO_GROUP, 0 },
	{ "a\\2(b)", NO_GROUP, 1 },
	{ "(a)\\99", NO_GROUP, 3 },
	{ "\\k<x>", NO_GROUP, 0 },
	{ "(?P=x)", NO_GROUP, 0 },
	{ "\\g0", NO_GROUP, 0 },
	{ "(a)\\g{-2}", NO_GROUP, 3 },
	{ "(a)\\g{99999999999999999999}", NO_GROUP, 3 },
	{ "\\g{1", "missing } after \\g{", 0 },
	{ "\\g", "a group's number or {name} is missing after \\g", 0 },
	{ "\\g<1>", "a group's number or {name} is missing after \\g", 0 },
	{ "\\k", "a group's <name> is missing after \\k", 0 },
	{ "a(?<=b*)c", "a lookbehind has no bounded length", 1 },
	{ "(?<!a|b+)", "a lookbehind has no bounded length", 0 },
	{ "(?<=(a)\\1)", "a lookbehind has no bounded length", 0 },
	{ "(?<=a{40000}a{40000})", "a lookbehind is longer than 65535", 0 },
	{ "(?<=a{0,256})",
	    "a lookbehind of varying length is longer than 255", 0 },
	{ "(?=a\\K)", "\\K inside a lookaround", 4 },
	{ "(abc){65535}", "the pattern is too large", 0 },
	{ "((((ab){99}){99}){99}){99}", "the pattern is too large", 0 },
	{ "(?:(?:(?:){65535}){65535}){65535}", "the pattern is too large", 0 },
};

START_TEST(impossible)
{
	struct regex_error error = { NULL, 99 };
	struct str pattern = str_of(errors[_i].pattern);

	ck_assert_ptr_null(regex_new(a, pattern, 0, &error));
	ck_assert_str_eq(error.message, errors[_i].message);
	ck_assert_uint_eq(error.offset, errors[_i].offset);
}
END_TEST

/* n times before, then middle, then n times after. */
static struct str
nested(const char *before, const char *middle, const char *after, size_t n)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 0; i < n; i++)
		text_addz(&t, before);
	text_addz(&t, middle);
	for (i = 0; i < n; i++)
		text_addz(&t, after);
	return text_str(&t);
}

START_TEST(limits)
{
	struct regex_error error;
	struct regex *re;

	re = compile(nested("(", "a", ")+", 250), 0);
	ck_assert_uint_eq(regex_groups(re), 250);
	ck_assert_int_eq(regex_match(re, STR("a"), NULL, 0), 1);
	ck_assert_ptr_null(regex_new(a, nested("(", "a", ")", 251), 0,
	    &error));
	ck_assert_uint_eq(error.offset, 250);
	re = compile(nested("", "", "()", 20000), 0);
	ck_assert_uint_eq(regex_groups(re), 20000);
	ck_assert_int_eq(regex_match(re, STR_NONE, NULL, 0), 1);
	ck_assert_ptr_null(regex_new(a, nested("", "", "()", 70000), 0,
	    &error));
	re = compile(nested("(?=", "a", ")", 250), 0);
	ck_assert_int_eq(regex_match(re, STR("a"), NULL, 0), 1);
	re = compile(nested("(?>", "a", "*)", 125), 0);
	ck_assert_str_eq(matched(re, STR("aaa"), search_with_memo), "0-3");
	re = compile(nested("", "x", "|abc", 9999), NOCASE);
	ck_assert_str_eq(matched(re, STR("--ABC"), search_in_time), "2-5");
}
END_TEST

START_TEST(groups_that_are_asked_for)
{
	struct regex *re = compile(STR("(a)(b)?(c)"), 0);
	struct str group[6], subject = STR("xac");
	int i;

	for (i = 0; i < 6; i++)
		group[i] = STR("?");
	ck_assert_int_eq(regex_match(re, subject, group, 2), 1);
	ck_assert(str_is(group[0], "ac") && str_is(group[1], "a"));
	ck_assert(str_is(group[2], "?"));
	ck_assert_int_eq(regex_match(re, subject, group, 6), 1);
	ck_assert_ptr_eq(group[0].at, subject.at + 1);
	ck_assert_ptr_null(group[2].at);
	ck_assert(str_is(group[3], "c"));
	ck_assert_ptr_null(group[4].at);
	ck_assert_ptr_null(group[5].at);
	ck_assert_int_eq(regex_match(re, STR("ab"), group, 6), 0);
	ck_assert_int_eq(regex_match(re, subject, NULL, 0), 1);
}
END_TEST

START_TEST(empty_subject)
{
	struct regex *re = compile(STR("^(a)?$"), 0);
	struct str group[2];

	ck_assert_int_eq(regex_match(re, STR_NONE, group, 2), 1);
	ck_assert_ptr_nonnull(group[0].at);
	ck_assert_uint_eq(group[0].n, 0);
	ck_assert_ptr_null(group[1].at);
}
END_TEST

START_TEST(names)
{
	char pattern[] = "(?<year>\\d+)-(\\d+)-(?'day'\\d+)";
	struct regex *re = compile(str_of(pattern), 0);

	memset(pattern, 'x', sizeof(pattern) - 1);
	ck_assert_uint_eq(regex_groups(re), 3);
	ck_assert_int_eq(regex_group_named(re, STR("year")), 1);
	ck_assert_int_eq(regex_group_named(re, STR("day")), 3);
	ck_assert_int_eq(regex_group_named(re, STR("da")), -1);
	ck_assert_int_eq(regex_group_named(re, STR_NONE), -1);
	ck_assert(str_is(regex_group_name(re, 1), "year"));
	ck_assert_ptr_null(regex_group_name(re, 2).at);
	ck_assert(str_is(regex_group_name(re, 3), "day"));
	ck_assert_ptr_null(regex_group_name(re, 4).at);
	ck_assert_int_eq(regex_match(re, STR("2024-12-31"), NULL, 0), 1);
}
END_TEST

/* What a search is spared. */
static const struct {
	const char	*pattern;
	bool		 anchored;
	const char	*tail, *needle;
} facts[] = {
	{ "^(.*)\\.php$", true, ".php", "" },
	{ "(.*)\\.php$", true, ".php", "" },
	{ "(?i)\\.(php)$", false, "php", "" },
	{ "(?m)\\.php$", false, "", "" },
	{ "^a|^b", true, "", "" },
	{ "^a|b", false, "", "" },
	{ "(?:^a|.*b)+c", true, "", "c" },
	{ "(?>.*)b", false, "", "b" },
	{ "(?=.*)b", false, "", "b" },
	{ "(.*)b\\1", false, "", "b" },
	{ ".+a", false, "", "a" },
	{ "(?-s).*a", false, "", "a" },
	{ "^/a/(.*)/bc/(.*)/d", true, "", "/bc/" },
	{ "a*(bcd)?e(fg)h{0}", false, "", "fg" },
	{ "^abc", true, "", "" },
};

START_TEST(facts_known_before)
{
	struct regex *re = compile(str_of(facts[_i].pattern), 0);

	ck_assert_int_eq(re->anchored, facts[_i].anchored);
	ck_assert(str_is(re->tail, facts[_i].tail));
	ck_assert(str_is(re->needle, facts[_i].needle));
}
END_TEST

/* Words are sorted by their first bytes, where that is possible. */
static const struct {
	const char	*pattern;
	bool		 sorted;
} switches[] = {
	{ "(?:a|b|c|d)", true },
	{ "(?i)(alexa|bing|bot|crawl|Claw)", true },
	{ "(?:[ab]x|[ab]y|c|d)", true },
	{ "(?:[ab]x|by|c|d)", false },
	{ "(?:a|b|c|)", false },
	{ "(?:a|b|c|\\b)", false },
	{ "(?:a|b|c|d*)", false },
	{ "(?:a|b|c|d$)", true },
	{ "(?:a|b|c|$)", false },
};

START_TEST(words_are_sorted)
{
	struct regex *re = compile(str_of(switches[_i].pattern), 0);
	uint32_t i, n = 0;

	for (i = 0; i < re->n_nodes; i++) {
		if (re->node[i].op == OP_SWITCH)
			n += re->node[i].way != NULL;
	}
	ck_assert_uint_eq(n, switches[_i].sorted);
}
END_TEST

/* The steps of the last search by count_steps(). */
static uint64_t steps;

static int
count_steps(struct match *m)
{
	int found = search_in_time(m);

	steps = m->steps;
	return found;
}

/* A miss costs next to nothing. */
static const struct {
	const char	*pattern, *subject;
	uint64_t	 steps;
} misses[] = {
	{ "^(.*)\\.php$", "/some/path/to/an/image.png", 0 },
	{ "^/old/(.*)$", "/new/page", 2 },
	{ "^index\\.php$", "some/other/page", 0 },
	{ "(^|/)\\.(?!well-known)", "/no-dots/here", 0 },
	{ "bot|crawl|spider", "Mozilla/5.0 (X11; Linux)", 5 },
	{ "^(www|ftp)\\.", "example.org", 0 },
	{ "[0-9]{4}", "/page/1", 0 },
};

START_TEST(misses_are_cheap)
{
	struct regex *re = compile(str_of(misses[_i].pattern), 0);

	steps = 0;
	ck_assert_int_eq(match_by(re, str_of(misses[_i].subject), NULL, 0,
	    count_steps), 0);
	ck_assert_uint_le(steps, misses[_i].steps);
}
END_TEST

/*
 * Patterns that take a plain backtracker longer than anyone waits, or the
 * square of the subject, which is the unit again and again, then the tail.
 */
static const struct {
	const char	*pattern, *unit, *tail;
	int		 found;
} explosive[] = {
	{ "(a+)+$", "a", "!", 0 },
	{ "^(a+)+$", "a", "!", 0 },
	{ "(?i)(a+)+$", "A", "!", 0 },
	{ "(a|a)*b", "a", "", 0 },
	{ "(a|a)*\\b\\B", "a", "", 0 },
	{ "(.*)*x", "a", "", 0 },
	{ "(.*)*\\b\\B", "a", "", 0 },
	{ "(x+x+)+y", "x", "", 0 },
	{ "(x+x+)+\\b\\B", "x", "", 0 },
	{ "(a*)*\\b\\B", "a", "", 0 },
	{ "((a*)*)*\\b\\B", "a", "", 0 },
	{ "(?:(?:(?:a?)*)*)*\\b\\B", "a", "", 0 },
	{ "(a|aa)+$", "a", "!", 0 },
	{ "(?:a|a?)+$", "a", "b", 1 },
	{ "(a|b|ab)*c", "ab", "", 0 },
	{ "(a|b|ab)*\\b\\B", "ab", "", 0 },
	{ "^(\\w+\\s?)*$", "a", "!", 0 },
	{ "^(([a-z])+.)+[A-Z]([a-z])+$", "a", "", 0 },
	{ "^(a?){20}a{20}$", "a", "!", 0 },
	{ "(.*?,){11}P", "1,", "", 0 },
	{ "(.*?,){11}\\b\\B", "1,", "", 0 },
	{ "a*a*a*a*a*\\b\\B", "a", "", 0 },
	{ "^.*?.*?.*?.*?.*?\\b\\B", "a", "", 0 },
	{ ".*.*=.*\\b\\B", "=", "", 0 },
	{ "(?:.|\\n)*?\\b\\B", "a", "", 0 },
	{ "a*+\\b\\B", "a", "", 0 },
	{ "(?:a++)++\\b\\B", "a", "", 0 },
	{ "(?>a*)\\b\\B", "a", "", 0 },
	{ "(?>(?>a*)b?)\\b\\B", "a", "", 0 },
	{ "(?:(?>a|aa)*b?)*\\b\\B", "a", "", 0 },
	{ "(?=(a+)+\\b\\B)", "a", "", 0 },
	{ "(?=.*(b))a\\b\\B", "a", "b", 0 },
	{ "(?:(?=.*(b))a)*\\b\\B", "a", "b", 0 },
	{ "(?:(?=(a*))a)*\\b\\B", "a", "", 0 },
	{ "(?:(?=(a*))a)*$", "a", "", 1 },
	{ "(?:(?=(?>a*)|b)a)*\\b\\B", "a", "", 0 },
	{ "(?:a(?=a*$))*\\b\\B", "a", "", 0 },
	{ "(?:a(?!a*b$))*\\b\\B", "a", "", 0 },
	{ "(?!.*b.*c)\\b\\B|y", "a", "", 0 },
	{ "^(?=(?:a+)+$)x|.*(?:a|b|ab)*\\b\\B", "ab", "!", 0 },
	{ "(?:(?:a|b|ab)(?=(?:.*(a)|.)*?))*\\b\\B", "ab", "", 0 },
	{ "(?<=(?:a|a){30})\\b\\B", "a", "", 0 },
	{ "(?<=(?:a|aa){5,9})\\b\\B", "a", "", 0 },
	{ "(?<=a{3,200}?b)c|\\b\\B", "a", "", 0 },
	{ "[ab]{0,1000}\\b\\B", "a", "", 0 },
	{ "[ab]{0,1000}?\\b\\B", "a", "", 0 },
	{ "[ab]{0,65535}\\b\\B", "a", "", 0 },
	{ "[ab]{0,65535}?\\b\\B", "a", "", 0 },
	{ "[ab]{0,65535}+\\b\\B", "a", "", 0 },
	{ "[ab]{5000,}\\b\\B", "a", "", 0 },
	{ "(?:a{1,100}){1,10}$", "a", "!", 0 },
	{ "(?:ab?){0,50}\\b\\B", "a", "", 0 },
};

static struct str
explosive_subject(int i, size_t n)
{
	struct text t = { .arena = a };

	while (t.n + strlen(explosive[i].tail) < n)
		text_addz(&t, explosive[i].unit);
	text_addz(&t, explosive[i].tail);
	return text_str(&t);
}

/* Twice the subject, twice the steps, and not many for each byte. */
START_TEST(explosive_patterns_are_linear)
{
	struct regex *re = compile(str_of(explosive[_i].pattern), 0);
	size_t n = 30000, size = re->n_nodes + re->n_planes;
	struct str group[10];
	uint64_t half;

	steps = 0;
	ck_assert_int_eq(match_by(re, explosive_subject(_i, n / 2), group, 10,
	    count_steps), explosive[_i].found);
	half = steps;
	ck_assert_int_eq(match_by(re, explosive_subject(_i, n), group, 10,
	    count_steps), explosive[_i].found);
	ck_assert_uint_le(steps, half * 22 / 10);
	ck_assert_uint_le(steps, n * (PLAIN_STEPS_PER_BYTE + 10 * size));
}
END_TEST

START_TEST(large_set_of_words_is_linear)
{
	struct text t = { .arena = a };
	struct regex *re;
	int i;

	text_addz(&t, "(?:");
	for (i = 0; i < 2000; i++)
		text_addf(&t, "w%dx|", i);
	text_addz(&t, "y)*z");
	re = compile(text_str(&t), 0);
	ck_assert_int_eq(match_by(re, nested("w1999x", "", "", 1000), NULL, 0,
	    count_steps), 0);
	ck_assert_uint_le(steps, 6000 * (uint64_t)re->n_nodes);
	ck_assert_int_eq(regex_match(re, nested("w1999x", "z", "", 1000), NULL,
	    0), 1);
}
END_TEST

START_TEST(backreferences_give_up)
{
	struct regex *re = compile(STR("^(a*)*\\1\\b\\B"), 0);
	struct str group[2];

	ck_assert_int_eq(match_by(re, nested("a", "", "", 1000), group, 2,
	    count_steps), -1);
	ck_assert_uint_le(steps, BACKREF_STEPS + 1);
	ck_assert_int_eq(regex_match(re, STR("aaa"), group, 2), 0);
	re = compile(STR("^(a*)*\\1$"), 0);
	ck_assert_int_eq(regex_match(re, nested("a", "", "", 1000), group, 2),
	    1);
}
END_TEST

/* Beyond what the memo may take, and only when it is needed. */
START_TEST(extremes_give_up)
{
	struct regex *re = compile(STR("(?:ab?){0,9000}\\b\\B"), 0);
	struct str subject = nested("a", "", "", 30000);

	ck_assert_int_eq(regex_match(re, subject, NULL, 0), -1);
	ck_assert_int_eq(regex_match(re, STR("aaa"), NULL, 0), 0);
	re = compile(STR("^(?:ab?){0,9000}"), 0);
	ck_assert_int_eq(regex_match(re, subject, NULL, 0), 1);
}
END_TEST

/* The stack of a hard search is given back, and the next one is right. */
START_TEST(stack_is_not_kept)
{
	struct regex *hard = compile(STR("(?:(a)|b)*c"), 0);
	struct regex *easy = compile(STR("(a)(b)"), 0);
	struct str subject = nested("ab", "c", "", 100000);

	ck_assert_int_eq(regex_match(hard, subject, NULL, 0), 1);
	ck_assert_uint_le(scratch.stack_room, STACK_KEPT);
	ck_assert_str_eq(matched(easy, STR("xab"), search_in_time),
	    "1-3 1-2 2-3");
	ck_assert_uint_gt(scratch.stack_room, 0);
}
END_TEST

/* Bytes of all values are letters of a pattern and of a subject. */
START_TEST(every_byte)
{
	struct text t = { .arena = a };
	char c = (char)_i;
	struct regex *re;

	text_addc(&t, '^');
	if (!char_is_alnum((unsigned char)c))
		text_addc(&t, '\\');
	text_addc(&t, c);
	text_addc(&t, '$');
	re = compile(text_str(&t), 0);
	ck_assert_int_eq(regex_match(re, str_n(&c, 1), NULL, 0), 1);
	re = compile(str_fmt(a, "[\\x%02x]", (unsigned char)c), NOCASE);
	ck_assert_int_eq(regex_match(re, str_n(&c, 1), NULL, 0), 1);
	c = char_upper(c);
	ck_assert_int_eq(regex_match(re, str_n(&c, 1), NULL, 0), 1);
	re = compile(str_fmt(a, "[^\\x{%x}]", (unsigned char)c), 0);
	ck_assert_int_eq(regex_match(re, str_n(&c, 1), NULL, 0), 0);
}
END_TEST

static TCase *
cases_of(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, open_arena, end_arena);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return tc;
}

static Suite *
regex_suite(void)
{
	Suite *s = suite_create("regex");
	TCase *tc = cases_of(s, "match");

	tcase_add_loop_test(tc, matches_as_pcre, 0, COUNT(cases));
	tcase_add_loop_test(tc, lookbehind_varies, 0, COUNT(lookbehinds));
	tcase_add_loop_test(tc, every_byte, 0, 256);
	tcase_add_test(tc, groups_that_are_asked_for);
	tcase_add_test(tc, empty_subject);
	tcase_add_test(tc, names);
	tc = cases_of(s, "errors");
	tcase_add_loop_test(tc, impossible, 0, COUNT(errors));
	tcase_add_test(tc, limits);
	tc = cases_of(s, "time");
	tcase_add_loop_test(tc, facts_known_before, 0, COUNT(facts));
	tcase_add_loop_test(tc, words_are_sorted, 0, COUNT(switches));
	tcase_add_loop_test(tc, misses_are_cheap, 0, COUNT(misses));
	tcase_add_loop_test(tc, explosive_patterns_are_linear, 0,
	    COUNT(explosive));
	tcase_add_test(tc, large_set_of_words_is_linear);
	tcase_add_test(tc, backreferences_give_up);
	tcase_add_test(tc, extremes_give_up);
	tcase_add_test(tc, stack_is_not_kept);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(regex_suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
