/*
 * regex_match.h - a search in progress.
 *
 * For regex.c, which begins it, regex_run.c, which runs the program, and
 * regex_memo.c, which knows what was tried before.
 *
 * Invariant: the stack holds all that is needed to go back to whatever is left
 * to try; when it is empty, all slots are as they were at the start.
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
		MARK		/* memo[node] = pos: what it means to fail */
	} kind;
	uint32_t	 node, pos, limit;
};

/* A captured position, and the record of the others, 0 when none. */
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
	uint64_t	*recorded;	/* per slot: the round it was in */
	uint64_t	 round;
	struct arena	*arena;		/* of the memo and the records */
};

/* Make room on the stack.  If it is too large already, the match ends at its
 * next step. */
void	match_grow(struct match *m);

static inline void
match_push(struct match *m, int kind, uint32_t node, uint32_t pos,
    uint32_t limit)
{
	if (m->depth == m->room)
		match_grow(m);
	m->stack[m->depth++] = (struct entry){ kind, node, pos, limit };
}

/* Set a slot so that it is undone when going back. */
static inline void
match_set(struct match *m, uint32_t slot, uint32_t value)
{
	match_push(m, UNDO, slot, m->slot[slot], 0);
	m->slot[slot] = value;
}

/* Can this set begin with what is at pos? */
static inline bool
match_follows(const struct match *m, uint32_t set, uint32_t pos)
{
	const struct byteset *s = &m->re->set[set];

	return set == 0 || (pos < m->n ? set_has(s, m->at[pos]) : s->end);
}

static inline unsigned char
match_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Run from m->node at m->pos.  1: matches, up to m->pos, 0: does not, -1: too
 * many steps. */
int	match_run(struct match *m);

/* Use a memo from now on; false when it would be too large. */
bool	memo_begin(struct match *m);
void	memo_end(struct match *m);
/* Is it known where nd leads from m->pos?  If not, it will be. */
bool	memo_knows(struct match *m, const struct node *nd, uint32_t *value);
/* Do what nd once led to.  False: it failed. */
bool	memo_follow(struct match *m, const struct node *nd, uint32_t value);

/* Can what follows the OP_REPEAT match at pos, for all we know? */
bool	memo_allows(const struct match *m, const struct node *repeat,
	    uint32_t pos);
/* The rest is for one with planes for runs.  Where do the bytes of its set end
 * that begin at pos? */
uint32_t memo_run_end(struct match *m, const struct node *repeat, uint32_t pos);
/* The last position that is allowed from high down to low, low itself not
 * looked at. */
uint32_t memo_seek_down(struct match *m, const struct node *repeat,
	    uint32_t high, uint32_t low);
/* The first one from low, which is after the repeat's begin, up to high; beyond
 * high when there is none. */
uint32_t memo_seek_up(struct match *m, const struct node *repeat, uint32_t low,
	    uint32_t high);

/* These do without a memo as well. */

/* Go back to the stack as it was with this depth. */
void	memo_unwind(struct match *m, uint32_t depth);
/* The end of an atomic group: nothing inside is tried again. */
bool	memo_end_atomic(struct match *m, const struct node *atomic);
/* The begin and the end of a lookaround's inside. */
bool	memo_begin_look(struct match *m, const struct node *look);
bool	memo_end_look(struct match *m, const struct node *look);

#endif
