/*
 * ask.c - send bytes to a server and tell what comes back, so that the answers
 * of two servers can be compared line by line:
 *
 *	ask PORT LIST
 *	ask -l FILE
 *
 * Each line of LIST is NAME TAB FILE, and perhaps TAB BLOCK: what is in FILE,
 * or in its block of that name (see below), is sent to 127.0.0.1; then it says
 * that nothing more will come, reads to the end, and prints a line
 * "NAME<TAB>N.WHAT<TAB>VALUE" for each fact of the Nth answer: status, reason,
 * field NAME (in lower case; several of one name as one), and body, or env NAME
 * when a program told its environment.  What differs from run to run is
 * replaced by a word; "100 Continue" is no answer.
 *
 * A FILE of blocks (*.set; -l tells their names) has a name in the first column
 * and below it, after a tab each, the lines to send, each with CRLF, and an
 * empty line at the end of all; a "\" that ends the last line leaves both out,
 * one that ends another line leaves out the CRLF.  Empty lines between two
 * lines of a block belong to it.  \r \n \t \s (a space) \\ \xHH are bytes,
 * \{N TEXT} is N times TEXT.  Lines that begin with # are comments.
 *
 * A request with a line "Proof: USER PASSWORD ..." is sent without it first,
 * then with the Authorization field that answers the challenge: challenge.h;
 * with the word times=N so many times.  Only the last answer is told.
 *
 * It must not share code with the server.  Exits 1 when it cannot talk.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "challenge.h"

enum { WAIT_MS = 15000, MAX_FIELDS = 100, MAX_ANSWERS = 100 };

struct bytes {
	char	*at;
	size_t	 n;
};

struct answer {
	int		 status;
	const char	*reason;
	size_t		 n_fields;
	struct {
		const char	*name;
		char		 value[8192];
	} field[MAX_FIELDS];
	struct bytes	 body;
	size_t		 received;	/* bytes of body */
	bool		 head;		/* it is an answer to HEAD */
};

static const char *asking = "";	/* the name of what is asked just now */

static void
die(const char *what)
{
	fprintf(stderr, "ask: %s: %s: %s\n", asking, what, strerror(errno));
	exit(1);
}

/* ---- Bytes --------------------------------------------------------------- */

static void
append(struct bytes *b, const char *p, size_t n)
{
	b->at = realloc(b->at, b->n + n + 1);
	if (b->at == NULL)
		die("memory");
	memcpy(b->at + b->n, p, n);
	b->n += n;
	b->at[b->n] = '\0';
}

static struct bytes
read_file(const char *path)
{
	struct bytes all = { NULL, 0 };
	char room[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		die(path);
	append(&all, "", 0);
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		append(&all, room, n);
	fclose(f);
	return all;
}

static int
connect_to(const char *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)atoi(port)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		die("connect");
	return fd;
}

