/*
 * route.h - whose request it is: virtual host, sections, file on disk.
 *
 * The cost of a request does not grow with the number of hosts, plain sections
 * or aliases: names are found by hash, merged scopes are remembered per worker.
 */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "serve/request.h"

/* Lay inner on top of r->scope.  Remembered per worker: the second time costs a
 * look into a table. */
void	route_merge(struct request *r, const struct scope *inner);

/* What there is to cover the files of a directory. */
struct route_files {
	const struct config *config;
	const struct vhost *vhost;
	struct vec	 inside;	/* <Files> in what covers it: const
					 * struct sections * */
};

/* For the directory that r is about; false: it cannot be told. */
bool	route_files(struct request *r, struct route_files *f);
/*
 * Append to key what covers one of them, a regular file: those for which that
 * is the same have the same scope.  path is its URL path, without "//", and
 * name the end of it.  False: that may not be so.
 */
bool	route_covers(const struct route_files *f, struct str path,
	    struct str filename, struct str name, struct text *key);

/* Steps of the corridor. */
int	route_vhost(struct request *r);
int	route_location(struct request *r);
int	route_directory(struct request *r);

#endif
