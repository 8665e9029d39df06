/*
 * check_auth_basic.c - names and passwords as clients send them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "modules/auth_basic.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_authn_core,
    &mod_auth_basic };

static const struct {
	const char	*field;
	bool		 read;
	const char	*user, *password;
} logins[] = {
	{ NULL, false },
	{ "", false },
	{ "Basic", true, "", "" },
	{ "Basic YW5uOnNlY3JldA==", true, "ann", "secret" },
	{ "bAsIc    YW5uOnNlY3JldA==", true, "ann", "secret" },
	{ "Basic YW5uOnNlY3JldA", true, "ann", "secret" },
	{ "Basic YW5u", true, "ann", "" },
	{ "Basic YW5uOg==", true, "ann", "" },
	{ "Basic OnNlY3JldA==", true, "", "secret" },
	{ "Basic YTpiOmM=", true, "a", "b:c" },
	{ "Basic YQA6Yg==", false },
	{ "Basic !", true, "", "" },
	{ "BasicYW5uOnNlY3JldA==", false },
	{ "Digest username=\"ann\"", false },
	{ "Bearer x", false },
};

START_TEST(sent)
{
	struct config *c = site_open(table, 3, "");
	struct request *r = site_ask(c, "/");
	struct login login = { 0 };

	if (logins[_i].field != NULL)
		fields_add(&r->in, STR("Authorization"),
		    str_of(logins[_i].field));
	ck_assert_int_eq(read_login(r, &login), logins[_i].read);
	if (logins[_i].read) {
		ck_assert(str_is(r->user, logins[_i].user));
		ck_assert_str_eq(login.password, logins[_i].password);
	}
	config_end(c);
}
END_TEST

/* ann:secret in {SHA}, and the same for digest authentication. */
static const char users[] = "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
    digests[] = "ann:other:x\nann:here:a0e5c6e967cb96af96e17a87f6a6ca1c\n";

static char path[] = "/tmp/basic.XXXXXX";

static struct scope *
scope_with(struct config *c)
{
	const struct vec *v = hash_get(c->main->sections->locations, STR("/"));

	return scope_merge(c->arena, c->main->scope,
	    ((const struct section *)v->at[0])->scope);
}

static const struct {
	const char	*lines, *login;
	const char	*file;
	int		 answer;
} asked[] = {
	{ "", "YW5uOnNlY3JldA==", users, PASS },
	{ "", "YW5uOnNlY3JlVA==", users, 401 },
	{ "", "Ym9iOnNlY3JldA==", users, 401 },
	{ "", NULL, users, 401 },
	{ "AuthBasicAuthoritative Off", "Ym9iOnNlY3JldA==", users, PASS },
	{ "AuthBasicAuthoritative Off", "YW5uOnNlY3JlVA==", users, 401 },
	{ "AuthBasicProvider file", "YW5uOnNlY3JldA==", users, PASS },
	{ "AuthBasicUseDigestAlgorithm MD5", "YW5uOnNlY3JldA==", digests,
	  PASS },
	{ "AuthBasicUseDigestAlgorithm MD5", "YW5uOnNlY3JlVA==", digests,
	  401 },
	{ "AuthBasicUseDigestAlgorithm MD5", "YW5uOnNlY3JldA==", users, 401 },
	{ "", "YW5uOnNlY3JldA==", NULL, 500 },
	{ "AuthType None", "YW5uOnNlY3JldA==", users, PASS },
};

START_TEST(identity)
{
	struct config *c;
	struct request *r;
	char text[512];
	FILE *f;

	close(mkstemp(path));
	f = fopen(path, "w");
	fputs(asked[_i].file != NULL ? asked[_i].file : "", f);
	fclose(f);
	if (asked[_i].file == NULL)
		unlink(path);
	snprintf(text, sizeof(text), "<Location />\nAuthType Basic\n"
	    "AuthName here\nAuthUserFile %s\n%s\n</Location>", path,
	    asked[_i].lines);
	c = site_open(table, 3, text);
	r = site_ask(c, "/");
	r->scope = scope_with(c);
	if (asked[_i].login != NULL)
		fields_add(&r->in, STR("Authorization"), str_fmt(r->arena,
		    "Basic %s", asked[_i].login));
	ck_assert_int_eq(identify(r), PASS);
	ck_assert(!r->known);
	r->wants_user = true;
	ck_assert_int_eq(identify(r), asked[_i].answer);
	ck_assert_int_eq(fields_has(&r->out_always, STR("WWW-Authenticate")),
	    asked[_i].answer == 401);
	ck_assert(!r->known || asked[_i].answer == PASS);
	unlink(path);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("auth_basic");
	TCase *t = tcase_create("auth_basic");

	tcase_add_loop_test(t, sent, 0, COUNT(logins));
	tcase_add_loop_test(t, identity, 0, COUNT(asked));
	suite_add_tcase(s, t);
	return site_run(s);
}
