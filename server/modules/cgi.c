/*
 * mod_cgi - run a program for each request and send what it says.
 * Manual: modules/cgi.html
 *
 * A script is its own struct with its own arena, because it may outlive the
 * request: one that has closed its output and works on is left in peace.  Its
 * three pipes move at the same time, pulled by whoever can take the bytes: the
 * body in when the script reads, the output when the client reads.  Nothing is
 * gathered, so a script may be as slow, as long or as silent as it likes.
 *
 * RFC 3875.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "conf/directive.h"
#include "http/cgihead.h"
#include "http/precond.h"
#include "loop/child.h"
#include "serve/buffer.h"
#include "serve/output.h"
#include "serve/request.h"
#include "serve/vars.h"

enum {
	OUT_ROOM = 64 * 1024,		/* one read of the output */
	OUT_PIPE = 1024 * 1024,		/* asked for after a full read */
	OUT_WASTE = 1024 * 1024,	/* read and thrown away at most */
	STDERR_LINE = 1024,		/* longer lines are cut in parts */
	STDERR_TURN = 64 * 1024,	/* read before others get their turn */
	BODY_TURN = 1024 * 1024,	/* likewise written */
	KILL_MS = 3000,			/* between TERM and KILL */
	MAX_WORDS = 256,		/* arguments of an ISINDEX query */
	STARTS_IN_TURN = 4,		/* of the loop; see turn_came() */
};

struct cgi_conf {
	struct number	timeout_ms;
	enum flag	pass_auth;
};

struct script {
	struct arena	*arena;
	struct child	 child;
	struct request	*r;		/* NULL: works on by itself */
	const char	*path, *name;
	struct log	 log;
	struct log_about about;
	struct link	 place;		/* in the queue, until it starts */
	bool		 started;
	struct watch	 in, out, err;	/* fd -1: closed */
	struct timer	 timer;
	int64_t		 timeout_ms;

	struct cgihead	 head;
	bool		 head_done, nph;
	bool		 exited, out_ended, out_grown;
	bool		 hungry;	/* waits for the client's body */
	bool		 draining;	/* output is read and thrown away */
	size_t		 wasted;
	bool		 told_to_end;
	int		 failed;	/* a status to refuse with; 0: none */
	struct buffer	*buffer;	/* output read, not yet taken */
	size_t		 at, n;
	struct source	 source;

	char		 line[STDERR_LINE];
	size_t		 line_n;
};

extern struct module mod_cgi;
static struct loop *loop;
static struct link queue;		/* scripts to be started */
static unsigned starts;			/* in this turn of the loop */
static const struct cgihead_limits head_limits = {
	.max_fields = 500, .max_head = 64 * 1024,
};

static void	in_ready(struct watch *w, unsigned events);
static void	out_ready(struct watch *w, unsigned events);
static void	err_ready(struct watch *w, unsigned events);

/* ---- Pipes --------------------------------------------------------------- */

static void
pipe_close(struct watch *w)
{
	if (w->fd < 0)
		return;
	loop_unwatch(loop, w);
	close(w->fd);
	w->fd = -1;
}

/* The rest of the body will never come.  The script must not take what it has
 * for all of it, so its input does not end before it does. */
static void
hold_body(struct script *s)
{
	if (s->in.fd >= 0)
		loop_unwatch(loop, &s->in);
	if (s->child.pid == 0)
		pipe_close(&s->in);
}

/* Log what the script said on stderr, a line each, at most n bytes long. */
static void
err_line(struct script *s)
{
	while (s->line_n > 0 && s->line[s->line_n - 1] == '\r')
		s->line_n--;
	if (s->line_n > 0)
		log_write(&s->log, LEVEL_ERROR, "cgi", &s->about,
		    "AH01215: stderr from %s: %.*s", s->path, (int)s->line_n,
		    s->line);
	s->line_n = 0;
}

static void
err_take(struct script *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			err_line(s);
			continue;
		}
		s->line[s->line_n++] = p[i];
		if (s->line_n == sizeof(s->line))
			err_line(s);
	}
}

