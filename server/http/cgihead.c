/*
 * cgihead.c - parse the head of a CGI program's response.
 *
 * It must not know of processes and pipes.
 *
 * Invariant: all bytes before line_at have been read for good; all slices point
 * into the buffer at buf.
 */
#include <assert.h>
#include <string.h>

#include "http/cgihead.h"

#define CULPRIT_MAX	80

void
cgihead_init(struct cgihead *h, struct arena *a,
    const struct cgihead_limits *limits)
{
	memset(h, 0, sizeof(*h));
	h->limits = limits;
	h->status = 200;
	fields_init(&h->fields, a);
}

static enum cgihead_result
refuse(struct cgihead *h, const char *why, struct str line)
{
	h->why = why;
	h->culprit = str_first(line, CULPRIT_MAX);
	return CGIHEAD_BAD;
}

/* "404 Not Found", or just "404". */
static const char *
read_status(struct cgihead *h, const struct field *f)
{
	struct str value = f->value;
	uint64_t status;

	if (!str_number(str_first(value, 3), 10, 999, &status) ||
	    (value.n > 3 && value.at[3] != ' '))
		return "Status is not a number of three digits";
	if (status < 200)
		return "Status is not that of a final response";
	h->status = (int)status;
	h->reason = str_trim(str_from(value, 3));
	if (h->reason.n == 0)
		h->reason = STR_NONE;
	return NULL;
}

/* Empty, it would lead the client in a circle: as if it were not there. */
static const char *
read_location(struct cgihead *h, const struct field *f)
{
	if (f->value.n > 0) {
		h->location = f->value;
		fields_set(&h->fields, f->name, f->value);
	}
	return NULL;
}

static const char *
read_type(struct cgihead *h, const struct field *f)
{
	h->content_type = f->value.n > 0 ? f->value : STR_NONE;
	return NULL;
}

/* The server frames the response itself, so a length that cannot be true is no
 * harm. */
static const char *
read_length(struct cgihead *h, const struct field *f)
{
	h->has_length = str_number(f->value, 10, INT64_MAX, &h->length);
	return NULL;
}

/* Of all that concerns the connection a program may ask for its end. */
static const char *
read_connection(struct cgihead *h, const struct field *f)
{
	struct str list = f->value, token;

	while (str_element(&list, &token))
		if (str_is_nocase(token, "close"))
			h->says_close = true;
	return NULL;
}

/* The fields that do not just go through; those without reader are dropped. */
static const struct {
	const char	 *name;
	const char	*(*read)(struct cgihead *h, const struct field *f);
} special[] = {
	{ "status", read_status },
	{ "location", read_location },
	{ "content-type", read_type },
	{ "content-length", read_length },
	{ "connection", read_connection },
	{ "keep-alive", NULL },
	{ "proxy-connection", NULL },
	{ "te", NULL },
	{ "trailer", NULL },
	{ "transfer-encoding", NULL },
	{ "upgrade", NULL },
};

static const char *
read_field(struct cgihead *h, struct str line)
{
	struct field f;
	const char *why;
	size_t i;

	if (h->lines++ == h->limits->max_fields)
		return "there are too many fields";
	why = field_line_parse(line, false, &f.name, &f.value);
	if (why != NULL)
		return why;
	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (str_is_nocase(f.name, special[i].name))
			return special[i].read == NULL ? NULL :
			    special[i].read(h, &f);
	fields_add(&h->fields, f.name, f.value);
	return NULL;
}

/* RFC 3875, 6.2.  With a Status other than 200, Location is a field like
 * others. */
static void
read_end(struct cgihead *h)
{
	h->size = h->line_at;
	if (h->location.at == NULL || h->status != 200)
		return;
	if (h->location.at[0] == '/') {
		h->kind = CGI_LOCAL_REDIRECT;
		fields_unset(&h->fields, STR("Location"));
		return;
	}
	h->kind = CGI_CLIENT_REDIRECT;
	h->status = 302;
	h->reason = STR_NONE;
}

/* The line that starts at line_at, up to the LF at end. */
static struct str
line_to(const struct cgihead *h, const char *end)
{
	const char *start = h->buf + h->line_at;

	if (end > start && end[-1] == '\r')
		end--;
	return str_n(start, (size_t)(end - start));
}

enum cgihead_result
cgihead_parse(struct cgihead *h, const char *buf, size_t n)
{
	const char *end, *why;
	struct str line;

	assert(h->why == NULL && n >= h->searched);
	if (h->buf != buf)
		cgihead_moved(h, buf);
	while ((end = memchr(buf + h->searched, '\n', n - h->searched))) {
		line = line_to(h, end);
		h->searched = (size_t)(end - buf) + 1;
		if (h->searched > h->limits->max_head)
			return refuse(h, "the head is too long", line);
		why = line.n > 0 ? read_field(h, line) : NULL;
		if (why != NULL)
			return refuse(h, why, line);
		h->line_at = h->searched;
		if (line.n == 0) {
			read_end(h);
			return CGIHEAD_DONE;
		}
	}
	h->searched = n;
	if (n >= h->limits->max_head)
		return refuse(h, "the head is too long",
		    str_n(buf + h->line_at, n - h->line_at));
	return CGIHEAD_MORE;
}

void
cgihead_ended(struct cgihead *h)
{
	struct str line = str_n(h->buf + h->line_at, h->searched - h->line_at);

	refuse(h, h->searched == 0 ? "there is no output at all" :
	    "the output ends before the empty line that ends the head", line);
}

void
cgihead_moved(struct cgihead *h, const char *buf)
{
	field_rebase(&h->reason, h->buf, h->searched, buf);
	field_rebase(&h->location, h->buf, h->searched, buf);
	field_rebase(&h->content_type, h->buf, h->searched, buf);
	field_rebase(&h->culprit, h->buf, h->searched, buf);
	fields_rebase(&h->fields, h->buf, h->searched, buf);
	h->buf = buf;
}
