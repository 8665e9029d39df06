#!/bin/sh
#
# reload.sh - twenty times kill -HUP under load, once with a broken file, and not
# one request fails: 64 clients that keep their connections and 16 that do not,
# for files and for programs.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
reloads=${RELOADS-20}

echo "the same for everyone" >"$dir/htdocs/menu"
head -c 200000 /dev/urandom >"$dir/htdocs/wine-list"
program cook <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\nmade to order\n'
END

# settings N: a configuration that can be told from the others.
settings()
{
	cat <<END
KeepAliveTimeout 60
MaxKeepAliveRequests 0
Alias /round-$1 "$dir/htdocs/menu"
END
}

# Does the server work by configuration N?
works_by()
{
	"$load" -c 1 -n 1 "$port" "/round-$1,200,22"
}

settings 0 >"$dir/first"
serve <"$dir/first"
"$load" -k 64 -c 16 -p 20 "$port" /menu,200,22 /cgi-bin/cook,200,14 \
    /wine-list,200,200000 /menu,200,22 /nowhere,404 >"$dir/load" 2>&1 &
client=$!
helpers=$client
within 60 grep -q ready "$dir/load"

round=1
while [ "$round" -le "$reloads" ]; do
	settings "$round" | configure
	kill -HUP "$master"
	within 60 works_by "$round"
	gone "$client" && fail "the clients gave up: $(cat "$dir/load")"
	if [ "$round" = $((reloads / 2)) ]; then
		# A mistake: it is told, and nothing else happens.
		{ settings wrong; echo "KeepAlice On"; } | configure
		kill -HUP "$master"
		within 60 grep -Eq 'httpd.conf:[0-9]+:1: .*KeepAlice' \
		    "$dir/logs/error_log"
		works_by "$round" >/dev/null || fail "broken, and taken over"
	fi
	round=$((round + 1))
	sleep "${RELOAD_PAUSE-0.5}"
done

kill -TERM "$client"
helpers=
wait "$client" || fail "$(cat "$dir/load")"
echo "$reloads reloads: $(tail -n 1 "$dir/load")"

finish
