/*
 * admission.h - when a script may start, and whether at all.
 *
 * There are limits: of scripts at once over all workers, of one file, of one
 * directory, and of the time that one client's scripts may take.  Who comes
 * when a limit is reached waits in a queue that is short, and fair to clients;
 * who does not fit into it, or waits for too long, is told to come again.
 */
#ifndef SCRIPT_ADMISSION_H
#define SCRIPT_ADMISSION_H

#include "conf/module.h"
#include "script/script.h"

struct turnstile;

extern struct module mod_admission;

/* Before the worker's modules begin: what it shares with the others, its row
 * there, and how many requests there may be at once. */
void	admission_join(struct turnstile *t, unsigned row,
	    unsigned max_requests);
/* The script wants to start.  A request that ends gives up its place. */
void	admission_enter(struct script *s);
/* DONE: it may start now; WAIT: not yet, request_wake() comes; or a status to
 * refuse with. */
int	admission_ask(struct script *s);

#endif
