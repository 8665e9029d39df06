#include "modules/alias.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_alias };

static struct config *
open_site(const char *text)
{
	return site_open(table, 2, text);
}

/* What a prefix matches, by Apache's rules for slashes. */
static const struct {
	const char	*from, *path;
	int		 used;
} prefixes[] = {
	{ "/foo", "/foo", 4 },
	{ "/foo", "/foo/", 4 },
	{ "/foo", "/foo/x", 4 },
	{ "/foo", "/foobar", -1 },
	{ "/foo", "/fo", -1 },
	{ "/foo/", "/foo", -1 },
	{ "/foo/", "/foo/", 5 },
	{ "/foo/", "/foo/x", 5 },
	{ "/foo/", "/foo//x", 6 },
	{ "/foo", "//foo/x", 5 },
	{ "/a/b", "/a//b/c", 5 },
	{ "/a/b", "/ab/c", -1 },
	{ "/", "/", 1 },
	{ "/", "/x", 1 },
	{ "/", "///x", 3 },
	{ "", "/x", -1 },
	{ "foo", "/foo", -1 },
};

START_TEST(prefix)
{
	ck_assert_int_eq((int)prefix_match(str_of(prefixes[_i].from),
	    str_of(prefixes[_i].path)), prefixes[_i].used);
}
END_TEST

/* Where a path leads under one configuration. */
static const struct {
	const char	*conf, *path;
	const char	*filename;	/* NULL: not mapped */
	size_t		 root_n;
} maps[] = {
	{ "Alias /a /srv/a", "/a", "/srv/a", 6 },
	{ "Alias /a /srv/a", "/a/", "/srv/a/", 6 },
	{ "Alias /a /srv/a", "/a/b/c", "/srv/a/b/c", 6 },
	{ "Alias /a /srv/a", "/ab", NULL, 0 },
	{ "Alias /a/ /srv/a/", "/a", NULL, 0 },
	{ "Alias /a/ /srv/a/", "/a/", "/srv/a/", 6 },
	{ "Alias /a/ /srv/a/", "/a/b", "/srv/a/b", 6 },
	{ "Alias /a/ /srv/a", "/a/b", "/srv/a/b", 6 },
	{ "Alias /a /srv/a/", "/a/b", "/srv/a/b", 6 },
	{ "Alias /a//b /srv/ab", "/a/b/c", "/srv/ab/c", 7 },
	{ "Alias /a /srv/a", "//a//b", "/srv/a/b", 6 },
	{ "Alias / /srv/all/", "/x/y", "/srv/all/x/y", 8 },
	{ "Alias / /", "/etc", "/etc", 1 },
	{ "Alias /a relative", "/a/b", "/srv/relative/b", 13 },
	{ "Alias /f.txt /srv/other.txt", "/f.txt", "/srv/other.txt", 14 },
	/* The first in the text wins, not the longest. */
	{ "Alias /a/b /srv/1\nAlias /a /srv/2", "/a/b/c", "/srv/1/c", 6 },
	{ "Alias /a /srv/2\nAlias /a/b /srv/1", "/a/b/c", "/srv/2/b/c", 6 },
	{ "Alias /a/ /srv/1/\nAlias /a /srv/2", "/a", "/srv/2", 6 },
	{ "Alias /a/ /srv/1/\nAlias /a /srv/2", "/a/", "/srv/1/", 6 },
	/* Regular expressions take their turn. */
	{ "AliasMatch ^/i/(.*)\\.png$ /srv/i/$1/p.png", "/i/x.png",
	  "/srv/i/x/p.png", 7 },
	{ "AliasMatch ^/i/(.*)\\.png$ /srv/i-$1", "/i/x.png", "/srv/i-x", 5 },
	{ "AliasMatch ^/d /srv/\\$1", "/d", "/srv/$1", 5 },
	{ "AliasMatch /(b) /srv/m/$1\nAlias /a /srv/a", "/a/b", "/srv/m/b",
	  7 },
	{ "Alias /a /srv/a\nAliasMatch /(b) /srv/m/$1", "/a/b", "/srv/a/b",
	  6 },
	{ "Alias /a /srv/a\nAliasMatch /(b) /srv/m/$1", "/c/b", "/srv/m/b",
	  7 },
	{ "AliasMatch ^/x(.*) $1", "/x/etc", "/etc", 0 },
	{ "AliasMatch ^/x/(.*) /srv//$1", "/x//y", "/srv/y", 5 },
	{ "", "/a", NULL, 0 },
	{ "Alias a /srv/a", "/a", NULL, 0 },
};

