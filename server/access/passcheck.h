/*
 * passcheck.h - checking passwords that are meant to be slow to check, while
 * other clients are served.
 *
 * The work is done in child processes, a few at a time.  A password that was
 * right is remembered for a minute: not itself, but a digest with a key that
 * only this process has.  Wrong ones are not.
 */
#ifndef ACCESS_PASSCHECK_H
#define ACCESS_PASSCHECK_H

#include "access/question.h"

enum passcheck_answer {
	PASSCHECK_WRONG,
	PASSCHECK_RIGHT,
	PASSCHECK_WAIT,		/* ask again after request_wake() */
	PASSCHECK_BUSY,		/* too many are waiting already */
	PASSCHECK_FAILED,	/* it could not be found out; logged */
};

/* Once per worker. */
void	passcheck_init(struct loop *l);
/*
 * Is it the password behind hash (password.h)?  q is the request's own, zeroed
 * at first; ask again with the same hash and password until the answer is not
 * WAIT.  module is for the log.  A lookup never waits: what would make it wait
 * is FAILED, without a word.
 */
enum passcheck_answer passcheck(struct request *r, struct question *q,
	    const char *module, const char *hash, const char *password);

#endif
