/*
 * require.c - see require.h.
 *
 * A kind that asks who it is grants nothing before that is known.  Names of
 * kinds that Apache has and we have not are refused, because to pass over them
 * would let in everybody.
 */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "access/authn.h"
#include "access/names.h"
#include "access/phrase.h"
#include "access/require.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/subnet.h"
#include "http/method.h"
#include "serve/expr.h"

struct require_kind {
	const char	*name;
	/* Read the arguments from arg on; the end of a sentence on error. */
	const char	*(*read)(struct setting *s, int arg,
			    struct require *rule);
	enum verdict	 (*judge)(struct request *r,
			    const struct require *rule);
	bool		 steady;	/* it is not about who asks, or says
					 * request_once() itself */
};

static enum verdict
verdict_if(bool granted)
{
	return granted ? VERDICT_GRANTED : VERDICT_DENIED;
}

/* ---- What the request is ------------------------------------------------- */

static const char *
all_read(struct setting *s, int arg, struct require *rule)
{
	bool granted = arg < s->argc &&
	    str_is_nocase(str_of(s->argv[arg].z), "granted");

	if (arg + 1 != s->argc || (!granted &&
	    !str_is_nocase(str_of(s->argv[arg].z), "denied")))
		return "all must be followed by \"granted\" or \"denied\"";
	if (granted)
		vec_add(s->arena, &rule->words, s->argv[arg].z);
	return NULL;
}

static enum verdict
all_judge(struct request *r, const struct require *rule)
{
	(void)r;
	return verdict_if(rule->words.n > 0);
}

static const char *
env_read(struct setting *s, int arg, struct require *rule)
{
	if (arg == s->argc)
		return "env must be followed by names of variables";
	for (; arg < s->argc; arg++)
		vec_add(s->arena, &rule->words, s->argv[arg].z);
	return NULL;
}

static enum verdict
env_judge(struct request *r, const struct require *rule)
{
	for (size_t i = 0; i < rule->words.n; i++)
		if (request_env(r, str_of(rule->words.at[i])).at != NULL)
			return VERDICT_GRANTED;
	return VERDICT_DENIED;
}

static const char *
method_read(struct setting *s, int arg, struct require *rule)
{
	if (arg == s->argc)
		return "method must be followed by names of methods";
	for (; arg < s->argc; arg++) {
		enum http_method m = method_of(str_of(s->argv[arg].z));

		if (m == METHOD_OTHER)
			return setting_error(s, arg, "method does not know "
			    "\"%s\"", s->argv[arg].z);
		/* As everywhere in Apache, HEAD is a way to GET. */
		if (m == METHOD_GET || m == METHOD_HEAD)
			rule->methods |= METHOD_BIT(METHOD_GET) |
			    METHOD_BIT(METHOD_HEAD);
		rule->methods |= METHOD_BIT(m);
	}
	return NULL;
}

static enum verdict
method_judge(struct request *r, const struct require *rule)
{
	return verdict_if(rule->methods & METHOD_BIT(r->method));
}

/*
 * Without quotes around it, an expression is the rest of the line, and the
 * quotes in it are its own.
 */
static const char *
join_expression(struct setting *s, int arg)
{
	struct str rest = s->node->raw, word;

	for (int i = 0; i < arg; i++)
		str_word(&rest, &word);
	while (str_starts(rest, STR(" ")) || str_starts(rest, STR("\t")))
		rest = str_from(rest, 1);
	if (str_find_str(rest, STR("${")) >= 0)
		return "expr must be followed by one expression, in quotes "
		    "when it has blanks and ${variables}";
	s->argv[arg].z = str_z(s->arena, rest);
	s->argv[arg].n = (unsigned)rest.n;
	s->argc = arg + 1;
	return NULL;
}

static const char *
expr_read(struct setting *s, int arg, struct require *rule)
{
	const char *error = NULL;
	struct expr *e;

	if (arg == s->argc)
		return "expr must be followed by an expression";
	if (arg + 1 < s->argc)
		error = join_expression(s, arg);
	if (error != NULL)
		return error;
	error = read_expr(s, arg, 0, EXPR_CONDITION, &e);
	rule->expr = e;
	return error;
}

/* One that looks at the user's name may say otherwise when it is known. */
static enum verdict
expr_judge(struct request *r, const struct require *rule)
{
	int answer = expr_true(rule->expr, r, NULL, 0);

	if (answer < 0)
		return VERDICT_BROKEN;
	if (answer == 0 && !r->known && expr_too_late(rule->expr) != NULL)
		return VERDICT_NO_USER;
	return verdict_if(answer);
}

