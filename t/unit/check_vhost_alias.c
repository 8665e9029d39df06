#include "modules/vhost_alias.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_vhost_alias };

/* What a pattern makes of a name; some of it stands in Apache's manual. */
static const struct {
	const char	*pattern, *name, *root;
} patterns[] = {
	{ "/v/%0", "www.Example.com", "/v/www.example.com" },
	{ "/v/%1", "www.example.com", "/v/www" },
	{ "/v/%2", "www.example.com", "/v/example" },
	{ "/v/%-1", "www.example.com", "/v/com" },
	{ "/v/%-2", "www.example.com", "/v/example" },
	{ "/v/%-3", "www.example.com", "/v/www" },
	{ "/v/%4", "www.example.com", "/v/_" },
	{ "/v/%-4", "www.example.com", "/v/_" },
	{ "/v/%2+", "www.example.com", "/v/example.com" },
	{ "/v/%-2+", "www.example.com", "/v/www.example" },
	{ "/v/%1+", "www.example.com", "/v/www.example.com" },
	{ "/v/%-1+", "www.example.com", "/v/www.example.com" },
	{ "/v/%3+/%2.1/%2.2/%2.3/%2", "www.domain.example.com",
	  "/v/example.com/d/o/m/domain" },
	{ "/v/%3+/%2.-1/%2.-2/%2.-3/%2", "www.domain.example.com",
	  "/v/example.com/n/i/a/domain" },
	{ "/v/%3+/%2.1/%2.2/%2.3/%2.4+", "www.domain.example.com",
	  "/v/example.com/d/o/m/ain" },
	{ "/v/%2.-2+", "www.domain.com", "/v/domai" },
	{ "/v/%1.9", "www.example.com", "/v/_" },
	{ "/v/%1/%p%%x/", "www", "/v/www/80%x" },
	{ "/v/%2", "localhost", "/v/_" },
};

START_TEST(pattern)
{
	struct arena *a = arena_new();
	struct config *c = site_open(table, 2, str_zfmt(a,
	    "VirtualDocumentRoot %s", patterns[_i].pattern));
	struct request *r = site_ask(c, "/x/y");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r->host = str_of(patterns[_i].name);
	ck_assert_int_eq(mod_vhost_alias.translate(r), DONE);
	ck_assert_str_eq(r->document_root, patterns[_i].root);
	ck_assert_str_eq(r->filename, str_zfmt(a, "%s/x/y",
	    patterns[_i].root));
	ck_assert_uint_eq(r->root_n, strlen(patterns[_i].root));
	config_end(c);
	arena_end(a);
}
END_TEST

START_TEST(programs_and_addresses)
{
	struct config *c = site_open(table, 2, "VirtualDocumentRootIP /v/%1\n"
	    "VirtualScriptAlias /c/%1");
	struct request *r = site_ask(c, "/cgi-bin/p/x");

	r->host = STR("www.x.org");
	ck_assert_int_eq(mod_vhost_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/c/www/p/x");
	ck_assert(r->script_alias);
	ck_assert_str_eq(r->handler, "cgi-script");
	r = site_ask(c, "/cgi-binx");
	ck_assert_int_eq(mod_vhost_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/v/10/cgi-binx");
	ck_assert(!r->script_alias);
	config_end(c);
}
END_TEST

START_TEST(no_name_leads_out)
{
	struct config *c = site_open(table, 2, "VirtualDocumentRoot /v/%0");
	struct request *r = site_ask(c, "/x");

	r->host = STR("..");
	ck_assert_int_eq(mod_vhost_alias.translate(r), 400);
	config_end(c);
}
END_TEST

static const char *const mistakes[] = { "relative/%0", "/v/%", "/v/%x",
    "/v/%-", "/v/%1.", "/v/%1.x" };

START_TEST(mistake)
{
	struct arena *a = arena_new();
	struct config *c = site_open(table, 2, str_zfmt(a,
	    "VirtualDocumentRoot %s", mistakes[_i]));
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	config_end(c);
	arena_end(a);
}
END_TEST

#define N(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("vhost_alias");
	TCase *t = tcase_create("vhost_alias");

	tcase_add_loop_test(t, pattern, 0, N(patterns));
	tcase_add_test(t, programs_and_addresses);
	tcase_add_test(t, no_name_leads_out);
	tcase_add_loop_test(t, mistake, 0, N(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
