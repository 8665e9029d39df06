/*
 * worker.c - see worker.h.
 *
 * What a worker knows of its fellows it reads on the board: how many
 * connections they hold, to leave them their share, and how many requests are
 * in progress everywhere.
 *
 * Sharing: a new connection wakes one sleeping worker, the one that has waited
 * at the socket for the longest. Who holds more than its share steps back for a
 * moment and then queues up again as the last. What still waits by then, others
 * could not take: it takes one, and twice as many each time this happens again.
 */
#include "process/worker.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/os.h"
#include "loop/child.h"
#include "loop/loop.h"
#include "process/census.h"
#include "process/crowd.h"
#include "script/admission.h"
#include "script/envoy.h"
#include "script/script.h"
#include "serve/config.h"
#include "serve/conn.h"
#include "serve/turnaway.h"

enum {
	BURST_MAX	= 32,	/* connections taken in one go */
	STEP_BACK_MS	= 1,	/* others hold less */
	FULL_PAUSE_MS	= 10,	/* all workers together are busy */
	FDS_PAUSE_MS	= 100,	/* out of fds or memory */
	LACK_QUIET_S	= 60,	/* told again after so long without */
	REQUEST_FDS	= 4,	/* pipes, files: what one may need at most */
	SPARE_FDS	= 16,	/* for the moment */
	SURVEY_MS	= 250,	/* what is published is so old at most */
	STOP_GRACE_MS	= 2000,	/* for scripts, after their TERM */
	TURN_US		= 200,	/* of a processor that scripts want, too */
	STARTS		= 16,	/* of scripts; then turns are thought over */
};

/* A listening socket. */
struct door {
	struct watch	watch;
	unsigned	burst;		/* what it had to give last time */
};

static struct {
	const struct worker_place *place;
	struct seat	*seat;
	struct loop	*loop;
	struct arena	*arena;
	struct door	*doors;
	struct watch	 lifeline;
	struct timer	 pause_timer, stop_timer, place_timer,
			 survey_timer;
	struct later	 resume;
	unsigned	 fds;		/* for connections and requests */
	unsigned	 spare;		/* requests that they surely suffice
					 * for */
	unsigned	 surplus;	/* to take beyond our share */
	uint64_t	 served, started; /* when turns were thought over */
	bool		 hasty;		/* turns are short */
	bool		 paused, draining;
	bool		 full;		/* paused until a request ends */
	bool		 lacking;	/* paused until a connection ends */
} w;

static void	try_places(struct timer *t);

/* ---- Taking connections -------------------------------------------------- */

static bool
is_passing(int error)
{
	return error == ECONNABORTED || error == EINTR || error == EPROTO ||
	    error == EPERM;
}

/* Would connections and requests hold too much with so many requests? */
static bool
fds_suffice(unsigned requests)
{
	return w.seat->connections + turnaway_count() +
	    REQUEST_FDS * requests <= w.fds;
}

/* A connection more must leave enough for the requests of all. */
static bool
has_room(void)
{
	unsigned requests = (unsigned)conn_busy();

	return fds_suffice(requests > w.spare ? requests : w.spare);
}

/* Told once, and again when all had been well for a while. */
static void
tell_lack(int error)
{
	struct log_about about = { .error = error };
	_Atomic int64_t *lacked = &w.place->board->lacked;
	int64_t now = time(NULL), before = atomic_exchange(lacked, now);

	w.lacking = true;
	if (now - before >= LACK_QUIET_S)
		log_write(log_main(), LEVEL_ERROR, "process", &about,
		    "cannot accept more connections for now: %u are open, and "
		    "there may be %ld files (ulimit -n)",
		    w.seat->connections, os_open_files());
}

/* Whether the address may have one more; else it is told, and let go. */
static bool
let_in(int fd, const struct sockaddr_storage *peer, int *ticket)
{
	const struct settings *s = w.place->settings;
	char host[NI_MAXHOST];

	*ticket = CROWD_NO_COUNT;
	if (s->max_per_ip == 0)
		return true;
	*ticket = crowd_enter(w.place->board->crowd, w.place->seat, peer,
	    s->max_per_ip, s->ipv6_bits, time(NULL));
	if (*ticket >= CROWD_NO_COUNT)
		return true;
	if (*ticket == CROWD_REFUSED_TELL && getnameinfo(
	    (const struct sockaddr *)peer, sizeof(*peer), host, sizeof(host),
	    NULL, 0, NI_NUMERICHOST) == 0)
		log_write(log_main(), LEVEL_WARN, "process",
		    &(struct log_about){ .client = str_of(host) },
		    "too many connections: MaxConnectionsPerIP %u",
		    s->max_per_ip);
	turnaway(fd, "Your address has too many connections open. "
	    "Close some, or try again in a moment.");
	return false;
}

