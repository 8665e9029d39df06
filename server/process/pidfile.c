/*
 * pidfile.c - see pidfile.h.
 *
 * The lock is fcntl(2)'s: a forked worker does not inherit it, and it can be
 * asked who holds it. Its one trap: closing any fd of the file drops it, so the
 * master opens the file once.
 */
#include "process/pidfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int	own_fd = -1;
static char	*own_path;

static pid_t
read_pid(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	pid = strtol(text, NULL, 10);
	return pid > 1 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/*
 * The process that holds the lock, 0 when nobody does.  Only who may write the
 * file can hold a write lock; anybody can hold a read lock, and means nothing
 * by it.  Then, and on file systems without locks, the number alone must do.
 */
static pid_t
holder(int fd, pid_t written)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) == -1 || lock.l_type == F_RDLCK)
		return written > 0 && kill(written, 0) == 0 ? written : 0;
	if (lock.l_type == F_UNLCK)
		return 0;
	/* Across a container's border the kernel does not tell. */
	return lock.l_pid > 1 ? lock.l_pid : written;
}

enum pidfile_look
pidfile_look(const char *path, pid_t *pid)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	pid_t held;

	*pid = 0;
	if (fd == -1)
		return PIDFILE_NONE;
	*pid = read_pid(fd);
	held = holder(fd, *pid);
	close(fd);
	if (held == 0)
		return PIDFILE_STALE;
	*pid = held;
	return PIDFILE_RUNNING;
}

static int
lock_and_write(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (fcntl(fd, F_SETLK, &lock) == -1 && holder(fd, 0) != 0) {
		errno = EAGAIN;
		return -1;
	}
	errno = ENOSPC;		/* of a write that is cut */
	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)n, 0) != n)
		return -1;
	return 0;
}

int
pidfile_write(const char *path, pid_t *stale)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY, 0644);
	struct stat st;
	int error;

	*stale = 0;
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		goto fail;
	}
	*stale = read_pid(fd);
	if (lock_and_write(fd) == -1) {
		error = errno;
		if (error != EAGAIN)
			unlink(path);	/* an empty one misleads */
		errno = error;
		goto fail;
	}
	own_fd = fd;
	own_path = strdup(path);
	return 0;
fail:
	close(fd);
	return -1;
}

void
pidfile_forget(void)
{
	if (own_fd != -1)
		close(own_fd);
	free(own_path);
	own_fd = -1;
	own_path = NULL;
}

void
pidfile_remove(void)
{
	struct stat ours, there;

	if (own_fd == -1)
		return;
	if (own_path != NULL && fstat(own_fd, &ours) == 0 &&
	    lstat(own_path, &there) == 0 && ours.st_dev == there.st_dev &&
	    ours.st_ino == there.st_ino && unlink(own_path) == -1)
		/* We have become somebody else: an empty one names nobody. */
		(void)!ftruncate(own_fd, 0);
	pidfile_forget();
}
