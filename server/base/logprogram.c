/*
 * logprogram.c - see logprogram.h.
 */
#include "base/logprogram.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"

#define SHELL		"/bin/sh"
#define USUAL_PATH	"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:" \
			"/usr/sbin:/sbin"

bool
logprogram_is(const char *spec)
{
	return spec[0] == '|';
}

/* The next word of *s into out, which has room; false at the end. */
static bool
next_word(const char **s, char *out)
{
	const char *p = *s + strspn(*s, " \t");
	char quote = '\0';

	if (*p == '\0')
		return false;
	for (; *p != '\0' && (quote != '\0' || (*p != ' ' && *p != '\t'));
	    p++) {
		if (quote != '\0' && *p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == '\\' && p[1] != '\0' && quote != '\'')
			*out++ = *++p;
		else
			*out++ = *p;
	}
	*out = '\0';
	*s = p;
	return true;
}

static char **
split(struct arena *a, const char *s)
{
	size_t room = strlen(s) + 1, n = 0;
	char **argv = arena_many(a, char *, room / 2 + 2);
	char *word = arena_alloc(a, room);

	while (next_word(&s, word)) {
		argv[n++] = word;
		word = arena_alloc(a, room);
	}
	return argv;
}

static bool
can_run(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return false;
	if (S_ISREG(st.st_mode))
		return access(path, X_OK) == 0;
	errno = EACCES;
	return false;
}

static const char *
find_in_path(struct arena *a, const char *name)
{
	const char *z = getenv("PATH"), *path;
	struct str dirs = str_of(z != NULL ? z : USUAL_PATH), dir = STR_NONE;

	while (str_cut(&dirs, ':', &dir)) {
		path = str_zfmt(a, "%.*s/%s", STR_ARGS(dir), name);
		if (path[0] == '/' && can_run(path))
			return path;
	}
	errno = ENOENT;
	return NULL;
}

const char *
logprogram_read(struct arena *a, const char *spec, const char *root,
    struct log_program *out)
{
	const char *name;

	spec++;
	if (*spec == '$') {
		spec += 1 + strspn(spec + 1, " \t");
		out->path = SHELL;
		out->argv = arena_many(a, char *, 4);
		out->argv[0] = str_z(a, STR("sh"));
		out->argv[1] = str_z(a, STR("-c"));
		out->argv[2] = str_z(a, str_of(spec));
		return *spec != '\0' ? NULL : "names no program";
	}
	out->argv = split(a, *spec == '|' ? spec + 1 : spec);
	name = out->argv[0];
	if (name == NULL || *name == '\0')
		return "names no program";
	if (strchr(name, '/') == NULL)
		out->path = find_in_path(a, name);
	else
		out->path = *name == '/' ? name : str_zfmt(a, "%s/%s", root,
		    name);
	if (out->path == NULL || !can_run(out->path))
		return str_zfmt(a, "cannot run %s: %s", out->path != NULL ?
		    out->path : name, strerror(errno));
	return NULL;
}
