/*
 * corridor.h - THE table of steps a request goes through, and who walks it.
 */
#ifndef SERVE_CORRIDOR_H
#define SERVE_CORRIDOR_H

#include "serve/request.h"

/*
 * Walk r's chain from where it stands.  *answer becomes the newest request of
 * the chain: r, or one redirected from it.  WAIT: something asynchronous is
 * under way; call again with *answer after request_wake().  DONE: its status,
 * fields and body are to be sent.  Errors have become error pages.
 */
int	corridor_walk(struct request *r, struct request **answer);
/* The step that r stands before, or stopped at: "check access". */
const char	*corridor_where(const struct request *r);
/* Access and identity were checked, and agreed. */
bool		 corridor_passed(const struct request *r);
/* Answer with this status from the start (a malformed head, a timeout). */
void	corridor_refuse(struct request *r, int status);
/* Of what is only read: answer OPTIONS, and refuse any method but GET, HEAD and
 * POST.  DONE or a status. */
int	corridor_other_method(struct request *r);
/*
 * What would uri be?  A request that has gone through translation, directory
 * walk, access and fixup, but answers nothing; status 200 or the refusal.  It
 * lives in r's arena.  Never waits: a hook that would is counted as 403, and
 * the lookup is unfinished: whoever can waits himself, and then looks again.
 */
struct request	*request_lookup(struct request *r, struct str uri);
/*
 * The same for a file, absolute or beside the one of r, as if a URL had led to
 * it: its sections, access and fixup.
 */
struct request	*request_lookup_file(struct request *r, const char *file);
/* Run all log hooks for a finished exchange. */
void	corridor_log(struct request *r);

#endif
