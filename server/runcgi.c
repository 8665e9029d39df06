/*
 * runcgi.c - "forkful run-cgi": a script, run from the shell as the server runs
 * it.
 *
 * A request that comes from no socket goes through the same corridor as all
 * others, in a process that is made like a worker: with the same user, limits,
 * sandbox, environment and directory.  What the corridor decided on its way is
 * told afterwards.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "loop/child.h"
#include "runcgi.h"
#include "script/account.h"
#include "serve/corridor.h"
#include "serve/output.h"

/* The one request of this process. */
static struct run {
	struct offline	 offline;
	struct later	 later;
	int		 data;		/* fd of the body; -1: none */
	char		 bytes[64 * 1024];
	struct str	 shown;		/* of the body */
	bool		 data_ended, answering, cut, ran, failed;
} run;

/* ---- Options ------------------------------------------------------------- */

void
runcgi_usage(void)
{
	fprintf(stderr,
"Usage: forkful run-cgi [-d directory] [-f file] [-D name] [-C \"directive\"]\n"
"       [-X method] [-H \"Name: value\"] [--data file] [--peer address] URL\n"
"Runs the script that the URL leads to as the server would run it.  The\n"
"answer goes to the standard output; how the script was found, its\n"
"environment, its end and what it cost, to standard error.\n"
"Options:\n"
"  -d, -f, -D, -C, -c   as for the server\n"
"  -X method            another method than GET (with --data: POST)\n"
"  -H \"Name: value\"     a field of the request; there may be several\n"
"  --data file          the request's body; - is the standard input\n"
"  --peer address       the client's address; otherwise 127.0.0.1\n");
}

int
runcgi_option(struct runcgi *q, struct arena *a, char **argv)
{
	if (strcmp(argv[0], "--data") != 0 || argv[1] == NULL)
		return offline_option(&q->asked, a, argv);
	q->data = argv[1];
	return 2;
}

/* ---- The client ---------------------------------------------------------- */

static void
wake(struct client *c)
{
	(void)c;
	loop_later(run.offline.loop, &run.later);
}

static enum body_look
body_look(struct client *c, struct request *r, struct str *s)
{
	ssize_t n;

	(void)c;
	if (r->no_body || (run.shown.n == 0 && run.data_ended))
		return BODY_END;
	if (run.shown.n == 0) {
		n = read(run.data, run.bytes, sizeof(run.bytes));
		if (n <= 0) {
			run.data_ended = true;
			return n < 0 ? BODY_BAD : BODY_END;
		}
		run.shown = str_n(run.bytes, (size_t)n);
	}
	*s = run.shown;
	return BODY_DATA;
}

static void
body_took(struct client *c, struct request *r, size_t n)
{
	(void)c;
	(void)r;
	run.shown = str_from(run.shown, n);
}

/* ---- The answer ---------------------------------------------------------- */

static void
put(const char *p, size_t n)
{
	if (fwrite(p, 1, n, stdout) != n)
		run.cut = true;
}

static void
put_range(const struct piece *p)
{
	char room[64 * 1024];
	off_t at = p->offset;
	size_t left = p->n;

	while (left > 0) {
		ssize_t n = pread(p->fd, room, left < sizeof(room) ? left :
		    sizeof(room), at);

		if (n <= 0) {
			run.cut = true;
			return;
		}
		put(room, (size_t)n);
		at += n;
		left -= (size_t)n;
	}
}

/* Fields that concern the connection, which there is none of, are left out. */
static void
put_head(struct str head)
{
	struct str line;

	while (str_cut(&head, '\n', &line))
		if (!str_starts_nocase(line, STR("Transfer-Encoding:")) &&
		    !str_starts_nocase(line, STR("Connection:"))) {
			put(line.at, line.n);
			put("\n", 1);
		}
}

/* False: there is more to come. */
static bool
put_body(struct request *r)
{
	struct piece p;
	enum pull got;

	while (r->body != NULL &&
	    (got = r->body->look(r->body, &p)) != PULL_END) {
		if (got == PULL_WAIT)
			return false;
		run.cut |= got == PULL_FAILED;
		if (run.cut)
			break;
		if (p.at != NULL)
			put(p.at, p.n);
		else
			put_range(&p);
		fflush(stdout);
		r->body->took(r->body, p.n);
		r->body_sent += p.n;
	}
	return true;
}

/* ---- The report ---------------------------------------------------------- */

static void
tell_request(struct request *r)
{
	const struct vhost *v = r->vhost;

	fprintf(stderr, "%s %.*s\n", r->prev == NULL ? "request:" :
	    "redirected to:", STR_ARGS(r->prev == NULL ? r->uri :
	    r->redirect_to));
	if (r->prev == NULL && v->at.line > 0)
		fprintf(stderr, "  host: %s (%s:%u)\n", v->name,
		    v->at.file, v->at.line);
	else if (r->prev == NULL)
		fprintf(stderr, "  host: %s (the main server)\n", v->name);
	if (r->filename != NULL)
		fprintf(stderr, "  file: %s\n", r->filename);
	if (r->path_info.n > 0)
		fprintf(stderr, "  path info: %.*s\n", STR_ARGS(r->path_info));
	if (r->handler != NULL)
		fprintf(stderr, "  handler: %s%s\n", r->handler,
		    r->script_alias ? " (by ScriptAlias)" : "");
	if (r->environment == NULL)
		return;
	fprintf(stderr, "  directory: %.*s\n",
	    (int)str_rfind(str_of(r->filename), '/'), r->filename);
	fprintf(stderr, "  environment:\n");
	for (char *const *z = r->environment; *z != NULL; z++)
		fprintf(stderr, "    %s\n", *z);
}

