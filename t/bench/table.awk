# table.awk - medians and ratios of what was measured, as text.

function print_workload(w,	all, i, k, key)
{
	k = split(names[w], all, " ")
	printf "\n%s (%s)\n", w, unit[counts[w]]
	printf "  %-15s %9s %-17s %8s %8s %9s %9s %7s %8s\n", "server",
	    "median", "(least-most)", "req/s", "p50 us", "p99 us",
	    extra_name(w), "/best", "/limit"
	for (i = 1; i <= k; i++) {
		key = w SUBSEP all[i]
		printf "  %-15s %9s %-17s %8.0f %8.0f %9.0f %9.0f %7s %8s\n",
		    all[i] (all[i] == best[w] ? " *" : ""),
		    digits(value[key]),
		    "(" digits(low[key]) "-" digits(high[key]) ")",
		    median(rates, key), median(p50, key), median(p99, key),
		    counts[w] == "failed" ? extra[key] : median(memory, key),
		    ratio(value[key], value[w, best[w]]),
		    ratio(value[key], value[w, "limit"])
	}
	if (counts[w] == "failed")
		printf "  Forkful: %d requests, %d reloads in all\n",
		    requests[w, "forkful"], extra[w, "forkful"]
}

function print_aims(	i, a, far)
{
	printf "\n%-12s %-10s %8s %8s\n", "aim", "beside", "at most", "is"
	for (i = 1; i <= n_aims; i++) {
		split(aim_of[i], a, " ")
		far = reached(a[1], a[2])
		printf "%-12s %-10s %8s %8.2f%s\n", a[1], a[2], a[3], far,
		    is_reached(far, a[2], a[3]) ? "" : "  missed"
	}
}

END {
	for (w = 1; w <= n_workloads; w++)
		settle(order[w])
	for (w = 1; w <= n_workloads; w++)
		print_workload(order[w])
	print "\n* the best peer"
	read_aims()
	if (n_aims > 0)
		print_aims()
}
