/*
 * sha1.c - see sha1.h; the constants are those of RFC 3174.
 */
#include <assert.h>
#include <string.h>

#include "base/sha1.h"

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* The function and constant of a round. */
static uint32_t
mix(unsigned i, uint32_t b, uint32_t c, uint32_t d)
{
	switch (i / 20) {
	case 0:
		return ((b & c) | (~b & d)) + 0x5a827999;
	case 1:
		return (b ^ c ^ d) + 0x6ed9eba1;
	case 2:
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	default:
		return (b ^ c ^ d) + 0xca62c1d6;
	}
}

static void
take_block(struct sha1 *s, const unsigned char block[64])
{
	uint32_t w[80], a = s->state[0], b = s->state[1], c = s->state[2],
	    d = s->state[3], e = s->state[4];

	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		    (uint32_t)block[4 * i + 1] << 16 |
		    (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = 16; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned i = 0; i < 80; i++) {
		uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + w[i];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	s->state[0] += a;
	s->state[1] += b;
	s->state[2] += c;
	s->state[3] += d;
	s->state[4] += e;
}

void
sha1_init(struct sha1 *s)
{
	*s = (struct sha1){ { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
	    0xc3d2e1f0 }, 0, { 0 } };
}

void
sha1_add(struct sha1 *s, const void *p, size_t n)
{
	const unsigned char *at = p;

	while (n > 0) {
		size_t have = s->n % 64;
		size_t take = n < 64 - have ? n : 64 - have;

		memcpy(s->block + have, at, take);
		s->n += take;
		at += take;
		n -= take;
		if (have + take == 64)
			take_block(s, s->block);
	}
}

void
sha1_end(struct sha1 *s, unsigned char out[SHA1_SIZE])
{
	static const unsigned char padding[64] = { 0x80 };
	uint64_t bits = s->n * 8;
	unsigned char length[8];

	sha1_add(s, padding, 1 + (119 - s->n % 64) % 64);
	for (unsigned i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha1_add(s, length, 8);
	for (unsigned i = 0; i < SHA1_SIZE; i++)
		out[i] = (unsigned char)(s->state[i / 4] >>
		    (24 - 8 * (i % 4)));
}

void
sha1_of(struct str bytes, unsigned char out[SHA1_SIZE])
{
	struct sha1 s;

	sha1_init(&s);
	sha1_add(&s, bytes.at, bytes.n);
	sha1_end(&s, out);
}

void
sha1_hex(struct str s, char out[SHA1_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA1_SIZE];

	sha1_of(s, digest);
	for (size_t i = 0; i < SHA1_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * SHA1_SIZE] = 0;
}

void
sha1_keyed(struct str key, struct str bytes, unsigned char out[SHA1_SIZE])
{
	unsigned char inner[64] = { 0 }, outer[64];
	struct sha1 s;

	assert(key.n <= sizeof(inner));
	memcpy(inner, key.at, key.n);
	for (size_t i = 0; i < sizeof(inner); i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	sha1_init(&s);
	sha1_add(&s, inner, sizeof(inner));
	sha1_add(&s, bytes.at, bytes.n);
	sha1_end(&s, out);
	sha1_init(&s);
	sha1_add(&s, outer, sizeof(outer));
	sha1_add(&s, out, SHA1_SIZE);
	sha1_end(&s, out);
}
