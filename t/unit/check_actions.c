#include "modules/actions.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_actions };

static const struct {
	const char	*conf, *handler, *type, *method, *query;
	bool		 there;
	int		 answer;
	const char	*to;
} cases[] = {
	{ "Action md /p", "md", NULL, "GET", NULL, true, RESTART, "/p/a%20b" },
	{ "Action md /p", "md", NULL, "GET", "q", true, RESTART,
	  "/p/a%20b?q" },
	{ "Action md /p", "md", NULL, "GET", NULL, false, 404, NULL },
	{ "Action md /p virtual", "md", NULL, "GET", NULL, false, RESTART,
	  "/p/a%20b" },
	{ "Action md /p", "other", NULL, "GET", NULL, true, PASS, NULL },
	{ "Action text/x /p", NULL, "text/x; charset=utf-8", "GET", NULL,
	  true, RESTART, "/p/a%20b" },
	{ "Action text/x /p", "h", "text/x", "GET", NULL, true, PASS, NULL },
	{ "Action md /p\nAction md /q", "md", NULL, "GET", NULL, true,
	  RESTART, "/q/a%20b" },
	{ "Script PUT /put", NULL, NULL, "PUT", NULL, false, RESTART,
	  "/put/a%20b" },
	{ "Script PUT /put", NULL, NULL, "GET", "q", true, PASS, NULL },
	{ "Script GET /get", NULL, NULL, "GET", NULL, true, PASS, NULL },
	{ "Script GET /get", NULL, NULL, "GET", "q", true, RESTART,
	  "/get/a%20b?q" },
	{ "Script GET /get", NULL, NULL, "HEAD", "q", true, RESTART,
	  "/get/a%20b?q" },
	{ "Script PUT /put\nAction md /p", "md", NULL, "PUT", NULL, true,
	  RESTART, "/p/a%20b" },
	{ "", "md", NULL, "GET", NULL, true, PASS, NULL },
};

START_TEST(case_of)
{
	struct config *c = site_open(table, 2, cases[_i].conf);
	struct request *r = site_ask(c, "/a b");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r->filename = "/srv/www/a b";
	r->found.kind = cases[_i].there ? FOUND_FILE : FOUND_NOTHING;
	r->handler = cases[_i].handler;
	r->method_name = str_of(cases[_i].method);
	r->method = method_of(r->method_name);
	r->has_query = cases[_i].query != NULL;
	if (r->has_query)
		r->query = str_of(cases[_i].query);
	if (cases[_i].type != NULL)
		fields_set(&r->out, STR("Content-Type"),
		    str_of(cases[_i].type));
	ck_assert_int_eq(mod_actions.handle(r), cases[_i].answer);
	if (cases[_i].to != NULL)
		ck_assert_str_eq(str_z(c->arena, r->redirect_to),
		    cases[_i].to);
	config_end(c);
}
END_TEST

static const struct {
	const char	*text, *error;
} mistakes[] = {
	{ "Action md p", "begins with /" },
	{ "Action md /p real", "can only be followed by virtual" },
	{ "Script TRACE /p", "cannot be used for TRACE" },
	{ "Script FOO /p", "needs a method that is known" },
};

START_TEST(mistake)
{
	struct config *c = site_open(table, 2, mistakes[_i].text);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(strstr(error, mistakes[_i].error) != NULL, "%s",
	    error);
	config_end(c);
}
END_TEST

#define N(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("actions");
	TCase *t = tcase_create("actions");

	tcase_add_loop_test(t, case_of, 0, N(cases));
	tcase_add_loop_test(t, mistake, 0, N(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
