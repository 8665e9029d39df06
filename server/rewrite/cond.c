/*
 * cond.c - RewriteCond: does a rule that fits hold?
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "rewrite/cond.h"
#include "rewrite/expand.h"
#include "serve/corridor.h"
#include "serve/expr.h"

/* Longer is larger; of equal length, the bytes decide. */
static int
compare(struct str a, struct str b, bool nocase)
{
	if (nocase)
		return str_compare_nocase(a, b);
	if (a.n != b.n)
		return a.n > b.n ? 1 : -1;
	return str_compare(a, b);
}

static int
compare_numbers(struct rewrite_run *run, struct str a, struct str b)
{
	long x = strtol(str_z(run->r->arena, a), NULL, 10);
	long y = strtol(str_z(run->r->arena, b), NULL, 10);

	return x > y ? 1 : x < y ? -1 : 0;
}

static bool
is_order(enum cond_kind kind, int order)
{
	switch (kind) {
	case COND_LESS:
	case COND_NUMBER_LESS:
		return order < 0;
	case COND_LESS_EQUAL:
	case COND_NUMBER_LESS_EQUAL:
		return order <= 0;
	case COND_EQUAL:
	case COND_NUMBER_EQUAL:
		return order == 0;
	case COND_GREATER:
	case COND_NUMBER_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool
is_file(struct rewrite_run *run, enum cond_kind kind, struct str input)
{
	const char *path = str_z(run->r->arena, input);
	struct stat st;

	/* A name with a NUL byte would be cut there. */
	if (strlen(path) != input.n)
		return false;
	request_saw_file(run->r, input);
	if (kind == COND_SIZE || kind == COND_EXECUTABLE)
		request_timely(run->r);
	if (kind == COND_LINK)
		return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	if (stat(path, &st) != 0)
		return false;
	switch (kind) {
	case COND_FILE:
		return S_ISREG(st.st_mode);
	case COND_SIZE:
		return S_ISREG(st.st_mode) && st.st_size > 0;
	case COND_DIRECTORY:
		return S_ISDIR(st.st_mode);
	default:
		return (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
	}
}

/* May it be asked for? */
static bool
is_reachable(struct rewrite_run *run, enum cond_kind kind, struct str input)
{
	struct request *r = run->r, *looked;
	bool yes;

	if (input.n == 0 || !rewrite_may_look(r))
		return false;
	request_once(r);
	if (kind == COND_URL) {
		looked = request_lookup(r, input);
		yes = looked->status < 400;
	} else {
		looked = request_lookup_file(r, str_z(r->arena, input));
		yes = looked->status < 300 &&
		    looked->found.kind != FOUND_NOTHING &&
		    looked->found.kind != FOUND_NOT_LOOKED;
	}
	rewrite_looked(run, looked);
	rewrite_log(run, 5, "RewriteCond %s check: path=%.*s -> status=%d",
	    kind == COND_URL ? "URI (-U)" : "file (-F)", STR_ARGS(input),
	    looked->status);
	return yes;
}

/* An expression is asked of the request as the rules have changed it so far. */
static bool
is_true(struct rewrite_run *run, const struct rewrite_cond *c)
{
	struct request *r = run->r, before = *r;
	struct expr_captures captures = { 0 };
	int yes;

	r->filename = str_z(r->arena, run->filename);
	r->path_info = run->path_info;
	r->has_query = run->args.at != NULL;
	r->query = r->has_query ? run->args : STR("");
	yes = expr_true(c->expr, r, &captures,
	    c->no_vary ? EXPR_NO_VARY : 0);
	r->filename = before.filename;
	r->path_info = before.path_info;
	r->has_query = before.has_query;
	r->query = before.query;
	run->failed |= yes < 0;
	if (yes == 1 && !c->negated)
		memcpy(run->cond_group, captures.group,
		    sizeof(run->cond_group));
	return yes == 1;
}

static bool
fits(struct rewrite_run *run, const struct rewrite_cond *c, struct str input)
{
	struct str group[REWRITE_GROUPS];

	switch (c->kind) {
	case COND_REGEX:
		if (rewrite_match(run, c->regex, &c->at, input, group) == 0)
			return false;
		if (!c->negated)
			memcpy(run->cond_group, group, sizeof(group));
		return true;
	case COND_EXPR:
		return is_true(run, c);
	case COND_FILE:
	case COND_SIZE:
	case COND_LINK:
	case COND_DIRECTORY:
	case COND_EXECUTABLE:
		return is_file(run, c->kind, input);
	case COND_URL:
	case COND_LOOKUP_FILE:
		return is_reachable(run, c->kind, input);
	case COND_NUMBER_LESS:
	case COND_NUMBER_LESS_EQUAL:
	case COND_NUMBER_EQUAL:
	case COND_NUMBER_GREATER:
	case COND_NUMBER_GREATER_EQUAL:
		return is_order(c->kind, compare_numbers(run, input,
		    c->pattern));
	default:
		return is_order(c->kind, compare(input, c->pattern,
		    c->nocase));
	}
}

static bool
holds(struct rewrite_run *run, const struct rewrite_cond *c)
{
	struct str input = c->kind == COND_EXPR ? c->input :
	    rewrite_expand(run, c->input, NULL, NULL);
	bool yes;

	if (run->waits)
		return false;
	yes = fits(run, c, input) != c->negated;
	if (run->waits || run->failed)
		return false;
	rewrite_log(run, 4, "RewriteCond: input='%.*s' pattern='%s%s%.*s'%s "
	    "=> %s", STR_ARGS(input), c->negated ? "!" : "",
	    c->kind == COND_EQUAL ? "=" : "", STR_ARGS(c->pattern),
	    c->nocase ? " [NC]" : "", yes ? "matched" : "not-matched");
	return yes;
}

/* What the conditions so far looked at matters for the answer. */
static void
keep_vary(struct rewrite_run *run)
{
	rewrite_vary(run, &run->vary, run->vary_rule);
	run->vary_rule = STR_NONE;
}

bool
rewrite_conds_hold(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	for (size_t i = 0; i < rule->conds.n; i++) {
		const struct rewrite_cond *c = rule->conds.at[i];
		bool yes;

		run->at = &c->at;
		yes = holds(run, c);
		run->at = &rule->at;
		if (run->waits || run->failed)
			return false;
		if (c->no_vary)
			run->vary_rule = STR_NONE;
		if (!yes && !c->or_next)
			return false;
		if (!yes) {
			run->vary_rule = STR_NONE;
			continue;
		}
		/* One of several is enough: pass over the others. */
		while (c->or_next && i + 1 < rule->conds.n)
			c = rule->conds.at[++i];
		keep_vary(run);
	}
	return true;
}
