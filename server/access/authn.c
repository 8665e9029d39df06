/*
 * authn.c - see authn.h.
 */
#include <errno.h>
#include <string.h>

#include "access/authn.h"
#include "access/keyfile.h"
#include "access/names.h"
#include "access/passcheck.h"
#include "access/phrase.h"
#include "base/arena.h"
#include "conf/directive.h"

struct authn_conf {
	struct phrase	 type, name;
	const char	*user_file, *group_file;
	/* Of the main server: */
	struct hash	*aliases;	/* name -> scope */
	struct hash	*rules;		/* name -> struct require */
};

/* A place to look users up in. */
struct provider {
	const char	*name;
	const struct scope *scope;	/* of an alias; NULL: the request's */
};

static const struct authn_conf *
conf_of(const struct scope *s)
{
	return scope_get(s, &mod_authn_core);
}

/* ---- AuthType, AuthName -------------------------------------------------- */

const char *
authn_type(struct request *r)
{
	const char *z = phrase_said(r, &conf_of(r->scope)->type);

	return z == NULL || str_is_nocase(str_of(z), "none") ? NULL : z;
}

const char *
authn_name(struct request *r)
{
	return phrase_said(r, &conf_of(r->scope)->name);
}

bool
authn_is_asked(struct request *r, const char *type)
{
	const char *z;

	if (r->let_in || !r->wants_user || r->known)
		return false;
	z = authn_type(r);
	return z != NULL && str_is_nocase(str_of(z), type);
}

bool
authn_inherits(struct request *r)
{
	const struct request *from = r->main != NULL ? r->main : r->prev;

	/* One that went wrong before says nothing. */
	r->judged = true;
	if (from == NULL || from->scope != r->scope || !from->judged ||
	    (from == r->main && !from->let_in))
		return false;
	r->user = from->user;
	r->auth_type = from->auth_type;
	r->known = from->known;
	r->let_in = true;
	return true;
}

/* ---- Users and groups ---------------------------------------------------- */

static const struct keyfile *
open_file(struct request *r, const char *module, const char *what,
    const char *path)
{
	const struct keyfile *f = keyfile_open(path);

	if (f == NULL)
		request_log(r, LEVEL_ERROR, module, errno, "%s file: %s",
		    what, path);
	return f;
}

/* Of "hash:more" or, with a realm, of "realm:hash:more". */
static bool
hash_in(struct str line, const char *realm, struct str *hash)
{
	struct str first = STR("");

	if (realm != NULL && (!str_cut(&line, ':', &first) ||
	    !str_is(first, realm)))
		return false;
	*hash = STR("");
	str_cut(&line, ':', hash);
	return true;
}

static enum authn_answer
find_in_file(struct request *r, const char *path, const char *module,
    struct str user, const char *realm, char **hash)
{
	const struct keyline *line;
	const struct keyfile *f;
	struct str found;

	if (path == NULL) {
		request_log(r, LEVEL_ERROR, module, 0, "AH01619: "
		    "AuthUserFile not specified in the configuration");
		return AUTHN_BROKEN;
	}
	f = open_file(r, module, "AH01620: could not open "
	    "password", path);
	if (f == NULL)
		return AUTHN_BROKEN;
	for (line = keyfile_find(f, user); line != NULL; line = line->next)
		if (hash_in(line->value, realm, &found)) {
			*hash = str_z(r->arena, found);
			return AUTHN_FOUND;
		}
	return AUTHN_NO_USER;
}

enum authn_answer
authn_find(struct request *r, const struct vec *providers, const char *module,
    struct str user, const char *realm, char **hash)
{
	enum authn_answer answer = AUTHN_NO_USER;

	if (providers->n == 0)
		return find_in_file(r, conf_of(r->scope)->user_file, module,
		    user, realm, hash);
	for (size_t i = 0; i < providers->n && answer == AUTHN_NO_USER; i++) {
		const struct provider *p = providers->at[i];
		const struct scope *s = p->scope != NULL ? p->scope : r->scope;

		answer = find_in_file(r, conf_of(s)->user_file, module, user,
		    realm, hash);
	}
	return answer;
}

enum authn_answer
authn_in_group(struct request *r, struct str group)
{
	const char *path = conf_of(r->scope)->group_file;
	const struct keyline *line;
	const struct keyfile *f;

	if (path == NULL) {
		request_log(r, LEVEL_ERROR, "authz_groupfile", 0, "AH01664: "
		    "No group file was specified in the configuration");
		return AUTHN_BROKEN;
	}
	f = open_file(r, "authz_groupfile", "AH01665: could "
	    "not open group", path);
	if (f == NULL)
		return AUTHN_BROKEN;
	for (line = keyfile_find(f, group); line != NULL; line = line->next) {
		struct str rest = line->value, member;

		while (str_word(&rest, &member))
			if (str_eq(member, r->user))
				return AUTHN_FOUND;
	}
	return AUTHN_NO_USER;
}

/* ---- Directives ---------------------------------------------------------- */

static const char *
read_name(struct setting *s)
{
	return phrase_read(s, 0, &((struct authn_conf *)s->conf)->name);
}

