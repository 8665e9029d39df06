/*
 * seccomp.c - see seccomp.h.
 *
 * The filter is a program for the kernel's small machine (BPF), written out by
 * hand: look at the architecture, then at the number of the call, then, for
 * socket(2) and clone(2), at an argument.  The programs are constant data, so
 * that to put one on is a single call.
 *
 * The list names what works on the machine as a whole or on other processes.
 * It is no wall by itself: who may do what to files is Landlock's part.
 */
#include "config.h"

#ifdef HAVE_LINUX_CONFINEMENT
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "base/seccomp.h"

#ifdef HAVE_LINUX_CONFINEMENT

/* AUDIT_ARCH_...: the machine's number in ELF, 64 bits, little endian. */
#if defined(__x86_64__)
#define OUR_ARCH	0xc000003eu
#elif defined(__aarch64__)
#define OUR_ARCH	0xc00000b7u
#else
#error "configure looks for these two"
#endif
/* On x86-64, a second set of numbers, for programs with short pointers. */
#define X32_BIT		0x40000000u

enum { MODE_FILTER = 2 };
#define NO_FAMILY	0xffffffffu

#define ANSWER_ALLOW	0x7fff0000u
#define ANSWER_KILL	0x80000000u
#define ANSWER_ERROR(e)	(0x00050000u | (uint32_t)(e))

/* An instruction, and a program of them. */
struct op {
	uint16_t	code;
	uint8_t		yes, no;	/* how many to skip */
	uint32_t	k;
};
struct program {
	uint16_t	 n;
	const struct op	*ops;
};

/* What the program looks at. */
struct data {
	int32_t		number;
	uint32_t	arch;
	uint64_t	at;
	uint64_t	arguments[6];
};

#define LOAD(field)	{ 0x20, 0, 0, offsetof(struct data, field) }
#define IF(what, y, n)	{ 0x15, y, n, (uint32_t)(what) }
#define IF_NOT_BELOW(what, y, n)	{ 0x35, y, n, (uint32_t)(what) }
#define IF_BITS(bits, y, n)	{ 0x45, y, n, (uint32_t)(bits) }
#define ANSWER(what)	{ 0x06, 0, 0, what }
/* Without the call, the rest is skipped. */
#define REFUSE(call)	IF(call, 0, 1), ANSWER(ANSWER_ERROR(EPERM))
#define ABSENT(call)	IF(call, 0, 1), ANSWER(ANSWER_ERROR(ENOSYS))

/* Calls younger than some headers; their numbers are the same everywhere. */
enum {
	CALL_PIDFD_SEND_SIGNAL	= 424,
	CALL_IO_URING_SETUP	= 425,
	CALL_IO_URING_ENTER	= 426,
	CALL_IO_URING_REGISTER	= 427,
	CALL_OPEN_TREE		= 428,
	CALL_MOVE_MOUNT		= 429,
	CALL_FSOPEN		= 430,
	CALL_FSCONFIG		= 431,
	CALL_FSMOUNT		= 432,
	CALL_FSPICK		= 433,
	CALL_CLONE3		= 435,
	CALL_PIDFD_GETFD	= 438,
	CALL_PROCESS_MADVISE	= 440,
	CALL_MOUNT_SETATTR	= 442,
	CALL_QUOTACTL_FD	= 443,
};

#define NEW_NAMESPACES	0x7e020000u	/* CLONE_NEW... */

