/*
 * spool.c - bytes that are gathered before anybody knows how many they are.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/text.h"
#include "serve/spool.h"

struct spool {
	struct arena	*arena;
	const char	*directory;
	struct text	 bytes;		/* unless there is a file */
	int		 fd;		/* -1: none */
	uint64_t	 size;
};

struct spool *
spool_new(struct arena *a, const char *directory)
{
	struct spool *s = arena_one(a, struct spool);

	s->arena = a;
	s->directory = directory;
	s->bytes.arena = a;
	s->fd = -1;
	return s;
}

static int
write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.at, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = str_from(bytes, (size_t)n);
	}
	return 0;
}

static int
move_to_file(struct spool *s)
{
	s->fd = os_nameless_file(s->directory);
	if (s->fd < 0)
		return -1;
	arena_owns_fd(s->arena, s->fd);
	return write_all(s->fd, text_str(&s->bytes));
}

int
spool_add(struct spool *s, struct str bytes)
{
	if (s->fd < 0 && s->bytes.n + bytes.n > SPOOL_MEMORY &&
	    move_to_file(s) != 0)
		return -1;
	if (s->fd < 0)
		text_add(&s->bytes, bytes);
	else if (write_all(s->fd, bytes) != 0)
		return -1;
	s->size += bytes.n;
	return 0;
}

uint64_t
spool_size(const struct spool *s)
{
	return s->size;
}

struct str
spool_bytes(const struct spool *s)
{
	return s->fd < 0 ? text_str(&s->bytes) : STR_NONE;
}

int
spool_file(struct spool *s)
{
	if (s->fd >= 0)
		lseek(s->fd, 0, SEEK_SET);
	return s->fd;
}
