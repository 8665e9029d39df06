/*
 * confinement.h - the limits and the sandbox of programs: their directives, and
 * what these come to for one program.
 */
#ifndef SCRIPT_CONFINEMENT_H
#define SCRIPT_CONFINEMENT_H

#include "base/confine.h"
#include "base/os.h"
#include "conf/module.h"
#include "conf/scope.h"

extern struct module mod_confine;

/*
 * Fill p->limits and p->confine for a program that runs in p->directory; memory
 * from a, but a ruleset is good only until the next call.  NULL, or why it must
 * not run: the end of a sentence, with errno.
 */
const char	*confinement_of(const struct scope *s, struct arena *a,
		    struct os_program *p);

#endif
