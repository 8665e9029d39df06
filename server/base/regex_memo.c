/*
 * regex_memo.c - what a search has tried before.
 *
 * A node that was once met at a position is not tried there again.  That is
 * exact, because without backreferences what comes of a node depends only on
 *   - the position;
 *   - whether the iterations around it have taken something so far, for an
 *     empty iteration ends its loop: one plane of the memo for each case;
 *   - the end of the lookbehind around it, if its length varies: what is known
 *     of its inside is forgotten whenever it begins.
 * So every node is run at most once for each position and plane, and the time
 * of a search is linear in the subject.
 *
 * Atomic groups and lookarounds have no second way: once their end was reached,
 * all that led there is remembered as having led there.
 */
#include <string.h>

#include "base/arena.h"
#include "base/regex_match.h"

#define MEMO_MAX	(32u << 20)	/* entries of 4 bytes */
#define RECORDS_FIRST	16

/* What the memo says of a node at a position. */
enum {
	UNKNOWN,
	FAILED,
	COMMITTED = FAILED,	/* + n: it led to the end of the n-th of the
				   atomic groups around it, then failed */
	PASSED = REGEX_NODES_MAX	/* + n: it led to the end of the
				   lookaround around it; record n says what was
				   captured on the way */
};

bool
memo_begin(struct match *m)
{
	uint64_t n = ((uint64_t)m->n + 1) * m->re->n_planes;

	if (n > MEMO_MAX)
		return false;
	m->arena = arena_new();
	m->memo = arena_many(m->arena, uint32_t, n);
	m->record_room = RECORDS_FIRST;
	m->record = arena_many(m->arena, struct record, m->record_room);
	m->n_records = 1;
	m->recorded = arena_many(m->arena, uint64_t, m->n_wanted);
	return true;
}

void
memo_end(struct match *m)
{
	arena_end(m->arena);
	m->memo = NULL;
}

static uint32_t
index_of(const struct match *m, uint32_t plane, uint32_t pos)
{
	return plane * (m->n + 1) + pos;
}

static uint32_t
index_of_node(const struct match *m, const struct node *nd, uint32_t pos)
{
	const struct node *node = m->re->node;
	uint32_t loop = nd->loop, plane = nd->memo + node[loop].nest;

	while (loop != 0 && m->slot[node[loop].slot] == pos) {
		plane--;
		loop = node[loop].loop;
	}
	return index_of(m, plane, pos);
}

bool
memo_knows(struct match *m, const struct node *nd, uint32_t *value)
{
	uint32_t i = index_of_node(m, nd, m->pos);

	*value = m->memo[i];
	if (*value == UNKNOWN)
		match_push(m, MARK, i, FAILED, 0);
	return *value != UNKNOWN;
}

/* Can what follows the repeat match at pos, for all we know? */
bool
memo_allows(const struct match *m, const struct node *repeat, uint32_t pos)
{
	const struct node *next = &m->re->node[repeat->next];

	return match_follows(m, repeat->follow, pos) && (next->memo == 0 ||
	    m->memo[index_of_node(m, next, pos)] != FAILED);
}

uint32_t
memo_run_end(struct match *m, const struct node *repeat, uint32_t pos)
{
	const struct byteset *set = &m->re->set[repeat->set];
	uint32_t *end = &m->memo[index_of(m, repeat->runs, 0)], i = pos;

	while (i < m->n && end[i] == 0 && set_has(set, m->at[i]))
		i++;
	if (end[i] == 0)
		end[i] = i + 1;
	m->steps += (i - pos) / 8;
	while (i-- > pos)
		end[i] = end[i + 1];
	return end[pos] - 1;
}

/*
 * Positions that are not allowed stay so, and the next time are skipped at
 * once, together with their neighbours.  low, and what is below, may be where
 * an iteration of a loop began, which makes a difference to what follows: no
 * skip begins there.
 */
uint32_t
memo_seek_down(struct match *m, const struct node *repeat, uint32_t high,
    uint32_t low)
{
	uint32_t *skip = &m->memo[index_of(m, repeat->runs + 1, 0)];
	uint32_t pos = high;

	while (pos > low) {
		m->steps++;
		if (skip[pos] == 0) {
			if (memo_allows(m, repeat, pos))
				return pos;
			skip[pos] = pos;
		} else if (skip[skip[pos] - 1] != 0)
			skip[pos] = skip[skip[pos] - 1];
		pos = skip[pos] - 1;
	}
	return low;
}

uint32_t
memo_seek_up(struct match *m, const struct node *repeat, uint32_t low,
    uint32_t high)
{
	uint32_t *skip = &m->memo[index_of(m, repeat->runs + 1, 0)];
	uint32_t pos = low;

	while (pos <= high) {
		m->steps++;
		if (skip[pos] == 0) {
			if (memo_allows(m, repeat, pos))
				return pos;
			skip[pos] = pos + 1;
		} else if (skip[pos] <= m->n && skip[skip[pos]] != 0)
			skip[pos] = skip[skip[pos]];
		pos = skip[pos];
	}
	return pos;
}

