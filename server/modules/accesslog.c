/*
 * mod_log_config and mod_logio - the access log: one line for every exchange.
 *
 * Lines are collected per file and written before the worker rests: whole
 * lines only, appended, so that workers can share a file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "base/append.h"
#include "base/arena.h"
#include "base/list.h"
#include "base/logprogram.h"
#include "conf/directive.h"
#include "loop/loop.h"
#include "script/account.h"
#include "serve/expr.h"
#include "serve/logformat.h"
#include "serve/request.h"
#include "serve/retold.h"

extern struct module mod_log_config;

#define DEFAULT_FORMAT	"%h %l %u %t \"%r\" %>s %b"
#define BUFFER_BYTES	32768
#define USUAL_LINE	1024

/* A LogFormat line; the one without a name is for TransferLog. */
struct nickname {
	const char	*name;
	const struct logformat *format;
};

/* A log's file, and the lines for it that are not written yet.  These belong to
 * the process: every worker has its own copy after the fork. */
struct target {
	const char	*path;
	struct append	*append;
	struct buffer	*buffer;	/* NULL: no lines */
	struct link	 link;		/* in unwritten */
};

struct buffer {
	struct buffer	*next;		/* in spare */
	size_t		 n;
	char		 bytes[BUFFER_BYTES];
};

/* A CustomLog, TransferLog or GlobalLog line. */
struct access_log {
	const char	*name;		/* of the directive */
	struct spot	 path_at, format_at;
	const char	*path;
	const char	*format_name;	/* of a LogFormat; or a format itself */
	const struct logformat *format;	/* NULL: to be found by name */
	bool		 finished;
	struct target	*target;	/* NULL: write nothing */
	struct str	 env;		/* only when this variable is set */
	bool		 unless;	/* ... or is not */
	struct expr	*condition;	/* ... or this is true */
};

struct log_conf {
	struct vec	 logs, global;	/* struct access_log * */
	struct vec	 nicknames;	/* struct nickname * */
	enum flag	 track_ttfb;
	struct hash	*targets;	/* of the main server: path -> target */
};

/* ---- Values -------------------------------------------------------------- */

/* %{cgi-exit}n and others: what the newest program cost. */
static bool
account_note(struct text *t, const struct request *r, struct str name)
{
	const struct account_item *i = account_item_named(name);

	while (r->account == NULL && r->prev != NULL)
		r = r->prev;
	return i != NULL && account_write(i, t, r->account);
}

/* ---- Directives ---------------------------------------------------------- */

static struct nickname *
nickname_find(const struct log_conf *c, const char *name)
{
	for (size_t i = 0; i < c->nicknames.n; i++) {
		struct nickname *n = c->nicknames.at[i];

		if (strcmp(n->name, name) == 0)
			return n;
	}
	return NULL;
}

/* A later line with the same name in the same scope replaces the earlier. */
static const char *
read_format(struct setting *s)
{
	struct log_conf *c = s->conf;
	const char *name = s->argc == 2 ? s->argv[1].z : "";
	struct nickname *n = nickname_find(c, name);

	if (n == NULL) {
		n = arena_one(s->arena, struct nickname);
		n->name = name;
		vec_add(s->arena, &c->nicknames, n);
	}
	return logformat_compile(s->arena, s->argv[0].z, account_note,
	    &n->format);
}

/* The third argument of CustomLog: env=NAME, env=!NAME or expr=... */
static const char *
read_condition(struct setting *s, struct access_log *log)
{
	struct str z = str_of(s->argv[2].z);

	if (str_starts_nocase(z, STR("expr=")))
		return read_expr(s, 2, 5, EXPR_CONDITION, &log->condition);
	if (!str_starts_nocase(z, STR("env=")))
		return setting_error(s, 2, "must end in env=NAME, env=!NAME "
		    "or expr=...");
	log->env = str_from(z, 4);
	log->unless = str_starts(log->env, STR("!"));
	if (log->unless)
		log->env = str_from(log->env, 1);
	return NULL;
}

/* CustomLog and GlobalLog, and TransferLog with its one argument. */
static const char *
read_log(struct setting *s)
{
	struct access_log *log = arena_one(s->arena, struct access_log);
	const char *error = NULL;

	log->name = s->row->name;
	error = read_log_target(s, 0, &log->path);
	if (error != NULL)
		return error;
	log->path_at = setting_spot(s, 0, 0);
	log->format_name = s->argc > 1 ? s->argv[1].z : "";
	log->format_at = setting_spot(s, s->argc > 1 ? 1 : -1, 0);
	if (strchr(log->format_name, '%') != NULL) {
		s->wrong = 1;
		error = logformat_compile(s->arena, log->format_name,
		    account_note, &log->format);
	}
	if (error == NULL && s->argc > 2)
		error = read_condition(s, log);
	if (error == NULL)
		vec_add(s->arena, (struct vec *)(void *)((char *)s->conf +
		    s->row->at), log);
	return error;
}

#define AT(field)	offsetof(struct log_conf, field)

