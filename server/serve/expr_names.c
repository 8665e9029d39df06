/*
 * expr_names.c - the functions and operators of expressions, by name.
 *
 * Each that looks at more than its argument, the request's fields and its
 * environment says request_once(), or what files it looks at.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/char.h"
#include "base/md5.h"
#include "base/sha1.h"
#include "http/uri.h"
#include "serve/corridor.h"
#include "serve/expr_tree.h"

static struct str
or_empty(struct str s)
{
	return s.at == NULL ? STR("") : s;
}

/* ---- Functions that look something up ------------------------------------ */

static struct str
get_field(struct evaluation *v, struct str arg)
{
	return or_empty(fields_join(v->r->arena, &v->r->in, arg));
}

static struct str
get_field_and_vary(struct evaluation *v, struct str arg)
{
	expr_read_field(v, arg);
	return get_field(v, arg);
}

static struct str
get_answer_field(struct evaluation *v, struct str arg)
{
	struct str value = fields_join(v->r->arena, &v->r->out, arg);

	request_once(v->r);
	if (str_is_nocase(arg, "Content-Length") && v->r->length >= 0)
		return str_fmt(v->r->arena, "%lld", (long long)v->r->length);
	if (value.at == NULL)
		value = fields_join(v->r->arena, &v->r->out_always, arg);
	return or_empty(value);
}

static struct str
get_request_env(struct evaluation *v, struct str arg)
{
	return or_empty(request_env(v->r, arg));
}

static struct str
get_system_env(struct evaluation *v, struct str arg)
{
	return or_empty(str_of(getenv(str_z(v->r->arena, arg))));
}

static struct str
get_note(struct evaluation *v, struct str arg)
{
	request_once(v->r);
	return or_empty(request_note(v->r, arg));
}

static struct str
get_env(struct evaluation *v, struct str arg)
{
	struct str value = request_note(v->r, arg);

	if (value.at != NULL)
		request_once(v->r);
	if (value.at == NULL)
		value = request_env(v->r, arg);
	return value.at != NULL ? value : get_system_env(v, arg);
}

/* ---- Functions that convert ---------------------------------------------- */

static struct str
to_lower(struct evaluation *v, struct str arg)
{
	return or_empty(str_lower(v->r->arena, arg));
}

static struct str
to_upper(struct evaluation *v, struct str arg)
{
	char *z = str_z(v->r->arena, arg);

	for (size_t i = 0; i < arg.n; i++)
		z[i] = char_upper(z[i]);
	return str_n(z, arg.n);
}

static struct str
escape(struct evaluation *v, struct str arg)
{
	struct text t = { .arena = v->r->arena };

	text_add_url_path(&t, arg);
	/* Apache's hex digits are small. */
	for (size_t i = 0; i + 2 < t.n; i++) {
		if (t.at[i] != '%')
			continue;
		t.at[i + 1] = char_lower(t.at[i + 1]);
		t.at[i + 2] = char_lower(t.at[i + 2]);
	}
	return or_empty(text_str(&t));
}

/* Slashes stay escaped; nothing comes of a malformed or a NUL byte. */
static struct str
unescape(struct evaluation *v, struct str arg)
{
	struct text t = { .arena = v->r->arena };

	text_room(&t, arg.n + 1);
	for (size_t i = 0; i < arg.n; i++) {
		int hi, lo;

		if (arg.at[i] != '%') {
			text_addc(&t, arg.at[i]);
			continue;
		}
		hi = i + 2 < arg.n ? char_hex(arg.at[i + 1]) : -1;
		lo = i + 2 < arg.n ? char_hex(arg.at[i + 2]) : -1;
		if (hi < 0 || lo < 0 || hi * 16 + lo == 0)
			return STR("");
		if (hi * 16 + lo == '/') {
			text_addc(&t, '%');
			continue;
		}
		text_addc(&t, (char)(hi * 16 + lo));
		i += 2;
	}
	return or_empty(text_str(&t));
}

static struct str
to_base64(struct evaluation *v, struct str arg)
{
	struct text t = { .arena = v->r->arena };

	base64_encode(&t, arg);
	return or_empty(text_str(&t));
}

