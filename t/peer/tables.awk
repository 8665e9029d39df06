# tables.awk - tables of requests to a host of their own, for run.sh:
#
#	awk -v dir=DIR -f tables.awk TABLE ...
#
# A table NAME.table is a host NAME.test with its DocumentRoot in
# DIR/hosts/NAME/htdocs.  A word in the first column begins a step; its block is
# the lines after it that begin with a tab, which is dropped.
#
#	files NAME ...	files below the host's directory with a line of text
#	file NAME	one with the block as content
#	show NAME ...	programs that tell their environment
#	mkdir NAME ...
#	conf		lines of the <VirtualHost>; @HOST@ is its directory
#	ask		a request in each line: [METHOD] TARGET [| Field: value] ...
#	host NAME	what follows is a host NAME.test of its own
#
# What stands before a table's first "host" holds for each of them, and there is
# no host NAME.test for the table itself.
#
# Makes the files, DIR/tables.conf to be included by both servers, and for each
# request a file; their list is DIR/asked: "NAME TARGET ..." TAB FILE.

function make_parent(path)
{
	sub(/\/[^\/]*$/, "", path)
	system("mkdir -p '" path "'")
}

function table_name(	name)
{
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.table$/, "", name)
	return name
}

# Is there a line "host NAME" in this table?
function has_hosts(	line, found)
{
	while ((getline line <FILENAME) > 0)
		if (line ~ /^host /)
			found = 1
	close(FILENAME)
	return found
}

function begin_host(name)
{
	end_host()
	host = name
	home = dir "/hosts/" host
	system("mkdir -p '" home "/htdocs'")
	print "<VirtualHost *:${PORT}>" >conf
	print "\tServerName " host ".test" >conf
	print "\tDocumentRoot \"" home "/htdocs\"" >conf
	step = ""
}

function end_host()
{
	if (host != "")
		print "</VirtualHost>" >conf
}

# For each further word of the line.
function each(what,	i, path)
{
	for (i = 2; i <= NF; i++) {
		path = home "/" $i
		make_parent(path)
		if (what == "mkdir")
			system("mkdir -p '" path "'")
		else if (what == "show")
			system("cp '" dir "/cgi-bin/env' '" path "'")
		else {
			printf "This is %s.\n", $i >path
			close(path)
		}
	}
}

function ask(line,	n, part, i, file, method, target)
{
	n = split(line, part, / *\| */)
	method = "GET"
	target = part[1]
	if (target ~ /^[A-Z]+ /) {
		method = target
		sub(/ .*/, "", method)
		sub(/^[A-Z]+ /, "", target)
	}
	file = dir "/requests/" host "-" ++asked ".req"
	printf "%s %s HTTP/1.1\r\nHost: %s.test\r\n", method, target, host >file
	for (i = 2; i <= n; i++)
		printf "%s\r\n", part[i] >file
	printf "Connection: close\r\n\r\n" >file
	close(file)
	print host " " line "\t" file >list
}

BEGIN {
	conf = dir "/tables.conf"
	list = dir "/asked"
	printf "" >conf
	printf "" >list
	system("mkdir -p '" dir "/requests'")
}

function take_block(line)
{
	if (step == "conf") {
		gsub(/@HOST@/, home, line)
		print "\t" line >conf
	} else if (step == "file")
		print line >file
	else if (step == "ask")
		ask(line)
}

function take_step()
{
	if (step == "file")
		close(file)
	step = $1
	if (step == "files" || step == "show" || step == "mkdir")
		each(step)
	else if (step == "file") {
		file = home "/" $2
		make_parent(file)
		printf "" >file
	} else if (step != "conf" && step != "ask") {
		print FILENAME ":" FNR ": no such step: " step >"/dev/stderr"
		exit failed = 1
	}
}

function take(line)
{
	if (line ~ /^#/ || (line == "" && step != "file"))
		return
	if (line ~ /^\t/ || line == "")
		take_block(substr(line, 2))
	else {
		$0 = line
		take_step()
	}
}

FNR == 1 {
	n_shared = 0
	sharing = has_hosts()
	if (!sharing)
		begin_host(table_name())
}

/^host / {
	sharing = 0
	begin_host($2)
	for (i = 1; i <= n_shared; i++)
		take(shared[i])
	next
}

sharing {
	shared[++n_shared] = $0
	next
}

{
	take($0)
}

END {
	end_host()
	exit failed
}
