/*
 * str.c - slices of bytes.
 *
 * Knows bytes and ASCII; it must never ask the locale.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/str.h"

struct str
str_of(const char *z)
{
	return (struct str){ z, z != NULL ? strlen(z) : 0 };
}

struct str
str_n(const char *p, size_t n)
{
	return (struct str){ p, n };
}

char *
str_z(struct arena *a, struct str s)
{
	char *z = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(z, s.at, s.n);
	return z;
}

struct str
str_copy(struct arena *a, struct str s)
{
	return (struct str){ arena_copy(a, s.at, s.n), s.n };
}

struct str
str_lower(struct arena *a, struct str s)
{
	char *copy = arena_copy(a, s.at, s.n);
	size_t i;

	for (i = 0; i < s.n; i++)
		copy[i] = char_lower(copy[i]);
	return (struct str){ copy, s.n };
}

/* printf into the arena: once through the stack for what is usual. */
static struct str
format(struct arena *a, const char *fmt, va_list ap)
{
	char usual[512], *z;
	va_list again;
	size_t n;
	int made;

	va_copy(again, ap);
	made = vsnprintf(usual, sizeof(usual), fmt, ap);
	assert(made >= 0);
	n = (size_t)made;
	if (n < sizeof(usual)) {
		z = arena_copy(a, usual, n + 1);
	} else {
		z = arena_alloc(a, n + 1);
		vsnprintf(z, n + 1, fmt, again);
	}
	va_end(again);
	return (struct str){ z, n };
}

struct str
str_fmt(struct arena *a, const char *fmt, ...)
{
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	s = format(a, fmt, ap);
	va_end(ap);
	return s;
}

char *
str_zfmt(struct arena *a, const char *fmt, ...)
{
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	s = format(a, fmt, ap);
	va_end(ap);
	return (char *)s.at;
}

/* Comparing. */

static int
bytes_compare_nocase(const char *a, const char *b, size_t n)
{
	size_t i;
	int d;

	for (i = 0; i < n; i++) {
		d = (unsigned char)char_lower(a[i]) -
		    (unsigned char)char_lower(b[i]);
		if (d != 0)
			return d;
	}
	return 0;
}

static bool
bytes_eq(const char *a, const char *b, size_t n)
{
	return n == 0 || memcmp(a, b, n) == 0;
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && bytes_eq(a.at, b.at, a.n);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && bytes_compare_nocase(a.at, b.at, a.n) == 0;
}

bool
str_is(struct str s, const char *z)
{
	return str_eq(s, str_of(z));
}

bool
str_is_nocase(struct str s, const char *z)
{
	return str_eq_nocase(s, str_of(z));
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && bytes_eq(s.at, prefix.at, prefix.n);
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n &&
	    bytes_compare_nocase(s.at, prefix.at, prefix.n) == 0;
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	    str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool
str_ends_nocase(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	    str_eq_nocase(str_from(s, s.n - suffix.n), suffix);
}

static int
shorter_first(struct str a, struct str b)
{
	return (a.n > b.n) - (a.n < b.n);
}

int
str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n > 0 ? memcmp(a.at, b.at, n) : 0;

	return d != 0 ? d : shorter_first(a, b);
}

int
str_compare_nocase(struct str a, struct str b)
{
	int d = bytes_compare_nocase(a.at, b.at, a.n < b.n ? a.n : b.n);

	return d != 0 ? d : shorter_first(a, b);
}

/* Finding and taking apart. */

ptrdiff_t
str_find(struct str s, char c)
{
	const char *p = s.n > 0 ? memchr(s.at, c, s.n) : NULL;

	return p != NULL ? p - s.at : -1;
}

