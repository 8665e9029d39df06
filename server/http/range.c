/*
 * range.c - byte ranges.
 *
 * It must not know where the bytes come from.
 */
#include <inttypes.h>

#include "base/arena.h"
#include "base/char.h"
#include "http/range.h"

/* A number of any size; one that does not fit is as good as the largest. */
static bool
read_position(struct str digits, uint64_t *out)
{
	size_t i;

	if (str_number(digits, 10, UINT64_MAX, out))
		return true;
	for (i = 0; i < digits.n; i++)
		if (!char_is_digit((unsigned char)digits.at[i]))
			return false;
	*out = UINT64_MAX;
	return digits.n > 0;
}

/* One of "first-last", "first-" and "-length".  False when malformed; length is
 * 0 when it lies outside.  RFC 9110, 14.1.2. */
static bool
read_spec(struct str spec, uint64_t total, struct range *r)
{
	ptrdiff_t dash = str_find(spec, '-');
	struct str before, behind;
	uint64_t first, last = UINT64_MAX;

	if (dash < 0)
		return false;
	before = str_first(spec, (size_t)dash);
	behind = str_from(spec, (size_t)dash + 1);
	if (before.n == 0) {
		if (!read_position(behind, &last))
			return false;
		r->length = last < total ? last : total;
		r->first = total - r->length;
		return true;
	}
	if (!read_position(before, &first) ||
	    (behind.n > 0 && !read_position(behind, &last)) || last < first)
		return false;
	r->first = first;
	r->length = first >= total ? 0 :
	    last >= total ? total - first : last - first + 1;
	return true;
}

/* How a new range meets the last one of a plan. */
struct counts {
	size_t	ranges, overlaps, reversals;
};

/* Add r to the plan, or to its last range when the two overlap or touch; as in
 * Apache it is a reversal only when r then starts before it. */
static void
add(struct range_plan *plan, struct range r, struct counts *counts)
{
	struct range *last = plan->n > 0 ? &plan->at[plan->n - 1] : NULL;
	uint64_t end = r.first + r.length, last_end;

	if (last == NULL || r.first > last->first + last->length ||
	    end < last->first) {
		plan->at[plan->n++] = r;
		return;
	}
	last_end = last->first + last->length;
	counts->overlaps++;
	if (r.first < last->first) {
		counts->reversals++;
		last->first = r.first;
	}
	last->length = (end > last_end ? end : last_end) - last->first;
}

/* How many ranges there can be, for there are as many commas but one. */
static size_t
most_ranges(struct str set, size_t max)
{
	size_t i, n = 1;

	for (i = 0; i < set.n; i++)
		n += set.at[i] == ',';
	return n < max ? n : max;
}

/* All ranges of a set.  False when one is malformed, or over max. */
static bool
read_set(struct str set, uint64_t total, size_t max, struct range_plan *plan,
    struct counts *counts)
{
	struct range r;
	struct str spec;

	while (str_element(&set, &spec)) {
		if (counts->ranges++ == max || !read_spec(spec, total, &r))
			return false;
		if (r.length > 0)
			add(plan, r, counts);
	}
	return counts->ranges > 0;
}

/* The plan asks for more than the whole. */
static bool
is_larger(const struct range_plan *plan, uint64_t total)
{
	size_t i;

	for (i = 0; i < plan->n; i++) {
		if (plan->at[i].length > total)
			return true;
		total -= plan->at[i].length;
	}
	return false;
}

int
range_read(struct arena *a, struct str value, uint64_t total,
    const struct range_limits *limits, struct range_plan *plan)
{
	struct counts counts = { 0, 0, 0 };
	ptrdiff_t equals = str_find(value, '=');
	struct str set;

	*plan = (struct range_plan){ NULL, 0 };
	if (total == 0 || equals < 0 ||
	    !str_is_nocase(str_first(value, (size_t)equals), "bytes"))
		return 200;
	set = str_from(value, (size_t)equals + 1);
	plan->at = arena_many(a, struct range,
	    most_ranges(set, limits->max_ranges));
	if (!read_set(set, total, limits->max_ranges, plan, &counts) ||
	    counts.overlaps > limits->max_overlaps ||
	    counts.reversals > limits->max_reversals ||
	    is_larger(plan, total))
		return 200;
	return plan->n > 0 ? 206 : 416;
}

struct str
range_content(struct arena *a, struct range r, uint64_t total)
{
	return str_fmt(a, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, r.first,
	    r.first + r.length - 1, total);
}

struct str
range_unsatisfied(struct arena *a, uint64_t total)
{
	return str_fmt(a, "bytes */%" PRIu64, total);
}
