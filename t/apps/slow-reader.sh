#!/bin/sh
#
# slow-reader.sh - ResponseMinRate: a client that takes its answer steadily, but
# too slowly on the whole, is let go; one that takes its time within the rate is
# not.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl

# More than the buffers on the way can be.
head -c 40000000 /dev/zero >"$dir/htdocs/large"
serve <<'END'
SendBufferSize 8192
Timeout 2
ResponseMinRate 500000
<Directory />
	EnableSendfile Off
</Directory>
END

# fetch RATE: the exit status of curl, which takes so many bytes a second.
fetch()
{
	status=0
	curl -s -o "$dir/got" --limit-rate "$1" --max-time 120 "$url/large" ||
	    status=$?
	echo "at $1 bytes a second: status $status," \
	    "$(wc -c <"$dir/got") bytes"
	return $status
}

fetch 1G || fail "a fast client was let go"
cmp -s "$dir/got" "$dir/htdocs/large" || fail "another file"
# 18: the rest did not come.
fetch 20000 && fail "a slow client got it all"
[ $status = 18 ] || fail "it was not let go"
grep -q 'did not take the answer in time' "$dir/logs/error_log" ||
    fail "it was not told"

finish
