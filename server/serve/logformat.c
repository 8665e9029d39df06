/*
 * logformat.c - formats of the access log, and the lines they make.
 *
 * A format is compiled once into a vector of items, each a function and its
 * argument.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "serve/logformat.h"
#include "serve/request.h"
#include "serve/retold.h"

struct item {
	/* Append what it stands for; false: there is nothing, write "-". */
	bool		(*write)(struct text *t, const struct request *r,
			    const struct item *item);
	struct str	 arg;		/* of %{arg}x, or literal text */
	bool		 original;	/* of a redirected request: the first */
	bool		 negated;	/* not for these statuses */
	struct vec	 statuses;	/* int *; none: all */
	logformat_notes	*more_notes;
	bool		 momentary;	/* asks only who, and when */
	bool		 exact;		/* ... to parts of a second */
	bool		 steady;	/* the same whenever it is given */
};

struct logformat {
	size_t		 n;
	struct item	*at;
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

/* An address has nothing that needs escaping. */
WRITER(write_peer)
{
	(void)item;
	text_addz(t, r->client->peer);
	return r->client->peer != NULL;
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

WRITER(write_note)
{
	struct str note = request_note(r, item->arg);

	return note.at != NULL ? add_value(t, note) :
	    item->more_notes(t, r, item->arg);
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
	(void)item;
	return r->first_byte_us != 0 &&
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
	/* What makes its value, so that an answer given again has it, too. */
	enum of { OF_MORE, OF_ANSWER, OF_CLIENT, OF_TIME } of;
} letters[] = {
	{ "a", write_peer, false, OF_CLIENT },
	{ "A", write_local_address },
	{ "B", write_bytes, false, OF_ANSWER },
	{ "b", write_bytes_or_dash, false, OF_ANSWER },
	{ "C", write_cookie, false, OF_ANSWER },
	{ "D", write_duration_us, true, OF_TIME },
	{ "e", write_env, false, OF_ANSWER },
	{ "f", write_filename, false, OF_ANSWER },
	/* Who has looked the name up has said request_once(). */
	{ "h", write_client_name, false, OF_CLIENT },
	{ "H", write_protocol, false, OF_ANSWER },
	{ "i", write_field_in, false, OF_ANSWER },
	{ "k", write_keepalives, false, OF_CLIENT },
	{ "l", write_nothing, false, OF_ANSWER },
	{ "L", write_nothing, false, OF_ANSWER },
	{ "m", write_method, false, OF_ANSWER },
	{ "n", write_note, false, OF_ANSWER },
	{ "o", write_field_out, false, OF_ANSWER },
	{ "p", write_port, false, OF_ANSWER },
	{ "P", write_pid, false, OF_ANSWER },
	{ "q", write_query, false, OF_ANSWER },
	{ "r", write_request_line, true, OF_ANSWER },
	{ "R", write_handler, false, OF_ANSWER },
	{ "s", write_status, true, OF_ANSWER },
	{ "t", write_time, false, OF_TIME },
	{ "T", write_duration, true, OF_TIME },
	{ "u", write_user, false, OF_ANSWER },
	{ "U", write_path, true, OF_ANSWER },
	{ "v", write_host_name, false, OF_ANSWER },
	{ "V", write_server_name },
	{ "X", write_connection, false, OF_ANSWER },
	{ "I", write_bytes_in, false, OF_ANSWER },
	{ "O", write_bytes_out, false, OF_ANSWER },
	{ "S", write_bytes_both, false, OF_ANSWER },
	{ "^FB", write_first_byte },
	{ "^ti", write_trailer_in, false, OF_ANSWER },
	{ "^to", write_nothing, false, OF_ANSWER },
	{ 0 }
};

/* ---- Compiling formats --------------------------------------------------- */

/* A format under construction. */
struct compiler {
	struct arena	*arena;
	logformat_notes	*more_notes;
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
	item->steady = true;
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

/* Some letters mean something else with a word in braces. */
static void
item_depends(struct item *item, enum of of)
{
	if (item->write == write_port)
		of = item->arg.n == 0 ? OF_ANSWER : OF_MORE;
	item->steady = of == OF_ANSWER;
	item->momentary = of == OF_CLIENT || of == OF_TIME;
	item->exact = of == OF_TIME &&
	    !(item->write == write_time && item->arg.n == 0);
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
	item->more_notes = c->more_notes;
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
	item_depends(item, l->of);
	if (!chosen)
		item->original = l->original;
	vec_add(c->arena, &c->items, item);
	return NULL;
}

const char *
logformat_compile(struct arena *a, const char *text,
    logformat_notes *more_notes, const struct logformat **out)
{
	struct compiler c = { .arena = a, .rest = str_of(text),
	    .more_notes = more_notes, .literal = { .arena = a } };
	struct logformat *f = arena_one(a, struct logformat);
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

/* ---- Lines ------------------------------------------------------------ */

static bool
status_asked(const struct item *item, int status)
{
	for (size_t i = 0; i < item->statuses.n; i++)
		if (*(const int *)item->statuses.at[i] == status)
			return !item->negated;
	return item->statuses.n == 0 || item->negated;
}

static void
write_item(struct text *t, const struct item *item,
    const struct request *first, const struct request *last)
{
	const struct request *r = item->original ? first : last;

	if (!status_asked(item, last->status) || !item->write(t, r, item))
		text_addc(t, '-');
}

struct str
logformat_line(const struct logformat *f, const struct request *first,
    const struct request *last)
{
	struct text t = { .arena = last->arena };

	text_room(&t, 300);
	for (size_t i = 0; i < f->n; i++)
		write_item(&t, &f->at[i], first, last);
	return text_str(&t);
}

/* ---- Lines of an answer that is given again ------------------------------ */

static bool
is_retold(const struct logformat *f, const struct request *first,
    const struct request *last)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->at[i].steady && !f->at[i].momentary)
			return false;
	return first == last;
}

struct retold_line *
logformat_retell(const struct logformat *f, const struct request *first,
    const struct request *last)
{
	struct retold *all = last->retold;
	struct retold_line *l;
	struct text t = { .arena = all->arena };

	if (!is_retold(f, first, last)) {
		all->whole = true;
		return NULL;
	}
	l = retold_add(all, f->n);
	for (size_t i = 0; i < f->n; i++) {
		const struct item *item = &f->at[i];

		if (item->steady || !status_asked(item, last->status)) {
			write_item(&t, item, first, last);
			l->pieces[l->n].text = text_str(&t);
			continue;
		}
		all->exact |= item->exact;
		l->pieces[l->n++] = (struct retold_piece){ text_str(&t),
		    item };
		t = (struct text){ .arena = all->arena };
	}
	l->n += t.n > 0;
	return l;
}

void
logformat_again(struct text *t, const struct retold_line *l,
    const struct request *moment)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct item *item = l->pieces[i].item;

		text_add(t, l->pieces[i].text);
		if (item != NULL && !item->write(t, moment, item))
			text_addc(t, '-');
	}
}
