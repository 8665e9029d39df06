/*
 * charset.h - the charset of a media type.
 */
#ifndef SERVE_CHARSET_H
#define SERVE_CHARSET_H

#include "serve/request.h"

/* type with this charset in place of its own; NULL: type itself. */
struct str	 charset_put(struct arena *a, struct str type,
		    const char *charset);
/* AddDefaultCharset is for plain text and HTML without a charset, whoever
 * wrote it. */
void		 charset_default(struct request *r);

#endif
