/*
 * apr1.h - passwords as htpasswd writes them by default: MD5, a thousand times
 * over.
 *
 * "$apr1$" SALT "$" 22 letters; "$1$" is the same with another name in it, as
 * BSD and the C library know it.
 */
#ifndef BASE_APR1_H
#define BASE_APR1_H

#include "base/str.h"

enum { APR1_SIZE = 40 };

/* Hash password with the magic ("$apr1$" or "$1$") and salt (up to 8 bytes, to
 * the first "$") that setting begins with.  False when it is none of these. */
bool	apr1_hash(const char *password, const char *setting,
	    char out[APR1_SIZE]);
/* The least significant six bits of v first, n letters of ./0-9A-Za-z: the
 * alphabet of crypt(3), for salts. */
void	apr1_letters(uint32_t v, size_t n, char *out);

#endif
