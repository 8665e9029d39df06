/*
 * check_uri.c - paths are decoded once and never lead above the root; hosts are
 * well-formed or refused.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "http/uri.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

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

static const struct uri_policy off = { URI_SLASH_REFUSE, true };
static const struct uri_policy on = { URI_SLASH_DECODE, true };
static const struct uri_policy keep = { URI_SLASH_KEEP, true };
static const struct uri_policy apart = { URI_SLASH_REFUSE, false };
static const struct uri_policy on_apart = { URI_SLASH_DECODE, false };

/* The path, or NULL and the status. */
static const struct {
	const struct uri_policy	*policy;
	const char		*raw, *path;
	int			 status;
} paths[] = {
	{ &off, "/", "/", 0 },
	{ &off, "/a", "/a", 0 },
	{ &off, "/a/b/", "/a/b/", 0 },
	{ &off, "/a.b/c..d/..e/.f", "/a.b/c..d/..e/.f", 0 },
	{ &off, "/a;b=c/d,e", "/a;b=c/d,e", 0 },
	{ &off, "/%61%2Fb", NULL, 404 },

	/* Decoding. */
	{ &off, "/%61", "/a", 0 },
	{ &off, "/a%20b", "/a b", 0 },
	{ &off, "/%C3%A9", "/\xc3\xa9", 0 },
	{ &off, "/%c3%a9", "/\xc3\xa9", 0 },
	{ &off, "/\xc3\xa9", "/\xc3\xa9", 0 },
	{ &off, "/a+b", "/a+b", 0 },
	{ &off, "/%2561", "/%61", 0 },
	{ &off, "/%252e%252e/a", "/%2e%2e/a", 0 },
	{ &off, "/%25%32%65", "/%2e", 0 },
	{ &off, "/%3f%23", "/?#", 0 },
	{ &off, "/%0a%7f", "/\n\x7f", 0 },
	{ &off, "/%5c..%5c", "/\\..\\", 0 },
	{ &off, "/%", NULL, 400 },
	{ &off, "/%2", NULL, 400 },
	{ &off, "/%zz", NULL, 400 },
	{ &off, "/%2g", NULL, 400 },
	{ &off, "/%g2", NULL, 400 },
	{ &off, "/%%32", NULL, 400 },
	{ &off, "/%u0061", NULL, 400 },
	{ &off, "/a%", NULL, 400 },
	{ &off, "/a%00", NULL, 404 },
	{ &off, "/a%00b", NULL, 404 },
	{ &off, "/%00%zz", NULL, 400 },

	/* Encoded slashes. */
	{ &off, "/a%2fb", NULL, 404 },
	{ &off, "/a%2Fb", NULL, 404 },
	{ &off, "/%2f..%2f%2e%2e", NULL, 404 },
	{ &off, "/%2f%zz", NULL, 400 },
	{ &off, "/%2f/../..", NULL, 400 },
	{ &on, "/a%2fb", "/a/b", 0 },
	{ &on, "/a%2f%2Fb", "/a/b", 0 },
	{ &on, "/a/%2fb", "/a/b", 0 },
	{ &on, "/a%2f..%2fb", "/b", 0 },
	{ &on, "/a%2f..", "/", 0 },
	{ &on, "/..%2fa", NULL, 400 },
	{ &on, "/a%2f..%2f..%2fb", NULL, 400 },
	{ &on, "/a%252fb", "/a%2fb", 0 },
	{ &on, "/a%00", NULL, 404 },
	{ &on_apart, "/a%2f%2fb", "/a//b", 0 },
	{ &keep, "/a%2fb", "/a%2fb", 0 },
	{ &keep, "/a%2Fb%20", "/a%2Fb ", 0 },
	{ &keep, "/a/..%2fb", "/a/..%2fb", 0 },
	{ &keep, "/%2f", "/%2f", 0 },
	{ &keep, "/%00", NULL, 404 },

	/* Dot segments. */
	{ &off, "/.", "/", 0 },
	{ &off, "/./", "/", 0 },
	{ &off, "/././a", "/a", 0 },
	{ &off, "/a/.", "/a/", 0 },
	{ &off, "/a/./", "/a/", 0 },
	{ &off, "/a/./b", "/a/b", 0 },
	{ &off, "/a/..", "/", 0 },
	{ &off, "/a/../", "/", 0 },
	{ &off, "/a/../b", "/b", 0 },
	{ &off, "/a/b/..", "/a/", 0 },
	{ &off, "/a/b/../../c", "/c", 0 },
	{ &off, "/a/b/c/./../../d", "/a/d", 0 },
	{ &off, "/a/%2e%2E/b", "/b", 0 },
	{ &off, "/a/.%2e/b", "/b", 0 },
	{ &off, "/a/%2e/b", "/a/b", 0 },
	{ &off, "/a/%2e", "/a/", 0 },
	{ &off, "/...", "/...", 0 },
	{ &off, "/..a/.../a..", "/..a/.../a..", 0 },
	{ &off, "/a/..;/b", "/a/..;/b", 0 },
	{ &off, "/..", NULL, 400 },
	{ &off, "/../", NULL, 400 },
	{ &off, "/../a", NULL, 400 },
	{ &off, "/./..", NULL, 400 },
	{ &off, "/a/../..", NULL, 400 },
	{ &off, "/a/../../a", NULL, 400 },
	{ &off, "/%2e%2e/a", NULL, 400 },
	{ &off, "/.%2e", NULL, 400 },
	{ &off, "/a/%2e%2e/%2e%2e/b", NULL, 400 },
	{ &off, "//..", NULL, 400 },

	/* Slashes in a row. */
	{ &off, "//", "/", 0 },
	{ &off, "//a", "/a", 0 },
	{ &off, "/a//b///c//", "/a/b/c/", 0 },
	{ &off, "/a//../b", "/b", 0 },
	{ &off, "/a/.//b", "/a/b", 0 },
	{ &apart, "//", "//", 0 },
	{ &apart, "//a", "//a", 0 },
	{ &apart, "/a//b", "/a//b", 0 },
	{ &apart, "/a//../b", "/a/b", 0 },
	{ &apart, "/a/.//b", "/a//b", 0 },
	{ &apart, "//../a", "/a", 0 },
	{ &apart, "//../..", NULL, 400 },
	{ &apart, "/a//%2e%2e/%2e%2e/b", "/b", 0 },

	/* Not a path. */
	{ &off, "", NULL, 400 },
	{ &off, "a", NULL, 400 },
	{ &off, "*", NULL, 400 },
};

