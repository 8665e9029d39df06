/*
 * check_crowd.c - connections per address: counted over seats, given back,
 * forgotten with their worker; across forks.
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/crowd.h"

static struct sockaddr_storage
peer(const char *text)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&s;
	struct sockaddr_in *in = (struct sockaddr_in *)&s;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		s.ss_family = AF_INET;
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
		s.ss_family = AF_INET6;
	}
	return s;
}

static int
enter(struct crowd *c, unsigned seat, const char *text, unsigned limit)
{
	struct sockaddr_storage p = peer(text);

	return crowd_enter(c, seat, &p, limit, 64, 1000);
}

START_TEST(limit_holds_over_seats)
{
	struct crowd *c = crowd_new(3);
	int place = enter(c, 0, "10.0.0.1", 3);

	ck_assert_int_ge(place, 0);
	ck_assert_int_eq(enter(c, 1, "10.0.0.1", 3), place);
	ck_assert_int_eq(enter(c, 2, "10.0.0.1", 3), place);
	ck_assert_int_lt(enter(c, 0, "10.0.0.1", 3), CROWD_NO_COUNT);
	ck_assert_int_lt(enter(c, 2, "10.0.0.1", 3), CROWD_NO_COUNT);
	ck_assert_int_ge(enter(c, 0, "10.0.0.2", 3), 0);
	crowd_leave(c, 1, place);
	ck_assert_int_eq(enter(c, 2, "10.0.0.1", 3), place);
	ck_assert_int_lt(enter(c, 1, "10.0.0.1", 3), CROWD_NO_COUNT);
}
END_TEST

START_TEST(no_count_is_no_place)
{
	struct crowd *c = crowd_new(1);

	crowd_leave(c, 0, CROWD_NO_COUNT);
	ck_assert_int_ge(enter(c, 0, "10.0.0.1", 1), 0);
	ck_assert_int_lt(enter(c, 0, "10.0.0.1", 1), CROWD_NO_COUNT);
}
END_TEST

START_TEST(dead_workers_hold_nothing)
{
	struct crowd *c = crowd_new(2);

	ck_assert_int_ge(enter(c, 0, "10.0.0.1", 2), 0);
	ck_assert_int_ge(enter(c, 1, "10.0.0.1", 2), 0);
	ck_assert_int_lt(enter(c, 1, "10.0.0.1", 2), CROWD_NO_COUNT);
	crowd_forget(c, 0);
	ck_assert_int_ge(enter(c, 1, "10.0.0.1", 2), 0);
	ck_assert_int_lt(enter(c, 0, "10.0.0.1", 2), CROWD_NO_COUNT);
	crowd_forget(c, 0);
	crowd_forget(c, 1);
	ck_assert_int_ge(enter(c, 0, "10.0.0.1", 1), 0);
}
END_TEST

/* Which addresses are one client. */
static const struct {
	const char	*one, *other;
	unsigned	 bits;
	bool		 same;
} clients[] = {
	{ "10.0.0.1", "10.0.0.1", 64, true },
	{ "10.0.0.1", "10.0.0.2", 64, false },
	{ "10.0.0.1", "::ffff:10.0.0.1", 64, true },
	{ "10.0.0.1", "::10.0.0.1", 128, false },
	{ "2001:db8::1", "2001:db8::ffff:1", 64, true },
	{ "2001:db8::1", "2001:db8:0:1::1", 64, false },
	{ "2001:db8::1", "2001:db8:0:1::1", 56, true },
	{ "2001:db8::1", "2001:db8::2", 128, false },
	{ "2001:db8::2", "2001:db8::3", 127, true },
	{ "2001:db8::", "2001:db8::", 128, true },
	{ "::", "8000::", 1, false },
	{ "::", "4000::", 1, true },
};

START_TEST(who_is_one_client)
{
	struct crowd *c = crowd_new(1);
	struct sockaddr_storage one = peer(clients[_i].one),
	    other = peer(clients[_i].other);

	ck_assert_int_ge(crowd_enter(c, 0, &one, 1, clients[_i].bits, 1), 0);
	ck_assert_int_eq(crowd_enter(c, 0, &other, 1, clients[_i].bits, 1) < 0,
	    clients[_i].same);
}
END_TEST

