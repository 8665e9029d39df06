/*
 * regex_set.h - sets of bytes for the regular expressions.
 *
 * A set is passed by pointer and zero-initialised means empty.  "end" stands
 * for the end of the subject: a set that says what may come next needs it.
 */
#ifndef BASE_REGEX_SET_H
#define BASE_REGEX_SET_H

#include <stdbool.h>
#include <stdint.h>

struct byteset {
	uint64_t	word[4];
	bool		end;
};

static inline bool
set_has(const struct byteset *set, unsigned char c)
{
	return set->word[c >> 6] >> (c & 63) & 1;
}

static inline void
set_add(struct byteset *set, unsigned char c)
{
	set->word[c >> 6] |= (uint64_t)1 << (c & 63);
}

static inline void
set_add_range(struct byteset *set, unsigned first, unsigned last)
{
	for (; first <= last; first++)
		set_add(set, (unsigned char)first);
}

static inline void
set_add_all(struct byteset *set, const struct byteset *other)
{
	for (int i = 0; i < 4; i++)
		set->word[i] |= other->word[i];
	set->end |= other->end;
}

/* The bytes only: "end" stays as it is. */
static inline void
set_invert(struct byteset *set)
{
	for (int i = 0; i < 4; i++)
		set->word[i] = ~set->word[i];
}

/* With every ASCII letter its other case. */
static inline void
set_fold(struct byteset *set)
{
	for (unsigned c = 'A'; c <= 'Z'; c++) {
		unsigned lower = c + ('a' - 'A');

		if (set_has(set, c) || set_has(set, lower)) {
			set_add(set, c);
			set_add(set, lower);
		}
	}
}

static inline bool
set_meets(const struct byteset *a, const struct byteset *b)
{
	for (int i = 0; i < 4; i++) {
		if (a->word[i] & b->word[i])
			return true;
	}
	return a->end && b->end;
}

/* The smallest byte, 256 when there is none. */
static inline unsigned
set_first(const struct byteset *set)
{
	unsigned c = 0;

	while (c < 256 && set->word[c >> 6] == 0)
		c += 64;
	while (c < 256 && !set_has(set, (unsigned char)c))
		c++;
	return c;
}

/* "end" does not count. */
static inline bool
set_is_all(const struct byteset *set)
{
	return (set->word[0] & set->word[1] & set->word[2] & set->word[3]) ==
	    UINT64_MAX;
}

#endif
