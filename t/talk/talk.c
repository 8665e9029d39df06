/*
 * talk.c - run one scenario against the real server.
 *
 *	talk t/web/NAME.wire
 *
 * t/web/README tells how a scenario is written.  The environment names what is
 * tested: FORKFUL the program, SRCDIR and BUILDDIR the trees; TALK_DEADLINE the
 * seconds after which a wait has failed, TALK_KEEP=1 keeps the directory.  Exit
 * status: 0 passed, 1 failed, 77 skipped, 99 the scenario makes no sense.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "talk.h"

static void
interrupt(int signo)
{
	interrupted = signo;
}

int
main(int argc, char **argv)
{
	const struct sigaction on_interrupt = { .sa_handler = interrupt };

	if (argc != 2) {
		fprintf(stderr, "usage: talk SCENARIO\n");
		return BROKEN;
	}
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &on_interrupt, NULL);
	sigaction(SIGTERM, &on_interrupt, NULL);
	scenario_read(&scenario, argv[1]);
	server_prepare();
	steps_run(&scenario);
	server_finish();
	server_clean();
	printf("%s: passed, %zu steps\n", scenario.path, scenario.n);
	return PASSED;
}
