/*
 * lex.h - from text to logical lines, and from these to arguments.
 *
 * A backslash at the end of a line joins it with the next one; each argument
 * still knows the physical line it stands in.  Words are split at blanks unless
 * quoted with " or '; \\ is a backslash, and a backslash before the quote keeps
 * it; ${NAME} is replaced after the split, its value is not looked at again.
 */
#ifndef CONF_LEX_H
#define CONF_LEX_H

#include "conf/module.h"

/* Apache's limit for a logical line, in bytes. */
enum { LINE_MAX_BYTES = 16 << 20 };

/* A physical line's share of a logical one. */
struct line_part {
	size_t		 from;		/* its first byte in the logical line */
	unsigned	 number;
	struct str	 text;
};

struct line {
	struct str	 text;		/* joined, with all blanks */
	bool		 too_long;	/* text is cut */
	struct line_part first;
	struct line_part *more;		/* n_more continuation lines */
	size_t		 n_more;
	const char	*file;
};

/* What is left of a text. */
struct lines {
	struct arena	*arena;
	const char	*file;
	struct str	 rest;
	unsigned	 number;	/* of the line taken last; 0 at first */
};

/* Take the next logical line; false at the end of the text.  A byte order mark
 * at the very beginning is passed over.  CR before LF belongs to the end. */
bool		 lines_next(struct lines *l, struct line *line);
/* Where n bytes at byte from of the logical line stand; n is cut to the first
 * physical line they touch. */
struct spot	 line_spot(const struct line *line, size_t from, size_t n);

/* A blank between words. */
bool		 lex_is_blank(char c);

/* Reading the words of bytes at..end of a line. */
struct lexer {
	struct reading		*reading;
	struct arena		*arena;		/* for the words */
	const struct line	*line;
	size_t			 at, end;
	bool			 quoted;	/* the word taken last was */
	bool			 broken;	/* an error was diagnosed */
};

/* Go on to the next byte that is no blank. */
void		 lex_skip_blanks(struct lexer *x);
/* Take the next word; false when there is none.  An undefined ${NAME} is an
 * error, a missing closing quote a warning, as Apache takes it.  ${NAME} with a
 * colon in NAME stays as it is when undefined: rewrite maps look like that. */
bool		 lex_word(struct lexer *x, struct arg *word);
/* Take all that is left, without the blanks around it, quotes and all; only
 * ${NAME} is replaced.  False when nothing is left. */
bool		 lex_rest(struct lexer *x, struct arg *rest);
/* All that is left as written, without the blanks around it. */
struct str	 lex_raw(const struct lexer *x);

#endif