/* As memo_unwind(); what was met since then is remembered with this value. */
static void
unwind(struct match *m, uint32_t depth, uint32_t value)
{
	const struct entry *e;

	m->steps += (m->depth - depth) / 8;
	while (m->depth > depth) {
		e = &m->stack[--m->depth];
		if (e->kind == UNDO)
			m->slot[e->node] = e->pos;
		else if (e->kind == MARK)
			m->memo[e->node] = value;
	}
}

void
memo_unwind(struct match *m, uint32_t depth)
{
	unwind(m, depth, UNKNOWN);
}

/* What has to be undone stays, and what was met leads here from now on. */
bool
memo_end_atomic(struct match *m, const struct node *atomic)
{
	uint32_t depth = m->slot[atomic->slot], i, to = depth;
	struct entry *e;

	m->steps += (m->depth - depth) / 8;
	for (i = depth; i < m->depth; i++) {
		e = &m->stack[i];
		if (e->kind == MARK)
			e->pos = COMMITTED + atomic->nest;
		if (e->kind == MARK || e->kind == UNDO)
			m->stack[to++] = *e;
	}
	m->depth = to;
	return true;
}

static void
forget_planes(struct match *m, uint32_t plane, uint32_t n, uint32_t reach)
{
	uint32_t first = 0, last = m->n;

	if (m->pos > reach)
		first = m->pos - reach;
	if (m->n - m->pos > reach)
		last = m->pos + reach;
	for (; n > 0; n--, plane++)
		memset(&m->memo[index_of(m, plane, first)], 0,
		    (last - first + 1) * sizeof(*m->memo));
}

/* What is known of the inside of a lookbehind of varying length was about
 * another end. */
static void
forget(struct match *m, const struct node *look)
{
	const struct node *node = m->re->node;
	const struct node *nd = &node[look->from];

	for (; nd < &node[look->to]; nd++) {
		if (nd->memo != 0)
			forget_planes(m, nd->memo, 1 + node[nd->loop].nest,
			    look->reach);
		if (nd->op == OP_REPEAT && nd->runs != 0)
			forget_planes(m, nd->runs, 2, look->reach);
	}
}

bool
memo_begin_look(struct match *m, const struct node *look)
{
	m->slot[look->slot] = m->depth;
	match_push(m, LOOK, m->node, m->pos, 0);
	if (m->memo != NULL && look->reach > 0)
		forget(m, look);
	m->node = look->other;
	return true;
}

/* The record of the captures in "record" and of slot as it is now. */
static uint32_t
record_slot(struct match *m, uint32_t slot, uint32_t record)
{
	if (slot >= m->n_wanted || m->recorded[slot] == m->round)
		return record;
	m->recorded[slot] = m->round;
	if (m->n_records == m->record_room) {
		m->record = arena_grow(m->arena, m->record,
		    m->record_room * sizeof(*m->record),
		    2 * m->record_room * sizeof(*m->record));
		m->record_room *= 2;
	}
	m->record[m->n_records] =
	    (struct record){ slot, m->slot[slot], record };
	return m->n_records++;
}

/* What led to the end of a lookahead is remembered with the captures that came
 * after it.  The last one in each slot counts, and is what the slot holds. */
static void
remember_passed(struct match *m, uint32_t depth, uint32_t record)
{
	const struct entry *stack = m->stack;
	uint32_t i, at = m->depth, later = at;

	m->round++;
	for (i = record; i != 0; i = m->record[i].next)
		m->recorded[m->record[i].slot] = m->round;
	while (at-- > depth) {
		if (stack[at].kind != MARK)
			continue;
		for (i = later; i-- > at;) {
			if (stack[i].kind == UNDO)
				record = record_slot(m, stack[i].node, record);
		}
		later = at;
		m->memo[stack[at].node] = PASSED + record;
	}
}

static void
keep_undo(struct match *m, uint32_t depth)
{
	uint32_t i, to = depth;

	m->steps += (m->depth - depth) / 8;
	for (i = depth; i < m->depth; i++) {
		if (m->stack[i].kind == UNDO)
			m->stack[to++] = m->stack[i];
	}
	m->depth = to;
}

/* The inside has matched, having captured what is in record and what is on the
 * stack. */
static bool
pass_look(struct match *m, const struct node *look, uint32_t record)
{
	uint32_t depth = m->slot[look->slot], i;

	if (look->negative) {
		unwind(m, depth, PASSED);
		return false;
	}
	m->node = look->next;
	m->pos = m->stack[depth].pos;
	for (i = record; i != 0; i = m->record[i].next)
		match_set(m, m->record[i].slot, m->record[i].value);
	if (m->memo != NULL)
		remember_passed(m, depth, record);
	keep_undo(m, depth);
	return true;
}

/* A lookbehind has to end where it began. */
bool
memo_end_look(struct match *m, const struct node *look)
{
	if (look->reach > 0 && m->pos != m->stack[m->slot[look->slot]].pos)
		return false;
	return pass_look(m, look, 0);
}

bool
memo_follow(struct match *m, const struct node *nd, uint32_t value)
{
	const struct node *node = m->re->node, *atomic = &node[nd->atomic];

	if (value == FAILED)
		return false;
	if (value >= PASSED)
		return pass_look(m, &node[nd->look], value - PASSED);
	while (atomic->nest > value - COMMITTED)
		atomic = &node[atomic->atomic];
	unwind(m, m->slot[atomic->slot], value);
	return false;
}
