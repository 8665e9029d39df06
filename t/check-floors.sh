#!/bin/sh
#
# check-floors.sh - does the house stand as server/FLOORS says?
#
#	A  A file includes only headers of lower floors; folders that share a
#	   floor never include each other.
#	B  Inside a folder it includes only headers of units listed earlier, and
#	   its own.
#	C  A module has no header, so that no module can include another.
#
# Beside these: every file is listed, every listed unit exists, the build knows
# every file, and only the units marked "system" ask what the system has
# (config.h, HAVE_...).  Offenders are told as file:line.

LC_ALL=C
export LC_ALL
cd "${srcdir:-$(dirname "$0")/..}" || exit 99

find server -name '*.[ch]' | sort | awk '
function offend(where, what)
{
	print where ": " what
	offences++
}

function folder_of(unit)
{
	return unit ~ /\// ? substr(unit, 1, index(unit, "/") - 1) : "roof"
}

# server/FLOORS: "floor FOLDER ...", then its units in order.
function read_floors(file,	line, n, i, floor, words)
{
	while ((getline line < file) > 0) {
		number++
		sub(/#.*/, "", line)
		n = split(line, words)
		if (n == 0)
			continue
		if (words[1] == "floor") {
			floor++
			for (i = 2; i <= n; i++)
				level[words[i]] = floor
			continue
		}
		if (!(folder_of(words[1]) in level))
			offend(file ":" number, words[1] ": on no floor yet")
		if (words[1] in place)
			offend(file ":" number, words[1] ": listed twice")
		place[words[1]] = number
		if (n > 1 && words[2] == "system")
			system_room[words[1]] = 1
	}
	close(file)
}

# Makefile.am: every word.
function read_build(file,	line, n, i, words)
{
	while ((getline line < file) > 0) {
		n = split(line, words)
		for (i = 1; i <= n; i++)
			built[words[i]] = 1
	}
	close(file)
}

# Rules A and B for one #include "NAME".
function check_include(where, unit, name,	from, to, target)
{
	if (name == "config.h") {
		if (!(unit in system_room))
			offend(where, "config.h outside the system rooms")
		return
	}
	target = name
	sub(/\.h$/, "", target)
	if (target == unit)
		return
	if (!(target in place)) {
		offend(where, "\"" name "\" is not in server/FLOORS")
		return
	}
	from = folder_of(unit)
	to = folder_of(target)
	if (to == "modules")
		offend(where, "includes a module: " name)
	else if (level[to] > level[from])
		offend(where, "includes from a higher floor: " name)
	else if (level[to] == level[from] && to != from)
		offend(where, from " and " to " must not know each other: " name)
	else if (to == from && place[target] > place[unit])
		offend(where, "includes what FLOORS lists later: " name)
}

function check_file(path,	unit, line, number, name)
{
	unit = path
	sub(/^server\//, "", unit)
	sub(/\.[ch]$/, "", unit)
	seen[unit] = 1
	if (!(unit in place)) {
		offend(path, "not listed in server/FLOORS")
		return
	}
	if (!(path in built))
		offend(path, "not listed in Makefile.am")
	if (path ~ /^server\/modules\/.*\.h$/)
		offend(path, "a module has no header")
	while ((getline line < path) > 0) {
		number++
		if (line ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
			name = line
			sub(/^[^"]*"/, "", name)
			sub(/".*/, "", name)
			check_include(path ":" number, unit, name)
		} else if (line ~ /^[ \t]*#[ \t]*(el)?if.*HAVE_/ &&
		    !(unit in system_room))
			offend(path ":" number,
			    "asks for HAVE_... outside the system rooms")
	}
	close(path)
}

BEGIN {
	read_floors("server/FLOORS")
	read_build("Makefile.am")
}
{ check_file($0); files++ }
END {
	for (unit in place)
		if (!(unit in seen))
			offend("server/FLOORS:" place[unit],
			    unit ": there is no such unit")
	printf "%d files, %d offences\n", files, offences
	exit offences != 0
}' || exit 1

# Every test and fuzz target is built.
status=0
for file in t/unit/check_*.c t/fuzz/fuzz_*.c; do
	[ -e "$file" ] || continue
	awk -v want="${file%.c}" '{
		for (i = 1; i <= NF; i++)
			if ($i == want)
				found = 1
	}
	END { exit !found }' Makefile.am && continue
	echo "$file: not listed in Makefile.am"
	status=1
done
exit $status
