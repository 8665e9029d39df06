/*
 * regex.c - regular expressions: the matcher.
 *
 * Runs a program by backtracking, with a stack of its own of what is left to
 * try and what is to be undone.  Usually that is all, and quick.  When a search
 * takes more steps than a kind one does, it goes on with a memo: a node that
 * was once met at a position is not tried there a second time.  That is exact,
 * because without backreferences the future of a node depends only on
 *   - the position;
 *   - whether the iterations around it have taken something (an empty iteration
 *     ends its loop): one plane of the memo for each case;
 *   - the end of the lookbehind around it, if its length varies: the memo of
 *     its inside is forgotten whenever it begins.
 * So every node is run at most once for each position and plane.
 *
 * Invariant: the stack holds all that is needed to go back to any state that is
 * left to try; when it is empty, all slots are as they were at the start.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/regex_program.h"

#define UNSET		UINT32_MAX	/* a slot without a position */
#define SUBJECT_MAX	(UINT32_MAX / 2)
#define BACKREF_STEPS	1000000		/* with backreferences: then give up */
#define PLAIN_STEPS	1000		/* before the memo is used, and as */
#define PLAIN_STEPS_PER_BYTE	16	/* many more for each byte */
#define MEMO_MAX	(64u << 20)	/* entries of 4 bytes */
#define STACK_FIRST	256		/* entries of 16 bytes */
#define STACK_KEPT	4096		/* for the next match */
#define STACK_MAX	(16u << 20)

struct entry {
	enum {
		CHOICE,		/* try node at pos */
		GIVE,		/* let the OP_REPEAT node end at pos, or before,
				   down to limit */
		TAKE,		/* let the OP_REPEAT node end at pos, or after,
				   up to limit */
		LOOK,		/* the OP_LOOK node was entered at pos */
		UNDO,		/* slot node held pos */
		MARK		/* memo[node] = pos: what failing here means */
	} kind;
	uint32_t	 node, pos, limit;
};

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

/* A captured position, and the record of the others. */
struct record {
	uint32_t	 slot, value, next;
};

struct match {
	const struct regex *re;
	const unsigned char *at;	/* the subject */
	uint32_t	 n;
	uint32_t	 from;		/* where this try begins */
	uint32_t	 node, pos;	/* what is next, and where */
	uint32_t	*slot;
	uint32_t	 n_wanted;	/* slots of captures that count */
	struct entry	*stack;
	uint32_t	 depth, room;
	uint64_t	 steps, steps_max;
	uint32_t	*memo;		/* NULL: not used (yet) */
	struct record	*record;
	uint32_t	 n_records, record_room;
	struct arena	*arena;		/* of the memo and the records */
};

/* Kept from match to match: these are for one process with one thread. */
static struct {
	struct arena	*arena;
	struct entry	*stack;
	uint32_t	 stack_room;
	uint32_t	*slot;
	uint32_t	 slot_room;
} scratch;

/* Beyond STACK_MAX the match ends at its next step. */
static void
stack_grow(struct match *m)
{
	if (m->room >= STACK_MAX) {
		m->steps_max = 0;
		m->depth--;
		return;
	}
	m->stack = arena_grow(scratch.arena, m->stack,
	    m->room * sizeof(*m->stack), 2 * m->room * sizeof(*m->stack));
	m->room *= 2;
	scratch.stack = m->stack;
	scratch.stack_room = m->room;
}

static inline void
push(struct match *m, int kind, uint32_t node, uint32_t pos, uint32_t limit)
{
	if (m->depth == m->room)
		stack_grow(m);
	m->stack[m->depth++] = (struct entry){ kind, node, pos, limit };
}

static inline void
set_slot(struct match *m, uint32_t slot, uint32_t value)
{
	push(m, UNDO, slot, m->slot[slot], 0);
	m->slot[slot] = value;
}

static inline const struct byteset *
set_of(const struct match *m, uint32_t set)
{
	return &m->re->set[set];
}

/* Can what is at pos be the first of this set? */
static inline bool
follows(const struct match *m, uint32_t set, uint32_t pos)
{
	if (set == 0)
		return true;
	return pos < m->n ? set_has(set_of(m, set), m->at[pos]) :
	    set_of(m, set)->end;
}

static inline bool
takes(const struct match *m, const struct node *nd, uint32_t pos)
{
	return pos < m->n && set_has(set_of(m, nd->set), m->at[pos]);
}

static inline unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* a in any case, b in lower case. */
static bool
same_folded(const unsigned char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (lower(a[i]) != (unsigned char)b[i])
			return false;
	}
	return true;
}

