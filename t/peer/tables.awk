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
#
# Makes the files, DIR/tables.conf to be included by both servers, and for each
# request a file; their list is DIR/asked: "NAME TARGET ..." TAB FILE.

function make_parent(path)
{
	sub(/\/[^\/]*$/, "", path)
	system("mkdir -p '" path "'")
}

function begin_host(	name)
{
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.table$/, "", name)
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

FNR == 1 {
	begin_host()
}

/^#/ || (/^$/ && step != "file") {
	next
}

/^\t/ || /^$/ {
	line = substr($0, 2)
	if (step == "conf") {
		gsub(/@HOST@/, home, line)
		print "\t" line >conf
	} else if (step == "file")
		print line >file
	else if (step == "ask")
		ask(line)
	next
}

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

END {
	end_host()
	exit failed
}
