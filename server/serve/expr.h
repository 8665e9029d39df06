/*
 * expr.h - Apache's expressions: conditions and strings made of what is known
 * of a request.
 *
 *	%{HTTP_HOST} == 'example.com' && ! -R '10.0.0.0/8'	a condition
 *	https://%{HTTP_HOST}%{REQUEST_URI}			a string
 *
 * Understood as by Apache 2.4, letter by letter: == = != < <= > >= compare
 * strings; -eq eq -ne ne -lt lt -le le -gt gt -ge ge compare integers; =~ and
 * !~ take /regex/, m#regex# and a final i; -in and in take { word, ... };
 * -ipmatch -strmatch -strcmatch -fnmatch; -d -e -f -s -L -h -x -F -U -A -n -z
 * -T -R; ! not && and || or ( ); true false; words joined by "."; 'strings' and
 * "strings" with %{VARIABLE}, %{function:argument}, $0 to $9 and backslashes.
 * Names of variables and functions have no letter case, those of operators
 * like -f have.
 */
#ifndef SERVE_EXPR_H
#define SERVE_EXPR_H

#include "conf/setting.h"
#include "serve/request.h"

struct expr;

enum expr_kind {
	EXPR_CONDITION,		/* is true or false */
	EXPR_STRING,		/* a text with %{...} in it */
};

/* How deep parentheses, negations and arguments may stand in each other. */
enum { EXPR_DEPTH_MAX = 100 };

struct expr_error {
	const char	*message;	/* "the variable FOO does not exist" */
	size_t		 offset;	/* the byte of the text it is at */
};

/*
 * Read text, which is copied.  NULL with *e filled when it is no expression.
 * Variables, functions and operators are looked up and regular expressions
 * compiled now, so that a request meets no surprise.
 */
struct expr	*expr_parse(struct arena *a, struct str text,
		    enum expr_kind kind, struct expr_error *e);
/*
 * The same for argument arg of a directive, from byte skip of it on ("expr=").
 * NULL, or the end of a sentence that begins with the directive's name.
 */
const char	*read_expr(struct setting *s, int arg, size_t skip,
		    enum expr_kind kind, struct expr **out);

/* The text that $0 to $9 stand for: what the last regular expression with
 * groups matched.  Start with zeroes, or with what another match left. */
struct expr_captures {
	struct str	group[10];
};

/* Who evaluates, and how: flags of expr_true(). */
enum {
	EXPR_NO_VARY	= 1,	/* do not tell caches which fields mattered */
};

/*
 * Is the condition true for r?  1, 0, or -1 when it cannot be said (a file
 * cannot be read, a pattern takes too long, too many look-ups): logged, and the
 * caller must choose what is safe.  c may be NULL; it receives the captures of
 * the last match.  What was read from the request's fields is added to Vary.
 */
int		 expr_true(const struct expr *e, struct request *r,
		    struct expr_captures *c, unsigned flags);
/* The text for r, in r's arena; STR_NONE when it cannot be said (logged). */
struct str	 expr_string(const struct expr *e, struct request *r,
		    struct expr_captures *c);

/* The whole string when nothing of it depends on a request; else STR_NONE. */
struct str	 expr_constant(const struct expr *e);
/* A variable in it that is still empty when conditions of <If> are decided
 * (REMOTE_USER), or NULL. */
const char	*expr_too_late(const struct expr *e);

#endif
