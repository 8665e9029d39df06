/*
 * head.c - parse the head of a request.
 *
 * It must not know what is done with a request, nor how its bytes arrive.  The
 * policy is in head.h; each refusal below is one line of it.
 *
 * Invariant: all bytes before line_at have been read for good; all slices point
 * into the buffer at buf.
 */
#include <assert.h>
#include <string.h>

#include "base/char.h"
#include "http/head.h"

#define CULPRIT_MAX	80

void
head_init(struct head *h, struct arena *a, const struct head_limits *limits)
{
	memset(h, 0, sizeof(*h));
	h->limits = limits;
	h->version = 11;
	fields_init(&h->fields, a);
}

/* Give up.  The status was set with why, or is 400. */
static enum head_result
refuse(struct head *h, const char *why, struct str culprit)
{
	if (h->status == 0)
		h->status = 400;
	h->why = why;
	h->culprit = str_first(culprit, CULPRIT_MAX);
	h->keep_alive = false;
	return HEAD_BAD;
}

static const char *
fault(struct head *h, int status, const char *why)
{
	h->status = status;
	return why;
}

/*
 * What follows reads a part of the head, and returns NULL or says what is wrong
 * with it.
 */

/* "http://authority/path?query", as far as it is one. */
static const char *
read_absolute(struct head *h)
{
	static const struct str schemes[] = {
		{ "http://", 7 }, { "https://", 8 }
	};
	struct str rest = h->target;
	size_t i, n;

	for (i = 0; i < 2; i++)
		if (str_starts_nocase(rest, schemes[i]))
			break;
	if (i == 2)
		return "the request target is neither a path nor an http URL";
	h->form = TARGET_ABSOLUTE;
	h->scheme = str_first(rest, schemes[i].n - 3);
	rest = str_from(rest, schemes[i].n);
	for (n = 0; n < rest.n && rest.at[n] != '/' && rest.at[n] != '?'; n++)
		continue;
	h->authority = str_first(rest, n);
	uri_split(str_from(rest, n), &h->path, &h->query);
	if (h->path.n == 0)
		h->path = STR("/");
	if (str_find(h->authority, '@') >= 0)
		return "the request target has a user name";
	if (!uri_host_parse(h->authority, &h->host))
		return "the request target has a malformed host";
	return NULL;
}

static const char *
read_authority(struct head *h)
{
	h->form = TARGET_AUTHORITY;
	h->authority = h->target;
	h->path = str_first(h->target, 0);
	if (!uri_host_parse(h->authority, &h->host) || h->host.port == 0)
		return "the target of CONNECT must be a host and a port";
	return NULL;
}

static const char *
target_bytes_fault(struct str target)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < target.n; i++) {
		c = (unsigned char)target.at[i];
		if (c <= ' ' || c == 0x7f)
			return "the request target has a control character";
		if (c == '#')
			return "the request target has a fragment (#)";
	}
	return NULL;
}

/* RFC 9112, 3.2. */
static const char *
read_target(struct head *h)
{
	const char *why = target_bytes_fault(h->target);

	if (why != NULL)
		return why;
	if (h->method == METHOD_CONNECT)
		return read_authority(h);
	if (h->target.at[0] == '/') {
		h->form = TARGET_ORIGIN;
		uri_split(h->target, &h->path, &h->query);
		return NULL;
	}
	if (!str_is(h->target, "*"))
		return read_absolute(h);
	h->form = TARGET_ASTERISK;
	h->path = h->target;
	return h->method == METHOD_OPTIONS ? NULL :
	    "the request target * is for OPTIONS only";
}

/* "HTTP/1.1", and what counts as that. */
static const char *
read_version(struct head *h, struct str word)
{
	if (word.n != 8 || memcmp(word.at, "HTTP/", 5) != 0 ||
	    !char_is_digit((unsigned char)word.at[5]) || word.at[6] != '.' ||
	    !char_is_digit((unsigned char)word.at[7]) || word.at[5] == '0')
		return "the request line does not end in HTTP/1.1 or HTTP/1.0";
	if (word.at[5] > '1')
		return fault(h, 505, "the protocol version is above 1.1");
	h->version = word.at[7] == '0' ? 10 : 11;
	h->keep_alive = h->version == 11;
	return NULL;
}

