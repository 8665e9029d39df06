/*
 * apr1.c - see apr1.h.
 */
#include <string.h>

#include "base/apr1.h"
#include "base/md5.h"

enum { ROUNDS = 1000, SALT_MAX = 8, LETTERS = 22 };

void
apr1_letters(uint32_t v, size_t n, char *out)
{
	static const char letters[] = "./0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (; n > 0; n--, v >>= 6)
		*out++ = letters[v & 63];
}

/* The password's digest between two salts, spread over its own length. */
static void
begin(const char *password, struct str salt, const char *magic,
    unsigned char digest[MD5_SIZE])
{
	size_t n = strlen(password);
	struct md5 m;

	md5_init(&m);
	md5_add(&m, password, n);
	md5_add(&m, salt.at, salt.n);
	md5_add(&m, password, n);
	md5_end(&m, digest);

	md5_init(&m);
	md5_add(&m, password, n);
	md5_add(&m, magic, strlen(magic));
	md5_add(&m, salt.at, salt.n);
	for (size_t left = n; left > 0;
	    left -= left < MD5_SIZE ? left : MD5_SIZE)
		md5_add(&m, digest, left < MD5_SIZE ? left : MD5_SIZE);
	/* A historical accident: a NUL, or the first byte, for each bit. */
	for (size_t bits = n; bits > 0; bits >>= 1)
		md5_add(&m, bits & 1 ? "" : password, 1);
	md5_end(&m, digest);
}

static void
one_round(unsigned i, const char *password, struct str salt,
    unsigned char digest[MD5_SIZE])
{
	size_t n = strlen(password);
	struct md5 m;

	md5_init(&m);
	if (i & 1)
		md5_add(&m, password, n);
	else
		md5_add(&m, digest, MD5_SIZE);
	if (i % 3 != 0)
		md5_add(&m, salt.at, salt.n);
	if (i % 7 != 0)
		md5_add(&m, password, n);
	if (i & 1)
		md5_add(&m, digest, MD5_SIZE);
	else
		md5_add(&m, password, n);
	md5_end(&m, digest);
}

static void
write_digest(const unsigned char d[MD5_SIZE], char out[LETTERS + 1])
{
	for (unsigned i = 0; i < 5; i++) {
		unsigned third = i == 4 ? 5 : i + 12;

		apr1_letters((uint32_t)d[i] << 16 |
		    (uint32_t)d[i + 6] << 8 | d[third], 4, out + 4 * i);
	}
	apr1_letters(d[11], 2, out + 20);
	out[LETTERS] = 0;
}

bool
apr1_hash(const char *password, const char *setting, char out[APR1_SIZE])
{
	const char *magic = strncmp(setting, "$apr1$", 6) == 0 ? "$apr1$" :
	    strncmp(setting, "$1$", 3) == 0 ? "$1$" : NULL;
	unsigned char digest[MD5_SIZE];
	struct str salt;
	size_t n;

	if (magic == NULL)
		return false;
	salt = str_of(setting + strlen(magic));
	salt.n = strcspn(salt.at, "$");
	if (salt.n > SALT_MAX)
		salt.n = SALT_MAX;
	begin(password, salt, magic, digest);
	for (unsigned i = 0; i < ROUNDS; i++)
		one_round(i, password, salt, digest);
	n = strlen(magic);
	memcpy(out, magic, n);
	memcpy(out + n, salt.at, salt.n);
	out[n + salt.n] = '$';
	write_digest(digest, out + n + salt.n + 1);
	return true;
}
