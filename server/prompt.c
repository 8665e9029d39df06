/*
 * prompt.c - see prompt.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "prompt.h"

/* For the handler of interrupts. */
static struct {
	volatile sig_atomic_t fd, status;
	struct termios	before;
} terminal;

static void
interrupted(int signo)
{
	(void)signo;
	tcsetattr(terminal.fd, TCSAFLUSH, &terminal.before);
	(void)!write(terminal.fd, "\n", 1);
	_exit(terminal.status);
}

/* Byte by byte: what follows the line is not ours. */
static bool
read_line(int fd, char *out, size_t room)
{
	size_t n = 0;
	bool fits = true;
	ssize_t got;
	char c;

	for (;;) {
		got = read(fd, &c, 1);
		if (got == -1 && errno == EINTR)
			continue;
		if (got != 1 || c == '\n')
			break;
		if (n + 1 < room)
			out[n++] = c;
		else
			fits = false;
	}
	if (n > 0 && out[n - 1] == '\r')
		n--;
	out[n] = 0;
	return fits;
}

bool
prompt_line(char *out, size_t room)
{
	return read_line(STDIN_FILENO, out, room);
}

static void
show(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

/* The text comes when the terminal is silent: what is typed before is lost. */
static bool
ask_terminal(int fd, const char *text, char *out, size_t room,
    int interrupted_status)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	enum { N = sizeof(signals) / sizeof(signals[0]) };
	struct sigaction act = { .sa_handler = interrupted }, old[N];
	struct termios silent;
	bool fits;

	terminal.fd = fd;
	terminal.status = interrupted_status;
	for (int i = 0; i < N; i++)
		sigaction(signals[i], &act, &old[i]);
	silent = terminal.before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	tcsetattr(fd, TCSAFLUSH, &silent);
	show(fd, text);
	fits = read_line(fd, out, room);
	tcsetattr(fd, TCSAFLUSH, &terminal.before);
	for (int i = 0; i < N; i++)
		sigaction(signals[i], &old[i], NULL);
	show(fd, "\n");
	return fits;
}

bool
prompt_password(const char *text, char *out, size_t room,
    int interrupted_status)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool fits;

	if (fd != -1 && tcgetattr(fd, &terminal.before) == 0) {
		fits = ask_terminal(fd, text, out, room, interrupted_status);
	} else {
		show(STDERR_FILENO, text);
		fits = read_line(STDIN_FILENO, out, room);
	}
	if (fd != -1)
		close(fd);
	return fits;
}
