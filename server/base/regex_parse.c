/*
 * regex_parse.c - the structure of a regular expression: alternatives, groups,
 * quantifiers, options.
 *
 * Recursive descent, as deep as the pattern nests its parentheses, which is
 * limited.  It must know nothing of how a tree is matched.
 *
 * Invariant: a function that returns NULL or false has noted the error, and
 * only the first one is kept.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/regex_tree.h"

#define DEPTH_MAX	250	/* parentheses within parentheses */
#define TIMES_MAX	65535	/* in a quantifier */
#define GROUPS_MAX	65535
#define NAME_MAX_BYTES	32
#define BEHIND_MAX	65535	/* bytes a lookbehind can look back */
#define BEHIND_VARYING	255	/* the same where the length can vary */

static struct tree *parse_choice(struct parser *p);

struct tree *
parser_fails(struct parser *p, size_t offset, const char *message)
{
	if (p->error->message == NULL)
		*p->error = (struct regex_error){ message, offset };
	return NULL;
}

bool
parser_sees(const struct parser *p, char c)
{
	return p->i < p->in.n && p->in.at[p->i] == c;
}

bool
parser_sees_all(const struct parser *p, const char *z)
{
	return str_starts(str_from(p->in, p->i), str_of(z));
}

bool
parser_name(struct parser *p, char end, struct str *name)
{
	size_t from = p->i;
	char c;

	for (; p->i < p->in.n; p->i++) {
		c = p->in.at[p->i];
		if (c != '_' && !char_is_alnum((unsigned char)c))
			break;
	}
	*name = str_n(p->in.at + from, p->i - from);
	if (!parser_sees(p, end))
		parser_fails(p, from, "the name of a group does not end");
	else if (name->n == 0)
		parser_fails(p, from, "the name of a group is missing");
	else if (char_is_digit((unsigned char)name->at[0]))
		parser_fails(p, from,
		    "the name of a group begins with a digit");
	else if (name->n > NAME_MAX_BYTES)
		parser_fails(p, from,
		    "the name of a group is longer than 32 bytes");
	p->i++;
	return p->error->message == NULL;
}

static bool
failed(const struct parser *p)
{
	return p->error->message != NULL;
}

/* Is the next byte c, with a meaning of its own? */
static bool
sees_special(const struct parser *p, char c)
{
	return !p->quoted && parser_sees(p, c);
}

static void
skip_line(struct parser *p)
{
	while (p->i < p->in.n && p->in.at[p->i++] != '\n')
		;
}

/* Under (?x): white space, and comments up to the end of their line. */
static void
skip_blanks(struct parser *p)
{
	if (!(p->flags & REGEX_EXTENDED))
		return;
	for (; p->i < p->in.n; p->i++) {
		char c = p->in.at[p->i];

		if (c == '#') {
			skip_line(p);
			p->i--;
		} else if (c == '\0' || strchr(" \t\n\v\f\r", c) == NULL)
			return;
	}
}

static void
skip_comment(struct parser *p)
{
	size_t from = p->i;
	ptrdiff_t n = str_find(str_from(p->in, from), ')');

	if (n < 0) {
		parser_fails(p, from, "missing ) after (?#");
		p->i = p->in.n;
	} else
		p->i += (size_t)n + 1;
}

/* What stands between two items and means nothing. */
static void
skip_ignored(struct parser *p)
{
	for (;;) {
		if (!p->quoted)
			skip_blanks(p);
		if (parser_sees_all(p, "\\E")) {
			p->quoted = false;
			p->i += 2;
		} else if (p->quoted) {
			return;
		} else if (parser_sees_all(p, "\\Q")) {
			p->quoted = true;
			p->i += 2;
		} else if (parser_sees_all(p, "(?#")) {
			skip_comment(p);
		} else
			return;
	}
}

/* Digits at *i; a number beyond all limits stays there. */
static bool
read_times(struct str in, size_t *i, uint32_t *n)
{
	size_t from = *i;

	for (*n = 0; *i < in.n && char_is_digit((unsigned char)in.at[*i]);
	    (*i)++) {
		if (*n <= TIMES_MAX)
			*n = *n * 10 + (uint32_t)(in.at[*i] - '0');
	}
	return *i > from;
}