/* Read stderr until it is empty; false when it has ended. */
static bool
err_read(struct script *s)
{
	char room[4096];

	for (size_t all = 0; s->err.fd >= 0 && all < STDERR_TURN;) {
		ssize_t n = read(s->err.fd, room, sizeof(room));

		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			return false;
		err_take(s, room, (size_t)n);
		all += (size_t)n;
	}
	return s->err.fd >= 0;
}

/* ---- Ends ---------------------------------------------------------------- */

/* Nobody refers to the script any more: not the request, not the kernel. */
static void
script_release(struct script *s)
{
	if (s->r != NULL || s->child.pid != 0 || s->err.fd >= 0 ||
	    s->out.fd >= 0)
		return;
	err_line(s);
	pipe_close(&s->in);
	loop_timer_stop(loop, &s->timer);
	buffer_give(s->buffer);
	arena_end(s->arena);
}

/* One line that says how a script failed and what it cost. */
static void
log_end(struct script *s, int status, const struct rusage *used)
{
	struct text t = { .arena = s->arena };
	int64_t ms = (clock_us_now() - s->child.started_us) / 1000;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFSIGNALED(status))
		text_addf(&t, "was ended by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		text_addf(&t, "exited with status %d", WEXITSTATUS(status));
	log_write(&s->log, LEVEL_WARN, "cgi", &s->about, "script %s %.*s "
	    "after %lld ms; cpu %lld ms user, %lld ms system; peak memory "
	    "%ld KiB", s->path, STR_ARGS(text_str(&t)), (long long)ms,
	    (long long)used->ru_utime.tv_sec * 1000 +
	    used->ru_utime.tv_usec / 1000,
	    (long long)used->ru_stime.tv_sec * 1000 +
	    used->ru_stime.tv_usec / 1000, used->ru_maxrss);
}

static void
ended(struct child *c, int status, const struct rusage *used)
{
	struct script *s = LIST_OWNER(c, struct script, child);

	s->exited = true;
	pipe_close(&s->in);
	/* What is still in the pipe counts; a grandchild that holds it open
	 * does not. */
	err_read(s);
	pipe_close(&s->err);
	err_line(s);
	log_end(s, status, used);
	if (s->r != NULL && !s->draining)
		request_wake(s->r);
	else
		pipe_close(&s->out);
	script_release(s);
}

/* TERM now, KILL a little later: to the whole group, and once. */
static void
script_end(struct script *s)
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

	s->r = NULL;
	list_remove(&s->place);
	if (aborted) {
		hold_body(s);
		script_end(s);
	} else {
		pipe_close(&s->in);
	}
	if (aborted || s->out_ended || s->exited) {
		pipe_close(&s->out);
	} else {
		/* A HEAD, a redirect: let it finish undisturbed, unless it
		 * has a lot to say. */
		s->draining = true;
		loop_watch(loop, &s->out, LOOP_READ);
	}
	if (s->told_to_end)
		loop_timer_stop(loop, &s->timer);
	else
		loop_timer(loop, &s->timer, s->timeout_ms);
	script_release(s);
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
		loop_timer(loop, &s->timer, s->timeout_ms);
		return;
	}
	log_write(&s->log, LEVEL_ERROR, "cgi", &s->about, s->r != NULL ?
	    "AH01220: Timeout waiting for output from CGI script %s" :
	    "AH01220: CGI script %s worked on for too long after its answer",
	    s->path);
	s->failed = 504;
	script_end(s);
	if (s->r != NULL)
		request_wake(s->r);
	else
		pipe_close(&s->out);
	script_release(s);
}

/* ---- The body in --------------------------------------------------------- */

