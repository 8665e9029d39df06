/*
 * kin.h - files of one directory that are answered alike.
 *
 * Whoever wants to know of each file in a directory what asking for it would
 * come to asks here.  Two regular files are of one kind when the same sections
 * cover them, none of which is more than a cover, no condition is among what
 * covers them, and every module says that its hooks go by nothing in which
 * their names differ (module.h).  The first of a kind is looked up as a
 * request; so it is found out whether it is where the directory's files are,
 * and may be had.  The others are as it is, but for their state.
 *
 * Everything else is looked up each time: links, directories, what is refused,
 * names that are unusual in an address, and all where anybody cannot tell.
 */
#ifndef SERVE_KIN_H
#define SERVE_KIN_H

#include "serve/request.h"

struct kin;

struct kin_look {
	const struct request *looked;	/* that file, or one of its kind */
	struct str	 filename;	/* its own; z-terminated */
	void		**about;	/* the caller's, of the kind; NULL: the
					 * file was looked up alone */
};

/* For the files in the directory that r, whose path ends in a slash, is about.
 * Lives in r's arena. */
struct kin	*kin_begin(struct request *r);
/* The file called name; regular: it is one, and no link.  Valid until the next
 * call, and what is of a kind until r's arena ends. */
void		 kin_look_up(struct kin *k, struct str name, bool regular,
		    struct kin_look *look);
/* It ends sooner. */
void		 kin_end(struct kin *k);

/* For modules whose hooks do not care for the name of a file that is there. */
enum kinship	 kin_all(const struct kin_question *q);

#endif
