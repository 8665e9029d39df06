/*
 * check_subnet.c - addresses and networks.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/subnet.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static const struct {
	const char	*net, *address;
	bool		 has;
} memberships[] = {
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.8", false },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.99/24", "192.0.2.1", true },
	{ "192.0.2.0/255.255.255.0", "192.0.2.9", true },
	{ "192.0.2.0/255.255.254.0", "192.0.3.9", true },
	{ "192.0.2.0/255.255.254.0", "192.0.4.9", false },
	{ "10.0.0.0/9", "10.127.255.255", true },
	{ "10.0.0.0/9", "10.128.0.0", false },
	{ "0.0.0.0/0", "203.0.113.1", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "10", "10.1.2.3", true },
	{ "10", "11.1.2.3", false },
	{ "10.", "10.1.2.3", true },
	{ "10.1", "10.1.2.3", true },
	{ "10.1", "10.11.2.3", false },
	{ "10.1.2.", "10.1.2.3", true },
	{ "2001:db8::/32", "2001:db8:ffff::1", true },
	{ "2001:db8::/32", "2001:db9::1", false },
	{ "2001:db8::1", "2001:db8::1", true },
	{ "2001:db8::1", "2001:db8::2", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.7", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.7", true },
	{ "2001:db8::/33", "2001:db8:7fff::", true },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "192.168.4.0/255.255.252.0", "192.168.7.255", true },
	{ "192.168.4.0/255.255.252.0", "192.168.8.0", false },
};

START_TEST(membership)
{
	struct subnet n;
	struct address a;

	ck_assert(subnet_parse(&n, str_of(memberships[_i].net)));
	ck_assert(address_parse(&a, str_of(memberships[_i].address)));
	ck_assert_int_eq(subnet_has(&n, &a), memberships[_i].has);
}
END_TEST

static const char *const no_networks[] = { "", ".", "300.1", "10.1/16",
    "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/-1", "10.1.2.3/1.2", "1.2.3.4.5",
    "10..1", "2001:db8::/129", "2001:db8::/255.255.0.0", "example.com",
    "10.1.2.3/24x", "/8" ,
    "x", "256", "fe80::1%lo", "1.2.3.4:80", "10.0.0.0/8/8" };

START_TEST(no_network)
{
	struct subnet n;

	ck_assert(!subnet_parse(&n, str_of(no_networks[_i])));
}
END_TEST

START_TEST(kinds)
{
	struct address a;

	ck_assert(address_parse(&a, STR("127.3.4.5")));
	ck_assert(address_is_ipv4(&a) && address_is_loopback(&a));
	ck_assert(address_parse(&a, STR("::1")));
	ck_assert(!address_is_ipv4(&a) && address_is_loopback(&a));
	ck_assert(address_parse(&a, STR("128.0.0.1")));
	ck_assert(!address_is_loopback(&a));
	ck_assert(!address_parse(&a, STR_NONE));
	ck_assert(!address_parse(&a, STR("127.0.0.1\0")));
	ck_assert(!address_parse(&a, STR("10")));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("subnet");
	TCase *t = tcase_create("subnet");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, membership, 0, COUNT(memberships));
	tcase_add_loop_test(t, no_network, 0, COUNT(no_networks));
	tcase_add_test(t, kinds);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
