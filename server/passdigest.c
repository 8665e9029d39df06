/*
 * passdigest.c - see passwd.h: htdigest.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/md5.h"
#include "base/text.h"
#include "passfile.h"
#include "passwd.h"
#include "prompt.h"

enum { TROUBLE = 1, PASSWORD_ROOM = 258 };

static int
usage(void)
{
	fprintf(stderr, "Usage: htdigest [-c] passwordfile realm username\n"
	    "The -c flag creates a new file.\n");
	return TROUBLE;
}

static bool
is_fit(const char *what, const char *z)
{
	if (strpbrk(z, ":\r\n") == NULL)
		return true;
	fprintf(stderr, "htdigest: the %s must not have a colon or an end of "
	    "a line in it\n", what);
	return false;
}

/* "USER:REALM:" before a password. */
static bool
is_of(struct str line, const char *user, const char *realm)
{
	struct str name, of;

	return str_cut(&line, ':', &name) && str_is(name, user) &&
	    str_cut(&line, ':', &of) && str_is(of, realm);
}

static int
ask(char password[PASSWORD_ROOM])
{
	char again[PASSWORD_ROOM];

	if (!prompt_password("New password: ", password, PASSWORD_ROOM,
	    TROUBLE) || !prompt_password("Re-type new password: ", again,
	    PASSWORD_ROOM, TROUBLE)) {
		fprintf(stderr, "password too long\n");
		return -1;
	}
	if (strcmp(password, again) == 0)
		return 0;
	fprintf(stderr, "They don't match, sorry.\n");
	return -1;
}

/* The file's text with the user's line in it, in place of an old one. */
static struct str
edit(struct arena *a, struct str old, const char *user, const char *realm,
    const char *password)
{
	struct text new = { .arena = a };
	char digest[MD5_HEX_SIZE];
	bool found = false;
	struct str line;

	md5_hex(str_fmt(a, "%s:%s:%s", user, realm, password), digest);
	while (str_cut(&old, '\n', &line)) {
		bool mine = is_of(line, user, realm);

		if (mine && !found)
			text_addf(&new, "%s:%s:%s\n", user, realm, digest);
		else if (!mine)
			text_addf(&new, "%.*s\n", STR_ARGS(line));
		found |= mine;
	}
	if (!found)
		text_addf(&new, "%s:%s:%s\n", user, realm, digest);
	return text_str(&new);
}

static bool
is_known(struct str text, const char *user, const char *realm)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		if (is_of(line, user, realm))
			return true;
	return false;
}

/* The lock is not kept while somebody thinks about a password. */
static int
announce(struct arena *a, const char *path, bool create, const char *user,
    const char *realm)
{
	struct passfile *f = passfile_open(a, path, create);

	if (f == NULL && create) {
		fprintf(stderr, "Could not open passwd file %s for writing: "
		    "%s\n", path, strerror(errno));
		return -1;
	}
	if (f == NULL) {
		fprintf(stderr, "Could not open passwd file %s for reading.\n"
		    "Use -c option to create new one.\n", path);
		return -1;
	}
	if (create)
		fprintf(stderr, "Adding password for %s in realm %s.\n", user,
		    realm);
	else if (is_known(passfile_text(f), user, realm))
		fprintf(stderr, "Changing password for user %s in realm %s\n",
		    user, realm);
	else
		fprintf(stderr, "Adding user %s in realm %s\n", user, realm);
	passfile_close(f);
	return 0;
}

static int
work(struct arena *a, bool create, char **words)
{
	const char *path = words[0], *realm = words[1], *user = words[2];
	char password[PASSWORD_ROOM];
	struct passfile *f;
	int failed;

	if (!is_fit("realm", realm) || !is_fit("username", user) ||
	    announce(a, path, create, user, realm) == -1 ||
	    ask(password) == -1)
		return TROUBLE;
	f = passfile_open(a, path, create);
	failed = f == NULL || passfile_replace(f, edit(a, passfile_text(f),
	    user, realm, password)) == -1;
	if (failed)
		fprintf(stderr, "Could not write passwd file %s: %s\n", path,
		    strerror(errno));
	if (f != NULL)
		passfile_close(f);
	return failed ? TROUBLE : 0;
}

int
passdigest_main(int argc, char **argv)
{
	bool create = argc == 5 && strcmp(argv[1], "-c") == 0;
	struct arena *a;
	int status;

	if (!create && argc != 4)
		return usage();
	a = arena_new();
	status = work(a, create, argv + 1 + create);
	arena_end(a);
	return status;
}
