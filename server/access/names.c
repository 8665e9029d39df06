/*
 * names.c - see names.h.
 *
 * A question is a letter and a text: "c" and the client's address ("d" for the
 * double look), or "f", a name, a blank and the address that is hoped for.  So
 * every answer is short: a name, or a "y".
 */
#include <netdb.h>
#include <string.h>

#include "access/names.h"
#include "base/arena.h"
#include "base/char.h"
#include "base/clock.h"
#include "base/subnet.h"

enum {
	RUNNING_MAX	= 16,
	WAITING_MAX	= 1024,
	LIMIT_MS	= 5000,
	FOUND_MS	= 60000,
	NOT_FOUND_MS	= 10000,
	MEMORY_MAX	= 4096,		/* answers; then all are forgotten */
};

/* A remembered answer. */
struct answer {
	struct str	 is;
	int64_t		 until_ms;
};

static struct {
	struct questions questions;
	struct arena	*arena;
	struct hash	*memory;	/* question -> struct answer */
} own;

/* ---- Looking up, in the child -------------------------------------------- */

static bool
leads_to(const char *name, const struct address *wanted)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *one;
	bool found = false;

	if (getaddrinfo(name, NULL, &hints, &all) != 0)
		return false;
	for (one = all; one != NULL && !found; one = one->ai_next) {
		struct address a;
		char text[64];

		found = getnameinfo(one->ai_addr, one->ai_addrlen, text,
		    sizeof(text), NULL, 0, NI_NUMERICHOST) == 0 &&
		    address_parse(&a, str_of(text)) &&
		    memcmp(&a, wanted, sizeof(a)) == 0;
	}
	freeaddrinfo(all);
	return found;
}

/* A name as RFC 1123 allows it, which no log or rule could misread. */
static bool
is_name(const char *z)
{
	for (; *z != 0; z++)
		if (!char_is_alnum((unsigned char)*z) &&
		    strchr("-._", *z) == NULL)
			return false;
	return true;
}

static bool
name_of(const char *address, char *name, size_t room)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
	    .ai_socktype = SOCK_STREAM }, *a;
	int error;

	if (getaddrinfo(address, NULL, &hints, &a) != 0)
		return false;
	error = getnameinfo(a->ai_addr, a->ai_addrlen, name,
	    (socklen_t)room, NULL, 0, NI_NAMEREQD);
	freeaddrinfo(a);
	return error == 0 && is_name(name);
}

static void
run(struct str input, struct task *t)
{
	struct arena *a = arena_new();
	struct str rest = str_from(input, 1), name, text;
	struct address address;

	if (input.at[0] == 'f') {
		str_word(&rest, &name);
		str_word(&rest, &text);
		t->answer[0] = 'y';
		t->n = address_parse(&address, text) &&
		    leads_to(str_z(a, name), &address);
		return;
	}
	if (name_of(str_z(a, rest), t->answer, TASK_ANSWER) &&
	    (input.at[0] == 'c' || (address_parse(&address, rest) &&
	    leads_to(t->answer, &address))))
		t->n = strlen(t->answer);
}

/* ---- Memory -------------------------------------------------------------- */

static void
forget_all(void)
{
	if (own.arena != NULL)
		arena_end(own.arena);
	own.arena = arena_new();
	own.memory = hash_new(own.arena);
}

static void
answered(struct str question, struct str answer)
{
	struct answer *a = hash_get(own.memory, question);

	if (a == NULL && hash_count(own.memory) >= MEMORY_MAX)
		forget_all();
	if (a == NULL) {
		a = arena_one(own.arena, struct answer);
		hash_set(own.memory, str_copy(own.arena, question), a);
	}
	if (!str_eq(a->is, answer))
		a->is = str_lower(own.arena, answer);
	a->until_ms = clock_ms() + (answer.n > 0 ? FOUND_MS : NOT_FOUND_MS);
}

void
names_init(struct loop *l)
{
	own.questions.run = run;
	own.questions.answered = answered;
	own.questions.pool.max_running = RUNNING_MAX;
	own.questions.pool.max_waiting = WAITING_MAX;
	own.questions.pool.limit_ms = LIMIT_MS;
	questions_init(&own.questions, l);
	forget_all();
}

/* ---- Asking -------------------------------------------------------------- */

static enum names_answer
ask(struct request *r, struct question *q, struct str question,
    struct str *answer)
{
	const struct answer *a;

	if (own.memory == NULL)
		return NAMES_NONE;
	if (!q->over && q->of == NULL) {
		a = hash_get(own.memory, question);
		if (a != NULL && a->until_ms > clock_ms()) {
			/* It shall not change while the request lasts. */
			q->over = true;
			q->answer = str_copy(r->arena, a->is);
		}
	}
	/* A lookup never waits. */
	if (!q->over && r->main != NULL)
		return NAMES_NONE;
	switch (question_ask(&own.questions, r, q, question, question)) {
	case QUESTION_WAIT:
		return NAMES_WAIT;
	case QUESTION_TOO_MANY:
		request_log(r, LEVEL_ERROR, "core", 0, "too many names are "
		    "being looked up: %.*s has to do without",
		    STR_ARGS(question));
		return NAMES_NONE;
	default:
		break;
	}
	if (q->failed)
		answered(question, STR(""));
	*answer = str_lower(r->arena, q->answer);
	return answer->n > 0 ? NAMES_FOUND : NAMES_NONE;
}

static struct names *
names_of(struct request *r)
{
	if (r->names == NULL)
		r->names = arena_one(r->arena, struct names);
	return r->names;
}

enum names_answer
names_client(struct request *r, bool double_checked, struct str *name)
{
	struct names *n = names_of(r);
	struct question *q = double_checked ? &n->checked : &n->client;

	*name = STR_NONE;
	return ask(r, q, str_fmt(r->arena, "%c%s", double_checked ? 'd' : 'c',
	    r->client->peer), name);
}

enum names_answer
names_lead_to_client(struct request *r, const char *name)
{
	struct names *n = names_of(r);
	struct str answer, key = str_fmt(r->arena, "f%s %s", name,
	    r->client->peer);
	struct question *q;

	if (strchr(name, ' ') != NULL)
		return NAMES_NONE;
	if (n->forward == NULL)
		n->forward = hash_new(r->arena);
	q = hash_get(n->forward, key);
	if (q == NULL) {
		q = arena_one(r->arena, struct question);
		hash_set(n->forward, key, q);
	}
	return ask(r, q, key, &answer);
}

bool
names_in_domain(struct str name, struct str domain)
{
	if (domain.n == 0 || !str_ends_nocase(name, domain))
		return false;
	return name.n == domain.n || domain.at[0] == '.' ||
	    name.at[name.n - domain.n - 1] == '.';
}

void
names_tell(struct request *r, struct str name)
{
	while (r->main != NULL)
		r = r->main;
	for (; r != NULL; r = r->prev)
		r->remote_host = name;
}
