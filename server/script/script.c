/*
 * script.c - the life and death of a program that answers a request.
 */
#include <sys/wait.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "script/confinement.h"
#include "script/envoy.h"
#include "script/refusal.h"
#include "script/script.h"
#include "script/scriptlog.h"
#include "script/suexec.h"
#include "serve/buffer.h"
#include "serve/spool.h"

enum {
	KILL_MS	 = 3000,	/* between TERM and KILL */
	YOUNG_MS = 2,		/* most have ended by then */
	SOON_MS	 = 1,		/* the same, while others wait for it */
};

struct loop *script_loop;
static bool one_by_one;
static unsigned n_young;

void
script_init(struct loop *l)
{
	script_loop = l;
}

void
script_log(struct script *s, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vwrite(&s->log, level, "cgi", &s->about, fmt, ap);
	va_end(ap);
}

void
script_close(struct watch *w)
{
	if (w->fd < 0)
		return;
	loop_unwatch(script_loop, w);
	close(w->fd);
	w->fd = -1;
}

void
script_alive(struct script *s)
{
	loop_timer(script_loop, &s->timer, s->terms.timeout_ms);
}

/* ---- Ends ---------------------------------------------------------------- */

static void
not_young(struct script *s)
{
	if (s->young.place != 0)
		n_young--;
	loop_timer_stop(script_loop, &s->young);
}

/* Not the request, nor the kernel. */
void
script_release(struct script *s)
{
	if (s->r != NULL || s->child.pid != 0 || s->err.fd >= 0 ||
	    s->out.fd >= 0)
		return;
	script_heard(s);
	script_close(&s->in);
	loop_timer_stop(script_loop, &s->timer);
	not_young(s);
	buffer_give(s->buffer);
	arena_end(s->arena);
}

/* One line that says how a script failed and what it cost; a quiet one when it
 * was not its own fault. */
static void
log_end(struct script *s)
{
	struct text t = { .arena = s->arena };

	if (s->account.status == 0 && s->failed == 0)
		return;
	account_tell(&s->account, &t);
	if (s->tail_n > 0)
		text_addf(&t, "; its last words: %.*s", (int)s->tail_n,
		    s->tail);
	if (s->client_fault != NULL)
		script_log(s, LEVEL_INFO, "%sscript %s %.*s", s->client_fault,
		    s->path, STR_ARGS(text_str(&t)));
	else
		script_log(s, LEVEL_WARN, "script %s %.*s", s->path,
		    STR_ARGS(text_str(&t)));
}

static void
tell_gone(struct script *s)
{
	void (*gone)(struct script *s) = s->gone;

	s->gone = NULL;
	if (gone != NULL)
		gone(s);
}

/* The process is gone; who waits for the answer finds out the rest. */
static void
leave(struct script *s)
{
	if (s->r != NULL && !s->draining)
		request_wake(s->r);
	else
		script_close(&s->out);
	script_release(s);
}

static void
exited(struct script *s)
{
	s->exited = true;
	not_young(s);
}

static void
ended(struct child *c, int status, const struct rusage *used)
{
	struct script *s = LIST_OWNER(c, struct script, child);

	exited(s);
	tell_gone(s);
	script_close(&s->in);
	/* What is still in the pipe counts; a grandchild that holds it open
	 * does not. */
	script_hear(s);
	script_close(&s->err);
	script_heard(s);
	account_end(&s->account, status, used,
	    clock_us_now() - c->started_us);
	log_end(s);
	leave(s);
}

/* Nobody could start it: the spawner says why. */
static void
refused(struct child *c, int error, const char *why)
{
	static const struct rusage nothing;
	struct script *s = LIST_OWNER(c, struct script, child);
	bool scarce = error == EAGAIN || error == ENOMEM || error == EMFILE ||
	    error == ENFILE;

	s->failed = scarce ? 503 : 500;
	if (error == E2BIG && s->r != NULL)
		s->failed = refusal_of_size(s->r, s->r->environment, &why);
	script_log(s, LEVEL_ERROR, "script %s was not run as another user: %s",
	    s->path, why);
	exited(s);
	tell_gone(s);
	script_close(&s->in);
	script_close(&s->err);
	account_end(&s->account, 0, &nothing, 0);
	leave(s);
}

