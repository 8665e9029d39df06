/*
 * mod_auth_basic - who it is, by name and password in every request.
 * Manual: modules/auth_basic.html
 *
 * It is asked only when the rules of access want to know who it is.  What it
 * reads is taken for the user's name at once, so that the log can tell whom
 * somebody tried to be; known says whether it was true.
 *
 * RFC 7617.
 */
#include <string.h>

#include "access/authn.h"
#include "access/passcheck.h"
#include "access/phrase.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/md5.h"
#include "base/password.h"
#include "conf/directive.h"

extern struct module mod_auth_basic;

/* AuthBasicFake. */
struct fake {
	enum { FAKE_UNSET, FAKE_OFF, FAKE_ON } kind;
	struct phrase	 user, password;
};

struct basic_conf {
	struct vec	 providers;
	enum flag	 authoritative;
	struct number	 digest;		/* 1: MD5 */
	struct fake	 fake;
};

/* What a request said; kept while its password is being checked. */
struct login {
	struct question	 check;
	char		*hash, *password;
};

static const char *const digest_words[] = { "Off", "MD5", NULL };

/* ---- What the client said ------------------------------------------------ */

static void
challenge(struct request *r)
{
	const char *name = authn_name(r);
	struct text t = { .arena = r->arena };

	text_addz(&t, "Basic realm=");
	authn_quote(&t, str_of(name != NULL ? name : ""));
	fields_set(&r->out_always, STR("WWW-Authenticate"), text_str(&t));
}

/* False when there is no name and password, or something that is none. */
static bool
read_login(struct request *r, struct login *login)
{
	struct str line = fields_get(&r->in, STR("Authorization")), scheme,
	    both;
	ptrdiff_t colon;

	if (line.at == NULL)
		return false;
	scheme = str_first(line, strcspn(str_z(r->arena, line), " "));
	if (!str_is_nocase(scheme, "Basic")) {
		request_log(r, LEVEL_ERROR, "auth_basic", 0, "AH01614: client "
		    "used wrong authentication scheme: %.*s",
		    STR_ARGS(r->path));
		return false;
	}
	both = base64_decode(r->arena, str_trim(str_from(line, scheme.n)),
	    NULL);
	if (both.n > 0 && memchr(both.at, 0, both.n) != NULL)
		return false;
	colon = str_find(both, ':');
	r->user = colon < 0 ? both : str_first(both, (size_t)colon);
	login->password = str_z(r->arena, colon < 0 ? STR("") :
	    str_from(both, (size_t)colon + 1));
	return true;
}

/* ---- Whether it is true -------------------------------------------------- */

static int
no_user(struct request *r, const struct basic_conf *c)
{
	if (!flag_or(c->authoritative, true))
		return PASS;
	request_log(r, LEVEL_ERROR, "auth_basic", 0, "AH01618: user %.*s not "
	    "found: %.*s", STR_ARGS(r->user), STR_ARGS(r->path));
	return authn_refuse(r, "The name or the password was wrong.");
}

static int
wrong_password(struct request *r)
{
	request_log(r, LEVEL_ERROR, "auth_basic", 0, "AH01617: user %.*s: "
	    "authentication failure for \"%.*s\": Password Mismatch",
	    STR_ARGS(r->user), STR_ARGS(r->path));
	return authn_refuse(r, "The name or the password was wrong.");
}

static int
login_is(struct request *r, bool right)
{
	if (!right)
		return wrong_password(r);
	r->known = true;
	return PASS;
}

/* The file holds what digest authentication wants. */
static int
compare_digest(struct request *r, const struct login *login)
{
	char hex[MD5_HEX_SIZE];

	md5_hex(str_fmt(r->arena, "%.*s:%s:%s", STR_ARGS(r->user),
	    authn_name(r), login->password), hex);
	return login_is(r, password_same(str_of(hex), str_of(login->hash)));
}

static int
check_password(struct request *r, struct login *login)
{
	switch (passcheck(r, &login->check, "auth_basic", login->hash,
	    login->password)) {
	case PASSCHECK_WAIT:
		return WAIT;
	case PASSCHECK_RIGHT:
		return login_is(r, true);
	case PASSCHECK_WRONG:
		return login_is(r, false);
	case PASSCHECK_BUSY:
		fields_set(&r->out_always, STR("Retry-After"), STR("2"));
		return request_refuse(r, 503, "Too many passwords are being "
		    "checked just now.");
	default:
		return authn_fail(r);
	}
}

