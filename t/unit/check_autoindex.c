#include "modules/autoindex.c"

#include "site.h"
#include "tree.h"

static struct module *const table[] = { &mod_core, &mod_autoindex };

static struct config *
open_site(const char *text)
{
	static char all[2048];

	snprintf(all, sizeof(all), "DocumentRoot %s\nOptions Indexes\n%s",
	    tree_root, text);
	return site_open(table, 2, all);
}

/* Which names are hidden. */
static const struct {
	const char	*conf, *name;
	bool		 hidden;
} names[] = {
	{ "", ".", true }, { "", "..", true }, { "", ".htaccess", true },
	{ "", ".a", false }, { "", "a~", true }, { "", "a#", true },
	{ "", "RCS", true }, { "", "CVS", true }, { "", "a,v", true },
	{ "", "a,t", true }, { "", "a.txt", false }, { "", "a.b~c", false },
	{ "IndexIgnore *.bak", "a.bak", true },
	{ "IndexIgnore *.bak", "a.txt", false },
	{ "IndexIgnore *.bak", ".htaccess", false },
	{ "IndexIgnore *.bak", "..", true },
	{ "IndexIgnore x y\nIndexIgnore z", "y", true },
	{ "IndexIgnore x y\nIndexIgnore z", "z", true },
	{ "IndexIgnore */*", "anything", true },
	{ "IndexIgnore a?c", "abc", true },
	{ "IndexIgnore a?c", "ABC", false },
};

START_TEST(ignored)
{
	struct config *c = open_site(names[_i].conf);
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(is_ignored(scope_get(c->main->scope, &mod_autoindex),
	    str_of(names[_i].name)), names[_i].hidden);
	config_end(c);
}
END_TEST

START_TEST(reset)
{
	struct config *c = open_site("IndexIgnore a\n<Location /l>\n"
	    "IndexIgnoreReset On\n</Location>\n<Location /m>\nIndexIgnore b\n"
	    "</Location>");
	const struct vec *l = hash_get(c->main->sections.locations,
	    STR("/l")), *m = hash_get(c->main->sections.locations, STR("/m"));
	const struct autoindex_conf *conf;

	conf = scope_get(scope_merge(c->arena, c->main->scope,
	    ((const struct section *)l->at[0])->scope), &mod_autoindex);
	ck_assert(!is_ignored(conf, STR("a")));
	ck_assert(!is_ignored(conf, STR(".htaccess")));
	ck_assert(is_ignored(conf, STR(".")));
	conf = scope_get(scope_merge(c->arena, c->main->scope,
	    ((const struct section *)m->at[0])->scope), &mod_autoindex);
	ck_assert(is_ignored(conf, STR("a")));
	ck_assert(is_ignored(conf, STR("b")));
	config_end(c);
}
END_TEST

/* How a name is written. */
static const struct {
	const char	*name;
	bool		 directory;
	const char	*html;
} entries[] = {
	{ "a.txt", false, "<li><a href=\"a.txt\"> a.txt</a></li>\n" },
	{ "sub", true, "<li><a href=\"sub/\"> sub/</a></li>\n" },
	{ "a b", false, "<li><a href=\"a%20b\"> a b</a></li>\n" },
	{ "<&\">", false,
	  "<li><a href=\"%3C&amp;%22%3E\"> &lt;&amp;&quot;&gt;</a></li>\n" },
	{ "a?b#c%d", false,
	  "<li><a href=\"a%3Fb%23c%25d\"> a?b#c%d</a></li>\n" },
	{ "a:b", false, "<li><a href=\"./a:b\"> a:b</a></li>\n" },
	{ "\xc3\xa9", false,
	  "<li><a href=\"%C3%A9\"> \xc3\xa9</a></li>\n" },
};

START_TEST(entry)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct listed e = { str_of(entries[_i].name), entries[_i].directory };

	write_entry(&t, &e);
	ck_assert_str_eq(text_z(&t), entries[_i].html);
	arena_end(a);
}
END_TEST

