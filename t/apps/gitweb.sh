#!/bin/sh
#
# gitweb.sh - a repository browser in Perl: pages by path info and by query, a
# snapshot as a stream, a redirect.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl git perl
gitweb=/usr/lib/cgi-bin/gitweb.cgi
[ -x "$gitweb" ] || skip "there is no gitweb"

HOME=$dir
GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM
git config --global user.name tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global safe.directory '*'
git init -q "$dir/tree"
echo 'two eggs & <butter>' >"$dir/tree/omelette.txt"
git -C "$dir/tree" add .
git -C "$dir/tree" commit -q -m 'first dish'
mkdir "$dir/data/repos"
git clone -q --bare "$dir/tree" "$dir/data/repos/menu.git"
cat >"$dir/data/gitweb.conf" <<END
our \$projectroot = "$dir/data/repos";
\$feature{'pathinfo'}{'default'} = [1];
END
serve <<END
ScriptAlias /gitweb "$gitweb"
SetEnv GITWEB_CONFIG $dir/data/gitweb.conf
SetEnv HOME $dir
END

get /gitweb
status 200
head_has '^Content-Type: (application/xhtml\+xml|text/html)'
page 'menu\.git'
get /gitweb/menu.git
status 200
page 'first dish' '<title>.*menu\.git'
get '/gitweb?p=menu.git;a=blob;f=omelette.txt;hb=HEAD'
status 200
page 'two.*eggs.*&amp;.*&lt;butter&gt;'
get /gitweb/menu.git/blob_plain/HEAD:/omelette.txt
status 200
page '^two eggs & <butter>$'
get '/gitweb?p=menu.git;a=snapshot;h=HEAD;sf=tgz'
status 200
head_has '^Content-Disposition: .*menu-HEAD'
gzip -dc <"$dir/page" | tar -tf - | grep -q 'omelette.txt$' ||
    fail "the snapshot is no archive"
get '/gitweb?p=none.git'
status 404
get '/gitweb?p=menu.git;a=object;h=HEAD'
status 302
head_has '^Location: http://.*/gitweb.*commit'
finish