/* The words of a request line.  Returns how many there are, 4 for more than 3.
 * A single space parts them, blanks in any number do under Unsafe. */
static int
split_words(struct str line, bool unsafe, struct str words[3])
{
	ptrdiff_t space;
	int n;

	for (n = 0; n < 3; n++) {
		if (unsafe) {
			if (!str_word(&line, &words[n]))
				return n;
			continue;
		}
		space = str_find(line, ' ');
		if (space < 0) {
			words[n] = line;
			return n + 1;
		}
		words[n] = str_first(line, (size_t)space);
		line = str_from(line, (size_t)space + 1);
	}
	return unsafe && str_trim(line).n == 0 ? 3 : 4;
}

static const char *
read_request_line(struct head *h, struct str line)
{
	struct str words[3] = { STR_NONE, STR_NONE, STR_NONE };
	const char *why;
	int n;

	h->line = line;
	if (field_value_span(line.at, line.n) != line.n)
		return "the request line has a control character";
	n = split_words(line, h->limits->unsafe, words);
	h->method_name = words[0];
	if (words[0].n == 0 ||
	    field_name_span(words[0].at, words[0].n) != words[0].n)
		return "the request line does not start with a method";
	h->method = method_of(words[0]);
	if (n < 2 || words[1].n == 0)
		return "the request line has no target";
	if (n > 3)
		return "the request line has more than three parts";
	h->target = words[1];
	if (n == 3)
		why = read_version(h, words[2]);
	else
		why = h->limits->allow_09 && h->method == METHOD_GET ? NULL :
		    "the request line has no protocol version";
	if (why == NULL)
		why = read_target(h);
	/* Not before: a refusal shall have a head. */
	if (why == NULL && n < 3)
		h->version = 9;
	return why;
}

/* Host may not be missing, so what it says is looked at even when an absolute
 * target says it better.  RFC 9112, 3.2. */
static const char *
read_host(struct head *h, struct str value)
{
	struct uri_host host;

	if (h->has_host)
		return "there are several Host fields";
	h->has_host = true;
	if (value.n == 0)
		return NULL;
	if (!uri_host_parse(value, &host))
		return "the Host field is malformed";
	if (h->host.name.at == NULL)
		h->host = host;
	return NULL;
}

static const char *
read_length(struct head *h, struct str value)
{
	if (h->has_length)
		return "there are several Content-Length fields";
	h->has_length = true;
	h->body = BODY_LENGTH;
	if (!str_number(value, 10, INT64_MAX, &h->body_length))
		return "Content-Length is not a number, or too large";
	return NULL;
}

/*
 * What Transfer-Encoding says instead of "chunked".  Where chunked is the last
 * coding and another one comes before it, the end of the body is clear and its
 * meaning is not: 501.  Where it is not the last, or the list is no list of
 * names, nobody can know the end: 400.  RFC 9112, 6.1 and 6.3.
 */
static const char *
coding_fault(struct head *h, struct str list)
{
	static const char odd[] = "Transfer-Encoding is not just \"chunked\"";
	bool chunked = false;
	struct str name;

	if (str_ends(list, STR(",")))
		return odd;
	while (str_cut(&list, ',', &name)) {
		name = str_trim(name);
		if (chunked || name.n == 0 ||
		    field_name_span(name.at, name.n) != name.n)
			return odd;
		chunked = str_is_nocase(name, "chunked");
	}
	return chunked ? fault(h, 501, "Transfer-Encoding names a coding that "
	    "is not known here") : odd;
}

/* RFC 9112, 6.1. */
static const char *
read_coding(struct head *h, struct str value)
{
	if (h->has_coding)
		return "there are several Transfer-Encoding fields";
	h->has_coding = true;
	h->body = BODY_CHUNKED;
	if (h->version < 11)
		return "HTTP/1.0 has no Transfer-Encoding";
	return str_is_nocase(value, "chunked") ? NULL :
	    coding_fault(h, value);
}

