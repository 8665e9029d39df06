#!/bin/sh
#
# soak.sh - a long day at the server: requests of all kinds, whole and aborted,
# right and wrong, SOAK_REQUESTS of them by the dice of SOAK_SEED.  Every answer
# must be right, and at the end nothing may be left behind.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
soak=$BUILDDIR/t/soak/soak
requests=${SOAK_REQUESTS-30000}
seed=${SOAK_SEED-1}

[ -r /proc/self/smaps_rollup ] || skip "there is no /proc/PID/smaps_rollup"

"$soak" -f small >"$dir/htdocs/small"
"$soak" -f large >"$dir/htdocs/large"
program echo <<'END'
#!/bin/sh
printf 'Content-Type: application/octet-stream\n\n'
exec cat
END

serve <<'END'
MaxKeepAliveRequests 0
KeepAliveTimeout 30
MaxRequestWorkers 100
LogLevel error
CustomLog logs/access_log "%h %t \"%r\" %>s %b"
END

# What two workers keep to be answered again, and a little; sanitizers keep for
# long what was freed.
more=20000
grep -q __asan_init "$FORKFUL" && more=2000000

echo "seed $seed"
"$soak" -m $more -s "$seed" -n "$requests" -i "${SOAK_SECONDS-10}" "$port" "$master" ||
    fail "with seed $seed"
# Whole lines only.
if grep -avEq '^127\.0\.0\.[0-9]+ \[.*\] ".*" [0-9]{3} ([0-9]+|-)$' \
    "$dir/logs/access_log"; then
	fail "the access log has half a line"
fi

finish
