/*
 * sandbox.c - see sandbox.h.
 *
 * A rule holds for the very file or directory that was there when the ruleset
 * was made.  To make one takes some hundred system calls, so rulesets are kept;
 * before one is used again, each of its paths is looked at, and when something
 * else is there by now (an upgrade, a deployment), it is made anew.
 */
#include <sys/stat.h>

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/landlock.h"
#include "base/str.h"
#include "base/text.h"
#include "script/sandbox.h"

enum {
	KEPT_MAX	= 32,
	KEPT_MS		= 10000,	/* patterns are looked up again */
};

#define R	LANDLOCK_READ
#define X	(LANDLOCK_READ | LANDLOCK_EXEC)
#define W	(LANDLOCK_READ | LANDLOCK_WRITE)

const char *const sandbox_words[] = {
	"Program", "Shell", "Perl", "Python", "PHP", "Git", "Tmp", NULL
};

static const struct {
	unsigned	 preset;
	unsigned	 access;
	const char	*paths;		/* patterns, between spaces */
} presets[] = {
	{ SANDBOX_PROGRAM, R, "/lib /lib32 /lib64 /usr/lib /usr/lib32 "
	    "/usr/lib64 /usr/libexec /usr/local/lib /usr/local/lib64 "
	    "/etc/ld.so.cache /etc/ld-musl-*.path" },
	{ SANDBOX_PROGRAM, X, "/lib/ld-* /lib64/ld-* /lib/*-linux-*/ld-*" },
	{ SANDBOX_PROGRAM, R, "/usr/share/locale /usr/share/zoneinfo "
	    "/etc/localtime /etc/timezone /etc/locale.alias" },
	{ SANDBOX_PROGRAM, R, "/dev/random /dev/urandom" },
	{ SANDBOX_PROGRAM, W, "/dev/null /dev/zero /dev/full" },
	{ SANDBOX_SHELL, X, "/bin /usr/bin /usr/local/bin" },
	{ SANDBOX_SHELL, R, "/usr/share/terminfo /usr/share/awk "
	    "/usr/share/misc /etc/terminfo" },
	{ SANDBOX_PERL, X, "/bin/perl* /usr/bin/perl* /usr/local/bin/perl* "
	    "/usr/bin/env" },
	{ SANDBOX_PERL, R, "/etc/perl /usr/share/perl /usr/share/perl5 "
	    "/usr/local/share/perl /usr/local/share/perl5" },
	{ SANDBOX_PYTHON, X, "/bin/python* /usr/bin/python* "
	    "/usr/local/bin/python* /usr/bin/env" },
	{ SANDBOX_PYTHON, R, "/etc/python* /usr/share/python*" },
	{ SANDBOX_PHP, X, "/bin/php* /usr/bin/php* /usr/local/bin/php* "
	    "/usr/bin/env" },
	{ SANDBOX_PHP, R, "/etc/php* /usr/share/php* /usr/local/etc/php* "
	    "/var/lib/php/modules" },
	/* Its cache makes a lock there, or does not let it start. */
	{ SANDBOX_UPLOADS, LANDLOCK_FILES | LANDLOCK_WRITE,
	    "/tmp /var/lib/php/sessions" },
	{ SANDBOX_GIT, X, "/bin/git* /usr/bin/git* /usr/local/bin/git* "
	    "/usr/lib/git-core /usr/libexec/git-core" },
	{ SANDBOX_GIT, R, "/etc/gitconfig /usr/share/git-core "
	    "/usr/share/gitweb /etc/gitweb.conf" },
	{ SANDBOX_TMP, W, "/tmp /var/tmp" },
	{ SANDBOX_NAMES, R, "/etc/hosts /etc/host.conf /etc/resolv.conf "
	    "/etc/nsswitch.conf /etc/gai.conf /etc/services /etc/protocols "
	    "/run/systemd/resolve /etc/ssl /etc/pki /etc/ca-certificates "
	    "/usr/share/ca-certificates" },
};
enum { N_PRESETS = sizeof(presets) / sizeof(presets[0]) };

struct rule {
	const char	*path;
	bool		 there;
	dev_t		 dev;
	ino_t		 ino;
};

struct kept {
	struct arena	*arena;		/* NULL: free */
	struct str	 key;
	int		 fd;
	struct vec	 rules;		/* struct rule * */
	int64_t		 made_ms, used_ms;
};
static struct kept kept[KEPT_MAX];

/* ---- Making -------------------------------------------------------------- */

