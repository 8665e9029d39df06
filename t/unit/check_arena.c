/*
 * check_arena.c - memory, its order of ending, and what it costs.
 *
 * The source is included, because whether blocks are kept for the next arena
 * (SPARES_MAX) depends on the sanitizer.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>

#include "base/arena.c"

static struct arena *a;

static void
open_arena(void)
{
	a = arena_new();
}

static void
open_lasting(void)
{
	a = arena_new_lasting();
}

static void
end_arena(void)
{
	arena_end(a);
}

static bool
all_bytes_are(const char *p, char c, size_t n)
{
	while (n > 0 && p[n - 1] == c)
		n--;
	return n == 0;
}

static const size_t sizes[] = {
	0, 1, 7, 16, 17, 100, 2047, 5000, BLOCK_ROOM - 1,
	BLOCK_ROOM, BLOCK_ROOM + 1, 100000, 5000000
};
enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

START_TEST(memory_is_zero_and_aligned)
{
	size_t n = sizes[_i];
	char *p;
	int i;

	for (i = 0; i < 20; i++) {
		p = arena_alloc(a, n);
		ck_assert_uint_eq((uintptr_t)p % ALIGNMENT, 0);
		ck_assert(all_bytes_are(p, 0, n));
		memset(p, 'x', n);
	}
}
END_TEST

START_TEST(reused_memory_is_zero)
{
	size_t n = sizes[_i];
	char *p;
	int i;

	for (i = 0; i < 5; i++) {
		p = arena_alloc(a, n);
		ck_assert(all_bytes_are(p, 0, n));
		memset(p, 'x', n);
		if (i % 2 == 0) {
			arena_reset(a);
		} else {
			arena_end(a);
			a = arena_new();
		}
	}
}
END_TEST

START_TEST(allocations_do_not_overlap)
{
	char *p[2000];
	size_t i;

	for (i = 0; i < 2000; i++)
		p[i] = memset(arena_alloc(a, 1 + i * 3), (int)(i % 251),
		    1 + i * 3);
	for (i = 0; i < 2000; i++)
		ck_assert(all_bytes_are(p[i], (char)(i % 251), 1 + i * 3));
}
END_TEST

START_TEST(copies)
{
	static const char from[] = "with a \0 inside";
	char *p = arena_copy(a, from, sizeof(from));

	ck_assert_mem_eq(p, from, sizeof(from));
	ck_assert(p != from);
	ck_assert_ptr_nonnull(arena_copy(a, NULL, 0));
}
END_TEST

/* The bytes are kept, the new ones are zero. */
START_TEST(grow_keeps_bytes)
{
	size_t n = sizes[_i];
	char *p = arena_copy(a, "0123456789abcdef0123456789", 26);
	char *grown = arena_grow(a, p, 26, 26 + n);

	ck_assert_mem_eq(grown, "0123456789abcdef0123456789", 26);
	ck_assert(all_bytes_are(grown + 26, 0, n));
	memset(grown, 'x', 26 + n);
	arena_alloc(a, 1);
	p = arena_grow(a, grown, 26 + n, 2 * (26 + n));
	ck_assert(all_bytes_are(p, 'x', 26 + n));
	ck_assert(all_bytes_are(p + 26 + n, 0, 26 + n));
}
END_TEST

START_TEST(grow_in_place)
{
	char *p = arena_alloc(a, 100), *other;

	ck_assert_ptr_eq(arena_grow(a, p, 100, 3000), p);
	ck_assert_ptr_eq(arena_grow(a, p, 3000, 3000), p);
	ck_assert_ptr_eq(arena_grow(a, p, 3000, 10), p);
	other = arena_alloc(a, 1);
	ck_assert(other >= p + 3000);
	ck_assert_ptr_ne(arena_grow(a, p, 3000, 4000), p);
	/* What only uses up the rounding stays. */
	ck_assert_ptr_eq(arena_grow(a, other, 1, ALIGNMENT), other);
}
END_TEST

START_TEST(grow_from_nothing)
{
	char *p = arena_grow(a, NULL, 0, 100);

	ck_assert(all_bytes_are(p, 0, 100));
}
END_TEST

/* A large string that doubles holds its memory once, not twice. */
START_TEST(grow_large_leaves_no_copies)
{
	size_t n = 4096;
	char *p = arena_alloc(a, n);

	while (n < 1 << 24) {
		p = arena_grow(a, p, n, 2 * n);
		n *= 2;
	}
	ck_assert_uint_lt(arena_bytes(a), n + 2 * BLOCK_SIZE);
}
END_TEST

/* msync(2) knows what is mapped. */
START_TEST(lasting_pages_go_back)
{
	struct arena *other = arena_new_lasting();
	char *small = arena_alloc(other, 1), *large = arena_alloc(other,
	    2 * LASTING_SIZE);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *p[] = { (void *)((uintptr_t)small & -page),
	    (void *)((uintptr_t)large & -page) };

	if (SPARES_MAX == 0) {
		arena_end(other);
		return;
	}
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(msync(p[i], page, MS_ASYNC), 0);
	arena_end(other);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(msync(p[i], page, MS_ASYNC), -1);
}
END_TEST

