#!/bin/sh
#
# race.sh - what Options say of symbolic links holds even while directories and
# files are exchanged for links: twenty thousand requests, and not one leak.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
requests=${RACE_REQUESTS-20000}
race=$BUILDDIR/t/talk/race

# Two trees: one where no links are followed, one where only the owner's are.
# In each, a directory that takes turns with a link to the outside, and a file.
mkdir "$dir/outside" "$dir/outside/deep"
for file in file.txt index.html deep/file.txt top-secret; do
	echo "top-secret" >"$dir/outside/$file"
done
for tree in none owner; do
	mkdir "$dir/htdocs/$tree"
	cd "$dir/htdocs/$tree"
	mkdir -p real/deep real/index
	echo "good" >real/file.txt
	echo "good" >real/deep/file.txt
	echo "good" >real/index/index.html
	ln -s ../../outside link
	echo "good" >file.txt
	ln -s ../../outside/file.txt link.txt
done
serve <<END
MaxKeepAliveRequests 0
LogLevel emerg
<Directory "$dir/htdocs">
	Options Indexes
</Directory>
<Directory "$dir/htdocs/owner">
	Options Indexes SymLinksIfOwnerMatch
</Directory>
END
ask="/none/real/file.txt /none/real/deep/file.txt /none/real/ /none/file.txt
    /none/link/deep/file.txt /none/real/file.txt/x /none/real/index/"
# Only root can make a link whose target is somebody else's.
if [ "$(id -u)" = 0 ]; then
	chown -Rh nobody "$dir/htdocs"
	chown -R root "$dir/outside"
	ask="$ask /owner/real/file.txt /owner/real/deep/file.txt /owner/real/
	    /owner/file.txt /owner/link/file.txt"
fi

cd "$dir/htdocs"
# shellcheck disable=SC2086
"$race" -n "$requests" "$port" top-secret none/real none/link \
    none/file.txt none/link.txt owner/real owner/link \
    owner/file.txt owner/link.txt -- $ask || fail "see above"

finish