/* Move what there is of the request's body into the script. */
static void
feed(struct script *s)
{
	struct str data;
	size_t all = 0;

	while (s->in.fd >= 0) {
		enum body_look got = request_body_look(s->r, &data);
		ssize_t n;

		s->hungry = got == BODY_WAIT;
		if (s->hungry) {
			loop_watch(loop, &s->in, 0);
			return;
		}
		loop_timer(loop, &s->timer, s->timeout_ms);
		if (got == BODY_BAD) {
			s->failed = s->r->status < 400 ? 400 : s->r->status;
			request_wake(s->r);
			hold_body(s);
			return;
		}
		if (got != BODY_DATA) {
			pipe_close(&s->in);
			return;
		}
		if (all >= BODY_TURN) {
			loop_watch(loop, &s->in, LOOP_WRITE);
			return;
		}
		n = write(s->in.fd, data.at, data.n);
		if (n < 0 && errno == EAGAIN) {
			loop_watch(loop, &s->in, LOOP_WRITE);
			return;
		}
		if (n < 0) {
			/* It does not read: that is its good right. */
			log_write(&s->log, LEVEL_DEBUG, "cgi", &s->about,
			    "AH02651: Error writing request body to script %s",
			    s->path);
			pipe_close(&s->in);
			return;
		}
		request_body_took(s->r, (size_t)n);
		all += (size_t)n;
	}
}

static void
in_ready(struct watch *w, unsigned events)
{
	(void)events;
	feed(LIST_OWNER(w, struct script, in));
}

static void
body_ready(struct request *r)
{
	feed(r->state[mod_cgi.index]);
}

/* ---- The output ---------------------------------------------------------- */

static void
err_ready(struct watch *w, unsigned events)
{
	struct script *s = LIST_OWNER(w, struct script, err);

	(void)events;
	if (err_read(s))
		return;
	pipe_close(&s->err);
	script_release(s);
}

/* One read of the output behind what is there.  False: none now. */
static bool
out_read(struct script *s)
{
	ssize_t n;

	if (s->buffer == NULL)
		s->buffer = buffer_take(OUT_ROOM);
	if (s->n == 0)
		s->at = 0;
	if (s->at + s->n == s->buffer->size)
		return true;
	n = read(s->out.fd, s->buffer->at + s->at + s->n,
	    s->buffer->size - s->at - s->n);
	if (n > 0) {
		s->n += (size_t)n;
		if ((size_t)n == OUT_ROOM && !s->out_grown) {
			s->out_grown = true;
			os_pipe_grow(s->out.fd, OUT_PIPE);
		}
		/* One that works on has one time for the whole of it. */
		if (!s->draining)
			loop_timer(loop, &s->timer, s->timeout_ms);
		return true;
	}
	/* The script's exit is an end, too, once the pipe is empty. */
	if (n == 0 || errno != EAGAIN || s->exited) {
		s->out_ended = true;
		loop_watch(loop, &s->out, 0);
	}
	return s->out_ended;
}

static void
out_ready(struct watch *w, unsigned events)
{
	struct script *s = LIST_OWNER(w, struct script, out);

	(void)events;
	loop_watch(loop, &s->out, 0);
	if (!s->draining) {
		request_wake(s->r);
		return;
	}
	s->n = 0;
	if (out_read(s) && !s->out_ended) {
		s->wasted += s->n;
		if (s->wasted < OUT_WASTE) {
			loop_watch(loop, &s->out, LOOP_READ);
			return;
		}
	}
	pipe_close(&s->out);
	script_release(s);
}

static enum pull
source_look(struct source *source, struct piece *p)
{
	struct script *s = LIST_OWNER(source, struct script, source);

	if (s->n == 0 && !s->out_ended && !out_read(s)) {
		if (s->failed != 0)
			return PULL_FAILED;
		loop_watch(loop, &s->out, LOOP_READ);
		return PULL_WAIT;
	}
	if (s->failed != 0)
		return PULL_FAILED;
	if (s->n == 0)
		return PULL_END;
	*p = (struct piece){ .at = s->buffer->at + s->at, .n = s->n };
	return PULL_PIECE;
}

static void
source_took(struct source *source, size_t n)
{
	struct script *s = LIST_OWNER(source, struct script, source);

	s->at += n;
	s->n -= n;
	if (s->n == 0)
		loop_timer(loop, &s->timer, s->timeout_ms);
}

/* ---- The head of the output ---------------------------------------------- */

