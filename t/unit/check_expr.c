/*
 * check_expr.c - expressions: what is one, and what it says.
 *
 * The conditions of the first table and the texts of the second are those that
 * Apache 2.4 takes, with its answers; those of the third it refuses, too.
 */
#include <stdio.h>
#include <string.h>

#include "modules.h"
#include "serve/expr.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;
static struct request *r;

static void
setup(void)
{
	static struct log silent;
	const char *error;

	a = arena_new();
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
	tree_new();
	tree_file("index.html", "hello\n");
	tree_file("empty", "");
	tree_file("script", "#!/bin/sh\n");
	tree_directory("sub");
	tree_file("sub/a.txt", "x");
	tree_directory("closed");
	tree_file("closed/a.txt", "x");
	ck_assert_int_eq(chmod(tree_path("script"), 0755), 0);
	ck_assert_int_eq(symlink("index.html", tree_path("link.html")), 0);
	setenv("EXPR_TEST", "of the system", 1);
	setenv("TZ", "UTC", 1);
	c = site_open(features, n_features, str_zfmt(a, "DocumentRoot %s\n"
	    "<Directory %s/closed>\nRequire all denied\n</Directory>\n"
	    "ServerTokens Prod\n", tree_root, tree_root));
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);

	r = site_ask(c, "/index.html");
	r->client->peer = "127.0.0.1";
	((struct head *)(uintptr_t)r->head)->line =
	    STR("GET /index.html?a=b&c HTTP/1.1");
	r->uri = STR("/index.html?a=b&c");
	r->query = STR("a=b&c");
	r->host = STR("www.example.com");
	r->filename = str_z(a, str_of(tree_path("index.html")));
	r->found.kind = FOUND_FILE;
	ck_assert_int_eq(stat(r->filename, &r->found.st), 0);
	r->found.st.st_mtime = 86400;
	fields_add(&r->in, STR("Host"), STR("www.Example.com"));
	fields_add(&r->in, STR("User-Agent"), STR("agent/1.0"));
	fields_add(&r->in, STR("X-Foo"), STR("one"));
	fields_add(&r->in, STR("X-Foo"), STR("two"));
	fields_add(&r->in, STR("X-Num"), STR("42"));
	fields_add(&r->out, STR("Content-Type"), STR("text/html"));
	fields_add(&r->out_always, STR("X-Always"), STR("here"));
	request_env_set(r, STR("FOO"), STR("foo"));
	request_env_set(r, STR("sei"), STR("1"));
	request_note_set(r, STR("hint"), STR("a note"));
}

static void
teardown(void)
{
	config_end(c);
	log_set_main(NULL);
	arena_end(a);
	tree_end();
}

static struct expr *
parsed(const char *text, enum expr_kind kind)
{
	struct expr_error error;
	struct expr *e = expr_parse(a, str_of(text), kind, &error);

	ck_assert_msg(e != NULL, "%s: %s at %zu", text, error.message,
	    error.offset);
	return e;
}

/* ---- Conditions ---------------------------------------------------------- */

