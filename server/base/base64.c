/*
 * base64.c - see base64.h.
 */
#include "base/arena.h"
#include "base/base64.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct text *t, struct str s)
{
	for (size_t i = 0; i < s.n; i += 3) {
		size_t n = s.n - i < 3 ? s.n - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 |
			    (k < n ? (unsigned char)s.at[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			text_addc(t, k > n ? '=' :
			    letters[bits >> (18 - 6 * k) & 63]);
	}
}

/* 0..63, or -1. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct str
base64_decode(struct arena *a, struct str s, size_t *used)
{
	char *out = arena_alloc(a, s.n / 4 * 3 + 4);
	uint32_t bits = 0;
	size_t n = 0, i;

	for (i = 0; i < s.n && value_of(s.at[i]) >= 0; i++) {
		bits = bits << 6 | (uint32_t)value_of(s.at[i]);
		if (i % 4 != 0)
			out[n++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	if (used != NULL)
		*used = i;
	return str_n(out, n);
}
