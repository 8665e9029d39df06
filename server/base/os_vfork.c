/*
 * os_vfork.c - a new process that borrows our memory.
 *
 * vfork(2) everywhere.  Linux can also give all caught signals their default
 * back on the way, which saves a system call for each: clone3(2), which has no
 * function in libc, since what the new process does on our stack must not harm
 * what we find there afterwards.  So it gets a stack of its own, and comes back
 * from the call into no C function but run().
 */
#include "config.h"

/* Sanitizers watch over one stack, and know of vfork(2) alone. */
#if defined(__SANITIZE_ADDRESS__)
#undef HAVE_CLONE3
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef HAVE_CLONE3
#endif
#endif

#include <errno.h>
#include <stdint.h>
#include <unistd.h>
#ifdef HAVE_CLONE3
#include <signal.h>
#include <sys/syscall.h>
#endif

#include "base/os_vfork.h"

#ifdef HAVE_VFORK

static pid_t
run_here(void (*run)(void *arg, bool caught), void *arg)
{
	pid_t pid = vfork();

	if (pid == 0) {
		run(arg, true);
		_exit(127);
	}
	return pid;
}

#ifdef HAVE_CLONE3

enum { STACK = 64 * 1024 };

#define SHARE_MEMORY	0x00000100u	/* CLONE_VM */
#define WAIT_FOR_EXEC	0x00004000u	/* CLONE_VFORK */
#define CLEAR_HANDLERS	0x100000000u	/* CLONE_CLEAR_SIGHAND */

/* The kernel's struct clone_args, as it was first. */
struct clone {
	uint64_t	flags, pidfd, child_tid, parent_tid, exit_signal,
			stack, stack_size, tls;
};

struct call {
	void		(*run)(void *arg, bool caught);
	void		*arg;
};

static void
run_call(struct call *c)
{
	c->run(c->arg, false);
	_exit(127);
}

/* What the system call returns; a negative errno value when it fails. */
static long
clone_call(struct clone *how, struct call *call)
{
	long result = SYS_clone3;

	__asm__ volatile (
	    "syscall\n\t"
	    "testq %%rax, %%rax\n\t"
	    "jnz 1f\n\t"
	    "movq %[call], %%rdi\n\t"
	    "movq %[run], %%rax\n\t"
	    "xorl %%ebp, %%ebp\n\t"
	    "callq *%%rax\n\t"
	    "hlt\n"
	    "1:"
	    : "+a" (result)
	    : "D" (how), "S" (sizeof(*how)), [call] "r" (call),
	    [run] "r" (run_call)
	    : "rcx", "r11", "cc", "memory");
	return result;
}

pid_t
os_vfork(void (*run)(void *arg, bool caught), void *arg)
{
	static char stack[STACK] __attribute__((aligned(16)));
	static bool missing;	/* old kernels, and filters of containers */
	struct clone how = { .flags = SHARE_MEMORY | WAIT_FOR_EXEC |
	    CLEAR_HANDLERS, .exit_signal = SIGCHLD,
	    .stack = (uintptr_t)stack, .stack_size = sizeof(stack) };
	struct call call = { run, arg };
	long result;

	if (missing)
		return run_here(run, arg);
	result = clone_call(&how, &call);
	if (result > 0)
		return (pid_t)result;
	missing = result != -EAGAIN && result != -ENOMEM;
	if (missing)
		return run_here(run, arg);
	errno = (int)-result;
	return -1;
}

#else

pid_t
os_vfork(void (*run)(void *arg, bool caught), void *arg)
{
	return run_here(run, arg);
}

#endif
#endif
