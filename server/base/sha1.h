/*
 * sha1.h - the SHA-1 digest of bytes (RFC 3174), and its keyed form (RFC 2104).
 *
 * Broken as a signature; here for the formats that are made of it, and for keys
 * that live no longer than the process.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/str.h"

enum { SHA1_SIZE = 20, SHA1_HEX_SIZE = 2 * SHA1_SIZE + 1 };

struct sha1 {
	uint32_t	state[5];
	uint64_t	n;		/* bytes so far */
	unsigned char	block[64];	/* the last, not yet full */
};

void	sha1_init(struct sha1 *s);
void	sha1_add(struct sha1 *s, const void *p, size_t n);
void	sha1_end(struct sha1 *s, unsigned char out[SHA1_SIZE]);
/* All at once. */
void	sha1_of(struct str s, unsigned char out[SHA1_SIZE]);
/* In lower-case hex with a NUL behind. */
void	sha1_hex(struct str s, char out[SHA1_HEX_SIZE]);
/* HMAC: what nobody can make without the key, of at most 64 bytes. */
void	sha1_keyed(struct str key, struct str s, unsigned char out[SHA1_SIZE]);

#endif
