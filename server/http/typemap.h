/*
 * typemap.h - a type map: variants of one thing, written down in a file.
 *
 *	URI: page.html.fr
 *	Content-Type: text/html; charset=utf-8; qs=0.8
 *	Content-Language: fr
 *
 * Records are apart by empty lines, and are read as Apache reads them: lines
 * that begin with a blank go on, those that begin with # are comments, what
 * stands in parentheses is one, too.  A record may hold the variant itself,
 * behind "Body:" and a word, up to that word.  Names that are not known are
 * passed over.
 */
#ifndef HTTP_TYPEMAP_H
#define HTTP_TYPEMAP_H

#include "http/variant.h"

/* So many variants are enough for any map. */
enum { TYPEMAP_VARIANTS_MAX = 1000 };

enum typemap_result {
	TYPEMAP_WHOLE,
	TYPEMAP_CUT,	/* what stands before the mistake counts */
	TYPEMAP_BAD,	/* it is no type map */
};

/*
 * Read the map in bytes, which must stay, into variants (struct variant *).
 * name is the map's own, which a variant with a body has.  Unless it is whole,
 * *why is a sentence, and *line where it went wrong.
 */
enum typemap_result typemap_read(struct arena *a, struct str bytes,
		    struct str name, struct vec *variants, const char **why,
		    unsigned *line);

#endif
