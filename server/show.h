/*
 * show.h - what the command line prints about the server and its configuration,
 * in Apache's formats, which other tools parse.
 */
#ifndef SHOW_H
#define SHOW_H

#include "serve/core.h"

/* -v: version and date of the build. */
void	show_version(void);
/* -V: and how it was built. */
void	show_build(const char *root, const char *config_file);
/* -l: the modules' file names. */
void	show_compiled(void);
/* -M: the modules' names. */
void	show_loaded(void);
/* -L: every directive. */
void	show_directives(void);
/* -S, -D DUMP_VHOSTS: the virtual hosts. */
void	show_hosts(const struct config *c);
/* -S, -D DUMP_RUN_CFG: places and names. */
void	show_run(const struct config *c);
/* -D DUMP_INCLUDES: the files that were read. */
void	show_includes(const struct config *c);
/* -D DUMP_CONFIG: the directives that count, each with its place. */
void	show_config(const struct config *c);

#endif
