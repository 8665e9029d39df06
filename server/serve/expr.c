/*
 * expr.c - reading an expression: one function for each rule of the grammar.
 *
 * As in Apache, what a character means depends on what may stand at its place:
 * a "/" begins a regular expression only behind =~ and !~, and "m" with one of
 * a few signs behind it, too.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "serve/expr_tree.h"

struct reader {
	struct arena	*arena;
	struct str	 text;
	size_t		 at;
	unsigned	 depth;
	const char	*too_late;
	struct expr_error *error;
};

static const struct expr_node *read_or(struct reader *in);
static const struct expr_node *parse_word(struct reader *in);

/* ---- Errors -------------------------------------------------------------- */

static const struct expr_node *
wrong(struct reader *in, size_t offset, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Only the first counts.  Returns NULL. */
static const struct expr_node *
wrong(struct reader *in, size_t offset, const char *fmt, ...)
{
	struct text t = { .arena = in->arena };
	va_list ap;

	if (in->error->message != NULL)
		return NULL;
	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	in->error->message = text_z(&t);
	in->error->offset = offset < in->text.n ? offset : in->text.n;
	return NULL;
}

static bool
enter(struct reader *in)
{
	if (++in->depth <= EXPR_DEPTH_MAX)
		return true;
	wrong(in, in->at, "it is nested more than %d deep", EXPR_DEPTH_MAX);
	return false;
}

static const struct expr_node *
leave(struct reader *in, const struct expr_node *n)
{
	in->depth--;
	return n;
}

/* ---- Characters and names ------------------------------------------------ */

/* The character i places on; NUL at the end. */
static char
peek(const struct reader *in, size_t i)
{
	return in->at + i < in->text.n ? in->text.at[in->at + i] : 0;
}

static bool
at_end(const struct reader *in)
{
	return in->at >= in->text.n;
}

static void
skip_blanks(struct reader *in)
{
	while (!at_end(in) && strchr(" \t\n", peek(in, 0)) != NULL &&
	    peek(in, 0) != 0)
		in->at++;
}

/* Take what stands here if it is these signs. */
static bool
take(struct reader *in, const char *signs)
{
	if (!str_starts(str_from(in->text, in->at), str_of(signs)))
		return false;
	in->at += strlen(signs);
	return true;
}

static bool
is_name_char(char c)
{
	return char_is_alnum((unsigned char)c) || c == '_';
}

/* The name at i places from here: a letter, then letters, digits and _. */
static struct str
name_at(const struct reader *in, size_t i)
{
	size_t n = 0;

	if (!char_is_alpha((unsigned char)peek(in, i)))
		return STR_NONE;
	while (is_name_char(peek(in, i + n)))
		n++;
	return str_n(in->text.at + in->at + i, n);
}

static bool
take_name(struct reader *in, const char *name)
{
	if (!str_is(name_at(in, 0), name))
		return false;
	in->at += strlen(name);
	return true;
}

static struct expr_node *
node(struct reader *in, enum node_kind kind)
{
	struct expr_node *n = arena_one(in->arena, struct expr_node);

	n->kind = kind;
	return n;
}

static void
add(struct reader *in, struct expr_node *list, const struct expr_node *n)
{
	vec_add(in->arena, &list->list, (void *)(uintptr_t)n);
}

/* ---- Strings ------------------------------------------------------------- */

/* Where a string ends: at the end of all, at its quote, at the } behind an
 * argument. */
enum { UNTIL_END = 0 };

/* A backslash and what it stands for, into t. */
static bool
read_escape(struct reader *in, struct text *t)
{
	static const char letters[] = "ntrbf", meant[] = "\n\t\r\b\f";
	size_t from = in->at++;
	const char *letter;
	unsigned value = 0;
	size_t n = 0;

	if (at_end(in)) {
		wrong(in, from, "nothing stands behind the backslash");
		return false;
	}
	while (n < 3 && peek(in, n) >= '0' && peek(in, n) <= '7')
		value = value * 8 + (unsigned)(peek(in, n++) - '0');
	if (n == 0 && char_is_digit((unsigned char)peek(in, 0))) {
		wrong(in, from, "\\%c is no octal number", peek(in, 0));
		return false;
	}
	if (value > 0xff) {
		wrong(in, from, "\\%o is larger than a byte", value);
		return false;
	}
	if (n > 0) {
		text_addc(t, (char)value);
		in->at += n;
		return true;
	}
	letter = strchr(letters, peek(in, 0));
	text_addc(t, letter != NULL && *letter != 0 ?
	    meant[letter - letters] : peek(in, 0));
	in->at++;
	return true;
}

static const struct expr_node *
read_capture(struct reader *in)
{
	struct expr_node *n = node(in, NODE_CAPTURE);

	n->number = (unsigned)(peek(in, 1) - '0');
	in->at += 2;
	return n;
}

static bool
at_capture(const struct reader *in)
{
	return peek(in, 0) == '$' && char_is_digit((unsigned char)peek(in, 1));
}

static const struct expr_node *read_braces(struct reader *in);

/* The letters read so far become a part of the list. */
static void
end_letters(struct reader *in, struct expr_node *join, struct text *t)
{
	struct expr_node *n;

	if (t->n == 0)
		return;
	n = node(in, NODE_TEXT);
	n->text = text_str(t);
	add(in, join, n);
	*t = (struct text){ .arena = in->arena };
}

/* A list of one is that one; an empty one is an empty text. */
static const struct expr_node *
simplest(struct reader *in, struct expr_node *join)
{
	struct expr_node *empty;

	if (join->list.n == 1)
		return join->list.at[0];
	if (join->list.n > 1)
		return join;
	empty = node(in, NODE_TEXT);
	empty->text = STR("");
	return empty;
}

/* A string up to the character that ends it, which is taken. */
static const struct expr_node *
read_string(struct reader *in, char until)
{
	struct expr_node *join = node(in, NODE_JOIN);
	struct text t = { .arena = in->arena };
	size_t from = in->at;

	for (;;) {
		const struct expr_node *part = NULL;

		if (at_end(in) && until == UNTIL_END)
			break;
		if (at_end(in) || peek(in, 0) == '\n')
			return wrong(in, from > 0 ? from - 1 : 0,
			    until == '}' ? "%%{ is not closed by }" :
			    "the string has no end");
		if (until != UNTIL_END && peek(in, 0) == until) {
			in->at++;
			break;
		}
		if (peek(in, 0) == '\\') {
			if (!read_escape(in, &t))
				return NULL;
			continue;
		}
		if (at_capture(in)) {
			part = read_capture(in);
		} else if (peek(in, 0) == '%' && peek(in, 1) == '{') {
			part = read_braces(in);
			if (part == NULL)
				return NULL;
		}
		if (part == NULL) {
			text_addc(&t, peek(in, 0));
			in->at++;
			continue;
		}
		end_letters(in, join, &t);
		add(in, join, part);
	}
	end_letters(in, join, &t);
	return simplest(in, join);
}

/* ---- Variables and functions --------------------------------------------- */

static const struct expr_node *
make_call(struct reader *in, struct str name, size_t at,
    const struct expr_node *arg)
{
	struct expr_node *n = node(in, NODE_CALL);

	if (arg == NULL)
		return NULL;
	n->left = arg;
	n->function = expr_function_named(name);
	if (n->function == NULL)
		return wrong(in, at, "the function %.*s does not exist",
		    STR_ARGS(name));
	return n;
}

static const struct expr_node *
make_variable(struct reader *in, struct str name, size_t at)
{
	struct expr_node *n = node(in, NODE_VARIABLE);

	n->variable = var_named(name);
	if (n->variable == NULL)
		return wrong(in, at, "the variable %.*s does not exist",
		    STR_ARGS(name));
	if (in->too_late == NULL && var_known(n->variable) > VAR_AT_FILE)
		in->too_late = var_name(n->variable);
	return n;
}

/* %{NAME} or %{function:argument}. */
static const struct expr_node *
read_braces(struct reader *in)
{
	size_t from = in->at, at = from + 2;
	struct str name = name_at(in, 2);
	const struct expr_node *arg;

	if (!enter(in))
		return NULL;
	in->at = at + name.n;
	if (name.n == 0)
		return wrong(in, at, "the name of a variable must stand "
		    "behind %%{");
	if (take(in, "}"))
		return leave(in, make_variable(in, name, at));
	if (at_end(in))
		return wrong(in, from, "%%{ is not closed by }");
	if (!take(in, ":"))
		return wrong(in, in->at, "\"%c\" cannot be part of a "
		    "variable's name", peek(in, 0));
	if (peek(in, 0) == '}')
		return wrong(in, in->at, "the function %.*s needs an argument",
		    STR_ARGS(name));
	arg = read_string(in, '}');
	return leave(in, make_call(in, name, at, arg));
}

/* name(word): the name was read. */
static const struct expr_node *
read_call(struct reader *in, struct str name)
{
	size_t at = in->at;
	const struct expr_node *arg;

	if (!enter(in))
		return NULL;
	in->at += name.n;
	skip_blanks(in);
	if (!take(in, "("))
		return wrong(in, at, "\"%.*s\" is neither an operator nor a "
		    "function with its argument in parentheses; strings need "
		    "quotes", STR_ARGS(name));
	arg = parse_word(in);
	skip_blanks(in);
	if (arg != NULL && !take(in, ")"))
		return wrong(in, in->at, "a ) is missing behind the argument "
		    "of %.*s", STR_ARGS(name));
	return leave(in, make_call(in, name, at, arg));
}

/* ---- Words --------------------------------------------------------------- */

/* Digits, perhaps behind a minus. */
static const struct expr_node *
read_digits(struct reader *in)
{
	struct expr_node *n = node(in, NODE_TEXT);
	size_t from = in->at;

	do
		in->at++;
	while (char_is_digit((unsigned char)peek(in, 0)));
	n->text = str_n(in->text.at + from, in->at - from);
	return n;
}

/* One part of a word. */
static const struct expr_node *
read_part(struct reader *in)
{
	struct str name;
	char c;

	skip_blanks(in);
	c = peek(in, 0);
	if (char_is_digit((unsigned char)peek(in, c == '-')))
		return read_digits(in);
	if (c == '"' || c == '\'') {
		in->at++;
		return read_string(in, c);
	}
	if (c == '%' && peek(in, 1) == '{')
		return read_braces(in);
	if (at_capture(in))
		return read_capture(in);
	name = name_at(in, 0);
	if (name.n > 0)
		return read_call(in, name);
	if (at_end(in))
		return wrong(in, in->at, "it ends where a string, a variable "
		    "or a function is due");
	return wrong(in, in->at, "\"%c\" stands where a string, a variable or "
	    "a function is due", c);
}

/* Parts joined by ".". */
static const struct expr_node *
parse_word(struct reader *in)
{
	const struct expr_node *first = read_part(in);
	struct expr_node *join;

	skip_blanks(in);
	if (first == NULL || peek(in, 0) != '.')
		return first;
	join = node(in, NODE_JOIN);
	add(in, join, first);
	while (take(in, ".")) {
		const struct expr_node *next = read_part(in);

		if (next == NULL)
			return NULL;
		add(in, join, next);
		skip_blanks(in);
	}
	return join;
}

/* ---- Comparisons --------------------------------------------------------- */

/* What may enclose a regular expression behind an m. */
static const char regex_signs[] = "/#$%^,;:?|!.'\"-";

static const struct expr_node *
read_match(struct reader *in, const struct expr_node *left, bool negated)
{
	struct expr_node *n = node(in, NODE_MATCH);
	struct regex_error error = { 0 };
	struct str pattern;
	ptrdiff_t end;
	size_t at;
	char sign;

	skip_blanks(in);
	sign = peek(in, 0);
	if (sign == 'm' && peek(in, 1) != 0 &&
	    strchr(regex_signs, peek(in, 1)) != NULL)
		sign = peek(in, 1), in->at++;
	else if (sign != '/')
		return wrong(in, in->at, "a regular expression such as "
		    "/.../ or m#...# must stand behind %s",
		    negated ? "!~" : "=~");
	at = ++in->at;
	end = str_find(str_from(in->text, at), sign);
	if (end < 0)
		return wrong(in, at - 1, "the regular expression has no end");
	pattern = str_n(in->text.at + at, (size_t)end);
	in->at += (size_t)end + 1;
	n->left = left;
	n->number = negated;
	n->regex = regex_new(in->arena, pattern,
	    take(in, "i") ? REGEX_NOCASE : 0, &error);
	if (n->regex == NULL)
		return wrong(in, at + error.offset, "the regular expression "
		    "is none: %s", error.message);
	return n;
}

/* { word, word }.  No function that returns a list is built in. */
static const struct expr_node *
read_in(struct reader *in, const struct expr_node *left)
{
	struct expr_node *n = node(in, NODE_IN);
	struct str name;

	n->left = left;
	skip_blanks(in);
	name = name_at(in, 0);
	if (name.n > 0)
		return wrong(in, in->at, "the function %.*s does not exist "
		    "among those that return a list", STR_ARGS(name));
	if (!take(in, "{"))
		return wrong(in, in->at, "a list such as { 'a', 'b' } must "
		    "stand behind in");
	for (;;) {
		const struct expr_node *word = parse_word(in);

		if (word == NULL)
			return NULL;
		add(in, n, word);
		if (take(in, "}"))
			return n;
		if (!take(in, ","))
			return wrong(in, in->at, "a comma or } is due in the "
			    "list");
	}
}

/* An address on the left, or NULL for the client's. */
static const struct expr_node *
make_network(struct reader *in, const struct expr_node *left,
    const struct expr_node *right, size_t at, const char *operator)
{
	struct expr_node *n = node(in, NODE_NETWORK);

	if (right == NULL)
		return NULL;
	if (right->kind != NODE_TEXT)
		return wrong(in, at, "%s needs an address or a network that "
		    "does not depend on the request", operator);
	n->left = left;
	n->subnet = arena_one(in->arena, struct subnet);
	if (!subnet_parse(n->subnet, right->text))
		return wrong(in, at, "\"%.*s\" is no address and no network",
		    STR_ARGS(right->text));
	return n;
}

static const struct expr_node *
make_binary(struct reader *in, const struct expr_node *left, struct str name,
    size_t at)
{
	struct expr_node *n = node(in, NODE_BINARY);
	size_t right_at;

	skip_blanks(in);
	right_at = in->at;
	n->left = left;
	n->right = parse_word(in);
	if (n->right == NULL)
		return NULL;
	if (str_is_nocase(name, "ipmatch"))
		return make_network(in, left, n->right, right_at, "-ipmatch");
	n->binary = expr_binary_named(name);
	if (n->binary == NULL)
		return wrong(in, at, "the operator -%.*s does not exist",
		    STR_ARGS(name));
	return n;
}

/* Longer signs before those that begin them. */
static const struct {
	const char	*sign;
	int		 relation;
} relations[] = {
	{ "==", EQ }, { "!=", NE }, { "<=", LE }, { ">=", GE },
	{ "=", EQ }, { "<", LT }, { ">", GT },
}, number_relations[] = {
	{ "eq", EQ }, { "ne", NE }, { "lt", LT }, { "le", LE }, { "gt", GT },
	{ "ge", GE },
};

static const struct expr_node *
make_comparison(struct reader *in, enum node_kind kind,
    const struct expr_node *left, int relation)
{
	struct expr_node *n = node(in, kind);

	n->relation = relation;
	n->left = left;
	n->right = parse_word(in);
	return n->right == NULL ? NULL : n;
}

/* What stands behind a word: an operator, and what it wants. */
static const struct expr_node *
read_operator(struct reader *in, const struct expr_node *left)
{
	size_t at = in->at, dash = peek(in, 0) == '-';
	struct str name = name_at(in, dash);

	if (take(in, "=~"))
		return read_match(in, left, false);
	if (take(in, "!~"))
		return read_match(in, left, true);
	for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++)
		if (take(in, relations[i].sign))
			return make_comparison(in, NODE_COMPARE, left,
			    relations[i].relation);
	in->at += dash + name.n;
	if (str_is(name, "in"))
		return read_in(in, left);
	for (size_t i = 0; i < sizeof(number_relations) /
	    sizeof(*number_relations); i++)
		if (str_is(name, number_relations[i].sign))
			return make_comparison(in, NODE_COMPARE_NUMBERS, left,
			    number_relations[i].relation);
	if (dash && name.n > 1)
		return make_binary(in, left, name, at);
	in->at = at;
	if (at_end(in))
		return wrong(in, at, "it ends where an operator such as == "
		    "is due");
	return wrong(in, at, "\"%.*s\" stands where an operator such as == "
	    "is due", name.n > 0 ? (int)(name.n + dash) : 1,
	    in->text.at + at);
}

