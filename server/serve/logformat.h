/*
 * logformat.h - formats of the access log, and the lines they make.
 *
 * Manual: mod_log_config.html, "Formats".
 */
#ifndef SERVE_LOGFORMAT_H
#define SERVE_LOGFORMAT_H

#include <stdbool.h>

#include "base/str.h"

struct arena;
struct logformat;
struct request;
struct text;

/* For %{name}n: append the value of what is no note of r, but goes by such a
 * name, too; false when there is none. */
typedef bool	 logformat_notes(struct text *t, const struct request *r,
		    struct str name);

/* Compile text into *out; NULL, or the end of a sentence. */
const char	*logformat_compile(struct arena *a, const char *text,
		    logformat_notes *more_notes, const struct logformat **out);
/* The line, newline included, for an exchange whose first request was first and
 * whose answer was made by last; in last's arena. */
struct str	 logformat_line(const struct logformat *f,
		    const struct request *first, const struct request *last);

#endif
