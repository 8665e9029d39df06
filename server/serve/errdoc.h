/*
 * errdoc.h - the page that says what went wrong: ErrorDocument, or our own.
 */
#ifndef SERVE_ERRDOC_H
#define SERVE_ERRDOC_H

#include "serve/request.h"

/*
 * Turn r, refused with status, into an answer.  DONE: r now carries a page.
 * RESTART: an ErrorDocument on this server is to be asked (r->redirect_to), as
 * a GET with REDIRECT_ variables.
 */
int	errdoc_answer(struct request *r, int status);
/* Our own small page for r->status. */
void	errdoc_page(struct request *r);
/* Append what ServerSignature wants below a page, with before in front of it;
 * nothing when it is Off. */
void	errdoc_add_signature(struct request *r, const char *before,
	    struct text *t);

#endif
