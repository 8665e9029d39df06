/*
 * diagnose.c - findings about a configuration: kept in order, printed for
 * people.
 *
 * Knows nothing of directives.  Invariant: the findings of a file are sorted by
 * line and column, and no two of them say the same about the same place.
 */
#include <assert.h>
#include <stdarg.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/diagnose.h"

/* Bytes of a line that are shown, and how many of them before the place; and
 * those of a message, which may quote the line. */
enum { SHOWN_MAX = 160, SHOWN_BEFORE = 60, MESSAGE_MAX = 1000 };

struct finding {
	enum severity	 severity;
	struct spot	 at;
	const char	*message, *hint;
};

/* What was found in one file. */
struct chapter {
	const char	*file;
	struct vec	 findings;
};

struct diagnosis {
	struct arena	*arena;
	struct vec	 chapters;
	struct hash	*by_file;
	size_t		 n[2];		/* by severity */
	struct str	 last_text;	/* findings often share their line */
};

struct diagnosis *
diagnosis_new(struct arena *a)
{
	struct diagnosis *d;

	d = arena_one(a, struct diagnosis);
	d->arena = a;
	d->by_file = hash_new(a);
	return d;
}

static struct chapter *
chapter_of(struct diagnosis *d, const char *file)
{
	struct chapter *c;

	c = hash_get(d->by_file, str_of(file));
	if (c != NULL)
		return c;
	c = arena_one(d->arena, struct chapter);
	c->file = str_z(d->arena, str_of(file));
	vec_add(d->arena, &d->chapters, c);
	hash_set(d->by_file, str_of(c->file), c);
	return c;
}

/* Before, at or after: as strcmp(). */
static int
spot_compare(const struct spot *a, const struct spot *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}

static bool
is_known(const struct vec *findings, size_t end, const struct finding *f)
{
	const struct finding *old;

	while (end-- > 0) {
		old = findings->at[end];
		if (spot_compare(&old->at, &f->at) != 0)
			return false;
		if (old->severity == f->severity &&
		    str_is(str_of(old->message), f->message))
			return true;
	}
	return false;
}

static struct str
keep_text(struct diagnosis *d, struct str text)
{
	if (!str_eq(d->last_text, text))
		d->last_text = str_copy(d->arena, text);
	return d->last_text;
}

static char *
format(struct arena *a, const char *fmt, va_list ap)
{
	struct text t = { .arena = a };

	text_vaddf(&t, fmt, ap);
	if (t.n > MESSAGE_MAX) {
		t.n = MESSAGE_MAX;
		text_addz(&t, "...");
	}
	return text_z(&t);
}

void
diagnose(struct diagnosis *d, enum severity s, const struct spot *at,
    const char *hint, const char *fmt, ...)
{
	struct finding *f;
	struct chapter *c;
	struct vec *v;
	size_t i, k;
	va_list ap;

	c = chapter_of(d, at->file);
	f = arena_one(d->arena, struct finding);
	f->severity = s;
	f->at = *at;
	va_start(ap, fmt);
	f->message = format(d->arena, fmt, ap);
	va_end(ap);
	v = &c->findings;
	for (i = v->n; i > 0; i--)
		if (spot_compare(&((struct finding *)v->at[i - 1])->at, at)
		    <= 0)
			break;
	if (is_known(v, i, f))
		return;
	f->at.file = c->file;
	f->at.text = keep_text(d, at->text);
	if (hint != NULL)
		f->hint = str_z(d->arena, str_of(hint));

	vec_add(d->arena, v, f);
	for (k = v->n - 1; k > i; k--)
		v->at[k] = v->at[k - 1];
	v->at[i] = f;
	d->n[s]++;
}

size_t
diagnosis_errors(const struct diagnosis *d)
{
	return d->n[SEVERITY_ERROR];
}

size_t
diagnosis_warnings(const struct diagnosis *d)
{
	return d->n[SEVERITY_WARNING];
}

static const struct finding *
finding_at(const struct diagnosis *d, size_t i)
{
	const struct chapter *c;
	size_t k;

	for (k = 0; k < d->chapters.n; k++) {
		c = d->chapters.at[k];
		if (i < c->findings.n)
			return c->findings.at[i];
		i -= c->findings.n;
	}
	return NULL;
}

