/*
 * fuzz_conf.c - configuration text, from the first byte to the settings.
 *
 * The first byte chooses between a server's text and an .htaccess file.  No
 * other file is read: text that would include one is passed over.
 * Holds: every finding has a place inside its line and can be printed, findings
 * are in order, every node and argument stands in the text, and what was read
 * without an error is read without one again.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "conf/language.h"
#include "conf/parse.h"
#include "conf/scope.h"

struct conf {
	enum flag	 flag;
	struct number	 number, ms, bytes, word;
	const char	*string, *path;
	struct vec	 list, replace;
	struct regex	*regex;
};

static const char *
set_regex(struct setting *s)
{
	return read_regex(s, 0, 0, &((struct conf *)s->conf)->regex);
}

static const char *
open_section(struct setting *s)
{
	bool host = str_is(str_of(s->row->name), "<VirtualHost>");
	struct place inside = {
		.where = s->place->where == IN_HTACCESS ? IN_HTACCESS : host ?
		    IN_VHOST : IN_DIRECTORY,
		.scope = scope_new(s->arena), .up = s->place,
	};

	directive_apply(s->reading, &inside, s->node->children);
	scope_merge(s->arena, s->place->scope, inside.scope);
	return s->argv[0].z[0] == '!' ? "does not like this" : NULL;
}

#define AT(field)	offsetof(struct conf, field)

static const char *const words[] = { "Full", "OS", "Prod", NULL };

static const struct directive rows[] = {
	{ "KeepAlive", 1, 1, IN_CONF, SLOT_FLAG, AT(flag), NULL, "a flag" },
	{ "Port", 1, 1, IN_ANY | OVERRIDE_LIMIT, SLOT_NUMBER, AT(number), NULL,
	  "a number", 1, 65535 },
	{ "Timeout", 1, 1, IN_ANY, SLOT_SECONDS, AT(ms), NULL, "seconds" },
	{ "Body", 1, 1, IN_ANY, SLOT_BYTES, AT(bytes), NULL, "bytes" },
	{ "Tokens", 1, 1, IN_SERVER, SLOT_WORD, AT(word), NULL, "a word",
	  .words = words },
	{ "Name", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_STRING, AT(string),
	  NULL, "a name" },
	{ "ServerRoot", 1, 1, IN_SERVER, SLOT_PATH, AT(path), NULL, "a path" },
	{ "Alias", 1, MANY, IN_ANY, SLOT_LIST, AT(list), NULL, "names" },
	{ "Index", 1, MANY, IN_ANY, SLOT_LIST_REPLACE, AT(replace), NULL,
	  "names" },
	{ "Match", 1, 1, IN_ANY, SLOT_CUSTOM, AT(regex), set_regex,
	  "a regular expression", .size = sizeof(struct regex *) },
	{ "Raw", 1, 1, IN_ANY | RAW_ARGUMENT, SLOT_STRING, AT(string), NULL,
	  "anything" },
	{ "<Directory>", 1, 1, IN_CONF | IS_SECTION, SLOT_NONE, 0,
	  open_section, "a path" },
	{ "<If>", 1, 1, IN_ANY | IS_SECTION | RAW_ARGUMENT, SLOT_NONE, 0,
	  open_section, "an expression" },
	{ "<VirtualHost>", 1, MANY, IN_SERVER | IS_SECTION, SLOT_NONE, 0,
	  open_section, "addresses" },
	{ 0 }
};

static struct module core = {
	.name = "core", .alias = "core.c core_module",
	.conf_size = sizeof(struct conf), .rows = rows,
};
static struct module *const table[] = { &mod_language, &core };

static void
check_spot(const struct spot *at)
{
	assert(at->line >= 1 && at->column >= 1);
	assert(at->column <= at->text.n + 1);
	assert(str_find(at->text, '\n') < 0);
}

static void
check_nodes(const struct node *node, unsigned depth)
{
	int i;

	assert(depth <= SECTION_DEPTH_MAX);
	for (; node != NULL; node = node->next) {
		check_spot(&node->at);
		assert(node->section || node->children == NULL);
		for (i = 0; i < node->argc; i++) {
			const struct arg *arg = &node->argv[i];
			const struct spot at = {
				"x", arg->line, arg->column, arg->n, arg->text
			};

			assert(arg->n > 0 && arg->z != NULL);
			assert(arg->column + arg->n <= arg->text.n + 1);
			check_spot(&at);
		}
		check_nodes(node->children, depth + 1);
	}
}

static void
check_findings(struct arena *a, const struct diagnosis *d)
{
	const char *message, *hint;
	const struct spot *at;
	unsigned line = 0, column = 0;
	enum severity s;
	size_t i;

	for (i = 0; diagnosis_at(d, i, &s, &at, &message, &hint); i++) {
		check_spot(at);
		assert(at->line > line ||
		    (at->line == line && at->column >= column));
		line = at->line;
		column = at->column;
		assert(str_ends(diagnosis_print(d, i, a), STR("\n")));
		assert(str_starts(diagnosis_line(d, i, a), STR("text:")));
	}
	assert(i == diagnosis_errors(d) + diagnosis_warnings(d));
}

/* How many errors there are. */
static size_t
read_once(struct str text, bool htaccess)
{
	static const struct override allowed = {
		.classes = OVERRIDE_FILEINFO, .options = ~0u,
	};
	struct arena *a = arena_new();
	struct reading r = {
		.arena = a, .diagnosis = diagnosis_new(a),
		.variables = variables_new(a), .server_root = "/nonexistent",
		.override = htaccess ? &allowed : NULL,
		.depth = INCLUDE_DEPTH_MAX + 1,
	};
	struct place top = {
		.where = htaccess ? IN_HTACCESS : IN_SERVER,
		.scope = scope_new(a),
	};
	const struct node *nodes;
	size_t errors;

	variables_set(r.variables, "NAME", "a value");
	nodes = parse_text(&r, "text", text);
	assert(r.included.n == 0 && r.depth == INCLUDE_DEPTH_MAX + 1);
	check_nodes(nodes, 0);
	directive_apply(&r, &top, nodes);
	check_findings(a, r.diagnosis);
	assert(r.server_root[0] == '/');
	errors = diagnosis_errors(r.diagnosis);
	arena_end(a);
	return errors;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct str text;
	bool htaccess;

	if (!ready)
		modules_init(table, 2);
	ready = true;
	if (size == 0)
		return 0;
	htaccess = data[0] & 1;
	text = str_n((const char *)data + 1, size - 1);
	if (str_find_nocase(text, STR("include")) >= 0)
		return 0;
	assert(read_once(text, htaccess) == read_once(text, htaccess));
	return 0;
}
