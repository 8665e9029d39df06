/*
 * check_sections.c - which <Directory>, <Files> and <Location> sections are
 * found, and in which order.
 *
 * Each section here says ForceType and a word; what is found is written as
 * these words.
 */
#include "modules.h"
#include "serve/sections.h"

#include "site.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

#define SECTION(kind, pattern, word) \
	"<" kind " " pattern ">\nForceType " word "\n</" kind ">\n"
#define HOST(text)	"<VirtualHost *:80>\n" text "</VirtualHost>\n"
#define D(pattern, word)	SECTION("Directory", pattern, word)
#define DM(pattern, word)	SECTION("DirectoryMatch", pattern, word)
#define F(pattern, word)	SECTION("Files", pattern, word)
#define FM(pattern, word)	SECTION("FilesMatch", pattern, word)
#define L(pattern, word)	SECTION("Location", pattern, word)
#define LM(pattern, word)	SECTION("LocationMatch", pattern, word)

static struct config *c;

static void
open_site(const char *text)
{
	const char *error;

	c = site_open(features, n_features, text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

static void
teardown(void)
{
	config_end(c);
}

struct collecting {
	struct section_visit visit;
	struct text	 words;
};

static void
collect(struct section_visit *v, const struct section *s)
{
	struct collecting *k = (struct collecting *)v;

	if (k->words.n > 0)
		text_addc(&k->words, ' ');
	text_addz(&k->words, core_conf(s->scope)->type);
}

static struct collecting
collecting(void)
{
	return (struct collecting){ { collect }, { .arena = c->arena } };
}

static const struct sections *
inner(void)
{
	const struct vhost *host = c->vhosts.n > 0 ? c->vhosts.at[0] :
	    c->main;

	return host->sections;
}

/* ---- Directory ----------------------------------------------------------- */

static const char *
directories(const char *path)
{
	struct collecting k = collecting();
	struct str all = str_of(path);
	unsigned depth = 1;

	sections_directory(c->main->sections, inner(), STR("/"), depth,
	    &k.visit);
	for (size_t i = 2; i <= all.n; i++)
		if (i == all.n || all.at[i] == '/')
			sections_directory(c->main->sections, inner(),
			    str_first(all, i), ++depth, &k.visit);
	return text_z(&k.words);
}

static const struct {
	const char	*conf, *path, *found;
} walks[] = {
	{ D("/a", "a"), "/a", "a" },
	{ D("/a", "a"), "/a/b", "a" },
	{ D("/a", "a"), "/ab", "" },
	{ D("/a", "a"), "/", "" },
	{ D("/a/", "a"), "/a", "a" },
	{ D("/a/../b//c/.", "bc"), "/b/c", "bc" },
	{ D("/", "root"), "/x/y", "root" },
	{ D("a", "relative"), "/srv/a", "relative" },
	/* From short to long, however they stand. */
	{ D("/a/b/c", "3") D("/a", "1") D("/", "0") D("/a/b", "2"),
	  "/a/b/c/d", "0 1 2 3" },
	{ D("/a", "x") D("/a", "y"), "/a", "x y" },
	/* The main server's before the host's, at each depth. */
	{ HOST(D("/a", "h1") D("/", "h0")) D("/a", "m1") D("/", "m0"),
	  "/a", "m0 h0 m1 h1" },
	{ D("/*", "one"), "/a", "one" },
	{ D("/*", "one"), "/a/b", "one" },
	{ D("/*/b", "b"), "/a/b", "b" },
	{ D("/*/b", "b"), "/a/x/b", "" },
	{ D("/home/*/public_html", "p"), "/home/me/public_html/x", "p" },
	{ D("/home/m?", "m"), "/home/me", "m" },
	{ D("/home/[a-m]*", "m"), "/home/me", "m" },
	{ D("/home/[a-l]*", "l"), "/home/me", "" },
	/* Wildcards and plain ones of one depth keep their order. */
	{ D("/*", "1") D("/a", "2") D("/?", "3") D("/a", "4"), "/a",
	  "1 2 3 4" },
	{ D("/a", "1") D("/*", "2") D("/a", "3"), "/a", "1 2 3" },
	{ D("/a/b", "deep") D("/*", "star"), "/a/b", "star deep" },
	{ D("\"/a b\"", "blank"), "/a b", "blank" },
};

START_TEST(walk)
{
	open_site(walks[_i].conf);
	ck_assert_str_eq(directories(walks[_i].path), walks[_i].found);
}
END_TEST

START_TEST(matches)
{
	struct collecting k;
	static const struct {
		const char *filename, *found;
	} cases[] = {
		{ "/a/b/", "any1 ab any2" },
		{ "/a/b/c.txt", "any1 ab any2 txt host" },
		{ "/x", "any1 any2" },
		{ "/x.txt", "any1 any2 txt host" },
	};

	open_site(DM(".", "any1") DM("^/a/b/", "ab")
	    D("~ \"/\"", "any2") DM("\\.txt$", "txt")
	    HOST(DM("txt", "host")));
	k = collecting();
	sections_directory_match(c->main->sections, inner(),
	    str_of(cases[_i].filename), &k.visit);
	ck_assert_str_eq(text_z(&k.words), cases[_i].found);
	/* They are no part of the walk. */
	ck_assert_str_eq(directories(cases[_i].filename), "");
}
END_TEST

/* ---- Files --------------------------------------------------------------- */

static const struct {
	const char	*name, *found;
} files[] = {
	{ "a.txt", "plain star regex tilde plain2" },
	{ "b.txt", "star tilde" },
	{ "A.txt", "star tilde" },
	{ "a.txt.bak", "star regex" },
	{ "ba.txt", "star tilde" },
	{ "", "star" },
	{ "[x]", "star" },
};

START_TEST(file)
{
	struct collecting k;

	open_site(F("a.txt", "plain") F("*", "star") FM("^a\\.txt", "regex")
	    F("~ txt$", "tilde") F("a.txt", "plain2") F("?", "one"));
	k = collecting();
	sections_files(c->main->sections, str_of(files[_i].name), &k.visit);
	ck_assert_str_eq(text_z(&k.words), files[_i].found);
}
END_TEST

static void
files_inside(struct section_visit *v, const struct section *s)
{
	struct collecting *k = (struct collecting *)v;
	struct collecting in = { { collect }, k->words };

	if (s->inside != NULL)
		sections_files(s->inside, STR("x"), &in.visit);
	k->words = in.words;
}

/* Files in a Directory belong to it alone. */
START_TEST(files_in_directories)
{
	struct collecting k;

	open_site("<Directory /a>\n" F("x", "in-a") F("y", "never")
	    "</Directory>\n<DirectoryMatch b>\n" F("x", "in-b")
	    "</DirectoryMatch>\n" D("/a/c", "none"));
	k = collecting();
	sections_files(c->main->sections, STR("x"), &k.visit);
	ck_assert_uint_eq(k.words.n, 0);
	k.visit.found = files_inside;
	sections_directory(c->main->sections, inner(), STR("/a"), 2,
	    &k.visit);
	sections_directory(c->main->sections, inner(), STR("/a/c"), 3,
	    &k.visit);
	ck_assert_str_eq(text_z(&k.words), "in-a");
	k.words.n = 0;
	sections_directory_match(c->main->sections, inner(), STR("/b/"),
	    &k.visit);
	ck_assert_str_eq(text_z(&k.words), "in-b");
}
END_TEST

/* ---- Location ------------------------------------------------------------ */

static const struct {
	const char	*conf, *path, *found;
} locations[] = {
	{ L("/a", "a"), "/a", "a" },
	{ L("/a", "a"), "/a/", "a" },
	{ L("/a", "a"), "/a/b", "a" },
	{ L("/a", "a"), "/ab", "" },
	{ L("/a", "a"), "/A", "" },
	{ L("/a/", "a"), "/a", "" },
	{ L("/a/", "a"), "/a/", "a" },
	{ L("/a/", "a"), "/a/b", "a" },
	{ L("/", "root"), "/", "root" },
	{ L("/", "root"), "/a/b", "root" },
	{ L("/a/b", "ab"), "/a/b/c", "ab" },
	{ L("/a/b", "ab"), "/a", "" },
	/* The order of the configuration, not of length. */
	{ L("/a/b", "long") L("/a", "short") L("/a/", "slash") L("/", "root"),
	  "/a/b", "long short slash root" },
	{ L("/a", "1") L("/a", "2"), "/a", "1 2" },
	{ L("/*", "star"), "/a", "star" },
	{ L("/*", "star"), "/a/b", "" },
	{ L("/*/b", "star"), "/a/b", "star" },
	{ L("/*.php", "php"), "/x.php", "php" },
	{ L("*.php", "php"), "/x.php", "" },
	{ L("/?", "one"), "/a", "one" },
	{ L("~ \"/b\"", "tilde"), "/a/b/c", "tilde" },
	{ LM("^/b", "match"), "/a/b/c", "" },
	{ LM("/b$", "match"), "/a/b", "match" },
	{ L("/a", "1") LM("a", "2") L("/*", "3") L("/a", "4") L("~ a", "5"),
	  "/a", "1 2 3 4 5" },
	{ LM("a", "1") L("/a", "2"), "/a", "1 2" },
	/* The main server's before the host's. */
	{ HOST(L("/a", "host")) L("/", "main") LM(".", "main2"), "/a",
	  "main main2 host" },
	{ L("/a b", "never"), "/a", NULL },
	{ L("a", "never"), "/a", NULL },
	{ L("\"\"", "never"), "/a", NULL },
	{ LM("(", "never"), "/a", NULL },
	{ L("~", "tilde"), "/~", NULL },
};

START_TEST(location)
{
	struct collecting k;
	const char *error;

	if (locations[_i].found == NULL) {
		c = site_open(features, n_features, locations[_i].conf);
		ck_assert_uint_eq(site_errors(c, &error), 1);
		return;
	}
	open_site(locations[_i].conf);
	k = collecting();
	sections_location(c->main->sections, inner(),
	    str_of(locations[_i].path), str_of(locations[_i].path), &k.visit);
	ck_assert_str_eq(text_z(&k.words), locations[_i].found);
}
END_TEST

/* ---- Mistakes ------------------------------------------------------------ */

static const struct {
	const char	*conf, *error;
} mistakes[] = {
	{ D("a b", "x"), "<Directory> takes one argument, or ~ and a regular "
	  "expression" },
	{ DM("a b", "x"), "<DirectoryMatch> takes one argument, a regular "
	  "expression" },
	{ D("\"\"", "x"), "<Directory> must not be empty" },
	{ L("x", "x"), "<Location> must be a URL path that begins with /" },
	{ "<Directory /a>\n" D("/b", "x") "</Directory>\n",
	  "<Directory> not allowed in <Directory> context" },
	{ "<Location /a>\n" F("b", "x") "</Location>\n",
	  "<Files> not allowed in <Location> context" },
	{ "<Files a>\n" F("b", "x") "</Files>\n",
	  "<Files> not allowed in <Files> context" },
};

START_TEST(mistake)
{
	const char *error;

	c = site_open(features, n_features, mistakes[_i].conf);
	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_str_eq(error, mistakes[_i].error);
}
END_TEST

/* What stands in a section with a wrong pattern is checked as well. */
START_TEST(lines_inside_are_checked)
{
	const char *error;

	c = site_open(features, n_features, "<Directory ~ (>\nTimeout 1\n"
	    "KeepAlice On\n</Directory>\n<LocationMatch [>\nOptions +X\n"
	    "</LocationMatch>\n<FilesMatch *>\nOptions +X\n</FilesMatch>\n");
	ck_assert_uint_eq(site_errors(c, &error), 7);
}
END_TEST

/* ---- Many ---------------------------------------------------------------- */

START_TEST(many)
{
	struct arena *a = arena_new();
	struct text t = { .arena = a };
	struct collecting k;

	for (int i = 0; i < 5000; i++)
		text_addf(&t, "<Location /l%d>\nForceType l%d\n</Location>\n"
		    "<Directory /d%d/x>\nForceType d%d\n</Directory>\n",
		    i, i, i, i);
	open_site(text_z(&t));
	arena_end(a);
	k = collecting();
	sections_location(c->main->sections, inner(), STR("/l4711/y/z"),
	    STR("/l4711/y/z"), &k.visit);
	ck_assert_str_eq(text_z(&k.words), "l4711");
	ck_assert_str_eq(directories("/d4711/x/y"), "d4711");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sections");
	TCase *t = tcase_create("sections");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, walk, 0, COUNT(walks));
	tcase_add_loop_test(t, matches, 0, 4);
	tcase_add_loop_test(t, file, 0, COUNT(files));
	tcase_add_test(t, files_in_directories);
	tcase_add_loop_test(t, location, 0, COUNT(locations));
	tcase_add_loop_test(t, mistake, 0, COUNT(mistakes));
	tcase_add_test(t, lines_inside_are_checked);
	tcase_add_test(t, many);
	suite_add_tcase(s, t);
	return site_run(s);
}
