/*
 * rules.c - RewriteRule and its kin, as they are read.
 *
 * The arguments of RewriteCond and RewriteRule are split in their own way, as
 * in Apache: a backslash before a blank keeps it, and stays; a quote ends what
 * a quote began.  Patterns therefore come as they were written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "conf/setting.h"
#include "rewrite/rules.h"
#include "serve/expr.h"

enum { ROUNDS_MAX = 10000 };	/* of N, unless it says how many */

/* ---- Splitting ----------------------------------------------------------- */

struct words {
	struct str	 word[3];
	size_t		 n;
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The end of the argument that begins at i; quote is 0 or the byte it ends
 * with. */
static size_t
word_end(struct str s, size_t i, char quote)
{
	for (; i < s.n; i++) {
		if (quote != 0 ? s.at[i] == quote : is_blank(s.at[i]))
			break;
		if (s.at[i] == '\\' && i + 1 < s.n && is_blank(s.at[i + 1]))
			i++;
	}
	return i < s.n ? i : s.n;
}

static void
split(struct str s, struct words *w)
{
	size_t i = 0;

	for (w->n = 0; w->n < 3; w->n++) {
		char quote = 0;
		size_t end;

		while (i < s.n && is_blank(s.at[i]))
			i++;
		if (i == s.n)
			return;
		if (s.at[i] == '"' || s.at[i] == '\'')
			quote = s.at[i++];
		end = word_end(s, i, quote);
		w->word[w->n] = str_n(s.at + i, end - i);
		i = end < s.n ? end + 1 : end;
	}
}

/* An error that is about part of the line. */
static const char *
wrong_at(struct setting *s, struct str part, const char *error)
{
	s->wrong = 0;
	s->wrong_offset = (size_t)(part.at - s->argv[0].z);
	return error;
}

static const char *
read_pattern(struct setting *s, struct str pattern, bool nocase,
    struct regex **out)
{
	struct regex_error error = { 0 };

	*out = regex_new(s->arena, pattern, nocase ? REGEX_NOCASE : 0,
	    &error);
	if (*out != NULL)
		return NULL;
	return wrong_at(s, str_from(pattern, error.offset), str_zfmt(s->arena,
	    "cannot use the regular expression \"%.*s\": %s",
	    STR_ARGS(pattern), error.message));
}

static const char *
read_expression(struct setting *s, struct str text, struct expr **out)
{
	struct expr_error error = { 0 };

	*out = expr_parse(s->arena, text, EXPR_CONDITION, &error);
	if (*out != NULL)
		return NULL;
	return wrong_at(s, str_from(text, error.offset), str_zfmt(s->arena,
	    "cannot use the expression \"%.*s\": %s", STR_ARGS(text),
	    error.message));
}

/*
 * The flags between [ and ], one after the other: [NAME=VALUE,...].  read is
 * told of each.
 */
static const char *
read_flags(struct setting *s, struct str flags, void *into,
    const char *(*read)(struct setting *s, void *into, struct str key,
    struct str value))
{
	struct str part;
	const char *error = NULL;

