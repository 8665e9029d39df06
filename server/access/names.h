/*
 * names.h - what the DNS says: the name of a client, the addresses of a name.
 *
 * Looked up in child processes, so that a silent name server delays only those
 * who need to know, and these not for long.  Answers are remembered for a
 * minute, failures for ten seconds.
 */
#ifndef ACCESS_NAMES_H
#define ACCESS_NAMES_H

#include "access/question.h"
#include "base/hash.h"

enum names_answer {
	NAMES_NONE,		/* there is none, or nobody says */
	NAMES_FOUND,
	NAMES_WAIT,		/* ask again after request_wake() */
};

/* What one request asked, in its arena. */
struct names {
	struct question	 client, checked;
	struct hash	*forward;	/* question -> struct question */
};

/* Once per worker. */
void	names_init(struct loop *l);
/* The client's name, in lower case; only one that leads back to its address
 * when double_checked.  Names that could be none (RFC 1123) do not count. */
enum names_answer names_client(struct request *r, bool double_checked,
	    struct str *name);
/* It is known now: r's log line and programs are told. */
void	names_tell(struct request *r, struct str name);
/* Whether one of the addresses of name is the client's. */
enum names_answer names_lead_to_client(struct request *r, const char *name);
/* name is domain or one below it; only that when domain begins with ".". */
bool	names_in_domain(struct str name, struct str domain);

#endif
