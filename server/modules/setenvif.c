/*
 * mod_setenvif - variables of a request that follow from what the client sent.
 *
 * Lines outside sections are obeyed as soon as the head was read, those in
 * sections when the sections are known and nobody has asked yet who may have
 * access; both in the order of the configuration, so that a line sees what
 * earlier ones have set.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "conf/directive.h"
#include "serve/expr.h"
#include "serve/kin.h"
#include "serve/request.h"
#include "serve/vars.h"

extern struct module mod_setenvif;

/* A variable to be set, or taken away. */
struct setting_of_env {
	struct str	name, value;
	bool		unset;
};

struct rule {
	bool		 early;		/* stands outside sections */
	/* What is looked at: */
	const struct attribute *attribute; /* or: */
	struct regex	*names;		/* fields with such names; or: */
	struct str	 name;		/* a field, or a variable; or: */
	const struct expr *condition;
	/* How it must be: */
	struct regex	*regex;
	bool		 plain;		/* it is a text, without captures */
	struct vec	 settings;
};

struct setenvif_conf {
	struct vec	rules;		/* struct rule * */
};

/* ---- What can be looked at ----------------------------------------------- */

static struct str
remote_addr(struct request *r)
{
	request_once(r);
	return str_of(r->client->peer);
}

/* The name, where it is known, else the address. */
static struct str
remote_name(struct request *r)
{
	struct str name = request_remote_host(r);

	return name.n > 0 ? name : remote_addr(r);
}

static struct str
server_addr(struct request *r)
{
	return request_local(r);
}

static struct str
method(struct request *r)
{
	return r->method_name;
}

static struct str
protocol(struct request *r)
{
	return var_get(r, STR("SERVER_PROTOCOL"));
}

static struct str
path(struct request *r)
{
	return r->path;
}

/* Names are not looked up, so a host is known by its address. */
static const struct attribute {
	const char	*name;
	struct str	(*get)(struct request *r);
} attributes[] = {
	{ "Remote_Addr", remote_addr },
	{ "Remote_Host", remote_name },
	{ "Server_Addr", server_addr },
	{ "Request_Method", method },
	{ "Request_Protocol", protocol },
	{ "Request_URI", path },
	{ 0 }
};

/* ---- Reading ------------------------------------------------------------- */

/* A name of a field, unless it has other characters than those usual there. */
static bool
is_pattern(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum((unsigned char)s.at[i]) &&
		    s.at[i] != '-' && s.at[i] != '_')
			return true;
	return false;
}

static const char *
read_attribute(struct setting *s, int arg, struct rule *rule)
{
	struct str z = str_of(s->argv[arg].z);

	for (const struct attribute *a = attributes; a->name != NULL; a++)
		if (str_is_nocase(z, a->name)) {
			rule->attribute = a;
			return NULL;
		}
	if (str_starts_nocase(z, STR("OID(")))
		return setting_error(s, arg, "cannot look at certificates: "
		    "TLS is not built in");
	if (is_pattern(z))
		return read_regex(s, arg, REGEX_NOCASE, &rule->names);
	rule->name = z;
	return z.n > 0 ? NULL : setting_error(s, arg, "needs the name of a "
	    "field");
}

/* NAME, NAME=value or !NAME, from arg on. */
static const char *
read_settings(struct setting *s, int arg, struct rule *rule)
{
	for (; arg < s->argc; arg++) {
		struct setting_of_env *e = arena_one(s->arena,
		    struct setting_of_env);
		struct str z = str_of(s->argv[arg].z);
		ptrdiff_t equals = str_find(z, '=');

		e->unset = z.n > 0 && z.at[0] == '!' && equals < 0;
		e->name = equals < 0 ? str_from(z, e->unset) :
		    str_first(z, (size_t)equals);
		e->value = STR("1");
		if (equals >= 0 && (size_t)equals + 1 < z.n)
			e->value = str_from(z, (size_t)equals + 1);
		/* Apache's way to tell the two cases, so NAME=!x does so. */
		e->unset |= e->value.at[0] == '!';
		if (e->name.n == 0)
			return setting_error(s, arg, "needs the name of a "
			    "variable, not \"%s\"", z.at);
		vec_add(s->arena, &rule->settings, e);
	}
	return NULL;
}

static unsigned
flags_of(const struct setting *s)
{
	return str_ends(str_of(s->row->name), STR("NoCase")) ?
	    REGEX_NOCASE : 0;
}

static const char *
read_pattern(struct setting *s, int arg, struct rule *rule)
{
	rule->plain = strpbrk(s->argv[arg].z, "^$.|?*+()[]{}\\") == NULL;
	return read_regex(s, arg, flags_of(s), &rule->regex);
}

static struct rule *
rule_new(struct setting *s)
{
	struct setenvif_conf *c = s->conf;
	struct rule *rule = arena_one(s->arena, struct rule);

	rule->early = (s->place->where & IN_CONF) != 0;
	vec_add(s->arena, &c->rules, rule);
	return rule;
}

static const char *
set_if(struct setting *s)
{
	struct rule *rule = rule_new(s);
	const char *error = read_attribute(s, 0, rule);

	if (error == NULL)
		error = read_pattern(s, 1, rule);
	return error != NULL ? error : read_settings(s, 2, rule);
}

