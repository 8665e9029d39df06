/*
 * check_directive.c - from nodes to settings, and every error on the way.
 */
#include <check.h>
#include <inttypes.h>
#include <string.h>

#include "reading.h"

struct conf {
	enum flag	 keep_alive;
	struct number	 port, timeout_ms, body, tokens;
	const char	*name, *root;
	struct vec	 aliases, indexes;
	unsigned	 sum;
};

/* What a section of the test is: its words, and where its settings went. */
struct section {
	const char	*path;
	struct scope	*scope;
};

static struct vec sections;

static const char *
set_sum(struct setting *s)
{
	struct conf *c = s->conf;
	int64_t n;
	int i;
	const char *error;

	for (i = 0; i < s->argc; i++) {
		error = read_number(s, i, 0, 9, &n);
		if (error != NULL)
			return error;
		c->sum += (unsigned)n;
	}
	return NULL;
}

static const char *
set_warn(struct setting *s)
{
	setting_warn(s, s->argc - 1, "is old");
	return NULL;
}

static const char *
open_section(struct setting *s)
{
	struct section *n = arena_one(s->arena, struct section);
	struct place inside = {
		.where = str_is(str_of(s->row->name), "<VirtualHost>") ?
		    IN_VHOST : IN_DIRECTORY,
		.scope = scope_new(s->arena), .up = s->place,
	};

	if (s->argv[0].z[0] != '/' && s->argv[0].z[0] != '*')
		return "needs a path";
	n->path = s->argv[0].z;
	n->scope = inside.scope;
	vec_add(s->arena, &sections, n);
	directive_apply(s->reading, &inside, s->node->children);
	if (str_is(str_of(n->path), "/late"))
		return "is late with its error";
	return NULL;
}

#define AT(field)	offsetof(struct conf, field)

static const char *const tokens[] = { "Full", "OS", "Prod", NULL };

static const struct directive rows[] = {
	{ "KeepAlive", 1, 1, IN_CONF, SLOT_FLAG, AT(keep_alive), NULL,
	  "On or Off" },
	{ "Port", 1, 1, IN_CONF, SLOT_NUMBER, AT(port), NULL, "a port",
	  1, 65535 },
	{ "Timeout", 1, 1, IN_CONF, SLOT_SECONDS, AT(timeout_ms), NULL,
	  "seconds" },
	{ "ShortTimeout", 1, 1, IN_CONF, SLOT_SECONDS, AT(timeout_ms), NULL,
	  "seconds", 100, 5000 },
	{ "Body", 1, 1, IN_ANY | OVERRIDE_LIMIT | OVERRIDE_OPTIONS, SLOT_BYTES,
	  AT(body), NULL, "bytes" },
	{ "Tokens", 1, 1, IN_SERVER, SLOT_WORD, AT(tokens), NULL,
	  "how much to tell", .words = tokens },
	{ "Name", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_STRING, AT(name), NULL,
	  "a name" },
	{ "Root", 1, 1, IN_CONF, SLOT_PATH, AT(root), NULL, "a directory" },
	{ "Alias", 1, MANY, IN_ANY, SLOT_LIST, AT(aliases), NULL, "names" },
	{ "Index", 1, MANY, IN_SECTION | IN_HTACCESS, SLOT_LIST_REPLACE,
	  AT(indexes), NULL, "names" },
	{ "Sum", 2, 3, IN_CONF, SLOT_NONE, 0, set_sum, "small numbers" },
	{ "Old", 0, 1, IN_ANY, SLOT_NONE, 0, set_warn, "" },
	{ "Raw", 1, 1, IN_ANY | RAW_ARGUMENT, SLOT_STRING, AT(name), NULL,
	  "anything" },
	{ "Ignored", 2, 2, IN_ANY | ACCEPTED_ONLY, SLOT_NONE, 0, NULL,
	  "two words" },
	{ "<Directory>", 1, 1, IN_CONF | IS_SECTION, SLOT_NONE, 0,
	  open_section, "a path" },
	{ "<VirtualHost>", 1, MANY, IN_SERVER | IS_SECTION, SLOT_NONE, 0,
	  open_section, "addresses" },
	{ 0 }
};

