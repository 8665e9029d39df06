/*
 * regex_match.h - a search in progress.
 *
 * For regex.c, which begins it, regex_run.c, which runs the program, and
 * regex_memo.c, which knows what was tried before.
 */
#ifndef BASE_REGEX_MATCH_H
#define BASE_REGEX_MATCH_H

#include "base/regex_program.h"

#define REGEX_UNSET	UINT32_MAX	/* a slot without a position */

/* What is left to do when the present way fails. */
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
	uint32_t	 depth;
	uint32_t	 room;		/* push() needs one more than depth */
	uint64_t	 steps, steps_max;
	uint32_t	*memo;		/* NULL: not used (yet) */
	struct record	*record;
	uint32_t	 n_records, record_room;
	struct arena	*arena;		/* of the memo and the records */
};

/* Make room for more entries.  When there is too much on the stack already, the
 * match ends at its next step. */
void	match_grow(struct match *m);

static inline void
match_push(struct match *m, int kind, uint32_t node, uint32_t pos,
    uint32_t limit)
{
	if (m->depth == m->room)
		match_grow(m);
	m->stack[m->depth++] = (struct entry){ kind, node, pos, limit };
}

/* Change a slot in a way that is undone when going back. */
static inline void
match_set_slot(struct match *m, uint32_t slot, uint32_t value)
{
	match_push(m, UNDO, slot, m->slot[slot], 0);
	m->slot[slot] = value;
}

static inline unsigned char
match_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Can what is at pos be the first of this set? */
static inline bool
match_follows(const struct match *m, uint32_t set, uint32_t pos)
{
	if (set == 0)
		return true;
	return pos < m->n ? set_has(&m->re->set[set], m->at[pos]) :
	    m->re->set[set].end;
}

/* Run m->node at m->pos.  1: matches, 0: does not, -1: too many steps. */
int	match_run(struct match *m);

/*
 * regex_memo.c.  All but memo_knows() and memo_follow() also serve a match
 * without a memo.
 */

/* The choices made since the stack had this depth fail, or do not count any
 * more: undo them. */
void	memo_unwind(struct match *m, uint32_t depth);
/* An atomic group ends, which was entered with this depth. */
void	memo_commit(struct match *m, const struct node *atomic);
/* A lookaround begins at m->pos. */
void	memo_begin_look(struct match *m, const struct node *look);
/* What is inside of it has matched; false when that means failure. */
bool	memo_pass_look(struct match *m, const struct node *look);
/* Is it known where nd leads from m->pos?  If not, it will be. */
bool	memo_knows(struct match *m, const struct node *nd, uint32_t *value);
/* Do what nd once led to, as the memo has it. */
bool	memo_follow(struct match *m, const struct node *nd, uint32_t value);

#endif
