/*
 * check_logformat.c - formats of the access log, and the lines they make.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "serve/logformat.h"
#include "serve/retold.h"

#include "exchange.h"
#include "run.h"

static struct module *const table[] = { &mod_core };

static bool
no_notes(struct text *t, const struct request *r, struct str name)
{
	(void)t;
	(void)r;
	(void)name;
	return false;
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
	struct config *c = site_open(table, 1, "");
	struct request *r = make_exchange(c);
	const struct logformat *f;
	struct str made;

	ck_assert_ptr_null(logformat_compile(c->arena, lines[_i].format,
	    no_notes, &f));
	made = logformat_line(f, r, r);
	ck_assert(str_ends(made, STR("\n")));
	made.n--;
	ck_assert_str_eq(str_z(c->arena, made), lines[_i].line);
	config_end(c);
}
END_TEST

/* The letters whose value needs more than the answer, who asks, and when. */
static bool
needs_more(const char *format)
{
	return strstr(format, "%A") != NULL || strstr(format, "}p") != NULL ||
	    strstr(format, "%V") != NULL || strstr(format, "%^FB") != NULL;
}

static struct text told;

static void
tell(const struct retold_line *l, const struct request *moment)
{
	logformat_again(&told, l, moment);
}

/* An answer that is given again has the same line, put together anew from
 * pieces; here between two others. */
START_TEST(line_again)
{
	struct config *c = site_open(table, 1, "");
	struct request *r = make_exchange(c), moment = { 0 };
	const char *format[] = { "%s", lines[_i].format, "%a" };
	struct retold leaves = { .arena = c->arena }, *copy;
	const struct logformat *f;

	r->retold = &leaves;
	for (size_t i = 0; i < COUNT(format); i++) {
		struct retold_line *l;

		logformat_compile(c->arena, format[i], no_notes, &f);
		l = logformat_retell(f, r, r);
		ck_assert_int_eq(l == NULL, needs_more(format[i]));
		ck_assert_int_eq(leaves.whole, needs_more(lines[_i].format) &&
		    i > 0);
		if (l != NULL)
			l->tell = tell;
	}
	copy = retold_copy(&leaves, malloc(retold_size(&leaves)));
	moment.arena = c->arena;
	moment.client = r->client;
	moment.started_us = r->started_us;
	moment.started_mono_us = r->started_mono_us;
	told = (struct text){ .arena = c->arena };
	retold_tell(copy, &moment);
	ck_assert_str_eq(text_z(&told), str_zfmt(c->arena, "404\n%s%s"
	    "192.0.2.7\n", leaves.whole ? "" : lines[_i].line,
	    leaves.whole ? "" : "\n"));
	free(copy);
	config_end(c);
}
END_TEST

/* Whether an answer's lines need the time to parts of a second. */
static const struct {
	const char	*format;
	bool		 exact;
} times[] = {
	{ "%h %t", false },
	{ "%h %r", false },
	{ "%k", false },
	{ "%D", true },
	{ "%T", true },
	{ "%{usec}t", true },
	{ "%404D", true },
	{ "%500D", false },
};

START_TEST(exact_time)
{
	struct config *c = site_open(table, 1, "");
	struct request *r = make_exchange(c);
	struct retold leaves = { .arena = c->arena };
	const struct logformat *f;

	r->retold = &leaves;
	logformat_compile(c->arena, times[_i].format, no_notes, &f);
	ck_assert_ptr_nonnull(logformat_retell(f, r, r));
	ck_assert_int_eq(leaves.exact, times[_i].exact);
	config_end(c);
}
END_TEST

START_TEST(usual_time)
{
	struct config *c = site_open(table, 1, "");
	struct request *r = make_exchange(c);
	const struct logformat *f;
	char want[100], out[CLOCK_LOG_SIZE];

	clock_tick();
	clock_log_format(1795380645, out);
	snprintf(want, sizeof(want), "[%s] [%s]\n", out, out);
	logformat_compile(c->arena, "%t %{begin}t", no_notes, &f);
	ck_assert_str_eq(str_z(c->arena, logformat_line(f, r, r)), want);
	/* The cached time must be the same text. */
	r->started_us = (int64_t)clock_now() * 1000000;
	clock_log_format(clock_now(), out);
	snprintf(want, sizeof(want), "[%s] [%s]\n", out, out);
	ck_assert_str_eq(str_z(c->arena, logformat_line(f, r, r)), want);
	config_end(c);
}
END_TEST

START_TEST(nothing_known)
{
	struct config *c = site_open(table, 1, "");
	struct request *r = site_ask(c, "");
	const struct logformat *f;

	((struct head *)(uintptr_t)r->head)->version = 0;
	r->method_name = STR_NONE;
	r->status = 408;
	r->aborted = true;
	logformat_compile(c->arena, "%u|%r|%m|%U|%q|%H|%b|%B|%f|%R|%s|%X",
	    no_notes, &f);
	ck_assert_str_eq(str_z(c->arena, logformat_line(f, r, r)),
	    "-|-|-|-||-|-|0|-|-|408|X\n");
	config_end(c);
}
END_TEST

/* After a redirect some letters tell of the first request, others of the
 * last; < and > choose. */
START_TEST(first_and_last)
{
	struct config *c = site_open(table, 1, "");
	struct request *first = make_exchange(c);
	struct request *last = site_ask(c, "/error.html");
	const struct logformat *f;

	last->prev = first;
	last->status = 500;
	last->filename = "/srv/error";
	logformat_compile(c->arena, "%s %>s %U %>U %f %<f %500{Host}i",
	    no_notes, &f);
	ck_assert_str_eq(str_z(c->arena, logformat_line(f, first, last)),
	    "404 500 /a b /error.html /srv/error /srv/www/a b -\n");
	config_end(c);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lines");

	tcase_add_loop_test(tc, line, 0, COUNT(lines));
	tcase_add_loop_test(tc, line_again, 0, COUNT(lines));
	tcase_add_loop_test(tc, exact_time, 0, COUNT(times));
	tcase_add_test(tc, usual_time);
	tcase_add_test(tc, nothing_known);
	tcase_add_test(tc, first_and_last);
	return run_case("logformat", tc);
}
