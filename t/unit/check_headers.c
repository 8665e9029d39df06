/*
 * check_headers.c - what Header and RequestHeader lines do to lists of fields.
 *
 * How both servers answer is compared in t/peer/tables/headers.table.
 */
#include <stdio.h>

#include "modules/headers.c"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct module *const table[] = { &mod_core, &mod_headers };

static struct config *
open_site(const char *line)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\n", line);
	return site_open(table, 2, text);
}

/* All fields as lines. */
static const char *
written(struct request *r, const struct fields *f)
{
	struct text t = { .arena = r->arena };

	for (size_t i = 0; i < f->n; i++)
		text_addf(&t, "%.*s: %.*s\n", STR_ARGS(f->at[i].name),
		    STR_ARGS(f->at[i].value));
	return text_z(&t);
}

/* Lines, and what the fields "A: one, two", "B: 1" and "B: 2" become. */
static const struct {
	const char	*lines, *fields;
} changes[] = {
	{ "Header set C x", "A: one, two\nB: 1\nB: 2\nC: x\n" },
	{ "Header set a x", "A: x\nB: 1\nB: 2\n" },
	{ "Header set B: x", "A: one, two\nB: x\n" },
	{ "Header setifempty A x\nHeader setifempty C x",
	  "A: one, two\nB: 1\nB: 2\nC: x\n" },
	{ "Header add A x", "A: one, two\nB: 1\nB: 2\nA: x\n" },
	{ "Header append B x\nHeader append C x",
	  "A: one, two\nB: 1, x\nB: 2\nC: x\n" },
	{ "Header merge A two\nHeader merge A TWO\nHeader merge C c",
	  "A: one, two, TWO\nB: 1\nB: 2\nC: c\n" },
	{ "Header unset B\nHeader unset C", "A: one, two\n" },
	{ "Header edit A o 0\nHeader edit B \\d <$0>",
	  "A: 0ne, two\nB: <1>\nB: <2>\n" },
	{ "Header edit* A o 0", "A: 0ne, tw0\nB: 1\nB: 2\n" },
	{ "Header edit A ^(.*),\\s(.*)$ \"$2\\\\$1 \\\\& $1\"",
	  "A: two$1 & one\nB: 1\nB: 2\n" },
	{ "Header edit* A x* -", "A: -o-n-e-,- -t-w-o-\nB: 1\nB: 2\n" },
	{ "Header edit A ^.*$ \"\"", "A: \nB: 1\nB: 2\n" },
	{ "Header edit B 2 \"%{ENV}e\"", "A: one, two\nB: 1\nB: of env\n" },
	{ "Header echo ^X-", "A: one, two\nB: 1\nB: 2\nX-In: in\n" },
	{ "Header note A n\nHeader set A \"expr=<%{note:n}>\"",
	  "A: <one, two>\nB: 1\nB: 2\n" },
	{ "Header set A \"%% %{env}e %{NO}e %{S}s a\\\\tb %\"",
	  "A: % of env (null) (null) a\tb %\nB: 1\nB: 2\n" },
	{ "Header set A \"  x\\\\n\\\\rSet-Cookie: y \"",
	  "A: x  Set-Cookie: y\nB: 1\nB: 2\n" },
	{ "Header set A \"%{BAD}e\"", "A: a  X: b\nB: 1\nB: 2\n" },
	{ "Header set A \"expr=%{toupper:x}\"", "A: X\nB: 1\nB: 2\n" },
	{ "Header unset A env=ENV\nHeader unset B env=NO", "B: 1\nB: 2\n" },
	{ "Header unset A env=!ENV\nHeader unset B env=!NO",
	  "A: one, two\n" },
	{ "Header unset B \"expr=%{resp:A} =~ /one/\"", "A: one, two\n" },
	{ "Header unset B \"expr=%{file:/none} == 'x'\"",
	  "A: one, two\nB: 1\nB: 2\n" },
	{ "Header unset B \"expr=! %{file:/none} == 'x'\"",
	  "A: one, two\nB: 1\nB: 2\n" },
	{ "Header always unset A", "A: one, two\nB: 1\nB: 2\n" },
	{ "Header onsuccess unset A", "B: 1\nB: 2\n" },
	{ "Header set B early early", "A: one, two\nB: 1\nB: 2\n" },
};

static struct request *
prepared(struct config *c)
{
	struct request *r = site_ask(c, "/");

	fields_add(&r->in, STR("X-In"), STR("in"));
	fields_add(&r->out, STR("A"), STR("one, two"));
	fields_add(&r->out, STR("B"), STR("1"));
	fields_add(&r->out, STR("B"), STR("2"));
	request_env_set(r, STR("ENV"), STR("of env"));
	request_env_set(r, STR("BAD"), STR("a\r\nX: b"));
	return r;
}

START_TEST(changes_fields)
{
	struct config *c = open_site(changes[_i].lines);
	struct request *r = prepared(c);
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	headers(r);
	ck_assert_str_eq(written(r, &r->out), changes[_i].fields);
	config_end(c);
}
END_TEST

START_TEST(own_pages_have_always_only)
{
	struct config *c = open_site("Header set S s\nHeader always set T t\n"
	    "Header always set Content-Type text/x");
	struct request *r = site_ask(c, "/");

	r->own_page = true;
	headers(r);
	ck_assert_str_eq(written(r, &r->out), "Content-Type: text/x\n");
	ck_assert_str_eq(written(r, &r->out_always), "T: t\n");
	ck_assert(r->edited);
	config_end(c);
}
END_TEST

START_TEST(changes_requests)
{
	struct config *c = open_site("RequestHeader append X-In more\n"
	    "RequestHeader set New 1 env=!NO\nRequestHeader set E 1 early");
	struct request *r = site_ask(c, "/");

	fields_add(&r->in, STR("X-In"), STR("in"));
	ck_assert_int_eq(early(r), PASS);
	ck_assert_str_eq(written(r, &r->in), "X-In: in\nE: 1\n");
	ck_assert_int_eq(fixup(r), PASS);
	ck_assert_str_eq(written(r, &r->in), "X-In: in, more\nE: 1\nNew: 1\n");
	config_end(c);
}
END_TEST

static const char *const mistakes[] = { "Header set X", "Header unset X y",
    "Header unset X env=A env=B", "Header echo (", "Header set X y z",
    "Header set X y env=", "Header set X y env=!", "Header edit X a",
    "Header edit X ( b", "Header set X %Q", "Header set X %{A",
    "Header set X a%{A}", "Header foo X y", "Header always",
    "Header always set", "RequestHeader echo X", "RequestHeader note X y",
    "RequestHeader always set X y", "Header set \"X y\" z",
    "Header set : z", "Header set X \"expr=%{FOO}\"",
    "Header set X y \"expr=%{FOO} == 1\"", "Header add X y z w",
    "Header always set X y expr=true extra", "Header edit X a b c" };

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
	Suite *s = suite_create("headers");
	TCase *t = tcase_create("headers");

	tcase_add_loop_test(t, changes_fields, 0, COUNT(changes));
	tcase_add_test(t, own_pages_have_always_only);
	tcase_add_test(t, changes_requests);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	suite_add_tcase(s, t);
	return site_run(s);
}
