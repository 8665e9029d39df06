/*
 * fresh.c - see fresh.h.
 *
 * The kernel names a watched directory by number, the same one however it was
 * reached; so a number has a list of paths.  Numbers are never used again, and
 * tables only grow: when there are far more of them than directories, all is
 * forgotten, and told to be.
 */
#include "config.h"

#include <stddef.h>

#include "base/fresh.h"

#ifdef HAVE_SYS_INOTIFY_H

#include <sys/inotify.h>
#include <sys/vfs.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"

#define NAMES_MASK	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
			 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define FILES_MASK	(NAMES_MASK | IN_MODIFY | IN_ATTRIB)

/* Numbers or paths in a table, before all is forgotten. */
enum { TABLE_MAX = 1 << 17 };

/* A path that is watched. */
struct path {
	const char	*name;
	int		 number;	/* -1: not any more */
	uint32_t	 mask;
	struct path	*next;		/* of the same number */
};

struct fresh {
	int		 fd;
	bool		 full;		/* the system has no room for more */
	struct arena	*arena;		/* of the tables */
	struct hash	*by_path, *by_number;
	fresh_tell	*tell;
	void		*arg;
};

static void
begin(struct fresh *f)
{
	f->arena = arena_new();
	f->by_path = hash_new(f->arena);
	f->by_number = hash_new(f->arena);
	f->full = false;
}

struct fresh *
fresh_new(fresh_tell *tell, void *arg)
{
	static struct arena *kept;	/* of the process: there is one */
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct fresh *f;

	if (fd == -1)
		return NULL;
	if (kept == NULL)
		kept = arena_new();
	f = arena_one(kept, struct fresh);
	f->fd = fd;
	f->tell = tell;
	f->arg = arg;
	begin(f);
	return f;
}

void
fresh_end(struct fresh *f)
{
	close(f->fd);
	arena_end(f->arena);
}

int
fresh_fd(const struct fresh *f)
{
	return f->fd;
}

static struct str
key_of(const int *number)
{
	return str_n((const char *)number, sizeof(*number));
}

/* Forget everything: the numbers go with the tables. */
static void
forget_all(struct fresh *f)
{
	for (size_t i = 0;; i++) {
		struct str key;
		void *value;
		struct path *p;

		if (!hash_at(f->by_path, i, &key, &value))
			break;
		p = value;
		if (p->number != -1)
			inotify_rm_watch(f->fd, p->number);
	}
	arena_end(f->arena);
	begin(f);
	f->tell(f->arg, NULL, NULL);
}

/* ---- What has happened --------------------------------------------------- */

/* Its number means nothing any more. */
static void
forget_number(struct fresh *f, struct path *p, int number)
{
	struct path *next;

	for (; p != NULL; p = next) {
		next = p->next;
		p->number = -1;
		p->next = NULL;
	}
	hash_set(f->by_number, str_copy(f->arena, key_of(&number)), NULL);
}

/* name in directory p may be a path that is watched, too: not any more, or not
 * the same. */
static void
tell_path(struct fresh *f, const struct path *p, const char *name)
{
	static char below[PATH_MAX + NAME_MAX + 2];
	const struct path *q;
	int n = snprintf(below, sizeof(below), "%s/%s",
	    p->name[1] == 0 ? "" : p->name, name);

	if (n < 0 || (size_t)n >= sizeof(below))
		return;
	q = hash_get(f->by_path, str_n(below, (size_t)n));
	if (q != NULL)
		f->tell(f->arg, q->name, NULL);
}

static void
take_in(struct fresh *f, const struct inotify_event *e)
{
	struct path *first = hash_get(f->by_number, key_of(&e->wd)), *p;
	const char *name = e->len > 0 ? e->name : NULL;

	if (first == NULL)
		return;
	for (p = first; p != NULL; p = p->next) {
		f->tell(f->arg, p->name, name);
		if (name != NULL)
			tell_path(f, p, name);
	}
	if (e->mask & (IN_IGNORED | IN_UNMOUNT))
		forget_number(f, first, e->wd);
}

