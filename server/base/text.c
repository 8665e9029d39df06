/*
 * text.c - growing strings.
 *
 * Of UTF-8 it knows only as much as valid JSON takes.  It must never ask the
 * locale.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/text.h"

char *
text_room(struct text *t, size_t n)
{
	size_t need = t->n + n, room;

	if (need > t->room) {
		room = t->room < 32 ? 64 : 2 * t->room;
		if (room < need)
			room = need;
		t->at = arena_grow(t->arena, t->at, t->room, room);
		t->room = room;
	}
	return t->at + t->n;
}

void
text_add(struct text *t, struct str s)
{
	if (s.n > 0)
		memcpy(text_room(t, s.n), s.at, s.n);
	t->n += s.n;
}

void
text_addz(struct text *t, const char *z)
{
	text_add(t, str_of(z));
}

void
text_addc(struct text *t, char c)
{
	*text_room(t, 1) = c;
	t->n++;
}

void
text_addn(struct text *t, uint64_t number)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	text_add(t, str_n(digits + i, sizeof(digits) - i));
}

void
text_vaddf(struct text *t, const char *fmt, va_list ap)
{
	va_list again;
	char *end = text_room(t, 1);
	size_t n;
	int made;

	va_copy(again, ap);
	made = vsnprintf(end, t->room - t->n, fmt, ap);
	assert(made >= 0);
	n = (size_t)made;
	if (n >= t->room - t->n)
		vsnprintf(text_room(t, n + 1), n + 1, fmt, again);
	va_end(again);
	t->n += n;
}

void
text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vaddf(t, fmt, ap);
	va_end(ap);
}

struct str
text_str(const struct text *t)
{
	return (struct str){ t->at, t->n };
}

char *
text_z(struct text *t)
{
	*text_room(t, 1) = '\0';
	return t->at;
}

static void
add_url(struct text *t, struct str s, bool slash)
{
	static const char digits[] = "0123456789abcdef";
	char *out;
	size_t i;

	for (;; s = str_from(s, i + 1)) {
		for (i = 0; i < s.n && (char_is_path((unsigned char)s.at[i]) ||
		    (slash && s.at[i] == '/')); i++)
			continue;
		text_add(t, str_first(s, i));
		if (i == s.n)
			return;
		out = text_room(t, 3);
		out[0] = '%';
		out[1] = digits[(unsigned char)s.at[i] >> 4];
		out[2] = digits[s.at[i] & 15];
		t->n += 3;
	}
}

void
text_add_url_path(struct text *t, struct str s)
{
	add_url(t, s, true);
}

void
text_add_url_part(struct text *t, struct str s)
{
	add_url(t, s, false);
}

/* What a byte of text is in HTML; NULL: itself. */
static const char *
entity_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* All bytes that have one are among these. */
static bool
may_be_entity(char c)
{
	return c <= '>' && (c == '&' || c == '<' || c == '>' || c == '"' ||
	    c == '\'');
}

void
text_add_html(struct text *t, struct str s)
{
	size_t i;

	for (;; s = str_from(s, i + 1)) {
		for (i = 0; i < s.n && !may_be_entity(s.at[i]); i++)
			continue;
		text_add(t, str_first(s, i));
		if (i == s.n)
			return;
		text_addz(t, entity_of(s.at[i]));
	}
}

/* What stands for c behind a backslash, in logs and in JSON; 0 for nothing. */
static char
escape_letter(char c)
{
	switch (c) {
	case '\b': return 'b';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	case '"': case '\\': return c;
	default: return 0;
	}
}

static bool
is_plain_in_log(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void
text_add_log(struct text *t, struct str s)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char c;
	size_t i;
	char *out;

	while (s.n > 0) {
		for (i = 0; i < s.n && is_plain_in_log(s.at[i]); i++)
			continue;
		text_add(t, str_first(s, i));
		if (i == s.n)
			return;
		c = (unsigned char)s.at[i];
		s = str_from(s, i + 1);
		out = text_room(t, 4);
		out[0] = '\\';
		out[1] = c == '\v' ? 'v' : escape_letter((char)c);
		t->n += 2;
		if (out[1] == 0) {
			out[1] = 'x';
			out[2] = digits[c >> 4];
			out[3] = digits[c & 15];
			t->n += 2;
		}
	}
}

/* The bytes of the UTF-8 character that s starts with; 0 when it is none.
 * RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF. */
static size_t
utf8_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.at;
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n > s.n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

static void
add_json_escape(struct text *t, char c)
{
	char letter = c == '\f' ? 'f' : escape_letter(c);

	if (letter != 0) {
		text_addc(t, '\\');
		text_addc(t, letter);
	} else {
		text_addf(t, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

void
text_add_json(struct text *t, struct str s)
{
	size_t n;

	while (s.n > 0) {
		n = utf8_length(s);
		if (n == 0 || (unsigned char)s.at[0] < ' ' ||
		    s.at[0] == '"' || s.at[0] == '\\') {
			add_json_escape(t, s.at[0]);
			n = 1;
		} else {
			text_add(t, str_first(s, n));
		}
		s = str_from(s, n);
	}
}
