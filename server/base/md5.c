/*
 * md5.c - see md5.h; the names are those of RFC 1321.
 */
#include <string.h>

#include "base/md5.h"

/* floor(2^32 * |sin(i + 1)|) */
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

static const unsigned char shifts[4][4] = {
	{ 7, 12, 17, 22 }, { 5, 9, 14, 20 },
	{ 4, 11, 16, 23 }, { 6, 10, 15, 21 }
};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t
word_at(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static void
take_block(struct md5 *m, const unsigned char block[64])
{
	uint32_t a = m->state[0], b = m->state[1], c = m->state[2],
	    d = m->state[3], x[16];

	for (unsigned i = 0; i < 16; i++)
		x[i] = word_at(block + 4 * i);
	for (unsigned i = 0; i < 64; i++) {
		uint32_t f, next;
		unsigned k;

		switch (i / 16) {
		case 0:
			f = (b & c) | (~b & d);
			k = i;
			break;
		case 1:
			f = (b & d) | (c & ~d);
			k = (5 * i + 1) % 16;
			break;
		case 2:
			f = b ^ c ^ d;
			k = (3 * i + 5) % 16;
			break;
		default:
			f = c ^ (b | ~d);
			k = 7 * i % 16;
			break;
		}
		next = b + rotate(a + f + x[k] + sines[i],
		    shifts[i / 16][i % 4]);
		a = d;
		d = c;
		c = b;
		b = next;
	}
	m->state[0] += a;
	m->state[1] += b;
	m->state[2] += c;
	m->state[3] += d;
}

void
md5_init(struct md5 *m)
{
	*m = (struct md5){ { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 },
	    0, { 0 } };
}

void
md5_add(struct md5 *m, const void *p, size_t n)
{
	const unsigned char *at = p;

	while (n > 0) {
		size_t have = m->n % 64;
		size_t take = n < 64 - have ? n : 64 - have;

		memcpy(m->block + have, at, take);
		m->n += take;
		at += take;
		n -= take;
		if (have + take == 64)
			take_block(m, m->block);
	}
}

void
md5_end(struct md5 *m, unsigned char out[MD5_SIZE])
{
	static const unsigned char padding[64] = { 0x80 };
	uint64_t bits = m->n * 8;
	unsigned char length[8];

	md5_add(m, padding, 1 + (119 - m->n % 64) % 64);
	for (unsigned i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> 8 * i);
	md5_add(m, length, 8);
	for (unsigned i = 0; i < MD5_SIZE; i++)
		out[i] = (unsigned char)(m->state[i / 4] >> 8 * (i % 4));
}

void
md5_hex(struct str s, char out[MD5_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[MD5_SIZE];
	struct md5 m;

	md5_init(&m);
	md5_add(&m, s.at, s.n);
	md5_end(&m, digest);
	for (size_t i = 0; i < MD5_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * MD5_SIZE] = 0;
}
