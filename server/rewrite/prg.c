/*
 * prg.c - maps that are programs.
 *
 * A question belongs to a request, and may be given up with it; the program
 * does not know of that, so that its answer is then read and thrown away.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "loop/child.h"
#include "rewrite/prg.h"

extern char **environ;

enum {
	ANSWER_MAX = 8192,	/* bytes of a line */
	RESTART_US = 1000000,	/* a program that ends sooner is not begun
				 * anew at once */
};

struct question {
	const struct rewrite_program *program;
	struct rewrite_memory *memory;	/* it lives in its arena */
	struct client	*client;	/* to be woken */
	int64_t		 timeout_ms;
	struct str	 key;
	enum { ASKED, ANSWERED, FAILED } state;
	struct str	 value;
	struct link	 place;		/* in the queue */
};

/* A program that runs, or ran. */
struct running {
	const struct rewrite_program *program;
	struct child	 child;
	struct watch	 in, out;
	struct timer	 timer;
	struct link	 queue;		/* questions to be asked */
	struct question	*asked;		/* NULL: given up since */
	bool		 busy;		/* an answer is due */
	int64_t		 started_us;
	struct arena	*arena;		/* of the question being asked */
	struct str	 unsent;
	char		 line[ANSWER_MAX];
	size_t		 line_n;
};

static struct loop *loop;
static struct arena *own;		/* of the process */
static struct vec programs;		/* struct running * */

static void	next_question(struct running *p);

/* ---- The end of a question ----------------------------------------------- */

static void
settle(struct question *q, int state, struct str value)
{
	q->state = state;
	q->value = value.at == NULL ? STR_NONE :
	    str_copy(q->memory->arena, value);
	q->client->calls->wake(q->client);
}

static void
over(struct running *p, int state, struct str value)
{
	struct question *q = p->asked;

	p->asked = NULL;
	p->busy = false;
	p->line_n = 0;
	loop_timer_stop(loop, &p->timer);
	if (q != NULL)
		settle(q, state, value);
}

static void
pipe_close(struct watch *w)
{
	if (w->fd < 0)
		return;
	loop_unwatch(loop, w);
	close(w->fd);
	w->fd = -1;
}

static bool
runs(const struct running *p)
{
	return p->child.pid > 0 && p->in.fd >= 0;
}

/* No more of this program: who waits for its answer gets none. */
static void
give_up(struct running *p, const char *why)
{
	pipe_close(&p->in);
	pipe_close(&p->out);
	if (p->child.pid > 0)
		child_terminate(&p->child, 1000);
	if (!p->busy)
		return;
	log_write(log_main(), LEVEL_ERROR, "rewrite", NULL, "the program %s "
	    "of the map at %s:%u %s", p->program->argv[0],
	    p->program->at.file, p->program->at.line, why);
	over(p, FAILED, STR_NONE);
}

/* ---- Talking ------------------------------------------------------------- */

static void
write_key(struct running *p)
{
	while (p->unsent.n > 0) {
		ssize_t n = write(p->in.fd, p->unsent.at, p->unsent.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			loop_watch(loop, &p->in, LOOP_WRITE);
			return;
		}
		if (n < 0) {
			give_up(p, "takes no more keys");
			return;
		}
		p->unsent = str_from(p->unsent, (size_t)n);
	}
	loop_watch(loop, &p->in, 0);
}

static void
in_ready(struct watch *w, unsigned events)
{
	(void)events;
	write_key(LIST_OWNER(w, struct running, in));
}

static void
answer_came(struct running *p, size_t n)
{
	struct str value = str_n(p->line, n);

	if (str_ends(value, STR("\r")))
		value.n--;
	if (str_is_nocase(value, "NULL"))
		value = STR_NONE;
	over(p, ANSWERED, value);
}

static void
out_ready(struct watch *w, unsigned events)
{
	struct running *p = LIST_OWNER(w, struct running, out);
	ssize_t n = read(w->fd, p->line + p->line_n, ANSWER_MAX - p->line_n);
	char *end;

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		give_up(p, "ended without an answer");
		next_question(p);
		return;
	}
	p->line_n += (size_t)n;
	end = memchr(p->line, '\n', p->line_n);
	if (end != NULL)
		answer_came(p, (size_t)(end - p->line));
	else if (p->line_n == ANSWER_MAX)
		give_up(p, "answers with a line that is too long");
	else
		return;
	next_question(p);
}

static void
timed_out(struct timer *t)
{
	struct running *p = LIST_OWNER(t, struct running, timer);

	give_up(p, "did not answer in time, and is ended");
	next_question(p);
}

static void
ended(struct child *c, int status, const struct rusage *used)
{
	struct running *p = LIST_OWNER(c, struct running, child);

	(void)status;
	(void)used;
	give_up(p, "ended without an answer");
	next_question(p);
}