/* {n}, {n,} or {n,m} at the next byte?  Then its end is in *end. */
static bool
sees_braces(const struct parser *p, uint32_t *min, uint32_t *max, size_t *end)
{
	size_t i = p->i + 1;

	if (!sees_special(p, '{') || !read_times(p->in, &i, min))
		return false;
	*max = *min;
	if (i < p->in.n && p->in.at[i] == ',') {
		i++;
		if (!read_times(p->in, &i, max))
			*max = REGEX_NO_LIMIT;
	}
	*end = i + 1;
	return i < p->in.n && p->in.at[i] == '}';
}

static bool
sees_quantifier(const struct parser *p, uint32_t *min, uint32_t *max,
    size_t *end)
{
	*end = p->i + 1;
	*min = sees_special(p, '+');
	*max = sees_special(p, '?') ? 1 : REGEX_NO_LIMIT;
	return *min == 1 || *max == 1 || sees_special(p, '*') ||
	    sees_braces(p, min, max, end);
}

/* The byte that follows a quantifier and says how it tries. */
static enum how
parse_how(struct parser *p)
{
	enum how how = GREEDY;

	skip_ignored(p);
	if (sees_special(p, '?'))
		how = LAZY;
	else if (sees_special(p, '+'))
		how = POSSESSIVE;
	if (how != GREEDY)
		p->i++;
	return how;
}

static struct tree *
parse_quantifier(struct parser *p, struct tree *item)
{
	uint32_t min, max;
	size_t from = p->i, end;

	if (!sees_quantifier(p, &min, &max, &end))
		return item;
	if (item->alone)
		return parser_fails(p, from, "nothing to repeat");
	if (min > TIMES_MAX || (max > TIMES_MAX && max != REGEX_NO_LIMIT))
		return parser_fails(p, from,
		    "a quantifier is larger than 65535");
	if (min > max)
		return parser_fails(p, from,
		    "the numbers of a quantifier are out of order");
	p->i = end;
	return tree_repeat(p, item, min, max, parse_how(p));
}

static struct tree *
parse_dot(struct parser *p)
{
	struct byteset set = { .word = { 0 } };

	if (p->flags & REGEX_NO_DOTALL)
		set_add(&set, '\n');
	set_invert(&set);
	p->i++;
	return tree_set(p, &set);
}

static struct tree *
parse_dollar(struct parser *p)
{
	p->i++;
	if (p->flags & REGEX_MULTILINE)
		return tree_position(p, AT_LINE_END);
	if (p->flags & REGEX_DOLLAR_NEWLINE)
		return tree_position(p, AT_END_OR_NEWLINE);
	return tree_position(p, AT_END);
}

/* The rest of a group up to its ), which is read too.  Options that change
 * inside end with it. */
static struct tree *
parse_inside(struct parser *p, size_t from)
{
	unsigned flags = p->flags;
	struct tree *t;

	if (p->depth == DEPTH_MAX)
		return parser_fails(p, from,
		    "more than 250 parentheses within each other");
	p->depth++;
	t = parse_choice(p);
	p->depth--;
	if (t == NULL)
		return NULL;
	if (!parser_sees(p, ')'))
		return parser_fails(p, from, "missing )");
	p->i++;
	p->flags = flags;
	return t->alone ? tree_around(p, TREE_SEQUENCE, t) : t;
}

static struct tree *
parse_capture(struct parser *p, size_t from)
{
	uint32_t number = ++p->pattern->n_groups;
	struct tree *t;

	if (number > GROUPS_MAX)
		return parser_fails(p, from, "more than 65535 groups");
	t = tree_around(p, TREE_GROUP, parse_inside(p, from));
	if (t != NULL)
		t->number = number;
	return t;
}

