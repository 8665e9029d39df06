/*
 * map.h - RewriteMap: from a key to a value (mod_rewrite).
 *
 * Text files are kept in memory and read again when they change; programs are
 * prg.h's.
 */
#ifndef REWRITE_MAP_H
#define REWRITE_MAP_H

#include "rewrite/run.h"

/* The setter of RewriteMap; its conf is a struct rewrite_conf. */
const char	*rewrite_read_map(struct setting *s);
/* The value of key in the map of this name; STR_NONE when there is none.  May
 * set run->waits or run->failed. */
struct str	 rewrite_map_look(struct rewrite_run *run, struct str name,
		    struct str key);
/* A worker starts. */
void		 rewrite_map_worker(struct loop *l);

#endif