ptrdiff_t
str_rfind(struct str s, char c)
{
	size_t i = s.n;

	while (i-- > 0)
		if (s.at[i] == c)
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t
str_find_str(struct str s, struct str what)
{
	const char *p;

	if (what.n == 0 || s.n < what.n)
		return what.n == 0 ? 0 : -1;
	p = memmem(s.at, s.n, what.at, what.n);
	return p != NULL ? p - s.at : -1;
}

ptrdiff_t
str_find_nocase(struct str s, struct str what)
{
	size_t i;

	if (what.n == 0)
		return 0;
	for (i = 0; i + what.n <= s.n; i++)
		if (bytes_compare_nocase(s.at + i, what.at, what.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

struct str
str_from(struct str s, size_t i)
{
	if (i > s.n)
		i = s.n;
	return (struct str){ i > 0 ? s.at + i : s.at, s.n - i };
}

struct str
str_first(struct str s, size_t n)
{
	return (struct str){ s.at, n < s.n ? n : s.n };
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.at[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_blank(s.at[s.n - 1]))
		s.n--;
	return s;
}

/* The first i bytes of *rest; what comes after the separator behind them. */
static struct str
split(struct str *rest, size_t i)
{
	struct str part = str_first(*rest, i);

	*rest = str_from(*rest, i + 1);
	return part;
}

bool
str_cut(struct str *rest, char sep, struct str *part)
{
	ptrdiff_t i = str_find(*rest, sep);

	if (rest->n == 0)
		return false;
	*part = split(rest, i >= 0 ? (size_t)i : rest->n);
	return true;
}

/* The index of the first comma outside quotes, or s.n. */
static size_t
element_length(struct str s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.at[i] == '"')
			quoted = !quoted;
		else if (quoted && s.at[i] == '\\')
			i++;
		else if (!quoted && s.at[i] == ',')
			return i;
	}
	return s.n;
}

bool
str_element(struct str *rest, struct str *part)
{
	while (rest->n > 0) {
		*part = str_trim(split(rest, element_length(*rest)));
		if (part->n > 0)
			return true;
	}
	return false;
}

bool
str_word(struct str *rest, struct str *word)
{
	struct str s = str_trim(*rest);
	size_t i;

	for (i = 0; i < s.n && !is_blank(s.at[i]); i++)
		continue;
	*word = split(&s, i);
	*rest = s;
	return i > 0;
}

bool
str_number(struct str s, int base, uint64_t max, uint64_t *out)
{
	uint64_t value = 0, digit;
	size_t i;
	int hex;

	for (i = 0; i < s.n; i++) {
		hex = char_hex(s.at[i]);
		if (hex < 0 || hex >= base)
			return false;
		digit = (uint64_t)hex;
		if (digit > max || value > (max - digit) / (uint64_t)base)
			return false;
		value = value * (uint64_t)base + digit;
	}
	*out = value;
	return s.n > 0;
}

/* Shell-style patterns. */

struct glob {
	struct str	 pattern;
	bool		 slashes_apart, nocase;
	size_t		 unclosed;	/* from here on, no [ has its ] */
};

/* c stands between low and high. */
static bool
in_range(const struct glob *g, char c, char low, char high)
{
	unsigned char l = (unsigned char)low, h = (unsigned char)high;
	unsigned char lower, upper;

	if (!g->nocase)
		return (unsigned char)c >= l && (unsigned char)c <= h;
	lower = (unsigned char)char_lower(c);
	upper = (unsigned char)char_upper(c);
	return (lower >= l && lower <= h) || (upper >= l && upper <= h);
}

/* The byte of a set at *i, a backslash taken away; *i moves behind it. */
static char
set_byte(struct str p, size_t *i)
{
	if (p.at[*i] == '\\' && *i + 1 < p.n)
		++*i;
	return p.at[(*i)++];
}

/* Does the [set] at *i hold c?  *i moves behind it.  Without a ] that ends it,
 * [ is a byte like others: false, and *i stays. */
static bool
match_set(struct glob *g, size_t *i, char c)
{
	struct str p = g->pattern;
	size_t at = *i + 1, first;
	bool negated, found = false;
	char low, high;

	negated = at < p.n && (p.at[at] == '!' || p.at[at] == '^');
	if (negated)
		at++;
	for (first = at; at < p.n; ) {
		if (p.at[at] == ']' && at > first) {
			*i = at + 1;
			return found != negated;
		}
		low = high = set_byte(p, &at);
		if (at + 1 < p.n && p.at[at] == '-' && p.at[at + 1] != ']') {
			at++;
			high = set_byte(p, &at);
		}
		if (in_range(g, c, low, high))
			found = true;
	}
	g->unclosed = *i;
	return false;
}

/* Does the pattern's element at *i, which is no *, match c?  Moves *i. */
static bool
match_one(struct glob *g, size_t *i, char c)
{
	struct str p = g->pattern;
	size_t before = *i;
	bool found;

	if (p.at[*i] == '?') {
		++*i;
		return !g->slashes_apart || c != '/';
	}
	if (p.at[*i] == '[' && *i < g->unclosed) {
		found = match_set(g, i, c);
		if (*i > before)
			return found && (!g->slashes_apart || c != '/');
	}
	if (p.at[*i] == '\\' && *i + 1 < p.n)
		++*i;
	before = (*i)++;
	return g->nocase ? char_lower(p.at[before]) == char_lower(c) :
	    p.at[before] == c;
}

/* Where s, from byte i on, can begin to match what stands at p, behind a "*":
 * what is passed over is the star's. */
static size_t
next_start(const struct glob *g, size_t p, struct str s, size_t i)
{
	const char *at;

	if (p == g->pattern.n || g->slashes_apart || g->nocase ||
	    strchr("*?[\\", g->pattern.at[p]) != NULL)
		return i;
	at = i < s.n ? memchr(s.at + i, g->pattern.at[p], s.n - i) : NULL;
	return at != NULL ? (size_t)(at - s.at) : s.n;
}

/*
 * After a mismatch only the last * needs another try: an earlier one could only
 * leave less for what stands behind it.  This holds with slashes_apart too, for
 * there each / of the subject can meet only one / of the pattern.
 */
bool
str_glob(struct str pattern, struct str s, bool slashes_apart, bool nocase)
{
	struct glob g = { pattern, slashes_apart, nocase, pattern.n };
	size_t p = 0, i = 0, after_star = 0, star_end = 0;
	bool star = false;

	while (i < s.n || p < pattern.n) {
		if (p < pattern.n && pattern.at[p] == '*') {
			star = true;
			after_star = ++p;
			i = star_end = next_start(&g, p, s, i);
			continue;
		}
		if (i < s.n && p < pattern.n && match_one(&g, &p, s.at[i])) {
			i++;
			continue;
		}
		if (!star || star_end == s.n ||
		    (slashes_apart && s.at[star_end] == '/'))
			return false;
		p = after_star;
		i = star_end = next_start(&g, p, s, star_end + 1);
	}
	return true;
}

bool
str_has_glob(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (strchr("*?[\\", s.at[i]) != NULL && s.at[i] != '\0')
			return true;
	return false;
}

/* Names to suggest are short; what differs over more bytes is just too far. */
#define DISTANCE_BYTES	64

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
same_letter(char a, char b)
{
	return char_lower(a) == char_lower(b);
}

/* One row of the table of distances between a's and b's beginnings.  Two
 * neighbours changed over are one edit. */
static void
distance_row(size_t *row, const size_t *last, const size_t *before_last,
    struct str a, size_t i, struct str b)
{
	size_t j, cost;

	row[0] = i;
	for (j = 1; j <= b.n; j++) {
		cost = same_letter(a.at[i - 1], b.at[j - 1]) ? 0 : 1;
		row[j] = smaller(last[j - 1] + cost,
		    smaller(last[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && same_letter(a.at[i - 1], b.at[j - 2]) &&
		    same_letter(a.at[i - 2], b.at[j - 1]))
			row[j] = smaller(row[j], before_last[j - 2] + 1);
	}
}

size_t
str_distance(struct str a, struct str b, size_t max)
{
	size_t rows[3][DISTANCE_BYTES + 1], i;

	while (a.n > 0 && b.n > 0 && same_letter(a.at[0], b.at[0])) {
		a = str_from(a, 1);
		b = str_from(b, 1);
	}
	while (a.n > 0 && b.n > 0 &&
	    same_letter(a.at[a.n - 1], b.at[b.n - 1])) {
		a.n--;
		b.n--;
	}
	if (a.n > DISTANCE_BYTES || b.n > DISTANCE_BYTES)
		return max + 1;
	for (i = 0; i <= b.n; i++)
		rows[0][i] = i;
	for (i = 1; i <= a.n; i++)
		distance_row(rows[i % 3], rows[(i + 2) % 3],
		    rows[(i + 1) % 3], a, i, b);
	return smaller(rows[a.n % 3][b.n], max + 1);
}