static const struct {
	const char	*text;
	int		 is;
} conditions[] = {
	{ "true", 1 },
	{ "false", 0 },
	{ "'a' == 'a'", 1 },
	{ "'a' = 'a'", 1 },
	{ "'a'='a'", 1 },
	{ "\"a\" == 'a'", 1 },
	{ "1 == 1", 1 },
	{ "1 eq 1", 1 },
	{ "1 -eq 1", 1 },
	{ "'10' > '9'", 0 },
	{ "'10' -gt '9'", 1 },
	{ "10 gt 9", 1 },
	{ "!true", 0 },
	{ "! true", 0 },
	{ "!!true", 1 },
	{ "not true", 0 },
	{ "true and true", 1 },
	{ "true or false", 1 },
	{ "true && false || true", 1 },
	{ "true || true && false", 1 },
	{ "false && false || true", 1 },
	{ "false && true || true", 1 },
	{ "true || false && false", 1 },
	{ "(true)", 1 },
	{ "((true) && !(false))", 1 },
	{ "! 'a' == 'b'", 1 },
	{ "!'a' == 'b' && 'c' == 'c'", 1 },
	{ "! 'a' == 'a' || 'c' == 'c'", 1 },
	{ "'a'.'b' == 'ab'", 1 },
	{ "'a' . 'b' . 'c' == 'abc'", 1 },
	{ "'ab' == 'a'.'b'", 1 },
	{ "%{REQUEST_URI} == '/index.html'", 1 },
	{ "%{request_uri} == '/index.html'", 1 },
	{ "%{HTTP_HOST} == 'www.Example.com'", 1 },
	{ "%{HTTP:host} == 'www.Example.com'", 1 },
	{ "'abc' =~ /b/", 1 },
	{ "'abc' =~ m#B#i", 1 },
	{ "'abc' =~ m/B/i", 1 },
	{ "'abc' =~ m,b,", 1 },
	{ "'abc' =~ m!b!", 1 },
	{ "'abc' =~ m'b'", 1 },
	{ "'abc' =~ m\"b\"", 1 },
	{ "'abc' =~ m|b|", 1 },
	{ "'abc' =~ m;b;", 1 },
	{ "'abc' =~ m:b:", 1 },
	{ "'abc' =~ m?b?", 1 },
	{ "'abc' =~ m%b%", 1 },
	{ "'abc' =~ m^b^", 1 },
	{ "'abc' =~ m$b$", 1 },
	{ "'abc' =~ m-b-", 1 },
	{ "'abc' =~ m.b.", 1 },
	{ "'abc' !~ /b/", 0 },
	{ "'abc' !~ /x/", 1 },
	{ "'abc' =~ /B/iand true", 1 },
	{ "'abc' =~ /b/ && 'x' == 'x'", 1 },
	{ "'abc' =~ /b/and true", 1 },
	{ "'abc' =~ /(b)(c)/ && $1 == 'b'", 1 },
	{ "'abc' =~ /(b)(c)/ && $2.$1 == 'cb'", 1 },
	{ "'abc' =~ /(b)(c)/ && '$2$1' == 'cb'", 1 },
	{ "'abc' =~ /(b)(c)/ && 'x' =~ /y/ || $1 == 'b'", 1 },
	{ "'abc' =~ /(b)(c)/ && 'x' !~ /y/ && $1 == 'b'", 1 },
	{ "'abc' =~ /(b)(c)/ && $9 == ''", 1 },
	{ "$1 == ''", 1 },
	{ "'a' in { 'a', 'b' }", 1 },
	{ "'a' -in { 'a', 'b' }", 1 },
	{ "'c' in { 'a', 'b' }", 0 },
	{ "'a' in {'a'}", 1 },
	{ "1 in { 1, 2 }", 1 },
	{ "'a' in { 'x'.'y', 'a' }", 1 },
	{ "-n 'x'", 1 },
	{ "-n ''", 0 },
	{ "-z ''", 1 },
	{ "-z 'x'", 0 },
	{ "-T 'off'", 0 },
	{ "-T 'OFF'", 0 },
	{ "-T '0'", 0 },
	{ "-T '00'", 1 },
	{ "-T 'no'", 0 },
	{ "-T 'yes'", 1 },
	{ "-T ''", 0 },
	{ "-T 'False'", 0 },
	{ "-x '/bin/sh'", 1 },
	{ "-R '127.0.0.1'", 1 },
	{ "-R '127.0.0.0/8'", 1 },
	{ "-R '127'", 1 },
	{ "-R '10.0.0.0/8'", 0 },
	{ "-R '127.0.0.0/255.0.0.0'", 1 },
	{ "-R '::1'", 0 },
	{ "%{REMOTE_ADDR} -ipmatch '127.0.0.1/8'", 1 },
	{ "'10.1.2.3' -ipmatch '10.0.0.0/8'", 1 },
	{ "'fe80::1' -ipmatch 'fe80::/16'", 1 },
	{ "'xyz' -ipmatch '10.0.0.0/8'", 0 },
	{ "'::ffff:10.1.2.3' -ipmatch '10.0.0.0/8'", 1 },
	{ "'a/b' -strmatch 'a*'", 1 },
	{ "'A/b' -strcmatch 'a*'", 1 },
	{ "'a/b' -fnmatch 'a*'", 0 },
	{ "'.a' -fnmatch '*'", 1 },
	{ "'a.b' -fnmatch '*'", 1 },
	{ "'a' -STRMATCH 'a'", 1 },
	{ "-n %{HTTP_HOST}", 1 },
	{ "-n $0", 0 },
	{ "-n reqenv('FOO')", 1 },
	{ "-n reqenv('sei')", 1 },
	{ "-n env('FOO')", 1 },
	{ "! -n 'x'", 0 },
	{ "-n 'x' && -n 'y'", 1 },
	{ "-n'x'", 1 },
	{ "'a'in{'a'}", 1 },
	{ "1 == '01'", 0 },
	{ "1 -eq '01'", 1 },
	{ "'0x10' -eq 16", 0 },
	{ "' 12' -eq 12", 1 },
	{ "'a' -eq 0", 1 },
	{ "'99999999999999999999' -eq '99999999999999999998'", 1 },
	{ "tolower('ABC') == 'abc'", 1 },
	{ "toLower(\"ABC\") == 'abc'", 1 },
	{ "tolower(toupper('ab')) == 'ab'", 1 },
	{ "tolower ('ABC') == 'abc'", 1 },
	{ "tolower('A'.'B') == 'ab'", 1 },
	{ "%{tolower:ABC} == 'abc'", 1 },
	{ "%{tolower:%{HTTP_HOST}} == 'www.example.com'", 1 },
	{ "%{tolower:A%{REQUEST_METHOD}$1x} == 'agetx'", 1 },
	{ "req('X-Num') -ge 42", 1 },
	{ "req('X-None') == ''", 1 },
	{ "-z req('X-None')", 1 },
	{ "%{HTTP:X-None} == ''", 1 },
	{ "007 == '007'", 1 },
	{ "'a\\'b' == \"a'b\"", 1 },
	{ "\"a\\\"b\" == 'a\"b'", 1 },
	{ "'a\\tb' == \"a\tb\"", 1 },
	{ "'\\101' == 'A'", 1 },
	{ "'a\\q' == 'aq'", 1 },
	{ "'a%b' == 'a%b'", 1 },
	{ "'a$b' == 'a$b'", 1 },
	{ "'a$' == 'a$'", 1 },
	{ "'a}b' == 'a}b'", 1 },
	{ "'%{REQUEST_METHOD}' == 'GET'", 1 },
	{ "'x%{REQUEST_METHOD}y' == 'xGETy'", 1 },
	{ "'x%{tolower:\\}}y' == 'x}y'", 1 },
	{ "'x%{tolower:a\\\\}y' == 'xa\\y'", 0 },
	{ "'1' < '2'", 1 },
	{ "'1' <= '1'", 1 },
	{ "'2' >= '1'", 1 },
	{ "'a' <'b'", 1 },
	{ "1 lt 2", 1 },
	{ "1 le 2", 1 },
	{ "1 ge 1", 1 },
	{ "1 ne 2", 1 },
	{ "1 -ne 2", 1 },
	{ "'a' == 'a' and not 'b' == 'c'", 1 },
	{ "(true)and(true)", 1 },
	{ "'a' ne 'b'", 0 },
	{ "'a' lt 'b'", 0 },
	{ "'x' =~ //", 1 },
	{ "'x' =~ m##", 1 },
	{ "'x' =~ /X/i && 'a' in { 'a' , 'b' }", 1 },
	{ "-n 'a'.'b'", 1 },
	{ "! ( true )", 0 },
	{ "!(true)&&true", 0 },
	{ "not(false)", 1 },
	{ "'a' == 'a'and'b' == 'b'", 1 },
	{ "'a' == 'a'or'b' == 'c'", 1 },
	{ "'a' =~/a/", 1 },
	{ "'a' =~ /a/i&&true", 1 },
	{ "'a' !~ m#b#i", 1 },
	{ "'a' -in {'a'}", 1 },
	{ "\"a\" . 1 == 'a1'", 1 },
	{ "1.2 == '12'", 1 },
	{ "1 . 2 == '12'", 1 },
	{ "1 -lt -1", 0 },
	{ "'1' -lt '-1'", 0 },
	{ "$0 == ''", 1 },
	{ "'abc' =~ /b/ && $0 == 'b'", 0 },
	{ "('abc' =~ /b/) && ! ('x' =~ /y/) && '%{REQUEST_METHOD}$0' == 'GETb'",
	  0 },
	{ "'a/b' -fnmatch '*/b'", 1 },
	{ "'ab' -strmatch 'a[a-c]'", 1 },
	{ "'ab' -strmatch 'a\\b'", 0 },
	{ "'ab' -strmatch '*' && '' -strmatch '*'", 1 },
	{ "%{HTTP:A b} == ''", 1 },
	{ "'x%{toupper:a}b}y' == 'xAb}y'", 1 },
	{ "'x%{toupper:a$0}y' == 'xAy'", 1 },
	{ "tolower( 'A' ) == 'a'", 1 },
	{ "'tab\tx' == \"tab\\tx\"", 1 },
	{ "-f ''", 0 },
	{ "-d ''", 0 },
	{ "-e '%{REQUEST_FILENAME}'", 1 },
	{ "-e %{REQUEST_FILENAME}", 1 },
	{ "'%{HTTP_ACCEPT}' == ''", 1 },
	{ "%{TIME_HOUR} -ge 0 && %{TIME_HOUR} -le 23", 1 },
	{ "\"%{HTTP_HOST}\" == 'www.Example.com'", 1 },
	{ "\"%{TIME}\" =~ m|^\\d{14}$|", 1 },
	{ "'a.b' =~ m#a\\.b#", 1 },
	{ "'a' == 'a'    &&    'b'=='b'", 1 },
	{ "((((((((((true))))))))))", 1 },
	{ "!!!!!!!!!!!!true", 1 },
	{ "-T 'true' && -T 1", 1 },
	{ "'1' -ipmatch '10.0.0.0/8'", 0 },
	{ "'10.0.0.1:80' -ipmatch '10.0.0.0/8'", 0 },
	{ "'%{REMOTE_ADDR}' -ipmatch '127.0.0.1/255.0.0.0'", 1 },
	{ "'10.0.0.1' -ipmatch '10.0.0.1.'", 1 },
	{ "-R '127.'", 1 },
	{ "'abc' =~ /(b)/ && ('x' =~ /(y)/ || $1 == 'b')", 0 },
	{ "'abc' =~ /(b)/ && 'x' !~ /(y)/ && $1 == 'b'", 0 },
	{ "'abc' =~ /(b)/ && $0 == 'b'", 1 },
	{ "'abc' =~ /(b)(c)/ && 'x' =~ /(x)/ && $2 == ''", 1 },
	{ "'abc' =~ /(b)/ && 'x' =~ /x/ && $1 == 'b'", 1 },
	{ "'abc' =~ /(?:b)/ && $0 == 'b'", 0 },
	{ "-1 == '-1'", 1 },
	{ "-1 -lt 0", 1 },
	{ "1 == -1", 0 },
	{ "'-1' -lt 0", 1 },
	{ "-n -1", 1 },
	{ "-12.5 == '-125'", 1 },
	{ "'abc' =~ /(?<x>b)/ && $1 == 'b'", 1 },
	/* Files */
	{ "-e '%{DOCUMENT_ROOT}/index.html'", 1 },
	{ "-e '%{DOCUMENT_ROOT}/sub'", 1 },
	{ "-e '%{DOCUMENT_ROOT}/none'", 0 },
	{ "-f '%{DOCUMENT_ROOT}/index.html'", 1 },
	{ "-f '%{DOCUMENT_ROOT}/link.html'", 1 },
	{ "-f '%{DOCUMENT_ROOT}/sub'", 0 },
	{ "-d '%{DOCUMENT_ROOT}/sub'", 1 },
	{ "-d '%{DOCUMENT_ROOT}/index.html'", 0 },
	{ "-s '%{DOCUMENT_ROOT}/index.html'", 1 },
	{ "-s '%{DOCUMENT_ROOT}/empty'", 0 },
	{ "-s '%{DOCUMENT_ROOT}/sub'", 0 },
	{ "-L '%{DOCUMENT_ROOT}/link.html'", 1 },
	{ "-h '%{DOCUMENT_ROOT}/link.html'", 1 },
	{ "-L '%{DOCUMENT_ROOT}/index.html'", 0 },
	{ "-x '%{DOCUMENT_ROOT}/script'", 1 },
	{ "-x '%{DOCUMENT_ROOT}/index.html'", 0 },
	{ "-U '/index.html'", 1 },
	{ "-U '/none'", 1 },
	{ "-U '/closed/a.txt'", 0 },
	{ "-A 'sub/a.txt'", 1 },
	{ "-F '%{DOCUMENT_ROOT}/index.html'", 1 },
	{ "-F '/index.html'", 0 },
	{ "-F 'index.html'", 1 },
	{ "-F 'sub/a.txt'", 1 },
	{ "-F 'closed/a.txt'", 0 },
	{ "-F 'sub'", 0 },
	{ "-F 'index.html/more'", 0 },
	/* What Apache calls an error */
	{ "-R '0.0.0.0/0'", 1 },
	{ "%{REMOTE_ADDR} -ipmatch '::/0'", 0 },
};

