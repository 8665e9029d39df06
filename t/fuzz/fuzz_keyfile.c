/*
 * fuzz_keyfile.c - files of users and groups.
 *
 * The first line is the key that is looked for, the rest is the file.  Holds:
 * what is found stands in the file behind the key and a colon, and every line
 * that begins with them is found.  With the key as a password, no hash in any
 * of the formats that are checked at once does more than say no.
 */
#include <assert.h>
#include <string.h>

#include "access/keyfile.h"
#include "base/arena.h"
#include "base/password.h"

static size_t
count_found(struct arena *a, const struct keyfile *f, struct str key,
    struct str text)
{
	const struct keyline *l;
	size_t n = 0;

	for (l = keyfile_find(f, key); l != NULL; l = l->next, n++) {
		const char *before = l->value.at - key.n - 1;

		assert(before >= text.at);
		assert(l->value.at + l->value.n <= text.at + text.n);
		assert(memcmp(before, key.at, key.n) == 0);
		assert(before[key.n] == ':');
		if (l->value.n > 0 && l->value.n < 100 &&
		    l->value.at[0] != '$') {
			char *hash = str_z(a, l->value);

			if (!password_is_slow(hash))
				password_check(hash, str_z(a, key));
		}
	}
	return n;
}

static size_t
count_lines(struct str key, struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_cut(&text, '\n', &line))
		n += line.n > key.n && str_starts(line, key) &&
		    line.at[key.n] == ':';
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_n((const char *)data, size), key = STR("");
	struct arena *a = arena_new();
	const struct keyfile *f;
	size_t found;

	str_cut(&text, '\n', &key);
	if (text.at == NULL)
		text = STR("");
	f = keyfile_parse(a, text);
	found = count_found(a, f, key, text);
	/* A key with such bytes is no key, or stands behind blanks. */
	if (key.n > 0 && key.at[0] != '#' && str_find(key, ':') < 0 &&
	    strchr(" \t\r\f\v", key.at[0]) == NULL)
		assert(found >= count_lines(key, text));
	arena_end(a);
	return 0;
}

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
