/*
 * check_vars.c - the variables that describe a request, and the environment of
 * programs.
 */
#include <stdlib.h>

#include "modules.h"
#include "serve/corridor.h"
#include "serve/vars.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;
static const struct vars_rules usual, with_auth = { .pass_auth = true };

static void
setup(void)
{
	static struct log silent;

	a = arena_new();
	c = NULL;
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
	tree_new();
	tree_directory("cgi");
	tree_file("cgi/run", "x");
	tree_file("page", "x");
	tree_directory("dir");
	setenv("PATH", "/of/the/server", 1);
	setenv("TZ", "UTC", 1);
	unsetenv("LD_LIBRARY_PATH");
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

static void
open_site(const char *more)
{
	const char *error;

	c = site_open(features, n_features, str_zfmt(a,
	    "DocumentRoot %s\nServerTokens Prod\n"
	    "ScriptAlias /cgi/ %s/cgi/\n%s", tree_root, tree_root, more));
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

/* A request that has gone through the corridor up to its handler; fields as
 * "Name: value" lines, or NULL. */
static struct request *
asking(const char *target, const char *fields)
{
	struct request *r = site_ask(c, "/"), *looked;
	struct str rest = str_of(fields), line;

	((struct head *)(uintptr_t)r->head)->host.name = STR("site.test");
	fields_add(&r->in, STR("Host"), STR("site.test"));
	while (str_cut(&rest, '\n', &line)) {
		ptrdiff_t colon = str_find(line, ':');

		fields_add(&r->in, str_first(line, (size_t)colon),
		    str_from(line, (size_t)colon + 2));
	}
	r->uri = str_of(target);
	r->host = STR("site.test");
	looked = request_lookup(r, r->uri);
	looked->no_body = false;
	looked->main = NULL;
	return looked;
}

/* How often name is in the environment; *value is that of the first. */
static int
count(char *const *environment, const char *name, const char **value)
{
	size_t n = strlen(name);
	int found = 0;

	*value = NULL;
	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, n) == 0 &&
		    (*environment)[n] == '=' && found++ == 0)
			*value = *environment + n + 1;
	return found;
}

/* The value of name, which is there once at most. */
static const char *
value_of(char *const *environment, const char *name)
{
	const char *value;

	ck_assert_msg(count(environment, name, &value) <= 1, "%s", name);
	return value;
}

/* ---- Script and path_info ------------------------------------------------ */

static const struct {
	const char	*target, *script_name, *path_info, *translated;
} scripts[] = {
	{ "/cgi/run", "/cgi/run", NULL, NULL },
	{ "/cgi/run?x=/y", "/cgi/run", NULL, NULL },
	{ "/cgi/run/", "/cgi/run", "/", "/" },
	{ "/cgi/run/page", "/cgi/run", "/page", "/page" },
	{ "/cgi/run/page/more", "/cgi/run", "/page/more", "/page/more" },
	{ "/cgi/run/a%20b/%3f", "/cgi/run", "/a b/?", "/a b/?" },
	{ "/cgi/run/cgi/run", "/cgi/run", "/cgi/run", "/cgi/run" },
	{ "/cgi//run//x/../y", "/cgi/run", "/y", "/y" },
	{ "/cgi/%72un/x", "/cgi/run", "/x", "/x" },
	{ "/page", "/page", NULL, NULL },
	{ "/dir/none/x", "/dir/none", "/x", "/x" },
};

START_TEST(script)
{
	struct request *r;
	char *const *e;

	open_site("");
	r = asking(scripts[_i].target, NULL);
	e = vars_cgi_environment(r, &usual);
	ck_assert_str_eq(value_of(e, "SCRIPT_NAME"), scripts[_i].script_name);
	ck_assert_str_eq(str_z(a, var_script_name(r)),
	    scripts[_i].script_name);
	ck_assert_str_eq(value_of(e, "SCRIPT_FILENAME"),
	    tree_path(scripts[_i].script_name + 1));
	ck_assert_pstr_eq(value_of(e, "PATH_INFO"), scripts[_i].path_info);
	ck_assert_pstr_eq(value_of(e, "PATH_TRANSLATED"),
	    scripts[_i].translated == NULL ? NULL :
	    str_zfmt(a, "%s%s", tree_root, scripts[_i].translated));
	ck_assert_str_eq(value_of(e, "REQUEST_URI"), scripts[_i].target);
}
END_TEST

