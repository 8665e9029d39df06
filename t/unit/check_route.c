/*
 * check_route.c - the virtual host, the file and the merged scope of a request.
 */
#include <sys/socket.h>

#include "base/os.h"

static unsigned stats;
static int	counted_stat(const char *path, size_t root_n,
		    enum os_links links, struct stat *st);
#define os_stat_file	counted_stat
#include "serve/route.c"
#undef os_stat_file

#include "modules.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;

static int
counted_stat(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	stats++;
	return os_stat_file(path, root_n, links, st);
}

static void
link_to(const char *target, const char *name)
{
	ck_assert_int_eq(symlink(target, tree_path(name)), 0);
}

static void
setup(void)
{
	static struct log silent;

	a = arena_new();
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
	c = NULL;
	tree_new();
	tree_directory("www");
	tree_directory("www/dir");
	tree_directory("www/dir/deep");
	tree_file("www/file", "x");
	tree_file("www/dir/file", "x");
	tree_file("www/dir/deep/file", "x");
	tree_directory("outside");
	tree_file("outside/file", "x");
	link_to("file", "www/link");
	link_to("../outside", "www/linked");
	link_to("nowhere", "www/dangling");
	link_to("circle", "www/circle");
	ck_assert_int_eq(mkfifo(tree_path("www/fifo"), 0666), 0);
}

static void
teardown(void)
{
	if (c != NULL)
		config_end(c);
	log_set_main(NULL);
	arena_end(a);
	tree_end();
}

