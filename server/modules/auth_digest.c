/*
 * mod_auth_digest - who it is, by a proof that he knows the password.
 * Manual: modules/auth_digest.html
 *
 * A nonce is the time when it was given out and a digest of that with a secret
 * of the master's, so that every worker knows its own, also those of workers
 * before a reload.  Only where each may be used once, or its uses are counted,
 * are some of them kept, in memory that all workers share.
 *
 * RFC 7616, with MD5 and qop=auth; RFC 2069 where AuthDigestQop says so.
 */
#include <stdatomic.h>
#include <string.h>

#include "access/authn.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/md5.h"
#include "base/os.h"
#include "base/password.h"
#include "base/sha1.h"
#include "conf/directive.h"
#include "http/uri.h"
#include "serve/kin.h"

extern struct module mod_auth_digest;

enum { QOP_AUTH, QOP_NONE };
enum { ALGORITHM_MD5 };

struct digest_conf {
	struct vec	 providers;
	struct vec	 domains;	/* const char * */
	struct number	 qop, lifetime_s, shared_bytes;
	enum flag	 count;
};

enum {
	TIME_HEX	= 16,		/* ms since 1970 */
	NONCE_SIZE	= TIME_HEX + 2 * SHA1_SIZE,
	LIFETIME_S	= 300,
	NEXT_NONCE_MS	= 30000,	/* this long before the end */
};

/* What an Authorization field says. */
struct login {
	struct str	 username, realm, nonce, uri, response, algorithm,
			 cnonce, opaque, qop, nc;
	char		*ha1;		/* of the file */
};

/* ---- Nonces -------------------------------------------------------------- */

/* Made before the first worker, so that all have the same. */
static struct {
	bool		 made;
	unsigned char	 is[64];
} secret;

static void
make_secret(void)
{
	if (!secret.made)
		os_random(secret.is, sizeof(secret.is));
	secret.made = true;
}

static char *
nonce_at(struct arena *a, int64_t ms, const char *realm)
{
	unsigned char digest[SHA1_SIZE];
	struct text t = { .arena = a };

	text_addf(&t, "%016llx", (unsigned long long)ms);
	make_secret();
	sha1_keyed(str_n((const char *)secret.is, sizeof(secret.is)),
	    str_fmt(a, "%.*s:%s", STR_ARGS(text_str(&t)), realm), digest);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		text_addf(&t, "%02x", digest[i]);
	return text_z(&t);
}

/* It is one of ours for this realm, given out at *ms. */
static bool
nonce_is_ours(struct arena *a, struct str nonce, const char *realm,
    int64_t *ms)
{
	uint64_t time;

	if (nonce.n != NONCE_SIZE ||
	    !str_number(str_first(nonce, TIME_HEX), 16, INT64_MAX, &time))
		return false;
	*ms = (int64_t)time;
	return password_same(nonce, str_of(nonce_at(a, *ms, realm)));
}

/* ---- Counting uses ------------------------------------------------------- */

/*
 * A nonce that was used: its time and a part of its digest, and which counts
 * came: the highest, and a bit for each of the 32 up to it.  Clients with
 * several connections do not send them in order.
 */
struct used {
	_Atomic uint64_t nonce;		/* 0: free, 1: being written */
	_Atomic uint64_t counts;
};

enum { SHARED_MIN = 64 << 10, LOOKS = 8, DIGEST_BITS = 22 };

static struct {
	size_t		 n;
	struct used	*at;
	_Atomic uint64_t *forgotten;	/* the newest that had to make room */
} uses;

static void
make_table(size_t bytes)
{
	char *shared;

	if (uses.at != NULL)
		return;
	shared = os_shared(sizeof(uint64_t) + bytes);
	if (shared == NULL)
		return;
	uses.n = bytes / sizeof(struct used);
	uses.forgotten = (void *)shared;
	uses.at = (void *)(shared + sizeof(uint64_t));
}