/* Go back to the stack as it was with this depth; what was met since then is
 * to be remembered with this value. */
static void
unwind(struct match *m, uint32_t depth, uint32_t value)
{
	const struct entry *e;

	while (m->depth > depth) {
		e = &m->stack[--m->depth];
		if (e->kind == UNDO)
			m->slot[e->node] = e->pos;
		else if (e->kind == MARK)
			m->memo[e->node] = value;
	}
}

/* Forget the choices made since the stack had this depth: an atomic group ends,
 * the nest-th of those around.  What has to be undone stays. */
static void
commit(struct match *m, uint32_t depth, uint32_t nest)
{
	uint32_t i, to = depth;

	m->steps += (m->depth - depth) / 8;
	for (i = depth; i < m->depth; i++) {
		if (m->stack[i].kind < UNDO)
			continue;
		m->stack[to] = m->stack[i];
		if (m->stack[to].kind == MARK)
			m->stack[to].pos = COMMITTED + nest;
		to++;
	}
	m->depth = to;
}

/* The record of the captures in "record" and of slot as it is now. */
static uint32_t
record_slot(struct match *m, uint32_t slot, uint32_t record)
{
	uint32_t i;

	if (slot >= m->n_wanted)
		return record;
	for (i = record; i != 0; i = m->record[i].next) {
		if (m->record[i].slot == slot)
			return record;
	}
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

/*
 * A lookahead that was entered with this depth has matched.  What led there
 * is remembered with the captures that came after it; the choices go.
 */
static void
settle(struct match *m, uint32_t depth, uint32_t record)
{
	uint32_t i, to = depth;

	m->steps += (m->depth - depth) / 8;
	for (i = m->depth; m->memo != NULL && i-- > depth;) {
		if (m->stack[i].kind == UNDO)
			record = record_slot(m, m->stack[i].node, record);
		else if (m->stack[i].kind == MARK)
			m->memo[m->stack[i].node] = PASSED + record;
	}
	for (i = depth; i < m->depth; i++) {
		if (m->stack[i].kind == UNDO)
			m->stack[to++] = m->stack[i];
	}
	m->depth = to;
}

/* The inside of a lookaround has matched; record holds what it captured, if
 * that came from the memo. */
static bool
look_passes(struct match *m, const struct node *look, uint32_t record)
{
	uint32_t depth = m->slot[look->slot], i;

	if (look->negative) {
		unwind(m, depth, PASSED);
		return false;
	}
	m->node = look->next;
	m->pos = m->stack[depth].pos;
	for (i = record; i != 0; i = m->record[i].next)
		set_slot(m, m->record[i].slot, m->record[i].value);
	settle(m, depth, record);
	return true;
}

static bool
end_look(struct match *m, const struct node *nd)
{
	const struct node *look = &m->re->node[nd->look];

	if (look->behind && m->pos != m->stack[m->slot[look->slot]].pos)
		return false;
	return look_passes(m, look, 0);
}

/* What is remembered of the inside of a lookbehind of varying length was about
 * another end. */
static void
forget(struct match *m, const struct node *look)
{
	uint32_t first = m->pos > look->reach ? m->pos - look->reach : 0;
	uint32_t last = m->n - m->pos > look->reach ? m->pos + look->reach :
	    m->n;
	const struct node *nd = &m->re->node[look->from];
	uint32_t plane, planes;

	for (; nd < &m->re->node[look->to]; nd++) {
		planes = nd->memo == 0 ? 0 : 1 + m->re->node[nd->loop].nest;
		for (plane = 0; plane < planes; plane++)
			memset(&m->memo[(nd->memo + plane) * (m->n + 1) +
			    first], 0, (last - first + 1) * sizeof(*m->memo));
	}
}

static bool
begin_look(struct match *m, const struct node *nd)
{
	m->slot[nd->slot] = m->depth;
	push(m, LOOK, m->node, m->pos, 0);
	if (m->memo != NULL && nd->reach > 0)
		forget(m, nd);
	m->node = nd->other;
	return true;
}

/* Where the memo keeps what is known of nd at m->pos. */
static uint32_t
memo_index(const struct match *m, const struct node *nd)
{
	const struct node *node = m->re->node;
	uint32_t loop = nd->loop, plane = nd->memo + node[loop].nest;

	while (loop != 0 && m->slot[node[loop].slot] == m->pos) {
		plane--;
		loop = node[loop].loop;
	}
	return plane * (m->n + 1) + m->pos;
}

/* Is it known where nd leads from here?  If not, it will be. */
static bool
is_known(struct match *m, const struct node *nd, uint32_t *value)
{
	uint32_t i = memo_index(m, nd);

	*value = m->memo[i];
	if (*value != UNKNOWN)
		return true;
	push(m, MARK, i, FAILED, 0);
	return false;
}

/* Do what nd once led to, as the memo has it. */
static bool
repeat_known(struct match *m, const struct node *nd, uint32_t value)
{
	const struct node *node = m->re->node, *atomic = &node[nd->atomic];

	if (value == FAILED)
		return false;
	if (value >= PASSED)
		return look_passes(m, &node[nd->look], value - PASSED);
	while (atomic->nest > value - COMMITTED)
		atomic = &node[atomic->atomic];
	unwind(m, m->slot[atomic->slot], value);
	return false;
}

/* Let the repeat end at the last position from high down to low that what
 * follows can begin at. */
static bool
give(struct match *m, const struct node *nd, uint32_t high, uint32_t low)
{
	uint32_t pos = high;

	while (pos > low && !follows(m, nd->follow, pos))
		pos--;
	m->steps += (high - pos) / 8;
	if (pos == low && !follows(m, nd->follow, pos))
		return false;
	if (pos > low)
		push(m, GIVE, (uint32_t)(nd - m->re->node), pos - 1, low);
	m->node = nd->next;
	m->pos = pos;
	return true;
}

/* Let the repeat, which can end at low, end at the first position from there
 * to high that what follows can begin at. */
static bool
take(struct match *m, const struct node *nd, uint32_t low, uint32_t high)
{
	uint32_t pos = low;

	while (!follows(m, nd->follow, pos)) {
		if (pos == high || !takes(m, nd, pos))
			return false;
		pos++;
	}
	m->steps += (pos - low) / 8;
	if (pos < high && takes(m, nd, pos))
		push(m, TAKE, (uint32_t)(nd - m->re->node), pos + 1, high);
	m->node = nd->next;
	m->pos = pos;
	return true;
}

/* One step at a time, so that the memo knows each. */
static bool
repeat_by_step(struct match *m, const struct node *nd)
{
	bool more = takes(m, nd, m->pos);

	if (more && nd->how == GREEDY && follows(m, nd->follow, m->pos))
		push(m, CHOICE, nd->next, m->pos, 0);
	if (more && nd->how == LAZY && follows(m, nd->follow, m->pos)) {
		push(m, CHOICE, m->node, m->pos + 1, 0);
		more = false;
	}
	if (more)
		m->pos++;
	else
		m->node = nd->next;
	return true;
}

static bool
repeat(struct match *m, const struct node *nd)
{
	uint32_t from = m->pos, pos = from, high;

	if (m->memo != NULL && nd->max == REGEX_NO_LIMIT)
		return repeat_by_step(m, nd);
	if (m->n - from < nd->min)
		return false;
	high = nd->max < m->n - from ? from + nd->max : m->n;
	if (nd->how == LAZY)
		high = from + nd->min;
	while (pos < high && takes(m, nd, pos))
		pos++;
	m->steps += (pos - from) / 8;
	if (pos - from < nd->min)
		return false;
	if (nd->how == GREEDY)
		return give(m, nd, pos, from + nd->min);
	if (nd->how == LAZY)
		return take(m, nd, pos, nd->max < m->n - from ?
		    from + nd->max : m->n);
	m->node = nd->next;
	m->pos = pos;
	return true;
}

static bool
split(struct match *m, const struct node *nd)
{
	bool first = follows(m, nd->follow, m->pos);
	bool second = follows(m, nd->follow_other, m->pos);

	if (first && second)
		push(m, CHOICE, nd->other, m->pos, 0);
	m->node = first ? nd->next : nd->other;
	return first || second;
}

static bool
literal(struct match *m, const struct node *nd)
{
	const unsigned char *p = m->at + m->pos;
	size_t n = nd->text.n;

	if (n > m->n - m->pos)
		return false;
	if (nd->op == OP_LITERAL ? memcmp(p, nd->text.at, n) != 0 :
	    !same_folded(p, nd->text.at, n))
		return false;
	m->pos += (uint32_t)n;
	m->node = nd->next;
	return true;
}

/* What a group without a match refers to is nothing that could be found. */
static bool
backref(struct match *m, const struct node *nd)
{
	uint32_t from = m->slot[nd->slot], n, i;
	const unsigned char *a = m->at + from, *b = m->at + m->pos;

	if (m->slot[nd->slot + 1] == UNSET)
		return false;
	n = m->slot[nd->slot + 1] - from;
	if (n > m->n - m->pos)
		return false;
	for (i = 0; i < n; i++) {
		if (nd->op == OP_BACKREF ? a[i] != b[i] :
		    lower(a[i]) != lower(b[i]))
			return false;
	}
	m->steps += n / 8;
	m->pos += n;
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

/* A group is reported only once it is closed; without backreferences nobody
 * can see the difference, and OP_OPEN writes to its final slot. */
static void
close_group(struct match *m, const struct node *nd)
{
	if (nd->entered != nd->slot - 1)
		set_slot(m, nd->slot - 1, m->slot[nd->entered]);
	set_slot(m, nd->slot, m->pos);
}

/* What takes no byte and cannot fail. */
static bool
note(struct match *m, const struct node *nd)
{
	bool wanted = nd->slot < m->n_wanted;

	m->node = nd->next;
	if (nd->op == OP_OPEN && wanted)
		set_slot(m, nd->slot, m->pos);
	else if (nd->op == OP_CLOSE && wanted)
		close_group(m, nd);
	else if (nd->op == OP_KEEP && wanted)
		set_slot(m, 0, m->pos);
	else if (nd->op == OP_LOOP_IN)
		set_slot(m, nd->slot, m->pos);
	else if (nd->op == OP_ATOMIC)
		m->slot[nd->slot] = m->depth;
	else if (nd->op == OP_ATOMIC_END)
		commit(m, m->slot[m->re->node[nd->atomic].slot],
		    m->re->node[nd->atomic].nest);
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
		return repeat(m, nd);
	case OP_SPLIT:
		return split(m, nd);
	case OP_BACKREF:
	case OP_BACKREF_FOLD:
		return backref(m, nd);
	case OP_POSITION:
		m->node = nd->next;
		return is_at(m, nd->position);
	case OP_LOOP_OUT:
		m->node = m->pos != m->slot[nd->slot] ? nd->next : nd->other;
		return true;
	case OP_LOOK:
		return begin_look(m, nd);
	case OP_LOOK_END:
		return end_look(m, nd);
	case OP_BACK:
		m->node = nd->next;
		if (m->pos < nd->n)
			return false;
		m->pos -= nd->n;
		return true;
	default:
		return note(m, nd);
	}
}

/* Go back to what is left to try; false when there is nothing. */
static bool
backtrack(struct match *m)
{
	const struct node *node = m->re->node;
	struct entry e;

	while (m->depth > 0) {
		e = m->stack[--m->depth];
		switch (e.kind) {
		case UNDO:
			m->slot[e.node] = e.pos;
			break;
		case MARK:
			m->memo[e.node] = e.pos;
			break;
		case GIVE:
			if (give(m, &node[e.node], e.pos, e.limit))
				return true;
			break;
		case TAKE:
			if (take(m, &node[e.node], e.pos, e.limit))
				return true;
			break;
		case LOOK:
			if (!node[e.node].negative)
				break;
			m->node = node[e.node].next;
			m->pos = e.pos;
			return true;
		case CHOICE:
			m->node = e.node;
			m->pos = e.pos;
			return true;
		}
	}
	return false;
}

/* 1: matches from here, 0: does not, -1: too many steps. */
static int
run(struct match *m)
{
	const struct node *nd;
	uint32_t value;
	bool on;

	for (;;) {
		if (++m->steps > m->steps_max)
			return -1;
		nd = &m->re->node[m->node];
		if (nd->op == OP_MATCH)
			return 1;
		if (m->memo != NULL && nd->memo != 0 &&
		    is_known(m, nd, &value))
			on = repeat_known(m, nd, value);
		else
			on = step(m, nd);
		if (!on && !backtrack(m))
			return 0;
	}
}

/* Try from every position, from m->from on. */
static int
search(struct match *m)
{
	uint32_t last = m->re->anchored ? 0 : m->n - m->re->shortest;
	int found;

	for (; m->from <= last; m->from++) {
		if (!follows(m, m->re->first, m->from))
			continue;
		m->node = m->re->start;
		m->pos = m->from;
		m->slot[0] = m->from;
		found = run(m);
		if (found != 0)
			return found;
	}
	return 0;
}

/* Go on with a memo from where too many steps were taken. */
static int
search_with_memo(struct match *m)
{
	size_t n = ((size_t)m->n + 1) * m->re->n_planes;
	int found;

	if (n > MEMO_MAX)
		return -1;
	unwind(m, 0, UNKNOWN);
	m->arena = arena_new();
	m->memo = arena_many(m->arena, uint32_t, n);
	m->record_room = 16;
	m->record = arena_many(m->arena, struct record, m->record_room);
	m->n_records = 1;
	m->steps_max = UINT64_MAX;
	found = search(m);
	arena_end(m->arena);
	return found;
}

/* Is there any hope? */
static bool
is_worth_a_try(const struct match *m)
{
	const struct regex *re = m->re;
	size_t n = re->tail.n;
	const unsigned char *end = m->at + m->n;

	if (m->n < re->shortest)
		return false;
	if (n > 0 && (re->tail_fold ? !same_folded(end - n, re->tail.at, n) :
	    memcmp(end - n, re->tail.at, n) != 0))
		return false;
	return re->needle.n == 0 ||
	    memmem(m->at, m->n, re->needle.at, re->needle.n) != NULL;
}

static int
find(struct match *m)
{
	const struct regex *re = m->re;
	int found;

	if (!is_worth_a_try(m))
		return 0;
	m->steps_max = re->has_backrefs ? BACKREF_STEPS :
	    PLAIN_STEPS + (uint64_t)m->n * PLAIN_STEPS_PER_BYTE;
	found = search(m);
	if (found < 0 && !re->has_backrefs)
		found = search_with_memo(m);
	return found;
}

/* Give m the process's stack and slots. */
static void
borrow_scratch(struct match *m)
{
	uint32_t n = m->re->n_slots;

	if (scratch.arena == NULL)
		scratch.arena = arena_new();
	if (scratch.stack == NULL) {
		scratch.stack = arena_many(scratch.arena, struct entry,
		    STACK_FIRST);
		scratch.stack_room = STACK_FIRST;
	}
	if (scratch.slot_room < n) {
		scratch.slot = arena_many(scratch.arena, uint32_t, 2 * n);
		scratch.slot_room = 2 * n;
	}
	m->stack = scratch.stack;
	m->room = scratch.stack_room;
	m->slot = scratch.slot;
	memset(m->slot, 0xff, 2 * sizeof(*m->slot) * (m->re->n_groups + 1));
}

/* What a large subject took is not kept. */
static void
return_scratch(void)
{
	if (scratch.stack_room <= STACK_KEPT && scratch.slot_room <= STACK_KEPT)
		return;
	arena_end(scratch.arena);
	memset(&scratch, 0, sizeof(scratch));
}

static void
report(const struct match *m, struct str *group, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t from = UNSET, to = UNSET;

		if (i <= m->re->n_groups) {
			from = m->slot[2 * i];
			to = m->slot[2 * i + 1];
		}
		group[i] = to == UNSET ? STR_NONE :
		    str_n((const char *)m->at + from, to - from);
	}
}