static struct tree *
parse_named(struct parser *p, size_t from, char end)
{
	struct group_name *named = arena_one(p->arena, struct group_name);
	const struct group_name *other;
	size_t name_from = p->i;

	if (!parser_name(p, end, &named->name))
		return NULL;
	for (other = p->pattern->names; other != NULL; other = other->next) {
		if (str_eq(other->name, named->name))
			return parser_fails(p, name_from,
			    "two groups have the same name");
	}
	named->number = p->pattern->n_groups + 1;
	named->next = p->pattern->names;
	p->pattern->names = named;
	return parse_capture(p, from);
}

static bool
check_behind(struct parser *p, size_t from, const struct tree *t)
{
	if (t->longest == REGEX_NO_LIMIT)
		parser_fails(p, from, "a lookbehind has no bounded length");
	else if (t->longest > BEHIND_MAX)
		parser_fails(p, from, "a lookbehind is longer than 65535");
	else if (t->longest > BEHIND_VARYING && t->longest > t->shortest)
		parser_fails(p, from,
		    "a lookbehind of varying length is longer than 255");
	return !failed(p);
}

static struct tree *
parse_look(struct parser *p, size_t from, bool behind, bool negative)
{
	struct tree *inside, *alternative, *t;

	p->n_looks++;
	inside = parse_inside(p, from);
	p->n_looks--;
	if (inside == NULL)
		return NULL;
	alternative = inside->kind == TREE_CHOICE ? inside->first : inside;
	for (; behind && alternative != NULL; alternative = alternative->next) {
		if (!check_behind(p, from, alternative))
			return NULL;
	}
	t = tree_around(p, TREE_LOOK, inside);
	t->behind = behind;
	t->negative = negative;
	t->shortest = t->longest = 0;
	return t;
}

/* Set or clear what the option letter c means; false when nothing. */
static bool
set_option(struct parser *p, char c, bool on)
{
	static const struct {
		char		letter;
		unsigned	flag;
		bool		inverse;
	} options[] = {
		{ 'i', REGEX_NOCASE, false },
		{ 'm', REGEX_MULTILINE, false },
		{ 's', REGEX_NO_DOTALL, true },
		{ 'x', REGEX_EXTENDED, false },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].letter != c)
			continue;
		if (on != options[i].inverse)
			p->flags |= options[i].flag;
		else
			p->flags &= ~options[i].flag;
		return true;
	}
	return false;
}

/* The letters of (?i-sm) or (?i-sm:, p->i just after the question mark; (?^
 * begins with all options off.  Up to the ) or :, which is not read. */
static bool
parse_options(struct parser *p)
{
	bool hat = parser_sees(p, '^'), on = true;
	char c;

	if (hat) {
		p->i++;
		for (const char *z = "imsx"; *z != '\0'; z++)
			set_option(p, *z, false);
	}
	for (; p->i < p->in.n; p->i++) {
		c = p->in.at[p->i];
		if (c == ')' || c == ':')
			return true;
		if (c == '-' && on && !hat)
			on = false;
		else if (!set_option(p, c, on) ||
		    parser_sees_all(p, "xx"))
			break;
	}
	if (p->i < p->in.n)
		parser_fails(p, p->i, "not supported after (?");
	return p->i < p->in.n;
}

/* (?i) counts up to the end of the group around it, (?i:...) for its own. */
static struct tree *
parse_option_group(struct parser *p, size_t from)
{
	unsigned flags = p->flags;
	struct tree *t;

	if (!parse_options(p))
		return parser_fails(p, from, "missing )");
	if (p->in.at[p->i++] == ')') {
		t = tree_new(p, TREE_EMPTY);
		t->alone = true;
		return t;
	}
	t = parse_inside(p, from);
	p->flags = flags;
	return t;
}

/* Read z, if it is next. */
static bool
take(struct parser *p, const char *z)
{
	if (!parser_sees_all(p, z))
		return false;
	p->i += strlen(z);
	return true;
}

