/*
 * run.h - one walk through a list of rules: what it has come to, what
 * it tells the log, and how it gives way to something slow.
 *
 * A walk that needs what is not there yet, a program's answer, ends with waits
 * set.  It is begun anew when the answer has come, and finds it remembered; so
 * nothing of a walk may be lasting before it is over.
 */
#ifndef REWRITE_RUN_H
#define REWRITE_RUN_H

#include <time.h>

#include "rewrite/rules.h"
#include "serve/request.h"

enum { REWRITE_GROUPS = 10 };

/* What a request and all that came of it know in common.  Look-ups may have an
 * arena of their own that ends before. */
struct rewrite_memory {
	struct arena	*arena;
	struct vec	 answers;	/* of programs: prg.c's */
};

struct rewrite_run {
	struct request	*r;
	struct request	*asked;		/* whose variables: r, or a lookup */
	const struct rewrite_conf *server;	/* of r's host: maps, options */
	const char	*directory;	/* NULL: rules of a server */
	const char	*base;		/* its RewriteBase, or NULL */
	struct rewrite_memory *memory;

	struct str	 filename;	/* the URL or name so far */
	struct str	 args;		/* the query; STR_NONE: none */
	struct str	 path_info;
	struct str	 uri;		/* what the rule at hand looks at */
	struct str	 rule_group[REWRITE_GROUPS];	/* $N */
	struct str	 cond_group[REWRITE_GROUPS];	/* %N */
	struct str	 vary_all;	/* fields that the answer depends on: */
	struct str	 vary;		/* those of the rule at hand, */
	struct str	 vary_rule;	/* and of what is being tested */
	struct str	 type, handler;	/* forced; or STR_NONE */
	struct vec	 cookies;	/* struct str *: NAME, Set-Cookie */
	int		 status;	/* to be answered */
	bool		 ends;		/* END */
	bool		 reduced;	/* was a URL of this very host */
	const struct spot *at;		/* of what is being applied; or NULL */
	const struct rewrite_rule *last;	/* that changed the name */
	uint64_t	 work;		/* bytes looked at */
	unsigned	 matches;
	clock_t		 began;		/* at one of the first: processor */
	int64_t		 began_us;	/* time, and time */

	bool		 waits;		/* begin anew when woken */
	bool		 failed;	/* answer 500: it was said why */
};

/* To the error log, as mod_rewrite: level 1..8 is trace1..trace8. */
void	rewrite_log(const struct rewrite_run *run, int level, const char *fmt,
	    ...) __attribute__((format(printf, 3, 4)));
/* Add field names (with commas) that are not yet in *all. */
void	rewrite_vary(const struct rewrite_run *run, struct str *all,
	    struct str names);
/* Match a pattern: 1, 0, and 0 with run->failed for one that gave up. */
int	rewrite_match(struct rewrite_run *run, const struct regex *regex,
	    const struct spot *at, struct str subject, struct str *group);

#endif
