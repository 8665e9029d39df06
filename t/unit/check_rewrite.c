#include "modules/rewrite.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_rewrite };

/* What rules of a server make of a path. */
static const struct {
	const char	*rules, *path, *query;
	int		 answer;
	const char	*to;		/* file name, or Location */
	const char	*new_query;	/* NULL: none */
} servers[] = {
	{ "RewriteRule ^/a$ /b", "/a", "q", DONE, "/srv/www/b", "q" },
	{ "RewriteRule ^/a$ /b", "/c", "q", PASS, NULL, "q" },
	{ "RewriteRule ^/a$ /b?x=1", "/a", "q", DONE, "/srv/www/b", "x=1" },
	{ "RewriteRule ^/a$ /b?x=1 [QSA]", "/a", "q", DONE, "/srv/www/b",
	  "x=1&q" },
	{ "RewriteRule ^/a$ /b?x=1 [QSA]", "/a", NULL, DONE, "/srv/www/b",
	  "x=1" },
	{ "RewriteRule ^/a$ /b?", "/a", "q", DONE, "/srv/www/b", NULL },
	{ "RewriteRule ^/a$ /b [QSD]", "/a", "q", DONE, "/srv/www/b", NULL },
	{ "RewriteRule ^/a$ b", "/a", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteRule ^/(.)(.) /$2$1$3\\$1", "/xy", NULL, DONE,
	  "/srv/www/yx$1", NULL },
	{ "RewriteRule !^/a /b", "/c", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteRule \"^/a b$\" \"/c d\"", "/a b", NULL, DONE,
	  "/srv/www/c d", NULL },
	{ "RewriteRule ^/a\\ b$ /c", "/a b", NULL, DONE, "/srv/www/c", NULL },
	{ "RewriteRule ^/a /srv/x", "/a", NULL, DONE, "/srv/x", NULL },
	{ "RewriteRule ^/a /x/../../y", "/a", NULL, 403, NULL, NULL },
	{ "RewriteRule ^/a /x/./../y/", "/a", NULL, DONE, "/srv/www/y/",
	  NULL },
	{ "RewriteRule ^/a /b [F]", "/a", NULL, 403, NULL, NULL },
	{ "RewriteRule ^/a - [G]", "/a", NULL, 410, NULL, NULL },
	{ "RewriteRule ^/a - [R=404]", "/a", NULL, 404, NULL, NULL },
	{ "RewriteRule ^/a http://x/ [P]", "/a", NULL, 403, NULL, NULL },
	{ "RewriteRule ^/a /b\\?c [R]", "/a", NULL, 302,
	  "http://site.test/b?c", NULL },
	{ "RewriteRule ^/(a.*) /n/$1 [R=301]", "/a b#", "q", 301,
	  "http://site.test/n/a%20b%23?q", "q" },
	{ "RewriteRule ^/a(.*) /n$1 [R,NE]", "/a#b", NULL, 302,
	  "http://site.test/n#b", NULL },
	{ "RewriteRule ^/a http://x.org/n", "/a", "q", 302,
	  "http://x.org/n?q", "q" },
	{ "RewriteRule ^/a(.*) /n?q=$1 [R,B,NE]", "/a&/", NULL, 302,
	  "http://site.test/n?q=%26%2f", NULL },
	{ "RewriteRule ^/a(.*) /n$1?x", "/a?y", NULL, 403, NULL, NULL },
	{ "RewriteRule ^/a(.*) /n$1?x [UnsafeAllow3F]", "/a?y", NULL, DONE,
	  "/srv/www/n", "y?x" },
	{ "RewriteRule ^/a(.*) /b?$1", "/a c", NULL, 403, NULL, NULL },
	/* One after the other. */
	{ "RewriteRule ^/a /b\nRewriteRule ^/b /c", "/a", NULL, DONE,
	  "/srv/www/c", NULL },
	{ "RewriteRule ^/a /b [L]\nRewriteRule ^/b /c", "/a", NULL, DONE,
	  "/srv/www/b", NULL },
	{ "RewriteRule ^/x - [C]\nRewriteRule ^/a /b\nRewriteRule ^/a /c",
	  "/a", NULL, DONE, "/srv/www/c", NULL },
	{ "RewriteRule ^/a - [S=1]\nRewriteRule ^/a /b\nRewriteRule ^/a /c",
	  "/a", NULL, DONE, "/srv/www/c", NULL },
	{ "RewriteRule (.*)_(.*) $1-$2 [N]", "/a_b_c", NULL, DONE,
	  "/srv/www/a-b-c", NULL },
	{ "RewriteRule (.*) $1x [N=3]", "/a", NULL, 500, NULL, NULL },
	{ "RewriteRule (.*) $1xxxxxxxxxxxxxxxxxxxxxxxxxx [N]", "/a", NULL,
	  500, NULL, NULL },
	/* Conditions. */
	{ "RewriteCond %{QUERY_STRING} ^k=(\\d+)$\nRewriteRule ^/a /n/%1",
	  "/a", "k=7", DONE, "/srv/www/n/7", "k=7" },
	{ "RewriteCond %{QUERY_STRING} !=x\nRewriteRule ^/a /b", "/a", "x",
	  PASS, NULL, "x" },
	{ "RewriteCond a =b [OR]\nRewriteCond $1 =c\nRewriteRule ^/a(.) /b",
	  "/ac", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteCond a =a [OR]\nRewriteCond a =c\nRewriteCond a =d\n"
	  "RewriteRule ^/a /b", "/a", NULL, PASS, NULL, NULL },
	{ "RewriteCond ABC ^abc$ [NC]\nRewriteRule ^/a /b", "/a", NULL, DONE,
	  "/srv/www/b", NULL },
	{ "RewriteCond 10 -gt9\nRewriteCond 10 -ne9\nRewriteCond 9 !-ge10\n"
	  "RewriteRule ^/a /b", "/a", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteCond z <aa\nRewriteRule ^/a /b", "/a", NULL, DONE,
	  "/srv/www/b", NULL },
	{ "RewriteCond / -d\nRewriteCond / !-f\nRewriteCond /nowhere !-L\n"
	  "RewriteRule ^/a /b", "/a", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteCond %{HTTP:X-None}= =\"\" \nRewriteRule ^/a /b", "/a",
	  NULL, PASS, NULL, NULL },
	{ "RewriteCond %{REQUEST_METHOD}%{HTTPS} =GEToff\nRewriteRule ^/a /b",
	  "/a", NULL, DONE, "/srv/www/b", NULL },
	{ "RewriteCond expr \"%{QUERY_STRING} =~ /^k=(.)$/\"\n"
	  "RewriteRule ^/a /%1", "/a", "k=v", DONE, "/srv/www/v", "k=v" },
	{ "RewriteCond expr \"!%{REQUEST_METHOD} in { 'PUT', 'GET' }\"\n"
	  "RewriteRule ^/a /b", "/a", NULL, PASS, NULL, NULL },
	{ "RewriteRule ^/a /c?x\nRewriteCond expr "
	  "\"%{QUERY_STRING}.%{REQUEST_FILENAME} == 'x/c'\"\n"
	  "RewriteRule . /b", "/a", NULL, DONE, "/srv/www/b", "x" },
	/* Maps. */
	{ "RewriteMap up int:toupper\nRewriteRule ^/a(.*) /${up:$1}", "/axy",
	  NULL, DONE, "/srv/www/XY", NULL },
	{ "RewriteRule ^/a(.*) /${none:$1|d$1}", "/axy", NULL, DONE,
	  "/srv/www/dxy", NULL },
	{ "RewriteMap es int:escape\nRewriteRule ^/a /${es:{a}|b}", "/a",
	  NULL, DONE, "/srv/www/%7ba%7d", NULL },
};

