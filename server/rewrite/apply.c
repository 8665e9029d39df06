/*
 * apply.c - a list of rules, applied to a request.
 *
 * The order of things within a rule is Apache's, because one can tell: first
 * the pattern, then the conditions, then the substitution, which is cut into
 * path and query before a directory's prefix is put back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "rewrite/apply.h"
#include "rewrite/cond.h"
#include "rewrite/expand.h"
#include "rewrite/url.h"

enum applied { DOES_NOT_FIT, FITS, FITS_UNCHANGED, SETS_STATUS, STOPS };

/* ---- Environment and cookies --------------------------------------------- */

static void
set_variables(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	for (size_t i = 0; i < rule->env.n; i++) {
		const struct str *template = rule->env.at[i];
		struct str name = rewrite_expand(run, *template, NULL, NULL),
		    value = STR("");
		ptrdiff_t colon;

		if (str_starts(name, STR("!"))) {
			name = str_from(name, 1);
			rewrite_log(run, 5, "unsetting env variable '%.*s'",
			    STR_ARGS(name));
			request_env_unset(run->r, name);
			continue;
		}
		colon = str_find(name, ':');
		if (colon >= 0) {
			value = str_from(name, (size_t)colon + 1);
			name = str_first(name, (size_t)colon);
		}
		rewrite_log(run, 5, "setting env variable '%.*s' to '%.*s'",
		    STR_ARGS(name), STR_ARGS(value));
		request_env_set(run->r, name, value);
	}
}

/* The next part that is not empty, as strtok(3) has it. */
static struct str
next_part(struct str *rest, char separator)
{
	struct str part;

	while (str_cut(rest, separator, &part))
		if (part.n > 0)
			return part;
	return STR_NONE;
}

static bool
is_yes(struct str s, const char *word)
{
	return str_is_nocase(s, "true") || str_is(s, "1") ||
	    str_is_nocase(s, word);
}

