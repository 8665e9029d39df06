/*
 * site.h - for unit tests of modules: a configuration from a text, and requests
 * that ask it without any connection.
 *
 * The test defines the table of modules that take part, mod_core first, and
 * gives it to site_open().
 */
#ifndef UNIT_SITE_H
#define UNIT_SITE_H

#include <netinet/in.h>

#include <check.h>

#include "base/arena.h"
#include "serve/config.h"
#include "serve/request.h"

#define SITE_ROOT	"/srv/www"

/* Read text as the main configuration; errors are for the test to look at. */
static inline struct config *
site_open(struct module *const *table, size_t n, const char *text)
{
	struct config_source source = { .server_root = "/srv",
	    .file = "/dev/null", .check_only = true, .skip_roots = true };
	struct arena *a = arena_new();
	struct config *c;

	modules_init(table, n);
	vec_add(a, &source.before, (char *)(uintptr_t)"ServerName site.test");
	vec_add(a, &source.before, (char *)(uintptr_t)"DocumentRoot "
	    SITE_ROOT);
	vec_add(a, &source.before, (char *)(uintptr_t)text);
	c = config_load(&source);
	arena_end(a);
	return c;
}

/* How many errors the text holds, and the first of them (or ""). */
static inline size_t
site_errors(struct config *c, const char **first)
{
	const struct diagnosis *d = c->reading->diagnosis;
	const struct spot *at;
	const char *hint, *message;
	enum severity s;

	*first = "";
	for (size_t i = 0; diagnosis_at(d, i, &s, &at, &message, &hint); i++)
		if (s == SEVERITY_ERROR && **first == 0)
			*first = message;
	return diagnosis_errors(d);
}

static inline const struct sockaddr *
site_local(struct client *c)
{
	static struct sockaddr_in local = { .sin_family = AF_INET };

	(void)c;
	local.sin_port = htons(80);
	local.sin_addr.s_addr = htonl(0x0a000001);	/* 10.0.0.1 */
	return (const struct sockaddr *)(const void *)&local;
}

/* A GET of the decoded path from 192.0.2.7, in the scope of the main server. */
static inline struct request *
site_ask(struct config *c, const char *path)
{
	static const struct client_calls calls = { .local = site_local };
	static struct client client = { .calls = &calls,
	    .peer = "192.0.2.7", .peer_port = 4711 };
	struct head *head = arena_one(c->arena, struct head);
	struct request *r = request_new(c->arena, c, &client);

	fields_init(&head->fields, c->arena);
	head->version = 11;
	head->method = METHOD_GET;
	head->method_name = STR("GET");
	r->head = head;
	r->method = METHOD_GET;
	r->method_name = STR("GET");
	r->in = head->fields;
	r->path = r->uri = str_of(path);
	r->query = STR("");
	return r;
}

/* The end of every test program. */
static inline int
site_run(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}

#endif
