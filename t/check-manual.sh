#!/bin/sh
#
# check-manual.sh - does the manual say of every directive what the server does?
#
# Holds htdocs/manual/modules/*.html against the server's own table (t/rows):
# each directive has one entry, on its module's page, in the form that the top
# of core.html describes; Syntax, Context and Override agree with the table; the
# server takes each Default as it stands.  The lists at the top of the pages and
# in directives.html name them all.
#
# Offenders are told as file:line.

LC_ALL=C
export LC_ALL
: "${FORKFUL:?}" "${BUILDDIR:?}"
cd "${srcdir:-$(dirname "$0")/..}" || exit 99

dir=$(mktemp -d /tmp/manual.XXXXXX) || exit 99
trap 'rm -rf "$dir"' EXIT
status=0

"$BUILDDIR/t/rows" >"$dir/rows" || exit 99

awk -F '\t' -v out="$dir" '
function offend(what)
{
	print FILENAME ":" FNR ": " what
	offences++
}

# Text without markup.
function plain(html)
{
	gsub(/<[^>]*>/, "", html)
	gsub(/&lt;/, "<", html)
	gsub(/&gt;/, ">", html)
	gsub(/&amp;/, "\\&", html)
	return html
}

# "<Directory>" -> "directory"
function id_of(name)
{
	gsub(/[<>]/, "", name)
	return tolower(name)
}

# What stands between two marks, or "" when the line has not this form.
function inside(line, before, after,	n)
{
	n = length(line) - length(after)
	if (index(line, before) != 1 || substr(line, n + 1) != after)
		return ""
	return substr(line, length(before) + 1, n - length(before))
}

function check_heading(line,	name)
{
	name = plain(line)
	current = name
	part = 0
	text = ""
	if (!(name in module)) {
		offend("there is no directive " name)
		return
	}
	if (name in entry)
		offend(name " has an entry already")
	entry[name] = 1
	if (module[name] != page)
		offend(name " belongs to the module " module[name])
	if (line != "<h2><a href=\"#" id "\">" shown(name) "</a></h2>" ||
	    id != id_of(name))
		offend("the heading of " name " has another form")
	order[++n_order] = name
}

function shown(name)
{
	gsub(/</, "\\&lt;", name)
	gsub(/>/, "\\&gt;", name)
	return name
}

# Split a form of a Syntax part into its arguments: blanks inside brackets do not
# count.  Sets least and most.
function count_arguments(form,	i, c, depth, word)
{
	least = most = optional = 0
	word = ""
	form = form " "
	for (i = 1; i <= length(form); i++) {
		c = substr(form, i, 1)
		depth += (c == "[") - (c == "]")
		if (c != " " || depth > 0) {
			word = word c
			continue
		}
		if (word == "...") {
			most = 1000
		} else if (word != "") {
			most += 1 + (word ~ /^\[!\]/)
			if (is_optional(word))
				optional++
			else
				least++
		}
		word = ""
	}
	if (most > 1000)
		most = 1000
}

# The bracket at the beginning is closed by the last one.
function is_optional(word,	i, depth)
{
	if (word !~ /^\[.*\]$/)
		return 0
	for (i = 1; i < length(word); i++) {
		depth += (substr(word, i, 1) == "[") - \
		    (substr(word, i, 1) == "]")
		if (depth == 0)
			return 0
	}
	return 1
}

function check_syntax(code,	n, i, forms, form, name, all_least, all_most, bare)
{
	bare = current
	gsub(/[<>]/, "", bare)
	all_least = 1000
	n = split(code, forms, /<br>/)
	for (i = 1; i <= n; i++) {
		form = plain(inside(forms[i], "<code>", "</code>"))
		if (current ~ /^</) {
			form = inside(form, "<" bare, "</" bare ">")
			if (form !~ /> \.\.\. $/)
				form = ""
			sub(/> \.\.\. $/, "", form)
			form = bare form
		}
		if (form != bare && index(form, bare " ") != 1) {
			offend("the syntax of " current " has another form")
			return
		}
		count_arguments(substr(form, length(bare) + 2))
		if (least < all_least)
			all_least = least
		if (most > all_most)
			all_most = most
	}
	if (all_most != max[current])
		offend(current " takes at most " max[current] \
		    " arguments, not " all_most)
	if (all_least != min[current] && accepted[current] == "" &&
	    !(all_least == 0 && min[current] == 1))
		offend(current " takes at least " min[current] \
		    " arguments, not " all_least)
	check_words(plain(code))
}

# The words of a choice are those of the table; others of these may be told in
# the text.
function check_words(code,	n, i, choice)
{
	wanted = words[current]
	if (wanted == "" || !sub(/^[^ ]* /, "", code))
		return
	n = split(code, choice, /\|/)
	for (i = 1; i <= n; i++)
		if (index(tolower("|" wanted "|"),
		    tolower("|" choice[i] "|")) == 0)
			offend(current " does not take " choice[i])
}

