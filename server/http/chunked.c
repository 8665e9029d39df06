/*
 * chunked.c - read and write the chunked transfer coding.
 *
 * A state for each place in the grammar of RFC 9112, 7.1; data is handed over
 * in slices, all else goes byte by byte.  It must not know where the data go.
 */
#include <assert.h>

#include "base/char.h"
#include "http/chunked.h"

#define SIZE_DIGITS	128	/* most of them zeros */

enum {
	SIZE,			/* within the digits of a size */
	BLANKS,			/* between the size and a ";" */
	EXTENSION,
	SIZE_LF,		/* the CR after the size was read */
	DATA,
	DATA_CR,		/* the data was read */
	DATA_LF,
	TRAILER,		/* within a line of the trailer section */
	TRAILER_LF,
	DONE
};

/* RFC 9110, 6.5.1: what a trailer cannot say any more, or must not. */
static const char *const forbidden[] = {
	"age", "authentication-info", "authorization", "cache-control",
	"connection", "content-encoding", "content-length", "content-range",
	"content-type", "cookie", "date", "expect", "expires", "forwarded",
	"host", "if", "if-match", "if-modified-since", "if-none-match",
	"if-range", "if-unmodified-since", "keep-alive", "location",
	"max-forwards", "pragma", "proxy", "proxy-authenticate",
	"proxy-authentication-info", "proxy-authorization",
	"proxy-connection", "range", "retry-after", "set-cookie", "te",
	"trailer", "transfer-encoding", "upgrade", "vary", "via", "warning",
	"www-authenticate", "x-forwarded-for", "x-forwarded-host",
	"x-forwarded-proto", "x-forwarded-server", "x-real-ip"
};

void
chunked_init(struct chunked *c, struct arena *a,
    const struct chunked_limits *limits, struct fields *trailers)
{
	*c = (struct chunked){
		.limits = limits, .trailers = trailers, .line.arena = a
	};
}

static const char *
fault(struct chunked *c, int status, const char *why)
{
	c->status = status;
	return why;
}

static bool
is_control(unsigned char b)
{
	return (b < 0x20 && b != '\t') || b == 0x7f;
}

static const char *
go_on(struct chunked *c, unsigned state)
{
	c->state = state;
	return NULL;
}

/* b must be what ends or follows a line end. */
static const char *
want(struct chunked *c, char b, char wanted, unsigned state)
{
	if (b != wanted)
		return "a line of the chunked body does not end in CRLF";
	return go_on(c, state);
}

static const char *
size_byte(struct chunked *c, char b)
{
	int digit = char_hex(b);

	if (digit < 0) {
		if (c->digits == 0)
			return "a chunk size does not start with a hex digit";
		return b == '\r' ? go_on(c, SIZE_LF) :
		    b == ';' ? go_on(c, EXTENSION) :
		    b == ' ' || b == '\t' ? go_on(c, BLANKS) :
		    "a chunk size has a character that is no hex digit";
	}
	if (c->digits++ == SIZE_DIGITS)
		return "a chunk size has too many digits";
	if (c->left > INT64_MAX >> 4)
		return "a chunk size is too large";
	c->left = c->left << 4 | (unsigned)digit;
	return NULL;
}

/* The blanks before a ";" count as extensions: they could go on for ever. */
static const char *
extension_byte(struct chunked *c, char b)
{
	if (c->state == BLANKS && b != ' ' && b != '\t' && b != ';')
		return "a chunk size is followed by a space";
	if (b == '\r')
		return go_on(c, SIZE_LF);
	if (is_control((unsigned char)b))
		return "a chunk extension has a control character";
	if (c->extensions++ == c->limits->max_extensions)
		return "the chunk extensions are too long";
	return go_on(c, b == ';' ? EXTENSION : c->state);
}

static const char *
end_size(struct chunked *c, char b)
{
	c->digits = 0;
	return want(c, b, '\n', c->left > 0 ? DATA : TRAILER);
}

static bool
is_forbidden(struct str name)
{
	size_t i;

	for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (str_is_nocase(name, forbidden[i]))
			return true;
	return false;
}

static const char *
trailer_byte(struct chunked *c, char b)
{
	if (b == '\r')
		return go_on(c, TRAILER_LF);
	if (b == '\n')
		return "a line of the chunked body does not end in CRLF";
	if (c->line.n == c->limits->max_trailer_size)
		return fault(c, 431, "a trailer field is too long");
	if (c->trailer_bytes++ == c->limits->max_trailer_bytes)
		return fault(c, 431, "the trailer fields are too long");
	text_addc(&c->line, b);
	return NULL;
}

/* A kept line's bytes stay where they are: the next line starts a new text. */
static const char *
end_trailer(struct chunked *c, char b)
{
	struct str name, value;
	const char *why;

	if (b != '\n')
		return want(c, b, '\n', TRAILER);
	if (c->line.n == 0)
		return go_on(c, DONE);
	if (c->lines++ == c->limits->max_trailers)
		return fault(c, 431, "there are too many trailer fields");
	why = field_line_parse(text_str(&c->line), false, &name, &value);
	if (why != NULL)
		return why;
	if (c->trailers != NULL && !is_forbidden(name)) {
		fields_add(c->trailers, name, value);
		c->line = (struct text){ .arena = c->line.arena };
	}
	c->line.n = 0;
	return go_on(c, TRAILER);
}

/* Take one byte that is no data. */
static const char *
take(struct chunked *c, char b)
{
	switch (c->state) {
	case SIZE:
		return size_byte(c, b);
	case BLANKS:
	case EXTENSION:
		return extension_byte(c, b);
	case SIZE_LF:
		return end_size(c, b);
	case DATA_CR:
		return want(c, b, '\r', DATA_LF);
	case DATA_LF:
		return want(c, b, '\n', SIZE);
	case TRAILER:
		return trailer_byte(c, b);
	default:
		assert(c->state == TRAILER_LF);
		return end_trailer(c, b);
	}
}

static struct str
take_data(struct chunked *c, const char *p, size_t n)
{
	if (n > c->left)
		n = (size_t)c->left;
	c->left -= n;
	c->total += n;
	if (c->left == 0)
		c->state = DATA_CR;
	return str_n(p, n);
}

enum chunked_result
chunked_read(struct chunked *c, const char *p, size_t n, size_t *used,
    struct str *data)
{
	size_t i;

	assert(c->why == NULL && c->state != DONE);
	for (i = 0; i < n && c->state != DONE; i++) {
		if (c->state == DATA) {
			*data = take_data(c, p + i, n - i);
			*used = i + data->n;
			return CHUNKED_DATA;
		}
		c->why = take(c, p[i]);
		if (c->why != NULL) {
			if (c->status == 0)
				c->status = 400;
			*used = i;
			return CHUNKED_BAD;
		}
	}
	*used = i;
	return c->state == DONE ? CHUNKED_DONE : CHUNKED_MORE;
}

struct str
chunked_head(char out[CHUNKED_HEAD_SIZE], uint64_t n)
{
	char *end = out + CHUNKED_HEAD_SIZE, *p = end;

	*--p = '\n';
	*--p = '\r';
	for (; n > 0; n >>= 4)
		*--p = "0123456789abcdef"[n & 15];
	return str_n(p, (size_t)(end - p));
}