/* TERM now, KILL a little later: to the whole group, and once. */
static void
terminate(struct script *s)
{
	if (s->child.pid == 0 || s->told_to_end)
		return;
	s->told_to_end = true;
	child_terminate(&s->child, KILL_MS);
}

/* The request is over, one way or the other. */
static void
request_over(void *arg)
{
	struct script *s = arg;
	bool aborted = s->r->aborted || s->failed != 0;

	/* Admission may still want to know whose it was. */
	if (s->child.pid == 0)
		tell_gone(s);
	if (aborted && s->failed == 0 && !s->exited && !s->out_ended)
		s->client_fault = "its client is gone: ";
	s->r = NULL;
	if (aborted) {
		script_starve(s);
		terminate(s);
	} else {
		script_close(&s->in);
	}
	/* A HEAD, a redirect: let it finish undisturbed, unless it has a lot
	 * to say. */
	if (aborted || s->out_ended || s->exited)
		script_close(&s->out);
	else
		script_drain(s);
	if (s->told_to_end)
		loop_timer_stop(script_loop, &s->timer);
	else
		script_alive(s);
	script_release(s);
}

/* The whole line that begins at line.at, and what comes behind it. */
static void
split_output(const struct script *s, struct str *line, struct str *output)
{
	ptrdiff_t end;

	*output = script_unused(s);
	if (line->n == 0)
		return;
	*output = str_from(*output, (size_t)(line->at - output->at));
	end = str_find(*output, '\n');
	*line = end < 0 ? *output : str_first(*output, (size_t)end);
	*output = str_from(*output, line->n + 1);
	if (str_ends(*line, STR("\r")))
		line->n--;
}

int
script_fail(struct script *s, int status, struct str line)
{
	struct str output;

	s->failed = status;
	if (s->terms.record == NULL)
		return status;
	split_output(s, &line, &output);
	scriptlog_failure(s->terms.record, s->r, status, text_str(&s->body),
	    line, output);
	return status;
}

/* It is the client who does not send, or take; the connection sees to that. */
static bool
client_is_slow(const struct script *s)
{
	return s->r != NULL && (s->hungry ||
	    (s->r->body == &s->source && s->n > 0));
}

static void
timed_out(struct timer *t)
{
	struct script *s = LIST_OWNER(t, struct script, timer);

	if (client_is_slow(s)) {
		script_alive(s);
		return;
	}
	script_log(s, LEVEL_ERROR, s->r != NULL ?
	    "AH01220: Timeout waiting for output from CGI script %s" :
	    "AH01220: CGI script %s worked on for too long after its answer",
	    s->path);
	terminate(s);
	if (s->r != NULL && s->r->body != &s->source)
		script_fail(s, 504, STR_NONE);
	s->failed = 504;
	if (s->r != NULL)
		request_wake(s->r);
	else
		script_close(&s->out);
	script_release(s);
}

/*
 * Most programs say little and end soon.  Of these we want to hear once: when
 * they have ended, and all that they said is there.  Each of their writes would
 * wake us, and keep them from getting done.  Only those that live for longer
 * are listened to while they run.
 */
static void
grown_up(struct timer *t)
{
	struct script *s = LIST_OWNER(t, struct script, young);

	n_young--;
	if (s->err.fd >= 0)
		loop_watch(script_loop, &s->err, LOOP_READ);
	if (s->out.fd >= 0 && s->output_wanted)
		script_listen(s, true);
}

/* ---- The beginning ------------------------------------------------------- */

void
script_one_by_one(bool yes)
{
	one_by_one = yes;
}

bool
script_may_start(void)
{
	return !one_by_one || n_young == 0;
}

/* Its log may be needed when the request, and the .htaccess file that told its
 * levels, are gone. */
static void
settle_log(struct script *s)
{
	const struct request *r = s->r;
	const struct log_levels *levels = core_conf(r->scope)->levels;

	if (r->vhost->log.file == NULL) {
		s->log = *log_main();
		return;
	}
	s->log.file = r->vhost->log.file;
	if (levels != NULL)
		s->log.levels = arena_copy(s->arena, levels, sizeof(*levels) +
		    levels->n * sizeof(levels->module[0]));
}

