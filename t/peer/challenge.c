/*
 * challenge.c - see challenge.h.
 */
#include "challenge.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- MD5: RFC 1321 ------------------------------------------------------- */

struct sums {
	uint32_t	 a, b, c, d;
};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* The RFC's table: 2^32 * |sin(i + 1)|. */
static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void
add_block(struct sums *s, const unsigned char *p)
{
	static const unsigned turns[4][4] = { { 7, 12, 17, 22 },
	    { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	struct sums x = *s;

	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16, k;
		uint32_t f, word, next;

		f = round == 0 ? (x.b & x.c) | (~x.b & x.d) :
		    round == 1 ? (x.d & x.b) | (~x.d & x.c) :
		    round == 2 ? x.b ^ x.c ^ x.d : x.c ^ (x.b | ~x.d);
		k = round == 0 ? i : round == 1 ? (5 * i + 1) % 16 :
		    round == 2 ? (3 * i + 5) % 16 : 7 * i % 16;
		word = (uint32_t)p[4 * k] | (uint32_t)p[4 * k + 1] << 8 |
		    (uint32_t)p[4 * k + 2] << 16 |
		    (uint32_t)p[4 * k + 3] << 24;
		next = x.b + rotate(x.a + f + sines[i] + word,
		    turns[round][i % 4]);
		x = (struct sums){ x.d, next, x.b, x.c };
	}
	s->a += x.a;
	s->b += x.b;
	s->c += x.c;
	s->d += x.d;
}

static void
md5_hex(const char *text, char out[33])
{
	struct sums s = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	size_t n = strlen(text), room = (n + 8) / 64 * 64 + 64;
	unsigned char *all = calloc(1, room);
	const uint32_t *words[4] = { &s.a, &s.b, &s.c, &s.d };

	if (all == NULL)
		abort();
	memcpy(all, text, n);
	all[n] = 0x80;
	for (int i = 0; i < 8; i++)
		all[room - 8 + (size_t)i] =
		    (unsigned char)((uint64_t)n * 8 >> 8 * i);
	for (size_t i = 0; i < room; i += 64)
		add_block(&s, all + i);
	free(all);
	for (int i = 0; i < 16; i++)
		sprintf(out + 2 * i, "%02x",
		    *words[i / 4] >> 8 * (i % 4) & 0xff);
}

/* ---- The answer ---------------------------------------------------------- */

enum { PART = 512 };

/* NAME="VALUE" or NAME=VALUE of a challenge; empty: it is not there. */
static void
part_of(const char *challenge, const char *name, char out[PART])
{
	const char *p = challenge;
	size_t n = strlen(name);

	*out = '\0';
	while ((p = strstr(p, name)) != NULL) {
		if (p[n] == '=' && (p == challenge || p[-1] == ' ' ||
		    p[-1] == ','))
			break;
		p += n;
	}
	if (p == NULL)
		return;
	p += n + 1;
	n = *p == '"' ? strcspn(++p, "\"") : strcspn(p, ", ");
	snprintf(out, PART, "%.*s", (int)n, p);
}

/* The word NAME=VALUE, in place of what is in out. */
static bool
take_word(const char *words, const char *name, char out[PART])
{
	size_t n = strlen(name);
	const char *p = words;

	while (p != NULL && (strncmp(p, name, n) != 0 || p[n] != '=')) {
		p = strchr(p, ' ');
		p += p != NULL;
	}
	if (p == NULL)
		return false;
	snprintf(out, PART, "%.*s", (int)strcspn(p + n + 1, " "), p + n + 1);
	return true;
}

struct proof {
	char	user[PART], password[PART], realm[PART], nonce[PART];
	char	uri[PART], qop[PART], nc[PART], cnonce[PART];
	char	algorithm[PART], opaque[PART], response[PART];
};

static void
work_out(struct proof *p, const char *method)
{
	char text[6 * PART], who[33], what[33];

	snprintf(text, sizeof(text), "%s:%s:%s", p->user, p->realm,
	    p->password);
	md5_hex(text, who);
	snprintf(text, sizeof(text), "%s:%s", method, p->uri);
	md5_hex(text, what);
	if (strcmp(p->qop, "none") == 0)
		snprintf(text, sizeof(text), "%s:%s:%s", who, p->nonce, what);
	else
		snprintf(text, sizeof(text), "%s:%s:%s:%s:%s:%s", who,
		    p->nonce, p->nc, p->cnonce, p->qop, what);
	md5_hex(text, p->response);
}

/* Add NAME=VALUE to the field. */
static void
tell(char *to, size_t room, const char *words, const char *name,
    const char *value, bool quoted)
{
	char dropped[PART] = "";
	size_t n = strlen(to);

	take_word(words, "drop", dropped);
	if (*value == '\0' || strcmp(dropped, name) == 0)
		return;
	snprintf(to + n, room - n, "%s%s=%s%s%s", strchr(to, '=') != NULL ?
	    ", " : " ", name, quoted ? "\"" : "", value, quoted ? "\"" : "");
}

char *
challenge_answer(const char *challenge, const char *words, const char *method,
    const char *uri)
{
	enum { ROOM = 16 * PART };
	const char *digest = strstr(challenge, "Digest ");
	struct proof p = { .nc = "00000001", .cnonce = "0a4f113b",
	    .qop = "auth" };
	bool plain;
	char *to;

	if (digest == NULL ||
	    sscanf(words, "%511s %511s", p.user, p.password) != 2)
		return NULL;
	part_of(digest, "realm", p.realm);
	part_of(digest, "nonce", p.nonce);
	part_of(digest, "opaque", p.opaque);
	part_of(digest, "algorithm", p.algorithm);
	snprintf(p.uri, sizeof(p.uri), "%s", uri);
	take_word(words, "realm", p.realm);
	take_word(words, "nonce", p.nonce);
	take_word(words, "opaque", p.opaque);
	take_word(words, "algorithm", p.algorithm);
	take_word(words, "uri", p.uri);
	take_word(words, "qop", p.qop);
	take_word(words, "nc", p.nc);
	take_word(words, "cnonce", p.cnonce);
	work_out(&p, method);
	take_word(words, "response", p.response);
	take_word(words, "told-uri", p.uri);
	take_word(words, "told-user", p.user);
	to = calloc(1, ROOM);
	if (to == NULL)
		abort();
	strcpy(to, "Digest");
	plain = strcmp(p.qop, "none") == 0;
	tell(to, ROOM, words, "username", p.user, true);
	tell(to, ROOM, words, "realm", p.realm, true);
	tell(to, ROOM, words, "nonce", p.nonce, true);
	tell(to, ROOM, words, "uri", p.uri, true);
	tell(to, ROOM, words, "algorithm", p.algorithm, false);
	tell(to, ROOM, words, "qop", plain ? "" : p.qop, false);
	tell(to, ROOM, words, "nc", plain ? "" : p.nc, false);
	tell(to, ROOM, words, "cnonce", plain ? "" : p.cnonce, true);
	tell(to, ROOM, words, "response", p.response, true);
	tell(to, ROOM, words, "opaque", p.opaque, true);
	return to;
}

void
challenge_normal(char *value)
{
	static const char *const names[] = { " nonce=\"", "rspauth=\"",
	    "nextnonce=\"", "opaque=\"", "response=\"" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *p = strstr(value, names[i]), *end;

		if (p == NULL)
			continue;
		p += strlen(names[i]);
		end = strchr(p, '"');
		if (end == NULL || end == p)
			continue;
		*p = 'N';
		memmove(p + 1, end, strlen(end) + 1);
	}
}
