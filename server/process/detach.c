/*
 * detach.c - see detach.h.
 */
#include "process/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int	tell_fd = -1;

/* The child's word, or failure when it ends without one. */
static _Noreturn void
wait_for_word(int fd)
{
	unsigned char status = 1;
	ssize_t n;

	do {
		n = read(fd, &status, 1);
	} while (n == -1 && errno == EINTR);
	_exit(n == 1 ? status : 1);
}

static void
leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	(void)!chdir("/");
	if (null == -1)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

int
detach(void)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) == -1)
		return -1;
	pid = fork();
	if (pid == -1) {
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (pid > 0) {
		close(ends[1]);
		wait_for_word(ends[0]);
	}
	close(ends[0]);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	tell_fd = ends[1];
	leave_terminal();
	return 0;
}

void
detach_tell(int status)
{
	unsigned char word = (unsigned char)status;

	if (tell_fd != -1)
		(void)!write(tell_fd, &word, 1);
	detach_forget();
}

void
detach_forget(void)
{
	if (tell_fd != -1)
		close(tell_fd);
	tell_fd = -1;
}