/* ---- Conditions ---------------------------------------------------------- */

/* -x word; at the dash. */
static const struct expr_node *
read_unary(struct reader *in)
{
	struct expr_node *n = node(in, NODE_UNARY);
	size_t at = in->at;
	char letter = peek(in, 1);

	n->unary = expr_unary_named(letter);
	in->at += 2;
	if (n->unary == NULL && letter != 'R')
		return wrong(in, at, "the operator -%c does not exist",
		    letter);
	skip_blanks(in);
	at = in->at;
	n->left = parse_word(in);
	if (letter == 'R')
		return make_network(in, NULL, n->left, at, "-R");
	return n->left == NULL ? NULL : n;
}

static bool
at_unary(const struct reader *in)
{
	return peek(in, 0) == '-' && char_is_alpha((unsigned char)peek(in, 1))
	    && !is_name_char(peek(in, 2));
}

static const struct expr_node *
make_constant(struct reader *in, bool value)
{
	struct expr_node *n = node(in, NODE_CONSTANT);

	n->number = value;
	return n;
}

static const struct expr_node *
read_parentheses(struct reader *in)
{
	size_t at = in->at - 1;
	const struct expr_node *n;

	if (!enter(in))
		return NULL;
	n = read_or(in);
	skip_blanks(in);
	if (n != NULL && !take(in, ")"))
		return at_end(in) ? wrong(in, at, "this ( has no )") :
		    wrong(in, in->at, "\"%c\" stands where ) or another "
		    "condition is due", peek(in, 0));
	return leave(in, n);
}

