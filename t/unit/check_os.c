/*
 * check_os.c - files under the rules for links, programs, sockets, privileges.
 *
 * os.c is included, so that its ways for other systems are tested here, too.
 * What only root can try (files of two owners) is left out for others.
 */
#include <check.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <sys/un.h>
#include <time.h>

#include "base/os.c"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))

enum { NOBODY = 65534 };

static bool
is_root(void)
{
	return geteuid() == 0;
}

/* Files.  A tree:  top/root is the administrator's part; so is top/alias. */

static char top[PATH_MAX];

static const char *
in_top(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.900s/%.900s", top, name);
	return path;
}

static void
put_file(const char *name, uid_t owner)
{
	int fd = open(in_top(name), O_WRONLY | O_CREAT | O_EXCL, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, name, strlen(name)),
	    (ssize_t)strlen(name));
	if (owner != 0 && is_root())
		ck_assert_int_eq(fchown(fd, owner, owner), 0);
	close(fd);
}

static void
put_link(const char *name, const char *target, uid_t owner)
{
	ck_assert_int_eq(symlink(target, in_top(name)), 0);
	if (owner != 0 && is_root())
		ck_assert_int_eq(lchown(in_top(name), owner, owner), 0);
}

static void
put_socket(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.90s",
	    in_top(name));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)),
	    0);
	close(fd);
}

static void
make_tree(void)
{
	strcpy(top, "/tmp/check_os.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(chmod(top, 0755), 0);
	mkdir(in_top("root"), 0755);
	mkdir(in_top("root/dir"), 0755);
	mkdir(in_top("root/dir/deep"), 0755);
	put_link("alias", "root", NOBODY);
	put_file("secret", 0);
	put_file("root/file", 0);
	put_file("root/..file", 0);
	put_file("root/theirs", NOBODY);
	put_file("root/dir/inner", 0);
	put_file("root/dir/deep/leaf", 0);
	put_link("root/link", "file", 0);
	put_link("root/abs", in_top("root/file"), 0);
	put_link("root/out", "../secret", 0);
	put_link("root/dirlink", "dir", 0);
	put_link("root/chain", "link", 0);
	put_link("root/dangling", "absent", 0);
	put_link("root/loop", "loop", 0);
	put_link("root/null", "/dev/null", 0);
	put_link("root/dir/up", "../file", 0);
	put_link("root/foreign", "file", NOBODY);
	put_link("root/foreigndir", "dir", NOBODY);
	put_link("root/viaforeign", "foreign", 0);
	put_link("root/totheirs", "theirs", 0);
	put_link("root/their", "theirs", NOBODY);
	mkfifo(in_top("root/fifo"), 0644);
	put_socket("root/socket");
}

static void
remove_tree(const char *dir)
{
	struct dirent *e;
	char path[PATH_MAX];
	DIR *d = opendir(dir);

	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%.900s/%.255s", dir, e->d_name);
		if (unlink(path) == -1)
			remove_tree(path);
	}
	closedir(d);
	rmdir(dir);
}

static void
end_tree(void)
{
	remove_tree(top);
}

/* What open and stat say, by errno, with links followed, if the owner is right,
 * and not at all; -1: as the column before. */
static const struct {
	const char	*name;
	int		 open[3], stat[3];
	bool		 two_owners;
} files[] = {
	{ "", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/.", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/file", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "//file", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/..file", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/dir", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/dir/", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/dir/inner", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/dir/deep/leaf", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/./dir//deep/./leaf", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/link", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/abs", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/out", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/chain", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/dirlink", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/dirlink/", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/dirlink/deep/leaf", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/dirlink/up", { 0, 0, EACCES }, { 0, 0, EACCES }, false },
	{ "/theirs", { 0, 0, 0 }, { 0, 0, 0 }, false },
	{ "/foreign", { 0, EACCES, EACCES }, { 0, EACCES, EACCES }, true },
	{ "/foreigndir", { 0, EACCES, EACCES }, { 0, EACCES, EACCES }, true },
	{ "/foreigndir/inner", { 0, EACCES, EACCES }, { 0, EACCES, EACCES },
	  true },
	{ "/totheirs", { 0, EACCES, EACCES }, { 0, EACCES, EACCES }, true },
	/* Whose the links on the way are does not matter. */
	{ "/viaforeign", { 0, 0, EACCES }, { 0, 0, EACCES }, true },
	{ "/their", { 0, 0, EACCES }, { 0, 0, EACCES }, true },
	{ "/fifo", { ENXIO, ENXIO, ENXIO }, { 0, 0, 0 }, false },
	{ "/socket", { ENXIO, ENXIO, ENXIO }, { 0, 0, 0 }, false },
	{ "/null", { ENXIO, ENXIO, EACCES }, { 0, 0, EACCES }, true },
	{ "/absent", { ENOENT, ENOENT, ENOENT }, { ENOENT, ENOENT, ENOENT },
	  false },
	{ "/absent/x", { ENOENT, ENOENT, ENOENT },
	  { ENOENT, ENOENT, ENOENT }, false },
	{ "/dangling", { ENOENT, ENOENT, EACCES },
	  { ENOENT, ENOENT, EACCES }, false },
	{ "/loop", { ELOOP, ELOOP, EACCES }, { ELOOP, ELOOP, EACCES },
	  false },
	{ "/loop/x", { ELOOP, ELOOP, EACCES }, { ELOOP, ELOOP, EACCES },
	  false },
	{ "/file/", { ENOTDIR, ENOTDIR, ENOTDIR },
	  { ENOTDIR, ENOTDIR, ENOTDIR }, false },
	{ "/file/x", { ENOTDIR, ENOTDIR, ENOTDIR },
	  { ENOTDIR, ENOTDIR, ENOTDIR }, false },
	{ "/link/", { ENOTDIR, ENOTDIR, EACCES },
	  { ENOTDIR, ENOTDIR, EACCES }, false },
	{ "/..", { EINVAL, EINVAL, EINVAL }, { EINVAL, EINVAL, EINVAL },
	  false },
	{ "/../secret", { EINVAL, EINVAL, EINVAL },
	  { EINVAL, EINVAL, EINVAL }, false },
	{ "/dir/../file", { EINVAL, EINVAL, EINVAL },
	  { EINVAL, EINVAL, EINVAL }, false },
};

/* As os_open_file(), with open_no_links() out of order. */
static int
open_by_walking(const char *path, size_t root_n, enum os_links links,
    struct stat *st)
{
	struct place p;
	int fd = -1;

	p.dir = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (p.dir != -1)
		close(p.dir);
	(void)root_n;
	(void)links;
	(void)st;
	return fd;
}
