/*
 * crew.c - see crew.h.
 *
 * Each worker holds a seat of the board and, at the same index, a place in
 * members[].  What the master must be sure of stands there, not on the board.
 *
 * All workers hold one end of the lifeline, a pipe on which nothing is ever
 * written: only the master holds the other end, so they learn of its death from
 * the kernel.
 */
#include "process/crew.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/os.h"
#include "loop/child.h"
#include "process/spawner.h"
#include "process/worker.h"
#include "script/errand.h"
#include "script/suexec.h"

enum {
	/* A worker that dies younger than this has a fault that will return. */
	YOUNG_MS	= 1000,
	/* Then the next one waits, twice as long each time. */
	DELAY_MS	= 100,
	DOUBLINGS	= 7,
};

/* The current spawner, and older ones until their last worker is gone. */
struct helper {
	struct child	child;
	int64_t		forked_ms;
};

struct member {
	struct child	child;
	pid_t		pid;		/* known beyond its end */
	unsigned	generation;
	int64_t		forked_ms;
	bool		ready, leaving;
};

static struct {
	struct loop	*loop;
	struct board	*board;
	const struct crew_host *host;
	const struct config *config;
	const struct settings *settings;
	struct listeners *listeners;
	struct member	 members[BOARD_SEATS_MAX];
	unsigned	 generation, wanted;
	unsigned	 failures;	/* young deaths in a row */
	struct timer	 retry;
	bool		 dismissed, complete, ever_ready;
	int		 lifeline[2], news[2];
	struct helper	*helper;	/* the current spawner; NULL: none */
	unsigned	 n_helpers;
	int		 control;	/* of that; or -1 */
	struct watch	 news_watch;
} crew = { .control = -1 };

static void	fill(void);

static struct member *
member_next(unsigned *i)
{
	for (; *i < crew.board->n_seats; (*i)++)
		if (crew.members[*i].child.pid != 0)
			return &crew.members[(*i)++];
	return NULL;
}

#define EACH_MEMBER(m, i) \
	for ((i) = 0; ((m) = member_next(&(i))) != NULL; )

static bool
is_current(const struct member *m)
{
	return m->generation == crew.generation && !m->leaving;
}

unsigned
crew_count(void)
{
	const struct member *m;
	unsigned i, n = 0;

	EACH_MEMBER(m, i)
		n++;
	return n;
}

static void
tell_leave(struct member *m)
{
	if (m->leaving)
		return;
	m->leaving = true;
	child_signal(&m->child, SIGUSR1);
}

/* ---- Ends ---------------------------------------------------------------- */

static void
kill_groups(const pid_t *groups, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		kill(-groups[i], SIGKILL);
}

/*
 * End the scripts of a dead worker.  Which they are, the worker itself wrote
 * down, so the signals are sent with no more rights than it had.
 */
static void
end_scripts(const struct seat *seat)
{
	static pid_t groups[BOARD_SCRIPTS_MAX];
	const struct settings *s = crew.settings;
	size_t n = seat_scripts(seat, groups);

	if (n == 0)
		return;
	if (geteuid() != 0 || s->uid == 0) {
		kill_groups(groups, n);
		return;
	}
	if (fork() != 0)
		return;
	if (os_become(s->user, s->uid, s->gid) == 0)
		kill_groups(groups, n);
	_exit(0);
}

static void
tell_end(const struct member *m, int status)
{
	if (WIFSIGNALED(status))
		log_write(log_main(), LEVEL_NOTICE, "core", NULL,
		    "AH00052: child pid %ld exit signal %s (%d)",
		    (long)m->pid, strsignal(WTERMSIG(status)),
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0 || !m->leaving)
		log_write(log_main(), LEVEL_NOTICE, "core", NULL,
		    "child pid %ld exit status %d", (long)m->pid,
		    WEXITSTATUS(status));
}

static void
retry(struct timer *t)
{
	(void)t;
	fill();
}

/*
 * A worker is gone that should not be.  The next one comes now, or, when this
 * one hardly lived, after a while in which things may get better; the others
 * that die of the same fault meanwhile do not make it longer.
 */
static void
replace(const struct member *m)
{
	unsigned doublings;

	if (crew.retry.place != 0)
		return;
	if (m->ready && clock_ms() - m->forked_ms >= YOUNG_MS) {
		crew.failures = 0;
		fill();
		return;
	}
	doublings = crew.failures++;
	if (doublings > DOUBLINGS)
		doublings = DOUBLINGS;
	loop_timer(crew.loop, &crew.retry, DELAY_MS << doublings);
}

