/*
 * lex.c - logical lines and their words.
 *
 * Knows no word's meaning.  Invariant: every byte of a logical line belongs to
 * exactly one physical line, so that every word has a place.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/lex.h"
#include "conf/variables.h"

bool
lex_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- Lines --------------------------------------------------------------- */

/* Take one physical line, without its end. */
static struct str
take_physical(struct lines *l)
{
	struct str text;
	ptrdiff_t end;

	end = str_find(l->rest, '\n');
	if (end < 0) {
		text = l->rest;
		l->rest = str_from(l->rest, l->rest.n);
	} else {
		text = str_first(l->rest, (size_t)end);
		l->rest = str_from(l->rest, (size_t)end + 1);
	}
	if (text.n > 0 && text.at[text.n - 1] == '\r')
		text.n--;
	l->number++;
	return text;
}

static bool
is_continued(struct str text)
{
	return text.n > 0 && text.at[text.n - 1] == '\\';
}

static void
add_part(struct lines *l, struct line *line, const struct line_part *part)
{
	size_t size = sizeof(*part);

	/* Room for 1, 2, 4, 8... of them. */
	if ((line->n_more & (line->n_more - 1)) == 0)
		line->more = arena_grow(l->arena, line->more,
		    line->n_more * size,
		    (line->n_more == 0 ? 1 : 2 * line->n_more) * size);
	line->more[line->n_more++] = *part;
}

/* The first physical line ends in a backslash: add those that follow. */
static void
join_lines(struct lines *l, struct line *line)
{
	struct text joined = { .arena = l->arena };
	struct line_part part = line->first;

	for (;;) {
		if (!line->too_long)
			text_add(&joined, str_first(part.text, part.text.n -
			    is_continued(part.text)));
		if (!is_continued(part.text) || l->rest.n == 0)
			break;
		part.from = joined.n;
		part.text = take_physical(l);
		part.number = l->number;
		add_part(l, line, &part);
		if (joined.n + part.text.n > LINE_MAX_BYTES)
			line->too_long = true;
	}
	line->text = text_str(&joined);
}

bool
lines_next(struct lines *l, struct line *line)
{
	if (l->number == 0 && str_starts(l->rest, STR("\xef\xbb\xbf")))
		l->rest = str_from(l->rest, 3);
	if (l->rest.n == 0)
		return false;
	memset(line, 0, sizeof(*line));
	line->file = l->file;
	line->first.text = line->text = take_physical(l);
	line->first.number = l->number;
	if (is_continued(line->text))
		join_lines(l, line);
	if (line->text.n > LINE_MAX_BYTES) {
		line->too_long = true;
		line->text.n = LINE_MAX_BYTES;
	}
	return true;
}

struct spot
line_spot(const struct line *line, size_t from, size_t n)
{
	const struct line_part *part;
	struct spot at = { .file = line->file };
	size_t lo = 0, hi = line->n_more, i;

	/* How many continuation lines begin at from or before. */
	while (lo < hi) {
		i = lo + (hi - lo) / 2;
		if (line->more[i].from <= from)
			lo = i + 1;
		else
			hi = i;
	}
	part = lo == 0 ? &line->first : &line->more[lo - 1];
	if (lo < line->n_more && from + n > line->more[lo].from)
		n = line->more[lo].from - from;
	at.line = part->number;
	at.text = part->text;
	at.column = (unsigned)(from - part->from) + 1;
	at.n = (unsigned)n;
	return at;
}

/* ---- Words --------------------------------------------------------------- */

void
lex_skip_blanks(struct lexer *x)
{
	while (x->at < x->end && lex_is_blank(x->line->text.at[x->at]))
		x->at++;
}

/* The first byte after the quoted word's inside, which begins at from. */
static size_t
end_of_quoted(const struct lexer *x, size_t from, char quote)
{
	const char *z = x->line->text.at;

	while (from < x->end && z[from] != quote) {
		if (z[from] == '\\' && from + 1 < x->end &&
		    (z[from + 1] == quote || z[from + 1] == '\\'))
			from++;
		from++;
	}
	return from;
}

static size_t
end_of_plain(const struct lexer *x, size_t from)
{
	while (from < x->end && !lex_is_blank(x->line->text.at[from]))
		from++;
	return from;
}

/* "did you mean ${NAME}?", or NULL. */
static const char *
variable_hint(const struct lexer *x, struct str name)
{
	const struct variables *v = x->reading->variables;
	const char *known, *value, *near = NULL;
	struct arena *a = reading_texts(x->reading);
	struct vec names = { 0 };
	size_t i;

	for (i = 0; variables_at(v, i, &known, &value); i++)
		if (value != NULL)
			vec_add(a, &names, (void *)(uintptr_t)known);
	near = nearest_name(name, (const char *const *)names.at, names.n);
	return near == NULL ? NULL : str_zfmt(a, "did you mean ${%s}?", near);
}

