/*
 * account.h - what a script has cost, for the logs.
 */
#ifndef SCRIPT_ACCOUNT_H
#define SCRIPT_ACCOUNT_H

#include <sys/resource.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "base/text.h"

struct request;

struct account {
	bool		ran, ended;
	int		status;		/* as from waitpid(2), when ended */
	int64_t		queue_us;	/* from admission_enter() to start */
	int64_t		spawn_us;	/* the start itself */
	int64_t		wall_us;	/* from the start to the end */
	int64_t		user_us, system_us;	/* when ended */
	long		memory_kib;	/* the peak */
	struct link	lines;		/* held until it has ended */
};

void		 account_init(struct account *a);
/* The script ended: the lines that waited for that are written. */
void		 account_end(struct account *a, int status,
		    const struct rusage *used, int64_t wall_us);
/* Exit status and cost as the sentence of a log line: "exited with status 3
 * after 12 ms; cpu 4 ms user, ..." */
void		 account_tell(const struct account *a, struct text *t);

/* One of its values. */
struct account_item;
/* The item of this name ("cgi-exit"), or NULL. */
const struct account_item *account_item_named(struct str name);
/*
 * Append its value; false when there is none.  When there will be one, a gap is
 * noted instead, to be filled by account_hold(): if any was noted since the
 * last call of account_gaps(), that is true.
 */
bool		 account_write(const struct account_item *i, struct text *t,
		    struct account *a);
bool		 account_gaps(void);
/* Keep a copy of line until its gaps can be filled, then let write have it. */
void		 account_hold(struct str line,
		    void (*write)(void *arg, struct str line), void *arg);
/* The process ends: fill all gaps with "-". */
void		 account_release(void);

#endif
