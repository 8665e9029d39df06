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
#include "serve/basis.h"
#include "serve/htaccess.h"
#include "serve/request.h"
#include "serve/seen.h"

enum {
	PAGES_MAX = 16,
	BYTES_MAX = 8 * 1024 * 1024,	/* of all */
	FORGET_MS = 1000,
};

/* What a page is the answer to. */
struct question {
	struct str	 rest;		/* all but the query */
	struct str	 query, meaning; /* it, and what it says */
	bool		 literal;	/* its words matter, too */
};

struct page {
	struct arena	*arena;
	struct question	 question;
	struct str	 bytes;
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
static struct question
question_of(const struct request *r, struct str meaning)
{
	struct text t = { .arena = r->arena };
	const struct head *h = r->head;
	struct str address = h->target;

	if (h->query.at != NULL)
		address.n -= h->query.n + 1;
	text_add(&t, h->method_name);
	text_addc(&t, ' ');
	text_add(&t, address);
	text_addf(&t, " %d\r\n", h->version);
	fields_write(&r->in, &t);
	return (struct question){ text_str(&t), h->query, meaning,
	    r->client->basis->query };
}

static bool
is_same(const struct question *a, const struct question *b)
{
	bool literal = a->literal || b->literal;

	return str_eq(a->rest, b->rest) && str_eq(a->meaning, b->meaning) &&
	    (!literal || ((a->query.at == NULL) == (b->query.at == NULL) &&
	    str_eq(a->query, b->query)));
}

static struct question
question_copy(struct arena *a, const struct question *q)
{
	struct question copy = { str_copy(a, q->rest), q->query,
	    str_copy(a, q->meaning), q->literal };

	if (q->query.at != NULL)
		copy.query = str_copy(a, q->query);
	return copy;
}

/* One that was sent, and is answered as it stands. */
static bool
is_plain(const struct request *r)
{
	return kept.loop != NULL && r->client->basis != NULL &&
	    r->prev == NULL && r->main == NULL && r->head->body == BODY_NONE;
}

struct str
kept_find(const struct request *r, struct str meaning)
{
	struct question question;

	if (!is_plain(r))
		return STR_NONE;
	look_at_the_time();
	question = question_of(r, meaning);
	for (size_t i = 0; i < kept.n; i++) {
		struct page *p = kept.pages[i];

		if (p->hosts != r->client->hosts ||
		    !is_same(&p->question, &question))
			continue;
		p->uses++;
		arena_cleanup(r->arena, page_release, p);
		return p->bytes;
	}
	return STR_NONE;
}

void
kept_add(const struct request *r, struct str meaning, struct str bytes)
{
	struct question question;
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
	question = question_of(r, meaning);
	p->question = question_copy(a, &question);
	p->bytes = str_copy(a, bytes);
	p->hosts = r->client->hosts;
	p->uses = 1;
	kept.bytes += bytes.n;
	kept.pages[kept.n++] = p;
}
