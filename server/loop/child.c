/*
 * child.c - see child.h.
 *
 * Running children hang in a table by pid, so that one wait4(2) per ended child
 * is all it takes, however many there are.
 *
 * A program may end and leave processes in its group.  Who let it end by itself
 * keeps them: they are background jobs that somebody meant.  Who was told to
 * terminate and left some behind is followed up, and so is who was killed by
 * a signal, since nobody meant that: the group becomes a straggler, which gets
 * its KILL when its time is over.
 *
 * A straggler is only a number, and numbers come back. The kernel does not hand
 * out a number that still names a group, and it goes through all of them before
 * it starts over. So we look every LOOK_MS whether the group is still there and
 * forget it when not, or when a child of ours got its number: for a KILL to hit
 * a stranger, all numbers would have to be used up within LOOK_MS.
 */
#include "loop/child.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"

enum {
	TABLE_SIZE = 256,
	LOOK_MS = 100,
	GRACE_MS = 3000,	/* for those behind a program that was killed */
};

struct straggler {
	pid_t		group;
	int64_t		due_ms;
	struct link	link;
};

static struct link	table[TABLE_SIZE];
static size_t		n_running;
static uint64_t		n_started;
static struct loop	*own_loop;
static struct link	stragglers;
static struct timer	look_timer;
static void		(*tell)(pid_t group, bool yes);

static void
tell_running(pid_t group, bool yes)
{
	if (tell != NULL)
		tell(group, yes);
}

static struct link *
bucket(pid_t pid)
{
	return &table[(unsigned)pid % TABLE_SIZE];
}

static struct child *
child_of(pid_t pid)
{
	struct link *head = bucket(pid), *l;
	struct child *c;

	for (l = head->next; l != head; l = l->next) {
		c = LIST_OWNER(l, struct child, link);
		if (c->pid == pid)
			return c;
	}
	return NULL;
}

/* ---- Stragglers ---------------------------------------------------------- */

static void
straggler_forget(struct straggler *s)
{
	tell_running(s->group, false);
	list_remove(&s->link);
	free(s);
}

static void
straggler_add(pid_t group, int64_t due_ms)
{
	struct straggler *s = malloc(sizeof(*s));

	if (s == NULL) {
		kill(-group, SIGKILL);
		tell_running(group, false);
		return;
	}
	s->group = group;
	s->due_ms = due_ms;
	list_append(&stragglers, &s->link);
	if (look_timer.place == 0)
		loop_timer(own_loop, &look_timer, LOOK_MS);
}

static void
look_after_stragglers(struct timer *t)
{
	struct link *l, *next;
	struct straggler *s;
	bool over;

	for (l = stragglers.next; l != &stragglers; l = next) {
		next = l->next;
		s = LIST_OWNER(l, struct straggler, link);
		over = s->due_ms <= clock_ms();
		if (kill(-s->group, over ? SIGKILL : 0) == -1 || over)
			straggler_forget(s);
	}
	if (!list_empty(&stragglers))
		loop_timer(own_loop, t, LOOK_MS);
}

/* The number of a new child cannot name an older group any more. */
static void
stragglers_without(pid_t pid)
{
	struct link *l, *next;
	struct straggler *s;

	for (l = stragglers.next; l != &stragglers; l = next) {
		next = l->next;
		s = LIST_OWNER(l, struct straggler, link);
		if (s->group == pid)
			straggler_forget(s);
	}
}

/* ---- Ends ---------------------------------------------------------------- */

static void
child_ended(struct child *c, int status, const struct rusage *used)
{
	pid_t group = c->pid;
	bool terminating = c->kill_timer.place != 0;
	bool killed = !terminating && WIFSIGNALED(status);

	list_remove(&c->link);
	n_running--;
	c->pid = 0;
	loop_timer_stop(c->loop, &c->kill_timer);
	if ((terminating || killed) && !c->adopted &&
	    kill(-group, killed ? SIGTERM : 0) == 0)
		straggler_add(group, terminating ? c->kill_timer.due_ms :
		    clock_ms() + GRACE_MS);
	else if (!c->adopted)
		tell_running(group, false);
	c->ended(c, status, used);
}