function check_text(	n, i, word)
{
	n = split(words[current], word, /\|/)
	for (i = 1; i <= n; i++)
		if (index(tolower(text), tolower(word[i])) == 0)
			offend("nothing is said of " current " " word[i])
}

function check_default(code,	line)
{
	if (code == "none")
		return
	line = inside(code, "<code>", "</code>")
	if (index(line, current " ") != 1) {
		offend("the default of " current " is not a whole line")
		return
	}
	line = plain(line)
	if (context[current] ~ /^server config/)
		print line >(out "/defaults")
	else if (context[current] ~ /^virtual host/)
		print "<VirtualHost *>\n" line "\n</VirtualHost>" \
		    >(out "/defaults")
	else
		print "<Directory />\n" line "\n</Directory>" \
		    >(out "/defaults")
}

function check_same(what, is, should)
{
	if (is != should)
		offend("the " what " of " current " is " should ", not " is)
}

# The four parts, in their order.
function check_part(line,	label, content)
{
	part++
	label = part == 1 ? "Syntax" : part == 2 ? "Default" : \
	    part == 3 ? "Context" : "Override"
	content = inside(line, "<dt>" label "</dt><dd>", "</dd>")
	if (content == "") {
		offend("part " part " of " current " should be " label)
		return
	}
	if (!(current in module))
		return
	if (part == 1)
		check_syntax(content)
	else if (part == 2)
		check_default(content)
	else if (part == 3)
		check_same("context", content, context[current])
	else
		check_same("override", content, override[current])
}

# The list at the top has all entries, in their order.
function end_page(	i)
{
	if (page == "" || page == "directives")
		return
	for (i = 1; i <= n_order || i <= n_listed; i++)
		if (order[i] != listed[i]) {
			print "htdocs/manual/modules/" page ".html: the list" \
			    " says \"" listed[i] "\" where the entry is \"" \
			    order[i] "\""
			offences++
			return
		}
}

# The list of a page, or of directives.html.
function check_item(line,	name, where)
{
	name = plain(line)
	if (page != "directives") {
		listed[++n_listed] = name
		if (line != "<li><a href=\"#" id_of(name) "\">" shown(name) \
		    "</a></li>")
			offend("the item " name " has another form")
		return
	}
	where = "modules/" module[name] ".html#" id_of(name)
	if (line != "<li><a href=\"" where "\">" shown(name) "</a></li>")
		offend("the item " name " should lead to " where)
	if (name in indexed)
		offend(name " is listed twice")
	indexed[name] = 1
	if (id_of(name) < last)
		offend(name " is not in the order of the alphabet")
	last = id_of(name)
}

FILENAME == ARGV[1] {
	module[$2] = $1
	min[$2] = $3
	max[$2] = $4
	context[$2] = $5
	override[$2] = $6
	accepted[$2] = $7
	words[$2] = $8
	next
}
FNR == 1 {
	end_page()
	page = FILENAME
	sub(/.*\//, "", page)
	sub(/\.html$/, "", page)
	n_order = n_listed = in_list = in_entry = 0
	split("", order)
	split("", listed)
	last = ""
}
/^<nav class="toc"/ { in_list = 1 }
/^<\/nav>/ { in_list = 0 }
in_list && /^<li>/ { check_item($0) }
/^<section class="directive" id="/ {
	id = inside($0, "<section class=\"directive\" id=\"", "\">")
	in_entry = 1
	next
}
in_entry && /^<h2>/ { check_heading($0); next }
in_entry && /^<dt>/ { check_part($0) }
in_entry { text = text " " plain($0) }
/^<\/section>/ && in_entry {
	if (part != 4)
		offend(current " has " part " parts, not 4")
	check_text()
	in_entry = 0
}
END {
	end_page()
	FILENAME = "htdocs/manual/directives.html"
	FNR = 0
	for (name in module) {
		if (!(name in entry)) {
			print "htdocs/manual/modules/" module[name] \
			    ".html: there is no entry for " name
			offences++
		}
		if (!(name in indexed))
			offend(name " is missing")
		n++
	}
	printf "%d directives, %d offences\n", n, offences
	exit offences != 0
}' "$dir/rows" htdocs/manual/modules/*.html htdocs/manual/directives.html ||
    status=1

# What holds when a line is missing can be written down.
if ! "$FORKFUL" -d "$dir" -f "$dir/defaults" -C "ServerName localhost" \
    -t >"$dir/said" 2>&1 ||
    [ "$(cat "$dir/said")" != "Syntax OK" ]; then
	echo "the server does not take a default as it stands:"
	cat "$dir/said"
	status=1
fi
exit $status
