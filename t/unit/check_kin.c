/*
 * check_kin.c - which files of a directory are looked up as one of a kind, and
 * that it comes to the same as looking each of them up.
 */
#include "modules.h"
#include "serve/corridor.h"
#include "serve/kin.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

/* All there is in the directory, links and directories apart. */
static const char *const files[] = { "a.txt", "b.txt", "c.txt.gz", "d.v1.txt",
    "e.html", "p%q.txt", "l\nf.txt", "~u.txt" };

static struct config *
open_site(const char *text)
{
	static char all[4096];
	const char *error;
	struct config *c;

	snprintf(all, sizeof(all), "DocumentRoot %s\nDirectoryIndex none\n"
	    "<Directory \"/\">\nOptions Indexes FollowSymLinks\n"
	    "AllowOverride All\n</Directory>\nDefine D %s/d\n%s", tree_root,
	    tree_root, text);
	c = site_open(features, n_features, all);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	return c;
}

static void
setup(void)
{
	tree_new();
	tree_directory("d");
	tree_directory("d/sub");
	for (int i = 0; i < COUNT(files); i++) {
		char name[64];

		snprintf(name, sizeof(name), "d/%s", files[i]);
		tree_file(name, "x");
	}
	ck_assert_int_eq(symlink("a.txt", tree_path("d/link.txt")), 0);
}

static void
teardown(void)
{
	tree_end();
}

/* The request that a list of /d/ is the answer to. */
static struct request *
ask(struct config *c)
{
	struct request *r = site_ask(c, "/d/");
	struct head *head = (struct head *)(uintptr_t)r->head;

	head->path = head->target = STR("/d/");
	r->client->basis = NULL;
	ck_assert_int_eq(corridor_walk(r, &r), DONE);
	return r;
}

/* Look all up, b.txt at last: whether it was of a.txt's kind.  Those that are
 * of a kind are answered as they would be alone. */
static bool
is_kin(struct request *r, const char *first, const char *last)
{
	struct kin *k = kin_begin(r);
	struct kin_look look;
	bool kin = false;

	for (int i = 0; i < COUNT(files) + 2; i++) {
		const char *name = i == 0 ? first :
		    i <= COUNT(files) ? files[i - 1] : last;
		const struct request *alone, *of_kind;
		struct text uri = { .arena = r->arena };

		text_addz(&uri, "/d/");
		text_add_url_part(&uri, str_of(name));
		alone = request_lookup(r, text_str(&uri));
		kin_look_up(k, str_of(name), true, &look);
		of_kind = look.looked;
		ck_assert_int_eq(of_kind->status, alone->status);
		ck_assert_int_eq(of_kind->found.kind, alone->found.kind);
		if (alone->status == 200) {
			struct str type = fields_get(&alone->out,
			    STR("Content-Type"));
			struct str coding = fields_get(&alone->out,
			    STR("Content-Encoding"));

			ck_assert(str_eq(type, fields_get(&of_kind->out,
			    STR("Content-Type"))));
			ck_assert(str_eq(coding, fields_get(&of_kind->out,
			    STR("Content-Encoding"))));
		}
		if (look.about != NULL)
			ck_assert_int_eq(alone->status, 200);
		if (look.about != NULL && name == last)
			kin = str_ends(str_of(look.looked->filename),
			    str_of(first));
	}
	kin_end(k);
	return kin;
}