static const char *
set_browser(struct setting *s)
{
	struct rule *rule = rule_new(s);
	const char *error = read_pattern(s, 0, rule);

	rule->name = STR("User-Agent");
	return error != NULL ? error : read_settings(s, 1, rule);
}

static const char *
set_if_expr(struct setting *s)
{
	struct rule *rule = rule_new(s);
	struct expr *e;
	const char *error = read_expr(s, 0, 0, EXPR_CONDITION, &e);

	rule->condition = e;
	return error != NULL ? error : read_settings(s, 1, rule);
}

#define ANYWHERE	(IN_ANY | OVERRIDE_FILEINFO)
#define VARIABLES	"variables: NAME, NAME=value, !NAME"

static const struct directive rows[] = {
	{ "SetEnvIf", 3, MANY, ANYWHERE, SLOT_NONE, 0, set_if,
	  "what to look at, a regular expression, and " VARIABLES },
	{ "SetEnvIfNoCase", 3, MANY, ANYWHERE, SLOT_NONE, 0, set_if,
	  "what to look at, a regular expression, and " VARIABLES },
	{ "SetEnvIfExpr", 2, MANY, ANYWHERE, SLOT_NONE, 0, set_if_expr,
	  "an expression, and " VARIABLES },
	{ "BrowserMatch", 2, MANY, ANYWHERE, SLOT_NONE, 0, set_browser,
	  "a regular expression, and " VARIABLES },
	{ "BrowserMatchNoCase", 2, MANY, ANYWHERE, SLOT_NONE, 0, set_browser,
	  "a regular expression, and " VARIABLES },
	{ 0 }
};

static void
merge(struct arena *a, const void *outer, const void *inner, void *result)
{
	const struct setenvif_conf *o = outer, *i = inner;
	struct setenvif_conf *r = result;

	r->rules = vec_join(a, &o->rules, &i->rules);
}

/* ---- Requests ------------------------------------------------------------ */

/* The last field with such a name. */
static struct str
field_like(const struct request *r, const struct regex *names)
{
	for (size_t i = r->in.n; i > 0; i--)
		if (regex_match(names, r->in.at[i - 1].name, NULL, 0) == 1)
			return fields_join(r->arena, &r->in,
			    r->in.at[i - 1].name);
	return STR_NONE;
}

static struct str
subject_of(struct request *r, const struct rule *rule)
{
	struct str s;

	if (rule->attribute != NULL)
		s = rule->attribute->get(r);
	else if (rule->names != NULL)
		s = field_like(r, rule->names);
	else
		s = fields_join(r->arena, &r->in, rule->name);
	if (s.at == NULL && rule->name.n > 0)
		s = request_env(r, rule->name);
	return s.at == NULL ? STR("") : s;
}

/* A search that gives up (it is logged) sets nothing. */
static bool
holds(struct request *r, const struct rule *rule, struct expr_captures *c)
{
	int found;

	if (rule->condition != NULL)
		return expr_true(rule->condition, r, c, 0) == 1;
	found = regex_match(rule->regex, subject_of(r, rule), c->group, 10);
	if (found < 0)
		request_log(r, LEVEL_ERROR, "setenvif", 0, "a pattern takes "
		    "too long for this request: %.*s is not set",
		    STR_ARGS(((struct setting_of_env *)
		    rule->settings.at[0])->name));
	return found == 1;
}

/* $0 to $9; a backslash takes away the meaning of what follows. */
static struct str
with_captures(struct arena *a, struct str value,
    const struct expr_captures *c)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < value.n; i++) {
		char next = i + 1 < value.n ? value.at[i + 1] : 0;

		if (value.at[i] == '$' && char_is_digit((unsigned char)next))
			text_add(&t, c->group[value.at[++i] - '0']);
		else if (value.at[i] == '\\' && next != 0)
			text_addc(&t, value.at[++i]);
		else
			text_addc(&t, value.at[i]);
	}
	return t.n == 0 ? STR("") : text_str(&t);
}

static void
obey(struct request *r, bool early)
{
	const struct setenvif_conf *conf = scope_get(r->scope, &mod_setenvif);

	for (size_t i = 0; i < conf->rules.n; i++) {
		const struct rule *rule = conf->rules.at[i];
		struct expr_captures c = { 0 };

		if (rule->early != early || !holds(r, rule, &c))
			continue;
		for (size_t k = 0; k < rule->settings.n; k++) {
			const struct setting_of_env *e =
			    rule->settings.at[k];

			if (e->unset)
				request_env_unset(r, e->name);
			else
				request_env_set(r, e->name, rule->plain ?
				    e->value : with_captures(r->arena,
				    e->value, &c));
		}
	}
}

/* A lookup has the variables of the request that asks. */
static int
early(struct request *r)
{
	if (r->main == NULL)
		obey(r, true);
	return PASS;
}

static int
before_access(struct request *r)
{
	if (r->main == NULL)
		obey(r, false);
	return PASS;
}

struct module mod_setenvif = {
	.name = "setenvif",
	.alias = "mod_setenvif.c setenvif_module",
	.conf_size = sizeof(struct setenvif_conf),
	.rows = rows,
	.merge = merge,
	.kin = kin_all,
	.steady = true,
	.early = early,
	.access = before_access,
};
