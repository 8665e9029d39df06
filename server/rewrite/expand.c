/*
 * expand.c - what stands for something else in a rule.
 *
 * What comes from a request is never expanded again.  Whatever is looked at
 * that is not in the request's head or environment, the configuration or a
 * watched directory says request_once().
 */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "rewrite/expand.h"
#include "rewrite/map.h"
#include "rewrite/url.h"
#include "serve/corridor.h"
#include "serve/vars.h"

/* ---- Variables ----------------------------------------------------------- */

static struct str
or_empty(struct str s)
{
	return s.at == NULL ? STR("") : s;
}

/* The field, and that the answer depends on it. */
static struct str
field(struct rewrite_run *run, struct str name)
{
	struct request *r = run->asked;
	struct str value = fields_join(r->arena, &r->in, name);

	if (value.at != NULL && !str_is_nocase(name, "Host"))
		rewrite_vary(run, &run->vary_rule, name);
	return value;
}

static struct str
time_part(struct request *r, struct str name)
{
	static const struct {
		const char *name, *format;
	} parts[] = {
		{ "TIME", "%Y%m%d%H%M%S" }, { "TIME_YEAR", "%Y" },
		{ "TIME_MON", "%m" }, { "TIME_DAY", "%d" },
		{ "TIME_HOUR", "%H" }, { "TIME_MIN", "%M" },
		{ "TIME_SEC", "%S" }, { "TIME_WDAY", "%w" },
	};
	time_t now = clock_now();
	char out[32];
	struct tm tm;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (str_is(name, parts[i].name) &&
		    localtime_r(&now, &tm) != NULL) {
			request_timely(r);
			return str_copy(r->arena, str_n(out, strftime(out,
			    sizeof(out), parts[i].format, &tm)));
		}
	return STR_NONE;
}

static struct str
owner(struct request *r, bool group)
{
	const struct passwd *pw;
	const struct group *gr;

	if (r->found.kind == FOUND_NOT_LOOKED ||
	    r->found.kind == FOUND_NOTHING)
		return STR("<unknown>");
	if (group) {
		gr = getgrgid(r->found.st.st_gid);
		return gr == NULL ? str_fmt(r->arena, "%lu",
		    (unsigned long)r->found.st.st_gid) :
		    str_copy(r->arena, str_of(gr->gr_name));
	}
	pw = getpwuid(r->found.st.st_uid);
	return pw == NULL ? str_fmt(r->arena, "%lu",
	    (unsigned long)r->found.st.st_uid) :
	    str_copy(r->arena, str_of(pw->pw_name));
}

/* Variables that name a field. */
static const struct {
	const char *name, *field;
} fields_named[] = {
	{ "HTTP_ACCEPT", "Accept" }, { "HTTP_COOKIE", "Cookie" },
	{ "HTTP_FORWARDED", "Forwarded" }, { "HTTP_HOST", "Host" },
	{ "HTTP_PROXY_CONNECTION", "Proxy-Connection" },
	{ "HTTP_REFERER", "Referer" }, { "HTTP_USER_AGENT", "User-Agent" },
};

/* Those that mean what they do for CGI programs. */
static const char *const shared[] = { "AUTH_TYPE", "CONTEXT_DOCUMENT_ROOT",
    "CONTEXT_PREFIX", "DOCUMENT_ROOT", "REMOTE_ADDR", "REMOTE_PORT",
    "REMOTE_USER", "REQUEST_METHOD", "REQUEST_SCHEME", "SERVER_ADDR",
    "SERVER_ADMIN", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
    "SERVER_SOFTWARE" };

/* What the walk itself has changed, unless a lookup is asked. */
static struct str
changing(struct rewrite_run *run, struct str name)
{
	struct request *r = run->asked;
	bool own = r == run->r;

	if (str_is(name, "REQUEST_FILENAME") ||
	    str_is(name, "SCRIPT_FILENAME"))
		return or_empty(own ? run->filename : str_of(r->filename));
	if (str_is(name, "QUERY_STRING"))
		return or_empty(own ? run->args : r->query);
	if (str_is(name, "PATH_INFO"))
		return or_empty(own ? run->path_info : r->path_info);
	return STR_NONE;
}