/* 1: one was taken; 0: there is none; -1: no room for it. */
static int
accept_one(int door)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof(peer);
	int fd = -1, ticket;

	errno = EMFILE;
	if (has_room())
		do {
			fd = os_accept(door, (struct sockaddr *)&peer, &n);
		} while (fd == -1 && is_passing(errno));
	if (fd != -1) {
		seat_add(w.seat->accepted, 1);
		if (let_in(fd, &peer, &ticket))
			conn_accept(fd, &peer, ticket);
		return 1;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return 0;
	tell_lack(errno);
	return -1;
}

/* What one look is worth: as many as came last time, then twice that. */
static int
take(struct door *d, unsigned limit)
{
	unsigned got = 0;
	int result = 1;

	while (got < limit && (result = accept_one(d->watch.fd)) > 0)
		got++;
	if (result > 0)
		d->burst = d->burst < BURST_MAX ? d->burst * 2 : BURST_MAX;
	else
		d->burst = got > 0 ? got : 1;
	return result;
}

/* ---- The end ------------------------------------------------------------- */

static void
tell_master(int what)
{
	struct news news = { w.place->seat, what };

	if (w.place->news != -1)
		(void)!write(w.place->news, &news, sizeof(news));
}

static void
end_modules(void)
{
	size_t i;

	for (i = n_modules; i > 0; i--)
		if (modules[i - 1]->worker_end != NULL)
			modules[i - 1]->worker_end();
}

static void
close_doors(void)
{
	size_t i;

	for (i = 0; i < w.place->listeners->n; i++)
		loop_unwatch(w.loop, &w.doors[i].watch);
	loop_timer_stop(w.loop, &w.pause_timer);
	loop_later_stop(w.loop, &w.resume);
	listeners_close(w.place->listeners);
}

static void
accept_no_more(void)
{
	w.draining = true;
	w.seat->state = SEAT_DRAINING;
	tell_master(NEWS_LEAVING);
	close_doors();
}

/* A connection that woke this worker has woken nobody else: it must not wait
 * until another one comes. */
static void
leave(void)
{
	size_t i;

	if (w.draining)
		return;
	conn_drain();
	for (i = 0; i < w.place->listeners->n; i++)
		take(&w.doors[i], BURST_MAX);
	accept_no_more();
}

static void
stop_now(struct timer *t)
{
	(void)t;
	loop_stop(w.loop);
}

static void
end(void)
{
	if (!w.draining)
		accept_no_more();
	conn_close_all();
	if (w.stop_timer.place == 0)
		loop_timer(w.loop, &w.stop_timer, STOP_GRACE_MS);
}

static void
look_for_the_end(void *arg)
{
	(void)arg;
	if (w.draining && conn_count() == 0 && child_count() == 0)
		loop_stop(w.loop);
}

/* Nobody would look after the scripts any more, nor after us. */
static void
master_is_gone(struct watch *watch, unsigned events)
{
	(void)watch;
	(void)events;
	child_kill_all();
	end_modules();
	_exit(1);
}

static void
on_signal(int signo, void *arg)
{
	(void)arg;
	if (signo == SIGUSR1)
		leave();
	else
		end();
}

/* ---- When to take them --------------------------------------------------- */

static void
watch_doors(bool yes)
{
	size_t i;

	for (i = 0; i < w.place->listeners->n; i++)
		if (!yes)
			loop_unwatch(w.loop, &w.doors[i].watch);
		else if (loop_watch(w.loop, &w.doors[i].watch,
		    LOOP_READ | LOOP_EXCLUSIVE) == -1)
			log_write(log_main(), LEVEL_CRIT, "process",
			    &(struct log_about){ .error = errno },
			    "cannot watch a listening socket");
}

static void
pause_for(int64_t ms)
{
	if (w.paused)
		return;
	w.paused = true;
	watch_doors(false);
	loop_timer(w.loop, &w.pause_timer, ms);
}

static void
resume(struct later *l)
{
	(void)l;
	if (w.place_timer.place != 0) {
		loop_timer_stop(w.loop, &w.place_timer);
		try_places(&w.place_timer);
	}
	if (!w.paused || w.draining)
		return;
	w.paused = w.full = w.lacking = false;
	loop_timer_stop(w.loop, &w.pause_timer);
	watch_doors(true);
}

