/*
 * directive.h - from nodes to settings: find the row, check where it stands,
 * count and read its arguments, and say precisely what is wrong.
 */
#ifndef CONF_DIRECTIVE_H
#define CONF_DIRECTIVE_H

#include "conf/setting.h"

/*
 * Apply a list of nodes to place; every error is diagnosed, none stops.  The
 * setter of a section applies the section's children itself, to a place of its
 * own; where it cannot be asked, or fails, they are checked all the same.
 */
void	directive_apply(struct reading *r, const struct place *place,
	    const struct node *nodes);

/* Check the place, count the arguments, call the setter, diagnose its error:
 * what directive_apply() does with a row that it found.  s->conf is the
 * caller's to choose.  True when all is well. */
bool	directive_run(struct setting *s);

/* How many arguments the row takes, as Apache says it: "takes one argument,
 * HELP". */
char	*directive_usage(struct arena *a, const struct directive *row);

#endif
