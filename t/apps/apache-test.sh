#!/bin/sh
#
# apache-test.sh - httpd's own test framework, Apache::Test, takes the server for
# its httpd: it reads -V and -l, writes a configuration of Apache's with hosts at
# ports of their own, starts and stops the server and runs tests of its kind.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs perl
perl -MApache::Test -MLWP::UserAgent -e 1 2>/dev/null ||
	skip "there is no Apache::Test (libapache2-mod-perl2) or no LWP"

tree=$dir/tree

# tree NAME: with the content of standard input.
tree()
{
	mkdir -p "$tree/${1%/*}" && cat >"$tree/$1"
}

tree t/TEST <<'END'
use strict;
use warnings FATAL => 'all';
use Apache::TestRun ();

Apache::TestRun->new->run(@ARGV);
END
tree t/conf/extra.conf.in <<'END'
LimitRequestLine      @limitrequestline@
LimitRequestFieldSize 1024
LimitRequestFields    32

<IfModule @CGI_MODULE@>
    AddHandler cgi-script .pl
    ScriptLog logs/mod_cgi.log
    <Directory @SERVERROOT@/htdocs/modules/cgi>
        Options +ExecCGI
    </Directory>
</IfModule>
<Directory @SERVERROOT@/htdocs/apache/htaccess>
    AllowOverride All
</Directory>
<IfModule mod_alias.c>
    Alias /alias @SERVERROOT@/htdocs/modules/alias
    AliasMatch /ali([0-9]) @SERVERROOT@/htdocs/modules/alias/$1.html
    Redirect permanent /perm http://@SERVERNAME@:@PORT@/alias
    RedirectMatch gone /gone([0-9])
</IfModule>
<IfModule @AUTH_MODULE@>
    <Location /authany>
        Require valid-user
        AuthType Basic
        AuthName authany
        AuthUserFile @SERVERROOT@/conf/basic
    </Location>
</IfModule>
<IfModule mod_auth_digest.c>
    <Directory @SERVERROOT@/htdocs/digest>
        Require user ann
        AuthType Digest
        AuthName realm1
        AuthUserFile @SERVERROOT@/conf/realm1
    </Directory>
</IfModule>
<IfModule mod_env.c>
    SetEnv ENV_TEST "mod_env test environment variable"
    SetEnv ENV_UNSET gone
    UnsetEnv ENV_UNSET
</IfModule>
<IfModule mod_headers.c>
    <Location /apache/if>
        <If "-n req('X-Set')">
            Header merge Out-Trace set
        </If>
        <Else>
            Header merge Out-Trace else
        </Else>
    </Location>
</IfModule>
<IfModule mod_rewrite.c>
    RewriteEngine On
    RewriteMap numbers txt:@SERVERROOT@/htdocs/modules/rewrite/numbers.txt
    RewriteRule ^/rewrite/(.*)$ /alias/${numbers:$1|0}.html [PT]
</IfModule>
<IfModule mod_vhost_alias.c>
    <VirtualHost mod_vhost_alias>
        UseCanonicalName Off
        VirtualDocumentRoot @SERVERROOT@/htdocs/vhosts/%1
    </VirtualHost>
</IfModule>
<VirtualHost error_document>
    ErrorDocument 404 "per-server 404
    DocumentRoot @SERVERROOT@/htdocs
    <Location /apache/inherit>
        ErrorDocument 404 default
    </Location>
</VirtualHost>
<VirtualHost one.example.com:named>
    DocumentRoot @SERVERROOT@/htdocs/vhosts/one
</VirtualHost>
<VirtualHost two.example.com:named>
    DocumentRoot @SERVERROOT@/htdocs/vhosts/two
</VirtualHost>
<IfModule mod_deflate.c>
    <Location /modules/deflate>
        SetOutputFilter DEFLATE
    </Location>
</IfModule>
<IfModule mod_proxy.c>
    <VirtualHost mod_proxy>
        ProxyRequests On
    </VirtualHost>
