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

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "loop/child.h"
#include "process/settings.h"
#include "runcgi.h"
#include "serve/account.h"
#include "serve/config.h"
#include "serve/corridor.h"
#include "serve/hosts.h"
#include "serve/output.h"

static const struct head_limits limits = {
	.max_line = 1024 * 1024, .max_fields = 1000,
	.max_field_size = 1024 * 1024, .max_head = 4 * 1024 * 1024,
};

/* The one request of this process. */
static struct run {
	struct client	 client;	/* first: a client is a run */
	struct sockaddr_in local;
	struct loop	*loop;
	struct later	 later;
	struct arena	*arena;		/* the request's; NULL: it is over */
	struct head	 head;
	struct request	*r;
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
	static const char *const names[] = { "-X", "-H", "--data", "--peer" };
	int i = 0;

	while (i < 4 && strcmp(argv[0], names[i]) != 0)
		i++;
	if (i == 4 || argv[1] == NULL)
		return 0;
	switch (i) {
	case 0:
		q->method = argv[1];
		break;
	case 1:
		vec_add(a, &q->fields, argv[1]);
		break;
	case 2:
		q->data = argv[1];
		break;
	default:
		q->peer = argv[1];
		break;
	}
	return 2;
}

/* ---- The client ---------------------------------------------------------- */

static const struct sockaddr *
local(struct client *c)
{
	return (const struct sockaddr *)&((struct run *)c)->local;
}

static void
wake(struct client *c)
{
	(void)c;
	loop_later(run.loop, &run.later);
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
	struct request *r = run.r;

	fflush(stdout);
	tell_requests(r);
	fprintf(stderr, "status: %d%s\n", r->status, run.cut ?
	    "; the answer broke off" : "");
	run.failed = r->status >= 400 || run.cut;
	r->aborted = run.cut;
	for (; r != NULL; r = r->prev)
		tell_account(r);
	arena_end(run.arena);
	run.arena = NULL;
}

/* All that can be done without waiting. */
static void
go_on(struct later *l)
{
	(void)l;
	if (run.arena == NULL)
		return;
	if (!run.answering) {
		if (corridor_walk(run.r, &run.r) != DONE)
			return;
		run.answering = true;
		put_head(output_head(run.r));
	}
	if (put_body(run.r))
		over();
}

static void
look_for_the_end(void *unused)
{
	(void)unused;
	if (run.arena == NULL && child_count() == 0)
		loop_stop(run.loop);
}

/* ---- The beginning ------------------------------------------------------- */

/* The head of the request as a client would send it. */
static struct str
write_head(const struct runcgi *q, const struct config *c, uint64_t length)
{
	struct text t = { .arena = run.arena };
	struct str rest = str_of(q->url), host = str_of(c->main->name);
	const char *method = q->method != NULL ? q->method :
	    q->data != NULL ? "POST" : "GET";
	ptrdiff_t slash;
	bool has_host = false;

	if (str_starts_nocase(rest, STR("http://"))) {
		rest = str_from(rest, 7);
		slash = str_find(rest, '/');
		host = str_first(rest, slash < 0 ? rest.n : (size_t)slash);
		rest = slash < 0 ? STR("/") : str_from(rest, (size_t)slash);
	}
	text_addf(&t, "%s %.*s HTTP/1.1\r\n", method, STR_ARGS(rest));
	for (size_t i = 0; i < q->fields.n; i++) {
		text_addf(&t, "%s\r\n", (const char *)q->fields.at[i]);
		has_host |= str_starts_nocase(str_of(q->fields.at[i]),
		    STR("Host:"));
	}
	if (!has_host)
		text_addf(&t, "Host: %.*s\r\n", STR_ARGS(host));
	if (q->data != NULL && length == UINT64_MAX)
		text_addz(&t, "Transfer-Encoding: chunked\r\n");
	else if (q->data != NULL)
		text_addf(&t, "Content-Length: %llu\r\n",
		    (unsigned long long)length);
	text_addz(&t, "\r\n");
	return text_str(&t);
}

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

