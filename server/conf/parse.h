/*
 * parse.h - from configuration text to a tree of nodes.
 *
 * The language's own words are settled here and never reach a directive:
 * continuation lines, comments, quotes and ${VAR} (lex.h), Define, Include,
 * LoadModule, <IfModule> and their like (language.h), ServerRoot's effect on
 * paths.  Every error is added to the reading's diagnosis and reading goes on.
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include "conf/directive.h"
#include "conf/variables.h"

/* Files that include each other, as in Apache; sections in each other. */
enum { INCLUDE_DEPTH_MAX = 128, SECTION_DEPTH_MAX = 100 };

/* A file that was read, in order, for DUMP_INCLUDES. */
struct included {
	const char	*file;
	unsigned	 line;		/* of the Include; 0 for the first */
	unsigned	 depth;
};

/*
 * Read a file and all it includes.  The nodes of the list returned live in
 * reading_texts(), with the text; only the words that they name, and the names
 * of files, live in reading->arena.  NULL for an empty or unreadable file
 * (diagnosed).  reading->server_root may be changed by a ServerRoot directive
 * on the way (which is also kept as a node).
 */
struct node	*parse_file(struct reading *r, const char *path);
/* Parse text that came from elsewhere, which is copied; name stands for the
 * file name ("-C"). */
struct node	*parse_text(struct reading *r, const char *name,
		    struct str text);
/* Files read so far: struct included items. */
const struct vec *parse_included(const struct reading *r);
/* Module names given to LoadModule that are not built in: const char *. */
const struct vec *parse_unknown_modules(const struct reading *r);

/* ---- For setters of AT_ONCE rows: their conf is the parser --------------- */

struct parser;

/* Read the file at this point of the text; at is where it is asked for. */
void	parser_include(struct parser *p, const char *path,
	    const struct spot *at);
/* Do not read the lines of the section being opened, but call done() with all
 * of them, as written, when it is closed. */
void	parser_take_lines(struct parser *p, void (*done)(struct reading *r,
	    void *arg, struct str text), void *arg);
/* Read text, which file stands for, at this point. */
void	parser_insert(struct parser *p, const char *file, struct str text);
/* Whether the lines of the section being opened are read; if this is not
 * called, they are not. */
void	parser_condition(struct parser *p, bool holds);

#endif
