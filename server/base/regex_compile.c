/*
 * regex_compile.c - from a regular expression's tree to its program.
 *
 * A tree is written from its end: who writes a node knows what comes after it,
 * and only loops have to go back.  Counted groups are written out as often as
 * they may match, nested as in PCRE: X{1,3} is X(?:X(?:X)?)?.
 *
 * Invariant: after a failure (too many nodes) the program is still well-formed,
 * so that nobody has to check before the end.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/regex_program.h"

#define WORK_MAX	(4 * REGEX_NODES_MAX)	/* trees visited */
#define SAME_SETS	64		/* newest sets looked at for a twin */
#define SWITCH_WAYS	4		/* alternatives worth a switch */

struct writer {
	struct regex	*re;
	struct arena	*arena;		/* the program's */
	uint32_t	 room;		/* for nodes */
	uint32_t	 work;
	uint32_t	 loop, atomic, look;	/* around what is written */
	bool		 silent;	/* captures are of no use here */
	bool		 failed;
};

static uint32_t write_tree(struct writer *w, struct tree *t, uint32_t next);

uint32_t
regex_add_set(struct regex *re, struct arena *a, const struct byteset *set)
{
	uint32_t i, n = re->n_sets;

	for (i = n; i > 1 && n - i < SAME_SETS; i--) {
		if (memcmp(re->set[i - 1].word, set->word,
		    sizeof(set->word)) == 0 && re->set[i - 1].end == set->end)
			return i - 1;
	}
	if ((n & (n - 1)) == 0)
		re->set = arena_grow(a, re->set, n * sizeof(*set),
		    2 * n * sizeof(*set));
	re->set[n] = *set;
	return re->n_sets++;
}

/* A new node; the only one that may move the others. */
static uint32_t
add(struct writer *w, enum op op, uint32_t next)
{
	struct regex *re = w->re;
	struct node *nd;

	if (re->n_nodes == REGEX_NODES_MAX) {
		w->failed = true;
		return 1;
	}
	if (re->n_nodes == w->room) {
		re->node = arena_grow(w->arena, re->node,
		    w->room * sizeof(*nd), 2 * w->room * sizeof(*nd));
		w->room *= 2;
	}
	nd = &re->node[re->n_nodes];
	nd->op = op;
	nd->next = next;
	nd->loop = w->loop;
	nd->atomic = w->atomic;
	nd->look = w->look;
	return re->n_nodes++;
}

static uint32_t
add_split(struct writer *w, uint32_t first, uint32_t second)
{
	uint32_t i = add(w, OP_SPLIT, first);

	w->re->node[i].other = second;
	return i;
}

static bool
has_letters(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (char_is_alpha((unsigned char)s.at[i]))
			return true;
	}
	return false;
}

/* The text may be written many times, but is kept once. */
static uint32_t
write_literal(struct writer *w, struct tree *t, uint32_t next)
{
	struct str s = text_str(&t->text);
	bool fold = t->fold && has_letters(s);
	uint32_t i = add(w, fold ? OP_LITERAL_FOLD : OP_LITERAL, next);

	if (t->kept.at == NULL)
		t->kept = fold ? str_lower(w->arena, s) :
		    str_copy(w->arena, s);
	w->re->node[i].text = t->kept;
	return i;
}

static uint32_t
set_of(struct writer *w, const struct tree *t)
{
	struct byteset set = t->set;

	if (t->kind == TREE_LITERAL) {
		set_add(&set, (unsigned char)t->text.at[0]);
		if (t->fold)
			set_fold(&set);
	}
	return regex_add_set(w->re, w->arena, &set);
}

static uint32_t
write_set(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t i = add(w, OP_SET, next);

	w->re->node[i].set = set_of(w, t);
	return i;
}

static uint32_t
write_repeated_byte(struct writer *w, const struct tree *t, uint32_t min,
    uint32_t max, uint32_t next)
{
	uint32_t i = add(w, OP_REPEAT, next);
	struct node *nd = &w->re->node[i];

	nd->min = min;
	nd->max = max;
	nd->how = (uint8_t)(min < max ? t->how : POSSESSIVE);
	nd->set = set_of(w, t->first);
	nd->any = set_is_all(&w->re->set[nd->set]);
	return i;
}

