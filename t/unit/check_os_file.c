/*
 * check_os_file.c - files under the rules for links.
 *
 * os_file.c is included, so that its way for other systems is tested here, too.
 * What only root can try (files of two owners) is left out for others.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

/* A kernel without openat2(2), when wanted. */
static bool old_kernel;
#define syscall(...) \
	(old_kernel ? (errno = ENOSYS, -1) : (syscall)(__VA_ARGS__))

#include "base/os_file.c"

#include "run.h"
#include "tree.h"

enum { NOBODY = 65534 };

static bool
is_root(void)
{
	return geteuid() == 0;
}

/* A tree:  root is the administrator's part of it; so is alias. */

static void
put_file(const char *name, uid_t owner)
{
	int fd = open(tree_path(name), O_WRONLY | O_CREAT | O_EXCL, 0644);

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
	ck_assert_int_eq(symlink(target, tree_path(name)), 0);
	if (owner != 0 && is_root())
		ck_assert_int_eq(lchown(tree_path(name), owner, owner), 0);
}

static void
put_socket(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.90s",
	    tree_path(name));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)),
	    0);
	close(fd);
}

static void
make_tree(void)
{
	tree_new();
	ck_assert_int_eq(chmod(tree_root, 0755), 0);
	mkdir(tree_path("root"), 0755);
	mkdir(tree_path("root/dir"), 0755);
	mkdir(tree_path("root/dir/deep"), 0755);
	put_link("alias", "root", NOBODY);
	put_file("secret", 0);
	put_file("root/file", 0);
	put_file("root/..file", 0);
	put_file("root/theirs", NOBODY);
	put_file("root/dir/inner", 0);
	put_file("root/dir/deep/leaf", 0);
	put_link("root/link", "file", 0);
	put_link("root/abs", tree_path("root/file"), 0);
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
	mkfifo(tree_path("root/fifo"), 0644);
	put_socket("root/socket");
}

/* The errno of open and of stat, with links followed, with those of the right
 * owner followed, and with none. */
#define ALL(error)		{ error, error, error }
#define UNLESS_NONE(error)	{ error, error, EACCES }
#define FOLLOWED		{ 0, EACCES, EACCES }

static const struct {
	int		 owners;	/* how many it takes to be tested */
	const char	*name;
	int		 open[3], stat[3];
} files[] = {
	{ 1, "", ALL(0), ALL(0) },
	{ 1, "/", ALL(0), ALL(0) },
	{ 1, "/.", ALL(0), ALL(0) },
	{ 1, "/file", ALL(0), ALL(0) },
	{ 1, "//file", ALL(0), ALL(0) },
	{ 1, "/..file", ALL(0), ALL(0) },
	{ 1, "/dir", ALL(0), ALL(0) },
	{ 1, "/dir/", ALL(0), ALL(0) },
	{ 1, "/dir/inner", ALL(0), ALL(0) },
	{ 1, "/dir/deep/leaf", ALL(0), ALL(0) },
	{ 1, "/./dir//deep/./leaf", ALL(0), ALL(0) },
	{ 1, "/link", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/abs", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/out", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/chain", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/dirlink", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/dirlink/", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/dirlink/deep/leaf", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/dirlink/up", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/theirs", ALL(0), ALL(0) },
	{ 2, "/foreign", FOLLOWED, FOLLOWED },
	{ 2, "/foreigndir", FOLLOWED, FOLLOWED },
	{ 2, "/foreigndir/inner", FOLLOWED, FOLLOWED },
	{ 2, "/totheirs", FOLLOWED, FOLLOWED },
	/* Whose the links on the way are does not matter. */
	{ 2, "/viaforeign", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 2, "/their", UNLESS_NONE(0), UNLESS_NONE(0) },
	{ 1, "/fifo", ALL(ENXIO), ALL(0) },
	{ 1, "/socket", ALL(ENXIO), ALL(0) },
	{ 2, "/null", UNLESS_NONE(ENXIO), UNLESS_NONE(0) },
	{ 1, "/absent", ALL(ENOENT), ALL(ENOENT) },
	{ 1, "/absent/x", ALL(ENOENT), ALL(ENOENT) },
	{ 1, "/dangling", UNLESS_NONE(ENOENT), UNLESS_NONE(ENOENT) },
	{ 1, "/loop", UNLESS_NONE(ELOOP), UNLESS_NONE(ELOOP) },
	{ 1, "/loop/x", UNLESS_NONE(ELOOP), UNLESS_NONE(ELOOP) },
	{ 1, "/file/", ALL(ENOTDIR), ALL(ENOTDIR) },
	{ 1, "/file/x", ALL(ENOTDIR), ALL(ENOTDIR) },
	{ 1, "/link/", UNLESS_NONE(ENOTDIR), UNLESS_NONE(ENOTDIR) },
	{ 1, "/..", ALL(EINVAL), ALL(EINVAL) },
	{ 1, "/../secret", ALL(EINVAL), ALL(EINVAL) },
	{ 1, "/dir/../file", ALL(EINVAL), ALL(EINVAL) },
};

