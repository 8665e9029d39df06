/*
 * steps.c - the table of words that a scenario is made of.
 *
 * t/web/README is their manual.
 */
#include <sys/stat.h>

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

/* What the last "run" left. */
static struct buffer output;
static int exit_status;
static bool exit_unasked;	/* no "exit" step has looked at it yet */

bool
matches(const char *text, const char *regex, char **group)
{
	regmatch_t m[2] = { { -1, -1 }, { -1, -1 } };
	regex_t r;
	bool found;

	if (regcomp(&r, regex, REG_EXTENDED | REG_NEWLINE) != 0)
		broken("%s is no regular expression", regex);
	found = regexec(&r, text, 2, m, 0) == 0;
	regfree(&r);
	if (found && group != NULL) {
		if (m[1].rm_so == -1)
			broken("%s has no group", regex);
		*group = strndup(text + m[1].rm_so,
		    (size_t)(m[1].rm_eo - m[1].rm_so));
	}
	return found;
}

/* ---- Helpers ------------------------------------------------------------- */

/* A step as its function sees it: names replaced. */
struct words {
	char	*rest;
	char	*block;		/* or NULL */
};

/* The first word of w->rest; what follows it goes to *more. */
static char *
first_word(const struct words *w, char **more)
{
	size_t n = strcspn(w->rest, " \t");

	if (more != NULL)
		*more = w->rest + n + strspn(w->rest + n, " \t");
	return strndup(w->rest, n);
}

/*
 * The text of a step, escapes replaced: the rest of its line as it is, or its
 * block, each line ended by end.
 */
static struct buffer
wire_text(const struct words *w, const char *end)
{
	struct buffer b = { 0 };
	const char *line;
	char *copy;
	size_t n;

	buffer_add(&b, "", 0);
	if (w->block == NULL) {
		unescape(&b, w->rest);
		return b;
	}
	for (line = w->block; *line != '\0'; line += n + 1) {
		n = strcspn(line, "\n");
		copy = strndup(line, n);
		unescape(&b, copy);
		buffer_addz(&b, end);
		free(copy);
	}
	return b;
}

static const char *
block(const struct words *w)
{
	return w->block != NULL ? w->block : "";
}

static struct buffer
read_file(const char *path)
{
	struct buffer b = { 0 };

	if (!buffer_file(&b, server_path(path)))
		fail("%s: %s", path, strerror(errno));
	return b;
}

static int
number(const char *z)
{
	char *end;
	long n = strtol(z, &end, 10);

	if (end == z || *end != '\0')
		broken("\"%s\" is no number", z);
	return (int)n;
}

/* ---- Setting up ---------------------------------------------------------- */

static void
do_conf(const struct words *w)
{
	server_configure(block(w), false);
}

static void
do_bare_conf(const struct words *w)
{
	server_configure(block(w), true);
}

static void
do_file(const struct words *w)
{
	server_write(w->rest, block(w), strlen(block(w)), 0644);
}

static void
do_script(const struct words *w)
{
	server_write(w->rest, block(w), strlen(block(w)), 0755);
}

/* PATH N: bytes that repeat nowhere soon, the same in every run. */
static void
do_bytes(const struct words *w)
{
	struct buffer b = { 0 };
	uint32_t x = 2463534242u;
	char *path, *size;
	size_t n, i;

	path = first_word(w, &size);
	n = (size_t)number(size);
	buffer_add(&b, "", 0);
	for (i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		buffer_add(&b, &x, 1);
	}
	server_write(path, b.at, b.n, 0644);
	free(b.at);
}

static bool
in_path(const char *program)
{
	const char *dir = getenv("PATH");
	size_t n;
	char *path;

	for (; dir != NULL && *dir != '\0'; dir += n + (dir[n] == ':')) {
		n = strcspn(dir, ":");
		path = formatted("%.*s/%s", (int)n, dir, program);
		if (access(path, X_OK) == 0)
			return true;
		free(path);
	}
	return false;
}

/* Version 6 of it keeps signals inside. */
static bool
has_landlock(void)
{
#ifdef __linux__
	return syscall(444, NULL, (size_t)0, 1U) >= 6;
#else
	return false;
#endif
}

/* Containers often have a root who may not. */
static bool
may_mount(void)
{
	return geteuid() == 0 && in_path("unshare") && in_path("mount") &&
	    system("unshare -m mount -t tmpfs none /tmp 2>/dev/null") == 0;
}