/*
 * Without an upper limit the fixed part is a node of its own: what is left has
 * the same future wherever it was begun, and can be remembered.
 */
static uint32_t
write_repeated_bytes(struct writer *w, struct tree *t, uint32_t next)
{
	if (t->max != REGEX_NO_LIMIT)
		return write_repeated_byte(w, t, t->min, t->max, next);
	next = write_repeated_byte(w, t, 0, t->max, next);
	if (t->min == 0)
		return next;
	if (t->min == 1)
		return write_tree(w, t->first, next);
	return write_repeated_byte(w, t, t->min, t->min, next);
}

static uint32_t
write_body(struct writer *w, struct tree *t, uint32_t split, uint32_t exit)
{
	uint32_t around = w->loop, in, out, body;
	struct node *node;

	if (t->shortest > 0)
		return write_tree(w, t, split);
	in = add(w, OP_LOOP_IN, 0);
	w->loop = in;
	out = add(w, OP_LOOP_OUT, split);
	w->re->node[in].nest = w->re->node[around].nest + 1;
	body = write_tree(w, t, out);
	w->loop = around;
	node = w->re->node;
	node[in].next = body;
	node[in].slot = node[out].slot = w->re->n_slots++;
	node[out].other = exit;
	return in;
}

/* An iteration that took nothing ends the loop, as in Perl and PCRE; it takes
 * a body that can match nothing to bother. */
static uint32_t
write_loop(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t split = add_split(w, next, next);
	uint32_t body = write_body(w, t->first, split, next);

	if (t->how == GREEDY)
		w->re->node[split].next = body;
	else
		w->re->node[split].other = body;
	return t->min == 0 ? split : body;
}

static uint32_t
write_repeat(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t n, body, exit = next, copies = t->min;

	if (tree_is_byte(t->first))
		return write_repeated_bytes(w, t, next);
	if (t->max == REGEX_NO_LIMIT) {
		next = write_loop(w, t, next);
		copies -= copies > 0;
	}
	for (n = t->max; n != REGEX_NO_LIMIT && n > t->min && !w->failed; n--) {
		body = write_tree(w, t->first, next);
		next = t->how == GREEDY ? add_split(w, body, exit) :
		    add_split(w, exit, body);
	}
	for (n = 0; n < copies && !w->failed; n++)
		next = write_tree(w, t->first, next);
	return next;
}

static uint32_t
write_sequence(struct writer *w, struct tree *t, uint32_t next)
{
	struct tree *child;

	for (child = t->last; child != NULL; child = child->prev)
		next = write_tree(w, child, next);
	return next;
}

static uint32_t
write_choice(struct writer *w, struct tree *t, uint32_t next)
{
	struct tree *child = t->last;
	uint32_t entry = write_tree(w, child, next), n = 1;

	for (; (child = child->prev) != NULL; n++)
		entry = add_split(w, write_tree(w, child, next), entry);
	if (n < SWITCH_WAYS)
		return entry;
	entry = add(w, OP_SWITCH, entry);
	w->re->node[entry].n_ways = n;
	return entry;
}

static uint32_t
write_group(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t entered = 2 * t->number, close, open;

	if (w->silent)
		return write_tree(w, t->first, next);
	if (w->re->has_backrefs)
		entered = 2 * (w->re->n_groups + 1) + t->number;
	close = add(w, OP_CLOSE, next);
	w->re->node[close].slot = 2 * t->number + 1;
	w->re->node[close].entered = entered;
	open = add(w, OP_OPEN, write_tree(w, t->first, close));
	w->re->node[open].slot = entered;
	return open;
}

static uint32_t
write_atomic(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t around = w->atomic, begin = add(w, OP_ATOMIC, 0), end, body;

	w->atomic = begin;
	end = add(w, OP_ATOMIC_END, next);
	w->re->node[begin].nest = w->re->node[around].nest + 1;
	w->re->node[begin].slot = w->re->n_slots++;
	body = write_tree(w, t->first, end);
	w->re->node[begin].next = body;
	w->atomic = around;
	return begin;
}

/* One alternative of a lookbehind.  As in Perl it is tried from as far back as
 * possible first. */
