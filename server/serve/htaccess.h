/*
 * htaccess.h - the .htaccess files on the way to a file.
 *
 * A worker reads and parses each file once and remembers it, and that there is
 * none, by directory; a change is seen by the next request.  What cannot be
 * read or understood is never passed over: the request is refused.
 */
#ifndef SERVE_HTACCESS_H
#define SERVE_HTACCESS_H

#include "serve/override.h"
#include "serve/request.h"

/* Bytes of a file. */
enum { HTACCESS_BYTES_MAX = 4 << 20 };

/* One request's way down through the directories; a new one looks again at
 * what may have changed. */
struct htaccess_walk {
	struct request	*r;
	uint64_t	 number;
	bool		 over;	/* below here there are no directories */
	size_t		 seen_n;	/* of the path: seen to be watched */
	/* For how long it holds: */
	bool		 asked;		/* about one file at least */
	bool		 not_told;	/* one of them is not watched */
	uint64_t	 changes;
	int64_t		 looked_ms;
};

struct htaccess_walk htaccess_walk(struct request *r);
/* Be where old was, which holds. */
void	htaccess_go_on(struct htaccess_walk *w,
	    const struct htaccess_walk *old);
/* What w found would be found again, without looking. */
bool	htaccess_holds(const struct htaccess_walk *w);
/* How many changes were told of that may concern a file. */
uint64_t	htaccess_changes(void);
/* A worker begins: let l tell of changes from now on.  Without it, every walk
 * looks at every file. */
void	htaccess_worker(struct loop *l, const struct config *c);

/*
 * What the file of directory (absolute, no trailing slash but "/") says, where
 * o is allowed in it and links is the policy for symbolic links up to it;
 * *found is NULL when there is none.  PASS, or a refusal: 403 when a file is
 * there but cannot be read, 500 when there is a mistake in it.  The error log
 * names the reason once for each version of the file.
 */
int	htaccess_find(struct htaccess_walk *w, struct str directory,
	    const struct override *o, enum os_links links,
	    const struct section **found);

/* ---- For whoever wants to know before a request comes -------------------- */

/* What the file of directory may say under c; false: it is not read. */
bool	htaccess_allowed(const struct config *c, const char *directory,
	    struct override *o);
/* Read file as if it were the one of directory, with o allowed in it; all
 * findings are added to c's diagnosis. */
void	htaccess_check(struct config *c, const char *file,
	    const char *directory, const struct override *o);

#endif
