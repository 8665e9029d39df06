/*
 * config.h - a configuration's life: loaded whole, served, ended.
 */
#ifndef SERVE_CONFIG_H
#define SERVE_CONFIG_H

#include "serve/core.h"

/* What the command line says about which configuration. */
struct config_source {
	const char	*server_root;	/* -d */
	const char	*file;		/* -f, as written */
	struct vec	 defines;	/* -D: const char * */
	struct vec	 before, after;	/* -C, -c: const char * */
	bool		 check_only;	/* -t: open no log, bind nothing */
	bool		 skip_roots;	/* -T */
};

/*
 * Read, check and finish a configuration.  Never fails silently: look at
 * diagnosis_errors(config->reading->diagnosis); when there are any, only the
 * diagnosis may be used, and config_end() must still be called.
 */
struct config	*config_load(const struct config_source *source);
/* Nobody will ask any more what was written: the memory of the text and its
 * nodes goes back.  No lines of a host or section may be used after this. */
void		 config_forget_text(struct config *c);
/* Closes what it opened (logs).  No worker or request may use it any more. */
void		 config_end(struct config *c);
/* The configuration that this process serves; set by the worker (and -X). */
const struct config *config_current(void);
void		 config_serve(const struct config *c);

#endif