/* What stands behind a program has its slashes merged all the same. */
START_TEST(script_with_slashes)
{
	struct request *r;
	char *const *e;

	open_site("MergeSlashes Off\n");
	r = asking("//cgi//run//a///b", NULL);
	e = vars_cgi_environment(r, &usual);
	ck_assert_str_eq(value_of(e, "SCRIPT_NAME"), "//cgi//run");
	ck_assert_str_eq(value_of(e, "PATH_INFO"), "/a/b");
	ck_assert_str_eq(value_of(e, "SCRIPT_FILENAME"),
	    tree_path("cgi/run"));
}
END_TEST

/* The table, for one request and some settings. */
static const struct {
	const char	*name, *value;
} plain[] = {
	{ "GATEWAY_INTERFACE", "CGI/1.1" },
	{ "SERVER_PROTOCOL", "HTTP/1.1" },
	{ "REQUEST_METHOD", "GET" },
	{ "QUERY_STRING", "a=b&c" },
	{ "REQUEST_URI", "/cgi/run?a=b&c" },
	{ "SERVER_SOFTWARE", "Forkful" },
	{ "SERVER_SIGNATURE", "" },
	{ "SERVER_NAME", "site.test" },
	{ "SERVER_PORT", "80" },
	{ "SERVER_ADDR", "10.0.0.1" },
	{ "SERVER_ADMIN", "[no address given]" },
	{ "REMOTE_ADDR", "192.0.2.7" },
	{ "REMOTE_PORT", "4711" },
	{ "REMOTE_USER", NULL },
	{ "REMOTE_HOST", NULL },
	{ "AUTH_TYPE", NULL },
	{ "CONTEXT_PREFIX", "/cgi/" },
	{ "REQUEST_SCHEME", "http" },
	{ "HTTPS", NULL },
	{ "CONTENT_LENGTH", NULL },
	{ "CONTENT_TYPE", NULL },
	{ "PATH", "/of/the/server" },
	{ "TZ", "UTC" },
	{ "LD_LIBRARY_PATH", NULL },
	{ "HTTP_HOST", "site.test" },
}, set[] = {
	{ "SERVER_SIGNATURE",
	  "<address>Forkful Server at site.test Port 8080</address>\n" },
	{ "SERVER_PORT", "8080" },
	{ "SERVER_ADMIN", "a@site.test" },
	{ "REMOTE_USER", "ann" },
	{ "REMOTE_HOST", "client.test" },
	{ "AUTH_TYPE", "Basic" },
	{ "REQUEST_SCHEME", "https" },
	{ "HTTPS", "on" },
	{ "CONTENT_LENGTH", "3" },
	{ "CONTENT_TYPE", "text/x" },
	{ "SERVER_PROTOCOL", "HTTP/1.0" },
	{ "QUERY_STRING", "" },
	{ "LD_LIBRARY_PATH", "/lib/x" },
	{ "HTTP_CONTENT_LENGTH", NULL },
	{ "HTTP_CONTENT_TYPE", NULL },
};

START_TEST(table)
{
	struct request *r;
	char *const *e;

	open_site("");
	r = asking("/cgi/run?a=b&c", NULL);
	e = vars_cgi_environment(r, &usual);
	for (int i = 0; i < COUNT(plain); i++) {
		struct str v = var_get(r, str_of(plain[i].name));

		ck_assert_pstr_eq(value_of(e, plain[i].name),
		    plain[i].value);
		if (strncmp(plain[i].name, "HTTP_", 5) != 0)
			ck_assert_pstr_eq(v.at == NULL ? NULL : str_z(a, v),
			    plain[i].value);
	}
	ck_assert_str_eq(value_of(e, "DOCUMENT_ROOT"), tree_root);
	ck_assert_str_eq(value_of(e, "CONTEXT_DOCUMENT_ROOT"),
	    tree_path("cgi/"));
	ck_assert_ptr_null(var_get(r, STR("NO_SUCH_THING")).at);
}
END_TEST

/* A program that explains an error learns who was logged in. */
START_TEST(user_before_a_redirect)
{
	struct request *r, *prev;

	open_site("");
	prev = asking("/cgi/run", NULL);
	r = asking("/cgi/run", NULL);
	r->prev = prev;
	ck_assert_ptr_null(var_get(r, STR("REDIRECT_REMOTE_USER")).at);
	prev->user = STR("ann");
	ck_assert(str_is(var_get(r, STR("REDIRECT_REMOTE_USER")), "ann"));
	r->user = STR("bob");
	ck_assert_ptr_null(var_get(r, STR("REDIRECT_REMOTE_USER")).at);
}
END_TEST