static struct module core = {
	.name = "core", .alias = "core.c", .rows = rows,
	.conf_size = sizeof(struct conf),
};
static struct module *const table[] = { &mod_language, &core };
static struct arena *a;
static struct reading *r;
static struct place place;

static void
open_reading(void)
{
	modules_init(table, 2);
	a = arena_new();
	r = reading_new(a, "/srv");
	place = (struct place){ .where = IN_SERVER, .scope = scope_new(a) };
	sections = (struct vec){ 0 };
}

static void
end_reading(void)
{
	arena_end(a);
}

static void
apply(const char *text)
{
	directive_apply(r, &place, parse_text(r, "f", str_of(text)));
}

static const char *
joined(const struct vec *v)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 0; i < v->n; i++)
		text_addf(&t, "(%s)", (const char *)v->at[i]);
	return text_z(&t);
}

static void
add_number(struct text *t, const char *name, struct number n)
{
	if (n.given)
		text_addf(t, " %s=%" PRId64, name, n.is);
}

/* What is set, as " port=80 name=x". */
static const char *
settings(const struct scope *s)
{
	const struct conf *c = scope_get(s, &core);
	struct text t = { .arena = a };

	if (c->keep_alive != FLAG_UNSET)
		text_addf(&t, " keep=%d", c->keep_alive == FLAG_ON);
	add_number(&t, "port", c->port);
	add_number(&t, "ms", c->timeout_ms);
	add_number(&t, "body", c->body);
	add_number(&t, "tokens", c->tokens);
	if (c->name != NULL)
		text_addf(&t, " name=%s", c->name);
	if (c->root != NULL)
		text_addf(&t, " root=%s", c->root);
	if (c->aliases.n > 0)
		text_addf(&t, " aliases=%s", joined(&c->aliases));
	if (c->indexes.n > 0)
		text_addf(&t, " indexes=%s", joined(&c->indexes));
	if (c->sum > 0)
		text_addf(&t, " sum=%u", c->sum);
	return text_z(&t);
}

