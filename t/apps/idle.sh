#!/bin/sh
#
# idle.sh - ten thousand connections that do nothing, held by two workers: what
# each costs, and that each is answered once more.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
connections=${CONNECTIONS-10000}

[ -r /proc/self/smaps_rollup ] || skip "there is no /proc/PID/smaps_rollup"
limit=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
if [ "$limit" != unlimited ] && [ "$limit" -lt $((connections + 200)) ]; then
	skip "$connections connections need more than $limit open files"
fi

echo "please wait to be seated" >"$dir/htdocs/index.html"
serve <<'END'
KeepAliveTimeout 600
MaxKeepAliveRequests 0
END

# memory: KiB that the workers alone have, all together.
memory()
{
	for pid in $(workers); do
		cat "/proc/$pid/smaps_rollup"
	done | awk '/^Private_(Clean|Dirty):/ { n += $2 } END { print n }'
}

"$load" -k 10 -n 1000 "$port" / >/dev/null || fail "the first requests"
before=$(memory)
"$load" -i -k "$connections" "$port" /,200,25 >"$dir/load" 2>&1 &
client=$!
helpers=$client
within 120 grep -q ready "$dir/load"
after=$(memory)
echo "$connections connections: $(((after - before) * 1024 / connections))" \
    "bytes each ($before KiB before, $after KiB with them)"

kill -TERM "$client"
helpers=
wait "$client" || fail "$(cat "$dir/load")"
grep -qx "held $connections" "$dir/load" || fail "$(cat "$dir/load")"
tail -n 1 "$dir/load"

finish
