/*
 * fuzz_precond.c - conditional fields, ranges and multipart bodies.
 *
 * The first line is a Range, the second an entity tag, the others are fields;
 * the first byte chooses method, length and limits.  Holds: a verdict is one of
 * those promised; a plan lies inside the representation and its limits; the
 * length of a multipart body is the sum of its pieces.
 */
#include <assert.h>

#include "base/arena.h"
#include "http/multipart.h"
#include "http/precond.h"

static const uint64_t totals[] = {
	0, 1, 10, 1000, 1 << 20, INT64_MAX, UINT64_MAX - 1000000, 100
};

static struct str
cut_line(struct str *rest)
{
	struct str line = STR_NONE;

	str_cut(rest, '\n', &line);
	return line;
}

static void
fuzz_precond(struct arena *a, struct str etag, struct str rest, uint8_t choice)
{
	struct str line, name, value, range;
	struct fields f;
	struct precond p = {
		(enum http_method)(choice % METHOD_COUNT), &f, etag,
		784111777, 784111777 + choice % 3
	};
	int status;

	fields_init(&f, a);
	while (str_cut(&rest, '\n', &line))
		if (field_line_parse(line, false, &name, &value) == NULL)
			fields_add(&f, name, value);
	status = precond_check(&p, &range);
	assert(status == 0 || status == 304 || status == 412);
	assert(status != 304 || p.method == METHOD_GET ||
	    p.method == METHOD_HEAD);
	assert(range.at == NULL || (status == 0 && p.method == METHOD_GET));
	assert(!etag_matches_strong(etag, etag) ||
	    etag_matches_weak(etag, etag));
}

static void
check_plan(const struct range_plan *plan, uint64_t total,
    const struct range_limits *limits)
{
	uint64_t sum = 0;
	size_t i;

	assert(plan->n > 0 && plan->n <= limits->max_ranges);
	for (i = 0; i < plan->n; i++) {
		assert(plan->at[i].length > 0);
		assert(plan->at[i].first < total);
		assert(plan->at[i].length <= total - plan->at[i].first);
		assert(plan->at[i].length <= total - sum);
		sum += plan->at[i].length;
	}
}

static void
check_multipart(struct arena *a, const struct range_plan *plan,
    struct str type, uint64_t total)
{
	struct multipart m;
	uint64_t sum;
	size_t i;

	multipart_layout(a, plan, type, total, total * 7919, &m);
	sum = m.tail.n;
	for (i = 0; i < plan->n; i++) {
		sum += m.heads[i].n + plan->at[i].length;
		assert(str_starts(m.heads[i], STR("\r\n--")));
		assert(str_ends(m.heads[i], STR("\r\n\r\n")));
	}
	assert(sum == m.length);
}

static void
fuzz_range(struct arena *a, struct str value, struct str type, uint8_t choice)
{
	struct range_limits limits = {
		choice & 8 ? 4 : 200, choice & 16 ? 2 : 20,
		choice & 32 ? 1 : RANGE_UNLIMITED
	};
	uint64_t total = totals[choice & 7];
	struct range_plan plan;
	int status;

	status = range_read(a, value, total, &limits, &plan);
	assert(status == 200 || status == 206 || status == 416);
	if (status != 206)
		return;
	check_plan(&plan, total, &limits);
	if (plan.n > 1)
		check_multipart(a, &plan, type, total);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest, range, etag;
	struct arena *a;

	if (size == 0)
		return 0;
	a = arena_new();
	rest = str_copy(a, str_n((const char *)data + 1, size - 1));
	range = cut_line(&rest);
	etag = cut_line(&rest);
	fuzz_precond(a, etag, rest, data[0]);
	fuzz_range(a, range, etag, data[0]);
	arena_end(a);
	return 0;
}