/* ---- Starting ------------------------------------------------------------ */

static int
start(struct running *p, int in[2], int out[2])
{
	struct os_program program = { .path = p->program->argv[0],
	    .argv = p->program->argv, .envp = environ,
	    .directory = p->program->directory, .umask = -1,
	    .in = in[0], .out = out[1],
	    .err = log_main()->file == NULL ? -1 : log_fd(log_main()->file) };
	const char *step = NULL;

	os_nonblock(in[0], false);
	os_nonblock(out[1], false);
	p->child.ended = ended;
	if (child_start(loop, &p->child, &program, &step) == 0)
		return 0;
	log_write(log_main(), LEVEL_ERROR, "rewrite",
	    &(struct log_about){ .error = errno }, "the program %s of the map "
	    "at %s:%u could not be started (%s)", p->program->argv[0],
	    p->program->at.file, p->program->at.line, step);
	return -1;
}

static void
close_both(int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

static bool
begin(struct running *p)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };

	if (p->child.pid > 0 || (p->started_us != 0 &&
	    clock_us_now() - p->started_us < RESTART_US))
		return false;
	p->started_us = clock_us_now();
	if (os_pipe(in) != 0 || os_pipe(out) != 0 || start(p, in, out) != 0) {
		close_both(in);
		close_both(out);
		return false;
	}
	close(in[0]);
	close(out[1]);
	p->in = (struct watch){ .fd = in[1], .ready = in_ready };
	p->out = (struct watch){ .fd = out[0], .ready = out_ready };
	p->line_n = 0;
	loop_watch(loop, &p->out, LOOP_READ);
	return true;
}

/* Ask the first in the queue, if nobody else is being answered. */
static void
next_question(struct running *p)
{
	struct question *q;

	if (p->busy || list_empty(&p->queue))
		return;
	q = LIST_OWNER(p->queue.next, struct question, place);
	if (!runs(p) && !begin(p)) {
		if (p->child.pid > 0)	/* asked again when it has ended */
			return;
		list_remove(&q->place);
		settle(q, FAILED, STR_NONE);
		next_question(p);
		return;
	}
	list_remove(&q->place);
	p->asked = q;
	p->busy = true;
	p->line_n = 0;
	arena_reset(p->arena);
	p->unsent = str_fmt(p->arena, "%.*s\n", STR_ARGS(q->key));
	loop_timer(loop, &p->timer, q->timeout_ms);
	write_key(p);
}

/* ---- Asking -------------------------------------------------------------- */

static struct running *
running_of(const struct rewrite_program *program)
{
	struct running *p;

	for (size_t i = 0; i < programs.n; i++) {
		p = programs.at[i];
		if (p->program == program)
			return p;
	}
	p = arena_one(own, struct running);
	p->program = program;
	p->arena = arena_new();
	p->in.fd = p->out.fd = -1;
	p->timer.fire = timed_out;
	list_init(&p->queue);
	vec_add(own, &programs, p);
	return p;
}

/* The request is over before its question was. */
static void
forget(void *arg)
{
	struct question *q = arg;

	list_remove(&q->place);
	for (size_t i = 0; i < programs.n; i++) {
		struct running *p = programs.at[i];

		if (p->asked == q)
			p->asked = NULL;
	}
}

static struct question *
ask(struct rewrite_run *run, const struct rewrite_program *program,
    struct str key)
{
	struct rewrite_memory *memory = run->memory;
	struct question *q = arena_one(memory->arena, struct question);
	struct running *p = running_of(program);

	q->program = program;
	q->memory = memory;
	q->client = run->r->client;
	q->timeout_ms = number_or(core_conf(run->r->vhost->scope)->timeout_ms,
	    60000);
	q->key = str_copy(memory->arena, key);
	vec_add(memory->arena, &memory->answers, q);
	list_append(&p->queue, &q->place);
	arena_cleanup(memory->arena, forget, q);
	next_question(p);
	return q;
}

struct str
rewrite_prg_ask(struct rewrite_run *run, const struct rewrite_program *program,
    struct str key)
{
	struct question *q = NULL;

	/* One line is one key. */
	if (str_find(key, '\n') >= 0)
		return STR_NONE;
	if (loop == NULL) {
		run->failed = true;
		return STR_NONE;
	}
	for (size_t i = 0; q == NULL && i < run->memory->answers.n; i++) {
		q = run->memory->answers.at[i];
		if (q->program != program || !str_eq(q->key, key))
			q = NULL;
	}
	if (q == NULL)
		q = ask(run, program, key);
	run->waits |= q->state == ASKED;
	run->failed |= q->state == FAILED;
	return q->state == ANSWERED ? q->value : STR_NONE;
}

void
rewrite_prg_worker(struct loop *l)
{
	loop = l;
	own = arena_new();
}
