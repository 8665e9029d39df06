/*
 * expr_tree.h - an expression as it was understood.  Private to expr*.c.
 */
#ifndef SERVE_EXPR_TREE_H
#define SERVE_EXPR_TREE_H

#include "base/regex.h"
#include "base/subnet.h"
#include "serve/expr.h"
#include "serve/vars.h"

struct evaluation;

/* A function: its argument and what comes of it; STR_NONE: it failed, and has
 * said why. */
struct expr_function {
	const char	*name;
	struct str	(*call)(struct evaluation *v, struct str arg);
};

/* -x WORD, and WORD -name WORD.  A name of NULL ends a table. */
struct expr_unary {
	char		 letter;
	int		(*holds)(struct evaluation *v, struct str arg);
};

struct expr_binary {
	const char	*name;
	int		(*holds)(struct evaluation *v, struct str left,
			    struct str right);
};

enum node_kind {
	/* Conditions */
	NODE_CONSTANT,		/* number: 0 or 1 */
	NODE_NOT,		/* left */
	NODE_AND, NODE_OR,	/* list */
	NODE_COMPARE, NODE_COMPARE_NUMBERS,	/* left, right, relation */
	NODE_MATCH,		/* left, regex; number: 1 for !~ */
	NODE_IN,		/* left, list */
	NODE_NETWORK,		/* left (NULL: the client), subnet */
	NODE_UNARY,		/* left */
	NODE_BINARY,		/* left, right */
	/* Words */
	NODE_TEXT,		/* text */
	NODE_JOIN,		/* list */
	NODE_VARIABLE,
	NODE_CAPTURE,		/* number */
	NODE_CALL,		/* left */
};

struct expr_node {
	enum node_kind		 kind;
	enum { EQ, NE, LT, LE, GT, GE } relation;
	unsigned		 number;
	struct str		 text;
	const struct expr_node	*left, *right;
	struct vec		 list;	/* of nodes */
	union {
		struct regex		*regex;
		struct subnet		*subnet;
		const struct var	*variable;
		const struct expr_function *function;
		const struct expr_unary	*unary;
		const struct expr_binary *binary;
	};
};

struct expr {
	enum expr_kind		 kind;
	const struct expr_node	*top;
	struct str		 text;		/* as written */
	const char		*too_late;
};

/* One evaluation under way. */
struct evaluation {
	struct request		*r;
	const struct expr	*e;
	struct expr_captures	*captures;
	struct vec		 read_fields;	/* const char *: for Vary */
	struct str		 why;		/* it failed */
};

/* The evaluation fails; returns -1. */
int		 expr_fail(struct evaluation *v, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));
/* The answer depends on this field of the request. */
void		 expr_read_field(struct evaluation *v, struct str name);

/* expr_names.c: what the names mean. */
const struct expr_function *expr_function_named(struct str name);
const struct expr_unary *expr_unary_named(char letter);
const struct expr_binary *expr_binary_named(struct str name);

#endif
