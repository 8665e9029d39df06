/*
 * check_htaccess.c - what a worker remembers of .htaccess files, and for how
 * long.
 */
#include "serve/htaccess.h"

#include "modules.h"
#include "serve/era.h"
#include "serve/route.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;

static void
setup(void)
{
	static struct log silent;

	a = arena_new();
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
	tree_new();
	tree_directory("www");
	tree_directory("www/d");
	tree_file("www/d/file", "x");
	c = site_open(features, n_features, str_zfmt(a, "DocumentRoot %s/www\n"
	    "<Directory %s/www>\nAllowOverride FileInfo Options=Indexes\n"
	    "</Directory>\n<Directory %s/www/d/none>\nAllowOverride None\n"
	    "</Directory>\n", tree_root, tree_root, tree_root));
}

static void
teardown(void)
{
	config_end(c);
	log_set_main(NULL);
	arena_end(a);
	tree_end();
}

/* What a request for the file has to do with it, in an arena of its own; its
 * ForceType, or the status of the refusal. */
static const char *
type_of(const char *path)
{
	static char said[64];
	struct request *r = site_ask(c, path);
	const char *type;
	int status;

	r->arena = arena_new();
	r->root_n = strlen(tree_root) + 4;
	r->filename = str_zfmt(r->arena, "%s/www%s", tree_root, path);
	status = route_directory(r);
	type = core_conf(r->scope)->type;
	if (status != PASS)
		snprintf(said, sizeof(said), "%d", status);
	else
		snprintf(said, sizeof(said), "%s", type == NULL ? "" : type);
	arena_end(r->arena);
	return said;
}

static const struct {
	const char	*text, *type;
} files[] = {
	{ "", "" },
	{ "ForceType a/b", "a/b" },
	{ "# ForceType a/b", "" },
	{ "ForceType a/b\r\nForceType c/d\r\n", "c/d" },
	{ "<Files file>\nForceType a/b\n</Files>", "a/b" },
	{ "<Files other>\nForceType a/b\n</Files>", "" },
	{ "<FilesMatch ^f>\nForceType a/b\n</FilesMatch>", "a/b" },
	{ "<FilesMatch ^f>\nNonsense\n</FilesMatch>", "500" },
	{ "ForceType", "500" },
	{ "Force\\\nType a/b", "a/b" },
	{ "AllowOverride None", "500" },
	{ "<Directory /x>\n</Directory>", "500" },
	{ "<Files x>", "500" },
	{ "</Files>", "500" },
	{ "Options Indexes", "" },
	{ "Options -Indexes", "" },
	{ "Options None", "" },
	{ "Options FollowSymLinks", "500" },
	{ "Options All", "500" },
	{ "DirectoryIndex x", "500" },
	{ "AccessFileName x", "500" },
};

START_TEST(reads_one)
{
	tree_file("www/d/.htaccess", files[_i].text);
	ck_assert_str_eq(type_of("/d/file"), files[_i].type);
	ck_assert_str_eq(type_of("/d/file"), files[_i].type);
	ck_assert_str_eq(type_of("/file"), "");
}
END_TEST

/* However often a file changes, memory stays in proportion to its use. */
START_TEST(forgets_old_versions)
{
	char type[32];
	size_t most = 0;

	for (int i = 0; i < 5000; i++) {
		snprintf(type, sizeof(type), "text/x-%d", i);
		tree_file("www/d/.htaccess", str_zfmt(a, "ForceType %s\n",
		    type));
		ck_assert_str_eq(type_of("/d/file"), type);
		if (era_bytes() > most)
			most = era_bytes();
	}
	ck_assert_uint_lt(most, 8 << 20);
}
END_TEST

/* A request that is still on its way keeps what it was told. */
START_TEST(holds_its_era)
{
	struct request *r = site_ask(c, "/d/file");
	const char *name = str_zfmt(a, "%s/www/d/file", tree_root);
	struct era *old;

	tree_file("www/d/.htaccess", "ForceType a/b\n");
	r->arena = arena_new();
	r->root_n = strlen(tree_root) + 4;
	r->filename = name;
	ck_assert_int_eq(route_directory(r), PASS);
	old = r->era;
	era_stale(old, 1 << 30);
	ck_assert_str_eq(type_of("/d/file"), "a/b");
	ck_assert_ptr_ne(era_now(c), old);
	tree_file("www/d/.htaccess", "ForceType c/d\n");
	ck_assert_str_eq(type_of("/d/file"), "c/d");
	ck_assert_str_eq(core_conf(r->scope)->type, "a/b");
	arena_end(r->arena);
}
END_TEST

/* Names that a client makes up are not remembered. */
START_TEST(remembers_directories_only)
{
	size_t before;

	type_of("/d/file");
	before = hash_count(era_now(c)->directories);
	for (int i = 0; i < 100; i++)
		type_of(str_zfmt(a, "/d/n%d/x/y", i));
	type_of("/d/file/x/y/z");
	ck_assert_uint_eq(hash_count(era_now(c)->directories), before);
}
END_TEST

static const struct {
	const char	*directory;
	bool		 allowed;
} places[] = {
	{ "/", false }, { "/www", true }, { "/www/d", true },
	{ "/www/d/none", false }, { "/www/d/none/x", false },
	{ "/wwww", false }, { "/elsewhere", false },
};

START_TEST(knows_what_is_allowed)
{
	struct override o;

	ck_assert(htaccess_allowed(c, str_zfmt(a, "%s%s", tree_root,
	    places[_i].directory), &o) == places[_i].allowed);
	if (places[_i].allowed)
		ck_assert_uint_eq(o.classes, OVERRIDE_FILEINFO |
		    OVERRIDE_OPTIONS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("htaccess");
	TCase *tc = tcase_create("htaccess");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, reads_one, 0, COUNT(files));
	tcase_add_test(tc, forgets_old_versions);
	tcase_add_test(tc, holds_its_era);
	tcase_add_test(tc, remembers_directories_only);
	tcase_add_loop_test(tc, knows_what_is_allowed, 0, COUNT(places));
	return site_run(s);
}
