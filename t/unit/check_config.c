/*
 * check_config.c - whole configurations from files: what is read, inherited and
 * opened, and every mistake of one in one run.
 */
#include <fcntl.h>
#include <limits.h>

#include "base/version.h"
#include "modules.h"
#include "serve/hosts.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;
static struct config_source source;

static void
setup(void)
{
	a = arena_new();
	c = NULL;
	tree_new();
	tree_directory("logs");
	tree_directory("htdocs");
	tree_directory("htdocs/sub");
	source = (struct config_source){ .server_root = tree_root,
	    .file = str_z(a, str_of(tree_path("httpd.conf"))) };
}

static void
teardown(void)
{
	if (c != NULL)
		config_end(c);
	arena_end(a);
	tree_end();
}

/* All findings, each as "LINE E MESSAGE; HINT". */
static const char *
findings(void)
{
	const struct diagnosis *d = c->reading->diagnosis;
	struct text t = { .arena = a };
	const char *message, *hint;
	const struct spot *at;
	enum severity s;

	for (size_t i = 0; diagnosis_at(d, i, &s, &at, &message, &hint); i++)
		text_addf(&t, "%u %c %s%s%s\n", at->line,
		    s == SEVERITY_ERROR ? 'E' : 'W', message,
		    hint == NULL ? "" : "; ", hint == NULL ? "" : hint);
	return text_z(&t);
}

static void
load(const char *text)
{
	if (c != NULL)
		config_end(c);
	tree_file("httpd.conf", text);
	c = config_load(&source);
}

static void
load_well(const char *text)
{
	load(text);
	ck_assert_str_eq(findings(), "");
}

static struct vhost *
host(size_t i)
{
	ck_assert_uint_lt(i, c->vhosts.n);
	return c->vhosts.at[i];
}

static const char *
path(const char *name)
{
	return str_z(a, str_of(tree_path(name)));
}

#define HOST(text)	"<VirtualHost *:80>\n" text "</VirtualHost>\n"

/* ---- Reading ------------------------------------------------------------- */

START_TEST(nothing_but_a_name)
{
	char name[256] = "";

	load_well("");
	ck_assert_uint_eq(c->vhosts.n, 0);
	ck_assert_ptr_eq(c->main->config, c);
	gethostname(name, sizeof(name) - 1);
	ck_assert_int_eq(strcasecmp(c->main->name, name), 0);
	ck_assert_str_eq(c->main->scheme, "http");
	ck_assert_uint_eq(c->main->port, 0);
	ck_assert_uint_eq(core_options(c->main->scope), OPTION_FOLLOW_LINKS);
	ck_assert_uint_eq(core_etag(c->main->scope), ETAG_DEFAULT);
}
END_TEST

START_TEST(missing_file)
{
	c = config_load(&source);
	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 1);
	ck_assert_ptr_nonnull(strstr(findings(), "No such file"));
}
END_TEST

/* -C comes before, -c after; -D is known to both. */
START_TEST(command_line)
{
	vec_add(a, &source.defines, (char *)(uintptr_t)"FAST");
	vec_add(a, &source.before, (char *)(uintptr_t)"Timeout 1");
	vec_add(a, &source.before, (char *)(uintptr_t)"Define HOST a.test");
	vec_add(a, &source.after, (char *)(uintptr_t)"KeepAlive Off");
	load_well("Timeout 2\nKeepAlive On\nServerName ${HOST}\n"
	    "<IfDefine FAST>\nKeepAliveTimeout 3\n</IfDefine>\n");
	ck_assert_int_eq(core_conf(c->main->scope)->timeout_ms.is, 2000);
	ck_assert_int_eq(core_conf(c->main->scope)->keep_alive_timeout_ms.is,
	    3000);
	ck_assert_int_eq(core_conf(c->main->scope)->keep_alive, FLAG_OFF);
	ck_assert_str_eq(c->main->name, "a.test");
}
END_TEST

START_TEST(server_root)
{
	load_well("DocumentRoot htdocs\nErrorLog logs/first\n"
	    HOST("DocumentRoot htdocs/sub/../sub/\n"));
	ck_assert_str_eq(c->main->document_root,
	    path("htdocs"));
	ck_assert_str_eq(host(0)->document_root,
	    path("htdocs/sub"));
	/* It holds for the lines before it, too, as in Apache. */
	load_well(str_zfmt(a, "DocumentRoot sub\nServerRoot %s\n"
	    HOST("DocumentRoot ../logs\n") "ErrorLog ../logs/x\n",
	    path("htdocs")));
	ck_assert_str_eq(c->server_root, path("htdocs"));
	ck_assert_str_eq(c->main->document_root,
	    path("htdocs/sub"));
	ck_assert_str_eq(host(0)->document_root,
	    path("logs"));
	ck_assert_str_eq(c->main->error_log,
	    path("logs/x"));
}
END_TEST