/* RFC 9112, 9.3. */
static const char *
read_connection(struct head *h, struct str value)
{
	struct str token;

	while (str_element(&value, &token)) {
		if (str_is_nocase(token, "close"))
			h->says_close = true;
		else if (str_is_nocase(token, "keep-alive"))
			h->keep_alive = true;
	}
	return NULL;
}

/* RFC 9110, 10.1.1. */
static const char *
read_expect(struct head *h, struct str value)
{
	struct str token;

	while (h->version == 11 && str_element(&value, &token)) {
		if (str_is_nocase(token, "100-continue"))
			h->expect_continue = true;
		else
			h->expect_unknown = true;
	}
	return NULL;
}

/* The fields that steer the connection. */
static const struct {
	uint32_t	  key;
	const char	 *name;
	const char	*(*read)(struct head *h, struct str value);
} steering[] = {
	{ FIELD_KEY(4, 'h', 't'), "host", read_host },
	{ FIELD_KEY(10, 'c', 'n'), "connection", read_connection },
	{ FIELD_KEY(14, 'c', 'h'), "content-length", read_length },
	{ FIELD_KEY(17, 't', 'g'), "transfer-encoding", read_coding },
	{ FIELD_KEY(6, 'e', 't'), "expect", read_expect },
};

static const char *
read_field(struct head *h, struct str line)
{
	const struct field *f;
	struct str name, value;
	const char *why;
	size_t i;

	if (h->limits->max_fields != 0 &&
	    h->fields.n == h->limits->max_fields)
		return fault(h, 431,
		    "there are more fields than LimitRequestFields allows");
	why = field_line_parse(line, h->limits->unsafe, &name, &value);
	if (why != NULL)
		return why;
	fields_add(&h->fields, name, value);
	f = &h->fields.at[h->fields.n - 1];
	for (i = 0; i < sizeof(steering) / sizeof(steering[0]); i++) {
		if (f->key != steering[i].key ||
		    !str_is_nocase(name, steering[i].name))
			continue;
		if (h->folded)
			return "a field that must stand on one line is folded";
		return steering[i].read(h, value);
	}
	return NULL;
}

/* What the fields say together.  RFC 9112, 3.2 and 6.3. */
static const char *
read_end(struct head *h)
{
	if (h->version == 11 && !h->has_host)
		return "there is no Host field";
	if (h->has_host && h->host.name.at == NULL)
		return "the Host field is empty";
	if (h->has_coding && h->has_length)
		return "there are both Content-Length and Transfer-Encoding";
	if (h->says_close)
		h->keep_alive = false;
	if (h->body == BODY_NONE ||
	    (h->body == BODY_LENGTH && h->body_length == 0))
		h->expect_continue = false;
	return NULL;
}

/*
 * From bytes to lines.  Whatever is said of a line must not depend on how many
 * of its bytes are there yet, so that any split of the input ends the same way.
 */

/* The line that starts at line_at is, or will be, at least length bytes long
 * without its end. */
static const char *
check_length(struct head *h, size_t length)
{
	const struct head_limits *l = h->limits;
	size_t max = h->has_line ? l->max_field_size : l->max_line;
	size_t left = SIZE_MAX;

	if (l->max_head != 0)
		left = l->max_head > h->line_at ? l->max_head - h->line_at : 0;
	if (max == 0)
		max = SIZE_MAX;
	if (length > max && max <= left)
		return h->has_line ? fault(h, 431,
		    "a field is longer than LimitRequestFieldSize allows") :
		    fault(h, 414,
		    "the request line is longer than LimitRequestLine allows");
	if (length > left)
		return fault(h, 431, "the request head is too long");
	return NULL;
}

static bool
is_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p == end;
}

/* Check the line that ends at the LF *end; *length is without CR and LF. */
static const char *
check_line(struct head *h, const char *end, size_t *length)
{
	const char *start = h->buf + h->line_at, *why;
	bool cr = end > start && end[-1] == '\r';

	*length = (size_t)(end - start) - (cr ? 1 : 0);
	why = check_length(h, *length);
	if (why != NULL)
		return why;
	if (!cr && !h->limits->unsafe)
		return "a line ends in LF without CR";
	if (h->fold_at != 0 &&
	    is_blank(h->buf + h->fold_at, start + *length))
		return "a blank line stands among the fields";
	return NULL;
}

