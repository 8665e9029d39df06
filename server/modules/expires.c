/*
 * mod_expires - how long an answer may be kept: Expires and the max-age of
 * Cache-Control, by media type.
 *
 * Whoever made the answer may have said it already; then nothing is added.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/hash.h"
#include "conf/directive.h"
#include "http/status.h"
#include "serve/request.h"

extern struct module mod_expires;

/* So many seconds after the request, or after the file's last change. */
struct lifetime {
	bool		 of_file;
	int64_t		 seconds;
};

struct expires_conf {
	enum flag	 active;
	const struct lifetime *otherwise;
	struct hash	*types;		/* lower case -> struct lifetime */
};

/* ---- Reading ------------------------------------------------------------- */

/* The first letters of a word decide, as in Apache. */
static const struct {
	const char	*begin;
	int64_t		 seconds;
} units[] = {
	{ "y", 31536000 }, { "mo", 2592000 }, { "w", 604800 }, { "d", 86400 },
	{ "h", 3600 }, { "mi", 60 }, { "s", 1 },
};

static int64_t
unit_of(struct str word)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_starts_nocase(word, str_of(units[i].begin)))
			return units[i].seconds;
	return 0;
}

/* "A3600", "M-10" and so on: with digits behind the letter. */
static bool
is_short(struct str text, struct lifetime *l)
{
	struct str digits = str_from(text, 1);
	bool minus = str_starts(digits, STR("-"));
	uint64_t n;

	if (text.n == 0 || strchr("AaMm", text.at[0]) == NULL ||
	    !str_number(str_from(digits, minus), 10, INT32_MAX, &n))
		return false;
	l->of_file = char_lower(text.at[0]) == 'm';
	l->seconds = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

/* "access plus 1 month 2 days": the words behind the base. */
static const char *
read_words(struct setting *s, int arg, struct str rest, struct lifetime *l)
{
	struct str word, unit;
	uint64_t n;
	bool first = true;

	for (; str_word(&rest, &word); first = false) {
		if (first && str_starts_nocase(word, STR("p")))
			continue;
		if (!str_number(word, 10, INT32_MAX, &n))
			return setting_error(s, arg, "needs a number, not "
			    "\"%.*s\"", STR_ARGS(word));
		if (!str_word(&rest, &unit))
			return setting_error(s, arg, "needs a unit such as "
			    "days behind %.*s", STR_ARGS(word));
		if (unit_of(unit) == 0)
			return setting_error(s, arg, "does not know the unit "
			    "\"%.*s\"; use years, months, weeks, days, hours, "
			    "minutes or seconds", STR_ARGS(unit));
		l->seconds += (int64_t)n * unit_of(unit);
		if (l->seconds > INT32_MAX * INT64_C(4))
			return setting_error(s, arg, "is too far in the "
			    "future");
	}
	return NULL;
}

static const char *
read_lifetime(struct setting *s, int arg, const struct lifetime **out)
{
	struct lifetime *l = arena_one(s->arena, struct lifetime);
	struct str rest = str_of(s->argv[arg].z), base = STR("");

	*out = l;
	if (is_short(rest, l))
		return NULL;
	str_word(&rest, &base);
	l->of_file = str_starts_nocase(base, STR("m"));
	if (!l->of_file && !str_starts_nocase(base, STR("a")) &&
	    !str_starts_nocase(base, STR("n")))
		return setting_error(s, arg, "must be like A3600, or begin "
		    "with access, now or modification, not with \"%.*s\"",
		    STR_ARGS(base));
	if (base.n < 3)
		return setting_error(s, arg, "needs a number of seconds "
		    "behind %.*s", STR_ARGS(base));
	return read_words(s, arg, rest, l);
}

static const char *
set_default(struct setting *s)
{
	struct expires_conf *c = s->conf;

	return read_lifetime(s, 0, &c->otherwise);
}

static const char *
set_by_type(struct setting *s)
{
	struct expires_conf *c = s->conf;
	const struct lifetime *l;
	struct str type = str_lower(s->arena, str_of(s->argv[0].z));
	const char *error = read_lifetime(s, 1, &l);

	if (str_find(type, '/') < 0)
		return setting_error(s, 0, "needs a media type such as "
		    "text/html or image/*, not \"%s\"", s->argv[0].z);
	if (c->types == NULL)
		c->types = hash_new(s->arena);
	hash_set(c->types, type, (void *)(uintptr_t)l);
	return error;
}

#define ANYWHERE	(IN_ANY | OVERRIDE_INDEXES)
#define AT(field)	offsetof(struct expires_conf, field)

static const struct directive rows[] = {
	{ "ExpiresActive", 1, 1, ANYWHERE, SLOT_FLAG, AT(active), NULL,
	  "On or Off: say how long answers may be kept" },
	{ "ExpiresDefault", 1, 1, ANYWHERE, SLOT_CUSTOM, AT(otherwise),
	  set_default, "how long, for other types",
	  .size = sizeof(struct lifetime *) },
	{ "ExpiresByType", 2, 2, ANYWHERE, SLOT_NONE, 0, set_by_type,
	  "a media type, and how long" },
	{ 0 }
};

static void
overlay(struct hash *onto, const struct hash *with)
{
	struct str type;
	void *value;

	for (size_t i = 0; with != NULL && hash_at(with, i, &type, &value);
	    i++)
		hash_set(onto, type, value);
}

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct expires_conf *o = outer, *i = inner;
	struct expires_conf *r = result;

	r->types = o->types == NULL ? i->types : o->types;
	if (o->types == NULL || i->types == NULL)
		return;
	r->types = hash_new(a);
	overlay(r->types, o->types);
	overlay(r->types, i->types);
}