static void
tell_empty(void)
{
	if (crew_count() == 0 && crew.n_helpers == 0 && crew.dismissed)
		crew.host->empty();
}

static void
member_ended(struct child *c, int status, const struct rusage *used)
{
	struct member *m = LIST_OWNER(c, struct member, child);
	unsigned seat = (unsigned)(m - crew.members);

	(void)used;
	end_scripts(&crew.board->seats[seat]);
	tell_end(m, status);
	board_leave(crew.board, seat);
	if (!crew.ever_ready && !m->ready && !crew.dismissed) {
		crew.host->hopeless();
		return;
	}
	if (!crew.dismissed && !m->leaving && is_current(m))
		replace(m);
	else if (!crew.dismissed && crew.retry.place == 0)
		fill();
	tell_empty();
}

/* ---- The spawner --------------------------------------------------------- */

static void
let_go_of_helper(void)
{
	if (crew.control != -1)
		close(crew.control);
	crew.control = -1;
	crew.helper = NULL;
}

/* The workers of a spawner that died can do without; those of a new generation
 * get another. */
static void
helper_ended(struct child *c, int status, const struct rusage *used)
{
	struct helper *h = LIST_OWNER(c, struct helper, child);
	bool young = clock_ms() - h->forked_ms < YOUNG_MS;
	bool current = h == crew.helper;

	(void)used;
	crew.n_helpers--;
	free(h);
	if (current) {
		let_go_of_helper();
		log_write(log_main(), LEVEL_CRIT, "core", NULL, "the spawner "
		    "ended (status %d), and programs of other users with it%s",
		    status, young ? "; it is not started again before the "
		    "next reload" : "");
		if (!young && !crew.dismissed)
			crew_serve(crew.config, crew.settings,
			    crew.listeners);
	}
	tell_empty();
}

/* In the new spawner. */
static void
leave_to_spawner(void)
{
	crew.host->forget();
	close(crew.lifeline[0]);
	close(crew.lifeline[1]);
	close(crew.news[0]);
	close(crew.news[1]);
	listeners_close(crew.listeners);
	loop_end(crew.loop);
}

static void
start_helper(void)
{
	struct log_about about = { 0 };
	struct helper *h;
	pid_t pid = -1;

	let_go_of_helper();
	if (!suexec_needed(crew.config))
		return;
	h = calloc(1, sizeof(*h));
	if (h != NULL)
		pid = spawner_fork(crew.config, leave_to_spawner,
		    &crew.control);
	if (pid == -1) {
		about.error = errno;
		let_go_of_helper();
		free(h);
		log_write(log_main(), LEVEL_CRIT, "core", &about, "cannot "
		    "start the spawner, and so no programs of other users");
		return;
	}
	*h = (struct helper){ .child = { .ended = helper_ended },
	    .forked_ms = clock_ms() };
	child_adopt(crew.loop, &h->child, pid);
	crew.helper = h;
	crew.n_helpers++;
}

/* ---- Beginnings ---------------------------------------------------------- */

/* In the new process. */
static _Noreturn void
be_worker(unsigned seat, int line)
{
	struct worker_place p = {
		.config = crew.config, .settings = crew.settings,
		.listeners = crew.listeners, .board = crew.board,
		.seat = seat, .generation = crew.generation,
		.lifeline = crew.lifeline[0], .news = crew.news[1],
		.spawner = line,
	};

	os_process_name("forkful-worker");
	crew.host->forget();
	close(crew.lifeline[1]);
	close(crew.news[0]);
	let_go_of_helper();
	loop_end(crew.loop);
	_exit(worker_run(&p));
}

/* Old workers hold all seats: the oldest must go, and its seat comes free. */
static void
make_room(void)
{
	struct member *m, *oldest = NULL;
	unsigned i;

	EACH_MEMBER(m, i)
		if (!is_current(m) && (oldest == NULL ||
		    m->generation < oldest->generation))
			oldest = m;
	if (oldest == NULL)
		return;
	log_write(log_main(), LEVEL_WARN, "core", NULL, "too many workers "
	    "still finish their work; ending the oldest, pid %ld",
	    (long)oldest->child.pid);
	oldest->leaving = true;
	child_signal(&oldest->child, SIGTERM);
}

