/*
 * race.c - ask for files while somebody exchanges what stands on the way.
 *
 *	race [-n REQUESTS] PORT SECRET A B [A B ...] -- /PATH ...
 *
 * A process does nothing but exchange each A with its B, a directory with a
 * symbolic link for example.  Meanwhile the paths are asked for in turn, on one
 * connection.  No answer may contain SECRET; each must be 200, 403 or 404, and
 * tell its length.  Says at the end
 *
 *	requests 20000 found 9120 refused 10880 leaks 0
 *
 * The exit status is 0 when there was no leak, and both other kinds of answers.
 */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { EXCHANGE = 2, ROOM = 256 * 1024 };

static char answer[ROOM];
static long found, refused, leaks;

static _Noreturn void
give_up(const char *what)
{
	fprintf(stderr, "race: %s\n", what);
	exit(2);
}

/* ---- Exchanging ---------------------------------------------------------- */

/* By one call where the system has it; else a is gone for moments. */
static void
exchange(const char *a, const char *b)
{
#ifdef SYS_renameat2
	if (syscall(SYS_renameat2, -100, a, -100, b, EXCHANGE) == 0)
		return;
#endif
	static char spare[4096];

	snprintf(spare, sizeof(spare), "%s.spare", a);
	if (rename(a, spare) != 0 || rename(b, a) != 0 || rename(spare, b) != 0)
		give_up("cannot rename");
}

static pid_t
start_exchanging(char **pairs, int n)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		give_up("cannot fork");
	while (pid == 0 && getppid() == parent)
		for (int i = 0; i < n; i += 2)
			exchange(pairs[i], pairs[i + 1]);
	if (pid == 0)
		_exit(0);
	return pid;
}

/* ---- Asking -------------------------------------------------------------- */

static int
dial(const char *port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		give_up("cannot connect");
	return fd;
}

/* How many bytes the answer has, whose first n have come; 0: not known yet. */
static size_t
length(size_t n)
{
	static const char field[] = "\r\nContent-Length:";
	char *end, *at;

	answer[n] = '\0';
	end = strstr(answer, "\r\n\r\n");
	if (end == NULL)
		return 0;
	at = strcasestr(answer, field);
	if (at == NULL || at > end)
		give_up("an answer without its length");
	return (size_t)(end + 4 - answer) + strtoul(at + sizeof(field) - 1,
	    NULL, 10);
}

/* Ask for a path; the whole answer is in answer, ended by NUL. */
static void
ask(int fd, const char *path)
{
	char request[4096];
	size_t n = 0, all = 0;
	ssize_t got;

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n"
	    "Host: localhost\r\n\r\n", path);
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		give_up("cannot send");
	while (all == 0 || n < all) {
		if (n == ROOM - 1)
			give_up("an answer is too long");
		got = recv(fd, answer + n, ROOM - 1 - n, 0);
		if (got <= 0)
			give_up("the server closed the connection");
		n += (size_t)got;
		all = length(n);
	}
}

static void
judge(const char *path, const char *secret)
{
	if (strstr(answer, secret) != NULL) {
		if (leaks++ == 0)
			fprintf(stderr, "%s:\n%s\n", path, answer);
		return;
	}
	switch (atoi(answer + 9)) {
	case 200:
		found++;
		break;
	case 403:
	case 404:
		refused++;
		break;
	default:
		fprintf(stderr, "%s:\n%s\n", path, answer);
		give_up("another status");
	}
}

int
main(int argc, char **argv)
{
	long requests = 20000;
	int option, first, paths, fd;
	pid_t pid;

	while ((option = getopt(argc, argv, "+n:")) != -1)
		if (option == 'n')
			requests = atol(optarg);
	first = optind + 2;
	for (paths = first; paths < argc; paths++)
		if (strcmp(argv[paths], "--") == 0)
			break;
	if (paths + 1 >= argc || paths == first || (paths - first) % 2 != 0)
		give_up("race [-n N] PORT SECRET A B [A B ...] -- /PATH ...");
	fd = dial(argv[optind]);
	pid = start_exchanging(argv + first, paths - first);
	for (long i = 0; i < requests; i++) {
		const char *path = argv[paths + 1 + i % (argc - paths - 1)];

		ask(fd, path);
		judge(path, argv[optind + 1]);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("requests %ld found %ld refused %ld leaks %ld\n", requests,
	    found, refused, leaks);
	return leaks > 0 || found == 0 || refused == 0;
}