START_TEST(document_roots_may_be_missing)
{
	load("DocumentRoot nowhere\n");
	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 1);
	source.skip_roots = true;
	load_well("DocumentRoot nowhere\n");
}
END_TEST

static const struct {
	const char	*text, *scheme, *name;
	unsigned	 port;
} server_names[] = {
	{ "www.example.org", "http", "www.example.org", 0 },
	{ "WWW.Example.ORG:8080", "http", "www.example.org", 8080 },
	{ "https://www.example.org", "https", "www.example.org", 0 },
	{ "HTTPS://www.example.org:8443", "https", "www.example.org", 8443 },
	{ "[::1]", "http", "[::1]", 0 },
	{ "[::1]:81", "http", "[::1]", 81 },
	{ "localhost:65535", "http", "localhost", 65535 },
	{ "a:0", NULL, NULL, 0 },
	{ "a:65536", NULL, NULL, 0 },
	{ "a:", NULL, NULL, 0 },
	{ "a:b", NULL, NULL, 0 },
	{ "\"\"", NULL, NULL, 0 },
	{ "http://", NULL, NULL, 0 },
	{ ":80", NULL, NULL, 0 },
};

START_TEST(server_name)
{
	load(str_zfmt(a, "ServerName %s", server_names[_i].text));
	if (server_names[_i].name == NULL) {
		ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 1);
		return;
	}
	ck_assert_str_eq(findings(), "");
	ck_assert_str_eq(c->main->scheme, server_names[_i].scheme);
	ck_assert_str_eq(c->main->name, server_names[_i].name);
	ck_assert_uint_eq(c->main->port, server_names[_i].port);
}
END_TEST

/* ---- From the main server to the hosts ----------------------------------- */

START_TEST(hosts_inherit)
{
	const struct core_conf *one, *two;

	load_well("ServerName main.test:8080\nTimeout 7\nKeepAlive Off\n"
	    "LimitRequestLine 100\nServerAdmin a@main.test\n"
	    "HttpProtocolOptions Unsafe\nForceType text/a\n"
	    HOST("ServerName one.test\nKeepAlive On\nTimeout 8\n"
	    "HttpProtocolOptions Require1.0\nServerAlias o.test\n"
	    "ServerPath /one\n")
	    "<VirtualHost *:81>\n</VirtualHost>\n"
	    /* What stands behind a host counts for it, too. */
	    "MaxKeepAliveRequests 5\nTimeout 9\n");
	one = core_conf(host(0)->scope);
	two = core_conf(host(1)->scope);
	ck_assert_int_eq(one->timeout_ms.is, 8000);
	ck_assert_int_eq(two->timeout_ms.is, 9000);
	ck_assert_int_eq(one->keep_alive, FLAG_ON);
	ck_assert_int_eq(two->keep_alive, FLAG_OFF);
	ck_assert_int_eq(one->max_keep_alive.is, 5);
	ck_assert_int_eq(one->limit_line.is, 100);
	ck_assert_str_eq(host(0)->server_admin, "a@main.test");
	ck_assert_str_eq(one->type, "text/a");
	/* Each of the three words is inherited for itself. */
	ck_assert(one->strict.given && one->strict.is == 0);
	ck_assert(one->require_10.given && one->require_10.is == 1);
	ck_assert(!one->registered_methods.given);
	ck_assert(two->strict.given && !two->require_10.given);
	/* Names are a host's own. */
	ck_assert_uint_eq(host(0)->aliases.n, 1);
	ck_assert_uint_eq(host(1)->aliases.n, 0);
	ck_assert_ptr_null(host(1)->server_path);
	ck_assert_str_eq(host(0)->name, "one.test");
	ck_assert_uint_eq(host(0)->port, 0);
	ck_assert_str_eq(host(1)->name, "main.test");
	ck_assert_uint_eq(host(1)->port, 8080);
	ck_assert_ptr_nonnull(c->hosts);
	ck_assert_uint_eq(host(1)->order, 2);
}
END_TEST