/* ---- Answers ------------------------------------------------------------- */

/* By the type, by its first half, or what holds for all others. */
static const struct lifetime *
lifetime_of(struct request *r, const struct expires_conf *c)
{
	struct str type = fields_get(&r->out, STR("Content-Type"));
	ptrdiff_t end = str_find(type, ';'), slash;
	const struct lifetime *l = NULL;

	if (end >= 0)
		type = str_first(type, (size_t)end);
	type = str_lower(r->arena, str_trim(type));
	slash = str_find(type, '/');
	if (c->types != NULL && type.n > 0)
		l = hash_get(c->types, type);
	if (c->types != NULL && l == NULL && slash >= 0)
		l = hash_get(c->types, str_fmt(r->arena, "%.*s/*",
		    (int)slash, type.at));
	return l != NULL ? l : c->otherwise;
}

static void
add_max_age(struct request *r, long long seconds)
{
	struct str old = fields_join(r->arena, &r->out,
	    STR("Cache-Control"));

	fields_set(&r->out, STR("Cache-Control"), str_fmt(r->arena,
	    "%.*s%smax-age=%lld", STR_ARGS(old), old.n > 0 ? ", " : "",
	    seconds));
}

static void
headers(struct request *r)
{
	const struct expires_conf *c = scope_get(r->scope, &mod_expires);
	char date[CLOCK_HTTP_SIZE];
	const struct lifetime *l;
	int64_t now = r->started_us / 1000000, until = now;

	if (!flag_or(c->active, false) || status_is_error(r->status) ||
	    fields_has(&r->out, STR("Expires")) ||
	    fields_has(&r->out_always, STR("Expires")))
		return;
	l = lifetime_of(r, c);
	if (l == NULL)
		return;
	request_timely(r);
	if (l->of_file) {
		if (r->found.kind == FOUND_NOT_LOOKED ||
		    r->found.kind == FOUND_NOTHING)
			return;
		until = (int64_t)r->found.st.st_mtime;
	}
	until += l->seconds;
	if (until < now)
		until = now;
	add_max_age(r, (long long)(until - now));
	clock_http_format((time_t)until, date);
	fields_set(&r->out, STR("Expires"), str_copy(r->arena,
	    str_of(date)));
}

struct module mod_expires = {
	.name = "expires",
	.alias = "mod_expires.c expires_module",
	.conf_size = sizeof(struct expires_conf),
	.rows = rows,
	.steady = true,
	.merge = merge,
	.headers = headers,
};
