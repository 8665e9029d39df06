/*
 * regex.h - regular expressions with Perl's syntax, safe for any pattern.
 *
 * Leftmost-first as Perl and PCRE: the first alternative that leads to a match
 * wins.  Patterns without backreferences are matched in time linear in the
 * subject (times the pattern's size); those with backreferences run under a
 * step budget.  Bytes, not characters: a UTF-8 literal matches its own bytes,
 * and only ASCII letters, digits and blanks are such.
 *
 * Understood: . [] [^] [:alpha:] \d \D \w \W \s \S \h \H \v \V \N \R \b \B \A
 * \z \Z \G \K ^ $, \t \n \r \f \e \a \0 \xhh \x{hh} \ddd \o{ddd} \cX \Q..\E,
 * groups (), (?:), (?i) (?i:) with flags i m s x, - and ^, (?<name>)
 * (?P<name>) (?'name'), quantifiers * + ? {n} {n,} {n,m} with ? (lazy) and +
 * (possessive), atomic (?>), lookahead (?=) (?!), lookbehind (?<=) (?<!) of
 * bounded length, backreferences \1 \g{1} \g{-1} \k<name> (?P=name),
 * alternation, comments (?#).
 * The defaults are Apache's: DOTALL and DOLLAR_ENDONLY.
 *
 * As in PCRE, a { that begins no quantifier, a ] that comes first in a class
 * and any escaped byte that is no letter or digit stand for themselves.
 *
 * Refused, as an error: conditions (?(), branch reset (?|), recursion (?R),
 * callouts, (*VERBS), \p \X \C \N{..}, [[.x.]] and [[=x=]].
 *
 * Where it differs from PCRE2 10.42: an alternative of a lookbehind may vary
 * in length, up to 255 bytes, and begins as far back as it can, as in Perl; it
 * may hold no backreference.  Where PCRE2's optimisations change what is found
 * (\S+ before \R; a possessive group that may be absent before what repeats;
 * \A in a group repeated {0}), the answer here is the one without them.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/str.h"

struct regex;

enum { REGEX_NOCASE = 1, REGEX_MULTILINE = 2, REGEX_NO_DOTALL = 4,
	REGEX_EXTENDED = 8, REGEX_DOLLAR_NEWLINE = 16 };

#define REGEX_GROUPS	100	/* $0 and the groups that users can name */

struct regex_error {
	const char	*message;	/* "missing )" */
	size_t		 offset;	/* the byte of the pattern it is at */
};

/*
 * Compile into a; the pattern's bytes are not needed any longer.  NULL with
 * *error filled when it is impossible, or too large: a quantifier over 65535,
 * 250 parentheses within each other, or more than 65536 nodes, where a group
 * counts as often as its quantifier's upper limit, and a single byte or class
 * counts once whatever its limits.
 */
struct regex	*regex_new(struct arena *a, struct str pattern, unsigned flags,
		    struct regex_error *error);
/* The number of groups in the pattern, $0 not counted. */
size_t		 regex_groups(const struct regex *re);
/* The number of the group with this name, or -1. */
int		 regex_group_named(const struct regex *re, struct str name);
/* The name of group i, or STR_NONE. */
struct str	 regex_group_name(const struct regex *re, size_t i);

/*
 * Search subject.  1: found, group[0..n_groups-1] filled: slices of subject, at
 * == NULL where a group took no part or does not exist; 0: not found; -1: gave
 * up.  With backreferences that is after a million steps.  Without, it takes
 * extremes: about 30 million for the subject's bytes times the places in the
 * pattern where its ways meet, and a search that is not quick anyway.
 * group may be NULL when n_groups is 0; asking for fewer groups is quicker.
 * Uses memory that is kept for the next search: not for several threads.
 */
int		 regex_match(const struct regex *re, struct str subject,
		    struct str *group, size_t n_groups);

#endif
