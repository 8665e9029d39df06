/*
 * char.h - what an ASCII character is, whatever the locale; c is a byte.
 */
#ifndef BASE_CHAR_H
#define BASE_CHAR_H

#include <stdbool.h>

/* What a byte may be part of. */
enum {
	CHAR_TOKEN	= 1,	/* RFC 9110, 5.6.2 */
	CHAR_PATH	= 2,	/* as it is: RFC 3986, pchar but "%" */
	CHAR_DIGIT	= 4,
	CHAR_ALPHA	= 8
};

extern const unsigned char char_classes[256];

/* 0..15, or -1. */
int		 char_hex(char c);

static inline bool
char_is_token(unsigned char c)
{
	return char_classes[c] & CHAR_TOKEN;
}

static inline bool
char_is_alpha(unsigned char c)
{
	return char_classes[c] & CHAR_ALPHA;
}

static inline bool
char_is_digit(unsigned char c)
{
	return char_classes[c] & CHAR_DIGIT;
}

static inline bool
char_is_alnum(unsigned char c)
{
	return char_classes[c] & (CHAR_ALPHA | CHAR_DIGIT);
}

static inline bool
char_is_path(unsigned char c)
{
	return char_classes[c] & CHAR_PATH;
}

static inline char
char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static inline char
char_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

#endif
