/*
 * admission.c - when a script may start, and whether at all.
 * Manual: modules/admission.html
 *
 * A script waits at the turnstile (script/turnstile.h), which knows of all
 * workers; once let in, it holds a place until its process has ended.
 *
 * To start a program takes longer than to send a file.  So that files need not
 * wait behind a crowd of scripts, only some start in a turn of the loop, and
 * everybody else is looked after in between.
 */
#include "script/admission.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/subnet.h"
#include "conf/directive.h"
#include "script/turnstile.h"

enum {
	STARTS_IN_TURN	= 1,	/* of the loop */
	TICK_MS		= 20,	/* to look again while somebody waits */
	QUIET_MS	= 10000, /* between two complaints */
	WAIT_MS		= 60000,
	SCRIPTS_PER_CPU	= 16,
	SCRIPTS_MIN	= 16,
	SCRIPT_MEMORY	= 16 * 1024 * 1024,
};

/* A number, or "auto": what fits the machine. */
struct measure {
	bool		given, automatic;
	int64_t		is;
};

struct admission_conf {
	struct measure	max, queue;		/* the main server's */
	struct budget {
		bool	given;
		int64_t	ms, period_ms;		/* 0: none */
	} budget;
	struct prefix {
		bool	given;
		int64_t	ipv4, ipv6;
	} prefix;
	struct number	max_file, max_directory, wait_ms;
};

static struct turnstile *turnstile;
static unsigned own_row, max_requests = 256;
static struct loop *loop;
static struct turnstile_rules rules;
static struct prefix prefix;
static struct link waiting;	/* by number, upwards */
static struct link queue;	/* let in, to be started */
static unsigned starts;		/* in this turn */
static struct watch alarm_watch;
static struct timer tick;
static struct later again;
static int64_t told_ms;

static struct script *
script_at(struct link *l)
{
	return LIST_OWNER(l, struct script, admission.place);
}

/* ---- Who it is ----------------------------------------------------------- */

/* The client's network, as one. */
static uint64_t
client_key(const struct request *r)
{
	struct address a;
	int64_t bits;

	if (!address_parse(&a, str_of(r->client->peer)))
		return 1;
	bits = address_is_ipv4(&a) ? 96 + prefix.ipv4 : prefix.ipv6;
	for (int64_t i = bits; i < 128; i++)
		a.byte[i / 8] &= (unsigned char)~(0x80 >> i % 8);
	return hash_bytes(&a, sizeof(a)) | 1;
}

static void
fill_turn(struct turn *t, const struct script *s)
{
	const struct admission_conf *c = scope_get(s->r->scope,
	    &mod_admission);

	t->file = hash_bytes(s->path, strlen(s->path));
	t->directory = hash_bytes(s->path, (size_t)(s->name - s->path));
	t->client = client_key(s->r);
	t->max_file = (unsigned)number_or(c->max_file, 0);
	t->max_directory = (unsigned)number_or(c->max_directory, 0);
}

/* ---- Refusals ------------------------------------------------------------ */

static void
complain(const struct request *r, const char *why)
{
	int64_t now = clock_ms();

	if (told_ms != 0 && now - told_ms < QUIET_MS)
		return;
	told_ms = now;
	request_log(r, LEVEL_WARN, "admission", 0, "script %s was not run: "
	    "%s (%u run, %u wait)", r->filename, why,
	    turnstile_running(turnstile), turnstile_waiting(turnstile));
}

static void
refuse(struct script *s, int status, int64_t again_ms, const char *why,
    const char *sentence)
{
	struct request *r = s->r;
	int64_t seconds = (again_ms + 999) / 1000;

	complain(r, why);
	if (seconds < 1)
		seconds = 1;
	fields_set(&r->out_always, STR("Retry-After"),
	    str_fmt(r->arena, "%lld", (long long)seconds));
	s->admission.state = ADMISSION_REFUSED;
	s->failed = request_refuse(r, status, "%s", sentence);
}

static void
refuse_full(struct script *s, const char *why)
{
	refuse(s, 503, turnstile_wait_ms(turnstile), why,
	    "The server runs as many programs as it can. Try again in a "
	    "moment.");
}

/* ---- The queue ----------------------------------------------------------- */

static void
let_in(struct script *s)
{
	s->admission.state = ADMISSION_GRANTED;
	list_append(&queue, &s->admission.place);
}

static void
leave_queue(struct script *s)
{
	list_remove(&s->admission.place);
	turnstile_wait_no_more(turnstile, own_row);
	if (s->r != NULL)
		request_rest(s->r, false);
}

/* Let in who may, by number; who only waits for its file or directory holds
 * back nobody else. */