/*
 * At "${" in from..end: add the value, or the same text when it has none, and
 * return how many bytes were used up; 0 when it is no variable at all.
 */
static size_t
expand(struct lexer *x, struct text *out, size_t from, size_t end)
{
	struct str all, name;
	const char *value;
	struct spot at;
	ptrdiff_t close;
	bool warn;

	all = str_n(x->line->text.at + from, end - from);
	if (!str_starts(all, STR("${")))
		return 0;
	close = str_find(all, '}');
	if (close < 0)
		return 0;
	all = str_first(all, (size_t)close + 1);
	name = str_n(all.at + 2, all.n - 3);
	value = variables_get(x->reading->variables,
	    str_z(reading_texts(x->reading), name));
	text_add(out, value != NULL ? str_of(value) : all);
	if (value != NULL || str_find(name, ':') >= 0)
		return all.n;
	/* The owner of a site cannot define it, and Apache lets it be. */
	warn = x->reading->override != NULL;
	at = line_spot(x->line, from, all.n);
	diagnose(x->reading->diagnosis, warn ? SEVERITY_WARNING :
	    SEVERITY_ERROR, &at, variable_hint(x, name),
	    "%.*s is not defined%s", STR_ARGS(all), warn ?
	    ", and stays as it is" : "");
	x->broken |= !warn;
	return all.n;
}

/* A backslash here stands for the byte after it. */
static bool
is_escape(struct str s, char quote)
{
	return s.n >= 2 && s.at[0] == '\\' &&
	    (s.at[1] == '\\' || (quote != '\0' && s.at[1] == quote));
}

enum quoting { PLAIN = '\0', RAW = '\\' /* or the quote */ };

/* The value of from..end of the line; RAW: backslashes stay. */
static char *
value_of(struct lexer *x, size_t from, size_t end, char quoting)
{
	struct text out = { .arena = reading_texts(x->reading) };
	struct str s = str_n(x->line->text.at + from, end - from);
	size_t i, used, last;

	if (str_find(s, '\\') < 0 && str_find(s, '$') < 0)
		return str_z(x->arena, s);
	/* No variable ends after this; knowing it keeps the work linear. */
	last = (size_t)(str_rfind(s, '}') + 1);
	for (i = 0; i < s.n; i += used) {
		used = i >= last ? 0 :
		    expand(x, &out, from + i, from + last);
		if (used > 0)
			continue;
		if (quoting != RAW && is_escape(str_from(s, i), quoting))
			i++;
		text_addc(&out, s.at[i]);
		used = 1;
	}
	return str_z(x->arena, text_str(&out));
}

static void
place_word(struct lexer *x, struct arg *word, size_t next)
{
	struct spot at;

	at = line_spot(x->line, x->at, next - x->at);
	word->column = at.column;
	word->n = at.n;
	word->line = at.line;
	word->text = at.text;
	x->at = next;
}

static void
warn_open_quote(const struct lexer *x, char quote)
{
	struct spot at;

	at = line_spot(x->line, x->at, 1);
	diagnose(x->reading->diagnosis, SEVERITY_WARNING, &at, NULL,
	    "no closing %c; the argument ends with the line", quote);
}

bool
lex_word(struct lexer *x, struct arg *word)
{
	size_t end;
	char first;

	lex_skip_blanks(x);
	if (x->at >= x->end)
		return false;
	first = x->line->text.at[x->at];
	x->quoted = first == '"' || first == '\'';
	if (!x->quoted) {
		end = end_of_plain(x, x->at);
		word->z = value_of(x, x->at, end, PLAIN);
		place_word(x, word, end);
		return true;
	}
	end = end_of_quoted(x, x->at + 1, first);
	word->z = value_of(x, x->at + 1, end, first);
	if (end < x->end)
		end++;
	else
		warn_open_quote(x, first);
	place_word(x, word, end);
	return true;
}

struct str
lex_raw(const struct lexer *x)
{
	size_t from = x->at, end = x->end;
	const char *z = x->line->text.at;

	if (z == NULL)
		return STR("");
	while (from < end && lex_is_blank(z[from]))
		from++;
	while (end > from && lex_is_blank(z[end - 1]))
		end--;
	return str_n(z + from, end - from);
}

bool
lex_rest(struct lexer *x, struct arg *rest)
{
	size_t end;

	lex_skip_blanks(x);
	end = x->at + lex_raw(x).n;
	if (end == x->at)
		return false;
	x->quoted = false;
	rest->z = value_of(x, x->at, end, RAW);
	place_word(x, rest, end);
	return true;
}