START_TEST(condition)
{
	struct expr *e = parsed(conditions[_i].text, EXPR_CONDITION);

	ck_assert_msg(expr_true(e, r, NULL, 0) == conditions[_i].is,
	    "%s: not %d", conditions[_i].text, conditions[_i].is);
}
END_TEST

/* ---- Texts --------------------------------------------------------------- */

static const struct {
	const char	*text, *is;
} texts[] = {
	{ "", "" },
	{ "plain text", "plain text" },
	{ "%{REQUEST_URI}", "/index.html" },
	{ "a%{REQUEST_URI}b", "a/index.htmlb" },
	{ "$1", "" },
	{ "100%", "100%" },
	{ "100%%", "100%%" },
	{ "%{HTTP:User-Agent}", "agent/1.0" },
	{ "%{tolower:%{HTTP_HOST}}", "www.example.com" },
	{ "%{tolower:%{toupper:a}b}", "ab" },
	{ "\"quoted\" 'q' it's", "\"quoted\" 'q' it's" },
	{ "a\\tb\\\\\\101\\q", "a\tb\\Aq" },
	{ "a}b{", "a}b{" },
	{ "$a $$ $ 1", "$a $$ $ 1" },
	{ "%{toupper:it's}", "IT'S" },
	{ "%{toupper:a\\}b}", "A}B" },
	{ "%{md5:foo}", "acbd18db4cc2f85cedef654fccc4a4d8" },
	{ "%{sha1:foo}", "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33" },
	{ "%{base64:foo}", "Zm9v" },
	{ "%{unbase64:Zm9v}", "foo" },
	{ "%{unbase64:Zm9vYg}", "foob" },
	{ "%{unbase64:Zm9vYmE=xx}", "fooba" },
	{ "%{unbase64:YQBi}", "a" },
	{ "%{unbase64:!!!}", "" },
	{ "%{escape:a b/c?d&<>%;,:@=+~!*()#x}",
	  "a%20b/c%3fd&%3c%3e%25;,:@=+~!*()%23x" },
	{ "%{unescape:a%20b%2Fc}", "a b%2Fc" },
	{ "%{unescape:a%20b%2Fc%zz}", "" },
	{ "%{unescape:a%20b%2Fc%00}", "" },
	{ "%{unescape:%41%4}", "" },
	{ "%{ldap:a,b(c)*+<>;}", "a\\2cb\\28c\\29\\2a\\2b\\3c\\3e\\3b" },
	{ "%{ldap:\303\251 a b }", "\\c3\\a9 a b " },
	{ "%{filesize:%{REQUEST_FILENAME}}", "6" },
	{ "%{filesize:%{DOCUMENT_ROOT}/sub}", "0" },
	{ "%{filesize:/nope}x", "0x" },
	{ "%{file:%{REQUEST_FILENAME}}", "hello\n" },
	{ "%{reqenv:foo}%{env:FOO}%{reqenv:none}", "foofoo" },
	{ "%{osenv:EXPR_TEST}, %{env:EXPR_TEST}",
	  "of the system, of the system" },
	{ "%{note:HINT}, %{env:hint}, %{note:none}", "a note, a note, " },
	{ "%{resp:content-type}, %{resp:X-Always}", "text/html, here" },
	{ "%{req_novary:X-Num}%{req:X-Num}%{HTTP:X-Num}", "424242" },
	/* Variables */
	{ "%{HANDLER} %{CONTENT_TYPE}", "text/html text/html" },
	{ "%{REQUEST_STATUS} %{REQUEST_METHOD}", "200 GET" },
	{ "%{LAST_MODIFIED}", "19700102000000" },
	{ "%{QUERY_STRING} %{PATH_INFO}|", "a=b&c |" },
	{ "%{DOCUMENT_URI} %{IS_SUBREQ}", "/index.html false" },
	{ "%{THE_REQUEST}", "GET /index.html?a=b&c HTTP/1.1" },
	{ "%{REMOTE_HOST} %{REMOTE_ADDR} %{CONN_REMOTE_ADDR} %{REMOTE_PORT}",
	  "127.0.0.1 127.0.0.1 127.0.0.1 4711" },
	{ "%{REMOTE_USER}|%{REMOTE_IDENT}|%{AUTH_TYPE}", "||" },
	{ "%{SERVER_NAME}:%{SERVER_PORT}", "www.example.com:80" },
	{ "%{SERVER_ADMIN} %{SERVER_PROTOCOL}",
	  "[no address given] HTTP/1.1" },
	{ "%{HTTPS} %{HTTP2} %{IPV6} %{REQUEST_SCHEME}", "off off off http" },
	{ "%{REQUEST_LOG_ID}|%{CONN_LOG_ID}|%{CONTEXT_PREFIX}", "||" },
	{ "%{SERVER_SOFTWARE} %{API_VERSION}", "Forkful 20120211" },
	{ "%{HTTP_USER_AGENT}|%{HTTP_ACCEPT}|%{HTTP_COOKIE}", "agent/1.0||" },
};

