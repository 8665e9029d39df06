/*
 * regex_oracle.c - compare our regular expressions with PCRE2.
 *
 * Usage: regex_oracle [pairs] [seed]
 *
 * Makes up patterns and subjects, lets both match them and compares the result
 * and all captures; ours is asked twice, the second time with the memo in use
 * from the first step.  Prints the first differences; exit 1 on any.
 *
 * PCRE2 runs without those of its optimisations that change what is found.
 * What cannot be switched off is not made up: \G inside of a group, and a group
 * with an anchor in it that is repeated {0}.  Where one of both refuses a
 * pattern, may_refuse() and may_be_refused() say whether that is meant; a
 * lookbehind that only we take is still matched with and without the memo.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/regex.c"

#define GROUPS		64
#define DIFFERENCES	10
#define PATTERN_MAX	2000

static uint64_t state;

/* 0..n-1 (splitmix64). */
static unsigned
roll(unsigned n)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ z >> 31) >> 33) % n;
}

static bool
chance(unsigned percent)
{
	return roll(100) < percent;
}

#define PICK(list)	((list)[roll(sizeof(list) / sizeof((list)[0]))])

/* What is made up next. */
static struct text	 out;
static unsigned		 n_groups;	/* opened so far */
static unsigned		 n_named;
static unsigned		 n_open;	/* groups around what is made up */
static unsigned		 n_looks;	/* lookarounds around it */
static unsigned		 n_behind;	/* lookbehinds among these */
static unsigned		 n_anchors;	/* made so far */

static void make_choice(int depth);

static void
make_class(void)
{
	static const char *const classes[] = {
		"[ab]", "[^a]", "[a-c]", "[^b-c]", "[]a]", "[^]a]", "[a-]",
		"[\\w-]", "[[:alpha:]]", "[^[:upper:]]", "[[:^digit:]b]",
		"[\\d\\s]", "[\\W_]", "[\\b\\x61]", "[.b]", "[A-B1-3]",
		"[[:lower:]1]",
		"[\\Qa-c\\E]", "[\\h\\v]", "[^\\n]", "[\\141c]",
	};

	text_addz(&out, PICK(classes));
}

static void
make_escape(void)
{
	static const char *const escapes[] = {
		"\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\h", "\\H", "\\v",
		"\\V", "\\N", "\\x61", "\\x{62}", "\\n", "\\r", "\\.", "\\/",
		"\\Qa*\\E", "\\Qb\\E", "\\141", "\\t", "\\-", "\\cJ",
	};

	if (chance(10))
		text_addz(&out, "\\R");
	else
		text_addz(&out, PICK(escapes));
}

/* Returns whether a quantifier may follow. */
static bool
make_position(void)
{
	static const char *const positions[] = {
		"^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z",
	};

	n_anchors++;
	if (chance(10) && n_looks == 0)
		text_addz(&out, "\\K");
	else if (chance(10) && n_open == 1)
		text_addz(&out, "\\G");
	else
		text_addz(&out, PICK(positions));
	return false;
}

static void
make_backref(void)
{
	unsigned n = 1 + roll(n_groups + (chance(5) ? 1 : 0));

	if (n_named > 0 && chance(20))
		text_addf(&out, "\\k<n%u>", roll(n_named));
	else if (chance(20))
		text_addf(&out, "\\g{-%u}", n);
	else if (n < 10)
		text_addf(&out, "\\%u", n);
	else
		text_addf(&out, "\\g{%u}", n);
}

static void
make_quantifier(bool zero_too)
{
	unsigned least = zero_too ? 0 : 1, width = chance(20) ? 40 : 4, n;

	switch (roll(8)) {
	case 0: case 1:
		text_addc(&out, '*');
		break;
	case 2: case 3:
		text_addc(&out, '+');
		break;
	case 4: case 5:
		text_addc(&out, '?');
		break;
	case 6:
		n = roll(4);
		text_addf(&out, "{%u,%u}", n, n + least + roll(width));
		break;
	default:
		text_addf(&out, chance(50) ? "{%u}" : "{%u,}",
		    least + roll(4));
		break;
	}
	if (chance(25))
		text_addc(&out, '?');
	else if (chance(15))
		text_addc(&out, '+');
}

static void
make_literal(void)
{
	static const char letters[] = "aaaaaabbbbbbcccABC1_-/, ";

	text_addc(&out, letters[roll(sizeof(letters) - 1)]);
}

