/*
 * status.h - status codes and their reason phrases.
 *
 * RFC 9110, section 15, and the IANA registry of HTTP status codes.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#include <stdbool.h>

#include "base/str.h"

/* The registered phrase ("Not Found"); for another code the name of its class
 * ("Client Error"), and STR_NONE outside 100..599. */
struct str	status_reason(int status);
/* No content may follow the head: 1xx, 204, 304.  RFC 9112, 6.3. */
bool		status_has_no_body(int status);
/* 301, 302, 303, 307, 308: the client is to follow Location. */
bool		status_is_redirect(int status);
/* Who is told this closes the connection behind it, as in Apache: the request
 * was not understood, or nobody knows what state things are in. */
bool		status_ends_connection(int status);
/* 4xx and 5xx: the ones that get an error page. */
static inline bool
status_is_error(int status)
{
	return status >= 400 && status <= 599;
}

#endif
