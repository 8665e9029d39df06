#!/bin/sh
#
# passwd.sh - "forkful passwd" beside Apache's htpasswd and htdigest: the same
# exit codes, messages and files; each takes what the other wrote.

# shellcheck disable=SC2016 # dollars of hashes
# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs htpasswd htdigest setsid

mkdir "$dir/ours" "$dir/theirs"
ln -s "$FORKFUL" "$dir/htpasswd"
ln -s "$FORKFUL" "$dir/htdigest"
theirs=$(command -v htpasswd)
long=$(printf '%0300d' 0)

# What stays of a hash or of a file's text: its form.
form()
{
	sed -E 's/\$(apr1|2y|5|6)\$[^:]*/$\1$/; s/:[.\/0-9A-Za-z]{13}$/:DES/
	    s/[0-9a-f]{32}$/MD5/; s/(Deleting )+/Deleting /
	    s/[^[:blank:]]*\/(htpasswd|htdigest)/\1/'
}

# in_both [-i TEXT] PROGRAM ARGUMENTS...: in fresh copies of files, without a
# terminal; status, output, errors and files must be the same.
in_both()
{
	input=
	if [ "$1" = -i ]; then
		input=$2
		shift 2
	fi
	program=$1
	shift
	for who in ours theirs; do
		rm -rf "${dir:?}/$who"
		mkdir "$dir/$who"
		cd "$dir/$who"
		printf '# staff\n\nann:%s\nbob:x:more\n' \
		    '$apr1$12345678$0lqb/6VUFP8JY/s/jTrIk0' >users
		printf 'nonsense\n' >bad
		printf 'ann:here:x\nann:there:y\n' >digests
		status=0
		if [ $who = ours ]; then
			path=$dir/$program
		else
			path=$(command -v "$program")
		fi
		printf '%s' "$input" | setsid -w "$path" "$@" \
		    >out 2>err || status=$?
		{
			echo "exit $status"
			form <out
			# The words of help are our own.
			form <err | sed '/^ /d; /^On other/d; /^The SHA-1/d'
			for file in users bad digests new; do
				[ -e $file ] || continue
				echo "$file:"
				form <$file
			done
		} >result
		cd "$dir"
	done
	cmp -s ours/result theirs/result || {
		diff theirs/result ours/result || :
		fail "$program $* differs (theirs first)"
	}
}

# ---- Files, messages, exit codes ---------------------------------------------

in_both htpasswd -b users ann new
in_both htpasswd -b users carl new
in_both htpasswd -bs users ann new
in_both htpasswd -bB users ann new
in_both htpasswd -bB -C 4 users ann new
in_both htpasswd -bd users ann new
in_both htpasswd -bd users ann longer-than-eight
in_both htpasswd -b2 users ann new
in_both htpasswd -b5 -r 2000 users ann new
in_both htpasswd -bp users ann new
in_both htpasswd -bmB users ann new
in_both htpasswd -cb new ann secret
in_both htpasswd -cb users ann secret
in_both htpasswd -b new ann secret
in_both htpasswd -b bad ann secret
in_both htpasswd -cb nowhere/new ann secret
in_both htpasswd -D users ann
in_both htpasswd -D users carl
in_both htpasswd -D new ann
in_both htpasswd -vb users ann secret
in_both htpasswd -vb users ann wrong
in_both htpasswd -vb users carl wrong
in_both htpasswd -nb ann secret
in_both htpasswd -nbs ann secret
in_both htpasswd -nbB ann secret
in_both htpasswd -nbBC 7 ann secret
in_both htpasswd -nbB -C 3 ann secret
in_both htpasswd -nbB -C 18 ann secret
in_both htpasswd -nbB -C x ann secret
in_both htpasswd -nb5 -r x ann secret
in_both htpasswd -nb -C 5 ann secret
in_both htpasswd -nb a:b secret
in_both htpasswd -nb "$long" secret
in_both htpasswd -nb ann "$long"
in_both htpasswd -nb ann ''
in_both htpasswd -cn users ann
in_both htpasswd -nD ann
in_both htpasswd -nv ann
in_both htpasswd
in_both htpasswd users
in_both htpasswd -b users ann
in_both htpasswd -b users ann new more
in_both htpasswd -x users ann
in_both htpasswd -nbC
in_both -i 'secret
' htpasswd -ni ann
in_both -i 'secret
more
' htpasswd -i users ann
in_both -i 'secret
secret
' htpasswd users ann
in_both -i 'secret
other
' htpasswd users ann
in_both -i 'secret
' htpasswd -v users ann

