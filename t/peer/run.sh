#!/bin/sh
#
# run.sh - do Apache and Forkful answer alike?
#
#	FORKFUL=... BUILDDIR=... t/peer/run.sh [REQUEST ...]
#
# Starts both servers on the same files with the same configuration (site.conf),
# sends each of requests/*.req to both, byte by byte as it is, each block of
# requests/*.set (see ask.c), and those of the tables (tables.awk), and compares
# all that comes back: status, fields, body.  Dates, ports, the servers' names
# and the words of pages that they make themselves do not count.  REQUEST is a
# name, for a block SET/NAME.
#
# Differences that are wanted stand in the file "known", one in a line: the
# request, what differs, and why, with tabs between; * is a wildcard.  Any other
# difference is told and makes the run fail, and so does a line of "known" that
# is not needed any more.  Without Debian's apache2 there is nothing to compare.

set -u
: "${FORKFUL:?}" "${BUILDDIR:?}"
LC_ALL=C
TZ=UTC
export LC_ALL TZ
umask 022

peer=$(cd "$(dirname "$0")" && pwd) || exit 99
modules=/usr/lib/apache2/modules
ask=$BUILDDIR/t/peer/ask
apache_pid=
forkful_pid=

apache=$(command -v apache2 || command -v httpd)
if [ -z "$apache" ] || [ ! -d "$modules" ]; then
	echo "run.sh: SKIPPED: Debian's apache2 is not installed"
	exit 77
fi
[ -x "$ask" ] || {
	echo "run.sh: there is no $ask"
	exit 99
}

dir=$(mktemp -d /tmp/peer.XXXXXX) && chmod 755 "$dir" || exit 99

clean()
{
	status=$?
	trap - EXIT
	for pid in $apache_pid $forkful_pid; do
		kill -TERM "$pid" 2>/dev/null && wait "$pid"
	done
	[ -n "${TALK_KEEP-}" ] || rm -rf "$dir"
	exit $status
}
trap clean EXIT
trap 'exit 99' HUP INT TERM

# ---- The site ------------------------------------------------------------------

# file NAME: with the content of standard input.
file()
{
	mkdir -p "$dir/${1%/*}" && cat >"$dir/$1"
}

program()
{
	file "$1" && chmod 755 "$dir/$1"
}

make_files()
{
	mkdir "$dir/logs"
	printf '%s\n' 'text/html html htm' 'text/plain txt' 'text/css css' \
	    'image/png png' 'application/pdf pdf' >"$dir/mime.types"

	for name in index.html a.html a.txt a.txt.bak b.secret noextension \
	    'with space.txt' 'per%cent.txt' style.css unknown.xyz \
	    page.html.fr letter.utf8.txt dish.recipe data.txt.gz \
	    index/second.html etag/a.txt fallback/a.txt fallback-program/a.txt \
	    errors/404.html \
	    charset/a.txt charset/a.html charset/a.png forced/a.txt \
	    more/a.txt list/a.txt list/.hidden noslash/a.txt noindex/a.txt \
	    nolinks/a.txt sub/index.html sub/deep/index.html; do
		echo "This is $name." | file "htdocs/$name"
	done
	mkdir "$dir/htdocs/list/dir" "$dir/htdocs/empty"
	: >"$dir/htdocs/empty.txt"
	i=0
	while [ $i -lt 1000 ]; do
		printf '%09d\n' $i
		i=$((i + 1))
	done >"$dir/htdocs/numbers.txt"
	ln -s a.txt "$dir/htdocs/link.txt"
	ln -s a.txt "$dir/htdocs/nolinks/link.txt"
	ln -s ../other "$dir/htdocs/linked"
	ln -s nowhere "$dir/htdocs/dangling"

	for name in other/a.txt other/b.txt other/index.html \
	    second/index.html second/a.txt second/list/a.txt; do
		echo "This is $name." | file "$name"
	done
	find "$dir" ! -type l -exec touch -d '2024-05-06 07:08:09.123456' {} +
}

make_programs()
{
	for name in htdocs/programs/env.cgi htdocs/noexec/env.cgi \
	    htdocs/program-index/index.cgi cgi-bin/env cgi-bin/limited \
	    cgi-bin/auth cgi-bin/var; do
		program "$name" <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
printf 'arguments:'
printf ' <%s>' "$@"
printf '\ndirectory: %s\n' "${PWD##*/}"
env | grep -Ev '^(_|REDIRECT_TZ|(REDIRECT_)?(PWD|OLDPWD|SHLVL|REMOTE_PORT|SERVER_SOFTWARE|SERVER_SIGNATURE|PATH|LC_CTYPE))=' |
    sort
END
	done
	program cgi-bin/echo <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
printf '%s: ' "$REQUEST_METHOD"
cat
END
	# Says what its query says, with | between lines.
	program cgi-bin/say <<'END'
#!/bin/sh
printf '%s' "$PATH_INFO" | sed 's|^/||' | tr '|' '\n'
END
	program cgi-bin/loop <<'END'
#!/bin/sh
printf 'Location: /cgi-bin/loop\n\n'
END
	program cgi-bin/nph-say <<'END'
#!/bin/sh
printf 'HTTP/1.1 203 As It Is\r\nX-Own: yes\r\n\r\nbody\n'
END
	program cgi-bin/fail <<'END'
#!/bin/sh
exit 3
END
	printf 'Content-Type: text/plain\n\nno program\n' |
	    file cgi-bin/not-executable
	mkdir "$dir/cgi-bin/directory"
}