START_TEST(text)
{
	struct expr *e = parsed(texts[_i].text, EXPR_STRING);
	struct str is = expr_string(e, r, NULL);

	ck_assert_msg(is.at != NULL && str_is(is, texts[_i].is),
	    "%s: \"%.*s\"", texts[_i].text, STR_ARGS(is));
}
END_TEST

/* ---- What is no expression ----------------------------------------------- */

static const char *const impossible[] = {
	"TRUE",
	"1",
	"'a'",
	"NOT true",
	"true AND true",
	"'abc' =~ m(b(",
	"'abc' =~ m{b}",
	"'abc' =~ m[b]",
	"'abc' =~ m b ",
	"'abc' =~ mxbx",
	"'abc' =~ m@b@",
	"'abc' =~ m~b~",
	"'abc' =~ m_b_",
	"'abc' =~ m&b&",
	"'abc' =~ m+b+",
	"'abc' =~ m*b*",
	"'abc' =~ m=b=",
	"'abc' =~ 'b'",
	"'abc' =~ b",
	"'a/c' =~ /a\\/c/",
	"'abc' =~ /b/x",
	"'abc' =~ /B/ii",
	"'a' IN { 'a', 'b' }",
	"'a' in {}",
	"'a' in 'a'",
	"'a' in foo('a')",
	"-R %{REMOTE_ADDR}",
	"-R 'xyz'",
	"'a' -foo 'b'",
	"-Q 'x'",
	"%{FOO} == ''",
	"foo('x') == ''",
	"true true",
	"(true",
	"true)",
	"",
	"'abc",
	"%{HTTP_HOST",
	"-n v('FOO')",
	"'a' == 'a' == 'a'",
	"- n 'x'",
	"-nx",
	"1eq1",
	"a == 'a'",
	"'\\8' == '8'",
	"'\\777' == '8'",
	"%{tolower:} == ''",
	"%{ REQUEST_URI } == ''",
	"$10 == '0'",
	"1 EQ 1",
	"1 -EQ 1",
	"true && true,",
	"# comment",
	"true # comment",
	"'a' == 'a' xor true",
	":foo: == 'x'",
	"TRUE && True",
	"trueish == 'x'",
	"true==true",
	"true == 'true'",
	"andy == 'x'",
	"'x' =~ /x",
	"'x' =~ /(/",
	"'a' in { 'a' 'b' }",
	"'a' in { 'a', }",
	"nottrue",
	"-d",
	"true &&",
	"&& true",
	"true & true",
	"'a' === 'b'",
	"'a' =! 'b'",
	"'a' -strmatch",
	"req('a' == 'b'",
	"%{req:}",
	"tolower('A','B') == 'a'",
	"tolower() == ''",
	"tolower == ''",
	"'x' == 'x' # foo",
	"-T true",
	"_x == 'a'",
	"'x' -ipmatch 'y'",
	"1-1 == 1",
	"- 1 == 1",
	"--1 == 1",
};

