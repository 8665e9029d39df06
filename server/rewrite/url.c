/*
 * url.c - URLs as rewrite rules see them.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/text.h"
#include "rewrite/url.h"

static const struct {
	const char	*scheme;
	bool		 query;
} schemes[] = {
	{ "ajp://", true }, { "balancer://", true }, { "fcgi://", true },
	{ "ftp://", false }, { "gopher://", false }, { "h2://", true },
	{ "h2c://", true }, { "http://", true }, { "https://", true },
	{ "imap://", false }, { "ldap://", false }, { "ldaps://", false },
	{ "mailto:", true }, { "news:", false }, { "nntp://", false },
	{ "scgi://", true }, { "unix:", true }, { "uwsgi://", true },
	{ "ws://", true }, { "wss://", true },
};

size_t
rewrite_scheme(struct str url, bool *query)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_starts_nocase(url, str_of(schemes[i].scheme))) {
			if (query != NULL)
				*query = schemes[i].query;
			return strlen(schemes[i].scheme);
		}
	return 0;
}

static void
add_hex(struct text *t, char c)
{
	static const char digits[] = "0123456789abcdef";

	text_addc(t, '%');
	text_addc(t, digits[(unsigned char)c >> 4]);
	text_addc(t, digits[(unsigned char)c & 15]);
}

static bool
stays_in_path(char c)
{
	return char_is_alnum((unsigned char)c) ||
	    (c != 0 && strchr("$-_.+!*'(),:;@&=/~", c) != NULL);
}

struct str
rewrite_escape_path(struct arena *a, struct str s)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < s.n; i++)
		if (stays_in_path(s.at[i]))
			text_addc(&t, s.at[i]);
		else
			add_hex(&t, s.at[i]);
	return t.n == 0 ? STR("") : text_str(&t);
}

struct str
rewrite_escape_url(struct arena *a, struct str url, size_t scheme_n)
{
	size_t n = scheme_n;

	if (url.at[n - 1] == '/') {
		while (n < url.n && url.at[n] != '/')
			n++;
		n += n < url.n;
	}
	return str_fmt(a, "%.*s%.*s", (int)n, url.at,
	    STR_ARGS(rewrite_escape_path(a, str_from(url, n))));
}

static bool
is_control(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

struct str
rewrite_escape_group(struct arena *a, const struct rewrite_rule *rule,
    struct str s)
{
	struct text t = { .arena = a };

	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i];
		bool listed = str_find(rule->escapes, c) >= 0, meant;

		if (rule->flags & RULE_ESCAPE_CONTROLS)
			meant = is_control(c) || listed;
		else
			meant = rule->escapes.at == NULL || listed;
		if (!meant || str_find(rule->keeps, c) >= 0)
			text_addc(&t, c);
		else if (rule->escapes.at == NULL &&
		    (char_is_alnum((unsigned char)c) || c == '_'))
			text_addc(&t, c);
		else if (c == ' ' && !(rule->flags & RULE_NO_PLUS))
			text_addc(&t, '+');
		else
			add_hex(&t, c);
	}
	return t.n == 0 ? STR("") : text_str(&t);
}

struct str
rewrite_normalise(struct arena *a, struct str path)
{
	struct text t = { .arena = a };
	struct str part, rest = path;
	bool slash = str_ends(path, STR("/"));

	while (str_cut(&rest, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (!str_is(part, "..")) {
			text_addc(&t, '/');
			text_add(&t, part);
			continue;
		}
		if (t.n == 0)
			return STR_NONE;
		t.n = (size_t)str_rfind(text_str(&t), '/');
	}
	if (slash || t.n == 0 || str_ends(path, STR("/.")) ||
	    str_ends(path, STR("/..")))
		text_addc(&t, '/');
	return text_str(&t);
}
