/*
 * append.h - whole lines at the end of a file that may be full.
 *
 * Lines go out in as few writes as possible, and a line of up to PIPE_BUF bytes
 * into a pipe in one, so that those of several processes never mix.  When the
 * file takes no more (a full disk, a limit), lines are lost whole: the rest of
 * one that was cut in two is kept, and comes first when there is room again.
 */
#ifndef BASE_APPEND_H
#define BASE_APPEND_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct append {
	int		 fd;
	bool		 pipe;
	bool		 failed;	/* the last time */
	uint64_t	 lost;		/* lines; until the caller sets it to
					 * 0 */
	int		 error;		/* why: an errno value */
	/* Private. */
	char		*rest;		/* of a line that was cut; malloc'd */
	size_t		 rest_n;
	off_t		 rest_at;	/* where it would go */
};

/* On an fd that is open for appending and stays the caller's. */
void	append_init(struct append *a, int fd);
/* Write n bytes, which are whole lines.  False when some are lost. */
bool	append_lines(struct append *a, const char *p, size_t n);
/* Forget a rest that is kept. */
void	append_end(struct append *a);

#endif
