/*
 * check_md5.c - the digests of RFC 1321, and blocks that end anywhere.
 */
#include <string.h>

#include "base/md5.h"

#include "run.h"

static const struct {
	const char	*text, *digest;
} known[] = {
	{ "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "a", "0cc175b9c0f1b6a831c399e269772661" },
	{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	{ "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	  "d174ab98d277d9f5a5611c2c9f419d9f" },
	{ "1234567890123456789012345678901234567890123456789012345678901234567"
	  "8901234567890", "57edf4a22be3c955ac49da2e2107b67a" },
};

START_TEST(published)
{
	char hex[MD5_HEX_SIZE];

	md5_hex(str_of(known[_i].text), hex);
	ck_assert_str_eq(hex, known[_i].digest);
}
END_TEST

/* In pieces it is the same as at once, for every length. */
START_TEST(in_pieces)
{
	unsigned char bytes[200], once[MD5_SIZE], twice[MD5_SIZE];
	struct md5 m;

	memset(bytes, 'x', sizeof(bytes));
	md5_init(&m);
	md5_add(&m, bytes, (size_t)_i);
	md5_end(&m, once);
	md5_init(&m);
	md5_add(&m, bytes, (size_t)_i / 3);
	md5_add(&m, bytes, (size_t)_i - (size_t)_i / 3);
	md5_end(&m, twice);
	ck_assert_mem_eq(once, twice, MD5_SIZE);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("md5");

	tcase_add_loop_test(tc, published, 0, COUNT(known));
	tcase_add_loop_test(tc, in_pieces, 0, 200);
	return run_case("md5", tc);
}
