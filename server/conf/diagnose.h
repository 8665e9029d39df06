/*
 * diagnose.h - what is wrong with a configuration, all of it, and where.
 *
 * Every reader of configuration adds to one struct diagnosis instead of
 * stopping at the first error.  It owns nothing but its arena's memory, and
 * copies what it is told: findings outlive the configuration they are about.
 * Printed form:
 *
 *   error: etc/httpd.conf:12:9: Timeout must be from 0 to 2147483 seconds, not
 *   "-5"
 *       12 | Timeout -5
 *          |         ^~
 *          = did you mean ...
 */
#ifndef CONF_DIAGNOSE_H
#define CONF_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

/* A place in a configuration text.  Lines and columns count from 1, columns in
 * bytes; column 0 means the whole line, line 0 the whole file.  n is the length
 * of what is meant. */
struct spot {
	const char	*file;		/* as opened; "-C" for command lines */
	unsigned	 line, column, n;
	struct str	 text;		/* the physical line, without its end */
};

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct diagnosis;

struct diagnosis *diagnosis_new(struct arena *a);
/* Add one finding.  hint may be NULL: "did you mean KeepAlive?".  The same
 * words about the same place count once: a file may be read many times. */
void	diagnose(struct diagnosis *d, enum severity s, const struct spot *at,
	    const char *hint, const char *fmt, ...)
	    __attribute__((format(printf, 5, 6)));
size_t	diagnosis_errors(const struct diagnosis *d);
size_t	diagnosis_warnings(const struct diagnosis *d);
/* Visit finding i: by file in order of first discovery, then by line and
 * column.  False when there are no more. */
bool	diagnosis_at(const struct diagnosis *d, size_t i, enum severity *s,
	    const struct spot **at, const char **message, const char **hint);
/* The printed form of finding i, several lines, ends in a newline. */
struct str diagnosis_print(const struct diagnosis *d, size_t i,
	    struct arena *a);
/* The one-line form for a log: "FILE:LINE:COLUMN: MESSAGE; HINT".  Bytes of the
 * text may be in it as they are: the log escapes them. */
struct str diagnosis_line(const struct diagnosis *d, size_t i,
	    struct arena *a);

/* The nearest of names[0..n-1] to what (edit distance at most a third of its
 * length, ASCII case does not count), or NULL. */
const char *nearest_name(struct str what, const char *const *names, size_t n);

#endif