static void
add_expiry(const struct rewrite_run *run, struct text *t, struct str minutes)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
	    "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
	    "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	long n = strtol(str_z(t->arena, minutes), NULL, 10);
	time_t when;
	struct tm tm;

	if (n == 0 || n > 1000000000 || n < -1000000000)
		return;
	request_timely(run->r);
	when = clock_now() + 60 * (time_t)n;
	if (gmtime_r(&when, &tm) != NULL)
		text_addf(t, "; expires=%s, %02d-%s-%d %02d:%02d:%02d GMT",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* NAME:VALUE:domain[:minutes[:path[:secure[:httponly[:samesite]]]]]; with ";"
 * in place of ":" when it comes first. */
static void
add_cookie(struct rewrite_run *run, struct str s)
{
	struct text t = { .arena = run->r->arena };
	char separator = str_starts(s, STR(";")) ? ';' : ':';
	struct str part[8], *kept;

	for (int i = 0; i < 8; i++)
		part[i] = next_part(&s, separator);
	if (part[2].at == NULL)
		return;
	text_addf(&t, "%.*s=%.*s; path=%.*s; domain=%.*s", STR_ARGS(part[0]),
	    STR_ARGS(part[1]), STR_ARGS(part[4].at != NULL ? part[4] :
	    STR("/")), STR_ARGS(part[2]));
	if (part[3].at != NULL)
		add_expiry(run, &t, part[3]);
	if (part[5].at != NULL && is_yes(part[5], "secure"))
		text_addz(&t, "; secure");
	if (part[6].at != NULL && is_yes(part[6], "HttpOnly"))
		text_addz(&t, "; HttpOnly");
	if (part[7].at != NULL && !str_is(part[7], "0") &&
	    !str_is_nocase(part[7], "false"))
		text_addf(&t, "; SameSite=%.*s", STR_ARGS(part[7]));
	rewrite_log(run, 5, "setting cookie '%.*s'", STR_ARGS(text_str(&t)));
	kept = arena_many(run->r->arena, struct str, 2);
	kept[0] = part[0];
	kept[1] = text_str(&t);
	vec_add(run->r->arena, &run->cookies, kept);
}

static void
set_cookies(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	for (size_t i = 0; i < rule->cookies.n; i++) {
		const struct str *template = rule->cookies.at[i];

		add_cookie(run, rewrite_expand(run, *template, NULL, NULL));
	}
}

static void
force_type(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	struct str value;

	if (rule->type.n > 0) {
		value = rewrite_expand(run, rule->type, NULL, NULL);
		if (value.n > 0)
			run->type = value;
		rewrite_log(run, 2, "remember %.*s to have MIME-type '%.*s'",
		    STR_ARGS(run->filename), STR_ARGS(value));
	}
	if (rule->handler.n > 0) {
		value = rewrite_expand(run, rule->handler, NULL, NULL);
		if (value.n > 0)
			run->handler = value;
		rewrite_log(run, 2, "remember %.*s to have Content-handler "
		    "'%.*s'", STR_ARGS(run->filename), STR_ARGS(value));
	}
}

/* ---- The new name -------------------------------------------------------- */

static void
take_query(struct rewrite_run *run, const struct rewrite_rule *rule,
    struct str query)
{
	struct request *r = run->r;

	if (!(rule->flags & RULE_QUERY_APPEND))
		run->args = query;
	else if (query.n > 0)
		run->args = str_fmt(r->arena, "%.*s&%.*s", STR_ARGS(query),
		    (int)run->args.n, run->args.at == NULL ? "" :
		    run->args.at);
	if (run->args.n > 0 && run->args.at[run->args.n - 1] == '&')
		run->args.n--;
	if (run->args.n == 0)
		run->args = STR_NONE;
}

/* Cut the query off run->filename; what becomes of the old one is for the
 * rule's flags to say. */
static void
split_query(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	struct str old = run->filename, rest;
	bool has_query = true;
	size_t skip;
	ptrdiff_t mark;

	if (rule->flags & RULE_QUERY_NONE) {
		rewrite_log(run, 2, "discarding query string, no parse from "
		    "substitution");
		run->args = STR_NONE;
		return;
	}
	skip = rewrite_scheme(old, &has_query);
	if (skip > 0 && !has_query) {
		run->args = STR_NONE;
		return;
	}
	if (rule->flags & RULE_QUERY_DISCARD) {
		rewrite_log(run, 2, "discarding query string");
		run->args = STR_NONE;
	}
	rest = str_from(old, skip);
	mark = rule->flags & RULE_QUERY_LAST ? str_rfind(rest, '?') :
	    str_find(rest, '?');
	if (mark < 0)
		return;
	run->filename = str_first(old, skip + (size_t)mark);
	take_query(run, rule, str_from(rest, (size_t)mark + 1));
	rewrite_log(run, 3, "split uri=%.*s -> uri=%.*s, args=%.*s",
	    STR_ARGS(old), STR_ARGS(run->filename), STR_ARGS(
	    run->args.at == NULL ? STR("<none>") : run->args));
}

/* A substitution that is no URL and does not begin at the root is relative to
 * the directory, or in a server to the root. */
static void
put_prefix(struct rewrite_run *run)
{
	struct str name = run->filename, prefix;

	if (str_starts(name, STR("/")) || rewrite_scheme(name, NULL) > 0)
		return;
	prefix = run->directory != NULL ? str_of(run->directory) : STR("/");
	run->filename = str_fmt(run->r->arena, "%.*s%.*s", STR_ARGS(prefix),
	    STR_ARGS(name));
	rewrite_log(run, 3, "add %s prefix: %.*s -> %.*s",
	    run->directory != NULL ? "per-dir" : "root", STR_ARGS(name),
	    STR_ARGS(run->filename));
}

static void
qualify(struct rewrite_run *run)
{
	struct str name = run->filename;

	if (rewrite_scheme(name, NULL) > 0)
		return;
	run->filename = str_fmt(run->r->arena, "%.*s%s%.*s",
	    STR_ARGS(request_absolute(run->r, STR(""))),
	    str_starts(name, STR("/")) ? "" : "/", STR_ARGS(name));
}

static bool
is_own_name(const struct vhost *host, struct str name)
{
	if (str_is_nocase(name, host->name))
		return true;
	for (size_t i = 0; i < host->aliases.n; i++)
		if (str_glob(str_of(host->aliases.at[i]), name, false, true))
			return true;
	return false;
}

/* The port of the host is known from its ServerName or its address only. */
static bool
is_own_port(const struct vhost *host, unsigned port)
{
	if (host->port != 0)
		return host->port == port;
	for (size_t i = 0; host->addresses != NULL &&
	    i < host->addresses->list.n; i++) {
		const struct vhost_address *a = host->addresses->list.at[i];

		if (a->port == port)
			return true;
	}
	return false;
}

/* http://this-host/path is just /path. */
static void
reduce(struct rewrite_run *run)
{
	struct request *r = run->r;
	struct str url = run->filename, rest, authority;
	size_t n = strlen(request_scheme(r));
	uint64_t port = strcmp(request_scheme(r), "https") == 0 ? 443 : 80;
	ptrdiff_t slash, colon;

	if (!str_starts_nocase(url, str_of(request_scheme(r))) ||
	    !str_starts(str_from(url, n), STR("://")))
		return;
	rest = str_from(url, n + 3);
	slash = str_find(rest, '/');
	authority = slash < 0 ? rest : str_first(rest, (size_t)slash);
	rest = slash < 0 ? STR("/") : str_from(rest, (size_t)slash);
	colon = str_find(authority, ':');
	if (colon >= 0 && !str_number(str_from(authority, (size_t)colon + 1),
	    10, 65535, &port))
		return;
	if (colon >= 0)
		authority.n = (size_t)colon;
	if (!is_own_name(r->vhost, authority) ||
	    !is_own_port(r->vhost, (unsigned)port))
		return;
	rewrite_log(run, 3, "reduce %.*s -> %.*s", STR_ARGS(url),
	    STR_ARGS(rest));
	run->filename = rest;
	run->reduced = true;
}

/* ---- One rule ------------------------------------------------------------ */

/* What the pattern is to be applied to. */
static struct str
subject(struct rewrite_run *run)
{
	struct str uri = run->filename, directory;

	if (run->directory == NULL)
		return uri;
	if (run->path_info.n > 0) {
		uri = str_fmt(run->r->arena, "%.*s%.*s", STR_ARGS(uri),
		    STR_ARGS(run->path_info));
		rewrite_log(run, 3, "add path info postfix: %.*s -> %.*s",
		    STR_ARGS(run->filename), STR_ARGS(uri));
	}
	directory = str_of(run->directory);
	if (str_starts(uri, directory)) {
		rewrite_log(run, 3, "strip per-dir prefix: %.*s -> %.*s",
		    STR_ARGS(uri), STR_ARGS(str_from(uri, directory.n)));
		uri = str_from(uri, directory.n);
	}
	return uri;
}

static bool
fits(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	struct str group[REWRITE_GROUPS];
	bool negated = rule->flags & RULE_NEGATED, found;

	run->uri = subject(run);
	rewrite_log(run, 3, "applying pattern '%s%.*s' to uri '%.*s'",
	    negated ? "!" : "", STR_ARGS(rule->pattern), STR_ARGS(run->uri));
	found = rewrite_match(run, rule->regex, &rule->at, run->uri, group);
	if (run->failed || found == negated)
		return false;
	memset(run->cond_group, 0, sizeof(run->cond_group));
	memset(run->rule_group, 0, sizeof(run->rule_group));
	if (!negated)
		memcpy(run->rule_group, group, sizeof(group));
	run->vary_rule = STR_NONE;
	return rewrite_conds_hold(run, rule);
}

static enum applied
unchanged(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	force_type(run, rule);
	if (!(rule->flags & RULE_STATUS))
		return FITS_UNCHANGED;
	rewrite_log(run, 2, "forcing responsecode %d for %.*s", rule->status,
	    STR_ARGS(run->filename));
	run->status = rule->status;
	return SETS_STATUS;
}

static enum applied
proxied(struct rewrite_run *run)
{
	qualify(run);
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "AH00669: attempt to "
	    "make remote request from mod_rewrite without proxy enabled: "
	    "proxy:%.*s", STR_ARGS(run->filename));
	run->status = 403;
	return SETS_STATUS;
}

