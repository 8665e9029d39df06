/*
 * places.c - which requests the server works for, and which wait for that.
 */
#include "serve/conn.h"
#include "serve/exchange.h"

void
places_hold(struct conn *c, bool yes)
{
	if (c->counted == yes)
		return;
	c->counted = yes;
	if (yes)
		conns.host->begin(true);
	else
		conns.host->pause();
}

static void
leave_queue(struct conn *c)
{
	list_remove(&c->place);
	c->counted = true;
	c->peer_done = false;	/* the loop will say so again */
	hearing_request(c);
	intake_begin(c);
	c->phase = PHASE_WALK;
}

/* Who comes later does not begin earlier. */
bool
places_step(struct conn *c)
{
	if (list_empty(&c->place) && list_empty(&conns.queue) &&
	    conns.host->begin(false)) {
		leave_queue(c);
		return true;
	}
	if (list_empty(&c->place))
		list_append(&conns.queue, &c->place);
	loop_timer_stop(conns.loop, &c->timer);
	return exchange_await(c, 0);
}

bool
conn_places(void)
{
	struct conn *c;

	while (!list_empty(&conns.queue)) {
		if (!conns.host->begin(false))
			return false;
		c = LIST_OWNER(conns.queue.next, struct conn, place);
		leave_queue(c);
		conn_run(c);
	}
	return true;
}