START_TEST(news_come_once_a_minute)
{
	struct crowd *c = crowd_new(1);
	struct sockaddr_storage p = peer("10.0.0.1"), q = peer("10.0.0.2");

	ck_assert_int_ge(crowd_enter(c, 0, &p, 1, 64, 5000), 0);
	ck_assert_int_ge(crowd_enter(c, 0, &q, 1, 64, 5000), 0);
	ck_assert_int_eq(crowd_enter(c, 0, &p, 1, 64, 5000),
	    CROWD_REFUSED_TELL);
	ck_assert_int_eq(crowd_enter(c, 0, &p, 1, 64, 5059), CROWD_REFUSED);
	ck_assert_int_eq(crowd_enter(c, 0, &q, 1, 64, 5059),
	    CROWD_REFUSED_TELL);
	ck_assert_int_eq(crowd_enter(c, 0, &p, 1, 64, 5060),
	    CROWD_REFUSED_TELL);
	/* The clock was put back. */
	ck_assert_int_eq(crowd_enter(c, 0, &p, 1, 64, 100),
	    CROWD_REFUSED_TELL);
}
END_TEST

/* Many more addresses than places, one after the other: places are used again;
 * and all at once: who finds none is let in uncounted. */
START_TEST(many_addresses)
{
	struct crowd *c = crowd_new(1);
	struct sockaddr_storage p = peer("10.0.0.0");
	struct sockaddr_in *in = (struct sockaddr_in *)&p;
	unsigned i, uncounted = 0;
	int place;

	for (i = 0; i < 3 * CROWD_PLACES; i++) {
		in->sin_addr.s_addr = htonl(0x0a000000 + i);
		place = crowd_enter(c, 0, &p, 1, 64, 1);
		ck_assert_int_ge(place, 0);
		crowd_leave(c, 0, place);
	}
	for (i = 0; i < 2 * CROWD_PLACES; i++) {
		in->sin_addr.s_addr = htonl(0x0b000000 + i);
		place = crowd_enter(c, 0, &p, 1, 64, 1);
		ck_assert_int_ge(place, CROWD_NO_COUNT);
		uncounted += place == CROWD_NO_COUNT;
	}
	ck_assert_uint_ge(uncounted, CROWD_PLACES);
	ck_assert_uint_le(uncounted, CROWD_PLACES + CROWD_PLACES / 8);
}
END_TEST

/* Processes that come and go at the same time never have more than the limit
 * together; one of them dies now and then. */
START_TEST(processes)
{
	enum { WORKERS = 4, ROUNDS = 20000, LIMIT = 3 };
	struct crowd *c = crowd_new(WORKERS);
	pid_t pids[WORKERS];
	int status, got = 0;

	for (unsigned w = 0; w < WORKERS; w++) {
		pids[w] = fork();
		if (pids[w] != 0)
			continue;
		for (int i = 0; i < ROUNDS; i++) {
			int place = enter(c, w, "10.0.0.1", LIMIT);

			if (place >= 0 && (w > 0 || i < ROUNDS - 1))
				crowd_leave(c, w, place);
		}
		_exit(0);
	}
	for (int w = 0; w < WORKERS; w++) {
		ck_assert_int_eq(waitpid(pids[w], &status, 0), pids[w]);
		ck_assert_int_eq(status, 0);
	}
	crowd_forget(c, 0);
	for (int i = 0; i < LIMIT + 2; i++)
		got += enter(c, 1, "10.0.0.1", LIMIT) >= 0;
	ck_assert_int_eq(got, LIMIT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crowd");
	TCase *tc = tcase_create("crowd");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_test(tc, limit_holds_over_seats);
	tcase_add_test(tc, no_count_is_no_place);
	tcase_add_test(tc, dead_workers_hold_nothing);
	tcase_add_loop_test(tc, who_is_one_client, 0,
	    sizeof(clients) / sizeof(clients[0]));
	tcase_add_test(tc, news_come_once_a_minute);
	tcase_add_test(tc, many_addresses);
	tcase_add_test(tc, processes);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