	if (flags.n < 2 || flags.at[0] != '[' || !str_ends(flags, STR("]")))
		return wrong_at(s, flags, "must have its flags in one "
		    "argument, between [ and ]");
	flags = str_n(flags.at + 1, flags.n - 2);
	if (flags.n == 0)
		return wrong_at(s, flags, "has no flags between [ and ]");
	while (error == NULL && str_cut(&flags, ',', &part)) {
		struct str key, value;
		ptrdiff_t equals;

		while (part.n > 0 && is_blank(part.at[0]))
			part = str_from(part, 1);
		while (part.n > 0 && is_blank(part.at[part.n - 1]))
			part.n--;
		equals = str_find(part, '=');
		key = equals < 0 ? part : str_first(part, (size_t)equals);
		value = equals < 0 ? STR_NONE :
		    str_copy(s->arena, str_from(part, (size_t)equals + 1));
		if (part.n > 0)
			error = read(s, into, key, value);
	}
	return error;
}

/* ---- Whose settings ------------------------------------------------------ */

/* The path that rules of this place are relative to: Apache's choices. */
static const char *
directory_of(struct setting *s)
{
	const struct place *p = s->place;
	const struct section *section = p->owner;
	struct str path = section->pattern;

	if (p->where & IN_IF)
		return "*If/";
	return str_zfmt(s->arena, "%.*s%s", STR_ARGS(path),
	    str_ends(path, STR("/")) ? "" : "/");
}

void
rewrite_place(struct setting *s)
{
	struct rewrite_conf *c = s->conf;

	if (s->place->where & IN_CONF)
		c->server = s->place->owner;
	else if (c->directory == NULL)
		c->directory = directory_of(s);
}

const char *
rewrite_read_engine(struct setting *s)
{
	struct rewrite_conf *c = s->conf;

	rewrite_place(s);
	return read_flag(s, 0, &c->engine);
}

const char *
rewrite_read_base(struct setting *s)
{
	struct rewrite_conf *c = s->conf;

	rewrite_place(s);
	if (s->argv[0].z[0] != '/')
		return setting_error(s, 0, "must be a URL path that begins "
		    "with /, not \"%s\"", s->argv[0].z);
	c->base = s->argv[0].z;
	return NULL;
}

static const struct {
	const char	*name;
	unsigned	 bit;
} options[] = {
	{ "Inherit",		REWRITE_INHERIT },
	{ "InheritBefore",	REWRITE_INHERIT_BEFORE },
	{ "InheritDown",	REWRITE_DOWN },
	{ "InheritDownBefore",	REWRITE_DOWN_BEFORE },
	{ "IgnoreInherit",	REWRITE_IGNORE_INHERIT },
	{ "AllowNoSlash",	REWRITE_NO_SLASH },
	{ "AllowAnyURI",	REWRITE_ANY_URI },
	{ "MergeBase",		REWRITE_MERGE_BASE },
	{ "IgnoreContextInfo",	REWRITE_IGNORE_CONTEXT },
	{ "LegacyPrefixDocRoot", REWRITE_LEGACY_PREFIX },
	{ "LongURLOptimization", 0 },	/* how Apache uses its memory */
};

enum { N_OPTIONS = sizeof(options) / sizeof(options[0]) };

static const char *
read_option(struct setting *s, int arg, struct rewrite_conf *c)
{
	const char *names[N_OPTIONS], *near;
	struct str word = str_of(s->argv[arg].z);

	for (size_t i = 0; i < N_OPTIONS; i++) {
		names[i] = options[i].name;
		if (str_is_nocase(word, options[i].name)) {
			c->options |= options[i].bit;
			return NULL;
		}
	}
	if (str_starts_nocase(word, STR("MaxRedirects="))) {
		setting_warn(s, arg, "MaxRedirects has no effect; "
		    "LimitInternalRecursion is the limit");
		return NULL;
	}
	near = nearest_name(word, names, N_OPTIONS);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know the option \"%s\"",
	    word.at);
}

const char *
rewrite_read_options(struct setting *s)
{
	struct rewrite_conf *c = s->conf;
	const char *error = NULL;

	rewrite_place(s);
	c->options_given = true;
	for (int i = 0; error == NULL && i < s->argc; i++)
		error = read_option(s, i, c);
	return error;
}

/* ---- RewriteCond --------------------------------------------------------- */

static const char *
cond_flag(struct setting *s, void *into, struct str key, struct str value)
{
	struct rewrite_cond *c = into;

	(void)value;
	if (str_is_nocase(key, "NC") || str_is_nocase(key, "nocase"))
		c->nocase = true;
	else if (str_is_nocase(key, "OR") || str_is_nocase(key, "ornext"))
		c->or_next = true;
	else if (str_is_nocase(key, "NV") || str_is_nocase(key, "novary"))
		c->no_vary = true;
	else
		return wrong_at(s, key, str_zfmt(s->arena, "has an unknown "
		    "flag \"%.*s\"; there are NC, OR and NV",
		    STR_ARGS(key)));
	return NULL;
}

