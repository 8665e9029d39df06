/*
 * char.h - what an ASCII character is, whatever the locale; c is a byte.
 */
#ifndef BASE_CHAR_H
#define BASE_CHAR_H

#include <stdbool.h>

bool		 char_is_token(unsigned char c);	/* RFC 9110, 5.6.2 */
bool		 char_is_alpha(unsigned char c);
bool		 char_is_digit(unsigned char c);
bool		 char_is_alnum(unsigned char c);
/* May stand in a URL path as it is; RFC 3986, pchar without "%". */
bool		 char_is_path(unsigned char c);
/* 0..15, or -1. */
int		 char_hex(char c);

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