/* One condition, perhaps negated. */
static const struct expr_node *
read_condition(struct reader *in)
{
	const struct expr_node *left;
	struct expr_node *not;

	skip_blanks(in);
	if (take(in, "!") || take_name(in, "not")) {
		if (!enter(in))
			return NULL;
		not = node(in, NODE_NOT);
		not->left = read_condition(in);
		return leave(in, not->left == NULL ? NULL : not);
	}
	if (take(in, "("))
		return read_parentheses(in);
	if (take_name(in, "true"))
		return make_constant(in, true);
	if (take_name(in, "false"))
		return make_constant(in, false);
	if (at_unary(in))
		return read_unary(in);
	left = parse_word(in);
	return left == NULL ? NULL : read_operator(in, left);
}

/* Conditions with the same word between them; one alone is itself. */
static const struct expr_node *
read_chain(struct reader *in, enum node_kind kind, const char *sign,
    const char *name, const struct expr_node *(*read)(struct reader *))
{
	const struct expr_node *one = read(in);
	struct expr_node *all = NULL;

	for (;;) {
		skip_blanks(in);
		if (one == NULL)
			return NULL;
		if (all != NULL)
			add(in, all, one);
		if (!take(in, sign) && !take_name(in, name))
			return all != NULL ? all : one;
		if (all == NULL) {
			all = node(in, kind);
			add(in, all, one);
		}
		one = read(in);
	}
}

