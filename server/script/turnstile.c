/*
 * turnstile.c - see turnstile.h.
 *
 * Whoever cannot get the lock goes on without: its holder was stopped, or died
 * and was not buried yet.  What it guards is exact with it, and off by the few
 * that are at it at once without.
 */
#include "script/turnstile.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/os.h"

enum {
	PATIENCE	= 1000,		/* tries to get the lock */
	ALARMS		= 4,		/* pipes at most; rows share them */
	CLIENTS		= 1 << 13,	/* remembered at once */
	WINDOW		= 8,		/* places that a client may have */
	MEAN_OF		= 16,		/* scripts, for a moving mean */
};

struct running {
	_Atomic uint64_t	file, directory, client;
	_Atomic int64_t		started_ms;
};

struct row {
	_Atomic unsigned	running;
	_Atomic unsigned	waiting;
	_Atomic uint64_t	number;
	struct running		at[TURNSTILE_RUNNING_MAX];
};

struct client {
	_Atomic uint64_t	key;		/* 0: never used */
	_Atomic uint64_t	number;		/* its highest */
	_Atomic int64_t		used_ms;	/* of its budget, ... */
	_Atomic int64_t		when_ms;	/* ... at this time */
};

struct turnstile {
	unsigned		n_rows, n_alarms;
	int			alarms[ALARMS][2];
	_Atomic unsigned	max;		/* scripts at once */
	_Atomic unsigned	used;		/* rows behind are empty */
	_Atomic unsigned	holder;		/* of the lock: a row + 1 */
	_Atomic uint64_t	number;		/* highest let in */
	_Atomic int64_t		mean_ms;	/* of a script, times MEAN_OF */
	struct client		clients[CLIENTS];
	struct row		rows[];
};

struct turnstile *
turnstile_new(unsigned n_rows)
{
	struct turnstile *t;
	unsigned i;

	t = os_shared(sizeof(*t) + n_rows * sizeof(t->rows[0]));
	if (t == NULL)
		return NULL;
	t->n_rows = n_rows;
	for (i = 0; i < n_rows; i++)
		t->rows[i].number = TURNSTILE_NO_NUMBER;
	/* As many as there are usually workers: fds are dear to some. */
	t->n_alarms = (unsigned)os_processors();
	if (t->n_alarms > ALARMS)
		t->n_alarms = ALARMS;
	for (i = 0; i < t->n_alarms; i++)
		if (os_pipe(t->alarms[i]) == -1)
			return NULL;
	hash_bytes("", 0);	/* all workers inherit one seed */
	return t;
}

int
turnstile_alarm(const struct turnstile *t, unsigned row)
{
	return t->alarms[row % t->n_alarms][0];
}

/* ---- The lock ------------------------------------------------------------ */

static bool
lock(struct turnstile *t, unsigned row)
{
	unsigned nobody;

	for (int i = 0; i < PATIENCE; i++) {
		nobody = 0;
		if (atomic_compare_exchange_strong(&t->holder, &nobody,
		    row + 1))
			return true;
		sched_yield();
	}
	return false;
}

static void
unlock(struct turnstile *t, bool locked)
{
	if (locked)
		t->holder = 0;
}

/* ---- Rows ---------------------------------------------------------------- */

static void
touch(struct turnstile *t, unsigned row)
{
	unsigned used = t->used;

	assert(row < t->n_rows);
	while (used <= row &&
	    !atomic_compare_exchange_weak(&t->used, &used, row + 1))
		;
}

/* Nobody could be sure that a row which is written to right now is empty, so
 * "used" only grows. */
void
turnstile_forget(struct turnstile *t, unsigned row)
{
	struct row *r = &t->rows[row];
	unsigned holder = row + 1;

	r->running = 0;
	r->waiting = 0;
	r->number = TURNSTILE_NO_NUMBER;
	atomic_compare_exchange_strong(&t->holder, &holder, 0);
}

unsigned
turnstile_running(const struct turnstile *t)
{
	unsigned n = 0;

	for (const struct row *r = t->rows; r < t->rows + t->used; r++)
		n += r->running;
	return n;
}

