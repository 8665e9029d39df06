/*
 * setting.c - reading one argument by a rule, and saying what is wrong with it.
 *
 * Knows kinds of values, never a directive.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/logprogram.h"
#include "base/regex.h"
#include "base/text.h"
#include "conf/setting.h"

/* ---- What is wrong ------------------------------------------------------- */

const char *
setting_error(struct setting *s, int arg, const char *fmt, ...)
{
	struct text t = { .arena = s->arena };
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	s->wrong = arg;
	return text_z(&t);
}

void
setting_warn(struct setting *s, int arg, const char *fmt, ...)
{
	struct text t = { .arena = s->arena };
	struct spot at = setting_spot(s, arg, 0);
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(&t, fmt, ap);
	va_end(ap);
	diagnose(s->reading->diagnosis, SEVERITY_WARNING, &at, NULL, "%s %s",
	    s->row->name, text_z(&t));
}

/* Narrow at, an argument's place, to the byte at offset of its value.  Only
 * where the text up to it is the value's, without escapes and variables. */
static void
narrow(struct spot *at, const char *value, size_t offset)
{
	struct str written = str_n(at->text.at + at->column - 1, at->n);
	size_t quote;

	quote = written.at[0] == '"' || written.at[0] == '\'';
	if (!str_starts(str_from(written, quote), str_n(value, offset)))
		return;
	at->column += (unsigned)(quote + offset);
	at->n = 1;
}

struct spot
setting_spot(const struct setting *s, int arg, size_t offset)
{
	struct spot at = s->node->at;
	const struct arg *a;

	if (arg < 0 || arg >= s->argc)
		return at;
	a = &s->argv[arg];
	at.line = a->line;
	at.text = a->text;
	at.column = a->column;
	at.n = a->n;
	if (offset > 0 && a->n > 0)
		narrow(&at, a->z, offset);
	return at;
}

/* ---- Numbers ------------------------------------------------------------- */

/* Decimal digits, perhaps after a minus; what is too large is as large as can
 * be, and *over. */
static bool
is_number(struct str s, int64_t *out, bool *over)
{
	bool minus = s.n > 0 && s.at[0] == '-';
	uint64_t u;
	size_t i;

	s = str_from(s, minus);
	for (i = 0; i < s.n; i++)
		if (!char_is_digit((unsigned char)s.at[i]))
			return false;
	*over = !str_number(s, 10, INT64_MAX, &u);
	if (*over)
		u = INT64_MAX;
	*out = minus ? -(int64_t)u : (int64_t)u;
	return s.n > 0;
}

const char *
read_number(struct setting *s, int arg, int64_t lo, int64_t hi, int64_t *out)
{
	const char *z = s->argv[arg].z;
	int64_t n;
	bool over;

	if (!is_number(str_of(z), &n, &over))
		return setting_error(s, arg, "must be a number from %" PRId64
		    " to %" PRId64 ", not \"%s\"", lo, hi, z);
	if (over || n < lo || n > hi)
		return setting_error(s, arg, "must be from %" PRId64 " to %"
		    PRId64 ", not \"%s\"", lo, hi, z);
	*out = n;
	return NULL;
}

struct unit {
	const char	*name;
	int64_t		 factor;
};

static const struct unit durations[] = {
	{ "ms", 1 }, { "s", 1000 }, { "sec", 1000 }, { "mi", 60000 },
	{ "min", 60000 }, { "h", 3600000 }, { "d", 86400000 }, { NULL, 0 }
};

static const struct unit sizes[] = {
	{ "k", 1 << 10 }, { "m", 1 << 20 }, { "g", 1 << 30 }, { NULL, 0 }
};

/* A number and perhaps a unit; a bare one counts in factor. */
static bool
is_quantity(const char *z, const struct unit *units, int64_t factor,
    int64_t *out, bool *over)
{
	struct str number = str_of(z);
	size_t n;

	n = strspn(z, "-0123456789");
	for (; number.n > n && units->name != NULL; units++)
		if (str_is_nocase(str_from(number, n), units->name)) {
			factor = units->factor;
			number = str_first(number, n);
		}
	if (!is_number(number, out, over))
		return false;
	*over |= *out > INT64_MAX / factor || *out < -INT64_MAX / factor;
	if (!*over)
		*out *= factor;
	return true;
}

static const char *
duration_within(struct setting *s, int arg, int64_t unit_ms, int64_t lo,
    int64_t hi, int64_t *out)
{
	const char *z = s->argv[arg].z;
	int64_t ms, divisor;
	bool over;

	if (!is_quantity(z, durations, unit_ms, &ms, &over))
		return setting_error(s, arg, "must be a duration such as 30, "
		    "500ms, 2min or 1h, not \"%s\"", z);
	if (!over && ms >= lo && ms <= hi) {
		*out = ms;
		return NULL;
	}
	divisor = lo % 1000 == 0 ? 1000 : 1;
	return setting_error(s, arg, "must be from %" PRId64 " to %" PRId64
	    "%s, not \"%s\"", lo / divisor, hi / divisor,
	    divisor == 1000 ? " seconds" : " ms", z);
}

const char *
read_duration(struct setting *s, int arg, int64_t unit_ms, int64_t *ms)
{
	return duration_within(s, arg, unit_ms, 0, INT32_MAX * INT64_C(1000),
	    ms);
}

