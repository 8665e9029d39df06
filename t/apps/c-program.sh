#!/bin/sh
#
# c-program.sh - a program in C by hand: a form that sets a cookie and redirects,
# and an upload whose bytes come back.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl cc

cat >"$dir/data/dish.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
var(const char *name)
{
	const char *z = getenv(name);

	return z != NULL ? z : "";
}

int
main(void)
{
	long length = atol(var("CONTENT_LENGTH"));
	char room[4096];
	size_t n;

	if (strcmp(var("PATH_INFO"), "/order") == 0) {
		n = fread(room, 1, sizeof(room) - 1, stdin);
		room[n] = 0;
		printf("Status: 303 See Other\r\nLocation: /cgi-bin/dish/seen\r\n"
		    "Set-Cookie: %s; Path=/; HttpOnly\r\n\r\n", room);
	} else if (strcmp(var("PATH_INFO"), "/local") == 0) {
		printf("Location: /cgi-bin/dish/seen\nSet-Cookie: way=local\n\n");
	} else if (strcmp(var("PATH_INFO"), "/echo") == 0) {
		printf("Content-Type: application/octet-stream\r\n"
		    "Content-Length: %ld\r\n\r\n", length);
		while ((n = fread(room, 1, sizeof(room), stdin)) > 0)
			fwrite(room, 1, n, stdout);
	} else {
		printf("Content-Type: text/plain\n\ncookie=%s\n",
		    var("HTTP_COOKIE"));
	}
	return 0;
}
END
cc -o "$dir/cgi-bin/dish" "$dir/data/dish.c" || fail "it does not compile"
head -c 3000000 /dev/urandom >"$dir/up"
serve <<'END'
END

get /cgi-bin/dish/order -d dish=omelette -c "$dir/jar" -L
status 200
page '^cookie=dish=omelette$'
get /cgi-bin/dish/local
status 200
head_has '^Set-Cookie: way=local'
page '^cookie=$'
for coding in '' chunked; do
	get /cgi-bin/dish/echo --data-binary "@$dir/up" \
	    -H "Transfer-Encoding: $coding" -H 'Expect: 100-continue'
	status 200
	cmp "$dir/page" "$dir/up" || fail "the echo differs"
done
finish