START_TEST(table_by_settings)
{
	struct request *r;
	char *const *e;

	setenv("LD_LIBRARY_PATH", "/lib/x", 1);
	open_site("ServerName https://site.test:8080\nServerSignature On\n"
	    "ServerAdmin a@site.test\n");
	r = asking("/cgi/run", "Content-Length: 3\nContent-Type: text/x");
	r->remote_host = STR("client.test");
	r->user = STR("ann");
	r->auth_type = STR("Basic");
	((struct head *)(uintptr_t)r->head)->version = 10;
	e = vars_cgi_environment(r, &usual);
	for (int i = 0; i < COUNT(set); i++)
		ck_assert_pstr_eq(value_of(e, set[i].name), set[i].value);
	/* A request made by a redirect has no body. */
	r->no_body = true;
	e = vars_cgi_environment(r, &usual);
	ck_assert_ptr_null(value_of(e, "CONTENT_LENGTH"));
	ck_assert_ptr_null(value_of(e, "CONTENT_TYPE"));
}
END_TEST

START_TEST(outside_of_aliases)
{
	struct request *r;
	char *const *e;

	open_site("");
	r = asking("/page", NULL);
	e = vars_cgi_environment(r, &usual);
	ck_assert_str_eq(value_of(e, "CONTEXT_PREFIX"), "");
	ck_assert_str_eq(value_of(e, "CONTEXT_DOCUMENT_ROOT"), tree_root);
}
END_TEST

START_TEST(path_of_the_system)
{
	struct request *r;

	unsetenv("PATH");
	open_site("");
	r = asking("/cgi/run", NULL);
	ck_assert_str_eq(value_of(vars_cgi_environment(r, &usual), "PATH"),
	    "/usr/local/bin:/usr/bin:/bin");
}
END_TEST

/* ---- Fields -------------------------------------------------------------- */

static const struct {
	const char	*fields, *name, *value;
} headers[] = {
	{ "Accept-Language: de", "HTTP_ACCEPT_LANGUAGE", "de" },
	{ "x-a: ", "HTTP_X_A", "" },
	{ "X-A: 1\nx-a: 2\nX-B: 3\nX-a: 4", "HTTP_X_A", "1, 2, 4" },
	{ "Cookie: a=1\nCookie: b=2", "HTTP_COOKIE", "a=1, b=2" },
	{ "X1: 1", "HTTP_X1", "1" },
	/* httpoxy: programs would take it for their own proxy. */
	{ "Proxy: http://evil.test/", "HTTP_PROXY", NULL },
	{ "pRoXy: http://evil.test/", "HTTP_PROXY", NULL },
	/* Names that would become somebody else's. */
	{ "X_A: evil\nX-A: good", "HTTP_X_A", "good" },
	{ "X_A: evil", "HTTP_X_A", NULL },
	{ "X.A: evil", "HTTP_X_A", NULL },
	{ "X.A: evil", "HTTP_X.A", NULL },
	{ "Content_Length: 7", "CONTENT_LENGTH", NULL },
	{ "Content_Length: 7", "HTTP_CONTENT_LENGTH", NULL },
	{ "Authorization: Basic x", "HTTP_AUTHORIZATION", NULL },
	{ "Proxy-Authorization: Basic x", "HTTP_PROXY_AUTHORIZATION", NULL },
	{ "Transfer-Encoding: chunked", "HTTP_TRANSFER_ENCODING", "chunked" },
};

START_TEST(field)
{
	struct request *r;

	open_site("");
	r = asking("/cgi/run", headers[_i].fields);
	ck_assert_pstr_eq(value_of(vars_cgi_environment(r, &usual),
	    headers[_i].name), headers[_i].value);
}
END_TEST

START_TEST(passed_authorization)
{
	struct request *r;
	char *const *e;

	open_site("");
	r = asking("/cgi/run", "Authorization: Basic x\nProxy: evil");
	e = vars_cgi_environment(r, &with_auth);
	ck_assert_str_eq(value_of(e, "HTTP_AUTHORIZATION"), "Basic x");
	ck_assert_ptr_null(value_of(e, "HTTP_PROXY"));
}
END_TEST

/* ---- SetEnv and friends -------------------------------------------------- */

