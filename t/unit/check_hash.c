/*
 * check_hash.c - the containers: hash, vec and list.
 *
 * hash.c is included, so that its SipHash can be held against known answers.
 */
#include <check.h>

#include "base/hash.c"
#include "base/list.h"
#include "base/vec.h"

static struct arena *a;

static void
open_arena(void)
{
	a = arena_new();
}

static void
end_arena(void)
{
	arena_end(a);
}

/* The bytes 0, 1, 2.. under the key 00 01 .. 0f, as in the paper's appendix;
 * these answers are for one round per word and three at the end. */
static const struct {
	size_t		n;
	uint64_t	answer;
} answers[] = {
	{ 0, 0xabac0158050fc4dc },
	{ 1, 0xc9f49bf37d57ca93 },
	{ 7, 0xd3927d989bb11140 },
	{ 8, 0x369095118d299a8e },
	{ 9, 0x25a48eb36c063de4 },
	{ 15, 0xd320d86d2a519956 },
	{ 16, 0xcc4fdd1a7d908b66 },
	{ 63, 0x9d199062b7bbb3a8 },
};

START_TEST(siphash)
{
	static const uint64_t key[2] = {
		0x0706050403020100, 0x0f0e0d0c0b0a0908
	};
	unsigned char bytes[64];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	ck_assert_uint_eq(sip(key, bytes, answers[_i].n),
	    answers[_i].answer);
}
END_TEST

START_TEST(hash_is_seeded)
{
	static const uint64_t zero[2];

	ck_assert_uint_eq(hash_bytes("abc", 3), hash_bytes("abc", 3));
	ck_assert_uint_ne(hash_bytes("abc", 3), hash_bytes("abd", 3));
	ck_assert_uint_ne(hash_bytes("abc", 3),
	    sip(zero, (const unsigned char *)"abc", 3));
}
END_TEST

START_TEST(empty_hash)
{
	struct hash *h = hash_new(a);
	struct str key;
	void *value;

	ck_assert_uint_eq(hash_count(h), 0);
	ck_assert_ptr_null(hash_get(h, STR("x")));
	ck_assert_ptr_null(hash_get(h, STR_NONE));
	ck_assert(!hash_at(h, 0, &key, &value));
}
END_TEST

START_TEST(keys_are_exact)
{
	struct hash *h = hash_new(a);
	int one, two, three, four;

	hash_set(h, STR("a"), &one);
	hash_set(h, STR("A"), &two);
	hash_set(h, str_n("a\0", 2), &three);
	hash_set(h, STR_NONE, &four);
	ck_assert_ptr_eq(hash_get(h, STR("a")), &one);
	ck_assert_ptr_eq(hash_get(h, STR("A")), &two);
	ck_assert_ptr_eq(hash_get(h, str_n("a\0", 2)), &three);
	ck_assert_ptr_eq(hash_get(h, STR("")), &four);
	ck_assert_ptr_null(hash_get(h, STR("b")));
	ck_assert_ptr_null(hash_get(h, STR("a longer one")));
	hash_set(h, STR("a longer one"), &one);
	ck_assert_ptr_eq(hash_get(h, STR("a longer one")), &one);
	hash_set(h, STR("a"), NULL);
	ck_assert_ptr_null(hash_get(h, STR("a")));
	ck_assert_uint_eq(hash_count(h), 5);
}
END_TEST

/* Room that was asked for is there, and is no limit. */
START_TEST(room_is_kept)
{
	static const int rooms[] = { 0, 1, 3, 8, 9, 1000 };
	struct hash *h = hash_new(a);
	struct str key;
	void *value;
	uintptr_t i;

	hash_reserve(h, (size_t)rooms[_i]);
	ck_assert_uint_eq(h->room, (size_t)rooms[_i]);
	for (i = 0; i < 1200; i++)
		hash_set(h, str_fmt(a, "key%d", (int)i), (void *)(i + 1));
	for (i = 0; i < 1200; i++)
		ck_assert_uint_eq((uintptr_t)hash_get(h, str_fmt(a, "key%d",
		    (int)i)), i + 1);
	ck_assert_ptr_null(hash_get(h, STR("key1200")));
	ck_assert(hash_at(h, 1199, &key, &value));
	ck_assert(str_is(key, "key1199"));
}
END_TEST