/* A list that is sorted by first bytes. */
static void
make_words(void)
{
	unsigned n = 4 + roll(5);

	n_groups++;
	text_addz(&out, chance(20) ? "((?i)" : "(");
	while (n-- > 0) {
		make_literal();
		if (chance(30))
			make_class();
		if (chance(50))
			make_literal();
		if (chance(20))
			make_quantifier(false);
		if (n > 0)
			text_addc(&out, '|');
	}
	text_addc(&out, ')');
}

static void
make_group(int depth)
{
	static const char *const open[] = {
		"(", "(", "(", "(", "(?:", "(?:", "(?>", "(?i:", "(?-s:",
		"(?m-i:", "(?s:", "(?i-s:",
	};
	const char *z = PICK(open);

	if (chance(5)) {
		make_words();
		return;
	}
	if (chance(5)) {
		text_addf(&out, chance(50) ? "(?<n%u>" : "(?P<n%u>", n_named++);
		n_groups++;
	} else {
		text_addz(&out, z);
		n_groups += z[1] == '\0';
	}
	make_choice(depth - 1);
	text_addc(&out, ')');
}

static void
make_look(int depth)
{
	text_addz(&out, chance(50) ? "(?=" : "(?!");
	n_looks++;
	make_choice(depth - 1);
	n_looks--;
	text_addc(&out, ')');
}

/* Something that matches exactly n bytes. */
static void
make_fixed(int depth, unsigned n)
{
	static const char *const bytes[] = {
		"a", "b", "c", ".", "[ab]", "\\w", "[^a]", "\\n", "\\N",
	};
	unsigned part;

	while (n > 0 || chance(20)) {
		part = n > 0 ? 1 + roll(n) : 0;
		if (part == 1 && chance(60)) {
			text_addz(&out, PICK(bytes));
		} else if (part > 1 && chance(30)) {
			text_addz(&out, PICK(bytes));
			text_addf(&out, "{%u}", part);
		} else if (depth > 0 && chance(50)) {
			bool group = chance(60);

			n_groups += group;
			text_addz(&out, group ? "(" : chance(50) ? "(?:" :
			    "(?>");
			make_fixed(depth - 1, part);
			while (chance(30)) {
				text_addc(&out, '|');
				make_fixed(depth - 1, part);
			}
			text_addc(&out, ')');
		} else if (depth > 0 && part == 0) {
			make_look(depth);
		} else {
			part = part > 0;
			text_addz(&out, part ? PICK(bytes) : "\\b");
		}
		n -= part;
	}
}

static void
make_behind(int depth)
{
	text_addz(&out, chance(50) ? "(?<=" : "(?<!");
	n_looks++;
	n_behind++;
	do {
		if (chance(3))
			make_choice(depth - 1);
		else
			make_fixed(depth - 1, roll(4));
	} while (chance(30) && (text_addc(&out, '|'), true));
	n_looks--;
	n_behind--;
	text_addc(&out, ')');
}

/* Returns whether a quantifier may follow. */
static bool
make_atom(int depth)
{
	unsigned kind = roll(100);

	if (depth > 0 && kind < 24)
		make_group(depth);
	else if (depth > 0 && kind < 29)
		make_look(depth);
	else if (depth > 0 && kind < 32)
		make_behind(depth);
	else if (kind < 38)
		return make_position();
	else if (kind < 42 && n_groups > 0)
		make_backref();
	else if (kind < 50)
		make_class();
	else if (kind < 57)
		make_escape();
	else if (kind < 67)
		text_addc(&out, '.');
	else if (kind < 68) {
		text_addz(&out, chance(50) ? "(?#x)" : "(?i)");
		return false;
	} else
		make_literal();
	return true;
}

static void
make_sequence(int depth)
{
	unsigned n = roll(5), anchors;

	while (n-- > 0 && out.n < PATTERN_MAX) {
		anchors = n_anchors;
		if (make_atom(depth) && chance(35))
			make_quantifier(n_anchors == anchors);
	}
}

static void
make_choice(int depth)
{
	n_open++;
	make_sequence(depth);
	while (chance(25)) {
		text_addc(&out, '|');
		make_sequence(depth);
	}
	n_open--;
}

