/*
 * prompt.h - ask whoever sits at the terminal for a password.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Show text and read a line without echo, from the terminal when there is one,
 * else from standard input; the line's end is left out.  False when it is
 * longer than room - 1 bytes.  An interrupt restores the terminal and ends the
 * program with interrupted_status.
 */
bool	prompt_password(const char *text, char *out, size_t room,
	    int interrupted_status);
/* Read a line from standard input; as above. */
bool	prompt_line(char *out, size_t room);

#endif