void
fresh_read(struct fresh *f)
{
	union {
		struct inotify_event event;
		char	bytes[16384];
	} buffer;
	const struct inotify_event *e;
	ssize_t n, at;

	while ((n = read(f->fd, &buffer, sizeof(buffer))) > 0)
		for (at = 0; at < n; at += (ssize_t)(sizeof(*e) + e->len)) {
			e = (const void *)(buffer.bytes + at);
			if (e->mask & IN_Q_OVERFLOW) {
				forget_all(f);
				return;
			}
			take_in(f, e);
		}
}

/* ---- What to watch ------------------------------------------------------- */

/* Only this system changes the files there, and it says so. */
static bool
is_local(const char *directory)
{
	static const uint32_t silent[] = {
		0x6969,			/* NFS */
		0x517b, 0xff534d42, 0xfe534d42,	/* SMB */
		0x65735546,		/* FUSE */
		0x01021997,		/* 9p */
		0x00c36400,		/* Ceph */
		0x5346414f, 0x6b414653,	/* AFS */
		0x73757245,		/* Coda */
		0x0bd00bd0,		/* Lustre */
		0x01161970,		/* GFS2 */
		0x7461636f,		/* OCFS2 */
		0x786f4256,		/* VirtualBox */
		0xbacbacbc,		/* VMware */
		0x9fa0, 0x62656572,	/* proc, sysfs */
	};
	struct statfs fs;

	if (statfs(directory, &fs) == -1)
		return false;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if ((uint32_t)fs.f_type == silent[i])
			return false;
	return true;
}

static struct path *
path_new(struct fresh *f, const char *directory)
{
	struct path *p = arena_one(f->arena, struct path);

	p->name = str_z(f->arena, str_of(directory));
	p->number = -1;
	hash_set(f->by_path, str_of(p->name), p);
	return p;
}

/* Take p off the list of its number, which nobody may need any more. */
static void
leave_number(struct fresh *f, struct path *p)
{
	struct path *first = hash_get(f->by_number, key_of(&p->number));
	struct path **at = &first;

	while (*at != NULL && *at != p)
		at = &(*at)->next;
	if (*at != NULL)
		*at = p->next;
	hash_set(f->by_number, str_copy(f->arena, key_of(&p->number)), first);
	if (first == NULL)
		inotify_rm_watch(f->fd, p->number);
	p->number = -1;
	p->next = NULL;
}

static void
join_number(struct fresh *f, struct path *p, int number)
{
	p->number = number;
	p->next = hash_get(f->by_number, key_of(&number));
	hash_set(f->by_number, str_copy(f->arena, key_of(&number)), p);
}

bool
fresh_watch(struct fresh *f, const char *directory, enum fresh_about about)
{
	struct path *p = hash_get(f->by_path, str_of(directory));
	int number;

	if (hash_count(f->by_number) > TABLE_MAX ||
	    hash_count(f->by_path) > TABLE_MAX) {
		forget_all(f);
		p = NULL;
	}
	if (f->full && (p == NULL || p->number == -1))
		return false;
	if (p == NULL && !is_local(directory))
		return false;
	if (p == NULL)
		p = path_new(f, directory);
	p->mask |= about == FRESH_FILES ? FILES_MASK : NAMES_MASK;
	number = inotify_add_watch(f->fd, directory, p->mask | IN_MASK_ADD);
	f->full |= number == -1 && (errno == ENOSPC || errno == ENOMEM);
	if (number == p->number)
		return number != -1;
	if (p->number != -1) {
		leave_number(f, p);
		f->tell(f->arg, p->name, NULL);
	}
	if (number != -1)
		join_number(f, p, number);
	return number != -1;
}

#else

struct fresh *
fresh_new(fresh_tell *tell, void *arg)
{
	(void)tell;
	(void)arg;
	return NULL;
}

void
fresh_end(struct fresh *f)
{
	(void)f;
}

int
fresh_fd(const struct fresh *f)
{
	(void)f;
	return -1;
}

void
fresh_read(struct fresh *f)
{
	(void)f;
}

bool
fresh_watch(struct fresh *f, const char *directory, enum fresh_about about)
{
	(void)f;
	(void)directory;
	(void)about;
	return false;
}

#endif
