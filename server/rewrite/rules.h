/*
 * rules.h - RewriteRule and its kin, as they are read (mod_rewrite).
 *
 * What a rule does when a request meets it stands in apply.h.
 */
#ifndef REWRITE_RULES_H
#define REWRITE_RULES_H

#include "serve/core.h"

enum {
	RULE_NEGATED		= 1 << 0,	/* !pattern */
	RULE_NO_CHANGE		= 1 << 1,	/* "-", or only a status */
	RULE_ESCAPE		= 1 << 2,	/* B, BCTLS */
	RULE_ESCAPE_CONTROLS	= 1 << 3,	/* BCTLS */
	RULE_NO_PLUS		= 1 << 4,	/* BNP */
	RULE_CHAIN		= 1 << 5,	/* C */
	RULE_DISCARD_PATH	= 1 << 6,	/* DPI */
	RULE_END		= 1 << 7,
	RULE_LAST		= 1 << 8,	/* L */
	RULE_AGAIN		= 1 << 9,	/* N */
	RULE_NOCASE		= 1 << 10,	/* NC */
	RULE_NO_ESCAPE		= 1 << 11,	/* NE */
	RULE_NO_LOOKUP		= 1 << 12,	/* NS */
	RULE_PROXY		= 1 << 13,	/* P */
	RULE_PASS		= 1 << 14,	/* PT */
	RULE_QUERY_APPEND	= 1 << 15,	/* QSA */
	RULE_QUERY_DISCARD	= 1 << 16,	/* QSD */
	RULE_QUERY_LAST		= 1 << 17,	/* QSL */
	RULE_QUERY_NONE		= 1 << 18,	/* the result has none */
	RULE_REDIRECT		= 1 << 19,	/* R */
	RULE_STATUS		= 1 << 20,	/* F, G, R=404 */
	RULE_ALLOW_3F		= 1 << 21,	/* UnsafeAllow3F */
	RULE_ANY_PREFIX		= 1 << 22,	/* UnsafePrefixStat */
	RULE_UNC		= 1 << 23,
};

enum {
	REWRITE_INHERIT		= 1 << 0,
	REWRITE_INHERIT_BEFORE	= 1 << 1,
	REWRITE_DOWN		= 1 << 2,
	REWRITE_DOWN_BEFORE	= 1 << 3,
	REWRITE_IGNORE_INHERIT	= 1 << 4,
	REWRITE_NO_SLASH	= 1 << 5,	/* AllowNoSlash */
	REWRITE_ANY_URI		= 1 << 6,	/* AllowAnyURI */
	REWRITE_MERGE_BASE	= 1 << 7,
	REWRITE_IGNORE_CONTEXT	= 1 << 8,	/* IgnoreContextInfo */
	REWRITE_LEGACY_PREFIX	= 1 << 9,	/* LegacyPrefixDocRoot */

};

struct expr;

/* A RewriteCond. */
struct rewrite_cond {
	struct spot	 at;
	enum cond_kind {
		COND_REGEX, COND_EXPR, COND_FILE, COND_SIZE, COND_LINK,
		COND_DIRECTORY, COND_EXECUTABLE, COND_URL, COND_LOOKUP_FILE,
		COND_LESS, COND_LESS_EQUAL, COND_EQUAL, COND_GREATER,
		COND_GREATER_EQUAL,
		COND_NUMBER_LESS, COND_NUMBER_LESS_EQUAL, COND_NUMBER_EQUAL,
		COND_NUMBER_GREATER, COND_NUMBER_GREATER_EQUAL,
	} kind;
	struct str	 input;		/* to be expanded */
	struct str	 pattern;	/* without ! and operator */
	struct regex	*regex;
	struct expr	*expr;
	bool		 negated, nocase, or_next, no_vary;
};

/* A RewriteRule. */
struct rewrite_rule {
	struct spot	 at;
	unsigned	 flags;		/* RULE_... */
	struct str	 pattern;	/* without ! */
	struct regex	*regex;
	struct str	 output;	/* to be expanded */
	size_t		 literal_n;	/* bytes of it before what varies */
	struct vec	 conds;		/* struct rewrite_cond * */
	struct vec	 env, cookies;	/* struct str *, to be expanded */
	struct str	 type, handler;	/* T, H: to be expanded, or STR_NONE */
	struct str	 escapes;	/* B=: these only; or STR_NONE */
	struct str	 keeps;		/* BNE=: never these */
	int		 status;	/* R, F, G */
	unsigned	 skip;		/* S */
	unsigned	 rounds;	/* N: at most so many */
};

/* The module's settings of one scope. */
struct rewrite_conf {
	enum flag	 engine;
	/* Of sections and .htaccess files; a server has none. */
	const char	*directory;	/* its path, "/" at the end */
	const char	*base;		/* RewriteBase */
	/* Of servers: */
	const struct vhost *server;
	struct hash	*maps;		/* name -> struct rewrite_map */
	/* Of both: */
	unsigned	 options;	/* REWRITE_... */
	bool		 options_given;
	struct vec	 rules;		/* struct rewrite_rule * */
	struct vec	 waiting;	/* conditions of the next rule */
};

/* Setters of the rows; their conf is a struct rewrite_conf. */
const char	*rewrite_read_engine(struct setting *s);
const char	*rewrite_read_base(struct setting *s);
const char	*rewrite_read_options(struct setting *s);
const char	*rewrite_read_cond(struct setting *s);
const char	*rewrite_read_rule(struct setting *s);
/* Remember whose settings these are; every setter does. */
void		 rewrite_place(struct setting *s);

/* After the derived merge: rules, options and the rest. */
void		 rewrite_merge(struct arena *a, const void *outer,
		    const void *inner, void *result);

#endif
