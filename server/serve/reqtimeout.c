/*
 * reqtimeout.c - how long a request may take to arrive (mod_reqtimeout).
 * Manual: modules/reqtimeout.html
 */
#include "base/str.h"
#include "conf/directive.h"
#include "serve/reqtimeout.h"

struct reqtimeout_conf {
	struct read_stage	header, body;
	struct number		min_rate;
};

static const struct read_stage default_header = { true, 20000, 40000, 500 };
static const struct read_stage default_body = { true, 20000, 0, 500 };

const struct read_stage *
reqtimeout_header(const struct scope *s)
{
	const struct reqtimeout_conf *c = scope_get(s, &mod_reqtimeout);

	return c->header.given ? &c->header : &default_header;
}

const struct read_stage *
reqtimeout_body(const struct scope *s)
{
	const struct reqtimeout_conf *c = scope_get(s, &mod_reqtimeout);

	return c->body.given ? &c->body : &default_body;
}

int64_t
reqtimeout_min_rate(const struct scope *s)
{
	const struct reqtimeout_conf *c = scope_get(s, &mod_reqtimeout);

	return number_or(c->min_rate, 100);
}

int64_t
reqtimeout_ms(const struct read_stage *stage, uint64_t bytes)
{
	int64_t ms = stage->first_ms;

	if (ms == 0 || stage->min_rate == 0)
		return ms;
	if (bytes / (uint64_t)stage->min_rate > INT32_MAX)
		return stage->max_ms;
	ms += (int64_t)(bytes * 1000 / (uint64_t)stage->min_rate);
	return stage->max_ms > 0 && ms > stage->max_ms ? stage->max_ms : ms;
}

/* ---- Reading ------------------------------------------------------------- */

/* "20", "20-40", "20,MinRate=500", "20-40,MinRate=500" */
static bool
stage_read(struct str z, struct read_stage *stage)
{
	struct str times = STR_NONE, first = STR_NONE;
	uint64_t a, b = 0, rate = 0;

	str_cut(&z, ',', &times);
	if (z.n > 0 && (!str_starts_nocase(z, STR("MinRate=")) ||
	    !str_number(str_from(z, 8), 10, INT32_MAX, &rate) || rate == 0))
		return false;
	str_cut(&times, '-', &first);
	if (!str_number(first, 10, 2147483, &a))
		return false;
	if (times.n > 0 && (!str_number(times, 10, 2147483, &b) || b <= a ||
	    rate == 0))
		return false;
	*stage = (struct read_stage){ true, (int64_t)a * 1000,
	    (int64_t)b * 1000, (int64_t)rate };
	return true;
}

static const char *
set_timeouts(struct setting *s)
{
	struct reqtimeout_conf *c = s->conf;

	for (int i = 0; i < s->argc; i++) {
		struct str value = str_of(s->argv[i].z), name = STR_NONE;
		struct read_stage unused, *stage = NULL;

		str_cut(&value, '=', &name);
		if (str_is_nocase(name, "header"))
			stage = &c->header;
		else if (str_is_nocase(name, "body"))
			stage = &c->body;
		else if (str_is_nocase(name, "handshake"))
			stage = &unused;	/* there is no TLS here */
		if (stage == NULL)
			return setting_error(s, i, "knows the stages header "
			    "and body, not \"%.*s\"", STR_ARGS(name));
		if (!stage_read(value, stage))
			return setting_error(s, i, "must be like header=20, "
			    "header=20,MinRate=500 or "
			    "header=20-40,MinRate=500, in seconds and bytes "
			    "a second");
	}
	return NULL;
}

static const struct directive rows[] = {
	{ "RequestReadTimeout", 1, 3, IN_CONF, SLOT_CUSTOM,
	  offsetof(struct reqtimeout_conf, header), set_timeouts,
	  "header=first[-max][,MinRate=bytes] body=...",
	  .size = 2 * sizeof(struct read_stage) },
	{ "ResponseMinRate", 1, 1, IN_CONF, SLOT_NUMBER,
	  offsetof(struct reqtimeout_conf, min_rate),
	  .help = "bytes a second that a client must take of an answer that "
	  "has waited for it longer than Timeout; 0: any" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct reqtimeout_conf *o = outer, *i = inner;
	struct reqtimeout_conf *r = result;

	(void)a;
	r->header = i->header.given ? i->header : o->header;
	r->body = i->body.given ? i->body : o->body;
}

struct module mod_reqtimeout = {
	.name = "reqtimeout",
	.alias = "mod_reqtimeout.c reqtimeout_module",
	.conf_size = sizeof(struct reqtimeout_conf),
	.rows = rows,
	.merge = merge,
};
