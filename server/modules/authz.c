/*
 * mod_authz - who may have a resource, as far as that needs no name and
 * password: Require and its containers.
 *
 * A scope's rules are a tree whose root is a <RequireAny>.  A rule grants,
 * denies or says nothing; what is negated can only deny.  Who was not granted
 * access at the end is refused; a scope without any rule lets everybody in.
 */
#include <string.h>

#include "base/arena.h"
#include "base/subnet.h"
#include "conf/directive.h"
#include "http/method.h"
#include "serve/limit.h"

extern struct module mod_authz;

enum verdict { NEUTRAL, GRANTED, DENIED };

struct rule {
	const char	*name;		/* as in the text: "<RequireAll>" */
	const struct limit *limit;	/* for these methods only; or NULL */
	bool		 negated;
	/* A container: */
	bool		 container, all;	/* all of them, or any */
	struct vec	 rules;		/* struct rule * */
	/* Or a Require line: */
	const struct provider *provider;
	struct vec	 words;		/* const char *, or struct subnet * */
	uint64_t	 methods;	/* METHOD_BITs */
};

enum { MERGING_OFF, MERGING_AND, MERGING_OR };
static const char *const merging_words[] = { "Off", "And", "Or", NULL };

struct authz_conf {
	struct number	 merging;	/* one of MERGING_... */
	const struct rule *root;
};

/* ---- Providers ----------------------------------------------------------- */

/* What may stand behind Require. */
struct provider {
	const char	*name;
	/* Read the arguments from arg on; the end of a sentence on error. */
	const char	*(*read)(struct setting *s, int arg, struct rule *rule);
	bool		 (*holds)(const struct request *r,
			    const struct rule *rule);
};

static const char *
all_read(struct setting *s, int arg, struct rule *rule)
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

static bool
all_holds(const struct request *r, const struct rule *rule)
{
	(void)r;
	return rule->words.n > 0;
}

static const char *
env_read(struct setting *s, int arg, struct rule *rule)
{
	if (arg == s->argc)
		return "env must be followed by names of variables";
	for (; arg < s->argc; arg++)
		vec_add(s->arena, &rule->words, s->argv[arg].z);
	return NULL;
}

static bool
env_holds(const struct request *r, const struct rule *rule)
{
	for (size_t i = 0; i < rule->words.n; i++)
		if (request_env(r, str_of(rule->words.at[i])).at != NULL)
			return true;
	return false;
}

static const char *
ip_read(struct setting *s, int arg, struct rule *rule)
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

static bool
ip_holds(const struct request *r, const struct rule *rule)
{
	struct address peer;

	if (!address_parse(&peer, str_of(r->client->peer)))
		return false;
	for (size_t i = 0; i < rule->words.n; i++)
		if (subnet_has(rule->words.at[i], &peer))
			return true;
	return false;
}

static const char *
local_read(struct setting *s, int arg, struct rule *rule)
{
	(void)rule;
	return arg == s->argc ? NULL :
	    setting_error(s, arg, "local stands alone");
}

/* 127.0.0.0/8, ::1, or a client on the very address it asks. */
static bool
local_holds(const struct request *r, const struct rule *rule)
{
	struct address peer;

	(void)rule;
	if (!address_parse(&peer, str_of(r->client->peer)))
		return false;
	if (address_is_loopback(&peer))
		return true;
	return str_is(request_local(r), r->client->peer);
}

static const char *
method_read(struct setting *s, int arg, struct rule *rule)
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

static bool
method_holds(const struct request *r, const struct rule *rule)
{
	return rule->methods & METHOD_BIT(r->method);
}

static const struct provider providers[] = {
	{ "all", all_read, all_holds },
	{ "env", env_read, env_holds },
	{ "ip", ip_read, ip_holds },
	{ "local", local_read, local_holds },
	{ "method", method_read, method_holds },
	{ 0 }
};

/* Apache's other providers: refused, because to ignore them would let in
 * everybody. */
