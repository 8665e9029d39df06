/*
 * limit.h - <Limit> and <LimitExcept>: settings for some methods only.
 *
 * They are no scopes of their own: what stands in them is read where they
 * stand, and the place says for which methods.  Rules about access obey that;
 * all else counts for every method, as in Apache.
 */
#ifndef SERVE_LIMIT_H
#define SERVE_LIMIT_H

#include "serve/request.h"

/* The setter of the sections' rows. */
const char	*limit_open(struct setting *s);
/* What stands in l (setting->place->limit; NULL: in no such section) counts for
 * this request.  Who may GET may HEAD. */
bool		 limit_covers(const struct limit *l, const struct request *r);

#endif
