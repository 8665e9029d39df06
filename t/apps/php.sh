#!/bin/sh
#
# php.sh - PHP as a CGI program, named in the #! line: a page, a form, cookies
# and a redirect, an upload, a session, an error, many headers.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl php-cgi
php=$(command -v php-cgi)

program page.php <<END
#!$php
<?php
header('X-Season: spring');
echo "method=\$_SERVER[REQUEST_METHOD] a=\$_GET[a] info=\$_SERVER[PATH_INFO]\n";
END
program form.php <<END
#!$php
<?php
setcookie('dish', \$_POST['dish']);
setcookie('price', '7');
header('Location: /cgi-bin/seen.php?from=form', true, 303);
END
program seen.php <<END
#!$php
<?php
echo "dish=" . htmlspecialchars(\$_COOKIE['dish']) . " from=\$_GET[from]\n";
END
program upload.php <<END
#!$php
<?php
\$f = \$_FILES['recipe'];
echo "\$f[name] \$f[size] " . md5_file(\$f['tmp_name']) . " \$_POST[title]\n";
END
program session.php <<END
#!$php
<?php
session_save_path('$dir/data');
session_start();
\$_SESSION['n'] = (\$_SESSION['n'] ?? 0) + 1;
echo "visit \$_SESSION[n]\n";
END
program missing.php <<END
#!$php
<?php
http_response_code(404);
echo "no such dish\n";
END
program stream.php <<END
#!$php
<?php
header('Content-Type: application/octet-stream');
for (\$i = 0; \$i < 200; \$i++)
	echo str_repeat(chr(65 + \$i % 26), 10000);
END
head -c 300000 /dev/urandom >"$dir/recipe.bin"

# As the interpreter of files in the site, by Action, where there is that.
cat >"$dir/htdocs/act.php" <<'END'
<?php
echo "acted a=$_GET[a] script=$_SERVER[SCRIPT_NAME] info=$_SERVER[PATH_INFO]\n";
END
ln -s "$php" "$dir/data/php"
action=
if "$FORKFUL" -L | grep -q '^Action '; then
	action=yes
	serve <<END
ScriptAlias /php-bin/ "$dir/data/"
AddHandler php-script .php
<Location /cgi-bin>
	SetHandler cgi-script
</Location>
Action php-script /php-bin/php
SetEnvIf Request_URI ^/cgi-bin/ REDIRECT_STATUS=200
END
else
	echo "php.sh: there is no Action yet"
	serve <<'END'
SetEnv REDIRECT_STATUS 200
END
fi

get '/cgi-bin/page.php/extra?a=b%20c'
status 200
head_has '^X-Season: spring' '^Content-Type: text/html'
page '^method=GET a=b c info=/extra$'
get /cgi-bin/form.php -d dish=omelette -c "$dir/jar" -L
status 200
page '^dish=omelette from=form$'
grep -q 'price.7' "$dir/jar" || fail "the second cookie was lost"
get /cgi-bin/upload.php -F "recipe=@$dir/recipe.bin" -F title=Omelette
sum=$(md5sum <"$dir/recipe.bin")
page "^recipe.bin 300000 ${sum%% *} Omelette\$"
get /cgi-bin/upload.php -F "recipe=@$dir/recipe.bin" -F title=Omelette \
    -H 'Transfer-Encoding: chunked'
page "^recipe.bin 300000 ${sum%% *} Omelette\$"
for n in 1 2 3; do
	get /cgi-bin/session.php -b "$dir/jar" -c "$dir/jar"
	page "^visit $n\$"
done
if [ -n "$action" ]; then
	# PHP itself takes the script's name off its path info, as behind
	# Apache.
	get '/act.php/more?a=b'
	status 200
	page '^acted a=b script=/act.php info=/more$'
fi
get /cgi-bin/missing.php
status 404
page '^no such dish$'
get /cgi-bin/stream.php
status 200
[ "$(wc -c <"$dir/page")" -eq 2000000 ] || fail "the stream is cut"
finish
