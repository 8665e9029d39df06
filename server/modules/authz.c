/*
 * mod_authz - who may have a resource: Require and its containers.
 * Manual: modules/authz_core.html
 *
 * A scope's rules are a tree whose root is a <RequireAny>.  A rule grants,
 * denies or says nothing; what is negated can only deny.  Who was not granted
 * access at the end is refused; a scope without any rule lets everybody in.
 *
 * They are judged twice: before anybody had to say who he is, and, when that
 * would make a difference, after he did.
 */
#include <string.h>

#include "access/authn.h"
#include "access/require.h"
#include "base/arena.h"
#include "conf/directive.h"
#include "serve/limit.h"

extern struct module mod_authz;

struct rule {
	const char	*name;		/* as in the text: "<RequireAll>" */
	bool		 negated;
	const struct limit *limit;	/* for these methods only; or NULL */
	/* A container: */
	bool		 container, all;	/* all of them, or any */
	struct vec	 rules;		/* struct rule * */
	/* Or a Require line: */
	struct require	 require;
};

enum { MERGING_OFF, MERGING_AND, MERGING_OR };
static const char *const merging_words[] = { "Off", "And", "Or", NULL };

struct authz_conf {
	struct number	 merging;	/* one of MERGING_... */
	enum flag	 forbid;
	const struct rule *root;
};

/* ---- Directives ---------------------------------------------------------- */

static struct rule *
rule_new(struct setting *s, const char *name)
{
	struct rule *rule = arena_one(s->arena, struct rule);

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
		root = arena_one(s->arena, struct rule);
		root->name = "<RequireAny>";
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
	struct rule *rule = rule_new(s, "Require");
	const char *error;
	int arg = 0;

	if (str_is_nocase(str_of(s->argv[0].z), "not")) {
		rule->negated = true;
		arg = 1;
	}
	if (arg == s->argc)
		return "must say who: \"all granted\", \"valid-user\", "
		    "\"ip 10.0.0.0/8\"";
	error = require_read(s, arg, &rule->require);
	return error != NULL ? error : join(s, rule);
}

/* Only rules may stand among rules; what nobody knows is told anyway. */
static void
refuse_strangers(struct setting *s)
{
	for (const struct node *n = s->node->children; n != NULL;
	    n = n->next) {
		if (n->row != NULL && n->module != s->module)
			diagnose(s->reading->diagnosis, SEVERITY_ERROR, &n->at,
			    NULL, "%s%s%s not allowed in %s context",
			    n->section ? "<" : "", n->name,
			    n->section ? ">" : "", s->row->name);
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
	struct rule *rule = rule_new(s, s->row->name);
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

/* The words of the third argument are the rule's; the settings inside are its
 * own. */
static const char *
read_alias(struct setting *s)
{
	struct rule *rule = arena_one(s->arena, struct rule);
	struct place inside = *s->place;
	struct setting words = *s;
	struct vec all = { 0 };
	struct arg *argv;
	const char *error;

	vec_add(s->arena, &all, s->argv[0].z);
	if (s->argc == 3) {
		struct str rest = str_of(s->argv[2].z), word;

		while (str_word(&rest, &word))
			vec_add(s->arena, &all, str_z(s->arena, word));
	}
	argv = arena_many(s->arena, struct arg, all.n);
	for (size_t i = 0; i < all.n; i++) {
		argv[i] = s->argv[i == 0 ? 0 : 2];
		argv[i].z = all.at[i];
	}
	words.argv = argv;
	words.argc = (int)all.n;
	error = require_read(&words, 0, &rule->require);
	s->hint = words.hint;
	s->wrong = words.wrong > 0 ? 2 : 0;
	if (error == NULL) {
		s->wrong = 1;
		error = require_alias(s, s->argv[1].z, &rule->require);
	}
	inside.where = IN_DIRECTORY;
	inside.owner = arena_one(s->arena, struct section);
	inside.scope = scope_new(s->arena);
	inside.up = s->place;
	directive_apply(s->reading, &inside, s->node->children);
	if (!scope_empty(inside.scope))
		rule->require.scope = inside.scope;
	return error;
}

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG)

static const struct directive rows[] = {
	{ "Require", 1, MANY, WHERE, SLOT_NONE, 0, read_require,
	  "[not] and all granted, valid-user, user, group, ip, host, ..." },
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
	{ "AuthzSendForbiddenOnFailure", 1, 1, IN_SECTION | IN_HTACCESS |
	  OVERRIDE_AUTHCONFIG, SLOT_FLAG,
	  offsetof(struct authz_conf, forbid), NULL,
	  "On: a user whom the rules refuse is not asked for another name" },
	{ "<AuthzProviderAlias>", 2, 3, IN_SERVER | IS_SECTION, SLOT_NONE, 0,
	  read_alias, "a kind of rule, a name for it, and its words" },
	{ 0 }
};

/* A scope without rules of its own leaves the outer ones in force.  AuthMerging
 * tells how the rules beside it join the outer ones, and is not inherited. */
static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct authz_conf *o = outer, *i = inner;
	struct authz_conf *merged = result;
	int64_t how = number_or(i->merging, MERGING_OFF);
	struct rule *both;

	merged->merging = i->merging;
	merged->root = i->root != NULL ? i->root : o->root;
	if (!i->merging.given && i->root == NULL)
		merged->merging = o->merging;
	if (how == MERGING_OFF || i->root == NULL || o->root == NULL)
		return;
	both = arena_one(a, struct rule);
	both->name = how == MERGING_AND ? "<RequireAll>" : "<RequireAny>";
	both->container = true;
	both->all = how == MERGING_AND;
	vec_add(a, &both->rules, (void *)(uintptr_t)o->root);
	vec_add(a, &both->rules, (void *)(uintptr_t)i->root);
	merged->root = both;
}

