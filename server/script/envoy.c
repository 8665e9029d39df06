/*
 * envoy.c - see envoy.h.
 */
#include "script/envoy.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { TABLE_SIZE = 64 };

static struct loop	*loop;
static struct watch	 line = { .fd = -1 };
static struct link	 table[TABLE_SIZE];	/* children by id */
static uint32_t		 last_id;

static struct child *
child_of(uint32_t id)
{
	struct link *head = &table[id % TABLE_SIZE], *l;

	for (l = head->next; l != head; l = l->next)
		if (LIST_OWNER(l, struct child, link)->remote_id == id)
			return LIST_OWNER(l, struct child, link);
	return NULL;
}

/* The spawner is gone, and its children have ended with it. */
static void
lose(void)
{
	static const struct rusage nothing;

	if (line.fd == -1)
		return;
	loop_unwatch(loop, &line);
	close(line.fd);
	line.fd = -1;
	for (int i = 0; i < TABLE_SIZE; i++)
		while (!list_empty(&table[i])) {
			struct child *c = LIST_OWNER(table[i].next,
			    struct child, link);

			list_remove(&c->link);
			child_remote_ended(c, SIGKILL, &nothing);
		}
}

static void
take(const struct errand *e)
{
	struct child *c = child_of(e->id);

	if (c == NULL)
		return;
	if (e->kind == ERRAND_STARTED) {
		c->pid = e->number > 0 ? e->number : -1;
		return;
	}
	list_remove(&c->link);
	if (e->kind == ERRAND_ENDED)
		child_remote_ended(c, e->number, &e->used);
	else
		child_remote_refused(c, e->number, e->why);
}

static void
answers_come(struct watch *w, unsigned events)
{
	struct arena *a = arena_new();
	struct errand e;
	int got;

	(void)events;
	while (w->fd != -1 && (got = errand_receive(w->fd, &e, a)) != 0) {
		if (got == -1)
			lose();
		else if (e.kind >= ERRAND_STARTED)
			take(&e);
		errand_close(&e);
		arena_reset(a);
	}
	arena_end(a);
}

static void
order(struct child *c, int kind, int number)
{
	struct errand e = { .kind = kind, .id = c->remote_id,
	    .number = number };

	if (line.fd != -1)
		(void)errand_send(line.fd, &e);
}

static void
send_signal(struct child *c, int sig)
{
	order(c, ERRAND_SIGNAL, sig);
}

static void
send_terminate(struct child *c, int64_t grace_ms)
{
	order(c, ERRAND_TERMINATE, (int)grace_ms);
}

static const struct child_agent agent = { send_signal, send_terminate };

void
envoy_init(struct loop *l, int fd)
{
	loop = l;
	for (int i = 0; i < TABLE_SIZE; i++)
		list_init(&table[i]);
	line = (struct watch){ .fd = fd, .ready = answers_come };
	if (fd != -1)
		loop_watch(l, &line, LOOP_READ);
}

void
envoy_end(void)
{
	if (line.fd == -1)
		return;
	loop_unwatch(loop, &line);
	close(line.fd);
	line.fd = -1;
}

int
envoy_start(struct child *c, const struct os_program *p,
    const struct errand_user *who)
{
	struct errand e = { .kind = ERRAND_START, .id = ++last_id,
	    .who = *who, .program = *p, .fds = { p->in, p->out, p->err, -1 } };

	if (line.fd == -1)
		return ENOTCONN;
	if (p->confine != NULL)
		e.fds[3] = p->confine->ruleset;
	if (errand_send(line.fd, &e) == -1)
		return errno;
	c->remote_id = e.id;
	child_remote_started(loop, c, &agent);
	list_append(&table[e.id % TABLE_SIZE], &c->link);
	return 0;
}
