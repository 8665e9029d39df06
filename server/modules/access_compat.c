/*
 * mod_access_compat - Order, Allow, Deny and Satisfy: how access was ruled
 * before Require.
 * Manual: modules/access_compat.html
 *
 * All Allow lines are one group and all Deny lines another, whatever stands
 * between them; the one that Order names last has the last word, and decides
 * about those of whom nothing is said.  A section that has any of these lines
 * inherits none.
 */
#include <string.h>

#include "access/authn.h"
#include "access/names.h"
#include "base/arena.h"
#include "base/subnet.h"
#include "conf/directive.h"
#include "serve/kin.h"
#include "serve/limit.h"

extern struct module mod_access_compat;

/* One word of an Allow or Deny line. */
struct who {
	enum { WHO_ALL, WHO_NET, WHO_HOST, WHO_ENV, WHO_NOT_ENV } kind;
	struct subnet	 net;
	struct str	 name;		/* of a domain or variable */
	const struct limit *limit;	/* for these methods only; or NULL */
};

enum { ORDER_DENY_ALLOW, ORDER_ALLOW_DENY, ORDER_MUTUAL };
enum { SATISFY_ALL, SATISFY_ANY };
static const char *const order_words[] = { "Deny,Allow", "Allow,Deny",
    "Mutual-failure", NULL };
static const char *const satisfy_words[] = { "All", "Any", NULL };

/* A word of Order or Satisfy; the last for a method counts. */
struct choice {
	int64_t		 word;
	const struct limit *limit;
};

struct compat_conf {
	struct vec	 orders, satisfies;	/* struct choice * */
	struct vec	 allows, denies;	/* struct who * */
};

/* ---- Directives ---------------------------------------------------------- */

static const char *
read_choice(struct setting *s, const char *const *words)
{
	struct vec *into = (void *)((char *)s->conf + s->row->at);
	struct choice *c = arena_one(s->arena, struct choice);

	c->limit = s->place->limit;
	vec_add(s->arena, into, c);
	return read_word(s, 0, words, &c->word);
}

static const char *
read_order(struct setting *s)
{
	return read_choice(s, order_words);
}

static const char *
read_satisfy(struct setting *s)
{
	return read_choice(s, satisfy_words);
}

static const char *
read_who(struct setting *s, int arg, struct who *w)
{
	struct str z = str_of(s->argv[arg].z);

	w->limit = s->place->limit;
	if (str_is_nocase(z, "all")) {
		w->kind = WHO_ALL;
	} else if (str_starts_nocase(z, STR("env=!"))) {
		w->kind = WHO_NOT_ENV;
		w->name = str_from(z, 5);
	} else if (str_starts_nocase(z, STR("env="))) {
		w->kind = WHO_ENV;
		w->name = str_from(z, 4);
	} else if (subnet_parse(&w->net, z)) {
		w->kind = WHO_NET;
	} else if (str_find(z, '/') >= 0) {
		return setting_error(s, arg, "does not know the network "
		    "\"%s\"", z.at);
	} else {
		w->kind = WHO_HOST;
		w->name = z;
	}
	return NULL;
}

static const char *
read_group(struct setting *s)
{
	struct vec *into = (void *)((char *)s->conf + s->row->at);

	if (!str_is_nocase(str_of(s->argv[0].z), "from"))
		return "must be followed by \"from\"";
	for (int i = 1; i < s->argc; i++) {
		struct who *w = arena_one(s->arena, struct who);
		const char *error = read_who(s, i, w);

		if (error != NULL)
			return error;
		vec_add(s->arena, into, w);
	}
	return NULL;
}

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_LIMIT)
#define AT(field)	offsetof(struct compat_conf, field)

static const struct directive rows[] = {
	{ "Order", 1, 1, WHERE, SLOT_LIST, AT(orders), read_order,
	  "Deny,Allow or Allow,Deny: the last one decides" },
	{ "Allow", 2, MANY, WHERE, SLOT_LIST, AT(allows), read_group,
	  "\"from\", and all, addresses, domains or env=variable" },
	{ "Deny", 2, MANY, WHERE, SLOT_LIST, AT(denies), read_group,
	  "\"from\", and all, addresses, domains or env=variable" },
	{ "Satisfy", 1, 1, IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG,
	  SLOT_LIST, AT(satisfies), read_satisfy,
	  "All or Any: whether Allow and Require must both be met" },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	(void)a;
	(void)outer;
	*(struct compat_conf *)result = *(const struct compat_conf *)inner;
}

