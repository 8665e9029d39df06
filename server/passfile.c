/*
 * passfile.c - see passfile.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "passfile.h"

struct passfile {
	struct arena	*arena;
	char		*path;		/* behind all links */
	int		 fd;		/* locked */
	struct stat	 st;
	struct str	 text;
};

/* The file that is there now, locked: who held the lock before may have put
 * another in its place. */
static int
open_locked(const char *path, int flags, struct stat *st)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat now;
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
		    flags, 0644);
		if (fd == -1)
			return -1;
		while (fcntl(fd, F_SETLKW, &lock) == -1)
			if (errno != EINTR)
				break;	/* without, where there are none */
		if (fstat(fd, st) == 0 && stat(path, &now) == 0 &&
		    st->st_ino == now.st_ino && st->st_dev == now.st_dev)
			return fd;
		close(fd);
	}
}

static int
read_all(struct passfile *f)
{
	struct text t = { .arena = f->arena };
	ssize_t n;

	do {
		n = read(f->fd, text_room(&t, 64 << 10), 64 << 10);
		if (n > 0)
			t.n += (size_t)n;
	} while (n > 0 || (n == -1 && errno == EINTR));
	f->text = str_n(t.n > 0 ? t.at : "", t.n);
	return n == -1 ? -1 : 0;
}

static void
close_quietly(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

struct passfile *
passfile_open(struct arena *a, const char *path, bool create)
{
	struct passfile *f = arena_one(a, struct passfile);
	char *real = realpath(path, NULL);

	f->arena = a;
	f->path = str_z(a, str_of(real != NULL ? real : path));
	free(real);
	f->fd = open_locked(f->path, create ? O_CREAT : 0, &f->st);
	if (f->fd == -1)
		return NULL;
	if (!S_ISREG(f->st.st_mode))
		errno = EINVAL;
	else if (read_all(f) == 0) {
		if (create)
			f->text = STR("");
		return f;
	}
	close_quietly(f->fd);
	return NULL;
}

struct str
passfile_text(const struct passfile *f)
{
	return f->text;
}

static int
write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.at, s.n);

		if (n == -1 && errno != EINTR)
			return -1;
		s = str_from(s, n > 0 ? (size_t)n : 0);
	}
	return fsync(fd);
}

static int
write_over(const struct passfile *f, struct str text)
{
	if (lseek(f->fd, 0, SEEK_SET) == -1 || write_all(f->fd, text) == -1)
		return -1;
	return ftruncate(f->fd, (off_t)text.n);
}

/* A file beside it with all of its rights; its name in *name. */
static int
make_sibling(const struct passfile *f, char **name)
{
	int fd;

	*name = str_zfmt(f->arena, "%s.XXXXXX", f->path);
	fd = mkstemp(*name);
	if (fd == -1)
		return -1;
	if (fchown(fd, f->st.st_uid, f->st.st_gid) == 0 &&
	    fchmod(fd, f->st.st_mode & 07777) == 0)
		return fd;
	unlink(*name);
	close_quietly(fd);
	return -1;
}

int
passfile_replace(struct passfile *f, struct str text)
{
	char *name;
	int fd = make_sibling(f, &name), error;

	if (fd == -1)
		return write_over(f, text);
	if (write_all(fd, text) == 0 && rename(name, f->path) == 0) {
		close(fd);
		return 0;
	}
	error = errno;
	unlink(name);
	close(fd);
	errno = error;
	return -1;
}

void
passfile_close(struct passfile *f)
{
	close(f->fd);
}