static void
do_needs(const struct words *w)
{
	struct buffer b = { 0 };

	if (strcmp(w->rest, "root") == 0) {
		if (geteuid() != 0)
			skip("needs root");
	} else if (strcmp(w->rest, "user") == 0) {
		if (geteuid() == 0)
			skip("needs another user than root");
	} else if (strcmp(w->rest, "ipv6") == 0) {
		if (!buffer_file(&b, "/proc/net/if_inet6") || b.n == 0)
			skip("needs IPv6");
	} else if (strcmp(w->rest, "landlock") == 0) {
		if (!has_landlock())
			skip("needs Linux 6.12 with Landlock");
	} else if (strcmp(w->rest, "mounts") == 0) {
		if (!may_mount())
			skip("needs the right to mount file systems");
	} else if (!in_path(w->rest)) {
		skip("needs %s", w->rest);
	}
}

/* ---- Commands ------------------------------------------------------------ */

static void
do_run(const struct words *w)
{
	output.n = 0;
	exit_status = command_run(w->block ? w->block : w->rest, &output);
	exit_unasked = true;
}

/* A command must succeed unless the next step says otherwise. */
static void
check_exit(int want)
{
	exit_unasked = false;
	if (exit_status == want)
		return;
	show("its output", output.at, output.n, 8000);
	fail("the exit status is %d", exit_status);
}

static void
do_exit(const struct words *w)
{
	check_exit(number(w->rest));
}

static void
do_prints(const struct words *w)
{
	struct buffer want = wire_text(w, "\n");

	if (w->block == NULL)
		buffer_addz(&want, "\n");
	if (want.n != output.n || memcmp(want.at, output.at, want.n) != 0)
		fail_differs("the output", want.at, want.n, output.at,
		    output.n);
}

static void
do_prints_like(const struct words *w)
{
	if (matches(output.at, w->rest, NULL))
		return;
	show("its output", output.at, output.n, 8000);
	fail("it prints nothing like that");
}

static void
do_prints_not(const struct words *w)
{
	if (!matches(output.at, w->rest, NULL))
		return;
	show("its output", output.at, output.n, 8000);
	fail("it prints that");
}

/* ---- Talking ------------------------------------------------------------- */

static void
do_on(const struct words *w)
{
	client_on(w->rest);
}

static void
do_connect(const struct words *w)
{
	server_need();
	client_connect(w->rest);
}

static void
do_send(const struct words *w)
{
	struct buffer b = wire_text(w, "\r\n");

	client_send(b.at, b.n);
	free(b.at);
}

static void
do_request(const struct words *w)
{
	struct buffer b = wire_text(w, "\r\n");

	if (w->block == NULL)
		buffer_addz(&b, "\r\n");
	buffer_addz(&b, "\r\n");
	client_renew();
	client_send(b.at, b.n);
	free(b.at);
}

static void
do_send_file(const struct words *w)
{
	struct buffer b = read_file(w->rest);

	client_send(b.at, b.n);
	free(b.at);
}

static void
do_half_close(const struct words *w)
{
	(void)w;
	client_half_close();
}

static void
do_close(const struct words *w)
{
	(void)w;
	client_close(false);
}

static void
do_abort(const struct words *w)
{
	(void)w;
	client_close(true);
}

static void
do_quiet(const struct words *w)
{
	client_quiet(*w->rest != '\0' ? number(w->rest) : 100);
}

static void
do_closed(const struct words *w)
{
	(void)w;
	client_closed();
}

static void
do_gone(const struct words *w)
{
	(void)w;
	client_gone();
}

/* ---- Answers ------------------------------------------------------------- */

static void
do_answer(const struct words *w)
{
	client_answer(w->rest, false);
}

static void
do_answer_head(const struct words *w)
{
	client_answer(w->rest, true);
}

static void
do_has(const struct words *w)
{
	client_has(w->rest);
}

static void
do_lacks(const struct words *w)
{
	client_lacks(w->rest);
}

static void
do_like(const struct words *w)
{
	client_like(w->rest);
}

static void
body_is(const char *want, size_t n)
{
	const struct buffer *got = client_body();

	if (got->n != n || memcmp(got->at, want, n) != 0)
		fail_differs("the body", want, n, got->at, got->n);
}

static void
do_body(const struct words *w)
{
	struct buffer b = wire_text(w, "\n");

	body_is(b.at, b.n);
}

static void
do_body_file(const struct words *w)
{
	struct buffer b = read_file(w->rest);

	body_is(b.at, b.n);
	free(b.at);
}

static void
do_body_size(const struct words *w)
{
	const struct buffer *got = client_body();

	if (got->n != (size_t)number(w->rest))
		fail("the body has %zu bytes", got->n);
}

/* Is the text of this step in the body? */
static bool
body_contains(const struct words *w, const struct buffer **got)
{
	struct buffer b = wire_text(w, "\n");

	*got = client_body();
	return memmem((*got)->at, (*got)->n, b.at, b.n) != NULL;
}

