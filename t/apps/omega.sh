#!/bin/sh
#
# omega.sh - a search engine in C++: an index of some pages, and questions to it.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl omindex
omega=/usr/lib/cgi-bin/omega/omega
[ -x "$omega" ] || skip "there is no omega"

echo '<title>Omelette</title><p>two eggs and butter' \
    >"$dir/htdocs/omelette.html"
echo '<title>Soup</title><p>water and salt' >"$dir/htdocs/soup.html"
mkdir "$dir/data/omega" "$dir/data/omega/data" "$dir/data/templates" \
    "$dir/data/log"
cat >"$dir/data/templates/query" <<'END'
$set{thousand,}$httpheader{Content-Type,text/html}<p>$msize hits</p>
$hitlist{<li>$html{$field{caption}} $html{$field{url}}</li>
}
END
cat >"$dir/data/omega.conf" <<END
database_dir $dir/data/omega/data
template_dir $dir/data/templates
log_dir $dir/data/log
END
omindex --db "$dir/data/omega/data/default" --url / "$dir/htdocs" \
    >"$dir/said" 2>&1 || fail "omindex: $(cat "$dir/said")"
serve <<END
ScriptAlias /search "$omega"
SetEnv OMEGA_CONFIG_FILE $dir/data/omega.conf
END

get '/search?P=eggs'
status 200
head_has '^Content-Type: text/html'
page '<p>1 hits</p>' '<li>Omelette /omelette.html</li>'
get /search -d 'P=water salt'
status 200
page '<li>Soup /soup.html</li>'
get '/search?P=lobster'
page '<p>0 hits</p>'
finish
