/*
 * passwd.c - see passwd.h: htpasswd.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/apr1.h"
#include "base/arena.h"
#include "base/bcrypt.h"
#include "base/os.h"
#include "base/password.h"
#include "base/text.h"
#include "passfile.h"
#include "passwd.h"
#include "prompt.h"

/* htpasswd's exit codes. */
enum { FILE_TROUBLE = 1, BAD_SYNTAX, MISMATCH, INTERRUPTED, TOO_LONG, BAD_USER,
	INVALID_FILE };

enum { NAME_MAX_BYTES = 255, PASSWORD_MAX_BYTES = 256, COST = 5,
	COST_MAX = 17, ROUNDS = 5000, ROUNDS_MIN = 1000,
	ROUNDS_MAX = 999999999 };

struct passwd {
	struct arena	*arena;
	const char	*program;
	bool		 create, show, verify, remove;	/* -c -n -v -D */
	char		 source;		/* 'b', 'i'; 0: ask */
	char		 algorithm;		/* m B 2 5 d s p */
	unsigned	 cost, rounds;		/* 0: not given */
	const char	*path, *user;
	char		 password[PASSWORD_MAX_BYTES + 2];
	char		*hash;
};

static int
usage(const struct passwd *p)
{
	const char *z = p->program;

	fprintf(stderr, "Usage:\n"
"\t%s [-cimB25dpsDv] [-C cost] [-r rounds] passwordfile username\n"
"\t%s -b[cmB25dpsDv] [-C cost] [-r rounds] passwordfile username password\n\n"
"\t%s -n[imB25dps] [-C cost] [-r rounds] username\n"
"\t%s -nb[mB25dps] [-C cost] [-r rounds] username password\n"
" -c  Make a new file.\n"
" -n  Show the line instead of changing a file.\n"
" -b  The password is the last argument, where others may see it.\n"
" -i  Read the password from standard input, once.\n"
" -m  MD5, a thousand times over (default).\n"
" -2  SHA-256 of crypt(3).\n"
" -5  SHA-512 of crypt(3).\n"
" -B  bcrypt: the one to choose.\n"
" -C  The cost of bcrypt, from 4 to 17 (default: 5).\n"
" -r  The rounds of SHA-256 and SHA-512 (default: 5000).\n"
" -d  DES of crypt(3): 8 characters count, not safe.\n"
" -s  SHA-1, not safe.\n"
" -p  The password as it is, which the server does not take.\n"
" -D  Delete the user.\n"
" -v  Is this the user's password?\n", z, z, z, z);
	return BAD_SYNTAX;
}

