/*
 * bcrypt.c - see bcrypt.h.
 */
#include <string.h>

#include "base/blowfish.h"
#include "base/bcrypt.h"

enum { SALT_AT = 7, SALT_LETTERS = 22, DIGEST_AT = SALT_AT + SALT_LETTERS,
	DIGEST_BYTES = 23 };

/* bcrypt's own base 64: its own alphabet, and no padding. */
static const char letters[] =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static void
encode(const unsigned char *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)bytes[i] << 16;

		if (i + 1 < n)
			bits |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < n)
			bits |= bytes[i + 2];
		for (size_t k = 0; k <= (n - i < 3 ? n - i : 3); k++)
			*out++ = letters[bits >> (18 - 6 * k) & 63];
	}
	*out = 0;
}

static bool
decode_salt(const char *z, unsigned char salt[BCRYPT_SALT_SIZE])
{
	uint32_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < SALT_LETTERS; i++) {
		const char *found = z[i] != 0 ? strchr(letters, z[i]) : NULL;

		if (found == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(found - letters);
		if (i % 4 != 0 && n < BCRYPT_SALT_SIZE)
			salt[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	return true;
}

/* "$2y$12$" */
static bool
read_cost(const char *z, unsigned *cost)
{
	uint64_t n;

	if (strncmp(z, "$2", 2) != 0 || z[2] == 0 ||
	    strchr("aby", z[2]) == NULL || z[3] != '$' ||
	    strnlen(z, SALT_AT) < SALT_AT || z[6] != '$' ||
	    !str_number(str_n(z + 4, 2), 10, BCRYPT_COST_MAX, &n) ||
	    n < BCRYPT_COST_MIN)
		return false;
	*cost = (unsigned)n;
	return true;
}

static void
make_digest(const unsigned char *key, size_t n, unsigned cost,
    const unsigned char salt[BCRYPT_SALT_SIZE],
    unsigned char digest[DIGEST_BYTES + 1])
{
	static const char text[] = "OrpheanBeholderScryDoubt";
	struct blowfish b;

	blowfish_init(&b);
	blowfish_key(&b, key, n, salt);
	for (uint64_t i = 0; i < UINT64_C(1) << cost; i++) {
		blowfish_key(&b, key, n, NULL);
		blowfish_key(&b, salt, BCRYPT_SALT_SIZE, NULL);
	}
	for (size_t i = 0; i < 24; i += 8) {
		uint32_t block[2] = { 0, 0 };

		for (size_t k = 0; k < 8; k++)
			block[k / 4] = block[k / 4] << 8 |
			    (unsigned char)text[i + k];
		for (unsigned k = 0; k < 64; k++)
			blowfish_encrypt(&b, block);
		for (size_t k = 0; k < 8; k++)
			digest[i + k] = (unsigned char)(block[k / 4] >>
			    (24 - 8 * (k % 4)));
	}
}

bool
bcrypt_hash(const char *password, const char *setting, char out[BCRYPT_SIZE])
{
	unsigned char salt[BCRYPT_SALT_SIZE], digest[DIGEST_BYTES + 1];
	/* The NUL at the end belongs to the key. */
	size_t n = strnlen(password, BCRYPT_PASSWORD_MAX - 1) + 1;
	unsigned char key[BCRYPT_PASSWORD_MAX];
	unsigned cost;

	if (!read_cost(setting, &cost) ||
	    !decode_salt(setting + SALT_AT, salt))
		return false;
	memcpy(key, password, n);
	make_digest(key, n, cost, salt, digest);
	memcpy(out, setting, SALT_AT);
	encode(salt, BCRYPT_SALT_SIZE, out + SALT_AT);
	encode(digest, DIGEST_BYTES, out + DIGEST_AT);
	return true;
}

void
bcrypt_setting(unsigned cost, const unsigned char salt[BCRYPT_SALT_SIZE],
    char out[BCRYPT_SIZE])
{
	memcpy(out, "$2y$00$", SALT_AT);
	out[4] = (char)('0' + cost / 10);
	out[5] = (char)('0' + cost % 10);
	encode(salt, BCRYPT_SALT_SIZE, out + SALT_AT);
}