/* A host that sets nothing for requests has what the main server has. */
START_TEST(hosts_share)
{
	load_well("KeepAlive Off\n"
	    HOST("ServerName a.test\nServerAdmin x@a.test\n")
	    HOST("ServerName b.test\nTimeout 8\n")
	    HOST("ServerName c.test\n<Location /c>\nForceType a/c\n"
	    "</Location>\n")
	    HOST("ServerName d.test\nTimeout 9\n")
	    "Timeout 7\nServerAdmin x@main.test\n");
	ck_assert_ptr_eq(host(0)->scope, c->main->scope);
	ck_assert_ptr_ne(host(1)->scope, c->main->scope);
	ck_assert_ptr_eq(host(2)->scope, c->main->scope);
	ck_assert_int_eq(core_conf(host(1)->scope)->timeout_ms.is, 8000);
	ck_assert_int_eq(core_conf(host(2)->scope)->timeout_ms.is, 7000);
	ck_assert_int_eq(core_conf(host(3)->scope)->timeout_ms.is, 9000);
	ck_assert_int_eq(core_conf(host(3)->scope)->keep_alive, FLAG_OFF);
	ck_assert_ptr_null(host(0)->sections);
	ck_assert_ptr_nonnull(host(2)->sections);
	ck_assert_str_eq(host(0)->server_admin, "x@a.test");
	ck_assert_str_eq(host(1)->server_admin, "x@main.test");
}
END_TEST

/* Whatever is used later does not live in the text. */
START_TEST(text_is_forgotten)
{
	load_well("Define NAME b.Test\nServerName Main.test:8080\n"
	    HOST("ServerName ${NAME}\nServerAlias \"A.test\" *.${NAME}\n"
	    "ErrorLog 'logs/a'\n"));
	ck_assert_uint_eq(c->nodes.n, 1);
	config_forget_text(c);
	ck_assert_uint_eq(c->nodes.n, 0);
	ck_assert_str_eq(c->main->name, "main.test");
	ck_assert_str_eq(host(0)->name, "b.test");
	ck_assert_str_eq(host(0)->aliases.at[0], "a.test");
	ck_assert_str_eq(host(0)->aliases.at[1], "*.b.test");
	ck_assert_str_eq(host(0)->error_log, path("logs/a"));
	ck_assert(strstr(host(0)->at.file, "httpd.conf") != NULL);
	ck_assert_uint_eq(host(0)->at.line, 3);
	config_forget_text(c);
}
END_TEST

/* ---- Options ------------------------------------------------------------- */

/* Each letter is an option: I ndexes, F ollowSymLinks, O wner, X ExecCGI,
 * N IncludesNOEXEC, n Includes, M ultiViews. */
static const char *
option_letters(const struct scope *s)
{
	static const char letters[] = "InFOXNM";
	struct text t = { .arena = a };

	for (unsigned i = 0; letters[i] != 0; i++)
		if (core_options(s) & 1u << i)
			text_addc(&t, letters[i]);
	return text_z(&t);
}

static const struct {
	const char	*outer, *inner, *options;
} options[] = {
	{ "", "", "F" },
	{ "Options None", "", "" },
	{ "Options All", "", "InFX" },
	{ "Options Indexes ExecCGI", "", "IX" },
	{ "Options Indexes", "Options ExecCGI", "X" },
	{ "Options Indexes", "Options None", "" },
	{ "Options +Indexes", "", "IF" },
	{ "Options -FollowSymLinks", "", "" },
	{ "Options Indexes", "Options +ExecCGI", "IX" },
	{ "Options All", "Options -Indexes -Includes", "FX" },
	{ "Options +Indexes", "Options -Indexes +ExecCGI", "FX" },
	{ "Options -Indexes", "Options +Indexes", "IF" },
	{ "Options +Indexes -FollowSymLinks", "Options +ExecCGI", "IX" },
	{ "Options +Indexes", "Options ExecCGI", "X" },
	{ "Options Indexes\nOptions ExecCGI", "", "X" },
	{ "Options Indexes\nOptions +ExecCGI", "", "IX" },
	{ "Options +Indexes\nOptions +ExecCGI", "", "IFX" },
	{ "Options +Indexes\nOptions -Indexes", "", "F" },
	{ "Options +Indexes\nOptions None", "", "" },
	{ "Options multiviews SYMLINKSIFOWNERMATCH", "", "OM" },
	{ "Options All -Indexes", "", "nFX" },
	{ "Options None", "Options +IncludesNOEXEC", "N" },
};

