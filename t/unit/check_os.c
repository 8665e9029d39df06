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
#include <stdbool.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A kernel without openat2(2), when wanted. */
static bool old_kernel;
#define syscall(...) \
	(old_kernel ? (errno = ENOSYS, -1) : (syscall)(__VA_ARGS__))

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

/* The path of name in top; the last four results stay valid. */
static const char *
in_top(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%.900s/%.900s", top, name);
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
	strcpy(path, in_top(_i & 2 ? "alias" : "root"));
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
	const char *path = in_top("alias/file");
	size_t n = strlen(in_top("")), alias_n = n + strlen("alias");
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
	strcpy(file, in_top("root/file"));
	strcpy(inner, in_top("root/dir/inner"));
	chmod(file, 0600);
	chmod(in_top("root/dir"), 0711);
	if (!is_root() || LOOK == (O_RDONLY | O_CLOEXEC))
		return;
	ck_assert_int_eq(seteuid(NOBODY), 0);
	for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE; links++) {
		ck_assert_int_eq(os_stat_file(file, strlen(top),
		    (enum os_links)links, &st), 0);
		ck_assert_int_eq(os_open_file(file, strlen(top),
		    (enum os_links)links, &st), -1);
		ck_assert_int_eq(errno, EACCES);
		fd = os_open_file(inner, strlen(top), (enum os_links)links,
		    &st);
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
		strcpy(path, in_top("root"));
		strcat(path, files[i / 2].name);
		for (links = OS_LINKS_FOLLOW; links <= OS_LINKS_NONE;
		    links++) {
			fd = os_open_file(path, strlen(top),
			    (enum os_links)links, &st);
			if (fd != -1)
				close(fd);
			os_stat_file(path, strlen(top), (enum os_links)links,
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
		unlink(in_top("root/next"));
		if (i % 3 == 0)
			link(in_top("root/theirs"), in_top("root/next"));
		else
			put_link("root/next", i % 3 == 1 ? "../secret" :
			    "theirs", NOBODY);
		rename(in_top("root/next"), in_top("root/race"));
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
	strcpy(race, in_top("root/race"));
	ck_assert_int_eq(link(in_top("root/theirs"), race), 0);
	attacker = fork();
	if (attacker == 0)
		exchange_for_ever();
	for (i = 0; i < 5000 || (i < 1000000 &&
	    (refused == 0 || opened == 0)); i++) {
		fd = os_open_file(race, strlen(top), links, &st);
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

/* Programs. */

static char *const no_env[] = { NULL };

static struct os_program
shell(char *const argv[])
{
	return (struct os_program){ .path = "/bin/sh", .argv = argv,
	    .envp = no_env, .in = -1, .out = -1, .err = 2, .umask = -1 };
}

/* Run script, return what it says; *status is how it ended. */
static const char *
output(struct os_program p, const char *script, int *status)
{
	static char said[65536];
	char *const argv[] = { "sh", "-c", (char *)script, NULL };
	const char *step = NULL;
	size_t n = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(os_pipe(ends), 0);
	ck_assert_int_eq(os_nonblock(ends[0], false), 0);
	ck_assert_int_eq(os_nonblock(ends[1], false), 0);
	p.argv = argv;
	p.out = ends[1];
	pid = os_start(&p, &step);
	ck_assert_msg(pid != -1, "%s: %s", step, strerror(errno));
	close(ends[1]);
	while ((got = read(ends[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	said[n] = '\0';
	ck_assert_int_eq(waitpid(pid, status, 0), pid);
	return said;
}

static const struct os_limit two_limits[] = {
	{ RLIMIT_CPU, { 33, 44 } }, { RLIMIT_CORE, { 0, 0 } }
};

static const struct {
	struct os_program	 set;
	const char		*script, *says;
} programs[] = {
	{ { .umask = -1 }, "echo hello; echo world", "hello\nworld\n" },
	{ { .umask = -1 }, "cat", "" },
	{ { .umask = -1, .directory = "/" }, "pwd", "/\n" },
	{ { .umask = 0137 }, "umask", "0137\n" },
	{ { .umask = 0 }, "umask", "0000\n" },
	{ { .umask = -1 }, "umask", "0027\n" },
	{ { .umask = -1, .nice = 7 }, "nice", "7\n" },
	{ { .umask = -1, .limits = two_limits, .n_limits = 2 },
	  "ulimit -t; ulimit -H -t", "33\n44\n" },
	{ { .umask = -1, .envp = (char *[]){ "A=1 2", "B=", NULL } },
	  "echo \"$A|$B\"", "1 2|\n" },
	{ { .umask = -1 }, "kill -PIPE $$; echo alive", "" },
	{ { .umask = -1 }, "kill -HUP $$; echo alive", "" },
	{ { .umask = -1 }, "kill -TERM $$; echo alive", "" },
	{ { .umask = -1 }, "kill -USR1 $$; echo alive", "" },
	{ { .umask = -1 }, "kill -XFSZ $$; echo alive", "" },
	{ { .umask = -1 }, "for i in 3 4 5 6 7 8 9; do "
	  "if { : >&$i; } 2>/dev/null; then echo leaked $i; fi; done", "" },
};

static void
ignore(int sig)
{
	(void)sig;
}

/* All that a child must not inherit. */
static void
dirty_process(void)
{
	sigset_t all;
	int fd;

	umask(027);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGTERM, ignore);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* The test library's own fds are not ours to judge. */
	for (fd = 3; fd < 64; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 10)
		ck_assert_int_ne(fd, -1);
}

START_TEST(programs_run)
{
	struct os_program p = programs[_i].set;
	int status;

	dirty_process();
	p.path = "/bin/sh";
	if (p.envp == NULL)
		p.envp = no_env;
	p.in = -1;
	p.err = 2;
	ck_assert_str_eq(output(p, programs[_i].script, &status),
	    programs[_i].says);
}
END_TEST

/* The blocked signals, as bits. */
static unsigned long
mask_now(void)
{
	unsigned long bits = 0;
	sigset_t mask;
	int sig;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (sig = 1; sig < 32; sig++)
		if (sigismember(&mask, sig) == 1)
			bits |= 1UL << sig;
	return bits;
}

/* By the kernel's own account, where it gives one. */
START_TEST(programs_start_clean)
{
	struct os_program p = shell(NULL);
	const char *said;
	int status;

	dirty_process();
	said = output(p, "exec cat /proc/self/status", &status);
	if (strstr(said, "SigIgn:") == NULL)
		return;
	ck_assert_ptr_nonnull(strstr(said, "SigBlk:\t0000000000000000"));
	/* The C library keeps signals 32 and 33 to itself, so what a starter
	 * did to them stays. */
	ck_assert(strstr(said, "SigIgn:\t0000000000000000") != NULL ||
	    strstr(said, "SigIgn:\t0000000180000000") != NULL);
	ck_assert_ptr_nonnull(strstr(said, "SigCgt:\t0000000000000000"));
}
END_TEST

START_TEST(starting_leaves_us_alone)
{
	struct os_program p = shell((char *[]){ "sh", "-c", "exit 3", NULL });
	const char *step = NULL;
	unsigned long mask = mask_now();
	int before = count_fds(), status;
	char directory[PATH_MAX], now[PATH_MAX];
	struct rlimit limit;
	pid_t pid;

	ck_assert_ptr_nonnull(getcwd(directory, sizeof(directory)));
	umask(027);
	p.umask = 0;
	p.directory = "/";
	p.limits = two_limits;
	p.n_limits = 2;
	p.nice = 3;
	pid = os_start(&p, &step);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(getpgid(pid), pid);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	ck_assert_int_eq(umask(027), 027);
	ck_assert_str_eq(getcwd(now, sizeof(now)), directory);
	ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), 0);
	getrlimit(RLIMIT_CPU, &limit);
	ck_assert_uint_ne(limit.rlim_max, 44);
	ck_assert_uint_eq(mask_now(), mask);
	ck_assert_int_eq(count_fds(), before);
}
END_TEST

static const struct os_limit bad_limit[] = { { 4711, { 3, 9 } } };

static const struct {
	struct os_program	 set;
	const char		*step;
	int			 error;
} failures[] = {
	{ { .path = "/nonexistent" }, "exec", ENOENT },
	{ { .path = "/tmp" }, "exec", EACCES },
	{ { .path = "/dev/null" }, "exec", EACCES },
	{ { .path = "/bin/sh", .directory = "/nonexistent" }, "chdir",
	  ENOENT },
	{ { .path = "/bin/sh", .directory = "/dev/null" }, "chdir", ENOTDIR },
	{ { .path = "/bin/sh", .limits = bad_limit, .n_limits = 1 },
	  "setrlimit", EINVAL },
};

START_TEST(failures_are_told)
{
	struct os_program p = failures[_i].set;
	char *const argv[] = { "x", NULL };
	unsigned long mask = mask_now();
	const char *step = NULL;
	int before = count_fds();

	p.argv = argv;
	p.envp = no_env;
	p.in = p.out = p.err = p.umask = -1;
	ck_assert_int_eq(os_start(&p, &step), -1);
	ck_assert_int_eq(errno, failures[_i].error);
	ck_assert_str_eq(step, failures[_i].step);
	/* The failed child left nothing. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(count_fds(), before);
	ck_assert_uint_eq(mask_now(), mask);
}
END_TEST

/* Which files the program's 0, 1 and 2 are, when it asks for in, out, err; ours
 * are top/0, top/1 and top/2, and 3 stands for top/3 on a high fd. */
static void
check_fds(int in, int out, int err)
{
	char script[PATH_MAX + 200], want[PATH_MAX * 3];
	char said[PATH_MAX * 3] = "";
	const char *result = in_top("result");
	char *const argv[] = { "sh", "-c", script, NULL };
	static const char *const names[] = { "0", "1", "2" };
	struct os_program p = shell(argv);
	int asked[3] = { in, out, err }, i, status;
	const char *step = NULL;
	size_t n = 0;
	FILE *f;
	pid_t pid;

	snprintf(script, sizeof(script), "f=/proc/$$/fd; zero=$(readlink $f/0);"
	    " one=$(readlink $f/1); two=$(readlink $f/2);"
	    " echo \"$zero $one $two\" > %s", result);
	for (i = 0; i < 3; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s%s",
		    asked[i] == -1 ? "/dev/null" :
		    in_top(asked[i] == 30 ? "3" : names[asked[i]]),
		    i < 2 ? " " : "\n");
	p.in = in;
	p.out = out;
	p.err = err;
	p.envp = (char *[]){ "PATH=/usr/bin:/bin", NULL };
	pid = os_start(&p, &step);
	ck_assert_int_gt(pid, 0);
	waitpid(pid, &status, 0);
	f = fopen(in_top("result"), "r");
	ck_assert_ptr_nonnull(f);
	said[fread(said, 1, sizeof(said) - 1, f)] = '\0';
	fclose(f);
	unlink(in_top("result"));
	ck_assert_str_eq(said, want);
}

/* Every way in which the three may overlap. */
START_TEST(fds_in_any_order)
{
	static const int choices[] = { -1, 0, 1, 2, 30 };
	char name[2] = "0";
	int i, fd, kept[3], a, b;

	if (access("/proc/self/fd/0", F_OK) == -1)
		return;
	for (i = 0; i < 4; i++) {
		if (i < 3)
			kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 40);
		name[0] = (char)('0' + i);
		put_file(name, 0);
		fd = open(in_top(name), O_RDWR | O_CLOEXEC);
		ck_assert_int_ne(fd, -1);
		dup2(fd, i < 3 ? i : 30);
		close(fd);
	}
	fcntl(30, F_SETFD, FD_CLOEXEC);
	for (a = 0; a < COUNT(choices); a++)
		for (b = 0; b < COUNT(choices); b++)
			check_fds(choices[_i], choices[a], choices[b]);
	/* /dev/null may come out as 0. */
	close(0);
	check_fds(-1, 1, 2);
	check_fds(2, 1, -1);
	for (i = 0; i < 3; i++)
		dup2(kept[i], i);
}
END_TEST

/* The pipe ends within ten seconds. */
static bool
ends_soon(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, 10000) == 1 && read(fd, &byte, 1) == 0;
}

START_TEST(programs_die_with_us)
{
	char *const argv[] = { "sh", "-c", "exec sleep 60", NULL };
	struct os_program p = shell(argv);
	const char *step;
	int ends[2];
	pid_t pid;

	if (strstr(os_features(), "pdeathsig") == NULL)
		return;
	ck_assert_int_eq(os_pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		p.out = ends[1];
		p.envp = (char *[]){ "PATH=/usr/bin:/bin", NULL };
		_exit(os_start(&p, &step) == -1);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	ck_assert(ends_soon(ends[0]));
	close(ends[0]);
}
END_TEST

START_TEST(forks_die_with_us)
{
	int ends[2];
	pid_t pid;

	if (strstr(os_features(), "pdeathsig") == NULL)
		return;
	ck_assert_int_eq(os_pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			os_die_with_parent(SIGKILL);
			if (write(ends[1], "x", 1) == 1)
				pause();
		}
		poll(&(struct pollfd){ .fd = ends[0], .events = POLLIN }, 1,
		    2000);
		_exit(0);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	ck_assert_int_eq(read(ends[0], &(char){ 0 }, 1), 1);
	ck_assert(ends_soon(ends[0]));
	close(ends[0]);
}
END_TEST

/* Pipes and sockets. */

static void
check_tame(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

START_TEST(pipes_are_tame)
{
	char byte;
	int ends[2];

	ck_assert_int_eq(os_pipe(ends), 0);
	check_tame(ends[0]);
	check_tame(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	os_pipe_grow(ends[1], 1 << 20);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	os_pipe_grow(-1, SIZE_MAX);
	ck_assert_int_eq(os_nonblock(ends[0], false), 0);
	ck_assert_int_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(os_nonblock(ends[0], true), 0);
	check_tame(ends[0]);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(os_nonblock(ends[0], true), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

START_TEST(sockets_accept)
{
	struct sockaddr_in addr = { .sin_family = AF_INET }, peer;
	int listener = os_tcp_socket(AF_INET), client, fd;
	socklen_t n = sizeof(addr);

	check_tame(listener);
	ck_assert_int_ne(option(listener, SOL_SOCKET, SO_REUSEADDR), 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&addr, n), 0);
	ck_assert_int_eq(listen(listener, 5), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&addr, &n),
	    0);
	ck_assert_int_eq(os_accept(listener, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	os_defer_accept(listener, 1);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&addr, n), 0);
	ck_assert_int_eq(write(client, "x", 1), 1);
	poll(&(struct pollfd){ .fd = listener, .events = POLLIN }, 1, 2000);
	n = sizeof(peer);
	fd = os_accept(listener, (struct sockaddr *)&peer, &n);
	check_tame(fd);
	ck_assert_uint_eq(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	ck_assert_int_ne(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	close(fd);
	close(client);
	close(listener);
}
END_TEST

START_TEST(sockets_for_ipv6_only)
{
	int fd = os_tcp_socket(AF_INET6);

	if (fd == -1) {
		ck_assert_int_eq(errno, EAFNOSUPPORT);
		return;
	}
	check_tame(fd);
	ck_assert_int_ne(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	close(fd);
	ck_assert_int_eq(os_tcp_socket(-1), -1);
}
END_TEST

typedef ssize_t send_way(int socket, int file, off_t *offset, size_t n);

static send_way *const send_ways[] = { os_sendfile, send_copy };

static void
fill_file(char *bytes, size_t n)
{
	int fd = open(in_top("big"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

START_TEST(files_are_sent)
{
	static char bytes[300000], got[300000];
	size_t n = 0, sent = 0;
	int file, ends[2];
	off_t offset = 10;
	ssize_t result;

	fill_file(bytes, sizeof(bytes));
	file = open(in_top("big"), O_RDONLY);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	ck_assert_int_eq(os_nonblock(ends[0], true), 0);
	ck_assert_int_eq(os_nonblock(ends[1], true), 0);
	for (;;) {
		result = send_ways[_i](ends[0], file, &offset, 500000);
		if (result == 0)
			break;
		if (result == -1)
			ck_assert_int_eq(errno, EAGAIN);
		else
			sent += (size_t)result;
		ck_assert_int_eq(offset, (off_t)(10 + sent));
		while ((result = read(ends[1], got + n, sizeof(got) - n)) > 0)
			n += (size_t)result;
	}
	ck_assert_uint_eq(n, sizeof(bytes) - 10);
	ck_assert_mem_eq(got, bytes + 10, n);
	offset = 5;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), 3);
	ck_assert_int_eq(read(ends[1], got, sizeof(got)), 3);
	ck_assert_mem_eq(got, bytes + 5, 3);
	offset = 1 << 30;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), 0);
	close(ends[1]);
	signal(SIGPIPE, SIG_IGN);
	offset = 0;
	ck_assert_int_eq(send_ways[_i](ends[0], file, &offset, 3), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(offset, 0);
	close(ends[0]);
	close(file);
}
END_TEST

/* Files that the kernel makes up as they are read. */
START_TEST(odd_files_are_sent)
{
	int file = open("/proc/self/status", O_RDONLY), ends[2];
	char got[100];
	off_t offset = 0;

	if (file == -1)
		return;
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	ck_assert_int_gt(os_sendfile(ends[0], file, &offset, 4), 0);
	ck_assert_int_ge(read(ends[1], got, sizeof(got)), 1);
	ck_assert_int_eq(got[0], 'N');
	close(file);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* The process and the machine. */

START_TEST(shared_memory_is_shared)
{
	int *shared = os_shared(100 * sizeof(*shared)), i;

	ck_assert_ptr_nonnull(shared);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(shared[i], 0);
	if (fork() == 0) {
		shared[99] = 42;
		_exit(0);
	}
	wait(NULL);
	ck_assert_int_eq(shared[99], 42);
	munmap(shared, 100 * sizeof(*shared));
	ck_assert_ptr_null(os_shared(0));
}
END_TEST

/* Exits with the number of the first thing that is wrong. */
static int
become_nobody(const char *name)
{
	gid_t groups[64];

	if (os_become(name, NOBODY, NOBODY) == -1)
		return 1;
	if (getuid() != NOBODY || geteuid() != NOBODY)
		return 2;
	if (getgid() != NOBODY || getegid() != NOBODY)
		return 3;
	if (getgroups(64, groups) != 1 || groups[0] != NOBODY)
		return 4;
	if (setuid(0) != -1 || seteuid(0) != -1 || setgid(0) != -1)
		return 5;
	return os_become(NULL, 0, 0) == -1 && errno == EPERM ? 0 : 6;
}

START_TEST(nobody_is_for_good)
{
	int status;

	if (!is_root()) {
		ck_assert_int_eq(os_become(NULL, 0, 0), -1);
		ck_assert_int_eq(errno, EPERM);
		return;
	}
	ck_assert_int_eq(setgroups(2, (gid_t[]){ 0, 5 }), 0);
	if (fork() == 0)
		_exit(become_nobody(_i == 0 ? NULL : "nobody"));
	wait(&status);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(random_bytes)
{
	static const size_t sizes[] = { 0, 1, 8, 255, 256, 257, 1000 };
	unsigned char one[1001], two[1001];
	size_t n = sizes[_i], i, same = 0;

	memset(one, 'x', sizeof(one));
	memset(two, 'x', sizeof(two));
	os_random(one, n);
	os_random(two, n);
	for (i = 0; i < n; i++)
		same += one[i] == two[i];
	ck_assert_uint_le(same, n / 10 + 4);
	for (; i < sizeof(one); i++)
		ck_assert(one[i] == 'x' && two[i] == 'x');
}
END_TEST

START_TEST(machine)
{
	struct rlimit limit;

	ck_assert_int_ge(os_processors(), 1);
	ck_assert_int_le(os_processors(), sysconf(_SC_NPROCESSORS_CONF));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 64;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(os_open_files(), (long)limit.rlim_max);
	getrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_uint_eq(limit.rlim_cur, limit.rlim_max);
	os_process_name("a name that is too long for the kernel");
	ck_assert_ptr_nonnull(strstr(os_features(), "poll"));
}
END_TEST

static TCase *
file_tests(void)
{
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, make_tree, end_tree);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, files_open, 0, 4 * COUNT(files));
	tcase_add_loop_test(tc, roots_are_whole_components, 0, 2);
	tcase_add_loop_test(tc, names_may_be_too_long, 0, 2);
	tcase_add_loop_test(tc, rights_are_the_kernels, 0, 2);
	tcase_add_test(tc, files_leak_no_fds);
	tcase_add_loop_test(tc, races_are_lost_by_the_attacker, 0, 4);
	tcase_add_loop_test(tc, fds_in_any_order, 0, 5);
	tcase_add_loop_test(tc, files_are_sent, 0, COUNT(send_ways));
	return tc;
}

START_TEST(open_fds_are_counted)
{
	long before = os_fds_in_use();
	int fd = dup(STDERR_FILENO);

	ck_assert_int_ge(before, 1);
	ck_assert_int_eq(os_fds_in_use(), before + 1);
	close(fd);
	ck_assert_int_eq(os_fds_in_use(), before);
}
END_TEST

/* What nobody has read is on its way for ever. */
START_TEST(unsent_bytes_are_told)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	static char bytes[65536];
	int door = os_tcp_socket(AF_INET), fd = socket(AF_INET, SOCK_STREAM, 0);
	int i;

	ck_assert_int_eq(bind(door, (struct sockaddr *)&at, n), 0);
	ck_assert_int_eq(listen(door, 1), 0);
	getsockname(door, (struct sockaddr *)&at, &n);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, n), 0);
	ck_assert_uint_eq(os_unsent(fd), 0);
	os_nonblock(fd, true);
	for (i = 0; i < 1000 && write(fd, bytes, sizeof(bytes)) > 0; i++)
		continue;
#ifdef __linux__
	ck_assert_uint_gt(os_unsent(fd), 0);
#endif
	ck_assert_uint_eq(os_unsent(-1), 0);
	close(fd);
	close(door);
}
END_TEST

static TCase *
other_tests(void)
{
	TCase *tc = tcase_create("others");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, programs_run, 0, COUNT(programs));
	tcase_add_test(tc, programs_start_clean);
	tcase_add_test(tc, starting_leaves_us_alone);
	tcase_add_loop_test(tc, failures_are_told, 0, COUNT(failures));
	tcase_add_test(tc, programs_die_with_us);
	tcase_add_test(tc, forks_die_with_us);
	tcase_add_test(tc, pipes_are_tame);
	tcase_add_test(tc, sockets_accept);
	tcase_add_test(tc, sockets_for_ipv6_only);
	tcase_add_test(tc, odd_files_are_sent);
	tcase_add_test(tc, shared_memory_is_shared);
	tcase_add_loop_test(tc, nobody_is_for_good, 0, 2);
	tcase_add_loop_test(tc, random_bytes, 0, 7);
	tcase_add_test(tc, machine);
	tcase_add_test(tc, open_fds_are_counted);
	tcase_add_test(tc, unsent_bytes_are_told);
	return tc;
}

/* The first program that has no input makes the process open /dev/null, once
 * for all. */
static void
start_first(void)
{
	char *const argv[] = { (char *)(uintptr_t)"true", NULL };
	struct os_program p = { .path = "/bin/true", .argv = argv,
	    .envp = argv + 1, .in = -1, .out = -1, .err = -1, .umask = -1 };
	const char *step;
	pid_t pid = os_start(&p, &step);

	waitpid(pid, NULL, 0);
}

int
main(void)
{
	Suite *suite = suite_create("os");
	SRunner *sr = srunner_create(suite);
	int failed;

	start_first();
	suite_add_tcase(suite, file_tests());
	suite_add_tcase(suite, other_tests());
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