/* The listing of a path, as it would be sent. */
static struct str
list(struct config *c, const char *uri)
{
	struct request *r = request_lookup(site_ask(c, "/"), str_of(uri));
	struct piece p;

	ck_assert_int_eq(r->status, 200);
	ck_assert_int_eq(handle(r), DONE);
	ck_assert_int_eq(r->body->look(r->body, &p), PULL_PIECE);
	ck_assert_int_eq(r->length, (int64_t)p.n);
	ck_assert(str_is(fields_get(&r->out, STR("Content-Type")),
	    "text/html;charset=UTF-8"));
	return str_n(p.at, p.n);
}

static bool
has(struct str page, const char *what)
{
	return str_find_str(page, str_of(what)) >= 0;
}

START_TEST(page)
{
	struct config *c = open_site("");
	struct str html;

	tree_directory("pub");
	tree_directory("pub/sub dir");
	tree_file("pub/b.txt", "");
	tree_file("pub/B.txt", "");
	tree_file("pub/a.txt", "");
	tree_file("pub/.hidden", "");
	ck_assert_int_eq(mkfifo(tree_path("pub/fifo"), 0644), 0);
	ck_assert_int_eq(symlink("nowhere", tree_path("pub/dangling")), 0);
	html = list(c, "/pub/");
	ck_assert(has(html, "<title>Index of /pub</title>"));
	ck_assert(has(html, "<ul>\n"
	    "<li><a href=\"/\"> Parent Directory</a></li>\n"
	    "<li><a href=\"B.txt\"> B.txt</a></li>\n"
	    "<li><a href=\"a.txt\"> a.txt</a></li>\n"
	    "<li><a href=\"b.txt\"> b.txt</a></li>\n"
	    "<li><a href=\"sub%20dir/\"> sub dir/</a></li>\n"
	    "</ul>\n"));
	html = list(c, "/pub/sub%20dir/");
	ck_assert(has(html, "<a href=\"/pub/\"> Parent Directory</a>"));
	html = list(c, "/");
	ck_assert(!has(html, "Parent Directory"));
	ck_assert(has(html, "<a href=\"pub/\"> pub/</a>"));
	config_end(c);
}
END_TEST

START_TEST(large_directory)
{
	struct config *c = open_site("");
	char name[32];
	struct str html;
	size_t before;

	tree_directory("many");
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "many/f%04d", (i * 7) % 2000);
		tree_file(name, "");
	}
	before = arena_bytes(c->arena);
	html = list(c, "/many/");
	ck_assert(has(html, "f0000</a></li>\n<li><a href=\"f0001\">"));
	ck_assert(has(html, "f1998</a></li>\n<li><a href=\"f1999\">"));
	/* What the look-ups needed is not kept. */
	ck_assert_uint_lt(arena_bytes(c->arena) - before, 1 << 20);
	config_end(c);
}
END_TEST

START_TEST(not_for_us)
{
	struct config *c = open_site("");
	struct request *r = request_lookup(site_ask(c, "/"), STR("/"));

	r->method = METHOD_POST;
	ck_assert_int_eq(handle(r), PASS);
	r->method = METHOD_GET;
	r->handler = "other";
	ck_assert_int_eq(handle(r), PASS);
	config_end(c);
	c = open_site("Options None");
	r = request_lookup(site_ask(c, "/"), STR("/"));
	ck_assert_int_eq(handle(r), PASS);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("autoindex");
	TCase *t = tcase_create("autoindex");

	tcase_add_checked_fixture(t, tree_new, tree_end);
	tcase_add_loop_test(t, ignored, 0, COUNT(names));
	tcase_add_test(t, reset);
	tcase_add_loop_test(t, entry, 0, COUNT(entries));
	tcase_add_test(t, page);
	tcase_add_test(t, large_directory);
	tcase_add_test(t, not_for_us);
	suite_add_tcase(s, t);
	return site_run(s);
}