/* Both loads read the low half of an argument: all there is of an int. */
#define FILTER(sockets) { \
	LOAD(arch), \
	IF(OUR_ARCH, 1, 0), \
	ANSWER(ANSWER_KILL), \
	LOAD(number), \
	IF_NOT_BELOW(X32_BIT, 0, 1), \
	ANSWER(ANSWER_ERROR(ENOSYS)), \
	/* Of all families, only these are wanted for anything. */ \
	IF(SYS_socket, 0, 6), \
	LOAD(arguments[0]), \
	IF(sockets >= SECCOMP_UNIX_SOCKETS ? AF_UNIX : NO_FAMILY, 3, 0), \
	IF(sockets == SECCOMP_ALL_SOCKETS ? AF_INET : NO_FAMILY, 2, 0), \
	IF(sockets == SECCOMP_ALL_SOCKETS ? AF_INET6 : NO_FAMILY, 1, 0), \
	IF(sockets == SECCOMP_ALL_SOCKETS ? AF_NETLINK : NO_FAMILY, 0, 1), \
	ANSWER(ANSWER_ALLOW), \
	/* Not reached with a socket that is allowed. */ \
	LOAD(number), \
	REFUSE(SYS_socket), \
	/* A process in namespaces of its own is root there. */ \
	IF(SYS_clone, 0, 4), \
	LOAD(arguments[0]), \
	IF_BITS(NEW_NAMESPACES, 0, 1), \
	ANSWER(ANSWER_ERROR(EPERM)), \
	ANSWER(ANSWER_ALLOW), \
	/* Its flags cannot be seen; libraries fall back on clone(2). */ \
	ABSENT(CALL_CLONE3), \
	REFUSE(SYS_unshare), \
	REFUSE(SYS_setns), \
	/* Other processes. */ \
	REFUSE(SYS_ptrace), \
	REFUSE(SYS_process_vm_readv), \
	REFUSE(SYS_process_vm_writev), \
	REFUSE(CALL_PIDFD_GETFD), \
	REFUSE(CALL_PIDFD_SEND_SIGNAL), \
	REFUSE(CALL_PROCESS_MADVISE), \
	/* File systems. */ \
	REFUSE(SYS_mount), \
	REFUSE(SYS_umount2), \
	REFUSE(SYS_pivot_root), \
	REFUSE(SYS_chroot), \
	REFUSE(CALL_OPEN_TREE), \
	REFUSE(CALL_MOVE_MOUNT), \
	REFUSE(CALL_FSOPEN), \
	REFUSE(CALL_FSCONFIG), \
	REFUSE(CALL_FSMOUNT), \
	REFUSE(CALL_FSPICK), \
	REFUSE(CALL_MOUNT_SETATTR), \
	REFUSE(SYS_quotactl), \
	REFUSE(CALL_QUOTACTL_FD), \
	REFUSE(SYS_fanotify_init), \
	REFUSE(SYS_open_by_handle_at), \
	/* The kernel. */ \
	REFUSE(SYS_bpf), \
	REFUSE(SYS_perf_event_open), \
	REFUSE(SYS_userfaultfd), \
	REFUSE(CALL_IO_URING_SETUP), \
	REFUSE(CALL_IO_URING_ENTER), \
	REFUSE(CALL_IO_URING_REGISTER), \
	REFUSE(SYS_add_key), \
	REFUSE(SYS_request_key), \
	REFUSE(SYS_keyctl), \
	REFUSE(SYS_init_module), \
	REFUSE(SYS_finit_module), \
	REFUSE(SYS_delete_module), \
	REFUSE(SYS_kexec_load), \
	REFUSE(SYS_syslog), \
	REFUSE(SYS_vhangup), \
	/* The machine. */ \
	REFUSE(SYS_reboot), \
	REFUSE(SYS_swapon), \
	REFUSE(SYS_swapoff), \
	REFUSE(SYS_acct), \
	REFUSE(SYS_sethostname), \
	REFUSE(SYS_setdomainname), \
	REFUSE(SYS_settimeofday), \
	REFUSE(SYS_clock_settime), \
	REFUSE(SYS_clock_adjtime), \
	REFUSE(SYS_adjtimex), \
	MACHINE_ONLY \
	ANSWER(ANSWER_ALLOW), \
}

#if defined(__x86_64__)
#define MACHINE_ONLY \
	REFUSE(SYS_modify_ldt), \
	REFUSE(SYS_iopl), \
	REFUSE(SYS_ioperm), \
	REFUSE(SYS_kexec_file_load),
#else
#define MACHINE_ONLY \
	REFUSE(294 /* kexec_file_load */),
#endif

static const struct op without_sockets[] = FILTER(SECCOMP_NO_SOCKETS);
static const struct op with_unix[] = FILTER(SECCOMP_UNIX_SOCKETS);
static const struct op with_all[] = FILTER(SECCOMP_ALL_SOCKETS);

#define PROGRAM(ops)	{ sizeof(ops) / sizeof((ops)[0]), ops }

static const struct program programs[] = {
	[SECCOMP_NO_SOCKETS] = PROGRAM(without_sockets),
	[SECCOMP_UNIX_SOCKETS] = PROGRAM(with_unix),
	[SECCOMP_ALL_SOCKETS] = PROGRAM(with_all),
};

bool
seccomp_works(void)
{
	/* A kernel that knows filters wants to read this one. */
	return prctl(PR_SET_SECCOMP, MODE_FILTER, NULL, 0, 0) == -1 &&
	    errno == EFAULT;
}

int
seccomp_enter(enum seccomp_sockets sockets)
{
	return prctl(PR_SET_SECCOMP, MODE_FILTER, &programs[sockets], 0, 0);
}

#else

bool
seccomp_works(void)
{
	return false;
}

int
seccomp_enter(enum seccomp_sockets sockets)
{
	(void)sockets;
	errno = ENOSYS;
	return -1;
}

#endif
