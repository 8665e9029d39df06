/*
 * fuzz_regex.c - any pattern on any subject.
 *
 * The first byte chooses the options, the first line is the pattern, the rest
 * is the subject.  Holds: an impossible pattern is told with a place in it;
 * groups are slices of the subject; with a memo, without one and without groups
 * the answer is the same; a pattern without backreferences always has one, in
 * steps that are bounded by its size times the subject.
 */
#include <assert.h>

#include "base/regex.c"

#define GROUPS		16
#define SIZE_MAX_HERE	(1u << 20)	/* planes times bytes: enough to see */
#define STEPS_PER_SIZE	64

static uint64_t steps;

static int
search_and_count(struct match *m)
{
	int found;

	m->steps_max = UINT64_MAX;
	found = search_with_memo(m);
	steps = m->steps;
	return found;
}

static void
check_groups(struct str subject, const struct str *group)
{
	for (int i = 0; i < GROUPS; i++) {
		if (group[i].at == NULL || subject.n == 0)
			continue;
		assert(group[i].at >= subject.at);
		assert(group[i].at + group[i].n <= subject.at + subject.n);
	}
	assert(group[0].at != NULL);
}

static bool
varies_behind(const struct regex *re)
{
	for (uint32_t i = 0; i < re->n_nodes; i++) {
		if (re->node[i].op == OP_LOOK && re->node[i].reach > 0)
			return true;
	}
	return false;
}

static void
check_memo(const struct regex *re, struct str subject,
    const struct str *group, int found)
{
	struct str again[GROUPS];
	uint64_t size = re->n_nodes + re->n_planes;

	assert(found >= 0);
	steps = 0;
	assert(match_by(re, subject, again, GROUPS, search_and_count) ==
	    found);
	assert(steps <= (subject.n + 2) * size * STEPS_PER_SIZE ||
	    varies_behind(re));
	for (int i = 0; i < GROUPS && found == 1; i++)
		assert(again[i].at == group[i].at && again[i].n == group[i].n);
}

static void
fuzz_match(const struct regex *re, struct str subject)
{
	struct str group[GROUPS];
	int found;

	if (re->n_planes * (subject.n + 1) > SIZE_MAX_HERE)
		return;
	found = regex_match(re, subject, group, GROUPS);
	assert(found >= -1 && found <= 1);
	if (found == 1)
		check_groups(subject, group);
	assert(regex_match(re, subject, NULL, 0) == found);
	if (!re->has_backrefs)
		check_memo(re, subject, group, found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct regex_error error = { NULL, 0 };
	struct str pattern, rest;
	struct regex *re;
	struct arena *a;

	if (size == 0)
		return 0;
	a = arena_new();
	rest = str_copy(a, str_n((const char *)data + 1, size - 1));
	if (!str_cut(&rest, '\n', &pattern))
		pattern = STR_NONE;
	re = regex_new(a, pattern, data[0] % 32, &error);
	if (re != NULL)
		fuzz_match(re, rest);
	else
		assert(error.message != NULL && error.offset <= pattern.n);
	arena_end(a);
	return 0;
}