static struct str
special(struct rewrite_run *run, struct str name)
{
	struct request *r = run->asked;

	if (str_is(name, "REQUEST_URI"))
		return r->path;
	if (str_is(name, "THE_REQUEST"))
		return r->head->line;
	if (str_is(name, "HTTPS"))
		return strcmp(request_scheme(r), "https") == 0 ? STR("on") :
		    STR("off");
	if (str_is(name, "IS_SUBREQ"))
		return r->main != NULL ? STR("true") : STR("false");
	if (str_is(name, "API_VERSION"))
		return STR("20120211:142");
	if (str_is(name, "IPV6") || str_is(name, "REMOTE_HOST") ||
	    str_is(name, "CONN_REMOTE_ADDR") || str_is(name, "SCRIPT_USER") ||
	    str_is(name, "SCRIPT_GROUP"))
		request_once(r);
	if (str_is(name, "IPV6"))
		return strchr(r->client->peer, ':') != NULL ? STR("on") :
		    STR("off");
	if (str_is(name, "REMOTE_HOST") && request_remote_host(r).n > 0)
		return request_remote_host(r);
	if (str_is(name, "CONN_REMOTE_ADDR") || str_is(name, "REMOTE_HOST"))
		return str_of(r->client->peer);
	if (str_is(name, "SCRIPT_USER") || str_is(name, "SCRIPT_GROUP"))
		return owner(r, str_is(name, "SCRIPT_GROUP"));
	return STR_NONE;
}

static struct str
plain_variable(struct rewrite_run *run, struct str written)
{
	struct request *r = run->asked;
	struct str name, value;
	char *z = str_z(r->arena, written);

	for (size_t i = 0; i < written.n; i++)
		z[i] = char_upper(z[i]);
	name = str_n(z, written.n);
	for (size_t i = 0; i < sizeof(fields_named) / sizeof(fields_named[0]);
	    i++)
		if (str_is(name, fields_named[i].name))
			return field(run, str_of(fields_named[i].field));
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (str_is(name, shared[i]))
			return var_get(r, name);
	value = changing(run, name);
	if (value.at == NULL)
		value = special(run, name);
	return value.at != NULL ? value : time_part(r, name);
}

static struct str
environment(struct request *r, struct str name)
{
	struct str value = request_env(r, name);

	return value.at != NULL ? value :
	    str_of(getenv(str_z(r->arena, name)));
}

bool
rewrite_may_look(const struct request *r)
{
	return r->main == NULL || !str_eq(r->main->path, r->path);
}

void
rewrite_looked(struct rewrite_run *run, const struct request *looked)
{
	run->waits |= looked->unfinished;
}

static struct str	variable(struct rewrite_run *run, struct str name);

/* LA-U and LA-F: what it will be in the end. */
static struct str
look_ahead(struct rewrite_run *run, struct str name, bool file)
{
	struct request *r = run->asked, *looked;
	struct str value, path = run->uri;

	if (!rewrite_may_look(r))
		return STR("");
	request_once(r);
	if (file && !(run->directory != NULL && str_starts(path, STR("/"))) &&
	    str_starts(run->filename, STR("/"))) {
		looked = request_lookup_file(r, str_z(r->arena,
		    run->filename));
	} else {
		/* As Apache has it: a directory's name, where no base URL is
		 * set. */
		if (run->directory != NULL && !str_starts(path, STR("/")))
			path = str_fmt(r->arena, "%s%.*s", run->base != NULL ?
			    run->base : run->directory, STR_ARGS(path));
		looked = request_lookup(r, rewrite_escape_path(r->arena,
		    path));
	}
	rewrite_looked(run, looked);
	run->asked = looked;
	value = or_empty(variable(run, name));
	run->asked = r;
	rewrite_log(run, 5, "lookahead: path=%.*s var=%.*s -> val=%.*s",
	    STR_ARGS(path), STR_ARGS(name), STR_ARGS(value));
	return value;
}

/* The value of what stands in %{...}. */
static struct str
variable(struct rewrite_run *run, struct str name)
{
	if (name.n < 4)
		return STR_NONE;
	if (name.n > 4 && name.at[3] == ':') {
		if (str_starts_nocase(name, STR("ENV:")))
			return environment(run->asked, str_from(name, 4));
		return STR_NONE;	/* SSL: there is none */
	}
	if (name.n > 5 && name.at[4] == ':') {
		struct str rest = str_from(name, 5);

		if (str_starts_nocase(name, STR("HTTP:")))
			return field(run, rest);
		if (str_starts_nocase(name, STR("LA-U:")))
			return look_ahead(run, rest, false);
		if (str_starts_nocase(name, STR("LA-F:")))
			return look_ahead(run, rest, true);
		return STR_NONE;
	}
	return plain_variable(run, name);
}

