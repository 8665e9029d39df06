/*
 * crowd.c - see crowd.h.
 *
 * A place is a column: an address, and a count for each seat.  It lies in a
 * short window behind its hash, and stays the address's until another one
 * needs a place while nobody is counted there.
 */
#include "process/crowd.h"

#include <assert.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/os.h"

enum {
	WINDOW		= 32,		/* places that an address may have */
	PATIENCE	= 1000,		/* tries to get the lock */
	NEWS_S		= 60,
};

struct crowd {
	unsigned		n_seats;
	_Atomic unsigned	holder;		/* of the lock: a seat + 1 */
	_Atomic uint64_t	address[CROWD_PLACES];	/* 0: never used */
	_Atomic int64_t		told[CROWD_PLACES];
	struct row {
		_Atomic bool	used;
		_Atomic uint16_t count[CROWD_PLACES];
	} rows[];
};

struct crowd *
crowd_new(unsigned n_seats)
{
	struct crowd *c;

	c = os_shared(sizeof(*c) + n_seats * sizeof(c->rows[0]));
	if (c != NULL)
		c->n_seats = n_seats;
	hash_bytes("", 0);	/* all workers inherit one seed */
	return c;
}

/* ---- The lock ------------------------------------------------------------ */

/* False when it cannot be had: its holder was stopped, or died and was not
 * buried yet.  Then connections go uncounted rather than wait. */
static bool
lock(struct crowd *c, unsigned seat)
{
	unsigned nobody;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		nobody = 0;
		if (atomic_compare_exchange_strong(&c->holder, &nobody,
		    seat + 1))
			return true;
		sched_yield();
	}
	return false;
}

static void
unlock(struct crowd *c)
{
	c->holder = 0;
}

/* ---- Addresses and places ------------------------------------------------ */

static uint64_t
key_of(const struct sockaddr_storage *peer, unsigned ipv6_bits)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	const struct sockaddr_in *in = (const struct sockaddr_in *)peer;
	unsigned char bytes[17] = { 0 };
	uint64_t key;
	unsigned i;

	if (peer->ss_family == AF_INET) {
		memcpy(bytes, &in->sin_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		memcpy(bytes, (const char *)&in6->sin6_addr + 12, 4);
	} else {
		memcpy(bytes, &in6->sin6_addr, 16);
		for (i = ipv6_bits; i < 128; i++)
			bytes[i / 8] &= (unsigned char)~(0x80 >> i % 8);
		bytes[16] = 6;
	}
	key = hash_bytes(bytes, sizeof(bytes));
	return key != 0 ? key : 1;
}

static unsigned
count_at(const struct crowd *c, unsigned place)
{
	unsigned i, n = 0;

	for (i = 0; i < c->n_seats; i++)
		if (c->rows[i].used)
			n += c->rows[i].count[place];
	return n;
}

/* The place of an address, made if need be; -1 when all around are taken. */
static int
find_place(struct crowd *c, uint64_t key)
{
	unsigned i, place, free_place = CROWD_PLACES;

	for (i = 0; i < WINDOW; i++) {
		place = (unsigned)(key + i) % CROWD_PLACES;
		if (c->address[place] == key)
			return (int)place;
		if (free_place == CROWD_PLACES && (c->address[place] == 0 ||
		    count_at(c, place) == 0))
			free_place = place;
		if (c->address[place] == 0)
			break;
	}
	if (free_place == CROWD_PLACES)
		return -1;
	c->told[free_place] = 0;
	c->address[free_place] = key;
	return (int)free_place;
}

/* ---- The public part ----------------------------------------------------- */

static int
enter(struct crowd *c, struct row *row, uint64_t key, unsigned limit,
    int64_t now)
{
	int place = find_place(c, key);
	int64_t told;

	if (place == -1)
		return CROWD_NO_COUNT;
	if (count_at(c, (unsigned)place) < limit) {
		row->count[place]++;
		return place;
	}
	told = c->told[place];
	if (told != 0 && now - told >= 0 && now - told < NEWS_S)
		return CROWD_REFUSED;
	c->told[place] = now;
	return CROWD_REFUSED_TELL;
}

int
crowd_enter(struct crowd *c, unsigned seat,
    const struct sockaddr_storage *peer, unsigned limit, unsigned ipv6_bits,
    int64_t now)
{
	int result;

	assert(seat < c->n_seats && limit > 0 && limit <= CROWD_LIMIT_MAX);
	if (!lock(c, seat))
		return CROWD_NO_COUNT;
	c->rows[seat].used = true;
	result = enter(c, &c->rows[seat], key_of(peer, ipv6_bits), limit, now);
	unlock(c);
	return result;
}

/* No lock: a place that somebody looks at just now is found empty a moment
 * later or earlier. */
void
crowd_leave(struct crowd *c, unsigned seat, int place)
{
	if (place >= 0)
		c->rows[seat].count[place]--;
}

void
crowd_forget(struct crowd *c, unsigned seat)
{
	struct row *row = &c->rows[seat];
	unsigned self = seat + 1;

	if (row->used) {
		row->used = false;
		memset((void *)row->count, 0, sizeof(row->count));
	}
	atomic_compare_exchange_strong(&c->holder, &self, 0);
}
