/*
 * regex.h - regular expressions with Perl's syntax, safe for any pattern.
 *
 * Leftmost-first as Perl and PCRE: the first alternative that leads to a match
 * wins.  Patterns without backreferences are matched in time linear in the
 * subject (times the pattern's size); those with backreferences run under a
 * step budget.  Bytes, not characters: a UTF-8 literal matches its own bytes.
 *
 * Understood: . [] [^] [:alpha:] \d \D \w \W \s \S \h \H \v \V \N \R \b \B \A \z
 * \Z ^ $, \t \n \r \f \e \a \0 \xhh \x{hh} \ddd \cX \Q..\E, groups (),
 * (?:), (?i) (?i:) with flags i m s x and -, (?<name>) (?P<name>) (?'name'),
 * quantifiers * + ? {n} {n,} {n,m} with ? (lazy) and + (possessive), atomic
 * (?>), lookahead (?=) (?!), lookbehind (?<=) (?<!) of bounded length,
 * backreferences \1 \g{1} \k<name>, alternation, comments (?#).
 * The defaults are Apache's: DOTALL and DOLLAR_ENDONLY.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/str.h"

struct regex;

enum { REGEX_NOCASE = 1, REGEX_MULTILINE = 2, REGEX_NO_DOTALL = 4,
	REGEX_EXTENDED = 8, REGEX_DOLLAR_NEWLINE = 16 };

/* Where one group matched; at == NULL when it took no part. */
#define REGEX_GROUPS	100	/* $0 and the groups that are reported */

struct regex_error {
	const char	*message;	/* "missing )" */
	size_t		 offset;	/* the byte of the pattern it is about */
};

/* Compile; NULL with *error filled when the pattern is impossible (also when it
 * is too large: a quantifier over 65535, or a program over 64 KiB nodes). */
struct regex	*regex_new(struct arena *a, struct str pattern, unsigned flags,
		    struct regex_error *error);
/* The number of groups in the pattern, $0 not counted. */
size_t		 regex_groups(const struct regex *re);
/* The number of the group with this name, or -1. */
int		 regex_group_named(const struct regex *re, struct str name);
/* The name of group i, or STR_NONE. */
struct str	 regex_group_name(const struct regex *re, size_t i);

/*
 * Search subject.  1: found, group[0..n_groups-1] filled (slices of subject);
 * 0: not found; -1: gave up, the step budget was used up (backreferences only).
 * group may be NULL when n_groups is 0.
 */
int		 regex_match(const struct regex *re, struct str subject,
		    struct str *group, size_t n_groups);

#endif
