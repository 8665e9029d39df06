#!/bin/sh
#
# tdiary.sh - a diary in Ruby with the .htaccess file that its package's setup
# program writes: ExecCGI and a handler from there, pages for everybody, writing
# for who has a password (crypt(3)'s oldest kind).

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl ruby tdiary-setup

# The directory of data, the language (others lack a file), correct?, and a
# password twice.
printf '\nj\n\nsalty\nsalty\n' | LC_ALL=C.UTF-8 HOME=$dir USER=cook \
    tdiary-setup default "$dir/htdocs/diary" >"$dir/said" 2>&1 || {
	cat "$dir/said"
	skip "tdiary-setup does not work"
}
chmod 755 "$dir/htdocs/diary"
chmod 644 "$dir/.htpasswd"
# It takes for granted where homes are.
sed -i "s|/home/cook/|$dir/|" "$dir/htdocs/diary/.htaccess"

serve <<END
<Directory "$dir/htdocs">
	AllowOverride All
</Directory>
END

# At first it learns where it lives.
get /diary/
status 200
page '<title>moving' "Click here"
get /diary/update.rb
status 401
head_has '^WWW-Authenticate: Basic realm="tDiary"'
get /diary/update.rb -u cook:sweet
status 401
get /diary/update.rb -u cook:salty
status 200
page '<form class="update"' 'name="old" value="[0-9]{8}"'
get /diary/update.rb -u cook:salty -e "$url/diary/update.rb" \
    --data-urlencode 'title=Leeks' --data-urlencode 'body=Soup of the day' \
    -d 'year=2026&month=5&day=7&old=20260507&append=1'
status 200
get '/diary/?date=20260507'
status 200
page '<title>.*\(2026-05-07\)' 'Leeks' 'Soup of the day'
get /diary/
status 200
page 'Soup of the day'
get /diary/theme/base.css
status 200
get /diary/tdiary.conf
status 403
finish
