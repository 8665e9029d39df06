/*
 * run.c - one walk through a list of rules.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "rewrite/run.h"
#include "serve/story.h"

/* Subject bytes, and some for each match, that a request may cost: some tenths
 * of a second.  Rules that run in circles end here. */
enum { WORK_MAX = 64 << 20, WORK_OF_MATCH = 64 };

/* Processor time, looked at after so many matches: all others of the worker
 * wait for it.  Ten thousand rules take a hundredth of a second. */
enum { CPU_MS_MAX = 200, MATCHES_BETWEEN = 8 };

void
rewrite_log(const struct rewrite_run *run, int level, const char *fmt, ...)
{
	const struct request *r = run->r;
	struct log l = { r->vhost->log.file, core_conf(r->scope)->levels };
	struct text t = { .arena = r->arena }, said = { .arena = r->arena };
	bool logs;
	va_list ap;

	if (l.file == NULL)
		l = *log_main();
	logs = log_passes(&l, LEVEL_DEBUG + (enum log_level)level, "rewrite");
	if (!logs && r->client->story == NULL)
		return;
	va_start(ap, fmt);
	text_vaddf(&said, fmt, ap);
	va_end(ap);
	story_tell(r, run->at, "%.*s", STR_ARGS(text_str(&said)));
	if (!logs)
		return;
	text_addf(&t, "[%.*s/%s%s] ", STR_ARGS(request_server_name(r)),
	    r->main != NULL ? "subreq" : "initial",
	    r->prev != NULL ? "/redir" : "");
	if (run->directory != NULL)
		text_addf(&t, "[perdir %s] ", run->directory);
	text_add(&t, text_str(&said));
	request_log(r, LEVEL_DEBUG + (enum log_level)level, "rewrite", 0,
	    "%.*s", STR_ARGS(text_str(&t)));
}

static bool
is_listed(struct str list, struct str name)
{
	struct str part;

	while (str_cut(&list, ',', &part))
		if (str_eq_nocase(part, name))
			return true;
	return false;
}

void
rewrite_vary(const struct rewrite_run *run, struct str *all, struct str names)
{
	struct str name;

	while (str_cut(&names, ',', &name))
		if (name.n > 0 && !is_listed(*all, name))
			*all = all->n == 0 ? name : str_fmt(run->r->arena,
			    "%.*s,%.*s", STR_ARGS(*all), STR_ARGS(name));
}

static void
fail(struct rewrite_run *run, const struct spot *at, const char *why)
{
	if (run->failed)
		return;
	run->failed = true;
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "%s:%u: %s: %.*s",
	    at->file, at->line, why, STR_ARGS(run->r->path));
}

/* Patterns with backreferences may take a million steps each. */
static bool
is_slow(struct rewrite_run *run)
{
	if (++run->matches % MATCHES_BETWEEN != 0)
		return false;
	if (run->matches == MATCHES_BETWEEN) {
		run->began = clock();
		run->began_us = clock_us_now();
	}
	/* Processor time is dear to ask for, and never ahead of time. */
	return clock_us_now() - run->began_us > CPU_MS_MAX * 1000 &&
	    clock() - run->began > CPU_MS_MAX * (CLOCKS_PER_SEC / 1000);
}

int
rewrite_match(struct rewrite_run *run, const struct regex *regex,
    const struct spot *at, struct str subject, struct str *group)
{
	int found;

	run->work += subject.n + WORK_OF_MATCH;
	if (run->work > WORK_MAX || is_slow(run)) {
		fail(run, at, "the rules go on without end for this address");
		return 0;
	}
	found = regex_match(regex, subject, group, REWRITE_GROUPS);
	if (found < 0)
		fail(run, at, "the pattern takes too long for this address");
	return found == 1;
}
