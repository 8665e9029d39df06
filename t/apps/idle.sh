#!/bin/sh
#
# idle.sh - twenty thousand connections that do nothing, held by two workers:
# what each costs, and that each is answered once more.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"

[ -r /proc/self/smaps_rollup ] || skip "there is no /proc/PID/smaps_rollup"
# Two clients and two workers have so many each, and a few files beside.
limit=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
[ "$limit" != unlimited ] || limit=1000000
half=$((${CONNECTIONS-20000} / 2))
while [ $half -gt $((limit * 3 / 4 - 100)) ]; do
	half=$((half / 2))
done
[ $half -ge 1000 ] || skip "there can be $limit open files only"
connections=$((2 * half))

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
clients=
for n in 1 2; do
	"$load" -i -s 10 -k $half "$port" /,200,25 >"$dir/load$n" 2>&1 &
	clients="$clients $!"
	helpers=$clients
done
for n in 1 2; do
	within 120 grep -q ready "$dir/load$n"
done
after=$(memory)
echo "$connections connections: $(((after - before) * 1024 / connections))" \
    "bytes each ($before KiB before, $after KiB with them)"

for client in $clients; do
	kill -TERM "$client"
done
helpers=
for client in $clients; do
	wait "$client" || fail "$(cat "$dir"/load?)"
done
for n in 1 2; do
	grep -qx "held $half" "$dir/load$n" || fail "$(cat "$dir/load$n")"
	tail -n 1 "$dir/load$n"
done

finish
