#include "listing/entries.c"
#include "listing/page.c"
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
	const struct vec *l = hash_get(c->main->sections->locations,
	    STR("/l")), *m = hash_get(c->main->sections->locations, STR("/m"));
	const struct listing_conf *conf;

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

/* How a name is written in a link. */
static const struct {
	const char	*name;
	bool		 directory;
	const char	*url;
} urls[] = {
	{ "a.txt", false, "a.txt" },
	{ "sub", true, "sub/" },
	{ "a b", false, "a%20b" },
	{ "<&\">", false, "%3c&%22%3e" },
	{ "a?b#c%d", false, "a%3fb%23c%25d" },
	{ "a:b", false, "./a:b" },
	{ "\xc3\xa9", false, "%c3%a9" },
};

START_TEST(url)
{
	struct arena *a = arena_new();

	ck_assert(str_is(url_of(a, str_of(urls[_i].name), urls[_i].directory),
	    urls[_i].url));
	arena_end(a);
}
END_TEST

/* What is said of IndexOptions, in one section and in one inside it. */
static const struct {
	const char	*outer, *inner;
	unsigned	 flags;
} options[] = {
	{ "FancyIndexing", "", LISTING_FANCY },
	{ "HTMLTable", "", LISTING_FANCY | LISTING_TABLE },
	{ "FancyIndexing FoldersFirst", "None", 0 },
	{ "FancyIndexing", "IgnoreCase", 0 },
	{ "FancyIndexing", "+FoldersFirst",
	  LISTING_FANCY | LISTING_FOLDERS_FIRST },
	{ "FancyIndexing VersionSort", "-VersionSort", LISTING_FANCY },
	{ "FancyIndexing -FancyIndexing", "", 0 },
	{ "FancyIndexing NameWidth=* XHTML", "+SuppressIcon",
	  LISTING_FANCY | LISTING_XHTML | LISTING_NO_ICON },
	{ "FancyIndexing IgnoreClient", "", LISTING_FANCY |
	  LISTING_IGNORE_CLIENT | LISTING_NO_SORTING },
};