/* True when count comes for the first time. */
static bool
count_is_new(struct used *u, uint32_t count)
{
	uint64_t old = atomic_load(&u->counts), wanted;

	do {
		uint32_t highest = (uint32_t)(old >> 32), seen = (uint32_t)old;

		if (count > highest) {
			uint32_t up = count - highest;

			seen = up < 32 ? seen << up | 1 : 1;
			highest = count;
		} else if (highest - count >= 32 ||
		    (seen >> (highest - count) & 1)) {
			return false;
		} else {
			seen |= UINT32_C(1) << (highest - count);
		}
		wanted = (uint64_t)highest << 32 | seen;
	} while (!atomic_compare_exchange_weak(&u->counts, &old, wanted));
	return true;
}

static void
forget(uint64_t nonce)
{
	uint64_t old = atomic_load(uses.forgotten);

	while (old < nonce && !atomic_compare_exchange_weak(uses.forgotten,
	    &old, nonce))
		;
}

/* The place of a nonce, perhaps a new one in that of an older nonce; NULL when
 * it may have been there and was forgotten. */
static struct used *
place_of(uint64_t nonce)
{
	struct used *oldest = NULL;
	uint64_t age = UINT64_MAX;

	for (size_t i = 0; i < LOOKS; i++) {
		struct used *u = &uses.at[(nonce + i) % uses.n];
		uint64_t is = atomic_load(&u->nonce);

		if (is == nonce)
			return u;
		if (is != 1 && is < age) {
			oldest = u;
			age = is;
		}
	}
	if (oldest == NULL || nonce <= atomic_load(uses.forgotten))
		return NULL;
	if (age > nonce)
		return NULL;
	if (!atomic_compare_exchange_strong(&oldest->nonce, &age, 1))
		return NULL;
	if (age != 0)
		forget(age);
	atomic_store(&oldest->counts, 0);
	atomic_store(&oldest->nonce, nonce);
	return oldest;
}

/* This use of the nonce is the first one; not certain means no. */
static bool
use_is_new(struct str nonce, int64_t ms, uint32_t count)
{
	uint64_t part = 0;
	struct used *u;

	if (uses.at == NULL || count == 0)
		return false;
	str_number(str_first(str_from(nonce, TIME_HEX), 8), 16, UINT32_MAX,
	    &part);
	u = place_of((uint64_t)ms << DIGEST_BITS |
	    (part & ((1 << DIGEST_BITS) - 1)));
	return u != NULL && count_is_new(u, count);
}

/* ---- Asking -------------------------------------------------------------- */

static const struct digest_conf *
conf_of(const struct request *r)
{
	return scope_get(r->scope, &mod_auth_digest);
}

static void
add_domains(struct text *t, const struct vec *domains)
{
	if (domains->n == 0)
		return;
	text_addz(t, ", domain=\"");
	for (size_t i = 0; i < domains->n; i++)
		text_addf(t, "%s%s", i > 0 ? " " : "",
		    (const char *)domains->at[i]);
	text_addc(t, '"');
}

static void
ask_for_proof(struct request *r, bool stale)
{
	const struct digest_conf *c = conf_of(r);
	const char *realm = authn_name(r);
	struct text t = { .arena = r->arena };

	if (realm == NULL)
		realm = "";
	text_addz(&t, "Digest realm=");
	authn_quote(&t, str_of(realm));
	text_addf(&t, ", nonce=\"%s\", algorithm=MD5", nonce_at(r->arena,
	    clock_wall_us() / 1000, realm));
	add_domains(&t, &c->domains);
	if (stale)
		text_addz(&t, ", stale=true");
	if (number_or(c->qop, QOP_AUTH) == QOP_AUTH)
		text_addz(&t, ", qop=\"auth\"");
	fields_set(&r->out_always, STR("WWW-Authenticate"), text_str(&t));
}

static void
challenge(struct request *r)
{
	ask_for_proof(r, false);
}

/* Right, but with a nonce that has had its time: no user need be asked. */
static int
refuse_stale(struct request *r)
{
	ask_for_proof(r, true);
	return request_refuse(r, 401, "The proof of who you are was too old.");
}

