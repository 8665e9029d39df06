/*
 * bcrypt.h - passwords that cost as much to try as the administrator chose.
 *
 * "$2y$" COST "$" 22 letters of salt, 31 of digest.  Provos and Mazieres, "A
 * Future-Adaptable Password Scheme" (1999).  "$2a$" and "$2b$" are taken for
 * the same; the broken "$2x$" is refused.
 */
#ifndef BASE_BCRYPT_H
#define BASE_BCRYPT_H

#include "base/str.h"

enum { BCRYPT_SIZE = 61, BCRYPT_SALT_SIZE = 16, BCRYPT_COST_MIN = 4,
	BCRYPT_COST_MAX = 31, BCRYPT_PASSWORD_MAX = 72 };

/* Hash password as setting says, which begins as above; a digest behind the
 * salt does not matter.  Only the first 72 bytes of a password count.  False
 * when setting is malformed.  Takes 2^cost times about 50 microseconds. */
bool	bcrypt_hash(const char *password, const char *setting,
	    char out[BCRYPT_SIZE]);
/* A setting for this cost: "$2y$12$" and the salt. */
void	bcrypt_setting(unsigned cost,
	    const unsigned char salt[BCRYPT_SALT_SIZE], char out[BCRYPT_SIZE]);

#endif
