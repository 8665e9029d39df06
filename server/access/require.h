/*
 * require.h - what may stand behind Require: one kind of rule each.
 */
#ifndef ACCESS_REQUIRE_H
#define ACCESS_REQUIRE_H

#include "conf/setting.h"
#include "serve/request.h"

enum verdict {
	VERDICT_NEUTRAL,	/* says nothing */
	VERDICT_GRANTED,
	VERDICT_DENIED,
	VERDICT_NO_USER,	/* denied, unless somebody logs in */
	VERDICT_PENDING,	/* not known yet: request_wake() will come */
	VERDICT_BROKEN,		/* cannot be known: logged */
};

struct require_kind;
struct expr;

/* A rule as it was read. */
struct require {
	const struct require_kind *kind;
	struct vec	 words;		/* the kind's own */
	uint64_t	 methods;	/* METHOD_BITs */
	const struct expr *expr;
	const struct scope *scope;	/* of an alias; or NULL */
};

/* Read the rule whose kind is argument arg; NULL, or the end of a sentence. */
const char	*require_read(struct setting *s, int arg,
		    struct require *out);
/* Let name mean this rule, in the configuration being read. */
const char	*require_alias(struct setting *s, const char *name,
		    const struct require *rule);

enum verdict	 require_judge(struct request *r, const struct require *rule);

#endif
