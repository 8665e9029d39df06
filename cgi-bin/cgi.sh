# shellcheck shell=sh
#
# cgi.sh - what the shell programs of this directory share: reading a request
# with care, answering it, and a place for their data.  It is no program itself;
# a script begins with
#
#	. ./cgi.sh
#
# because a server starts a program in the program's own directory (RFC 3875,
# section 7.2).
#
# The rules kept by everything here:
# - what came from outside is never run, never expanded without quotes, never
#   used as a file name, and never put into a page unescaped;
# - nothing is read without a limit;
# - no file is written before it is known to be ours.
#
# It sets self, the URL path of the program.

set -fu				# no globbing; an unset variable is a mistake
umask 077
LC_ALL=C			# text is bytes: lengths and ranges mean bytes
export LC_ALL

self=/cgi-bin/${0##*/}

# ---- Answering ---------------------------------------------------------------

# cgi_escape: a filter that makes any text safe inside HTML and its attributes.
cgi_escape()
{
	sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' \
	    -e 's/"/\&quot;/g' -e "s/'/\\&#39;/g"
}

# cgi_headers STATUS TYPE: the head of an answer, up to the empty line.
cgi_headers()
{
	cat <<EOF
Status: $1
Content-Type: $2
Cache-Control: no-store
X-Content-Type-Options: nosniff
Content-Security-Policy: default-src 'self'; img-src 'self' data:

EOF
}

# cgi_page STATUS TITLE: headers and the top of a page.
cgi_page()
{
	cgi_headers "$1" 'text/html; charset=utf-8'
	cat <<EOF
<!DOCTYPE html>
<html lang="en">
<head>
<title>$2 - Forkful</title>
EOF
	cat top.html
	cat <<EOF
<p class="made"><b>dine in</b> made for you by process $$,
<a href="/cgi-bin/source/${self##*/}">how it is made</a></p>
<h1>$2</h1>
EOF
}

# cgi_page_end: the bottom of a page.
cgi_page_end()
{
	printf '</main>\n</body>\n</html>\n'
}

# cgi_fail STATUS SENTENCE: answer with an error page and end.  The sentence is
# ours, never the client's.
cgi_fail()
{
	cgi_page "$1" "${1#* }"
	printf '<p>%s</p>\n' "$2"
	cgi_page_end
	exit 0
}

# cgi_see_other PATH: after a POST, send the browser to a page it may reload.
cgi_see_other()
{
	printf 'Status: 303 See Other\nLocation: %s\n\n' "$1"
	exit 0
}

# cgi_methods METHOD...: refuse all others.
cgi_methods()
{
	for method do
		if [ "$method" = "${REQUEST_METHOD:-GET}" ]; then
			return
		fi
	done
	printf 'Allow: %s\n' "$*"
	cgi_fail '405 Method Not Allowed' 'This page does not do that.'
}

# ---- Reading -----------------------------------------------------------------

# cgi_limit MAX: refuse a body that is announced as longer, before it is read.
cgi_limit()
{
	case ${CONTENT_LENGTH-} in
	'')
		return ;;	# none, or chunked: cgi_body counts
	*[!0-9]* | ??????????*)
		;;
	*)
		[ "$CONTENT_LENGTH" -gt "$1" ] || return 0 ;;
	esac
	cgi_fail '413 Content Too Large' "The limit is $1 bytes."
}

# cgi_body MAX: copy the request's body, checked by cgi_limit, to the standard
# output; MAX + 1 bytes mean that a body without an announced length is longer.
cgi_body()
{
	head -c "${CONTENT_LENGTH:-$(($1 + 1))}"
}

# cgi_form MAX: keep the body, a form of at most MAX bytes, in $form, where it
# stays encoded.  cgi_field gives its values.
cgi_form()
{
	case ${CONTENT_TYPE-} in
	application/x-www-form-urlencoded*)
		;;
	*)
		cgi_fail '415 Unsupported Media Type' 'Please send a form.' ;;
	esac
	cgi_limit "$1"
	form=$(cgi_body "$1" | tr -d '\000-\037\177')
	if [ "${#form}" -gt "$1" ]; then
		cgi_fail '413 Content Too Large' "The limit is $1 bytes."
	fi
}

# cgi_field NAME: the decoded value of a field of $form, without control
# characters; line ends become spaces.  Nothing when there is no such field.
cgi_field()
{
	printf '%s' "$form" | awk -v want="$1" '
	function decode(s,   out, i, hex) {
		gsub(/\+/, " ", s)
		while ((i = index(s, "%")) > 0) {
			hex = toupper(substr(s, i + 1, 2))
			out = out substr(s, 1, i - 1)
			if (hex in byte) {
				out = out byte[hex]
				s = substr(s, i + 3)
			} else {
				out = out "%"
				s = substr(s, i + 1)
			}
		}
		return out s
	}
	BEGIN {
		RS = "&"
		byte["00"] = ""		# no text has it
		for (i = 1; i < 256; i++)
			byte[sprintf("%02X", i)] = sprintf("%c", i)
	}
	{
		i = index($0, "=")
		if (i && decode(substr($0, 1, i - 1)) == want) {
			printf "%s", decode(substr($0, i + 1))
			exit
		}
	}' | tr '\t\n\r' '   ' | tr -d '\000-\037\177'
}

# cgi_cookie NAME: the value of a cookie as it was sent.
cgi_cookie()
{
	rest="${HTTP_COOKIE-};"
	while [ -n "$rest" ]; do
		pair=${rest%%;*}
		rest=${rest#*;}
		case ${pair# } in
		"$1"=*)
			printf '%s' "${pair#*=}"
			return ;;
		esac
	done
}

# ---- Keeping -----------------------------------------------------------------

# cgi_data: find or make the directory for our files, $data.
cgi_data()
{
	if [ -n "${FORKFUL_DATA-}" ]; then
		data=$FORKFUL_DATA
		[ -d "$data" ] || mkdir -m 700 "$data" || cgi_no_data
	else
		# Everybody may write to /tmp, so somebody else may have been
		# there first: take only a real directory that is ours alone.
		data=${TMPDIR:-/tmp}/forkful-$(id -u)
		[ -d "$data" ] || mkdir -m 700 "$data" || cgi_no_data
		[ -n "$(find "$data" -prune -type d -user "$(id -u)" \
		    -perm 700)" ] || cgi_no_data
	fi
	if [ ! -w "$data" ] || [ ! -x "$data" ]; then
		cgi_no_data
	fi
}

cgi_no_data()
{
	echo "$0: cannot use the data directory $data:" \
	    "it must be a directory of the user $(id -u)" >&2
	cgi_fail '503 Service Unavailable' \
	    'There is no place to keep this. The error log says why.'
}

# cgi_lock: be the only one to change files in $data until this program ends.
cgi_lock()
{
	if command -v flock >/dev/null; then
		exec 9>"$data/lock"
		flock 9		# the kernel lets go when we end, however we end
		return
	fi
	tries=0
	until mkdir "$data/lock.d" 2>/dev/null; do
		tries=$((tries + 1))
		if [ "$tries" -gt 5 ]; then
			echo "$0: $data/lock.d is in the way;" \
			    "remove it if nobody writes" >&2
			cgi_fail '503 Service Unavailable' \
			    'Somebody else is writing. Please try again.'
		fi
		sleep 1
	done
	trap 'rmdir "$data/lock.d"' EXIT
	trap 'exit 1' HUP INT TERM
}