START_TEST(path_is_decoded)
{
	struct str raw = str_of(paths[_i].raw), path = STR_NONE;
	const char *why = NULL;
	int status;

	status = uri_decode_path(a, raw, paths[_i].policy, &path, &why);
	ck_assert_msg(status == paths[_i].status, "%d for %s", status, raw.at);
	if (status != 0) {
		ck_assert_ptr_nonnull(why);
		return;
	}
	ck_assert_msg(str_is(path, paths[_i].path), "%.*s for %s",
	    STR_ARGS(path), raw.at);
	if (str_is(raw, paths[_i].path) && strpbrk(raw.at, "%") == NULL &&
	    strstr(raw.at, "/.") == NULL)
		ck_assert_ptr_eq(path.at, raw.at);
}
END_TEST

static const struct {
	const char	*target, *path, *query;
} targets[] = {
	{ "/", "/", NULL },
	{ "/?", "/", "" },
	{ "/a?b=c", "/a", "b=c" },
	{ "/a?b?c", "/a", "b?c" },
	{ "?", "", "" },
	{ "", "", NULL },
};

START_TEST(target_is_split)
{
	struct str path, query;

	uri_split(str_of(targets[_i].target), &path, &query);
	ck_assert(str_is(path, targets[_i].path));
	ck_assert((query.at == NULL) == (targets[_i].query == NULL));
	if (targets[_i].query != NULL)
		ck_assert(str_is(query, targets[_i].query));
}
END_TEST

static const struct {
	const char	*s;
	bool		 plus;
	const char	*decoded;
} decodings[] = {
	{ "", false, "" },
	{ "a+b", false, "a+b" },
	{ "a+b", true, "a b" },
	{ "a%2Bb%2f%2E", true, "a+b/." },
	{ "%2561", true, "%61" },
	{ "%ff", true, "\xff" },
	{ "%", true, NULL },
	{ "%4", true, NULL },
	{ "%4x", true, NULL },
	{ "a%00", true, NULL },
};

START_TEST(words_are_decoded)
{
	struct str out = STR_NONE;
	bool good = uri_decode(a, str_of(decodings[_i].s), decodings[_i].plus,
	    &out);

	ck_assert_int_eq(good, decodings[_i].decoded != NULL);
	if (good)
		ck_assert(str_is(out, decodings[_i].decoded));
}
END_TEST