const char *
read_bytes(struct setting *s, int arg, int64_t lo, int64_t hi, int64_t *out)
{
	const char *z = s->argv[arg].z;
	int64_t n;
	bool over;

	if (!is_quantity(z, sizes, 1, &n, &over))
		return setting_error(s, arg, "must be a number of bytes such "
		    "as 4096, 64K or 10M, not \"%s\"", z);
	if (over || n < lo || n > hi)
		return setting_error(s, arg, "must be from %" PRId64 " to %"
		    PRId64 " bytes, not \"%s\"", lo, hi, z);
	*out = n;
	return NULL;
}

/* ---- Words --------------------------------------------------------------- */

const char *
read_flag(struct setting *s, int arg, enum flag *out)
{
	struct str z = str_of(s->argv[arg].z);

	if (str_is_nocase(z, "on"))
		*out = FLAG_ON;
	else if (str_is_nocase(z, "off"))
		*out = FLAG_OFF;
	else
		return setting_error(s, arg, "must be On or Off, not \"%s\"",
		    z.at);
	return NULL;
}

const char *
read_word(struct setting *s, int arg, const char *const *words, int64_t *out)
{
	struct text all = { .arena = s->arena };
	const char *z = s->argv[arg].z, *near;
	size_t i, n;

	for (n = 0; words[n] != NULL; n++)
		if (str_is_nocase(str_of(z), words[n])) {
			*out = (int64_t)n;
			return NULL;
		}
	for (i = 0; i < n; i++)
		text_addf(&all, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ",
		    words[i]);
	near = nearest_name(str_of(z), words, n);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "must be %s, not \"%s\"", text_z(&all),
	    z);
}

const char *
read_regex(struct setting *s, int arg, unsigned flags, struct regex **out)
{
	struct regex_error error = { 0 };

	*out = regex_new(s->arena, str_of(s->argv[arg].z), flags, &error);
	if (*out != NULL)
		return NULL;
	s->wrong_offset = error.offset;
	return setting_error(s, arg, "must be a regular expression: %s",
	    error.message);
}

/* ---- Paths --------------------------------------------------------------- */

/* Add the components of path, each after a slash. */
static void
add_path(struct text *out, const char *path)
{
	struct str rest = str_of(path), part;
	ptrdiff_t slash;

	while (str_cut(&rest, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			slash = str_rfind(text_str(out), '/');
			out->n = slash < 0 ? 0 : (size_t)slash;
			continue;
		}
		text_addc(out, '/');
		text_add(out, part);
	}
}

char *
path_below_root(struct reading *r, const char *path)
{
	struct text out = { .arena = reading_texts(r) };

	if (path[0] != '/')
		add_path(&out, r->server_root);
	add_path(&out, path);
	if (out.n == 0)
		text_addc(&out, '/');
	return str_z(r->arena, text_str(&out));
}

/* It needs nothing done: no empty, . or .. part. */
static bool
is_whole(const char *path)
{
	size_t n;

	if (path[0] != '/' || path[1] == 0)
		return path[0] == '/';
	while (*path == '/') {
		n = strcspn(++path, "/");
		if (n == 0 || (path[0] == '.' && (n == 1 ||
		    (n == 2 && path[1] == '.'))))
			return false;
		path += n;
	}
	return true;
}

char *
read_path(struct setting *s, int arg)
{
	if (is_whole(s->argv[arg].z))
		return s->argv[arg].z;
	return path_below_root(s->reading, s->argv[arg].z);
}

const char *
read_log_target(struct setting *s, int arg, const char **out)
{
	struct log_program program;
	const char *z = s->argv[arg].z, *error;

	if (!logprogram_is(z)) {
		*out = read_path(s, arg);
		return NULL;
	}
	*out = z;
	error = logprogram_read(s->arena, z, s->reading->server_root,
	    &program);
	if (error != NULL)
		s->wrong = arg;
	return error;
}

/* ---- Slots --------------------------------------------------------------- */

static const char *
read_into_number(struct setting *s, struct number *field)
{
	const struct directive *row = s->row;
	int64_t lo = row->lo, hi = row->hi;
	const char *error;

	if (lo == 0 && hi == 0)
		hi = row->slot == SLOT_BYTES ? INT64_MAX : INT32_MAX;
	if (row->slot == SLOT_SECONDS)
		error = duration_within(s, 0, 1000, lo, hi, &field->is);
	else if (row->slot == SLOT_BYTES)
		error = read_bytes(s, 0, lo, hi, &field->is);
	else if (row->slot == SLOT_WORD)
		error = read_word(s, 0, row->words, &field->is);
	else
		error = read_number(s, 0, lo, hi, &field->is);
	if (error == NULL)
		field->given = true;
	return error;
}

static void
read_into_list(struct setting *s, struct vec *field)
{
	int i;

	for (i = 0; i < s->argc; i++)
		vec_add(s->arena, field, s->argv[i].z);
}

const char *
setting_read_slot(struct setting *s)
{
	void *field = (char *)s->conf + s->row->at;

	switch (s->row->slot) {
	case SLOT_NONE:
		return NULL;
	case SLOT_FLAG:
		return read_flag(s, 0, field);
	case SLOT_NUMBER:
	case SLOT_SECONDS:
	case SLOT_BYTES:
	case SLOT_WORD:
		return read_into_number(s, field);
	case SLOT_STRING:
		*(const char **)field = s->argv[0].z;
		return NULL;
	case SLOT_PATH:
		*(const char **)field = read_path(s, 0);
		return NULL;
	case SLOT_LIST:
	case SLOT_LIST_REPLACE:
		read_into_list(s, field);
		return NULL;
	case SLOT_CUSTOM:
		break;
	}
	assert(!"a slot with a rule of its own");
	return NULL;
}
