/*
 * challenge.c - see challenge.h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/md5.h"
#include "challenge.h"

/* ---- The answer ---------------------------------------------------------- */

enum { PART = 512 };

/* NAME="VALUE" or NAME=VALUE of a challenge; empty: it is not there. */
static void
part_of(const char *challenge, const char *name, char out[PART])
{
	const char *p = challenge;
	size_t n = strlen(name);

	*out = '\0';
	while ((p = strstr(p, name)) != NULL) {
		if (p[n] == '=' && (p == challenge || p[-1] == ' ' ||
		    p[-1] == ','))
			break;
		p += n;
	}
	if (p == NULL)
		return;
	p += n + 1;
	n = *p == '"' ? strcspn(++p, "\"") : strcspn(p, ", ");
	snprintf(out, PART, "%.*s", (int)n, p);
}

/* The word NAME=VALUE, in place of what is in out. */
static bool
take_word(const char *words, const char *name, char out[PART])
{
	size_t n = strlen(name);
	const char *p = words;

	while (p != NULL && (strncmp(p, name, n) != 0 || p[n] != '=')) {
		p = strchr(p, ' ');
		p += p != NULL;
	}
	if (p == NULL)
		return false;
	snprintf(out, PART, "%.*s", (int)strcspn(p + n + 1, " "), p + n + 1);
	return true;
}

struct proof {
	char	user[PART], password[PART], realm[PART], nonce[PART];
	char	uri[PART], qop[PART], nc[PART], cnonce[PART];
	char	algorithm[PART], opaque[PART], response[PART];
};

static void
digest(const char *text, char out[MD5_HEX_SIZE])
{
	md5_hex((struct str){ text, strlen(text) }, out);
}

static void
work_out(struct proof *p, const char *method)
{
	char text[6 * PART], who[MD5_HEX_SIZE], what[MD5_HEX_SIZE];

	snprintf(text, sizeof(text), "%s:%s:%s", p->user, p->realm,
	    p->password);
	digest(text, who);
	snprintf(text, sizeof(text), "%s:%s", method, p->uri);
	digest(text, what);
	if (strcmp(p->qop, "none") == 0)
		snprintf(text, sizeof(text), "%s:%s:%s", who, p->nonce, what);
	else
		snprintf(text, sizeof(text), "%s:%s:%s:%s:%s:%s", who,
		    p->nonce, p->nc, p->cnonce, p->qop, what);
	digest(text, p->response);
}

/* Add NAME=VALUE to the field. */
static void
tell(char *to, size_t room, const char *words, const char *name,
    const char *value, bool quoted)
{
	char dropped[PART] = "";
	size_t n = strlen(to);

	take_word(words, "drop", dropped);
	if (*value == '\0' || strcmp(dropped, name) == 0)
		return;
	snprintf(to + n, room - n, "%s%s=%s%s%s", strchr(to, '=') != NULL ?
	    ", " : " ", name, quoted ? "\"" : "", value, quoted ? "\"" : "");
}

char *
challenge_answer(const char *challenge, const char *words, const char *method,
    const char *uri)
{
	enum { ROOM = 16 * PART };
	const char *digest = strstr(challenge, "Digest ");
	struct proof p = { .nc = "00000001", .cnonce = "0a4f113b",
	    .qop = "auth" };
	bool plain;
	char *to;

	if (digest == NULL ||
	    sscanf(words, "%511s %511s", p.user, p.password) != 2)
		return NULL;
	part_of(digest, "realm", p.realm);
	part_of(digest, "nonce", p.nonce);
	part_of(digest, "opaque", p.opaque);
	part_of(digest, "algorithm", p.algorithm);
	snprintf(p.uri, sizeof(p.uri), "%s", uri);
	take_word(words, "realm", p.realm);
	take_word(words, "nonce", p.nonce);
	take_word(words, "opaque", p.opaque);
	take_word(words, "algorithm", p.algorithm);
	take_word(words, "uri", p.uri);
	take_word(words, "qop", p.qop);
	take_word(words, "nc", p.nc);
	take_word(words, "cnonce", p.cnonce);
	work_out(&p, method);
	take_word(words, "response", p.response);
	take_word(words, "told-uri", p.uri);
	take_word(words, "told-user", p.user);
	to = calloc(1, ROOM);
	if (to == NULL)
		abort();
	strcpy(to, "Digest");
	plain = strcmp(p.qop, "none") == 0;
	tell(to, ROOM, words, "username", p.user, true);
	tell(to, ROOM, words, "realm", p.realm, true);
	tell(to, ROOM, words, "nonce", p.nonce, true);
	tell(to, ROOM, words, "uri", p.uri, true);
	tell(to, ROOM, words, "algorithm", p.algorithm, false);
	tell(to, ROOM, words, "qop", plain ? "" : p.qop, false);
	tell(to, ROOM, words, "nc", plain ? "" : p.nc, false);
	tell(to, ROOM, words, "cnonce", plain ? "" : p.cnonce, true);
	tell(to, ROOM, words, "response", p.response, true);
	tell(to, ROOM, words, "opaque", p.opaque, true);
	return to;
}

void
challenge_normal(char *value)
{
	static const char *const names[] = { " nonce=\"", "rspauth=\"",
	    "nextnonce=\"", "opaque=\"", "response=\"" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *p = strstr(value, names[i]), *end;

		if (p == NULL)
			continue;
		p += strlen(names[i]);
		end = strchr(p, '"');
		if (end == NULL || end == p)
			continue;
		*p = 'N';
		memmove(p + 1, end, strlen(end) + 1);
	}
}