static int
refuse(struct request *r)
{
	return authn_refuse(r, "The name or the password was wrong.");
}

/* ---- Reading ------------------------------------------------------------- */

static struct str
read_quoted(struct arena *a, struct str *rest)
{
	struct text t = { .arena = a };
	size_t i;

	for (i = 1; i < rest->n && rest->at[i] != '"'; i++) {
		if (rest->at[i] == '\\' && i + 1 < rest->n)
			i++;
		text_addc(&t, rest->at[i]);
	}
	*rest = str_from(*rest, i + 1);
	return str_n(t.n > 0 ? t.at : "", t.n);
}

/* Take the next name=value; false when there is none. */
static bool
read_pair(struct arena *a, struct str *rest, struct str *name,
    struct str *value)
{
	size_t n;

	while (rest->n > 0 && strchr(" \t,", rest->at[0]) != NULL)
		*rest = str_from(*rest, 1);
	for (n = 0; n < rest->n && strchr("= \t,", rest->at[n]) == NULL; n++)
		;
	*name = str_first(*rest, n);
	*rest = str_trim(str_from(*rest, n));
	*value = STR("");
	if (rest->n == 0 || rest->at[0] != '=')
		return name->n > 0;
	*rest = str_trim(str_from(*rest, 1));
	if (rest->n > 0 && rest->at[0] == '"') {
		*value = read_quoted(a, rest);
		return true;
	}
	for (n = 0; n < rest->n && strchr(" \t,", rest->at[n]) == NULL; n++)
		;
	*value = str_first(*rest, n);
	*rest = str_from(*rest, n);
	return true;
}

static struct str *
part_named(struct login *l, struct str name)
{
	const struct {
		const char	*name;
		struct str	*part;
	} parts[] = {
		{ "username", &l->username }, { "realm", &l->realm },
		{ "nonce", &l->nonce }, { "uri", &l->uri },
		{ "response", &l->response }, { "algorithm", &l->algorithm },
		{ "cnonce", &l->cnonce }, { "opaque", &l->opaque },
		{ "qop", &l->qop }, { "nc", &l->nc },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (str_is_nocase(name, parts[i].name))
			return parts[i].part;
	return NULL;
}

/* Who says something twice could mean either: the last counts, as in Apache. */
static bool
parse(struct arena *a, struct str rest, struct login *l)
{
	struct str name, value, *part;

	*l = (struct login){ .ha1 = NULL };
	while (read_pair(a, &rest, &name, &value)) {
		part = part_named(l, name);
		if (part != NULL)
			*part = value;
	}
	return l->username.at != NULL && l->realm.at != NULL &&
	    l->nonce.at != NULL && l->uri.at != NULL &&
	    l->response.at != NULL && (l->qop.at == NULL ||
	    (l->cnonce.at != NULL && l->nc.at != NULL)) &&
	    memchr(l->username.at, 0, l->username.n) == NULL;
}

static bool
read_login(struct request *r, struct login *l)
{
	struct str line = fields_get(&r->in, STR("Authorization")), scheme,
	    rest = line;

	if (line.at == NULL)
		return false;
	if (!str_word(&rest, &scheme) || !str_is_nocase(scheme, "Digest")) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01781: client "
		    "used wrong authentication scheme `%.*s': %.*s",
		    STR_ARGS(scheme), STR_ARGS(r->path));
		return false;
	}
	if (parse(r->arena, rest, l))
		return true;
	request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01782: missing user, "
	    "realm, nonce, uri, digest, cnonce, or nonce_count in "
	    "authorization header: %.*s", STR_ARGS(r->path));
	return false;
}

/* ---- The address --------------------------------------------------------- */

/* "http://host:port" off the front of a URI; false when it is another server's,
 * or nonsense. */
