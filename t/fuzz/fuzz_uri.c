/*
 * fuzz_uri.c - paths, query words and hosts.
 *
 * The first byte chooses the policy.  Holds: a decoded path has no way up and
 * no NUL; encoded and decoded again it is the same; a host written anew is the
 * same host.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/uri.h"

static bool
has(struct str s, const char *z)
{
	return str_find_str(s, str_of(z)) >= 0;
}

static void
check_path(struct str path, const struct uri_policy *policy)
{
	assert(path.n > 0 && path.at[0] == '/');
	assert(str_find(path, '\0') < 0);
	assert(!has(path, "/../") && !has(path, "/./"));
	assert(!str_ends(path, STR("/..")) && !str_ends(path, STR("/.")));
	assert(!policy->merge_slashes || !has(path, "//"));
}

/* The literal "%2F" that URI_SLASH_KEEP leaves reads as an encoded "%" then. */
static void
check_path_again(struct arena *a, struct str path,
    const struct uri_policy *policy)
{
	struct text t = { .arena = a };
	const char *why = NULL;
	struct str again;

	text_add_url_path(&t, path);
	assert(uri_decode_path(a, text_str(&t), policy, &again, &why) == 0);
	assert(str_eq(path, again));
}

static void
fuzz_path(struct arena *a, struct str raw, uint8_t choice)
{
	struct uri_policy policy = {
		(enum uri_slash)(choice % 3), choice & 4
	};
	const char *why = NULL;
	struct str path;
	int status;

	status = uri_decode_path(a, raw, &policy, &path, &why);
	assert(status == 0 || status == 400 || status == 404);
	if (status == 0) {
		check_path(path, &policy);
		check_path_again(a, path, &policy);
		assert(path.n <= raw.n);
	} else
		assert(why != NULL);
}

static void
fuzz_words(struct arena *a, struct str s, uint8_t choice)
{
	struct text t = { .arena = a };
	struct str out, again;

	if (!uri_decode(a, s, choice & 4, &out))
		return;
	text_add_url_part(&t, out);
	assert(uri_decode(a, text_str(&t), false, &again));
	assert(str_eq(out, again));
}

static void
fuzz_host(struct arena *a, struct str s)
{
	struct uri_host host, again;
	struct text t = { .arena = a };

	if (!uri_host_parse(s, &host))
		return;
	assert(host.name.n > 0 && host.port >= 0 && host.port <= 65535);
	assert(str_find(host.name, '/') < 0 && str_find(host.name, '\0') < 0);
	text_add(&t, host.name);
	if (host.port != 0)
		text_addf(&t, ":%d", host.port);
	assert(uri_host_parse(text_str(&t), &again));
	assert(str_eq(host.name, again.name) && host.port == again.port);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str path, query, s;
	struct arena *a;

	if (size == 0)
		return 0;
	a = arena_new();
	s = str_copy(a, str_n((const char *)data + 1, size - 1));
	uri_split(s, &path, &query);
	assert(path.n + (query.at != NULL) + query.n == s.n);
	fuzz_path(a, path, data[0]);
	fuzz_words(a, query, data[0]);
	fuzz_host(a, s);
	arena_end(a);
	return 0;
}