static int
refuse(struct script *s, const char *why)
{
	s->failed = 500;
	if (s->head.culprit.n > 0)
		request_log(s->r, LEVEL_ERROR, "cgi", 0, "%s '%s': Bad "
		    "header: %.*s (%s)", why, s->name,
		    STR_ARGS(s->head.culprit), s->head.why);
	else
		request_log(s->r, LEVEL_ERROR, "cgi", 0, "%s: %s", why,
		    s->name);
	return 500;
}

static void
copy_fields(struct script *s)
{
	struct request *r = s->r;

	for (size_t i = 0; i < s->head.fields.n; i++)
		fields_add(&r->out,
		    str_copy(r->arena, s->head.fields.at[i].name),
		    str_copy(r->arena, s->head.fields.at[i].value));
	if (s->head.content_type.n > 0)
		fields_set(&r->out, STR("Content-Type"),
		    str_copy(r->arena, s->head.content_type));
	if (s->head.has_length)
		r->length = (int64_t)s->head.length;
}

/* The script may have said what a conditional request needs to know. */
static int
conditional(struct request *r)
{
	struct precond p = { .method = r->method, .fields = &r->in,
	    .etag = fields_get(&r->out, STR("ETag")), .modified = -1,
	    .now = clock_now() };
	struct str date = fields_get(&r->out, STR("Last-Modified")), range;
	time_t t;

	if (r->status != 200 || (r->method != METHOD_GET &&
	    r->method != METHOD_HEAD))
		return 0;
	if (date.n > 0 && clock_http_parse(date, &t))
		p.modified = t;
	if (p.modified < 0 && p.etag.n == 0)
		return 0;
	return precond_check(&p, &range);
}

static int
answer(struct script *s)
{
	struct request *r = s->r;
	int status;

	s->head_done = true;
	s->at += s->head.size;
	s->n -= s->head.size;
	if (s->head.kind == CGI_LOCAL_REDIRECT)
		return request_restart(r, str_copy(r->arena,
		    s->head.location), true);
	/* An error document keeps the error's status unless it says its own. */
	if (s->head.status != 200 || s->head.reason.n > 0)
		r->status = s->head.status;
	r->reason = str_copy(r->arena, s->head.reason);
	copy_fields(s);
	status = conditional(r);
	if (status != 0)
		return status;
	r->body = &s->source;
	return DONE;
}

/* Asked again and again until the head is there. */
static int
read_head(struct script *s)
{
	for (;;) {
		size_t before = s->n;
		bool got = out_read(s);

		if (s->failed != 0)
			return s->failed;
		if (s->n > before) {
			switch (cgihead_parse(&s->head, s->buffer->at + s->at,
			    s->n)) {
			case CGIHEAD_DONE:
				return answer(s);
			case CGIHEAD_BAD:
				return refuse(s, "malformed header from "
				    "script");
			default:
				continue;
			}
		}
		if (s->out_ended) {
			cgihead_ended(&s->head);
			return refuse(s, "End of script output before headers");
		}
		if (got)
			return refuse(s, "header of script is too long");
		loop_watch(loop, &s->out, LOOP_READ);
		return WAIT;
	}
}

static int
answer_nph(struct script *s)
{
	s->r->nph = true;
	s->r->body = &s->source;
	return DONE;
}

/* ---- Starting ------------------------------------------------------------ */

