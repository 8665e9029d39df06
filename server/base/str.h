/*
 * str.h - slices and growing strings.
 *
 * A struct str is a pointer and a length: it owns nothing, need not end in NUL
 * and may hold any byte.  A struct text grows in an arena.  Both are passed and
 * compared by content; ASCII rules only, never the locale's.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
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

/* ASCII character tests by table; c is a byte. */
bool		 char_is_token(unsigned char c);	/* RFC 9110, 5.6.2 */
bool		 char_is_alpha(unsigned char c);
bool		 char_is_digit(unsigned char c);
bool		 char_is_alnum(unsigned char c);
char		 char_lower(char c);
char		 char_upper(char c);
/* 0..15, or -1. */
int		 char_hex(char c);

/*
 * A growing string.  Start with { .arena = a }; read .at and .n at any time:
 * the bytes move when it grows.  Never NUL-terminated except by text_z().
 */
struct text {
	struct arena	*arena;
	char		*at;
	size_t		 n, room;
};

void		 text_add(struct text *t, struct str s);
void		 text_addz(struct text *t, const char *z);
void		 text_addc(struct text *t, char c);
void		 text_addn(struct text *t, uint64_t number);
void		 text_addf(struct text *t, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));
void		 text_vaddf(struct text *t, const char *fmt, va_list ap);
/* Room for n more bytes at the end; the caller writes there, then adds to n. */
char		*text_room(struct text *t, size_t n);
struct str	 text_str(const struct text *t);
char		*text_z(struct text *t);

/* Escaped additions.  Path: unreserved, sub-delims, ":", "@" and "/" stay as
 * they are, so that the result is a URL path.  Log: as Apache writes values in
 * its access log (\" \\ \n \t \xhh).  Json: UTF-8 kept, invalid bytes as
 * \u00NN, always valid JSON.  Html: & < > " '. */
void		 text_add_url_path(struct text *t, struct str s);
void		 text_add_url_part(struct text *t, struct str s); /* + no "/" */
void		 text_add_html(struct text *t, struct str s);
void		 text_add_log(struct text *t, struct str s);
void		 text_add_json(struct text *t, struct str s);

#endif