static bool
is_this_server(const struct request *r, struct str *uri)
{
	ptrdiff_t end = str_find_str(*uri, STR("://"));
	struct uri_host host;
	struct str rest;
	size_t n;

	if (end < 0 || (uri->n > 0 && uri->at[0] == '/'))
		return true;
	rest = str_from(*uri, (size_t)end + 3);
	for (n = 0; n < rest.n && strchr("/?", rest.at[n]) == NULL; n++)
		;
	*uri = str_from(rest, n);
	if (!uri_host_parse(str_first(rest, n), &host) ||
	    !str_eq_nocase(host.name, request_server_name(r)))
		return false;
	return (host.port == 0 ? 80 : (unsigned)host.port) ==
	    request_server_port(r);
}

static bool
is_same_part(struct arena *a, struct str one, struct str other)
{
	struct str x, y;

	if (one.at == NULL || other.at == NULL)
		return one.at == other.at;
	return uri_decode(a, one, false, &x) &&
	    uri_decode(a, other, false, &y) && str_eq(x, y);
}

/* What was proved is for this very address; proxies may have written it in
 * another way. */
static bool
is_for_this(struct request *r, struct str uri)
{
	struct str path, query, own_path, own_query;

	if (str_eq(uri, r->uri))
		return true;
	if (!is_this_server(r, &uri))
		return false;
	uri_split(uri, &path, &query);
	uri_split(r->uri, &own_path, &own_query);
	return is_same_part(r->arena, path, own_path) &&
	    is_same_part(r->arena, query, own_query);
}

/* ---- The proof ----------------------------------------------------------- */

static void
digest_of(struct arena *a, const struct login *l, struct str method,
    char out[MD5_HEX_SIZE])
{
	char ha2[MD5_HEX_SIZE];

	md5_hex(str_fmt(a, "%.*s:%.*s", STR_ARGS(method), STR_ARGS(l->uri)),
	    ha2);
	if (l->qop.at == NULL)
		md5_hex(str_fmt(a, "%s:%.*s:%s", l->ha1, STR_ARGS(l->nonce),
		    ha2), out);
	else
		md5_hex(str_fmt(a, "%s:%.*s:%.*s:%.*s:%.*s:%s", l->ha1,
		    STR_ARGS(l->nonce), STR_ARGS(l->nc), STR_ARGS(l->cnonce),
		    STR_ARGS(l->qop), ha2), out);
}

/* A login that was good for an earlier request of the same exchange. */
static const struct login *
earlier_login(const struct request *r)
{
	do {
		r = r->main != NULL ? r->main : r->prev;
	} while (r != NULL && (r->state[mod_auth_digest.index] == NULL ||
	    !r->known));
	return r == NULL ? NULL : r->state[mod_auth_digest.index];
}

/* The nonce has not had its time. */
static bool
is_in_time(struct request *r, const struct digest_conf *c,
    const struct login *l, int64_t given_ms)
{
	int64_t lifetime_s = number_or(c->lifetime_s, LIFETIME_S);
	int64_t age_ms = clock_wall_us() / 1000 - given_ms;
	uint64_t count = 1;

	if (lifetime_s > 0 && (age_ms < -1000 || age_ms > lifetime_s * 1000)) {
		request_log(r, LEVEL_INFO, "auth_digest", 0, "AH01778: user "
		    "%.*s: nonce expired (%lld seconds old - max lifetime "
		    "%lld) - sending new nonce", STR_ARGS(r->user),
		    (long long)(age_ms / 1000), (long long)lifetime_s);
		return false;
	}
	if (earlier_login(r) != NULL)
		return true;
	if (lifetime_s != 0 && (!flag_or(c->count, false) || l->nc.at == NULL))
		return true;
	if (lifetime_s != 0 && !str_number(l->nc, 16, UINT32_MAX, &count))
		return false;
	if (use_is_new(l->nonce, given_ms, (uint32_t)count))
		return true;
	request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01774: user %.*s: "
	    "nonce used before: somebody may have listened - sending new "
	    "nonce", STR_ARGS(r->user));
	return false;
}

