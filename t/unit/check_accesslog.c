#include <fcntl.h>
#include <stdio.h>

#include "modules/accesslog.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_log_config };

/* An exchange with something to tell in every corner. */
static struct request *
make_exchange(struct config *c)
{
	struct request *r = site_ask(c, "/a b");
	struct head *head = (struct head *)(uintptr_t)r->head;

	head->line = STR("GET /a%20b?q=\"1\" HTTP/1.1");
	r->has_query = true;
	r->query = STR("q=\"1\"");
	r->filename = "/srv/www/a b";
	r->handler = "cgi-script";
	r->status = 404;
	r->body_sent = 1234;
	r->bytes_in = 100;
	r->bytes_out = 1500;
	r->keep_going = true;
	r->client->answered = 3;
	r->user = STR("fr\"ed");
	r->started_us = INT64_C(1795380645012345);
	r->started_mono_us = clock_us_now() - 2500000;
	fields_add(&r->in, STR("Host"), STR("x.org"));
	fields_add(&r->in, STR("X-Two"), STR("1"));
	fields_add(&r->in, STR("X-Two"), STR("2"));
	fields_add(&r->in, STR("X-Bad"), STR("a\"b\\c\x01\xff"));
	fields_add(&r->in, STR("X-Empty"), STR(""));
	fields_add(&r->in, STR("Cookie"), STR("b=2; a=1; cc=x=y"));
	fields_add(&r->out, STR("Content-Type"), STR("text/html"));
	fields_add(&r->out_always, STR("Location"), STR("/x"));
	request_env_set(r, STR("VAR"), STR("value"));
	return r;
}

/* A format, and the line it makes. */
static const struct {
	const char	*format, *line;
} lines[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "100%%", "100%" },
	{ "a\\tb\\nc\\\\d\\e", "a\tb\nc\\d\\e" },
	{ "%h %a %{c}a %l", "192.0.2.7 192.0.2.7 192.0.2.7 -" },
	{ "%A", "10.0.0.1" },
	{ "%u", "fr\\\"ed" },
	{ "%r", "GET /a%20b?q=\\\"1\\\" HTTP/1.1" },
	{ "%m %U%q %H", "GET /a b?q=\\\"1\\\" HTTP/1.1" },
	{ "%s %>s %<s", "404 404 404" },
	{ "%b %B", "1234 1234" },
	{ "%I %O %S", "100 1500 1600" },
	{ "%f %R", "/srv/www/a b cgi-script" },
	{ "%k %X", "3 +" },
	{ "%v", "site.test" },
	{ "%p %{canonical}p %{local}p %{remote}p", "80 80 80 4711" },
	{ "%T %{s}T", "2 2" },
	{ "%{X-Two}i", "1, 2" },
	{ "%{x-two}i", "1, 2" },
	{ "%{X-Bad}i", "a\\\"b\\\\c\\x01\\xff" },
	{ "<%{X-Empty}i>", "<>" },
	{ "%{X-None}i", "-" },
	{ "%{Content-Type}o %{Location}o %{None}o", "text/html /x -" },
	{ "%{a}C %{b}C %{cc}C %{c}C", "1 2 x=y -" },
	{ "%{VAR}e %{NONE}e", "value -" },
	{ "%{note}n %L %^FB %{x}^ti %{x}^to", "- - - - -" },
	{ "%404{Host}i %200{Host}i", "x.org -" },
	{ "%200,404{Host}i", "x.org" },
	{ "%!200{Host}i %!404,500{Host}i", "x.org -" },
	{ "%{sec}t %{msec}t %{usec}t", "1795380645 1795380645012 "
	  "1795380645012345" },
	{ "%{msec_frac}t %{usec_frac}t", "012 012345" },
	{ "%{begin:sec}t %{%s}t %{begin:%s}t", "1795380645 1795380645 "
	  "1795380645" },
	{ "%{nope}t", "nope" },
};

START_TEST(line)
{
	struct config *c = site_open(table, 2, "");
	struct request *r = make_exchange(c);
	const struct format *f;
	struct str made;

	ck_assert_ptr_null(format_compile(c->arena, lines[_i].format, &f));
	made = format_line(f, r, r);
	ck_assert(str_ends(made, STR("\n")));
	made.n--;
	ck_assert_str_eq(str_z(c->arena, made), lines[_i].line);
	config_end(c);
}
END_TEST

START_TEST(usual_time)
{
	struct config *c = site_open(table, 2, "");
	struct request *r = make_exchange(c);
	const struct format *f;
	char want[100], out[CLOCK_LOG_SIZE];

	clock_tick();
	clock_log_format(1795380645, out);
	snprintf(want, sizeof(want), "[%s] [%s]\n", out, out);
	format_compile(c->arena, "%t %{begin}t", &f);
	ck_assert_str_eq(str_z(c->arena, format_line(f, r, r)), want);
	/* The cached time must be the same text. */
	r->started_us = (int64_t)clock_now() * 1000000;
	clock_log_format(clock_now(), out);
	snprintf(want, sizeof(want), "[%s] [%s]\n", out, out);
	ck_assert_str_eq(str_z(c->arena, format_line(f, r, r)), want);
	config_end(c);
}
END_TEST

START_TEST(nothing_known)
{
	struct config *c = site_open(table, 2, "");
	struct request *r = site_ask(c, "");
	const struct format *f;

	((struct head *)(uintptr_t)r->head)->version = 0;
	r->method_name = STR_NONE;
	r->status = 408;
	r->aborted = true;
	format_compile(c->arena, "%u|%r|%m|%U|%q|%H|%b|%B|%f|%R|%s|%X", &f);
	ck_assert_str_eq(str_z(c->arena, format_line(f, r, r)),
	    "-|-|-|-||-|-|0|-|-|408|X\n");
	config_end(c);
}
END_TEST

/* After a redirect some letters tell of the first request, others of the
 * last; < and > choose. */
START_TEST(first_and_last)
{
	struct config *c = site_open(table, 2, "");
	struct request *first = make_exchange(c);
	struct request *last = site_ask(c, "/error.html");
	const struct format *f;

	last->prev = first;
	last->status = 500;
	last->filename = "/srv/error";
	format_compile(c->arena, "%s %>s %U %>U %f %<f %500{Host}i", &f);
	ck_assert_str_eq(str_z(c->arena, format_line(f, first, last)),
	    "404 500 /a b /error.html /srv/error /srv/www/a b -\n");
	config_end(c);
}
END_TEST

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
		struct str made = format_line(log->format, r, r);

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
	ck_assert(str_is(two->format->at[0].arg, "own\n"));
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

	tcase_add_loop_test(t, line, 0, COUNT(lines));
	tcase_add_test(t, usual_time);
	tcase_add_test(t, nothing_known);
	tcase_add_test(t, first_and_last);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, names_may_follow);
	tcase_add_test(t, hosts_inherit_or_replace);
	tcase_add_test(t, conditions);
	tcase_add_test(t, writes_whole_lines);
	tcase_add_test(t, lost_lines_are_told_once);
	suite_add_tcase(s, t);
	return site_run(s);
}
