/*
 * refusal.c - why a program could not be started, in words that name the
 * remedy.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "serve/refusal.h"

/* The program itself is there: what is wrong with it? */
static const char *
explain_exec(const struct request *r, const struct os_program *p, int error)
{
	bool sandboxed = p->confine != NULL && p->confine->ruleset != -1;
	const char *path = p->path;
	char room[256];
	int fd;
	ssize_t n;
	size_t end;

	if (error == EACCES && access(path, X_OK) != 0)
		return "it is not executable: chmod +x it";
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? 0 : read(fd, room, sizeof(room) - 1);
	if (fd >= 0)
		close(fd);
	room[n > 0 ? n : 0] = 0;
	if (strncmp(room, "#!", 2) != 0)
		return error == ENOEXEC ? "it has no #! line and is no "
		    "program" : sandboxed && error == EACCES ? "its "
		    "CGISandbox does not let it run" : "it could not be run";
	end = strcspn(room, "\n");
	if (end > 0 && room[end - 1] == '\r')
		return "its #! line ends in a carriage return: the file has "
		    "DOS line ends";
	room[end] = 0;
	return str_zfmt(r->arena, "its #! line names a program that is "
	    "missing or not executable%s: %s", sandboxed ?
	    ", or that its CGISandbox does not let it run" : "", room + 2);
}

static const char *
explain(const struct request *r, const struct os_program *p, const char *step,
    int error)
{
	if (strcmp(step, "exec") == 0)
		return explain_exec(r, p, error);
	if (strcmp(step, "chdir") == 0)
		return "its directory cannot be entered";
	if (strcmp(step, "setrlimit") == 0)
		return "its RLimit directives cannot be obeyed";
	if (strcmp(step, "landlock") == 0 || strcmp(step, "seccomp") == 0 ||
	    strcmp(step, "no_new_privs") == 0 || strcmp(step, "capset") == 0)
		return str_zfmt(r->arena, "it could not be confined (%s)",
		    step);
	return "the system could not start a process";
}

int
refusal_of_start(const struct request *r, const struct os_program *p,
    const char *step, int error)
{
	request_log(r, LEVEL_ERROR, "cgi", error, "script %s could not be "
	    "started: %s", p->path, explain(r, p, step, error));
	return error == EAGAIN || error == ENOMEM || error == EMFILE ||
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