/* Up to the first NUL. */
static struct str
from_base64(struct evaluation *v, struct str arg)
{
	struct str out = base64_decode(v->r->arena, arg, NULL);
	ptrdiff_t nul = str_find(out, 0);

	return or_empty(nul < 0 ? out : str_first(out, (size_t)nul));
}

static struct str
to_md5(struct evaluation *v, struct str arg)
{
	char *hex = arena_alloc(v->r->arena, MD5_HEX_SIZE);

	md5_hex(arg, hex);
	return str_of(hex);
}

static struct str
to_sha1(struct evaluation *v, struct str arg)
{
	char *hex = arena_alloc(v->r->arena, SHA1_HEX_SIZE);

	sha1_hex(arg, hex);
	return str_of(hex);
}

/* Safe in names (RFC 4514) and in filters (RFC 4515) of directories. */
static struct str
to_ldap(struct evaluation *v, struct str arg)
{
	static const char special[] = "\"+,;<>\\*()";
	struct text t = { .arena = v->r->arena };

	for (size_t i = 0; i < arg.n; i++) {
		unsigned char c = (unsigned char)arg.at[i];

		if (c < ' ' || c >= 0x7f || strchr(special, c) != NULL)
			text_addf(&t, "\\%02x", c);
		else
			text_addc(&t, (char)c);
	}
	return or_empty(text_str(&t));
}

/* ---- Functions that read files ------------------------------------------- */

enum { FILE_SIZE_MAX = 10 * 1024 * 1024 };

static struct str
read_all(struct evaluation *v, int fd, const char *name)
{
	struct stat st;
	char *at;
	size_t n = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		expr_fail(v, "%s is no regular file", name);
		return STR_NONE;
	}
	if (st.st_size > FILE_SIZE_MAX) {
		expr_fail(v, "%s is larger than 10 megabytes", name);
		return STR_NONE;
	}
	at = arena_alloc(v->r->arena, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, at + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			expr_fail(v, "cannot read %s: %s", name,
			    strerror(errno));
			return STR_NONE;
		}
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return str_n(at, n);
}

static struct str
get_file(struct evaluation *v, struct str arg)
{
	const char *name = str_z(v->r->arena, arg);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct str all;

	request_once(v->r);
	if (fd < 0) {
		expr_fail(v, "cannot open %s: %s", name, strerror(errno));
		return STR_NONE;
	}
	all = read_all(v, fd, name);
	close(fd);
	return all;
}

static struct str
get_file_size(struct evaluation *v, struct str arg)
{
	struct stat st;

	request_saw_file(v->r, arg);
	request_timely(v->r);
	if (stat(str_z(v->r->arena, arg), &st) != 0 || !S_ISREG(st.st_mode))
		return STR("0");
	return str_fmt(v->r->arena, "%lld", (long long)st.st_size);
}

static const struct expr_function functions[] = {
	{ "req", get_field_and_vary },
	{ "http", get_field_and_vary },
	{ "req_novary", get_field },
	{ "resp", get_answer_field },
	{ "reqenv", get_request_env },
	{ "osenv", get_system_env },
	{ "note", get_note },
	{ "env", get_env },
	{ "tolower", to_lower },
	{ "toupper", to_upper },
	{ "escape", escape },
	{ "unescape", unescape },
	{ "base64", to_base64 },
	{ "unbase64", from_base64 },
	{ "md5", to_md5 },
	{ "sha1", to_sha1 },
	{ "ldap", to_ldap },
	{ "file", get_file },
	{ "filesize", get_file_size },
	{ 0 }
};

const struct expr_function *
expr_function_named(struct str name)
{
	for (const struct expr_function *f = functions; f->name != NULL; f++)
		if (str_is_nocase(name, f->name))
			return f;
	return NULL;
}

/* ---- Unary operators ----------------------------------------------------- */

static int
is_not_empty(struct evaluation *v, struct str arg)
{
	(void)v;
	return arg.n > 0;
}

static int
is_empty(struct evaluation *v, struct str arg)
{
	(void)v;
	return arg.n == 0;
}

static int
is_on(struct evaluation *v, struct str arg)
{
	(void)v;
	return arg.n > 0 && !str_is(arg, "0") && !str_is_nocase(arg, "off") &&
	    !str_is_nocase(arg, "false") && !str_is_nocase(arg, "no");
}