static void
admit(void)
{
	uint64_t first = TURNSTILE_NO_NUMBER;
	struct link *l, *next;

	for (l = waiting.next; l != &waiting; l = next) {
		struct script *s = script_at(l);

		next = l->next;
		if (!turnstile_eligible(turnstile, &s->admission.turn))
			continue;
		if (!turnstile_enter(turnstile, own_row, &s->admission.turn,
		    clock_ms())) {
			first = s->admission.turn.number;
			break;
		}
		leave_queue(s);
		let_in(s);
	}
	turnstile_show(turnstile, own_row, first);
	if (list_empty(&waiting))
		loop_timer_stop(loop, &tick);
	else if (tick.place == 0)
		loop_timer(loop, &tick, TICK_MS);
}

static void
admit_again(struct later *l)
{
	(void)l;
	admit();
}

static void
alarm_rings(struct watch *w, unsigned events)
{
	char room[256];

	(void)events;
	while (read(w->fd, room, sizeof(room)) > 0)
		;
	admit();
}

static void
time_passes(struct timer *t)
{
	int64_t now = clock_us_now();
	struct link *l, *next;

	(void)t;
	for (l = waiting.next; l != &waiting; l = next) {
		struct script *s = script_at(l);

		next = l->next;
		if (now - s->admission.since_us < s->admission.wait_ms * 1000)
			continue;
		leave_queue(s);
		refuse_full(s, "it waited for too long");
		request_wake(s->r);
	}
	admit();
}

static void
enqueue(struct script *s)
{
	struct link *l = waiting.prev;

	while (l != &waiting && script_at(l)->admission.turn.number >
	    s->admission.turn.number)
		l = l->prev;
	list_append(l->next, &s->admission.place);
	s->admission.state = ADMISSION_WAITING;
	request_rest(s->r, true);
	admit();
}

/* The script has ended, or will never start. */
static void
leave(struct script *s)
{
	struct admission *a = &s->admission;

	if (a->state == ADMISSION_WAITING)
		leave_queue(s);
	else if (a->state == ADMISSION_GRANTED)
		list_remove(&a->place);
	if (a->state == ADMISSION_GRANTED || a->state == ADMISSION_RUNNING)
		turnstile_leave(turnstile, own_row, &a->turn, &rules,
		    clock_ms());
	a->state = ADMISSION_OVER;
	if (!list_empty(&waiting))
		loop_later(loop, &again);
}

/* ---- What a handler asks ------------------------------------------------- */

void
admission_enter(struct script *s)
{
	const struct admission_conf *c = scope_get(s->r->scope,
	    &mod_admission);
	struct admission *a = &s->admission;
	int64_t debt, now = clock_ms();

	fill_turn(&a->turn, s);
	a->since_us = clock_us_now();
	a->wait_ms = number_or(c->wait_ms, WAIT_MS);
	s->gone = leave;
	debt = turnstile_debt_ms(turnstile, a->turn.client, &rules, now);
	if (debt > 0) {
		refuse(s, 429, debt, "its client has used up its budget",
		    "Your requests have used up their time on this server "
		    "for now.");
		return;
	}
	turnstile_number(turnstile, own_row, &a->turn, now);
	if (list_empty(&waiting) && turnstile_enter(turnstile, own_row,
	    &a->turn, now))
		let_in(s);
	else if (!turnstile_wait(turnstile, own_row, &rules))
		refuse_full(s, "the queue is full");
	else
		enqueue(s);
}

static bool
may_start(void)
{
	return starts < STARTS_IN_TURN && script_may_start();
}

int
admission_ask(struct script *s)
{
	if (s->admission.state == ADMISSION_REFUSED)
		return s->failed;
	if (s->admission.state != ADMISSION_GRANTED ||
	    !may_start() || queue.next != &s->admission.place)
		return WAIT;
	list_remove(&s->admission.place);
	s->admission.state = ADMISSION_RUNNING;
	starts++;
	return DONE;
}

static void
next_turn(void *arg)
{
	struct link *l = queue.next;

	(void)arg;
	starts = 0;
	if (!may_start())
		return;
	for (int i = 0; i < STARTS_IN_TURN && l != &queue; i++, l = l->next)
		request_wake(script_at(l)->r);
}

/* ---- The beginning ------------------------------------------------------- */

void
admission_join(struct turnstile *t, unsigned row, unsigned requests)
{
	turnstile = t;
	own_row = row;
	max_requests = requests;
}

/* What a machine like this can stand, and leaves room for other requests. */
static unsigned
max_scripts(void)
{
	int64_t max = (int64_t)os_processors() * SCRIPTS_PER_CPU;
	int64_t fit = os_memory() / SCRIPT_MEMORY;

	if (max > fit)
		max = fit;
	if (max > max_requests / 2)
		max = max_requests / 2;
	return max < SCRIPTS_MIN ? SCRIPTS_MIN : (unsigned)max;
}

