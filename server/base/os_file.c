/*
 * os_file.c - opening and looking at files under the rules for links; the
 * contracts stand in base/os.h.
 *
 * A path is followed to a place: a directory that is held open and a name in
 * it.  Whoever renames things meanwhile gains nothing: what is opened is judged
 * again by its own fstat(2).
 */
#include "config.h"

#include "base/os_inside.h"
#ifdef CAN_OPENAT2
#include <linux/openat2.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"

/* How to open what is only looked at, or passed through. */
#if defined(O_PATH)
#define LOOK	(O_PATH | O_CLOEXEC)
#elif defined(O_SEARCH)
#define LOOK	(O_SEARCH | O_CLOEXEC)
#else
#define LOOK	(O_RDONLY | O_CLOEXEC)
#endif
#define PASS	(LOOK | O_DIRECTORY)
/* How to open a file so that nothing but its bytes can come of it. */
#define READ	(O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct place {
	int		 dir;		/* AT_FDCWD: name is absolute */
	const char	*name;
	enum {
		LINKS_FINE,
		IS_NO_LINK,		/* name, which is one component */
		HAS_NO_LINKS		/* name, which may have several */
	}		 way;
	bool		 is_dir;	/* by a slash at its end */
	bool		 owned;		/* the file must be the owner's */
	uid_t		 owner;
	struct stat	 st;		/* what was there */
	char		 component[NAME_MAX + 1];
	char		 target[PATH_MAX];
};

/* openat2(2), or ENOSYS.  A sandbox that is older than the call says EPERM.  As
 * openat2 takes flags as they are, large files must be asked for. */
static int
open_no_links(int dir, const char *name, int flags)
{
#ifdef CAN_OPENAT2
	struct open_how how;
	int fd;

	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)(flags & O_PATH ? flags : flags | O_LARGEFILE);
	how.resolve = RESOLVE_NO_SYMLINKS;
	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	return fd == -1 && errno == EPERM ? refuse(ENOSYS) : fd;
#else
	(void)dir;
	(void)name;
	(void)flags;
	return refuse(ENOSYS);
#endif
}

/* May the place hold what st says? */
static int
judge(const struct place *p, const struct stat *st)
{
	if (p->owned && st->st_uid != p->owner)
		return refuse(EACCES);
	if (p->is_dir && !S_ISDIR(st->st_mode))
		return refuse(ENOTDIR);
	return 0;
}

/*
 * Read the symbolic link name in dir into target, its length is the result, and
 * its state into *st: both from the same link, even if somebody exchanges it.
 */
static ssize_t
read_link(int dir, const char *name, char target[PATH_MAX], struct stat *st)
{
	ssize_t n = -1;
#ifdef O_PATH
	int fd = openat(dir, name, LOOK | O_NOFOLLOW);

	if (fd == -1)
		return -1;
	if (fstat(fd, st) != -1 && S_ISLNK(st->st_mode))
		n = readlinkat(fd, "", target, PATH_MAX);
	else
		errno = EACCES;
	close_quietly(fd);
#else
	struct stat before;

	if (fstatat(dir, name, &before, AT_SYMLINK_NOFOLLOW) != -1)
		n = readlinkat(dir, name, target, PATH_MAX);
	if (n == -1)
		return refuse(errno == EINVAL ? EACCES : errno);
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	/* Renaming or linking it there and back would change its ctime. */
	if (st->st_ino != before.st_ino ||
	    st->st_ctim.tv_sec != before.st_ctim.tv_sec ||
	    st->st_ctim.tv_nsec != before.st_ctim.tv_nsec)
		return refuse(EACCES);
#endif
	return n;
}

/*
 * Settle what component in p->dir is.  A link with the right owner becomes the
 * place that it names: which links lie on the way there does not matter, for it
 * is the file at their end that must belong to the link's owner.
 */