/* The name, or NULL if malformed, and the port. */
static const struct {
	const char	*s, *name;
	int		 port;
} hosts[] = {
	{ "a", "a", 0 },
	{ "A.Example-1.org", "A.Example-1.org", 0 },
	{ "a_b", "a_b", 0 },
	{ "a.", "a", 0 },
	{ "a.b.:80", "a.b", 80 },
	{ "a:80", "a", 80 },
	{ "a:", "a", 0 },
	{ "a:1", "a", 1 },
	{ "a:65535", "a", 65535 },
	{ "a:00080", "a", 80 },
	{ "127.0.0.1:8080", "127.0.0.1", 8080 },
	{ "1.2.3", "1.2.3", 0 },
	{ "[::1]", "[::1]", 0 },
	{ "[::1]:8080", "[::1]", 8080 },
	{ "[::1]:", "[::1]", 0 },
	{ "[2001:DB8::1.2.3.4]", "[2001:DB8::1.2.3.4]", 0 },
	{ "[0000:0000:0000:0000:0000:ffff:255.255.255.255]:1",
	    "[0000:0000:0000:0000:0000:ffff:255.255.255.255]", 1 },
	{ "", NULL, 0 },
	{ ".", NULL, 0 },
	{ ".a", NULL, 0 },
	{ "a..b", NULL, 0 },
	{ "a..", NULL, 0 },
	{ ":80", NULL, 0 },
	{ ":", NULL, 0 },
	{ "a:0", NULL, 0 },
	{ "a:65536", NULL, 0 },
	{ "a:99999999999999999999999", NULL, 0 },
	{ "a:80a", NULL, 0 },
	{ "a:+80", NULL, 0 },
	{ "a:-80", NULL, 0 },
	{ "a: 80", NULL, 0 },
	{ "a:80:80", NULL, 0 },
	{ "::1", NULL, 0 },
	{ "a b", NULL, 0 },
	{ "a,b", NULL, 0 },
	{ "a/b", NULL, 0 },
	{ "a\\b", NULL, 0 },
	{ "a@b", NULL, 0 },
	{ "a?b", NULL, 0 },
	{ "a#b", NULL, 0 },
	{ "a%41", NULL, 0 },
	{ "a!b", NULL, 0 },
	{ "*", NULL, 0 },
	{ "\"a\"", NULL, 0 },
	{ "<a>", NULL, 0 },
	{ "\xc3\xa9", NULL, 0 },
	{ "[", NULL, 0 },
	{ "]", NULL, 0 },
	{ "[]", NULL, 0 },
	{ "[::1", NULL, 0 },
	{ "::1]", NULL, 0 },
	{ "[::1]a", NULL, 0 },
	{ "[::1]80", NULL, 0 },
	{ "[::1]:x", NULL, 0 },
	{ "[::1]]", NULL, 0 },
	{ "[[::1]]", NULL, 0 },
	{ "[1.2.3.4]", NULL, 0 },
	{ "[::1%25lo]", NULL, 0 },
	{ "[::1%lo]", NULL, 0 },
	{ "[v1.a]", NULL, 0 },
	{ "[a]", NULL, 0 },
	{ "[1:2:3:4:5:6:7:8:9]", NULL, 0 },
	{ "[0000:0000:0000:0000:0000:ffff:255.255.255.255000]", NULL, 0 },
};

START_TEST(host_is_parsed)
{
	struct uri_host host;
	bool good = uri_host_parse(str_of(hosts[_i].s), &host);

	ck_assert_msg(good == (hosts[_i].name != NULL), "%s", hosts[_i].s);
	if (!good)
		return;
	ck_assert(str_is(host.name, hosts[_i].name));
	ck_assert_int_eq(host.port, hosts[_i].port);
}
END_TEST

START_TEST(nul_byte_is_refused)
{
	struct str path, out;
	const char *why;

	ck_assert_int_eq(uri_decode_path(a, str_n("/a\0b", 4), &off, &path,
	    &why), 404);
	ck_assert(!uri_decode(a, str_n("a\0b", 3), false, &out));
}
END_TEST

START_TEST(host_with_nul_is_malformed)
{
	struct uri_host host;

	ck_assert(!uri_host_parse(str_n("a\0b", 3), &host));
	ck_assert(!uri_host_parse(str_n("[::1\0]", 6), &host));
	ck_assert(!uri_host_parse(str_n("[::\0]", 5), &host));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("uri");
	TCase *t = tcase_create("uri");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, path_is_decoded, 0, COUNT(paths));
	tcase_add_loop_test(t, target_is_split, 0, COUNT(targets));
	tcase_add_loop_test(t, words_are_decoded, 0, COUNT(decodings));
	tcase_add_loop_test(t, host_is_parsed, 0, COUNT(hosts));
	tcase_add_test(t, nul_byte_is_refused);
	tcase_add_test(t, host_with_nul_is_malformed);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
