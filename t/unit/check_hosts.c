/*
 * check_hosts.c - virtual hosts: addresses, and which host has a request.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "modules.h"
#include "serve/hosts.h"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;

static void
setup(void)
{
	a = arena_new();
	c = NULL;
}

static void
teardown(void)
{
	if (c != NULL)
		config_end(c);
	arena_end(a);
}

/* ---- Addresses ----------------------------------------------------------- */

/* "any", or what inet_ntop(3) makes of it, and the port. */
static const char *
address_words(const struct vhost_address *v)
{
	const struct sockaddr_in *four = (const void *)&v->addr;
	const struct sockaddr_in6 *six = (const void *)&v->addr;
	char host[INET6_ADDRSTRLEN] = "any";

	if (!v->any_address && v->addr.ss_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
	else if (!v->any_address)
		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
	return str_zfmt(a, "%s %u", host, v->port);
}

static const struct {
	const char	*text, *address;
} good[] = {
	{ "*", "any 0" },
	{ "*:80", "any 80" },
	{ "*:*", "any 0" },
	{ "_default_", "any 0" },
	{ "_Default_:443", "any 443" },
	{ "10.0.0.1", "10.0.0.1 0" },
	{ "10.0.0.1:*", "10.0.0.1 0" },
	{ "10.0.0.1:65535", "10.0.0.1 65535" },
	{ "[::1]", "::1 0" },
	{ "[::1]:80", "::1 80" },
	{ "[::1]:*", "::1 0" },
	{ "[2001:DB8::0:1]:1", "2001:db8::1 1" },
};

START_TEST(reads_addresses)
{
	struct vec v = { 0 };
	const char *error = host_address_parse(a, good[_i].text, &v);

	ck_assert_msg(error == NULL, "%s: %s", good[_i].text, error);
	ck_assert_uint_eq(v.n, 1);
	ck_assert_str_eq(address_words(v.at[0]), good[_i].address);
}
END_TEST

static const struct {
	const char	*text, *error;
} bad[] = {
	{ "*:0", "must have a port from 1 to 65535 or *" },
	{ "*:65536", "must have a port from 1 to 65535 or *" },
	{ "*:-1", "must have a port from 1 to 65535 or *" },
	{ "*:http", "must have a port from 1 to 65535 or *" },
	{ "10.0.0.1:", "must have a port from 1 to 65535 or *" },
	{ "[::1]:x", "must have a port from 1 to 65535 or *" },
	{ "[::1", "names an address that cannot be found" },
	{ "[]", "names an address that cannot be found" },
	{ "[::1]x", "names an address that cannot be found" },
	{ "10.0.0.256", "names an address that cannot be found" },
	{ "no such host", "names an address that cannot be found" },
};

START_TEST(refuses_addresses)
{
	struct vec v = { 0 };
	const char *error = host_address_parse(a, bad[_i].text, &v);

	ck_assert_ptr_nonnull(error);
	ck_assert_msg(str_starts(str_of(error), str_of(bad[_i].error)),
	    "%s: %s", bad[_i].text, error);
	ck_assert_uint_eq(v.n, 0);
}
END_TEST

START_TEST(a_name_means_all_its_addresses)
{
	struct vec v = { 0 };

	ck_assert_ptr_null(host_address_parse(a, "localhost:81", &v));
	ck_assert_uint_ge(v.n, 1);
	for (size_t i = 0; i < v.n; i++)
		ck_assert_uint_eq(((struct vhost_address *)v.at[i])->port, 81);
}
END_TEST

/* ---- Which host ---------------------------------------------------------- */

/* "10.0.0.1:80" or "[::1]:80" as the system tells a local address. */
static const struct sockaddr *
local(const char *text)
{
	static struct sockaddr_in6 six;
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)&six;
	struct str host = str_of(text);
	ptrdiff_t colon = str_rfind(host, ':');
	in_port_t port = htons((in_port_t)atoi(text + colon + 1));

	host.n = (size_t)colon;
	memset(&six, 0, sizeof(six));
	if (host.at[0] != '[') {
		four->sin_family = AF_INET;
		four->sin_port = port;
		ck_assert_int_eq(inet_pton(AF_INET, str_z(a, host),
		    &four->sin_addr), 1);
	} else {
		six.sin6_family = AF_INET6;
		six.sin6_port = port;
		ck_assert_int_eq(inet_pton(AF_INET6, str_z(a,
		    str_n(host.at + 1, host.n - 2)), &six.sin6_addr), 1);
	}
	return (const struct sockaddr *)(const void *)&six;
}

