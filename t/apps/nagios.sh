#!/bin/sh
#
# nagios.sh - a monitor's CGI programs, in C, which ask who is asking
# (REMOTE_USER) and read the state of hosts from files.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl
cgi=/usr/lib/cgi-bin/nagios4
[ -x "$cgi/status.cgi" ] || skip "there is no nagios4-cgi"

now=$(date +%s)
cat >"$dir/data/nagios.cfg" <<END
object_cache_file=$dir/data/objects.cache
status_file=$dir/data/status.dat
log_file=$dir/data/nagios.log
command_file=$dir/data/nagios.cmd
END
cat >"$dir/data/cgi.cfg" <<END
main_config_file=$dir/data/nagios.cfg
physical_html_path=$dir/htdocs
url_html_path=/nagios
use_authentication=0
END
cat >"$dir/data/objects.cache" <<'END'
define timeperiod {
	timeperiod_name	always
	alias	always
	}
define command {
	command_name	check
	command_line	/bin/true
	}
define host {
	host_name	kitchen
	alias	The kitchen
	address	192.0.2.1
	check_period	always
	check_command	check
	max_check_attempts	1
	}
END
cat >"$dir/data/status.dat" <<END
info {
	created=$now
	version=4
	}
programstatus {
	nagios_pid=1
	program_start=$now
	enable_notifications=1
	}
hoststatus {
	host_name=kitchen
	check_command=check
	current_state=0
	plugin_output=the stove is warm
	last_check=$now
	has_been_checked=1
	should_be_scheduled=1
	}
END
: >"$dir/data/nagios.log"
serve <<END
ScriptAlias /nagios/ "$cgi/"
SetEnv NAGIOS_CGI_CONFIG $dir/data/cgi.cfg
END

get '/nagios/status.cgi?hostgroup=all&style=hostdetail'
status 200
head_has '^Content-Type: text/html'
page 'kitchen' 'the stove is warm'
get '/nagios/statusjson.cgi?query=host&hostname=kitchen'
status 200
head_has '^Content-Type: application/json'
page '"plugin_output": *"the stove is warm"'
get '/nagios/extinfo.cgi?type=1&host=kitchen'
page 'The kitchen'
get '/nagios/extinfo.cgi?type=1&host=none'
page 'kitchen|not (find|authorized)|does not exist|[Ee]rror'
finish
