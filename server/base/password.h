/*
 * password.h - passwords as they stand in files: checked and made.
 *
 * Formats: "$apr1$" and "$1$" (MD5, a thousand times over), "$2y$", "$2a$" and
 * "$2b$" (bcrypt), "{SHA}" (SHA-1 in base 64), "{SSHA}" (with a salt behind the
 * digest), "{PLAIN}", and whatever else the system's crypt(3) knows, where
 * there is one: DES, "$5$", "$6$", "$y$".
 */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum password_answer {
	PASSWORD_WRONG,
	PASSWORD_RIGHT,
	PASSWORD_NO_CRYPT,	/* a format for crypt(3), which is missing */
};

/* Is it the password behind hash?  Takes as long as the format wants. */
enum password_answer password_check(const char *hash, const char *password);
/* Checking it takes more than a moment: not to be done while others wait. */
bool	password_is_slow(const char *hash);

/* "{SHA}" and the digest. */
char	*password_sha(struct arena *a, const char *password);
/* What crypt(3) makes of it, in a; NULL when it refuses or is missing. */
char	*password_crypt(struct arena *a, const char *password,
	    const char *setting);
/* Whether there is a crypt(3). */
bool	password_has_crypt(void);

/* Both are the same; takes the same time whatever they hold. */
bool	password_same(struct str a, struct str b);

#endif
