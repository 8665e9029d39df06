/*
 * char.c - what an ASCII character is.
 */
#include "base/char.h"

enum {
	D = CHAR_DIGIT | CHAR_TOKEN | CHAR_PATH,
	A = CHAR_ALPHA | CHAR_TOKEN | CHAR_PATH,
	T = CHAR_TOKEN,
	P = CHAR_PATH,
	B = CHAR_TOKEN | CHAR_PATH
};

const unsigned char char_classes[256] = {
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

int
char_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