static const struct expr_node *
read_and(struct reader *in)
{
	return read_chain(in, NODE_AND, "&&", "and", read_condition);
}

static const struct expr_node *
read_or(struct reader *in)
{
	return read_chain(in, NODE_OR, "||", "or", read_and);
}

/* ---- The whole ----------------------------------------------------------- */

struct expr *
expr_parse(struct arena *a, struct str text, enum expr_kind kind,
    struct expr_error *error)
{
	struct reader in = { .arena = a, .text = str_copy(a, text),
	    .error = error };
	struct expr *e = arena_one(a, struct expr);

	*error = (struct expr_error){ 0 };
	e->kind = kind;
	e->text = in.text;
	e->top = kind == EXPR_STRING ? read_string(&in, UNTIL_END) :
	    read_or(&in);
	if (e->top != NULL && !at_end(&in))
		e->top = wrong(&in, in.at, "\"%c\" stands behind what is a "
		    "whole condition already; && or || is due",
		    peek(&in, 0));
	e->too_late = in.too_late;
	return e->top == NULL ? NULL : e;
}

const char *
read_expr(struct setting *s, int arg, size_t skip, enum expr_kind kind,
    struct expr **out)
{
	struct expr_error error;

	*out = expr_parse(s->arena, str_from(str_of(s->argv[arg].z), skip),
	    kind, &error);
	if (*out != NULL)
		return NULL;
	s->wrong_offset = skip + error.offset;
	return setting_error(s, arg, "must hold an expression: %s",
	    error.message);
}

struct str
expr_constant(const struct expr *e)
{
	return e->kind == EXPR_STRING && e->top->kind == NODE_TEXT ?
	    e->top->text : STR_NONE;
}

const char *
expr_too_late(const struct expr *e)
{
	return e->too_late;
}
