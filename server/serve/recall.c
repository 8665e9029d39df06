/*
 * recall.c - see recall.h.
 */
#include "serve/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "loop/loop.h"
#include "serve/basis.h"
#include "serve/htaccess.h"
#include "serve/output.h"
#include "serve/retold.h"
#include "serve/seen.h"

enum {
	BODY_MAX = 64 * 1024,		/* of one answer */
	BLOCK_MAX = 8 * 1024,		/* for one that is put together */
	LINE = 64,			/* of the processor's cache */
	BYTES_MAX = 16 * 1024 * 1024,	/* of all */
	FILES_MAX = 64,			/* that are open */
	TURN_MS = 1000,			/* looking for those that nobody ... */
	UNUSED_SECONDS = 5,		/* ... asked for in so long */
	SLOTS = 4096,			/* a power of 2 */
};

static struct loop *loop;
static struct {
	struct timer	 timer;
	struct link	 all;		/* the longest unused first */
	size_t		 bytes, files;
	uint64_t	 number;	/* of changes() when these held */
	struct recalled	*answers[SLOTS]; /* by the hash of their request */
	uint64_t	 asked[SLOTS];	/* heads asked for lately, by hash */
} kept;

/* How much has changed on disk that may matter to an answer. */
static uint64_t
changes(void)
{
	return seen_number() + htaccess_changes();
}

/* ---- Forgetting ---------------------------------------------------------- */

static struct recalled **
bucket(uint64_t hash)
{
	return &kept.answers[hash & (SLOTS - 1)];
}

static void
release(void *answer)
{
	struct recalled *a = answer;

	if (--a->uses == 0)
		arena_end(a->arena);
}

static void
forget(struct recalled *a)
{
	struct recalled **at = bucket(a->hash);

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	list_remove(&a->link);
	kept.bytes -= a->bytes;
	kept.files -= a->fd >= 0;
	release(a);
}

static struct recalled *
oldest(void)
{
	return LIST_OWNER(kept.all.next, struct recalled, link);
}

static void
forget_all(void)
{
	while (!list_empty(&kept.all))
		forget(oldest());
	kept.number = changes();
}

static void
forget_unused(struct timer *t)
{
	while (!list_empty(&kept.all) &&
	    oldest()->second + UNUSED_SECONDS < clock_now())
		forget(oldest());
	if (!list_empty(&kept.all))
		loop_timer(loop, t, TURN_MS);
}

/* Room for one more, in place of those that nobody asked for this second. */
static bool
make_room(void)
{
	while (kept.bytes >= BYTES_MAX && oldest()->second != clock_now())
		forget(oldest());
	return kept.bytes < BYTES_MAX;
}

/* The same for one more that is open. */
static bool
make_room_for_file(void)
{
	struct link *l = kept.all.next;

	while (kept.files >= FILES_MAX && l != &kept.all) {
		struct recalled *a = LIST_OWNER(l, struct recalled, link);

		l = l->next;
		if (a->second == clock_now())
			break;
		if (a->fd >= 0)
			forget(a);
	}
	return kept.files < FILES_MAX;
}

void
recall_begin(struct loop *l)
{
	loop = l;
	seen_begin(l);
	kept.timer.fire = forget_unused;
	if (kept.all.next == NULL)
		list_init(&kept.all);
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
	return (!a->counted || a->answered == c->answered) &&
	    (a->max_keep_alive == 0 || !a->keep_going ||
	    (int64_t)c->answered + 1 < a->max_keep_alive);
}

/* Does it hold in another second, too? */
static bool
renew(struct recalled *a)
{
	const struct basis *b = a->basis;

	if (a->date == NULL)
		return false;
	for (size_t i = 0; i < b->places.n; i++)
		if (!seen_still(b->places.at[i]))
			return false;
	if (!basis_holds(b, a->r))
		return false;
	memcpy(a->date, clock_http_now().at, CLOCK_HTTP_SIZE - 1);
	a->second = clock_now();
	list_remove(&a->link);
	list_append(&kept.all, &a->link);
	return true;
}

/* An open file shows at once what has become of it. */
static bool
holds(struct recalled *a)
{
	return (a->second == clock_now() || renew(a)) &&
	    (a->fd < 0 || basis_file_holds(a->basis, a->fd));
}

static struct recalled *
find(uint64_t hash, struct str head, const struct host_set *hosts)
{
	struct recalled *a = *bucket(hash);

	while (a != NULL && (a->hash != hash || a->hosts != hosts ||
	    !str_eq(a->request, head)))
		a = a->next;
	return a;
}

const struct recalled *
recall_find(const struct client *c, struct str bytes, struct str *keep)
{
	struct str head = head_of(bytes);
	struct recalled *a;
	uint64_t *asked, hash;

	*keep = STR_NONE;
	if (head.n == 0)
		return NULL;
	if (kept.number != changes())
		forget_all();
	hash = hash_bytes(head.at, head.n);
	a = find(hash, head, c->hosts);
	if (a != NULL && holds(a))
		return fits(a, c) ? a : NULL;
	if (a != NULL)
		forget(a);
	asked = &kept.asked[hash & (SLOTS - 1)];
	if (*asked == hash && make_room())
		*keep = head;
	*asked = hash;
	return NULL;
}

