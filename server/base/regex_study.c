/*
 * regex_study.c - what can be known about a program before there is a subject.
 *
 * Which bytes a path can begin with, where two paths meet, where a match can
 * begin, what a subject must hold.  All of it only saves work: a program that
 * was not studied gives the same answers.
 */
#include "base/arena.h"
#include "base/char.h"
#include "base/regex_program.h"

#define LOOK_AHEAD	200	/* nodes followed to find the first byte */
#define WIDE		16	/* a repeat worth two planes of the memo */

struct study {
	struct regex	*re;
	struct arena	*arena;
	uint32_t	*seen;		/* per node: the round it was met in */
	uint32_t	 round;
	uint32_t	 todo[LOOK_AHEAD];
	uint32_t	 n_todo, n_seen;
};

static void
visit(struct study *s, uint32_t i)
{
	if (s->seen[i] == s->round)
		return;
	s->seen[i] = s->round;
	if (s->n_seen++ < LOOK_AHEAD)
		s->todo[s->n_todo++] = i;
}

static void
visit_first(struct study *s, uint32_t i)
{
	s->round++;
	s->n_todo = s->n_seen = 0;
	visit(s, i);
}

static bool
is_at_end(const struct node *nd)
{
	return nd->op == OP_POSITION && (nd->position == AT_END ||
	    nd->position == AT_END_OR_NEWLINE || nd->position == AT_LINE_END);
}

static void
add_ways(const struct node *nd, struct byteset *set)
{
	for (int c = 0; c < 256; c++) {
		if (nd->way[c] != 0)
			set_add(set, (unsigned char)c);
	}
}

/* Add what nd can begin with, or go on to what is after it.  False when that
 * cannot be said, or does not help: to leave an atomic group is final, even if
 * nothing can come after it. */
static bool
add_first(struct study *s, const struct node *nd, struct byteset *set)
{
	char c;

	switch ((enum op)nd->op) {
	case OP_MATCH:
	case OP_ATOMIC_END:
	case OP_LOOK_END:
	case OP_BACK:
	case OP_BACKREF:
	case OP_BACKREF_FOLD:
		return false;
	case OP_LITERAL:
	case OP_LITERAL_FOLD:
		c = nd->text.at[0];
		set_add(set, (unsigned char)c);
		if (nd->op == OP_LITERAL_FOLD)
			set_add(set, (unsigned char)char_upper(c));
		return true;
	case OP_SET:
	case OP_REPEAT:
		set_add_all(set, &s->re->set[nd->set]);
		if (nd->op == OP_SET || nd->min > 0)
			return true;
		break;
	case OP_SPLIT:
	case OP_LOOP_OUT:
		visit(s, nd->other);
		break;
	case OP_SWITCH:
		if (nd->way == NULL)
			break;
		add_ways(nd, set);
		return true;
	default:
		break;
	}
	if (is_at_end(nd)) {
		set->end = true;
		if (nd->position != AT_END)
			set_add(set, '\n');
	} else
		visit(s, nd->next);
	return true;
}

/* The set of what can come first from node i on; 0 when it is not known. */
static uint32_t
first_from(struct study *s, uint32_t i)
{
	struct byteset set = { .word = { 0 } };

	visit_first(s, i);
	while (s->n_todo > 0) {
		i = s->todo[--s->n_todo];
		if (!add_first(s, &s->re->node[i], &set))
			return 0;
	}
	if (s->n_seen > LOOK_AHEAD)
		return 0;
	return regex_add_set(s->re, s->arena, &set);
}

/*
 * The ways of a switch by what they begin with.  That helps only when each two
 * of them begin with the same bytes, or with none in common: then the splits
 * are tied together anew, for each such set of bytes on its own.
 */
struct ways {
	uint32_t	 n;
	uint32_t	*split, *body, *set;	/* the last has no split */
	struct byteset	 claimed;		/* by all sets so far */
	uint32_t	 owner[256];		/* the set of a byte, or 0 */
};

