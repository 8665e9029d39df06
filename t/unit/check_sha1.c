/*
 * check_sha1.c - the digests of RFC 3174 and RFC 2202.
 */
#include <stdio.h>
#include <string.h>

#include "base/sha1.h"

#include "run.h"

static const struct {
	const char	*text;
	unsigned	 times;
	const char	*digest;
} known[] = {
	{ "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
	{ "0123456701234567012345670123456701234567012345670123456701234567",
	  10, "dea356a2cddd90c7a7ecedc5ebb563934f460452" },
};

static void
to_hex(const unsigned char digest[SHA1_SIZE], char out[SHA1_HEX_SIZE])
{
	for (int i = 0; i < SHA1_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

START_TEST(published)
{
	unsigned char digest[SHA1_SIZE];
	char hex[SHA1_HEX_SIZE];
	struct sha1 s;

	sha1_init(&s);
	for (unsigned i = 0; i < known[_i].times; i++)
		sha1_add(&s, known[_i].text, strlen(known[_i].text));
	sha1_end(&s, digest);
	to_hex(digest, hex);
	ck_assert_str_eq(hex, known[_i].digest);
	if (known[_i].times == 1) {
		sha1_hex(str_of(known[_i].text), hex);
		ck_assert_str_eq(hex, known[_i].digest);
	}
}
END_TEST

static const struct {
	struct str	 key, text;
	const char	*digest;
} keyed[] = {
	{ STR("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
	  "\x0b\x0b\x0b\x0b\x0b"), STR("Hi There"),
	  "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ STR("Jefe"), STR("what do ya want for nothing?"),
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
};

START_TEST(with_a_key)
{
	unsigned char digest[SHA1_SIZE];
	char hex[SHA1_HEX_SIZE];

	sha1_keyed(keyed[_i].key, keyed[_i].text, digest);
	to_hex(digest, hex);
	ck_assert_str_eq(hex, keyed[_i].digest);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sha1");

	tcase_add_loop_test(tc, published, 0, COUNT(known));
	tcase_add_loop_test(tc, with_a_key, 0, COUNT(keyed));
	return run_case("sha1", tc);
}