static void
do_body_has(const struct words *w)
{
	const struct buffer *got;

	if (body_contains(w, &got))
		return;
	show("the body", got->at, got->n, 8000);
	fail("it is not in the body");
}

static void
do_body_lacks(const struct words *w)
{
	const struct buffer *got;

	if (!body_contains(w, &got))
		return;
	show("the body", got->at, got->n, 8000);
	fail("it is in the body");
}

static void
do_body_like(const struct words *w)
{
	const struct buffer *got = client_body();

	if (matches(got->at, w->rest, NULL))
		return;
	show("the body", got->at, got->n, 8000);
	fail("nothing like that is in the body");
}

static void
do_streams(const struct words *w)
{
	struct buffer b = wire_text(w, "\n");

	client_streams(b.at, b.n);
}

static void
do_cut(const struct words *w)
{
	(void)w;
	client_cut();
}

static void
do_want(const struct words *w)
{
	struct buffer b = wire_text(w, "\r\n");

	client_want(b.at, b.n);
}

static void
do_want_like(const struct words *w)
{
	client_want_like(w->rest);
}

/* NAME FIELD */
static void
do_keep(const struct words *w)
{
	char *field, *name = first_word(w, &field);

	name_set(name, client_field(field));
}

/* NAME REGEX */
static void
do_keep_body(const struct words *w)
{
	char *regex, *name = first_word(w, &regex), *value;
	const struct buffer *got = client_body();

	if (!matches(got->at, regex, &value)) {
		show("the body", got->at, got->n, 8000);
		fail("nothing like that is in the body");
	}
	name_set(name, value);
}

/* NAME PATH: its first line. */
static void
do_keep_file(const struct words *w)
{
	char *path, *name = first_word(w, &path);
	struct buffer b = read_file(path);

	b.at[strcspn(b.at, "\n")] = '\0';
	name_set(name, b.at);
}

/* ---- The server ---------------------------------------------------------- */

static void
do_start(const struct words *w)
{
	server_start(w->rest);
}

static void
do_adopt(const struct words *w)
{
	(void)w;
	server_adopt();
}

static void
do_signal(const struct words *w)
{
	char *whom, *name = first_word(w, &whom);

	server_signal(name, whom);
}

static void
do_workers(const struct words *w)
{
	server_need();
	server_workers((size_t)number(w->rest));
}

static void
do_stopped(const struct words *w)
{
	bool killed = strcmp(w->rest, "killed") == 0;

	server_stopped(killed,
	    killed || *w->rest == '\0' ? 0 : number(w->rest));
}

static void
do_dead(const struct words *w)
{
	process_gone((pid_t)number(w->rest));
}

/* PATH [REGEX]: wait until the file is there, with a line like that. */
static void
do_wait(const struct words *w)
{
	int64_t until = deadline();
	char *regex, *path = first_word(w, &regex);
	struct buffer b = { 0 };
	bool there;

	server_need();
	for (;;) {
		b.n = 0;
		there = buffer_file(&b, server_path(path));
		if (there && (*regex == '\0' || matches(b.at, regex, NULL)))
			break;
		if (!pause_until(until)) {
			if (there)
				show(path, b.at, b.n, 8000);
			fail(there ? "no line is like that" : "no such file");
		}
	}
	free(b.at);
}

static void
do_wait_gone(const struct words *w)
{
	int64_t until = deadline();

	while (access(server_path(w->rest), F_OK) == 0)
		if (!pause_until(until))
			fail("it is still there");
}

static size_t
count_matches(const char *path, const char *regex)
{
	struct buffer b = { 0 };
	size_t n = 0, length;
	char *line;

	buffer_file(&b, server_path(path));
	for (line = b.at; *line != '\0'; line += length + 1) {
		length = strcspn(line, "\n");
		if (line[length] == '\0')
			break;
		line[length] = '\0';
		n += matches(line, regex, NULL);
	}
	free(b.at);
	return n;
}

/* N PATH REGEX: wait for this many such lines; more are a failure. */
static void
do_lines(const struct words *w)
{
	int64_t until = deadline();
	struct words rest = { 0 };
	char *regex, *path, *n = first_word(w, &rest.rest);
	size_t count;

	path = first_word(&rest, &regex);
	server_need();
	while ((count = count_matches(path, regex)) < (size_t)number(n))
		if (!pause_until(until))
			fail("there are %zu", count);
	if (count > (size_t)number(n))
		fail("there are %zu", count);
}

/* ---- The table ----------------------------------------------------------- */