static void
settle_rules(const struct admission_conf *c)
{
	turnstile_limit(turnstile, c->max.given && !c->max.automatic ?
	    (unsigned)c->max.is : max_scripts());
	rules.max_waiting = c->queue.given && !c->queue.automatic ?
	    (unsigned)c->queue.is : max_requests;
	rules.budget_ms = c->budget.ms;
	rules.period_ms = c->budget.period_ms;
	prefix = c->prefix.given ? c->prefix : (struct prefix){ true, 32, 64 };
}

static void
worker(struct loop *l, const struct config *c)
{
	loop = l;
	list_init(&waiting);
	list_init(&queue);
	if (turnstile == NULL)
		turnstile = turnstile_new(1);
	assert(turnstile != NULL);
	settle_rules(scope_get(c->main->scope, &mod_admission));
	tick.fire = time_passes;
	again.run = admit_again;
	alarm_watch = (struct watch){ .ready = alarm_rings,
	    .fd = turnstile_alarm(turnstile, own_row) };
	loop_watch(l, &alarm_watch, LOOP_READ);
	loop_each_turn(l, next_turn, NULL);
}

/* ---- The table ----------------------------------------------------------- */

static const char *
set_measure(struct setting *s)
{
	struct measure *m = (struct measure *)(void *)((char *)s->conf +
	    s->row->at);
	const char *error = NULL;

	*m = (struct measure){ .given = true,
	    .automatic = str_is_nocase(str_of(s->argv[0].z), "auto") };
	if (!m->automatic)
		error = read_number(s, 0, 0, INT32_MAX, &m->is);
	if (error != NULL)
		s->hint = "or \"auto\", for what suits the machine";
	return error;
}

static const char *
set_budget(struct setting *s)
{
	struct admission_conf *c = s->conf;
	struct budget b = { .given = true, .period_ms = 60000 };
	const char *error = NULL;

	if (s->argc == 1 && str_is_nocase(str_of(s->argv[0].z), "Off")) {
		c->budget = b;
		return NULL;
	}
	error = read_duration(s, 0, 1000, &b.ms);
	if (error == NULL && s->argc == 2)
		error = read_duration(s, 1, 1000, &b.period_ms);
	if (error != NULL) {
		s->hint = "seconds of script time, and of the period in "
		    "which they come back; or Off";
		return error;
	}
	if (b.ms == 0 || b.period_ms == 0)
		return setting_error(s, b.ms != 0, "must be more than 0; Off "
		    "is no limit");
	c->budget = b;
	return NULL;
}

static const char *
set_prefix(struct setting *s)
{
	struct admission_conf *c = s->conf;
	struct prefix p = { .given = true, .ipv6 = 64 };
	const char *error = read_number(s, 0, 1, 32, &p.ipv4);

	if (error == NULL && s->argc == 2)
		error = read_number(s, 1, 1, 128, &p.ipv6);
	if (error == NULL)
		c->prefix = p;
	return error;
}

#define AT(field)	offsetof(struct admission_conf, field)
#define IN_ADMIN	(IN_CONF | IN_SECTION)

static const struct directive rows[] = {
	{ "CGIMaxScripts", 1, 1, IN_SERVER, SLOT_CUSTOM, AT(max), set_measure,
	  "scripts at once, over all workers; 0: any number; or auto",
	  .size = sizeof(struct measure) },
	{ "CGIMaxPerScript", 1, 1, IN_ADMIN, SLOT_NUMBER, AT(max_file),
	  .help = "how often one script may run at once; 0: any number" },
	{ "CGIMaxPerDirectory", 1, 1, IN_ADMIN, SLOT_NUMBER,
	  AT(max_directory),
	  .help = "scripts of one directory at once; 0: any number" },
	{ "CGIQueueLength", 1, 1, IN_SERVER, SLOT_CUSTOM, AT(queue),
	  set_measure, "requests that may wait for a script to end; or auto",
	  .size = sizeof(struct measure) },
	{ "CGIQueueTimeout", 1, 1, IN_ADMIN, SLOT_SECONDS, AT(wait_ms),
	  .help = "seconds that a request may wait for a script to end",
	  .lo = 0, .hi = 2147483000 },
	{ "CGIClientBudget", 1, 2, IN_SERVER, SLOT_CUSTOM, AT(budget),
	  set_budget, "seconds of script time for each client, and the period "
	  "in which they come back; or Off", .size = sizeof(struct budget) },
	{ "CGIClientPrefix", 1, 2, IN_SERVER, SLOT_CUSTOM, AT(prefix),
	  set_prefix, "how many bits of IPv4 and IPv6 addresses tell clients "
	  "apart", .size = sizeof(struct prefix) },
	{ 0 }
};

struct module mod_admission = {
	.name = "admission",
	.conf_size = sizeof(struct admission_conf),
	.rows = rows,
	.worker = worker,
};