void
recall_hold(const struct recalled *answer, struct arena *a)
{
	struct recalled *held = (struct recalled *)(uintptr_t)answer;

	held->uses++;
	arena_cleanup(a, release, held);
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
	return r->client->basis != NULL && r->prev == NULL &&
	    (r->method == METHOD_GET || r->method == METHOD_HEAD) &&
	    r->head->body == BODY_NONE && r->head->version >= 10 &&
	    !r->nph && !r->chunked && status_keeps(r->status) &&
	    r->keep_going == r->head->keep_alive;
}

/* All of the body, if it is in memory or one part of a file. */
static bool
take_body(struct recalled *a, const struct request *r)
{
	struct piece p = { 0 };

	a->body = STR("");
	a->fd = -1;
	if (r->body == NULL)
		return r->length == 0 || r->method == METHOD_HEAD;
	if (!r->body->passive || r->body->look(r->body, &p) != PULL_PIECE ||
	    (int64_t)p.n != r->length)
		return false;
	if (p.at == NULL) {
		a->fd = p.fd;
		a->offset = p.offset;
		return make_room_for_file();
	}
	a->body = str_n(p.at, p.n);
	return p.n <= BODY_MAX;
}

/* Where the Date stands, if all else in the head will hold for longer. */
static char *
date_in(struct str head, const struct basis *b, struct str body)
{
	struct str before = STR("\r\nDate: "), now = clock_http_now();
	ptrdiff_t at = str_find_str(head, before);

	if (b->timely || at < 0 || b->about == BASIS_NONE ||
	    (b->about == BASIS_FILE && body.n > 0 && b->bytes != body.at))
		return NULL;
	head = str_from(head, (size_t)at + before.n);
	return str_starts(head, now) ? (char *)(uintptr_t)head.at : NULL;
}

struct basis *
recall_basis(struct arena *a)
{
	struct basis *b = arena_one(a, struct basis);

	b->arena = a;
	b->number = changes();
	return b;
}

struct recalled *
recall_answer(struct arena *a, struct str request, const struct request *r,
    struct str head)
{
	const struct core_conf *c = core_conf(r->vhost->scope);
	struct recalled *answer;

	if (!is_for_all(r))
		return NULL;
	answer = arena_one(a, struct recalled);
	if (!take_body(answer, r))
		return NULL;
	answer->arena = a;
	answer->uses = 1;
	answer->request = request;
	answer->head = head;
	answer->r = r;
	answer->keep_going = r->keep_going;
	answer->retold = arena_one(a, struct retold);
	answer->retold->arena = a;
	answer->second = clock_now();
	answer->basis = r->client->basis;
	answer->date = date_in(head, answer->basis, answer->body);
	answer->hosts = r->client->hosts;
	answer->max_keep_alive = number_or(c->max_keep_alive, 100);
	answer->counted = answer->max_keep_alive > 0 && r->keep_going &&
	    fields_has_token(&r->in, STR("Connection"), STR("keep-alive"));
	answer->answered = r->client->answered;
	return answer;
}

static struct str
put(char **at, struct str s)
{
	struct str put = str_n(*at, s.n);

	if (s.n > 0)
		memcpy(*at, s.at, s.n);
	*at += s.n;
	return put;
}

/*
 * Bring together what every use needs, so that it is in few lines of the
 * processor's cache.  A long body is better off where it is.
 */
static struct recalled *
put_together(struct recalled *a)
{
	size_t retold = retold_size(a->retold), n = sizeof(*a) + retold +
	    a->request.n + a->head.n + a->body.n;
	ptrdiff_t date = a->date != NULL ? a->date - a->head.at : -1;
	bool same = a->basis->bytes == a->body.at;
	struct recalled *b;
	char *at;

	if (n > BLOCK_MAX)
		return a;
	b = aligned_alloc(LINE, (n + LINE - 1) / LINE * LINE);
	if (b == NULL)
		return a;
	arena_cleanup(a->arena, free, b);
	*b = *a;
	b->bytes += n;
	b->retold = retold_copy(a->retold, b + 1);
	at = (char *)(b + 1) + retold;
	b->request = put(&at, a->request);
	b->head = put(&at, a->head);
	b->body = put(&at, a->body);
	if (date >= 0)
		b->date = (char *)(uintptr_t)b->head.at + date;
	if (same)
		b->basis->bytes = b->body.at;
	return b;
}

const struct recalled *
recall_keep(struct recalled *a)
{
	struct recalled *old, **at;

	a->hash = hash_bytes(a->request.at, a->request.n);
	if (a->second != clock_now() || a->basis->number != changes()) {
		arena_end(a->arena);
		return NULL;
	}
	if (kept.number != changes())
		forget_all();
	old = find(a->hash, a->request, a->hosts);
	if (old != NULL)
		forget(old);
	a->bytes_out = a->r->bytes_out;
	a->bytes = arena_bytes(a->arena);
	a = put_together(a);
	if (list_empty(&kept.all))
		loop_timer(loop, &kept.timer, TURN_MS);
	list_append(&kept.all, &a->link);
	kept.bytes += a->bytes;
	kept.files += a->fd >= 0;
	at = bucket(a->hash);
	a->next = *at;
	*at = a;
	return a;
}