START_TEST(refused)
{
	struct expr_error error;

	ck_assert_ptr_null(expr_parse(a, str_of(impossible[_i]),
	    EXPR_CONDITION, &error));
	ck_assert_ptr_nonnull(error.message);
	ck_assert_uint_le(error.offset, strlen(impossible[_i]));
}
END_TEST

static const struct {
	const char	*text, *message;
	size_t		 offset;
	enum expr_kind	 kind;
} mistakes[] = {
	{ "%{REQUEST_URI} == %{FOO}", "the variable FOO does not exist", 20,
	  EXPR_CONDITION },
	{ "foo('x') == ''", "the function foo does not exist", 0,
	  EXPR_CONDITION },
	{ "'a' -foo 'b'", "the operator -foo does not exist", 4,
	  EXPR_CONDITION },
	{ "true && -Q 'x'", "the operator -Q does not exist", 8,
	  EXPR_CONDITION },
	{ "'a' =~ /x(/", "the regular expression is none: ", 9,
	  EXPR_CONDITION },
	{ "(true", "this ( has no )", 0, EXPR_CONDITION },
	{ "true)", "\")\" stands behind", 4, EXPR_CONDITION },
	{ "'a' == 'abc", "the string has no end", 7, EXPR_CONDITION },
	{ "x%{REQUEST_URI", "%{ is not closed", 1, EXPR_STRING },
	{ "a%{tolower:}", "the function tolower needs", 11, EXPR_STRING },
	{ "%{a-b}", "\"-\" cannot be part of", 3, EXPR_STRING },
	{ "-R '300.1.1.1'", "\"300.1.1.1\" is no address", 3,
	  EXPR_CONDITION },
	{ "-R %{REMOTE_ADDR}", "-R needs an address", 3, EXPR_CONDITION },
	{ "a == 'b'", "\"a\" is neither an operator nor", 0,
	  EXPR_CONDITION },
	{ "'a' ~ 'b'", "\"~\" stands where an operator", 4,
	  EXPR_CONDITION },
	{ "'a' in 'b'", "a list such as", 7, EXPR_CONDITION },
	{ "a\\", "nothing stands behind the backslash", 1, EXPR_STRING },
	{ "a\\8", "\\8 is no octal number", 1, EXPR_STRING },
	{ "a\\777", "\\777 is larger than a byte", 1, EXPR_STRING },
	{ "", "it ends where", 0, EXPR_CONDITION },
};

