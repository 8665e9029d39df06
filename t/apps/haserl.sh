#!/bin/sh
#
# haserl.sh - pages in shell, by an interpreter in the #! line: a form, a cookie,
# an upload.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl haserl
haserl=$(command -v haserl)

program page <<END
#!$haserl
Content-Type: text/html

<p>dish=<%= "\$FORM_dish" %> cookie=<%= "\$COOKIE_season" %></p>
<% for i in 1 2 3; do %><i><%= \$i %></i><% done %>
END
program upload <<END
#!$haserl --upload-limit=2000 --upload-dir=$dir/data
Content-Type: text/plain

<% md5sum <"\$FILE_recipe_path" 2>/dev/null || md5sum <"\$HASERL_recipe_path" %>
END
head -c 300000 /dev/urandom >"$dir/recipe.bin"
serve <<'END'
END

get '/cgi-bin/page?dish=omelette' -b season=spring
status 200
head_has '^Content-Type: text/html'
page 'dish=omelette cookie=spring' '<i>1</i><i>2</i><i>3</i>'
get /cgi-bin/page -d dish=soup
page 'dish=soup'
get /cgi-bin/upload -F "recipe=@$dir/recipe.bin"
status 200
sum=$(md5sum <"$dir/recipe.bin")
page "^${sum%% *}"
finish