static const struct {
	const char	*text, *settings, *findings;
} texts[] = {
	{ "", "", "" },
	{ "KeepAlive On", " keep=1", "" },
	{ "keepALIVE off", " keep=0", "" },
	{ "KeepAlive On\nKeepAlive Off", " keep=0", "" },
	{ "KeepAlive maybe", "",
	  "1:11+5 E KeepAlive must be On or Off, not \"maybe\"" },
	{ "Port 80", " port=80", "" },
	{ "Port 0", "", "1:6+1 E Port must be from 1 to 65535, not \"0\"" },
	{ "Port 70000", "",
	  "1:6+5 E Port must be from 1 to 65535, not \"70000\"" },
	{ "Port \"x\"", "",
	  "1:6+3 E Port must be a number from 1 to 65535, not \"x\"" },
	{ "Timeout 5", " ms=5000", "" },
	{ "Timeout 500ms", " ms=500", "" },
	{ "Timeout 0", " ms=0", "" },
	{ "Timeout -5", "",
	  "1:9+2 E Timeout must be from 0 to 2147483 seconds, not \"-5\"" },
	{ "ShortTimeout 5s", " ms=5000", "" },
	{ "ShortTimeout 50ms", "",
	  "1:14+4 E ShortTimeout must be from 100 to 5000 ms, not \"50ms\"" },
	{ "Timeout 5m", "", "1:9+2 E Timeout must be a duration such as 30, "
	  "500ms, 2min or 1h, not \"5m\"" },
	{ "Body 64K", " body=65536", "" },
	{ "Body 3000000000", " body=3000000000", "" },
	{ "Body 1T", "", "1:6+2 E Body must be a number of bytes such as 4096, "
	  "64K or 10M, not \"1T\"" },
	{ "Tokens os", " tokens=1", "" },
	{ "Tokens Prd", "", "1:8+3 E Tokens must be Full, OS or Prod, not "
	  "\"Prd\"; did you mean Prod?" },
	{ "Name \"\"", " name=", "" },
	{ "Root a/../b/", " root=/srv/b", "" },
	{ "Alias a b\nAlias c", " aliases=(a)(b)(c)", "" },
	{ "Raw  a \"b\" ", " name=a \"b\"", "" },
	{ "Ignored a b", "", "" },
	/* setters */
	{ "Sum 1 2", " sum=3", "" },
	{ "Sum 1 2 3", " sum=6", "" },
	{ "Sum 1 x 3", " sum=1",
	  "1:7+1 E Sum must be a number from 0 to 9, not \"x\"" },
	{ "Old x", "", "1:5+1 W Old is old" },
	{ "Old", "", "1:1+3 W Old is old" },
	/* how many arguments */
	{ "KeepAlive", "", "1:1+9 E KeepAlive takes one argument, On or Off" },
	{ "KeepAlive On Off x", "",
	  "1:14+3 E KeepAlive takes one argument, On or Off" },
	{ "Sum 1", "", "1:1+3 E Sum takes 2-3 arguments, small numbers" },
	{ "Sum 1 2 3 4", "",
	  "1:11+1 E Sum takes 2-3 arguments, small numbers" },
	{ "Alias", "", "1:1+5 E Alias requires at least one argument, names" },
	{ "Old a b", "", "1:7+1 E Old takes at most one argument" },
	{ "Raw", "", "1:1+3 E Raw takes one argument, anything" },
	{ "Ignored a", "", "1:1+7 E Ignored takes two arguments, two words" },
	{ "<Directory>\n</Directory>", "",
	  "1:2+9 E <Directory> takes one argument, a path" },
	/* unknown names */
	{ "KepAlive On", "", "1:1+8 E Invalid command 'KepAlive', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration; did you mean KeepAlive?" },
	{ "Zebra On", "", "1:1+5 E Invalid command 'Zebra', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration" },
	{ "Directory /x", "", "1:1+9 E Invalid command 'Directory', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration; did you mean <Directory>?" },
	{ "<Port 80>\n</Port>", "", "1:2+4 E Invalid command '<Port>', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration; did you mean Port?" },
	{ "Inclde x", "", "1:1+6 E Invalid command 'Inclde', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration; did you mean Include?" },
	/* places */
	{ "Index x", "", "1:1+5 E Index not allowed here; it may stand in "
	  "<Directory>, <Location>, <Files>, <If> or .htaccess" },
	{ "<Directory /x>\nPort 80\n</Directory>", "",
	  "2:1+4 E Port not allowed in <Directory> context; it may stand in "
	  "the server configuration or <VirtualHost>" },
	{ "<VirtualHost *>\nTokens Full\nPort 81\n</VirtualHost>", "",
	  "2:1+6 E Tokens not allowed in <VirtualHost> context; it may stand "
	  "in the server configuration" },
	{ "<Directory /x>\n<VirtualHost *>\n</VirtualHost>\n</Directory>", "",
	  "2:2+11 E <VirtualHost> not allowed in <Directory> context; it may "
	  "stand in the server configuration" },
	/* one error does not hide another */
	{ "Port x\nKepAlive\nPort 80\nIndex\nTokens Full Full", " port=80",
	  "1:6+1 E Port must be a number from 1 to 65535, not \"x\"\n"
	  "2:1+8 E Invalid command 'KepAlive', perhaps misspelled or defined "
	  "by a module not included in the server configuration; did you mean "
	  "KeepAlive?\n"
	  "4:1+5 E Index not allowed here; it may stand in <Directory>, "
	  "<Location>, <Files>, <If> or .htaccess\n"
	  "5:13+4 E Tokens takes one argument, how much to tell" },
	/* one mistake is told once */
	{ "Port ${NOPE}", "", "1:6+7 E ${NOPE} is not defined" },
	{ "Index ${NOPE}", "",
	  "1:1+5 E Index not allowed here; it may stand in <Directory>, "
	  "<Location>, <Files>, <If> or .htaccess\n"
	  "1:7+7 E ${NOPE} is not defined" },
	{ "Zebra ${NOPE}", "", "1:1+5 E Invalid command 'Zebra', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration\n1:7+7 E ${NOPE} is not defined" },
};

