/*
 * regex_tree.h - a regular expression as a tree, and how it is read.
 *
 * regex_parse.c reads the structure (alternatives, groups, quantifiers), and
 * regex_atom.c what stands for single bytes and positions (escapes, classes).
 * The tree says what the pattern means; how to match it is regex_compile.c's.
 * Trees live in a scratch arena, for the time of one regex_new().
 */
#ifndef BASE_REGEX_TREE_H
#define BASE_REGEX_TREE_H

#include "base/regex.h"
#include "base/regex_set.h"
#include "base/str.h"
#include "base/text.h"

#define REGEX_NO_LIMIT	UINT32_MAX	/* of a quantifier or a length */

enum tree_kind {
	TREE_EMPTY,
	TREE_LITERAL,		/* text; fold */
	TREE_SET,		/* one byte of set */
	TREE_SEQUENCE,		/* the children one after the other */
	TREE_CHOICE,		/* the first child that leads to a match */
	TREE_GROUP,		/* child, captured as number */
	TREE_REPEAT,		/* child, min to max times; how (POSSESSIVE
				   for single bytes only, else TREE_ATOMIC) */
	TREE_ATOMIC,		/* child, never entered again once matched */
	TREE_LOOK,		/* child matches here; negative, behind */
	TREE_POSITION,		/* one of enum position */
	TREE_BACKREF		/* what group number holds; fold */
};

enum position {
	AT_START, AT_END, AT_END_OR_NEWLINE, AT_LINE_START, AT_LINE_END,
	AT_WORD_EDGE, NOT_AT_WORD_EDGE,
	KEEP_FROM_HERE		/* \K: the match is said to begin here */
};

enum how { GREEDY, LAZY, POSSESSIVE };

struct tree {
	enum tree_kind	 kind;
	bool		 fold;			/* ASCII case does not count */
	bool		 negative, behind;
	enum how	 how;
	enum position	 position;
	uint32_t	 number;		/* of a group */
	uint32_t	 min, max;		/* times */
	uint32_t	 shortest, longest;	/* bytes it can match */
	bool		 alone;			/* takes no quantifier */
	struct text	 text;
	struct str	 kept;			/* text in the program */
	struct byteset	 set;
	struct tree	*first, *last;		/* children */
	struct tree	*next, *prev;		/* siblings */
};

struct group_name {
	struct group_name *next;
	struct str	 name;
	uint32_t	 number;
};

struct pattern {
	struct tree	*root;
	uint32_t	 n_groups;	/* $0 not counted */
	struct group_name *names;	/* newest first */
	bool		 has_backrefs;
};

/* A reference to a group that may stand further right. */
struct reference {
	struct reference *next;
	struct tree	*tree;
	struct str	 name;			/* or STR_NONE: tree->number */
	size_t		 offset;
};

struct parser {
	struct arena	*arena;
	struct str	 in;
	size_t		 i;		/* the next byte to read */
	unsigned	 flags;		/* REGEX_*, as in force at i */
	bool		 quoted;	/* between \Q and \E */
	unsigned	 depth;		/* of parentheses */
	unsigned	 n_looks;	/* lookarounds among them */
	struct pattern	*pattern;
	struct reference *references;
	struct regex_error *error;	/* message is NULL until it fails */
};

/* Read the pattern; false with *error filled when it is impossible. */
bool		 regex_parse(struct arena *a, struct str in, unsigned flags,
		    struct pattern *pattern, struct regex_error *error);

/*
 * For regex_parse.c, regex_atom.c and regex_tree.c among themselves.
 */

/* Note the first error; always NULL, for "return parser_fails(...)". */
struct tree	*parser_fails(struct parser *p, size_t offset,
		    const char *message);
/* Is there a next byte, and is it c? */
bool		 parser_sees(const struct parser *p, char c);
/* Do the next bytes begin with z? */
bool		 parser_sees_all(const struct parser *p, const char *z);
/* A name up to the byte end, which is read too; false when it failed. */
bool		 parser_name(struct parser *p, char end, struct str *name);

struct tree	*tree_new(struct parser *p, enum tree_kind kind);
struct tree	*tree_byte(struct parser *p, unsigned char c);
struct tree	*tree_set(struct parser *p, const struct byteset *set);
struct tree	*tree_position(struct parser *p, enum position position);
/* Add child as the last one; the lengths follow.  Two literals next to each
 * other in a sequence become one. */
void		 tree_add(struct tree *t, struct tree *child);
/* A tree with one child; NULL when child is. */
struct tree	*tree_around(struct parser *p, enum tree_kind kind,
		    struct tree *child);
/* Does it match one byte, always? */
bool		 tree_is_byte(const struct tree *t);
/* item, min to max times. */
struct tree	*tree_repeat(struct parser *p, struct tree *item, uint32_t min,
		    uint32_t max, enum how how);

/* What begins with a backslash, which is the next byte.  NULL: it failed. */
struct tree	*atom_escape(struct parser *p);
/* A reference to the group whose name is next and ends at end.  offset is where
 * it all began.  NULL: it failed. */
struct tree	*atom_named_reference(struct parser *p, size_t offset,
		    char end);
/* [...], whose bracket is the next byte.  NULL: it failed. */
struct tree	*atom_class(struct parser *p);

#endif
