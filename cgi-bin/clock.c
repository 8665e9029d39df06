/*
 * clock - what time it is on the server.
 *
 * The smallest useful CGI program in C: an answer is printed, and that is all.
 * The parent of this process is the worker of the server that took the request;
 * ask again, and another one may be on duty.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main(void)
{
	char now[64];
	time_t t = time(NULL);
	const struct tm *utc = gmtime(&t);

	if (!utc || !strftime(now, sizeof(now), "%A, %d %B %Y, %H:%M:%S", utc))
		return 1;
	printf("Content-Type: text/plain; charset=utf-8\n"
	    "Cache-Control: no-store\n"
	    "\n"
	    "It is %s UTC.\n"
	    "\n"
	    "Process %ld looked at the clock for you, sent by worker %ld.\n"
	    "\n"
	    "How it is made: /cgi-bin/source/clock\n",
	    now, (long)getpid(), (long)getppid());
	return fflush(stdout) ? 1 : 0;
}