static void
open_site(const char *text)
{
	const char *error;

	c = site_open(features, n_features, text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

static const char *
named(const char *address, const char *name)
{
	return host_named(c, hosts_at(c, local(address)), str_of(name))->name;
}

#define HOST(addresses, name, more) \
	"<VirtualHost " addresses ">\nServerName " name "\n" more \
	"\n</VirtualHost>\n"

START_TEST(ports)
{
	ck_assert_uint_eq(address_port(local("10.0.0.1:8080")), 8080);
	ck_assert_uint_eq(address_port(local("[::1]:443")), 443);
}
END_TEST

/* The most specific address wins, wherever it stands. */
static const struct {
	const char	*at, *host;
} places[] = {
	{ "10.0.0.1:80", "ip-port" },
	{ "10.0.0.1:81", "ip" },
	{ "10.0.0.2:80", "port" },
	{ "10.0.0.2:81", "any" },
	{ "[::1]:80", "six" },
	{ "[::1]:81", "any" },
	{ "[::2]:80", "port" },
	/* An IPv4 client of an IPv6 socket. */
	{ "[::ffff:10.0.0.1]:80", "ip-port" },
	{ "[::ffff:10.0.0.1]:81", "ip" },
};

START_TEST(most_specific_address_wins)
{
	open_site(HOST("*", "any", "") HOST("*:80", "port", "")
	    HOST("10.0.0.1", "ip", "") HOST("10.0.0.1:80", "ip-port", "")
	    HOST("[::1]:80", "six", ""));
	ck_assert_str_eq(named(places[_i].at, "nobody"), places[_i].host);
	ck_assert_str_eq(named(places[_i].at, "any"), places[_i].host);
	ck_assert_ptr_eq(host_named(c, hosts_at(c, local(places[_i].at)),
	    STR_NONE), host_named(c, hosts_at(c, local(places[_i].at)),
	    STR("nobody")));
}
END_TEST

START_TEST(without_hosts_there_is_main)
{
	open_site(HOST("10.0.0.1:80", "one", ""));
	ck_assert_ptr_null(hosts_at(c, local("10.0.0.2:80")));
	ck_assert_ptr_eq(host_named(c, NULL, STR("one")), c->main);
	ck_assert_ptr_eq(host_named(c, NULL, STR_NONE), c->main);
	ck_assert_ptr_eq(host_by_path(c, NULL, STR("/one")), c->main);
}
END_TEST

#define NAMES \
	HOST("*:80", "first", "ServerAlias www.first") \
	HOST("*:80", "www.example.org", "ServerAlias example.org " \
	    "*.Example.ORG") \
	HOST("*:80", "special.example.org", "") \
	HOST("*:80", "a.example.com", "ServerAlias b.example.com") \
	HOST("*:80", "stars", "ServerAlias *.example.com h?st.example.net " \
	    "img*.example.net *") \
	HOST("*:80", "late.example.com", "ServerAlias host.example.net " \
	    "other.test") \
	HOST("*:81", "dot.example.org.", "") \
	HOST("*:81", "[2001:db8::1]:81", "ServerAlias [2001:db8::2]")

static const struct {
	const char	*at, *name, *host;
} names[] = {
	{ "10.0.0.1:80", "first", "first" },
	{ "10.0.0.1:80", "www.first", "first" },
	{ "10.0.0.1:80", "www.example.org", "www.example.org" },
	{ "10.0.0.1:80", "example.org", "www.example.org" },
	{ "10.0.0.1:80", "x.example.org", "www.example.org" },
	{ "10.0.0.1:80", "x.y.example.org", "www.example.org" },
	/* The first in the configuration, not the nearest. */
	{ "10.0.0.1:80", "special.example.org", "www.example.org" },
	{ "10.0.0.1:80", "a.example.com", "a.example.com" },
	{ "10.0.0.1:80", "b.example.com", "a.example.com" },
	{ "10.0.0.1:80", "late.example.com", "stars" },
	{ "10.0.0.1:80", "host.example.net", "stars" },
	{ "10.0.0.1:80", "hoost.example.net", "stars" },
	{ "10.0.0.1:80", "other.test", "stars" },
	{ "10.0.0.1:80", "anything", "stars" },
	{ "10.0.0.1:81", "dot.example.org", "dot.example.org." },
	{ "10.0.0.1:81", "nothing", "dot.example.org." },
	{ "10.0.0.1:81", "[2001:db8::1]", "[2001:db8::1]" },
	{ "10.0.0.1:81", "[2001:db8::2]", "[2001:db8::1]" },
};

START_TEST(first_name_wins)
{
	open_site(NAMES);
	ck_assert_str_eq(named(names[_i].at, names[_i].name), names[_i].host);
}
END_TEST

/* A suffix is whole labels, with something before. */
START_TEST(suffixes)
{
	open_site(HOST("*", "default", "")
	    HOST("*", "s", "ServerAlias *.example.org"));
	ck_assert_str_eq(named("10.0.0.1:1", "example.org"), "default");
	ck_assert_str_eq(named("10.0.0.1:1", "myexample.org"), "default");
	ck_assert_str_eq(named("10.0.0.1:1", "org"), "default");
	ck_assert_str_eq(named("10.0.0.1:1", "a.example.org"), "s");
}
END_TEST

/* Brackets are an IPv6 address, never a set of letters. */
START_TEST(brackets_are_no_wildcard)
{
	open_site(HOST("*", "default", "")
	    HOST("*", "x", "ServerAlias [::1] w[ab]"));
	ck_assert_str_eq(named("10.0.0.1:1", "[::1]"), "x");
	ck_assert_str_eq(named("10.0.0.1:1", "1"), "default");
	ck_assert_str_eq(named("10.0.0.1:1", "wa"), "default");
}
END_TEST

/* An address may name several hosts, and a host several addresses. */
START_TEST(many_addresses)
{
	open_site(HOST("10.0.0.1:80 10.0.0.2:*", "both", "")
	    HOST("10.0.0.2", "second", ""));
	ck_assert_str_eq(named("10.0.0.1:80", "second"), "both");
	ck_assert_str_eq(named("10.0.0.2:80", "second"), "second");
	ck_assert_str_eq(named("10.0.0.2:80", "x"), "both");
	ck_assert_ptr_null(hosts_at(c, local("10.0.0.1:81")));
}
END_TEST

/* A host that says no name is only found by its address. */
START_TEST(nameless_hosts)
{
	const struct vhost *host;

	open_site(HOST("*:80", "one", "")
	    "<VirtualHost *:80>\n</VirtualHost>\n"
	    "<VirtualHost *:81>\n</VirtualHost>\n");
	ck_assert_str_eq(named("10.0.0.1:80", "site.test"), "one");
	host = host_named(c, hosts_at(c, local("10.0.0.1:81")), STR("x"));
	ck_assert_ptr_ne(host, c->main);
	ck_assert_str_eq(host->name, "site.test");
	ck_assert_uint_eq(host->port, 0);
}
END_TEST

/* ---- ServerPath ---------------------------------------------------------- */

static const struct {
	const char	*path, *host;
} paths[] = {
	{ "/", "default" },
	{ "/a", "a" },
	{ "/a/", "a" },
	{ "/a/x", "a" },
	{ "/ab", "default" },
	{ "/b", "default" },
	{ "/b/", "b" },
	{ "/b/x", "b" },
	{ "", "default" },
};

START_TEST(by_path)
{
	open_site(HOST("*", "default", "") HOST("*", "a", "ServerPath /a")
	    HOST("*", "b", "ServerPath /b/") HOST("*", "c", "ServerPath /a"));
	ck_assert_str_eq(host_by_path(c, hosts_at(c, local("10.0.0.1:80")),
	    str_of(paths[_i].path))->name, paths[_i].host);
}
END_TEST

static const char *const bad_paths[] = { "\"\"", "a", "http://a/" };

START_TEST(server_path_is_a_path)
{
	const char *error;

	c = site_open(features, n_features, str_zfmt(a,
	    "<VirtualHost *>\nServerPath %s\n</VirtualHost>",
	    bad_paths[_i]));
	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_str_eq(error, "ServerPath must begin with /");
}
END_TEST

/* ---- Many ---------------------------------------------------------------- */

/* Hosts at one address have one list of it, unless the words mean another. */
START_TEST(same_address)
{
	const struct vhost *h[3];

	open_site("Define PORT 81\n<VirtualHost *:80 *:${PORT}>\n"
	    "</VirtualHost>\nDefine PORT 82\n<VirtualHost *:80 *:${PORT}>\n"
	    "</VirtualHost>\n<VirtualHost *:1>\n</VirtualHost>\n"
	    "<VirtualHost *:1>\n</VirtualHost>");
	ck_assert_uint_eq(c->vhosts.n, 4);
	for (size_t i = 0; i < 3; i++)
		h[i] = c->vhosts.at[i];
	ck_assert_str_eq(address_words(h[0]->addresses->list.at[1]), "any 81");
	ck_assert_str_eq(address_words(h[1]->addresses->list.at[1]), "any 82");
	ck_assert_ptr_eq(h[2]->addresses->list.at,
	    ((const struct vhost *)c->vhosts.at[3])->addresses->list.at);
}
END_TEST

/* Each mistake is told, however often it is made. */
START_TEST(same_mistake)
{
	const char *error;

	c = site_open(features, n_features, "<VirtualHost *:x>\n"
	    "</VirtualHost>\n<VirtualHost *:x>\n</VirtualHost>");
	ck_assert_uint_eq(site_errors(c, &error), 2);
}
END_TEST

START_TEST(ten_thousand)
{
	enum { N = 10000 };
	struct text t = { .arena = a };
	const struct host_set *set;

	for (int i = 0; i < N; i++)
		text_addf(&t, "<VirtualHost *:80>\nServerName h%d.example\n"
		    "ServerAlias *.h%d.example\n</VirtualHost>\n", i, i);
	open_site(text_z(&t));
	ck_assert_uint_eq(c->vhosts.n, N);
	set = hosts_at(c, local("10.0.0.1:80"));
	for (int i = 0; i < N; i++) {
		struct str name = str_fmt(a, "h%d.example", i);

		ck_assert_ptr_eq(host_named(c, set, name), c->vhosts.at[i]);
		name = str_fmt(a, "www.h%d.example", i);
		ck_assert_ptr_eq(host_named(c, set, name), c->vhosts.at[i]);
	}
	ck_assert_ptr_eq(host_named(c, set, STR("h10000.example")),
	    c->vhosts.at[0]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hosts");
	TCase *t = tcase_create("hosts");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, reads_addresses, 0, COUNT(good));
	tcase_add_loop_test(t, refuses_addresses, 0, COUNT(bad));
	tcase_add_test(t, a_name_means_all_its_addresses);
	tcase_add_test(t, ports);
	tcase_add_loop_test(t, most_specific_address_wins, 0, COUNT(places));
	tcase_add_test(t, without_hosts_there_is_main);
	tcase_add_loop_test(t, first_name_wins, 0, COUNT(names));
	tcase_add_test(t, suffixes);
	tcase_add_test(t, brackets_are_no_wildcard);
	tcase_add_test(t, many_addresses);
	tcase_add_test(t, nameless_hosts);
	tcase_add_loop_test(t, by_path, 0, COUNT(paths));
	tcase_add_loop_test(t, server_path_is_a_path, 0, COUNT(bad_paths));
	tcase_add_test(t, same_address);
	tcase_add_test(t, same_mistake);
	tcase_add_test(t, ten_thousand);
	suite_add_tcase(s, t);
	return site_run(s);
}