/* What stands for a test at the beginning of a pattern; whole: and nothing
 * after it. */
static const struct test {
	const char	*word;
	bool		 whole;
	enum cond_kind	 kind;
} tests[] = {
	{ "-f", true, COND_FILE }, { "-s", true, COND_SIZE },
	{ "-d", true, COND_DIRECTORY }, { "-x", true, COND_EXECUTABLE },
	{ "-h", true, COND_LINK }, { "-l", true, COND_LINK },
	{ "-L", true, COND_LINK }, { "-U", true, COND_URL },
	{ "-F", true, COND_LOOKUP_FILE },
	{ "-lt", false, COND_NUMBER_LESS },
	{ "-le", false, COND_NUMBER_LESS_EQUAL },
	{ "-eq", false, COND_NUMBER_EQUAL },
	{ "-ne", false, COND_NUMBER_EQUAL },
	{ "-ge", false, COND_NUMBER_GREATER_EQUAL },
	{ "-gt", false, COND_NUMBER_GREATER },
	{ ">=", false, COND_GREATER_EQUAL }, { ">", false, COND_GREATER },
	{ "<=", false, COND_LESS_EQUAL }, { "<", false, COND_LESS },
	{ "=", false, COND_EQUAL },
};

/* Take a test off the front of the pattern. */
static void
take_test(struct rewrite_cond *c)
{
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct test *t = &tests[i];
		struct str word = str_of(t->word);

		if (!str_starts(c->pattern, word) || c->pattern.n < 2 ||
		    (t->whole && c->pattern.n > word.n) ||
		    (!t->whole && word.n == 3 && c->pattern.n == word.n))
			continue;
		c->kind = t->kind;
		if (strcmp(t->word, "-ne") == 0)
			c->negated = !c->negated;
		if (!t->whole)
			c->pattern = str_from(c->pattern, word.n);
		if (t->kind == COND_EQUAL && str_is(c->pattern, "\"\""))
			c->pattern = STR("");
		return;
	}
}

static bool
minds_case(enum cond_kind kind)
{
	return kind == COND_REGEX || kind == COND_LESS ||
	    kind == COND_LESS_EQUAL || kind == COND_EQUAL ||
	    kind == COND_GREATER || kind == COND_GREATER_EQUAL;
}

const char *
rewrite_read_cond(struct setting *s)
{
	struct rewrite_conf *conf = s->conf;
	struct rewrite_cond *c = arena_one(s->arena, struct rewrite_cond);
	struct words w;
	const char *error = NULL;

	rewrite_place(s);
	split(str_of(s->argv[0].z), &w);
	if (w.n < 2)
		return "needs a string to test and a pattern";
	c->at = s->node->at;
	c->input = str_copy(s->arena, w.word[0]);
	c->pattern = w.word[1];
	if (w.n == 3)
		error = read_flags(s, w.word[2], c, cond_flag);
	if (error != NULL)
		return error;
	if (str_starts(c->pattern, STR("!"))) {
		c->negated = true;
		c->pattern = str_from(c->pattern, 1);
	}
	if (str_is_nocase(c->input, "expr"))
		c->kind = COND_EXPR;
	else
		take_test(c);
	if (c->nocase && !minds_case(c->kind)) {
		setting_warn(s, 0, "ignores NC, which makes no difference to "
		    "this test");
		c->nocase = false;
	}
	if (c->kind == COND_REGEX)
		error = read_pattern(s, c->pattern, c->nocase, &c->regex);
	else if (c->kind == COND_EXPR)
		error = read_expression(s, c->pattern, &c->expr);
	c->pattern = str_copy(s->arena, c->pattern);
	vec_add(s->arena, &conf->waiting, c);
	return error;
}

/* ---- RewriteRule --------------------------------------------------------- */

