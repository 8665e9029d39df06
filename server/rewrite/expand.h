/*
 * expand.h - what stands for something else in a rule: $1, %1, %{NAME}
 * and ${map:key|default}.
 */
#ifndef REWRITE_EXPAND_H
#define REWRITE_EXPAND_H

#include "rewrite/run.h"

/*
 * template with all of it replaced.  rule: whose groups are escaped, or NULL.
 * *unsafe, if not NULL, is set when the first "?" of the result came from
 * outside of the template.  May set run->waits or run->failed.
 */
struct str	 rewrite_expand(struct rewrite_run *run, struct str template,
		    const struct rewrite_rule *rule, bool *unsafe);

/* A lookup may be made for r: not by one for itself. */
bool		 rewrite_may_look(const struct request *r);
/* What a lookup found has to wait for something: then so must the walk. */
void		 rewrite_looked(struct rewrite_run *run,
		    const struct request *looked);

#endif