START_TEST(told)
{
	struct expr_error error;

	ck_assert_ptr_null(expr_parse(a, str_of(mistakes[_i].text),
	    mistakes[_i].kind, &error));
	ck_assert_msg(str_starts(str_of(error.message),
	    str_of(mistakes[_i].message)), "%s: %s", mistakes[_i].text,
	    error.message);
	ck_assert_uint_eq(error.offset, mistakes[_i].offset);
}
END_TEST

/* n times opening, a middle, n times closing. */
static const char *
nested(const char *opening, const char *middle, const char *closing, size_t n)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < n; i++)
		text_addz(&t, opening);
	text_addz(&t, middle);
	for (size_t i = 0; i < n; i++)
		text_addz(&t, closing);
	return text_z(&t);
}

static const struct {
	const char	*opening, *middle, *closing;
	enum expr_kind	 kind;
} nests[] = {
	{ "(", "true", ")", EXPR_CONDITION },
	{ "!", "true", "", EXPR_CONDITION },
	{ "%{tolower:", "x", "}", EXPR_STRING },
	{ "tolower(", "'x'", ")", EXPR_CONDITION },
	{ "!(", "true", ")", EXPR_CONDITION },
};

START_TEST(depth)
{
	struct expr_error error = { 0 };
	const char *text = nested(nests[_i].opening, nests[_i].middle,
	    nests[_i].closing, 40);

	if (strchr(text, 'l') != NULL && nests[_i].kind == EXPR_CONDITION)
		text = str_zfmt(a, "'x' == %s", text);
	ck_assert_ptr_nonnull(expr_parse(a, str_of(text), nests[_i].kind,
	    &error));
	text = nested(nests[_i].opening, nests[_i].middle, nests[_i].closing,
	    100000);
	ck_assert_ptr_null(expr_parse(a, str_of(text), nests[_i].kind,
	    &error));
	ck_assert_ptr_nonnull(strstr(error.message, "nested more than"));
}
END_TEST