enum takes { NOTHING, ENV, COOKIE, ESCAPES, KEEPS, ROUNDS, REDIRECT, SKIP,
	HANDLER, TYPE, STATUS };

static const struct rule_flag {
	const char	*name, *other;
	enum takes	 takes;
	unsigned	 bits;
	int		 status;
} rule_flags[] = {
	{ "B", "backrefescaping", ESCAPES, RULE_ESCAPE, 0 },
	{ "BNP", "backrefnoplus", NOTHING, RULE_NO_PLUS, 0 },
	{ "BCTLS", NULL, NOTHING, RULE_ESCAPE | RULE_ESCAPE_CONTROLS, 0 },
	{ "BNE", NULL, KEEPS, 0, 0 },
	{ "C", "chain", NOTHING, RULE_CHAIN, 0 },
	{ "CO", "cookie", COOKIE, 0, 0 },
	{ "DPI", "discardpath", NOTHING, RULE_DISCARD_PATH, 0 },
	{ "E", "env", ENV, 0, 0 },
	{ "END", NULL, NOTHING, RULE_END, 0 },
	{ "F", "forbidden", STATUS, RULE_STATUS | RULE_NO_CHANGE, 403 },
	{ "G", "gone", STATUS, RULE_STATUS | RULE_NO_CHANGE, 410 },
	{ "H", "handler", HANDLER, 0, 0 },
	{ "L", "last", NOTHING, RULE_LAST, 0 },
	{ "N", "next", ROUNDS, RULE_AGAIN, 0 },
	{ "NC", "nocase", NOTHING, RULE_NOCASE, 0 },
	{ "NE", "noescape", NOTHING, RULE_NO_ESCAPE, 0 },
	{ "NS", "nosubreq", NOTHING, RULE_NO_LOOKUP, 0 },
	{ "P", "proxy", NOTHING, RULE_PROXY, 0 },
	{ "PT", "passthrough", NOTHING, RULE_PASS, 0 },
	{ "QSA", "qsappend", NOTHING, RULE_QUERY_APPEND, 0 },
	{ "QSD", "qsdiscard", NOTHING, RULE_QUERY_DISCARD, 0 },
	{ "QSL", "qslast", NOTHING, RULE_QUERY_LAST, 0 },
	{ "R", "redirect", REDIRECT, RULE_REDIRECT, 0 },
	{ "S", "skip", SKIP, 0, 0 },
	{ "T", "type", TYPE, 0, 0 },
	{ "UnsafeAllow3F", NULL, NOTHING, RULE_ALLOW_3F, 0 },
	{ "UnsafePrefixStat", NULL, NOTHING, RULE_ANY_PREFIX, 0 },
	{ "UNC", NULL, NOTHING, RULE_UNC, 0 },
};

enum { N_RULE_FLAGS = sizeof(rule_flags) / sizeof(rule_flags[0]) };

static const struct rule_flag *
rule_flag_named(struct str key)
{
	for (size_t i = 0; i < N_RULE_FLAGS; i++)
		if (str_is_nocase(key, rule_flags[i].name) ||
		    (rule_flags[i].other != NULL &&
		    str_is_nocase(key, rule_flags[i].other)))
			return &rule_flags[i];
	return NULL;
}

static const char *
unknown_flag(struct setting *s, struct str key)
{
	const char *names[2 * N_RULE_FLAGS], *near;
	size_t n = 0;

	for (size_t i = 0; i < N_RULE_FLAGS; i++) {
		names[n++] = rule_flags[i].name;
		if (rule_flags[i].other != NULL)
			names[n++] = rule_flags[i].other;
	}
	near = nearest_name(key, names, n);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return wrong_at(s, key, str_zfmt(s->arena, "has an unknown flag "
	    "\"%.*s\"", STR_ARGS(key)));
}

static void
add_template(struct arena *a, struct vec *to, struct str value)
{
	struct str *item = arena_one(a, struct str);

	*item = value;
	vec_add(a, to, item);
}