static int
check_proof(struct request *r, const struct digest_conf *c,
    const struct login *l)
{
	bool none = number_or(c->qop, QOP_AUTH) == QOP_NONE;
	char wanted[MD5_HEX_SIZE];
	int64_t given_ms;

	if (none ? l->qop.at != NULL : !str_is_nocase(l->qop, "auth")) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01793: "
		    "invalid qop `%.*s' received: %.*s", STR_ARGS(l->qop),
		    STR_ARGS(r->path));
		return refuse(r);
	}
	digest_of(r->arena, l, r->head->method_name, wanted);
	if (!password_same(l->response, str_of(wanted))) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01794: user "
		    "%.*s: password mismatch: %.*s", STR_ARGS(r->user),
		    STR_ARGS(r->path));
		return refuse(r);
	}
	if (!nonce_is_ours(r->arena, l->nonce, authn_name(r), &given_ms)) {
		request_log(r, LEVEL_INFO, "auth_digest", 0, "AH01776: user "
		    "%.*s: nonce is none of ours - sending new nonce",
		    STR_ARGS(r->user));
		return refuse_stale(r);
	}
	if (!is_in_time(r, c, l, given_ms))
		return refuse_stale(r);
	r->known = true;
	return PASS;
}

static int
check_login(struct request *r, struct login *l)
{
	const struct digest_conf *c = conf_of(r);
	const char *realm = authn_name(r);

	if (!str_is(l->realm, realm)) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01788: realm "
		    "mismatch - got `%.*s' but expected `%s'",
		    STR_ARGS(l->realm), realm);
		return refuse(r);
	}
	if (l->algorithm.at != NULL && !str_is_nocase(l->algorithm, "MD5")) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01789: "
		    "unknown algorithm `%.*s' received: %.*s",
		    STR_ARGS(l->algorithm), STR_ARGS(r->path));
		return refuse(r);
	}
	switch (authn_find(r, &c->providers, "auth_digest", r->user, realm,
	    &l->ha1)) {
	case AUTHN_FOUND:
		return check_proof(r, c, l);
	case AUTHN_NO_USER:
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01790: user "
		    "`%.*s' in realm `%s' not found: %.*s",
		    STR_ARGS(r->user), realm, STR_ARGS(r->path));
		return refuse(r);
	default:
		return authn_fail(r);
	}
}

static int
identify(struct request *r)
{
	struct login *l;

	if (!authn_is_asked(r, "Digest"))
		return PASS;
	request_once(r);
	r->auth_type = STR("Digest");
	r->challenge = challenge;
	if (authn_name(r) == NULL) {
		request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01780: need "
		    "AuthName: %.*s", STR_ARGS(r->path));
		return authn_fail(r);
	}
	l = arena_one(r->arena, struct login);
	if (!read_login(r, l))
		return authn_refuse(r, "You have to say who you are.");
	r->state[mod_auth_digest.index] = l;
	r->user = l->username;
	if (is_for_this(r, l->uri))
		return check_login(r, l);
	request_log(r, LEVEL_ERROR, "auth_digest", 0, "AH01786: uri mismatch - "
	    "<%.*s> does not match request-uri <%.*s>", STR_ARGS(l->uri),
	    STR_ARGS(r->uri));
	return request_refuse(r, 400, "The proof of who you are is for "
	    "another address.");
}

/* ---- Our own proof ------------------------------------------------------- */

/* A new nonce, when the old one will soon be of no use. */
static void
add_next_nonce(struct request *r, const struct login *l, struct text *t)
{
	int64_t lifetime_s = number_or(conf_of(r)->lifetime_s, LIFETIME_S);
	int64_t now_ms = clock_wall_us() / 1000;
	uint64_t given_ms = 0;

	str_number(str_first(l->nonce, TIME_HEX), 16, INT64_MAX, &given_ms);
	if (lifetime_s < 0 || (lifetime_s > 0 && now_ms - (int64_t)given_ms <=
	    lifetime_s * 1000 - NEXT_NONCE_MS))
		return;
	text_addf(t, "%snextnonce=\"%s\"", t->n > 0 ? ", " : "",
	    nonce_at(r->arena, now_ms, authn_name(r)));
}