static unsigned
first_port(const struct config *c)
{
	struct settings s;

	settings_of(c, &s);
	return s.addresses->n == 0 ? 80 : address_port((const struct sockaddr *)
	    &((const struct address *)s.addresses->at[0])->at);
}

/* The virtual hosts are chosen by address, so the server's is guessed: the
 * one in the URL if it is a number, with its port or that of the first
 * Listen. */
static void
set_addresses(const struct runcgi *q, const struct config *c)
{
	unsigned port = (unsigned)run.head.host.port;

	run.local.sin_family = AF_INET;
	run.local.sin_port = htons((uint16_t)(port != 0 ? port :
	    first_port(c)));
	if (inet_pton(AF_INET, str_z(run.arena, run.head.host.name),
	    &run.local.sin_addr) != 1)
		run.local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	snprintf(run.client.peer, sizeof(run.client.peer), "%s",
	    q->peer != NULL ? q->peer : "127.0.0.1");
	run.client.peer_port = 40000;
	run.client.local = local;
	run.client.wake = wake;
	run.client.body_look = body_look;
	run.client.body_took = body_took;
	run.client.hosts = hosts_at(c, local(&run.client));
}

static int
make_request(const struct runcgi *q, const struct config *c)
{
	uint64_t length = 0;
	struct str text;
	struct request *r;

	if (q->data != NULL && open_data(q, &length) != 0)
		return -1;
	text = write_head(q, c, length);
	head_init(&run.head, run.arena, &limits);
	if (head_parse(&run.head, (char *)(uintptr_t)text.at, text.n) !=
	    HEAD_DONE) {
		fprintf(stderr, "forkful: this is no request: %s\n",
		    run.head.why != NULL ? run.head.why : "it has no end");
		return -1;
	}
	set_addresses(q, c);
	r = run.r = request_new(run.arena, c, &run.client);
	r->vhost = host_named(c, run.client.hosts, STR_NONE);
	r->scope = r->vhost->scope;
	r->head = &run.head;
	r->method = run.head.method;
	r->method_name = run.head.method_name;
	r->in = run.head.fields;
	r->uri = run.head.query.at == NULL ? run.head.path :
	    str_n(run.head.path.at, run.head.path.n + 1 + run.head.query.n);
	r->started_us = clock_wall_us();
	r->started_mono_us = clock_us_now();
	r->no_body = q->data == NULL;
	return 0;
}

static int
become_worker(struct config *c)
{
	struct settings s;

	settings_of(c, &s);
	if (geteuid() == 0 && s.uid != 0 &&
	    os_become(s.user, s.uid, s.gid) != 0) {
		fprintf(stderr, "forkful: cannot become user %s: %s\n",
		    s.user != NULL ? s.user : "", strerror(errno));
		return -1;
	}
	if (geteuid() != 0 && s.user_given && geteuid() != s.uid)
		fprintf(stderr, "note: the server runs scripts as %s, this is "
		    "user %ld\n", s.user != NULL ? s.user : "its User",
		    (long)geteuid());
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	os_open_files();
	run.loop = loop_new();
	if (run.loop == NULL)
		return -1;
	child_init(run.loop);
	config_serve(c);
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->worker != NULL)
			modules[i]->worker(run.loop, c);
	return 0;
}

int
runcgi(const struct runcgi *q, struct config *c)
{
	run.arena = arena_new();
	run.data = -1;
	run.later.run = go_on;
	clock_tick();
	if (make_request(q, c) != 0) {
		arena_end(run.arena);
		return 1;
	}
	if (become_worker(c) != 0) {
		arena_end(run.arena);
		return 1;
	}
	wake(&run.client);
	loop_each_turn(run.loop, look_for_the_end, NULL);
	loop_run(run.loop);
	if (!run.ran)
		fprintf(stderr, "no script was run\n");
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->worker_end != NULL)
			modules[i]->worker_end();
	loop_end(run.loop);
	return run.ran && !run.failed ? 0 : 1;
}