/* R=301, R=permanent, R=404: only 3xx is a redirect. */
static const char *
read_status(struct setting *s, struct rewrite_rule *rule, struct str value)
{
	static const char *const words[] = { "permanent", "temp",
	    "seeother" };
	uint64_t number = 0;

	for (int i = 0; i < 3; i++)
		if (str_is_nocase(value, words[i])) {
			rule->status = 301 + i;
			return NULL;
		}
	if (!str_number(value, 10, 599, &number) || number < 200)
		return wrong_at(s, s->argv[0].z == NULL ? value :
		    str_of(s->argv[0].z), str_zfmt(s->arena, "has an invalid "
		    "status \"%.*s\" for the flag R", STR_ARGS(value)));
	rule->status = (int)number;
	if (number < 300 || number > 399)
		rule->flags |= RULE_STATUS | RULE_NO_CHANGE;
	return NULL;
}

static const char *
read_count(struct setting *s, struct str key, struct str value, unsigned *out)
{
	uint64_t number;

	if (!str_number(value, 10, 1000000, &number))
		return wrong_at(s, key, str_zfmt(s->arena, "needs a number "
		    "after %.*s=", STR_ARGS(key)));
	*out = (unsigned)number;
	return NULL;
}

static const char *
lacks_value(struct setting *s, struct str key)
{
	return wrong_at(s, key, str_zfmt(s->arena, "needs a value after %.*s=",
	    STR_ARGS(key)));
}

static const char *
rule_flag(struct setting *s, void *into, struct str key, struct str value)
{
	struct rewrite_rule *rule = into;
	const struct rule_flag *f = rule_flag_named(key);

	if (f == NULL)
		return unknown_flag(s, key);
	rule->flags |= f->bits;
	switch (f->takes) {
	case NOTHING:
		return NULL;
	case STATUS:
		rule->status = f->status;
		return NULL;
	case ESCAPES:
		if (value.n > 0)
			rule->escapes = value;
		return NULL;
	case ROUNDS:
		return value.n == 0 ? NULL :
		    read_count(s, key, value, &rule->rounds);
	case REDIRECT:
		return value.n == 0 ? NULL : read_status(s, rule, value);
	case SKIP:
		return read_count(s, key, value, &rule->skip);
	default:
		break;
	}
	if (value.n == 0)
		return lacks_value(s, key);
	switch (f->takes) {
	case KEEPS:
		rule->keeps = value;
		return NULL;
	case ENV:
		add_template(s->arena, &rule->env, value);
		return NULL;
	case COOKIE:
		add_template(s->arena, &rule->cookies, value);
		return NULL;
	case HANDLER:
		rule->handler = value;
		return NULL;
	default:
		rule->type = str_lower(s->arena, value);
		return NULL;
	}
}

/* A "?" at the very end means: no query.  With QSA the old one is kept, so the
 * last "?" is what begins it. */
static void
settle_query(struct rewrite_rule *rule)
{
	bool has = str_find(rule->output, '?') >= 0;

	if (str_ends(rule->output, STR("?"))) {
		if (rule->flags & RULE_QUERY_APPEND) {
			rule->flags |= RULE_QUERY_LAST;
		} else {
			rule->flags |= RULE_QUERY_NONE;
			rule->output.n--;
		}
	} else if ((rule->flags & RULE_QUERY_DISCARD) && !has) {
		rule->flags |= RULE_QUERY_NONE;
	}
}

static void
warn_of_rule(struct setting *s, const struct rewrite_rule *rule)
{
	if (rule->flags & RULE_PROXY)
		setting_warn(s, 0, "asks for a proxy (P), and there is none: "
		    "requests that the rule fits are refused");
}

