/*
 * check_scope.c - scopes: what merges how.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/scope.h"

struct conf {
	enum flag	 flag;
	struct number	 number, seconds, bytes, word;
	const char	*string, *path;
	struct vec	 list, replace;
	struct pair {
		int	 x, y;
	}		 pair, odd;
	int		 private;
};

#define AT(field)	offsetof(struct conf, field)

static const char *
set(struct setting *s)
{
	(void)s;
	return NULL;
}

static const struct directive rows[] = {
	{ "Flag", 1, 1, IN_ANY, SLOT_FLAG, AT(flag), NULL, "" },
	{ "Number", 1, 1, IN_ANY, SLOT_NUMBER, AT(number), NULL, "" },
	{ "Seconds", 1, 1, IN_ANY, SLOT_SECONDS, AT(seconds), NULL, "" },
	{ "Bytes", 1, 1, IN_ANY, SLOT_BYTES, AT(bytes), NULL, "" },
	{ "Word", 1, 1, IN_ANY, SLOT_WORD, AT(word), NULL, "" },
	{ "String", 1, 1, IN_ANY, SLOT_STRING, AT(string), NULL, "" },
	{ "Path", 1, 1, IN_ANY, SLOT_PATH, AT(path), NULL, "" },
	{ "List", 1, 1, IN_ANY, SLOT_LIST, AT(list), NULL, "" },
	{ "ListToo", 1, 1, IN_ANY, SLOT_LIST, AT(list), NULL, "" },
	{ "Replace", 1, 1, IN_ANY, SLOT_LIST_REPLACE, AT(replace), NULL, "" },
	{ "Pair", 1, 1, IN_ANY, SLOT_CUSTOM, AT(pair), set, "",
	  .size = sizeof(struct pair) },
	{ "Odd", 1, 1, IN_ANY, SLOT_CUSTOM, AT(odd), set, "",
	  .size = sizeof(struct pair) },
	{ "Private", 1, 1, IN_ANY, SLOT_NONE, 0, set, "" },
	{ 0 }
};

/* Adds up, to show that it comes after the derived merge. */
static void
merge(struct arena *arena, const void *outer, const void *inner, void *result)
{
	const struct conf *o = outer, *i = inner;
	struct conf *r = result;

	(void)arena;
	ck_assert(memcmp(&r->odd, &i->odd, sizeof(r->odd)) == 0);
	r->odd.x = o->odd.x + i->odd.x;
}

static struct module one = {
	.name = "one", .rows = rows, .conf_size = sizeof(struct conf),
	.merge = merge,
}, two = {
	.name = "two", .conf_size = CONF_SIZE_MAX,
}, empty = {
	.name = "empty",
};

static struct module *const table[] = { &empty, &one, &two };
static struct arena *a;
static struct scope *outer, *inner;
static struct conf *o, *i;

static void
open_scopes(void)
{
	modules_init(table, 3);
	a = arena_new();
	outer = scope_new(a);
	inner = scope_new(a);
}

/* With the first module's conf in both. */
static void
open_both(void)
{
	open_scopes();
	o = scope_conf(a, outer, &one);
	i = scope_conf(a, inner, &one);
}

static void
end_scopes(void)
{
	arena_end(a);
}

static const struct conf *
merged(void)
{
	return scope_get(scope_merge(a, outer, inner), &one);
}

START_TEST(nothing_is_zero)
{
	static const char zero[CONF_SIZE_MAX];
	size_t m;

	for (m = 0; m < 3; m++) {
		ck_assert_ptr_nonnull(scope_get(outer, table[m]));
		ck_assert_mem_eq(scope_get(outer, table[m]), zero,
		    CONF_SIZE_MAX);
	}
	ck_assert(scope_empty(outer));
}
END_TEST

START_TEST(conf_is_made_once)
{
	void *conf = scope_conf(a, outer, &two);

	ck_assert_ptr_eq(scope_conf(a, outer, &two), conf);
	ck_assert_ptr_eq(scope_get(outer, &two), conf);
	ck_assert(!scope_empty(outer));
	ck_assert(scope_get(outer, &one) != conf);
}
END_TEST

/* What only one of them sets is not copied. */
START_TEST(shares)
{
	void *below = scope_conf(a, outer, &one);
	void *above = scope_conf(a, inner, &two);
	struct scope *s = scope_merge(a, outer, inner);

	ck_assert_ptr_eq(scope_get(s, &one), below);
	ck_assert_ptr_eq(scope_get(s, &two), above);
	ck_assert(!scope_empty(s));
	ck_assert(scope_empty(scope_merge(a, scope_new(a), scope_new(a))));
	ck_assert_ptr_eq(scope_get(scope_merge(a, s, scope_new(a)), &two),
	    above);
	ck_assert_ptr_eq(scope_get(scope_merge(a, scope_new(a), s), &two),
	    above);
}
END_TEST

/* In place, the same comes of it as otherwise. */
START_TEST(inherits)
{
	const struct conf *expected, *place;
	void *above = scope_conf(a, inner, &two);

	place = i = scope_conf(a, inner, &one);
	o = scope_conf(a, outer, &one);
	o->flag = FLAG_ON;
	o->number = (struct number){ true, 7 };
	o->string = "outer";
	i->string = "inner";
	i->bytes = (struct number){ true, 9 };
	vec_add(a, &o->replace, o);
	expected = merged();
	scope_inherit(a, outer, inner);
	ck_assert_ptr_eq(scope_get(inner, &one), place);
	ck_assert_mem_eq(place, expected, sizeof(*place));
	ck_assert_ptr_eq(scope_get(inner, &two), above);
	ck_assert_str_eq(o->string, "outer");
}
END_TEST

