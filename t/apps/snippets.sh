#!/bin/sh
#
# snippets.sh - the Apache snippets that Debian's packages of web applications
# bring are taken as they are, and serve the pages they are for.

. "${SRCDIR:?}/t/apps/common"
needs curl
conf=/etc/apache2/conf-available
awstats=/usr/share/doc/awstats/examples/apache.conf
[ -d /usr/lib/cgi-bin ] || skip "no package brought CGI programs"

rmdir "$dir/cgi-bin"
ln -s /usr/lib/cgi-bin "$dir/cgi-bin"
n=0
for f in "$conf"/*.conf /etc/dokuwiki/apache.conf /etc/munin/apache24.conf \
    /etc/nagios4/apache2.conf "$awstats"; do
	[ -f "$f" ] || continue
	printf 'ServerName x\nDefine APACHE_LOG_DIR /tmp\nInclude %s\n' "$f" \
	    >"$dir/one.conf"
	"$FORKFUL" -d /etc/apache2 -f "$dir/one.conf" -t >"$dir/said" 2>&1 || {
		# Apache would not take it, either, before a2enmod.
		if grep -q 'which is not built in' "$dir/said"; then
			echo "$name: SKIPPED: $f needs a module"
			continue
		fi
		cat "$dir/said"
		fail "$f is not taken"
	}
	n=$((n + 1))
done
[ $n -gt 0 ] || skip "no package brought a snippet"
echo "$name: $n snippets are taken"

{
	echo "<Directory /usr/lib/cgi-bin>"
	echo "Options +ExecCGI"
	echo "</Directory>"
	for f in gitweb dokuwiki dpkg-www man2html munin nagios4-cgi \
	    javascript-common "php*-cgi"; do
		echo "IncludeOptional $conf/$f.conf"
	done
	# What the snippet for PHP leaves to the administrator.
	echo "Action application/x-httpd-php /cgi-bin/php"
	echo "DirectoryIndex index.html index.php"
	# Whom the packages' data belongs to.
	if [ "$(id -u)" = 0 ] && id www-data >/dev/null 2>&1; then
		echo "User www-data"
		echo "Group www-data"
	fi
	echo "SetEnv AWSTATS_ENABLE_CONFIG_DIR $dir/data"
	[ ! -f "$awstats" ] || echo "Include $awstats"
} >"$dir/snippets"
serve <"$dir/snippets"

# page FILE PATH STATUS [REGEX]: when the package's file is there, the path is
# answered with the status and has a line like that.
page()
{
	[ -e "$1" ] || {
		echo "$name: SKIPPED: $2: there is no $1"
		return 0
	}
	got=$(curl -s -o "$dir/body" -w '%{http_code}' "$url$2")
	[ "$got" = "$3" ] || fail "$2 is answered with $got, not $3"
	[ $# = 3 ] || grep -qa "$4" "$dir/body" ||
		fail "$2 has no line like $4"
}

page $conf/gitweb.conf /gitweb/static/gitweb.css 200 'body {'
page $conf/gitweb.conf /gitweb/index.cgi 404 '<title>.* Git'
page $conf/gitweb.conf /gitweb 301
page $conf/dokuwiki.conf /dokuwiki/lib/tpl/dokuwiki/images/logo.png 200 PNG
page $conf/dokuwiki.conf \
    /dokuwiki/sites/other/lib/tpl/dokuwiki/images/logo.png 200 PNG
page $conf/dokuwiki.conf /dokuwiki/bin/ 403
page $conf/dokuwiki.conf /dokuwiki/VERSION 403		# its .htaccess
page $conf/dokuwiki.conf /dokuwiki/inc/init.php 403	# inc/.htaccess
page $conf/nagios4-cgi.conf /nagios4/stylesheets/common.css 200 color
page $conf/nagios4-cgi.conf /cgi-bin/nagios4/tac.cgi 200 Nagios
page $conf/nagios4-cgi.conf /nagios4/cgi-bin/tac.cgi 200 Nagios
page $conf/munin.conf /munin/ 403
if [ -e /usr/lib/munin/cgi/munin-cgi-graph ] && [ -e $conf/munin.conf ]; then
	# There is nothing to draw, so the program fails, in its own words.
	get /munin-cgi/munin-cgi-graph/none/none/load-day.png
	status 500
	grep -q 'stderr from.*munin-cgi-graph: .*datafile' \
	    "$dir/logs/error_log" || fail "munin-cgi-graph did not run"
fi
page $conf/dpkg-www.conf '/cgi-bin/dpkg?query=dpkg' 200 '<title>.*dpkg'
page /usr/lib/cgi-bin/man/man2html /cgi-bin/man/man2html 200 '<[Tt][Ii][Tt][Ll][Ee]>'
page /usr/share/javascript/jquery/jquery.js /javascript/jquery/jquery.js 200

# What awstats makes of three lines of a log, behind its snippet.
if [ -f "$awstats" ] && [ -x /usr/lib/cgi-bin/awstats.pl ]; then
	cat >"$dir/data/awstats.kitchen.conf" <<END
LogFile="$dir/data/log"
LogFormat=1
SiteDomain="kitchen.test"
HostAliases="kitchen.test"
DirData="$dir/data"
DirIcons="/awstats-icon"
DNSLookup=0
END
	for page in soup.html soup.html leek.html; do
		echo "192.0.2.7 - - [07/May/2024:08:09:10 +0000]" \
		    "\"GET /$page HTTP/1.1\" 200 999 \"-\" \"Mozilla/5.0\""
	done >"$dir/data/log"
	/usr/lib/cgi-bin/awstats.pl -update -config=kitchen \
	    -configdir="$dir/data" >"$dir/said" 2>&1 || cat "$dir/said"
	page "$awstats" "/cgi-bin/awstats.pl?config=kitchen&configdir=$dir/data&month=05&year=2024" \
	    200 'Statistics for kitchen.test (2024-05)'
fi
page "$awstats" /awstats-icon/browser/firefox.png 200 PNG

# PHP pages of an application, whose .htaccess files keep others from its parts.
if [ -d /usr/share/dokuwiki ] && [ -e /usr/lib/cgi-bin/php ] &&
    { [ "$(id -u)" = 0 ] || [ -r /var/lib/dokuwiki/data ]; }; then
	dokuwiki=$conf/dokuwiki.conf
	page $dokuwiki '/dokuwiki/doku.php?id=wiki:syntax' 200 \
	    '<title>wiki:syntax \['
	page $dokuwiki '/dokuwiki/doku.php?id=wiki:syntax&do=export_raw' 200 \
	    '====== Formatting Syntax ======'
	page $dokuwiki '/dokuwiki/doku.php?do=login' 200 'name="p"'
	page $dokuwiki '/dokuwiki/' 302
	page $dokuwiki /dokuwiki/lib/exe/css.php 200 '@media'
	page $dokuwiki /dokuwiki/feed.php 200 '<rdf:RDF'
	page $dokuwiki /dokuwiki/doku.php/none 200 'id="dokuwiki__top"'
else
	echo "$name: SKIPPED: DokuWiki's pages: not all is there, or readable"
fi
finish