/* "PROGRAM: MESSAGE"; returns status. */
static int
complain(const struct passwd *p, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
complain(const struct passwd *p, int status, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", p->program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	return status;
}

/* ---- Options ------------------------------------------------------------- */

static bool
read_count(const char *z, unsigned *out)
{
	uint64_t n;

	if (!str_number(str_of(z), 10, INT32_MAX, &n) || n == 0)
		return false;
	*out = (unsigned)n;
	return true;
}

static int
read_option(struct passwd *p, int option)
{
	switch (option) {
	case 'c':
		p->create = true;
		return 0;
	case 'n':
		p->show = true;
		return 0;
	case 'v':
		p->verify = true;
		return 0;
	case 'D':
		p->remove = true;
		return 0;
	case 'b': case 'i':
		p->source = (char)option;
		return 0;
	case 'm': case 'B': case '2': case '5': case 'd': case 's': case 'p':
		p->algorithm = (char)option;
		return 0;
	case 'C': case 'r':
		if (read_count(optarg, option == 'C' ? &p->cost : &p->rounds))
			return 0;
		return complain(p, BAD_SYNTAX, "argument to -C/-r must be a "
		    "positive integer");
	case ':':
		complain(p, 0, "option requires an argument -- %c", optopt);
		return usage(p);
	default:
		complain(p, 0, "illegal option -- %c", optopt);
		return usage(p);
	}
}

static int
read_options(struct passwd *p, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	while ((option = getopt(argc, argv, ":cnmspdBbDi25C:r:v")) != -1) {
		status = read_option(p, option);
		if (status != 0)
			return status;
	}
	if (p->create + p->show + p->verify + p->remove > 1)
		return complain(p, BAD_SYNTAX, "only one of -c -n -v -D may "
		    "be specified");
	if (p->algorithm == 'p')
		fprintf(stderr, "Warning: storing passwords as plain text "
		    "might just not work on this platform.\n");
	if ((p->cost != 0 && p->algorithm != 'B') || (p->rounds != 0 &&
	    p->algorithm != '2' && p->algorithm != '5'))
		fprintf(stderr, "Warning: Ignoring -C/-r argument for this "
		    "algorithm.\n");
	return 0;
}

static bool
is_fit_name(const char *z)
{
	for (; *z != 0; z++)
		if (*z == ':' || *z == '\n' || *z == '\r')
			return false;
	return true;
}

static int
read_words(struct passwd *p, int argc, char **argv)
{
	int wanted = 2 - p->show + (p->source == 'b');

	if (argc != wanted)
		return usage(p);
	if (!p->show)
		p->path = *argv++;
	p->user = *argv++;
	if (strlen(p->user) > NAME_MAX_BYTES)
		return complain(p, TOO_LONG, "username too long (> %d)",
		    NAME_MAX_BYTES);
	if (!is_fit_name(p->user))
		return complain(p, BAD_USER, strchr(p->user, ':') != NULL ?
		    "username contains illegal character ':'" :
		    "username contains an end of a line");
	if (p->source != 'b')
		return 0;
	if (strlen(*argv) > PASSWORD_MAX_BYTES)
		return complain(p, TOO_LONG, "password too long (> %d)",
		    PASSWORD_MAX_BYTES);
	strcpy(p->password, *argv);
	return 0;
}

/* ---- The password -------------------------------------------------------- */

static int
ask_twice(struct passwd *p)
{
	char again[sizeof(p->password)];

	if (!prompt_password("New password: ", p->password,
	    sizeof(p->password), INTERRUPTED) ||
	    !prompt_password("Re-type new password: ", again, sizeof(again),
	    INTERRUPTED))
		return complain(p, TOO_LONG, "password too long (> %d)",
		    PASSWORD_MAX_BYTES);
	if (strcmp(p->password, again) != 0)
		return complain(p, MISMATCH, "password verification error");
	return 0;
}

static int
get_password(struct passwd *p)
{
	bool fits;

	if (p->source == 'b')
		return 0;
	if (p->source == 0 && !p->verify)
		return ask_twice(p);
	if (p->source == 'i')
		fits = prompt_line(p->password, sizeof(p->password));
	else
		fits = prompt_password("Enter password: ", p->password,
		    sizeof(p->password), INTERRUPTED);
	return fits ? 0 : complain(p, TOO_LONG, "password too long (> %d)",
	    PASSWORD_MAX_BYTES);
}

/* n random letters of crypt(3)'s alphabet. */
static char *
salt(struct passwd *p, size_t n)
{
	char *out = arena_alloc(p->arena, n + 1);
	unsigned char random;

	for (size_t i = 0; i < n; i++) {
		os_random(&random, 1);
		apr1_letters(random & 63, 1, out + i);
	}
	return out;
}

static char *
hash_bcrypt(struct passwd *p)
{
	unsigned cost = p->cost != 0 ? p->cost : COST;
	char setting[BCRYPT_SIZE], *out = arena_alloc(p->arena, BCRYPT_SIZE);
	unsigned char random[BCRYPT_SALT_SIZE];

	if (cost < BCRYPT_COST_MIN || cost > COST_MAX)
		return NULL;
	os_random(random, sizeof(random));
	bcrypt_setting(cost, random, setting);
	return bcrypt_hash(p->password, setting, out) ? out : NULL;
}

static char *
hash_sha2(struct passwd *p)
{
	unsigned rounds = p->rounds != 0 ? p->rounds : ROUNDS;
	const char *z = salt(p, 16);
	char kind = p->algorithm == '2' ? '5' : '6';

	if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX)
		return NULL;
	return password_crypt(p->arena, p->password, rounds == ROUNDS ?
	    str_zfmt(p->arena, "$%c$%s", kind, z) :
	    str_zfmt(p->arena, "$%c$rounds=%u$%s", kind, rounds, z));
}

static char *
hash_of(struct passwd *p)
{
	char *out;

	switch (p->algorithm) {
	case 'B':
		return hash_bcrypt(p);
	case '2': case '5':
		return hash_sha2(p);
	case 'd':
		if (strlen(p->password) > 8)
			fprintf(stderr, "Warning: Password truncated to 8 "
			    "characters by CRYPT algorithm.\n");
		return password_crypt(p->arena, p->password, salt(p, 2));
	case 's':
		return password_sha(p->arena, p->password);
	case 'p':
		return p->password;
	default:
		out = arena_alloc(p->arena, APR1_SIZE);
		apr1_hash(p->password, str_zfmt(p->arena, "$apr1$%s$",
		    salt(p, 8)), out);
		return out;
	}
}

static int
make_hash(struct passwd *p)
{
	int status = get_password(p);

	if (status != 0 || p->verify)
		return status;
	p->hash = hash_of(p);
	if (p->hash != NULL)
		return 0;
	if (p->algorithm != 'B' && !password_has_crypt())
		return complain(p, MISMATCH, "Unable to encode with crypt: "
		    "this system has none; use -B");
	return complain(p, MISMATCH, "Unable to encode with %s: Invalid "
	    "argument", p->algorithm == 'B' ? "bcrypt" : "crypt");
}

