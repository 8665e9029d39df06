/*
 * sandbox.h - which files a confined program may reach: presets, paths, and the
 * rulesets made of them.
 *
 * A preset names what the system's programs of one kind need to run at all:
 * libraries, interpreters and what these read.  Nothing that belongs to users
 * or to the machine's secrets is in any of them.
 */
#ifndef SCRIPT_SANDBOX_H
#define SCRIPT_SANDBOX_H

#include <stdbool.h>

#include "base/vec.h"

/* Presets, as bits; PROGRAM is part of all. */
enum {
	SANDBOX_PROGRAM	= 1 << 0,	/* compiled programs */
	SANDBOX_SHELL	= 1 << 1,
	SANDBOX_PERL	= 1 << 2,
	SANDBOX_PYTHON	= 1 << 3,
	SANDBOX_PHP	= 1 << 4,
	SANDBOX_GIT	= 1 << 5,
	SANDBOX_TMP	= 1 << 6,	/* /tmp and /var/tmp */
	SANDBOX_NAMES	= 1 << 7,	/* of hosts, and certificates */
	SANDBOX_UPLOADS	= 1 << 8,	/* where PHP puts them */
	SANDBOX_ON	= SANDBOX_PROGRAM | SANDBOX_SHELL | SANDBOX_PERL |
			  SANDBOX_PYTHON | SANDBOX_PHP,
};
/* The names of the bits, in their order up to TMP; NULL at the end. */
extern const char *const sandbox_words[];

struct sandbox {
	unsigned	 presets;
	/* const char *, absolute; what does not exist is left out. */
	const struct vec *read, *write, *exec;
	const char	*directory;	/* the program's: read and execute */
	bool		 tcp;
};

/* The ruleset (base/landlock.h), which stays this unit's; good until the next
 * call.  Whoever asks for the same again gets the same, as long as its files
 * are the same.  -1 with errno. */
int		 sandbox_ruleset(const struct sandbox *s);

#endif