struct script *
script_new(struct request *r, const struct script_terms *terms)
{
	struct arena *a = arena_new();
	struct script *s = arena_one(a, struct script);

	s->arena = a;
	s->r = r;
	s->made_us = clock_us_now();
	s->path = str_z(a, str_of(r->filename));
	s->name = strrchr(s->path, '/') + 1;
	settle_log(s);
	s->about.client = str_fmt(a, "%s:%u", r->client->peer,
	    r->client->peer_port);
	s->terms = *terms;
	s->body.arena = a;
	if (terms->record != NULL) {
		s->title = str_copy(a, scriptlog_title(r));
		s->terms.record = arena_copy(a, terms->record,
		    sizeof(*terms->record));
	}
	account_init(&s->account);
	r->account = &s->account;
	s->timer.fire = timed_out;
	s->young.fire = grown_up;
	s->child.ended = ended;
	s->child.refused = refused;
	s->in.fd = s->out.fd = s->err.fd = -1;
	arena_cleanup(r->arena, request_over, s);
	return s;
}

/* The body comes through a pipe; one that was gathered in a file is read from
 * there. */
static bool
needs_pipe(const struct request *r)
{
	if (r->spool == NULL)
		return request_body_length(r) != 0;
	return spool_bytes(r->spool).n > 0;
}

static bool
pipes_open(struct script *s, bool body, int theirs[3])
{
	int ends[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };

	if ((body && os_pipe_shared(ends[0], 1) != 0) ||
	    os_pipe_shared(ends[1], 0) != 0 ||
	    os_pipe_shared(ends[2], 0) != 0) {
		for (int i = 0; i < 3; i++)
			for (int k = 0; k < 2; k++)
				if (ends[i][k] >= 0)
					close(ends[i][k]);
		return false;
	}
	s->in = (struct watch){ .fd = ends[0][1], .ready = script_in_ready };
	s->out = (struct watch){ .fd = ends[1][0], .ready = script_out_ready };
	s->err = (struct watch){ .fd = ends[2][0], .ready = script_err_ready };
	theirs[0] = ends[0][0];
	theirs[1] = ends[1][1];
	theirs[2] = ends[2][1];
	return true;
}

/* 0 or an errno value; *step says what failed. */
static int
launch(struct script *s, struct os_program *p, const char **step)
{
	struct errand_user who;
	int theirs[3], error;

	*step = "pipe";
	if (!pipes_open(s, needs_pipe(s->r), theirs))
		return errno;
	p->in = s->r->spool != NULL && spool_file(s->r->spool) >= 0 ?
	    spool_file(s->r->spool) : theirs[0];
	p->out = theirs[1];
	p->err = theirs[2];
	if (suexec_wanted(s->r, &who)) {
		*step = "spawner";
		error = envoy_start(&s->child, p, &who);
	} else {
		error = child_start(script_loop, &s->child, p, step) == 0 ? 0 :
		    errno;
	}
	for (int i = 0; i < 3; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	return error;
}

static void
body_ready(struct request *r)
{
	script_feed(r->script);
}

/* It did not start: why stands in the log, and for who looks for mistakes in
 * the record. */
static int
not_started(struct script *s, int status, const char *why)
{
	script_close(&s->out);
	script_close(&s->err);
	s->failed = status;
	if (s->terms.record != NULL)
		scriptlog_error(s->terms.record, s->title, status, s->path,
		    str_of(why));
	return status;
}

int
script_start(struct script *s, struct os_program *p)
{
	int64_t began_us = clock_us_now();
	const char *step, *why = confinement_of(s->r->scope, s->r->arena, p);
	int error;

	if (why != NULL)
		return not_started(s, refusal_of_confinement(s->r, p, why,
		    errno), why);
	error = launch(s, p, &step);
	if (error != 0) {
		int status = refusal_of_start(s->r, p, step, error, &why);

		return not_started(s, status, why);
	}
	s->started = s->account.ran = s->out_dry = true;
	s->account.queue_us = began_us - s->made_us;
	s->account.spawn_us = s->child.started_us - began_us;
	s->r->script = s;
	s->r->body_ready = body_ready;
	n_young++;
	loop_timer(script_loop, &s->young, one_by_one ? SOON_MS : YOUNG_MS);
	script_alive(s);
	if (s->in.fd >= 0)
		script_feed(s);
	return 0;
}
