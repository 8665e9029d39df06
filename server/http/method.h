/*
 * method.h - the request methods that have a name here, and what is known
 * about each.
 *
 * RFC 9110, section 9; RFC 5789 (PATCH); WebDAV and DeltaV as Apache knows
 * them.  Names are case-sensitive.  A method that is not in the table is
 * METHOD_OTHER; whether it is answered is for the caller to decide.
 */
#ifndef HTTP_METHOD_H
#define HTTP_METHOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum http_method {
	METHOD_OTHER,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_CONNECT,
	METHOD_OPTIONS,
	METHOD_TRACE,
	METHOD_PATCH,
	METHOD_PROPFIND,
	METHOD_PROPPATCH,
	METHOD_MKCOL,
	METHOD_COPY,
	METHOD_MOVE,
	METHOD_LOCK,
	METHOD_UNLOCK,
	METHOD_VERSION_CONTROL,
	METHOD_CHECKOUT,
	METHOD_UNCHECKOUT,
	METHOD_CHECKIN,
	METHOD_UPDATE,
	METHOD_LABEL,
	METHOD_REPORT,
	METHOD_MKWORKSPACE,
	METHOD_MKACTIVITY,
	METHOD_BASELINE_CONTROL,
	METHOD_MERGE,
	METHOD_COUNT
};

/* A set of methods is a uint64_t of these bits. */
#define METHOD_BIT(m)	(UINT64_C(1) << (m))

/* METHOD_OTHER when the name is not in the table. */
enum http_method method_of(struct str name);
/* "GET"; STR_NONE for METHOD_OTHER. */
struct str	 method_name(enum http_method m);
/* The client asks for no change: GET, HEAD, OPTIONS, TRACE, PROPFIND, REPORT.
 * RFC 9110, 9.2.1. */
bool		 method_is_safe(enum http_method m);
/* The value of an Allow field: the names in set, joined by ", ", in the order
 * of the table. */
struct str	 method_list(struct arena *a, uint64_t set);

#endif