static bool
add_member(void)
{
	int seat = board_free_seat(crew.board), line;
	struct log_about about = { 0 };
	struct member *m;
	pid_t pid;

	if (seat == -1) {
		make_room();
		return false;
	}
	board_take(crew.board, (unsigned)seat, crew.generation, time(NULL));
	line = spawner_line(crew.control);
	pid = os_fork_quietly();
	if (pid == 0)
		be_worker((unsigned)seat, line);
	if (line != -1)
		close(line);
	if (pid == -1) {
		about.error = errno;
		board_leave(crew.board, (unsigned)seat);
		log_write(log_main(), LEVEL_CRIT, "core", &about,
		    "AH00159: fork: Unable to fork new process");
		if (crew.retry.place == 0)
			loop_timer(crew.loop, &crew.retry,
			    DELAY_MS << DOUBLINGS);
		return false;
	}
	m = &crew.members[seat];
	*m = (struct member){ .child = { .ended = member_ended },
	    .pid = pid, .generation = crew.generation,
	    .forked_ms = clock_ms() };
	child_adopt(crew.loop, &m->child, pid);
	crew.board->seats[seat].pid = pid;
	return true;
}

/* Bring the current generation to its size. */
static void
fill(void)
{
	struct member *m, *newest = NULL;
	unsigned i, n = 0;

	if (crew.dismissed)
		return;
	EACH_MEMBER(m, i)
		if (is_current(m)) {
			newest = m;
			n++;
		}
	if (n > crew.wanted)
		tell_leave(newest);
	while (n < crew.wanted && add_member())
		n++;
}

/* ---- News ---------------------------------------------------------------- */

/* Once the current generation is complete, the older ones may leave. */
static void
hand_over(void)
{
	struct member *m;
	unsigned i, ready = 0;

	EACH_MEMBER(m, i)
		ready += is_current(m) && m->ready;
	if (ready < crew.wanted || crew.dismissed)
		return;
	EACH_MEMBER(m, i)
		if (m->generation != crew.generation)
			tell_leave(m);
	if (!crew.complete) {
		crew.complete = true;
		crew.host->complete();
	}
}

static void
take_news(const struct news *news)
{
	struct member *m;

	if (news->seat >= crew.board->n_seats)
		return;
	m = &crew.members[news->seat];
	if (m->child.pid == 0)
		return;
	if (news->what == NEWS_READY) {
		m->ready = crew.ever_ready = true;
		hand_over();
	} else if (!m->leaving) {
		m->leaving = true;
		fill();
	}
}

static void
read_news(struct watch *w, unsigned events)
{
	struct news news;

	(void)events;
	while (read(w->fd, &news, sizeof(news)) == (ssize_t)sizeof(news))
		take_news(&news);
}

/* ---- Orders -------------------------------------------------------------- */

int
crew_init(struct loop *l, struct board *b, const struct crew_host *host)
{
	crew.loop = l;
	crew.board = b;
	crew.host = host;
	crew.retry.fire = retry;
	if (os_pipe(crew.lifeline) == -1 || os_pipe(crew.news) == -1)
		return -1;
	crew.news_watch = (struct watch){ .fd = crew.news[0],
	    .ready = read_news };
	return loop_watch(l, &crew.news_watch, LOOP_READ);
}

void
crew_serve(const struct config *c, const struct settings *s,
    struct listeners *l)
{
	crew.config = c;
	crew.settings = s;
	crew.listeners = l;
	crew.wanted = s->workers;
	crew.failures = 0;
	crew.complete = false;
	loop_timer_stop(crew.loop, &crew.retry);
	crew.board->generation = ++crew.generation;
	crew.board->told_full = false;
	start_helper();
	fill();
}

void
crew_resize(int change)
{
	if ((change > 0 && crew.wanted < crew.settings->server_limit) ||
	    (change < 0 && crew.wanted > 1))
		crew.wanted += (unsigned)change;
	fill();
	hand_over();
}

void
crew_dismiss(int signo)
{
	struct member *m;
	unsigned i;

	crew.dismissed = true;
	loop_timer_stop(crew.loop, &crew.retry);
	EACH_MEMBER(m, i) {
		m->leaving = true;
		child_signal(&m->child, signo);
	}
	/* It ends with the last worker. */
	let_go_of_helper();
	tell_empty();
}
