/*
 * order - order food to your table.  A model of a CGI program in C (RFC 3875).
 *
 * GET shows the form with your order; POST reads it and sends the browser back
 * to GET, with the order in a cookie: the guest keeps it, the server no file.
 * The cookie has the form's own syntax ("table=4&tea=2"), so one function reads
 * both, and trusts neither.  Every buffer has a size, every number a range, and
 * every text is escaped where it enters the page.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FORM = 2048, MAX_DISHES = 32 };

struct dish {
	char	key[16], name[64];
	int	cents;
};

struct order {
	int	table;			/* 1..9; 0: no order */
	int	count[MAX_DISHES];	/* 0..9 of each of the dishes */
	char	name[64];		/* of the guest, no controls */
};

static struct dish dishes[MAX_DISHES];
static int n_dishes;

/* An environment variable, or "". */
static const char *
env(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* Write s into HTML text or an attribute. */
static void
escape(const char *s)
{
	for (; *s; s++)
		printf(strchr("&<>\"'", *s) ? "&#%d;" : "%c", *s);
}

/* The top of an answer.  top.html is shared with the shell programs. */
static void
page(const char *status, const char *title)
{
	FILE *top = fopen("top.html", "r");
	int c;

	printf("Status: %s\nContent-Type: text/html; charset=utf-8\n"
	    "Cache-Control: no-store\nX-Content-Type-Options: nosniff\n"
	    "Content-Security-Policy: default-src 'self'\n\n"
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>%s - Forkful"
	    "</title>\n", status, title);
	while (top && (c = getc(top)) != EOF)
		putchar(c);
	if (top)
		fclose(top);
	printf("<p class=\"made\"><b>dine in</b> made for you by process %ld, "
	    "<a href=\"/cgi-bin/source/order\">how it is made</a></p>\n"
	    "<h1>%s</h1>\n", (long)getpid(), title);
}

/* Answer with an error and end. */
static void
fail(const char *status, const char *sentence)
{
	page(status, status + 4);
	printf("<p>%s</p>\n</main>\n</body>\n</html>\n", sentence);
	exit(0);
}

/* The menu: a server starts a program in the program's own directory. */
static void
read_menu(void)
{
	char line[256];
	FILE *f = fopen("menu.txt", "r");

	while (f && n_dishes < MAX_DISHES && fgets(line, sizeof(line), f)) {
		struct dish *d = &dishes[n_dishes];

		if (sscanf(line, "%15[a-z]\t%d\t%*d\t%63[^\n]", d->key,
		    &d->cents, d->name) == 3)
			n_dishes++;
	}
	if (n_dishes == 0)
		fail("500 Internal Server Error", "There is no menu.txt.");
	fclose(f);
}

/* The request's body, as a string in buf.  A pipe gives it piece by piece. */
static void
read_body(char *buf, size_t size)
{
	const char *given = env("CONTENT_LENGTH");
	char *end;
	unsigned long want = strtoul(given, &end, 10);
	size_t have = 0;

	if (!isdigit((unsigned char)*given) || *end)
		fail("411 Length Required", "How long is your order?");
	if (want >= size)
		fail("413 Content Too Large", "That is too much to carry.");
	while (have < want) {
		ssize_t n = read(STDIN_FILENO, buf + have, want - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			fail("400 Bad Request", "The order breaks off.");
		have += (size_t)n;
	}
	buf[have] = '\0';
}

/* Decode s into out, up to size bytes; control characters are left out. */
static void
decode(char *out, size_t size, const char *s)
{
	size_t n = 0;

	while (*s && n + 1 < size) {
		unsigned char c = *s == '+' ? ' ' : *s;

		if (c == '%' && isxdigit((unsigned char)s[1]) &&
		    isxdigit((unsigned char)s[2])) {
			char digits[] = { s[1], s[2], '\0' };

			c = (unsigned char)strtol(digits, NULL, 16);
			s += 2;
		}
		s++;
		if (c >= 32 && c != 127)
			out[n++] = (char)c;
	}
	out[n] = '\0';
}

/* Take "key=value&key=value" apart, in place; what is bad counts as nothing. */
static void
read_order(struct order *o, char *text)
{
	memset(o, 0, sizeof(*o));
	for (char *key = strtok(text, "&"); key; key = strtok(NULL, "&")) {
		char *value = key + strcspn(key, "=");
		int n;

		if (*value)
			*value++ = '\0';
		n = isdigit((unsigned char)*value) && !value[1] ?
		    *value - '0' : 0;
		if (strcmp(key, "table") == 0)
			o->table = n;
		else if (strcmp(key, "name") == 0)
			decode(o->name, sizeof(o->name), value);
		for (int i = 0; i < n_dishes; i++)
			if (strcmp(key, dishes[i].key) == 0)
				o->count[i] = n;
	}
}

/* Copy our cookie, if it is there: "a=1; forkful_order=...; b=2". */
static void
read_cookie(char *buf, size_t size)
{
	static const char name[] = "forkful_order=";
	const char *s = env("HTTP_COOKIE");
	const size_t n = strlen(name);

	for (; *s; s += strcspn(s, ";")) {
		s += strspn(s, "; ");
		if (strncmp(s, name, n) == 0)
			snprintf(buf, size, "%.*s",
			    (int)strcspn(s + n, ";"), s + n);
	}
}

/* Keep the order in a cookie, or drop the cookie when there is no order. */
static void
send_cookie(const struct order *o)
{
	printf("Set-Cookie: forkful_order=table=%d", o->table);
	for (int i = 0; i < n_dishes; i++)
		if (o->count[i] > 0)
			printf("&%s=%d", dishes[i].key, o->count[i]);
	fputs("&name=", stdout);
	for (const unsigned char *s = (const void *)o->name; *s; s++)
		printf(isalnum(*s) ? "%c" : "%%%02X", *s);
	printf("; Path=/cgi-bin/; HttpOnly; SameSite=Lax; Max-Age=%d\n",
	    o->table > 0 ? 7200 : 0);
}

static void
show(const struct order *o)
{
	int total = 0;

	page("200 OK", "Order");
	printf("<form method=\"post\">\n<p><label>Table, 1 to 9 (0 cancels) "
	    "<input name=\"table\" type=\"number\" min=\"0\" max=\"9\" "
	    "value=\"%d\"></label></p>\n<p><label>Your name "
	    "<input name=\"name\" maxlength=\"15\" value=\"",
	    o->table > 0 ? o->table : 4);
	escape(o->name);
	puts("\"></label></p>\n<fieldset>\n<legend>Up to 9 of each</legend>");
	for (int i = 0; i < n_dishes; i++) {
		fputs("<p class=\"dish\"><label>", stdout);
		escape(dishes[i].name);
		printf(" <span>%d.%02d</span> <input name=\"%s\" "
		    "type=\"number\" min=\"0\" max=\"9\" value=\"%d\"></label>"
		    "</p>\n", dishes[i].cents / 100, dishes[i].cents % 100,
		    dishes[i].key, o->count[i]);
		total += o->count[i] * dishes[i].cents;
	}
	puts("</fieldset>\n<p><button>Order</button></p>\n</form>");
	if (o->table > 0)
		printf("<p class=\"bill\">Table %d owes <b>%d.%02d</b>. "
		    "<a href=\"/cgi-bin/kitchen\">Watch it cook</a></p>\n",
		    o->table, total / 100, total % 100);
	puts("</main>\n</body>\n</html>");
}

int
main(void)
{
	char text[MAX_FORM] = "";
	struct order order;

	read_menu();
	if (strcmp(env("REQUEST_METHOD"), "POST") == 0) {
		read_body(text, sizeof(text));
		read_order(&order, text);
		puts("Status: 303 See Other\nLocation: /cgi-bin/order");
		send_cookie(&order);
		putchar('\n');
	} else {
		read_cookie(text, sizeof(text));
		read_order(&order, text);
		show(&order);
	}
	return fflush(stdout) ? 1 : 0;
}