START_TEST(map_to_file)
{
	struct config *c = open_site(maps[_i].conf);
	struct request *r = site_ask(c, maps[_i].path);
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(mod_alias.translate(r), maps[_i].filename != NULL ?
	    DONE : PASS);
	ck_assert_pstr_eq(r->filename, maps[_i].filename);
	ck_assert_uint_eq(r->root_n, maps[_i].root_n);
	config_end(c);
}
END_TEST

START_TEST(never_leads_out)
{
	struct config *c = open_site("AliasMatch ^/a(.*)$ /srv/$1");
	struct request *r = site_ask(c, "/a../etc/passwd");

	ck_assert_int_eq(mod_alias.translate(r), 403);
	config_end(c);
}
END_TEST

START_TEST(scripts_and_context)
{
	struct config *c = open_site("ScriptAlias /cgi-bin/ /srv/cgi/\n"
	    "ScriptAliasMatch ^/s/(\\w+) /srv/cgi/$1\nAlias /a /srv/a");
	struct request *r = site_ask(c, "/cgi-bin/x/y");

	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert_str_eq(r->handler, "cgi-script");
	ck_assert(r->script_alias);
	ck_assert_str_eq(r->context_prefix, "/cgi-bin/");
	ck_assert_str_eq(r->context_root, "/srv/cgi/");
	r = site_ask(c, "/s/prog/more");
	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/srv/cgi/prog");
	ck_assert(r->script_alias);
	ck_assert_ptr_null(r->context_prefix);
	r = site_ask(c, "/a");
	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert(!r->script_alias);
	ck_assert_ptr_null(r->handler);
	config_end(c);
}
END_TEST

/* What a Redirect answers. */
static const struct {
	const char	*conf, *path, *query;
	int		 status;
	const char	*location;	/* NULL: none */
} redirects[] = {
	{ "Redirect /r http://x.org/n", "/r", NULL, 302, "http://x.org/n" },
	{ "Redirect /r http://x.org/n", "/r/a b", NULL, 302,
	  "http://x.org/n/a%20b" },
	{ "Redirect /r http://x.org/n", "/rest", NULL, 0, NULL },
	{ "Redirect /r http://x.org/n", "/r", "q=1", 302,
	  "http://x.org/n?q=1" },
	{ "Redirect /r http://x.org/n?fixed", "/r", "q=1", 302,
	  "http://x.org/n?fixed" },
	{ "Redirect /r http://x.org/n#f", "/r", "q=1", 302,
	  "http://x.org/n?q=1#f" },
	{ "Redirect /r http://x.org/", "/r/y", NULL, 302, "http://x.org//y" },
	{ "Redirect / http://x.org/", "/y", NULL, 302, "http://x.org/y" },
	{ "Redirect /r /local", "/r/y", NULL, 302,
	  "http://site.test/local/y" },
	{ "Redirect permanent /r http://x.org", "/r", NULL, 301,
	  "http://x.org" },
	{ "Redirect seeother /r http://x.org", "/r", NULL, 303,
	  "http://x.org" },
	{ "Redirect TEMP /r http://x.org", "/r", NULL, 302, "http://x.org" },
	{ "Redirect 308 /r http://x.org", "/r", NULL, 308, "http://x.org" },
	{ "RedirectTemp /r http://x.org", "/r", NULL, 302, "http://x.org" },
	{ "RedirectPermanent /r http://x.org", "/r", NULL, 301,
	  "http://x.org" },
	{ "Redirect gone /r", "/r/x", NULL, 410, NULL },
	{ "Redirect 404 /r", "/r/x", NULL, 404, NULL },
	{ "Redirect 503 /", "/x", NULL, 503, NULL },
	{ "RedirectMatch ^/m/(.*)\\.gif$ http://x.org/$1.png", "/m/a b.gif",
	  NULL, 302, "http://x.org/a%20b.png" },
	{ "RedirectMatch 301 ^/m(.*) /n$1", "/m/x", NULL, 301,
	  "http://site.test/n/x" },
	{ "RedirectMatch ^/m/(.*) http://x.org/?q=$1", "/m/x?y", "a", 302,
	  "http://x.org/?q=x%3fy" },
	{ "RedirectMatch 404 \\.git", "/a/.git/config", NULL, 404, NULL },
	{ "RedirectMatch gone \\.old$", "/a.old", NULL, 410, NULL },
	{ "RedirectMatch ^/m(.*) $1", "/m/x", NULL, 302,
	  "http://site.test/x" },
	{ "RedirectMatch ^/m(.*) nowhere$1", "/m/x", NULL, 500, NULL },
	/* Redirects come before aliases. */
	{ "Alias /r /srv\nRedirect /r http://x.org", "/r", NULL, 302,
	  "http://x.org" },
	/* What a section says holds for all of its URLs. */
	{ "<Location /l>\nRedirect 301 http://x.org/n\n</Location>", "/l/m",
	  "q", 301, "http://x.org/n?q" },
	{ "<Location /l>\nRedirect gone\n</Location>", "/l/m", NULL, 410,
	  NULL },
};