static bool
claim(struct ways *w, const struct byteset *set, uint32_t i)
{
	if (set_meets(&w->claimed, set))
		return w->owner[set_first(set)] == i;
	set_add_all(&w->claimed, set);
	for (unsigned c = set_first(set); c < 256; c++) {
		if (set_has(set, (unsigned char)c))
			w->owner[c] = i;
	}
	return true;
}

static bool
sort_ways(struct study *s, const struct node *nd, struct ways *w)
{
	const struct regex *re = s->re;
	uint32_t way, at = nd->next;

	for (way = 0; way < w->n; way++) {
		w->split[way] = at;
		w->body[way] = way + 1 < w->n ? re->node[at].next : at;
		w->set[way] = first_from(s, w->body[way]);
		if (w->set[way] == 0 || re->set[w->set[way]].end ||
		    !claim(w, &re->set[w->set[way]], w->set[way]))
			return false;
		at = re->node[at].other;
	}
	return true;
}

static void
study_switch(struct study *s, struct arena *scratch, uint32_t i)
{
	struct node *node = s->re->node, *nd = &node[i];
	struct ways w = { .n = nd->n_ways };
	uint32_t *entry, way, next;

	w.split = arena_many(scratch, uint32_t, 3 * w.n);
	w.body = w.split + w.n;
	w.set = w.body + w.n;
	if (!sort_ways(s, nd, &w))
		return;
	entry = arena_many(scratch, uint32_t, s->re->n_sets);
	for (way = w.n; way-- > 0;) {
		next = entry[w.set[way]];
		entry[w.set[way]] = next != 0 ? w.split[way] : w.body[way];
		if (w.split[way] == w.body[way])
			continue;
		node[w.split[way]].other = next;
		if (next == 0)
			node[w.split[way]].next = 0;
	}
	nd->way = arena_many(s->arena, uint16_t, 256);
	for (int c = 0; c < 256; c++)
		nd->way[c] = (uint16_t)entry[w.owner[c]];
}

/* A repeated byte that what follows cannot begin with is never given back. */
static void
study_follow(struct study *s, uint32_t i)
{
	const struct byteset *set;
	struct node *nd = &s->re->node[i];

	if (nd->op == OP_SPLIT) {
		nd->follow = first_from(s, nd->next);
		nd->follow_other = first_from(s, nd->other);
	} else if (nd->op == OP_REPEAT) {
		nd->follow = first_from(s, nd->next);
		set = s->re->set;
		if (!set_meets(&set[nd->set], &set[nd->follow]))
			nd->how = POSSESSIVE;
	}
}

/*
 * Does every way begin at the start of the subject?  So does one that begins
 * with .* : what it finds further right, it finds from the start as well, if
 * nothing refers to it and nothing holds on to what it took.
 */
static bool
is_anchored(struct study *s)
{
	const struct regex *re = s->re;
	const struct node *nd;

	visit_first(s, re->start);
	while (s->n_todo > 0) {
		nd = &re->node[s->todo[--s->n_todo]];
		if (nd->op == OP_POSITION && nd->position == AT_START)
			continue;
		if (nd->op == OP_REPEAT && nd->min == 0 &&
		    nd->max == REGEX_NO_LIMIT && nd->how != POSSESSIVE &&
		    nd->any && nd->atomic == 0 && !re->has_backrefs)
			continue;
		if (nd->op != OP_OPEN && nd->op != OP_SPLIT &&
		    nd->op != OP_LOOP_IN && nd->op != OP_ATOMIC &&
		    nd->op != OP_SWITCH)
			return false;
		visit(s, nd->next);
		if (nd->op == OP_SPLIT)
			visit(s, nd->other);
	}
	return s->n_seen <= LOOK_AHEAD;
}

static void
count(uint32_t *entries, const struct regex *re, uint32_t i)
{
	const struct node *nd = &re->node[i];

	if (nd->op == OP_MATCH || nd->op == OP_LOOK_END ||
	    (nd->op == OP_SWITCH && nd->way != NULL))
		return;
	entries[nd->next]++;
	if (nd->op == OP_SPLIT || nd->op == OP_LOOP_OUT || nd->op == OP_LOOK)
		entries[nd->other]++;
	if (nd->op == OP_REPEAT && nd->min < nd->max)
		entries[nd->next]++;
	if (nd->op == OP_REPEAT && nd->max == REGEX_NO_LIMIT)
		entries[i] += 2;
}

