/*
 * prg.h - maps that are programs: a key is written to them as a line,
 * and they answer with one.
 *
 * Each worker runs its own, from the first question on.  Questions are asked
 * one after the other; while an answer is due, the worker goes on with other
 * requests.
 */
#ifndef REWRITE_PRG_H
#define REWRITE_PRG_H

#include "rewrite/run.h"

/* A program as it was configured. */
struct rewrite_program {
	struct spot	  at;
	char		**argv;		/* a path first; NULL last */
	const char	 *directory;
};

/*
 * Ask p for key, or get what it answered before.  STR_NONE when it has no
 * value; sets run->waits while the answer is due, and run->failed when there
 * will be none.
 */
struct str	 rewrite_prg_ask(struct rewrite_run *run,
		    const struct rewrite_program *p, struct str key);
void		 rewrite_prg_worker(struct loop *l);

#endif
