/*
 * refusal.c - why a program could not be started, in words that name the
 * remedy.
 *
 * The kernel says only "no such file" or "permission denied", and that of the
 * program as well as of whatever the program needs.  So we look ourselves.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "script/refusal.h"

#define HERE	"/bin/true"	/* a program that surely runs here */
#define ELF	"\177ELF"

/* Linux takes 32 pages for one variable; where there is no such bound, none is
 * that long. */
enum { VARIABLE_MAX = 128 * 1024 };

/* The first bytes of a file; how many there are. */
static size_t
peek(const char *path, char *room, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = fd < 0 ? 0 : read(fd, room, n);

	if (fd >= 0)
		close(fd);
	memset(room + (got > 0 ? got : 0), 0, n - (got > 0 ? (size_t)got : 0));
	return got > 0 ? (size_t)got : 0;
}

static bool
is_noexec(const char *path)
{
#ifdef ST_NOEXEC
	struct statvfs v;

	return statvfs(path, &v) == 0 && (v.f_flag & ST_NOEXEC) != 0;
#else
	(void)path;
	return false;
#endif
}

/* Magic number, class and byte order come first in all ELF files, and the
 * machine is always at the same place. */
static bool
is_foreign(const char *elf)
{
	char ours[20];

	return peek(HERE, ours, sizeof(ours)) == sizeof(ours) &&
	    memcmp(ours, ELF, 4) == 0 &&
	    (memcmp(ours + 4, elf + 4, 2) != 0 ||
	    memcmp(ours + 18, elf + 18, 2) != 0);
}

/* What keeps a file from being run at all; NULL: nothing that we can see. */
static const char *
explain_file(const struct request *r, const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return str_zfmt(r->arena, "%s is not there: %s", what, path);
	if (!S_ISREG(st.st_mode))
		return str_zfmt(r->arena, "%s is no regular file: %s", what,
		    path);
	if (is_noexec(path))
		return str_zfmt(r->arena, "%s is on a file system that is "
		    "mounted with noexec: %s", what, path);
	if ((st.st_mode & 0111) == 0)
		return str_zfmt(r->arena, "%s is not executable: chmod +x %s",
		    what, path);
	if (access(path, X_OK) != 0)
		return str_zfmt(r->arena, "%s may not be executed by the "
		    "server's user: %s", what, path);
	return NULL;
}

/* The line behind "#!", with a NUL at its end or the end of what was read. */
static const char *
explain_script(const struct request *r, char *line, bool whole)
{
	size_t n = strcspn(line, "\n");
	const char *why;

	if (n > 0 && line[n - 1] == '\r')
		return "its #! line ends in a carriage return: the file has "
		    "DOS line ends";
	if (line[n] == 0 && !whole)
		return "its #! line is too long";
	line[n] = 0;
	line += strspn(line, " \t");
	line[strcspn(line, " \t")] = 0;
	if (line[0] == 0)
		return "its #! line names no program";
	if (line[0] != '/')
		return str_zfmt(r->arena, "its #! line must name a program "
		    "from / on: %s", line);
	why = explain_file(r, "the program that its #! line names", line);
	return why != NULL ? why : str_zfmt(r->arena, "the program that its "
	    "#! line names cannot be run: %s", line);
}

/* The program itself is there, and can be executed: what is in it? */
static const char *
explain_content(const struct request *r, const char *path, int error)
{
	char room[257];
	size_t n = peek(path, room, sizeof(room) - 1);

	room[n] = 0;
	if (strncmp(room, "#!", 2) == 0)
		return explain_script(r, room + 2, n < sizeof(room) - 1);
	if (strncmp(room, "\xef\xbb\xbf#!", 5) == 0)
		return "a byte order mark stands before its #! line: save it "
		    "without";
	if (memcmp(room, ELF, 4) == 0) {
		if (is_foreign(room))
			return "it is a program for another kind of "
			    "processor";
		if (error == ENOENT)
			return "the loader or a library that it needs is not "
			    "there: see ldd";
	}
	if (error == ETXTBSY)
		return "it is just being written";
	if (n == 0)
		return "it is empty";
	return error == ENOEXEC ? "it has no #! line and is no program" :
	    "it could not be run";
}

/* ---- Too large to be started --------------------------------------------- */

/* Where a variable comes from, and with what its client is told so. */
enum origin { OF_FIELDS, OF_TARGET, OF_OURSELVES, N_ORIGINS };