static struct config *
open_rules(const char *rules)
{
	struct arena *a = arena_new();
	struct config *c = site_open(table, 2, str_zfmt(a,
	    "RewriteEngine On\n%s", rules));
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	arena_end(a);
	return c;
}

static struct request *
ask_with(struct config *c, const char *path, const char *query)
{
	struct request *r = site_ask(c, path);

	r->has_query = query != NULL;
	if (query != NULL)
		r->query = str_of(query);
	return r;
}

START_TEST(in_a_server)
{
	struct config *c = open_rules(servers[_i].rules);
	struct request *r = ask_with(c, servers[_i].path, servers[_i].query);
	int answer = mod_rewrite.translate(r);

	ck_assert_int_eq(answer, servers[_i].answer);
	if (answer == DONE)
		ck_assert_str_eq(r->filename, servers[_i].to);
	else if (servers[_i].to != NULL)
		ck_assert_str_eq(str_z(c->arena, fields_get(&r->out_always,
		    STR("Location"))), servers[_i].to);
	if (answer == DONE || answer == PASS) {
		ck_assert(r->has_query == (servers[_i].new_query != NULL));
		if (r->has_query)
			ck_assert_str_eq(str_z(c->arena, r->query),
			    servers[_i].new_query);
	}
	config_end(c);
}
END_TEST

