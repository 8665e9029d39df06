/*
 * regex_tree.c - the nodes of a regular expression's tree.
 *
 * Invariant: shortest and longest are always bounds of what a tree can match,
 * and add up from the leaves while the tree is built.
 */
#include "base/arena.h"
#include "base/regex_tree.h"

struct tree *
tree_new(struct parser *p, enum tree_kind kind)
{
	struct tree *t = arena_one(p->arena, struct tree);

	t->kind = kind;
	t->text.arena = p->arena;
	return t;
}

struct tree *
tree_byte(struct parser *p, unsigned char c)
{
	struct tree *t = tree_new(p, TREE_LITERAL);

	t->fold = p->flags & REGEX_NOCASE;
	t->shortest = t->longest = 1;
	text_addc(&t->text, (char)c);
	return t;
}

struct tree *
tree_set(struct parser *p, const struct byteset *set)
{
	struct tree *t = tree_new(p, TREE_SET);

	t->shortest = t->longest = 1;
	t->set = *set;
	return t;
}

struct tree *
tree_position(struct parser *p, enum position position)
{
	struct tree *t = tree_new(p, TREE_POSITION);

	t->position = position;
	t->alone = true;
	return t;
}

static uint32_t
sum(uint32_t a, uint32_t b)
{
	return a > REGEX_NO_LIMIT - b ? REGEX_NO_LIMIT : a + b;
}

static uint32_t
product(uint32_t a, uint32_t b)
{
	uint64_t n = (uint64_t)a * b;

	return n > REGEX_NO_LIMIT ? REGEX_NO_LIMIT : (uint32_t)n;
}

static void
widen(struct tree *t, const struct tree *child)
{
	if (child->shortest < t->shortest)
		t->shortest = child->shortest;
	if (child->longest > t->longest)
		t->longest = child->longest;
}

static void
lengthen(struct tree *t, const struct tree *child)
{
	t->shortest = sum(t->shortest, child->shortest);
	t->longest = sum(t->longest, child->longest);
}

/* In a sequence, two literals after each other become one. */
static bool
joins(struct tree *t, const struct tree *child)
{
	struct tree *last = t->last;

	if (t->kind != TREE_SEQUENCE || last == NULL ||
	    last->kind != TREE_LITERAL || child->kind != TREE_LITERAL ||
	    last->fold != child->fold)
		return false;
	text_add(&last->text, text_str(&child->text));
	lengthen(last, child);
	return true;
}

void
tree_add(struct tree *t, struct tree *child)
{
	bool joined = joins(t, child);

	if (t->first == NULL) {
		t->shortest = child->shortest;
		t->longest = child->longest;
	} else if (t->kind == TREE_CHOICE)
		widen(t, child);
	else
		lengthen(t, child);
	if (joined)
		return;
	if (t->first == NULL)
		t->first = child;
	else
		t->last->next = child;
	child->prev = t->last;
	t->last = child;
}

struct tree *
tree_around(struct parser *p, enum tree_kind kind, struct tree *child)
{
	struct tree *t;

	if (child == NULL)
		return NULL;
	t = tree_new(p, kind);
	tree_add(t, child);
	return t;
}

bool
tree_is_byte(const struct tree *t)
{
	return t->kind == TREE_SET ||
	    (t->kind == TREE_LITERAL && t->text.n == 1);
}

/*
 * A lookaround that was repeated once more than it has to will only repeat its
 * answer, as PCRE has it.  Possessive means atomic, and single bytes know it as
 * a way to repeat.
 */
struct tree *
tree_repeat(struct parser *p, struct tree *item, uint32_t min, uint32_t max,
    enum how how)
{
	bool atomic = how == POSSESSIVE && !tree_is_byte(item);
	struct tree *t;

	if (item->kind == TREE_LOOK && max > min)
		max = min + 1;
	if (min == 1 && max == 1)
		return atomic ? tree_around(p, TREE_ATOMIC, item) : item;
	t = tree_around(p, TREE_REPEAT, item);
	t->min = min;
	t->max = max;
	t->how = atomic ? GREEDY : how;
	t->shortest = product(item->shortest, min);
	t->longest = product(item->longest, max);
	return atomic ? tree_around(p, TREE_ATOMIC, t) : t;
}