/* ---- The rest of the contract -------------------------------------------- */

START_TEST(long_chain)
{
	struct text t = { .arena = a };

	text_addz(&t, "false");
	for (int i = 0; i < 20000; i++)
		text_addz(&t, " || 'a'.'b' == 'x'");
	text_addz(&t, " || true");
	ck_assert_int_eq(expr_true(parsed(text_z(&t), EXPR_CONDITION), r,
	    NULL, 0), 1);
}
END_TEST

static const struct {
	const char	*condition, *before, *vary;
	unsigned	 flags;
} varies[] = {
	{ "%{HTTP_USER_AGENT} == 'x'", NULL, "User-Agent", 0 },
	{ "req('X-Foo') == 'x'", NULL, "X-Foo", 0 },
	{ "req('X-Foo') == 'x' || http('x-foo') == 'y'", NULL, "X-Foo", 0 },
	{ "%{HTTP:X-Foo} == 'x' || req('X-Num') == 'y'", NULL, "X-Foo,X-Num",
	  0 },
	{ "%{HTTP:X-Foo} == 'x' && req('X-Num') == 'y'", NULL, "X-Foo", 0 },
	{ "req_novary('X-Foo') == 'x'", NULL, NULL, 0 },
	{ "%{HTTP_HOST} == 'x' || req('hOst') == 'y'", NULL, NULL, 0 },
	{ "req('X-Foo') == 'x'", NULL, NULL, EXPR_NO_VARY },
	{ "req('X-Foo') == 'x'", "Accept", "Accept,X-Foo", 0 },
	{ "req('X-Foo') == 'x'", "a, x-foo", "a, x-foo", 0 },
};

