# figures.awk - reads what t/bench/run measured: for table.awk and page.awk,
# which print it.
#
# Columns: workload, what counts, server, requests, CPU us (or the figure
# itself), bytes, p50, p99, wall us, memory.

BEGIN {
	FS = "\t"
	unit["request"] = "CPU us/request"
	unit["byte"] = "CPU s/GB"
	unit["sent"] = "CPU s/GB"
	unit["p99"] = "p99 us"
	unit["failed"] = "failed"
	unit["ms"] = "ms"
}

{
	key = $1 SUBSEP $3
	if (!($1 in counts)) {
		order[++n_workloads] = $1
		counts[$1] = $2
	}
	if (!(key in n))
		names[$1] = names[$1] " " $3
	if ($2 == "request")
		figure = $4 > 0 ? $5 / $4 : 0
	else if ($2 == "byte" || $2 == "sent")
		figure = $6 > 0 ? $5 * 1000 / $6 : 0
	else
		figure = $5
	i = ++n[key]
	figures[key, i] = figure
	rates[key, i] = $4 * 1000000 / $9
	p50[key, i] = $7
	p99[key, i] = $8
	memory[key, i] = $10
	requests[key] += $4
	extra[key] += $10
}

# The median of a[key, 1..n]; least and most are left behind.
function median(a, key,	i, j, k, t, v)
{
	k = n[key]
	for (i = 1; i <= k; i++) {
		t = a[key, i]
		for (j = i - 1; j >= 1 && v[j] > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	least = v[1]
	most = v[k]
	return k % 2 ? v[(k + 1) / 2] : (v[k / 2] + v[k / 2 + 1]) / 2
}

function digits(x)
{
	return x >= 100 || x == 0 ? sprintf("%.0f", x) : x >= 10 ? \
	    sprintf("%.1f", x) : sprintf("%.3f", x)
}

function ratio(x, of)
{
	return of > 0 ? sprintf("%.2f", x / of) : "-"
}

# The medians of all servers in workload w, and its best peer.
function settle(w,	all, i, k, key)
{
	k = split(names[w], all, " ")
	best[w] = ""
	for (i = 1; i <= k; i++) {
		key = w SUBSEP all[i]
		value[key] = median(figures, key)
		low[key] = least
		high[key] = most
		if (all[i] != "forkful" && all[i] != "limit" &&
		    (best[w] == "" || value[key] < value[w, best[w]]))
			best[w] = all[i]
	}
}

# What stands in the column of memory.
function extra_name(w)
{
	return w == "mixed" ? "scripts/s" : w == "reload" ? "reloads" : \
	    "mem KiB"
}

# How far workload w came in what is compared; "" when it cannot be told.
function reached(w, what,	connections)
{
	connections = w
	sub(/.*-/, "", connections)
	if (!((w, "forkful") in n))
		return ""
	if (what == "failed")
		return value[w, "forkful"]
	if (what == "each")
		return median(memory, w SUBSEP "forkful") * 1024 / 1000 / \
		    connections
	if (what == "alone" || what == "more") {
		if (!(("1k", "forkful") in n))
			return ""
		return what == "alone" ? \
		    value[w, "forkful"] / value["1k", "forkful"] : \
		    (median(memory, w SUBSEP "forkful") - \
		    median(memory, "1k" SUBSEP "forkful")) / 1000
	}
	if (what == "scripts")
		return (w, "lighttpd") in n ? \
		    median(memory, w SUBSEP "forkful") / \
		    median(memory, w SUBSEP "lighttpd") : ""
	if (what == "best")
		what = best[w]
	return (w, what) in n && value[w, what] > 0 ? \
	    value[w, "forkful"] / value[w, what] : ""
}

# An aim holds for the workload of that name, and for those with a number behind.
function is_meant(w, name)
{
	return w == name || (index(w, name "-") == 1 && \
	    substr(w, length(name) + 2) ~ /^[0-9]+$/)
}

# The aims, in order: aim_of[1..n_aims], "workload what most".
function read_aims(	line, words, w)
{
	while ((getline line < aims) > 0) {
		sub(/#.*/, "", line)
		if (split(line, words, /[ \t]+/) < 3 || words[1] == "")
			continue
		for (w = 1; w <= n_workloads; w++)
			if (is_meant(order[w], words[1]) &&
			    reached(order[w], words[2]) != "")
				aim_of[++n_aims] = order[w] " " words[2] " " \
				    words[3]
	}
	close(aims)
}

# What does not show in two digits is no difference.
function is_reached(far, what, most)
{
	return what == "scripts" ? far >= most - 0.02 : far <= most + \
	    (what == "failed" ? 0 : 0.005)
}