static const struct {
	const char	*conf, *first, *last;
	bool		 kin;
} pairs[] = {
	{ "", "a.txt", "b.txt", true },
	{ "", "a.txt", "d.v1.txt", true },
	{ "", "a.txt", "e.html", false },
	{ "", "a.txt", "c.txt.gz", false },
	{ "", "a.txt", "p%q.txt", false },
	{ "", "a.txt", "l\nf.txt", false },
	{ "", "a.txt", "~u.txt", true },
	{ "", "gone.txt", "b.txt", false },
	{ "AddType x/y .v1", "a.txt", "d.v1.txt", false },
	{ "AddEncoding x .v1", "a.txt", "d.v1.txt", false },
	{ "ForceType x/y", "a.txt", "b.txt", true },
	{ "SetHandler \"expr=%{REQUEST_URI}\"", "a.txt", "b.txt", false },
	/* Sections. */
	{ "<Files b.txt>\nRequire all denied\n</Files>", "a.txt", "b.txt",
	  false },
	{ "<Files b.txt>\nForceType x/y\n</Files>", "a.txt", "b.txt", false },
	{ "<Files *.txt>\nIndexIgnore x\n</Files>", "a.txt", "b.txt", false },
	{ "<FilesMatch ^z>\nRequire all denied\n</FilesMatch>", "a.txt",
	  "b.txt", true },
	{ "<FilesMatch ^b>\nRequire all denied\n</FilesMatch>", "a.txt",
	  "b.txt", false },
	{ "<FilesMatch \"^(?<x>.)\">\n</FilesMatch>", "a.txt", "b.txt",
	  false },
	{ "<Directory \"${D}\">\n<Files b.txt>\nRequire all denied\n</Files>\n"
	  "</Directory>", "a.txt", "b.txt", false },
	{ "<DirectoryMatch \"/b.txt$\">\nRequire all denied\n"
	  "</DirectoryMatch>", "a.txt", "b.txt", false },
	{ "<Location /d/b.txt>\nRequire all denied\n</Location>", "a.txt",
	  "b.txt", false },
	{ "<Location /d/>\nForceType x/y\n</Location>", "a.txt", "b.txt",
	  true },
	{ "<LocationMatch b\\.>\nForceType x/y\n</LocationMatch>", "a.txt",
	  "b.txt", false },
	{ "<If true>\n</If>", "a.txt", "b.txt", false },
	{ "<Directory \"${D}\">\n<If \"-z ''\">\n</If>\n</Directory>", "a.txt",
	  "b.txt", false },
	/* Who may have it. */
	{ "<Directory \"${D}\">\nRequire all granted\n</Directory>", "a.txt",
	  "b.txt", true },
	{ "<Directory \"${D}\">\nRequire ip 192.0.2.7\n</Directory>", "a.txt",
	  "b.txt", true },
	{ "<Files *.txt>\nRequire expr \"%{REQUEST_FILENAME} !~ /b/\"\n"
	  "</Files>", "a.txt", "b.txt", false },
	{ "<Directory \"${D}\">\nOrder allow,deny\nAllow from all\n"
	  "</Directory>", "a.txt", "b.txt", true },
	/* Where it is. */
	{ "Alias /other /x", "a.txt", "b.txt", true },
	{ "Alias /d/b.txt /x", "a.txt", "b.txt", false },
	{ "AliasMatch b /x", "a.txt", "b.txt", false },
	{ "AliasMatch \"^/z\" /x", "a.txt", "b.txt", true },
	{ "AliasMatch \"^/d/([ab].txt)$\" ${D}/$1", "a.txt", "b.txt", false },
	{ "Redirect /d/b.txt /x", "a.txt", "b.txt", false },
	{ "RedirectMatch 404 b\\.txt", "a.txt", "b.txt", false },
	{ "<Directory \"${D}\">\nRedirectMatch 404 b\n</Directory>", "a.txt",
	  "b.txt", false },
	{ "RewriteEngine On\nRewriteRule b - [F]", "a.txt", "b.txt", false },
	{ "<Directory \"${D}\">\nRewriteEngine On\nRewriteRule b - [F]\n"
	  "</Directory>", "a.txt", "b.txt", false },
	{ "UserDir x", "a.txt", "b.txt", true },
	{ "Header set Content-Type x early", "a.txt", "b.txt", false },
	{ "Header set X y", "a.txt", "b.txt", true },
	{ "SetEnvIf Request_URI b x", "a.txt", "b.txt", true },
};

START_TEST(alike)
{
	struct config *c = open_site(pairs[_i].conf);

	ck_assert_int_eq(is_kin(ask(c), pairs[_i].first, pairs[_i].last),
	    pairs[_i].kin);
	config_end(c);
}
END_TEST

START_TEST(by_htaccess)
{
	struct config *c = open_site("");

	tree_file("d/.htaccess", "<FilesMatch b>\nRequire all denied\n"
	    "</FilesMatch>\n");
	ck_assert(!is_kin(ask(c), "a.txt", "b.txt"));
	config_end(c);
}
END_TEST

/* Links and directories go their own way. */
START_TEST(alone)
{
	struct config *c = open_site("");
	struct request *r = ask(c);
	struct kin *k = kin_begin(r);
	struct kin_look look;

	kin_look_up(k, STR("a.txt"), true, &look);
	ck_assert_ptr_nonnull(look.about);
	kin_look_up(k, STR("link.txt"), false, &look);
	ck_assert_ptr_null(look.about);
	ck_assert_int_eq(look.looked->status, 200);
	kin_look_up(k, STR("sub"), false, &look);
	ck_assert_ptr_null(look.about);
	ck_assert_int_eq(look.looked->found.kind, FOUND_DIRECTORY);
	kin_look_up(k, STR("gone.txt"), false, &look);
	ck_assert_int_eq(look.looked->found.kind, FOUND_NOTHING);
	kin_end(k);
	config_end(c);
}
END_TEST

/* A module that says nothing of it makes all files go alone. */
static int
probe_fixup(struct request *r)
{
	(void)r;
	return PASS;
}

static struct module probe = { .name = "probe", .fixup = probe_fixup };

START_TEST(not_told)
{
	struct module *table[64];
	struct config *c;
	char text[256];

	memcpy(table, features, n_features * sizeof(table[0]));
	table[n_features] = &probe;
	snprintf(text, sizeof(text), "DocumentRoot %s\nOptions Indexes",
	    tree_root);
	c = site_open(table, n_features + 1, text);
	ck_assert(!is_kin(ask(c), "a.txt", "b.txt"));
	config_end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("kin");
	TCase *tc = tcase_create("kin");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, alike, 0, COUNT(pairs));
	tcase_add_test(tc, by_htaccess);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, not_told);
	suite_add_tcase(s, tc);
	return site_run(s);
}