/*
 * The line goes on at fold_at: one space takes the place of the blanks and the
 * line end around the fold.  What came before moves up, so that nothing behind
 * does.
 */
static void
unfold(struct head *h, char *buf, struct str *line)
{
	size_t before = h->fold_at, behind = h->fold_at, n;

	while (buf[behind] == ' ' || buf[behind] == '\t')
		behind++;
	while (before > h->line_at && strchr(" \t\r\n", buf[before - 1]))
		before--;
	n = before - h->line_at;
	memmove(buf + behind - 1 - n, buf + h->line_at, n);
	buf[behind - 1] = ' ';
	*line = str_from(*line, behind - 1 - n - h->line_at);
	h->line_at = behind - 1 - n;
	h->fold_at = 0;
	h->folded = true;
}

/*
 * Find the next line, its folds included: HEAD_DONE sets *line, and *next to
 * where the line behind it starts.  Whether a field is folded shows in the
 * first byte behind it.
 */
static enum head_result
next_line(struct head *h, char *buf, size_t n, struct str *line, size_t *next)
{
	const char *why;
	char *end;

	for (;;) {
		*line = str_n(buf + h->line_at, n - h->line_at);
		end = memchr(buf + h->searched, '\n', n - h->searched);
		if (end == NULL) {
			h->searched = n;
			why = line->n == 0 ? NULL :
			    check_length(h, line->n - 1);
			return why != NULL ? refuse(h, why, *line) : HEAD_MORE;
		}
		h->searched = (size_t)(end - buf);
		*next = h->searched + 1;
		why = check_line(h, end, &line->n);
		if (why != NULL)
			return refuse(h, why, *line);
		if (h->fold_at != 0)
			unfold(h, buf, line);
		if (!h->has_line || line->n == 0)
			return HEAD_DONE;
		if (*next == n)
			return HEAD_MORE;
		if (buf[*next] != ' ' && buf[*next] != '\t')
			return HEAD_DONE;
		h->fold_at = h->searched = *next;
	}
}

/* An empty line: before the request line it is skipped, else it ends the
 * head. */
static const char *
take_empty_line(struct head *h, bool *done)
{
	*done = h->has_line;
	if (h->has_line)
		return read_end(h);
	if (++h->blank_lines > HEAD_BLANK_LINES)
		return "there are too many empty lines before the request";
	return NULL;
}

static const char *
take_line(struct head *h, struct str line, bool *done)
{
	*done = false;
	if (line.n == 0)
		return take_empty_line(h, done);
	if (h->has_line)
		return read_field(h, line);
	h->has_line = true;
	return read_request_line(h, line);
}

/* What is no HTTP at all, TLS for example, may never end its first line. */
static bool
starts_badly(const struct head *h, const char *buf, size_t n)
{
	const char *first = buf + h->line_at;

	return !h->has_line && n > h->line_at && *first != '\r' &&
	    *first != '\n' && field_name_span(first, 1) == 0;
}

enum head_result
head_parse(struct head *h, char *buf, size_t n)
{
	enum head_result result;
	struct str line;
	const char *why;
	size_t next;
	bool done = false;

	assert(h->status == 0 && n >= h->searched);
	if (h->buf != buf)
		head_moved(h, buf);
	while (!done) {
		if (starts_badly(h, buf, n))
			return refuse(h, "the request does not start with a "
			    "method", str_n(buf + h->line_at, 1));
		result = next_line(h, buf, n, &line, &next);
		if (result != HEAD_DONE)
			return result;
		why = take_line(h, line, &done);
		if (why != NULL)
			return refuse(h, why, line);
		h->line_at = h->searched = next;
		h->folded = false;
		if (h->version == 9)
			done = true;
	}
	h->size = h->line_at;
	return HEAD_DONE;
}

void
head_moved(struct head *h, const char *buf)
{
	struct str *slices[] = {
		&h->line, &h->method_name, &h->target, &h->scheme,
		&h->authority, &h->path, &h->query, &h->host.name,
		&h->culprit
	};
	size_t i;

	for (i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		field_rebase(slices[i], h->buf, h->searched, buf);
	fields_rebase(&h->fields, h->buf, h->searched, buf);
	h->buf = buf;
}