static void
reap(int signo, void *arg)
{
	struct rusage used;
	struct child *c;
	pid_t pid;
	int status;

	(void)signo;
	(void)arg;
	while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
		c = child_of(pid);
		if (c != NULL)
			child_ended(c, status, &used);
	}
}

/* ---- Starts -------------------------------------------------------------- */

void
child_init(struct loop *l)
{
	size_t i;

	/* Whatever a parent process had running here is not ours. */
	for (i = 0; i < TABLE_SIZE; i++)
		list_init(&table[i]);
	list_init(&stragglers);
	n_running = 0;
	tell = NULL;
	own_loop = l;
	look_timer = (struct timer){ .fire = look_after_stragglers };
	loop_signal(l, SIGCHLD, reap, NULL);
}

void
child_tell(void (*running)(pid_t group, bool yes))
{
	tell = running;
}

static void
kill_now(struct timer *t)
{
	child_signal(LIST_OWNER(t, struct child, kill_timer), SIGKILL);
}

static void
enter(struct loop *l, struct child *c, pid_t pid, bool adopted)
{
	stragglers_without(pid);
	c->pid = pid;
	c->adopted = adopted;
	c->loop = l;
	c->started_us = clock_us_now();
	c->kill_timer = (struct timer){ .fire = kill_now };
	list_append(bucket(pid), &c->link);
	n_running++;
	n_started++;
}

int
child_start(struct loop *l, struct child *c, const struct os_program *p,
    const char **step)
{
	pid_t pid;

	assert(c->ended != NULL && c->pid == 0);
	pid = os_start(p, step);
	if (pid == -1)
		return -1;
	enter(l, c, pid, false);
	tell_running(pid, true);
	return 0;
}

void
child_adopt(struct loop *l, struct child *c, pid_t pid)
{
	assert(c->ended != NULL && c->pid == 0 && pid > 0);
	enter(l, c, pid, true);
}

/* ---- Children of others -------------------------------------------------- */

void
child_remote_started(struct loop *l, struct child *c,
    const struct child_agent *agent)
{
	assert(c->ended != NULL && c->refused != NULL && c->pid == 0);
	c->pid = -1;
	c->agent = agent;
	c->loop = l;
	c->started_us = clock_us_now();
	c->kill_timer = (struct timer){ 0 };
	n_running++;
	n_started++;
}

static void
remote_over(struct child *c)
{
	n_running--;
	c->pid = 0;
	c->agent = NULL;
}

void
child_remote_ended(struct child *c, int status, const struct rusage *used)
{
	remote_over(c);
	c->ended(c, status, used);
}

void
child_remote_refused(struct child *c, int error, const char *why)
{
	remote_over(c);
	c->refused(c, error, why);
}

/* ---- Signals ------------------------------------------------------------- */

void
child_signal(struct child *c, int sig)
{
	if (c->agent != NULL)
		c->agent->signal(c, sig);
	else if (c->pid > 0)
		kill(c->adopted ? c->pid : -c->pid, sig);
}

void
child_terminate(struct child *c, int64_t grace_ms)
{
	if (c->pid == 0)
		return;
	if (c->agent != NULL) {
		c->agent->terminate(c, grace_ms);
		return;
	}
	child_signal(c, SIGTERM);
	/* A stopped process would not see the TERM. */
	child_signal(c, SIGCONT);
	loop_timer(c->loop, &c->kill_timer, grace_ms);
}

void
child_kill_all(void)
{
	struct link *l;
	size_t i;

	for (i = 0; i < TABLE_SIZE; i++)
		for (l = table[i].next; l != &table[i]; l = l->next)
			child_signal(LIST_OWNER(l, struct child, link),
			    SIGKILL);
	while (!list_empty(&stragglers)) {
		l = stragglers.next;
		kill(-LIST_OWNER(l, struct straggler, link)->group, SIGKILL);
		straggler_forget(LIST_OWNER(l, struct straggler, link));
	}
}

size_t
child_count(void)
{
	return n_running;
}

uint64_t
child_starts(void)
{
	return n_started;
}
