/*
 * text.h - growing strings.
 *
 * A struct text grows in an arena.  Start with { .arena = a }; read .at and .n
 * at any time: the bytes move when it grows.  Never NUL-terminated except by
 * text_z().
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct text {
	struct arena	*arena;
	char		*at;
	size_t		 n, room;
};

void		 text_add(struct text *t, struct str s);
void		 text_addz(struct text *t, const char *z);
void		 text_addc(struct text *t, char c);
void		 text_addn(struct text *t, uint64_t number);
void		 text_addf(struct text *t, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));
void		 text_vaddf(struct text *t, const char *fmt, va_list ap);
/* Room for n more bytes at the end; the caller writes there, then adds to n. */
char		*text_room(struct text *t, size_t n);
struct str	 text_str(const struct text *t);
char		*text_z(struct text *t);

/* Escaped additions.  Path: unreserved, sub-delims, ":", "@" and "/" stay as
 * they are, so that the result is a URL path.  Log: as Apache writes values in
 * its access log (\" \\ \n \t \xhh).  Json: UTF-8 kept, invalid bytes as
 * \u00NN, always valid JSON.  Html: & < > " '. */
void		 text_add_url_path(struct text *t, struct str s);
void		 text_add_url_part(struct text *t, struct str s); /* + no "/" */
void		 text_add_html(struct text *t, struct str s);
void		 text_add_log(struct text *t, struct str s);
void		 text_add_json(struct text *t, struct str s);

#endif
