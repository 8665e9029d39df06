/*
 * phrase.h - a directive's argument that may have %{...} in it.
 */
#ifndef ACCESS_PHRASE_H
#define ACCESS_PHRASE_H

#include "conf/setting.h"
#include "serve/request.h"

struct expr;

/* Zeroes: not given. */
struct phrase {
	const char	*is;		/* when it is always the same */
	const struct expr *expr;	/* when it depends on the request */
};

/* Read argument arg; NULL, or the end of a sentence. */
const char	*phrase_read(struct setting *s, int arg, struct phrase *out);
/* What it says for r; NULL when not given, or when it cannot be said (which is
 * logged). */
const char	*phrase_said(struct request *r, const struct phrase *p);

#endif