/* In conf, every %s is the tree's directory. */
static void
open_site(const char *conf)
{
	struct text t = { .arena = a };
	const char *error;

	text_addf(&t, "DocumentRoot %s/www\n", tree_root);
	for (; *conf != 0; conf++)
		if (conf[0] == '%' && conf[1] == 's') {
			text_addz(&t, tree_root);
			conf++;
		} else {
			text_addc(&t, *conf);
		}
	c = site_open(features, n_features, text_z(&t));
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

/* A request that was translated: below the DocumentRoot. */
static struct request *
ask(const char *path)
{
	struct request *r = site_ask(c, path);

	r->root_n = strlen(tree_root) + 4;
	r->filename = str_zfmt(a, "%s/www%s", tree_root, path);
	stats = 0;
	return r;
}

/* ---- Files --------------------------------------------------------------- */

#define NOTHING	FOUND_NOTHING
#define FILE_	FOUND_FILE
#define DIR_	FOUND_DIRECTORY
#define OTHER	FOUND_OTHER

static const struct {
	const char	*path;
	int		 kind, error;
	const char	*filename, *path_info;
} files[] = {
	{ "/file", FILE_, 0, "/file", NULL },
	{ "/file/", FILE_, 0, "/file", "/" },
	{ "/file//", FILE_, 0, "/file", "//" },
	{ "/file/x", FILE_, 0, "/file", "/x" },
	{ "/file/x/y/z", FILE_, 0, "/file", "/x/y/z" },
	{ "/file/x/y/", FILE_, 0, "/file", "/x/y/" },
	{ "/file//x", FILE_, 0, "/file", "//x" },
	{ "/dir", DIR_, 0, "/dir", NULL },
	{ "/dir/", DIR_, 0, "/dir", NULL },
	{ "/", DIR_, 0, "", NULL },
	{ "/dir/file", FILE_, 0, "/dir/file", NULL },
	{ "/dir/file/x", FILE_, 0, "/dir/file", "/x" },
	{ "/dir/deep/file/a/b/c/d/e/f", FILE_, 0, "/dir/deep/file",
	  "/a/b/c/d/e/f" },
	{ "/none", NOTHING, ENOENT, "/none", NULL },
	{ "/none/", NOTHING, ENOENT, "/none", "/" },
	{ "/none/x", NOTHING, ENOENT, "/none", "/x" },
	{ "/none/x/y/z/", NOTHING, ENOENT, "/none", "/x/y/z/" },
	{ "/dir/none", NOTHING, ENOENT, "/dir/none", NULL },
	{ "/dir/none/x", NOTHING, ENOENT, "/dir/none", "/x" },
	{ "/dir/deep/none/x/y", NOTHING, ENOENT, "/dir/deep/none", "/x/y" },
	{ "/fil", NOTHING, ENOENT, "/fil", NULL },
	{ "/filee", NOTHING, ENOENT, "/filee", NULL },
	{ "/fifo", OTHER, 0, "/fifo", NULL },
	{ "/fifo/x", OTHER, 0, "/fifo", "/x" },
	{ "/link", FILE_, 0, "/link", NULL },
	{ "/link/x", FILE_, 0, "/link", "/x" },
	{ "/linked", DIR_, 0, "/linked", NULL },
	{ "/linked/file/x", FILE_, 0, "/linked/file", "/x" },
	{ "/dangling", NOTHING, ENOENT, "/dangling", NULL },
	{ "/dangling/x", NOTHING, ENOENT, "/dangling", "/x" },
	{ "/circle", NOTHING, ELOOP, "/circle", NULL },
};

START_TEST(finds)
{
	struct request *r;
	const char *name;

	open_site("");
	r = ask(files[_i].path);
	find_file(r, OS_LINKS_FOLLOW);
	ck_assert_int_eq((int)r->found.kind, files[_i].kind);
	if (files[_i].kind == NOTHING)
		ck_assert_int_eq(r->found.error, files[_i].error);
	name = r->filename + strlen(tree_root) + 4;
	ck_assert_str_eq(name, files[_i].filename);
	ck_assert_pstr_eq(r->path_info.at == NULL ? NULL :
	    str_z(a, r->path_info), files[_i].path_info);
}
END_TEST

/* However long a path is made, it costs few looks. */
START_TEST(deep_paths_are_cheap)
{
	static const char *const starts[] = { "/none", "/file", "/dir/none",
	    "/dir/deep/file", "/dangling", "" };
	struct text t = { .arena = a };
	struct request *r;

	open_site("");
	text_addz(&t, starts[_i]);
	for (int i = 0; i < 1000; i++)
		text_addz(&t, "/x");
	r = ask(text_z(&t));
	find_file(r, OS_LINKS_FOLLOW);
	ck_assert_uint_le(stats, 14);
	ck_assert(str_ends(str_of(r->filename), str_of(_i == 5 ? "/www/x" :
	    starts[_i])));
	ck_assert_uint_eq(r->path_info.n, _i == 5 ? 1998 : 2000);
	/* Longer than the system takes, it is found all the same. */
	for (int i = 0; i < 5000; i++)
		text_addz(&t, "/x");
	r = ask(text_z(&t));
	find_file(r, OS_LINKS_FOLLOW);
	ck_assert_uint_le(stats, 17);
	ck_assert_uint_eq(r->path_info.n, _i == 5 ? 11998 : 12000);
}
END_TEST

START_TEST(the_usual_file_costs_one_look)
{
	struct request *r;

	open_site("");
	r = ask("/dir/deep/file");
	find_file(r, OS_LINKS_FOLLOW);
	ck_assert_uint_eq(stats, 1);
}
END_TEST

START_TEST(names_that_are_too_long)
{
	struct request *r;
	char name[302] = "/";

	memset(name + 1, 'x', 300);
	open_site("");
	r = ask(name);
	ck_assert_int_eq(route_directory(r), PASS);
	ck_assert_int_eq((int)r->found.kind, FOUND_NOTHING);
	ck_assert_int_eq(r->found.error, ENAMETOOLONG);
}
END_TEST

/* ---- Symbolic links ------------------------------------------------------ */

static const struct {
	const char	*conf, *path;
	int		 answer;
	int		 kind;
} links[] = {
	{ "", "/link", PASS, FILE_ },
	{ "", "/linked/file", PASS, FILE_ },
	{ "Options None", "/file", PASS, FILE_ },
	{ "Options None", "/dir/file", PASS, FILE_ },
	{ "Options None", "/link", 403, NOTHING },
	{ "Options None", "/link/x", 403, NOTHING },
	{ "Options None", "/linked", 403, NOTHING },
	{ "Options None", "/linked/file", 403, NOTHING },
	{ "Options None", "/linked/none", 403, NOTHING },
	{ "<Directory %s/www>\nOptions None\n</Directory>", "//linked//file",
	  403, NOTHING },
	{ "Options None", "/dangling", 403, NOTHING },
	{ "Options None", "/none", PASS, NOTHING },
	{ "Options SymLinksIfOwnerMatch", "/link", PASS, FILE_ },
	{ "Options SymLinksIfOwnerMatch", "/linked/file", PASS, FILE_ },
	{ "Options FollowSymLinks SymLinksIfOwnerMatch", "/link", PASS,
	  FILE_ },
	/* What holds where the link stands. */
	{ "<Directory %s/www>\nOptions None\n</Directory>", "/link", 403,
	  NOTHING },
	{ "Options None\n<Directory %s/www>\nOptions +FollowSymLinks\n"
	  "</Directory>", "/link", PASS, FILE_ },
	{ "<Directory %s/outside>\nOptions None\n</Directory>", "/linked/file",
	  PASS, FILE_ },
	/* What leads to the DocumentRoot is the administrator's business. */
	{ "DocumentRoot %s/www/linked\nOptions None\n", "*/linked/file", PASS,
	  FILE_ },
	/* Whether a link is followed cannot depend on a Location. */
	{ "<Location />\nOptions None\n</Location>", "/link", PASS, FILE_ },
};

START_TEST(link_policy)
{
	struct request *r;
	const char *path = links[_i].path;

	open_site(links[_i].conf);
	r = ask(path + (*path == '*'));
	if (*path == '*')
		r->root_n = strlen(r->vhost->document_root);
	ck_assert_int_eq(route_directory(r), links[_i].answer);
	ck_assert_int_eq((int)r->found.kind, links[_i].kind);
}
END_TEST

START_TEST(foreign_links)
{
	struct request *r;

	if (getuid() != 0)
		return;
	ck_assert_int_eq(lchown(tree_path("www/link"), 12345, 12345), 0);
	open_site("Options SymLinksIfOwnerMatch");
	r = ask("/link");
	ck_assert_int_eq(route_directory(r), 403);
	config_end(c);
	open_site("");
	r = ask("/link");
	ck_assert_int_eq(route_directory(r), PASS);
}
END_TEST

/* ---- Scopes -------------------------------------------------------------- */

#define TYPE(kind, pattern, word) \
	"<" kind " " pattern ">\nForceType " word "\n</" kind ">\n"

/* Of all kinds that cover /dir/file, written in reverse, and a handler that
 * only the outermost sets. */
static const char *const layers[] = {
	TYPE("Location", "/dir", "location"),
	TYPE("FilesMatch", "^f", "files"),
	"<DirectoryMatch dir>\n" TYPE("Files", "file", "match-files")
	    "</DirectoryMatch>\n",
	"<Directory %s/www>\n" TYPE("Files", "file", "in-files")
	    "</Directory>\n",
	TYPE("DirectoryMatch", "dir/file$", "match"),
	TYPE("Directory", "%s/www/dir", "directory"),
	TYPE("Directory", "%s/www", "outer"),
	"<VirtualHost *:99>\n" TYPE("Location", "/", "elsewhere")
	    "</VirtualHost>\n",
	"ForceType server\nSetHandler outermost\n",
};

static const char *const winners[] = { "location", "match-files", "in-files",
    "files", "match", "directory", "outer", "server", "server" };
static const int left_out[] = { -1, 0, 2, 3, 1, 4, 5, 6, 7 };

/* Take away the winner: the next one appears. */
START_TEST(apaches_order)
{
	struct text t = { .arena = a };
	struct request *r;

	for (int i = 0; i < COUNT(layers); i++) {
		bool out = false;

		for (int k = 0; k <= _i; k++)
			out |= left_out[k] == i;
		if (!out)
			text_addz(&t, layers[i]);
	}
	open_site(text_z(&t));
	r = ask("/dir/file");
	ck_assert_int_eq(route_directory(r), PASS);
	ck_assert_str_eq(core_conf(r->scope)->type, winners[_i]);
	ck_assert_str_eq(core_conf(r->scope)->handler, "outermost");
}
END_TEST

static const struct {
	const char	*conf, *path, *type;
} scopes[] = {
	/* A directory is covered by its own section ... */
	{ TYPE("Directory", "%s/www/dir", "d"), "/dir", "d" },
	{ TYPE("Directory", "%s/www/dir", "d"), "/dir/", "d" },
	{ TYPE("Directory", "%s/www/dir", "d"), "/dir/none/x", "d" },
	{ TYPE("Directory", "%s/www/dir", "d"), "/", NULL },
	{ TYPE("Directory", "%s/www/*/deep", "d"), "/dir/deep/file", "d" },
	/* ... and by those for files, under its last name or none. */
	{ TYPE("Files", "dir", "f"), "/dir", "f" },
	{ TYPE("Files", "dir", "f"), "/dir/", NULL },
	{ TYPE("Files", "*", "f"), "/dir/", "f" },
	{ TYPE("Files", "?*", "f"), "/dir/", NULL },
	{ TYPE("Files", "dir", "f"), "/dir/deep", NULL },
	{ TYPE("Files", "none", "f"), "/dir/none/x", "f" },
	{ TYPE("Files", "file", "f"), "/file/x", "f" },
	{ TYPE("Files", "x", "f"), "/file/x", NULL },
	/* Several slashes are one. */
	{ TYPE("Directory", "%s/www/dir", "d"), "//dir/file", "d" },
	{ TYPE("Directory", "%s/www/dir", "d"), "///dir//", "d" },
	{ TYPE("Directory", "%s/www/dir/deep", "d"), "/dir//deep/file", "d" },
	{ TYPE("DirectoryMatch", "dir/deep/$", "d"), "/dir///deep", "d" },
	/* A file is no directory. */
	{ TYPE("Directory", "%s/www/file", "d"), "/file", NULL },
	{ TYPE("Directory", "%s/www/file", "d"), "/file/x", NULL },
	{ TYPE("DirectoryMatch", "dir/$", "m"), "/dir", "m" },
	{ TYPE("DirectoryMatch", "dir/$", "m"), "/dir/file", NULL },
	{ TYPE("DirectoryMatch", "/file$", "m"), "/file", "m" },
	{ TYPE("LocationMatch", "x$", "l"), "/file/x", "l" },
	/* The path as text counts, not where links lead. */
	{ TYPE("Directory", "%s/outside", "d"), "/linked/file", NULL },
	{ TYPE("Directory", "%s/www/linked", "d"), "/linked/file", "d" },
};

START_TEST(scope)
{
	struct request *r;

	open_site(scopes[_i].conf);
	r = ask(scopes[_i].path);
	ck_assert_int_eq(route_directory(r), PASS);
	ck_assert_pstr_eq(core_conf(r->scope)->type, scopes[_i].type);
}
END_TEST

START_TEST(merges_are_remembered)
{
	const struct scope *first;
	struct request *r;

	open_site(TYPE("Directory", "%s/www", "d") TYPE("Files", "file", "f")
	    TYPE("Location", "/", "l"));
	r = ask("/file");
	route_directory(r);
	first = r->scope;
	ck_assert_ptr_ne(first, c->main->scope);
	r = ask("/dir/file");
	route_directory(r);
	ck_assert_ptr_eq(r->scope, first);
	r = ask("/dir/none");
	route_directory(r);
	ck_assert_ptr_ne(r->scope, first);
	route_merge(r, first);
	ck_assert_ptr_ne(r->scope, first);
}
END_TEST

/* Before the URL is mapped, only Locations count. */
START_TEST(locations_come_first)
{
	struct request *r;

	open_site(TYPE("Directory", "/", "d") TYPE("Location", "/x", "l"));
	r = site_ask(c, "/x/y");
	ck_assert_int_eq(route_location(r), PASS);
	ck_assert_str_eq(core_conf(r->scope)->type, "l");
	r = site_ask(c, "/y");
	ck_assert_int_eq(route_location(r), PASS);
	ck_assert_ptr_eq(r->scope, c->main->scope);
}
END_TEST

/* ---- Hosts --------------------------------------------------------------- */

static const struct {
	const char	*host, *path, *name;
} hosts[] = {
	{ "b.test", "/", "b.test" },
	{ "B.Test", "/", "b.test" },
	{ "c.test", "/b", "a.test" },
	{ NULL, "/", "a.test" },
	{ NULL, "/b/x", "b.test" },
};

START_TEST(host)
{
	struct request *r;
	struct head head;

	open_site("<VirtualHost *:80>\nServerName a.test\n</VirtualHost>\n"
	    "<VirtualHost *:80>\nServerName b.test\nServerPath /b\n"
	    "</VirtualHost>\n");
	r = site_ask(c, hosts[_i].path);
	head = *r->head;
	head.host.name = str_of(hosts[_i].host);
	head.path = str_of(hosts[_i].path);
	r->head = &head;
	r->client->hosts = hosts_at(c, r->client->calls->local(r->client));
	ck_assert_int_eq(route_vhost(r), PASS);
	ck_assert_str_eq(r->vhost->name, hosts[_i].name);
	ck_assert_ptr_eq(r->scope, r->vhost->scope);
	r->client->hosts = NULL;
}
END_TEST

/* "GET http://b.test:81/": what the Host field says does not count. */
START_TEST(absolute_target)
{
	struct request *r;
	struct head head;

	open_site("");
	r = site_ask(c, "/");
	fields_add(&r->in, STR("Accept"), STR("x"));
	fields_add(&r->in, STR("Host"), STR("a.test"));
	head = *r->head;
	head.form = TARGET_ABSOLUTE;
	head.authority = STR("b.test:81");
	head.host.name = STR("b.test");
	r->head = &head;
	ck_assert_int_eq(route_vhost(r), PASS);
	ck_assert_str_eq(str_z(a, r->host), "b.test");
	ck_assert_str_eq(str_z(a, fields_get(&r->in, STR("Host"))),
	    "b.test:81");
	ck_assert_uint_eq(r->in.n, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("route");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, finds, 0, COUNT(files));
	tcase_add_loop_test(t, deep_paths_are_cheap, 0, 6);
	tcase_add_test(t, the_usual_file_costs_one_look);
	tcase_add_test(t, names_that_are_too_long);
	tcase_add_loop_test(t, link_policy, 0, COUNT(links));
	tcase_add_test(t, foreign_links);
	tcase_add_loop_test(t, apaches_order, 0, COUNT(winners));
	tcase_add_loop_test(t, scope, 0, COUNT(scopes));
	tcase_add_test(t, merges_are_remembered);
	tcase_add_test(t, locations_come_first);
	tcase_add_loop_test(t, host, 0, COUNT(hosts));
	tcase_add_test(t, absolute_target);
	suite_add_tcase(s, t);
	return site_run(s);
}
