/*
 * check_head.c - the smuggling policy of http/head.h line by line, and that no
 * split of the input changes an answer.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/head.h"

#define COUNT(table)	(int)(sizeof(table) / sizeof((table)[0]))
/* A literal that may hold NUL, and its length. */
#define BYTES(literal)	(literal), sizeof(literal) - 1

static struct arena *a;

static const struct head_limits strict = {
	.max_line = 8190, .max_fields = 100, .max_field_size = 8190,
	.allow_09 = true
};
static const struct head_limits modern = {
	.max_line = 8190, .max_fields = 100, .max_field_size = 8190
};
static const struct head_limits unsafe = {
	.max_line = 8190, .max_fields = 100, .max_field_size = 8190,
	.allow_09 = true, .unsafe = true
};
static const struct head_limits small = {
	.max_line = 20, .max_fields = 3, .max_field_size = 16
};
static const struct head_limits narrow = {
	.max_line = 200, .max_fields = 100, .max_field_size = 50,
	.max_head = 60
};
static const struct head_limits none = { .allow_09 = true };

static void
open_arena(void)
{
	a = arena_new();
}

static void
end_arena(void)
{
	arena_end(a);
}

/* Parse a copy that ends where malloc()'s room ends. */
static enum head_result
parse(struct head *h, const struct head_limits *limits, const char *bytes,
    size_t n)
{
	char *buf = malloc(n > 0 ? n : 1);
	enum head_result result;

	memcpy(buf, bytes, n);
	head_init(h, a, limits);
	result = head_parse(h, buf, n);
	head_moved(h, arena_copy(a, buf, n));
	free(buf);
	return result;
}

/* What came in, and the status: 0 for a good head. */
struct row {
	const char			*bytes;
	size_t				 n;
	int				 status;
	const char			*why;	/* a part of it */
	const struct head_limits	*limits;
};

#define LINE	"GET / HTTP/1.1\r\n"
#define HOST	"Host: a\r\n"
#define END	"\r\n"