unsigned
turnstile_waiting(const struct turnstile *t)
{
	unsigned n = 0;

	for (const struct row *r = t->rows; r < t->rows + t->used; r++)
		n += r->waiting;
	return n;
}

/* Wake the worker of another row. */
static void
wake(struct turnstile *t, unsigned row)
{
	/* When it is full, it is awake already. */
	(void)!write(t->alarms[row % t->n_alarms][1], "", 1);
}

static void
wake_waiting(struct turnstile *t, unsigned but)
{
	for (unsigned i = 0; i < t->used; i++)
		if (i != but && t->rows[i].waiting > 0)
			wake(t, i);
}

void
turnstile_limit(struct turnstile *t, unsigned max)
{
	unsigned before = atomic_exchange(&t->max, max);

	if (before != 0 && (max == 0 || max > before))
		wake_waiting(t, t->n_rows);
}

/* The row that comes before this number, or -1. */
static int
row_before(const struct turnstile *t, unsigned row, uint64_t number)
{
	int first = -1;

	for (unsigned i = 0; i < t->used; i++)
		if (i != row && t->rows[i].number < number) {
			number = t->rows[i].number;
			first = (int)i;
		}
	return first;
}

/* ---- Clients ------------------------------------------------------------- */

/* The client's place; one that was not heard of for longest makes room. */
static struct client *
client_of(struct turnstile *t, uint64_t key, int64_t now_ms)
{
	struct client *oldest = NULL;

	for (unsigned i = 0; i < WINDOW; i++) {
		struct client *c = &t->clients[(key + i) % CLIENTS];

		if (c->key == key)
			return c;
		if (oldest == NULL || (oldest->key != 0 &&
		    (c->key == 0 || c->when_ms < oldest->when_ms)))
			oldest = c;
	}
	oldest->key = key;
	oldest->number = 0;
	oldest->used_ms = 0;
	oldest->when_ms = now_ms;
	return oldest;
}

/* What was used of a budget comes back at a steady rate. */
static void
recover(struct client *c, const struct turnstile_rules *rules, int64_t now_ms)
{
	int64_t passed = now_ms - c->when_ms, used = c->used_ms;

	if (passed <= 0)
		return;
	if (passed >= INT64_MAX / rules->budget_ms)
		passed = INT64_MAX / rules->budget_ms;
	used -= passed * rules->budget_ms / rules->period_ms;
	c->used_ms = used > 0 ? used : 0;
	c->when_ms = now_ms;
}

/* What the client's running scripts have used so far. */
static int64_t
used_now(const struct turnstile *t, uint64_t client, int64_t now_ms)
{
	int64_t sum = 0;

	for (const struct row *r = t->rows; r < t->rows + t->used; r++)
		for (unsigned i = 0; i < r->running &&
		    i < TURNSTILE_RUNNING_MAX; i++)
			if (r->at[i].client == client)
				sum += now_ms - r->at[i].started_ms;
	return sum;
}

int64_t
turnstile_debt_ms(struct turnstile *t, uint64_t client,
    const struct turnstile_rules *rules, int64_t now_ms)
{
	struct client *c;
	int64_t over;

	if (rules->budget_ms == 0)
		return 0;
	c = client_of(t, client, now_ms);
	recover(c, rules, now_ms);
	over = c->used_ms + used_now(t, client, now_ms) - rules->budget_ms;
	return over < 0 ? 0 : over * rules->period_ms / rules->budget_ms + 1;
}

/* ---- Going through ------------------------------------------------------- */

void
turnstile_number(struct turnstile *t, unsigned row, struct turn *turn,
    int64_t now_ms)
{
	bool locked = lock(t, row);
	struct client *c = client_of(t, turn->client, now_ms);

	turn->number = t->number > c->number ? t->number : c->number;
	c->number = ++turn->number;
	unlock(t, locked);
}