START_TEST(options_merge)
{
	load_well(str_zfmt(a, "%s\n" HOST("%s\n"), options[_i].outer,
	    options[_i].inner));
	ck_assert_str_eq(option_letters(host(0)->scope), options[_i].options);
}
END_TEST

static const struct {
	const char	*outer, *inner;
	unsigned	 bits;
} etags[] = {
	{ "", "", ETAG_MTIME | ETAG_SIZE },
	{ "FileETag None", "", 0 },
	{ "FileETag All", "", ETAG_MTIME | ETAG_SIZE | ETAG_INODE },
	{ "FileETag INode", "", ETAG_INODE },
	{ "FileETag Size", "FileETag +INode", ETAG_SIZE | ETAG_INODE },
	{ "FileETag +INode", "", ETAG_INODE },
	{ "FileETag -Size", "", ETAG_MTIME | ETAG_SIZE },
	{ "FileETag +Size", "FileETag +INode", ETAG_SIZE | ETAG_INODE },
	{ "FileETag All", "FileETag -INode -Size", ETAG_MTIME },
	{ "FileETag None", "FileETag +Size", ETAG_SIZE },
	{ "FileETag None +Size", "", 0 },
	{ "FileETag None", "FileETag MTime", ETAG_MTIME },
	{ "FileETag Size", "FileETag None", 0 },
	{ "FileETag INode +Size", "", ETAG_INODE | ETAG_SIZE },
	{ "FileETag INode Size -INode", "", ETAG_SIZE },
};

START_TEST(etags_merge)
{
	load_well(str_zfmt(a, "%s\n" HOST("%s\n"), etags[_i].outer,
	    etags[_i].inner));
	ck_assert_uint_eq(core_etag(host(0)->scope), etags[_i].bits);
}
END_TEST

/* ---- ErrorDocument ------------------------------------------------------- */

static const struct error_document *
document(const struct scope *s, int status)
{
	const struct vec *all = &core_conf(s)->error_documents;

	for (size_t i = 0; i < all->n; i++)
		if (((struct error_document *)all->at[i])->status == status)
			return all->at[i];
	return NULL;
}

static const struct {
	int		 status, kind;
	const char	*text;
} documents[] = {
	{ 400, ERRDOC_TEXT, "Two words" },
	{ 401, ERRDOC_TEXT, "old style" },
	{ 402, ERRDOC_URL, "http://elsewhere.test/x" },
	{ 403, ERRDOC_PATH, "/forbidden.html" },
	{ 404, ERRDOC_PATH, "/inner" },
	{ 405, ERRDOC_TEXT, "see http://a.test" },
	{ 406, ERRDOC_TEXT, "" },
	{ 500, ERRDOC_DEFAULT, "default" },
	{ 503, ERRDOC_TEXT, "second" },
};

START_TEST(error_documents)
{
	const struct error_document *d;

	load_well("ErrorDocument 400 \"Two words\"\n"
	    "ErrorDocument 401 '\"old style'\n"
	    "ErrorDocument 402 http://elsewhere.test/x\n"
	    "ErrorDocument 403 /forbidden.html\n"
	    "ErrorDocument 404 /outer\n"
	    "ErrorDocument 405 \"see http://a.test\"\n"
	    "ErrorDocument 406 \"\"\n"
	    "ErrorDocument 500 /oops\n"
	    "ErrorDocument 503 first\nErrorDocument 503 second\n"
	    HOST("ErrorDocument 404 /inner\nErrorDocument 500 default\n"));
	d = document(host(0)->scope, documents[_i].status);
	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq((int)d->kind, documents[_i].kind);
	ck_assert_str_eq(d->text, documents[_i].text);
	ck_assert_str_eq(document(c->main->scope, 404)->text, "/outer");
	ck_assert_ptr_null(document(c->main->scope, 410));
}
END_TEST

/* ---- LogLevel ------------------------------------------------------------ */

