/*
 * landlock.c - see landlock.h.
 *
 * The numbers are the kernel's and stand here by themselves: the headers of a
 * system are often older than its kernel, and some systems have none.
 */
#include "config.h"

#include <sys/stat.h>
#ifdef HAVE_LINUX_CONFINEMENT
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/landlock.h"

#ifdef HAVE_LINUX_CONFINEMENT

/* The same on every architecture that the build looks for. */
enum {
	CALL_CREATE_RULESET	= 444,
	CALL_ADD_RULE		= 445,
	CALL_RESTRICT_SELF	= 446,
};

enum { ASK_VERSION = 1, RULE_PATH = 1 };

enum {
	FS_EXECUTE	= 1 << 0,
	FS_WRITE_FILE	= 1 << 1,
	FS_READ_FILE	= 1 << 2,
	FS_READ_DIR	= 1 << 3,
	FS_REMOVE_DIR	= 1 << 4,
	FS_REMOVE_FILE	= 1 << 5,
	FS_MAKE_CHAR	= 1 << 6,
	FS_MAKE_DIR	= 1 << 7,
	FS_MAKE_REG	= 1 << 8,
	FS_MAKE_SOCK	= 1 << 9,
	FS_MAKE_FIFO	= 1 << 10,
	FS_MAKE_BLOCK	= 1 << 11,
	FS_MAKE_SYM	= 1 << 12,
	FS_REFER	= 1 << 13,
	FS_TRUNCATE	= 1 << 14,
	FS_IOCTL_DEV	= 1 << 15,

	NET_BIND_TCP	= 1 << 0,
	NET_CONNECT_TCP	= 1 << 1,

	SCOPE_ABSTRACT	= 1 << 0,
	SCOPE_SIGNAL	= 1 << 1,
};

/* What can be said of a file that is no directory. */
#define ON_FILES	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | \
			FS_TRUNCATE | FS_IOCTL_DEV)

struct ruleset_attributes {
	uint64_t	fs, net, scoped;
};
struct path_rule {
	uint64_t	allowed;
	int32_t		fd;
} __attribute__((packed));

/* How much of the attributes a kernel with this version knows. */
static size_t
attributes_size(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset_attributes);
	return abi >= 4 ? offsetof(struct ruleset_attributes, scoped) :
	    offsetof(struct ruleset_attributes, net);
}

static uint64_t
all_of_files(int abi)
{
	uint64_t bits = FS_REFER - 1;

	if (abi >= 2)
		bits |= FS_REFER;
	if (abi >= 3)
		bits |= FS_TRUNCATE;
	if (abi >= 5)
		bits |= FS_IOCTL_DEV;
	return bits;
}

int
landlock_abi(void)
{
	static long abi = -1;

	if (abi == -1)
		abi = syscall(CALL_CREATE_RULESET, NULL, 0, ASK_VERSION);
	return abi > 0 ? (int)abi : 0;
}

int
landlock_new(bool tcp)
{
	struct ruleset_attributes a = { .fs = all_of_files(landlock_abi()) };

	if (!tcp)
		a.net = NET_BIND_TCP | NET_CONNECT_TCP;
	a.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	return (int)syscall(CALL_CREATE_RULESET, &a,
	    attributes_size(landlock_abi()), 0);
}

static uint64_t
bits_of(unsigned access, bool directory)
{
	uint64_t bits = 0;

	if (access & LANDLOCK_FILES)
		bits |= FS_READ_FILE;
	if (access & LANDLOCK_LIST)
		bits |= FS_READ_DIR;
	if (access & LANDLOCK_EXEC)
		bits |= FS_EXECUTE;
	/* Device files are the one thing that is not made. */
	if (access & LANDLOCK_WRITE)
		bits |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE |
		    FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO |
		    FS_MAKE_SYM | FS_REFER | FS_TRUNCATE;
	if (!directory)
		bits &= ON_FILES;
	return bits & all_of_files(landlock_abi());
}

int
landlock_allow(int ruleset, const char *path, unsigned access,
    struct stat *st)
{
	struct path_rule rule = { .fd = open(path, O_PATH | O_CLOEXEC) };
	int result, error;

	if (rule.fd == -1)
		return -1;
	result = fstat(rule.fd, st);
	if (result == 0) {
		rule.allowed = bits_of(access, S_ISDIR(st->st_mode));
		result = (int)syscall(CALL_ADD_RULE, ruleset, RULE_PATH,
		    &rule, 0);
	}
	error = errno;
	close(rule.fd);
	errno = error;
	return result;
}

int
landlock_enter(int ruleset)
{
	return (int)syscall(CALL_RESTRICT_SELF, ruleset, 0);
}

#else

int
landlock_abi(void)
{
	return 0;
}

int
landlock_new(bool tcp)
{
	(void)tcp;
	errno = ENOSYS;
	return -1;
}

int
landlock_allow(int ruleset, const char *path, unsigned access,
    struct stat *st)
{
	(void)ruleset;
	(void)path;
	(void)access;
	(void)st;
	errno = ENOSYS;
	return -1;
}

int
landlock_enter(int ruleset)
{
	(void)ruleset;
	errno = ENOSYS;
	return -1;
}

#endif