/* The scope of a path, of which only plain <Location> sections are needed. */
static const struct scope *
scope_at(struct config *c, const char *path)
{
	const struct vec *v = c->main->sections->locations == NULL ? NULL :
	    hash_get(c->main->sections->locations, str_first(str_of(path), 2));
	const struct section *n = v == NULL ? NULL : v->at[0];

	return n == NULL ? c->main->scope :
	    scope_merge(c->arena, c->main->scope, n->scope);
}

START_TEST(redirect_to)
{
	struct config *c = open_site(redirects[_i].conf);
	struct request *r = site_ask(c, redirects[_i].path);
	struct str location;
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r->scope = scope_at(c, redirects[_i].path);
	r->has_query = redirects[_i].query != NULL;
	r->query = str_of(redirects[_i].query);
	ck_assert_int_eq(mod_alias.translate(r), redirects[_i].status);
	location = fields_get(&r->out_always, STR("Location"));
	ck_assert_pstr_eq(location.at == NULL ? NULL :
	    str_z(c->arena, location), redirects[_i].location);
	config_end(c);
}
END_TEST

START_TEST(alias_in_location)
{
	struct config *c = open_site("<Location /l>\nAlias /srv/one\n"
	    "</Location>\n<Location /p>\nAlias /srv/two\n"
	    "AliasPreservePath On\n</Location>");
	struct request *r = site_ask(c, "/l/x/y");
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	r->scope = scope_at(c, "/l");
	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/srv/one");
	r = site_ask(c, "/p/x/y");
	r->scope = scope_at(c, "/p");
	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/srv/two/x/y");
	config_end(c);
}
END_TEST

/* A thousand aliases, and the right one. */
START_TEST(many)
{
	struct text t = { .arena = arena_new() };
	struct config *c;
	struct request *r;

	for (int i = 0; i < 1000; i++)
		text_addf(&t, "Alias /n%d/sub /srv/%d\n", i, i);
	c = open_site(text_z(&t));
	r = site_ask(c, "/n777/sub/file");
	ck_assert_int_eq(mod_alias.translate(r), DONE);
	ck_assert_str_eq(r->filename, "/srv/777/file");
	r = site_ask(c, "/n1000/sub");
	ck_assert_int_eq(mod_alias.translate(r), PASS);
	config_end(c);
	arena_end(t.arena);
}
END_TEST

/* Mistakes, and how the message ends. */
static const struct {
	const char	*conf, *message;
} mistakes[] = {
	{ "Alias /a", "must have two arguments outside of <Location>" },
	{ "<Location /l>\nAlias /a /b\n</Location>", "takes only the target "
	  "in a section, which says itself for which URLs" },
	{ "<Location /l>\nAlias /a%{x}\n</Location>", "must hold an "
	  "expression: the variable x does not exist" },
	{ "Redirect /a", "lacks the URL to redirect to" },
	{ "Redirect 301 http://x.org", "lacks the URL to redirect to" },
	{ "Redirect 410", "lacks a URL path" },
	{ "Redirect 410 /a http://x", "cannot have a URL with status 410" },
	{ "Redirect what /a http://x", "must begin with a status: a number, "
	  "permanent, temp, seeother or gone" },
	{ "Redirect 200 /a", "must have a status from 300 to 599" },
	{ "Redirect /a foo", "must lead to a URL, or to a path that begins "
	  "with /" },
};

START_TEST(tells_mistakes)
{
	struct config *c = open_site(mistakes[_i].conf);
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_msg(str_ends(str_of(error), str_of(mistakes[_i].message)),
	    "%s", error);
	config_end(c);
}
END_TEST

START_TEST(warns_of_hidden_aliases)
{
	struct config *c = open_site("Alias /a /srv/1\nAlias /a/b /srv/2\n"
	    "Alias /c/ /srv/3/\nAlias /c /srv/4");

	ck_assert_uint_eq(diagnosis_warnings(c->reading->diagnosis), 1);
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("alias");
	TCase *t = tcase_create("alias");

	tcase_add_loop_test(t, prefix, 0, COUNT(prefixes));
	tcase_add_loop_test(t, map_to_file, 0, COUNT(maps));
	tcase_add_test(t, never_leads_out);
	tcase_add_test(t, scripts_and_context);
	tcase_add_loop_test(t, redirect_to, 0, COUNT(redirects));
	tcase_add_test(t, alias_in_location);
	tcase_add_test(t, many);
	tcase_add_loop_test(t, tells_mistakes, 0, COUNT(mistakes));
	tcase_add_test(t, warns_of_hidden_aliases);
	suite_add_tcase(s, t);
	return site_run(s);
}