START_TEST(passes_a_path_on)
{
	struct config *c = open_rules("RewriteRule ^/a /b?c [PT]");
	struct request *r = ask_with(c, "/a", NULL);

	ck_assert_int_eq(mod_rewrite.translate(r), PASS);
	ck_assert_ptr_null(r->filename);
	ck_assert(str_is(r->path, "/b"));
	ck_assert(str_is(r->query, "c"));
	config_end(c);
}
END_TEST

START_TEST(sets_variables_and_cookies)
{
	struct config *c = open_rules("RewriteRule ^/(.) - "
	    "[E=k:$1,E=gone:x,E=!gone,CO=n:v:.x.org:0:/p:true:1:Lax]\n"
	    "RewriteCond %{ENV:k} =a\nRewriteRule . - [CO=n:w:.x.org]");
	struct request *r = ask_with(c, "/a", NULL);

	ck_assert_int_eq(mod_rewrite.translate(r), PASS);
	ck_assert(str_is(request_env(r, STR("k")), "a"));
	ck_assert_ptr_null(request_env(r, STR("gone")).at);
	ck_assert(str_is(request_env(r, STR("SCRIPT_URL")), "/a"));
	ck_assert(str_is(request_env(r, STR("SCRIPT_URI")),
	    "http://site.test/a"));
	ck_assert_uint_eq(fields_count(&r->out_always, STR("Set-Cookie")), 1);
	ck_assert_str_eq(str_z(c->arena, fields_get(&r->out_always,
	    STR("Set-Cookie"))),
	    "n=v; path=/p; domain=.x.org; secure; HttpOnly; SameSite=Lax");
	config_end(c);
}
END_TEST

/* What rules of a directory make of a file's name. */
static const struct {
	const char	*rules, *name, *info;
	int		 answer;
	const char	*to;		/* internal, or Location; NULL: as is */
} directories[] = {
	{ "RewriteRule ^a$ b", "/srv/www/d/a", "", PASS, "/d/b" },
	{ "RewriteRule ^a$ /b", "/srv/www/d/a", "", PASS, "/b" },
	{ "RewriteRule ^a$ a", "/srv/www/d/a", "", PASS, NULL },
	{ "RewriteRule ^a/i$ b", "/srv/www/d/a", "/i", PASS, "/d/b" },
	{ "RewriteRule ^(.*)$ b?p=$1", "/srv/www/d/a", "/i", PASS,
	  "/d/b?p=a/i" },
	{ "RewriteRule ^/ b", "/srv/www/d/a", "", PASS, NULL },
	{ "RewriteRule ^a$ b [R]", "/srv/www/d/a", "", 302,
	  "http://site.test/srv/www/d/b" },
	{ "RewriteBase /url/\nRewriteRule ^a$ b [R]", "/srv/www/d/a", "",
	  302, "http://site.test/url/b" },
	{ "RewriteBase /url\nRewriteRule ^a$ b", "/srv/www/d/a", "", PASS,
	  "/url/b" },
	{ "RewriteRule ^a$ - [F]", "/srv/www/d/a", "", 403, NULL },
	{ "RewriteRule . b", "/srv/www/d", "", PASS, NULL },
	{ "RewriteOptions AllowNoSlash\nRewriteRule d$ b", "/srv/www/d", "",
	  PASS, "/d/b" },
	{ "Options None\nRewriteRule ^a$ b", "/srv/www/d/a", "", 403, NULL },
};

