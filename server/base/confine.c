/*
 * confine.c - see confine.h.
 *
 * Whatever was asked for and cannot be done is a failure: a program that was
 * meant to be confined does not run without.
 */
#include "config.h"

#ifdef HAVE_LINUX_CONFINEMENT
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/landlock.h"

#ifdef HAVE_LINUX_CONFINEMENT

enum { CAPABILITY_VERSION = 0x20080522 };

struct capability_header {
	uint32_t	version;
	int32_t		pid;
};
struct capability_set {
	uint32_t	effective, permitted, inheritable;
};

/* Root would get them back with the next program, but for no_new_privs. */
static int
drop_capabilities(void)
{
	struct capability_header header = { CAPABILITY_VERSION, 0 };
	struct capability_set none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 &&
	    errno != EINVAL)
		return -1;
	return (int)syscall(SYS_capset, &header, none);
}

static int
forbid_new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

bool
confine_privs_work(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != -1;
}

#else

static int
drop_capabilities(void)
{
	errno = ENOSYS;
	return -1;
}

static int
forbid_new_privs(void)
{
	errno = ENOSYS;
	return -1;
}

bool
confine_privs_work(void)
{
	return false;
}

#endif

const char *
confine_enter(const struct confine *c)
{
	if (c->no_new_privs && forbid_new_privs() == -1)
		return "no_new_privs";
	if (c->no_new_privs && drop_capabilities() == -1)
		return "capset";
	if (c->ruleset != -1 && landlock_enter(c->ruleset) == -1)
		return "landlock";
	if (c->filtered && seccomp_enter(c->sockets) == -1)
		return "seccomp";
	return NULL;
}
