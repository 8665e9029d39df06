/*
 * account.c - what a script has cost, for the logs.
 */
#include <sys/wait.h>

#include <string.h>

#include "base/arena.h"
#include "script/account.h"

/* ---- Items --------------------------------------------------------------- */

/* The exit status, or the signal as a shell would tell it, with a sign. */
static int64_t
exit_of(const struct account *a)
{
	return WIFSIGNALED(a->status) ? -WTERMSIG(a->status) :
	    WEXITSTATUS(a->status);
}

static int64_t
user_of(const struct account *a)
{
	return a->user_us;
}

static int64_t
system_of(const struct account *a)
{
	return a->system_us;
}

static int64_t
cpu_of(const struct account *a)
{
	return a->user_us + a->system_us;
}

static int64_t
memory_of(const struct account *a)
{
	return a->memory_kib;
}

static int64_t
wall_of(const struct account *a)
{
	return a->wall_us;
}

static int64_t
queue_of(const struct account *a)
{
	return a->queue_us;
}

static int64_t
spawn_of(const struct account *a)
{
	return a->spawn_us;
}

static const struct account_item {
	const char	*name;
	int64_t		(*get)(const struct account *a);
	bool		 early;		/* known when it has started */
} items[] = {
	{ "cgi-exit",		exit_of },
	{ "cgi-cpu",		cpu_of },
	{ "cgi-user",		user_of },
	{ "cgi-system",		system_of },
	{ "cgi-memory",		memory_of },
	{ "cgi-wall",		wall_of },
	{ "cgi-queue",		queue_of,	true },
	{ "cgi-spawn",		spawn_of,	true },
};

const struct account_item *
account_item_named(struct str name)
{
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		if (str_is_nocase(name, items[i].name))
			return &items[i];
	return NULL;
}

static int64_t
item_value(const struct account_item *i, const struct account *a)
{
	return i->get(a);
}

/* ---- Lines with gaps ----------------------------------------------------- */

struct gap {
	const struct account_item *item;
	size_t		 at;		/* where in the line */
};

struct line {
	struct arena	*arena;
	struct str	 text;
	struct gap	*gaps;
	size_t		 n;
	void		(*write)(void *arg, struct str line);
	void		*arg;
	struct link	 of_account, of_all;
};

/* Of the line that is just being made. */
static struct gap gaps[16];
static size_t n_gaps;
static struct account *gaps_of;

static struct link all = { &all, &all };

static void
line_write(struct line *l, const struct account *a)
{
	struct text t = { .arena = l->arena };
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++) {
		text_add(&t, str_n(l->text.at + at, l->gaps[i].at - at));
		at = l->gaps[i].at;
		if (a == NULL)
			text_addc(&t, '-');
		else
			text_addf(&t, "%lld",
			    (long long)item_value(l->gaps[i].item, a));
	}
	text_add(&t, str_from(l->text, at));
	l->write(l->arg, text_str(&t));
	list_remove(&l->of_account);
	list_remove(&l->of_all);
	arena_end(l->arena);
}

bool
account_write(const struct account_item *i, struct text *t,
    struct account *a)
{
	if (a == NULL || !a->ran)
		return false;
	if (i->early || a->ended) {
		text_addf(t, "%lld", (long long)item_value(i, a));
		return true;
	}
	if (n_gaps == sizeof(gaps) / sizeof(gaps[0]))
		return false;
	gaps[n_gaps++] = (struct gap){ i, t->n };
	gaps_of = a;
	return true;
}

bool
account_gaps(void)
{
	return n_gaps > 0;
}

void
account_hold(struct str text, void (*write)(void *arg, struct str line),
    void *arg)
{
	struct arena *a = arena_new();
	struct line *l = arena_one(a, struct line);

	l->arena = a;
	l->text = str_copy(a, text);
	l->gaps = arena_copy(a, gaps, n_gaps * sizeof(gaps[0]));
	l->n = n_gaps;
	l->write = write;
	l->arg = arg;
	list_append(&gaps_of->lines, &l->of_account);
	list_append(&all, &l->of_all);
	n_gaps = 0;
}

void
account_release(void)
{
	while (!list_empty(&all))
		line_write(LIST_OWNER(all.next, struct line, of_all), NULL);
}

/* ---- The account --------------------------------------------------------- */

void
account_init(struct account *a)
{
	*a = (struct account){ 0 };
	list_init(&a->lines);
}

static int64_t
micros(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

void
account_end(struct account *a, int status, const struct rusage *used,
    int64_t wall_us)
{
	a->ended = true;
	a->status = status;
	a->wall_us = wall_us;
	a->user_us = micros(used->ru_utime);
	a->system_us = micros(used->ru_stime);
	a->memory_kib = used->ru_maxrss;
	while (!list_empty(&a->lines))
		line_write(LIST_OWNER(a->lines.next, struct line, of_account),
		    a);
}

void
account_tell(const struct account *a, struct text *t)
{
	if (WIFSIGNALED(a->status))
		text_addf(t, "was ended by signal %d (%s)",
		    WTERMSIG(a->status), strsignal(WTERMSIG(a->status)));
	else
		text_addf(t, "exited with status %d", WEXITSTATUS(a->status));
	text_addf(t, " after %lld ms; cpu %lld ms user, %lld ms system; peak "
	    "memory %ld KiB", (long long)a->wall_us / 1000,
	    (long long)a->user_us / 1000, (long long)a->system_us / 1000,
	    a->memory_kib);
}