static const struct missing {
	const char	*name, *needs;
} missing[] = {
	{ "user", "an authentication module" },
	{ "valid-user", "an authentication module" },
	{ "group", "an authentication module" },
	{ "file-owner", "an authentication module" },
	{ "file-group", "an authentication module" },
	{ "dbm-group", "an authentication module" },
	{ "dbm-file-group", "an authentication module" },
	{ "dbd-group", "an authentication module" },
	{ "ldap-user", "an authentication module" },
	{ "ldap-group", "an authentication module" },
	{ "ldap-dn", "an authentication module" },
	{ "ldap-attribute", "an authentication module" },
	{ "ldap-filter", "an authentication module" },
	{ "ssl", "TLS" },
	{ "ssl-verify-client", "TLS" },
	{ "host", "a look-up of names in the DNS" },
	{ "forward-dns", "a look-up of names in the DNS" },
	{ "expr", "expressions" },
	{ 0 }
};

static const char *
provider_unknown(struct setting *s, int arg)
{
	const char *name = s->argv[arg].z, *names[16], *near;
	size_t n = 0;

	for (const struct missing *m = missing; m->name != NULL; m++)
		if (str_is_nocase(str_of(name), m->name))
			return setting_error(s, arg, "%s needs %s, which is "
			    "not built in", m->name, m->needs);
	for (; providers[n].name != NULL; n++)
		names[n] = providers[n].name;
	near = nearest_name(str_of(name), names, n);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know \"%s\"", name);
}

/* ---- Directives ---------------------------------------------------------- */

static struct rule *
rule_new(struct arena *a, const char *name)
{
	struct rule *rule = arena_one(a, struct rule);

	rule->name = name;
	return rule;
}

/* The container that the scope's next rule goes into. */
static struct rule *
root_of(struct setting *s)
{
	struct authz_conf *c = s->conf;
	struct rule *root;

	if (c->root == NULL) {
		root = rule_new(s->arena, "<RequireAny>");
		root->container = true;
		c->root = root;
	}
	return (struct rule *)(uintptr_t)c->root;
}

/* What can only refuse makes no sense where one grant is enough. */
static const char *
join(struct setting *s, struct rule *rule)
{
	struct rule *root = root_of(s);

	s->wrong = -1;
	rule->limit = s->place->limit;
	if (rule->negated && !root->all)
		return setting_error(s, -1, "can only refuse, so it has no "
		    "effect in %s; put it into <RequireAll>", root->name);
	vec_add(s->arena, &root->rules, rule);
	return NULL;
}

static const char *
read_require(struct setting *s)
{
	struct rule *rule = rule_new(s->arena, "Require");
	const struct provider *p = providers;
	const char *error;
	int arg = 0;

	if (str_is_nocase(str_of(s->argv[0].z), "not")) {
		rule->negated = true;
		arg = 1;
	}
	if (arg == s->argc)
		return "must say who: \"all granted\", \"ip 10.0.0.0/8\"";
	while (p->name != NULL &&
	    !str_is_nocase(str_of(s->argv[arg].z), p->name))
		p++;
	if (p->name == NULL)
		return provider_unknown(s, arg);
	rule->provider = p;
	s->wrong = arg;
	error = p->read(s, arg + 1, rule);
	return error != NULL ? error : join(s, rule);
}

/* Only rules may stand among rules; what nobody knows is told anyway. */
static void
refuse_strangers(struct setting *s)
{
	for (const struct node *n = s->node->children; n != NULL;
	    n = n->next) {
		struct str name = n->section ? str_fmt(s->arena, "<%s>",
		    n->name) : str_of(n->name);
		const struct module *m;

		if (directive_named(name, &m) != NULL && m != s->module)
			diagnose(s->reading->diagnosis, SEVERITY_ERROR, &n->at,
			    NULL, "%s not allowed in %s context",
			    str_z(s->arena, name), s->row->name);
	}
}

static bool
all_negated(const struct rule *container)
{
	for (size_t i = 0; i < container->rules.n; i++)
		if (!((const struct rule *)container->rules.at[i])->negated)
			return false;
	return true;
}

/* The rules inside are read into a scope of their own, whose root is the
 * container. */
static const char *
read_container(struct setting *s)
{
	struct place inside = *s->place;
	struct rule *rule = rule_new(s->arena, s->row->name);
	struct authz_conf *c;

	rule->container = true;
	rule->all = str_is(str_of(s->row->name), "<RequireAll>");
	rule->negated = str_is(str_of(s->row->name), "<RequireNone>");
	inside.scope = scope_new(s->arena);
	inside.up = s->place;
	c = scope_conf(s->arena, inside.scope, s->module);
	c->root = rule;
	refuse_strangers(s);
	directive_apply(s->reading, &inside, s->node->children);
	if (rule->rules.n == 0)
		return setting_error(s, -1, "must hold at least one Require");
	if (rule->all && all_negated(rule))
		return setting_error(s, -1, "holds nothing but refusals, so "
		    "nobody could ever get in");
	return join(s, rule);
}

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG)

