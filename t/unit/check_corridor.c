/*
 * check_corridor.c - requests through the corridor without any connection: the
 * steps, what the server answers by itself, redirects, look-ups and error
 * pages.
 *
 * The module "probe" does what a path or query asks of it, and writes down when
 * it was asked.
 */
#include "modules.h"
#include "serve/corridor.h"
#include "serve/hosts.h"
#include "serve/output.h"

#include "site.h"
#include "tree.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

static struct arena *a;
static struct config *c;
static struct text asked;	/* the hooks, in order */
static int woken;

/* ---- Modules ------------------------------------------------------------- */

struct wish {
	const char	*hook;
	int		 answer;
};
/* What the hook "module.hook" answers; others PASS.  WAIT: only once. */
static struct wish wish;

static int
hook(const char *name)
{
	text_addf(&asked, "%s ", name);
	if (wish.hook == NULL || strcmp(wish.hook, name) != 0)
		return PASS;
	if (wish.answer == WAIT)
		wish.hook = NULL;
	return wish.answer;
}

#define HOOK(module, name) \
static int \
module##_##name(struct request *r) \
{ \
	(void)r; \
	return hook(#module "." #name); \
}

HOOK(one, early)
HOOK(one, translate)
HOOK(one, access)
HOOK(one, identity)
HOOK(one, fixup)
HOOK(one, handle)
HOOK(two, early)
HOOK(two, translate)
HOOK(two, access)
HOOK(two, identity)
HOOK(two, fixup)

static int logged;

static void
log_it(struct request *r)
{
	(void)r;
	logged++;
}

/*
 * "/fail/404" is refused with 404; "/restart?/x" goes to /x as a GET,
 * "/again?/x" with method and body; all else answers its path.
 */
static int
two_handle(struct request *r)
{
	int answer = hook("two.handle");

	if (answer != PASS)
		return answer;
	if (str_starts(r->path, STR("/fail/"))) {
		fields_set(&r->out, STR("X-Dropped"), STR("1"));
		fields_set(&r->out_always, STR("X-Kept"), STR("1"));
		return request_refuse(r, atoi(r->path.at + 6), "It failed.");
	}
	if (str_starts(r->path, STR("/restart")))
		return request_restart(r, r->query, true);
	if (str_starts(r->path, STR("/again")))
		return request_restart(r, r->query, false);
	r->length = (int64_t)r->path.n;
	r->body = source_memory(r->arena, r->path);
	return DONE;
}

static struct module one = { .name = "one", .early = one_early,
    .translate = one_translate, .access = one_access,
    .identity = one_identity, .fixup = one_fixup, .handle = one_handle,
    .log = log_it };
static struct module two = { .name = "two", .early = two_early,
    .translate = two_translate, .access = two_access,
    .identity = two_identity, .fixup = two_fixup, .handle = two_handle };

extern struct module mod_env;
static struct module *const table[] = { &mod_core, &mod_env, &one, &two };

/* ---- Requests ------------------------------------------------------------ */

static void
wake(struct client *client)
{
	(void)client;
	woken++;
}

static size_t segment_size;

static size_t
segment(struct client *client)
{
	(void)client;
	return segment_size;
}

static const struct client_calls calls = { .local = site_local,
    .wake = wake, .segment = segment };
static struct client client = { .calls = &calls, .peer = "192.0.2.7",
    .peer_port = 4711 };

static void
setup(void)
{
	static struct log silent;

	a = arena_new();
	c = NULL;
	silent.file = log_open(a, "/dev/null");
	log_set_main(&silent);
	asked = (struct text){ .arena = a };
	wish = (struct wish){ 0 };
	woken = logged = 0;
}

static void
teardown(void)
{
	if (c != NULL)
		config_end(c);
	log_set_main(NULL);
	arena_end(a);
}

static void
open_site(const char *text)
{
	const char *error;

	c = site_open(table, COUNT(table), text);
	ck_assert_msg(site_errors(c, &error) == 0, "%s", error);
}

/* A request from the bytes of its head; lines end in LF here. */
static struct request *
request_of(const char *text)
{
	static const struct head_limits limits = { .allow_09 = true };
	struct text t = { .arena = a };
	struct head *head = arena_one(a, struct head);
	struct request *r;

	for (; *text != 0; text++) {
		if (*text == '\n')
			text_addc(&t, '\r');
		text_addc(&t, *text);
	}
	head_init(head, a, &limits);
	ck_assert_int_eq(head_parse(head, t.at, t.n), HEAD_DONE);
	r = request_new(a, c, &client);
	r->head = head;
	r->method = head->method;
	r->method_name = head->method_name;
	r->in = head->fields;
	r->uri = head->query.at == NULL ? head->path :
	    str_n(head->path.at, head->path.n + 1 + head->query.n);
	return r;
}

/* The answer to the end. */
static struct request *
answer_to(const char *text)
{
	struct request *r = request_of(text), *answer;

	ck_assert_int_eq(corridor_walk(r, &answer), DONE);
	return answer;
}

static struct request *
get(const char *target)
{
	return answer_to(str_zfmt(a, "GET %s HTTP/1.1\nHost: site.test\n\n",
	    target));
}

static const char *
body_of(struct request *r)
{
	struct text t = { .arena = a };
	struct piece p;

	while (r->body != NULL && r->body->look(r->body, &p) == PULL_PIECE) {
		text_add(&t, str_n(p.at, p.n));
		r->body->took(r->body, p.n);
	}
	if (r->body != NULL)
		ck_assert_int_eq(r->length, (int64_t)t.n);
	return text_z(&t);
}

static const char *
field(const struct request *r, const char *name)
{
	struct str v = fields_get(&r->out, str_of(name));

	if (v.at == NULL)
		v = fields_get(&r->out_always, str_of(name));
	return v.at == NULL ? NULL : str_z(a, v);
}

static const char *
env(const struct request *r, const char *name)
{
	struct str v = request_env(r, str_of(name));

	return v.at == NULL ? NULL : str_z(a, v);
}

/* ---- Steps --------------------------------------------------------------- */

#define UP_TO_FIXUP \
	"one.early two.early one.translate two.translate one.access " \
	"two.access one.identity two.identity one.fixup two.fixup "

static const struct {
	struct wish	 wish;
	const char	*asked;
	int		 status;
} orders[] = {
	{ { NULL, 0 }, UP_TO_FIXUP "one.handle two.handle ", 200 },
	{ { "one.handle", DONE }, UP_TO_FIXUP "one.handle ", 200 },
	{ { "one.translate", DONE }, "one.early two.early one.translate "
	  "one.access two.access one.identity two.identity one.fixup "
	  "two.fixup one.handle two.handle ", 200 },
	/* One that knows the user is enough; access is asked of all. */
	{ { "one.identity", DONE }, "one.early two.early one.translate "
	  "two.translate one.access two.access one.identity one.fixup "
	  "two.fixup one.handle two.handle ", 200 },
	{ { "one.access", DONE }, UP_TO_FIXUP "one.handle two.handle ", 200 },
	{ { "one.fixup", DONE }, UP_TO_FIXUP "one.handle two.handle ", 200 },
	/* A status ends it. */
	{ { "one.early", 400 }, "one.early ", 400 },
	{ { "one.translate", 404 }, "one.early two.early one.translate ",
	  404 },
	{ { "one.access", 403 }, "one.early two.early one.translate "
	  "two.translate one.access ", 403 },
	{ { "two.identity", 401 }, "one.early two.early one.translate "
	  "two.translate one.access two.access one.identity two.identity ",
	  401 },
	{ { "two.fixup", 301 }, UP_TO_FIXUP, 301 },
	{ { "one.handle", 304 }, UP_TO_FIXUP "one.handle ", 304 },
	/* Who waits is asked again, and nobody before him. */
	{ { "one.early", WAIT }, "one.early " UP_TO_FIXUP
	  "one.handle two.handle ", 200 },
	{ { "two.access", WAIT }, "one.early two.early one.translate "
	  "two.translate one.access two.access two.access one.identity "
	  "two.identity one.fixup two.fixup one.handle two.handle ", 200 },
	{ { "two.handle", WAIT }, UP_TO_FIXUP
	  "one.handle two.handle two.handle ", 200 },
};

START_TEST(order)
{
	struct request *r, *answer;
	bool waits = orders[_i].wish.answer == WAIT;

	open_site("");
	wish = orders[_i].wish;
	r = request_of("GET /x HTTP/1.1\nHost: a\n\n");
	/* Whoever says that it is mapped has set this. */
	if (str_starts(str_of(orders[_i].wish.hook), STR("one.translate")))
		r->filename = "/srv/www/x";
	if (waits) {
		ck_assert_int_eq(corridor_walk(r, &answer), WAIT);
		ck_assert_ptr_eq(answer, r);
		request_wake(r);
		ck_assert_int_eq(woken, 1);
	}
	ck_assert_int_eq(corridor_walk(r, &answer), DONE);
	ck_assert_str_eq(text_z(&asked), orders[_i].asked);
	ck_assert_int_eq(answer->status, orders[_i].status);
	ck_assert_int_eq(logged, 0);
	corridor_log(answer);
	ck_assert_int_eq(logged, 1);
}
END_TEST

START_TEST(below_the_document_root)
{
	struct request *r;

	tree_new();
	tree_file("a b", "x");
	open_site(str_zfmt(a, "DocumentRoot %s", tree_root));
	r = get("/a%20b/c?d");
	ck_assert_str_eq(r->filename, tree_path("a b"));
	ck_assert_str_eq(str_z(a, r->path_info), "/c");
	ck_assert_str_eq(str_z(a, r->query), "d");
	ck_assert_uint_eq(r->root_n, strlen(tree_root));
	ck_assert_str_eq(body_of(r), "/a b/c");
	tree_end();
	config_end(c);
	open_site("DocumentRoot /");
	r = get("/none-such/x");
	ck_assert_str_eq(r->filename, "/none-such");
	ck_assert_uint_eq(r->root_n, 1);
}
END_TEST

/* Whoever has neither files nor a handler says so. */
START_TEST(nobody_answers)
{
	struct config_source source = { .server_root = "/srv",
	    .file = "/dev/null", .check_only = true };
	static struct module *const core_only[] = { &mod_core };
	struct request *r;

	modules_init(core_only, 1);
	c = config_load(&source);
	r = get("/x");
	ck_assert_int_eq(r->status, 404);
	config_end(c);
	c = site_open(core_only, 1, "");
	r = get("/x");
	ck_assert_int_eq(r->status, 500);
	ck_assert_ptr_nonnull(strstr(body_of(r), "not built into"));
}
END_TEST

static const struct {
	const char	*target, *conf;
	int		 status;
	const char	*path;
} targets[] = {
	{ "/", "", 200, "/" },
	{ "/a/../b", "", 200, "/b" },
	{ "/a//b", "", 200, "/a/b" },
	{ "/a//b", "MergeSlashes Off", 200, "/a//b" },
	{ "/%41", "", 200, "/A" },
	{ "/?", "", 200, "/" },
	{ "/../x", "", 400, "/../x" },
	{ "/%zz", "", 400, "/%zz" },
	{ "/%00", "", 404, "/%00" },
	{ "/a%2fb", "", 404, "/a%2fb" },
	{ "/a%2fb", "AllowEncodedSlashes On", 200, "/a/b" },
	{ "/a%2fb", "AllowEncodedSlashes NoDecode", 200, "/a%2fb" },
	{ "http://other.test/x", "", 200, "/x" },
};

START_TEST(target)
{
	struct request *r;

	open_site(targets[_i].conf);
	r = get(targets[_i].target);
	ck_assert_int_eq(r->status, targets[_i].status);
	ck_assert_str_eq(str_z(a, r->path), targets[_i].path);
	ck_assert_int_eq(r->has_query, strchr(targets[_i].target, '?') !=
	    NULL);
}
END_TEST

/* ---- What the server answers by itself ----------------------------------- */

#define ALLOWED	"GET, HEAD, POST, OPTIONS"

static const struct {
	const char	*conf, *request;
	int		 status;
	const char	*allow;
} methods[] = {
	{ "", "POST /x HTTP/1.1\nHost: a\n\n", 200, NULL },
	{ "", "BREW /x HTTP/1.1\nHost: a\n\n", 200, NULL },
	{ "HttpProtocolOptions RegisteredMethods",
	  "BREW /x HTTP/1.1\nHost: a\n\n", 501, ALLOWED ", TRACE" },
	{ "HttpProtocolOptions RegisteredMethods",
	  "PATCH /x HTTP/1.1\nHost: a\n\n", 200, NULL },
	{ "", "OPTIONS * HTTP/1.1\nHost: a\n\n", 200, ALLOWED ", TRACE" },
	{ "", "OPTIONS /x HTTP/1.1\nHost: a\n\n", 200, NULL },
	{ "", "CONNECT a:80 HTTP/1.1\nHost: a\n\n", 405, ALLOWED ", TRACE" },
	{ "TraceEnable Off", "TRACE /x HTTP/1.1\nHost: a\n\n", 405,
	  ALLOWED },
	{ "", "TRACE /x HTTP/1.1\nHost: a\nContent-Length: 1\n\n", 413,
	  NULL },
	{ "TraceEnable Extended",
	  "TRACE /x HTTP/1.1\nHost: a\nContent-Length: 1\n\n", 200, NULL },
	{ "", "GET /x HTTP/1.1\nHost: a\nExpect: wonders\n\n", 417, NULL },
	{ "", "OPTIONS * HTTP/1.1\nHost: a\nExpect: wonders\n\n", 417, NULL },
	{ "", "GET /x\n", 200, NULL },
};

START_TEST(method)
{
	struct request *r;

	open_site(methods[_i].conf);
	r = answer_to(methods[_i].request);
	ck_assert_int_eq(r->status, methods[_i].status);
	ck_assert_pstr_eq(field(r, "Allow"), methods[_i].allow);
}
END_TEST

START_TEST(trace)
{
	struct request *r;

	open_site("");
	r = answer_to("TRACE /x?y HTTP/1.1\nHost:   a\nX-B: c\n\n");
	ck_assert_str_eq(field(r, "Content-Type"), "message/http");
	ck_assert_str_eq(body_of(r), "TRACE /x?y HTTP/1.1\r\nHost: a\r\n"
	    "X-B: c\r\n\r\n");
	/* No handler saw it, but whoever looks at heads did. */
	ck_assert_str_eq(text_z(&asked), "one.early two.early ");
}
END_TEST

static const struct {
	const char	*conf, *field;
	int		 status;
} bodies[] = {
	{ "", "Content-Length: 5", 200 },
	{ "", "Content-Length: 1073741824", 200 },
	{ "", "Content-Length: 1073741825", 413 },
	{ "LimitRequestBody 5", "Content-Length: 5", 200 },
	{ "LimitRequestBody 5", "Content-Length: 6", 413 },
	{ "LimitRequestBody 0", "Content-Length: 99999999999", 200 },
	/* Its length is seen when it comes. */
	{ "LimitRequestBody 5", "Transfer-Encoding: chunked", 200 },
	{ "LimitRequestBody 5\n<Location /x>\nLimitRequestBody 7\n"
	  "</Location>", "Content-Length: 7", 200 },
	{ "<Location /x>\nLimitRequestBody 7\n</Location>",
	  "Content-Length: 8", 413 },
};

START_TEST(body_length)
{
	struct request *r;

	open_site(bodies[_i].conf);
	r = answer_to(str_zfmt(a, "POST /x HTTP/1.1\nHost: a\n%s\n\n",
	    bodies[_i].field));
	ck_assert_int_eq(r->status, bodies[_i].status);
	/* Nobody reads off what was refused. */
	ck_assert_int_eq(r->close_after, bodies[_i].status == 413);
}
END_TEST

/* A piece and its frame of 9 bytes fill segments. */
static const struct {
	size_t	segment, most, piece;
} pieces[] = {
	{ 0, 131008, 131008 },		/* unknown */
	{ 65483, 131008, 2 * 65483 - 9 },
	{ 1448, 131008, 90 * 1448 - 9 },
	{ 131017, 131008, 131008 },	/* just one */
	{ 131018, 131008, 131008 },	/* too long */
};

START_TEST(piece)
{
	struct request *r;

	open_site("");
	r = answer_to("GET /x HTTP/1.1\nHost: a\n\n");
	segment_size = pieces[_i].segment;
	ck_assert_uint_eq(request_piece(r, pieces[_i].most), pieces[_i].piece);
}
END_TEST

START_TEST(refused_heads)
{
	struct request *r;

	open_site("ErrorDocument 400 /page");
	r = request_of("GET /x HTTP/1.1\nHost: a\n\n");
	corridor_refuse(r, 400);
	ck_assert_int_eq(r->status, 400);
	ck_assert_ptr_nonnull(strstr(body_of(r), "<title>400 Bad Request"));
	ck_assert_uint_eq(asked.n, 0);
}
END_TEST

/* ---- Internal redirects -------------------------------------------------- */

START_TEST(redirect)
{
	struct request *r, *first;

	open_site("SetEnv SEASON spring");
	first = request_of("GET /restart%3f?/new%20page?q=1 HTTP/1.1\n"
	    "Host: site.test\n\n");
	first->user = STR("ann");
	first->close_after = true;
	ck_assert_int_eq(corridor_walk(first, &r), DONE);
	ck_assert_ptr_ne(r, first);
	ck_assert_ptr_eq(r->prev, first);
	ck_assert_ptr_eq(request_first(r), first);
	ck_assert_uint_eq(r->redirects, 1);
	ck_assert_str_eq(str_z(a, r->path), "/new page");
	ck_assert_str_eq(str_z(a, r->query), "q=1");
	ck_assert_str_eq(body_of(r), "/new page");
	ck_assert_int_eq(r->status, 200);
	/* Who he is has to be proved again, or inherited by the same rules. */
	ck_assert_ptr_null(r->user.at);
	ck_assert(r->close_after);
	/* The URI stays the client's. */
	ck_assert_str_eq(str_z(a, r->uri), "/restart%3f?/new%20page?q=1");
	ck_assert_str_eq(env(r, "REDIRECT_STATUS"), "200");
	ck_assert_str_eq(env(r, "REDIRECT_URL"), "/restart?");
	ck_assert_str_eq(env(r, "REDIRECT_QUERY_STRING"), "/new%20page?q=1");
	ck_assert_str_eq(env(r, "REDIRECT_SEASON"), "spring");
	ck_assert_str_eq(env(r, "SEASON"), "spring");
	ck_assert_ptr_null(env(r, "REDIRECT_REDIRECT_STATUS"));
	ck_assert_ptr_null(env(r, "REDIRECT_ERROR_NOTES"));
}
END_TEST

START_TEST(redirected_twice)
{
	struct request *r;

	open_site("");
	r = get("/restart?/again?/x");
	ck_assert_uint_eq(r->redirects, 2);
	ck_assert_str_eq(body_of(r), "/x");
	ck_assert_str_eq(env(r, "REDIRECT_URL"), "/again");
	/* No program was told of the first one. */
	ck_assert_ptr_null(env(r, "REDIRECT_REDIRECT_URL"));
	ck_assert_str_eq(env(r, "REDIRECT_REDIRECT_STATUS"), "200");
}
END_TEST

static const struct {
	const char	*method, *path, *then;
	int64_t		 length;
} kept[] = {
	{ "POST", "/restart?/x", "GET", 0 },
	{ "POST", "/again?/x", "POST", 3 },
	{ "HEAD", "/restart?/x", "HEAD", 0 },
	{ "PUT", "/restart?/x", "GET", 0 },
	/* Once it is gone, it is gone. */
	{ "POST", "/restart?/again?/x", "GET", 0 },
};

START_TEST(method_and_body)
{
	struct request *r;

	open_site("");
	r = answer_to(str_zfmt(a, "%s %s HTTP/1.1\nHost: a\n"
	    "Content-Length: 3\n\n", kept[_i].method, kept[_i].path));
	ck_assert_str_eq(str_z(a, r->method_name), kept[_i].then);
	ck_assert_int_eq(r->method, method_of(str_of(kept[_i].then)));
	ck_assert_int_eq(request_body_length(r), kept[_i].length);
}
END_TEST

/* n redirects, then /end. */
static const char *
chain_of(int n)
{
	struct text t = { .arena = a };

	while (n-- > 0)
		text_addz(&t, "/restart?");
	text_addz(&t, "/end");
	return text_z(&t);
}

START_TEST(circles_end)
{
	struct request *r;

	open_site(_i == 10 ? "" : str_zfmt(a, "LimitInternalRecursion %d",
	    _i));
	r = get(chain_of(_i));
	ck_assert_int_eq(r->status, 200);
	ck_assert_str_eq(body_of(r), "/end");
	r = get(chain_of(_i + 1));
	ck_assert_int_eq(r->status, 500);
	ck_assert_ptr_nonnull(strstr(body_of(r), "in circles"));
	ck_assert_uint_eq(r->redirects, (unsigned)_i);
}
END_TEST

/* ---- Look-ups ------------------------------------------------------------ */

START_TEST(lookup)
{
	struct request *r, *looked;

	open_site("SetEnv A b");
	r = request_of("POST /x HTTP/1.1\nHost: a\nContent-Length: 3\n\n");
	r->path = STR("/x");
	looked = request_lookup(r, STR("/y%20z?q"));
	ck_assert_int_eq(looked->status, 200);
	ck_assert_str_eq(text_z(&asked), UP_TO_FIXUP);
	ck_assert_ptr_eq(looked->main, r);
	ck_assert_str_eq(str_z(a, looked->path), "/y z");
	ck_assert_str_eq(str_z(a, looked->query), "q");
	ck_assert_int_eq(looked->method, METHOD_GET);
	ck_assert_int_eq(request_body_length(looked), 0);
	ck_assert(looked->no_log);
	ck_assert_ptr_null(looked->body);
	ck_assert_str_eq(env(looked, "A"), "b");
	/* The one who asked is as before. */
	ck_assert_str_eq(str_z(a, r->path), "/x");
	ck_assert_uint_eq(r->env.n, 0);
	ck_assert_int_eq(request_body_length(r), 3);
}
END_TEST

static const struct {
	struct wish	 wish;
	int		 status;
} refusals[] = {
	{ { "one.access", 403 }, 403 },
	{ { "two.identity", 401 }, 401 },
	{ { "one.translate", 404 }, 404 },
	{ { "one.access", WAIT }, 403 },
	{ { "two.fixup", RESTART }, 403 },
	{ { "one.handle", 500 }, 200 },
};

START_TEST(lookup_refused)
{
	open_site("ErrorDocument 403 /page");
	wish = refusals[_i].wish;
	ck_assert_int_eq(request_lookup(request_of("GET / HTTP/1.1\n"
	    "Host: a\n\n"), STR("/y"))->status, refusals[_i].status);
}
END_TEST

START_TEST(lookups_in_lookups)
{
	static const struct {
		const char	*conf;
		int		 depth;
	} limits[] = {
		{ "", 10 },
		{ "LimitInternalRecursion 3", 3 },
		{ "LimitInternalRecursion 3 5", 5 },
	};
	struct request *r;

	open_site(limits[_i].conf);
	r = request_of("GET / HTTP/1.1\nHost: a\n\n");
	for (int i = 0; i < limits[_i].depth; i++) {
		r = request_lookup(r, STR("/y"));
		ck_assert_int_eq(r->status, 200);
	}
	ck_assert_int_eq(request_lookup(r, STR("/y"))->status, 500);
	/* Redirects are counted for themselves. */
	r = get(chain_of(limits[_i].depth > 3 ? 3 : limits[_i].depth));
	ck_assert_int_eq(request_lookup(r, STR("/y"))->status, 200);
}
END_TEST

START_TEST(adopt)
{
	struct request *r, *looked;

	open_site("SetEnv A b");
	r = request_of("GET /x?q HTTP/1.1\nHost: a\n\n");
	looked = request_lookup(r, STR("/y?z"));
	fields_set(&looked->out, STR("X-Y"), STR("1"));
	request_adopt(r, looked);
	ck_assert_str_eq(r->filename, looked->filename);
	ck_assert_str_eq(str_z(a, r->path), "/y");
	ck_assert_str_eq(str_z(a, r->query), "z");
	ck_assert_str_eq(str_z(a, r->uri), "/x?q");
	ck_assert_ptr_eq(r->scope, looked->scope);
	ck_assert_str_eq(env(r, "A"), "b");
	ck_assert_str_eq(field(r, "X-Y"), "1");
	ck_assert_ptr_null(r->prev);
}
END_TEST

/* ---- Error documents ----------------------------------------------------- */

START_TEST(own_page)
{
	struct request *r;
	const char *page;

	open_site("ServerSignature EMail\nServerAdmin a&b@site.test");
	r = get("/fail/404");
	ck_assert_int_eq(r->status, 404);
	ck_assert_str_eq(field(r, "Content-Type"),
	    "text/html; charset=utf-8");
	ck_assert_ptr_null(field(r, "X-Dropped"));
	ck_assert_str_eq(field(r, "X-Kept"), "1");
	page = body_of(r);
	ck_assert_ptr_nonnull(strstr(page, "<h1>Not Found</h1>"));
	ck_assert_ptr_nonnull(strstr(page, "It failed."));
	ck_assert_ptr_nonnull(strstr(page, "mailto:a&amp;b@site.test"));
	ck_assert_ptr_nonnull(strstr(page, "Server at"));
}
END_TEST

/* Nothing that a client says comes back as markup. */
START_TEST(pages_are_escaped)
{
	struct request *r;

	open_site("HttpProtocolOptions RegisteredMethods\n"
	    "ServerSignature On");
	r = answer_to("B& /<b> HTTP/1.1\nHost: a\n\n");
	ck_assert_int_eq(r->status, 501);
	ck_assert_ptr_nonnull(strstr(body_of(r), "The method B&amp; is"));
}
END_TEST

START_TEST(text_document)
{
	struct request *r;

	open_site("ErrorDocument 404 \"Gone <b>fishing</b>\"");
	r = get("/fail/404");
	ck_assert_int_eq(r->status, 404);
	ck_assert_str_eq(body_of(r), "Gone <b>fishing</b>");
	ck_assert_str_eq(field(r, "Content-Type"),
	    "text/html; charset=utf-8");
	ck_assert_ptr_null(field(r, "X-Dropped"));
	ck_assert_str_eq(field(r, "X-Kept"), "1");
	ck_assert_int_eq(get("/fail/403")->status, 403);
}
END_TEST

START_TEST(url_document)
{
	struct request *r;

	open_site("ErrorDocument 404 http://other.test/lost?x");
	r = get("/fail/404");
	ck_assert_int_eq(r->status, 302);
	ck_assert_str_eq(field(r, "Location"), "http://other.test/lost?x");
}
END_TEST

START_TEST(default_document)
{
	struct request *r;

	open_site("ErrorDocument 404 Text\n<Location /fail>\n"
	    "ErrorDocument 404 default\n</Location>");
	r = get("/fail/404");
	ck_assert_ptr_nonnull(strstr(body_of(r), "<h1>Not Found</h1>"));
}
END_TEST

START_TEST(path_document)
{
	struct request *r;

	open_site("ErrorDocument 404 /page?n=404\nSetEnv A b");
	r = answer_to("POST /fail/404?q=1 HTTP/1.1\nHost: a\n"
	    "Content-Length: 3\n\n");
	ck_assert_int_eq(r->status, 404);
	ck_assert_str_eq(body_of(r), "/page");
	ck_assert_str_eq(str_z(a, r->query), "n=404");
	ck_assert_str_eq(str_z(a, r->method_name), "GET");
	ck_assert_int_eq(request_body_length(r), 0);
	ck_assert_str_eq(field(r, "X-Kept"), "1");
	ck_assert_str_eq(env(r, "REDIRECT_STATUS"), "404");
	ck_assert_str_eq(env(r, "REDIRECT_URL"), "/fail/404");
	ck_assert_str_eq(env(r, "REDIRECT_QUERY_STRING"), "q=1");
	ck_assert_str_eq(env(r, "REDIRECT_REQUEST_METHOD"), "POST");
	ck_assert_str_eq(env(r, "REDIRECT_ERROR_NOTES"), "It failed.");
	ck_assert_str_eq(env(r, "REDIRECT_A"), "b");
}
END_TEST

/* Whatever made the first request fail, its error document can be shown. */
static const struct {
	const char	*conf, *request;
	int		 status;
} explained[] = {
	{ "", "GET /x HTTP/1.1\nHost: a\nExpect: wonders\n\n", 417 },
	{ "", "OPTIONS * HTTP/1.1\nHost: a\nExpect: wonders\n\n", 417 },
	{ "", "CONNECT a:1 HTTP/1.1\nHost: a\n\n", 405 },
	{ "TraceEnable Off", "TRACE / HTTP/1.1\nHost: a\n\n", 405 },
	{ "", "TRACE / HTTP/1.1\nHost: a\nContent-Length: 3\n\n", 413 },
	{ "LimitRequestBody 2", "POST / HTTP/1.1\nHost: a\n"
	  "Content-Length: 3\n\n", 413 },
	{ "HttpProtocolOptions RegisteredMethods", "BREW / HTTP/1.1\n"
	  "Host: a\n\n", 501 },
	{ "", "GET /%zz HTTP/1.1\nHost: a\n\n", 400 },
	{ "", "GET /%00 HTTP/1.1\nHost: a\n\n", 404 },
};

START_TEST(explains)
{
	struct request *r;

	open_site(str_zfmt(a, "ErrorDocument %d /page\n%s",
	    explained[_i].status, explained[_i].conf));
	r = answer_to(explained[_i].request);
	ck_assert_int_eq(r->status, explained[_i].status);
	ck_assert_str_eq(body_of(r), "/page");
}
END_TEST

/* The first error is what the client learns. */
static const struct {
	const char	*conf, *target;
	int		 status;
	unsigned	 redirects;
} failing[] = {
	{ "ErrorDocument 404 /fail/404", "/fail/404", 404, 1 },
	{ "ErrorDocument 404 /fail/403", "/fail/404", 404, 1 },
	{ "ErrorDocument 404 /fail/403\nErrorDocument 403 /page",
	  "/fail/404", 404, 1 },
	{ "ErrorDocument 500 /fail/500", "/fail/500", 500, 1 },
	/* A redirect on the way to the page does not hide it. */
	{ "ErrorDocument 404 /restart?/fail/403", "/fail/404", 404, 2 },
	{ "ErrorDocument 404 /restart?/page", "/restart?/fail/404", 404, 3 },
};

START_TEST(documents_that_fail)
{
	struct request *r;
	const char *page;

	open_site(failing[_i].conf);
	r = get(failing[_i].target);
	ck_assert_int_eq(r->status, failing[_i].status);
	ck_assert_uint_eq(r->redirects, failing[_i].redirects);
	page = body_of(r);
	if (failing[_i].redirects == 3) {
		ck_assert_str_eq(page, "/page");
		return;
	}
	ck_assert_ptr_nonnull(strstr(page, str_zfmt(a, "<title>%d ",
	    failing[_i].status)));
	ck_assert_ptr_nonnull(strstr(page, "could not be shown"));
}
END_TEST

START_TEST(redirects_name_the_place)
{
	struct request *r;

	open_site("");
	wish = (struct wish){ "one.handle", 301 };
	r = request_of("GET / HTTP/1.1\nHost: a\n\n");
	fields_set(&r->out, STR("Location"), STR("/\"x\"&y"));
	ck_assert_int_eq(corridor_walk(r, &r), DONE);
	ck_assert_str_eq(field(r, "Location"), "/\"x\"&y");
	ck_assert_ptr_nonnull(strstr(body_of(r),
	    "<a href=\"/&quot;x&quot;&amp;y\">"));
}
END_TEST

/* ---- Names and addresses ------------------------------------------------- */

static const struct {
	const char	*conf, *host;	/* the Host field */
	const char	*url;		/* of "/a b" */
} urls[] = {
	{ "ServerName main.test", "other.test", "http://other.test/a%20b" },
	{ "ServerName main.test", "other.test:81",
	  "http://other.test:81/a%20b" },
	{ "ServerName main.test", "other.test:80", "http://other.test/a%20b" },
	{ "ServerName main.test:82", "other.test",
	  "http://other.test:82/a%20b" },
	{ "ServerName main.test", NULL, "http://main.test/a%20b" },
	{ "UseCanonicalName On\nServerName main.test", "other.test:81",
	  "http://main.test/a%20b" },
	{ "UseCanonicalName On\nServerName main.test:82", "other.test:81",
	  "http://main.test:82/a%20b" },
	{ "UseCanonicalName DNS\nServerName main.test:82", "other.test:81",
	  "http://main.test:82/a%20b" },
	{ "ServerName https://main.test", "other.test",
	  "https://other.test/a%20b" },
	{ "ServerName https://main.test", "other.test:443",
	  "https://other.test/a%20b" },
	{ "ServerName https://main.test:80", "other.test",
	  "https://other.test:80/a%20b" },
	/* The local port, 80 here. */
	{ "UseCanonicalPhysicalPort On\nServerName main.test:82",
	  "other.test", "http://other.test/a%20b" },
	{ "UseCanonicalPhysicalPort On\nUseCanonicalName On\n"
	  "ServerName main.test:82", "other.test",
	  "http://main.test:82/a%20b" },
	{ "", "[::1]:81", "http://[::1]:81/a%20b" },
};

START_TEST(absolute)
{
	struct request *r;

	open_site(urls[_i].conf);
	r = request_of(urls[_i].host == NULL ? "GET / HTTP/1.0\n\n" :
	    str_zfmt(a, "GET / HTTP/1.1\nHost: %s\n\n", urls[_i].host));
	ck_assert_int_eq(corridor_walk(r, &r), DONE);
	ck_assert_str_eq(str_z(a, request_absolute(r, STR("/a b"))),
	    urls[_i].url);
}
END_TEST

START_TEST(local_address)
{
	struct request *r;

	open_site("");
	r = get("/");
	ck_assert_str_eq(str_z(a, request_local(r)), "10.0.0.1");
	ck_assert_uint_eq(request_local_port(r), 80);
}
END_TEST

START_TEST(environment)
{
	struct request *r;

	open_site("");
	r = get("/");
	ck_assert_ptr_null(env(r, "A"));
	request_env_set(r, STR("A"), STR("1"));
	request_env_set(r, STR("B"), STR_NONE);
	request_env_set(r, STR("A"), STR("2"));
	request_env_set(r, STR("a"), STR("3"));
	ck_assert_str_eq(env(r, "A"), "3");
	ck_assert_str_eq(env(r, "B"), "");
	ck_assert_str_eq(env(r, "a"), "3");
	request_env_unset(r, STR("A"));
	request_env_unset(r, STR("none"));
	ck_assert_ptr_null(env(r, "A"));
	ck_assert_uint_eq(r->env.n, 1);
}
END_TEST

static TCase *
new_case(Suite *s, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	suite_add_tcase(s, t);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("corridor");
	TCase *t = new_case(s, "steps");

	tcase_add_loop_test(t, order, 0, COUNT(orders));
	tcase_add_test(t, below_the_document_root);
	tcase_add_test(t, nobody_answers);
	tcase_add_loop_test(t, target, 0, COUNT(targets));
	tcase_add_loop_test(t, method, 0, COUNT(methods));
	tcase_add_test(t, trace);
	tcase_add_loop_test(t, body_length, 0, COUNT(bodies));
	tcase_add_loop_test(t, piece, 0, COUNT(pieces));
	tcase_add_test(t, refused_heads);

	t = new_case(s, "redirects");
	tcase_add_test(t, redirect);
	tcase_add_test(t, redirected_twice);
	tcase_add_loop_test(t, method_and_body, 0, COUNT(kept));
	tcase_add_loop_test(t, circles_end, 1, 12);
	tcase_add_test(t, lookup);
	tcase_add_loop_test(t, lookup_refused, 0, COUNT(refusals));
	tcase_add_loop_test(t, lookups_in_lookups, 0, 3);
	tcase_add_test(t, adopt);

	t = new_case(s, "error documents");
	tcase_add_test(t, own_page);
	tcase_add_test(t, pages_are_escaped);
	tcase_add_test(t, text_document);
	tcase_add_test(t, url_document);
	tcase_add_test(t, default_document);
	tcase_add_test(t, path_document);
	tcase_add_loop_test(t, explains, 0, COUNT(explained));
	tcase_add_loop_test(t, documents_that_fail, 0, COUNT(failing));
	tcase_add_test(t, redirects_name_the_place);

	t = new_case(s, "names");
	tcase_add_loop_test(t, absolute, 0, COUNT(urls));
	tcase_add_test(t, local_address);
	tcase_add_test(t, environment);
	return site_run(s);
}
