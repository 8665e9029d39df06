# table.awk - medians and ratios of what t/bench/run measured.
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
}

{
	key = $1 SUBSEP $3
	if (!($1 in counts)) {
		order[++n_workloads] = $1
		counts[$1] = $2
	}
	if (!(key in n)) {
		names[$1] = names[$1] " " $3
	}
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
	return x >= 100 ? sprintf("%.0f", x) : x >= 10 ? \
	    sprintf("%.1f", x) : sprintf("%.3f", x)
}

function ratio(x, of)
{
	return of > 0 ? sprintf("%.2f", x / of) : "-"
}

function print_workload(w,	all, i, k, key, best, mine)
{
	k = split(names[w], all, " ")
	best = ""
	for (i = 1; i <= k; i++) {
		key = w SUBSEP all[i]
		value[key] = median(figures, key)
		span[key] = digits(least) "-" digits(most)
		if (all[i] != "forkful" && all[i] != "limit" &&
		    (best == "" || value[key] < value[w, best]))
			best = all[i]
	}
	printf "\n%s (%s)\n", w, unit[counts[w]]
	printf "  %-15s %9s %-17s %8s %8s %9s %9s %7s %8s\n", "server",
	    "median", "(least-most)", "req/s", "p50 us", "p99 us",
	    w == "mixed" ? "scripts" : "mem KiB", "/best", "/limit"
	for (i = 1; i <= k; i++) {
		key = w SUBSEP all[i]
		printf "  %-15s %9s %-17s %8.0f %8.0f %9.0f %9.0f %7s %8s\n",
		    all[i] (all[i] == best ? " *" : ""), digits(value[key]),
		    "(" span[key] ")", median(rates, key), median(p50, key),
		    median(p99, key), median(memory, key),
		    ratio(value[key], value[w, best]),
		    ratio(value[key], value[w, "limit"])
	}
}

END {
	for (w = 1; w <= n_workloads; w++)
		print_workload(order[w])
	print "\n* the best peer"
}
