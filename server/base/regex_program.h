/*
 * regex_program.h - a regular expression as a program.
 *
 * A graph of nodes: regex_compile.c makes it from the tree, regex_study.c adds
 * what can be known before there is a subject, regex.c runs it.  Nodes name
 * each other by index, and a program never changes once it is made.
 */
#ifndef BASE_REGEX_PROGRAM_H
#define BASE_REGEX_PROGRAM_H

#include "base/regex_set.h"
#include "base/regex_tree.h"
#include "base/str.h"

#define REGEX_NODES_MAX	65536

enum op {
	OP_MATCH,		/* found */
	OP_LITERAL,		/* text */
	OP_LITERAL_FOLD,	/* text, which is in lower case */
	OP_SET,			/* one byte of set */
	OP_REPEAT,		/* min to max bytes of set; how */
	OP_SPLIT,		/* try next, then other */
	OP_SWITCH,		/* go where the byte says, or to next */
	OP_OPEN,		/* note the position in slot */
	OP_CLOSE,		/* a group ends: slot, open */
	OP_KEEP,		/* the match is said to begin here */
	OP_BACKREF,		/* what the group of slot holds */
	OP_BACKREF_FOLD,
	OP_POSITION,		/* one of enum position */
	OP_LOOP_IN,		/* note in slot where an iteration begins */
	OP_LOOP_OUT,		/* again by next; by other if it was empty */
	OP_ATOMIC,		/* note the choices in slot */
	OP_ATOMIC_END,		/* forget those made since */
	OP_LOOK,		/* run other to its end, then next from here */
	OP_LOOK_END,
	OP_BACK			/* go back n bytes */
};

struct node {
	uint8_t		 op;		/* enum op */
	uint8_t		 how;		/* OP_REPEAT: enum how */
	uint8_t		 position;	/* OP_POSITION: enum position */
	bool		 any;		/* OP_REPEAT: set is all bytes */
	bool		 negative;	/* OP_LOOK */
	uint32_t	 next, other;
	uint32_t	 follow;	/* set of what next can begin with */
	uint32_t	 follow_other;	/* the same for other */
	/* Where the node stands: the OP_LOOP_IN, OP_ATOMIC and OP_LOOK around
	 * it, 0 when none; the first two inside of the same OP_LOOK. */
	uint32_t	 loop, atomic, look;
	uint32_t	 memo;		/* its first plane of the memo, or 0 */
	uint32_t	 slot;		/* see struct regex */
	uint32_t	 nest;		/* OP_LOOP_IN, OP_ATOMIC: from 1 */
	union {
		struct str text;	/* OP_LITERAL, OP_LITERAL_FOLD */
		struct {		/* OP_SET, OP_REPEAT */
			uint32_t set, min, max;
			uint32_t runs;	/* two more planes, or 0 */
		};
		struct {		/* OP_LOOK */
			uint32_t from, to;	/* the nodes inside */
			uint32_t reach;		/* see write_behind() */
		};
		struct {		/* OP_SWITCH */
			uint32_t n_ways;	/* of the splits at next */
			uint16_t *way;		/* by byte, or 0; or NULL */
		};
		uint32_t entered;	/* OP_CLOSE: the slot of OP_OPEN */
		uint32_t n;		/* OP_BACK */
	};
};

/*
 * The slots that a match works on: two per group, $0 first, where it begins and
 * ends; with backreferences one more per group, where it was entered (else that
 * is noted in the first); then those of loops, atomic groups, lookarounds.
 */
struct regex {
	struct node	*node;		/* node[0] is the only OP_MATCH */
	uint32_t	 n_nodes, start;
	struct byteset	*set;		/* set[0] means "anything" */
	uint32_t	 n_sets;
	uint32_t	 n_groups;	/* $0 not counted */
	uint32_t	 n_slots;
	uint32_t	 n_planes;	/* of the memo, from 1 */
	bool		 has_backrefs;
	struct group_name *names;

	/* What spares a run. */
	bool		 anchored;	/* matches at 0 or nowhere */
	uint32_t	 first;		/* set of what a match begins with */
	uint32_t	 shortest;	/* bytes a match takes */
	struct str	 tail;		/* the subject ends with it */
	bool		 tail_fold;	/* tail is in lower case */
	struct str	 needle;	/* the subject holds it */
};

/* The index of a set with these contents. */
uint32_t	 regex_add_set(struct regex *re, struct arena *a,
		    const struct byteset *set);

/* The program of pattern, in a; false when it would be too large. */
bool		 regex_compile(struct regex *re, struct arena *a,
		    struct pattern *pattern);

/* Fill in follow, memo, n_planes and what spares a run. */
void		 regex_study(struct regex *re, struct arena *a,
		    const struct tree *root);

#endif
