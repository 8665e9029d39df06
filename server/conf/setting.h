/*
 * setting.h - what a setter works with: reading one argument, and saying what
 * is wrong with it.
 *
 * Every reader returns NULL, or the end of a sentence that begins with the
 * directive's name ("must be from 1 to 65535, not \"70000\""); it then has left
 * in the setting which argument is meant, and perhaps a hint.
 */
#ifndef CONF_SETTING_H
#define CONF_SETTING_H

#include "conf/module.h"

/* Read the arguments by the rule of the row's slot into the field. */
const char *setting_read_slot(struct setting *s);

const char *read_flag(struct setting *s, int arg, enum flag *out);
const char *read_number(struct setting *s, int arg, int64_t lo, int64_t hi,
	    int64_t *out);
/* A duration from 0 to 2^31 - 1 seconds; a bare number counts in unit_ms. */
const char *read_duration(struct setting *s, int arg, int64_t unit_ms,
	    int64_t *ms);
/* A number of bytes, perhaps with K, M or G (1024 each). */
const char *read_bytes(struct setting *s, int arg, int64_t lo, int64_t hi,
	    int64_t *out);
/* The index in words (a list that ends in NULL), any letter case. */
const char *read_word(struct setting *s, int arg, const char *const *words,
	    int64_t *out);
/* path_below_root() of the argument; never NULL. */
char	*read_path(struct setting *s, int arg);
/* What a log goes to: a program behind a bar that can be run, as it stands, or
 * else a path as by read_path(). */
const char *read_log_target(struct setting *s, int arg, const char **out);
/* A regular expression, compiled into the arena; see base/regex.h.  *out stays
 * NULL on error. */
struct regex;
const char *read_regex(struct setting *s, int arg, unsigned flags,
	    struct regex **out);

/* A sentence end made with printf, in the arena. */
const char *setting_error(struct setting *s, int arg, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* A finding that is no error, at argument arg (-1: the name); the text is a
 * sentence end as well. */
void	setting_warn(struct setting *s, int arg, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Where argument arg stands (-1: the name); offset as setting->wrong_offset. */
struct spot setting_spot(const struct setting *s, int arg, size_t offset);

/* path made absolute below reading->server_root, without . .. // and trailing
 * slash; symbolic links are not looked at. */
char	*path_below_root(struct reading *r, const char *path);

#endif