static int order[4], n_order;

static void
note(void *arg)
{
	order[n_order++] = *(int *)arg;
}

START_TEST(cleanups_run_newest_first)
{
	int one = 1, two = 2, three = 3;
	void *second;

	n_order = 0;
	arena_cleanup(a, note, &one);
	second = arena_cleanup(a, note, &two);
	arena_cleanup(a, note, &three);
	arena_forget(a, second);
	if (_i == 0) {
		arena_reset(a);
	} else {
		arena_end(a);
		a = arena_new();
	}
	ck_assert_int_eq(n_order, 2);
	ck_assert_int_eq(order[0], 3);
	ck_assert_int_eq(order[1], 1);
	arena_reset(a);
	ck_assert_int_eq(n_order, 2);
}
END_TEST

static void
clean_more(void *arg)
{
	note(arg);
	arena_cleanup(a, note, arg);
}

START_TEST(cleanup_may_add_one)
{
	int one = 1, *mine = arena_copy(a, &one, sizeof(one));

	n_order = 0;
	arena_cleanup(a, clean_more, mine);
	arena_reset(a);
	ck_assert_int_eq(n_order, 2);
}
END_TEST

START_TEST(fds_are_closed)
{
	int kept = open("/dev/null", O_RDONLY);
	int owned = open("/dev/null", O_RDONLY);

	arena_forget(a, arena_owns_fd(a, kept));
	arena_owns_fd(a, owned);
	arena_reset(a);
	ck_assert_int_ne(fcntl(kept, F_GETFD), -1);
	ck_assert_int_eq(fcntl(owned, F_GETFD), -1);
	close(kept);
}
END_TEST

START_TEST(bytes_are_counted)
{
	size_t empty = arena_bytes(a), one;

	ck_assert_uint_lt(empty, 200);
	arena_alloc(a, 1);
	one = arena_bytes(a);
	ck_assert_uint_eq(one, empty + BLOCK_SIZE);
	arena_alloc(a, 100);
	ck_assert_uint_eq(arena_bytes(a), one);
	arena_alloc(a, 100000);
	ck_assert_uint_ge(arena_bytes(a), one + 100000);
	arena_reset(a);
	ck_assert_uint_le(arena_bytes(a), one);
}
END_TEST

/* What does not fit does not waste the block in use. */
START_TEST(large_ones_stand_apart)
{
	char *before = arena_alloc(a, 16);

	arena_alloc(a, BLOCK_SIZE);
	ck_assert_ptr_eq(arena_alloc(a, 16), before + 16);
}
END_TEST

START_TEST(blocks_are_kept_for_the_next)
{
	int i;

	for (i = 0; i < 3 * SPARES_MAX + 3; i++)
		arena_alloc(a, BLOCK_ROOM);
	arena_end(a);
	ck_assert_int_le(n_spare_blocks, SPARES_MAX);
	ck_assert_int_eq(n_spare_blocks > 0, SPARES_MAX > 0);
	a = arena_new();
	ck_assert_uint_eq(arena_bytes(a), sizeof(*a));
}
END_TEST

START_TEST(overflow_aborts)
{
	close(STDERR_FILENO);	/* nobody wants to read it here */
	arena_alloc(a, SIZE_MAX - 3);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tc = tcase_create("arena");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_arena, end_arena);
	tcase_add_loop_test(tc, memory_is_zero_and_aligned, 0, N_SIZES);
	tcase_add_loop_test(tc, reused_memory_is_zero, 0, N_SIZES);
	tcase_add_test(tc, allocations_do_not_overlap);
	tcase_add_test(tc, copies);
	tcase_add_loop_test(tc, grow_keeps_bytes, 0, N_SIZES);
	tcase_add_test(tc, grow_in_place);
	tcase_add_test(tc, grow_from_nothing);
	tcase_add_test(tc, grow_large_leaves_no_copies);
	tcase_add_loop_test(tc, cleanups_run_newest_first, 0, 2);
	tcase_add_test(tc, cleanup_may_add_one);
	tcase_add_test(tc, fds_are_closed);
	tcase_add_test(tc, bytes_are_counted);
	tcase_add_test(tc, large_ones_stand_apart);
	tcase_add_test(tc, blocks_are_kept_for_the_next);
	tcase_add_test_raise_signal(tc, overflow_aborts, SIGABRT);
	suite_add_tcase(suite, tc);

	tc = tcase_create("lasting");
	tcase_add_checked_fixture(tc, open_lasting, end_arena);
	tcase_add_loop_test(tc, memory_is_zero_and_aligned, 0, N_SIZES);
	tcase_add_loop_test(tc, reused_memory_is_zero, 0, N_SIZES);
	tcase_add_test(tc, allocations_do_not_overlap);
	tcase_add_loop_test(tc, grow_keeps_bytes, 0, N_SIZES);
	tcase_add_test(tc, grow_in_place);
	tcase_add_loop_test(tc, cleanups_run_newest_first, 0, 2);
	tcase_add_test(tc, lasting_pages_go_back);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
