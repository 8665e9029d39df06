#!/bin/sh
#
# debian.sh - the tree of Debian's package apache2, as it is, but for its port.
#
# A copy of /etc/apache2 is served with envvars' variables, and asked the same
# as apache2 is when it serves that copy.  Then all modules are enabled: what is
# not built in is warned of, or an error with its place.

. "${SRCDIR:?}/t/apps/common"
needs curl
[ "$(id -u)" = 0 ] || skip "the tree's user can only be changed to by root"
for part in apache2.conf mods-enabled; do
	[ -e "/etc/apache2/$part" ] ||
	    skip "there is no tree of Debian's apache2"
done
[ -f /var/www/html/index.html ] || skip "there is no default site"

# copy NAME PORT: the tree, moved to the port.
copy()
{
	cp -a /etc/apache2 "$dir/$1"
	sed -i "s/^\([[:space:]]*\)Listen 80\$/\1Listen 127.0.0.1:$2/" \
	    "$dir/$1/ports.conf"
	sed -i "s/^<VirtualHost \*:80>/<VirtualHost *:$2>/" \
	    "$dir/$1"/sites-available/*.conf
}

# environment NAME: what envvars exports, with places of our own.
environment()
{
	export APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data LANG=C
	export APACHE_PID_FILE="$dir/$1.run/apache2.pid"
	export APACHE_RUN_DIR="$dir/$1.run" APACHE_LOCK_DIR="$dir/$1.run"
	export APACHE_LOG_DIR="$dir/$1.log"
	mkdir -p "$dir/$1.run" "$dir/$1.log"
}

# ask URL: the status; of what was found, type and body, too.  (Error pages are
# our own; /cgi-bin/ is there when a module for scripts is, as it always is here.)
ask()
{
	said=$(curl -s -o "$dir/body" -w '%{http_code} %{content_type}' "$1")
	case $said in
	200*) echo "$said $(cksum <"$dir/body")" ;;
	*) echo "${said%% *}" ;;
	esac
}

# answers PORT: to all that is asked of both.
answers()
{
	for path in / /index.html /none /icons/ /icons/apache_pb.png \
	    /icons/README /.htaccess /icons/%2e%2e/ /index.html/x \
	    /icons; do
		echo "$path $(ask "http://127.0.0.1:$1$path")"
	done
}

# ---- As it is ---------------------------------------------------------------

port=$("$load" -P)
copy tree "$port"
environment tree
"$FORKFUL" -d "$dir/tree" -f apache2.conf -t >"$dir/said" 2>&1 || {
	grep -v '^warning' "$dir/said"
	fail "the tree is not taken"
}
tail -n 1 "$dir/said" | grep -q '^Syntax OK$' || fail "not Syntax OK"
"$FORKFUL" -d "$dir/tree" -f apache2.conf -S 2>/dev/null >"$dir/said"
grep -q "^\*:$port .*(.*/sites-enabled/000-default.conf:1)\$" "$dir/said" ||
	fail "-S does not show the default site"
grep -q '^User: name="www-data" id=' "$dir/said" || fail "-S shows no user"

"$FORKFUL" -d "$dir/tree" -f apache2.conf -k start >"$dir/stderr" 2>&1 ||
	fail "the tree does not start"
within 10 test -s "$APACHE_PID_FILE"
helpers=$(cat "$APACHE_PID_FILE")
within 10 curl -s -o /dev/null "http://127.0.0.1:$port/"
answers "$port" >"$dir/ours"
curl -s "http://127.0.0.1:$port/" | cmp -s - /var/www/html/index.html ||
	fail "/ is not the default page"
grep -q '"GET /icons/README HTTP' "$dir/tree.log/access.log" ||
	fail "the access log has no line of it"
"$FORKFUL" -d "$dir/tree" -f apache2.conf -k stop >>"$dir/stderr" 2>&1 ||
	fail "-k stop says no"
within 10 gone "$helpers"
helpers=

# ---- As apache2 has it ------------------------------------------------------

if command -v apache2 >/dev/null; then
	port=$("$load" -P)
	copy peer "$port"
	environment peer
	apache2 -d "$dir/peer" -f "$dir/peer/apache2.conf" -k start \
	    2>>"$dir/stderr" || fail "apache2 does not start"
	within 10 test -s "$APACHE_PID_FILE"
	helpers=$(cat "$APACHE_PID_FILE")
	within 10 curl -s -o /dev/null "http://127.0.0.1:$port/"
	answers "$port" >"$dir/theirs"
	kill -TERM "$helpers"
	within 10 gone "$helpers"
	helpers=
	diff "$dir/theirs" "$dir/ours" || fail "apache2 answers otherwise"
else
	echo "$name: there is no apache2 to compare with"
fi

# ---- With mod_cgid, as a2enmod cgi leaves it --------------------------------

for f in cgid.load cgid.conf; do
	ln -sf "../mods-available/$f" "$dir/tree/mods-enabled/$f"
done
environment tree
"$FORKFUL" -d "$dir/tree" -f apache2.conf -t >"$dir/said" 2>&1 || {
	grep -v '^warning' "$dir/said"
	fail "the tree with mod_cgid is not taken"
}

# ---- With all modules enabled -----------------------------------------------

for f in "$dir"/tree/mods-available/*.load "$dir"/tree/mods-available/*.conf; do
	case $f in */mpm_*) continue ;; esac
	ln -sf "../mods-available/${f##*/}" "$dir/tree/mods-enabled/${f##*/}"
done
environment tree
"$FORKFUL" -d "$dir/tree" -f apache2.conf -t >"$dir/said" 2>&1 || :
grep -q 'LoadModule names a module that is not built in' "$dir/said" ||
	fail "nothing is said of modules that are not built in"
if grep '^error:' "$dir/said" | grep -v "/mods-enabled/[a-z0-9_]*\.conf:[0-9]*:[0-9]*: Invalid command" \
    >"$dir/strange"; then
	cat "$dir/strange"
	fail "errors of another kind"
fi
[ "$(grep -c '^error:' "$dir/said")" = \
    "$(grep -c '^       = it .* not built in' "$dir/said")" ] ||
	fail "an error does not say whose directive it is"
echo "$name: passed"
