/*
 * basis.c - see basis.h.
 */
#include <errno.h>
#include <unistd.h>

#include "base/os.h"
#include "serve/basis.h"

void
basis_file(const struct request *r, const struct stat *st)
{
	struct basis *b = r->client->basis;

	if (b == NULL)
		return;
	b->about = BASIS_FILE;
	b->st = *st;
}

void
basis_bytes(const struct request *r, const char *bytes, off_t offset,
    size_t n)
{
	struct basis *b = r->client->basis;

	if (b == NULL)
		return;
	b->bytes = bytes;
	b->offset = offset;
	b->n = n;
}

void
basis_missing(const struct request *r)
{
	if (r->client->basis != NULL)
		r->client->basis->about = BASIS_MISSING;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* The rights may have changed with the time of the last change, too. */
static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim) &&
	    same_time(a->st_ctim, b->st_ctim);
}

bool
basis_file_holds(const struct basis *b, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && same_file(&st, &b->st);
}

static bool
read_again(const struct basis *b, const struct request *r)
{
	char *bytes = (char *)(uintptr_t)b->bytes;
	struct stat st;
	int fd = os_open_file(r->filename, r->root_n, r->links, &st);
	bool good = fd >= 0 && same_file(&st, &b->st) &&
	    os_read_part(fd, bytes, b->n, b->offset) ==
	    (ssize_t)b->n;

	if (fd >= 0)
		close(fd);
	return good;
}

bool
basis_holds(const struct basis *b, const struct request *r)
{
	struct stat st;
	int result;

	if (b->timely || b->about == BASIS_NONE)
		return false;
	if (b->bytes != NULL)
		return read_again(b, r);
	result = os_stat_file(r->filename, r->root_n, r->links, &st);
	if (b->about == BASIS_MISSING)
		return result != 0 && (errno == ENOENT || errno == ENOTDIR);
	return result == 0 && same_file(&st, &b->st);
}
