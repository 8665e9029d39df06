/*
 * blowfish.h - Blowfish's state and its two costly moves, for bcrypt alone.
 */
#ifndef BASE_BLOWFISH_H
#define BASE_BLOWFISH_H

#include <stddef.h>
#include <stdint.h>

struct blowfish {
	uint32_t	p[18];
	uint32_t	s[4][256];
};

/* The fractional digits of pi. */
void	blowfish_init(struct blowfish *b);
/* Mix in a key of n > 0 bytes, taken in a circle, then run the state through
 * itself; salt (16 bytes, or NULL) is mixed in on the way. */
void	blowfish_key(struct blowfish *b, const unsigned char *key, size_t n,
	    const unsigned char *salt);
/* Encrypt one block, left[0] and left[1]. */
void	blowfish_encrypt(const struct blowfish *b, uint32_t block[2]);

#endif
