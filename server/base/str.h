/*
 * str.h - slices of bytes.
 *
 * A struct str is a pointer and a length: it owns nothing, need not end in NUL
 * and may hold any byte.  It is passed and compared by content; ASCII rules
 * only, never the locale's.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
	const char	*at;
	size_t		 n;
};

/* STR("literal") is a constant slice; STR_ARGS(s) fits "%.*s". */
#define STR(literal)	((struct str){ (literal), sizeof(literal) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })
#define STR_ARGS(s)	(int)(s).n, (s).at

/* A slice of the C string z; z may be NULL, which gives STR_NONE. */
struct str	 str_of(const char *z);
/* The n bytes at p. */
struct str	 str_n(const char *p, size_t n);
/* A NUL-terminated copy.  Bytes after a NUL inside s are kept. */
char		*str_z(struct arena *a, struct str s);
struct str	 str_copy(struct arena *a, struct str s);
struct str	 str_lower(struct arena *a, struct str s);
/* printf into the arena. */
struct str	 str_fmt(struct arena *a, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));
/* printf into the arena, as a C string. */
char		*str_zfmt(struct arena *a, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

bool		 str_eq(struct str a, struct str b);
bool		 str_eq_nocase(struct str a, struct str b);
bool		 str_is(struct str s, const char *z);
bool		 str_is_nocase(struct str s, const char *z);
bool		 str_starts(struct str s, struct str prefix);
bool		 str_starts_nocase(struct str s, struct str prefix);
bool		 str_ends(struct str s, struct str suffix);
bool		 str_ends_nocase(struct str s, struct str suffix);
/* <0, 0, >0 by unsigned bytes; a prefix sorts first. */
int		 str_compare(struct str a, struct str b);
int		 str_compare_nocase(struct str a, struct str b);

/* The index of c, or -1. */
ptrdiff_t	 str_find(struct str s, char c);
ptrdiff_t	 str_rfind(struct str s, char c);
/* The index of the first occurrence of what, or -1. */
ptrdiff_t	 str_find_str(struct str s, struct str what);
ptrdiff_t	 str_find_nocase(struct str s, struct str what);
/* From byte i (clamped) to the end; the first n bytes (clamped). */
struct str	 str_from(struct str s, size_t i);
struct str	 str_first(struct str s, size_t n);
/* Without leading and trailing spaces and tabs (OWS). */
struct str	 str_trim(struct str s);
/* Take the part up to sep off the front of *rest; false when *rest was used
 * up.  "a,,b" gives "a", "", "b"; an empty *rest gives nothing. */
bool		 str_cut(struct str *rest, char sep, struct str *part);
/* Take the next element of a comma-separated field value, trimmed; empty
 * elements are skipped, quoted strings kept whole.  RFC 9110, 5.6.1. */
bool		 str_element(struct str *rest, struct str *part);
/* Take the next word between spaces and tabs; false when there is none. */
bool		 str_word(struct str *rest, struct str *word);

/* All of s is a number in base 10 or 16, without sign or space, at most max. */
bool		 str_number(struct str s, int base, uint64_t max,
		    uint64_t *out);

/* Shell-style * ? [a-z] [!x] and \; with slashes_apart, * and ? and [] do not
 * match '/'.  Linear in the subject times the pattern; never exponential. */
bool		 str_glob(struct str pattern, struct str s, bool slashes_apart,
		    bool nocase);
bool		 str_has_glob(struct str s);
/* Edit distance, capped at max + 1; ASCII case does not count. */
size_t		 str_distance(struct str a, struct str b, size_t max);

#endif
