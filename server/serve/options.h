/*
 * options.h - words that add up to bits: Options and FileETag.
 */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include "serve/core.h"

/* Setters of the rows. */
const char	*options_set(struct setting *s);
const char	*options_set_etag(struct setting *s);

/* The OPTION_... bits of a word ("Indexes", any letter case); false: there is
 * no such option. */
bool		 options_named(struct str word, unsigned *bits);
/* The nearest of the words of Options, or NULL. */
const char	*options_near(struct str word);
/* inner on top of outer. */
void		 options_merge(const struct options *outer,
		    const struct options *inner, struct options *result);

#endif
