/*
 * master.h - the process that binds, forks and supervises, and never reads a
 * byte from a client.
 */
#ifndef PROCESS_MASTER_H
#define PROCESS_MASTER_H

#include "serve/config.h"

enum master_mode {
	MASTER_DAEMON,		/* detach, tell the starter how it went */
	MASTER_NO_DETACH,	/* stay, in a session of its own */
	MASTER_FOREGROUND,	/* stay */
	MASTER_ALONE,		/* be the only worker as well (-X) */
};

struct master_start {
	const struct config_source *source;	/* to load it again */
	struct config	*config;		/* loaded, without errors */
	enum master_mode mode;
	const char	*command_line;
};

/* Serve until told to stop; the exit status.  Takes over the configuration. */
int	master_run(const struct master_start *start);

#endif
