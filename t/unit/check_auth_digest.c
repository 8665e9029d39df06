/*
 * check_auth_digest.c - proofs as clients send them, nonces, and their uses.
 */
#include <stdio.h>

#include "modules/auth_digest.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_authn_core,
    &mod_auth_digest };

/* The example of RFC 2617, 3.5. */
static const char mufasa[] = " username=\"Mufasa\", "
    "realm=\"testrealm@host.com\", "
    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
    "qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
    "response=\"6629fae49393a05397450978507c4ef1\", "
    "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

START_TEST(example)
{
	struct arena *a = arena_new();
	char ha1[MD5_HEX_SIZE], out[MD5_HEX_SIZE];
	struct login l;

	ck_assert(parse(a, str_of(mufasa), &l));
	ck_assert(str_is(l.username, "Mufasa"));
	ck_assert(str_is(l.nc, "00000001"));
	md5_hex(STR("Mufasa:testrealm@host.com:Circle Of Life"), ha1);
	l.ha1 = ha1;
	digest_of(a, &l, STR("GET"), out);
	ck_assert(str_is(l.response, out));
	/* The same without qop: RFC 2069 with its erratum. */
	l.qop = STR_NONE;
	digest_of(a, &l, STR("GET"), out);
	ck_assert_str_eq(out, "670fd8c2df070c60b045671b8b24ff02");
	arena_end(a);
}
END_TEST

#define ALL "username=u,realm=r,nonce=n,uri=/,response=x"

static const struct {
	const char	*field;
	bool		 parsed;
	const char	*username;
} fields[] = {
	{ ALL, true, "u" },
	{ "USERNAME=u,realm=r,nonce=n,uri=/,response=x", true, "u" },
	{ ALL ",qop=auth,nc=1,cnonce=c", true, "u" },
	{ ALL ",qop=auth,nc=1", false },
	{ ALL ",qop=auth,cnonce=c", false },
	{ ALL ",username=v", true, "v" },
	{ ALL ",unknown=\"a, username=b\"", true, "u" },
	{ "username=\"a\\\"b\",realm=r,nonce=n,uri=/,response=x", true,
	  "a\"b" },
	{ "username=\"\",realm=r,nonce=n,uri=/,response=x", true, "" },
	{ "username = \"u\" , realm = r,nonce= n,uri =/,response=x", true,
	  "u" },
	{ "realm=r,nonce=n,uri=/,response=x", false },
	{ "username=u,nonce=n,uri=/,response=x", false },
	{ "username=u,realm=r,uri=/,response=x", false },
	{ "username=u,realm=r,nonce=n,response=x", false },
	{ "username=u,realm=r,nonce=n,uri=/", false },
	{ "username=\"u,realm=r,nonce=n,uri=/,response=x", false },
	{ "", false },
	{ "=", false },
	{ ",,,", false },
	{ "username", false },
};

START_TEST(parsing)
{
	struct arena *a = arena_new();
	struct login l;

	ck_assert_int_eq(parse(a, str_of(fields[_i].field), &l),
	    fields[_i].parsed);
	if (fields[_i].parsed)
		ck_assert(str_is(l.username, fields[_i].username));
	arena_end(a);
}
END_TEST

START_TEST(nonces)
{
	struct arena *a = arena_new();
	char *z = nonce_at(a, 1234567890123, "here");
	int64_t ms = 0;

	ck_assert_uint_eq(strlen(z), NONCE_SIZE);
	ck_assert(nonce_is_ours(a, str_of(z), "here", &ms));
	ck_assert_int_eq(ms, 1234567890123);
	ck_assert(!nonce_is_ours(a, str_of(z), "there", &ms));
	ck_assert(!nonce_is_ours(a, str_first(str_of(z), 55), "here", &ms));
	z[3] = '1';
	ck_assert(!nonce_is_ours(a, str_of(z), "here", &ms));
	z[3] = '0';
	z[NONCE_SIZE - 1] ^= 1;
	ck_assert(!nonce_is_ours(a, str_of(z), "here", &ms));
	arena_end(a);
}
END_TEST