/* ---- Where the client is ------------------------------------------------- */

static const char *
ip_read(struct setting *s, int arg, struct require *rule)
{
	if (arg == s->argc)
		return "ip must be followed by addresses or networks";
	for (; arg < s->argc; arg++) {
		struct subnet *n = arena_one(s->arena, struct subnet);

		if (!subnet_parse(n, str_of(s->argv[arg].z)))
			return setting_error(s, arg, "ip does not know the "
			    "address or network \"%s\"", s->argv[arg].z);
		vec_add(s->arena, &rule->words, n);
	}
	return NULL;
}

static enum verdict
ip_judge(struct request *r, const struct require *rule)
{
	struct address peer;

	if (!address_parse(&peer, str_of(r->client->peer)))
		return VERDICT_DENIED;
	for (size_t i = 0; i < rule->words.n; i++)
		if (subnet_has(rule->words.at[i], &peer))
			return VERDICT_GRANTED;
	return VERDICT_DENIED;
}

static const char *
nothing_read(struct setting *s, int arg, struct require *rule)
{
	(void)rule;
	/* As Apache, which reads no further. */
	if (arg < s->argc)
		setting_warn(s, arg, "%s stands alone: what is behind it does "
		    "not count", s->argv[arg - 1].z);
	return NULL;
}

/* 127.0.0.0/8, ::1, or a client on the very address it asks. */
static enum verdict
local_judge(struct request *r, const struct require *rule)
{
	struct address peer;

	(void)rule;
	if (!address_parse(&peer, str_of(r->client->peer)))
		return VERDICT_DENIED;
	return verdict_if(address_is_loopback(&peer) ||
	    str_is(request_local(r), r->client->peer));
}

static const char *
phrases_read(struct setting *s, int arg, struct require *rule)
{
	if (arg == s->argc)
		return str_zfmt(s->arena, "%s must be followed by names",
		    s->argv[arg - 1].z);
	for (; arg < s->argc; arg++) {
		struct phrase *p = arena_one(s->arena, struct phrase);
		const char *error = phrase_read(s, arg, p);

		if (error != NULL)
			return error;
		vec_add(s->arena, &rule->words, p);
	}
	return NULL;
}

/* Ask about each word of the phrases, up to the first that does not deny. */
static enum verdict
judge_words(struct request *r, const struct require *rule,
    enum verdict (*one)(struct request *r, struct str word))
{
	enum verdict v = VERDICT_DENIED;

	for (size_t i = 0; i < rule->words.n; i++) {
		const struct phrase *p = rule->words.at[i];
		const char *z = phrase_said(r, p);
		struct str rest = str_of(z), word;

		if (z == NULL)
			return VERDICT_BROKEN;
		if (p->expr == NULL)
			v = one(r, rest);
		else
			while (v == VERDICT_DENIED && str_word(&rest, &word))
				v = one(r, word);
		if (v != VERDICT_DENIED)
			return v;
	}
	return v;
}

static enum verdict
host_is(struct request *r, struct str domain)
{
	struct str name;

	switch (names_client(r, true, &name)) {
	case NAMES_WAIT:
		return VERDICT_PENDING;
	case NAMES_NONE:
		return VERDICT_DENIED;
	default:
		names_tell(r, name);
		return verdict_if(names_in_domain(name, domain));
	}
}

static enum verdict
host_judge(struct request *r, const struct require *rule)
{
	return judge_words(r, rule, host_is);
}

static enum verdict
forward_is(struct request *r, struct str name)
{
	switch (names_lead_to_client(r, str_z(r->arena, name))) {
	case NAMES_WAIT:
		return VERDICT_PENDING;
	case NAMES_NONE:
		return VERDICT_DENIED;
	default:
		return VERDICT_GRANTED;
	}
}

static enum verdict
forward_judge(struct request *r, const struct require *rule)
{
	return judge_words(r, rule, forward_is);
}

/* ---- Who it is ----------------------------------------------------------- */

static enum verdict
valid_user_judge(struct request *r, const struct require *rule)
{
	(void)rule;
	return r->known ? VERDICT_GRANTED : VERDICT_NO_USER;
}

static enum verdict
user_is(struct request *r, struct str name)
{
	return verdict_if(str_eq(r->user, name));
}

static enum verdict
user_judge(struct request *r, const struct require *rule)
{
	return r->known ? judge_words(r, rule, user_is) : VERDICT_NO_USER;
}

static enum verdict
in_group(struct request *r, struct str group)
{
	switch (authn_in_group(r, group)) {
	case AUTHN_FOUND:
		return VERDICT_GRANTED;
	case AUTHN_NO_USER:
		return VERDICT_DENIED;
	default:
		return VERDICT_BROKEN;
	}
}

