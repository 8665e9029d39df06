/*
 * answer.c - an answer, read strictly, against what was wanted.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "soak.h"

void
reader_next(struct reader *r, const struct want *want)
{
	bool closes = r->closes;

	memset(r, 0, sizeof(*r));
	r->closes = closes;
	r->want = want;
}

/* The value of a field of the head, or NULL. */
static const char *
field(const struct reader *r, const char *name)
{
	const char *line = r->head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
	}
	return NULL;
}

static const char *
understand(struct reader *r)
{
	const struct want *w = r->want;
	const char *length = field(r, "Content-Length");
	const char *connection = field(r, "Connection");
	int status = atoi(r->head + 9);

	if (strncmp(r->head, "HTTP/1.1 ", 9) != 0)
		return "no HTTP/1.1 answer";
	if (w->status != 0 ? status != w->status : status < 400)
		return "another status";
	r->in_body = true;
	r->chunked = field(r, "Transfer-Encoding") != NULL;
	if (r->chunked && length != NULL)
		return "two framings";
	r->left = length != NULL ? strtoul(length, NULL, 10) : 0;
	if (status == 304 || w->head_only) {
		r->chunked = false;
		r->left = 0;
	} else {
		r->until_close = !r->chunked && length == NULL;
	}
	if (r->until_close || (connection != NULL &&
	    strncasecmp(connection, "close", 5) == 0))
		r->closes = true;
	return NULL;
}

/* Up to the end of the head; *used says how far. */
static const char *
take_head(struct reader *r, const char *p, size_t n, size_t *used)
{
	size_t before = r->head_n, piece = sizeof(r->head) - 1 - before;
	char *end;

	if (piece > n)
		piece = n;
	memcpy(r->head + before, p, piece);
	r->head[before + piece] = '\0';
	if (strlen(r->head) != before + piece)
		return "a NUL in the head";
	end = strstr(r->head + (before > 3 ? before - 3 : 0), "\r\n\r\n");
	if (end == NULL) {
		r->head_n += piece;
		*used = piece;
		return r->head_n == sizeof(r->head) - 1 ? "an endless head" :
		    NULL;
	}
	end[2] = '\0';
	r->head_n = (size_t)(end + 4 - r->head);
	*used = r->head_n - before;
	return understand(r);
}

static const char *
check_body(struct reader *r, const char *p, size_t n)
{
	const struct want *w = r->want;

	if (w->checked && (r->body_n + n > w->n ||
	    memcmp(pattern + w->at + r->body_n, p, n) != 0))
		return "another body";
	r->body_n += n;
	return NULL;
}

/* One byte of the lines between chunks; *over after the last. */
static const char *
take_line(struct reader *r, char byte, bool *over)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = memchr(digits, byte, sizeof(digits) - 1);

	if (byte == '\r')
		return NULL;
	if (byte != '\n') {
		if (r->chunk != TRAILER && (r->chunk != LINE || digit == NULL))
			return "a bad chunk";
		if (r->chunk == LINE)
			r->left = r->left * 16 + (size_t)(digit - digits);
		r->line_n++;
		return NULL;
	}
	if (r->chunk == TRAILER && r->line_n == 0)
		*over = true;
	else if (r->chunk == LINE)
		r->chunk = r->left > 0 ? DATA : TRAILER;
	else if (r->chunk == DATA_END)
		r->chunk = LINE;
	r->line_n = 0;
	return NULL;
}

static const char *
take_chunks(struct reader *r, const char *p, size_t n, size_t *used,
    bool *over)
{
	const char *wrong = NULL;
	size_t piece;

	while (*used < n && !*over && wrong == NULL) {
		if (r->chunk != DATA) {
			wrong = take_line(r, p[(*used)++], over);
			continue;
		}
		piece = n - *used < r->left ? n - *used : r->left;
		wrong = check_body(r, p + *used, piece);
		*used += piece;
		r->left -= piece;
		if (r->left == 0)
			r->chunk = DATA_END;
	}
	return wrong;
}

static const char *
take_body(struct reader *r, const char *p, size_t n, size_t *used,
    bool *over)
{
	size_t piece = r->until_close || n < r->left ? n : r->left;
	const char *wrong;

	if (r->chunked)
		return take_chunks(r, p, n, used, over);
	wrong = check_body(r, p, piece);
	*used += piece;
	if (!r->until_close) {
		r->left -= piece;
		*over = r->left == 0;
	}
	return wrong;
}

const char *
reader_take(struct reader *r, const char *p, size_t n, size_t *used,
    bool *complete)
{
	const char *wrong = NULL;
	size_t taken = 0;

	*used = 0;
	*complete = false;
	if (!r->in_body)
		wrong = take_head(r, p, n, used);
	if (wrong == NULL && r->in_body)
		wrong = take_body(r, p + *used, n - *used, &taken, complete);
	*used += taken;
	if (wrong == NULL && *complete && r->want->checked &&
	    r->body_n != r->want->n)
		return "a shorter body";
	return wrong;
}

bool
reader_end(const struct reader *r)
{
	return r->in_body && r->until_close;
}
