/*
 * expr_eval.c - what an expression says of a request.
 *
 * A word that cannot be made is STR_NONE, a condition that cannot be decided is
 * -1; both go up to the caller at once, who must not take them for "false".
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "serve/expr_tree.h"

static int holds(struct evaluation *v, const struct expr_node *n);
static struct str word(struct evaluation *v, const struct expr_node *n);

int
expr_fail(struct evaluation *v, const char *fmt, ...)
{
	struct text t = { .arena = v->r->arena };
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	if (v->why.at == NULL)
		v->why = text_str(&t);
	return -1;
}

/* ---- Vary ---------------------------------------------------------------- */

/* A request without Host is no other request for a cache.  RFC 9110, 12.5.5. */
void
expr_read_field(struct evaluation *v, struct str name)
{
	if (name.n > 0 && field_name_span(name.at, name.n) == name.n &&
	    !str_is_nocase(name, "Host"))
		vec_add(v->r->arena, &v->read_fields,
		    str_z(v->r->arena, name));
}

static void
tell_caches(struct evaluation *v)
{
	struct fields *out = &v->r->out;
	struct text t = { .arena = v->r->arena };

	for (size_t i = 0; i < v->read_fields.n; i++) {
		struct str name = str_of(v->read_fields.at[i]);
		struct str old = fields_join(v->r->arena, out, STR("Vary"));

		if (fields_has_token(out, STR("Vary"), name))
			continue;
		t.n = 0;
		if (old.n > 0) {
			text_add(&t, old);
			text_addc(&t, ',');
		}
		text_add(&t, name);
		fields_set(out, STR("Vary"), str_copy(v->r->arena,
		    text_str(&t)));
	}
}

/* ---- Words --------------------------------------------------------------- */

static struct str
joined(struct evaluation *v, const struct vec *parts)
{
	struct text t = { .arena = v->r->arena };

	for (size_t i = 0; i < parts->n; i++) {
		struct str part = word(v, parts->at[i]);

		if (part.at == NULL)
			return STR_NONE;
		text_add(&t, part);
	}
	return t.n == 0 ? STR("") : text_str(&t);
}

static struct str
variable(struct evaluation *v, const struct var *var)
{
	const char *field = var_field(var);

	if (field != NULL)
		expr_read_field(v, str_of(field));
	return var_text(var, v->r);
}

static struct str
call(struct evaluation *v, const struct expr_node *n)
{
	struct str arg = word(v, n->left);

	return arg.at == NULL ? STR_NONE : n->function->call(v, arg);
}

static struct str
word(struct evaluation *v, const struct expr_node *n)
{
	struct str captured;

	switch (n->kind) {
	case NODE_TEXT:
		return n->text;
	case NODE_JOIN:
		return joined(v, &n->list);
	case NODE_VARIABLE:
		return variable(v, n->variable);
	case NODE_CAPTURE:
		captured = v->captures->group[n->number];
		return captured.at == NULL ? STR("") : captured;
	case NODE_CALL:
		return call(v, n);
	default:
		assert(!"a word");
		return STR_NONE;
	}
}

/* ---- Conditions ---------------------------------------------------------- */