/* Only what the rule itself says may begin a query: a "?" that a client hid as
 * %3f would make it part of another address. */
static enum applied
unsafe_mark(struct rewrite_run *run)
{
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "AH10508: Unsafe URL "
	    "with %%3f URL rewritten without UnsafeAllow3F");
	run->status = 403;
	return SETS_STATUS;
}

/* Several slashes at the beginning that the rule did not write are one. */
static void
merge_slashes(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	if ((rule->flags & RULE_UNC) || str_starts(rule->output, STR("//")))
		return;
	while (str_starts(run->filename, STR("//")))
		run->filename = str_from(run->filename, 1);
}

static enum applied
substitute(struct rewrite_run *run, const struct rewrite_rule *rule,
    struct str name)
{
	run->filename = name;
	if (run->directory != NULL && (rule->flags & RULE_DISCARD_PATH))
		run->path_info = STR_NONE;
	split_query(run, rule);
	merge_slashes(run, rule);
	put_prefix(run);
	if (rule->flags & RULE_PROXY)
		return proxied(run);
	if (rule->flags & RULE_REDIRECT) {
		qualify(run);
		rewrite_log(run, 2, "explicitly forcing redirect with %.*s",
		    STR_ARGS(run->filename));
		run->status = rule->status;
		return FITS;
	}
	reduce(run);
	if (rewrite_scheme(run->filename, NULL) > 0) {
		rewrite_log(run, 2, "implicitly forcing redirect (rc=%d) with "
		    "%.*s", rule->status, STR_ARGS(run->filename));
		run->status = rule->status;
		return FITS;
	}
	force_type(run, rule);
	return FITS;
}