START_TEST(applies)
{
	apply(texts[_i].text);
	ck_assert_str_eq(finding_words(r), texts[_i].findings);
	ck_assert_str_eq(settings(place.scope), texts[_i].settings);
}
END_TEST

/* A section that cannot be obeyed: what is certainly wrong inside it is told,
 * nothing of it is set, and nothing is told twice. */
static const struct {
	const char	*opening;
	unsigned	 column, n;
	const char	*error;
} bad_sections[] = {
	{ "<Directry /x>", 2, 8, "Invalid command '<Directry>', perhaps "
	  "misspelled or defined by a module not included in the server "
	  "configuration; did you mean <Directory>?" },
	{ "<Directory>", 2, 9, "<Directory> takes one argument, a path" },
	{ "<Directory /x /y>", 15, 2,
	  "<Directory> takes one argument, a path" },
	{ "<Directory x>", 12, 1, "<Directory> needs a path" },
	{ "<Directory ${X}>", 12, 4, "${X} is not defined" },
	{ "<Directory /x", 14, 1, "<Directory> directive missing closing '>'" },
};

START_TEST(checks_children)
{
	apply(str_zfmt(a, "%s\nIndex a\nBody x\nTokens\nPort 80 81\nZebra\n"
	    "<Directory /y>\nPort 80\n</Directory>\n</Directory>",
	    bad_sections[_i].opening));
	ck_assert_str_eq(finding_words(r), str_zfmt(a, "1:%u+%u E %s\n"
	    "3:6+1 E Body must be a number of bytes such as 4096, 64K or 10M, "
	    "not \"x\"\n"
	    "4:1+6 E Tokens takes one argument, how much to tell\n"
	    "5:9+2 E Port takes one argument, a port\n"
	    "6:1+5 E Invalid command 'Zebra', perhaps misspelled or defined "
	    "by a module not included in the server configuration\n"
	    "8:1+4 E Port not allowed in <Directory> context; it may stand in "
	    "the server configuration or <VirtualHost>",
	    bad_sections[_i].column, bad_sections[_i].n,
	    bad_sections[_i].error));
	ck_assert_str_eq(settings(place.scope), "");
}
END_TEST

START_TEST(late_error_is_told_once)
{
	apply("<Directory /late>\nPort 80\n</Directory>");
	ck_assert_str_eq(finding_words(r),
	    "1:12+5 E <Directory> is late with its error\n"
	    "2:1+4 E Port not allowed in <Directory> context; it may stand in "
	    "the server configuration or <VirtualHost>");
}
END_TEST

START_TEST(sections_have_their_scopes)
{
	const struct section *host, *directory;

	apply("Port 1\n<VirtualHost *>\nPort 2\n<Directory /x>\nName n\n"
	    "Index a b\n</Directory>\nName h\n</VirtualHost>\nName m");
	ck_assert_str_eq(finding_words(r), "");
	ck_assert_str_eq(settings(place.scope), " port=1 name=m");
	ck_assert_uint_eq(sections.n, 2);
	host = sections.at[0];
	directory = sections.at[1];
	ck_assert_str_eq(host->path, "*");
	ck_assert_str_eq(settings(host->scope), " port=2 name=h");
	ck_assert_str_eq(directory->path, "/x");
	ck_assert_str_eq(settings(directory->scope),
	    " name=n indexes=(a)(b)");
}
END_TEST

