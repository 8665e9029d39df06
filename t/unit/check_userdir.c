#include "modules/userdir.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_userdir };

static const struct {
	const char	*conf, *path;
	int		 answer;
	const char	*to;		/* file name or Location */
} maps[] = {
	{ "", "/~root/x", PASS, NULL },
	{ "UserDir www", "/~root/x", DONE, "/root/www/x" },
	{ "UserDir www", "/~root", DONE, "/root/www" },
	{ "UserDir www", "/~root/", DONE, "/root/www/" },
	{ "UserDir www", "/~no-such-user/x", PASS, NULL },
	{ "UserDir www", "/~/x", PASS, NULL },
	{ "UserDir www", "/x", PASS, NULL },
	{ "UserDir /u", "/~..", PASS, NULL },
	{ "UserDir /u", "/~.ssh/x", PASS, NULL },
	{ "UserDir /u", "/~me/x", DONE, "/u/me/x" },
	{ "UserDir /u/*/www", "/~me/x/y", DONE, "/u/me/www/x/y" },
	{ "UserDir /nowhere ../root /n", "/~root/x", DONE,
	  "/root/../root/x" },
	{ "UserDir /nowhere /n/*/m", "/~me", DONE, "/n/me/m" },
	{ "UserDir http://x.org/users", "/~me/a b", 302,
	  "http://x.org/users/me/a%20b" },
	{ "UserDir http://x.org/~*/", "/~me/a?", 302,
	  "http://x.org/~me/a%3f" },
	{ "UserDir /u\nUserDir disabled me you", "/~me/x", PASS, NULL },
	{ "UserDir /u\nUserDir disabled me you", "/~her/x", DONE, "/u/her/x" },
	{ "UserDir /u\nUserDir disabled", "/~me", PASS, NULL },
	{ "UserDir disabled\nUserDir enabled me\nUserDir /u", "/~me", DONE,
	  "/u/me" },
	{ "UserDir disabled\nUserDir enabled me\nUserDir /u", "/~her", PASS,
	  NULL },
	{ "UserDir disabled me\nUserDir enabled me\nUserDir /u", "/~me", PASS,
	  NULL },
};

START_TEST(map_to_file)
{
	struct config *c = site_open(table, 2, maps[_i].conf);
	struct request *r = site_ask(c, maps[_i].path);
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(mod_userdir.translate(r), maps[_i].answer);
	if (maps[_i].answer == 302)
		ck_assert_str_eq(str_z(c->arena, fields_get(&r->out_always,
		    STR("Location"))), maps[_i].to);
	else
		ck_assert_pstr_eq(r->filename, maps[_i].to);
	config_end(c);
}
END_TEST

START_TEST(context)
{
	struct config *c = site_open(table, 2, "UserDir /u/*/www");
	struct request *r = site_ask(c, "/~me/x");

	ck_assert_int_eq(mod_userdir.translate(r), DONE);
	ck_assert_str_eq(r->context_prefix, "/~me");
	ck_assert_str_eq(r->owner, "me");
	ck_assert_str_eq(r->context_root, "/u/me/www");
	ck_assert_uint_eq(r->root_n, strlen("/u/me/www"));
	config_end(c);
}
END_TEST

START_TEST(hosts_keep_the_disabled)
{
	struct config *c = site_open(table, 2, "UserDir disabled root\n"
	    "<VirtualHost *:80>\nServerName a.test\nUserDir www\n"
	    "</VirtualHost>");
	struct request *r = site_ask(c, "/~root");

	r->vhost = c->vhosts.at[0];
	ck_assert_int_eq(mod_userdir.translate(r), PASS);
	config_end(c);
}
END_TEST

START_TEST(mistake)
{
	struct config *c = site_open(table, 2, "UserDir a*b");
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(strstr(error, "only in an absolute path") != NULL,
	    "%s", error);
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("userdir");
	TCase *t = tcase_create("userdir");

	tcase_add_loop_test(t, map_to_file, 0,
	    (int)(sizeof(maps) / sizeof(maps[0])));
	tcase_add_test(t, context);
	tcase_add_test(t, hosts_keep_the_disabled);
	tcase_add_test(t, mistake);
	suite_add_tcase(s, t);
	return site_run(s);
}
