/*
 * admission.h - when a script may start.
 */
#ifndef SERVE_ADMISSION_H
#define SERVE_ADMISSION_H

#include "serve/script.h"

/* Once per worker. */
void	admission_init(struct loop *l);
/* Stand in the queue. */
void	admission_enter(struct script *s);
/* DONE: it may start now; WAIT: not yet, request_wake() comes; or a status to
 * refuse with.  A request that ends takes its script out of the queue. */
int	admission_ask(struct script *s);

#endif