static int
settle(struct place *p, enum os_links links)
{
	ssize_t n;

	p->name = p->component;
	p->way = IS_NO_LINK;
	p->owned = false;
	if (fstatat(p->dir, p->name, &p->st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (!S_ISLNK(p->st.st_mode))
		return 0;
	if (links == OS_LINKS_NONE)
		return refuse(EACCES);
	n = read_link(p->dir, p->name, p->target, &p->st);
	if (n == -1)
		return -1;
	if (n == PATH_MAX)
		return refuse(ENAMETOOLONG);
	p->target[n] = '\0';
	p->owner = p->st.st_uid;
	p->name = p->target;
	p->way = LINKS_FINE;
	p->owned = true;
	return fstatat(p->dir, p->name, &p->st, 0);
}

/* Go down into the directory that was settled. */
static int
enter(struct place *p)
{
	struct stat st;
	int fd;

	fd = openat(p->dir, p->name,
	    p->way == IS_NO_LINK ? PASS | O_NOFOLLOW : PASS);
	if (fd == -1)
		return -1;
	close(p->dir);
	p->dir = fd;
	return fstat(fd, &st) == -1 ? -1 : judge(p, &st);
}

/* Follow rest, which has no slash in front, down from p->dir. */
static int
walk(struct place *p, const char *rest, enum os_links links)
{
	size_t n;

	for (;;) {
		n = strcspn(rest, "/");
		if (n > NAME_MAX)
			return refuse(ENAMETOOLONG);
		memcpy(p->component, rest, n);
		p->component[n] = '\0';
		if (settle(p, links) == -1)
			return -1;
		rest += n;
		p->is_dir = *rest == '/';
		rest += strspn(rest, "/");
		if (*rest == '\0')
			return judge(p, &p->st);
		if (enter(p) == -1)
			return -1;
	}
}

/* Look at rest in p->dir, where no links at all is the usual case. */
static int
find_below(struct place *p, const char *rest, enum os_links links)
{
	int fd = open_no_links(p->dir, rest, LOOK), result;

	if (fd == -1 && errno == ELOOP && links == OS_LINKS_NONE)
		return refuse(EACCES);
	if (fd == -1 && (errno == ELOOP || errno == ENOSYS))
		return walk(p, rest, links);
	if (fd == -1)
		return -1;
	p->name = rest;
	p->way = HAS_NO_LINKS;
	result = fstat(fd, &p->st);
	close_quietly(fd);
	return result;
}

static bool
has_dot_dot(const char *path)
{
	const char *p;

	for (p = path; (p = strstr(p, "/..")) != NULL; p += 3)
		if (p[3] == '/' || p[3] == '\0')
			return true;
	return false;
}

/* The length of the administrator's part: whole components. */
static size_t
root_length(const char *path, size_t root_n)
{
	size_t n = strlen(path);

	if (root_n > n)
		root_n = n;
	while (root_n > 0 && path[root_n] != '\0' && path[root_n] != '/')
		root_n--;
	return root_n;
}

/* Fill *p; the caller calls place_end() in any case. */
static int
find_place(struct place *p, const char *path, size_t root_n,
    enum os_links links)
{
	const char *rest;

	p->dir = AT_FDCWD;
	p->name = path;
	p->way = LINKS_FINE;
	p->is_dir = p->owned = false;
	if (path[0] != '/' || has_dot_dot(path))
		return refuse(EINVAL);
	root_n = root_length(path, root_n);
	rest = path + root_n + strspn(path + root_n, "/");
	if (links == OS_LINKS_FOLLOW || *rest == '\0')
		return stat(path, &p->st);
	if (root_n >= sizeof(p->target))
		return refuse(ENAMETOOLONG);
	memcpy(p->target, path, root_n);
	p->target[root_n] = '\0';
	p->dir = open(root_n > 0 ? p->target : "/", PASS);
	if (p->dir == -1)
		return -1;
	return find_below(p, rest, links);
}

static void
place_end(const struct place *p)
{
	if (p->dir >= 0)
		close_quietly(p->dir);
}

static bool
harmless(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* To open a device or a FIFO can do something already, so a look comes first;
 * READ makes it harmless should one appear just then. */
static int
place_open(const struct place *p, struct stat *st)
{
	int fd;

	if (!harmless(&p->st))
		return refuse(ENXIO);
	if (p->way == HAS_NO_LINKS)
		fd = open_no_links(p->dir, p->name, READ);
	else
		fd = openat(p->dir, p->name,
		    p->way == IS_NO_LINK ? READ | O_NOFOLLOW : READ);
	if (fd == -1)
		return p->way != LINKS_FINE && errno == ELOOP ?
		    refuse(EACCES) : -1;
	if (fstat(fd, st) == -1 || judge(p, st) == -1) {
		close_quietly(fd);
		return -1;
	}
	if (!harmless(st)) {
		close(fd);
		return refuse(ENXIO);
	}
	return fd;
}

int
os_open_file(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	struct place p;
	int fd = -1;

	if (find_place(&p, path, root_n, links) != -1)
		fd = place_open(&p, st);
	place_end(&p);
	return fd;
}

DIR *
os_open_directory(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	int fd = os_open_file(path, root_n, links, st), error;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0) {
		error = errno;
		close(fd);
		errno = error;
	}
	return d;
}

int
os_stat_file(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	struct place p;
	int result = find_place(&p, path, root_n, links);

	if (result != -1)
		*st = p.st;
	place_end(&p);
	return result;
}

int
os_stat_entry(DIR *d, const char *name, struct stat *st)
{
	return fstatat(dirfd(d), name, st, AT_SYMLINK_NOFOLLOW);
}

int
os_nameless_file(const char *directory)
{
	char path[PATH_MAX];
	int fd;

#ifdef O_TMPFILE
	/* Not every file system can. */
	fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR &&
	    errno != EINVAL))
		return fd;
#endif
	if (snprintf(path, sizeof(path), "%s/forkful.XXXXXX", directory) >=
	    (int)sizeof(path))
		return refuse(ENAMETOOLONG);
	fd = mkstemp(path);
	if (fd == -1)
		return -1;
	unlink(path);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

ssize_t
os_read_part(int fd, void *bytes, size_t n, off_t offset)
{
	size_t have = 0;
	ssize_t got = 1;

	while (have < n && got > 0) {
		got = pread(fd, (char *)bytes + have, n - have,
		    offset + (off_t)have);
		if (got < 0)
			return -1;
		have += (size_t)got;
	}
	return (ssize_t)have;
}