START_TEST(vary)
{
	struct str value;

	if (varies[_i].before != NULL)
		fields_add(&r->out, STR("Vary"), str_of(varies[_i].before));
	expr_true(parsed(varies[_i].condition, EXPR_CONDITION), r, NULL,
	    varies[_i].flags);
	value = fields_join(a, &r->out, STR("Vary"));
	if (varies[_i].vary == NULL)
		ck_assert_ptr_null(value.at);
	else
		ck_assert_msg(str_is(value, varies[_i].vary), "%.*s",
		    STR_ARGS(value));
}
END_TEST

START_TEST(captures_stay)
{
	struct expr_captures found = { 0 };

	ck_assert_int_eq(expr_true(parsed("%{HTTP_HOST} =~ /^(\\w+)\\.(\\w+)/",
	    EXPR_CONDITION), r, &found, 0), 1);
	ck_assert(str_is(found.group[2], "Example"));
	ck_assert(str_is(expr_string(parsed("$2-$1-$9", EXPR_STRING), r,
	    &found), "Example-www-"));
}
END_TEST

static const char *const failing[] = {
    "%{file:/nope} == 'x'", "! %{file:/nope} == 'x'",
    "false || file('/nope') == 'x'", "'x' in { 'y', file('/nope') }",
    "-n file('%{DOCUMENT_ROOT}')", "file('/dev/zero') == ''",
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' =~ "
    "/^(a+)+(a+)+(a+)+\\1\\2\\3$/") };

/* Neither true nor false, not even behind a "!". */
START_TEST(cannot_be_said)
{
	ck_assert_int_eq(expr_true(parsed(failing[_i], EXPR_CONDITION), r,
	    NULL, 0), -1);
}
END_TEST

START_TEST(text_cannot_be_said)
{
	ck_assert_ptr_null(expr_string(parsed("a%{file:/nope}", EXPR_STRING),
	    r, NULL).at);
}
END_TEST

START_TEST(lookups_are_bounded)
{
	struct expr *e = parsed("-U '/index.html'", EXPR_CONDITION);

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(expr_true(e, r, NULL, 0), 1);
	ck_assert_int_eq(expr_true(e, r, NULL, 0), -1);
}
END_TEST

START_TEST(constants)
{
	ck_assert(str_is(expr_constant(parsed("a\\tb", EXPR_STRING)), "a\tb"));
	ck_assert_ptr_null(expr_constant(parsed("a%{TIME}",
	    EXPR_STRING)).at);
	ck_assert_str_eq(expr_too_late(parsed("-n %{remote_user}",
	    EXPR_CONDITION)), "REMOTE_USER");
	ck_assert_ptr_null(expr_too_late(parsed("-n %{REQUEST_URI}",
	    EXPR_CONDITION)));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("expr");
	TCase *t = tcase_create("expr");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, condition, 0, COUNT(conditions));
	tcase_add_loop_test(t, text, 0, COUNT(texts));
	tcase_add_loop_test(t, refused, 0, COUNT(impossible));
	tcase_add_loop_test(t, told, 0, COUNT(mistakes));
	tcase_add_loop_test(t, depth, 0, COUNT(nests));
	tcase_add_test(t, long_chain);
	tcase_add_loop_test(t, vary, 0, COUNT(varies));
	tcase_add_test(t, captures_stay);
	tcase_add_loop_test(t, cannot_be_said, 0, COUNT(failing));
	tcase_add_test(t, text_cannot_be_said);
	tcase_add_test(t, lookups_are_bounded);
	tcase_add_test(t, constants);
	suite_add_tcase(s, t);
	return site_run(s);
}