/* ---- Templates ----------------------------------------------------------- */

/* The index of the brace that ends what began before i, or -1. */
static ptrdiff_t
closing_brace(struct str s, size_t i)
{
	unsigned depth = 1;

	for (; i < s.n; i++) {
		if (s.at[i] == '\\' && i + 1 < s.n)
			i++;
		else if (s.at[i] == '{')
			depth++;
		else if (s.at[i] == '}' && --depth == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* The index of c in s, outside of braces, or -1. */
static ptrdiff_t
find_outside(struct str s, char c)
{
	unsigned depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.at[i] == c && depth == 0)
			return (ptrdiff_t)i;
		if (s.at[i] == '\\' && i + 1 < s.n)
			i++;
		else if (s.at[i] == '{')
			depth++;
		else if (s.at[i] == '}' && depth > 0)
			depth--;
	}
	return -1;
}

struct expansion {
	struct rewrite_run *run;
	const struct rewrite_rule *rule;
	struct text	 out;
	bool		 marked;	/* a "?" of the template was passed */
	bool		 unsafe;
};

static void
add_outside(struct expansion *x, struct str s)
{
	if (!x->marked && str_find(s, '?') >= 0)
		x->unsafe = true;
	text_add(&x->out, s);
}

static void
add_own(struct expansion *x, char c)
{
	x->marked |= c == '?';
	text_addc(&x->out, c);
}

static void
add_group(struct expansion *x, char kind, size_t i)
{
	struct rewrite_run *run = x->run;
	struct str value = kind == '$' ? run->rule_group[i] :
	    run->cond_group[i];

	if (value.n == 0)
		return;
	if (x->rule != NULL && (x->rule->flags & RULE_ESCAPE)) {
		struct str escaped = rewrite_escape_group(run->r->arena,
		    x->rule, value);

		rewrite_log(run, 5, "escaping backreference '%.*s' to "
		    "'%.*s'", STR_ARGS(value), STR_ARGS(escaped));
		value = escaped;
	}
	add_outside(x, value);
}

/* map:key|default; false when it is none. */
static bool
add_map(struct expansion *x, struct str inside)
{
	ptrdiff_t colon = find_outside(inside, ':'), bar;
	struct str name, key, otherwise = STR_NONE, value;

	if (colon < 0)
		return false;
	name = str_first(inside, (size_t)colon);
	key = str_from(inside, (size_t)colon + 1);
	bar = find_outside(key, '|');
	if (bar >= 0) {
		otherwise = str_from(key, (size_t)bar + 1);
		key = str_first(key, (size_t)bar);
	}
	key = rewrite_expand(x->run, key, NULL, NULL);
	value = rewrite_map_look(x->run, name, key);
	if (value.at == NULL && otherwise.n > 0)
		value = rewrite_expand(x->run, otherwise, NULL, NULL);
	add_outside(x, or_empty(value));
	return true;
}

/* What begins at i; how many bytes it takes. */
static size_t
add_next(struct expansion *x, struct str s, size_t i)
{
	char c = s.at[i], next = i + 1 < s.n ? s.at[i + 1] : 0;
	ptrdiff_t end;

	if (c == '\\' && next != 0) {
		add_own(x, next);
		return 2;
	}
	if (c != '$' && c != '%') {
		add_own(x, c);
		return 1;
	}
	if (char_is_digit((unsigned char)next)) {
		add_group(x, c, (size_t)(next - '0'));
		return 2;
	}
	end = next == '{' ? closing_brace(s, i + 2) : -1;
	if (end < 0) {
		add_own(x, c);
		return 1;
	}
	struct str inside = str_n(s.at + i + 2, (size_t)end - i - 2);

	if (c == '%')
		add_outside(x, or_empty(variable(x->run, inside)));
	else if (!add_map(x, inside)) {
		add_own(x, c);
		return 1;
	}
	return (size_t)end + 1 - i;
}

struct str
rewrite_expand(struct rewrite_run *run, struct str template,
    const struct rewrite_rule *rule, bool *unsafe)
{
	struct expansion x = { .run = run, .rule = rule,
	    .out = { .arena = run->r->arena } };

	for (size_t i = 0; i < template.n; )
		i += add_next(&x, template, i);
	if (unsafe != NULL)
		*unsafe = x.unsafe;
	return x.out.n == 0 ? STR("") : text_str(&x.out);
}