static const char *
read_type(struct setting *s)
{
	static const char *const words[] = { "None", "Basic", "Digest", NULL };
	struct phrase *p = &((struct authn_conf *)s->conf)->type;
	const char *error = phrase_read(s, 0, p);
	int64_t w;

	if (error != NULL || p->expr != NULL)
		return error;
	if (str_is_nocase(str_of(p->is), "form"))
		return "cannot be Form: forms for logging in are not built in";
	return read_word(s, 0, words, &w);
}

static const struct missing {
	const char	*name;
} missing[] = {
	{ "anon" }, { "dbm" }, { "dbd" }, { "ldap" }, { "socache" }, { NULL }
};

const char *
authn_read_providers(struct setting *s)
{
	struct vec *into = (void *)((char *)s->conf + s->row->at);
	const struct hash *aliases =
	    conf_of(s->reading->config->main->scope)->aliases;

	for (int i = 0; i < s->argc; i++) {
		struct provider *p = arena_one(s->arena, struct provider);

		p->name = s->argv[i].z;
		p->scope = aliases == NULL ? NULL :
		    hash_get(aliases, str_of(p->name));
		for (const struct missing *m = missing; m->name != NULL; m++)
			if (p->scope == NULL && strcmp(p->name, m->name) == 0)
				return setting_error(s, i, "cannot be %s, "
				    "which is not built in; use file",
				    m->name);
		if (p->scope == NULL && strcmp(p->name, "file") != 0)
			return setting_error(s, i, "does not know \"%s\"; use "
			    "file, or the name of an <AuthnProviderAlias> "
			    "further up", p->name);
		vec_add(s->arena, into, p);
	}
	return NULL;
}

/* A provider with settings of its own, which count for all that it lacks. */
static const char *
read_alias(struct setting *s)
{
	struct place inside = *s->place;
	struct authn_conf *c = s->conf;
	const char *base = s->argv[0].z, *name = s->argv[1].z;

	if (strcmp(base, "file") != 0)
		return setting_error(s, 0, "must begin with \"file\", the only "
		    "provider that is built in, not \"%s\"", base);
	if (strcmp(name, "file") == 0)
		return setting_error(s, 1, "cannot give \"file\" another "
		    "meaning");
	if (c->aliases == NULL)
		c->aliases = hash_new(s->arena);
	if (hash_get(c->aliases, str_of(name)) != NULL)
		return setting_error(s, 1, "names \"%s\" a second time", name);
	inside.scope = scope_new(s->arena);
	inside.where = IN_DIRECTORY;
	inside.owner = arena_one(s->arena, struct section);
	inside.up = s->place;
	hash_set(c->aliases, str_of(name), inside.scope);
	directive_apply(s->reading, &inside, s->node->children);
	return NULL;
}

const struct hash *
authn_rules(const struct setting *s)
{
	return conf_of(s->reading->config->main->scope)->rules;
}

struct hash *
authn_rules_made(struct setting *s)
{
	struct authn_conf *c = scope_conf(s->arena,
	    s->reading->config->main->scope, &mod_authn_core);

	if (c->rules == NULL)
		c->rules = hash_new(s->arena);
	return c->rules;
}

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG)
#define AT(field)	offsetof(struct authn_conf, field)

static const struct directive rows[] = {
	{ "AuthType", 1, 1, WHERE, SLOT_CUSTOM, AT(type), read_type,
	  "how to log in: Basic, Digest or None",
	  .size = sizeof(struct phrase) },
	{ "AuthName", 1, 1, WHERE, SLOT_CUSTOM, AT(name), read_name,
	  "what is behind the password, for the client to tell its user",
	  .size = sizeof(struct phrase) },
	{ "AuthUserFile", 1, 1, WHERE, SLOT_PATH, AT(user_file), NULL,
	  "the file of users and passwords" },
	{ "AuthGroupFile", 1, 1, WHERE, SLOT_PATH, AT(group_file), NULL,
	  "the file of groups and their members" },
	{ "<AuthnProviderAlias>", 2, 2, IN_SERVER | IS_SECTION, SLOT_NONE, 0,
	  read_alias, "\"file\" and a name for it with these settings" },
	{ 0 }
};

/* ---- Answers ------------------------------------------------------------- */

int
authn_refuse(struct request *r, const char *why)
{
	if (r->challenge != NULL)
		r->challenge(r);
	return request_refuse(r, 401, "%s", why);
}

int
authn_fail(struct request *r)
{
	return request_refuse(r, 500, "The server could not find out who may "
	    "see this page.");
}

void
authn_quote(struct text *t, struct str s)
{
	text_addc(t, '"');
	for (size_t i = 0; i < s.n; i++) {
		/* What is escaped already stays as it is. */
		if (s.at[i] == '\\' && i + 1 < s.n)
			text_addc(t, s.at[i++]);
		else if (s.at[i] == '"' || s.at[i] == '\\')
			text_addc(t, '\\');
		text_addc(t, s.at[i]);
	}
	text_addc(t, '"');
}

static void
worker(struct loop *l, const struct config *c)
{
	(void)c;
	passcheck_init(l);
	names_init(l);
}

struct module mod_authn_core = {
	.name = "authn_core",
	.alias = "mod_authn_core.c authn_core_module mod_authn_file.c "
	    "authn_file_module mod_authz_groupfile.c authz_groupfile_module",
	.conf_size = sizeof(struct authn_conf),
	.rows = rows,
	.worker = worker,
};