static const struct directive rows[] = {
	{ "LogFormat", 1, 2, IN_CONF, SLOT_LIST, AT(nicknames), read_format,
	  "a format, and a name for it" },
	{ "CustomLog", 2, 3, IN_CONF, SLOT_LIST_REPLACE, AT(logs), read_log,
	  "a file or |program, a format or its name, and env=[!]NAME" },
	{ "TransferLog", 1, 1, IN_CONF, SLOT_LIST_REPLACE, AT(logs), read_log,
	  "a file or |program, for lines in the format of the last unnamed "
	  "LogFormat" },
	{ "GlobalLog", 2, 3, IN_SERVER, SLOT_LIST, AT(global), read_log,
	  "as CustomLog, but for all virtual hosts" },
	{ "LogIOTrackTTFB", 1, 1, IN_ANY, SLOT_FLAG, AT(track_ttfb), NULL,
	  "On or Off: %^FB tells the time to the first byte" },
	{ "BufferedLogs", 1, 1, IN_SERVER | ACCEPTED_ONLY, SLOT_NONE, 0, NULL,
	  "On or Off: lines are always collected" },
	{ 0 }
};

/* ---- Opening ------------------------------------------------------------- */

static void
warn_unnamed(struct reading *r, const struct log_conf *c,
    const struct access_log *log)
{
	const char *names[32], *near;
	size_t n = 0;

	for (; n < c->nicknames.n && n < 32; n++)
		names[n] = ((const struct nickname *)c->nicknames.at[n])->name;
	near = nearest_name(str_of(log->format_name), names, n);
	diagnose(r->diagnosis, SEVERITY_WARNING, &log->format_at,
	    near == NULL ? NULL : str_zfmt(r->arena, "did you mean %s?", near),
	    "%s writes nothing but \"%s\": there is no LogFormat with that "
	    "name", log->name, log->format_name);
}

/* A name may be given before the LogFormat line that explains it. */
static void
find_format(struct reading *r, const struct log_conf *c,
    struct access_log *log)
{
	const char *name = log->format_name;
	const struct nickname *n = nickname_find(c, name);

	if (n != NULL) {
		log->format = n->format;
		return;
	}
	if (name[0] == 0 || strcmp(name, "CLF") == 0)
		name = DEFAULT_FORMAT;
	else
		warn_unnamed(r, c, log);
	logformat_compile(r->arena, name, account_note, &log->format);
}

/* For -t: is there a directory to put the file into? */
static void
check_directory(struct reading *r, const struct access_log *log)
{
	struct str path = str_of(log->path);
	const char *directory = str_z(r->arena, str_first(path,
	    (size_t)(str_rfind(path, '/') + 1)));
	struct stat st;

	if (logprogram_is(log->path))
		return;
	if (stat(directory, &st) != 0)
		diagnose(r->diagnosis, SEVERITY_ERROR, &log->path_at, NULL,
		    "%s cannot use the directory %s: %s", log->name, directory,
		    strerror(errno));
}

/* The file behind a path, opened once however many logs go there. */
static struct target *
open_target(struct reading *r, struct hash *targets, struct access_log *log)
{
	struct hash *files = r->config->log_files;
	struct str path = str_of(log->path);
	struct log_file *file = hash_get(files, path);
	struct target *target = hash_get(targets, path);

	if (target != NULL)
		return target;
	if (file == NULL && (file = log_open(r->arena, log->path)) == NULL) {
		diagnose(r->diagnosis, SEVERITY_ERROR, &log->path_at, NULL,
		    "%s cannot open %s: %s", log->name, log->path,
		    strerror(errno));
		return NULL;
	}
	hash_set(files, path, file);
	target = arena_one(r->arena, struct target);
	target->path = log->path;
	target->append = log_append(file);
	list_init(&target->link);
	hash_set(targets, path, target);
	return target;
}

static void
finish_logs(struct reading *r, const struct log_conf *c,
    const struct vec *logs, struct hash *targets)
{
	for (size_t i = 0; i < logs->n; i++) {
		struct access_log *log = logs->at[i];

		if (log->finished)	/* with the main server's */
			continue;
		log->finished = true;
		if (log->format == NULL)
			find_format(r, c, log);
		if (r->config->check_only)
			check_directory(r, log);
		else if (diagnosis_errors(r->diagnosis) == 0)
			log->target = open_target(r, targets, log);
	}
}

static void
finish(struct reading *r)
{
	struct log_conf *main = scope_conf(r->arena, r->config->main->scope,
	    &mod_log_config);

	main->targets = hash_new(r->arena);
	finish_logs(r, main, &main->logs, main->targets);
	finish_logs(r, main, &main->global, main->targets);
	for (size_t i = 0; i < r->config->vhosts.n; i++) {
		const struct vhost *host = r->config->vhosts.at[i];
		const struct log_conf *c = scope_get(host->scope,
		    &mod_log_config);

		finish_logs(r, c, &c->logs, main->targets);
	}
}

/* ---- Writing ------------------------------------------------------------- */

/* Targets with lines in their buffers, and buffers without a target. */
static struct link unwritten = { &unwritten, &unwritten };
static struct buffer *spare;

