#!/bin/sh
#
# perl-cgi.sh - programs that use CGI.pm, the module most CGI programs were
# written with: parameters, cookies, a redirect, an upload, ISINDEX, nph.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl perl
perl -MCGI -e 1 2>/dev/null || skip "there is no CGI.pm"
perl=$(command -v perl)

program form <<END
#!$perl -wT
use CGI;
my \$q = CGI->new;
print \$q->header(-type => 'text/plain', -charset => 'utf-8',
    -cookie => \$q->cookie(-name => 'dish', -value => scalar \$q->param('dish')),
    -expires => '+1h', -x_own => 'yes');
print join(',', map { "\$_=" . \$q->param(\$_) } sort \$q->param), "\n";
print 'url=', \$q->self_url, ' info=', \$q->path_info, "\n";
END
program seen <<END
#!$perl -wT
use CGI;
my \$q = CGI->new;
print \$q->header('text/plain'), 'cookie=', \$q->cookie('dish'), "\n";
END
program away <<END
#!$perl -wT
use CGI;
my \$q = CGI->new;
print \$q->redirect(-uri => '/cgi-bin/seen?x=1', -status => 303);
END
program upload <<END
#!$perl -wT
use CGI;
use Digest::MD5;
my \$q = CGI->new;
my \$handle = \$q->upload('recipe');
print \$q->header('text/plain'), \$q->param('recipe'), ' ',
    Digest::MD5->new->addfile(\$handle)->hexdigest, ' ',
    \$q->uploadInfo(\$q->param('recipe'))->{'Content-Type'}, "\n";
END
program isindex <<END
#!$perl -wT
use CGI;
my \$q = CGI->new;
print \$q->header('text/plain'), 'words=', join('|', \$q->param('keywords')),
    ' argv=', join('|', @ARGV), "\n";
END
program nph-raw <<END
#!$perl -wT
use CGI qw(:standard -nph);
print header(-type => 'text/plain', -status => '202 Raw'), "raw\n";
END
program status <<END
#!$perl -wT
use CGI;
print CGI->new->header(-status => '418 Teapot', -type => 'text/plain'),
    "short and stout\n";
END
program dies <<END
#!$perl -wT
use CGI;
die "no more eggs";
END
head -c 300000 /dev/urandom >"$dir/recipe.bin"
serve <<'END'
END

get '/cgi-bin/form/extra?dish=a%26b&more=1' -c "$dir/jar"
status 200
head_has '^Content-Type: text/plain; charset=utf-8' '^X-own: yes' '^Expires: '
page '^dish=a&b,more=1$' "^url=http://127.*:$port/cgi-bin/form/extra\?dish=" \
    'info=/extra$'
get /cgi-bin/form -d dish=soup -c "$dir/jar"
page '^dish=soup$'
get /cgi-bin/away -b "$dir/jar" -L
status 200
page '^cookie=soup$'
sum=$(md5sum <"$dir/recipe.bin")
for coding in identity chunked; do
	get /cgi-bin/upload -F "recipe=@$dir/recipe.bin;type=image/x-dish" \
	    -H "Transfer-Encoding: $([ $coding = identity ] || echo chunked)"
	page "^recipe.bin ${sum%% *} image/x-dish\$"
done
get '/cgi-bin/isindex?two+eggs%26butter'
page '^words=two\|eggs&butter argv=two\|eggs&butter$'
get /cgi-bin/nph-raw
status 202
page '^raw$'
get /cgi-bin/status
status 418
head_has '^HTTP/1.1 418 Teapot'
page '^short and stout$'
get /cgi-bin/dies
status 500
within 5 grep -q 'stderr from .*/dies: no more eggs' "$dir/logs/error_log"
within 5 grep -q 'script .*/dies exited with status .*no more eggs' \
    "$dir/logs/error_log"
finish