static bool
stated(struct evaluation *v, struct str arg, struct stat *st)
{
	request_saw_file(v->r, arg);
	return arg.n > 0 && stat(str_z(v->r->arena, arg), st) == 0;
}

static int
exists(struct evaluation *v, struct str arg)
{
	struct stat st;

	return stated(v, arg, &st);
}

static int
is_directory(struct evaluation *v, struct str arg)
{
	struct stat st;

	return stated(v, arg, &st) && S_ISDIR(st.st_mode);
}

static int
is_file(struct evaluation *v, struct str arg)
{
	struct stat st;

	return stated(v, arg, &st) && S_ISREG(st.st_mode);
}

static int
is_file_with_content(struct evaluation *v, struct str arg)
{
	struct stat st;

	request_timely(v->r);
	return stated(v, arg, &st) && S_ISREG(st.st_mode) && st.st_size > 0;
}

static int
is_link(struct evaluation *v, struct str arg)
{
	struct stat st;

	request_saw_file(v->r, arg);
	return arg.n > 0 && lstat(str_z(v->r->arena, arg), &st) == 0 &&
	    S_ISLNK(st.st_mode);
}

static int
is_executable(struct evaluation *v, struct str arg)
{
	struct stat st;

	request_timely(v->r);
	return stated(v, arg, &st) &&
	    (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
}

/*
 * A look-up may meet the same condition again, so that their number could grow
 * without end; it is counted for all requests made from one.
 */
enum { LOOKUPS_MAX = 100 };

static bool
may_look_up(struct evaluation *v)
{
	struct request *first = v->r;

	request_once(first);	/* a look-up may be about anything */
	while (first->main != NULL || first->prev != NULL)
		first = first->main != NULL ? first->main : first->prev;
	if (first->expr_lookups++ < LOOKUPS_MAX)
		return true;
	expr_fail(v, "more than %d look-ups by -U and -F for one request",
	    LOOKUPS_MAX);
	return false;
}

static int
is_reachable(struct evaluation *v, struct str arg)
{
	struct str base = v->r->path;

	if (!may_look_up(v))
		return -1;
	if (!str_starts(arg, STR("/"))) {
		base = str_first(base, (size_t)(str_rfind(base, '/') + 1));
		arg = str_fmt(v->r->arena, "%.*s%.*s", STR_ARGS(base),
		    STR_ARGS(arg));
	}
	return request_lookup(v->r, arg)->status < 400;
}

static int
is_reachable_file(struct evaluation *v, struct str arg)
{
	const struct request *there;

	if (!may_look_up(v))
		return -1;
	there = request_lookup_file(v->r, str_z(v->r->arena, arg));
	return there->status < 400 && there->found.kind == FOUND_FILE &&
	    there->path_info.n == 0;
}

static const struct expr_unary unaries[] = {
	{ 'n', is_not_empty }, { 'z', is_empty }, { 'T', is_on },
	{ 'e', exists }, { 'd', is_directory }, { 'f', is_file },
	{ 's', is_file_with_content }, { 'L', is_link }, { 'h', is_link },
	{ 'x', is_executable }, { 'F', is_reachable_file },
	{ 'U', is_reachable }, { 'A', is_reachable }, { 0 }
};

const struct expr_unary *
expr_unary_named(char letter)
{
	for (const struct expr_unary *u = unaries; u->letter != 0; u++)
		if (u->letter == letter)
			return u;
	return NULL;
}

/* ---- Binary operators ---------------------------------------------------- */

static int
glob_matches(struct evaluation *v, struct str left, struct str right)
{
	(void)v;
	return str_glob(right, left, false, false);
}

static int
glob_matches_nocase(struct evaluation *v, struct str left, struct str right)
{
	(void)v;
	return str_glob(right, left, false, true);
}

static int
glob_matches_path(struct evaluation *v, struct str left, struct str right)
{
	(void)v;
	return str_glob(right, left, true, false);
}

static const struct expr_binary binaries[] = {
	{ "strmatch", glob_matches },
	{ "strcmatch", glob_matches_nocase },
	{ "fnmatch", glob_matches_path },
	{ 0 }
};

const struct expr_binary *
expr_binary_named(struct str name)
{
	for (const struct expr_binary *b = binaries; b->name != NULL; b++)
		if (str_is_nocase(name, b->name))
			return b;
	return NULL;
}
