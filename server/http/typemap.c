/*
 * typemap.c - see typemap.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/typemap.h"

struct reader {
	struct arena	*arena;
	struct str	 rest;		/* of the map */
	struct str	 name;
	unsigned	 line;		/* of the line taken last */
	struct vec	*variants;
	struct variant	*record;	/* the one being read */
	bool		 has_content;	/* it says what the variant is */
	const char	*why;
};

/* ---- Lines --------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct str
next_line(struct reader *r)
{
	struct str line;

	r->line++;
	str_cut(&r->rest, '\n', &line);
	while (line.n > 0 && is_blank(line.at[line.n - 1]))
		line.n--;
	return line;
}

static bool
goes_on(struct str rest)
{
	size_t i = 0;

	while (i < rest.n && is_blank(rest.at[i]))
		i++;
	return i > 0 && i < rest.n && rest.at[i] != '\n';
}

/* Add the lines that belong to the one taken last. */
static struct str
unfold(struct reader *r, struct str first)
{
	struct text t = { .arena = r->arena };

	while (r->rest.n > 0) {
		if (r->rest.at[0] == '#') {
			next_line(r);
			continue;
		}
		if (!goes_on(r->rest))
			break;
		if (t.n == 0)
			text_add(&t, first);
		text_addc(&t, ' ');
		text_add(&t, str_trim(next_line(r)));
	}
	return t.n == 0 ? first : text_str(&t);
}

/* Without what stands in parentheses, but for those in quotes. */
static struct str
strip_comments(struct arena *a, struct str s)
{
	char *out;
	bool quoted = false;
	int depth = 0;

	if (str_find(s, '(') < 0)
		return s;
	out = arena_copy(a, s.at, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (out[i] == '\\' && quoted && i + 1 < s.n) {
			i++;
			continue;
		}
		if (out[i] == '"' && depth == 0)
			quoted = !quoted;
		if (out[i] == '(' && !quoted)
			depth++;
		bool closes = out[i] == ')' && depth > 0;
		if (depth > 0)
			out[i] = ' ';
		if (closes)
			depth--;
	}
	return str_n(out, s.n);
}

/* ---- Records ------------------------------------------------------------- */

static void
begin_record(struct reader *r)
{
	r->record = variant_new(r->arena, STR(""));
	r->has_content = false;
}

static void
end_record(struct reader *r)
{
	if (r->record->name.n > 0 && r->has_content &&
	    r->variants->n < TYPEMAP_VARIANTS_MAX)
		vec_add(r->arena, r->variants, r->record);
	begin_record(r);
}

static enum typemap_result
read_length(struct reader *r, struct str value)
{
	uint64_t bytes;

	if (!str_number(accept_word(&value, false), 10, INT64_MAX, &bytes)) {
		r->why = "Content-Length is no number";
		return TYPEMAP_CUT;
	}
	r->record->bytes = (int64_t)bytes;
	r->has_content = true;
	return TYPEMAP_WHOLE;
}

/* What comes up to tag; the rest of the tag's line does not count. */
static enum typemap_result
read_body(struct reader *r, struct str tag)
{
	ptrdiff_t end = str_find_str(r->rest, tag);

	if (end < 0) {
		r->why = "the end of a Body is missing";
		return TYPEMAP_CUT;
	}
	r->record->body = str_first(r->rest, (size_t)end);
	r->record->bytes = (int64_t)end;
	r->record->name = r->name;
	for (size_t i = 0; i < (size_t)end; i++)
		r->line += r->rest.at[i] == '\n';
	r->rest = str_from(r->rest, (size_t)end);
	next_line(r);
	return TYPEMAP_WHOLE;
}

static enum typemap_result
read_value(struct reader *r, struct str name, struct str value)
{
	struct variant *v = r->record;

	if (str_is_nocase(name, "URI")) {
		v->name = accept_word(&value, false);
	} else if (str_is_nocase(name, "Content-Type")) {
		struct accept_entry e;

		accept_entry(r->arena, &value, &e);
		variant_set_type(v, &e);
		r->has_content = true;
	} else if (str_is_nocase(name, "Content-Length")) {
		return read_length(r, value);
	} else if (str_is_nocase(name, "Content-Language")) {
		v->languages = (struct vec){ 0 };
		variant_add_languages(r->arena, v, value);
		r->has_content = true;
	} else if (str_is_nocase(name, "Content-Encoding")) {
		v->encoding = accept_word(&value, false);
		r->has_content = true;
	} else if (str_is_nocase(name, "Description")) {
		v->description = value;
	} else if (str_is_nocase(name, "Body")) {
		return read_body(r, value);
	}
	return TYPEMAP_WHOLE;
}

static enum typemap_result
read_line(struct reader *r, struct str line)
{
	ptrdiff_t colon;

	if (!str_starts_nocase(line, STR("Body:")))
		line = unfold(r, line);
	colon = str_find(line, ':');
	if (colon < 0) {
		r->why = "a line has no colon";
		return TYPEMAP_BAD;
	}
	struct str value = str_trim(strip_comments(r->arena, str_from(line,
	    (size_t)colon + 1)));
	if (value.n == 0) {
		r->why = "a name has no value";
		return TYPEMAP_BAD;
	}
	return read_value(r, str_first(line, (size_t)colon), value);
}

enum typemap_result
typemap_read(struct arena *a, struct str bytes, struct str name,
    struct vec *variants, const char **why, unsigned *line)
{
	struct reader r = { .arena = a, .rest = bytes, .name = name,
	    .variants = variants };
	enum typemap_result result = TYPEMAP_WHOLE;

	begin_record(&r);
	while (result == TYPEMAP_WHOLE && r.rest.n > 0) {
		struct str s = next_line(&r);

		*line = r.line;
		if (s.n > 0 && s.at[0] == '#')
			continue;
		if (s.n == 0)
			end_record(&r);
		else
			result = read_line(&r, s);
	}
	if (result == TYPEMAP_WHOLE)
		end_record(&r);
	*why = r.why;
	return result;
}
