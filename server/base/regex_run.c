/*
 * regex_run.c - run the program of a regular expression.
 *
 * Backtracking with a stack of its own: a step that has another way puts it
 * there, a step that changes a slot puts the old value there, and a step that
 * fails goes back to the newest way that is left.
 */
#include <string.h>

#include "base/char.h"
#include "base/regex_match.h"

static inline bool
takes(const struct match *m, const struct node *nd, uint32_t pos)
{
	return pos < m->n && set_has(&m->re->set[nd->set], m->at[pos]);
}

/* Can what follows the repeat match at pos, for all we know? */
static inline bool
allows(const struct match *m, const struct node *nd, uint32_t pos)
{
	return m->memo == NULL ? match_follows(m, nd->follow, pos) :
	    memo_allows(m, nd, pos);
}

static inline bool
knows_runs(const struct match *m, const struct node *nd)
{
	return m->memo != NULL && nd->runs != 0;
}

static bool
leave_repeat(struct match *m, const struct node *nd, uint32_t pos)
{
	m->node = nd->next;
	m->pos = pos;
	return true;
}

/* Let the repeat end at the last position from high down to low that what
 * follows allows. */
static bool
give(struct match *m, const struct node *nd, uint32_t high, uint32_t low)
{
	uint32_t pos = high;

	if (knows_runs(m, nd))
		pos = high = memo_seek_down(m, nd, high, low);
	while (pos > low && !allows(m, nd, pos))
		pos--;
	m->steps += (high - pos) / 8;
	if (pos == low && !allows(m, nd, pos))
		return false;
	if (pos > low)
		match_push(m, GIVE, m->node, pos - 1, low);
	return leave_repeat(m, nd, pos);
}

/* Let the repeat end at the first position from low to high that what follows
 * allows, if its bytes go so far. */
static bool
take(struct match *m, const struct node *nd, uint32_t low, uint32_t high)
{
	uint32_t pos = low;

	if (knows_runs(m, nd))
		pos = low = memo_seek_up(m, nd, low, high);
	while (pos <= high && takes(m, nd, pos - 1) && !allows(m, nd, pos))
		pos++;
	m->steps += (pos - low) / 8;
	if (pos > high || !takes(m, nd, pos - 1))
		return false;
	if (pos < high)
		match_push(m, TAKE, m->node, pos + 1, high);
	return leave_repeat(m, nd, pos);
}

/* How far the bytes of the repeat go from m->pos, up to high. */
static uint32_t
run_end(struct match *m, const struct node *nd, uint32_t high)
{
	uint32_t pos = m->pos;

	if (nd->any)
		return high;
	if (knows_runs(m, nd)) {
		pos = memo_run_end(m, nd, pos);
		return pos < high ? pos : high;
	}
	while (pos < high && takes(m, nd, pos))
		pos++;
	m->steps += (pos - m->pos) / 8;
	return pos;
}

static bool
repeat(struct match *m, const struct node *nd)
{
	uint32_t left = m->n - m->pos, low = m->pos + nd->min, high, end;
	bool step_by_step = nd->how == LAZY && !knows_runs(m, nd);

	if (left < nd->min)
		return false;
	high = nd->max < left ? m->pos + nd->max : m->n;
	end = run_end(m, nd, step_by_step ? low : high);
	if (end < low)
		return false;
	if (nd->how == POSSESSIVE)
		return leave_repeat(m, nd, end);
	if (nd->how == GREEDY)
		return give(m, nd, end, low);
	if (!step_by_step)
		high = end;
	if (!allows(m, nd, low))
		return take(m, nd, low + 1, high);
	if (low < high)
		match_push(m, TAKE, m->node, low + 1, high);
	return leave_repeat(m, nd, low);
}

/* The same for a repeat without limits, one byte at a time, so that the memo
 * knows each position. */
static bool
repeat_by_step(struct match *m, const struct node *nd)
{
	bool more = takes(m, nd, m->pos);

	if (more && nd->how != POSSESSIVE &&
	    match_follows(m, nd->follow, m->pos)) {
		if (nd->how == GREEDY)
			match_push(m, CHOICE, nd->next, m->pos, 0);
		else
			match_push(m, CHOICE, m->node, m->pos + 1, 0);
		more = nd->how == GREEDY;
	}
	if (more)
		m->pos++;
	else
		m->node = nd->next;
	return true;
}

static bool
split(struct match *m, const struct node *nd)
{
	bool first = match_follows(m, nd->follow, m->pos);
	bool second = match_follows(m, nd->follow_other, m->pos);

	if (first && second)
		match_push(m, CHOICE, nd->other, m->pos, 0);
	m->node = first ? nd->next : nd->other;
	return first || second;
}

/* Alternatives that do not begin with this byte are not even looked at. */
static bool
choose(struct match *m, const struct node *nd)
{
	if (nd->way == NULL)
		m->node = nd->next;
	else
		m->node = m->pos < m->n ? nd->way[m->at[m->pos]] : 0;
	return m->node != 0;
}

static bool
literal(struct match *m, const struct node *nd)
{
	const unsigned char *p = m->at + m->pos;
	const char *text = nd->text.at;
	size_t n = nd->text.n;

	if (n > m->n - m->pos)
		return false;
	m->pos += (uint32_t)n;
	m->node = nd->next;
	if (nd->op == OP_LITERAL)
		return memcmp(p, text, n) == 0;
	for (size_t i = 0; i < n; i++) {
		if (match_lower(p[i]) != (unsigned char)text[i])
			return false;
	}
	return true;
}

