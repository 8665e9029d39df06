/*
 * logprogram.h - what a log is piped to: "|program arguments", "||program
 * arguments", or "|$command" for the shell.
 */
#ifndef BASE_LOGPROGRAM_H
#define BASE_LOGPROGRAM_H

#include <stdbool.h>

struct arena;

struct log_program {
	const char	*path;		/* to exec; absolute */
	char		**argv;
};

/* Is this the name of a program, and not of a file? */
bool	logprogram_is(const char *spec);
/*
 * Words are divided by blanks; quotes and backslashes keep them together.  A
 * program without a slash is looked for in the PATH, one with a relative path
 * below root.  NULL, or the end of a sentence: why it cannot be run.
 */
const char *logprogram_read(struct arena *a, const char *spec,
	    const char *root, struct log_program *out);

#endif
