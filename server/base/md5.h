/*
 * md5.h - the MD5 digest of bytes.  RFC 1321.
 *
 * Broken as a signature; here for the formats that are made of it: digest
 * authentication and old password files.
 */
#ifndef BASE_MD5_H
#define BASE_MD5_H

#include "base/str.h"

enum { MD5_SIZE = 16, MD5_HEX_SIZE = 2 * MD5_SIZE + 1 };

struct md5 {
	uint32_t	state[4];
	uint64_t	n;		/* bytes so far */
	unsigned char	block[64];	/* the last, not yet full */
};

void	md5_init(struct md5 *m);
void	md5_add(struct md5 *m, const void *p, size_t n);
void	md5_end(struct md5 *m, unsigned char out[MD5_SIZE]);
/* All at once, in lower-case hex with a NUL behind. */
void	md5_hex(struct str s, char out[MD5_HEX_SIZE]);

#endif