/* A file included by many hosts has its errors once. */
START_TEST(same_lines_twice)
{
	const struct node *nodes = parse_text(r, "f", STR("Port x\nZebra"));

	directive_apply(r, &place, nodes);
	directive_apply(r, &place, nodes);
	ck_assert_uint_eq(diagnosis_errors(r->diagnosis), 2);
}
END_TEST

static const struct {
	unsigned	 overrides;
	const char	*text, *settings, *findings;
} htaccess[] = {
	{ OVERRIDE_ALL, "Name n\nBody 1\nIndex a", " body=1 name=n "
	  "indexes=(a)", "" },
	{ OVERRIDE_LIMIT, "Index a", " indexes=(a)", "" },
	{ 0, "Index a", "", "1:1+5 E Index not allowed here; it needs "
	  "AllowOverrideList Index" },
	{ 0, "Name n", "",
	  "1:1+4 E Name not allowed here; it needs AllowOverride FileInfo" },
	{ OVERRIDE_INDEXES, "Name n", "",
	  "1:1+4 E Name not allowed here; it needs AllowOverride FileInfo" },
	{ OVERRIDE_FILEINFO, "Name n", " name=n", "" },
	{ OVERRIDE_OPTIONS, "Body 1", " body=1", "" },
	{ OVERRIDE_LIMIT, "Body 1", " body=1", "" },
	{ OVERRIDE_AUTHCONFIG, "Body 1", "", "1:1+4 E Body not allowed here; "
	  "it needs AllowOverride Limit or Options" },
	{ OVERRIDE_ALL, "Port 80", "", "1:1+4 E Port not allowed here; it may "
	  "stand in the server configuration or <VirtualHost>" },
	{ OVERRIDE_ALL, "<Directory /x>\nName n\n</Directory>", "",
	  "1:2+9 E <Directory> not allowed here; it may stand in the server "
	  "configuration or <VirtualHost>" },
};

START_TEST(obeys_overrides)
{
	const struct override o = { .classes = htaccess[_i].overrides };

	place.where = IN_HTACCESS;
	r->override = &o;
	apply(htaccess[_i].text);
	ck_assert_str_eq(finding_words(r), htaccess[_i].findings);
	ck_assert_str_eq(settings(place.scope), htaccess[_i].settings);
}
END_TEST

/* Overrides count in .htaccess only. */
START_TEST(no_overrides_elsewhere)
{
	apply("Name n");
	ck_assert_str_eq(settings(place.scope), " name=n");
}
END_TEST

static const struct {
	int		 min, max;
	const char	*help, *usage;
} usages[] = {
	{ 0, 0, "", "takes no arguments" },
	{ 1, 1, "x", "takes one argument, x" },
	{ 2, 2, "x", "takes two arguments, x" },
	{ 3, 3, "", "takes three arguments" },
	{ 7, 7, "", "takes 7 arguments" },
	{ 1, 2, "x", "takes 1-2 arguments, x" },
	{ 0, 1, "", "takes at most one argument" },
	{ 0, 2, "", "takes at most two arguments" },
	{ 1, MANY, "x", "requires at least one argument, x" },
	{ 2, MANY, "", "requires at least two arguments" },
};

START_TEST(usage)
{
	struct directive row = {
		.min = usages[_i].min, .max = usages[_i].max,
		.help = usages[_i].help,
	};

	ck_assert_str_eq(directive_usage(a, &row), usages[_i].usage);
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, \
	sizeof(table) / sizeof(table[0]))

int
main(void)
{
	Suite *suite = suite_create("directive");
	TCase *tc = tcase_create("directive");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, open_reading, end_reading);
	LOOP(tc, applies, texts);
	LOOP(tc, checks_children, bad_sections);
	tcase_add_test(tc, late_error_is_told_once);
	tcase_add_test(tc, sections_have_their_scopes);
	tcase_add_test(tc, same_lines_twice);
	LOOP(tc, obeys_overrides, htaccess);
	tcase_add_test(tc, no_overrides_elsewhere);
	LOOP(tc, usage, usages);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
