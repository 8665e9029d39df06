/*
 * include.c - which files an Include means, and what is in them.
 *
 * Looks at names and files, never into the configuration's meaning.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/include.h"

struct search {
	struct arena	*arena;
	bool		 optional;
	struct vec	*files, *errors;
};

static void
add_error(struct search *s, char *message)
{
	vec_add(s->arena, s->errors, message);
}

static void
add_unreadable(struct search *s, const char *what, const char *path, int error)
{
	if (s->optional && (error == ENOENT || error == ENOTDIR))
		return;
	add_error(s, str_zfmt(s->arena, "Could not open %s %s: %s", what, path,
	    strerror(error)));
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A leading period is matched by a period only. */
static bool
is_match(struct str pattern, const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	if (name[0] == '.' && (pattern.n == 0 || pattern.at[0] != '.'))
		return false;
	return str_glob(pattern, str_of(name), true, false);
}

/* Names in directory that match pattern (NULL: all), sorted.  False when it
 * cannot be read, which is diagnosed. */
static bool
list_directory(struct search *s, const char *directory,
    const struct str *pattern, struct vec *names)
{
	const struct dirent *entry;
	const char *name;
	DIR *d;

	d = opendir(directory);
	if (d == NULL) {
		add_unreadable(s, "directory", directory, errno);
		return false;
	}
	while ((entry = readdir(d)) != NULL) {
		name = entry->d_name;
		if (pattern != NULL ? is_match(*pattern, name) :
		    strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			vec_add(s->arena, names, str_z(s->arena,
			    str_of(name)));
	}
	closedir(d);
	if (names->n > 1)
		qsort(names->at, names->n, sizeof(names->at[0]),
		    compare_names);
	return true;
}

static char *
path_in(struct search *s, const char *directory, const char *name)
{
	return str_zfmt(s->arena, "%s/%s", strcmp(directory, "/") == 0 ? "" :
	    directory, name);
}

/* Add a file, or all that is in a directory and below it. */
static void
add_tree(struct search *s, char *path, unsigned depth)
{
	struct vec names = { 0 };
	struct stat st;
	size_t i;

	if (stat(path, &st) == -1) {
		add_unreadable(s, "configuration file", path, errno);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		vec_add(s->arena, s->files, path);
		return;
	}
	if (depth == INCLUDE_DIRECTORIES_MAX) {
		add_error(s, str_zfmt(s->arena, "Directory %s is more than %d "
		    "directories down; there appears to be a recursion", path,
		    INCLUDE_DIRECTORIES_MAX));
		return;
	}
	if (!list_directory(s, path, NULL, &names))
		return;
	for (i = 0; i < names.n; i++)
		add_tree(s, path_in(s, path, names.at[i]), depth + 1);
}

/* Move components without wildcards from *rest to the end of directory; false
 * when nothing is left. */
static bool
skip_plain(struct search *s, char **directory, struct str *rest)
{
	struct str part, later;

	for (;;) {
		later = *rest;
		if (!str_cut(&later, '/', &part))
			return false;
		if (str_has_glob(part))
			return true;
		if (part.n > 0)
			*directory = path_in(s, *directory,
			    str_z(s->arena, part));
		*rest = later;
	}
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
find_below(struct search *s, char *directory, struct str rest)
{
	struct vec names = { 0 };
	struct str part;
	size_t i, found = 0;
	char *path;

	if (!skip_plain(s, &directory, &rest)) {
		add_tree(s, directory, 0);
		return;
	}
	str_cut(&rest, '/', &part);
	if (!list_directory(s, directory, &part, &names))
		return;
	for (i = 0; i < names.n; i++) {
		path = path_in(s, directory, names.at[i]);
		if (rest.n > 0 && !is_directory(path))
			continue;
		find_below(s, path, rest);
		found++;
	}
	if (found == 0 && !s->optional)
		add_error(s, str_zfmt(s->arena, "No matches for the wildcard "
		    "'%.*s' in '%s' (use IncludeOptional if there may be none)",
		    STR_ARGS(part), directory));
}

void
include_find(struct arena *a, const char *pattern, bool optional,
    struct vec *files, struct vec *errors)
{
	struct search s = {
		.arena = a, .optional = optional, .files = files,
		.errors = errors,
	};

	find_below(&s, str_z(a, STR("/")), str_of(pattern));
}

/* All that fd has, probably expected bytes; NULL, or why not. */
static const char *
read_all(struct arena *a, int fd, size_t expected, struct str *out)
{
	struct text t = { .arena = a };
	size_t want = expected + 1;
	ssize_t n;

	for (;;) {
		n = read(fd, text_room(&t, want), want);
		if (n == -1)
			return strerror(errno);
		if (n == 0)
			break;
		t.n += (size_t)n;
		want = (size_t)n < want ? want - (size_t)n : 4096;
		if (t.n > INCLUDE_FILE_MAX)
			return "File too large";
	}
	*out = text_str(&t);
	return NULL;
}

const char *
include_read(struct arena *a, const char *path, struct str *text)
{
	const char *error = NULL;
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return strerror(errno);
	if (fstat(fd, &st) == -1)
		error = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		error = strerror(EISDIR);
	else if (!S_ISREG(st.st_mode) && strcmp(path, "/dev/null") != 0)
		error = "not a regular file";
	else if (st.st_size > INCLUDE_FILE_MAX)
		error = "File too large";
	else
		error = read_all(a, fd, (size_t)st.st_size, text);
	close(fd);
	return error;
}
