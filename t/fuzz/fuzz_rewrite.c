/*
 * fuzz_rewrite.c - rewrite rules, read and applied.
 *
 * The first line is a path and query; the lines after it are rules of a server,
 * and those after a line "--" rules of a directory.  Lines that would look
 * things up (other requests, files of maps, programs) are passed over.
 * Holds: rules that were read without an error end, with an answer that the
 * corridor understands; a file name is absolute and does not lead up, and no
 * query has a blank or control byte.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "serve/config.h"
#include "serve/request.h"

extern struct module mod_rewrite;
static struct module *const table[] = { &mod_core, &mod_rewrite };

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct sockaddr *
local(struct client *c)
{
	static struct sockaddr_storage none;

	(void)c;
	none.ss_family = AF_INET;
	return (const struct sockaddr *)(const void *)&none;
}

static const struct client_calls calls = { .local = local };
static struct client client = { .calls = &calls, .peer = "192.0.2.7" };

static bool
is_wanted(struct str line)
{
	static const char *const never[] = { "txt:", "rnd:", "prg:", "LA-",
	    "-U", "-F", "-f", "-s", "-d", "-x", "-l", "-h", "-L", "/~",
	    "expr" };

	if (!str_starts_nocase(line, STR("Rewrite")) ||
	    str_ends(line, STR("\\")))
		return false;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (str_find_nocase(line, str_of(never[i])) >= 0)
			return false;
	return memchr(line.at, 0, line.n) == NULL;
}

static const char *
site_text(struct arena *a, struct str rest)
{
	struct text t = { .arena = a };
	struct str line;
	bool inside = false;

	text_addz(&t, "RewriteEngine On\n");
	while (str_cut(&rest, '\n', &line)) {
		if (str_is(line, "--") && !inside) {
			inside = true;
			text_addz(&t, "<Directory /srv/www/d>\n");
		} else if (is_wanted(line)) {
			text_add(&t, line);
			text_addc(&t, '\n');
		}
	}
	if (inside)
		text_addz(&t, "</Directory>\n");
	return text_z(&t);
}

/* What a head may hold. */
static struct str
clean(struct arena *a, struct str s)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < s.n && i < 200; i++)
		if ((unsigned char)s.at[i] > ' ' && s.at[i] != 0x7f)
			text_addc(&t, s.at[i]);
	return t.n == 0 ? STR("") : text_str(&t);
}

static struct request *
request_of(struct config *c, struct arena *a, struct str url)
{
	struct head *head = arena_one(a, struct head);
	struct request *r = request_new(a, c, &client);
	ptrdiff_t mark = str_find(url, '?');

	fields_init(&head->fields, a);
	head->version = 11;
	head->method = r->method = METHOD_GET;
	head->method_name = r->method_name = STR("GET");
	head->line = STR("GET / HTTP/1.1");
	r->head = head;
	r->in = head->fields;
	r->has_query = mark >= 0;
	r->query = mark < 0 ? STR("") :
	    clean(a, str_from(url, (size_t)mark + 1));
	url = clean(a, mark < 0 ? url : str_first(url, (size_t)mark));
	r->path = r->uri = str_fmt(a, "/%.*s", STR_ARGS(url));
	r->host = STR("site.test");
	return r;
}

static void
check_answer(const struct request *r, int answer)
{
	assert(answer == PASS || answer == DONE ||
	    (answer >= 200 && answer <= 599));
	if (answer == PASS || answer == DONE)
		for (size_t i = 0; i < r->query.n; i++)
			assert((unsigned char)r->query.at[i] > ' ');
	if (answer != DONE)
		return;
	assert(r->filename[0] == '/');
	assert(strstr(r->filename, "/../") == NULL);
	assert(!str_ends(str_of(r->filename), STR("/..")));
	assert(r->root_n <= strlen(r->filename));
}

static void
apply(struct config *c, struct arena *a, struct str url)
{
	struct request *r = request_of(c, a, url);
	const struct vec *v = c->main->sections->directories == NULL ? NULL :
	    hash_get(c->main->sections->directories, STR("/srv/www/d"));

	check_answer(r, mod_rewrite.translate(r));
	if (v == NULL)
		return;
	r = request_of(c, a, url);
	r->filename = str_zfmt(a, "/srv/www/d%.*s", STR_ARGS(r->path));
	r->path_info = STR("/info");
	r->scope = scope_merge(a, c->main->scope,
	    ((const struct section *)v->at[0])->scope);
	check_answer(r, mod_rewrite.fixup(r));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config_source source = { .server_root = "/srv",
	    .file = "/dev/null", .check_only = true, .skip_roots = true };
	struct arena *a = arena_new();
	struct str rest = str_n((const char *)data, n), url;
	struct config *c;

	modules_init(table, 2);
	if (!str_cut(&rest, '\n', &url))
		url = STR("");
	vec_add(a, &source.before, (char *)(uintptr_t)"ServerName site.test");
	vec_add(a, &source.before,
	    (char *)(uintptr_t)"DocumentRoot /srv/www");
	vec_add(a, &source.before, (char *)(uintptr_t)"LogLevel emerg");
	vec_add(a, &source.before, (char *)(uintptr_t)site_text(a, rest));
	c = config_load(&source);
	if (diagnosis_errors(c->reading->diagnosis) == 0)
		apply(c, a, url);
	config_end(c);
	arena_end(a);
	return 0;
}
