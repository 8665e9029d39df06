/*
 * check_passcheck.c - slow passwords: one answer for all who ask, remembered
 * when it was right.
 */
#include <string.h>

#include "access/passcheck.c"
#include "base/clock.h"
#include "loop/child.h"

#include "run.h"

/* "myPassword", cost 5 */
static const char hash[] =
    "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";

static struct loop *l;
static unsigned woken;

static void
wake(struct client *c)
{
	(void)c;
	woken++;
}

static void
stop_when_over(void *arg)
{
	(void)arg;
	if (child_count() == 0)
		loop_stop(l);
}

static const struct client_calls calls = { .wake = wake };
static struct client client = { .calls = &calls };
static struct config config;

static struct request
asking(void)
{
	return (struct request){ .arena = arena_new(), .client = &client,
	    .config = &config };
}

static void
open_loop(void)
{
	l = loop_new();
	child_init(l);
	clock_tick();
	passcheck_init(l);
	loop_each_turn(l, stop_when_over, NULL);
	woken = 0;
}

static size_t
remembered(void)
{
	size_t n = 0;

	for (size_t i = 0; i < MEMORY_SIZE; i++)
		n += own.memory[i].until_ms > clock_ms();
	return n;
}

START_TEST(one_answer)
{
	struct request r[3] = { asking(), asking(), asking() };
	struct question q[3] = { { .over = false } };

	open_loop();
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(passcheck(&r[i], &q[i], "x", hash,
		    "myPassword"), PASSCHECK_WAIT);
	ck_assert_int_eq(passcheck(&r[1], &q[1], "x", hash, "myPassword"),
	    PASSCHECK_WAIT);
	ck_assert_uint_eq(own.questions.pool.running, 1);
	loop_run(l);
	ck_assert_uint_eq(woken, 2);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(passcheck(&r[i], &q[i], "x", hash,
		    "myPassword"), PASSCHECK_RIGHT);
	/* At once from now on, but only this one. */
	ck_assert_int_eq(passcheck(&r[2], &q[2], "x", hash, "myPassword"),
	    PASSCHECK_RIGHT);
	ck_assert_int_eq(passcheck(&r[2], &q[2], "x", hash, "mypassword"),
	    PASSCHECK_WAIT);
	loop_run(l);
	q[2].over = false;
	ck_assert_int_eq(passcheck(&r[2], &q[2], "x", hash, "mypassword"),
	    PASSCHECK_WAIT);
	for (int i = 0; i < 3; i++)
		arena_end(r[i].arena);
	loop_run(l);
	loop_end(l);
}
END_TEST

/* What takes no child, but more than to remember it, is remembered, too. */
START_TEST(quick)
{
	static const char apr1[] = "$apr1$xxxxxxxx$dxHfLAsjHkDRmG83UXe8K0";
	static const char sha[] = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";
	struct request r = asking();
	struct question q = { .over = false };

	open_loop();
	ck_assert_int_eq(passcheck(&r, &q, "x", apr1, "wrong"),
	    PASSCHECK_WRONG);
	ck_assert_int_eq(passcheck(&r, &q, "x", sha, "secret"),
	    PASSCHECK_RIGHT);
	ck_assert_uint_eq(remembered(), 0);
	ck_assert_int_eq(passcheck(&r, &q, "x", apr1, "password"),
	    PASSCHECK_RIGHT);
	ck_assert_uint_eq(remembered(), 1);
	ck_assert_int_eq(passcheck(&r, &q, "x", apr1, "password"),
	    PASSCHECK_RIGHT);
	ck_assert_int_eq(passcheck(&r, &q, "x", apr1, "wrong"),
	    PASSCHECK_WRONG);
	arena_end(r.arena);
	loop_end(l);
}
END_TEST

/* Who leaves gives up the work. */
START_TEST(leaving)
{
	static const char slow[] =
	    "$2y$20$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";
	struct request one = asking(), two = asking();
	struct question q[2] = { { .over = false } };

	open_loop();
	passcheck(&one, &q[0], "x", slow, "a");
	passcheck(&two, &q[1], "x", slow, "a");
	arena_end(one.arena);
	ck_assert(!list_empty(&own.questions.all));
	arena_end(two.arena);
	ck_assert(list_empty(&own.questions.all));
	loop_run(l);
	ck_assert_uint_eq(woken, 0);
	ck_assert_uint_eq(own.questions.pool.running, 0);
	loop_end(l);
}
END_TEST

START_TEST(quick_ones)
{
	struct request r = asking();
	struct question q = { .over = false };

	ck_assert_int_eq(passcheck(&r, &q, "x",
	    "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword"),
	    PASSCHECK_RIGHT);
	ck_assert_int_eq(passcheck(&r, &q, "x",
	    "$apr1$qHDFfhPC$nITSVHgYbDAK1Y0acGRnY0", "x"), PASSCHECK_WRONG);
	arena_end(r.arena);
}
END_TEST

/* A lookup does not wait. */
START_TEST(lookups)
{
	struct request main = asking(), r = asking();
	struct question q = { .over = false };

	open_loop();
	r.main = &main;
	ck_assert_int_eq(passcheck(&r, &q, "x", hash, "myPassword"),
	    PASSCHECK_FAILED);
	ck_assert_uint_eq(own.questions.pool.running, 0);
	arena_end(main.arena);
	arena_end(r.arena);
	loop_end(l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("passcheck");

	tcase_add_test(tc, one_answer);
	tcase_add_test(tc, quick);
	tcase_add_test(tc, leaving);
	tcase_add_test(tc, quick_ones);
	tcase_add_test(tc, lookups);
	return run_case("passcheck", tc);
}
