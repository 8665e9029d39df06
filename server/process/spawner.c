/*
 * spawner.c - see spawner.h.
 */
#include "process/spawner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "base/log.h"
#include "base/os.h"
#include "loop/child.h"
#include "script/errand.h"
#include "script/suexec.h"

/* A worker. */
struct customer {
	struct watch	watch;
	struct link	link, jobs;
};

/* A program of a worker's. */
struct job {
	struct child	 child;
	struct customer	*customer;	/* NULL: it is gone */
	uint32_t	 id;
	struct link	 link;
};

static struct {
	const struct config *config;
	struct loop	*loop;
	struct watch	 control;
	struct link	 customers;
} sp;

/* ---- Customers ----------------------------------------------------------- */

static void
look_for_the_end(void)
{
	if (sp.control.fd == -1 && list_empty(&sp.customers) &&
	    child_count() == 0)
		loop_stop(sp.loop);
}

static void
dismiss(struct customer *c)
{
	while (!list_empty(&c->jobs)) {
		struct job *j = LIST_OWNER(c->jobs.next, struct job, link);

		list_remove(&j->link);
		j->customer = NULL;
		child_signal(&j->child, SIGKILL);
	}
	loop_unwatch(sp.loop, &c->watch);
	close(c->watch.fd);
	list_remove(&c->link);
	free(c);
	look_for_the_end();
}

/* One that does not hear is dismissed: its programs must not run on without
 * anybody who knows of them.  That is done by the caller: false. */
static bool
tell(struct customer *c, struct errand *e, uint32_t id)
{
	e->id = id;
	return errand_send(c->watch.fd, e) == 0;
}

static bool
refuse(struct customer *c, uint32_t id, int error, const char *why)
{
	struct errand e = { .kind = ERRAND_REFUSED, .number = error,
	    .why = why };

	return tell(c, &e, id);
}

/* ---- Jobs ---------------------------------------------------------------- */

static void
job_ended(struct child *child, int status, const struct rusage *used)
{
	struct job *j = LIST_OWNER(child, struct job, child);
	struct errand e = { .kind = ERRAND_ENDED, .number = status,
	    .used = *used };
	struct customer *c = j->customer;
	uint32_t id = j->id;

	list_remove(&j->link);
	free(j);
	if (c != NULL && !tell(c, &e, id))
		dismiss(c);
	look_for_the_end();
}

static struct job *
job_of(const struct customer *c, uint32_t id)
{
	for (struct link *l = c->jobs.next; l != &c->jobs; l = l->next)
		if (LIST_OWNER(l, struct job, link)->id == id)
			return LIST_OWNER(l, struct job, link);
	return NULL;
}

/* NULL, or why not, with errno. */
static const char *
start(struct job *j, struct errand *e, struct arena *a)
{
	struct os_program *p = &e->program;
	struct suexec_target target;
	const char *why, *step, *name = strrchr(p->path, '/');
	int directory = -1, error;

	errno = EPERM;
	why = suexec_target(sp.config, &e->who, a, &target);
	if (why == NULL)
		why = suexec_check(&target, p->path, a, &directory);
	if (why != NULL) {
		errno = EPERM;
		return why;
	}
	/* By this name, in this directory: whatever is there by now, only the
	 * target or root can have put it there. */
	p->path = str_zfmt(a, ".%s", name);
	p->directory = NULL;
	p->directory_fd = directory;
	p->as = &target.as;
	p->envp = suexec_environment(sp.config, p->envp, a);
	j->child.ended = job_ended;
	error = child_start(sp.loop, &j->child, p, &step) == 0 ? 0 : errno;
	close(directory);
	if (error == 0)
		return NULL;
	why = str_zfmt(a, "it could not be started (%s): %s", step,
	    strerror(error));
	errno = error;
	return why;
}

/* False: the customer is to be dismissed. */
static bool
obey_start(struct customer *c, struct errand *e, struct arena *a)
{
	struct errand answer = { .kind = ERRAND_STARTED };
	struct job *j = calloc(1, sizeof(*j));
	const char *why;

	if (j == NULL)
		return refuse(c, e->id, ENOMEM, "there is no memory");
	j->customer = c;
	j->id = e->id;
	why = start(j, e, a);
	if (why != NULL) {
		free(j);
		return refuse(c, e->id, errno, why);
	}
	list_append(&c->jobs, &j->link);
	answer.number = j->child.pid;
	return tell(c, &answer, e->id);
}

