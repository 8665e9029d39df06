/*
 * regex.c - regular expressions: compile one, search with one.
 *
 * A search is plain backtracking, which is what is quickest for nearly every
 * pattern and subject.  One that takes more steps than a kind one does goes on
 * with a memo of what it tried, which bounds its time for every pattern; with
 * backreferences, where that cannot be, it gives up.
 */
#include <string.h>

#include "base/arena.h"
#include "base/regex_match.h"

#define SUBJECT_MAX	(UINT32_MAX / 2)
#define BACKREF_STEPS	1000000		/* with backreferences: then give up */
#define PLAIN_STEPS	1000		/* without a memo, and as many more */
#define PLAIN_STEPS_PER_BYTE	16	/* for each byte of the subject */
#define STACK_FIRST	256		/* entries of 16 bytes */
#define STACK_KEPT	4096		/* for the next match */
#define STACK_MAX	(8u << 20)
#define SLOTS_KEPT	4096

/* Kept from search to search: processes have one thread each. */
static struct {
	struct arena	*arena;
	struct entry	*stack;
	uint32_t	 stack_room;
	uint32_t	*slot;
	uint32_t	 slot_room;
} scratch;

void
match_grow(struct match *m)
{
	if (m->room >= STACK_MAX) {
		m->steps_max = 0;
		m->depth--;
		return;
	}
	scratch.stack = arena_grow(scratch.arena, m->stack,
	    m->room * sizeof(*m->stack), 2 * m->room * sizeof(*m->stack));
	scratch.stack_room = 2 * m->room;
	m->stack = scratch.stack;
	m->room = scratch.stack_room;
}

static void
borrow_scratch(struct match *m)
{
	uint32_t n = m->re->n_slots;

	if (scratch.arena == NULL)
		scratch.arena = arena_new();
	if (scratch.stack == NULL) {
		scratch.stack = arena_many(scratch.arena, struct entry,
		    STACK_FIRST);
		scratch.stack_room = STACK_FIRST;
	}
	if (scratch.slot_room < n) {
		scratch.slot = arena_many(scratch.arena, uint32_t, 2 * n);
		scratch.slot_room = 2 * n;
	}
	m->stack = scratch.stack;
	m->room = scratch.stack_room;
	m->slot = scratch.slot;
	n = 2 * (m->re->n_groups + 1);
	memset(m->slot, 0xff, n * sizeof(*m->slot));
}

/* What a hard search needed is not kept. */
static void
return_scratch(void)
{
	if (scratch.stack_room > STACK_KEPT || scratch.slot_room > SLOTS_KEPT) {
		arena_end(scratch.arena);
		memset(&scratch, 0, sizeof(scratch));
	}
}

static bool
ends_with(const struct match *m, struct str tail, bool fold)
{
	struct str end = str_n((const char *)m->at + m->n - tail.n, tail.n);

	return fold ? str_eq_nocase(end, tail) : str_eq(end, tail);
}

/* Can there be a match at all? */
static bool
is_worth_a_try(const struct match *m)
{
	const struct regex *re = m->re;

	if (m->n < re->shortest)
		return false;
	if (re->tail.n > 0 && !ends_with(m, re->tail, re->tail_fold))
		return false;
	return re->needle.n == 0 ||
	    memmem(m->at, m->n, re->needle.at, re->needle.n) != NULL;
}

/* Try from every position, from m->from on. */
static int
search(struct match *m)
{
	uint32_t last = m->re->anchored ? 0 : m->n - m->re->shortest;
	int found;

	for (; m->from <= last; m->from++) {
		if (!match_follows(m, m->re->first, m->from))
			continue;
		m->node = m->re->start;
		m->pos = m->from;
		m->slot[0] = m->from;
		found = match_run(m);
		if (found != 0)
			return found;
	}
	return 0;
}

static int
search_with_memo(struct match *m)
{
	int found;

	memo_unwind(m, 0);
	if (!memo_begin(m))
		return -1;
	m->steps_max = UINT64_MAX;
	found = search(m);
	memo_end(m);
	return found;
}

static int
search_in_time(struct match *m)
{
	bool has_backrefs = m->re->has_backrefs;
	int found;

	m->steps_max = has_backrefs ? BACKREF_STEPS :
	    PLAIN_STEPS + PLAIN_STEPS_PER_BYTE * (uint64_t)m->n;
	found = search(m);
	return found < 0 && !has_backrefs ? search_with_memo(m) : found;
}

static void
report(const struct match *m, struct str *group, size_t n_groups)
{
	const uint32_t *slot = m->slot;
	size_t i;

	m->slot[1] = m->pos;
	for (i = 0; i < n_groups; i++, slot += 2) {
		group[i] = STR_NONE;
		if (i <= m->re->n_groups && slot[1] != REGEX_UNSET)
			group[i] = str_n((const char *)m->at + slot[0],
			    slot[1] - slot[0]);
	}
}

static int
match_by(const struct regex *re, struct str subject, struct str *group,
    size_t n_groups, int (*search_by)(struct match *))
{
	struct match m = { .re = re, .n = (uint32_t)subject.n };
	int found = 0;

	if (subject.n > SUBJECT_MAX)
		return -1;
	m.at = (const unsigned char *)(subject.n > 0 ? subject.at : "");
	m.n_wanted = 2 * (re->n_groups + 1);
	if (re->has_backrefs)
		m.n_wanted = re->n_slots;
	else if (n_groups <= re->n_groups)
		m.n_wanted = 2 * (uint32_t)n_groups;
	if (!is_worth_a_try(&m))
		return 0;
	borrow_scratch(&m);
	found = search_by(&m);
	if (found > 0)
		report(&m, group, n_groups);
	return_scratch();
	return found;
}

int
regex_match(const struct regex *re, struct str subject, struct str *group,
    size_t n_groups)
{
	return match_by(re, subject, group, n_groups, search_in_time);
}

static void
keep_names(struct regex *re, struct arena *a, const struct group_name *named)
{
	struct group_name *copy;

	for (; named != NULL; named = named->next) {
		copy = arena_copy(a, named, sizeof(*named));
		copy->name = str_copy(a, named->name);
		copy->next = re->names;
		re->names = copy;
	}
}

struct regex *
regex_new(struct arena *a, struct str pattern, unsigned flags,
    struct regex_error *error)
{
	struct arena *scratch_arena = arena_new();
	struct regex *re = NULL;
	struct pattern tree;

	if (regex_parse(scratch_arena, pattern, flags, &tree, error)) {
		re = arena_one(a, struct regex);
		if (regex_compile(re, a, &tree)) {
			regex_study(re, a, tree.root);
			keep_names(re, a, tree.names);
		} else {
			error->message = "the pattern is too large";
			re = NULL;
		}
	}
	arena_end(scratch_arena);
	return re;
}

size_t
regex_groups(const struct regex *re)
{
	return re->n_groups;
}

int
regex_group_named(const struct regex *re, struct str name)
{
	const struct group_name *named = re->names;

	while (named != NULL && !str_eq(named->name, name))
		named = named->next;
	return named != NULL ? (int)named->number : -1;
}

struct str
regex_group_name(const struct regex *re, size_t i)
{
	const struct group_name *named = re->names;

	while (named != NULL && named->number != i)
		named = named->next;
	return named != NULL ? named->name : STR_NONE;
}
