#!/bin/sh
#
# curl.sh - curl gets and sends what it should: ranges, resumed and conditional
# downloads, big bodies both ways, one connection for many requests, HTTP/1.0.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl cmp

head -c 20971520 /dev/urandom >"$dir/htdocs/big"
echo small >"$dir/htdocs/small"
program echo <<'END'
#!/bin/sh
printf 'Content-Type: application/octet-stream\r\n\r\n'
exec cat
END
program swallow <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
exec cksum
END
serve <<'END'
END

get()
{
	curl -sS --max-time 120 "$@"
}

same()
{
	cmp "$dir/htdocs/big" "$1" || fail "$2: other bytes came"
}

get -o "$dir/got" "$url/big"
same "$dir/got" "a big file"

# Three quarters are there already; the rest follows.
head -c 15000000 "$dir/htdocs/big" >"$dir/got"
get -C - -o "$dir/got" "$url/big"
same "$dir/got" "a resumed download"

# Put together from its ends.
get -r 0-9999999 -o "$dir/part1" "$url/big"
get -r 10000000- -o "$dir/part2" "$url/big"
cat "$dir/part1" "$dir/part2" >"$dir/got"
same "$dir/got" "two ranges"
get -r -1000 -o "$dir/got" "$url/big"
tail -c 1000 "$dir/htdocs/big" | cmp - "$dir/got" || fail "the last bytes"
[ "$(get -r 99999999- -o /dev/null -w '%{http_code}' "$url/big")" = 416 ] ||
	fail "a range beyond the end is not refused"

# Several ranges come as one multipart body, each as it is in the file.
get -r 0-99,5000-5099 -D "$dir/head" -o "$dir/got" "$url/big"
grep -qi '^content-type: multipart/byteranges; *boundary=' "$dir/head" ||
	fail "two ranges in one request are no multipart/byteranges"
[ "$(grep -aci '^content-range: bytes' "$dir/got")" = 2 ] ||
	fail "not two parts"

# Nothing is sent twice to whom it may concern.
get -z "$dir/htdocs/small" -D "$dir/head" -o /dev/null "$url/small"
grep -q '^HTTP/1.1 304 ' "$dir/head" || fail "If-Modified-Since brings no 304"
tag=$(get -I "$url/small" | sed -n 's/^[Ee][Tt]ag: \([^\r]*\).*/\1/p')
[ "$(get -H "If-None-Match: $tag" -o /dev/null -w '%{http_code}' \
    "$url/small")" = 304 ] || fail "If-None-Match brings no 304"

# One connection will do.
connections=$(get -w '%{num_connects}\n' -o /dev/null "$url/small" \
    -o /dev/null "$url/cgi-bin/swallow" -o /dev/null "$url/small" |
    awk '{ n += $1 } END { print n }')
[ "$connections" = 1 ] || fail "three requests took $connections connections"

# An old client.
[ "$(get -0 "$url/small")" = small ] || fail "HTTP/1.0"

# Big bodies to a program and back, at the same time.
get --data-binary "@$dir/htdocs/big" -o "$dir/got" "$url/cgi-bin/echo"
same "$dir/got" "a big body echoed"
get -T "$dir/htdocs/big" -X POST -H 'Transfer-Encoding: chunked' \
    -o "$dir/got" "$url/cgi-bin/echo"
same "$dir/got" "a chunked body echoed"
[ "$(get --data-binary "@$dir/htdocs/big" "$url/cgi-bin/swallow")" = \
    "$(cksum <"$dir/htdocs/big")" ] || fail "a big body swallowed"

# Many at once.
for i in 1 2 3 4 5 6 7 8; do
	get -o "$dir/got$i" "$url/big" &
	jobs="${jobs-} $!"
done
# shellcheck disable=SC2086 # a word each
for job in $jobs; do
	wait "$job" || fail "one of eight downloads at once"
done
for i in 1 2 3 4 5 6 7 8; do
	same "$dir/got$i" "one of eight downloads at once"
done

finish