/* Break the pattern, perhaps: is it refused by both? */
static void
spoil(void)
{
	static const char bytes[] = "()[]{}|*+?^$\\:<>=!-,.#' abx01ikQE";
	size_t at = roll((unsigned)out.n);

	if (chance(30)) {
		memmove(out.at + at, out.at + at + 1, out.n - at - 1);
		out.n--;
	} else if (chance(50)) {
		out.at[at] = bytes[roll(sizeof(bytes) - 1)];
	} else {
		text_addc(&out, '\0');
		memmove(out.at + at + 1, out.at + at, out.n - at - 1);
		out.at[at] = bytes[roll(sizeof(bytes) - 1)];
	}
}

static struct str
make_pattern(struct arena *a)
{
	out = (struct text){ .arena = a };
	n_groups = n_named = n_open = n_looks = n_behind = 0;
	make_choice(1 + (int)roll(4));
	if (out.n > 0 && chance(10))
		spoil();
	return text_str(&out);
}

static struct str
make_subject(struct arena *a)
{
	static const char *const alphabets[] = {
		"a", "ab", "ab", "aabbc", "abcABC", "abcAB1_-/, \n\r",
		"ab\n", "aab\xa0\x85\t",
	};
	const char *alphabet = PICK(alphabets);
	size_t n = chance(5) ? roll(60) : chance(1) ? roll(300) : roll(12);
	struct text t = { .arena = a };

	while (t.n < n)
		text_addc(&t, alphabet[roll((unsigned)strlen(alphabet))]);
	return text_str(&t);
}

struct answer {
	int		 found;		/* 1, 0, -1 gave up, -2 impossible */
	size_t		 n;
	struct { ptrdiff_t from, to; } group[GROUPS];
};

static void
their_match(struct answer *answer, pcre2_code *re, struct str subject)
{
	static pcre2_match_context *context;
	pcre2_match_data *data;
	PCRE2_SIZE *offsets;
	int n;

	if (context == NULL) {
		context = pcre2_match_context_create(NULL);
		pcre2_set_match_limit(context, 200000);
	}
	data = pcre2_match_data_create(GROUPS, NULL);
	n = pcre2_match(re, (PCRE2_SPTR)(subject.n > 0 ? subject.at : ""),
	    subject.n, 0, 0, data, context);
	answer->found = n > 0 ? 1 : n == PCRE2_ERROR_NOMATCH ? 0 : -1;
	offsets = pcre2_get_ovector_pointer(data);
	for (size_t i = 0; n > 0 && i < answer->n; i++) {
		bool set = i < (size_t)n && offsets[2 * i] != PCRE2_UNSET;

		answer->group[i].from = set ? (ptrdiff_t)offsets[2 * i] : -1;
		answer->group[i].to = set ? (ptrdiff_t)offsets[2 * i + 1] : -1;
	}
	pcre2_match_data_free(data);
}

static pcre2_code *
their_regex(struct str pattern, unsigned flags, int *error)
{
	uint32_t options = PCRE2_NO_AUTO_POSSESS | PCRE2_NO_START_OPTIMIZE |
	    PCRE2_NO_DOTSTAR_ANCHOR;
	PCRE2_SIZE offset;

	if (!(flags & REGEX_DOLLAR_NEWLINE))
		options |= PCRE2_DOLLAR_ENDONLY;
	if (!(flags & REGEX_NO_DOTALL))
		options |= PCRE2_DOTALL;
	if (flags & REGEX_NOCASE)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_EXTENDED)
		options |= PCRE2_EXTENDED;
	return pcre2_compile((PCRE2_SPTR)(pattern.n > 0 ? pattern.at : ""),
	    pattern.n, options, error, &offset, NULL);
}

static void
our_match(struct answer *answer, struct regex *re, struct str subject,
    int (*search)(struct match *))
{
	struct str group[GROUPS];

	answer->found = match_by(re, subject, group, answer->n, search);
	for (size_t i = 0; answer->found > 0 && i < answer->n; i++) {
		bool set = group[i].at != NULL;
		ptrdiff_t from = subject.n == 0 ? 0 :
		    group[i].at - subject.at;

		answer->group[i].from = set ? from : -1;
		answer->group[i].to = set ? from + (ptrdiff_t)group[i].n : -1;
	}
}

static bool
same(const struct answer *a, const struct answer *b)
{
	if (a->found < 0 || b->found < 0)
		return a->found > -2 && b->found > -2;
	if (a->found != b->found)
		return false;
	for (size_t i = 0; a->found > 0 && i < a->n; i++) {
		if (a->group[i].from != b->group[i].from ||
		    a->group[i].to != b->group[i].to)
			return false;
	}
	return true;
}

