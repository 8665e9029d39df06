/*
 * refusal.h - why a program could not be started, in words that name the
 * remedy.
 */
#ifndef SCRIPT_REFUSAL_H
#define SCRIPT_REFUSAL_H

#include "base/os.h"
#include "serve/request.h"

/* os_start() of *p failed at step with error: log why, which is in *why,
 * and return the status to refuse r with. */
int	refusal_of_start(const struct request *r, const struct os_program *p,
	    const char *step, int error, const char **why);
/* The same for an environment that is too large to be started with, not logged:
 * the status says whether the client made it so. */
int	refusal_of_size(const struct request *r, char *const *envp,
	    const char **why);
/* confinement_of() said why. */
int	refusal_of_confinement(const struct request *r,
	    const struct os_program *p, const char *why, int error);

#endif