const char *
rewrite_read_rule(struct setting *s)
{
	struct rewrite_conf *c = s->conf;
	struct rewrite_rule *rule = arena_one(s->arena, struct rewrite_rule);
	struct words w;
	const char *error = NULL;

	rewrite_place(s);
	split(str_of(s->argv[0].z), &w);
	if (w.n < 2)
		return "needs a pattern and a substitution (- for none)";
	rule->at = s->node->at;
	rule->status = 302;
	rule->rounds = ROUNDS_MAX;
	rule->conds = c->waiting;
	c->waiting = (struct vec){ 0 };
	rule->pattern = w.word[0];
	rule->output = str_copy(s->arena, w.word[1]);
	if (w.n == 3)
		error = read_flags(s, w.word[2], rule, rule_flag);
	if (error != NULL)
		return error;
	if (str_starts(rule->pattern, STR("!"))) {
		rule->flags |= RULE_NEGATED;
		rule->pattern = str_from(rule->pattern, 1);
	}
	error = read_pattern(s, rule->pattern, rule->flags & RULE_NOCASE,
	    &rule->regex);
	rule->pattern = str_copy(s->arena, rule->pattern);
	if (str_is(rule->output, "-"))
		rule->flags |= RULE_NO_CHANGE;
	settle_query(rule);
	while (rule->literal_n < rule->output.n &&
	    strchr("\\$%", rule->output.at[rule->literal_n]) == NULL)
		rule->literal_n++;
	warn_of_rule(s, rule);
	vec_add(s->arena, &c->rules, rule);
	return error;
}

/* ---- Merging ------------------------------------------------------------- */

/* A's rules, then b's. */
static void
join(struct arena *a, struct rewrite_conf *m, const struct vec *first,
    const struct vec *second)
{
	m->rules = vec_join(a, first, second);
}

static void
merge_rules(struct arena *a, const struct rewrite_conf *o,
    const struct rewrite_conf *i, struct rewrite_conf *m)
{
	bool down = !(m->options & REWRITE_IGNORE_INHERIT);

	if ((m->options & REWRITE_INHERIT) ||
	    (down && (o->options & REWRITE_DOWN)))
		join(a, m, &i->rules, &o->rules);
	else if ((m->options & REWRITE_INHERIT_BEFORE) ||
	    (down && (o->options & REWRITE_DOWN_BEFORE)))
		join(a, m, &o->rules, &i->rules);
	else
		m->rules = i->rules;
}

/* The maps of a host, on top of those it inherits with the rules. */
static void
merge_maps(struct arena *a, const struct rewrite_conf *o,
    const struct rewrite_conf *i, struct rewrite_conf *m)
{
	bool down = !(m->options & REWRITE_IGNORE_INHERIT);
	struct str name;
	void *map;

	m->maps = i->maps;
	if (o->maps == NULL || !((m->options & (REWRITE_INHERIT |
	    REWRITE_INHERIT_BEFORE)) || (down && (o->options & (REWRITE_DOWN |
	    REWRITE_DOWN_BEFORE)))))
		return;
	m->maps = hash_new(a);
	for (size_t k = 0; hash_at(o->maps, k, &name, &map); k++)
		hash_set(m->maps, name, map);
	for (size_t k = 0; i->maps != NULL &&
	    hash_at(i->maps, k, &name, &map); k++)
		hash_set(m->maps, name, map);
}

/*
 * A section's rules take the place of those of the sections around it, unless
 * they are inherited; a host's those of the main server.  Sections see nothing
 * of their server's rules.
 */
void
rewrite_merge(struct arena *a, const void *outer, const void *inner,
    void *result)
{
	const struct rewrite_conf *o = outer, *i = inner;
	static const struct rewrite_conf none;
	struct rewrite_conf *m = result;

	m->options_given = o->options_given || i->options_given;
	m->options = i->options_given ? i->options : o->options;
	m->server = i->directory == NULL ? i->server : o->server;
	m->directory = i->directory;
	m->base = i->base;
	if ((m->options & REWRITE_MERGE_BASE) && i->base == NULL)
		m->base = o->base;
	if (i->directory != NULL && o->directory == NULL) {
		struct rewrite_conf top = none;

		top.options = o->options;
		merge_rules(a, &top, i, m);
		return;
	}
	merge_rules(a, o, i, m);
	if (i->directory == NULL)
		merge_maps(a, o, i, m);
}