static struct tree *
parse_group(struct parser *p)
{
	size_t from = p->i++;

	if (parser_sees_all(p, "*:") || (parser_sees(p, '*') &&
	    p->i + 1 < p->in.n &&
	    char_is_alpha((unsigned char)p->in.at[p->i + 1])))
		return parser_fails(p, from, "(*VERBS) are not supported");
	if (!parser_sees(p, '?'))
		return parse_capture(p, from);
	if (take(p, "?:"))
		return parse_inside(p, from);
	if (take(p, "?>"))
		return tree_around(p, TREE_ATOMIC, parse_inside(p, from));
	if (take(p, "?="))
		return parse_look(p, from, false, false);
	if (take(p, "?!"))
		return parse_look(p, from, false, true);
	if (take(p, "?<="))
		return parse_look(p, from, true, false);
	if (take(p, "?<!"))
		return parse_look(p, from, true, true);
	if (take(p, "?P="))
		return atom_named_reference(p, from, ')');
	if (take(p, "?P<") || take(p, "?<"))
		return parse_named(p, from, '>');
	if (take(p, "?'"))
		return parse_named(p, from, '\'');
	p->i++;
	return parse_option_group(p, from);
}

static struct tree *
parse_atom(struct parser *p)
{
	uint32_t min, max;
	size_t end;

	if (sees_quantifier(p, &min, &max, &end))
		return parser_fails(p, p->i, "nothing to repeat");
	switch (p->quoted ? '\0' : p->in.at[p->i]) {
	case '(':
		return parse_group(p);
	case '[':
		return atom_class(p);
	case '\\':
		return atom_escape(p);
	case '.':
		return parse_dot(p);
	case '^':
		p->i++;
		return tree_position(p, p->flags & REGEX_MULTILINE ?
		    AT_LINE_START : AT_START);
	case '$':
		return parse_dollar(p);
	default:
		return tree_byte(p, (unsigned char)p->in.at[p->i++]);
	}
}

static struct tree *
parse_sequence(struct parser *p)
{
	struct tree *item, *t = tree_new(p, TREE_SEQUENCE);

	for (;;) {
		skip_ignored(p);
		if (p->i >= p->in.n || sees_special(p, '|') ||
		    sees_special(p, ')'))
			break;
		if ((item = parse_atom(p)) == NULL)
			return NULL;
		skip_ignored(p);
		if ((item = parse_quantifier(p, item)) == NULL)
			return NULL;
		if (item->kind != TREE_EMPTY)
			tree_add(t, item);
	}
	if (failed(p))
		return NULL;
	if (t->first == NULL)
		t->kind = TREE_EMPTY;
	return t->first != NULL && t->first == t->last ? t->first : t;
}

static struct tree *
parse_choice(struct parser *p)
{
	struct tree *choice, *t = parse_sequence(p);

	if (t == NULL || !parser_sees(p, '|'))
		return t;
	choice = tree_new(p, TREE_CHOICE);
	tree_add(choice, t);
	while (parser_sees(p, '|')) {
		p->i++;
		if ((t = parse_sequence(p)) == NULL)
			return NULL;
		tree_add(choice, t);
	}
	return choice;
}

/* Names and numbers of groups, now that all groups are known. */
static void
resolve(struct parser *p, const struct reference *r)
{
	const struct group_name *named = p->pattern->names;

	if (r->name.at != NULL) {
		while (named != NULL && !str_eq(named->name, r->name))
			named = named->next;
		r->tree->number = named != NULL ? named->number : 0;
	}
	if (r->tree->number == 0 || r->tree->number > p->pattern->n_groups)
		parser_fails(p, r->offset, "there is no such group");
}

bool
regex_parse(struct arena *a, struct str in, unsigned flags,
    struct pattern *pattern, struct regex_error *error)
{
	struct parser p = { .arena = a, .in = in, .flags = flags,
	    .pattern = pattern, .error = error };

	*pattern = (struct pattern){ 0 };
	*error = (struct regex_error){ 0 };
	pattern->root = parse_choice(&p);
	if (pattern->root != NULL && p.i < in.n)
		parser_fails(&p, p.i, "unmatched )");
	pattern->has_backrefs = p.references != NULL;
	for (; p.references != NULL; p.references = p.references->next)
		resolve(&p, p.references);
	return error->message == NULL;
}
