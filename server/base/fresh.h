/*
 * fresh.h - to be told of changes in directories, so that what was read from
 * them can be used again without looking.
 *
 * inotify(7) where there is such a thing.  It knows of what this system does,
 * on its own disks; of changes by other machines, of mounts and of what lies
 * behind a symbolic link on the way it does not, so that one must look for
 * oneself now and then in any case.
 */
#ifndef BASE_FRESH_H
#define BASE_FRESH_H

#include <stdbool.h>
#include <stdint.h>

struct fresh;

/* Something about name in the directory may have changed.  name NULL: the
 * directory is another, or not there, or its rights have changed; directory
 * NULL, too: anything anywhere, and nothing is watched now. */
typedef void	fresh_tell(void *arg, const char *directory, const char *name);

/* NULL when the system cannot tell, or has no room. */
struct fresh	*fresh_new(fresh_tell *tell, void *arg);
void		 fresh_end(struct fresh *f);
/* When this can be read, fresh_read() has something to tell. */
int		 fresh_fd(const struct fresh *f);
void		 fresh_read(struct fresh *f);

enum fresh_about {
	FRESH_NAMES,	/* names that come and go */
	FRESH_FILES	/* and what is in the files, and who may read them */
};

/*
 * Watch the directory from now on, an absolute path: whatever is read after
 * this can be used until told otherwise.  Again for the same path: see that it
 * still leads to the same directory, and tell when it does not.  False when it
 * cannot be watched: a remote file system, no room, no such directory.
 */
bool		 fresh_watch(struct fresh *f, const char *directory,
		    enum fresh_about about);

#endif
