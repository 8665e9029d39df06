/*
 * cond.h - RewriteCond: does a rule that fits hold (mod_rewrite)?
 */
#ifndef REWRITE_COND_H
#define REWRITE_COND_H

#include "rewrite/run.h"

/* All conditions of rule hold.  %N and run->vary become what they found; false
 * when run->waits or run->failed. */
bool	rewrite_conds_hold(struct rewrite_run *run,
	    const struct rewrite_rule *rule);

#endif
