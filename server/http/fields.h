/*
 * fields.h - an ordered list of fields, of a request, a response, a trailer
 * section or a script's head.
 *
 * Names and values are slices that live elsewhere (usually in the buffer they
 * were read into); only the list itself is in the arena.  Names compare without
 * case.  Each entry keeps a key made of its name's length, first and last byte,
 * so that looking through a dozen fields costs a dozen integer comparisons.
 *
 * RFC 9110, section 5.
 */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/text.h"

struct arena;
struct text;

struct field {
	struct str	name, value;	/* value.at is never NULL */
	uint32_t	key;
};

/* Read .at[0 .. n-1] directly; change it only through the functions below. */
struct fields {
	struct arena	*arena;
	struct field	*at;
	size_t		 n, room;
};

/* The key of a name with these first and last bytes, in lower case. */
#define FIELD_KEY(length, first, last) \
	((uint32_t)(length) << 16 | (uint32_t)((first) | 0x20) << 8 | \
	 (uint32_t)((last) | 0x20))

/* Empty; the list grows in a. */
void		 fields_init(struct fields *f, struct arena *a);
/* Append.  The bytes are not copied. */
void		 fields_add(struct fields *f, struct str name,
		    struct str value);
/* Give the first field of this name the value and drop the others; append when
 * there is none. */
void		 fields_set(struct fields *f, struct str name,
		    struct str value);
/* Drop all fields of this name; how many there were. */
size_t		 fields_unset(struct fields *f, struct str name);
/* Append all of from. */
void		 fields_append(struct fields *f, const struct fields *from);

/* The value of the first field of this name; STR_NONE when there is none (an
 * empty value has .at set). */
struct str	 fields_get(const struct fields *f, struct str name);
bool		 fields_has(const struct fields *f, struct str name);
/* The index of the first field of this name at or after index from; f->n when
 * there is none.  for (i = fields_find(f, name, 0); i < f->n;
 * i = fields_find(f, name, i + 1)) */
size_t		 fields_find(const struct fields *f, struct str name,
		    size_t from);
size_t		 fields_count(const struct fields *f, struct str name);
/* All values of one name joined by ", "; STR_NONE when there is none.  A single
 * value is returned as it stands.  RFC 9110, 5.3. */
struct str	 fields_join(struct arena *a, const struct fields *f,
		    struct str name);
/* token is an element, without case, of the comma-separated list that all
 * fields of this name make together. */
bool		 fields_has_token(const struct fields *f, struct str name,
		    struct str token);

/* Append "Name: value\r\n" for every field.  Control bytes other than the tab
 * become spaces, so that no value can end its line. */
void		 fields_write(const struct fields *f, struct text *t);

/* The n bytes at from have moved to another place: let the names and values
 * that lie in them follow. */
void		 fields_rebase(struct fields *f, const char *from, size_t n,
		    const char *to);
/* The same for a single slice. */
void		 field_rebase(struct str *s, const char *from, size_t n,
		    const char *to);

/* The grammar of a line, shared by request heads, trailers and CGI. */

/* Bytes at the start of p[0..n) that are token characters. */
size_t		 field_name_span(const char *p, size_t n);
/* Bytes at the start of p[0..n) that may stand in a field value: tab, 0x20 to
 * 0x7e, and 0x80 up.  RFC 9110, 5.5. */
size_t		 field_value_span(const char *p, size_t n);
/* Split a line (without its line end) at its colon and trim the value.  NULL
 * when all is well; else why not ("a field name is empty").  With unsafe, all
 * bytes but NUL, CR and LF may stand in the value.  RFC 9112, 5.1. */
const char	*field_line_parse(struct str line, bool unsafe,
		    struct str *name, struct str *value);

#endif
