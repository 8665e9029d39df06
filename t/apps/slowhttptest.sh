#!/bin/sh
#
# slowhttptest.sh - slowhttptest in all its modes, with many more connections
# than MaxRequestWorkers, for SLOW_SECONDS each: meanwhile other clients are
# served.  How long the slowest of them waited, and whether slowhttptest found
# the service available, is told; on a busy machine it may take a while.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs slowhttptest
seconds=${SLOW_SECONDS-4}
connections=${SLOW_CONNECTIONS-500}

limit=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
if [ "$limit" != unlimited ] && [ "$limit" -lt $((connections + 200)) ]; then
	skip "$connections connections need more than $limit open files"
fi

echo "please take a seat" >"$dir/htdocs/index.html"
head -c 5000000 /dev/zero >"$dir/htdocs/large"
program eat <<'END'
#!/bin/sh
exec cat >/dev/null
END
serve <<'END'
MaxRequestWorkers 50
CustomLog logs/access_log "%h %>s %O"
LogLevel error
END

# attack NAME ARGUMENTS PATH: one line of the table.
attack()
{
	mode=$1
	shift
	timeout $((seconds + 60)) slowhttptest "$@" -c "$connections" \
	    -r "$connections" -l "$seconds" -g -o "$dir/$mode" -v 1 -p 10 \
	    >"$dir/$mode.out" 2>&1 &
	attacker=$!
	helpers=$attacker
	sleep 1
	"$load" -c 4 -k 4 -p 50 -t "$((seconds - 1))" "$port" /,200,19 \
	    >"$dir/$mode.load" 2>&1 ||
	    fail "$mode: $(cat "$dir/$mode.load")"
	wait "$attacker" || :
	helpers=
	# Seconds, closed, pending, connected, service available.
	most=$(awk -F , 'NR > 1 && $3 + $4 > n { n = $3 + $4 }
	    END { print n + 0 }' "$dir/$mode.csv")
	down=$(awk -F , 'NR > 2 && $NF + 0 == 0 { n++ } END { print n + 0 }' \
	    "$dir/$mode.csv")
	echo "$mode: $most connections at once, $down s unavailable;" \
	    "$(tail -n 1 "$dir/$mode.load")"
}

attack headers -H -i 1 -u "$url/"
attack body -B -i 1 -s 8192 -u "$url/"
attack program -B -i 1 -s 8192 -u "$url/cgi-bin/eat"
attack read -X -w 1 -y 64 -n 1 -z 8 -k 3 -u "$url/large"
attack range -R -u "$url/large" -t HEAD -a 10 -b 3000

finish