static const int statuses[N_ORIGINS] = { 431, 414, 500 };

static enum origin
origin_of(const char *variable)
{
	static const struct {
		const char	*prefix;
		enum origin	 origin;
	} known[] = {
		{ "HTTP_", OF_FIELDS },
		{ "CONTENT_TYPE=", OF_FIELDS },
		{ "REQUEST_URI=", OF_TARGET },
		{ "QUERY_STRING=", OF_TARGET },
		{ "PATH_INFO=", OF_TARGET },
		{ "PATH_TRANSLATED=", OF_TARGET },
		{ "SCRIPT_U", OF_TARGET },	/* _URL, _URI */
		{ "REDIRECT_QUERY_STRING=", OF_TARGET },
		{ "REDIRECT_URL=", OF_TARGET },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(variable, known[i].prefix,
		    strlen(known[i].prefix)) == 0)
			return known[i].origin;
	return OF_OURSELVES;
}

/* Whose bytes are the most. */
static enum origin
origin_of_most(char *const *envp)
{
	size_t bytes[N_ORIGINS] = { 0 };
	enum origin most = OF_OURSELVES;

	for (; *envp != NULL; envp++)
		bytes[origin_of(*envp)] += strlen(*envp);
	for (int i = 0; i < N_ORIGINS; i++)
		if (bytes[i] > bytes[most])
			most = (enum origin)i;
	return most;
}

int
refusal_of_size(const struct request *r, char *const *envp, const char **why)
{
	const char *longest = "";
	size_t n = 0, all = 0;

	for (char *const *z = envp; *z != NULL; z++) {
		size_t own = strlen(*z) + 1;

		all += own;
		if (own > n) {
			longest = *z;
			n = own;
		}
	}
	if (n >= VARIABLE_MAX) {
		*why = str_zfmt(r->arena, "its environment variable %.*s is "
		    "too long for this system: %zu bytes",
		    (int)strcspn(longest, "="), longest, n);
		return statuses[origin_of(longest)];
	}
	*why = str_zfmt(r->arena, "its environment and its arguments are too "
	    "long for this system: %zu bytes in all, the longest in %.*s",
	    all, (int)strcspn(longest, "="), longest);
	return statuses[origin_of_most(envp)];
}

/* ---- All reasons --------------------------------------------------------- */

static const char *
explain(const struct request *r, const struct os_program *p, const char *step,
    int error)
{
	const char *why;

	if (strcmp(step, "chdir") == 0)
		return "its directory cannot be entered";
	if (strcmp(step, "look") == 0)
		return "another file was put in its place just now";
	if (strcmp(step, "spawner") == 0)
		return "there is no spawner to run it as another user";
	if (strcmp(step, "setrlimit") == 0)
		return "its RLimit directives cannot be obeyed";
	if (strcmp(step, "landlock") == 0 || strcmp(step, "seccomp") == 0 ||
	    strcmp(step, "no_new_privs") == 0 || strcmp(step, "capset") == 0)
		return str_zfmt(r->arena, "it could not be confined (%s)",
		    step);
	if (strcmp(step, "exec") != 0)
		return "the system could not start a process";
	why = explain_file(r, "it", p->path);
	if (why == NULL && error == EACCES && p->confine != NULL &&
	    p->confine->ruleset != -1)
		return "its CGISandbox does not let it run, or not the "
		    "program that its #! line names";
	return why != NULL ? why : explain_content(r, p->path, error);
}

int
refusal_of_start(const struct request *r, const struct os_program *p,
    const char *step, int error, const char **why)
{
	int status = 0;

	if (error == E2BIG || error == EMSGSIZE)
		status = refusal_of_size(r, p->envp, why);
	else
		*why = explain(r, p, step, error);
	request_log(r, LEVEL_ERROR, "cgi", error, "script %s could not be "
	    "started: %s", p->path, *why);
	if (status != 0)
		return status;
	return error == EAGAIN || error == ENOTCONN || error == ENOMEM ||
	    error == EMFILE ||
	    error == ENFILE ? 503 : 500;
}

int
refusal_of_confinement(const struct request *r, const struct os_program *p,
    const char *why, int error)
{
	request_log(r, LEVEL_ERROR, "cgi", error, "script %s must not run "
	    "without its confinement: %s", p->path, why);
	return 500;
}