static bool
go_back(struct match *m, const struct node *nd)
{
	if (m->pos < nd->n)
		return false;
	m->pos -= nd->n;
	m->node = nd->next;
	return true;
}

/* A group that has not matched holds nothing that could be found. */
static bool
backref(struct match *m, const struct node *nd)
{
	uint32_t from = m->slot[nd->slot], to = m->slot[nd->slot + 1], i;
	const unsigned char *a, *b = m->at + m->pos;

	if (to == REGEX_UNSET || to - from > m->n - m->pos)
		return false;
	a = m->at + from;
	for (i = 0; i < to - from; i++) {
		if (nd->op == OP_BACKREF ? a[i] != b[i] :
		    match_lower(a[i]) != match_lower(b[i]))
			return false;
	}
	m->steps += i / 8;
	m->pos += i;
	m->node = nd->next;
	return true;
}

static bool
is_word(const struct match *m, uint32_t pos)
{
	return pos < m->n && (char_is_alnum(m->at[pos]) || m->at[pos] == '_');
}

static bool
is_at_word_edge(const struct match *m)
{
	return is_word(m, m->pos) != (m->pos > 0 && is_word(m, m->pos - 1));
}

/* As in PCRE, no line begins after a newline that ends the subject. */
static bool
is_at(const struct match *m, enum position position)
{
	uint32_t pos = m->pos, n = m->n;

	switch (position) {
	case AT_START:
		return pos == 0;
	case AT_END:
		return pos == n;
	case AT_END_OR_NEWLINE:
		return pos == n || (pos == n - 1 && m->at[pos] == '\n');
	case AT_LINE_START:
		return pos == 0 || (pos < n && m->at[pos - 1] == '\n');
	case AT_LINE_END:
		return pos == n || m->at[pos] == '\n';
	case AT_WORD_EDGE:
		return is_at_word_edge(m);
	case NOT_AT_WORD_EDGE:
		return !is_at_word_edge(m);
	case KEEP_FROM_HERE:
		break;
	}
	return true;
}

/* What a group holds is replaced when it is closed, because it may refer to
 * what it held before. */
static void
close_group(struct match *m, const struct node *nd)
{
	uint32_t begin = nd->slot - 1;

	if (nd->entered != begin)
		match_set(m, begin, m->slot[nd->entered]);
	match_set(m, nd->slot, m->pos);
}

/* The nodes that take no byte and cannot fail. */
static bool
note(struct match *m, const struct node *nd)
{
	bool wanted = nd->slot < m->n_wanted;

	m->node = nd->next;
	if ((nd->op == OP_OPEN && wanted) || nd->op == OP_LOOP_IN)
		match_set(m, nd->slot, m->pos);
	else if (nd->op == OP_CLOSE && wanted)
		close_group(m, nd);
	else if (nd->op == OP_KEEP && wanted)
		match_set(m, 0, m->pos);
	else if (nd->op == OP_LOOP_OUT && m->pos == m->slot[nd->slot])
		m->node = nd->other;
	else if (nd->op == OP_ATOMIC)
		m->slot[nd->slot] = m->depth;
	return true;
}

/* Run one node.  False: it does not match here. */
static inline bool
step(struct match *m, const struct node *nd)
{
	switch ((enum op)nd->op) {
	case OP_LITERAL:
	case OP_LITERAL_FOLD:
		return literal(m, nd);
	case OP_SET:
		m->node = nd->next;
		return takes(m, nd, m->pos++);
	case OP_REPEAT:
		if (m->memo != NULL && nd->max == REGEX_NO_LIMIT)
			return repeat_by_step(m, nd);
		return repeat(m, nd);
	case OP_SPLIT:
		return split(m, nd);
	case OP_SWITCH:
		return choose(m, nd);
	case OP_BACKREF:
	case OP_BACKREF_FOLD:
		return backref(m, nd);
	case OP_POSITION:
		m->node = nd->next;
		return is_at(m, nd->position);
	case OP_ATOMIC_END:
		m->node = nd->next;
		return memo_end_atomic(m, &m->re->node[nd->atomic]);
	case OP_LOOK:
		return memo_begin_look(m, nd);
	case OP_LOOK_END:
		return memo_end_look(m, &m->re->node[nd->look]);
	case OP_BACK:
		return go_back(m, nd);
	default:
		return note(m, nd);
	}
}

/* Go back to what is left to try; false when there is nothing. */
static bool
backtrack(struct match *m)
{
	const struct node *nd;
	struct entry e;

	while (m->depth > 0) {
		e = m->stack[--m->depth];
		if (e.kind == UNDO) {
			m->slot[e.node] = e.pos;
			continue;
		} else if (e.kind == MARK) {
			m->memo[e.node] = e.pos;
			continue;
		}
		nd = &m->re->node[e.node];
		m->node = e.node;
		m->pos = e.pos;
		if (e.kind == CHOICE)
			return true;
		if (e.kind == LOOK && nd->negative) {
			m->node = nd->next;
			return true;
		}
		if ((e.kind == GIVE && give(m, nd, e.pos, e.limit)) ||
		    (e.kind == TAKE && take(m, nd, e.pos, e.limit)))
			return true;
	}
	return false;
}

int
match_run(struct match *m)
{
	const struct node *nd;
	uint32_t value;
	bool on;

	for (;;) {
		nd = &m->re->node[m->node];
		if (nd->op == OP_MATCH)
			return 1;
		if (++m->steps > m->steps_max)
			return -1;
		if (m->memo != NULL && nd->memo != 0 &&
		    memo_knows(m, nd, &value))
			on = memo_follow(m, nd, value);
		else
			on = step(m, nd);
		if (!on && !backtrack(m))
			return 0;
	}
}