bool
diagnosis_at(const struct diagnosis *d, size_t i, enum severity *s,
    const struct spot **at, const char **message, const char **hint)
{
	const struct finding *f;

	f = finding_at(d, i);
	if (f == NULL)
		return false;
	*s = f->severity;
	*at = &f->at;
	*message = f->message;
	*hint = f->hint;
	return true;
}

static void
add_where(struct text *t, const struct spot *at)
{
	text_addz(t, at->file);
	if (at->line > 0)
		text_addf(t, ":%u", at->line);
	if (at->line > 0 && at->column > 0)
		text_addf(t, ":%u", at->column);
	text_addz(t, ": ");
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* For a terminal: nothing that moves its cursor. */
static void
add_visible(struct text *t, const char *z)
{
	for (; *z != '\0'; z++)
		text_addc(t, is_control(*z) ? '?' : *z);
}

/* The part of a long line that is worth showing. */
static void
window(const struct spot *at, size_t *from, size_t *to)
{
	*from = 0;
	*to = at->text.n;
	if (at->text.n <= SHOWN_MAX)
		return;
	if (at->column > SHOWN_BEFORE)
		*from = at->column - SHOWN_BEFORE;
	if (*from > at->text.n - SHOWN_MAX)
		*from = at->text.n - SHOWN_MAX;
	*to = *from + SHOWN_MAX;
}

/* The mark below column: spaces before what is meant, ^ at its first byte, ~
 * below the rest.  A tab keeps its width, the later bytes of a UTF-8 character
 * have none. */
static void
add_mark(struct text *under, const struct spot *at, size_t column, char c)
{
	if (column == at->column)
		text_addc(under, '^');
	else if (((unsigned char)c & 0xc0) == 0x80)
		return;
	else if (column < at->column)
		text_addc(under, c == '\t' ? '\t' : ' ');
	else if (column < (size_t)at->column + at->n)
		text_addc(under, '~');
}

static void
add_excerpt(struct text *t, const struct spot *at)
{
	struct text under = { .arena = t->arena };
	size_t from, to, i;
	char c;

	window(at, &from, &to);
	text_addf(t, "%6u | ", at->line);
	if (from > 0) {
		text_addz(t, "...");
		text_addz(&under, "   ");
	}
	for (i = from; i < to; i++) {
		c = at->text.at[i];
		text_addc(t, is_control(c) && c != '\t' ? '?' : c);
		add_mark(&under, at, i + 1, c);
	}
	if (at->column > to)		/* the end of the line is meant */
		text_addc(&under, '^');
	text_addz(t, to < at->text.n ? "...\n" : "\n");
	if (at->column == 0)
		return;
	text_addz(t, "       | ");
	text_add(t, text_str(&under));
	text_addc(t, '\n');
}

struct str
diagnosis_print(const struct diagnosis *d, size_t i, struct arena *a)
{
	struct text t = { .arena = a };
	const struct finding *f;

	f = finding_at(d, i);
	assert(f != NULL);
	text_addz(&t, f->severity == SEVERITY_ERROR ? "error: " : "warning: ");
	add_where(&t, &f->at);
	add_visible(&t, f->message);
	text_addc(&t, '\n');
	if (f->at.line > 0)
		add_excerpt(&t, &f->at);
	if (f->hint != NULL) {
		text_addz(&t, "       = ");
		add_visible(&t, f->hint);
		text_addc(&t, '\n');
	}
	return text_str(&t);
}

struct str
diagnosis_line(const struct diagnosis *d, size_t i, struct arena *a)
{
	struct text t = { .arena = a };
	const struct finding *f;

	f = finding_at(d, i);
	assert(f != NULL);
	add_where(&t, &f->at);
	text_addz(&t, f->message);
	if (f->hint != NULL) {
		text_addz(&t, "; ");
		text_addz(&t, f->hint);
	}
	return text_str(&t);
}

const char *
nearest_name(struct str what, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t i, distance, limit;

	limit = what.n / 3;
	for (i = 0; i < n; i++) {
		distance = str_distance(what, str_of(names[i]), limit);
		if (distance > limit)
			continue;
		best = names[i];
		if (distance == 0)
			break;
		limit = distance - 1;	/* from now on only nearer ones */
	}
	return best;
}