/* To be called before all others: all bytes that lead one way are one entry. */
static void
count_ways(uint32_t *entries, const struct node *nd)
{
	if (nd->op != OP_SWITCH || nd->way == NULL)
		return;
	for (int c = 0; c < 256; c++)
		entries[nd->way[c]] = 1;
}

/*
 * The same node can be met at the same position twice only by way of a node
 * that has several ways in, so that only these have to be remembered.  One
 * plane for each number of loops around it whose iteration can have taken
 * something by then, or nothing.
 *
 * A repeat with a high limit has a plane that says where its bytes end, and one
 * that leads past positions where what follows fails: see regex_memo.c.
 */
static void
plan_memo(struct regex *re, uint32_t *entries)
{
	struct node *nd;
	uint32_t i;

	for (i = 1; i < re->n_nodes; i++)
		count_ways(entries, &re->node[i]);
	entries[re->start]++;
	for (i = 0; i < re->n_nodes; i++)
		count(entries, re, i);
	re->n_planes = 1;
	for (i = 1; i < re->n_nodes; i++) {
		nd = &re->node[i];
		if (entries[i] > 1) {
			nd->memo = re->n_planes;
			re->n_planes += 1 + re->node[nd->loop].nest;
		}
		if (nd->op == OP_REPEAT && nd->max >= WIDE &&
		    nd->max != REGEX_NO_LIMIT) {
			nd->runs = re->n_planes;
			re->n_planes += 2;
		}
	}
}

/* The literal that t ends or begins with, or NULL. */
static const struct tree *
outer_literal(const struct tree *t, bool at_end)
{
	while (t != NULL && (t->kind == TREE_SEQUENCE ||
	    t->kind == TREE_GROUP || t->kind == TREE_ATOMIC))
		t = at_end ? t->last : t->first;
	return t != NULL && t->kind == TREE_LITERAL ? t : NULL;
}

static void
find_tail(struct regex *re, const struct tree *root)
{
	const struct tree *end = root->last, *t;

	if (root->kind != TREE_SEQUENCE || end->kind != TREE_POSITION ||
	    end->position != AT_END)
		return;
	t = outer_literal(end->prev, true);
	if (t != NULL) {
		re->tail = t->kept;
		re->tail_fold = t->fold;
	}
}

/*
 * The longest literal of the outermost sequence that a search would otherwise
 * come to late: after something without a limit, or from many positions.
 */
static void
find_needle(struct regex *re, const struct tree *root)
{
	bool late = !re->anchored;
	const struct tree *t, *literal;

	if (root->kind != TREE_SEQUENCE)
		return;
	for (t = root->first; t != NULL; t = t->next) {
		literal = outer_literal(t, false);
		if (literal != NULL && !literal->fold && late &&
		    t != root->first && literal->kept.n >= re->needle.n)
			re->needle = literal->kept;
		late = late || t->longest == REGEX_NO_LIMIT;
	}
}

void
regex_study(struct regex *re, struct arena *a, const struct tree *root)
{
	struct arena *scratch = arena_new();
	struct study s = { .re = re, .arena = a };

	s.seen = arena_many(scratch, uint32_t, re->n_nodes);
	set_invert(&re->set[0]);
	re->set[0].end = true;
	re->shortest = root->shortest;
	re->anchored = is_anchored(&s);
	for (uint32_t i = 1; i < re->n_nodes; i++) {
		if (re->node[i].op == OP_SWITCH)
			study_switch(&s, scratch, i);
	}
	for (uint32_t i = 1; i < re->n_nodes; i++)
		study_follow(&s, i);
	re->first = first_from(&s, re->start);
	plan_memo(re, arena_many(scratch, uint32_t, re->n_nodes));
	find_tail(re, root);
	if (re->tail.n == 0)
		find_needle(re, root);
	arena_end(scratch);
}
