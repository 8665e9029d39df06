/*
 * core.c - the core's settings as they are read; directives.c writes them.
 */
#include <sys/utsname.h>

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "serve/core.h"

const struct core_conf *
core_conf(const struct scope *s)
{
	return scope_get(s, &mod_core);
}

static unsigned
bits_value(const struct options *o, unsigned otherwise)
{
	unsigned bits = o->absolute ? o->set : otherwise;

	return (bits & ~o->remove) | o->add;
}

unsigned
core_options(const struct scope *s)
{
	return bits_value(&core_conf(s)->options, OPTION_DEFAULT);
}

unsigned
core_etag(const struct scope *s)
{
	unsigned bits = bits_value(&core_conf(s)->etag, 0);

	/* As Apache: where nothing was said yet, signed words change nothing
	 * but themselves, and what leaves nothing leaves the default. */
	if (bits & ETAG_NONE)
		return 0;
	return bits != 0 ? bits : ETAG_DEFAULT;
}

bool
core_knows_method(const struct config *c, enum http_method m, struct str name)
{
	const struct vec *more = &core_conf(c->main->scope)->methods;
	size_t i;

	for (i = 0; m == METHOD_OTHER && i < more->n; i++)
		if (str_is(name, more->at[i]))
			return true;
	return m != METHOD_OTHER;
}

const char *
core_server_token(const struct config *c)
{
	static char token[sizeof(FORKFUL_VERSION) + 80];
	static unsigned made_for;	/* a generation: addresses return */
	struct utsname u;
	size_t n = sizeof("Forkful/") - 1;

	if (made_for == c->generation && made_for != 0)
		return token;
	made_for = c->generation;
	switch (number_or(core_conf(c->main->scope)->tokens, TOKENS_FULL)) {
	case TOKENS_PROD:
	case TOKENS_PROD_LONG:
		n--;
		break;
	case TOKENS_MAJOR:
		n += strcspn(FORKFUL_VERSION, ".");
		break;
	case TOKENS_MINOR:
		n += (size_t)(strrchr(FORKFUL_VERSION, '.') -
		    &FORKFUL_VERSION[0]);
		break;
	case TOKENS_MINIMAL:
	case TOKENS_MIN:
		n += sizeof(FORKFUL_VERSION) - 1;
		break;
	default:
		snprintf(token, sizeof(token), "Forkful/%s (%.64s)",
		    FORKFUL_VERSION, uname(&u) == 0 ? u.sysname : "Unix");
		return token;
	}
	memcpy(token, "Forkful/" FORKFUL_VERSION, n);
	token[n] = 0;
	return token;
}