START_TEST(in_a_directory)
{
	struct arena *a = arena_new();
	struct config *c = open_rules(str_zfmt(a, "<Directory /srv/www/d>\n"
	    "%s\n</Directory>", directories[_i].rules));
	struct request *r = ask_with(c, "/d/a", NULL);
	const struct vec *v = hash_get(c->main->sections->directories,
	    STR("/srv/www/d"));
	const struct section *section = v->at[0];
	const struct rewrite_state *s;

	r->filename = directories[_i].name;
	r->path_info = str_of(directories[_i].info);
	r->scope = scope_merge(c->arena, c->main->scope, section->scope);
	ck_assert_int_eq(mod_rewrite.fixup(r), directories[_i].answer);
	s = r->state[mod_rewrite.index];
	if (directories[_i].answer == 302)
		ck_assert_str_eq(str_z(a, fields_get(&r->out_always,
		    STR("Location"))), directories[_i].to);
	else if (directories[_i].to == NULL)
		ck_assert(s == NULL || s->target.at == NULL);
	else
		ck_assert_str_eq(str_z(a, s->target), directories[_i].to);
	arena_end(a);
	config_end(c);
}
END_TEST

/* Mistakes, and what is said of them. */
static const struct {
	const char	*text, *error;
} mistakes[] = {
	{ "RewriteRule a", "needs a pattern and a substitution" },
	{ "RewriteRule (a b", "cannot use the regular expression" },
	{ "RewriteRule a b [L", "between [ and ]" },
	{ "RewriteRule a b L", "between [ and ]" },
	{ "RewriteRule a b [L,X]", "unknown flag \"X\"" },
	{ "RewriteRule a b [R=99]", "invalid status \"99\"" },
	{ "RewriteRule a b [S=x]", "needs a number after S=" },
	{ "RewriteRule a b [E]", "needs a value after E=" },
	{ "RewriteCond a", "needs a string to test and a pattern" },
	{ "RewriteCond a b [XY]", "unknown flag \"XY\"" },
	{ "RewriteCond a (b", "cannot use the regular expression" },
	{ "RewriteCond expr \"a ==\"", "cannot use the expression" },
	{ "RewriteBase a", "not allowed" },
	{ "<Location />\nRewriteBase a\n</Location>", "begins with /" },
	{ "RewriteOptions inherits", "does not know the option" },
	{ "RewriteMap m dbm:/x", "no database in this server" },
	{ "RewriteMap m fastdbd:x", "no database in this server" },
	{ "RewriteMap m int:x", "must name a function" },
	{ "RewriteMap m foo:x", "of the kind" },
	{ "RewriteMap m txt:/no/such/file", "cannot find the file" },
	{ "RewriteMap m prg:/bin/sh a:b", "as another user" },
	{ "<Directory />\nRewriteMap m int:escape\n</Directory>",
	  "not allowed" },
};

START_TEST(mistake)
{
	struct config *c = site_open(table, 2, mistakes[_i].text);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(strstr(error, mistakes[_i].error) != NULL,
	    "%s", error);
	config_end(c);
}
END_TEST

