/*
 * reqtimeout.h - how long a request may take to arrive (mod_reqtimeout).
 *
 * Each stage has a time; with a rate, every so many bytes earn another second,
 * up to a maximum.  A client that trickles bytes is cut off however steadily it
 * sends.
 */
#ifndef SERVE_REQTIMEOUT_H
#define SERVE_REQTIMEOUT_H

#include "conf/scope.h"

extern struct module mod_reqtimeout;

/* Times in ms, counted from the start of the stage; zeroes are no limit. */
struct read_stage {
	bool	given;
	int64_t	first_ms, max_ms;
	int64_t	min_rate;	/* bytes that earn a second; 0: none do */
};

/* The stages that hold in s: what was configured, else Apache's defaults. */
const struct read_stage *reqtimeout_header(const struct scope *s);
const struct read_stage *reqtimeout_body(const struct scope *s);

/* Bytes a second at which an answer must be taken on the whole; 0: any. */
int64_t	reqtimeout_min_rate(const struct scope *s);

/* How long the stage may last in all, bytes having arrived so far; 0: for ever.
 * Never less for more bytes. */
int64_t	reqtimeout_ms(const struct read_stage *stage, uint64_t bytes);

#endif