START_TEST(flags)
{
	char text[512];
	struct config *c;
	struct request *r;
	struct listing l;
	struct str pattern;
	const struct vec *v;
	const char *error;

	snprintf(text, sizeof(text), "IndexOptions %s\n<Location /l>\n%s%s\n"
	    "</Location>", options[_i].outer, options[_i].inner[0] == 0 ? "" :
	    "IndexOptions ", options[_i].inner);
	c = open_site(text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r = site_ask(c, "/l");
	v = hash_get(c->main->sections->locations, STR("/l"));
	r->scope = scope_merge(c->arena, c->main->scope,
	    ((const struct section *)v->at[0])->scope);
	begin(r, scope_get(r->scope, &mod_autoindex), &l, &pattern);
	/* A plain list ignores the rest. */
	ck_assert_uint_eq(l.flags & (l.flags & LISTING_FANCY ? ~0u :
	    LISTING_FANCY), options[_i].flags);
	config_end(c);
}
END_TEST

static const struct {
	const char	*query;
	char		 key, order;
	unsigned	 flags;
	const char	*arguments, *pattern;
} queries[] = {
	{ "", 'N', 'A', LISTING_FANCY, "", "" },
	{ "C=S;O=D", 'S', 'D', LISTING_FANCY, "", "" },
	{ "C=M&O=A", 'M', 'A', LISTING_FANCY, "", "" },
	{ "F=2;V=1", 'N', 'A', LISTING_FANCY | LISTING_TABLE |
	  LISTING_VERSIONS, ";F=2;V=1", "" },
	{ "F=0;C=S", 'N', 'A', 0, ";F=0", "" },
	{ "P=*%2etxt", 'N', 'A', LISTING_FANCY, ";P=*%2etxt", "*.txt" },
	{ "P=%00", 'N', 'A', LISTING_FANCY, "", "" },
	{ "C=X;O=Y;F=9;V=2;Q=1;C;=;C=;C=SS", 'N', 'A', LISTING_FANCY, "", "" },
};

START_TEST(query)
{
	struct config *c = open_site("IndexOptions FancyIndexing");
	struct request *r = site_ask(c, "/");
	struct listing l;
	struct str pattern;

	r->query = str_of(queries[_i].query);
	begin(r, scope_get(r->scope, &mod_autoindex), &l, &pattern);
	ck_assert_int_eq(l.key, queries[_i].key);
	ck_assert_int_eq(l.order, queries[_i].order);
	ck_assert_uint_eq(l.flags, queries[_i].flags);
	ck_assert(str_is(l.arguments, queries[_i].arguments));
	ck_assert(str_is(pattern, queries[_i].pattern));
	config_end(c);
}
END_TEST

/* The first line that fits names the icon. */
static const struct {
	const char	*path, *type, *encoding, *icon;
} icons[] = {
	{ "/d/a.txt", "text/plain", "", "/txt.gif" },
	{ "/d/a.c", "text/plain", "", "/text.gif" },
	{ "/d/a.c.gz", "text/plain", "x-gzip", "/z.gif" },
	{ "/d/README", "", "", "/hand.gif" },
	{ "/d/NOREADME", "", "", "/hand.gif" },
	{ "/d/README.x", "", "", NULL },
	{ "/d/image", "IMAGE/png", "", "/img.gif" },
	{ "^^DIRECTORY^^", "", "", "/dir.gif" },
	{ "..", "", "", "/back.gif" },
};

START_TEST(icon)
{
	struct config *c = open_site("AddIconByEncoding (CMP,/z.gif) x-gzip\n"
	    "AddIcon /txt.gif .txt .text\nAddIcon /hand.gif README\n"
	    "AddIconByType (IMG,/img.gif) image/*\n"
	    "AddIconByType /text.gif text/*\nAddIcon /back.gif ..\n"
	    "AddIcon /dir.gif ^^DIRECTORY^^");
	const struct listing_conf *conf = scope_get(c->main->scope,
	    &mod_autoindex);
	const char *z = entries_note(&conf->icons, str_of(icons[_i].path),
	    str_of(icons[_i].type), str_of(icons[_i].encoding));

	if (icons[_i].icon == NULL)
		ck_assert_ptr_null(z);
	else
		ck_assert_str_eq(z, icons[_i].icon);
	ck_assert_str_eq(entries_note(&conf->alts, STR("/x"), STR("image/gif"),
	    STR("")), "IMG");
	config_end(c);
}
END_TEST

static const struct {
	const char	*line, *message;
} mistakes[] = {
	{ "IndexOptions Fancy", "does not know \"Fancy\"" },
	{ "IndexOptions NameWidth=x", "needs a number or *" },
	{ "IndexOptions IconWidth=*", "needs a number" },
	{ "IndexOrderDefault Up Name", "must be Ascending or Descending" },
	{ "IndexOrderDefault Ascending Colour", "must be Name, Date" },
	{ "AddIcon (TXT .txt", "must be a URL path, or (TEXT,URL)" },
	{ "AddIcon /a.gif", "requires at least two arguments" },
};

START_TEST(tells_mistakes)
{
	struct config *c = open_site(mistakes[_i].line);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_find_str(str_of(error),
	    str_of(mistakes[_i].message)) >= 0, "%s", error);
	config_end(c);
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
	ck_assert(has(html, "<ul>"
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
	tcase_add_loop_test(t, url, 0, COUNT(urls));
	tcase_add_loop_test(t, flags, 0, COUNT(options));
	tcase_add_loop_test(t, query, 0, COUNT(queries));
	tcase_add_loop_test(t, icon, 0, COUNT(icons));
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, page);
	tcase_add_test(t, large_directory);
	tcase_add_test(t, not_for_us);
	suite_add_tcase(s, t);
	return site_run(s);
}