START_TEST(counts)
{
	struct used u = { 0 };

	ck_assert(count_is_new(&u, 1));
	ck_assert(!count_is_new(&u, 1));
	ck_assert(count_is_new(&u, 3));
	ck_assert(count_is_new(&u, 2));
	ck_assert(!count_is_new(&u, 2));
	ck_assert(!count_is_new(&u, 3));
	ck_assert(count_is_new(&u, 40));
	ck_assert(!count_is_new(&u, 3));
	ck_assert(count_is_new(&u, 9));
	ck_assert(!count_is_new(&u, 8));
	ck_assert(count_is_new(&u, UINT32_MAX));
	ck_assert(!count_is_new(&u, UINT32_MAX));
	ck_assert(count_is_new(&u, UINT32_MAX - 1));
}
END_TEST

/* However many nonces there are, none is ever taken twice. */
START_TEST(uses_once)
{
	struct arena *a = arena_new();
	size_t taken = 0;

	make_table(64 * sizeof(struct used));
	for (int round = 0; round < 2; round++)
		for (int64_t ms = 1000; ms < 2000; ms++) {
			struct str nonce = str_of(nonce_at(a, ms, "r"));

			if (use_is_new(nonce, ms, 1)) {
				ck_assert_int_eq(round, 0);
				taken++;
			}
			ck_assert(!use_is_new(nonce, ms, 1));
			ck_assert(!use_is_new(nonce, ms, 0));
		}
	/* Those that come in order find room. */
	ck_assert_uint_eq(taken, 1000);
	arena_end(a);
}
END_TEST

static const struct {
	const char	*uri;
	bool		 same;
} uris[] = {
	{ "/a%20b?x=%41", true },
	{ "/a b?x=A", true },
	{ "/%61%20b?x=A", true },
	{ "http://site.test/a%20b?x=A", true },
	{ "http://SITE.test:80/a%20b?x=A", true },
	{ "http://other.test/a%20b?x=A", false },
	{ "http://site.test:81/a%20b?x=A", false },
	{ "http:///a%20b?x=A", false },
	{ "/a%20b", false },
	{ "/a%20b?x=B", false },
	{ "/a%20c?x=A", false },
	{ "/a%20b%00?x=A", false },
	{ "/a%2", false },
	{ "", false },
	{ "*", false },
};

START_TEST(addresses)
{
	struct config *c = site_open(table, 3, "");
	struct request *r = site_ask(c, "/a%20b?x=%41");

	ck_assert_int_eq(is_for_this(r, str_of(uris[_i].uri)), uris[_i].same);
	config_end(c);
}
END_TEST

static const struct {
	const char	*line, *message;
} mistakes[] = {
	{ "AuthDigestQop auth-int", "cannot be auth-int" },
	{ "AuthDigestQop auth none", "cannot be none and auth" },
	{ "AuthDigestQop maybe", "must be auth, none or auth-int" },
	{ "AuthDigestAlgorithm MD5-sess", "cannot be MD5-sess" },
	{ "AuthDigestAlgorithm SHA-256", "must be MD5 or MD5-sess" },
	{ "AuthDigestProvider dbm", "cannot be dbm" },
	{ "AuthDigestProvider nobody", "does not know \"nobody\"" },
	{ "AuthDigestNcCheck Yes", "must be On or Off" },
	{ "AuthDigestNonceLifetime long", "must be a number" },
};

START_TEST(tells_mistakes)
{
	char text[256];
	struct config *c;
	const char *error;

	snprintf(text, sizeof(text), "<Location />\n%s\n</Location>",
	    mistakes[_i].line);
	c = site_open(table, 3, text);
	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_find_str(str_of(error),
	    str_of(mistakes[_i].message)) >= 0, "%s", error);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("auth_digest");
	TCase *t = tcase_create("auth_digest");

	tcase_add_test(t, example);
	tcase_add_loop_test(t, parsing, 0, COUNT(fields));
	tcase_add_test(t, nonces);
	tcase_add_test(t, counts);
	tcase_add_test(t, uses_once);
	tcase_add_loop_test(t, addresses, 0, COUNT(uris));
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
