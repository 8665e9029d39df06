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

curl -s -o "$dir/got" "$url/large" || fail "a fast client was let go"
cmp -s "$dir/got" "$dir/htdocs/large" || fail "another file"

# What is on the way already, the slow one may still read for long.
curl -s -o "$dir/got" --limit-rate 20000 "$url/large" &
helpers=$!
within 60 grep -q 'did not take the answer in time' "$dir/logs/error_log"
kill "$helpers"
helpers=
if cmp -s "$dir/got" "$dir/htdocs/large"; then
	fail "a slow client got it all"
fi

finish