/* Both kernels, and the administrator's part by its name and by a link. */
START_TEST(files_open)
{
	const char *name = files[_i / 4].name;
	char path[PATH_MAX], fill[2];
	struct stat st, seen;
	size_t root_n;
	int fd, links;

	if (files[_i / 4].owners > 1 && !is_root())
		return;
	old_kernel = _i & 1;
	strcpy(path, tree_path(_i & 2 ? "alias" : "root"));
	root_n = strlen(path);
	strcat(path, name);
	for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE; links++) {
		errno = 0;
		fd = os_open_file(path, root_n, (enum os_links)links, &st);
		ck_assert_msg(errno == files[_i / 4].open[links] ||
		    fd != -1, "open %s, links %d: %s", path, links,
		    strerror(errno));
		ck_assert_msg((fd == -1) == (files[_i / 4].open[links] != 0),
		    "open %s, links %d: %d", path, links, fd);
		if (fd != -1) {
			ck_assert_int_eq(fstat(fd, &seen), 0);
			ck_assert(seen.st_ino == st.st_ino);
			ck_assert(seen.st_mode == st.st_mode);
			ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
			ck_assert(S_ISDIR(st.st_mode) ||
			    read(fd, fill, 1) == 1);
			close(fd);
		}
		errno = 0;
		memset(&st, 0, sizeof(st));
		ck_assert_msg(os_stat_file(path, root_n,
		    (enum os_links)links, &st) ==
		    (files[_i / 4].stat[links] != 0 ? -1 : 0),
		    "stat %s, links %d: %s", path, links, strerror(errno));
		if (files[_i / 4].stat[links] != 0)
			ck_assert_int_eq(errno, files[_i / 4].stat[links]);
		else if (fd != -1)
			ck_assert(seen.st_ino == st.st_ino);
	}
}
END_TEST

