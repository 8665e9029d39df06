/*
 * append.c - see append.h.
 */
#include "base/append.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PIPE_BUF
#define PIPE_BUF _POSIX_PIPE_BUF
#endif

void
append_init(struct append *a, int fd)
{
	struct stat st;

	*a = (struct append){ .fd = fd };
	a->pipe = fstat(fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

void
append_end(struct append *a)
{
	free(a->rest);
	a->rest = NULL;
	a->rest_n = 0;
}

/* write(2) until it fails; how much went out. */
static size_t
write_all(struct append *a, const char *p, size_t n)
{
	size_t done = 0;
	ssize_t wrote;

	while (done < n) {
		wrote = write(a->fd, p + done, n - done);
		if (wrote > 0) {
			done += (size_t)wrote;
		} else if (wrote == 0 || errno != EINTR) {
			a->error = wrote == 0 ? ENOSPC : errno;
			break;
		}
	}
	return done;
}

/* As much as can go out at once: everything, or for a pipe the lines that fit,
 * or one that is longer. */
static size_t
portion(const struct append *a, const char *p, size_t n)
{
	const char *end;
	size_t i;

	if (!a->pipe || n <= PIPE_BUF)
		return n;
	for (i = PIPE_BUF; i > 0; i--)
		if (p[i - 1] == '\n')
			return i;
	end = memchr(p, '\n', n);
	return end != NULL ? (size_t)(end + 1 - p) : n;
}

static void
lose(struct append *a, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a->lost += p[i] == '\n';
}

/* p[0..n-1] was not written; it begins within a line. */
static void
keep_rest(struct append *a, const char *p, size_t n)
{
	const char *end = memchr(p, '\n', n);
	size_t rest_n = end != NULL ? (size_t)(end + 1 - p) : n;

	lose(a, p + rest_n, n - rest_n);
	a->rest = malloc(rest_n);
	if (a->rest == NULL)
		return;
	memcpy(a->rest, p, rest_n);
	a->rest_n = rest_n;
	a->rest_at = lseek(a->fd, 0, SEEK_END);
}

/* Complete the line that was cut, unless somebody else has written behind it.
 * False when there is still no room. */
static bool
put_rest(struct append *a)
{
	size_t done;

	if (a->rest == NULL)
		return true;
	if (lseek(a->fd, 0, SEEK_END) == a->rest_at) {
		done = write_all(a, a->rest, a->rest_n);
		if (done < a->rest_n) {
			a->rest_n -= done;
			a->rest_at += (off_t)done;
			memmove(a->rest, a->rest + done, a->rest_n);
			return false;
		}
	}
	append_end(a);
	return true;
}

static bool
put_lines(struct append *a, const char *p, size_t n)
{
	size_t part, done;

	if (!put_rest(a)) {
		lose(a, p, n);
		return false;
	}
	for (; n > 0; p += part, n -= part) {
		part = portion(a, p, n);
		done = write_all(a, p, part);
		if (done == part)
			continue;
		p += done;
		n -= done;
		if (done > 0 && p[-1] != '\n')
			keep_rest(a, p, n);
		else
			lose(a, p, n);
		return false;
	}
	return true;
}

bool
append_lines(struct append *a, const char *p, size_t n)
{
	a->failed = !put_lines(a, p, n);
	return !a->failed;
}