</IfModule>
END
tree t/apache/basics.t <<'END'
use strict;
use warnings FATAL => 'all';
use Apache::Test;
use Apache::TestRequest;
use Apache::TestUtil;

my @todo = (
	[ '/index.html', 200 ], [ '/', 200 ], [ '/nope', 404 ],
	[ '/%zz', 400 ], [ '/' . 'a' x 200, 414 ], [ '/apache/if', 301 ],
);
plan tests => @todo + 9, need need_apache(2),
    need_min_apache_version('2.4.50'), need_module('mod_headers'),
    need_apache_mpm('prefork');

Apache::TestRequest::user_agent(requests_redirectable => 0);
ok t_cmp(GET_RC($_->[0]), $_->[1], $_->[0]) for @todo;
my $r = GET('/');
ok t_cmp(GET_RC('/', 'If-Modified-Since' => $r->header('Last-Modified')),
    304);
ok t_cmp(GET_RC('/', 'If-None-Match' => $r->header('ETag')), 304);
ok t_cmp(GET('/', Range => 'bytes=0-6')->content, 'welcome');
ok t_cmp(HEAD('/')->header('Content-Length'), length $r->content);
ok t_cmp(OPTIONS('/')->header('Allow'), qr/\bOPTIONS\b/);
ok t_cmp(GET('/apache/if/')->header('Out-Trace'), 'else');
ok t_cmp(GET('/apache/if/', 'X-Set' => 1)->header('Out-Trace'), 'set');

# A socket of the framework's own.
Apache::TestRequest::module('default');
my $sock = Apache::TestRequest::vhost_socket();
ok $sock;
print $sock "GET / HTTP/1.0\r\nFoo : bar\r\n\r\n";
ok t_cmp(scalar <$sock>, qr{^HTTP/1.1 400 });
END
tree t/apache/errordoc.t <<'END'
use strict;
use warnings FATAL => 'all';
use Apache::Test;
use Apache::TestRequest;
use Apache::TestUtil;

plan tests => 2, need_lwp;

Apache::TestRequest::module('error_document');
ok t_cmp(GET_BODY('/nope'), 'per-server 404');
ok t_cmp(GET_BODY('/apache/inherit/nope'), qr/Not Found/);
END
tree t/apache/htaccess.t <<'END'
use strict;
use warnings FATAL => 'all';
use Apache::Test;
use Apache::TestRequest;
use Apache::TestUtil;

my @todo = (
	[ "Require all denied\n", 403 ],
	[ "Order deny,allow\nDeny from all\nAllow from 127.0.0.1\n", 200 ],
	[ "Require expr %{REQUEST_METHOD} == 'POST'\n", 403 ],
	[ "<Files *>\nRequire all denied\n</Files>\n", 403 ],
	[ "Redirect gone /apache/htaccess/\n", 410 ],
	[ "RewriteEngine On\nRewriteRule ^ - [F]\n", 403 ],
	[ "Nonsense\n", 500 ],
	[ "", 200 ],
);
plan tests => scalar @todo, need_module(qw(access_compat rewrite));

my $file = Apache::Test::vars('documentroot') . '/apache/htaccess/.htaccess';
foreach my $t (@todo) {
	t_write_file($file, $t->[0]);
	ok t_cmp(GET_RC('/apache/htaccess/'), $t->[1], $t->[0]);
}
END
tree t/modules/modules.t <<'END'
use strict;
use warnings FATAL => 'all';
use Apache::Test;
use Apache::TestRequest;
use Apache::TestUtil;

plan tests => 18, need need_cgi, need_auth,
    need_module(qw(alias env rewrite vhost_alias auth_digest));

Apache::TestRequest::user_agent(requests_redirectable => 0);
ok t_cmp(GET_BODY('/alias/1.html'), "1\n");
ok t_cmp(GET_BODY('/ali2'), "2\n");
my $r = GET('/perm/x?q');
ok t_cmp($r->code, 301);
ok t_cmp($r->header('Location'), qr{/alias/x\?q$});
ok t_cmp(GET_RC('/gone1'), 410);
ok t_cmp(GET_BODY('/rewrite/two'), "2\n");
ok t_cmp(GET_BODY('/rewrite/none'), "0\n");