static unsigned
running_like(const struct turnstile *t, const struct turn *turn,
    bool directory)
{
	unsigned n = 0;

	for (const struct row *r = t->rows; r < t->rows + t->used; r++)
		for (unsigned i = 0; i < r->running &&
		    i < TURNSTILE_RUNNING_MAX; i++)
			n += directory ? r->at[i].directory == turn->directory :
			    r->at[i].file == turn->file;
	return n;
}

bool
turnstile_eligible(const struct turnstile *t, const struct turn *turn)
{
	return (turn->max_file == 0 ||
	    running_like(t, turn, false) < turn->max_file) &&
	    (turn->max_directory == 0 ||
	    running_like(t, turn, true) < turn->max_directory);
}

static void
let_in(struct turnstile *t, struct row *r, struct turn *turn, int64_t now_ms)
{
	unsigned n = r->running;

	turn->started_ms = now_ms;
	if (n < TURNSTILE_RUNNING_MAX) {
		r->at[n].file = turn->file;
		r->at[n].directory = turn->directory;
		r->at[n].client = turn->client;
		r->at[n].started_ms = now_ms;
	}
	r->running = n + 1;
	if (turn->number > t->number)
		t->number = turn->number;
}

bool
turnstile_enter(struct turnstile *t, unsigned row, struct turn *turn,
    int64_t now_ms)
{
	unsigned max = t->max;
	bool locked, in = false;
	int before;

	touch(t, row);
	locked = lock(t, row);
	before = row_before(t, row, turn->number);
	if ((max == 0 || turnstile_running(t) < max) &&
	    turnstile_eligible(t, turn)) {
		if (before == -1) {
			let_in(t, &t->rows[row], turn, now_ms);
			in = true;
		} else {
			wake(t, (unsigned)before);
		}
	}
	unlock(t, locked);
	return in;
}

/* One of these that are alike goes; they differ in nothing else but when they
 * started. */
static void
let_out(struct row *r, const struct turn *turn)
{
	unsigned n = r->running, last = n - 1;

	assert(n > 0);
	for (unsigned i = 0; i < n && last < TURNSTILE_RUNNING_MAX; i++) {
		if (r->at[i].client != turn->client ||
		    r->at[i].file != turn->file ||
		    r->at[i].started_ms != turn->started_ms)
			continue;
		r->at[i].file = r->at[last].file;
		r->at[i].directory = r->at[last].directory;
		r->at[i].client = r->at[last].client;
		r->at[i].started_ms = r->at[last].started_ms;
		break;
	}
	r->running = last;
}

void
turnstile_leave(struct turnstile *t, unsigned row, const struct turn *turn,
    const struct turnstile_rules *rules, int64_t now_ms)
{
	int64_t ran = now_ms - turn->started_ms;
	bool locked = lock(t, row);
	struct client *c;

	let_out(&t->rows[row], turn);
	t->mean_ms += ran - t->mean_ms / MEAN_OF;
	if (rules->budget_ms > 0) {
		c = client_of(t, turn->client, now_ms);
		recover(c, rules, now_ms);
		c->used_ms += ran;
	}
	unlock(t, locked);
	wake_waiting(t, row);
}

/* ---- Waiting ------------------------------------------------------------- */

bool
turnstile_wait(struct turnstile *t, unsigned row,
    const struct turnstile_rules *rules)
{
	bool locked, room;

	touch(t, row);
	locked = lock(t, row);
	room = turnstile_waiting(t) < rules->max_waiting;

	if (room)
		t->rows[row].waiting++;
	unlock(t, locked);
	return room;
}

void
turnstile_wait_no_more(struct turnstile *t, unsigned row)
{
	assert(t->rows[row].waiting > 0);
	t->rows[row].waiting--;
}

void
turnstile_show(struct turnstile *t, unsigned row, uint64_t number)
{
	t->rows[row].number = number;
}

int64_t
turnstile_wait_ms(const struct turnstile *t)
{
	int64_t mean = t->mean_ms / MEAN_OF;
	unsigned max = t->max;

	return max == 0 ? mean : mean * (turnstile_waiting(t) + 1) / max;
}