/* A server that refuses may stop to read: no mistake. */
static struct bytes
exchange(int fd, const struct bytes *request)
{
	struct bytes all = { NULL, 0 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char room[65536];
	size_t sent = 0;
	ssize_t n;

	append(&all, "", 0);
	while (sent < request->n && (n = send(fd, request->at + sent,
	    request->n - sent, MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	shutdown(fd, SHUT_WR);
	for (;;) {
		if (poll(&p, 1, WAIT_MS) != 1) {
			errno = ETIMEDOUT;
			die("read");
		}
		n = recv(fd, room, sizeof(room), 0);
		if (n <= 0)
			break;
		append(&all, room, (size_t)n);
	}
	close(fd);
	return all;
}

/* ---- Blocks -------------------------------------------------------------- */

/* The "}" for the "{" at p, with other repetitions between them; NULL: none. */
static const char *
matching(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\\' && end - p > 1 && p[1] != '{') {
			p++;
			continue;
		}
		depth += *p == '{';
		if (*p == '}' && --depth == 0)
			return p;
	}
	return NULL;
}

static bool	unescape(const char *p, size_t n, struct bytes *to);

/* One escape; p is behind the backslash.  Returns what follows it. */
static const char *
unescape_one(const char *p, const char *end, struct bytes *to)
{
	static const char letters[] = "rnts\\", bytes[] = "\r\n\t \\";
	const char *found = strchr(letters, *p), *close;
	char *rest, hex[3] = "", c;
	unsigned long times;

	if (*p == 'x' && end - p > 2) {
		memcpy(hex, p + 1, 2);
		c = (char)strtoul(hex, NULL, 16);
		append(to, &c, 1);
		return p + 3;
	}
	if (*p == '{' && (close = matching(p, end)) != NULL) {
		times = strtoul(p + 1, &rest, 10);
		while (times-- > 0)
			unescape(rest + 1, (size_t)(close - rest - 1), to);
		return close + 1;
	}
	if (found == NULL) {
		errno = EINVAL;
		die("unknown escape");
	}
	append(to, bytes + (found - letters), 1);
	return p + 1;
}

/* Append the bytes that a line stands for.  False when it ends in a single
 * "\". */
static bool
unescape(const char *p, size_t n, struct bytes *to)
{
	const char *end = p + n;

	while (p < end) {
		if (*p != '\\')
			append(to, p++, 1);
		else if (++p == end)
			return false;
		else
			p = unescape_one(p, end, to);
	}
	return true;
}

/* The next line of a text, without its end; NULL at the end. */
static const char *
text_line(const char **text, size_t *n)
{
	const char *line = *text;

	if (*line == '\0')
		return NULL;
	*n = strcspn(line, "\n");
	*text = line + *n + (line[*n] == '\n');
	return line;
}

static struct bytes
block(const char *text, const char *name)
{
	struct bytes all = { NULL, 0 };
	bool here = false, open = false;
	size_t n, empty = 0;
	const char *line;

	append(&all, "", 0);
	while ((line = text_line(&text, &n)) != NULL) {
		if (n == 0) {
			empty++;
		} else if (*line != '\t' && *line != '#') {
			here = n == strlen(name) &&
			    strncmp(line, name, n) == 0;
			empty = 0;
		} else if (here && *line == '\t') {
			for (; empty > 0; empty--)
				append(&all, "\r\n", 2);
			open = !unescape(line + 1, n - 1, &all);
			if (!open)
				append(&all, "\r\n", 2);
		}
	}
	if (all.n == 0) {
		errno = ENOENT;
		die(name);
	}
	if (!open)
		append(&all, "\r\n", 2);
	return all;
}

static void
list_blocks(const char *text)
{
	const char *line;
	size_t n;

	while ((line = text_line(&text, &n)) != NULL)
		if (n > 0 && *line != '\t' && *line != '#')
			printf("%.*s\n", (int)n, line);
}

/* ---- Answers ------------------------------------------------------------- */

/* Cut the next line off, without its end; NULL when there is no whole one. */
static char *
take_line(struct bytes *rest)
{
	char *line = rest->at;
	char *end = memchr(line, '\n', rest->n);

	if (end == NULL)
		return NULL;
	rest->n -= (size_t)(end + 1 - line);
	rest->at = end + 1;
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

static const char *
value_of(const struct answer *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->n_fields; i++)
		if (strcmp(a->field[i].name, name) == 0)
			return a->field[i].value;
	return NULL;
}

static void
add_field(struct answer *a, char *line)
{
	char *value = strchr(line, ':'), *p;
	size_t i, n;

	if (value == NULL)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	for (p = line; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	for (i = 0; i < a->n_fields; i++)
		if (strcmp(a->field[i].name, line) == 0)
			break;
	if (i == MAX_FIELDS)
		return;
	n = i < a->n_fields ? strlen(a->field[i].value) : 0;
	snprintf(a->field[i].value + n, sizeof(a->field[i].value) - n,
	    "%s%s", n > 0 ? ", " : "", value);
	a->field[i].name = line;
	if (i == a->n_fields)
		a->n_fields++;
}

static bool
take_head(struct bytes *rest, struct answer *a)
{
	char *line;

	if (rest->n < 5 || strncmp(rest->at, "HTTP/", 5) != 0)
		return false;
	line = take_line(rest);
	if (line == NULL || strchr(line, ' ') == NULL)
		return false;
	a->status = atoi(strchr(line, ' ') + 1);
	a->reason = strlen(strchr(line, ' ')) > 5 ?
	    strchr(line, ' ') + 5 : "";
	a->n_fields = 0;
	while ((line = take_line(rest)) != NULL && *line != '\0')
		add_field(a, line);
	return line != NULL;
}

static void
take_bytes(struct bytes *rest, size_t n, struct bytes *to)
{
	if (n > rest->n)
		n = rest->n;
	append(to, rest->at, n);
	rest->at += n;
	rest->n -= n;
}

static void
take_chunks(struct bytes *rest, struct bytes *to)
{
	char *line;
	size_t n;

	while ((line = take_line(rest)) != NULL) {
		n = strtoul(line, NULL, 16);
		if (n == 0)
			break;
		take_bytes(rest, n, to);
		take_line(rest);
	}
	while ((line = take_line(rest)) != NULL && *line != '\0')
		continue;
}

static void
take_body(struct bytes *rest, struct answer *a, bool head)
{
	const char *coding = value_of(a, "transfer-encoding");
	const char *length = value_of(a, "content-length");

	a->body = (struct bytes){ NULL, 0 };
	a->head = head;
	append(&a->body, "", 0);
	if (head || a->status == 204 || a->status == 304)
		return;
	if (coding != NULL)
		take_chunks(rest, &a->body);
	else
		take_bytes(rest, length == NULL ? rest->n :
		    strtoul(length, NULL, 10), &a->body);
}

/* ---- Telling ------------------------------------------------------------- */

static int
compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A set of words in another order is the same set. */
static void
sort_words(char *list)
{
	char copy[256], *words[32], *word, *rest;
	size_t n = 0, i;

	snprintf(copy, sizeof(copy), "%s", list);
	for (word = strtok_r(copy, ", ", &rest); word != NULL && n < 32;
	    word = strtok_r(NULL, ", ", &rest))
		words[n++] = word;
	qsort(words, n, sizeof(words[0]), compare_words);
	for (i = 0, *list = '\0'; i < n; i++)
		list += sprintf(list, "%s ", words[i]);
}

/* The start of a line: the fact's name and what it is about. */
static void
print_fact(int number, const char *what, const char *about, size_t n)
{
	printf("%s\t%d.%s%s%.*s\t", asking, number, what, n > 0 ? " " : "",
	    (int)n, about);
}

/* What is the server's own, or the moment's, counts as one word; NULL: as
 * nothing. */
static const char *
normal(const char *name, char *value, bool own_page)
{
	if (strcmp(name, "date") == 0)
		return "DATE";
	if (strcmp(name, "server") == 0)
		return "SERVER";
	if (own_page && (strcmp(name, "content-type") == 0 ||
	    strcmp(name, "content-length") == 0))
		return NULL;
	if (strcmp(name, "allow") == 0)
		sort_words(value);
	if (strcmp(name, "www-authenticate") == 0 ||
	    strcmp(name, "authentication-info") == 0)
		challenge_normal(value);
	return value;
}

static void
print_escaped(const char *p, size_t n)
{
	for (; n > 0; n--, p++)
		if (*p == '\n')
			fputs("\\n", stdout);
		else if (*p == '\\' || *p < ' ' || *p > '~')
			printf("\\x%02x", (unsigned char)*p);
		else
			putchar(*p);
	putchar('\n');
}

/* Where there is a body, how its end was told tells nothing more; an empty one
 * has a length of 0 or no chunks, as it comes. */
static bool
is_framing(const struct answer *a, const char *name, const char *value)
{
	if (a->received == 0)
		return strcmp(value, "0") == 0 || (!a->head &&
		    strcmp(name, "transfer-encoding") == 0);
	return strcmp(name, "transfer-encoding") == 0 ||
	    (strcmp(name, "content-length") == 0 &&
	    strtoul(value, NULL, 10) == a->received);
}

/* A page that a server made of its own words is a page. */
static bool
is_own_page(const struct answer *a)
{
	return a->status >= 300 && a->body.n >= 14 &&
	    strncasecmp(a->body.at, "<!DOCTYPE HTML", 14) == 0;
}

static char *
find_boundary(struct answer *a)
{
	size_t i;

	for (i = 0; i < a->n_fields; i++)
		if (strcmp(a->field[i].name, "content-type") == 0 &&
		    strstr(a->field[i].value, "boundary=") != NULL)
			return strstr(a->field[i].value, "boundary=") +
			    strlen("boundary=");
	return NULL;
}

/* The boundary between parts is random: "B" stands for it.  The names of fields
 * in parts may be written in any letter case. */
static void
hide_boundary(struct answer *a)
{
	char *boundary = find_boundary(a), *from = a->body.at, *to = from;
	char *end = from + a->body.n;
	size_t n = boundary != NULL ? strlen(boundary) : 0;

	if (n == 0)
		return;
	while (from < end)
		if (strncmp(from, boundary, n) == 0) {
			*to++ = 'B';
			from += n;
		} else {
			*to++ = *from++;
		}
	for (end = to, to = a->body.at; to < end; to++)
		*to = (char)tolower((unsigned char)*to);
	*to = '\0';
	a->body.n = (size_t)(to - a->body.at);
	strcpy(boundary, "B");
}

/* A program that told its environment: each variable is a fact. */
static void
print_body(int number, const struct answer *a)
{
	struct bytes rest = a->body;
	char *line, *equals;

	if (memmem(rest.at, rest.n, "\nGATEWAY_INTERFACE=", 19) == NULL) {
		print_fact(number, "body", "", 0);
		print_escaped(rest.at, rest.n);
		return;
	}
	while ((line = take_line(&rest)) != NULL) {
		equals = strpbrk(line, "=:");
		if (equals == NULL)
			equals = line + strlen(line);
		print_fact(number, "env", line, (size_t)(equals - line));
		print_escaped(equals, strlen(equals));
	}
}

/* A time that a server made up is the day of its answer. */
static bool
is_today(const struct answer *a, const char *time)
{
	const char *date = value_of(a, "date");

	return date != NULL &&
	    strncmp(time, date, strlen("Sun, 06 Nov 1994")) == 0;
}

/* The phrases of RFC 9110 took the place of older ones. */
static const char *
normal_reason(const char *reason)
{
	static const char *const renamed[][2] = {
		{ "Request Entity Too Large", "Content Too Large" },
		{ "Request-URI Too Long", "URI Too Long" },
		{ "Requested Range Not Satisfiable", "Range Not Satisfiable" }
	};
	size_t i;

	for (i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (strcmp(reason, renamed[i][0]) == 0)
			return renamed[i][1];
	return reason;
}

static void
print_answer(int number, struct answer *a)
{
	bool own = is_own_page(a);
	const char *value;
	size_t i;

	hide_boundary(a);
	print_fact(number, "status", "", 0);
	printf("%d\n", a->status);
	print_fact(number, "reason", "", 0);
	printf("%s\n", normal_reason(a->reason));
	for (i = 0; i < a->n_fields; i++) {
		value = normal(a->field[i].name, a->field[i].value, own);
		if (strcmp(a->field[i].name, "last-modified") == 0 &&
		    is_today(a, value))
			value = "TODAY";
		if (value == NULL ||
		    is_framing(a, a->field[i].name, a->field[i].value))
			continue;
		print_fact(number, "field", a->field[i].name,
		    strlen(a->field[i].name));
		print_escaped(value, strlen(value));
	}
	if (own) {
		print_fact(number, "body", "", 0);
		puts("OWN PAGE");
	} else {
		print_body(number, a);
	}
}

/* ---- Requests ------------------------------------------------------------ */

/* Whether the request line at p asks for a head alone. */
static bool
next_is_head(const char **p)
{
	const char *line, *end;
	bool head;

	for (line = *p; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		end += *end == '\n';
		if (end - line > 10 && memmem(line, (size_t)(end - line),
		    " HTTP/1.", 8) != NULL) {
			head = strncmp(line, "HEAD ", 5) == 0;
			*p = end;
			return head;
		}
	}
	*p = line;
	return false;
}

static void
tell(struct bytes rest, const char *asked)
{
	static struct answer a;
	int number = 0;

	while (rest.n > 0 && number < MAX_ANSWERS && take_head(&rest, &a)) {
		if (a.status < 200)
			continue;
		take_body(&rest, &a, next_is_head(&asked));
		a.received = a.body.n;
		print_answer(++number, &a);
		free(a.body.at);
	}
	print_fact(number + 1, "rest", "", 0);
	print_escaped(rest.at, rest.n);
}

/* ---- Proofs -------------------------------------------------------------- */

/* The request with the field in place of its Proof line; NULL: without. */
static struct bytes
with_proof(const struct bytes *request, const char *field)
{
	const char *line = strstr(request->at, "\r\nProof: ") + 2;
	const char *end = strstr(line, "\r\n") + 2;
	struct bytes all = { NULL, 0 };

	append(&all, request->at, (size_t)(line - request->at));
	if (field != NULL) {
		append(&all, "Authorization: ", 15);
		append(&all, field, strlen(field));
		append(&all, "\r\n", 2);
	}
	append(&all, end, request->n - (size_t)(end - request->at));
	return all;
}

/* What answers the challenge in answer, malloc()'s; NULL: there is none. */
static char *
proof_for(const struct bytes *request, const char *words,
    const struct bytes *answer)
{
	static struct answer a;
	char method[32] = "", uri[1024] = "", *field = NULL;
	struct bytes copy = { NULL, 0 }, rest;
	const char *challenge;

	sscanf(request->at, "%31s %1023s", method, uri);
	append(&copy, answer->at, answer->n);
	rest = copy;
	if (take_head(&rest, &a)) {
		challenge = value_of(&a, "www-authenticate");
		if (challenge != NULL)
			field = challenge_answer(challenge, words, method,
			    uri);
	}
	free(copy.at);
	return field;
}

/* What comes back when the challenge is answered as the Proof line says. */
static struct bytes
prove(const char *port, const struct bytes *request)
{
	const char *words = strstr(request->at, "\r\nProof: ") + 9;
	const char *times = strstr(words, " times=");
	struct bytes bare = with_proof(request, NULL), full, answer;
	char *line = strndup(words, strcspn(words, "\r")), *field;
	int n = times == NULL ? 1 : atoi(times + 7);

	answer = exchange(connect_to(port), &bare);
	field = proof_for(request, line, &answer);
	free(bare.at);
	free(line);
	if (field == NULL)
		return answer;
	full = with_proof(request, field);
	while (n-- > 0) {
		free(answer.at);
		answer = exchange(connect_to(port), &full);
	}
	free(full.at);
	free(field);
	return answer;
}

static void
ask(const char *port, struct bytes request)
{
	struct bytes answer = strstr(request.at, "\r\nProof: ") != NULL ?
	    prove(port, &request) : exchange(connect_to(port), &request);

	tell(answer, request.at);
	free(answer.at);
}

/* One line of a list: NAME TAB FILE [TAB BLOCK]. */
static void
ask_line(const char *port, char *line)
{
	char *file = strchr(line, '\t'), *name;
	struct bytes request;

	if (file == NULL)
		return;
	*file++ = '\0';
	asking = line;
	name = strchr(file, '\t');
	if (name != NULL)
		*name++ = '\0';
	request = read_file(file);
	if (name != NULL) {
		struct bytes all = request;

		request = block(all.at, name);
		free(all.at);
	}
	ask(port, request);
	free(request.at);
}

int
main(int argc, char **argv)
{
	struct bytes list, rest;
	char *line;

	if (argc != 3) {
		fprintf(stderr, "usage: ask PORT LIST\n");
		return 1;
	}
	rest = list = read_file(argv[2]);
	if (strcmp(argv[1], "-l") == 0)
		list_blocks(list.at);
	else
		while ((line = take_line(&rest)) != NULL)
			ask_line(argv[1], line);
	free(list.at);
	return 0;
}
