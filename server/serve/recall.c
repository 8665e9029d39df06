/*
 * recall.c - see recall.h.
 */
#include "serve/recall.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "loop/loop.h"
#include "serve/htaccess.h"
#include "serve/output.h"
#include "serve/seen.h"

enum {
	BODY_MAX = 64 * 1024,		/* of one answer */
	BYTES_MAX = 8 * 1024 * 1024,	/* of all */
	FORGET_MS = 1000,
	SEEN = 4096,			/* heads asked lately; a power of 2 */
};

static struct loop *loop;
static struct {
	struct timer	 timer;		/* for when nobody asks any more */
	struct arena	*arena;		/* of the table */
	struct hash	*answers;	/* head -> struct recalled */
	struct link	 all;
	size_t		 bytes;
	time_t		 second;	/* when these hold */
	uint64_t	 number;
	uint64_t	 seen[SEEN];	/* what was asked, by hash */
} kept;

/* How much has changed on disk that may matter to an answer. */
static uint64_t
changes(void)
{
	return seen_number() + htaccess_changes();
}

/* ---- Forgetting ---------------------------------------------------------- */

static void
forget_all(void)
{
	loop_timer_stop(loop, &kept.timer);
	while (!list_empty(&kept.all)) {
		struct recalled *a = LIST_OWNER(kept.all.next, struct recalled,
		    link);

		list_remove(&a->link);
		arena_end(a->arena);
	}
	arena_reset(kept.arena);
	kept.answers = hash_new(kept.arena);
	kept.bytes = 0;
	kept.second = clock_now();
	kept.number = changes();
}

static void
time_is_over(struct timer *t)
{
	(void)t;
	forget_all();
}

void
recall_begin(struct loop *l)
{
	loop = l;
	seen_begin(l);
	kept.timer.fire = time_is_over;
	kept.arena = arena_new();
	list_init(&kept.all);
	forget_all();
}

/* Nothing outlives its second, nor a change. */
static void
look_at_the_time(void)
{
	if (kept.number == changes() && kept.second == clock_now())
		return;
	forget_all();
}

/* ---- Finding ------------------------------------------------------------- */

/* The head at the beginning of bytes, its empty line included; or STR_NONE. */
static struct str
head_of(struct str bytes)
{
	const char *p = bytes.at, *end = bytes.at + bytes.n, *line_end;

	if (bytes.n < 4 || (p[0] != 'G' && p[0] != 'H'))
		return STR_NONE;
	while ((line_end = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p = line_end + 1;
		if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
			return str_n(bytes.at, (size_t)(p + 2 - bytes.at));
	}
	return STR_NONE;
}

/* It says the right thing about the connection. */
static bool
fits(const struct recalled *a, const struct client *c)
{
	return a->hosts == c->hosts &&
	    (!a->counted || a->answered == c->answered) &&
	    (a->max_keep_alive == 0 || !a->r->keep_going ||
	    (int64_t)c->answered + 1 < a->max_keep_alive);
}

const struct recalled *
recall_find(const struct client *c, struct str bytes, struct str *keep)
{
	struct str head = head_of(bytes);
	const struct recalled *a;
	uint64_t *seen, h;

	*keep = STR_NONE;
	if (head.n == 0)
		return NULL;
	look_at_the_time();
	a = hash_get(kept.answers, head);
	if (a != NULL)
		return fits(a, c) ? a : NULL;
	h = hash_bytes(head.at, head.n);
	seen = &kept.seen[h & (SEEN - 1)];
	if (*seen == h && kept.bytes < BYTES_MAX)
		*keep = head;
	*seen = h;
	return NULL;
}

/* ---- Keeping ------------------------------------------------------------- */

static bool
status_keeps(int status)
{
	switch (status) {
	case 200:
	case 206:
	case 301:
	case 302:
	case 303:
	case 304:
	case 307:
	case 308:
	case 403:
	case 404:
	case 410:
		return true;
	default:
		return false;
	}
}

static bool
is_for_all(const struct request *r)
{
	return !r->client->once && r->prev == NULL &&
	    (r->method == METHOD_GET || r->method == METHOD_HEAD) &&
	    r->head->body == BODY_NONE && r->head->version >= 10 &&
	    !r->nph && !r->chunked && status_keeps(r->status) &&
	    r->keep_going == r->head->keep_alive;
}

/* All of the body, if it is in memory. */
static bool
body_of(const struct request *r, struct str *body)
{
	struct piece p = { 0 };

	*body = STR("");
	if (r->body == NULL)
		return r->length == 0 || r->method == METHOD_HEAD;
	if (!r->body->passive || r->length > BODY_MAX ||
	    r->body->look(r->body, &p) != PULL_PIECE || p.at == NULL ||
	    (int64_t)p.n != r->length)
		return false;
	*body = str_n(p.at, p.n);
	return true;
}

struct recalled *
recall_answer(struct arena *a, struct str request, const struct request *r,
    struct str head)
{
	const struct core_conf *c = core_conf(r->vhost->scope);
	struct recalled *answer;
	struct str body;

	if (!is_for_all(r) || !body_of(r, &body))
		return NULL;
	answer = arena_one(a, struct recalled);
	answer->arena = a;
	answer->request = request;
	answer->head = head;
	answer->body = body;
	answer->r = r;
	answer->second = clock_now();
	answer->number = changes();
	answer->hosts = r->client->hosts;
	answer->max_keep_alive = number_or(c->max_keep_alive, 100);
	answer->counted = answer->max_keep_alive > 0 && r->keep_going &&
	    fields_has_token(&r->in, STR("Connection"), STR("keep-alive"));
	answer->answered = r->client->answered;
	return answer;
}

void
recall_keep(struct recalled *a)
{
	look_at_the_time();
	if (a->second != kept.second || a->number != kept.number) {
		arena_end(a->arena);
		return;
	}
	if (list_empty(&kept.all))
		loop_timer(loop, &kept.timer, FORGET_MS);
	list_append(&kept.all, &a->link);
	kept.bytes += arena_bytes(a->arena);
	hash_set(kept.answers, a->request, a);
}
