/*
 * check_password.c - one password in every format that files have.
 */
#include <string.h>

#include "base/arena.h"
#include "base/password.h"

#include "run.h"

static const struct {
	const char	*hash, *password;
	bool		 right, slow, crypt;
} known[] = {
	{ "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0", "myPassword", true },
	{ "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0", "mypassword", false },
	{ "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY", "myPassword", false },
	{ "$apr1$", "", false },
	{ "$1$ab$NM4FR4Dl/CzoTSJTd3YJ3.", "a", true },
	{ "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC",
	  "myPassword", true, true },
	{ "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqD",
	  "myPassword", false, true },
	{ "$2y$05$short", "myPassword", false },
	{ "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword", true },
	{ "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword ", false },
	{ "{SHA}", "", false },
	{ "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0", "secret", true },
	{ "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0", "Secret", false },
	{ "{SSHA}", "", false },
	{ "{SSHA}QUJD", "ABC", false },
	{ "{PLAIN}myPassword", "myPassword", true },
	{ "{PLAIN}myPassword", "myPasswor", false },
	{ "{PLAIN}", "", true },
	{ "rqXexS6ZhobKA", "myPassword", true, false, true },
	{ "rqXexS6ZhobKA", "myPasswo", true, false, true },
	{ "rqXexS6ZhobKA", "mypasswo", false, false, true },
	{ "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
	  "Hello world!", true, true, true },
	{ "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
	  "Hello world", false, true, true },
	{ "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJ"
	  "uesI68u4OTLiBFdcbYEdFCoEOfaS35inz1", "Hello world!", true, true,
	  true },
	/* What stands for no password is no password. */
	{ "", "", false },
	{ "*", "*", false },
	{ "*0", "x", false },
	{ "*0***********", "x", false, false, true },
	{ "!", "", false },
	{ "x", "x", false },
	{ "myPassword", "myPassword", false },
	{ "a password in the clear", "a password in the clear", false, true,
	  true },
};

START_TEST(one)
{
	enum password_answer wanted = known[_i].right ? PASSWORD_RIGHT :
	    PASSWORD_WRONG;

	if (known[_i].crypt && !password_has_crypt())
		wanted = PASSWORD_NO_CRYPT;
	ck_assert_int_eq(password_check(known[_i].hash, known[_i].password),
	    wanted);
	if (known[_i].right)
		ck_assert_int_eq(password_is_slow(known[_i].hash),
		    known[_i].slow);
}
END_TEST

START_TEST(made)
{
	struct arena *a = arena_new();
	char *z;

	ck_assert_str_eq(password_sha(a, "myPassword"),
	    "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=");
	z = password_crypt(a, "myPassword", "rq");
	if (password_has_crypt())
		ck_assert_str_eq(z, "rqXexS6ZhobKA");
	else
		ck_assert_ptr_null(z);
	ck_assert_ptr_null(password_crypt(a, "myPassword", "*"));
	arena_end(a);
}
END_TEST

START_TEST(same)
{
	ck_assert(password_same(STR("abc"), STR("abc")));
	ck_assert(!password_same(STR("abc"), STR("abd")));
	ck_assert(!password_same(STR("abc"), STR("ab")));
	ck_assert(!password_same(STR("ab"), STR("abc")));
	ck_assert(password_same(STR(""), STR("")));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("password");

	tcase_add_loop_test(tc, one, 0, COUNT(known));
	tcase_add_test(tc, made);
	tcase_add_test(tc, same);
	return run_case("password", tc);
}