static int
find_user(struct request *r, const struct basic_conf *c, struct login *login)
{
	const char *realm = number_or(c->digest, 0) ? authn_name(r) : NULL;

	switch (authn_find(r, &c->providers, "auth_basic", r->user, realm,
	    &login->hash)) {
	case AUTHN_FOUND:
		return realm != NULL ? compare_digest(r, login) :
		    check_password(r, login);
	case AUTHN_NO_USER:
		return no_user(r, c);
	default:
		return authn_fail(r);
	}
}

static int
identify(struct request *r)
{
	const struct basic_conf *c;
	struct login *login = r->state[mod_auth_basic.index];

	if (!authn_is_asked(r, "Basic"))
		return PASS;
	request_once(r);
	if (login != NULL)
		return check_password(r, login);
	r->auth_type = STR("Basic");
	r->challenge = challenge;
	if (authn_name(r) == NULL) {
		request_log(r, LEVEL_ERROR, "auth_basic", 0, "AH01615: need "
		    "AuthName: %.*s", STR_ARGS(r->path));
		return authn_fail(r);
	}
	login = arena_one(r->arena, struct login);
	if (!read_login(r, login))
		return authn_refuse(r, "You have to say who you are.");
	r->state[mod_auth_basic.index] = login;
	c = scope_get(r->scope, &mod_auth_basic);
	return find_user(r, c, login);
}

/* ---- AuthBasicFake ------------------------------------------------------- */

/* Let what answers believe that the client sent this. */
static int
fake(struct request *r)
{
	const struct basic_conf *c = scope_get(r->scope, &mod_auth_basic);
	struct text both = { .arena = r->arena }, line = { .arena = r->arena };
	const char *user, *password;

	if (c->fake.kind != FAKE_ON)
		return PASS;
	user = phrase_said(r, &c->fake.user);
	password = phrase_said(r, &c->fake.password);
	if (user == NULL || password == NULL)
		return authn_fail(r);
	text_addf(&both, "%s:%s", user, password);
	text_addz(&line, "Basic ");
	base64_encode(&line, text_str(&both));
	fields_set(&r->in, STR("Authorization"), text_str(&line));
	return PASS;
}

static const char *
read_fake(struct setting *s)
{
	struct basic_conf *c = s->conf;
	const char *error;

	if (s->argc == 1 && str_is_nocase(str_of(s->argv[0].z), "off")) {
		c->fake = (struct fake){ .kind = FAKE_OFF };
		return NULL;
	}
	c->fake = (struct fake){ .kind = FAKE_ON,
	    .password = { .is = "password" } };
	error = phrase_read(s, 0, &c->fake.user);
	if (error == NULL && s->argc == 2)
		error = phrase_read(s, 1, &c->fake.password);
	return error;
}

/* ---- Directives ---------------------------------------------------------- */

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG)
#define AT(field)	offsetof(struct basic_conf, field)

static const struct directive rows[] = {
	{ "AuthBasicProvider", 1, MANY, WHERE, SLOT_LIST_REPLACE,
	  AT(providers), authn_read_providers,
	  "where users are looked up: file, or names of aliases" },
	{ "AuthBasicAuthoritative", 1, 1, WHERE, SLOT_FLAG, AT(authoritative),
	  NULL, "Off: leave a user that is not found to other modules" },
	{ "AuthBasicUseDigestAlgorithm", 1, 1, WHERE, SLOT_WORD, AT(digest),
	  NULL, "MD5: the file is one of digest authentication",
	  .words = digest_words },
	{ "AuthBasicFake", 1, 2, WHERE, SLOT_CUSTOM, AT(fake), read_fake,
	  "a name and password for whatever answers, or off",
	  .size = sizeof(struct fake) },
	{ 0 }
};

/* The made-up user may be told by an expression. */
static enum kinship
kin(const struct kin_question *q)
{
	const struct basic_conf *c = scope_get(q->looked->scope,
	    &mod_auth_basic);

	return c->fake.kind == FAKE_ON ? KIN_NOT : KIN_ALL;
}

struct module mod_auth_basic = {
	.name = "auth_basic",
	.alias = "mod_auth_basic.c auth_basic_module",
	.conf_size = sizeof(struct basic_conf),
	.rows = rows,
	.kin = kin,
	.steady = true,
	.identity = identify,
	.fixup = fake,
};
