/*
 * fields.c - lists of fields, and the grammar of a field line.
 *
 * It must not know what any field means.
 *
 * Invariant: at[i].key is the key of at[i].name, and at[i].value.at is set.
 */
#include <string.h>

#include "base/arena.h"
#include "http/fields.h"

#define FIRST_ROOM	16	/* a browser sends a dozen fields */

static uint32_t
key_of(struct str name)
{
	if (name.n == 0)
		return 0;
	return FIELD_KEY(name.n, name.at[0], name.at[name.n - 1]);
}

void
fields_init(struct fields *f, struct arena *a)
{
	*f = (struct fields){ .arena = a };
}

void
fields_add(struct fields *f, struct str name, struct str value)
{
	size_t room;

	if (f->n == f->room) {
		room = f->room == 0 ? FIRST_ROOM : 2 * f->room;
		f->at = arena_grow(f->arena, f->at,
		    f->room * sizeof(*f->at), room * sizeof(*f->at));
		f->room = room;
	}
	if (value.at == NULL)
		value.at = "";
	f->at[f->n++] = (struct field){ name, value, key_of(name) };
}

size_t
fields_find(const struct fields *f, struct str name, size_t from)
{
	uint32_t key = key_of(name);
	size_t i;

	for (i = from; i < f->n; i++)
		if (f->at[i].key == key && str_eq_nocase(f->at[i].name, name))
			return i;
	return f->n;
}

/* Drop the fields of this name from index from on. */
static size_t
unset_from(struct fields *f, struct str name, size_t from)
{
	size_t i, kept, dropped;

	kept = i = fields_find(f, name, from);
	for (; i < f->n; i++)
		if (!str_eq_nocase(f->at[i].name, name))
			f->at[kept++] = f->at[i];
	dropped = f->n - kept;
	f->n = kept;
	return dropped;
}

void
fields_set(struct fields *f, struct str name, struct str value)
{
	size_t i = fields_find(f, name, 0);

	if (i == f->n) {
		fields_add(f, name, value);
		return;
	}
	if (value.at == NULL)
		value.at = "";
	f->at[i].value = value;
	unset_from(f, name, i + 1);
}

size_t
fields_unset(struct fields *f, struct str name)
{
	return unset_from(f, name, 0);
}

void
fields_append(struct fields *f, const struct fields *from)
{
	size_t i, n = from->n;

	for (i = 0; i < n; i++)
		fields_add(f, from->at[i].name, from->at[i].value);
}

struct str
fields_get(const struct fields *f, struct str name)
{
	size_t i = fields_find(f, name, 0);

	return i < f->n ? f->at[i].value : STR_NONE;
}

bool
fields_has(const struct fields *f, struct str name)
{
	return fields_find(f, name, 0) < f->n;
}

size_t
fields_count(const struct fields *f, struct str name)
{
	size_t i, count = 0;

	for (i = fields_find(f, name, 0); i < f->n;
	    i = fields_find(f, name, i + 1))
		count++;
	return count;
}

struct str
fields_join(struct arena *a, const struct fields *f, struct str name)
{
	struct text joined = { .arena = a };
	size_t first, i;

	first = fields_find(f, name, 0);
	i = fields_find(f, name, first + 1);
	if (first == f->n)
		return STR_NONE;
	if (i >= f->n)
		return f->at[first].value;
	text_add(&joined, f->at[first].value);
	for (; i < f->n; i = fields_find(f, name, i + 1)) {
		text_addz(&joined, ", ");
		text_add(&joined, f->at[i].value);
	}
	return text_str(&joined);
}

bool
fields_has_token(const struct fields *f, struct str name, struct str token)
{
	struct str rest, element;
	size_t i;

	for (i = fields_find(f, name, 0); i < f->n;
	    i = fields_find(f, name, i + 1)) {
		rest = f->at[i].value;
		while (str_element(&rest, &element))
			if (str_eq_nocase(element, token))
				return true;
	}
	return false;
}

/* Append s, bytes that may not stand in a value replaced. */
static void
write_clean(struct text *t, struct str s)
{
	size_t good;

	while (s.n > 0) {
		good = field_value_span(s.at, s.n);
		text_add(t, str_first(s, good));
		if (good < s.n)
			text_addc(t, ' ');
		s = str_from(s, good + 1);
	}
}