static const struct {
	const char	*outer, *inner, *levels;
} levels[] = {
	{ "", "", "warn warn warn" },
	{ "LogLevel info", "", "info info info" },
	{ "LogLevel info", "LogLevel debug", "debug debug debug" },
	{ "LogLevel info cgi:trace3", "", "info trace3 info" },
	{ "LogLevel mod_cgi.c:debug", "", "warn debug warn" },
	{ "LogLevel CGI_module:debug", "", "warn warn warn" },
	{ "LogLevel cgi:info cgi:debug", "", "warn debug warn" },
	/* A level for all forgets those for modules. */
	{ "LogLevel cgi:debug error", "", "error error error" },
	{ "LogLevel cgi:debug\nLogLevel error", "", "error error error" },
	{ "LogLevel cgi:debug", "LogLevel error", "error error error" },
	/* A level for a module adds to what there is. */
	{ "LogLevel info\nLogLevel cgi:debug", "", "info debug info" },
	{ "LogLevel cgi:debug\nLogLevel env:crit", "", "warn debug crit" },
	{ "LogLevel info", "LogLevel cgi:debug", "info debug info" },
	{ "LogLevel info cgi:error", "LogLevel env:crit", "info error crit" },
	{ "LogLevel cgi:error", "LogLevel cgi:info", "warn info warn" },
};

static const char *
level_passes(const char *module)
{
	struct log l = { NULL, core_conf(host(0)->scope)->levels };
	int level = LEVEL_TRACE8;

	while (level > 0 && !log_passes(&l, (enum log_level)level, module))
		level--;
	return log_level_name((enum log_level)level);
}

START_TEST(levels_merge)
{
	load(str_zfmt(a, "%s\n" HOST("%s\n"), levels[_i].outer,
	    levels[_i].inner));
	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 0);
	ck_assert_str_eq(str_zfmt(a, "%s %s %s", level_passes("core"),
	    level_passes("cgi"), level_passes("env")), levels[_i].levels);
}
END_TEST

/* ---- Logs ---------------------------------------------------------------- */

START_TEST(logs_are_opened_once)
{
	load_well("ErrorLog logs/main\n" HOST("") HOST("ErrorLog logs/own\n")
	    HOST("ErrorLog logs/../logs/own\n") HOST("ErrorLog logs/main\n"));
	ck_assert_ptr_nonnull(c->error_log);
	ck_assert_ptr_eq(c->main->log.file, c->error_log);
	ck_assert_ptr_eq(host(0)->log.file, c->error_log);
	ck_assert_ptr_ne(host(1)->log.file, c->error_log);
	ck_assert_ptr_eq(host(2)->log.file, host(1)->log.file);
	ck_assert_ptr_eq(host(3)->log.file, c->error_log);
	ck_assert_int_eq(access(path("logs/own"), F_OK), 0);
}
END_TEST

START_TEST(logs_that_cannot_be_opened)
{
	int spare = open("/dev/null", O_RDONLY);

	close(spare);
	load("ErrorLog logs/main\n\n" HOST("ErrorLog nowhere/own\n"));
	ck_assert_str_eq(findings(), str_zfmt(a, "3 E could not open error "
	    "log file %s: No such file or directory\n",
	    path("nowhere/own")));
	config_end(c);
	c = NULL;
	ck_assert_int_eq(fcntl(spare, F_GETFD), -1);
}
END_TEST

START_TEST(checking_opens_nothing)
{
	source.check_only = true;
	load_well("ErrorLog logs/main\nCustomLog logs/access %h\n");
	ck_assert_ptr_null(c->error_log);
	ck_assert_int_eq(access(path("logs/main"), F_OK), -1);
	ck_assert_int_eq(access(path("logs/access"), F_OK), -1);
}
END_TEST

START_TEST(broken_ones_open_nothing)
{
	load("ErrorLog logs/main\nCustomLog logs/access common\nTimeout x\n");
	ck_assert_uint_eq(diagnosis_errors(c->reading->diagnosis), 1);
	ck_assert_int_eq(access(path("logs/main"), F_OK), -1);
	ck_assert_int_eq(access(path("logs/access"), F_OK), -1);
}
END_TEST

/* ---- Mistakes ------------------------------------------------------------ */

