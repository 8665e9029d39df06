/*
 * mod_log_config and mod_logio - the access log: one line for every exchange.
 *
 * A format is compiled once into a vector of items, each a function and its
 * argument.  Lines are collected per file and written once per turn of the
 * loop: whole lines only, appended, so that workers can share a file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/append.h"
#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/logprogram.h"
#include "conf/directive.h"
#include "loop/loop.h"
#include "script/account.h"
#include "serve/expr.h"
#include "serve/request.h"

extern struct module mod_log_config;

#define DEFAULT_FORMAT	"%h %l %u %t \"%r\" %>s %b"
#define BUFFER_BYTES	32768

/* ---- Formats ------------------------------------------------------------- */

struct item {
	/* Append what it stands for; false: there is nothing, write "-". */
	bool		(*write)(struct text *t, const struct request *r,
			    const struct item *item);
	struct str	 arg;		/* of %{arg}x, or literal text */
	bool		 original;	/* of a redirected request: the first */
	bool		 negated;	/* not for these statuses */
	struct vec	 statuses;	/* int *; none: all */
};

struct format {
	size_t		 n;
	struct item	*at;
};

/* A LogFormat line; the one without a name is for TransferLog. */
struct nickname {
	const char	*name;
	const struct format *format;
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
	const struct format *format;	/* NULL: to be found by name */
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

static bool
add_value(struct text *t, struct str value)
{
	if (value.at == NULL)
		return false;
	text_add_log(t, value);
	return true;
}

static bool
add_z(struct text *t, const char *z)
{
	return add_value(t, str_of(z));
}

static bool
add_number(struct text *t, uint64_t n)
{
	text_addn(t, n);
	return true;
}

static int64_t
duration_us(const struct request *r)
{
	int64_t us = clock_us_now() - r->started_mono_us;

	return us > 0 ? us : 0;
}

#define WRITER(name) \
static bool \
name(struct text *t, const struct request *r, const struct item *item)
#define UNUSED	(void)t, (void)r, (void)item

WRITER(write_literal)
{
	(void)r;
	text_add(t, item->arg);
	return true;
}

WRITER(write_nothing)
{
	UNUSED;
	return false;
}

WRITER(write_peer)
{
	(void)item;
	return add_z(t, r->client->peer);
}

WRITER(write_client_name)
{
	struct str name = request_remote_host(r);

	if (name.n == 0)
		return write_peer(t, r, item);
	text_add(t, name);
	return true;
}

WRITER(write_local_address)
{
	(void)item;
	return add_value(t, request_local(r));
}

WRITER(write_bytes)
{
	(void)item;
	return add_number(t, r->body_sent);
}

WRITER(write_bytes_or_dash)
{
	(void)item;
	return r->body_sent > 0 && add_number(t, r->body_sent);
}

WRITER(write_cookie)
{
	struct str all = fields_join(r->arena, &r->in, STR("Cookie")), pair;

	while (str_cut(&all, ';', &pair)) {
		ptrdiff_t equals = str_find(pair, '=');

		if (equals >= 0 && str_eq(str_trim(str_first(pair,
		    (size_t)equals)), item->arg))
			return add_value(t, str_trim(str_from(pair,
			    (size_t)equals + 1)));
	}
	return false;
}

WRITER(write_duration_us)
{
	(void)item;
	return add_number(t, (uint64_t)duration_us(r));
}

/* %T, and with a unit %{ms}T, %{us}T. */
WRITER(write_duration)
{
	uint64_t us = (uint64_t)duration_us(r);

	if (str_is_nocase(item->arg, "us"))
		return add_number(t, us);
	return add_number(t, str_is_nocase(item->arg, "ms") ? us / 1000 :
	    us / 1000000);
}

WRITER(write_env)
{
	return add_value(t, request_env(r, item->arg));
}

WRITER(write_filename)
{
	(void)item;
	if (!add_z(t, r->filename))
		return false;
	/* The name of a directory is kept without the slash it came with. */
	if (r->found.kind == FOUND_DIRECTORY && str_ends(r->path, STR("/")) &&
	    t->at[t->n - 1] != '/')
		text_addc(t, '/');
	return true;
}

WRITER(write_protocol)
{
	(void)item;
	if (r->head->version == 0)
		return false;
	if (r->head->version == 9)
		return add_z(t, "HTTP/0.9");
	return add_z(t, r->head->version == 10 ? "HTTP/1.0" : "HTTP/1.1");
}

WRITER(write_field_in)
{
	return add_value(t, fields_join(r->arena, &r->in, item->arg));
}

WRITER(write_trailer_in)
{
	return add_value(t, fields_join(r->arena, r->trailers, item->arg));
}

WRITER(write_field_out)
{
	if (fields_has(&r->out_always, item->arg))
		return add_value(t, fields_join(r->arena, &r->out_always,
		    item->arg));
	return add_value(t, fields_join(r->arena, &r->out, item->arg));
}

WRITER(write_keepalives)
{
	(void)item;
	return add_number(t, r->client->answered);
}

WRITER(write_method)
{
	(void)item;
	return r->method_name.n > 0 && add_value(t, r->method_name);
}

/* %p, %{canonical}p, %{local}p, %{remote}p. */
WRITER(write_port)
{
	if (str_is_nocase(item->arg, "local"))
		return add_number(t, request_local_port(r));
	if (str_is_nocase(item->arg, "remote"))
		return add_number(t, r->client->peer_port);
	if (r->vhost->port != 0)
		return add_number(t, r->vhost->port);
	return add_number(t, strcmp(request_scheme(r), "https") == 0 ? 443 :
	    80);
}

/* A worker has one thread, whose number is the process's. */
WRITER(write_pid)
{
	(void)r;
	if (str_is_nocase(item->arg, "hextid"))
		text_addf(t, "%lx", (unsigned long)getpid());
	else
		text_addn(t, (uint64_t)getpid());
	return true;
}

WRITER(write_query)
{
	(void)item;
	if (r->has_query) {
		text_addc(t, '?');
		text_add_log(t, r->query);
	}
	return true;
}

WRITER(write_request_line)
{
	(void)item;
	return r->head->line.n > 0 && add_value(t, r->head->line);
}

WRITER(write_handler)
{
	(void)item;
	if (r->handler == NULL && r->found.kind == FOUND_DIRECTORY)
		return add_z(t, "httpd/unix-directory");
	return add_z(t, r->handler);
}

WRITER(write_status)
{
	(void)item;
	return add_number(t, (uint64_t)r->status);
}

WRITER(write_user)
{
	(void)item;
	if (r->user.at != NULL && r->user.n == 0)
		return add_z(t, "\"\"");
	return add_value(t, r->user);
}

/* %{cgi-exit}n and others: what the newest program cost. */
WRITER(write_note)
{
	const struct account_item *i = account_item_named(item->arg);
	struct str note = request_note(r, item->arg);

	if (note.at != NULL)
		return add_value(t, note);
	while (r->account == NULL && r->prev != NULL)
		r = r->prev;
	return i != NULL && account_write(i, t, r->account);
}

WRITER(write_path)
{
	(void)item;
	return r->path.n > 0 && add_value(t, r->path);
}

WRITER(write_host_name)
{
	(void)item;
	return add_z(t, r->vhost->name);
}

WRITER(write_server_name)
{
	(void)item;
	return add_value(t, request_server_name(r));
}

WRITER(write_connection)
{
	(void)item;
	return add_z(t, r->aborted ? "X" : r->keep_going ? "+" : "-");
}

WRITER(write_bytes_in)
{
	(void)item;
	return add_number(t, r->bytes_in);
}

WRITER(write_bytes_out)
{
	(void)item;
	return add_number(t, r->bytes_out);
}

WRITER(write_bytes_both)
{
	(void)item;
	return add_number(t, r->bytes_in + r->bytes_out);
}

WRITER(write_first_byte)
{
	const struct log_conf *c = scope_get(r->vhost->scope,
	    &mod_log_config);

	(void)item;
	return flag_or(c->track_ttfb, false) && r->first_byte_us != 0 &&
	    add_number(t, (uint64_t)(r->first_byte_us - r->started_mono_us));
}

/* %t alone: [22/Nov/2026:18:14:18 +0100], when the request came. */
static void
write_usual_time(struct text *t, time_t when)
{
	char out[CLOCK_LOG_SIZE];

	text_addc(t, '[');
	if (when == clock_now()) {
		text_add(t, clock_log_now());
	} else {
		clock_log_format(when, out);
		text_addz(t, out);
	}
	text_addc(t, ']');
}

/* %{format}t: strftime(3), or one word for a part of the time, behind an
 * optional "begin:" or "end:". */
WRITER(write_time)
{
	struct str fmt = item->arg;
	int64_t us = r->started_us;
	struct tm tm;
	time_t when;
	char out[512];

	if (str_starts(fmt, STR("end"))) {
		us = clock_wall_us();
		fmt = str_from(fmt, 3);
	} else if (str_starts(fmt, STR("begin"))) {
		fmt = str_from(fmt, 5);
	}
	if (fmt.n < item->arg.n && str_starts(fmt, STR(":")))
		fmt = str_from(fmt, 1);
	else if (fmt.n > 0)
		fmt = item->arg;
	when = (time_t)(us / 1000000);
	if (fmt.n == 0)
		write_usual_time(t, when);
	else if (str_is(fmt, "sec"))
		text_addn(t, (uint64_t)when);
	else if (str_is(fmt, "msec"))
		text_addn(t, (uint64_t)(us / 1000));
	else if (str_is(fmt, "usec"))
		text_addn(t, (uint64_t)us);
	else if (str_is(fmt, "msec_frac"))
		text_addf(t, "%03d", (int)(us / 1000 % 1000));
	else if (str_is(fmt, "usec_frac"))
		text_addf(t, "%06d", (int)(us % 1000000));
	else if (localtime_r(&when, &tm) != NULL)
		text_add(t, str_n(out, strftime(out, sizeof(out),
		    str_z(t->arena, fmt), &tm)));
	return true;
}

/* The letters behind %. */
static const struct letter {
	const char	*letter;	/* "^" names have three characters */
	bool		(*write)(struct text *t, const struct request *r,
			    const struct item *item);
	bool		 original;	/* without < or >: the first */
} letters[] = {
	{ "a", write_peer },		{ "A", write_local_address },
	{ "B", write_bytes },		{ "b", write_bytes_or_dash },
	{ "C", write_cookie },		{ "D", write_duration_us, true },
	{ "e", write_env },		{ "f", write_filename },
	{ "h", write_client_name },	{ "H", write_protocol },
	{ "i", write_field_in },	{ "k", write_keepalives },
	{ "l", write_nothing },		{ "L", write_nothing },
	{ "m", write_method },		{ "n", write_note },
	{ "o", write_field_out },	{ "p", write_port },
	{ "P", write_pid },		{ "q", write_query },
	{ "r", write_request_line, true }, { "R", write_handler },
	{ "s", write_status, true },	{ "t", write_time },
	{ "T", write_duration, true },	{ "u", write_user },
	{ "U", write_path, true },	{ "v", write_host_name },
	{ "V", write_server_name },	{ "X", write_connection },
	{ "I", write_bytes_in },	{ "O", write_bytes_out },
	{ "S", write_bytes_both },	{ "^FB", write_first_byte },
	{ "^ti", write_trailer_in },	{ "^to", write_nothing },
	{ 0 }
};

/* ---- Compiling formats --------------------------------------------------- */

/* A format under construction. */
struct compiler {
	struct arena	*arena;
	struct str	 rest;
	struct vec	 items;
	struct text	 literal;
};

static void
end_literal(struct compiler *c)
{
	struct item *item;

	if (c->literal.n == 0)
		return;
	item = arena_one(c->arena, struct item);
	item->write = write_literal;
	item->arg = text_str(&c->literal);
	vec_add(c->arena, &c->items, item);
	c->literal = (struct text){ .arena = c->arena };
}

/* "\n", "\t" and "\\" as in C; before other characters it stays. */
static void
read_escape(struct compiler *c)
{
	char e = c->rest.n > 1 ? c->rest.at[1] : '\\';

	if (e == 'n' || e == 't' || e == '\\') {
		text_addc(&c->literal, e == 'n' ? '\n' : e == 't' ? '\t' :
		    '\\');
		c->rest = str_from(c->rest, 2);
	} else {
		text_addc(&c->literal, '\\');
		c->rest = str_from(c->rest, 1);
	}
}

static bool
read_statuses(struct compiler *c, struct item *item)
{
	size_t n = 0;
	uint64_t status;
	struct str list, one;

	while (n < c->rest.n && (c->rest.at[n] == ',' ||
	    char_is_digit((unsigned char)c->rest.at[n])))
		n++;
	list = str_first(c->rest, n);
	c->rest = str_from(c->rest, n);
	while (str_cut(&list, ',', &one)) {
		int *kept = arena_one(c->arena, int);

		if (!str_number(one, 10, 999, &status))
			return false;
		*kept = (int)status;
		vec_add(c->arena, &item->statuses, kept);
	}
	return true;
}

/* The modifiers between % and the letter: ! < > 400,501 {arg}. */
static bool
read_modifiers(struct compiler *c, struct item *item, bool *chosen)
{
	while (c->rest.n > 0) {
		char m = c->rest.at[0];
		ptrdiff_t end;

		if (char_is_digit((unsigned char)m)) {
			if (!read_statuses(c, item))
				return false;
			continue;
		}
		if (m == '{') {
			end = str_find(c->rest, '}');
			if (end < 0)
				return false;
			item->arg = str_n(c->rest.at + 1, (size_t)end - 1);
			c->rest = str_from(c->rest, (size_t)end);
		} else if (m == '<' || m == '>') {
			item->original = m == '<';
			*chosen = true;
		} else if (m == '!') {
			item->negated = true;
		} else {
			return true;
		}
		c->rest = str_from(c->rest, 1);
	}
	return false;
}

/* One % and what belongs to it; NULL or the end of a sentence. */
static const char *
read_item(struct compiler *c)
{
	struct str start = c->rest;
	struct item *item;
	const struct letter *l = letters;
	bool chosen = false;

	c->rest = str_from(c->rest, 1);
	if (str_starts(c->rest, STR("%"))) {
		text_addc(&c->literal, '%');
		c->rest = str_from(c->rest, 1);
		return NULL;
	}
	end_literal(c);
	item = arena_one(c->arena, struct item);
	item->arg = STR("");
	if (!read_modifiers(c, item, &chosen))
		return str_zfmt(c->arena, "has an item without end in its "
		    "format: \"%.*s\"", STR_ARGS(start));
	while (l->letter != NULL && !str_starts(c->rest, str_of(l->letter)))
		l++;
	if (l->letter == NULL)
		return str_zfmt(c->arena, "does not know \"%%%.*s\" in its "
		    "format", c->rest.at[0] == '^' ? 3 : 1, c->rest.at);
	c->rest = str_from(c->rest, strlen(l->letter));
	item->write = l->write;
	if (!chosen)
		item->original = l->original;
	vec_add(c->arena, &c->items, item);
	return NULL;
}

/* Compile text into *out; NULL, or the end of a sentence. */
static const char *
format_compile(struct arena *a, const char *text, const struct format **out)
{
	struct compiler c = { .arena = a, .rest = str_of(text),
	    .literal = { .arena = a } };
	struct format *f = arena_one(a, struct format);
	const char *error;

	while (c.rest.n > 0) {
		if (c.rest.at[0] == '\\') {
			read_escape(&c);
		} else if (c.rest.at[0] != '%') {
			text_addc(&c.literal, c.rest.at[0]);
			c.rest = str_from(c.rest, 1);
		} else if ((error = read_item(&c)) != NULL) {
			return error;
		}
	}
	text_addc(&c.literal, '\n');
	end_literal(&c);
	f->n = c.items.n;
	f->at = arena_many(a, struct item, f->n);
	for (size_t i = 0; i < f->n; i++)
		f->at[i] = *(const struct item *)c.items.at[i];
	*out = f;
	return NULL;
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
	return format_compile(s->arena, s->argv[0].z, &n->format);
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
		error = format_compile(s->arena, log->format_name,
		    &log->format);
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
	format_compile(r->arena, name, &log->format);
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

/* Take over one line, or write it now if it is longer than any buffer. */
static void
put_line(struct target *target, struct str line)
{
	if (target->buffer != NULL &&
	    line.n > BUFFER_BYTES - target->buffer->n)
		flush(target);
	if (line.n > BUFFER_BYTES) {
		write_out(target, line.at, line.n);
		return;
	}
	if (target->buffer == NULL) {
		target->buffer = buffer_take();
		list_append(&unwritten, &target->link);
	}
	memcpy(target->buffer->bytes + target->buffer->n, line.at, line.n);
	target->buffer->n += line.n;
}

static void
put_held(void *target, struct str line)
{
	put_line(target, line);
}

/* ---- Requests ------------------------------------------------------------ */

static bool
status_asked(const struct item *item, int status)
{
	for (size_t i = 0; i < item->statuses.n; i++)
		if (*(const int *)item->statuses.at[i] == status)
			return !item->negated;
	return item->statuses.n == 0 || item->negated;
}

/* The line for an exchange whose first request was first and whose answer was
 * made by last. */
static struct str
format_line(const struct format *f, const struct request *first,
    const struct request *last)
{
	struct text t = { .arena = last->arena };

	text_room(&t, 300);
	for (size_t i = 0; i < f->n; i++) {
		const struct item *item = &f->at[i];
		const struct request *r = item->original ? first : last;

		if (!status_asked(item, last->status) ||
		    !item->write(&t, r, item))
			text_addc(&t, '-');
	}
	return text_str(&t);
}

/* What cannot be decided is worth a line. */
static bool
is_wanted(const struct access_log *log, struct request *r)
{
	if (log->condition != NULL)
		return expr_true(log->condition, r, NULL, EXPR_NO_VARY) != 0;
	return log->env.n == 0 ||
	    (request_env_nocase(r, log->env).at == NULL) == log->unless;
}

static void
write_logs(const struct vec *logs, struct request *first,
    struct request *last)
{
	for (size_t i = 0; i < logs->n; i++) {
		const struct access_log *log = logs->at[i];
		struct str line;

		if (log->target == NULL || !is_wanted(log, first))
			continue;
		line = format_line(log->format, first, last);
		if (account_gaps())
			account_hold(line, put_held, log->target);
		else
			put_line(log->target, line);
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
	write_logs(&c->logs, first, r);
	write_logs(&main->global, first, r);
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	loop_each_turn(l, flush_all, NULL);
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
