/*
 * kept.c - see kept.h.
 *
 * A page has an arena of its own, which ends with its last use: an answer that
 * is still being sent holds it after it has been forgotten.
 */
#include "listing/kept.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "serve/htaccess.h"
#include "serve/request.h"
#include "serve/seen.h"

enum {
	PAGES_MAX = 16,
	BYTES_MAX = 8 * 1024 * 1024,	/* of all */
	FORGET_MS = 1000,
};

struct page {
	struct arena	*arena;
	struct str	 question, bytes;
	const struct host_set *hosts;
	unsigned	 uses;
};

static struct {
	struct loop	*loop;
	struct timer	 timer;		/* for when nobody asks any more */
	struct page	*pages[PAGES_MAX];
	size_t		 n, bytes;
	time_t		 second;	/* when these hold */
	uint64_t	 number;
} kept;

static void
page_release(void *page)
{
	struct page *p = page;

	if (--p->uses == 0)
		arena_end(p->arena);
}

static void
forget_all(void)
{
	for (; kept.n > 0; kept.n--)
		page_release(kept.pages[kept.n - 1]);
	kept.bytes = 0;
	loop_timer_stop(kept.loop, &kept.timer);
}

static void
time_is_over(struct timer *t)
{
	(void)t;
	forget_all();
}

/* Nothing outlives its second, nor a change. */
static void
look_at_the_time(void)
{
	uint64_t number = seen_number() + htaccess_changes();

	if (kept.second == clock_now() && kept.number == number)
		return;
	forget_all();
	kept.second = clock_now();
	kept.number = number;
}

void
kept_begin(struct loop *l)
{
	kept.loop = l;
	kept.timer.fire = time_is_over;
}

/* All that an answer may depend on, if it is not for one client alone. */
static struct str
question_of(const struct request *r)
{
	struct text t = { .arena = r->arena };

	text_add(&t, r->head->line);
	text_addz(&t, "\r\n");
	fields_write(&r->in, &t);
	return text_str(&t);
}

/* One that was sent, and is answered as it stands. */
static bool
is_plain(const struct request *r)
{
	return kept.loop != NULL && r->client->basis != NULL &&
	    r->prev == NULL && r->main == NULL && r->head->body == BODY_NONE;
}

struct str
kept_find(const struct request *r)
{
	struct str question;

	if (!is_plain(r))
		return STR_NONE;
	look_at_the_time();
	question = question_of(r);
	for (size_t i = 0; i < kept.n; i++) {
		struct page *p = kept.pages[i];

		if (p->hosts != r->client->hosts ||
		    !str_eq(p->question, question))
			continue;
		p->uses++;
		arena_cleanup(r->arena, page_release, p);
		return p->bytes;
	}
	return STR_NONE;
}

void
kept_add(const struct request *r, struct str bytes)
{
	struct arena *a;
	struct page *p;

	if (!is_plain(r) || kept.n == PAGES_MAX ||
	    kept.bytes + bytes.n > BYTES_MAX)
		return;
	if (kept.number != seen_number() + htaccess_changes() ||
	    kept.second != clock_now())
		return;
	if (kept.n == 0)
		loop_timer(kept.loop, &kept.timer, FORGET_MS);
	a = arena_new();
	p = arena_one(a, struct page);
	p->arena = a;
	p->question = str_copy(a, question_of(r));
	p->bytes = str_copy(a, bytes);
	p->hosts = r->client->hosts;
	p->uses = 1;
	kept.bytes += bytes.n;
	kept.pages[kept.n++] = p;
}
