/*
 * check_char.c - what an ASCII character is.
 */
#include <string.h>

#include "base/char.h"

#include "run.h"

START_TEST(classes_of_every_byte)
{
	unsigned char c = (unsigned char)_i;
	bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	bool digit = c >= '0' && c <= '9';

	ck_assert_int_eq(char_is_alpha(c), alpha);
	ck_assert_int_eq(char_is_digit(c), digit);
	ck_assert_int_eq(char_is_alnum(c), alpha || digit);
	ck_assert_int_eq(char_is_token(c), alpha || digit ||
	    (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL));
	ck_assert_int_eq(char_lower((char)c),
	    c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c);
	ck_assert_int_eq(char_upper((char)c),
	    c >= 'a' && c <= 'z' ? (char)(c - 32) : (char)c);
}
END_TEST

START_TEST(hex_digits)
{
	static const char digits[] = "0123456789abcdef";
	int c;

	for (c = 0; c < 256; c++) {
		const char *p = c != 0 ? strchr(digits, char_lower((char)c)) :
		    NULL;

		ck_assert_int_eq(char_hex((char)c),
		    p != NULL ? (int)(p - digits) : -1);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("char");

	tcase_add_loop_test(tc, classes_of_every_byte, 0, 256);
	tcase_add_test(tc, hex_digits);
	return run_case("char", tc);
}
