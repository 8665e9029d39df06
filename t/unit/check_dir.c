#include "modules/dir.c"

#include "site.h"
#include "tree.h"

static struct module *const table[] = { &mod_core, &mod_dir };

static void
plant(void)
{
	tree_new();
	tree_directory("with");
	tree_file("with/index.html", "index");
	tree_file("with/second.html", "second");
	tree_directory("without");
	tree_directory("without/deep");
	tree_directory("odd");
	tree_directory("odd/index.html");
	tree_file("common.html", "common");
	tree_file("front.php", "front");
	tree_directory("sp ace");
}

static struct config *
open_site(const char *text)
{
	static char all[2048];

	snprintf(all, sizeof(all), "DocumentRoot %s\n%s", tree_root, text);
	return site_open(table, 2, all);
}

/* What becomes of a path: the status, and where it leads. */
static const struct {
	const char	*conf, *uri;
	int		 status;
	const char	*path;		/* of the answer; NULL: as asked */
	const char	*location;
} paths[] = {
	{ "", "/with/", 200, "/with/index.html", NULL },
	{ "", "/with/?q=1", 200, "/with/index.html", NULL },
	{ "", "/with/second.html", 200, "/with/second.html", NULL },
	{ "", "/without/", 200, "/without/", NULL },
	{ "DirectoryIndex no.html second.html", "/with/", 200,
	  "/with/second.html", NULL },
	{ "DirectoryIndex no.html\nDirectoryIndex second.html", "/with/", 200,
	  "/with/second.html", NULL },
	{ "DirectoryIndex disabled", "/with/", 200, "/with/", NULL },
	{ "DirectoryIndex second.html\nDirectoryIndex disabled\n"
	  "DirectoryIndex index.html", "/with/", 200, "/with/index.html",
	  NULL },
	{ "DirectoryIndex /common.html", "/without/", 200, "/common.html",
	  NULL },
	{ "DirectoryIndex ../common.html", "/without/", 200, "/common.html",
	  NULL },
	/* A directory with the name of an index is none, but it redirects. */
	{ "", "/odd/", 301, NULL, "http://site.test/odd/index.html/" },
	{ "", "/with", 301, NULL, "http://site.test/with/" },
	{ "", "/with?q=%20", 301, NULL, "http://site.test/with/?q=%20" },
	{ "", "/sp%20ace", 301, NULL, "http://site.test/sp%20ace/" },
	{ "DirectorySlash Off", "/with", 200, "/with", NULL },
	{ "DirectoryIndexRedirect On", "/with/", 302, NULL,
	  "http://site.test/with/index.html" },
	{ "DirectoryIndexRedirect permanent", "/with/?q", 301, NULL,
	  "http://site.test/with/index.html?q" },
	{ "DirectoryIndexRedirect 307", "/with/", 307, NULL,
	  "http://site.test/with/index.html" },
	{ "DirectoryIndexRedirect Off", "/with/", 200, "/with/index.html",
	  NULL },
	{ "FallbackResource /front.php", "/nothing/here", 200, "/front.php",
	  NULL },
	{ "FallbackResource /front.php", "/without/", 200, "/front.php",
	  NULL },
	{ "FallbackResource /front.php", "/common.html", 200, "/common.html",
	  NULL },
	{ "FallbackResource /front.php", "/with/", 200, "/with/index.html",
	  NULL },
	{ "FallbackResource /missing", "/nothing", 200, "/nothing", NULL },
	{ "FallbackResource disabled", "/nothing", 200, "/nothing", NULL },
	{ "", "/nothing", 200, "/nothing", NULL },
};

START_TEST(path)
{
	struct config *c = open_site(paths[_i].conf);
	struct request *asking = site_ask(c, "/"), *r;
	struct str location;
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r = request_lookup(asking, str_of(paths[_i].uri));
	ck_assert_int_eq(r->status, paths[_i].status);
	if (paths[_i].path != NULL)
		ck_assert_str_eq(str_z(c->arena, r->path), paths[_i].path);
	location = fields_get(&r->out_always, STR("Location"));
	ck_assert_pstr_eq(location.at == NULL ? NULL :
	    str_z(c->arena, location), paths[_i].location);
	config_end(c);
}
END_TEST

START_TEST(refuses_to_list)
{
	struct config *c = open_site("DirectoryIndex a b");
	struct request *r = request_lookup(site_ask(c, "/"),
	    STR("/without/"));

	ck_assert_int_eq(handle(r), 403);
	ck_assert_str_eq(index_names(r, scope_get(r->scope, &mod_dir)),
	    "a,b");
	r->method = METHOD_POST;
	ck_assert_int_eq(handle(r), PASS);
	config_end(c);
	c = open_site("Options Indexes");
	r = request_lookup(site_ask(c, "/"), STR("/without/"));
	ck_assert_int_eq(handle(r), PASS);
	config_end(c);
}
END_TEST

START_TEST(tells_mistakes)
{
	static const char *const mistakes[] = {
		"DirectoryIndexRedirect maybe", "DirectoryIndexRedirect 404",
		"DirectorySlash", "FallbackResource /a /b" };
	struct config *c = open_site(mistakes[_i]);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dir");
	TCase *t = tcase_create("dir");

	tcase_add_checked_fixture(t, plant, tree_end);
	tcase_add_loop_test(t, path, 0,
	    (int)(sizeof(paths) / sizeof(paths[0])));
	tcase_add_test(t, refuses_to_list);
	tcase_add_loop_test(t, tells_mistakes, 0, 4);
	suite_add_tcase(s, t);
	return site_run(s);
}
