/*
 * admission.c - when a script may start.
 *
 * To start a program takes longer than to send a file.  So that files need not
 * wait behind a crowd of scripts, only some start in a turn of the loop, and
 * everybody else is looked after in between.
 */
#include "serve/admission.h"

enum { STARTS_IN_TURN = 4 };	/* of the loop */

static struct link queue;	/* scripts to be started */
static unsigned starts;		/* in this turn */

static void
next_turn(void *arg)
{
	struct link *l = queue.next;

	(void)arg;
	starts = 0;
	for (int i = 0; i < STARTS_IN_TURN && l != &queue; i++, l = l->next)
		request_wake(LIST_OWNER(l, struct script, place)->r);
}

void
admission_init(struct loop *l)
{
	list_init(&queue);
	loop_each_turn(l, next_turn, NULL);
}

void
admission_enter(struct script *s)
{
	list_append(&queue, &s->place);
}

int
admission_ask(struct script *s)
{
	if (starts == STARTS_IN_TURN || queue.next != &s->place)
		return WAIT;
	list_remove(&s->place);
	starts++;
	return DONE;
}
