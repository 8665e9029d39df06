/*
 * xsendfile.h - a program may leave it to the server to send a file.
 */
#ifndef SERVE_XSENDFILE_H
#define SERVE_XSENDFILE_H

#include "conf/module.h"
#include "serve/request.h"

extern struct module mod_xsendfile;

/*
 * Does r->out, which a program set, name a file to be sent in X-Sendfile, and
 * may it be?  PASS: no.  DONE: r is answered with it, and the program's own
 * body is not to be sent.  Or a status to refuse with.
 */
int	xsendfile_answer(struct request *r);

#endif
