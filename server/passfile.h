/*
 * passfile.h - change one line of a file of users, and nothing else.
 *
 * The file is replaced in one step, so that the server never reads half of it;
 * mode and owner stay.  Where that is not possible, because its directory is
 * not ours, it is written over.  Two programs that change it wait for each
 * other.
 */
#ifndef PASSFILE_H
#define PASSFILE_H

#include "base/str.h"

struct passfile;

/*
 * Open for changes, with all of its text; create makes an empty one, whatever
 * was there.  NULL with errno.  What is created is readable for all, as far as
 * the umask lets it.
 */
struct passfile	*passfile_open(struct arena *a, const char *path,
		    bool create);
struct str	 passfile_text(const struct passfile *f);
/* Give it this text.  0, or -1 with errno: then nothing has changed, unless it
 * had to be written over. */
int		 passfile_replace(struct passfile *f, struct str text);
void		 passfile_close(struct passfile *f);

#endif
