/*
 * check_names.c - names and domains; what is looked up is tested by
 * t/web/m-authz-host.wire.
 */
#include "access/names.c"

#include "run.h"

static const struct {
	const char	*name, *domain;
	bool		 in;
} domains[] = {
	{ "example.com", "example.com", true },
	{ "www.example.com", "example.com", true },
	{ "WWW.Example.COM", "example.com", true },
	{ "wwwexample.com", "example.com", false },
	{ "www.example.com", ".example.com", true },
	{ "example.com", ".example.com", false },
	{ "www.example.net", ".net", true },
	{ "www.example.net", "net", true },
	{ "www.example.com", "www.example.com.evil.test", false },
	{ "example.com.evil.test", "example.com", false },
	{ "example.com", "", false },
	{ "", "example.com", false },
};

START_TEST(domain)
{
	ck_assert_int_eq(names_in_domain(str_of(domains[_i].name),
	    str_of(domains[_i].domain)), domains[_i].in);
}
END_TEST

START_TEST(name)
{
	ck_assert(is_name("www.example-1.com"));
	ck_assert(is_name("a_b"));
	ck_assert(!is_name("a b"));
	ck_assert(!is_name("a\"b"));
	ck_assert(!is_name("a\nb"));
}
END_TEST

/* What the resolver says of addresses that need no name server. */
START_TEST(numbers)
{
	struct address one, other;

	ck_assert(address_parse(&one, STR("192.0.2.1")));
	ck_assert(address_parse(&other, STR("::1")));
	ck_assert(leads_to("192.0.2.1", &one));
	ck_assert(!leads_to("192.0.2.2", &one));
	ck_assert(leads_to("::1", &other));
	ck_assert(!leads_to("192.0.2.1", &other));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, domain, 0, COUNT(domains));
	tcase_add_test(tc, name);
	tcase_add_test(tc, numbers);
	return run_case("names", tc);
}