static bool
obey(struct customer *c, struct errand *e, struct arena *a)
{
	struct job *j;

	if (e->kind == ERRAND_START)
		return obey_start(c, e, a);
	j = job_of(c, e->id);
	if (j == NULL)
		return true;
	if (e->kind == ERRAND_SIGNAL && e->number > 0)
		child_signal(&j->child, e->number);
	else if (e->kind == ERRAND_TERMINATE && e->number >= 0)
		child_terminate(&j->child, e->number);
	return true;
}

static void
orders_come(struct watch *w, unsigned events)
{
	struct customer *c = LIST_OWNER(w, struct customer, watch);
	struct arena *a = arena_new();
	struct errand e;
	bool fine = true;
	int got;

	(void)events;
	while (fine && (got = errand_receive(w->fd, &e, a)) != 0) {
		fine = got == 1 && obey(c, &e, a);
		errand_close(&e);
		arena_reset(a);
	}
	arena_end(a);
	if (!fine)
		dismiss(c);
}

/* ---- The master ---------------------------------------------------------- */

static void
welcome(int fd)
{
	struct customer *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		return;
	}
	c->watch = (struct watch){ .fd = fd, .ready = orders_come };
	list_init(&c->jobs);
	list_append(&sp.customers, &c->link);
	loop_watch(sp.loop, &c->watch, LOOP_READ);
}

static void
workers_come(struct watch *w, unsigned events)
{
	int fd;

	(void)events;
	while ((fd = errand_take(w->fd)) != -1)
		welcome(fd);
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return;
	loop_unwatch(sp.loop, w);
	close(w->fd);
	w->fd = -1;
	look_for_the_end();
}

/* It ends when nobody needs it any more, whatever a terminal says. */
static void
ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGHUP, SIGTERM, SIGUSR1,
	    SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU, SIGPIPE };
	sigset_t none;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		os_ignore(signals[i]);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
run(const struct config *c, int control)
{
	sp.config = c;
	sp.loop = loop_new();
	if (sp.loop == NULL)
		return 1;
	child_init(sp.loop);
	list_init(&sp.customers);
	sp.control = (struct watch){ .fd = control, .ready = workers_come };
	if (loop_watch(sp.loop, &sp.control, LOOP_READ) == -1)
		return 1;
	ignore_signals();
	loop_run(sp.loop);
	child_kill_all();
	return 0;
}

/* ---- Seen from outside --------------------------------------------------- */

pid_t
spawner_fork(const struct config *c, void (*forget)(void), int *control)
{
	int ends[2], error;
	pid_t pid;

	if (errand_pair(ends) == -1)
		return -1;
	pid = os_fork_quietly();
	if (pid == 0) {
		os_process_name("forkful-spawner");
		if (forget != NULL)
			forget();
		close(ends[0]);
		_exit(run(c, ends[1]));
	}
	error = errno;
	close(ends[1]);
	*control = ends[0];
	if (pid == -1) {
		close(ends[0]);
		*control = -1;
	}
	errno = error;
	return pid;
}

/* The other end goes to the spawner at once: a worker that held it could not
 * hear of the spawner's end. */
int
spawner_line(int control)
{
	int ends[2];

	if (control == -1 || errand_pair(ends) == -1)
		return -1;
	if (errand_pass(control, ends[1]) == -1) {
		close(ends[0]);
		ends[0] = -1;
	}
	close(ends[1]);
	return ends[0];
}

int
spawner_alone(const struct config *c, void (*forget)(void), pid_t *pid)
{
	struct log_about about = { 0 };
	int control = -1, line = -1;

	*pid = -1;
	if (!suexec_needed(c) || geteuid() != 0)
		return -1;
	*pid = spawner_fork(c, forget, &control);
	if (*pid != -1)
		line = spawner_line(control);
	about.error = errno;
	if (control != -1)
		close(control);
	if (line == -1)
		log_write(log_main(), LEVEL_CRIT, "core", &about, "cannot "
		    "start the spawner, and so no programs of other users");
	return line;
}
