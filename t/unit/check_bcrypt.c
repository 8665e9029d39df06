/*
 * check_bcrypt.c - the vectors of crypt_blowfish and jBCrypt, and what is
 * refused.
 */
#include <string.h>

#include "base/bcrypt.h"

#include "run.h"

static const struct {
	const char	*password, *hash;
} known[] = {
	{ "U*U",
	  "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
	{ "U*U*",
	  "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK" },
	{ "U*U*U",
	  "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a" },
	{ "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	  "0123456789chars after 72 are ignored",
	  "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui" },
	{ "\xff\xff\xa3",
	  "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e" },
	{ "\xa3",
	  "$2a$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq" },
	{ "", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s." },
	{ "a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe" },
	{ "abc",
	  "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i" },
	/* of Apache's manual */
	{ "myPassword",
	  "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC" },
};

START_TEST(published)
{
	char out[BCRYPT_SIZE];

	ck_assert(bcrypt_hash(known[_i].password, known[_i].hash, out));
	ck_assert_str_eq(out, known[_i].hash);
}
END_TEST

static const char *const refused[] = {
	"", "$", "$2", "$2a", "$2y$", "$2y$05", "$2y$05$",
	"$2$05$CCCCCCCCCCCCCCCCCCCCC.",
	"$2x$05$CCCCCCCCCCCCCCCCCCCCC.",
	"$2y$03$CCCCCCCCCCCCCCCCCCCCC.",
	"$2y$32$CCCCCCCCCCCCCCCCCCCCC.",
	"$2y$5$CCCCCCCCCCCCCCCCCCCCCC.",
	"$2y$0x$CCCCCCCCCCCCCCCCCCCCC.",
	"$2y$05$CCCCCCCCCCCCCCCCCCCCC",
	"$2y$05$CCCCCCCCCC+CCCCCCCCCC.",
};

START_TEST(malformed)
{
	char out[BCRYPT_SIZE];

	ck_assert(!bcrypt_hash("x", refused[_i], out));
}
END_TEST

START_TEST(made)
{
	static const unsigned char salt[BCRYPT_SALT_SIZE] = { 0, 1, 2, 255 };
	char setting[BCRYPT_SIZE], out[BCRYPT_SIZE], again[BCRYPT_SIZE];

	bcrypt_setting(4, salt, setting);
	ck_assert_int_eq(strncmp(setting, "$2y$04$", 7), 0);
	ck_assert(bcrypt_hash("secret", setting, out));
	ck_assert_int_eq(strncmp(setting, out, 29), 0);
	ck_assert(bcrypt_hash("secret", out, again));
	ck_assert_str_eq(out, again);
	ck_assert(bcrypt_hash("Secret", out, again));
	ck_assert_str_ne(out, again);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("bcrypt");

	tcase_add_loop_test(tc, published, 0, COUNT(known));
	tcase_add_loop_test(tc, malformed, 0, COUNT(refused));
	tcase_add_test(tc, made);
	return run_case("bcrypt", tc);
}