START_TEST(many_keys)
{
	struct hash *h = hash_new(a);
	struct str key;
	void *value;
	uintptr_t i;

	for (i = 0; i < 20000; i++)
		hash_set(h, str_fmt(a, "key%d", (int)i), (void *)(i + 1));
	for (i = 0; i < 20000; i += 2)
		hash_set(h, str_fmt(a, "key%d", (int)i), (void *)(i + 7));
	ck_assert_uint_eq(hash_count(h), 20000);
	for (i = 0; i < 20000; i++) {
		key = str_fmt(a, "key%d", (int)i);
		ck_assert_uint_eq((uintptr_t)hash_get(h, key),
		    i % 2 == 0 ? i + 7 : i + 1);
	}
	ck_assert_ptr_null(hash_get(h, STR("key20000")));
	for (i = 0; hash_at(h, i, &key, &value); i++) {
		ck_assert(str_eq(key, str_fmt(a, "key%d", (int)i)));
		ck_assert_uint_eq((uintptr_t)value,
		    i % 2 == 0 ? i + 7 : i + 1);
	}
	ck_assert_uint_eq(i, 20000);
}
END_TEST

/* Vectors. */

START_TEST(vec_grows)
{
	struct vec v = { 0 };
	uintptr_t i;

	for (i = 0; i < 1000; i++) {
		vec_add(a, &v, (void *)i);
		if (i % 10 == 0)
			arena_alloc(a, 1);
	}
	ck_assert_uint_eq(v.n, 1000);
	for (i = 0; i < 1000; i++)
		ck_assert_uint_eq((uintptr_t)v.at[i], i);
}
END_TEST

START_TEST(vec_joins)
{
	int one, two, three;
	struct vec none = { 0 }, first = { 0 }, second = { 0 }, both;

	vec_add(a, &first, &one);
	vec_add(a, &first, &two);
	vec_add(a, &second, &three);
	both = vec_join(a, &first, &second);
	ck_assert_uint_eq(both.n, 3);
	ck_assert_ptr_eq(both.at[0], &one);
	ck_assert_ptr_eq(both.at[1], &two);
	ck_assert_ptr_eq(both.at[2], &three);
	vec_add(a, &both, &one);
	ck_assert_uint_eq(both.n, 4);
	ck_assert_uint_eq(first.n, 2);
	ck_assert_ptr_eq(vec_join(a, &first, &none).at, first.at);
	ck_assert_ptr_eq(vec_join(a, &none, &second).at, second.at);
	ck_assert_uint_eq(vec_join(a, &none, &none).n, 0);
}
END_TEST

/* Lists. */

struct member {
	int		number;
	struct link	link;
};

static int
list_sum(const struct link *head)
{
	const struct link *l;
	int sum = 0;

	for (l = head->next; l != head; l = l->next)
		sum = sum * 10 + LIST_OWNER(l, struct member, link)->number;
	return sum;
}

START_TEST(list_keeps_order)
{
	struct member m[3] = { { .number = 1 }, { .number = 2 },
	    { .number = 3 } };
	struct link head;
	int i;

	list_init(&head);
	ck_assert(list_empty(&head));
	for (i = 0; i < 3; i++)
		list_append(&head, &m[i].link);
	ck_assert_int_eq(list_sum(&head), 123);
	list_remove(&m[1].link);
	ck_assert_int_eq(list_sum(&head), 13);
	list_remove(&m[1].link);
	ck_assert_int_eq(list_sum(&head), 13);
	ck_assert(list_empty(&m[1].link));
	list_append(&head, &m[1].link);
	ck_assert_int_eq(list_sum(&head), 132);
	for (i = 0; i < 3; i++)
		list_remove(&m[i].link);
	ck_assert(list_empty(&head));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = tcase_create("hash");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_arena, end_arena);
	tcase_add_loop_test(tc, siphash, 0,
	    sizeof(answers) / sizeof(answers[0]));
	tcase_add_test(tc, hash_is_seeded);
	tcase_add_test(tc, empty_hash);
	tcase_add_test(tc, keys_are_exact);
	tcase_add_test(tc, many_keys);
	tcase_add_loop_test(tc, room_is_kept, 0, 6);
	tcase_add_test(tc, vec_grows);
	tcase_add_test(tc, vec_joins);
	tcase_add_test(tc, list_keeps_order);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
