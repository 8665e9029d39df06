#!/bin/sh
#
# check-floors.sh - does the house stand as server/FLOORS says?
#
#	A  A file includes only headers of lower floors; folders that share a
#	   floor never include each other.
#	B  Inside a folder it includes only headers listed earlier, and its own.
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

function folder_of(name)
{
	return name ~ /\// ? substr(name, 1, index(name, "/") - 1) : "roof"
}

function unit_of(name)
{
	sub(/\.[ch]$/, "", name)
	return name
}

# One name of the list: a file, or a unit of x.c and x.h.
function take_place(where, name,	i, n, names)
{
	if (name ~ /\.[ch]$/)
		n = split(name, names)
	else
		n = split(name ".c " name ".h", names)
	for (i = 1; i <= n; i++) {
		if (names[i] in place)
			offend(where, name ": listed twice")
		place[names[i]] = number
	}
	listed[name] = number
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
		take_place(file ":" number, words[1])
		if (n > 1 && words[2] == "system")
			system_room[unit_of(words[1])] = 1
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

# Rules A and B for one #include "TARGET" of the file NAME.
function check_include(where, name, target,	from, to)
{
	if (target == "config.h") {
		if (!(unit_of(name) in system_room))
			offend(where, "config.h outside the system rooms")
		return
	}
	if (unit_of(target) == unit_of(name))
		return
	if (!(target in place)) {
		offend(where, "\"" target "\" is not in server/FLOORS")
		return
	}
	from = folder_of(name)
	to = folder_of(target)
	if (to == "modules")
		offend(where, "includes a module: " target)
	else if (level[to] > level[from])
		offend(where, "includes from a higher floor: " target)
	else if (level[to] == level[from] && to != from)
		offend(where, from " and " to " must not know each other: " \
		    target)
	else if (to == from && place[target] > place[name])
		offend(where, "includes what FLOORS lists later: " target)
}

function check_file(path,	name, line, number, target)
{
	name = path
	sub(/^server\//, "", name)
	seen[name] = seen[unit_of(name)] = 1
	if (!(name in place)) {
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
			target = line
			sub(/^[^"]*"/, "", target)
			sub(/".*/, "", target)
			check_include(path ":" number, name, target)
		} else if (line ~ /^[ \t]*#[ \t]*(el)?if.*HAVE_/ &&
		    !(unit_of(name) in system_room))
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
	for (name in listed)
		if (!(name in seen))
			offend("server/FLOORS:" listed[name],
			    name ": there is no such file or unit")
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