static void
pause_is_over(struct timer *t)
{
	(void)t;
	resume(&w.resume);
}

/* How many connections this worker may hold before it lets others come first:
 * its share, and a little more. */
static unsigned
fair_number(const struct board_sum *sum)
{
	unsigned share;

	if (sum->accepting <= 1)
		return UINT_MAX;
	share = (sum->connections + sum->accepting - 1) / sum->accepting;
	return share + share / 8 + 2;
}

static void
tell_full(void)
{
	if (!atomic_exchange(&w.place->board->told_full, true))
		log_write(log_main(), LEVEL_ERROR, "process", NULL, "AH00161: "
		    "server reached MaxRequestWorkers setting, consider "
		    "raising the MaxRequestWorkers setting");
}

static void
door_opens(struct watch *watch, unsigned events)
{
	struct door *d = LIST_OWNER(watch, struct door, watch);
	const struct settings *s = w.place->settings;
	struct board_sum sum = board_sum(w.place->board, w.place->generation);
	unsigned fair = fair_number(&sum), limit;

	(void)events;
	if (sum.requests >= s->max_requests) {
		tell_full();
		pause_for(FULL_PAUSE_MS);
		w.full = true;
		return;
	}
	if (w.seat->connections < fair) {
		limit = fair - w.seat->connections;
		w.surplus = 1;
	} else {
		limit = w.surplus;
		w.surplus = limit < BURST_MAX ? limit * 2 : limit;
	}
	/* What finds no place can wait outside, where others may take it. */
	if (limit > s->max_requests - sum.requests)
		limit = s->max_requests - sum.requests;
	if (take(d, limit < d->burst ? limit : d->burst) < 0)
		pause_for(FDS_PAUSE_MS);
	else if (w.seat->connections >= fair)
		pause_for(STEP_BACK_MS);
	if (s->max_connections > 0 && w.seat->accepted >= s->max_connections)
		leave();
}

/* ---- What connections tell ----------------------------------------------- */

/* Something happens here that others may want to know: in a moment. */
static void
publish_soon(void)
{
	if (w.survey_timer.place == 0)
		loop_timer(w.loop, &w.survey_timer, SURVEY_MS);
}

/*
 * Files come sooner when we interrupt scripts for them, in short turns of the
 * processor; but each interruption costs the script about as much as a file
 * does.  So it is done only while more files than scripts are asked for.
 */
static void
settle_turns(void)
{
	uint64_t scripts = child_starts() - w.started + child_count();
	uint64_t served = w.seat->served - w.served;
	bool hasty = served > 2 * scripts;

	w.started = child_starts();
	w.served = w.seat->served;
	if (scripts == 0 || hasty == w.hasty)
		return;
	w.hasty = hasty;
	os_short_turns(hasty ? TURN_US : 0);
	script_one_by_one(hasty);
}

static void
publish(struct timer *t)
{
	(void)t;
	census_publish(w.seat);
	settle_turns();
}

static void
take_statistics(struct arena *a, struct statistics *s)
{
	census_publish(w.seat);
	census_take(w.place->board, a, s);
	s->places = w.place->settings->max_requests;
}

static void
on_connections(int change, int ticket)
{
	seat_add(w.seat->connections, (unsigned)change);
	publish_soon();
	if (change > 0)
		return;
	crowd_leave(w.place->board->crowd, w.place->seat, ticket);
	if (w.lacking)
		loop_later(w.loop, &w.resume);
}

/* Those that wait for a place hear of one that comes free here at once, and of
 * others in a moment. */
static void
wait_for_places(void)
{
	if (w.place_timer.place == 0)
		loop_timer(w.loop, &w.place_timer, FULL_PAUSE_MS);
}

static void
try_places(struct timer *t)
{
	(void)t;
	if (!conn_places())
		wait_for_places();
}

static bool
on_begin(bool must)
{
	publish_soon();
	if (must) {
		w.seat->requests++;
		return true;
	}
	if (!fds_suffice((unsigned)conn_busy() + 1)) {
		wait_for_places();
		return false;
	}
	if (board_begin(w.place->board, w.place->seat,
	    w.place->settings->max_requests))
		return true;
	tell_full();
	wait_for_places();
	return false;
}

static void
on_pause(void)
{
	w.seat->requests--;
	publish_soon();
	if (w.full || w.place_timer.place != 0)
		loop_later(w.loop, &w.resume);
}

static void
on_served(uint64_t bytes, int64_t us)
{
	seat_add(w.seat->served, 1);
	seat_add(w.seat->bytes, bytes);
	seat_add(w.seat->busy_us, (uint64_t)us);
}

