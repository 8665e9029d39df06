/*
 * check_suexec.c - who may run programs, and what these see.
 *
 * The checks of files need another user's files: t/web/m-suexec.wire.
 */
#include <check.h>
#include <stdlib.h>

#include "script/suexec.c"

#include "modules.h"
#include "serve/config.h"
#include "site.h"

static struct module *const with_suexec[] = { &mod_core, &mod_suexec };

static struct config *
site(const char *lines)
{
	return site_open(with_suexec, 2, lines);
}

/* What may be asked for, and why it may not. */
static const struct {
	const char	*lines, *user, *group;
	bool		 owner;
	const char	*why;
} asked[] = {
	{ "", "root", "root", false, "nothing in the configuration" },
	{ "", "root", "", true, "nothing in the configuration" },
	{ "SuexecUserDir On", "root", "root", false, "nothing in" },
	{ "SuexecUserGroup root #1000", "root", "#1001", false,
	  "nothing in" },
	{ "SuexecUserGroup root #1000", "root", "#1000", false,
	  "programs never run as root" },
	{ "SuexecUserGroup root #1000", "#0", "#1000", false, "nothing in" },
	{ "SuexecUserGroup #0 #1000", "#0", "#1000", false,
	  "programs never run as root" },
	{ "SuexecUserDir On", "root", "", true,
	  "programs never run as root" },
	{ "SuexecUserDir On", "no-such-user", "", true,
	  "there is no user no-such-user" },
	{ "SuexecUserDir On", "../../etc", "", true, "there is no user" },
};

START_TEST(targets)
{
	struct config *c = site(asked[_i].lines);
	struct errand_user who = { asked[_i].user, asked[_i].group,
	    asked[_i].owner };
	struct suexec_target t;
	const char *why = suexec_target(c, &who, c->arena, &t);

	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, asked[_i].why) != NULL, "%s", why);
	config_end(c);
}
END_TEST

static const struct {
	uid_t		 uid;
	gid_t		 gid;
	const char	*why;
} ids[] = {
	{ 0, 1000, "root" },
	{ 1000, 0, "group of root" },
	{ 499, 1000, "below SuexecMinUID (500)" },
	{ 1000, 599, "below SuexecMinGID (600)" },
	{ 500, 600, NULL },
	{ 65534, 65534, NULL },
};

START_TEST(numbers)
{
	struct config *c = site("SuexecMinUID 500\nSuexecMinGID 600");
	const char *why = refuse_ids(c, c->arena, "x", ids[_i].uid,
	    ids[_i].gid);

	if (ids[_i].why == NULL)
		ck_assert_ptr_null(why);
	else
		ck_assert_ptr_nonnull(strstr(why, ids[_i].why));
	config_end(c);
}
END_TEST

static const struct {
	const char	*path, *root;
	bool		 below;
} belows[] = {
	{ "/srv/www", "/srv", true },
	{ "/srv", "/srv", true },
	{ "/srv2/www", "/srv", false },
	{ "/", "/srv", false },
	{ "/srv", "/", true },
};

START_TEST(below)
{
	ck_assert_int_eq(is_below(belows[_i].path, belows[_i].root),
	    belows[_i].below);
}
END_TEST

START_TEST(environment)
{
	char *before[] = { (char *)"LD_PRELOAD=/tmp/x.so",
	    (char *)"HTTP_HOST=a", (char *)"PATH=/tmp",
	    (char *)"QUERY_STRING=", (char *)"KEPT=1", (char *)"OTHER=2",
	    (char *)"REDIRECT_STATUS=200", (char *)"IFS=x",
	    (char *)"NOTHING", NULL };
	static const char *const after[] = { "PATH=/usr/bin", "HTTP_HOST=a",
	    "QUERY_STRING=", "KEPT=1", "REDIRECT_STATUS=200" };
	struct config *c = site("SuexecPassEnv KEPT PATH\n"
	    "SuexecSafePath /usr/bin");
	char *const *z = suexec_environment(c, before, c->arena);
	size_t i;

	for (i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		ck_assert_str_eq(z[i], after[i]);
	ck_assert_ptr_null(z[i]);
	config_end(c);
}
END_TEST

START_TEST(needed)
{
	struct config *c = site("SuexecMinUID 500");

	ck_assert(!suexec_needed(c));
	config_end(c);
	c = site("SuexecUserDir On");
	ck_assert(suexec_needed(c));
	config_end(c);
	c = site("<VirtualHost *:80>\nSuexecUserGroup root #1000\n"
	    "</VirtualHost>");
	ck_assert(suexec_needed(c));
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("suexec");
	TCase *t = tcase_create("suexec");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, targets, 0, COUNT(asked));
	tcase_add_loop_test(t, numbers, 0, COUNT(ids));
	tcase_add_loop_test(t, below, 0, COUNT(belows));
	tcase_add_test(t, environment);
	tcase_add_test(t, needed);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
