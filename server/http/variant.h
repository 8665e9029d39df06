/*
 * variant.h - one of the forms in which something can be had, and how well a
 * client would take it.
 */
#ifndef HTTP_VARIANT_H
#define HTTP_VARIANT_H

#include "http/accept.h"

/* How a program counts whose type nobody tells. */
#define VARIANT_PROGRAM	"application/x-httpd-cgi"

struct variant {
	struct str	 name;		/* of a file, or a relative URL */
	struct str	 type;		/* lower case, without parameters */
	struct str	 charset, encoding, description; /* may be empty */
	struct vec	 languages;	/* struct str *, lower case */
	int		 level;		/* of its HTML */
	int		 source_quality; /* how good it is by itself: qs */
	int64_t		 bytes;		/* -1: not known */
	bool		 is_program;	/* its length is not the answer's */
	struct str	 body;		/* in place of a file; or STR_NONE */
	void		*found;		/* whoever lists it keeps this */

	/* Set by variant_weigh(). */
	int		 type_quality, language_quality, charset_quality,
			 encoding_quality;
	int		 language_rank;	/* among those that are preferred; -1 */
	int		 level_matched;
	bool		 indefinite;	/* the client did not name it */
};

/* What a client said, and what the administrator would rather give. */
struct wishes {
	bool		 has_charsets, has_encodings, has_languages;
	struct vec	 types, charsets, encodings, languages; /* entries */
	bool		 types_have_q;	/* one at least below 1 */
	bool		 literal;	/* the client means what it says */
	bool		 transparent;
	int		 no_language;	/* quality of what has none */
	const struct vec *priority;	/* LanguagePriority: const char * */
	bool		 prefer;	/* it decides between equals, ... */
	bool		 fallback;	/* ... and where nothing would do */
};

/* A variant about which nothing is known but its name. */
struct variant	*variant_new(struct arena *a, struct str name);
/* "en,fr", or "" */
struct str	 variant_languages(struct arena *a, const struct variant *v);
bool		 variant_has_language(const struct variant *v,
		    struct str language);
/* Languages in a list, by commas, semicolons or blanks. */
void		 variant_add_languages(struct arena *a, struct variant *v,
		    struct str list);
/* By an entry of Accept or a Content-Type: type, level, charset and qs. */
void		 variant_set_type(struct variant *v,
		    const struct accept_entry *e);
/* Put Apache's meaning of the fields into v's qualities.  preferred: languages
 * were looked at already, and this is the one. */
void		 variant_weigh(struct variant *v, const struct wishes *w,
		    bool preferred);
/* HTML of any kind. */
bool		 variant_is_html(const struct variant *v);

#endif