static unsigned
on_busy_percent(void)
{
	unsigned long max = w.place->settings->max_requests;
	unsigned long now = board_sum(w.place->board, 0).requests;

	return max == 0 || now >= max ? 100 : (unsigned)(now * 100 / max);
}

static void
on_script(pid_t group, bool yes)
{
	seat_script(w.seat, group, yes);
	if (yes && child_starts() - w.started >= STARTS)
		settle_turns();
}

/* ---- The beginning ------------------------------------------------------- */

static int
become_user(const struct settings *s)
{
	struct log_about about = { 0 };

	if (geteuid() != 0 || s->uid == 0 ||
	    os_become(s->user, s->uid, s->gid) == 0)
		return 0;
	about.error = errno;
	log_write(log_main(), LEVEL_ALERT, "process", &about,
	    "AH02156: cannot become user %s (%ld)",
	    s->user != NULL ? s->user : "", (long)s->uid);
	return -1;
}

static void
take_signals(void)
{
	static const int ours[] = { SIGTERM, SIGUSR1 };
	static const int masters[] = { SIGINT, SIGHUP, SIGWINCH, SIGUSR2,
	    SIGTTIN, SIGTTOU };
	sigset_t none;
	size_t i;

	/* A terminal's signals come to all; the master decides. */
	for (i = 0; i < sizeof(masters) / sizeof(masters[0]); i++)
		os_ignore(masters[i]);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		loop_signal(w.loop, ours[i], on_signal, NULL);
	if (w.place->lifeline == -1)
		loop_signal(w.loop, SIGINT, on_signal, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
open_doors(void)
{
	const struct listeners *l = w.place->listeners;
	size_t i;

	w.doors = arena_many(w.arena, struct door, l->n);
	for (i = 0; i < l->n; i++)
		w.doors[i] = (struct door){ { .fd = l->at[i].fd,
		    .ready = door_opens }, 1 };
	watch_doors(true);
	if (w.place->lifeline == -1)
		return 0;
	w.lifeline = (struct watch){ .fd = w.place->lifeline,
	    .ready = master_is_gone };
	return loop_watch(w.loop, &w.lifeline, LOOP_READ);
}

/* Of all fds, some are open already, and some are for the files and programs of
 * the requests: for all that may be in progress, or a part where there are not
 * so many. */
static void
share_fds(const struct settings *s)
{
	long all = os_open_files(), used = os_fds_in_use() + SPARE_FDS;

	if (all > INT_MAX)
		all = INT_MAX;
	w.fds = all > used + 2 * REQUEST_FDS ? (unsigned)(all - used) :
	    2 * REQUEST_FDS;
	w.spare = w.fds / 4 / REQUEST_FDS;
	if (w.spare > s->max_requests)
		w.spare = s->max_requests;
	if (w.spare == 0)
		w.spare = 1;
}

static int
begin(const struct worker_place *p)
{
	static const struct conn_host host = { on_connections, on_begin,
	    on_pause, on_served, on_busy_percent };
	size_t i;

	w.place = p;
	w.surplus = 1;
	w.seat = &p->board->seats[p->seat];
	w.arena = arena_new();
	w.pause_timer.fire = pause_is_over;
	w.stop_timer.fire = stop_now;
	w.place_timer.fire = try_places;
	w.survey_timer.fire = publish;
	w.resume.run = resume;
	if (become_user(p->settings) == -1)
		return -1;
	w.loop = loop_new();
	if (w.loop == NULL)
		return -1;
	child_init(w.loop);
	child_tell(on_script);
	config_serve(p->config);
	conn_init(w.loop, p->config, &host);
	statistics_from(take_statistics);
	turnaway_init(w.loop, p->config);
	envoy_init(w.loop, p->spawner);
	admission_join(p->board->turnstile, p->seat,
	    p->settings->max_requests);
	for (i = 0; i < n_modules; i++)
		if (modules[i]->worker != NULL)
			modules[i]->worker(w.loop, p->config);
	loop_each_turn(w.loop, look_for_the_end, NULL);
	take_signals();
	share_fds(p->settings);
	return open_doors();
}

int
worker_run(const struct worker_place *p)
{
	if (begin(p) == -1)
		return 1;
	w.seat->state = SEAT_READY;
	tell_master(NEWS_READY);
	loop_run(w.loop);
	conn_close_all();
	turnaway_end();
	child_kill_all();
	envoy_end();
	end_modules();
	return 0;
}
