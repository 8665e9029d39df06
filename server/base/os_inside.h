/*
 * os_inside.h - what the units behind base/os.h share; for nobody else.
 */
#ifndef BASE_OS_INSIDE_H
#define BASE_OS_INSIDE_H

#ifdef HAVE_LINUX_OPENAT2_H
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <unistd.h>

#if defined(HAVE_LINUX_OPENAT2_H) && defined(SYS_openat2)
#define CAN_OPENAT2
#endif

static inline void
close_quietly(int fd)
{
	int kept_errno = errno;

	close(fd);
	errno = kept_errno;
}

static inline int
refuse(int error)
{
	errno = error;
	return -1;
}

#endif
