/*
 * config.c - a configuration's life: loaded whole, served, ended.
 *
 * Everything is read and checked before anything is used.  What a finished
 * configuration holds open (its logs) is closed with its arena, so that one
 * that failed half-way leaves nothing behind.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "serve/config.h"
#include "serve/hosts.h"

static const struct config *current;

static struct config *
config_new(const struct config_source *source)
{
	struct arena *a = arena_new_lasting();
	struct config *c = arena_one(a, struct config);
	struct reading *r = arena_one(a, struct reading);

	c->arena = a;
	c->reading = r;
	c->check_only = source->check_only;
	c->skip_roots = source->skip_roots;
	c->log_files = hash_new(a);
	c->main = arena_one(a, struct vhost);
	c->main->config = c;
	c->main->scope = scope_new(a);
	c->main->sections = arena_one(a, struct sections);
	c->main->scheme = "http";
	r->arena = a;
	r->texts = arena_new_lasting();
	r->config = c;
	r->diagnosis = diagnosis_new(a);
	r->variables = variables_new(a);
	r->server_root = source->server_root;
	c->server_root = source->server_root;
	for (size_t i = 0; i < source->defines.n; i++)
		variables_set(r->variables, source->defines.at[i], NULL);
	return c;
}

static void
apply(struct config *c, const struct node *nodes)
{
	struct place top = { .where = IN_SERVER, .scope = c->main->scope,
	    .owner = c->main };

	if (nodes != NULL)
		vec_add(c->arena, &c->nodes, (void *)(uintptr_t)nodes);
	directive_apply(c->reading, &top, nodes);
}

static void
apply_lines(struct config *c, const char *name, const struct vec *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		apply(c, parse_text(c->reading, name,
		    str_of(lines->at[i])));
}

/* Each host's settings lie on top of the main server's. */
static void
inherit(struct config *c)
{
	const struct vhost *main = c->main;

	for (size_t i = 0; i < c->vhosts.n; i++) {
		struct vhost *host = c->vhosts.at[i];

		if (host->scope != main->scope)
			scope_inherit(c->arena, main->scope, host->scope);
		if (host->server_admin == NULL)
			host->server_admin = main->server_admin;
		if (host->document_root == NULL)
			host->document_root = main->document_root;
		if (host->error_log == NULL)
			host->error_log = main->error_log;
	}
}

/* The file behind path, opened once however many hosts write to it. */
static struct log_file *
open_error_log(struct config *c, const char *path, const struct spot *at)
{
	struct log_file *f = hash_get(c->log_files, str_of(path));

	if (f != NULL || c->check_only)
		return f;
	f = log_open(c->arena, path);
	if (f == NULL)
		diagnose(c->reading->diagnosis, SEVERITY_ERROR, at, NULL,
		    "could not open error log file %s: %s", path,
		    strerror(errno));
	else
		hash_set(c->log_files, str_of(path), f);
	return f;
}

static void
open_logs(struct config *c)
{
	const struct vhost *main = c->main;
	const char *path = main->error_log != NULL ? main->error_log :
	    path_below_root(c->reading, "logs/error_log");

	c->error_log = open_error_log(c, path, &main->at);
	c->main->log = (struct log){ c->error_log,
	    core_conf(main->scope)->levels };
	for (size_t i = 0; i < c->vhosts.n; i++) {
		struct vhost *host = c->vhosts.at[i];

		host->log.levels = core_conf(host->scope)->levels;
		host->log.file = host->error_log == main->error_log ?
		    c->error_log :
		    open_error_log(c, host->error_log, &host->at);
	}
}

/* Hosts without a ServerName tell the main one's. */
static void
name_hosts(struct config *c)
{
	for (size_t i = 0; i < c->vhosts.n; i++) {
		struct vhost *host = c->vhosts.at[i];

		if (host->name == NULL) {
			host->name = c->main->name;
			host->port = c->main->port;
		}
	}
}

struct config *
config_load(const struct config_source *source)
{
	static unsigned generations;
	struct config *c = config_new(source);
	struct reading *r = c->reading;

	c->main->at.file = source->file;
	apply_lines(c, "-C", &source->before);
	apply(c, parse_file(r, source->file));
	apply_lines(c, "-c", &source->after);
	c->server_root = r->server_root;
	inherit(c);
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i]->finish != NULL)
			modules[i]->finish(r);
	c->hosts = hosts_index(c);
	name_hosts(c);
	if (diagnosis_errors(r->diagnosis) == 0)
		open_logs(c);
	c->generation = ++generations;
	return c;
}

void
config_forget_text(struct config *c)
{
	if (c->reading->texts != NULL)
		arena_end(c->reading->texts);
	c->reading->texts = NULL;
	c->nodes = (struct vec){ 0 };
}

void
config_end(struct config *c)
{
	config_forget_text(c);
	arena_end(c->arena);
}

const struct config *
config_current(void)
{
	return current;
}

void
config_serve(const struct config *c)
{
	current = c;
}