static enum applied
apply(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	struct str name = STR("");
	bool unsafe = false;

	if (!fits(run, rule))
		return run->waits || run->failed ? STOPS : DOES_NOT_FIT;
	if (!(rule->flags & RULE_NO_CHANGE)) {
		name = rewrite_expand(run, rule->output, rule, &unsafe);
		if (run->waits || run->failed)
			return STOPS;
		rewrite_log(run, 2, "rewrite '%.*s' -> '%.*s'",
		    STR_ARGS(run->uri), STR_ARGS(name));
	}
	set_variables(run, rule);
	set_cookies(run, rule);
	if (run->waits || run->failed)
		return STOPS;
	if (rule->flags & RULE_NO_CHANGE)
		return unchanged(run, rule);
	if (unsafe && !(rule->flags & RULE_ALLOW_3F))
		return unsafe_mark(run);
	return substitute(run, rule, name);
}

/* ---- The list ------------------------------------------------------------ */

static enum rewrite_result
broken(struct rewrite_run *run)
{
	run->status = 500;
	return run->waits ? REWRITE_WAITS : REWRITE_STATUS;
}

/* Rules that put one thing after the other would never end. */
static bool
too_long(struct rewrite_run *run, const struct rewrite_rule *rule)
{
	int64_t limit = 2 * number_or(core_conf(run->r->vhost->scope)
	    ->limit_line, 8190);

	if (limit == 0 || (int64_t)run->filename.n <= limit)
		return false;
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "RewriteRule '%.*s' "
	    "and URI '%.*s' exceeded maximum length (%lld)",
	    STR_ARGS(rule->pattern), STR_ARGS(run->r->path),
	    (long long)limit);
	return true;
}

static bool
too_many_rounds(struct rewrite_run *run, const struct rewrite_rule *rule,
    unsigned *round)
{
	if (++*round < rule->rounds)
		return false;
	request_log(run->r, LEVEL_ERROR, "rewrite", 0, "AH02596: RewriteRule "
	    "'%.*s' and URI '%.*s' exceeded maximum number of rounds (%u) via "
	    "the [N] flag", STR_ARGS(rule->pattern), STR_ARGS(run->r->path),
	    rule->rounds);
	return true;
}

static bool
is_passed_over(const struct rewrite_run *run, const struct rewrite_rule *rule)
{
	return run->r->main != NULL &&
	    (rule->flags & (RULE_NO_LOOKUP | RULE_REDIRECT));
}

static enum rewrite_result
walk(struct rewrite_run *run, const struct vec *rules)
{
	enum rewrite_result result = REWRITE_UNCHANGED;
	unsigned round = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rewrite_rule *rule = rules->at[i];
		enum applied how;

		if (is_passed_over(run, rule))
			continue;
		run->vary = STR_NONE;
		run->at = &rule->at;
		how = apply(run, rule);
		if (how == STOPS)
			return broken(run);
		if (how == DOES_NOT_FIT) {
			/* What is chained to it goes with it. */
			while ((rule->flags & RULE_CHAIN) && i + 1 < rules->n)
				rule = rules->at[++i];
			continue;
		}
		rewrite_vary(run, &run->vary_all, run->vary);
		if (too_long(run, rule))
			return broken(run);
		if (how == SETS_STATUS)
			return REWRITE_STATUS;
		if (how == FITS) {
			run->last = rule;
			result = rule->flags & RULE_NO_ESCAPE ?
			    REWRITE_CHANGED_RAW : REWRITE_CHANGED;
		}
		if (rule->flags & RULE_PASS) {
			rewrite_log(run, 2, "forcing '%.*s' to get passed "
			    "through to next API URI-to-filename handler",
			    STR_ARGS(run->filename));
			return REWRITE_PASSED;
		}
		if (rule->flags & RULE_END) {
			rewrite_log(run, 8, "Rule has END flag, no further "
			    "rewriting for this request");
			run->ends = true;
			break;
		}
		if (rule->flags & (RULE_PROXY | RULE_LAST))
			break;
		if (rule->flags & RULE_AGAIN) {
			if (too_many_rounds(run, rule, &round))
				return broken(run);
			i = (size_t)-1;
			continue;
		}
		i += rule->skip;
	}
	return result;
}

enum rewrite_result
rewrite_apply(struct rewrite_run *run, const struct vec *rules)
{
	enum rewrite_result result = walk(run, rules);

	run->at = NULL;
	return result;
}
