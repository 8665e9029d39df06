/*
 * passcheck.c - see passcheck.h.
 */
#include <string.h>

#include "access/passcheck.h"
#include "base/clock.h"
#include "base/password.h"
#include "base/sha1.h"

enum {
	REMEMBER_MS	= 60000,
	MEMORY_SIZE	= 1024,		/* places */
	WAITING_MAX	= 256,
	LIMIT_MS	= 60000,	/* bcrypt of cost 17 takes some 10 s */
};

static struct {
	struct questions questions;
	unsigned char	 key[64];
	struct {
		unsigned char	name[SHA1_SIZE];
		int64_t		until_ms;
	} memory[MEMORY_SIZE];
} own;

/* ---- What was right ------------------------------------------------------ */

static size_t
place_of(struct str name)
{
	return (size_t)((unsigned char)name.at[0] |
	    (unsigned char)name.at[1] << 8) % MEMORY_SIZE;
}

static bool
is_remembered(struct str name)
{
	size_t at = place_of(name);

	return own.memory[at].until_ms > clock_ms() &&
	    memcmp(own.memory[at].name, name.at, SHA1_SIZE) == 0;
}

static void
remember(struct str name)
{
	size_t at = place_of(name);

	memcpy(own.memory[at].name, name.at, SHA1_SIZE);
	own.memory[at].until_ms = clock_ms() + REMEMBER_MS;
}

static void
answered(struct str name, struct str answer)
{
	if (answer.n == 1 && answer.at[0] == PASSWORD_RIGHT)
		remember(name);
}

/* ---- Asking -------------------------------------------------------------- */

/* In the child: the input is hash, NUL, password, NUL. */
static void
run(struct str input, struct task *t)
{
	const char *hash = input.at;

	t->answer[0] = (char)password_check(hash, hash + strlen(hash) + 1);
	t->n = 1;
}

void
passcheck_init(struct loop *l)
{
	unsigned n = (unsigned)os_processors();

	own.questions.run = run;
	own.questions.answered = answered;
	own.questions.pool.max_running = n < 2 ? 2 : n;
	own.questions.pool.max_waiting = WAITING_MAX;
	own.questions.pool.limit_ms = LIMIT_MS;
	questions_init(&own.questions, l);
	os_random(own.key, sizeof(own.key));
	memset(own.memory, 0, sizeof(own.memory));
}

static enum passcheck_answer
told(struct request *r, const char *module, enum password_answer answer)
{
	if (answer == PASSWORD_RIGHT)
		return PASSCHECK_RIGHT;
	if (answer == PASSWORD_WRONG)
		return PASSCHECK_WRONG;
	request_log(r, LEVEL_ERROR, module, 0, "a password is stored in a form "
	    "that needs crypt(3), which this server was built without; "
	    "\"forkful passwd -B\" makes one that does not");
	return PASSCHECK_FAILED;
}

static enum passcheck_answer
ask(struct request *r, struct question *q, const char *module,
    struct str name, struct str input)
{
	switch (question_ask(&own.questions, r, q, name, input)) {
	case QUESTION_WAIT:
		return PASSCHECK_WAIT;
	case QUESTION_TOO_MANY:
		return PASSCHECK_BUSY;
	default:
		break;
	}
	if (!q->failed && q->answer.n == 1)
		return told(r, module, (enum password_answer)q->answer.at[0]);
	request_log(r, LEVEL_ERROR, module, 0, "a password could not be "
	    "checked: the process that should do it failed");
	return PASSCHECK_FAILED;
}

enum passcheck_answer
passcheck(struct request *r, struct question *q, const char *module,
    const char *hash, const char *password)
{
	unsigned char digest[SHA1_SIZE];
	enum password_answer answer;
	struct str name, input;

	/* A plain digest costs no more than to remember it would. */
	if (!password_is_slow(hash) && hash[0] != '$')
		return told(r, module, password_check(hash, password));
	input = str_fmt(r->arena, "%s%c%s%c", hash, 0, password, 0);
	sha1_keyed(str_n((const char *)own.key, sizeof(own.key)), input,
	    digest);
	name = str_n((const char *)digest, sizeof(digest));
	if (!q->over && q->of == NULL && is_remembered(name))
		return PASSCHECK_RIGHT;
	if (!password_is_slow(hash)) {
		answer = password_check(hash, password);
		if (answer == PASSWORD_RIGHT)
			remember(name);
		return told(r, module, answer);
	}
	if (r->main != NULL)
		return PASSCHECK_FAILED;
	return ask(r, q, module, name, input);
}