static void
print_str(const char *name, struct str s)
{
	printf("%s\"", name);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c >= ' ' && c <= '~')
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	printf("\"\n");
}

static void
print_answer(const char *name, const struct answer *answer)
{
	printf("%s%s", name, answer->found == 1 ? "found" :
	    answer->found == 0 ? "not found" :
	    answer->found == -1 ? "gave up" : "impossible");
	for (size_t i = 0; answer->found == 1 && i < answer->n; i++)
		printf(" %td-%td", answer->group[i].from, answer->group[i].to);
	putchar('\n');
}

/* What only we take: lookbehinds whose alternatives vary in length, an opening
 * brace after \N, and larger patterns. */
static bool
may_refuse(int their_error)
{
	return their_error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH ||
	    their_error == PCRE2_ERROR_UNSUPPORTED_ESCAPE_SEQUENCE ||
	    their_error == PCRE2_ERROR_PATTERN_TOO_LARGE;
}

/* What only they take: what we say we do not support, references in
 * lookbehinds, and (?<*...), which looks like a name. */
static bool
may_be_refused(struct str pattern, const char *message)
{
	return strstr(message, "not supported") != NULL ||
	    strstr(message, "lookbehind") != NULL ||
	    str_find_str(pattern, STR("(?<*")) >= 0;
}

static struct {
	unsigned long	pairs, found, gave_up, impossible, backrefs;
} counts;

struct pair {
	struct str	 pattern, subject;
	unsigned	 flags;
	struct regex	*re;
	pcre2_code	*pcre;
	struct answer	 ours, memo, theirs;
};

static void
print_pair(const struct pair *p, const struct regex_error *error)
{
	print_str("pattern ", p->pattern);
	printf("flags   %u\n", p->flags);
	print_str("subject ", p->subject);
	print_answer("ours    ", &p->ours);
	print_answer("memo    ", &p->memo);
	print_answer("theirs  ", &p->theirs);
	if (error->message != NULL)
		printf("error   %s at %zu\n", error->message, error->offset);
}

/* Without theirs, ours are compared with each other. */
static bool
match_all(struct pair *p)
{
	size_t n = 1 + p->re->n_groups;

	if (n > GROUPS)
		n = GROUPS;
	if (chance(5))
		n = roll((unsigned)n);
	p->ours.n = p->theirs.n = n;
	our_match(&p->ours, p->re, p->subject, search_in_time);
	p->memo = p->theirs = p->ours;
	if (!p->re->has_backrefs)
		our_match(&p->memo, p->re, p->subject, search_with_memo);
	if (p->pcre != NULL)
		their_match(&p->theirs, p->pcre, p->subject);
	counts.found += p->ours.found > 0;
	counts.gave_up += p->ours.found < 0 || p->theirs.found < 0;
	counts.backrefs += p->re->has_backrefs;
	return same(&p->ours, &p->theirs) && same(&p->memo, &p->theirs) &&
	    (p->ours.found >= 0 || p->re->has_backrefs);
}

static bool
compare(struct arena *a)
{
	struct answer none = { .found = -2 };
	struct pair p = { .ours = none, .memo = none, .theirs = none };
	struct regex_error error;
	int their_error;
	bool ok = true;

	p.flags = chance(70) ? 0 : roll(32);
	p.pattern = make_pattern(a);
	p.subject = make_subject(a);
	p.re = regex_new(a, p.pattern, p.flags, &error);
	p.pcre = their_regex(p.pattern, p.flags, &their_error);
	counts.impossible += p.re == NULL;
	if (p.re != NULL)
		ok = (p.pcre != NULL || may_refuse(their_error)) &&
		    match_all(&p);
	else if (p.pcre != NULL)
		ok = may_be_refused(p.pattern, error.message);
	if (!ok)
		print_pair(&p, &error);
	pcre2_code_free(p.pcre);
	return ok;
}

int
main(int argc, char **argv)
{
	unsigned long pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	unsigned long differences = 0;
	struct arena *a = arena_new();

	state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	for (; counts.pairs < pairs && differences < DIFFERENCES;
	    counts.pairs++) {
		arena_reset(a);
		differences += !compare(a);
	}
	arena_end(a);
	printf("%lu pairs (%lu found, %lu with backreferences, %lu gave up, "
	    "%lu impossible), %lu differences\n", counts.pairs, counts.found,
	    counts.backrefs, counts.gave_up, counts.impossible, differences);
	return differences > 0;
}