static const struct directive rows[] = {
	{ "Require", 1, MANY, WHERE, SLOT_NONE, 0, read_require,
	  "[not] and all granted, all denied, env, ip, local or method" },
	{ "<RequireAll>", 0, 0, WHERE | IS_SECTION, SLOT_NONE, 0,
	  read_container, "rules: none may refuse, one must grant" },
	{ "<RequireAny>", 0, 0, WHERE | IS_SECTION, SLOT_NONE, 0,
	  read_container, "rules: one must grant" },
	{ "<RequireNone>", 0, 0, WHERE | IS_SECTION, SLOT_NONE, 0,
	  read_container, "rules: none may grant" },
	{ "AuthMerging", 1, 1, WHERE, SLOT_WORD,
	  offsetof(struct authz_conf, merging), NULL,
	  "how rules join those of outer sections: Off, And or Or",
	  .words = merging_words },
	{ 0 }
};

/* A scope without rules of its own leaves the outer ones in force. */
static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct authz_conf *o = outer, *i = inner;
	struct authz_conf *merged = result;
	int64_t how = number_or(i->merging, MERGING_OFF);
	struct rule *both;

	merged->root = i->root != NULL ? i->root : o->root;
	if (how == MERGING_OFF || i->root == NULL || o->root == NULL)
		return;
	both = rule_new(a, how == MERGING_AND ? "<RequireAll>" :
	    "<RequireAny>");
	both->container = true;
	both->all = how == MERGING_AND;
	vec_add(a, &both->rules, (void *)(uintptr_t)o->root);
	vec_add(a, &both->rules, (void *)(uintptr_t)i->root);
	merged->root = both;
}

/* ---- Requests ------------------------------------------------------------ */

static enum verdict judge(const struct request *r, const struct rule *rule);

/* It, or a rule in it, counts for the request's method. */
static bool
applies(const struct request *r, const struct rule *rule)
{
	if (!rule->container)
		return limit_covers(rule->limit, r);
	for (size_t i = 0; i < rule->rules.n; i++)
		if (applies(r, rule->rules.at[i]))
			return true;
	return false;
}

/* The first rule that decides, else what the others said together.  A rule for
 * other methods keeps nobody out of <RequireAll>, and lets nobody in. */
static enum verdict
judge_container(const struct request *r, const struct rule *container)
{
	enum verdict decisive = container->all ? DENIED : GRANTED;
	enum verdict all = NEUTRAL;

	for (size_t i = 0; i < container->rules.n; i++) {
		const struct rule *rule = container->rules.at[i];
		enum verdict one;

		if (!applies(r, rule)) {
			if (container->all && all == NEUTRAL)
				all = GRANTED;
			continue;
		}
		one = judge(r, rule);
		if (one == decisive)
			return one;
		if (all == NEUTRAL)
			all = one;
	}
	return all;
}

static enum verdict
judge(const struct request *r, const struct rule *rule)
{
	enum verdict v;

	if (rule->container)
		v = judge_container(r, rule);
	else
		v = rule->provider->holds(r, rule) ? GRANTED : DENIED;
	if (!rule->negated)
		return v;
	return v == GRANTED ? DENIED : NEUTRAL;
}

static int
check(struct request *r)
{
	const struct authz_conf *c = scope_get(r->scope, &mod_authz);

	if (c->root == NULL || !applies(r, c->root) ||
	    judge(r, c->root) == GRANTED)
		return PASS;
	/* A listing looks at every name; what it hides is not worth a line. */
	request_log(r, r->main != NULL ? LEVEL_DEBUG : LEVEL_ERROR,
	    "authz_core", 0, "AH01630: client denied by server "
	    "configuration: %s%s", r->filename != NULL ? "" : "uri ",
	    r->filename != NULL ? r->filename : str_z(r->arena, r->path));
	return request_refuse(r, 403, "Access to this resource is not "
	    "allowed.");
}

struct module mod_authz = {
	.name = "authz_core",
	.alias = "mod_authz_core.c authz_core_module mod_authz_host.c "
	    "authz_host_module",
	.conf_size = sizeof(struct authz_conf),
	.rows = rows,
	.merge = merge,
	.access = check,
};