my $env = GET_BODY('/modules/cgi/env.pl/info?a=b');
ok t_cmp($env, qr/^ENV_TEST=mod_env test environment variable$/m);
ok $env !~ /^ENV_UNSET=/m;
ok t_cmp($env, qr{^PATH_INFO=/info$}m);
ok t_cmp($env, qr/^QUERY_STRING=a=b$/m);
ok t_cmp(POST_BODY('/modules/cgi/env.pl', content => 'soup'), qr/^soup$/m);

ok t_cmp(GET_RC('/authany/'), 401);
ok t_cmp(GET_RC('/authany/', username => 'ann', password => 'soup'), 200);
ok t_cmp(GET_RC('/authany/', username => 'ann', password => 'bad'), 401);
ok t_cmp(GET_RC('/digest/', username => 'ann', password => 'soup'), 200);

Apache::TestRequest::module('mod_vhost_alias');
ok t_cmp(GET_BODY('/', Host => 'one.example.org'), "one\n");
Apache::TestRequest::module('named');
ok t_cmp(GET_BODY('/', Host => 'two.example.com'), "two\n");
END
for module in deflate proxy include ssl; do
	tree "t/modules/$module.t" <<END
use strict;
use warnings FATAL => 'all';
use Apache::Test;

plan tests => 1, need_module('$module');
ok 0;
END
done
for page in 0 1 2; do
	echo $page | tree t/htdocs/modules/alias/$page.html
done
printf 'one 1\ntwo 2\n' | tree t/htdocs/modules/rewrite/numbers.txt
for page in authany digest apache/if apache/htaccess vhosts/one vhosts/two; do
	echo "${page##*/}" | tree t/htdocs/$page/index.html
done
echo welcome | tree t/htdocs/index.html
tree t/htdocs/modules/cgi/env.pl <<END
#!$(command -v perl)
print "Content-Type: text/plain\n\n";
print "\$_=\$ENV{\$_}\n" for sort keys %ENV;
print "\n", <STDIN>, "\n";
END
chmod 755 "$tree/t/htdocs/modules/cgi/env.pl"
mkdir -p "$tree/t/conf"
"$FORKFUL" passwd -bcm "$tree/t/conf/basic" ann soup 2>/dev/null
printf 'ann:realm1:%s\n' "$(printf ann:realm1:soup | md5sum | cut -c1-32)" |
	tree t/conf/realm1
cp "$FORKFUL" "$tree/httpd"

# The framework refuses to run as root.
run_as=
if [ "$(id -u)" = 0 ]; then
	command -v setpriv >/dev/null || skip "there is no setpriv"
	chown -R nobody "$tree"
	run_as="setpriv --reuid nobody --regid $(id -g nobody) --clear-groups"
fi
cd "$tree"
port=$("$load" -P)
# It sends TERM to its process group when the server does not start.
# shellcheck disable=SC2086
$run_as env HOME="$tree" setsid -w perl t/TEST -httpd "$tree/httpd" \
    -port "$port" -defines OWN </dev/null >"$dir/said" 2>&1 || {
	cat "$dir/said"
	cp "$tree/t/logs/error_log" "$dir/logs/" 2>/dev/null || :
	helpers=$(cat "$tree/t/logs/httpd.pid" 2>/dev/null) || :
	fail "tests of the framework failed"
}
grep -q '^using Apache/2\.4\.[0-9]* (prefork MPM)' "$dir/said" ||
	fail "the framework does not know what it tests"
[ "$(grep -c 'skipped: cannot find module' "$dir/said")" = 4 ] || {
	cat "$dir/said"
	fail "modules that are not there were not skipped"
}
[ ! -e "$tree/t/logs/httpd.pid" ] || {
	helpers=$(cat "$tree/t/logs/httpd.pid")
	fail "the server was not stopped"
}
grep '^Files=' "$dir/said"
