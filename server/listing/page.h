/*
 * page.h - the page that lists a directory.
 */
#ifndef LISTING_PAGE_H
#define LISTING_PAGE_H

#include "base/str.h"
#include "listing/conf.h"

struct request;

/* The page for r, which asks for a directory, as its query string wants it and
 * c allows; in r's arena, or kept from a moment ago.  STR_NONE with errno when
 * the directory cannot be read. */
struct str	 page_make(struct request *r, const struct listing_conf *c);
/* The LISTING_... of IndexOptions. */
unsigned	 page_flags(const struct listing_conf *c);

#endif
