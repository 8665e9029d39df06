#!/bin/sh
#
# man2html.sh - manual pages, asked for by path info, by query and by the words
# of an ISINDEX query, which become arguments.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl
man=/usr/lib/cgi-bin/man/man2html
[ -x "$man" ] || skip "there is no man2html"

page=$(find /usr/share/man/man1 -name 'man.1*' 2>/dev/null | head -n 1)
[ -n "$page" ] || skip "there are no manual pages"

program args <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
printf '<%s>' "$@"
END
serve <<END
ScriptAlias /man/ "${man%/*}/"
END

for ask in "man2html$page" "man2html?$page" 'man2html?1+man'; do
	get "/man/$ask"
	status 200
	head_has '^Content-Type: text/html'
	page 'system reference manuals'
done
get '/man/man2html?query=none-such-page'
page '[Ss]orry|not|No '
get '/cgi-bin/args?1+two%20words+%3Ca%3E'
page '^<1><two words><<a>>$'
finish
