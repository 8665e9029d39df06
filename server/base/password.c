/*
 * password.c - see password.h.
 */
#include "config.h"

#include <string.h>
#ifdef HAVE_CRYPT_H
#include <crypt.h>
#endif
#include <unistd.h>

#include "base/apr1.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/bcrypt.h"
#include "base/password.h"
#include "base/sha1.h"

enum { DES_SIZE = 13 };		/* of the oldest and shortest format */

bool
password_same(struct str a, struct str b)
{
	unsigned char different = a.n != b.n;

	for (size_t i = 0; i < a.n && i < b.n; i++)
		different |= (unsigned char)(a.at[i] ^ b.at[i]);
	return different == 0;
}

bool
password_has_crypt(void)
{
#ifdef HAVE_CRYPT
	return true;
#else
	return false;
#endif
}

char *
password_crypt(struct arena *a, const char *password, const char *setting)
{
#ifdef HAVE_CRYPT
	const char *hash = crypt(password, setting);

	/* A star is how it says no without saying it. */
	if (hash == NULL || hash[0] == '*' || strlen(hash) < DES_SIZE)
		return NULL;
	return str_z(a, str_of(hash));
#else
	(void)a;
	(void)password;
	(void)setting;
	return NULL;
#endif
}

char *
password_sha(struct arena *a, const char *password)
{
	unsigned char digest[SHA1_SIZE];
	struct text t = { .arena = a };

	sha1_of(str_of(password), digest);
	text_addz(&t, "{SHA}");
	base64_encode(&t, str_n((const char *)digest, SHA1_SIZE));
	return text_z(&t);
}

/* The digest of password and salt, then the salt, in base 64. */
static bool
salted_sha_is(struct arena *a, const char *letters, const char *password)
{
	struct str both = base64_decode(a, str_of(letters), NULL);
	unsigned char digest[SHA1_SIZE];
	struct sha1 s;

	if (both.n < SHA1_SIZE)
		return false;
	sha1_init(&s);
	sha1_add(&s, password, strlen(password));
	sha1_add(&s, both.at + SHA1_SIZE, both.n - SHA1_SIZE);
	sha1_end(&s, digest);
	return password_same(str_first(both, SHA1_SIZE),
	    str_n((const char *)digest, SHA1_SIZE));
}

static bool
is_same(const char *hash, const char *made)
{
	return made != NULL && password_same(str_of(hash), str_of(made));
}

static bool
is_bcrypt(const char *hash)
{
	return strncmp(hash, "$2", 2) == 0;
}

static bool
is_md5(const char *hash)
{
	return strncmp(hash, "$apr1$", 6) == 0 || strncmp(hash, "$1$", 3) == 0;
}

static enum password_answer
check(struct arena *a, const char *hash, const char *password)
{
	char md5[APR1_SIZE], bcrypt[BCRYPT_SIZE];

	if (is_bcrypt(hash))
		return bcrypt_hash(password, hash, bcrypt) &&
		    is_same(hash, bcrypt);
	if (is_md5(hash))
		return apr1_hash(password, hash, md5) && is_same(hash, md5);
	if (strncmp(hash, "{SHA}", 5) == 0)
		return is_same(hash, password_sha(a, password));
	if (strncmp(hash, "{SSHA}", 6) == 0)
		return salted_sha_is(a, hash + 6, password);
	if (strncmp(hash, "{PLAIN}", 7) == 0)
		return is_same(hash + 7, password);
	if (strlen(hash) < DES_SIZE)
		return PASSWORD_WRONG;
	if (!password_has_crypt())
		return PASSWORD_NO_CRYPT;
	return is_same(hash, password_crypt(a, password, hash));
}

enum password_answer
password_check(const char *hash, const char *password)
{
	struct arena *a = arena_new();
	enum password_answer answer = check(a, hash, password);

	arena_end(a);
	return answer;
}

bool
password_is_slow(const char *hash)
{
	return hash[0] != '{' && !is_md5(hash) && strlen(hash) > DES_SIZE;
}
