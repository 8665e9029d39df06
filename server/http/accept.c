/*
 * accept.c - see accept.h.
 */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "http/accept.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && is_blank(s.at[0]))
		s = str_from(s, 1);
	return s;
}

struct str
accept_word(struct str *rest, bool blanks)
{
	struct str s = skip_blanks(*rest), word;
	bool quoted = false;
	size_t n;

	for (n = 0; n < s.n; n++) {
		char c = s.at[n];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ',' || c == ';' ||
		    (!blanks && is_blank(c))))
			break;
	}
	word = str_first(s, n);
	*rest = skip_blanks(str_from(s, n));
	return word;
}

/* Up to three digits behind the point count; what is no number is 1. */
static int
read_quality(struct str s)
{
	int quality = 0, unit = QUALITY_ONE / 10;

	s = skip_blanks(s);
	if (s.n == 0)
		return QUALITY_ONE;
	if (s.at[0] != '.') {
		if (s.at[0] != '0')
			return QUALITY_ONE;
		s = str_from(s, 1);
	}
	if (s.n == 0 || s.at[0] != '.')
		return 0;
	for (size_t i = 1; i < s.n && i <= 3; i++, unit /= 10) {
		if (!char_is_digit((unsigned char)s.at[i]))
			break;
		quality += (s.at[i] - '0') * unit;
	}
	return quality;
}

/* As atoi() reads it, but with an end. */
static int
read_level(struct str s)
{
	bool minus = s.n > 0 && s.at[0] == '-';
	int level = 0;

	if (s.n > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n && char_is_digit((unsigned char)s.at[i]) &&
	    level < INT_MAX / 100; i++)
		level = level * 10 + (s.at[i] - '0');
	return minus ? -level : level;
}

/* The value of "name = value", without quotes. */
static struct str
value_of(struct arena *a, struct str s)
{
	size_t n = 0;

	while (s.n > 0 && (is_blank(s.at[0]) || s.at[0] == '='))
		s = str_from(s, 1);
	if (s.n > 0 && s.at[0] == '"') {
		s = str_from(s, 1);
		while (n < s.n && s.at[n] != '"' && s.at[n] != '\n')
			n++;
	} else {
		while (n < s.n && !is_blank(s.at[n]))
			n++;
	}
	return str_lower(a, str_first(s, n));
}

static void
read_parameter(struct arena *a, struct str s, struct accept_entry *e)
{
	struct str name;
	size_t n = 0;

	while (n < s.n && !is_blank(s.at[n]) && s.at[n] != '=')
		n++;
	if (n == s.n)
		return;
	name = str_first(s, n);
	s = value_of(a, str_from(s, n));
	if (str_is_nocase(name, "q") || str_is_nocase(name, "qs"))
		e->quality = read_quality(s);
	else if (str_is_nocase(name, "level"))
		e->level = read_level(s);
	else if (str_is_nocase(name, "charset"))
		e->charset = s;
}

/* HTML is of level 2, and 3 where the server puts it together, unless somebody
 * says otherwise: as in Apache. */
static int
usual_level(struct str name)
{
	if (str_is(name, "text/html") ||
	    str_is(name, "text/x-server-parsed-html"))
		return 2;
	return str_is(name, "text/x-server-parsed-html3") ? 3 : 0;
}

bool
accept_entry(struct arena *a, struct str *rest, struct accept_entry *e)
{
	if (rest->n == 0)
		return false;
	*e = (struct accept_entry){ .quality = QUALITY_ONE,
	    .charset = STR("") };
	e->name = str_lower(a, accept_word(rest, false));
	e->level = usual_level(e->name);
	while (rest->n > 0 && rest->at[0] == ';') {
		*rest = str_from(*rest, 1);
		read_parameter(a, accept_word(rest, true), e);
	}
	if (rest->n > 0 && rest->at[0] == ',')
		*rest = str_from(*rest, 1);
	return true;
}

struct vec
accept_read(struct arena *a, struct str value)
{
	struct vec all = { 0 };
	struct accept_entry e;

	while (all.n < ACCEPT_ENTRIES_MAX && accept_entry(a, &value, &e))
		vec_add(a, &all, arena_copy(a, &e, sizeof(e)));
	return all;
}

struct str
accept_coding(struct str coding)
{
	return str_starts(coding, STR("x-")) ? str_from(coding, 2) : coding;
}
