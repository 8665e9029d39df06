/*
 * negotiate.h - which of several variants a client gets, and what it is told of
 * the others.
 *
 * Two ways to choose: Apache's own, which makes up for what browsers say, and
 * that of RFC 2296 for clients which ask for it by Negotiate (RFC 2295).
 */
#ifndef HTTP_NEGOTIATE_H
#define HTTP_NEGOTIATE_H

#include "http/fields.h"
#include "http/variant.h"

struct negotiation {
	struct arena	*arena;
	struct vec	 variants;	/* struct variant * */
	struct wishes	 wishes;	/* priority, prefer, fallback: given;
					 * transparent: whether the client may
					 * choose itself */
	struct str	 preferred;	/* a language before all; or STR_NONE */
	bool		 prefer_programs;
	/* The length of v, asked when all else is equal and for the list. */
	int64_t		(*length)(struct negotiation *n, struct variant *v);

	/* Found out by negotiation_choose(). */
	bool		 by_client;	/* it knows how to choose itself, ... */
	bool		 may_choose;	/* ... and leaves it to the server */
	bool		 strict;	/* RFC 2296 shall decide */
	bool		 tell;		/* list what there is */
};

/*
 * The variant for who sent these fields; NULL: none would do, or the client
 * wants to choose.  Alternates is then due, and where by_client holds status
 * 300.
 */
struct variant	*negotiation_choose(struct negotiation *n,
		    const struct fields *in);
/* What the fields of the answer say: "negotiate,accept", or empty. */
struct str	 negotiation_vary(const struct negotiation *n);
/* {"a.html" 1 {type text/html} {length 23}}, ...; empty: there are none. */
struct str	 negotiation_alternates(struct negotiation *n);
/* The same as a list for people, in HTML. */
struct str	 negotiation_page(const struct negotiation *n);
/* Into the order in which equals are looked at: by their own quality, then by
 * name. */
void		 negotiation_sort(struct negotiation *n);

#endif
