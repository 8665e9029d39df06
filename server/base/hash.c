/*
 * hash.c - a table from byte strings to pointers.
 *
 * The entries stand in order of insertion; a sparse index of numbers, twice as
 * large at least, finds them by open addressing.  Nothing is ever removed.
 */
#include <assert.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/os.h"

#define FIRST_ROOM	8	/* entries */

struct entry {
	struct str	 key;
	void		*value;
	uint64_t	 hash;
};

struct hash {
	struct arena	*arena;
	struct entry	*entries;
	size_t		 n, room;
	size_t		 longest;	/* bytes of a key */
	uint32_t	*index;		/* 1 + entry, or 0; a power of two of
					 * them, 2 * room at least */
	size_t		 mask;		/* how many, less 1 */
};

/*
 * SipHash-1-3: keyed, and strong enough that nobody can find collisions from
 * outside.  Aumasson and Bernstein, "SipHash: a fast short-input PRF".
 */
static inline uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* Eight bytes, little-endian; compilers know this pattern. */
static uint64_t
load_word(const unsigned char *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	    (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	    (uint64_t)p[7] << 56;
}

/* Fewer than 8. */
static uint64_t
load(const unsigned char *p, size_t n)
{
	uint64_t word = 0;

	while (n-- > 0)
		word = word << 8 | p[n];
	return word;
}

static uint64_t
sip(const uint64_t key[2], const unsigned char *p, size_t n)
{
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573
	};
	uint64_t word;
	size_t left = n;
	int i;

	for (; left >= 8; left -= 8, p += 8) {
		word = load_word(p);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)n << 56 | load(p, left);
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
hash_bytes(const void *p, size_t n)
{
	static uint64_t key[2];
	static bool seeded;

	if (!seeded) {
		os_random(key, sizeof(key));
		seeded = true;
	}
	return sip(key, p, n);
}

struct hash *
hash_new(struct arena *a)
{
	struct hash *h = arena_one(a, struct hash);

	h->arena = a;
	return h;
}

/* Where in the index key is, or would go. */
static uint32_t *
slot(const struct hash *h, uint64_t hash, struct str key)
{
	size_t i = hash & h->mask;
	const struct entry *e;

	for (; h->index[i] != 0; i = (i + 1) & h->mask) {
		e = &h->entries[h->index[i] - 1];
		if (e->hash == hash && str_eq(e->key, key))
			break;
	}
	return &h->index[i];
}

static void
grow(struct hash *h, size_t room)
{
	size_t i, places = 4;

	while (places < 2 * room)
		places *= 2;
	h->entries = arena_grow(h->arena, h->entries,
	    h->room * sizeof(h->entries[0]), room * sizeof(h->entries[0]));
	h->index = arena_many(h->arena, uint32_t, places);
	h->mask = places - 1;
	h->room = room;
	for (i = 0; i < h->n; i++)
		*slot(h, h->entries[i].hash, h->entries[i].key) =
		    (uint32_t)i + 1;
}

void
hash_set(struct hash *h, struct str key, void *value)
{
	uint64_t hash = hash_bytes(key.at, key.n);
	uint32_t *s;

	if (h->n == h->room)
		grow(h, h->room > 0 ? 2 * h->room : FIRST_ROOM);
	s = slot(h, hash, key);
	if (*s != 0) {
		h->entries[*s - 1].value = value;
		return;
	}
	if (key.n > h->longest)
		h->longest = key.n;
	h->entries[h->n++] = (struct entry){ key, value, hash };
	*s = (uint32_t)h->n;
}

void *
hash_get(const struct hash *h, struct str key)
{
	uint32_t found;

	/* Who looks up all beginnings of what a client sent shall not pay for
	 * those that cannot be there. */
	if (h->n == 0 || key.n > h->longest)
		return NULL;
	found = *slot(h, hash_bytes(key.at, key.n), key);
	return found != 0 ? h->entries[found - 1].value : NULL;
}

void
hash_reserve(struct hash *h, size_t n)
{
	assert(h->n == 0 && h->room == 0);
	if (n > 0)
		grow(h, n);
}

size_t
hash_count(const struct hash *h)
{
	return h->n;
}

bool
hash_at(const struct hash *h, size_t i, struct str *key, void **value)
{
	if (i >= h->n)
		return false;
	*key = h->entries[i].key;
	*value = h->entries[i].value;
	return true;
}
