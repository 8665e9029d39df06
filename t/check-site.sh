#!/bin/sh
#
# check-site.sh - does the default site hang together?
#
#	- every link of htdocs leads to a page that is there, and to a place in it
#	- menu.html shows the dishes of cgi-bin/menu.txt, with their prices
#
# Offenders are told as file:line.

LC_ALL=C
export LC_ALL
cd "${srcdir:-$(dirname "$0")/..}" || exit 99
status=0

# ---- Links -----------------------------------------------------------------------

find htdocs -name '*.html' | sort | awk '
function offend(what)
{
	print what
	offences++
}

# Without "." and "..".
function clean(path,	n, i, part, kept, depth)
{
	n = split(path, part, "/")
	for (i = 1; i <= n; i++)
		if (part[i] == "..")
			depth--
		else if (part[i] != "." && part[i] != "")
			kept[++depth] = part[i]
	path = kept[1]
	for (i = 2; i <= depth; i++)
		path = path "/" kept[i]
	return path
}

# The file behind a link in a page.
function target(page, link)
{
	if (link == "")
		return page
	if (link ~ /^\/cgi-bin\//)
		return substr(link, 2)
	if (link ~ /^\//)
		return clean("htdocs" link (link ~ /\/$/ ? "index.html" : ""))
	sub(/[^\/]*$/, "", page)
	return clean(page link)
}

function exists(file,	line)
{
	if (!(file in known)) {
		known[file] = (getline line < file) >= 0
		close(file)
	}
	return known[file]
}

function check_link(page, number, link,	at, place, file)
{
	if (link ~ /^[a-z]+:/)
		return
	at = index(link, "#")
	place = at ? substr(link, at + 1) : ""
	if (at)
		link = substr(link, 1, at - 1)
	sub(/\?.*/, "", link)
	file = target(page, link)
	if (!exists(file) && !exists(file ".c"))
		offend(page ":" number ": " file " is not there")
	else if (place != "") {
		wanted[file "#" place] = wanted[file "#" place] " " \
		    page ":" number
	}
}

{
	page = $0
	number = 0
	pages++
	while ((getline line < page) > 0) {
		number++
		while (match(line, /(href|src|id)="[^"]*"/)) {
			found = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			kind = substr(found, 1, index(found, "=") - 1)
			value = substr(found, length(kind) + 3)
			sub(/"$/, "", value)
			if (kind != "id")
				check_link(page, number, value)
			else if ((page "#" value) in place_of)
				offend(page ":" number ": " value \
				    " is a place already")
			else
				place_of[page "#" value] = 1
		}
	}
	close(page)
}
END {
	for (place in wanted)
		if (!(place in place_of))
			offend(substr(wanted[place], 2) ": " place \
			    " is not there")
	printf "%d pages, %d offences\n", pages, offences
	exit offences != 0
}' || status=1

# ---- The menu --------------------------------------------------------------------

awk -F '\t' '
FILENAME == ARGV[1] {
	if ($0 !~ /^#/ && NF == 4)
		price[$4] = $2
	next
}
/^<li><p>.* <span>[0-9]+\.[0-9][0-9]<\/span><\/p>$/ {
	name = cents = $0
	sub(/^<li><p>/, "", name)
	sub(/ <span>.*/, "", name)
	gsub(/&amp;/, "\\&", name)
	sub(/.*<span>/, "", cents)
	sub(/<.*/, "", cents)
	sub(/\./, "", cents)
	if (!(name in price)) {
		print FILENAME ":" FNR ": " name " is not in " ARGV[1]
		offences++
	} else if (price[name] + 0 != cents + 0) {
		print FILENAME ":" FNR ": " name " costs " price[name] \
		    " cents in " ARGV[1]
		offences++
	}
	shown[name] = 1
	dishes++
}
END {
	for (name in price)
		if (!(name in shown)) {
			print FILENAME ": " name " is missing"
			offences++
		}
	printf "%d dishes, %d offences\n", dishes, offences
	exit offences != 0
}' cgi-bin/menu.txt htdocs/menu.html || status=1
exit $status
