/*
 * variables.h - the names behind ${NAME}: Define, -D and the environment.
 *
 * As in Apache, <IfDefine> looks at a name's exact letters, while ${NAME} finds
 * a defined value in any letter case, and the environment's only exactly.
 */
#ifndef CONF_VARIABLES_H
#define CONF_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct variables;

struct variables *variables_new(struct arena *a);
/* -D NAME, Define NAME [value].  Both strings are copied.  A NULL value makes
 * the name known and leaves the value it may have had. */
void		  variables_set(struct variables *v, const char *name,
		    const char *value);
void		  variables_unset(struct variables *v, const char *name);
/* The value by Define, else by the environment, else NULL. */
const char	 *variables_get(const struct variables *v, const char *name);
/* Defined by -D or Define (for <IfDefine>). */
bool		  variables_defined(const struct variables *v,
		    const char *name);
/* Visit the defined names: for DUMP_RUN_CFG.  *value may become NULL. */
bool		  variables_at(const struct variables *v, size_t i,
		    const char **name, const char **value);

#endif
