/*
 * condition.h - <If>, <ElseIf> and <Else>: settings that hold for some requests
 * only.
 *
 * The sections gather in the scope in which they stand and merge as scopes do,
 * the outer's first.  They are decided when all else is merged: once when only
 * the URL is known, for what maps it to a file, and anew when the file is.
 */
#ifndef SERVE_CONDITION_H
#define SERVE_CONDITION_H

#include "serve/request.h"
#include "serve/sections.h"

/* The setter of the sections' rows. */
const char	*condition_open(struct setting *s);
/*
 * Decide what gathered in r->scope and tell v of the sections that hold, in
 * order, each followed by those in it, and by the <Files> in it that are for
 * name (STR_NONE: there is no file yet).  PASS, or 500 when a condition cannot
 * be decided: an access rule may depend on it.
 */
int		 conditions_decide(struct request *r, struct str name,
		    struct section_visit *v);

#endif
