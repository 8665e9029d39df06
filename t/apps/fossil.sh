#!/bin/sh
#
# fossil.sh - another version control system, in C, as one CGI program: pages, a
# clone, a commit that is pushed by its own protocol, with a login.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl fossil

HOME=$dir
USER=cook
export HOME USER
mkdir "$dir/data/repos" "$dir/tree" "$dir/home"
fossil init --admin-user cook "$dir/data/repos/menu.fossil" >/dev/null
fossil user password cook secret -R "$dir/data/repos/menu.fossil"
fossil user capabilities anonymous gho -R "$dir/data/repos/menu.fossil" \
    >/dev/null
fossil user capabilities nobody gho -R "$dir/data/repos/menu.fossil" \
    >/dev/null
program fossil <<END
#!$(command -v fossil)
directory: $dir/data/repos
END
serve <<END
SetEnv HOME $dir/home
END

get /cgi-bin/fossil/menu/timeline
status 200
head_has '^Content-Type: text/html'
page 'initial empty check-in'
get /cgi-bin/fossil/menu
status 302
head_has '^Location: http://127.*/cgi-bin/fossil/menu/'
get /cgi-bin/fossil/none/timeline
status 404

remote=http://cook:secret@127.0.0.1:$port/cgi-bin/fossil/menu
fossil clone "$remote" \
    "$dir/clone.fossil" >"$dir/said" 2>&1 || fail "clone: $(cat "$dir/said")"
fossil settings autosync off -R "$dir/clone.fossil" >/dev/null
cd "$dir/tree"
fossil open --nosync "$dir/clone.fossil" >"$dir/said" 2>&1 ||
    fail "open: $(cat "$dir/said")"
echo 'two eggs' >omelette.txt
head -c 500000 /dev/urandom >picture
fossil add omelette.txt picture >/dev/null
fossil commit -m 'first dish' --no-warnings >"$dir/said" 2>&1 ||
    fail "commit: $(cat "$dir/said")"
fossil push "$remote" >"$dir/said" 2>&1 || fail "push: $(cat "$dir/said")"
cd /
get /cgi-bin/fossil/menu/timeline
page 'first dish'
get '/cgi-bin/fossil/menu/raw/picture?ci=tip'
status 200
cmp "$dir/page" "$dir/tree/picture" || fail "the picture differs"
finish