/* ---- Requests ------------------------------------------------------------ */

static int64_t
chosen(const struct vec *choices, const struct request *r)
{
	for (size_t i = choices->n; i > 0; i--) {
		const struct choice *c = choices->at[i - 1];

		if (limit_covers(c->limit, r))
			return c->word;
	}
	return 0;
}

enum look { NOT_FOUND, FOUND, PENDING };

static enum look
host_found(struct request *r, const struct who *w)
{
	struct str name;

	switch (names_client(r, true, &name)) {
	case NAMES_WAIT:
		return PENDING;
	case NAMES_FOUND:
		names_tell(r, name);
		return names_in_domain(name, w->name) ? FOUND : NOT_FOUND;
	default:
		return NOT_FOUND;
	}
}

static enum look
is_found(struct request *r, const struct who *w)
{
	struct address peer;

	if (w->kind != WHO_ALL && w->kind != WHO_ENV &&
	    w->kind != WHO_NOT_ENV)
		request_once(r);
	switch (w->kind) {
	case WHO_ALL:
		return FOUND;
	case WHO_NET:
		return address_parse(&peer, str_of(r->client->peer)) &&
		    subnet_has(&w->net, &peer) ? FOUND : NOT_FOUND;
	case WHO_ENV:
		return request_env(r, w->name).at != NULL ? FOUND : NOT_FOUND;
	case WHO_NOT_ENV:
		return request_env(r, w->name).at == NULL ? FOUND : NOT_FOUND;
	default:
		return host_found(r, w);
	}
}

/* A look-up of a name is put off until nothing else decides. */
static enum look
find(struct request *r, const struct vec *group)
{
	enum look found = NOT_FOUND;

	for (size_t i = 0; i < group->n; i++) {
		const struct who *w = group->at[i];
		enum look one = limit_covers(w->limit, r) ? is_found(r, w) :
		    NOT_FOUND;

		if (one == FOUND)
			return FOUND;
		if (one == PENDING)
			found = PENDING;
	}
	return found;
}

/* 1: allowed, 0: denied, WAIT. */
static int
decide(struct request *r, const struct compat_conf *c)
{
	int64_t order = chosen(&c->orders, r);
	bool deny_first = order == ORDER_DENY_ALLOW;
	enum look last = find(r, deny_first ? &c->allows : &c->denies), first;

	if (last == PENDING)
		return WAIT;
	if (last == FOUND)
		return deny_first;
	first = find(r, deny_first ? &c->denies : &c->allows);
	if (first == PENDING)
		return WAIT;
	return first == FOUND ? !deny_first : deny_first;
}

static int
deny(struct request *r)
{
	request_log(r, r->main != NULL ? LEVEL_DEBUG : LEVEL_ERROR,
	    "access_compat", 0, "AH01797: client denied by server "
	    "configuration: %s%s", r->filename != NULL ? "" : "uri ",
	    r->filename != NULL ? r->filename : str_z(r->arena, r->path));
	return request_refuse(r, 403, "Access to this resource is not "
	    "allowed.");
}

static int
check(struct request *r)
{
	const struct compat_conf *c = scope_get(r->scope, &mod_access_compat);
	bool any = chosen(&c->satisfies, r) == SATISFY_ANY;
	int answer;

	if (authn_inherits(r))
		return PASS;
	answer = decide(r, c);
	if (answer == WAIT)
		return WAIT;
	if (any && answer)
		r->let_in = true;
	return any || answer ? PASS : deny(r);
}

struct module mod_access_compat = {
	.name = "access_compat",
	.alias = "mod_access_compat.c access_compat_module",
	.conf_size = sizeof(struct compat_conf),
	.rows = rows,
	.merge = merge,
	.kin = kin_all,
	.steady = true,
	.access = check,
};