in_both htdigest
in_both htdigest -x digests here ann
in_both htdigest digests here
in_both htdigest new here ann
in_both -i 'secret
secret
' htdigest digests here ann
in_both -i 'secret
secret
' htdigest digests elsewhere ann
in_both -i 'secret
other
' htdigest digests here ann
in_both -i 'secret
secret
' htdigest -c new here ann

# ---- Each takes what the other wrote ------------------------------------------

for option in m s B d 2 5; do
	"$dir/htpasswd" -cb$option "$dir/f" ann 'a secret' 2>/dev/null
	"$theirs" -vb "$dir/f" ann 'a secret' 2>/dev/null ||
	    fail "htpasswd does not take what passwd -$option made"
	"$theirs" -cb$option "$dir/f" ann 'a secret' 2>/dev/null
	"$dir/htpasswd" -vb "$dir/f" ann 'a secret' 2>/dev/null ||
	    fail "passwd does not take what htpasswd -$option made"
	! "$dir/htpasswd" -vb "$dir/f" ann 'a secreT' 2>/dev/null ||
	    [ $option = d ] || fail "passwd -$option takes a wrong one"
done

# ---- As a word of forkful, and what stays of a file ----------------------------

"$FORKFUL" passwd -cbB "$dir/f" ann secret 2>"$dir/said"
[ "$(cat "$dir/said")" = 'Adding password for user ann' ] ||
    fail "forkful passwd says $(cat "$dir/said")"
"$FORKFUL" passwd -x >/dev/null 2>"$dir/said" && fail 'passwd -x succeeds'
grep -q 'forkful passwd \[-cimB25dpsDv\]' "$dir/said" ||
    fail 'usage does not name forkful passwd'
printf 'secret\nsecret\n' | setsid -w "$FORKFUL" passwd --digest -c \
    "$dir/d" here ann 2>/dev/null
[ "$(cat "$dir/d")" = ann:here:a0e5c6e967cb96af96e17a87f6a6ca1c ] ||
    fail "passwd --digest wrote $(cat "$dir/d")"

chmod 640 "$dir/f"
ln -s f "$dir/link"
before=$(stat -c '%a %U %G' "$dir/f")
inode=$(stat -c %i "$dir/f")
"$FORKFUL" passwd -b "$dir/link" bob secret 2>/dev/null
[ "$(stat -c '%a %U %G' "$dir/f")" = "$before" ] || fail 'rights changed'
[ "$(stat -c %i "$dir/f")" != "$inode" ] || fail 'it was written over'
[ -L "$dir/link" ] || fail 'the link was replaced'
[ "$(grep -c . "$dir/f")" = 2 ] || fail 'a user is missing'

# Many at once lose nobody.
for i in 1 2 3 4 5 6 7 8 9 10; do
	"$FORKFUL" passwd -bs "$dir/f" user$i secret 2>/dev/null &
	pids="${pids-} $!"
done
for pid in $pids; do
	wait "$pid"
done
[ "$(grep -c ^user "$dir/f")" = 10 ] || fail 'users were lost'
[ "$(find "$dir" -name 'f.*')" = '' ] || fail 'something was left behind'

# A name cannot make a line of its own.
status=0
"$FORKFUL" passwd -b "$dir/f" 'x
eve' secret 2>/dev/null || status=$?
[ $status = 6 ] || fail "a name of two lines: exit $status"

# ---- The server takes it, too ------------------------------------------------

needs curl
echo private >"$dir/htdocs/private"
"$FORKFUL" passwd -cbB "$dir/users" ann 'a secret' 2>/dev/null
"$FORKFUL" passwd -b5 "$dir/users" bob 'a secret' 2>/dev/null
"$FORKFUL" passwd -b "$dir/users" carl 'a secret' 2>/dev/null
serve <<END
<Location />
	AuthType Basic
	AuthName private
	AuthUserFile $dir/users
	Require valid-user
</Location>
END
for user in ann bob carl; do
	[ "$(curl -s -u "$user:a secret" "$url/private")" = private ] ||
	    fail "$user cannot log in"
done
"$FORKFUL" passwd -D "$dir/users" carl 2>/dev/null
[ "$(curl -s -o "$dir/out" -w '%{http_code}' -u 'carl:a secret' \
    "$url/private")" = 401 ] || fail 'carl is still there'
finish