int
regex_match(const struct regex *re, struct str subject, struct str *group,
    size_t n_groups)
{
	struct match m = { .re = re, .n = (uint32_t)subject.n };
	int found;

	if (subject.n > SUBJECT_MAX)
		return -1;
	m.at = (const unsigned char *)(subject.n > 0 ? subject.at : "");
	m.n_wanted = 2 * (uint32_t)(n_groups <= re->n_groups ? n_groups :
	    re->n_groups + 1);
	if (re->has_backrefs)
		m.n_wanted = re->n_slots;
	borrow_scratch(&m);
	found = find(&m);
	if (found > 0) {
		m.slot[1] = m.pos;
		report(&m, group, n_groups);
	}
	return_scratch();
	return found;
}

struct regex *
regex_new(struct arena *a, struct str pattern, unsigned flags,
    struct regex_error *error)
{
	struct arena *trees = arena_new();
	struct regex *re = arena_one(a, struct regex);
	struct pattern p;
	struct group_name *named, *copy;

	if (!regex_parse(trees, pattern, flags, &p, error))
		re = NULL;
	else if (!regex_compile(re, a, &p)) {
		*error = (struct regex_error){ "too large", 0 };
		re = NULL;
	} else {
		regex_study(re, a, p.root);
		for (named = p.names; named != NULL; named = named->next) {
			copy = arena_copy(a, named, sizeof(*named));
			copy->name = str_copy(a, named->name);
			copy->next = re->names;
			re->names = copy;
		}
	}
	arena_end(trees);
	return re;
}

size_t
regex_groups(const struct regex *re)
{
	return re->n_groups;
}

int
regex_group_named(const struct regex *re, struct str name)
{
	const struct group_name *named = re->names;

	while (named != NULL && !str_eq(named->name, name))
		named = named->next;
	return named != NULL ? (int)named->number : -1;
}

struct str
regex_group_name(const struct regex *re, size_t i)
{
	const struct group_name *named = re->names;

	while (named != NULL && named->number != i)
		named = named->next;
	return named != NULL ? named->name : STR_NONE;
}
