/*
 * override.h - what an .htaccess file may say: AllowOverride,
 * AllowOverrideList and AccessFileName.
 */
#ifndef SERVE_OVERRIDE_H
#define SERVE_OVERRIDE_H

#include "serve/core.h"

/* Setters of the rows. */
const char	*override_set_classes(struct setting *s);
const char	*override_set_names(struct setting *s);
const char	*override_set_files(struct setting *s);

/* All that a file may say at most. */
extern const struct override override_all;

/* What a file may say where s holds; false: it is not even looked for. */
bool		 override_of(const struct scope *s, struct override *o);
bool		 override_same(const struct override *a,
		    const struct override *b);
/* What the file may be called: const char *, in the order of asking. */
const struct vec *override_files(const struct scope *host);

#endif
