/*
 * listing.h - how a list of files looks, in the three shapes that programs
 * which read such lists know: a plain list, columns, a table.
 *
 * It only writes: what is listed, and who may see it, is decided elsewhere.
 */
#ifndef LISTING_LISTING_H
#define LISTING_LISTING_H

#include <time.h>

#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

enum {
	LISTING_FANCY		= 1 << 0,
	LISTING_TABLE		= 1 << 1,
	LISTING_FOLDERS_FIRST	= 1 << 2,
	LISTING_ICONS_ARE_LINKS	= 1 << 3,
	LISTING_IGNORE_CASE	= 1 << 4,
	LISTING_IGNORE_CLIENT	= 1 << 5,
	LISTING_SCAN_TITLES	= 1 << 6,
	LISTING_SHOW_FORBIDDEN	= 1 << 7,
	LISTING_NO_SORTING	= 1 << 8,
	LISTING_NO_DESCRIPTION	= 1 << 9,
	LISTING_NO_PREAMBLE	= 1 << 10,
	LISTING_NO_ICON		= 1 << 11,
	LISTING_NO_DATE		= 1 << 12,
	LISTING_NO_RULES	= 1 << 13,
	LISTING_NO_SIZE		= 1 << 14,
	LISTING_TRACK_MODIFIED	= 1 << 15,
	LISTING_OLD_DATES	= 1 << 16,
	LISTING_VERSIONS	= 1 << 17,
	LISTING_XHTML		= 1 << 18,
};

struct listing_item {
	struct str	 name;		/* with its slash */
	struct str	 url;
	struct str	 description;	/* HTML */
	const char	*icon, *alt;	/* NULL: none */
	struct timespec	 modified;
	int64_t		 size;		/* -1: a directory */
	bool		 directory, parent;
};

enum {
	LISTING_WIDTH_AUTO		= -1,	/* as the longest wants it */
	LISTING_NAME_WIDTH		= 23,	/* usual, as in Apache */
	LISTING_DESCRIPTION_WIDTH	= 23
};

struct listing {
	unsigned	 flags;
	int		 name_width, description_width;	/* bytes; or AUTO */
	int		 icon_width, icon_height;	/* 0: not told */
	const char	*blank_icon;	/* above the icons; or NULL */
	bool		 styled;	/* a style sheet looks after it */
	char		 key, order;	/* NMSD, AD: sorted by */
	struct str	 arguments;	/* ";F=1", for links to other orders */
	struct vec	 items;		/* struct listing_item * */
};

/* Put the items in order. */
void	listing_sort(struct listing *l);
/* Append the list. */
void	listing_write(struct text *t, const struct listing *l);
/* The usual description_width: with the room of the columns left out. */
int	listing_description_width(const struct listing *l);
/* "2.9M", four bytes; "  - " for less than nothing. */
void	listing_size(int64_t size, char out[5]);
/* <0, 0, >0: numbers in names count as numbers. */
int	listing_compare_versions(struct str a, struct str b, bool nocase);

#endif
