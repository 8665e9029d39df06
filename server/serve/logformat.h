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
struct retold_line;
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
/* Leave that line in last's retold; NULL when it needs more than the answer,
 * its client and the time, which is written down there. */
struct retold_line *logformat_retell(const struct logformat *f,
		    const struct request *first, const struct request *last);
/* Append the line for another time that the answer is given. */
void		 logformat_again(struct text *t, const struct retold_line *l,
		    const struct request *moment);

#endif
