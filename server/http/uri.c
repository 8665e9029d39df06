/*
 * uri.c - decode paths, read hosts.
 *
 * It must not know of files: that no path leads out of the document root is a
 * property of the text it returns.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/char.h"
#include "http/uri.h"

/* The byte that "%xy" at p stands for, n bytes being left; -1 if malformed. */
static int
escape(const char *p, size_t n)
{
	int high, low;

	if (n < 3)
		return -1;
	high = char_hex(p[1]);
	low = char_hex(p[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* raw is its own decoded and normalised form. */
static bool
is_plain(struct str raw, bool merge_slashes)
{
	char before = 0, c;
	size_t i;

	for (i = 0; i < raw.n; i++, before = c) {
		c = raw.at[i];
		if (c == '%' || c == '\0' || (before == '/' &&
		    (c == '.' || (c == '/' && merge_slashes))))
			return false;
	}
	return true;
}

/* A path being built: at[0] is "/", the segment in progress starts at
 * segment. */
struct path {
	char	*at;
	size_t	 n, segment;
	bool	 merge_slashes;
};

/* At the end of a segment: if it was "." or "..", take it away, and with ".."
 * the one before.  False when there is none before. */
static bool
remove_dots(struct path *p, bool *removed)
{
	const char *segment = p->at + p->segment;
	size_t n = p->n - p->segment;

	*removed = n > 0 && n <= 2 && memcmp(segment, "..", n) == 0;
	if (!*removed)
		return true;
	p->n = p->segment;
	if (n == 1)
		return true;
	if (p->n == 1)
		return false;
	do
		p->n--;
	while (p->at[p->n - 1] != '/');
	p->segment = p->n;
	return true;
}

static bool
add_slash(struct path *p)
{
	bool removed;

	if (!remove_dots(p, &removed))
		return false;
	if (!removed && !(p->merge_slashes && p->n == p->segment))
		p->at[p->n++] = '/';
	p->segment = p->n;
	return true;
}

static const char no_escape[] = "a percent sign is not followed by two hex "
    "digits";
static const char above_root[] = "the path leads above the root";

/* The decoding proper.  A 400 further on comes before a 404. */
static int
decode(struct str raw, enum uri_slash encoded, struct path *p,
    const char **why)
{
	const char *refused = NULL;
	size_t i;
	int c;

	for (i = 1; i < raw.n; i++) {
		c = (unsigned char)raw.at[i];
		if (c == '%') {
			c = escape(raw.at + i, raw.n - i);
			if (c < 0) {
				*why = no_escape;
				return 400;
			}
			if (c == '/' && encoded == URI_SLASH_REFUSE)
				refused = "the path has an encoded slash";
			if (c == '/' && encoded != URI_SLASH_DECODE)
				c = '%';	/* and its digits follow */
			else
				i += 2;
		}
		if (c == '\0')
			refused = "the path has a NUL byte";
		if (c != '/')
			p->at[p->n++] = (char)c;
		else if (!add_slash(p)) {
			*why = above_root;
			return 400;
		}
	}
	*why = refused;
	return refused != NULL ? 404 : 0;
}

int
uri_decode_path(struct arena *a, struct str raw,
    const struct uri_policy *policy, struct str *path, const char **why)
{
	struct path p = { .merge_slashes = policy->merge_slashes };
	bool removed;
	int status;

	if (raw.n == 0 || raw.at[0] != '/') {
		*why = "the path does not start with a slash";
		return 400;
	}
	if (is_plain(raw, policy->merge_slashes)) {
		*path = raw;
		return 0;
	}
	p.at = arena_alloc(a, raw.n);
	p.at[0] = '/';
	p.n = p.segment = 1;
	status = decode(raw, policy->encoded_slash, &p, why);
	if (status == 400)
		return 400;
	if (!remove_dots(&p, &removed)) {
		*why = above_root;
		return 400;
	}
	*path = str_n(p.at, p.n);
	return status;
}

struct str
uri_merge_slashes(struct arena *a, struct str path)
{
	char *out;
	size_t n = 0;

	if (str_find_str(path, STR("//")) < 0)
		return path;
	out = arena_alloc(a, path.n);
	for (size_t i = 0; i < path.n; i++)
		if (path.at[i] != '/' || n == 0 || out[n - 1] != '/')
			out[n++] = path.at[i];
	return str_n(out, n);
}

void
uri_split(struct str target, struct str *path, struct str *query)
{
	ptrdiff_t mark = str_find(target, '?');

	*path = target;
	*query = STR_NONE;
	if (mark >= 0) {
		*path = str_first(target, (size_t)mark);
		*query = str_from(target, (size_t)mark + 1);
	}
}

bool
uri_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	char *decoded = arena_alloc(a, s.n);
	size_t i, n = 0;
	int c;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.at[i];
		if (c == '%') {
			c = escape(s.at + i, s.n - i);
			i += 2;
		} else if (c == '+' && plus)
			c = ' ';
		if (c <= 0)
			return false;
		decoded[n++] = (char)c;
	}
	*out = str_n(decoded, n);
	return true;
}

/* Hosts. */

static bool
is_name(struct str s)
{
	char before = '.';
	size_t i;

	for (i = 0; i < s.n; before = s.at[i++])
		if (s.at[i] == '.' ? before == '.' :
		    !char_is_alnum((unsigned char)s.at[i]) &&
		    s.at[i] != '-' && s.at[i] != '_')
			return false;
	return s.n > 0;
}

/* s is an IPv6 address in brackets. */
static bool
is_literal(struct str s)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr in6;

	if (s.n < 2 || s.n - 2 >= sizeof(address) || s.at[s.n - 1] != ']')
		return false;
	memcpy(address, s.at + 1, s.n - 2);
	address[s.n - 2] = '\0';
	return strlen(address) == s.n - 2 &&
	    inet_pton(AF_INET6, address, &in6) == 1;
}

bool
uri_host_parse(struct str s, struct uri_host *host)
{
	uint64_t port = 0;
	ptrdiff_t colon;
	struct str name = s, digits;

	colon = str_rfind(s, ':');
	if (colon >= 0 && s.at[s.n - 1] != ']') {
		name = str_first(s, (size_t)colon);
		digits = str_from(s, (size_t)colon + 1);
		if (digits.n > 0 &&
		    (!str_number(digits, 10, 65535, &port) || port == 0))
			return false;
	}
	if (name.n > 0 && name.at[0] == '[') {
		if (!is_literal(name))
			return false;
	} else {
		if (!is_name(name))
			return false;
		if (name.at[name.n - 1] == '.')
			name.n--;
	}
	*host = (struct uri_host){ name, (int)port };
	return true;
}