/* The rules hold from the component after the administrator's last. */
START_TEST(roots_are_whole_components)
{
	const char *path = tree_path("alias/file");
	size_t n = strlen(tree_path("")), alias_n = n + strlen("alias");
	struct stat st;

	old_kernel = _i;
	ck_assert_int_eq(os_stat_file(path, alias_n, OS_LINKS_NONE, &st), 0);
	ck_assert_int_eq(os_stat_file(path, alias_n + 1, OS_LINKS_NONE, &st),
	    0);
	ck_assert_int_eq(os_stat_file(path, alias_n + 3, OS_LINKS_NONE, &st),
	    0);
	ck_assert_int_eq(os_stat_file(path, 9999, OS_LINKS_NONE, &st), 0);
	ck_assert_int_eq(os_stat_file(path, alias_n - 1, OS_LINKS_NONE, &st),
	    -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(os_stat_file(path, 0, OS_LINKS_NONE, &st), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(os_stat_file("/", 0, OS_LINKS_NONE, &st), 0);
	ck_assert_int_eq(os_stat_file("/tmp", 0, OS_LINKS_IF_OWNER, &st), 0);
	ck_assert_int_eq(os_stat_file("tmp", 0, OS_LINKS_FOLLOW, &st), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(os_stat_file("", 0, OS_LINKS_NONE, &st), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(names_may_be_too_long)
{
	char name[8000];
	struct stat st;
	int links;

	old_kernel = _i;
	for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE; links++) {
		memset(name, 'x', sizeof(name));
		name[0] = '/';
		name[300] = '\0';
		ck_assert_int_eq(os_open_file(name, 0, (enum os_links)links,
		    &st), -1);
		ck_assert_int_eq(errno, ENAMETOOLONG);
		name[300] = 'x';
		name[sizeof(name) - 2] = '/';
		name[sizeof(name) - 1] = '\0';
		ck_assert_int_eq(os_open_file(name, sizeof(name) - 3,
		    (enum os_links)links, &st), -1);
		ck_assert_int_eq(errno, ENAMETOOLONG);
	}
}
END_TEST

/* Looking takes no right to read, nor does passing through a directory. */
START_TEST(rights_are_the_kernels)
{
	char file[PATH_MAX], inner[PATH_MAX];
	struct stat st;
	int fd, links;

	old_kernel = _i;
	strcpy(file, tree_path("root/file"));
	strcpy(inner, tree_path("root/dir/inner"));
	chmod(file, 0600);
	chmod(tree_path("root/dir"), 0711);
	if (!is_root() || LOOK == (O_RDONLY | O_CLOEXEC))
		return;
	ck_assert_int_eq(seteuid(NOBODY), 0);
	for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE; links++) {
		ck_assert_int_eq(os_stat_file(file, strlen(tree_root),
		    (enum os_links)links, &st), 0);
		ck_assert_int_eq(os_open_file(file, strlen(tree_root),
		    (enum os_links)links, &st), -1);
		ck_assert_int_eq(errno, EACCES);
		fd = os_open_file(inner, strlen(tree_root),
		    (enum os_links)links, &st);
		ck_assert_int_ne(fd, -1);
		close(fd);
	}
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

static int
count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

START_TEST(files_leak_no_fds)
{
	int before = count_fds(), fd, links;
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < 2 * (size_t)COUNT(files); i++) {
		old_kernel = i % 2;
		strcpy(path, tree_path("root"));
		strcat(path, files[i / 2].name);
		for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE;
		    links++) {
			fd = os_open_file(path, strlen(tree_root),
			    (enum os_links)links, &st);
			if (fd != -1)
				close(fd);
			os_stat_file(path, strlen(tree_root),
			    (enum os_links)links,
			    &st);
		}
	}
	ck_assert_int_eq(count_fds(), before);
}
END_TEST

/* Exchange root/race again and again: for a file of its owner, for a link to
 * that and for a link to the secret. */
static void
exchange_for_ever(void)
{
	unsigned i;

	os_die_with_parent(SIGKILL);
	for (i = 0;; i++) {
		unlink(tree_path("root/next"));
		if (i % 3 == 0)
			link(tree_path("root/theirs"), tree_path("root/next"));
		else
			put_link("root/next", i % 3 == 1 ? "../secret" :
			    "theirs", NOBODY);
		rename(tree_path("root/next"), tree_path("root/race"));
	}
}

START_TEST(races_are_lost_by_the_attacker)
{
	enum os_links links = _i & 2 ? OS_LINKS_NONE : OS_LINKS_IF_OWNER;
	int i, fd, opened = 0, refused = 0;
	char race[PATH_MAX];
	struct stat st;
	pid_t attacker;

	if (!is_root())
		return;
	old_kernel = _i & 1;
	strcpy(race, tree_path("root/race"));
	ck_assert_int_eq(link(tree_path("root/theirs"), race), 0);
	attacker = fork();
	if (attacker == 0)
		exchange_for_ever();
	for (i = 0; i < 5000 || (i < 1000000 &&
	    (refused == 0 || opened == 0)); i++) {
		fd = os_open_file(race, strlen(tree_root), links, &st);
		if (fd == -1) {
			ck_assert_int_eq(errno, EACCES);
			refused++;
			continue;
		}
		ck_assert_uint_eq(st.st_uid, NOBODY);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_uid, NOBODY);
		close(fd);
		opened++;
	}
	kill(attacker, SIGKILL);
	waitpid(attacker, NULL, 0);
	ck_assert_int_gt(opened, 0);
	ck_assert_int_gt(refused, 0);
}
END_TEST

/* As much as there is, from wherever. */
START_TEST(parts_are_read)
{
	static const struct {
		size_t	 n;
		off_t	 offset;
		ssize_t	 read;
		const char *bytes;
	} parts[] = {
		{ 5, 0, 5, "hello" }, { 3, 1, 3, "ell" }, { 9, 2, 3, "llo" },
		{ 1, 5, 0, "" }, { 1, 99, 0, "" }, { 0, 0, 0, "" },
	};
	char bytes[16];
	int fd;

	tree_file("five", "hello");
	fd = open(tree_path("five"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < COUNT(parts); i++) {
		ck_assert_int_eq(os_read_part(fd, bytes, parts[i].n,
		    parts[i].offset), parts[i].read);
		ck_assert_int_eq(memcmp(bytes, parts[i].bytes,
		    (size_t)parts[i].read), 0);
	}
	close(fd);
	ck_assert_int_eq(os_read_part(fd, bytes, 1, 0), -1);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, make_tree, tree_end);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, files_open, 0, 4 * COUNT(files));
	tcase_add_loop_test(tc, roots_are_whole_components, 0, 2);
	tcase_add_loop_test(tc, names_may_be_too_long, 0, 2);
	tcase_add_loop_test(tc, rights_are_the_kernels, 0, 2);
	tcase_add_test(tc, files_leak_no_fds);
	tcase_add_test(tc, parts_are_read);
	tcase_add_loop_test(tc, races_are_lost_by_the_attacker, 0, 4);
	return run_case("os_file", tc);
}