START_TEST(ten_mistakes)
{
	static const char *const parts[] = { "KeepAlice", "Timeout",
	    "DocumentRoot", "Options", "not allowed", "ErrorDocument",
	    "LogLevel", "ServerName", "VirtualHost", "was not closed" };
	static const unsigned lines[] = { 1, 3, 4, 6, 7, 9, 10, 12, 14, 16 };
	const struct diagnosis *d;
	const char *message, *hint;
	const struct spot *at;
	enum severity s;
	size_t n = 0;

	load("KeepAlice On\n"
	    "# a comment\n"
	    "Timeout -5\n"
	    "DocumentRoot nowhere\n"
	    "<Directory /x>\n"
	    "\tOptions +Indices\n"
	    "\tServerAlias x.test\n"
	    "</Directory>\n"
	    "ErrorDocument 600 /fine\n"
	    "LogLevel loud\n"
	    "<VirtualHost *:80>\n"
	    "\tServerName a:b\n"
	    "</VirtualHost>\n"
	    "<VirtualHost *:99999>\n"
	    "</VirtualHost>\n"
	    "<Files y>\n");
	d = c->reading->diagnosis;
	ck_assert_msg(diagnosis_errors(d) == 10, "%s", findings());
	ck_assert_uint_eq(diagnosis_warnings(d), 0);
	for (; diagnosis_at(d, n, &s, &at, &message, &hint); n++) {
		ck_assert_uint_lt(n, 10);
		ck_assert_uint_eq(at->line, lines[n]);
		ck_assert_msg(strstr(message, parts[n]) != NULL, "%s",
		    message);
		ck_assert_str_eq(at->file, source.file);
	}
	ck_assert_uint_eq(n, 10);
}
END_TEST

/* One line, one error, and what it says. */
static const struct {
	const char	*line, *finding;
} mistakes[] = {
	{ "Options -Indices", "Options does not know \"-Indices\"" },
	{ "Options Fly", "Options does not know \"Fly\"" },
	{ "Options Indexes +ExecCGI", "Options must have + or - before every "
	  "option or before none" },
	{ "FileETag Mtme", "FileETag does not know \"Mtme\"" },
	{ "ErrorDocument 999 x", "ErrorDocument must begin with a status code "
	  "from 400 to 599" },
	{ "Options +All", "Options cannot have + or - before All" },
	{ "FileETag -None", "FileETag cannot have + or - before None" },
	{ "Options -Indexes -None", "Options cannot have + or - before None" },
	{ "ErrorDocument 404", "ErrorDocument takes two arguments, a status "
	  "and a text, local path or URL" },
	{ "ErrorLog |no-such-cat", "ErrorLog cannot run no-such-cat: No such "
	  "file or directory" },
	{ "ServerName \"\"", "ServerName must not be empty" },
	{ "ServerName a:0", "ServerName must be a name with an optional port "
	  "from 1 to 65535" },
	{ "ServerRoot /nowhere/at/all", "ServerRoot must be a valid "
	  "directory" },
	{ "<Directory />\nAllowOverride Everything\n</Directory>",
	  "AllowOverride does not know \"Everything\"" },
	{ "LimitInternalRecursion 0", "LimitInternalRecursion must be from 1 "
	  "to 1000, not \"0\"" },
	{ "LimitInternalRecursion 1 2000", "LimitInternalRecursion must be "
	  "from 1 to 1000, not \"2000\"" },
	{ "HttpProtocolOptions Stricter", "HttpProtocolOptions must be "
	  "Unsafe, Strict, LenientMethods, RegisteredMethods, Allow0.9 or "
	  "Require1.0, not \"Stricter\"" },
	{ "MaxRanges some", "MaxRanges must be a number from 0 to "
	  "2147483647, not \"some\"" },
	{ "ServerTokens Everything", "ServerTokens must be Full, OS, Minimal, "
	  "Minor, Major, Prod, ProductOnly or Min, not \"Everything\"" },
};

START_TEST(hints)
{
	load("Options +Indexs\nOptions -Indices\nFileETag Mtme\n");
	ck_assert_str_eq(findings(),
	    "1 E Options does not know \"+Indexs\"; did you mean Indexes?\n"
	    "2 E Options does not know \"-Indices\"; did you mean "
	    "Indexes?\n"
	    "3 E FileETag does not know \"Mtme\"; did you mean MTime?\n");
}
END_TEST

START_TEST(mistake)
{
	const char *message;

	load(mistakes[_i].line);
	ck_assert_uint_eq(site_errors(c, &message), 1);
	ck_assert_str_eq(message, mistakes[_i].finding);
}
END_TEST

/* ---- Other settings ------------------------------------------------------ */

