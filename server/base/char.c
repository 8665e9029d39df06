/*
 * char.c - what an ASCII character is.
 */
#include "base/char.h"

/* What a byte may be part of. */
enum {
	TOKEN = 1,		/* RFC 9110, 5.6.2 */
	PATH = 2,		/* RFC 3986, pchar without "%" */
	DIGIT = 4,
	ALPHA = 8,
	D = DIGIT | TOKEN | PATH,
	A = ALPHA | TOKEN | PATH,
	T = TOKEN,
	P = PATH,
	B = TOKEN | PATH
};

static const unsigned char classes[256] = {
	[0x20] =
	/*      !  "  #  $  %  &  '  (  )  *  +  ,  -  .  /  */
	0,	B, 0, T, B, T, B, B, P, P, B, B, P, B, B, 0,
	/*      1  2  3  4  5  6  7  8  9  :  ;  <  =  >  ?  */
	D,	D, D, D, D, D, D, D, D, D, P, P, 0, P, 0, 0,
	/* @    A  B  C  D  E  F  G  H  I  J  K  L  M  N  O  */
	P,	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* P    Q  R  S  T  U  V  W  X  Y  Z  [  \  ]  ^  _  */
	A,	A, A, A, A, A, A, A, A, A, A, 0, 0, 0, T, B,
	/* `    a  b  c  d  e  f  g  h  i  j  k  l  m  n  o  */
	T,	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* p    q  r  s  t  u  v  w  x  y  z  {  |  }  ~     */
	A,	A, A, A, A, A, A, A, A, A, A, 0, T, 0, B, 0
};

bool
char_is_token(unsigned char c)
{
	return classes[c] & TOKEN;
}

bool
char_is_alpha(unsigned char c)
{
	return classes[c] & ALPHA;
}

bool
char_is_digit(unsigned char c)
{
	return classes[c] & DIGIT;
}

bool
char_is_alnum(unsigned char c)
{
	return classes[c] & (ALPHA | DIGIT);
}

bool
char_is_path(unsigned char c)
{
	return classes[c] & PATH;
}

int
char_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