/* Rules of a section in another, and of a host in the main server. */
static const struct {
	const char	*outer, *inner;
	const char	*path;
	int		 answer;
} inherited[] = {
	{ "RewriteRule x - [G]", "RewriteRule y - [F]", "x", PASS },
	{ "RewriteRule x - [G]", "", "x", 410 },
	{ "RewriteRule x - [G]", "RewriteEngine On", "x", PASS },
	{ "RewriteRule x - [G]", "RewriteOptions Inherit", "x", 410 },
	{ "RewriteRule x - [G]", "RewriteOptions Inherit\n"
	  "RewriteRule x - [F]", "x", 403 },
	{ "RewriteRule x - [G]", "RewriteOptions InheritBefore\n"
	  "RewriteRule x - [F]", "x", 410 },
	{ "RewriteOptions InheritDown\nRewriteRule x - [G]",
	  "RewriteRule y - [F]", "x", 410 },
	{ "RewriteOptions InheritDownBefore\nRewriteRule x - [G]",
	  "RewriteRule x - [F]", "x", 410 },
	{ "RewriteOptions InheritDown\nRewriteRule x - [G]",
	  "RewriteOptions IgnoreInherit\nRewriteRule y - [F]", "x", PASS },
};

START_TEST(inherit)
{
	struct arena *a = arena_new();
	struct config *c = open_rules(str_zfmt(a, "<Directory /srv>\n%s\n"
	    "</Directory>\n<Directory /srv/www>\n%s\n</Directory>",
	    inherited[_i].outer, inherited[_i].inner));
	struct request *r = ask_with(c, "/x", NULL);
	struct hash *h = c->main->sections->directories;
	const struct section *outer =
	    ((struct vec *)hash_get(h, STR("/srv")))->at[0];
	const struct section *inner =
	    ((struct vec *)hash_get(h, STR("/srv/www")))->at[0];

	r->filename = "/srv/www/x";
	r->scope = scope_merge(a, scope_merge(a, c->main->scope,
	    outer->scope), inner->scope);
	ck_assert_int_eq(mod_rewrite.fixup(r), inherited[_i].answer);
	arena_end(a);
	config_end(c);
}
END_TEST

START_TEST(hosts_have_rules_of_their_own)
{
	struct config *c = open_rules("RewriteRule x - [G]\n"
	    "<VirtualHost *:80>\nServerName a.test\n</VirtualHost>\n"
	    "<VirtualHost *:80>\nServerName b.test\nRewriteOptions Inherit\n"
	    "</VirtualHost>");
	struct request *r = ask_with(c, "/x", NULL);

	r->vhost = c->vhosts.at[0];
	r->scope = r->vhost->scope;
	ck_assert_int_eq(mod_rewrite.translate(r), PASS);
	r = ask_with(c, "/x", NULL);
	r->vhost = c->vhosts.at[1];
	r->scope = r->vhost->scope;
	ck_assert_int_eq(mod_rewrite.translate(r), 410);
	config_end(c);
}
END_TEST

/* URLs and their parts. */
static const struct {
	const char	*path, *normal;
} normals[] = {
	{ "/", "/" }, { "", "/" }, { "//a//b", "/a/b" }, { "/a/./b/", "/a/b/" },
	{ "/a/..", "/" }, { "/a/../b", "/b" }, { "/..", NULL },
	{ "/a/../../b", NULL }, { "/a/b/..", "/a/" }, { "/a/.", "/a/" },
	{ "/...", "/..." },
};

START_TEST(normalise)
{
	struct arena *a = arena_new();
	struct str s = rewrite_normalise(a, str_of(normals[_i].path));

	ck_assert_pstr_eq(s.at == NULL ? NULL : str_z(a, s),
	    normals[_i].normal);
	arena_end(a);
}
END_TEST

#define N(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("rewrite");
	TCase *t = tcase_create("rewrite");

	tcase_add_loop_test(t, in_a_server, 0, N(servers));
	tcase_add_test(t, passes_a_path_on);
	tcase_add_test(t, sets_variables_and_cookies);
	tcase_add_loop_test(t, in_a_directory, 0, N(directories));
	tcase_add_loop_test(t, mistake, 0, N(mistakes));
	tcase_add_loop_test(t, inherit, 0, N(inherited));
	tcase_add_test(t, hosts_have_rules_of_their_own);
	tcase_add_loop_test(t, normalise, 0, N(normals));
	suite_add_tcase(s, t);
	return site_run(s);
}
