/*
 * logger.h - the programs that logs are piped to.
 *
 * The master starts them, with its own rights, and starts one again that ends
 * while somebody may still write to it; what was written meanwhile waits in the
 * pipe.  A program ends by itself when the last process that could write to it
 * is gone: so each generation has its own, and nothing is lost between them.
 */
#ifndef PROCESS_LOGGER_H
#define PROCESS_LOGGER_H

#include "loop/loop.h"
#include "serve/core.h"

/*
 * Start the programs of c.  Their standard error is the fd err (-1: nothing),
 * which must not lead to one of them.  Without a loop they are started, and no
 * more than that.
 */
void	loggers_start(struct loop *l, const struct config *c, int err);
/* In a fresh worker: they are the master's. */
void	loggers_forget(void);
/* Everybody who could write is gone, and c with its ends of the pipes is ended:
 * wait until all programs have read what is left, for a while. */
void	loggers_finish(struct loop *l);

#endif