/* Told once, and again when all is well. */
static void
write_out(struct target *target, const char *p, size_t n)
{
	struct append *a = target->append;
	bool failed = a->failed, ok = append_lines(a, p, n);
	struct log_about about = { .error = a->error };

	if (!ok && !failed)
		log_write(log_main(), LEVEL_ERROR, "log_config", &about,
		    "cannot write to the access log %s; lines are lost",
		    target->path);
	if (!ok || !failed)
		return;
	log_write(log_main(), LEVEL_WARN, "log_config", &about,
	    "the access log %s can be written again; %llu lines were lost",
	    target->path, (unsigned long long)a->lost);
	a->lost = 0;
}

static void
flush(struct target *target)
{
	struct buffer *b = target->buffer;

	if (b == NULL)
		return;
	write_out(target, b->bytes, b->n);
	b->n = 0;
	b->next = spare;
	spare = b;
	target->buffer = NULL;
	list_remove(&target->link);
}

static void
flush_all(void *unused)
{
	(void)unused;
	while (!list_empty(&unwritten))
		flush(LIST_OWNER(unwritten.next, struct target, link));
}

static struct buffer *
buffer_take(void)
{
	static struct arena *a;		/* of the process */
	struct buffer *b = spare;

	if (b == NULL) {
		if (a == NULL)
			a = arena_new();
		return arena_one(a, struct buffer);
	}
	spare = b->next;
	return b;
}

/* A buffer with room for n bytes, which are no more than BUFFER_BYTES. */
static struct buffer *
buffer_for(struct target *target, size_t n)
{
	if (target->buffer != NULL && n > BUFFER_BYTES - target->buffer->n)
		flush(target);
	if (target->buffer == NULL) {
		target->buffer = buffer_take();
		list_append(&unwritten, &target->link);
	}
	return target->buffer;
}

/* Take over one line, or write it now if it is longer than any buffer. */
static void
put_line(struct target *target, struct str line)
{
	struct buffer *b;

	if (line.n > BUFFER_BYTES) {
		flush(target);
		write_out(target, line.at, line.n);
		return;
	}
	b = buffer_for(target, line.n);
	memcpy(b->bytes + b->n, line.at, line.n);
	b->n += line.n;
}

static void
put_held(void *target, struct str line)
{
	put_line(target, line);
}

/* ---- Requests ------------------------------------------------------------ */

/* What cannot be decided is worth a line. */
static bool
is_wanted(const struct access_log *log, struct request *r)
{
	if (log->condition != NULL)
		return expr_true(log->condition, r, NULL, EXPR_NO_VARY) != 0;
	return log->env.n == 0 ||
	    (request_env(r, log->env).at == NULL) == log->unless;
}

/* The line of an answer that is given again is made where it is written from,
 * unless it is too long for that. */
static void
tell_again(const struct retold_line *l, const struct request *moment)
{
	struct buffer *b = buffer_for(l->log, USUAL_LINE);
	struct text t = { .arena = moment->arena, .at = b->bytes + b->n,
	    .room = BUFFER_BYTES - b->n };

	logformat_again(&t, l, moment);
	if (t.at == b->bytes + b->n)
		b->n += t.n;
	else
		put_line(l->log, text_str(&t));
}

/* An answer that is kept shall know its line. */
static void
leave_line(const struct access_log *log, struct request *first,
    struct request *last)
{
	struct retold_line *l = logformat_retell(log->format, first, last);

	if (l == NULL)
		return;
	l->tell = tell_again;
	l->log = log->target;
}

static void
write_logs(const struct vec *logs, struct request *first,
    struct request *last)
{
	for (size_t i = 0; i < logs->n; i++) {
		const struct access_log *log = logs->at[i];
		struct str line;

		if (last->retold != NULL && log->condition != NULL)
			last->retold->whole = true;
		if (log->target == NULL || !is_wanted(log, first))
			continue;
		line = logformat_line(log->format, first, last);
		if (account_gaps())
			account_hold(line, put_held, log->target);
		else
			put_line(log->target, line);
		if (last->retold != NULL && !last->retold->whole)
			leave_line(log, first, last);
	}
}

static void
log_exchange(struct request *r)
{
	const struct log_conf *c = scope_get(r->vhost->scope,
	    &mod_log_config);
	const struct log_conf *main = scope_get(r->config->main->scope,
	    &mod_log_config);
	struct request *first = request_first(r);

	if (r->no_log)
		return;
	if (!flag_or(c->track_ttfb, false))
		first->first_byte_us = r->first_byte_us = 0;
	write_logs(&c->logs, first, r);
	write_logs(&main->global, first, r);
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	loop_each_rest(l, flush_all, NULL);
}

static void
worker_end(void)
{
	account_release();
	flush_all(NULL);
}

struct module mod_log_config = {
	.name = "log_config",
	.alias = "mod_log_config.c log_config_module mod_logio.c "
	    "logio_module",
	.conf_size = sizeof(struct log_conf),
	.rows = rows,
	.finish = finish,
	.worker = worker,
	.worker_end = worker_end,
	.log = log_exchange,
};