static bool
related(int order, int relation)
{
	switch (relation) {
	case EQ:
		return order == 0;
	case NE:
		return order != 0;
	case LT:
		return order < 0;
	case LE:
		return order <= 0;
	case GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* As strtoll(3): blanks, a sign, digits; what is too large is the largest. */
static long long
integer(struct evaluation *v, struct str s)
{
	return strtoll(str_z(v->r->arena, s), NULL, 10);
}

static int
compared(struct evaluation *v, const struct expr_node *n)
{
	struct str left = word(v, n->left), right;
	long long a, b;

	if (left.at == NULL)
		return -1;
	right = word(v, n->right);
	if (right.at == NULL)
		return -1;
	if (n->kind == NODE_COMPARE)
		return related(str_compare(left, right), n->relation);
	a = integer(v, left);
	b = integer(v, right);
	return related(a < b ? -1 : a > b, n->relation);
}

/* As in Apache, a pattern without groups leaves $0 to $9 as they are, and one
 * with groups that does not match makes them empty. */
static int
matched(struct evaluation *v, const struct expr_node *n)
{
	struct str subject = word(v, n->left);
	struct expr_captures found = { 0 };
	size_t wanted = regex_groups(n->regex) > 0 ? 10 : 0;
	int result;

	if (subject.at == NULL)
		return -1;
	result = regex_match(n->regex, subject, found.group, wanted);
	if (result < 0)
		return expr_fail(v, "a regular expression takes too long");
	if (wanted > 0)
		*v->captures = result == 1 ? found :
		    (struct expr_captures){ 0 };
	return result != (int)n->number;
}

static int
contained(struct evaluation *v, const struct expr_node *n)
{
	struct str needle = word(v, n->left);

	if (needle.at == NULL)
		return -1;
	for (size_t i = 0; i < n->list.n; i++) {
		struct str item = word(v, n->list.at[i]);

		if (item.at == NULL)
			return -1;
		if (str_eq(item, needle))
			return 1;
	}
	return 0;
}

static int
in_network(struct evaluation *v, const struct expr_node *n)
{
	struct str text = n->left == NULL ? str_of(v->r->client->peer) :
	    word(v, n->left);
	struct address a;

	if (n->left == NULL)
		request_once(v->r);
	if (text.at == NULL)
		return -1;
	return address_parse(&a, text) && subnet_has(n->subnet, &a);
}

static int
operated(struct evaluation *v, const struct expr_node *n)
{
	struct str left = word(v, n->left), right;

	if (left.at == NULL)
		return -1;
	if (n->kind == NODE_UNARY)
		return n->unary->holds(v, left);
	right = word(v, n->right);
	return right.at == NULL ? -1 : n->binary->holds(v, left, right);
}

/* The first that settles it; later ones are not asked. */
static int
chained(struct evaluation *v, const struct expr_node *n)
{
	int settles = n->kind == NODE_OR;

	for (size_t i = 0; i < n->list.n; i++) {
		int one = holds(v, n->list.at[i]);

		if (one < 0 || one == settles)
			return one;
	}
	return !settles;
}

static int
holds(struct evaluation *v, const struct expr_node *n)
{
	int inner;

	switch (n->kind) {
	case NODE_CONSTANT:
		return (int)n->number;
	case NODE_NOT:
		inner = holds(v, n->left);
		return inner < 0 ? inner : !inner;
	case NODE_AND:
	case NODE_OR:
		return chained(v, n);
	case NODE_COMPARE:
	case NODE_COMPARE_NUMBERS:
		return compared(v, n);
	case NODE_MATCH:
		return matched(v, n);
	case NODE_IN:
		return contained(v, n);
	case NODE_NETWORK:
		return in_network(v, n);
	case NODE_UNARY:
	case NODE_BINARY:
		return operated(v, n);
	default:
		assert(!"a condition");
		return -1;
	}
}

/* ---- For the callers ----------------------------------------------------- */

static void
tell_failure(const struct evaluation *v)
{
	request_log(v->r, LEVEL_ERROR, "core", 0, "the expression \"%.*s\" "
	    "cannot be evaluated: %.*s", STR_ARGS(v->e->text),
	    STR_ARGS(v->why));
}

int
expr_true(const struct expr *e, struct request *r, struct expr_captures *c,
    unsigned flags)
{
	struct expr_captures own = { 0 };
	struct evaluation v = { .r = r, .e = e,
	    .captures = c != NULL ? c : &own };
	int result;

	assert(e->kind == EXPR_CONDITION);
	result = holds(&v, e->top);
	if (!(flags & EXPR_NO_VARY))
		tell_caches(&v);
	if (result < 0)
		tell_failure(&v);
	return result;
}

struct str
expr_string(const struct expr *e, struct request *r, struct expr_captures *c)
{
	struct expr_captures own = { 0 };
	struct evaluation v = { .r = r, .e = e,
	    .captures = c != NULL ? c : &own };
	struct str result;

	assert(e->kind == EXPR_STRING);
	result = word(&v, e->top);
	if (result.at == NULL)
		tell_failure(&v);
	return result;
}