# ---- The servers ---------------------------------------------------------------

# start NAME PROGRAM: $port and $pid are its own.
start()
{
	name=$1
	try=0
	while [ $try -lt 5 ]; do
		try=$((try + 1))
		port=$("$BUILDDIR/t/talk/load" -P)
		set -- "$2" -d "$dir" -f "$peer/site.conf" \
		    -C "Define PORT $port" -C "Define DIR $dir" \
		    -C "Define NAME $name" -C "Define MODULES $modules" \
		    -D FOREGROUND
		[ "$(id -u)" != 0 ] || set -- "$@" -D RUNS_AS_ROOT
		# Apache ends its whole process group.
		setsid "$@" >"$dir/logs/$name.output" 2>&1 </dev/null &
		pid=$!
		until [ -s "$dir/logs/$name.pid" ]; do
			kill -0 $pid 2>/dev/null || break
			sleep 0.05
		done
		[ ! -s "$dir/logs/$name.pid" ] || return 0
		grep -qi 'in use' "$dir/logs/$name.output" \
		    "$dir/logs/$name.error" || break
		set -- "$name" "$1"
	done
	echo "run.sh: $name does not start:"
	cat "$dir/logs/$name.output" "$dir/logs/$name.error"
	exit 99
}

# ---- The comparison ------------------------------------------------------------

# Lines "REQUEST TAB WHAT TAB APACHE'S TAB OURS" for all that differs.
compare()
{
	awk -F '\t' '
	{
		fact = $1 FS $2
	}
	FILENAME == ARGV[1] {
		theirs[fact] = $3
		next
	}
	{
		if (!(fact in theirs))
			print fact FS "(none)" FS $3
		else if (theirs[fact] != $3)
			print fact FS theirs[fact] FS $3
		delete theirs[fact]
	}
	END {
		for (fact in theirs)
			print fact FS theirs[fact] FS "(none)"
	}' "$1" "$2" | sort
}

# Tell the differences that are not known, and what is known in vain.
judge()
{
	awk -F '\t' -v all="$1" '
	function pattern(glob)
	{
		gsub(/[.+(){}|^$\\]/, "\\\\&", glob)
		gsub(/\*/, ".*", glob)
		return "^" glob "$"
	}
	FILENAME == ARGV[1] {
		if ($0 ~ /^#/ || $0 == "")
			next
		if (NF != 3 || $3 == "") {
			print "known:" FNR ": not three parts"
			unknown++
			next
		}
		request[++n] = pattern($1)
		what[n] = pattern($2)
		place[n] = FNR
		next
	}
	{
		found = 0
		for (i = 1; i <= n; i++)
			if ($1 ~ request[i] && $2 ~ what[i])
				used[i] = found = 1
		if (found) {
			known++
			next
		}
		print $1 ": " $2 "\n\tapache:  " $3 "\n\tforkful: " $4
		unknown++
	}
	END {
		for (i = 1; i <= n && all; i++)
			if (!(i in used)) {
				print "known:" place[i] ": not needed"
				unknown++
			}
		printf "%d known differences, %d others\n", known, unknown
		exit unknown > 0
	}' "$peer/known" "$dir/differences"
}

# The blocks of all sets: "SET/NAME" TAB FILE TAB NAME.
all_blocks()
{
	for file in "$peer"/requests/*.set; do
		set=${file##*/}
		"$ask" -l "$file" | while read -r name; do
			printf '%s/%s\t%s\t%s\n' "${set%.set}" "$name" "$file" \
			    "$name"
		done
	done
}

make_files && make_programs || exit 99
awk -v dir="$dir" -f "$peer/tables.awk" "$peer"/tables/*.table || exit 99
find "$dir"/hosts/nego-* ! -type l -exec touch -d '2024-05-06 07:08:09.123456' {} +
start apache "$apache"
apache_pid=$pid
apache_port=$port
start forkful "$FORKFUL"
forkful_pid=$pid
forkful_port=$port
if grep -v '^$' "$dir/logs/forkful.output"; then
	echo "run.sh: forkful does not take Apache's configuration in silence"
	exit 1
fi

all_blocks >"$dir/blocks"
all=1
if [ $# -gt 0 ]; then
	all=0
	for name; do
		[ ! -f "$peer/requests/$name.req" ] ||
			printf '%s\t%s\n' "$name" "$peer/requests/$name.req"
		grep -F -- "$name	" "$dir/blocks"
		grep -F -- "$name " "$dir/asked"
	done
else
	for request in "$peer"/requests/*.req; do
		name=${request##*/}
		printf '%s\t%s\n' "${name%.req}" "$request"
	done
	cat "$dir/blocks" "$dir/asked"
fi >"$dir/list"
# Both at the same time, one request after the other.
"$ask" "$apache_port" "$dir/list" >"$dir/theirs" &
pid=$!
"$ask" "$forkful_port" "$dir/list" >"$dir/ours" || exit 1
wait $pid || exit 1
compare "$dir/theirs" "$dir/ours" >"$dir/differences"
echo "$(wc -l <"$dir/list") requests"
judge $all
