/*
 * accept.h - what a client would rather have: Accept, Accept-Charset,
 * Accept-Encoding and Accept-Language.
 *
 * They are read as Apache reads them, forgiving everything: words between
 * blanks count like words between commas, parameters in any order, what is no
 * number is 1.  All words come out in lower case.  Qualities count in
 * ten-thousandths: three digits are what a client may say, the fourth is for
 * preferences that no client can express.
 *
 * RFC 9110, 12.4 and 12.5.
 */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include "base/str.h"
#include "base/vec.h"

struct arena;

enum { QUALITY_ONE = 10000 };

/* Of one field; what comes behind does not count. */
enum { ACCEPT_ENTRIES_MAX = 250 };

/* "text/html; level=2; q=0.5" */
struct accept_entry {
	struct str	name;		/* never NULL; may be empty */
	struct str	charset;	/* a parameter; may be empty */
	int		quality;	/* q, or qs: 0..QUALITY_ONE */
	int		level;		/* a parameter; of HTML 2 unless said */
};

/* Take one entry off the front of *rest; false at the end. */
bool		accept_entry(struct arena *a, struct str *rest,
		    struct accept_entry *e);
/* All entries of a field's value, as struct accept_entry *. */
struct vec	accept_read(struct arena *a, struct str value);
/*
 * Take a word off the front of *rest, up to a comma or semicolon outside
 * quotes, or to a blank unless blanks belong to it; blanks around it are
 * skipped.
 */
struct str	accept_word(struct str *rest, bool blanks);
/* "gzip" for "x-gzip". */
struct str	accept_coding(struct str coding);

#endif
