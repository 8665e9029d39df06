#!/bin/sh
#
# check-style.sh - the rules of style that a machine can see:
#
#	80 columns with tabs of 8, no blanks at the end of a line, no // comments
#	on lines of their own, no spaces where a tab belongs, and functions of at
#	most 70 lines (tables may be longer).
#
# Offenders are told as file:line.

LC_ALL=C
export LC_ALL
cd "${srcdir:-$(dirname "$0")/..}" || exit 99

find server cgi-bin t -name '*.[ch]' | sort | awk '
function offend(where, what)
{
	print where ": " what
	offences++
}

# Columns of a line, UTF-8 continuation bytes not counted.
function width(line,	n, i, c)
{
	gsub(/[\200-\277]/, "", line)
	if (index(line, "\t") == 0)
		return length(line)
	n = 0
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		n += c == "\t" ? 8 - n % 8 : 1
	}
	return n
}

function check_file(path,	line, number, opened)
{
	while ((getline line < path) > 0) {
		number++
		if (width(line) > 80)
			offend(path ":" number, "longer than 80 columns")
		if (line ~ /[ \t]$/)
			offend(path ":" number, "blanks at the end")
		if (line ~ /^[ \t]*\/\//)
			offend(path ":" number, "a // comment")
		if (line ~ /^        /)
			offend(path ":" number, "spaces where a tab belongs")
		if (line ~ /^\{/)
			opened = number
		if (line ~ /^\}/ && opened) {
			if (number - opened - 1 > 70)
				offend(path ":" opened, "a function of " \
				    number - opened - 1 " lines")
			opened = 0
		}
	}
	close(path)
}

{ check_file($0); files++ }
END {
	printf "%d files, %d offences\n", files, offences
	exit offences != 0
}'
