#!/bin/sh
#
# git.sh - a repository lives on the server: clone, fetch and push through git's
# own CGI program, 20 MiB of random blobs, in the ways git sends them (chunked
# and compressed bodies), once by a script and once by git http-backend itself.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs git cmp
backend=$(git --exec-path)/git-http-backend
[ -x "$backend" ] || skip "there is no git http-backend"

HOME=$dir
GIT_CONFIG_NOSYSTEM=1
GIT_TERMINAL_PROMPT=0
export HOME GIT_CONFIG_NOSYSTEM GIT_TERMINAL_PROMPT
git config --global user.name tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global gc.auto 0
git config --global safe.directory '*'
# Random bytes have no deltas; looking for them takes long.
git config --global pack.window 0

"$FORKFUL" passwd -cbB -C 4 "$dir/members" cook salt 2>/dev/null
mkdir "$dir/data/repos"
git init -q --bare "$dir/data/repos/menu.git"
git -C "$dir/data/repos/menu.git" config http.receivepack true
git -C "$dir/data/repos/menu.git" config pack.window 0

program git <<END
#!/bin/sh
GIT_PROJECT_ROOT=$dir/data/repos
GIT_HTTP_EXPORT_ALL=1
export GIT_PROJECT_ROOT GIT_HTTP_EXPORT_ALL
exec "$backend"
END
serve <<END
ScriptAlias /git/ "$backend/"
<Location /git/>
	SetEnv GIT_PROJECT_ROOT "$dir/data/repos"
	SetEnv GIT_HTTP_EXPORT_ALL 1
</Location>

# The same for those who say who they are.
ScriptAlias /members/ "$backend/"
<Location /members/>
	SetEnv GIT_PROJECT_ROOT "$dir/data/repos"
	SetEnv GIT_HTTP_EXPORT_ALL 1
	AuthType Basic
	AuthName "Members"
	AuthUserFile "$dir/members"
	Require valid-user
</Location>
END

# push WHAT...: and keep what was said on the wire.
push()
{
	GIT_TRACE_CURL=$dir/trace GIT_TRACE_CURL_NO_DATA=1 \
	    git -C "$dir/tree" push -q "$@" || fail "push $*"
}

# The server's branch is ours, and every object of it is sound.
check_server()
{
	ours=$(git -C "$dir/tree" rev-parse main)
	theirs=$(git -C "$dir/data/repos/menu.git" rev-parse main)
	[ "$ours" = "$theirs" ] || fail "after $1: the server has $theirs"
	git -C "$dir/data/repos/menu.git" fsck --full --strict >/dev/null \
	    2>"$dir/fsck" || fail "after $1: $(cat "$dir/fsck")"
}

git clone -q "$url/cgi-bin/git/menu.git" "$dir/tree" 2>/dev/null ||
	fail "clone of the empty repository"
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
	head -c 1048576 /dev/urandom >"$dir/tree/blob$i"
done
git -C "$dir/tree" add .
git -C "$dir/tree" commit -q -m 'twenty blobs'
push origin main
check_server "the big push"
grep -q 'Transfer-Encoding: chunked' "$dir/trace" ||
	fail "the big push was not chunked: it tested nothing"

# The same comes out again, through either way in.
for way in cgi-bin/git git; do
	git clone -q "$url/$way/menu.git" "$dir/clone" || fail "clone by $way"
	git -C "$dir/clone" fsck --full >/dev/null 2>&1 || fail "fsck by $way"
	for blob in "$dir"/tree/blob*; do
		cmp "$blob" "$dir/clone/${blob##*/}" || fail "clone by $way"
	done
	mv "$dir/clone" "$dir/clone-${way%%/*}"
done

# A fetch with many commits to compare: a compressed request body.
history()
{
	n=40
	while [ $n -gt 0 ]; do
		commit=$(git -C "$1" commit-tree -p HEAD -m "$1 $n" \
		    'HEAD^{tree}')
		git -C "$1" update-ref HEAD "$commit"
		n=$((n - 1))
	done
}
history "$dir/tree"
push origin main
check_server "the small push"
history "$dir/clone-git"
GIT_TRACE_CURL=$dir/fetched GIT_TRACE_CURL_NO_DATA=1 \
    git -C "$dir/clone-git" fetch -q || fail "fetch"
[ "$(git -C "$dir/clone-git" rev-parse origin/main)" = \
    "$(git -C "$dir/tree" rev-parse main)" ] || fail "fetch brought another"
grep -qi 'Content-Encoding: gzip' "$dir/fetched" ||
	fail "no request of the fetch was compressed: it tested nothing"

# Nobody pushes over what he has not seen.
if git -C "$dir/clone-git" push -q origin main 2>/dev/null; then
	fail "a push that is no fast-forward"
fi
check_server "the refused push"

# Behind a password, git asks again with what is in the URL.
git clone -q "$url/members/menu.git" "$dir/stranger" 2>/dev/null &&
	fail "a stranger may clone"
git clone -q "http://cook:pepper@127.0.0.1:$port/members/menu.git" \
    "$dir/guest" 2>/dev/null && fail "a wrong password is taken"
git -C "$dir/tree" remote add members \
    "http://cook:salt@127.0.0.1:$port/members/menu.git"
git -C "$dir/tree" commit -q --allow-empty -m 'by a member'
push members main
check_server "the member's push"
git clone -q "http://cook:salt@127.0.0.1:$port/members/menu.git" \
    "$dir/member" || fail "a member may not clone"

finish