static const struct {
	const char	*conf, *fields, *name, *value;
} settings[] = {
	{ "SetEnv A b", NULL, "A", "b" },
	{ "SetEnv A", NULL, "A", "" },
	{ "SetEnv A \"b=c d\"", NULL, "A", "b=c d" },
	{ "SetEnv PATH /own", NULL, "PATH", "/own" },
	{ "SetEnv TZ Japan", NULL, "TZ", "Japan" },
	/* What the server knows cannot be said otherwise ... */
	{ "SetEnv REMOTE_ADDR x", NULL, "REMOTE_ADDR", "192.0.2.7" },
	{ "SetEnv REQUEST_METHOD x", NULL, "REQUEST_METHOD", "GET" },
	{ "SetEnv QUERY_STRING x", NULL, "QUERY_STRING", "" },
	{ "SetEnv HTTP_X_A mine", "X-A: theirs", "HTTP_X_A", "theirs" },
	/* ... but what it does not know can: HTTPS behind a proxy. */
	{ "SetEnv HTTPS on", NULL, "HTTPS", "on" },
	{ "SetEnv REMOTE_USER ann", NULL, "REMOTE_USER", "ann" },
	{ "SetEnv LD_LIBRARY_PATH /x", NULL, "LD_LIBRARY_PATH", "/x" },
	{ "SetEnv HTTP_X_A mine", NULL, "HTTP_X_A", "mine" },
	{ "SetEnv HTTP_PROXY mine", "Proxy: theirs", "HTTP_PROXY", "mine" },
	/* Names that no shell could read. */
	{ "SetEnv my-name.x y", NULL, "my_name_x", "y" },
	{ "SetEnv 1st y", NULL, "_st", "y" },
	{ "SetEnv A=B c", NULL, "A_B", "c" },
};

START_TEST(setting)
{
	struct request *r;

	open_site(settings[_i].conf);
	r = asking("/cgi/run", settings[_i].fields);
	ck_assert_pstr_eq(value_of(vars_cgi_environment(r, &usual),
	    settings[_i].name), settings[_i].value);
}
END_TEST

START_TEST(after_a_redirect)
{
	struct request *r;
	char *const *e;

	open_site("SetEnv A b\nErrorDocument 404 /page/x\n");
	r = asking("/none?q", NULL);
	ck_assert_int_eq(corridor_walk(r, &r), DONE);
	ck_assert_ptr_nonnull(r->prev);
	e = vars_cgi_environment(r, &usual);
	ck_assert_str_eq(value_of(e, "REDIRECT_STATUS"), "404");
	ck_assert_str_eq(value_of(e, "REDIRECT_URL"), "/none");
	ck_assert_str_eq(value_of(e, "REDIRECT_QUERY_STRING"), "q");
	ck_assert_str_eq(value_of(e, "REDIRECT_A"), "b");
	ck_assert_str_eq(value_of(e, "REQUEST_URI"), "/none?q");
	ck_assert_str_eq(value_of(e, "SCRIPT_NAME"), "/page");
	ck_assert_str_eq(value_of(e, "PATH_INFO"), "/x");
	ck_assert_str_eq(value_of(e, "QUERY_STRING"), "");
}
END_TEST

START_TEST(every_name_once)
{
	static const char fields[] = "Accept: a\nX-A: b\nx-a: c\nAccept: d";
	struct request *r;
	char *const *e;

	open_site("SetEnv A 1\nSetEnv HTTP_ACCEPT x\nSetEnv SERVER_NAME x\n"
	    "SetEnv PATH x\nSetEnv B-C 1\nSetEnv B.C 2\n");
	r = asking("/cgi/run/x?y", fields);
	e = vars_cgi_environment(r, &usual);
	for (size_t i = 0; e[i] != NULL; i++) {
		const char *equals = strchr(e[i], '=');

		ck_assert_ptr_nonnull(equals);
		ck_assert_ptr_ne(equals, e[i]);
		value_of(e, str_z(a, str_n(e[i], (size_t)(equals - e[i]))));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vars");
	TCase *t = tcase_create("vars");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, script, 0, COUNT(scripts));
	tcase_add_test(t, script_with_slashes);
	tcase_add_test(t, table);
	tcase_add_test(t, table_by_settings);
	tcase_add_test(t, user_before_a_redirect);
	tcase_add_test(t, outside_of_aliases);
	tcase_add_test(t, path_of_the_system);
	tcase_add_loop_test(t, field, 0, COUNT(headers));
	tcase_add_test(t, passed_authorization);
	tcase_add_loop_test(t, setting, 0, COUNT(settings));
	tcase_add_test(t, after_a_redirect);
	tcase_add_test(t, every_name_once);
	suite_add_tcase(s, t);
	return site_run(s);
}
