/*
 * check_expires.c - how long an answer may be kept.
 */
#include <stdio.h>

#include "modules/expires.c"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct module *const table[] = { &mod_core, &mod_expires };

static struct config *
open_site(const char *lines)
{
	char text[1024];

	snprintf(text, sizeof(text), "ExpiresActive On\n%s\n", lines);
	return site_open(table, 2, text);
}

/* The seconds for a text/html that changed 100 seconds ago; -1: none. */
static const struct {
	const char	*lines;
	long		 seconds;
} lifetimes[] = {
	{ "ExpiresDefault A3600", 3600 },
	{ "ExpiresDefault a3600", 3600 },
	{ "ExpiresDefault A0", 0 },
	{ "ExpiresDefault A-5", 0 },
	{ "ExpiresDefault M3600", 3500 },
	{ "ExpiresDefault M50", 0 },
	{ "ExpiresDefault access", 0 },
	{ "ExpiresDefault \"access plus\"", 0 },
	{ "ExpiresDefault \"access plus 1 year\"", 31536000 },
	{ "ExpiresDefault \"Access plus 2 months\"", 5184000 },
	{ "ExpiresDefault \"now plus 1 week 1 day 1 h\"", 694800 },
	{ "ExpiresDefault \"now  1 min  1 sec\"", 61 },
	{ "ExpiresDefault \"modification plus 1 hour\"", 3500 },
	{ "ExpiresDefault \"MOD plus 1 hour\"", 3500 },
	{ "ExpiresByType text/html A1\nExpiresDefault A2", 1 },
	{ "ExpiresByType TEXT/* A1\nExpiresDefault A2", 1 },
	{ "ExpiresByType text/* A1\nExpiresByType text/html A3", 3 },
	{ "ExpiresByType text/htm A1\nExpiresDefault A2", 2 },
	{ "ExpiresByType text/plain A1", -1 },
	{ "ExpiresActive Off\nExpiresDefault A2", -1 },
	{ "", -1 },
};

static struct request *
asking(struct config *c)
{
	struct request *r = site_ask(c, "/");

	r->started_us = INT64_C(1000000000) * 1000000;
	r->found.kind = FOUND_FILE;
	r->found.st.st_mtime = 1000000000 - 100;
	fields_set(&r->out, STR("Content-Type"),
	    STR("Text/HTML; charset=utf-8"));
	return r;
}

START_TEST(lives)
{
	struct config *c = open_site(lifetimes[_i].lines);
	struct request *r = asking(c);
	char age[40], date[CLOCK_HTTP_SIZE];
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	headers(r);
	if (lifetimes[_i].seconds < 0) {
		ck_assert(!fields_has(&r->out, STR("Expires")));
		ck_assert(!fields_has(&r->out, STR("Cache-Control")));
	} else {
		snprintf(age, sizeof(age), "max-age=%ld",
		    lifetimes[_i].seconds);
		clock_http_format(1000000000 + lifetimes[_i].seconds, date);
		ck_assert(str_is(fields_get(&r->out, STR("Cache-Control")),
		    age));
		ck_assert(str_is(fields_get(&r->out, STR("Expires")), date));
	}
	config_end(c);
}
END_TEST

START_TEST(adds_to_what_is_there)
{
	struct config *c = open_site("ExpiresDefault A5");
	struct request *r = asking(c);

	fields_add(&r->out, STR("Cache-Control"), STR("private"));
	headers(r);
	ck_assert(str_is(fields_get(&r->out, STR("Cache-Control")),
	    "private, max-age=5"));
	config_end(c);
}
END_TEST

START_TEST(is_silent)
{
	struct config *c = open_site("ExpiresDefault A5");
	struct request *own = asking(c), *program = asking(c),
	    *error = asking(c);

	fields_add(&own->out, STR("Expires"), STR("0"));
	headers(own);
	fields_add(&program->out_always, STR("Expires"), STR("0"));
	headers(program);
	error->status = 404;
	headers(error);
	ck_assert(!fields_has(&own->out, STR("Cache-Control")));
	ck_assert(!fields_has(&program->out, STR("Cache-Control")));
	ck_assert(!fields_has(&error->out, STR("Cache-Control")));
	config_end(c);
}
END_TEST

START_TEST(needs_a_file)
{
	struct config *c = open_site("ExpiresDefault M5000");
	struct request *r = asking(c);

	r->found.kind = FOUND_NOTHING;
	headers(r);
	ck_assert(!fields_has(&r->out, STR("Expires")));
	config_end(c);
}
END_TEST

static const char *const mistakes[] = { "ExpiresDefault X5",
    "ExpiresDefault 5", "ExpiresDefault A", "ExpiresDefault \"\"",
    "ExpiresDefault \"access plus 1\"",
    "ExpiresDefault \"access plus 1 fortnight\"",
    "ExpiresDefault \"access plus one month\"",
    "ExpiresDefault \"access 1 m\"", "ExpiresDefault \"later plus 1 day\"",
    "ExpiresDefault \"access plus -1 day\"",
    "ExpiresDefault \"access plus 1day\"",
    "ExpiresDefault \"access plus 1000 years\"",
    "ExpiresDefault access plus 1 day", "ExpiresByType text A1",
    "ExpiresByType text/html" };

START_TEST(tells_mistakes)
{
	struct config *c = open_site(mistakes[_i]);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("expires");
	TCase *t = tcase_create("expires");

	tcase_add_loop_test(t, lives, 0, COUNT(lifetimes));
	tcase_add_test(t, adds_to_what_is_there);
	tcase_add_test(t, is_silent);
	tcase_add_test(t, needs_a_file);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