static const struct row rows[] = {
/* Lines. */
{ BYTES(LINE HOST END), 0, NULL, &strict },
{ BYTES("\r\n" LINE HOST END), 0, NULL, &strict },
{ BYTES("\r\n\r\n\r\n" LINE HOST END), 0, NULL, &strict },
{ BYTES("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" LINE HOST END), 0, NULL,
    &strict },
{ BYTES("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" LINE HOST END), 400,
    "too many empty lines", &strict },
{ BYTES("\n" LINE HOST END), 400, "without CR", &strict },
{ BYTES("\n" LINE HOST END), 0, NULL, &unsafe },
{ BYTES("\r\r\n" LINE HOST END), 400, "control character", &strict },
{ BYTES("\rGET / HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("GET / HTTP/1.1\n" HOST END), 400, "without CR", &strict },
{ BYTES("GET / HTTP/1.1\nHost: a\n\n"), 0, NULL, &unsafe },
{ BYTES("GET / HTTP/1.1\nHost: a\n\r\n"), 0, NULL, &unsafe },
{ BYTES(LINE "Host: a\n" END), 400, "without CR", &strict },
{ BYTES(LINE HOST "\n"), 400, "without CR", &strict },
{ BYTES(LINE HOST "X: a\n b\r\n" END), 400, "without CR", &strict },
{ BYTES(LINE HOST "X: a\rb\r\n" END), 400, "carriage return", &strict },
{ BYTES(LINE HOST "X: a\rb\r\n" END), 400, "carriage return", &unsafe },
{ BYTES(LINE HOST "X: a\r\r\n" END), 400, "carriage return", &strict },
{ BYTES(LINE HOST "X: a\r\r\n" END), 400, "carriage return", &unsafe },
{ BYTES(LINE HOST "\rX: a\r\n" END), 400, "may not stand", &strict },
{ BYTES(LINE HOST "X\r: a\r\n" END), 400, "may not stand", &strict },
{ BYTES(LINE HOST "X: a\0b\r\n" END), 400, "NUL", &strict },
{ BYTES(LINE HOST "X: a\0b\r\n" END), 400, "NUL", &unsafe },
{ BYTES(LINE HOST "X\0: a\r\n" END), 400, "may not stand", &strict },
{ BYTES(LINE HOST "X: a\x01z\r\n" END), 400, "control", &strict },
{ BYTES(LINE HOST "X: a\x01z\r\n" END), 0, NULL, &unsafe },
{ BYTES(LINE HOST "X: a\x1f\r\n" END), 400, "control", &strict },
{ BYTES(LINE HOST "X: a\x7fz\r\n" END), 400, "control", &strict },
{ BYTES(LINE HOST "X: 12345678\x7f" "12345678\r\n" END), 400, "control",
    &strict },
{ BYTES(LINE HOST "X: 12345678\t12345678\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X: 12\t45678\x0b" "2345678\r\n" END), 400, "control",
    &strict },
{ BYTES(LINE HOST "X: a\tb\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X: \xe9\x80\xff\r\n" END), 0, NULL, &strict },
{ BYTES("\x16\x03\x01\x02"), 400, "start with a method", &strict },
{ BYTES("\0"), 400, "start with a method", &strict },

/* Request line. */
{ BYTES("FOO / HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("!#$%&'*+-.^_`|~ / HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("get / HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("G\x01T / HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("G(T / HTTP/1.1\r\n" HOST END), 400, "method", &strict },
{ BYTES("G\xc3\xa9T / HTTP/1.1\r\n" HOST END), 400, "method", &strict },
{ BYTES("GET: / HTTP/1.1\r\n" HOST END), 400, "method", &strict },
{ BYTES(" GET / HTTP/1.1\r\n" HOST END), 400, "method", &strict },
{ BYTES(" GET / HTTP/1.1\r\n" HOST END), 400, "method", &unsafe },
{ BYTES("GET\r\n" END), 400, "no target", &strict },
{ BYTES("GET \r\n" END), 400, "no target", &strict },
{ BYTES("GET  / HTTP/1.1\r\n" HOST END), 400, "no target", &strict },
{ BYTES("GET /  HTTP/1.1\r\n" HOST END), 400, "three parts", &strict },
{ BYTES("GET / HTTP/1.1 \r\n" HOST END), 400, "three parts", &strict },
{ BYTES("GET /a b HTTP/1.1\r\n" HOST END), 400, "three parts", &strict },
{ BYTES("GET\t/\tHTTP/1.1\r\n" HOST END), 400, "method", &strict },
{ BYTES("GET /\tHTTP/1.1\r\n" HOST END), 400, "version", &modern },
{ BYTES("GET  /  HTTP/1.1 \r\n" HOST END), 0, NULL, &unsafe },
{ BYTES("GET\t/ \tHTTP/1.1\r\n" HOST END), 0, NULL, &unsafe },
{ BYTES("GET /a b HTTP/1.1\r\n" HOST END), 400, "three parts", &unsafe },
{ BYTES("GET / HTTP/1.0\r\n" END), 0, NULL, &strict },
{ BYTES("GET / HTTP/1.2\r\n" HOST END), 0, NULL, &strict },
{ BYTES("GET / HTTP/1.9\r\n" HOST END), 0, NULL, &strict },
{ BYTES("GET / HTTP/2.0\r\n" HOST END), 505, "above", &strict },
{ BYTES("GET / HTTP/9.9\r\n" HOST END), 505, "above", &strict },
{ BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, "above", &strict },
{ BYTES("GET / HTTP/0.9\r\n" END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/0.1\r\n" END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/1.10\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/01.1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/11.1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/1.\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/1,1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / HTTP/x.1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / http/1.1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / http/1.1\r\n" HOST END), 400, "HTTP/1.1", &unsafe },
{ BYTES("GET / HTTPS/1.1\r\n" HOST END), 400, "HTTP/1.1", &strict },
{ BYTES("GET / \r\n" END), 400, "HTTP/1.1", &strict },
{ BYTES("GET /\r\n"), 0, NULL, &strict },
{ BYTES("GET /\r\n"), 400, "no protocol version", &modern },
{ BYTES("HEAD /\r\n"), 400, "no protocol version", &strict },
{ BYTES("POST /\r\n"), 400, "no protocol version", &strict },
{ BYTES("GET *\r\n"), 400, "OPTIONS only", &strict },
{ BYTES("GET /\tHTTP/1.1\r\n" HOST END), 400, "control", &strict },

/* Fields. */
{ BYTES(LINE HOST ": a\r\n" END), 400, "empty", &strict },
{ BYTES(LINE HOST "X\r\n" END), 400, "no colon", &strict },
{ BYTES(LINE HOST "X a\r\n" END), 400, "no colon", &strict },
{ BYTES(LINE HOST "X : a\r\n" END), 400, "a space", &strict },
{ BYTES(LINE HOST "X\t: a\r\n" END), 400, "a space", &strict },
{ BYTES(LINE HOST "X : a\r\n" END), 400, "a space", &unsafe },
{ BYTES(LINE HOST "X Y: a\r\n" END), 400, "a space", &strict },
{ BYTES(LINE HOST "X\xe9: a\r\n" END), 400, "may not stand", &strict },
{ BYTES(LINE HOST "X[]: a\r\n" END), 400, "may not stand", &strict },
{ BYTES(LINE HOST "X:\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X:a\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X: \t a \t \r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X: a\r\n b\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X:\r\n\tb\r\n c\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST "X: a\r\n \r\n" END), 400, "blank line", &strict },
{ BYTES(LINE HOST "X: a\r\n \t\r\n b\r\n" END), 400, "blank line", &strict },
{ BYTES(LINE HOST "X: a\n\tb\n\n"), 0, NULL, &unsafe },
{ BYTES(LINE HOST " \r\n" END), 400, "blank line", &strict },
{ BYTES(LINE " X: b\r\n" HOST END), 400, "starts with a space", &strict },
{ BYTES(LINE "\tX: b\r\n" HOST END), 400, "starts with a space", &strict },
{ BYTES(LINE "Host:\r\n a\r\n" END), 400, "folded", &strict },
{ BYTES(LINE "Host: a\r\n b\r\n" END), 400, "folded", &strict },
{ BYTES(LINE HOST "Transfer-Encoding:\r\n chunked\r\n" END), 400, "folded",
    &strict },
{ BYTES(LINE HOST "Content-Length:\r\n 5\r\n" END), 400, "folded", &strict },
{ BYTES(LINE HOST "Content-Length: 5\r\n 5\r\n" END), 400, "folded",
    &unsafe },
{ BYTES(LINE HOST "Connection: close,\r\n x\r\n" END), 400, "folded",
    &strict },
{ BYTES(LINE HOST "Expect:\r\n 100-continue\r\n" END), 400, "folded",
    &strict },
{ BYTES(LINE HOST "X: a\r\n Content-Length: 5\r\n" END), 0, NULL, &strict },

/* Limits. */
{ BYTES("GET /78901 HTTP/1.1\r\n" HOST END), 0, NULL, &small },
{ BYTES("GET /789012 HTTP/1.1\r\n" HOST END), 0, NULL, &small },
{ BYTES("GET /7890123 HTTP/1.1\r\n" HOST END), 414, "LimitRequestLine",
    &small },
{ BYTES("GET /78901234567890123456789"), 414, "LimitRequestLine", &small },
{ BYTES(LINE HOST "X: 4567890123456\r\n" END), 0, NULL, &small },
{ BYTES(LINE HOST "X: 45678901234567\r\n" END), 431, "LimitRequestFieldSize",
    &small },
{ BYTES(LINE HOST "X: 45678901234567"), 0, NULL, &small },
{ BYTES(LINE HOST "X: 456789012345678"), 431, "LimitRequestFieldSize",
    &small },
{ BYTES(LINE HOST "X: 4\r\n 78901\r\n 45678\r\n" END), 431,
    "LimitRequestFieldSize", &small },
{ BYTES(LINE HOST "A: 1\r\nB: 1\r\n" END), 0, NULL, &small },
{ BYTES(LINE HOST "A: 1\r\nB: 1\r\nC: 1\r\n" END), 431,
    "LimitRequestFields", &small },
{ BYTES(LINE HOST "A: 3456789\r\nB: 3456789\r\n" END), 0, NULL, &narrow },
{ BYTES(LINE HOST "A: 3456789\r\nB: 3456789\r\nC: 34567890123\r\n" END), 431,
    "head is too long", &narrow },
{ BYTES("GET /78901234567890123456789012345678901234567890123 HTTP/1.1\r\n"),
    431, "head is too long", &narrow },
{ BYTES(LINE HOST "A: 345678901234567890123456789012345678901\r\n" END), 431,
    "head is too long", &narrow },
{ BYTES("GET / HTTP/1.0\r\nA: 34567890123456789012345678901234567890123456789"
    "\r\n" END), 431, "head is too long", &narrow },
{ BYTES("GET / HTTP/1.0\r\nABC: 5678901234567890123456789012345678901\r\n"
    END), 0, NULL, &narrow },

/* Host. */
{ BYTES(LINE END), 400, "no Host", &strict },
{ BYTES("GET / HTTP/1.3\r\n" END), 400, "no Host", &strict },
{ BYTES("GET http://a/ HTTP/1.1\r\n" END), 400, "no Host", &strict },
{ BYTES("GET http://a/ HTTP/1.0\r\n" END), 0, NULL, &strict },
{ BYTES(LINE HOST HOST END), 400, "several Host", &strict },
{ BYTES(LINE HOST "hOsT: b\r\n" END), 400, "several Host", &strict },
{ BYTES("GET / HTTP/1.0\r\n" HOST HOST END), 400, "several Host", &strict },
{ BYTES("GET http://a/ HTTP/1.1\r\n" HOST HOST END), 400, "several Host",
    &strict },
{ BYTES(LINE "Host:\r\n" END), 400, "Host field is empty", &strict },
{ BYTES("GET / HTTP/1.0\r\nHost:\r\n" END), 400, "empty", &strict },
{ BYTES("GET http://a/ HTTP/1.1\r\nHost:\r\n" END), 0, NULL, &strict },
{ BYTES("GET http://a/ HTTP/1.1\r\nHost:\r\nHost:\r\n" END), 400,
    "several", &strict },
{ BYTES(LINE "Host: a b\r\n" END), 400, "Host field is malformed", &strict },
{ BYTES(LINE "Host: a,b\r\n" END), 400, "Host field is malformed", &strict },
{ BYTES(LINE "Host: a/b\r\n" END), 400, "Host field is malformed", &strict },
{ BYTES(LINE "Host: u@a\r\n" END), 400, "Host field is malformed", &strict },
{ BYTES(LINE "Host: a:x\r\n" END), 400, "Host field is malformed", &strict },
{ BYTES("GET http://a/ HTTP/1.1\r\nHost: b c\r\n" END), 400,
    "Host field is malformed", &strict },

/* Target. */
{ BYTES("GET /#a HTTP/1.1\r\n" HOST END), 400, "fragment", &strict },
{ BYTES("GET /?#a HTTP/1.1\r\n" HOST END), 400, "fragment", &strict },
{ BYTES("GET /\x01 HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("GET /\x7f HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("GET /a\tb HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("GET /\0 HTTP/1.1\r\n" HOST END), 400, "control", &strict },
{ BYTES("GET /\xc3\xa9 HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("GET /\"<>\\^`{|} HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("GET a HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET ?a HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET ftp://a/ HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET http:/a HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET mailto:a HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET a:80 HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET ** HTTP/1.1\r\n" HOST END), 400, "neither", &strict },
{ BYTES("GET * HTTP/1.1\r\n" HOST END), 400, "OPTIONS only", &strict },
{ BYTES("OPTIONS * HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("GET http:/// HTTP/1.1\r\n" HOST END), 400, "host", &strict },
{ BYTES("GET http://?a HTTP/1.1\r\n" HOST END), 400, "host", &strict },
{ BYTES("GET http://a:b/ HTTP/1.1\r\n" HOST END), 400, "host", &strict },
{ BYTES("GET http://u@a/ HTTP/1.1\r\n" HOST END), 400, "user name", &strict },
{ BYTES("GET http://u:p@a/ HTTP/1.1\r\n" HOST END), 400, "user name",
    &strict },
{ BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST END), 0, NULL, &strict },
{ BYTES("CONNECT a HTTP/1.1\r\n" HOST END), 400, "CONNECT", &strict },
{ BYTES("CONNECT a: HTTP/1.1\r\n" HOST END), 400, "CONNECT", &strict },
{ BYTES("CONNECT / HTTP/1.1\r\n" HOST END), 400, "CONNECT", &strict },
{ BYTES("CONNECT http://a:1/ HTTP/1.1\r\n" HOST END), 400, "CONNECT",
    &strict },

/* Body. */
#define POST	"POST / HTTP/1.1\r\nHost: a\r\n"
#define CL	"Content-Length: "
#define TE	"Transfer-Encoding: "
{ BYTES(POST CL "0\r\n" END), 0, NULL, &strict },
{ BYTES(POST CL "00000000000000000000000005\r\n" END), 0, NULL, &strict },
{ BYTES(POST CL "9223372036854775807\r\n" END), 0, NULL, &strict },
{ BYTES(POST CL "9223372036854775808\r\n" END), 400, "too large", &strict },
{ BYTES(POST CL "18446744073709551616\r\n" END), 400, "too large", &strict },
{ BYTES(POST CL "18446744073709551621\r\n" END), 400, "too large", &strict },
{ BYTES(POST CL "\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "+5\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "-5\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "0x5\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5a\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5 5\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5.0\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5;a\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5, 5\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5,\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "\"5\"\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "\xef\xbc\x95\r\n" END), 400, "not a number", &strict },
{ BYTES(POST CL "5\r\n" CL "5\r\n" END), 400, "several Content-L", &strict },
{ BYTES(POST CL "5\r\n" CL "6\r\n" END), 400, "several Content-L", &strict },
{ BYTES(POST CL "5\r\n" CL "6\r\n" END), 400, "several Content-L", &unsafe },
{ BYTES(POST CL "5\r\n" TE "chunked\r\n" END), 400, "both", &strict },
{ BYTES(POST TE "chunked\r\n" CL "5\r\n" END), 400, "both", &strict },
{ BYTES(POST TE "chunked\r\n" CL "5\r\n" END), 400, "both", &unsafe },
{ BYTES(POST TE "chunked\r\n" END), 0, NULL, &strict },
{ BYTES(POST TE "Chunked\r\n" END), 0, NULL, &strict },
{ BYTES(POST TE "\t chunked \t\r\n" END), 0, NULL, &strict },
{ BYTES(POST TE "gzip\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "gzip, chunked\r\n" END), 501, "not known", &strict },
{ BYTES(POST TE "a,b ,\tchunked\r\n" END), 501, "not known", &strict },
{ BYTES(POST TE "gzip;q=1, chunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "gzip,, chunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked,\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "gzip, chunked,\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE ",chunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked, gzip\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked, chunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked, identity\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked,\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE ",chunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked;a=b\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "\"chunked\"\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "xchunked\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunke\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked\x0b\r\n" END), 400, "control", &strict },
{ BYTES(POST TE "chunked\x0b\r\n" END), 400, "not just", &unsafe },
{ BYTES(POST TE "identity\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "\r\n" END), 400, "not just", &strict },
{ BYTES(POST TE "chunked\r\n" TE "chunked\r\n" END), 400, "several Transfer",
    &strict },
{ BYTES(POST TE "identity\r\n" TE "chunked\r\n" END), 400, "not just",
    &strict },
{ BYTES(POST "Transfer_Encoding: chunked\r\n" CL "5\r\n" END), 0, NULL,
    &strict },
{ BYTES(POST "Transfer-Encoding : chunked\r\n" END), 400, "space", &strict },
{ BYTES("POST / HTTP/1.0\r\n" TE "chunked\r\n" END), 400, "HTTP/1.0",
    &strict },

/* Without limits. */
{ BYTES(LINE HOST END), 0, NULL, &none },
};

START_TEST(policy)
{
	const struct row *r = &rows[_i];
	struct head h;
	enum head_result result = parse(&h, r->limits, r->bytes, r->n);
	bool whole = r->n > 2 && r->bytes[r->n - 1] == '\n';

	ck_assert_msg(h.status == r->status, "row %d: %d (%s) for %s", _i,
	    h.status, h.why ? h.why : "", r->bytes);
	if (r->status != 0) {
		ck_assert_int_eq(result, HEAD_BAD);
		ck_assert_msg(strstr(h.why, r->why) != NULL,
		    "row %d: \"%s\" for %s", _i, h.why, r->bytes);
		ck_assert(!h.keep_alive);
		ck_assert_int_ne(h.version, 9);
		ck_assert_uint_le(h.culprit.n, 80);
	} else if (whole) {
		ck_assert_int_eq(result, HEAD_DONE);
		ck_assert_uint_eq(h.size, r->n);
	} else
		ck_assert_int_eq(result, HEAD_MORE);
}
END_TEST

/* Whatever follows a head is not looked at. */
START_TEST(next_request_is_left)
{
	const struct row *r = &rows[_i];
	struct text t = { .arena = a };
	struct head h;
	size_t behind;

	if (r->status != 0 || parse(&h, r->limits, r->bytes, r->n) !=
	    HEAD_DONE)
		return;
	text_add(&t, str_n(r->bytes, r->n));
	behind = t.n;
	text_addz(&t, "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n");
	ck_assert_int_eq(parse(&h, r->limits, t.at, t.n), HEAD_DONE);
	ck_assert_uint_eq(h.size, behind);
	ck_assert_int_eq(parse(&h, &strict, t.at + behind, t.n - behind),
	    HEAD_DONE);
	ck_assert(str_is(h.target, "/2"));
}
END_TEST

static void
add_slice(struct text *t, const char *name, struct str s)
{
	text_addf(t, " %s=%s", name, s.at == NULL ? "none" : "");
	text_add(t, s);
}

/* All that a head says, as text. */
static struct str
describe(enum head_result result, const struct head *h)
{
	struct text t = { .arena = a };
	size_t i;

	text_addf(&t, "%d %d %s %d %d %d %d", result, h->status,
	    h->why != NULL ? h->why : "", h->method, h->form, h->version,
	    h->host.port);
	text_addf(&t, " %d %d %d %d %d %zu", h->body, (int)h->body_length,
	    h->keep_alive, h->expect_continue, h->expect_unknown, h->size);
	add_slice(&t, "line", h->line);
	add_slice(&t, "method", h->method_name);
	add_slice(&t, "target", h->target);
	add_slice(&t, "scheme", h->scheme);
	add_slice(&t, "authority", h->authority);
	add_slice(&t, "path", h->path);
	add_slice(&t, "query", h->query);
	add_slice(&t, "host", h->host.name);
	for (i = 0; i < h->fields.n; i++) {
		add_slice(&t, "name", h->fields.at[i].name);
		add_slice(&t, "value", h->fields.at[i].value);
	}
	return text_str(&t);
}

/* Give the first n bytes to the parser, in fresh memory; the caller frees the
 * buffer it had before. */
static enum head_result
feed(struct head *h, const char *bytes, size_t n, char **buf)
{
	char *old = *buf, *fresh = malloc(n > 0 ? n : 1);
	size_t kept = h->searched;
	enum head_result result;

	memcpy(fresh, bytes, n);
	if (old != NULL)
		memcpy(fresh, old, kept);	/* with folds replaced */
	free(old);
	*buf = fresh;
	result = head_parse(h, fresh, n);
	return result;
}

START_TEST(every_split_is_the_same)
{
	const struct row *r = &rows[_i];
	struct str whole, parts;
	enum head_result result;
	struct head h;
	size_t cut;
	char *buf;

	result = parse(&h, r->limits, r->bytes, r->n);
	whole = describe(result, &h);
	for (cut = 0; cut < r->n; cut++) {
		buf = NULL;
		head_init(&h, a, r->limits);
		result = feed(&h, r->bytes, cut, &buf);
		if (result == HEAD_MORE)
			result = feed(&h, r->bytes, r->n, &buf);
		parts = describe(result, &h);
		free(buf);
		ck_assert_msg(str_eq(whole, parts), "cut at %zu:\n%s\n%s",
		    cut, str_z(a, whole), str_z(a, parts));
	}
}
END_TEST

START_TEST(byte_by_byte_is_the_same)
{
	const struct row *r = &rows[_i];
	enum head_result result;
	struct str whole, parts;
	struct head h;
	char *buf = NULL;
	size_t n;

	result = parse(&h, r->limits, r->bytes, r->n);
	whole = describe(result, &h);
	head_init(&h, a, r->limits);
	result = HEAD_MORE;
	for (n = 1; n <= r->n && result == HEAD_MORE; n++)
		result = feed(&h, r->bytes, n, &buf);
	parts = describe(result, &h);
	free(buf);
	ck_assert_msg(str_eq(whole, parts), "%s\n%s", str_z(a, whole),
	    str_z(a, parts));
}
END_TEST

static const struct {
	const char	*method, *target;
	enum target_form form;
	const char	*path, *query, *host;
	int		 port;
} targets[] = {
	{ "GET", "/", TARGET_ORIGIN, "/", NULL, "a", 0 },
	{ "GET", "/a/b?c=d?e", TARGET_ORIGIN, "/a/b", "c=d?e", "a", 0 },
	{ "GET", "/?", TARGET_ORIGIN, "/", "", "a", 0 },
	{ "GET", "//b/c", TARGET_ORIGIN, "//b/c", NULL, "a", 0 },
	{ "GET", "/http://b/", TARGET_ORIGIN, "/http://b/", NULL, "a", 0 },
	{ "GET", "http://b/c?d", TARGET_ABSOLUTE, "/c", "d", "b", 0 },
	{ "GET", "HTTPS://B.c:8443/", TARGET_ABSOLUTE, "/", NULL, "B.c",
	    8443 },
	{ "GET", "http://b", TARGET_ABSOLUTE, "/", NULL, "b", 0 },
	{ "GET", "http://b?c", TARGET_ABSOLUTE, "/", "c", "b", 0 },
	{ "GET", "http://b?c/d", TARGET_ABSOLUTE, "/", "c/d", "b", 0 },
	{ "GET", "http://b:/c", TARGET_ABSOLUTE, "/c", NULL, "b", 0 },
	{ "GET", "http://[::1]:80/c", TARGET_ABSOLUTE, "/c", NULL, "[::1]",
	    80 },
	{ "GET", "http://b/@c", TARGET_ABSOLUTE, "/@c", NULL, "b", 0 },
	{ "OPTIONS", "*", TARGET_ASTERISK, "*", NULL, "a", 0 },
	{ "OPTIONS", "/b", TARGET_ORIGIN, "/b", NULL, "a", 0 },
	{ "CONNECT", "b:443", TARGET_AUTHORITY, "", NULL, "b", 443 },
	{ "CONNECT", "[::1]:1", TARGET_AUTHORITY, "", NULL, "[::1]", 1 },
};

START_TEST(target_is_taken_apart)
{
	struct str bytes = str_fmt(a, "%s %s HTTP/1.1\r\nHost: a\r\n\r\n",
	    targets[_i].method, targets[_i].target);
	struct head h;

	ck_assert_int_eq(parse(&h, &strict, bytes.at, bytes.n), HEAD_DONE);
	ck_assert(str_is(h.method_name, targets[_i].method));
	ck_assert(str_is(h.target, targets[_i].target));
	ck_assert_int_eq(h.form, targets[_i].form);
	ck_assert(str_is(h.path, targets[_i].path));
	ck_assert((h.query.at == NULL) == (targets[_i].query == NULL));
	if (targets[_i].query != NULL)
		ck_assert(str_is(h.query, targets[_i].query));
	ck_assert(str_is(h.host.name, targets[_i].host));
	ck_assert_int_eq(h.host.port, targets[_i].port);
}
END_TEST

enum { KEEP = 1, WAITS = 2, UNKNOWN = 4 };

static const struct {
	int		 version;
	const char	*fields;
	enum body_kind	 body;
	uint64_t	 length;
	int		 flags;
} framings[] = {
	{ 11, "", BODY_NONE, 0, KEEP },
	{ 11, "Connection: close\r\n", BODY_NONE, 0, 0 },
	{ 11, "Connection: CLOSE\r\n", BODY_NONE, 0, 0 },
	{ 11, "Connection: keep-alive\r\n", BODY_NONE, 0, KEEP },
	{ 11, "Connection: keep-alive, close\r\n", BODY_NONE, 0, 0 },
	{ 11, "Connection: close\r\nConnection: keep-alive\r\n", BODY_NONE, 0,
	    0 },
	{ 11, "Connection: x,,\t close ,y\r\n", BODY_NONE, 0, 0 },
	{ 11, "Connection: closed\r\n", BODY_NONE, 0, KEEP },
	{ 11, "Connection: \"close\"\r\n", BODY_NONE, 0, KEEP },
	{ 11, "Connection: Upgrade\r\nUpgrade: h2c\r\n", BODY_NONE, 0, KEEP },
	{ 10, "", BODY_NONE, 0, 0 },
	{ 10, "Connection: Keep-Alive\r\n", BODY_NONE, 0, KEEP },
	{ 10, "Connection: Keep-Alive, close\r\n", BODY_NONE, 0, 0 },
	{ 11, "Content-Length: 0\r\n", BODY_LENGTH, 0, KEEP },
	{ 11, "Content-Length: 12345678901\r\n", BODY_LENGTH, 12345678901,
	    KEEP },
	{ 10, "Content-Length: 5\r\n", BODY_LENGTH, 5, 0 },
	{ 11, "Transfer-Encoding: chunked\r\n", BODY_CHUNKED, 0, KEEP },
	{ 11, "Expect: 100-continue\r\nContent-Length: 5\r\n", BODY_LENGTH, 5,
	    KEEP | WAITS },
	{ 11, "Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n",
	    BODY_CHUNKED, 0, KEEP | WAITS },
	{ 11, "Expect: 100-continue\r\n", BODY_NONE, 0, KEEP },
	{ 11, "Expect: 100-continue\r\nContent-Length: 0\r\n", BODY_LENGTH, 0,
	    KEEP },
	{ 11, "Expect: foo\r\n", BODY_NONE, 0, KEEP | UNKNOWN },
	{ 11, "Expect: 100-continue, foo\r\nContent-Length: 5\r\n",
	    BODY_LENGTH, 5, KEEP | WAITS | UNKNOWN },
	{ 11, "Expect: 100-continue=x\r\n", BODY_NONE, 0, KEEP | UNKNOWN },
	{ 11, "Expect:\r\n", BODY_NONE, 0, KEEP },
	{ 10, "Expect: foo\r\n", BODY_NONE, 0, 0 },
	{ 10, "Expect: 100-continue\r\nContent-Length: 5\r\n", BODY_LENGTH, 5,
	    0 },
};

START_TEST(framing)
{
	struct str bytes = str_fmt(a, "PUT / HTTP/1.%d\r\nHost: a\r\n%s\r\n",
	    framings[_i].version - 10, framings[_i].fields);
	int flags = framings[_i].flags;
	struct head h;

	ck_assert_int_eq(parse(&h, &strict, bytes.at, bytes.n), HEAD_DONE);
	ck_assert_int_eq(h.version, framings[_i].version);
	ck_assert_int_eq(h.body, framings[_i].body);
	ck_assert_uint_eq(h.body_length, framings[_i].length);
	ck_assert_int_eq(h.keep_alive, (flags & KEEP) != 0);
	ck_assert_int_eq(h.expect_continue, (flags & WAITS) != 0);
	ck_assert_int_eq(h.expect_unknown, (flags & UNKNOWN) != 0);
}
END_TEST

START_TEST(fields_are_slices_in_order)
{
	static const char bytes[] = "GET / HTTP/1.1\r\nHost: a\r\n"
	    "Accept:  x , y \r\nEmpty:\r\nACCEPT: z\r\n"
	    "Folded: one\r\n \t two\r\n\tthree \r\nLast: 1\r\n\r\n";
	static const char *const want[][2] = {
		{ "Host", "a" }, { "Accept", "x , y" }, { "Empty", "" },
		{ "ACCEPT", "z" }, { "Folded", "one two three" },
		{ "Last", "1" }
	};
	struct head h;
	int i;

	ck_assert_int_eq(parse(&h, &strict, BYTES(bytes)), HEAD_DONE);
	ck_assert_uint_eq(h.fields.n, COUNT(want));
	for (i = 0; i < COUNT(want); i++) {
		ck_assert(str_is(h.fields.at[i].name, want[i][0]));
		ck_assert(str_is(h.fields.at[i].value, want[i][1]));
		ck_assert_ptr_nonnull(h.fields.at[i].value.at);
	}
	ck_assert(str_is(fields_join(a, &h.fields, STR("accept")),
	    "x , y, z"));
	ck_assert(str_is(h.line, "GET / HTTP/1.1"));
}
END_TEST

START_TEST(old_request)
{
	struct head h;

	ck_assert_int_eq(parse(&h, &strict, BYTES("GET /a?b\r\nHost: c\r\n")),
	    HEAD_DONE);
	ck_assert_uint_eq(h.size, 10);
	ck_assert_int_eq(h.version, 9);
	ck_assert(!h.keep_alive);
	ck_assert_ptr_null(h.host.name.at);
	ck_assert(str_is(h.path, "/a"));
	ck_assert(str_is(h.query, "b"));
	ck_assert_uint_eq(h.fields.n, 0);
}
END_TEST

/* What is known at the time of a fault is there for the answer and the log. */
START_TEST(refused_head_keeps_what_was_read)
{
	struct head h;

	ck_assert_int_eq(parse(&h, &strict, BYTES(
	    "HEAD /a HTTP/1.0\r\nConnection: keep-alive\r\nX y: z\r\n\r\n")),
	    HEAD_BAD);
	ck_assert_int_eq(h.method, METHOD_HEAD);
	ck_assert_int_eq(h.version, 10);
	ck_assert(!h.keep_alive);
	ck_assert(str_is(h.line, "HEAD /a HTTP/1.0"));
	ck_assert_uint_eq(h.fields.n, 1);
	ck_assert_int_eq(parse(&h, &strict, BYTES("GET\r\n")), HEAD_BAD);
	ck_assert_int_eq(h.version, 11);
	ck_assert(str_is(h.line, "GET"));
}
END_TEST

START_TEST(culprit_is_the_line)
{
	static const char bytes[] = "GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r";
	struct head h;

	head_init(&h, a, &strict);
	ck_assert_int_eq(head_parse(&h, arena_copy(a, bytes, sizeof(bytes)),
	    sizeof(bytes) - 1), HEAD_BAD);
	ck_assert(str_is(h.culprit, "X y: z"));
}
END_TEST

START_TEST(finished_head_can_move)
{
	static const char bytes[] = "GET http://b HTTP/1.1\r\nHost: a\r\n"
	    "X:\r\n\r\n";
	char *first = malloc(sizeof(bytes)), *second = malloc(sizeof(bytes));
	struct head h;

	memcpy(first, bytes, sizeof(bytes));
	memcpy(second, bytes, sizeof(bytes));
	head_init(&h, a, &strict);
	ck_assert_int_eq(head_parse(&h, first, sizeof(bytes) - 1), HEAD_DONE);
	memset(first, 'x', sizeof(bytes));
	free(first);
	head_moved(&h, second);
	ck_assert(str_is(h.target, "http://b"));
	ck_assert(str_is(h.host.name, "b"));
	ck_assert(str_is(h.path, "/"));
	ck_assert_ptr_null(h.query.at);
	ck_assert(str_is(fields_get(&h.fields, STR("host")), "a"));
	ck_assert_uint_eq(fields_get(&h.fields, STR("x")).n, 0);
	free(second);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("head");
	TCase *t = tcase_create("head");

	tcase_add_checked_fixture(t, open_arena, end_arena);
	tcase_add_loop_test(t, policy, 0, COUNT(rows));
	tcase_add_loop_test(t, next_request_is_left, 0, COUNT(rows));
	tcase_add_loop_test(t, every_split_is_the_same, 0, COUNT(rows));
	tcase_add_loop_test(t, byte_by_byte_is_the_same, 0, COUNT(rows));
	tcase_add_loop_test(t, target_is_taken_apart, 0, COUNT(targets));
	tcase_add_loop_test(t, framing, 0, COUNT(framings));
	tcase_add_test(t, fields_are_slices_in_order);
	tcase_add_test(t, old_request);
	tcase_add_test(t, refused_head_keeps_what_was_read);
	tcase_add_test(t, culprit_is_the_line);
	tcase_add_test(t, finished_head_can_move);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