static uint32_t
write_behind(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t body = write_tree(w, t, next), entry = 0, back, n;

	for (n = t->shortest; n <= t->longest; n++) {
		back = add(w, OP_BACK, body);
		w->re->node[back].n = n;
		entry = n == t->shortest ? back : add_split(w, back, entry);
	}
	return entry;
}

static uint32_t
write_alternatives_behind(struct writer *w, struct tree *t, uint32_t next)
{
	struct tree *child = t->last;
	uint32_t entry;

	if (t->kind != TREE_CHOICE)
		return write_behind(w, t, next);
	entry = write_behind(w, child, next);
	while ((child = child->prev) != NULL)
		entry = add_split(w, write_behind(w, child, next), entry);
	return entry;
}

/*
 * Inside a lookbehind of varying length, what comes of a node depends on where
 * the lookbehind has to end.  "reach" says how many bytes from there, to either
 * side, such a node can be run.
 */
static uint32_t
reach(const struct tree *t)
{
	const struct tree *child = t->kind == TREE_CHOICE ? t->first : t;
	bool varies = false;

	for (; child != NULL; child = child->next)
		varies = varies || child->shortest != child->longest;
	return varies ? t->longest : 0;
}

static uint32_t
write_look(struct writer *w, struct tree *t, uint32_t next)
{
	struct writer around = *w;
	struct node *nd;
	uint32_t look = add(w, OP_LOOK, next), end, body;

	w->look = look;
	w->loop = w->atomic = 0;
	if (t->negative && !w->re->has_backrefs)
		w->silent = true;
	end = add(w, OP_LOOK_END, 0);
	body = t->behind ? write_alternatives_behind(w, t->first, end) :
	    write_tree(w, t->first, end);
	nd = &w->re->node[look];
	nd->other = body;
	nd->negative = t->negative;
	nd->slot = w->re->n_slots++;
	nd->from = look + 1;
	nd->to = w->re->n_nodes;
	nd->reach = t->behind ? reach(t->first) : 0;
	w->look = around.look;
	w->loop = around.loop;
	w->atomic = around.atomic;
	w->silent = around.silent;
	return look;
}

static uint32_t
write_position(struct writer *w, struct tree *t, uint32_t next)
{
	bool keep = t->position == KEEP_FROM_HERE;
	uint32_t i = add(w, keep ? OP_KEEP : OP_POSITION, next);

	w->re->node[i].position = t->position;
	return i;
}

static uint32_t
write_backref(struct writer *w, struct tree *t, uint32_t next)
{
	uint32_t i = add(w, t->fold ? OP_BACKREF_FOLD : OP_BACKREF, next);

	w->re->node[i].slot = 2 * t->number;
	return i;
}

static uint32_t
write_empty(struct writer *w, struct tree *t, uint32_t next)
{
	(void)w;
	(void)t;
	return next;
}

/* Write t so that next follows it.  Returns where it is entered. */
static uint32_t
write_tree(struct writer *w, struct tree *t, uint32_t next)
{
	static uint32_t (*const write[])(struct writer *, struct tree *,
	    uint32_t) = {
		[TREE_EMPTY] = write_empty,
		[TREE_LITERAL] = write_literal,
		[TREE_SET] = write_set,
		[TREE_SEQUENCE] = write_sequence,
		[TREE_CHOICE] = write_choice,
		[TREE_GROUP] = write_group,
		[TREE_REPEAT] = write_repeat,
		[TREE_ATOMIC] = write_atomic,
		[TREE_LOOK] = write_look,
		[TREE_POSITION] = write_position,
		[TREE_BACKREF] = write_backref,
	};

	if (++w->work > WORK_MAX)
		w->failed = true;
	return w->failed ? next : write[t->kind](w, t, next);
}

bool
regex_compile(struct regex *re, struct arena *a, struct pattern *pattern)
{
	struct writer w = { .re = re, .arena = a, .room = 8 };

	re->set = arena_one(a, struct byteset);
	re->n_sets = 1;
	re->node = arena_many(a, struct node, w.room);
	re->n_nodes = 1;
	re->node[0].op = OP_MATCH;
	re->n_groups = pattern->n_groups;
	re->has_backrefs = pattern->has_backrefs;
	re->n_slots = (re->n_groups + 1) * (re->has_backrefs ? 3 : 2);
	re->start = write_tree(&w, pattern->root, 0);
	return !w.failed;
}