/* What is not there cannot be reached; should it come, the ruleset is made
 * anew. */
static int
add_rule(struct kept *k, const char *path, unsigned access)
{
	struct rule *rule = arena_one(k->arena, struct rule);
	struct stat st;

	rule->path = str_z(k->arena, str_of(path));
	vec_add(k->arena, &k->rules, rule);
	if (landlock_allow(k->fd, path, access, &st) == -1)
		return errno == ENOENT || errno == ENOTDIR ||
		    errno == EACCES ? 0 : -1;
	rule->there = true;
	rule->dev = st.st_dev;
	rule->ino = st.st_ino;
	return 0;
}

static int
add_pattern(struct kept *k, const char *pattern, unsigned access)
{
	glob_t found;
	int result = 0;

	if (!str_has_glob(str_of(pattern)))
		return add_rule(k, pattern, access);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
		result = add_rule(k, found.gl_pathv[i], access);
	globfree(&found);
	return result;
}

static int
add_presets(struct kept *k, unsigned bits)
{
	struct str rest, word;

	for (size_t i = 0; i < N_PRESETS; i++) {
		if (!(presets[i].preset & bits))
			continue;
		rest = str_of(presets[i].paths);
		while (str_word(&rest, &word))
			if (add_pattern(k, str_z(k->arena, word),
			    presets[i].access) == -1)
				return -1;
	}
	return 0;
}

static int
add_paths(struct kept *k, const struct vec *paths, unsigned access)
{
	for (size_t i = 0; i < paths->n; i++)
		if (add_rule(k, paths->at[i], access) == -1)
			return -1;
	return 0;
}

static void
forget(struct kept *k)
{
	if (k->arena != NULL)
		arena_end(k->arena);
	*k = (struct kept){ 0 };
}

static int
make(struct kept *k, const struct sandbox *s, struct str key)
{
	int error;

	forget(k);
	k->arena = arena_new();
	k->key = str_copy(k->arena, key);
	k->made_ms = clock_ms();
	k->fd = landlock_new(s->tcp);
	if (k->fd != -1)
		arena_owns_fd(k->arena, k->fd);
	if (k->fd != -1 && add_presets(k, s->presets) == 0 &&
	    add_rule(k, s->directory, X) == 0 &&
	    add_paths(k, s->read, R) == 0 &&
	    add_paths(k, s->write, W) == 0 &&
	    add_paths(k, s->exec, X) == 0)
		return 0;
	error = errno;
	forget(k);
	errno = error;
	return -1;
}

/* ---- Keeping ------------------------------------------------------------- */

static void
key_paths(struct text *t, char kind, const struct vec *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		text_addc(t, kind);
		text_addz(t, paths->at[i]);
		text_addc(t, '\0');
	}
}

static struct str
key_of(const struct sandbox *s, struct arena *a)
{
	struct text t = { .arena = a };

	text_addf(&t, "%u %d %s", s->presets, s->tcp, s->directory);
	text_addc(&t, '\0');
	key_paths(&t, 'r', s->read);
	key_paths(&t, 'w', s->write);
	key_paths(&t, 'x', s->exec);
	return text_str(&t);
}

static bool
still_holds(const struct kept *k)
{
	const struct rule *rule;
	struct stat st;
	bool there;

	if (clock_ms() - k->made_ms >= KEPT_MS)
		return false;
	for (size_t i = 0; i < k->rules.n; i++) {
		rule = k->rules.at[i];
		there = stat(rule->path, &st) == 0;
		if (there != rule->there || (there &&
		    (st.st_dev != rule->dev || st.st_ino != rule->ino)))
			return false;
	}
	return true;
}

/* The one with this key, or the one that can best be missed. */
static struct kept *
find(struct str key)
{
	struct kept *oldest = &kept[0];

	for (struct kept *k = kept; k < kept + KEPT_MAX; k++) {
		if (k->arena != NULL && str_eq(k->key, key))
			return k;
		if (k->used_ms < oldest->used_ms)
			oldest = k;
	}
	return oldest;
}

int
sandbox_ruleset(const struct sandbox *s)
{
	struct arena *a = arena_new();
	struct str key = key_of(s, a);
	struct kept *k = find(key);
	int result = 0;

	if (k->arena == NULL || !str_eq(k->key, key) || !still_holds(k))
		result = make(k, s, key);
	if (result == 0) {
		k->used_ms = clock_ms();
		result = k->fd;
	}
	arena_end(a);
	return result;
}
