#!/bin/sh
#
# cgi-storm.sh - scripts of all kinds, asked for by clients without patience,
# while clients, scripts and workers are killed and the configuration is read
# again: STORM_REQUESTS of them by the dice of STORM_SEED, and for STORM_SECONDS
# at least.  At the end there is no zombie, no orphan, no leaked descriptor, and
# no more memory than before; every request was answered, or its connection was
# closed.
#
#	make storm		in a build directory: the long one, of 100,000
#				scripts and ten minutes
#	make storm STORM_REQUESTS=5000 STORM_SECONDS=60

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
storm=$BUILDDIR/t/talk/storm
requests=${STORM_REQUESTS-1500}
seconds=${STORM_SECONDS-0}
seed=${STORM_SEED-$(date +%s)}
part=$((requests < 5000 ? requests : 5000))

[ -r /proc/self/environ ] || skip "there is no /proc/PID/environ"

program quick <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\nquick\n'
END
program slow <<'END'
#!/bin/sh
sleep 0.1
printf 'Content-Type: text/plain\n\nslow\n'
END
program large <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
head -c 300000 /dev/zero
END
program echo <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
exec cat
END
program deaf <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\nnot interested\n'
END
program forever <<'END'
#!/bin/sh
exec sleep 1000
END
program stubborn <<'END'
#!/bin/sh
trap '' TERM
printf 'Content-Type: text/plain\n\n'
while :; do echo still here; sleep 0.1; done
END
program family <<'END'
#!/bin/sh
sleep 1000 &
printf 'Content-Type: text/plain\n\nfamily\n'
wait
END
program worker <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\nworks on\n'
exec >&- 2>&-
sleep 0.2
END
program crash <<'END'
#!/bin/sh
echo "it hurts" >&2
kill -SEGV $$
END
program bad <<'END'
#!/bin/sh
echo this is no head
END
program local <<'END'
#!/bin/sh
printf 'Location: /cgi-bin/quick\n\n'
END
serve <<END
SetEnv STORM_OF $dir
CGIScriptTimeout 20
LogLevel emerg
MaxRequestWorkers 200
GracefulShutdownTimeout 3
END

# The scripts that run, and what they started: all have our mark.
scripts()
{
	grep -alsF "STORM_OF=$dir" /proc/[0-9]*/environ 2>/dev/null |
	    sed 's|/proc/\([0-9]*\)/environ|\1|'
}

# any NUMBER ...: one of them, or nothing.
any()
{
	[ $# -gt 0 ] || return 0
	shift $(($(od -An -N2 -tu2 /dev/urandom) % $#))
	echo "$1"
}

# Whatever the dice say, every fifth of a second.
# shellcheck disable=SC2046
trouble()
{
	while :; do
		pid=
		case $(($(od -An -N2 -tu2 /dev/urandom) % 20)) in
		0) kill -HUP "$master" ;;
		1) kill -USR1 "$master" ;;
		2) pid=$(any $(workers)) how=KILL ;;
		3 | 4 | 5) pid=$(any $(scripts)) how=TERM ;;
		6) pid=$(any $(scripts)) how=STOP ;;
		7) pid=$(any $(scripts)) how=SEGV ;;
		*) pid=$(any $(scripts)) how=KILL ;;
		esac
		[ -z "$pid" ] || kill -"$how" "$pid" 2>/dev/null || :
		sleep 0.2
	done
}

# KiB of private memory that the server's own processes have.
memory()
{
	for pid in $master $(workers); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '/^Private/ { n += $2 } END { print n + 0 }'
}

descriptors()
{
	for pid in $(workers); do
		ls "/proc/$pid/fd" 2>/dev/null
	done | wc -l
}

# The staff is complete and at rest: two workers, and no script.
at_rest()
{
	[ "$(workers | wc -l)" = 2 ] && [ -z "$(scripts)" ]
}

zombies()
{
	for pid in $master $(workers); do
		cat "/proc/$pid/task/$pid/children" 2>/dev/null
	done | tr ' ' '\n' | while read -r pid; do
		sed -n 's/^\([0-9]*\) .*) Z .*/\1/p' "/proc/$pid/stat" \
		    2>/dev/null
	done
}

# round REQUESTS
round()
{
	"$storm" -s "$seed" -c 20 -n "$1" "$port" \
	    /cgi-bin/quick /cgi-bin/quick /cgi-bin/slow /cgi-bin/large \
	    +/cgi-bin/echo +/cgi-bin/echo +/cgi-bin/deaf '!/cgi-bin/forever' \
	    '!/cgi-bin/stubborn' '!/cgi-bin/family' /cgi-bin/worker \
	    /cgi-bin/crash /cgi-bin/bad /cgi-bin/local /cgi-bin/missing ||
	    fail "a client waits in vain; seed $seed"
}

# How many processes of the server's, and scripts, there are now.
progress()
{
	echo "$1 requests, $(($(date +%s) - began)) s: memory $(memory) KiB," \
	    "descriptors $(descriptors), zombies $(zombies | wc -l)," \
	    "scripts $(scripts | wc -l)"
}

# New workers, so that all have the same behind them.
settle()
{
	kill -HUP "$master"
	sleep 1
	within 30 at_rest
}

echo "seed $seed"
round 300
settle
memory_before=$(memory)
descriptors_before=$(descriptors)

trouble 2>/dev/null &
helpers=$!
began=$(date +%s)
asked=0
while [ "$asked" -lt "$requests" ] ||
    [ $(($(date +%s) - began)) -lt "$seconds" ]; do
	round "$part"
	asked=$((asked + part))
	seed=$((seed + 1))
	progress $asked
done
kill -KILL "$helpers"
wait "$helpers" 2>/dev/null || :
helpers=

# Workers that were killed had groups that must be gone, too; stopped scripts
# are ended by their time.
within 40 at_rest
[ -z "$(zombies)" ] || fail "there are zombies: $(zombies)"
settle
round 300
settle
memory_after=$(memory)
descriptors_after=$(descriptors)
echo "memory: before $memory_before KiB, after $memory_after KiB"
echo "descriptors: before $descriptors_before, after $descriptors_after"
[ "$descriptors_after" -le "$descriptors_before" ] ||
    fail "descriptors were leaked"
# Sanitizers keep for a while what was freed.
grep -q __asan_init "$FORKFUL" && room=32768 || room=2048
[ "$memory_after" -le $((memory_before + room)) ] || fail "memory was leaked"
# Workers were killed on purpose; nothing else may have ended them.
sed '/exit signal Killed/d' "$dir/logs/error_log" >"$dir/logs/error_log.new"
mv "$dir/logs/error_log.new" "$dir/logs/error_log"
finish
[ -z "$(scripts)" ] || fail "scripts are left: $(scripts)"
