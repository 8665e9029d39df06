/*
 * check_base64.c - letters for bytes, and back.
 */
#include "base/arena.h"
#include "base/base64.h"

#include "run.h"

/* RFC 4648, section 10, and some bytes that no text has. */
static const struct {
	struct str	plain, letters;
} both[] = {
	{ STR(""), STR("") },
	{ STR("f"), STR("Zg==") },
	{ STR("fo"), STR("Zm8=") },
	{ STR("foo"), STR("Zm9v") },
	{ STR("foob"), STR("Zm9vYg==") },
	{ STR("fooba"), STR("Zm9vYmE=") },
	{ STR("foobar"), STR("Zm9vYmFy") },
	{ STR("Aladdin:open sesame"), STR("QWxhZGRpbjpvcGVuIHNlc2FtZQ==") },
	{ STR("\0\xff\xfe\x80"), STR("AP/+gA==") },
	{ STR("\xfb\xef\xbe"), STR("++++") },
};

START_TEST(there_and_back)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct str plain;
	size_t used;

	base64_encode(&t, both[_i].plain);
	ck_assert(str_eq(text_str(&t), both[_i].letters));
	plain = base64_decode(a, both[_i].letters, &used);
	ck_assert(str_eq(plain, both[_i].plain));
	ck_assert_uint_eq(used, (both[_i].plain.n * 8 + 5) / 6);
	arena_end(a);
}
END_TEST

/* Letters that end early, and what is read of them. */
static const struct {
	struct str	letters, plain;
	size_t		used;
} odd[] = {
	{ STR("Zg"), STR("f"), 2 },
	{ STR("Zm8"), STR("fo"), 3 },
	{ STR("Z"), STR(""), 1 },
	{ STR("Zm9v\nYmFy"), STR("foo"), 4 },
	{ STR("Zm9v YmFy"), STR("foo"), 4 },
	{ STR("=Zm9v"), STR(""), 0 },
	{ STR("Zm\0v"), STR("f"), 2 },
	{ STR("Zm-_"), STR("f"), 2 },
};

START_TEST(ends_early)
{
	struct arena *a = arena_new();
	size_t used;

	ck_assert(str_eq(base64_decode(a, odd[_i].letters, &used),
	    odd[_i].plain));
	ck_assert_uint_eq(used, odd[_i].used);
	arena_end(a);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("base64");

	tcase_add_loop_test(tc, there_and_back, 0, COUNT(both));
	tcase_add_loop_test(tc, ends_early, 0, COUNT(odd));
	return run_case("base64", tc);
}