static void
tell_requests(struct request *r)
{
	if (r->prev != NULL)
		tell_requests(r->prev);
	tell_request(r);
}

static void
tell_line(void *unused, struct str line)
{
	(void)unused;
	fwrite(line.at, 1, line.n, stderr);
}

/* Exit and cost are known when the script has ended. */
static void
tell_account(struct request *r)
{
	static const struct {
		const char	*before, *name;
	} parts[] = {
		{ "exit status (negative: a signal): ", "cgi-exit" },
		{ "\nprocessor: ", "cgi-user" },
		{ " us user, ", "cgi-system" },
		{ " us system\nmemory: ", "cgi-memory" },
		{ " KiB at most\ntime: ", "cgi-wall" },
		{ " us, after ", "cgi-spawn" },
	};
	struct text t = { .arena = r->arena };

	if (r->account == NULL || !r->account->ran)
		return;
	run.ran = true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		text_addz(&t, parts[i].before);
		account_write(account_item_named(str_of(parts[i].name)), &t,
		    r->account);
	}
	text_addz(&t, " us to start it\n");
	if (account_gaps())
		account_hold(text_str(&t), tell_line, NULL);
	else
		tell_line(NULL, text_str(&t));
}

/* ---- Running ------------------------------------------------------------- */

static void
over(void)
{
	struct request *r = run.offline.r;

	fflush(stdout);
	tell_requests(r);
	fprintf(stderr, "status: %d%s\n", r->status, run.cut ?
	    "; the answer broke off" : "");
	run.failed = r->status >= 400 || run.cut;
	r->aborted = run.cut;
	for (; r != NULL; r = r->prev)
		tell_account(r);
	arena_end(run.offline.arena);
	run.offline.arena = NULL;
}

/* All that can be done without waiting. */
static void
go_on(struct later *l)
{
	(void)l;
	if (run.offline.arena == NULL)
		return;
	if (!run.answering) {
		if (corridor_walk(run.offline.r, &run.offline.r) != DONE)
			return;
		run.answering = true;
		put_head(output_head(run.offline.r));
	}
	if (put_body(run.offline.r))
		over();
}

static void
look_for_the_end(void *unused)
{
	(void)unused;
	if (run.offline.arena == NULL && child_count() == 0)
		loop_stop(run.offline.loop);
}

/* ---- The beginning ------------------------------------------------------- */

/* The body of the request; *length is UINT64_MAX when it is not known. */
static int
open_data(const struct runcgi *q, uint64_t *length)
{
	struct stat st;

	run.data = strcmp(q->data, "-") == 0 ? STDIN_FILENO :
	    open(q->data, O_RDONLY | O_CLOEXEC);
	if (run.data < 0 || fstat(run.data, &st) != 0) {
		fprintf(stderr, "forkful: %s: %s\n", q->data, strerror(errno));
		return -1;
	}
	*length = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : UINT64_MAX;
	return 0;
}

static int
make_request(const struct runcgi *q, const struct config *c)
{
	struct asked asked = q->asked;
	uint64_t length = 0;
	char more[64] = "";

	if (q->data != NULL && open_data(q, &length) != 0)
		return -1;
	if (q->data != NULL && asked.method == NULL)
		asked.method = "POST";
	if (q->data != NULL && length == UINT64_MAX)
		strcpy(more, "Transfer-Encoding: chunked\r\n");
	else if (q->data != NULL)
		snprintf(more, sizeof(more), "Content-Length: %llu\r\n",
		    (unsigned long long)length);
	if (offline_request(&run.offline, &asked, more, c) != 0)
		return -1;
	run.offline.r->no_body = q->data == NULL;
	return 0;
}

static const struct client_calls calls = { offline_local, wake, NULL,
	body_look, body_took, NULL };

int
runcgi(const struct runcgi *q, struct config *c)
{
	run.offline.arena = arena_new();
	run.data = -1;
	run.later.run = go_on;
	run.offline.client.calls = &calls;
	clock_tick();
	if (make_request(q, c) != 0) {
		arena_end(run.offline.arena);
		return 1;
	}
	offline_start_spawner(&run.offline, c);
	if (offline_become_worker(&run.offline, c) != 0) {
		arena_end(run.offline.arena);
		return 1;
	}
	wake(&run.offline.client);
	loop_each_turn(run.offline.loop, look_for_the_end, NULL);
	loop_run(run.offline.loop);
	if (!run.ran)
		fprintf(stderr, "no script was run\n");
	offline_end(&run.offline);
	return run.ran && !run.failed ? 0 : 1;
}
