/*
 * foreign.h - directives that others know: all of Apache's, and those of some
 * widespread modules.
 *
 * So that a real directive that is not built in is told from a misspelt one.
 */
#ifndef CONF_FOREIGN_H
#define CONF_FOREIGN_H

#include "base/str.h"

/* Hints for a name that no row has, sections as "<Proxy>": which module's of
 * Apache it is, or what its beginning looks like; NULL when nothing. */
const char	*foreign_apache(struct arena *a, struct str name);
const char	*foreign_family(struct arena *a, struct str name);

#endif
