#include <fcntl.h>
#include <stdio.h>

#include "modules/accesslog.c"

#include "exchange.h"

static struct module *const table[] = { &mod_core, &mod_log_config };

/* Mistakes in configurations, and how the message ends. */
static const struct {
	const char	*conf, *message;
} mistakes[] = {
	{ "CustomLog x %y", "does not know \"%y\" in its format" },
	{ "CustomLog x %^zz", "does not know \"%^zz\" in its format" },
	{ "CustomLog x %^", "does not know \"%^\" in its format" },
	{ "CustomLog x \"%h %{a\"", "has an item without end in its format: "
	  "\"%{a\"" },
	{ "CustomLog x %", "has an item without end in its format: \"%\"" },
	{ "CustomLog x %40", "has an item without end in its format: "
	  "\"%40\"" },
	{ "CustomLog x %4000s", "has an item without end in its format: "
	  "\"%4000s\"" },
	{ "LogFormat %y name", "does not know \"%y\" in its format" },
	{ "CustomLog x %h foo", "must end in env=NAME, env=!NAME or expr=..." },
	{ "CustomLog x %h expr=1", "must hold an expression: it ends where an "
	  "operator such as == is due" },
	{ "CustomLog \"|prog\" %h", "cannot run prog: No such file or "
	  "directory" },
	{ "CustomLog no/such/dir/x %h", "CustomLog cannot use the "
	  "directory /srv/no/such/dir/: No such file or directory" },
};

START_TEST(tells_mistakes)
{
	struct config *c = site_open(table, 2, mistakes[_i].conf);
	const char *error;

	ck_assert_uint_ge(site_errors(c, &error), 1);
	ck_assert_msg(str_ends(str_of(error), str_of(mistakes[_i].message)),
	    "%s", error);
	config_end(c);
}
END_TEST

START_TEST(names_may_follow)
{
	struct config *c = site_open(table, 2, "CustomLog /tmp/a short\n"
	    "CustomLog /tmp/b CLF\nTransferLog /tmp/c\nLogFormat \"%h\" short\n"
	    "LogFormat \"old\" short\nLogFormat \"%m\" short\n"
	    "CustomLog /tmp/d unknown");
	const struct log_conf *conf = scope_get(c->main->scope,
	    &mod_log_config);
	struct request *r = make_exchange(c);
	static const char *const want[] = { "GET\n", NULL, NULL,
	    "unknown\n" };

	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 0);
	ck_assert_uint_eq(diagnosis_warnings(c->reading->diagnosis), 1);
	ck_assert_uint_eq(conf->logs.n, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct access_log *log = conf->logs.at[i];
		struct str made = logformat_line(log->format, r, r);

		if (want[i] != NULL)
			ck_assert_str_eq(str_z(c->arena, made), want[i]);
		else
			ck_assert(str_ends(made, STR("404 1234\n")));
	}
	config_end(c);
}
END_TEST

START_TEST(hosts_inherit_or_replace)
{
	struct config *c = site_open(table, 2, "LogFormat main f\n"
	    "CustomLog /tmp/main f\nGlobalLog /tmp/all f\n"
	    "<VirtualHost *:80>\nServerName one\n</VirtualHost>\n"
	    "<VirtualHost *:80>\nServerName two\nCustomLog /tmp/two f\n"
	    "LogFormat own f\n</VirtualHost>");
	const struct log_conf *conf[3];
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	conf[0] = scope_get(c->main->scope, &mod_log_config);
	for (size_t i = 0; i < 2; i++)
		conf[i + 1] = scope_get(((const struct vhost *)
		    c->vhosts.at[i])->scope, &mod_log_config);
	ck_assert_ptr_eq(conf[0]->logs.at[0], conf[1]->logs.at[0]);
	ck_assert_uint_eq(conf[2]->logs.n, 1);
	const struct access_log *two = conf[2]->logs.at[0];
	ck_assert_str_eq(two->path, "/tmp/two");
	ck_assert(str_is(logformat_line(two->format, make_exchange(c),
	    make_exchange(c)), "own\n"));
	ck_assert_uint_eq(conf[0]->global.n, 1);
	config_end(c);
}
END_TEST

/* env=VAR and env=!VAR, told by what lands in the buffer. */
START_TEST(conditions)
{
	struct config *c = site_open(table, 2,
	    "CustomLog /tmp/a \"%m\" env=VAR\nCustomLog /tmp/a \"%b\" "
	    "env=!VAR\nCustomLog /tmp/a \"%s\" env=OTHER\n"
	    "CustomLog /tmp/a \"%H\" env=!OTHER");
	const struct log_conf *conf = scope_get(c->main->scope,
	    &mod_log_config);
	struct request *r = make_exchange(c);
	struct append nowhere = { .fd = -1 };
	struct target target = { .path = "/dev/null", .append = &nowhere };

	list_init(&target.link);
	for (size_t i = 0; i < conf->logs.n; i++)
		((struct access_log *)conf->logs.at[i])->target = &target;
	log_exchange(r);
	ck_assert_ptr_nonnull(target.buffer);
	ck_assert(str_eq(str_n(target.buffer->bytes, target.buffer->n),
	    STR("GET\nHTTP/1.1\n")));
	r->no_log = true;
	log_exchange(r);
	ck_assert_uint_eq(target.buffer->n, strlen("GET\nHTTP/1.1\n"));
	config_end(c);
}
END_TEST

/* Whole lines in order, however long they are. */
START_TEST(writes_whole_lines)
{
	static char big[BUFFER_BYTES + 100];
	FILE *f = tmpfile();
	struct append append = { .fd = fileno(f) };
	struct target target = { .path = "x", .append = &append };
	size_t n = 0;
	int c, last = 0;

	list_init(&target.link);
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = big[99] = '\n';
	for (int i = 0; i < 1000; i++)
		put_line(&target, str_n(big, 100));
	put_line(&target, str_n(big + 100, sizeof(big) - 100));
	put_line(&target, str_n(big, sizeof(big)));
	put_line(&target, str_n(big, 100));
	flush_all(NULL);
	ck_assert_ptr_null(target.buffer);
	ck_assert(list_empty(&unwritten));
	rewind(f);
	for (; (c = getc(f)) != EOF; n++)
		last = c;
	ck_assert_uint_eq(n, 1000 * 100 + sizeof(big) - 100 + sizeof(big) +
	    100);
	ck_assert_int_eq(last, '\n');
	fclose(f);
}
END_TEST

START_TEST(lost_lines_are_told_once)
{
	struct append append = { .fd = -1 };
	struct target target = { .path = "/dev/null", .append = &append };

	list_init(&target.link);
	for (unsigned i = 1; i <= 3; i++) {
		put_line(&target, STR("line\n"));
		flush_all(NULL);
		ck_assert_uint_eq(append.lost, i);
		ck_assert_ptr_null(target.buffer);
	}
	append.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	put_line(&target, STR("line\n"));
	flush_all(NULL);
	ck_assert_uint_eq(append.lost, 0);
	close(append.fd);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("accesslog");
	TCase *t = tcase_create("accesslog");

	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, names_may_follow);
	tcase_add_test(t, hosts_inherit_or_replace);
	tcase_add_test(t, conditions);
	tcase_add_test(t, writes_whole_lines);
	tcase_add_test(t, lost_lines_are_told_once);
	suite_add_tcase(s, t);
	return site_run(s);
}
