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

/* Steps of the corridor. */
int	route_vhost(struct request *r);
int	route_location(struct request *r);
int	route_directory(struct request *r);

#endif
