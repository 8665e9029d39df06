#include <stdio.h>

#include "modules/mime.c"

#include "site.h"

static struct module *const table[] = { &mod_core, &mod_mime };

/* What a file's name says, as the fields of the answer have it. */
static const struct {
	const char	*conf, *name;
	const char	*type, *language, *encoding, *handler;
} names[] = {
	{ "", "a.html", "text/html", NULL, NULL, NULL },
	{ "", "A.HTML", "text/html", NULL, NULL, NULL },
	{ "", "noext", NULL, NULL, NULL, NULL },
	{ "", "html", NULL, NULL, NULL, NULL },
	{ "", ".html", NULL, NULL, NULL, NULL },
	{ "", "..html", NULL, NULL, NULL, NULL },
	{ "", ".hidden.html", "text/html", NULL, NULL, NULL },
	{ "", "bad..html", "text/html", NULL, NULL, NULL },
	{ "", "a.html.", "text/html", NULL, NULL, NULL },
	{ "", "a.html.unknown", "text/html", NULL, NULL, NULL },
	{ "", "a.txt.html", "text/html", NULL, NULL, NULL },
	{ "", "html.txt", "text/plain", NULL, NULL, NULL },
	{ "", "style.css", "text/css", NULL, NULL, NULL },
	{ "", "a.woff2", "font/woff2", NULL, NULL, NULL },
	{ "AddType text/x-own .own", "a.own", "text/x-own", NULL, NULL,
	  NULL },
	{ "AddType text/x-own own OWN2", "a.own2", "text/x-own", NULL, NULL,
	  NULL },
	{ "AddType text/x-own .html", "a.html", "text/x-own", NULL, NULL,
	  NULL },
	{ "AddEncoding x-gzip gz\nAddType application/x-tar tar",
	  "x.tar.gz", "application/gzip", NULL, "x-gzip", NULL },
	{ "AddEncoding x-gzip gz\nAddEncoding x-compress Z", "a.html.gz.Z",
	  "application/gzip", NULL, "x-gzip, x-compress", NULL },
	{ "AddLanguage fr .fr\nAddLanguage en-US .en", "a.html.fr",
	  "text/html", "fr", NULL, NULL },
	{ "AddLanguage fr .fr\nAddLanguage en-US .en", "a.en.fr.html",
	  "text/html", "en-us,fr", NULL, NULL },
	{ "DefaultLanguage de\nAddLanguage fr .fr", "a.html", "text/html",
	  "de", NULL, NULL },
	{ "DefaultLanguage de\nAddLanguage fr .fr", "a.fr", NULL, "fr", NULL,
	  NULL },
	{ "AddCharset UTF-8 .utf8", "a.html.utf8", "text/html; charset=utf-8",
	  NULL, NULL, NULL },
	{ "AddCharset UTF-8 .utf8", "a.utf8.html", "text/html; charset=utf-8",
	  NULL, NULL, NULL },
	{ "AddCharset UTF-8 .utf8\nAddType \"text/html; charset=x; a=b\" h",
	  "a.utf8.h", "text/html; charset=utf-8; a=b", NULL, NULL, NULL },
	{ "AddCharset UTF-8 .utf8", "a.utf8", NULL, NULL, NULL, NULL },
	{ "AddHandler cgi-script .cgi", "a.cgi", NULL, NULL, NULL,
	  "cgi-script" },
	{ "AddHandler cgi-script .cgi", "a.cgi.html", "text/html", NULL, NULL,
	  "cgi-script" },
	{ "AddHandler one .a\nAddHandler two .b", "x.a.b", NULL, NULL, NULL,
	  "two" },
	{ "ForceType image/gif", "a.html", "image/gif", NULL, NULL, NULL },
	{ "ForceType none", "a.html", "text/html", NULL, NULL, NULL },
	{ "SetHandler Own\nAddHandler other .html", "a.html", "text/html",
	  NULL, NULL, "own" },
	{ "SetHandler none\nAddHandler other .html", "a.html", "text/html",
	  NULL, NULL, "other" },
	{ "AddType application/x-httpd-cgi .asp", "a.asp", NULL, NULL, NULL,
	  "application/x-httpd-cgi" },
	{ "AddType \"Application/X-HTTPD-PHP ; q=1\" .php", "a.php", NULL,
	  NULL, NULL, "application/x-httpd-php" },
	{ "ForceType application/x-httpd-cgi", "a", NULL, NULL, NULL,
	  "application/x-httpd-cgi" },
	{ "AddType application/x-httpd .x", "a.x", "application/x-httpd", NULL,
	  NULL, NULL },
};

static void
assert_field(const struct request *r, const char *name, const char *value)
{
	struct str s = fields_get(&r->out, str_of(name));

	ck_assert_pstr_eq(s.at == NULL ? NULL : str_z(r->arena, s), value);
}

static struct request *
ask_file(struct config *c, const char *name)
{
	struct request *r = site_ask(c, "/");

	r->filename = str_zfmt(c->arena, "/srv/www.d/%s", name);
	r->found.kind = FOUND_FILE;
	return r;
}

START_TEST(by_name)
{
	struct config *c = site_open(table, 2, names[_i].conf);
	struct request *r = ask_file(c, names[_i].name);
	const char *error;

	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
	ck_assert_int_eq(fixup(r), PASS);
	assert_field(r, "Content-Type", names[_i].type);
	assert_field(r, "Content-Language", names[_i].language);
	assert_field(r, "Content-Encoding", names[_i].encoding);
	ck_assert_pstr_eq(r->handler, names[_i].handler);
	config_end(c);
}
END_TEST

