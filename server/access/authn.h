/*
 * authn.h - what all ways to log in have in common: AuthType, AuthName, where
 * users and groups are written, and the order in which one must be asked.
 *
 * Access hooks say whether it matters who it is (request.h: let_in,
 * wants_user).  Identity hooks find out, when it does and AuthType names them.
 * The last one, of the module that keeps the rules, judges again.
 */
#ifndef ACCESS_AUTHN_H
#define ACCESS_AUTHN_H

#include "base/hash.h"
#include "conf/setting.h"
#include "serve/request.h"

extern struct module mod_authn_core;

/* AuthType and AuthName here; NULL when there is none, or None. */
const char	*authn_type(struct request *r);
const char	*authn_name(struct request *r);
/* This module is meant: somebody must log in, and its way. */
bool		 authn_is_asked(struct request *r, const char *type);

/* Access was settled already for the request that this one comes from, by the
 * very same rules: who it is has been taken over. */
bool		 authn_inherits(struct request *r);

/* ---- Where users are looked up ------------------------------------------- */

enum authn_answer {
	AUTHN_FOUND,
	AUTHN_NO_USER,
	AUTHN_BROKEN,		/* the file cannot be read: logged */
};

/* Setter of AuthBasicProvider and AuthDigestProvider: names into the field, a
 * struct vec. */
const char	*authn_read_providers(struct setting *s);
/* The hash of the user's password (realm NULL), or of user, realm and password,
 * in r's arena.  The first provider that knows the user decides; none at all
 * means "file". */
enum authn_answer authn_find(struct request *r, const struct vec *providers,
		    const char *module, struct str user, const char *realm,
		    char **hash);
/* Is the user in the group, as AuthGroupFile has it? */
enum authn_answer authn_in_group(struct request *r, struct str group);

/* The rules that <AuthzProviderAlias> names, in the configuration being read:
 * name -> struct require; NULL when there is none.  made: there is one. */
const struct hash *authn_rules(const struct setting *s);
struct hash	*authn_rules_made(struct setting *s);

/* ---- Answers ------------------------------------------------------------- */

/* 401 with its challenge; the sentence is for the error page. */
int		 authn_refuse(struct request *r, const char *why);
/* 500, with a sentence that tells nobody anything. */
int		 authn_fail(struct request *r);
/* Append a string in quotes for a field's value. */
void		 authn_quote(struct text *t, struct str s);

#endif