/* ---- Judging ------------------------------------------------------------- */

static enum verdict judge(struct request *r, const struct rule *rule);

static bool
is_decisive(const struct rule *container, enum verdict v)
{
	return v == VERDICT_PENDING || v == VERDICT_BROKEN ||
	    v == (container->all ? VERDICT_DENIED : VERDICT_GRANTED);
}

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

/* The first rule that decides, else what the others said together: that a user
 * is missing counts for more than a refusal that this might change.  A rule for
 * other methods keeps nobody out of <RequireAll>, and lets nobody in. */
static enum verdict
judge_container(struct request *r, const struct rule *container)
{
	enum verdict all = VERDICT_NEUTRAL;

	for (size_t i = 0; i < container->rules.n; i++) {
		const struct rule *rule = container->rules.at[i];
		enum verdict one;

		if (!applies(r, rule)) {
			if (container->all && all == VERDICT_NEUTRAL)
				all = VERDICT_GRANTED;
			continue;
		}
		one = judge(r, rule);
		if (is_decisive(container, one))
			return one;
		if (all == VERDICT_NEUTRAL || one == VERDICT_NO_USER)
			all = one;
	}
	return all;
}

static enum verdict
judge(struct request *r, const struct rule *rule)
{
	enum verdict v;

	if (rule->container)
		v = judge_container(r, rule);
	else
		v = require_judge(r, &rule->require);
	if (!rule->negated || v == VERDICT_PENDING || v == VERDICT_BROKEN)
		return v;
	return v == VERDICT_GRANTED ? VERDICT_DENIED : VERDICT_NEUTRAL;
}

/* ---- Requests ------------------------------------------------------------ */

/* A listing looks at every name; what it hides is not worth a line. */
static enum log_level
level_for(const struct request *r)
{
	return r->main != NULL ? LEVEL_DEBUG : LEVEL_ERROR;
}

static int
deny(struct request *r)
{
	request_log(r, level_for(r), "authz_core", 0, "AH01630: client denied "
	    "by server configuration: %s%s", r->filename != NULL ? "" :
	    "uri ", r->filename != NULL ? r->filename :
	    str_z(r->arena, r->path));
	return request_refuse(r, 403, "Access to this resource is not "
	    "allowed.");
}

/* Somebody meant to protect it, and forgot from whom. */
static int
no_rules(struct request *r)
{
	const char *type = authn_type(r);

	if (type == NULL) {
		r->let_in = true;
		return PASS;
	}
	request_log(r, LEVEL_ERROR, "authz_core", 0, "AH01796: AuthType %s "
	    "configured without Require: nobody is let in", type);
	return authn_fail(r);
}

/* Before anybody said who he is. */
static int
check(struct request *r)
{
	const struct authz_conf *c = scope_get(r->scope, &mod_authz);

	if (authn_inherits(r) || r->let_in)
		return PASS;
	if (c->root == NULL)
		return no_rules(r);
	switch (!applies(r, c->root) ? VERDICT_GRANTED : judge(r, c->root)) {
	case VERDICT_GRANTED:
		r->let_in = true;
		return PASS;
	case VERDICT_NO_USER:
		r->wants_user = true;
		return PASS;
	case VERDICT_PENDING:
		return WAIT;
	case VERDICT_BROKEN:
		return authn_fail(r);
	default:
		return deny(r);
	}
}

/* It would matter who he is, and nobody asked. */
static int
nobody_asked(struct request *r)
{
	const char *type = authn_type(r);

	if (type == NULL)
		request_log(r, LEVEL_ERROR, "core", 0, "AH00027: No "
		    "authentication done but request not allowed without "
		    "authentication for %.*s. Authentication not configured?",
		    STR_ARGS(r->path));
	else
		request_log(r, LEVEL_ERROR, "authn_core", 0, "AH01796: "
		    "AuthType %s configured without corresponding module",
		    type);
	return authn_fail(r);
}

static int
refuse_user(struct request *r)
{
	const struct authz_conf *c = scope_get(r->scope, &mod_authz);

	request_log(r, level_for(r), "authz_core", 0, "AH01631: user %.*s: "
	    "authorization failure for \"%.*s\": ", STR_ARGS(r->user),
	    STR_ARGS(r->path));
	if (flag_or(c->forbid, false))
		return request_refuse(r, 403, "This page is not for you.");
	return authn_refuse(r, "This page is not for you.");
}

/* After it is known who he is. */
static int
check_user(struct request *r)
{
	const struct authz_conf *c = scope_get(r->scope, &mod_authz);

	if (r->let_in)
		return PASS;
	if (!r->known)
		return nobody_asked(r);
	switch (judge(r, c->root)) {
	case VERDICT_GRANTED:
		r->let_in = true;
		return PASS;
	case VERDICT_PENDING:
		return WAIT;
	case VERDICT_BROKEN:
		return authn_fail(r);
	default:
		return refuse_user(r);
	}
}

/* By the rules under which the list itself was given; others may be about the
 * file. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct request *list = q->looked->main;

	return list->scope == q->looked->scope && list->judged &&
	    list->let_in ? KIN_ALL : KIN_NOT;
}

struct module mod_authz = {
	.name = "authz_core",
	.alias = "mod_authz_core.c authz_core_module mod_authz_host.c "
	    "authz_host_module mod_authz_user.c authz_user_module "
	    "mod_authz_owner.c authz_owner_module",
	.conf_size = sizeof(struct authz_conf),
	.rows = rows,
	.merge = merge,
	.kin = kin,
	.steady = true,
	.access = check,
	.identity = check_user,
};
