/*
 * fuzz_expr.c - expressions, read and evaluated.
 *
 * The first byte chooses the kind and what the fields of the request hold: the
 * expression itself, so that it meets any bytes as a subject, too.  Holds: what
 * is refused has a message and a place in the text; what is understood gives
 * the same answer twice; a condition negated gives the other one.
 */
#include <assert.h>
#include <string.h>

#include "base/char.h"
#include "modules.h"
#include "serve/config.h"
#include "serve/expr.h"

static struct arena *kept;
static struct config *config;

static const struct sockaddr *
local(struct client *c)
{
	static struct sockaddr a = { .sa_family = AF_INET };

	(void)c;
	return &a;
}

static struct request *
request(struct arena *a, struct str field)
{
	static const struct client_calls calls = { .local = local };
	static struct client client = { .calls = &calls,
	    .peer = "192.0.2.7", .peer_port = 4711 };
	struct head *head = arena_one(a, struct head);
	struct request *r = request_new(a, config, &client);

	fields_init(&head->fields, a);
	head->version = 11;
	head->line = STR("GET / HTTP/1.1");
	r->head = head;
	r->method = METHOD_GET;
	r->method_name = STR("GET");
	r->in = head->fields;
	r->path = r->uri = STR("/");
	r->query = field;
	r->filename = "/nowhere/file";
	fields_add(&r->in, STR("User-Agent"), field);
	request_env_set(r, STR("FOO"), field);
	return r;
}

static void
fuzz_condition(struct arena *a, struct str s, struct request *r)
{
	struct text t = { .arena = a };
	struct expr_captures c = { 0 };
	struct expr_error error;
	struct expr *e = expr_parse(a, s, EXPR_CONDITION, &error), *not;
	int is;

	if (e == NULL) {
		assert(error.message != NULL && error.offset <= s.n);
		return;
	}
	is = expr_true(e, r, &c, 0);
	assert(is >= -1 && is <= 1);
	assert(expr_true(e, r, NULL, EXPR_NO_VARY) == is);
	text_addz(&t, "!(");
	text_add(&t, s);
	text_addc(&t, ')');
	not = expr_parse(a, text_str(&t), EXPR_CONDITION, &error);
	/* It may be nested too deeply now. */
	if (not != NULL && is >= 0)
		assert(expr_true(not, r, NULL, EXPR_NO_VARY) == !is);
}

static void
fuzz_text(struct arena *a, struct str s, struct request *r)
{
	struct expr_error error;
	struct expr *e = expr_parse(a, s, EXPR_STRING, &error);
	struct str is;

	if (e == NULL) {
		assert(error.message != NULL && error.offset <= s.n);
		return;
	}
	is = expr_string(e, r, NULL);
	if (expr_constant(e).at != NULL)
		assert(str_eq(is, expr_constant(e)));
}

/* What waits for a disk, a look-up or the system is not for here. */
static bool
touches_files(struct str s)
{
	static const char *const words[] = { "file", "time", "env" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_find_nocase(s, str_of(words[i])) >= 0)
			return true;
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.at[i] == '-' && s.at[i + 1] != 0 &&
		    strchr("UFAdefsLhx", s.at[i + 1]) != NULL &&
		    (i + 2 == s.n ||
		    !char_is_alnum((unsigned char)s.at[i + 2])))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct log silent;
	struct config_source source = { .server_root = "/nowhere",
	    .file = "/dev/null", .check_only = true, .skip_roots = true };
	struct arena *a;
	struct str s;

	if (config == NULL) {
		modules_init(features, n_features);
		kept = arena_new();
		silent.file = log_open(kept, "/dev/null");
		log_set_main(&silent);
		config = config_load(&source);
	}
	if (size == 0)
		return 0;
	a = arena_new();
	s = str_copy(a, str_n((const char *)data + 1, size - 1));
	if (touches_files(s))
		s = str_first(s, 0);
	if (data[0] & 1)
		fuzz_condition(a, s, request(a, data[0] & 2 ? s : STR("x")));
	else
		fuzz_text(a, s, request(a, data[0] & 2 ? s : STR("x")));
	arena_end(a);
	return 0;
}