static const struct word {
	const char	*name;
	void		(*run)(const struct words *w);
	bool		 has_block;
} table[] = {
	{ "conf",	do_conf,	true },
	{ "bare-conf",	do_bare_conf,	true },
	{ "file",	do_file,	true },
	{ "script",	do_script,	true },
	{ "bytes",	do_bytes,	false },
	{ "needs",	do_needs,	false },

	{ "run",	do_run,		true },
	{ "exit",	do_exit,	false },
	{ "prints",	do_prints,	true },
	{ "prints-like", do_prints_like, false },
	{ "prints-not",	do_prints_not,	false },

	{ "on",		do_on,		false },
	{ "connect",	do_connect,	false },
	{ "request",	do_request,	true },
	{ "send",	do_send,	true },
	{ "send-file",	do_send_file,	false },
	{ "half-close",	do_half_close,	false },
	{ "close",	do_close,	false },
	{ "abort",	do_abort,	false },

	{ "answer",	do_answer,	false },
	{ "answer-head", do_answer_head, false },
	{ "has",	do_has,		false },
	{ "lacks",	do_lacks,	false },
	{ "like",	do_like,	false },
	{ "body",	do_body,	true },
	{ "body-file",	do_body_file,	false },
	{ "body-size",	do_body_size,	false },
	{ "body-has",	do_body_has,	true },
	{ "body-lacks",	do_body_lacks,	true },
	{ "body-like",	do_body_like,	false },
	{ "streams",	do_streams,	true },
	{ "cut",	do_cut,		false },
	{ "keep",	do_keep,	false },
	{ "keep-body",	do_keep_body,	false },
	{ "keep-file",	do_keep_file,	false },
	{ "want",	do_want,	true },
	{ "want-like",	do_want_like,	false },
	{ "quiet",	do_quiet,	false },
	{ "closed",	do_closed,	false },
	{ "gone",	do_gone,	false },

	{ "start",	do_start,	false },
	{ "adopt",	do_adopt,	false },
	{ "signal",	do_signal,	false },
	{ "workers",	do_workers,	false },
	{ "stopped",	do_stopped,	false },
	{ "dead",	do_dead,	false },
	{ "wait",	do_wait,	false },
	{ "wait-gone",	do_wait_gone,	false },
	{ "lines",	do_lines,	false },
};

static const struct word *
word_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	broken("no such word");
}

static void
run_step(const struct step *step)
{
	const struct word *word = word_find(step->word);
	struct words w;

	if (exit_unasked && word->run != do_exit) {
		current = step - 1;
		check_exit(0);
		current = step;
	}
	if (step->block != NULL && !word->has_block)
		broken("takes no block");
	w.rest = expanded(step->rest);
	w.block = step->block ? expanded(step->block) : NULL;
	word->run(&w);
	free(w.rest);
	free(w.block);
}

/* Steps from..to - 1, one after the other. */
static void
run_steps(const struct scenario *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		run_step(current = &s->steps[i]);
	if (exit_unasked)
		check_exit(0);
}

static void
repeat(const struct scenario *s, int rounds, size_t from, size_t to)
{
	for (int round = 1; round <= rounds; round++) {
		name_set("I", formatted("%d", round));
		run_steps(s, from, to);
	}
}

/* Run the steps again and again until all of them succeed; when the time is
 * over, once more to tell what is wrong. */
static void
eventually(const struct scenario *s, size_t from, size_t to)
{
	volatile int64_t until = deadline();
	volatile int round = 0;
	jmp_buf retry;

	if (setjmp(retry) != 0) {
		exit_unasked = false;
		on_failure(NULL);
		if (pause_until(until))
			on_failure(&retry);
	} else {
		on_failure(&retry);
	}
	name_set("I", formatted("%d", ++round));
	run_steps(s, from, to);
	on_failure(NULL);
}

/* The "end" that belongs to the step before first. */
static size_t
find_end(const struct scenario *s, size_t first)
{
	for (size_t i = first; i < s->n; i++)
		if (strcmp(s->steps[i].word, "end") == 0)
			return i;
	broken("there is no end");
}

void
steps_run(const struct scenario *s)
{
	size_t i, end;

	for (i = 0; i < s->n; i++) {
		current = &s->steps[i];
		if (strcmp(current->word, "repeat") == 0) {
			end = find_end(s, i + 1);
			repeat(s, number(current->rest), i + 1, end);
			i = end;
		} else if (strcmp(current->word, "eventually") == 0) {
			end = find_end(s, i + 1);
			eventually(s, i + 1, end);
			i = end;
		} else {
			run_step(current);
		}
	}
	if (exit_unasked)
		check_exit(0);
}