START_TEST(ranges)
{
	const struct core_conf *core;

	load_well("MaxRanges none\nMaxRangeOverlaps unlimited\n"
	    "MaxRangeReversals default\n" HOST("MaxRanges 7\n"));
	core = core_conf(host(0)->scope);
	ck_assert_int_eq(core_conf(c->main->scope)->max_ranges.is, 0);
	ck_assert_int_eq(core->max_ranges.is, 7);
	ck_assert_int_eq(core->max_overlaps.is, -1);
	ck_assert_int_eq(core->max_reversals.is, 20);
}
END_TEST

START_TEST(words_in_lower_case)
{
	const struct core_conf *core;

	load_well("SetHandler CGI-Script\nForceType Text/HTML\n"
	    "AddDefaultCharset On\n" HOST("AddDefaultCharset UTF-8\n")
	    HOST("AddDefaultCharset OFF\n"));
	core = core_conf(c->main->scope);
	ck_assert_str_eq(core->handler, "cgi-script");
	ck_assert_str_eq(core->type, "text/html");
	ck_assert_str_eq(core->default_charset, "iso-8859-1");
	ck_assert_str_eq(core_conf(host(0)->scope)->default_charset, "UTF-8");
	ck_assert_str_eq(core_conf(host(1)->scope)->default_charset, "off");
}
END_TEST

static const struct {
	const char	*word;
	const char	*parts;		/* of the version that are told */
} tokens[] = {
	{ "Prod", "" }, { "ProductOnly", "" },
	{ "Major", "1" }, { "Minor", "12" },
	{ "Minimal", "123" }, { "Min", "123" },
	{ "OS", "123(" }, { "Full", "123(" },
};

/* Asked of one configuration after the other, each has its own. */
START_TEST(server_tokens)
{
	struct text t = { .arena = a };
	const char *rest;

	load_well("ServerTokens Prod\n");
	ck_assert_str_eq(core_server_token(c), "Forkful");
	load_well("ServerTokens Full\n");
	load_well(str_zfmt(a, "ServerTokens %s\n", tokens[_i].word));
	text_addz(&t, "Forkful");
	rest = FORKFUL_VERSION;
	for (const char *p = tokens[_i].parts; *p != 0; p++) {
		size_t n = strcspn(rest, ".");

		if (*p == '(')
			break;
		text_addc(&t, *p == '1' ? '/' : '.');
		text_add(&t, str_n(rest, n));
		rest += n + (rest[n] == '.');
	}
	if (str_find(str_of(tokens[_i].parts), '(') < 0)
		ck_assert_str_eq(core_server_token(c), text_z(&t));
	else
		ck_assert(str_starts(str_of(core_server_token(c)),
		    str_fmt(a, "%s (", text_z(&t))));
}
END_TEST

START_TEST(generations)
{
	unsigned first;

	load_well("");
	first = c->generation;
	load_well("");
	ck_assert_uint_eq(c->generation, first + 1);
	config_serve(c);
	ck_assert_ptr_eq(config_current(), c);
}
END_TEST

static void
start(void)
{
	modules_init(features, n_features);
}

int
main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_unchecked_fixture(t, start, NULL);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_but_a_name);
	tcase_add_test(t, missing_file);
	tcase_add_test(t, command_line);
	tcase_add_test(t, server_root);
	tcase_add_test(t, document_roots_may_be_missing);
	tcase_add_loop_test(t, server_name, 0, COUNT(server_names));
	tcase_add_test(t, hosts_inherit);
	tcase_add_test(t, hosts_share);
	tcase_add_test(t, text_is_forgotten);
	tcase_add_loop_test(t, options_merge, 0, COUNT(options));
	tcase_add_loop_test(t, etags_merge, 0, COUNT(etags));
	tcase_add_loop_test(t, error_documents, 0, COUNT(documents));
	tcase_add_loop_test(t, levels_merge, 0, COUNT(levels));
	tcase_add_test(t, logs_are_opened_once);
	tcase_add_test(t, logs_that_cannot_be_opened);
	tcase_add_test(t, checking_opens_nothing);
	tcase_add_test(t, broken_ones_open_nothing);
	tcase_add_test(t, ten_mistakes);
	tcase_add_loop_test(t, mistake, 0, COUNT(mistakes));
	tcase_add_test(t, hints);
	tcase_add_test(t, ranges);
	tcase_add_test(t, words_in_lower_case);
	tcase_add_loop_test(t, server_tokens, 0, COUNT(tokens));
	tcase_add_test(t, generations);
	suite_add_tcase(s, t);
	return site_run(s);
}
