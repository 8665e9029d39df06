/*
 * check_apr1.c - what htpasswd -m and openssl passwd make of passwords.
 */
#include "base/apr1.h"

#include "run.h"

static const struct {
	const char	*password, *hash;
} known[] = {
	/* of Apache's manual */
	{ "myPassword", "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0" },
	{ "myPassword", "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/" },
	/* of openssl passwd */
	{ "", "$apr1$12345678$sHuPAw7VA9xjRbJz7zKV7/" },
	{ "a", "$apr1$12345678$68ZQVfPkWX/wcXr/41VxQ." },
	{ "0123456789abcdef", "$apr1$12345678$vc38ZupyU1KkWqFuFfTA/." },
	{ "a much longer password than sixteen bytes, over and over",
	  "$apr1$12345678$K4aE/wm1m6xOP4fRaII00/" },
	{ "", "$1$ab$rn6aQS/o7141mj179E/zA." },
	{ "a", "$1$ab$NM4FR4Dl/CzoTSJTd3YJ3." },
	{ "0123456789abcdef", "$1$ab$KPbsrH8h5k2KfaQeRBFJY/" },
	{ "a much longer password than sixteen bytes, over and over",
	  "$1$ab$aBDLIvcov.XNYcFz8y784/" },
};

START_TEST(published)
{
	char out[APR1_SIZE];

	ck_assert(apr1_hash(known[_i].password, known[_i].hash, out));
	ck_assert_str_eq(out, known[_i].hash);
}
END_TEST

/* No more than eight bytes of salt, and whatever there is of them. */
START_TEST(salts)
{
	char out[APR1_SIZE];

	ck_assert(apr1_hash("a", "$apr1$123456789", out));
	ck_assert_str_eq(out, known[3].hash);
	ck_assert(apr1_hash("a", "$apr1$12345678", out));
	ck_assert_str_eq(out, known[3].hash);
	ck_assert(apr1_hash("a", "$apr1$", out));
	ck_assert_int_eq(out[6], '$');
	ck_assert(!apr1_hash("a", "$apr2$12345678$", out));
	ck_assert(!apr1_hash("a", "", out));
}
END_TEST

START_TEST(alphabet)
{
	char out[5] = "";

	apr1_letters(0, 4, out);
	ck_assert_str_eq(out, "....");
	apr1_letters(1 | 12 << 6 | 38 << 12 | 63 << 18, 4, out);
	ck_assert_str_eq(out, "/Aaz");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("apr1");

	tcase_add_loop_test(tc, published, 0, COUNT(known));
	tcase_add_test(tc, salts);
	tcase_add_test(tc, alphabet);
	return run_case("apr1", tc);
}