/* Why the kernel would not start it, in words that name the remedy. */
static const char *
explain(const struct request *r, const char *step, int error)
{
	char room[256];
	int fd;
	ssize_t n;
	size_t end;

	if (strcmp(step, "exec") != 0 && strcmp(step, "chdir") != 0)
		return "the system could not start a process";
	if (strcmp(step, "chdir") == 0)
		return "its directory cannot be entered";
	if (error == EACCES && access(r->filename, X_OK) != 0)
		return "it is not executable: chmod +x it";
	fd = open(r->filename, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? 0 : read(fd, room, sizeof(room) - 1);
	if (fd >= 0)
		close(fd);
	room[n > 0 ? n : 0] = 0;
	if (strncmp(room, "#!", 2) != 0)
		return error == ENOEXEC ? "it has no #! line and is no "
		    "program" : "it could not be run";
	end = strcspn(room, "\n");
	if (end > 0 && room[end - 1] == '\r')
		return "its #! line ends in a carriage return: the file has "
		    "DOS line ends";
	room[end] = 0;
	return str_zfmt(r->arena, "its #! line names a program that is "
	    "missing or not executable: %s", room + 2);
}

/*
 * ISINDEX: a query without "=" is a list of words that become arguments.
 * RFC 3875, 4.4.
 */
static char *const *
arguments(struct request *r, const char *name)
{
	char **argv = arena_many(r->arena, char *, MAX_WORDS + 2);
	struct str rest = r->query, word, plain;
	size_t n = 1;

	argv[0] = str_z(r->arena, str_of(name));
	if (str_find(rest, '=') >= 0)
		return argv;
	while (n <= MAX_WORDS && str_cut(&rest, '+', &word))
		if (uri_decode(r->arena, word, false, &plain))
			argv[n++] = str_z(r->arena, plain);
	return argv;
}

static bool
pipes_open(struct script *s, bool body, int theirs[3])
{
	int ends[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };

	if ((body && os_pipe(ends[0]) != 0) || os_pipe(ends[1]) != 0 ||
	    os_pipe(ends[2]) != 0) {
		for (int i = 0; i < 3; i++)
			for (int k = 0; k < 2; k++)
				if (ends[i][k] >= 0)
					close(ends[i][k]);
		return false;
	}
	s->in = (struct watch){ .fd = ends[0][1], .ready = in_ready };
	s->out = (struct watch){ .fd = ends[1][0], .ready = out_ready };
	s->err = (struct watch){ .fd = ends[2][0], .ready = err_ready };
	theirs[0] = ends[0][0];
	theirs[1] = ends[1][1];
	theirs[2] = ends[2][1];
	for (int i = 0; i < 3; i++)
		if (theirs[i] >= 0)
			os_nonblock(theirs[i], false);
	return true;
}

static struct script *
script_new(struct request *r)
{
	struct arena *a = arena_new();
	struct script *s = arena_one(a, struct script);
	const struct cgi_conf *c = scope_get(r->scope, &mod_cgi);
	const struct core_conf *core = core_conf(r->vhost->scope);

	s->arena = a;
	s->r = r;
	s->path = str_z(a, str_of(r->filename));
	s->name = strrchr(s->path, '/') + 1;
	s->nph = strncmp(s->name, "nph-", 4) == 0;
	s->log = (struct log){ r->vhost->log.file,
	    core_conf(r->scope)->levels };
	s->about.client = str_fmt(a, "%s:%u", r->client->peer,
	    r->client->peer_port);
	s->timeout_ms = number_or(c->timeout_ms,
	    number_or(core->timeout_ms, 60000));
	s->timer.fire = timed_out;
	s->source = (struct source){ source_look, source_took };
	s->child.ended = ended;
	s->in.fd = s->out.fd = s->err.fd = -1;
	cgihead_init(&s->head, a, &head_limits);
	list_append(&queue, &s->place);
	arena_cleanup(r->arena, request_over, s);
	return s;
}

/*
 * To start a program takes longer than to send a file.  So that files need not
 * wait behind a crowd of scripts, only some start in a turn of the loop, and
 * everybody else is looked after in between.
 */
static bool
turn_came(struct script *s)
{
	if (starts == STARTS_IN_TURN || queue.next != &s->place)
		return false;
	list_remove(&s->place);
	starts++;
	return true;
}

static void
next_turn(void *arg)
{
	struct link *l = queue.next;

	(void)arg;
	starts = 0;
	for (int i = 0; i < STARTS_IN_TURN && l != &queue; i++, l = l->next)
		request_wake(LIST_OWNER(l, struct script, place)->r);
}

static int
start(struct script *s)
{
	struct request *r = s->r;
	const struct cgi_conf *c = scope_get(r->scope, &mod_cgi);
	struct os_program p = { .path = s->path, .umask = -1 };
	const char *step = "pipe";
	int theirs[3], error;

	p.argv = arguments(r, s->name);
	p.envp = vars_cgi_environment(r, flag_or(c->pass_auth, false));
	p.directory = str_z(r->arena, str_n(s->path,
	    s->name - s->path > 1 ? (size_t)(s->name - s->path - 1) : 1));
	if (!pipes_open(s, request_body_length(r) != 0, theirs)) {
		error = errno;
	} else {
		p.in = theirs[0];
		p.out = theirs[1];
		p.err = theirs[2];
		error = child_start(loop, &s->child, &p, &step) == 0 ? 0 :
		    errno;
		for (int i = 0; i < 3; i++)
			if (theirs[i] >= 0)
				close(theirs[i]);
	}
	if (error != 0) {
		request_log(r, LEVEL_ERROR, "cgi", error, "script %s could "
		    "not be started: %s", s->path, explain(r, step, error));
		pipe_close(&s->out);
		pipe_close(&s->err);
		s->failed = error == EAGAIN || error == ENOMEM ||
		    error == EMFILE || error == ENFILE ? 503 : 500;
		return s->failed;
	}
	s->started = true;
	r->body_ready = body_ready;
	loop_watch(loop, &s->err, LOOP_READ);
	loop_timer(loop, &s->timer, s->timeout_ms);
	if (s->in.fd >= 0)
		feed(s);
	return s->nph ? answer_nph(s) : read_head(s);
}

static bool
is_mine(const struct request *r)
{
	return r->handler != NULL &&
	    (strcmp(r->handler, "cgi-script") == 0 ||
	    strcmp(r->handler, "application/x-httpd-cgi") == 0);
}

/* 0, or why this file is not run. */
static int
check(struct request *r)
{
	int64_t accept = number_or(core_conf(r->scope)->accept_path_info,
	    PATH_INFO_DEFAULT);

	if (!r->script_alias &&
	    !(core_options(r->scope) & OPTION_EXEC_CGI)) {
		request_log(r, LEVEL_ERROR, "cgi", 0, "AH02809: Options "
		    "ExecCGI is off in this directory: %s", r->filename);
		return 403;
	}
	if (r->found.kind == FOUND_NOTHING) {
		request_log(r, LEVEL_ERROR, "cgi", r->found.error, "AH02811: "
		    "stderr from %s: script not found or unable to stat",
		    r->filename);
		return 404;
	}
	if (r->found.kind != FOUND_FILE) {
		request_log(r, LEVEL_ERROR, "cgi", 0, "AH02810: attempt to "
		    "invoke %s as script: %s", r->found.kind ==
		    FOUND_DIRECTORY ? "directory" : "special file",
		    r->filename);
		return 403;
	}
	return r->path_info.n > 0 && accept == PATH_INFO_OFF ? 404 : 0;
}

static int
handle(struct request *r)
{
	struct script *s = r->state[mod_cgi.index];
	int status;

	if (!is_mine(r))
		return PASS;
	if (s == NULL) {
		status = check(r);
		if (status != 0)
			return status;
		s = r->state[mod_cgi.index] = script_new(r);
	}
	if (s->started)
		return read_head(s);
	return turn_came(s) ? start(s) : WAIT;
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	loop = l;
	list_init(&queue);
	loop_each_turn(l, next_turn, NULL);
}

static const struct directive rows[] = {
	{ "CGIScriptTimeout", 1, 1, IN_ANY | OVERRIDE_FILEINFO, SLOT_SECONDS,
	  offsetof(struct cgi_conf, timeout_ms), NULL,
	  "seconds that a script may keep silent", 1, 2147483000 },
	{ "CGIPassAuth", 1, 1, IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG,
	  SLOT_FLAG, offsetof(struct cgi_conf, pass_auth), NULL,
	  "On: scripts see the Authorization field" },
	{ 0 }
};

struct module mod_cgi = {
	.name = "cgi",
	.alias = "mod_cgi.c cgi_module mod_cgid.c cgid_module",
	.conf_size = sizeof(struct cgi_conf),
	.rows = rows,
	.worker = worker,
	.handle = handle,
};