static int
prove(struct request *r)
{
	const struct login *l = r->state[mod_auth_digest.index];
	struct text t = { .arena = r->arena };
	char digest[MD5_HEX_SIZE];

	if (!r->known || !str_is(r->auth_type, "Digest"))
		return PASS;
	if (l == NULL)
		l = earlier_login(r);
	if (l == NULL || authn_name(r) == NULL)
		return PASS;
	if (l->qop.at != NULL) {
		digest_of(r->arena, l, STR(""), digest);
		text_addf(&t, "rspauth=\"%s\", cnonce=", digest);
		authn_quote(&t, l->cnonce);
		text_addf(&t, ", nc=%.*s, qop=%.*s", STR_ARGS(l->nc),
		    STR_ARGS(l->qop));
	}
	add_next_nonce(r, l, &t);
	if (t.n > 0)
		fields_set(&r->out, STR("Authentication-Info"), text_str(&t));
	return PASS;
}

/* ---- Directives ---------------------------------------------------------- */

static const char *
read_qop(struct setting *s)
{
	static const char *const words[] = { "auth", "none", "auth-int",
	    NULL };
	struct digest_conf *c = s->conf;
	int64_t w;

	for (int i = 0; i < s->argc; i++) {
		const char *error = read_word(s, i, words, &w);

		if (error != NULL)
			return error;
		if (w == 2)
			return setting_error(s, i, "cannot be auth-int, which "
			    "is not built in");
		if (i > 0 && w != c->qop.is)
			return setting_error(s, i, "cannot be none and auth");
		c->qop = (struct number){ true, w };
	}
	return NULL;
}

static const char *
read_algorithm(struct setting *s)
{
	static const char *const words[] = { "MD5", "MD5-sess", NULL };
	int64_t w;
	const char *error = read_word(s, 0, words, &w);

	if (error == NULL && w == 1)
		return "cannot be MD5-sess, which is not built in";
	return error;
}

#define WHERE	(IN_SECTION | IN_HTACCESS | OVERRIDE_AUTHCONFIG)
#define AT(field)	offsetof(struct digest_conf, field)

static const struct directive rows[] = {
	{ "AuthDigestProvider", 1, MANY, WHERE, SLOT_LIST_REPLACE,
	  AT(providers), authn_read_providers,
	  "where users are looked up: file, or names of aliases" },
	{ "AuthDigestDomain", 1, MANY, WHERE, SLOT_LIST_REPLACE, AT(domains),
	  NULL, "addresses that have the same users" },
	{ "AuthDigestQop", 1, 2, WHERE, SLOT_CUSTOM, AT(qop), read_qop,
	  "auth, or none for clients of RFC 2069",
	  .size = sizeof(struct number) },
	{ "AuthDigestNonceLifetime", 1, 1, WHERE, SLOT_NUMBER, AT(lifetime_s),
	  NULL, "seconds; 0: one use for each nonce; -1: for ever",
	  INT32_MIN, INT32_MAX },
	{ "AuthDigestAlgorithm", 1, 1, WHERE, SLOT_NONE, 0, read_algorithm,
	  "MD5" },
	{ "AuthDigestNcCheck", 1, 1, WHERE, SLOT_FLAG, AT(count), NULL,
	  "On: a proof that came before is not taken again" },
	{ "AuthDigestShmemSize", 1, 1, IN_SERVER, SLOT_BYTES,
	  AT(shared_bytes), NULL, "bytes for nonces that were used", 1,
	  INT64_C(1) << 30 },
	{ 0 }
};

static void
finish(struct reading *r)
{
	const struct digest_conf *c = scope_get(r->config->main->scope,
	    &mod_auth_digest);
	int64_t bytes = number_or(c->shared_bytes, SHARED_MIN);

	make_secret();
	make_table((size_t)(bytes < SHARED_MIN ? SHARED_MIN : bytes));
}

struct module mod_auth_digest = {
	.name = "auth_digest",
	.alias = "mod_auth_digest.c auth_digest_module",
	.conf_size = sizeof(struct digest_conf),
	.rows = rows,
	.finish = finish,
	.kin = kin_all,
	.steady = true,
	.identity = identify,
	.fixup = prove,
};