static enum verdict
group_judge(struct request *r, const struct require *rule)
{
	return r->known ? judge_words(r, rule, in_group) : VERDICT_NO_USER;
}

static bool
is_on_disk(const struct request *r)
{
	return r->found.kind != FOUND_NOT_LOOKED &&
	    r->found.kind != FOUND_NOTHING;
}

static enum verdict
owner_judge(struct request *r, const struct require *rule)
{
	const struct passwd *owner;

	(void)rule;
	if (!r->known)
		return VERDICT_NO_USER;
	owner = is_on_disk(r) ? getpwuid(r->found.st.st_uid) : NULL;
	return verdict_if(owner != NULL && str_is(r->user, owner->pw_name));
}

static enum verdict
owners_group_judge(struct request *r, const struct require *rule)
{
	const struct group *g;

	(void)rule;
	if (!r->known)
		return VERDICT_NO_USER;
	g = is_on_disk(r) ? getgrgid(r->found.st.st_gid) : NULL;
	return g == NULL ? VERDICT_DENIED : in_group(r, str_of(g->gr_name));
}

/* ---- The table ----------------------------------------------------------- */

static const struct require_kind kinds[] = {
	{ "all", all_read, all_judge, true },
	{ "env", env_read, env_judge, true },
	{ "expr", expr_read, expr_judge, true },
	{ "file-group", nothing_read, owners_group_judge },
	{ "file-owner", nothing_read, owner_judge },
	{ "forward-dns", phrases_read, forward_judge },
	{ "group", phrases_read, group_judge },
	{ "host", phrases_read, host_judge },
	{ "ip", ip_read, ip_judge },
	{ "local", nothing_read, local_judge },
	{ "method", method_read, method_judge, true },
	{ "user", phrases_read, user_judge },
	{ "valid-user", nothing_read, valid_user_judge },
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct missing {
	const char	*name, *needs;
} missing[] = {
	{ "dbm-group", "DBM files" },
	{ "dbm-file-group", "DBM files" },
	{ "dbd-group", "a data base" },
	{ "dbd-login", "a data base" },
	{ "dbd-logout", "a data base" },
	{ "ldap-user", "LDAP" },
	{ "ldap-group", "LDAP" },
	{ "ldap-dn", "LDAP" },
	{ "ldap-attribute", "LDAP" },
	{ "ldap-filter", "LDAP" },
	{ "ldap-search", "LDAP" },
	{ "ssl", "TLS" },
	{ "ssl-verify-client", "TLS" },
};

static const char *
kind_unknown(struct setting *s, int arg)
{
	const char *name = s->argv[arg].z, *names[N_KINDS], *near;

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (str_is_nocase(str_of(name), missing[i].name))
			return setting_error(s, arg, "%s needs %s, which is "
			    "not built in", missing[i].name,
			    missing[i].needs);
	for (size_t i = 0; i < N_KINDS; i++)
		names[i] = kinds[i].name;
	near = nearest_name(str_of(name), names, N_KINDS);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know \"%s\"", name);
}

const char *
require_read(struct setting *s, int arg, struct require *out)
{
	const struct hash *aliases = authn_rules(s);
	const struct require *alias = aliases == NULL ? NULL :
	    hash_get(aliases, str_of(s->argv[arg].z));

	if (alias != NULL) {
		*out = *alias;
		return NULL;
	}
	for (size_t i = 0; i < N_KINDS; i++)
		if (str_is_nocase(str_of(s->argv[arg].z), kinds[i].name)) {
			out->kind = &kinds[i];
			s->wrong = arg;
			return kinds[i].read(s, arg + 1, out);
		}
	return kind_unknown(s, arg);
}

const char *
require_alias(struct setting *s, const char *name, const struct require *rule)
{
	struct hash *aliases = authn_rules_made(s);

	for (size_t i = 0; i < N_KINDS; i++)
		if (str_is_nocase(str_of(name), kinds[i].name))
			return "cannot give a rule of Require another meaning";
	if (hash_get(aliases, str_of(name)) != NULL)
		return "names an alias that is there already";
	hash_set(aliases, str_of(name), (void *)(uintptr_t)rule);
	return NULL;
}

enum verdict
require_judge(struct request *r, const struct require *rule)
{
	const struct scope *outer = r->scope;
	enum verdict v;

	if (rule->scope != NULL)
		r->scope = scope_merge(r->arena, outer, rule->scope);
	if (!rule->kind->steady)
		request_once(r);
	v = rule->kind->judge(r, rule);
	r->scope = outer;
	return v;
}