/* ---- The file ------------------------------------------------------------ */

static int
look_at_file(const struct passwd *p)
{
	const char *slash = strrchr(p->path, '/');
	const char *dir = slash == NULL ? "." : str_z(p->arena,
	    str_n(p->path, (size_t)(slash - p->path) + 1));

	if (access(p->path, F_OK) == 0)
		return access(p->path, R_OK | W_OK) == 0 ? 0 : complain(p,
		    FILE_TROUBLE, "cannot open file %s for read/write access",
		    p->path);
	if (!p->create)
		return complain(p, FILE_TROUBLE, "cannot modify file %s; use "
		    "'-c' to create it", p->path);
	return access(dir, W_OK | X_OK) == 0 ? 0 : complain(p, FILE_TROUBLE,
	    "cannot create file %s", p->path);
}

static bool
is_passed_over(struct str line)
{
	line = str_trim(line);
	return line.n == 0 || line.at[0] == '#' || line.at[0] == '\r';
}

static int
verify(const struct passwd *p, struct str rest)
{
	struct str hash = STR("");

	while (rest.n > 0 && strchr("\r \t", rest.at[rest.n - 1]) != NULL)
		rest.n--;
	str_cut(&rest, ':', &hash);
	if (password_check(str_z(p->arena, hash), p->password) ==
	    PASSWORD_RIGHT) {
		fprintf(stderr, "Password for user %s correct.\n", p->user);
		return 0;
	}
	fprintf(stderr, "password verification failed\n");
	return MISMATCH;
}

/* Go through the lines of old, and write those of the new file. */
static int
edit(struct passwd *p, struct str old, struct text *new, bool *found)
{
	struct str line, name;

	while (str_cut(&old, '\n', &line)) {
		if (is_passed_over(line)) {
			text_add(new, line);
			text_addc(new, '\n');
			continue;
		}
		if (str_find(line, ':') < 0)
			return complain(p, INVALID_FILE, "The file %s does not "
			    "appear to be a valid htpasswd file.", p->path);
		name = str_first(line, (size_t)str_find(line, ':'));
		if (!str_is(name, p->user)) {
			text_add(new, line);
			text_addc(new, '\n');
			continue;
		}
		if (p->verify) {
			*found = true;
			return verify(p, str_from(line, name.n + 1));
		}
		if (!p->remove && !*found)
			text_addf(new, "%s:%s\n", p->user, p->hash);
		*found = true;
	}
	return 0;
}

static int
change(struct passwd *p, struct passfile *f)
{
	struct text new = { .arena = p->arena };
	bool found = false;
	int status = edit(p, passfile_text(f), &new, &found);

	if (status != 0 || (p->verify && found))
		return status;
	if (!found && (p->verify || p->remove)) {
		fprintf(stderr, "User %s not found\n", p->user);
		return p->verify ? BAD_USER : 0;
	}
	if (!found)
		text_addf(&new, "%s:%s\n", p->user, p->hash);
	if (passfile_replace(f, text_str(&new)) == -1)
		return complain(p, FILE_TROUBLE, "unable to update file %s: "
		    "%s", p->path, strerror(errno));
	fprintf(stderr, "%s password for user %s\n", p->remove ? "Deleting" :
	    found ? "Updating" : "Adding", p->user);
	return 0;
}

static int
work(struct passwd *p)
{
	struct passfile *f;
	int status = p->show ? 0 : look_at_file(p);

	if (status == 0 && !p->remove)
		status = make_hash(p);
	if (status != 0)
		return status;
	if (p->show) {
		printf("%s:%s\n\n", p->user, p->hash);
		return 0;
	}
	f = passfile_open(p->arena, p->path, p->create);
	if (f == NULL)
		return complain(p, FILE_TROUBLE, "cannot %s file %s: %s",
		    p->create ? "create" : "open", p->path, strerror(errno));
	status = change(p, f);
	passfile_close(f);
	return status;
}

/* argv[0] is the program's name. */
static int
htpasswd(const char *program, int argc, char **argv)
{
	struct passwd p = { .arena = arena_new(), .program = program };
	int status = read_options(&p, argc, argv);

	if (status == 0)
		status = read_words(&p, argc - optind, argv + optind);
	if (status == 0)
		status = work(&p);
	arena_end(p.arena);
	return status;
}

int
passwd_main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];

	if (strcmp(name, "htpasswd") == 0)
		return htpasswd(name, argc, argv);
	if (strcmp(name, "htdigest") == 0)
		return passdigest_main(argc, argv);
	if (argc < 2 || strcmp(argv[1], "passwd") != 0)
		return -1;
	if (argc > 2 && strcmp(argv[2], "--digest") == 0)
		return passdigest_main(argc - 2, argv + 2);
	return htpasswd("forkful passwd", argc - 1, argv + 1);
}