void
fields_write(const struct fields *f, struct text *t)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		write_clean(t, f->at[i].name);
		text_addz(t, ": ");
		write_clean(t, f->at[i].value);
		text_addz(t, "\r\n");
	}
}

/* The bytes at from may be gone already, so only numbers are compared. */
void
field_rebase(struct str *s, const char *from, size_t n, const char *to)
{
	uintptr_t offset = (uintptr_t)s->at - (uintptr_t)from;

	if (s->at != NULL && offset <= n)
		s->at = to + offset;
}

void
fields_rebase(struct fields *f, const char *from, size_t n, const char *to)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		field_rebase(&f->at[i].name, from, n, to);
		field_rebase(&f->at[i].value, from, n, to);
	}
}

/* The grammar of a line. */

static const bool token_bytes[256] = {
	[0x20] =
	/*      !  "  #  $  %  &  '  (  )  *  +  ,  -  .  /  */
	0,	1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0,
	/* 0    1  2  3  4  5  6  7  8  9  :  ;  <  =  >  ?  */
	1,	1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
	/* @    A  B  C  D  E  F  G  H  I  J  K  L  M  N  O  */
	0,	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	/* P    Q  R  S  T  U  V  W  X  Y  Z  [  \  ]  ^  _  */
	1,	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1,
	/* `    a  b  c  d  e  f  g  h  i  j  k  l  m  n  o  */
	1,	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	/* p    q  r  s  t  u  v  w  x  y  z  {  |  }  ~     */
	1,	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0
};

size_t
field_name_span(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && token_bytes[(unsigned char)p[i]])
		i++;
	return i;
}

/* Every byte of a word set to c. */
#define BYTES(c)	(UINT64_C(0x0101010101010101) * (c))

/* One of the eight bytes at p is below 0x20 or is 0x7f.  A subtraction borrows
 * only from the byte above one that is found, so there is no false alarm. */
static bool
has_control(const char *p)
{
	uint64_t word, below, deleted;

	memcpy(&word, p, sizeof(word));
	below = (word - BYTES(0x20)) & ~word;
	deleted = word ^ BYTES(0x7f);
	deleted = (deleted - BYTES(1)) & ~deleted;
	return ((below | deleted) & BYTES(0x80)) != 0;
}

static bool
is_value_byte(unsigned char c)
{
	return (c >= 0x20 && c != 0x7f) || c == '\t';
}

size_t
field_value_span(const char *p, size_t n)
{
	size_t i = 0, stop;

	while (i < n) {
		if (n - i >= 8 && !has_control(p + i)) {
			i += 8;
			continue;
		}
		stop = n - i >= 8 ? i + 8 : n;
		for (; i < stop; i++)
			if (!is_value_byte((unsigned char)p[i]))
				return i;
	}
	return n;
}

/* Why the line has no good name with a colon right behind its n token bytes. */
static const char *
name_fault(struct str line, size_t n)
{
	bool blank = n < line.n && (line.at[n] == ' ' || line.at[n] == '\t');

	if (blank && n == 0)
		return "a field line starts with a space";
	if (str_find(line, ':') < 0)
		return "a field line has no colon";
	if (line.at[n] == ':')
		return "a field name is empty";
	if (blank)
		return "a space stands in or behind a field name";
	return "a field name has a character that may not stand in one";
}

static const char *
value_fault(struct str value, bool unsafe)
{
	size_t i = field_value_span(value.at, value.n);

	for (; i < value.n; i++) {
		if (value.at[i] == '\0')
			return "a field value has a NUL byte";
		if (value.at[i] == '\r')
			return "a carriage return stands within a line";
		if (!unsafe && !is_value_byte((unsigned char)value.at[i]))
			return "a field value has a control character";
	}
	return NULL;
}

const char *
field_line_parse(struct str line, bool unsafe, struct str *name,
    struct str *value)
{
	size_t n = field_name_span(line.at, line.n);

	if (n == 0 || n == line.n || line.at[n] != ':')
		return name_fault(line, n);
	*name = str_n(line.at, n);
	*value = str_trim(str_n(line.at + n + 1, line.n - n - 1));
	return value_fault(*value, unsafe);
}
