/*
 * offline.c - requests that come from no socket.
 */
#include <arpa/inet.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/os.h"
#include "loop/child.h"
#include "offline.h"
#include "process/settings.h"
#include "process/spawner.h"
#include "script/envoy.h"
#include "script/suexec.h"
#include "serve/config.h"
#include "serve/hosts.h"

static const struct head_limits limits = {
	.max_line = 1024 * 1024, .max_fields = 1000,
	.max_field_size = 1024 * 1024, .max_head = 4 * 1024 * 1024,
};

int
offline_option(struct asked *q, struct arena *a, char **argv)
{
	if (argv[1] == NULL)
		return 0;
	if (strcmp(argv[0], "-X") == 0)
		q->method = argv[1];
	else if (strcmp(argv[0], "-H") == 0)
		vec_add(a, &q->fields, argv[1]);
	else if (strcmp(argv[0], "--peer") == 0)
		q->peer = argv[1];
	else
		return 0;
	return 2;
}

const struct sockaddr *
offline_local(struct client *c)
{
	return (const struct sockaddr *)&((struct offline *)c)->local;
}

/* The head of the request as a client would send it. */
static struct str
write_head(const struct asked *q, struct arena *a, const char *more,
    const struct config *c)
{
	struct text t = { .arena = a };
	struct str rest = str_of(q->url), host = str_of(c->main->name);
	ptrdiff_t slash;
	bool has_host = false;

	if (str_starts_nocase(rest, STR("http://"))) {
		rest = str_from(rest, 7);
		slash = str_find(rest, '/');
		host = str_first(rest, slash < 0 ? rest.n : (size_t)slash);
		rest = slash < 0 ? STR("/") : str_from(rest, (size_t)slash);
	}
	text_addf(&t, "%s %.*s HTTP/1.1\r\n", q->method != NULL ? q->method :
	    "GET", STR_ARGS(rest));
	for (size_t i = 0; i < q->fields.n; i++) {
		text_addf(&t, "%s\r\n", (const char *)q->fields.at[i]);
		has_host |= str_starts_nocase(str_of(q->fields.at[i]),
		    STR("Host:"));
	}
	if (!has_host)
		text_addf(&t, "Host: %.*s\r\n", STR_ARGS(host));
	if (more != NULL)
		text_addz(&t, more);
	text_addz(&t, "\r\n");
	return text_str(&t);
}

static unsigned
first_port(const struct config *c)
{
	struct settings s;

	settings_of(c, &s);
	return s.addresses->n == 0 ? 80 : address_port((const struct sockaddr *)
	    &((const struct address *)s.addresses->at[0])->at);
}

static void
set_addresses(struct offline *o, const struct asked *q,
    const struct config *c)
{
	unsigned port = (unsigned)o->head.host.port;

	o->local.sin_family = AF_INET;
	o->local.sin_port = htons((uint16_t)(port != 0 ? port :
	    first_port(c)));
	if (inet_pton(AF_INET, str_z(o->arena, o->head.host.name),
	    &o->local.sin_addr) != 1)
		o->local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	o->client.peer = q->peer != NULL ? q->peer : "127.0.0.1";
	o->client.peer_port = 40000;
	o->client.hosts = hosts_at(c, offline_local(&o->client));
}

int
offline_request(struct offline *o, const struct asked *q, const char *more,
    const struct config *c)
{
	struct str text = write_head(q, o->arena, more, c);
	struct request *r;

	head_init(&o->head, o->arena, &limits);
	if (head_parse(&o->head, (char *)(uintptr_t)text.at, text.n) !=
	    HEAD_DONE) {
		fprintf(stderr, "forkful: this is no request: %s\n",
		    o->head.why != NULL ? o->head.why : "it has no end");
		return -1;
	}
	set_addresses(o, q, c);
	r = o->r = request_new(o->arena, c, &o->client);
	r->vhost = host_named(c, o->client.hosts, STR_NONE);
	r->scope = r->vhost->scope;
	r->head = &o->head;
	r->method = o->head.method;
	r->method_name = o->head.method_name;
	r->in = o->head.fields;
	r->uri = o->head.query.at == NULL ? o->head.path :
	    str_n(o->head.path.at, o->head.path.n + 1 + o->head.query.n);
	r->started_us = clock_wall_us();
	r->started_mono_us = clock_us_now();
	return 0;
}

void
offline_start_spawner(struct offline *o, const struct config *c)
{
	o->line = spawner_alone(c, NULL, &o->spawner);
	if (suexec_needed(c) && geteuid() != 0)
		fprintf(stderr, "note: the server runs scripts as other users, "
		    "which only root can do\n");
}

int
offline_become_worker(struct offline *o, struct config *c)
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
	os_ignore(SIGPIPE);
	os_ignore(SIGXFSZ);
	os_open_files();
	o->loop = loop_new();
	if (o->loop == NULL)
		return -1;
	child_init(o->loop);
	envoy_init(o->loop, o->spawner > 0 ? o->line : -1);
	config_serve(c);
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->worker != NULL)
			modules[i]->worker(o->loop, c);
	return 0;
}

void
offline_end(struct offline *o)
{
	envoy_end();
	if (o->spawner > 0)
		waitpid(o->spawner, NULL, 0);
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->worker_end != NULL)
			modules[i]->worker_end();
	loop_end(o->loop);
}
