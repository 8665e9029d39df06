#!/bin/sh
#
# negotiation.sh - what Debian's packages of Apache bring for negotiation, served
# as apache2 serves it: the manual with its own snippet, a copy of its languages
# as MultiViews, and the error pages in seventeen languages, which are type maps.

. "${SRCDIR:?}/t/apps/common"
needs curl apache2
manual=/usr/share/doc/apache2-doc/manual
errors=/usr/share/apache2/error
conf=/etc/apache2/conf-available
modules=/usr/lib/apache2/modules
[ -d $modules ] || skip "there are no modules of Debian's apache2"

# ---- The same lines for both --------------------------------------------------

# A page of the manual as one page in all of its languages, or one of our own.
views()
{
	mkdir -p "$dir/htdocs/views"
	for language in de en es fr ja ko tr zh-cn; do
		page=$dir/htdocs/views/mod_mime.html.$language
		cp "$manual/$language/mod/mod_mime.html" "$page" 2>/dev/null ||
			echo "This is $language." >"$page"
	done
	find "$dir/htdocs" -exec touch -d '2024-05-06 07:08:09' {} +
}

lines()
{
	cat <<END
DocumentRoot "$dir/htdocs"
<Directory />
	AllowOverride None
	Require all denied
</Directory>
<Directory "$dir/htdocs">
	Require all granted
	Options +MultiViews
	DirectoryIndex mod_mime
</Directory>
<Directory /usr/share>
	Require all granted
</Directory>
AddLanguage de .de
AddLanguage en .en
AddLanguage es .es
AddLanguage fr .fr
AddLanguage ja .ja
AddLanguage ko .ko
AddLanguage tr .tr
AddLanguage zh-CN .zh-cn
AddDefaultCharset utf-8
LanguagePriority en fr de
ForceLanguagePriority Prefer
<Location "/denied">
	Require all denied
</Location>
Redirect gone "/gone"
END
	[ ! -f "$conf/apache2-doc.conf" ] ||
		echo "Include $conf/apache2-doc.conf"
	# The package's lines for error pages are comments, to be made lines; what
	# they ask mod_include for is left out.
	[ ! -f "$conf/localized-error-pages.conf" ] ||
		sed -n '/^#<IfModule mod_negotiation/,$s/^#//p' \
		    "$conf/localized-error-pages.conf" | awk '
		/<IfModule mod_include/ {
			next
		}
		(/<\/IfModule/ && ++ends == 2) || /Includes/ {
			next
		}
		{
			print
		}'
}

# ---- What is asked ------------------------------------------------------------

# ask URL PATH [FIELD]: status, fields and the body's sum, but for what differs
# between any two servers.
ask()
{
	curl -s -D "$dir/fields" -o "$dir/body" ${3+-H "$3"} "$1$2" ||
		fail "$2: no answer"
	echo "== $2 ${3-}"
	tr -d '\r' <"$dir/fields" | sed -e "s|$1||" | grep -Ei \
	    '^(HTTP/|content-(type|language|location|length|encoding):|vary:|tcn:|alternates:|location:)' |
	    tr '[:upper:]' '[:lower:]' | sort >"$dir/sorted"
	case $(head -n 1 "$dir/fields") in
	*' 30'[01]' '* | *' 406 '*)
		# Pages of the server itself.
		grep -v '^content-' "$dir/sorted" ;;
	*)
		cat "$dir/sorted"
		cksum <"$dir/body" ;;
	esac
}

answers()
{
	for path in /manual /manual/ /manual/en/ /manual/fr/index.html \
	    /manual/ja/mod/mod_mime.html /manual/da/ /manual/none \
	    /manual/style/css/manual.css /manual/images/feather.png; do
		[ ! -d $manual ] || ask "$1" "$path"
	done
	for language in '' en en-GB fr fr-CH 'de,en;q=0.5' 'es;q=0.2, ko;q=0.3' \
	    ja tr zh zh-CN xx '*' 'xx, *;q=0.1'; do
		ask "$1" /views/mod_mime "Accept-Language: $language"
		ask "$1" /views/ "Accept-Language: $language"
		[ -d $errors ] || continue
		for path in /views/mod_mime/x /none /denied/x /gone; do
			ask "$1" $path "Accept-Language: $language"
		done
	done
	ask "$1" /views/mod_mime "Negotiate: trans"
	ask "$1" /views/mod_mime "Accept: image/png"
}

# ---- The two servers ----------------------------------------------------------

views
lines >"$dir/lines"
serve <"$dir/lines"
answers "$url" >"$dir/ours"
grep -q '^content-language: fr$' "$dir/ours" || fail "nothing is in French"

their_port=$("$load" -P)
{
	echo "ServerRoot $dir"
	echo "ServerName localhost"
	echo "Listen 127.0.0.1:$their_port"
	echo "PidFile $dir/run/peer.pid"
	echo "ErrorLog $dir/logs/peer_log"
	for module in mpm_prefork access_compat alias authz_core authz_host \
	    autoindex dir mime negotiation; do
		echo "LoadModule ${module}_module $modules/mod_$module.so"
	done
	echo "TypesConfig \"$SRCDIR/etc/mime.types\""
	[ "$(id -u)" != 0 ] || printf 'User nobody\nGroup nogroup\n'
	cat "$dir/lines"
} >"$dir/peer.conf"
# Apache ends its whole process group.
setsid apache2 -f "$dir/peer.conf" -D FOREGROUND 2>>"$dir/stderr" &
helpers=$!
within 10 test -s "$dir/run/peer.pid"
answers "http://127.0.0.1:$their_port" >"$dir/theirs"
kill -TERM "$helpers"
within 10 gone "$helpers"
helpers=

diff "$dir/theirs" "$dir/ours" || fail "apache2 answers otherwise"
echo "$name: $(grep -c '^==' "$dir/ours") answers are the same"
finish