START_TEST(inherits_what_it_has_not)
{
	void *below = scope_conf(a, outer, &one), *later;

	scope_inherit(a, outer, inner);
	ck_assert_ptr_eq(scope_get(inner, &one), below);
	ck_assert(!scope_empty(inner));
	later = scope_conf(a, outer, &two);
	scope_share(inner, outer, &two);
	ck_assert_ptr_eq(scope_get(inner, &two), later);
	scope_share(inner, scope_new(a), &two);
	ck_assert_ptr_eq(scope_get(inner, &two), later);
}
END_TEST

START_TEST(outer_shows_through)
{
	o->flag = FLAG_OFF;
	o->number = (struct number){ true, 0 };
	o->seconds = (struct number){ true, 1 };
	o->bytes = (struct number){ true, 2 };
	o->word = (struct number){ true, 3 };
	o->string = "s";
	o->path = "/p";
	o->pair.y = 5;
	ck_assert_int_eq(merged()->flag, FLAG_OFF);
	ck_assert(merged()->number.given);
	ck_assert_int_eq(merged()->number.is, 0);
	ck_assert_int_eq(merged()->seconds.is, 1);
	ck_assert_int_eq(merged()->bytes.is, 2);
	ck_assert_int_eq(merged()->word.is, 3);
	ck_assert_str_eq(merged()->string, "s");
	ck_assert_str_eq(merged()->path, "/p");
	ck_assert_int_eq(merged()->pair.y, 5);
}
END_TEST

START_TEST(inner_wins)
{
	o->flag = FLAG_ON;
	i->flag = FLAG_OFF;
	o->number = (struct number){ true, 7 };
	i->number = (struct number){ true, 0 };
	o->seconds = o->bytes = o->word = (struct number){ true, 7 };
	i->seconds = i->bytes = i->word = (struct number){ true, 8 };
	o->string = o->path = "outer";
	i->string = i->path = "";
	o->pair = (struct pair){ 1, 2 };
	i->pair = (struct pair){ 0, 3 };
	ck_assert_int_eq(merged()->flag, FLAG_OFF);
	ck_assert_int_eq(merged()->number.is, 0);
	ck_assert_int_eq(merged()->seconds.is, 8);
	ck_assert_int_eq(merged()->bytes.is, 8);
	ck_assert_int_eq(merged()->word.is, 8);
	ck_assert_str_eq(merged()->string, "");
	ck_assert_str_eq(merged()->path, "");
	ck_assert_int_eq(merged()->pair.x, 0);
	ck_assert_int_eq(merged()->pair.y, 3);
	ck_assert_int_eq(o->flag, FLAG_ON);
	ck_assert_int_eq(o->pair.x, 1);
}
END_TEST

static const char *
joined(const struct vec *v)
{
	struct text t = { .arena = a };
	size_t k;

	for (k = 0; k < v->n; k++)
		text_addz(&t, v->at[k]);
	return text_z(&t);
}

static void
fill(struct vec *v, const char *letters)
{
	for (; *letters != '\0'; letters++)
		vec_add(a, v, str_z(a, str_n(letters, 1)));
}

static const struct {
	const char	*outer, *inner, *list, *replace;
} lists[] = {
	{ "", "", "", "" },
	{ "ab", "", "ab", "ab" },
	{ "", "xy", "xy", "xy" },
	{ "ab", "xy", "xyab", "xy" },
};

START_TEST(lists_join)
{
	fill(&o->list, lists[_i].outer);
	fill(&o->replace, lists[_i].outer);
	fill(&i->list, lists[_i].inner);
	fill(&i->replace, lists[_i].inner);
	ck_assert_str_eq(joined(&merged()->list), lists[_i].list);
	ck_assert_str_eq(joined(&merged()->replace), lists[_i].replace);
	ck_assert_str_eq(joined(&o->list), lists[_i].outer);
	ck_assert_str_eq(joined(&i->list), lists[_i].inner);
}
END_TEST

START_TEST(module_has_the_last_word)
{
	o->odd = (struct pair){ 1, 10 };
	i->odd = (struct pair){ 2, 20 };
	o->private = i->private = 9;
	ck_assert_int_eq(merged()->odd.x, 3);
	ck_assert_int_eq(merged()->odd.y, 20);
	ck_assert_int_eq(merged()->private, 0);
}
END_TEST

START_TEST(readers_of_slots)
{
	struct number unset = { false, 5 }, zero = { true, 0 };

	ck_assert(flag_or(FLAG_UNSET, true) && !flag_or(FLAG_UNSET, false));
	ck_assert(flag_or(FLAG_ON, false) && !flag_or(FLAG_OFF, true));
	ck_assert_int_eq(number_or(unset, 9), 9);
	ck_assert_int_eq(number_or(zero, 9), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("scope");
	TCase *tc = tcase_create("scope"), *both = tcase_create("merge");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_scopes, end_scopes);
	tcase_add_test(tc, nothing_is_zero);
	tcase_add_test(tc, conf_is_made_once);
	tcase_add_test(tc, shares);
	tcase_add_test(tc, inherits);
	tcase_add_test(tc, inherits_what_it_has_not);
	tcase_add_test(tc, readers_of_slots);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(both, open_both, end_scopes);
	tcase_add_test(both, outer_shows_through);
	tcase_add_test(both, inner_wins);
	tcase_add_loop_test(both, lists_join, 0,
	    sizeof(lists) / sizeof(lists[0]));
	tcase_add_test(both, module_has_the_last_word);
	suite_add_tcase(suite, both);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