START_TEST(path_info_counts_on_request)
{
	struct config *c = site_open(table, 2, "<Location />\n"
	    "ModMimeUsePathInfo On\n</Location>");
	struct request *r = ask_file(c, "prog");
	const struct vec *v = hash_get(c->main->sections->locations, STR("/"));

	r->path_info = STR("/a.css");
	fixup(r);
	assert_field(r, "Content-Type", NULL);
	r->scope = ((const struct section *)v->at[0])->scope;
	fixup(r);
	assert_field(r, "Content-Type", "text/css");
	config_end(c);
}
END_TEST

/* A directory's name says nothing, but a handler may be set for it. */
START_TEST(directories)
{
	struct config *c = site_open(table, 2, "SetHandler status");
	struct request *r = ask_file(c, "conf.html");

	r->found.kind = FOUND_DIRECTORY;
	fixup(r);
	assert_field(r, "Content-Type", NULL);
	ck_assert_str_eq(r->handler, "status");
	config_end(c);
}
END_TEST

static const struct mime_conf *
section_conf(struct config *c, const char *path)
{
	const struct vec *v = hash_get(c->main->sections->locations,
	    str_of(path));

	return scope_get(((const struct section *)v->at[0])->scope,
	    &mod_mime);
}

START_TEST(merging)
{
	struct config *c = site_open(table, 2,
	    "<Location /o>\nAddType text/x-a .a .b\nAddHandler h .a\n"
	    "AddEncoding gzip .gz\n</Location>\n"
	    "<Location /i>\nAddType text/x-c .b\nRemoveHandler .a\n"
	    "RemoveEncoding gz\nAddLanguage fr .a\n"
	    "AddType text/x-d .d\nRemoveType .d\n</Location>");
	struct mime_conf both = { 0 };
	const struct meaning *m;

	merge(c->arena, section_conf(c, "/o"), section_conf(c, "/i"), &both);
	m = hash_get(both.extensions, STR("a"));
	ck_assert_str_eq(m->type, "text/x-a");
	ck_assert_str_eq(m->language, "fr");
	ck_assert_ptr_null(m->handler);
	m = hash_get(both.extensions, STR("b"));
	ck_assert_str_eq(m->type, "text/x-c");
	m = hash_get(both.extensions, STR("gz"));
	ck_assert_ptr_null(m->encoding);
	m = hash_get(both.extensions, STR("d"));
	ck_assert_str_eq(m->type, "");
	/* The outer scope is as it was. */
	m = hash_get(section_conf(c, "/o")->extensions, STR("a"));
	ck_assert_str_eq(m->handler, "h");
	config_end(c);
}
END_TEST

/* AddDefaultCharset: the type before and after. */
static const struct {
	const char	*charset, *before, *after;
} charsets[] = {
	{ "utf-8", "text/html", "text/html; charset=utf-8" },
	{ "UTF-8", "text/plain", "text/plain; charset=UTF-8" },
	{ "On", "text/plain", "text/plain; charset=iso-8859-1" },
	{ "Off", "text/plain", "text/plain" },
	{ "utf-8", "TEXT/HTML;a=b", "TEXT/HTML; a=b; charset=utf-8" },
	{ "utf-8", "text/html; Charset=x", "text/html; Charset=x" },
	{ "utf-8", "text/css", "text/css" },
	{ "utf-8", "image/png", "image/png" },
	{ "utf-8", NULL, NULL },
};

START_TEST(default_charset)
{
	char text[100];
	struct config *c;
	struct request *r;

	snprintf(text, sizeof(text), "AddDefaultCharset %s",
	    charsets[_i].charset);
	c = site_open(table, 2, text);
	r = site_ask(c, "/");
	if (charsets[_i].before != NULL)
		fields_set(&r->out, STR("Content-Type"),
		    str_of(charsets[_i].before));
	charset_default(r);
	assert_field(r, "Content-Type", charsets[_i].after);
	config_end(c);
}
END_TEST

START_TEST(types_file)
{
	struct arena *a = arena_new();
	struct hash *types = hash_new(a);

	types_add_line(a, types, STR("text/x-a\ta A2\r\n"));
	types_add_line(a, types, STR("# text/x-b b\n"));
	types_add_line(a, types, STR("\n"));
	types_add_line(a, types, STR("text/x-none\n"));
	types_add_line(a, types, STR("  text/x-c c # d"));
	ck_assert_uint_eq(hash_count(types), 3);
	ck_assert_str_eq(hash_get(types, STR("a2")), "text/x-a");
	ck_assert_str_eq(hash_get(types, STR("c")), "text/x-c");
	arena_end(a);
}
END_TEST

START_TEST(missing_types_file)
{
	struct config *c = site_open(table, 2, "TypesConfig no/such/file");
	const char *error;

	ck_assert_uint_eq(site_errors(c, &error), 1);
	ck_assert_str_eq(error, "TypesConfig cannot read /srv/no/such/file: "
	    "No such file or directory");
	config_end(c);
}
END_TEST

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("mime");
	TCase *t = tcase_create("mime");

	tcase_add_loop_test(t, by_name, 0, COUNT(names));
	tcase_add_test(t, path_info_counts_on_request);
	tcase_add_test(t, directories);
	tcase_add_test(t, merging);
	tcase_add_loop_test(t, default_charset, 0, COUNT(charsets));
	tcase_add_test(t, types_file);
	tcase_add_test(t, missing_types_file);
	suite_add_tcase(s, t);
	return site_run(s);
}
