/*
 * conf.h - what mod_autoindex's directives say; zero means unset.
 */
#ifndef LISTING_CONF_H
#define LISTING_CONF_H

#include "conf/setting.h"
#include "serve/options.h"

/* What a pattern is compared with. */
enum listing_by { BY_PATH, BY_TYPE, BY_ENCODING };

/* A line of AddIcon, AddAlt, AddDescription: what is said of which files. */
struct listing_note {
	enum listing_by	 by;
	const char	*pattern;
	struct str	 ends;		/* all that it asks of the end of a
					 * path; or STR_NONE */
	const char	*text;
};

struct listing_conf {
	struct vec	 ignore;	/* IndexIgnore: const char * */
	enum flag	 ignore_reset;
	struct options	 flags;		/* LISTING_... */
	struct number	 name_width, description_width;
	struct number	 icon_width, icon_height;
	const char	*charset, *type;
	struct number	 order;		/* key << 8 | order */
	const char	*style_sheet, *head_insert, *header, *readme;
	const char	*default_icon;
	struct vec	 icons, alts, descriptions;	/* listing_note * */
};

#endif
