# page.awk - medians and ratios of what was measured, as tables of the manual.

function cell(text)
{
	return "<td>" text "</td>"
}

function head_row(titles,	all, i, k)
{
	k = split(titles, all, "|")
	printf "<div class=\"wide\">\n<table>\n<thead><tr>"
	for (i = 1; i <= k; i++)
		printf "<th scope=\"col\">%s</th>", all[i]
	print "</tr></thead>\n<tbody>"
}

function end_table()
{
	print "</tbody>\n</table>\n</div>"
}

# All servers that were measured, in the order of their first figures.
function all_servers(	w, i, k, all, list, known)
{
	for (w = 1; w <= n_workloads; w++) {
		k = split(names[order[w]], all, " ")
		for (i = 1; i <= k; i++)
			if (!(all[i] in known)) {
				known[all[i]]
				list = list (list == "" ? "" : "|") all[i]
			}
	}
	return list
}

function figure_of(key)
{
	if (!(key in n))
		return "-"
	return digits(value[key]) (n[key] > 1 && low[key] != high[key] ? \
	    " <small>(" digits(low[key]) "-" digits(high[key]) ")</small>" : "")
}

function print_figures(	w, i, k, all)
{
	k = split(all_servers(), all, "|")
	head_row("workload|unit|" all_servers() "|of best|of limit")
	for (w = 1; w <= n_workloads; w++) {
		printf "<tr><th scope=\"row\">%s</th>%s", order[w],
		    cell(unit[counts[order[w]]])
		for (i = 1; i <= k; i++)
			printf "%s", cell(figure_of(order[w] SUBSEP all[i]))
		printf "%s%s</tr>\n", cell(ratio(value[order[w], "forkful"],
		    value[order[w], best[order[w]]])),
		    cell(ratio(value[order[w], "forkful"],
		    value[order[w], "limit"]))
	}
	end_table()
}

function print_rates(	w, key)
{
	head_row("workload|requests a second|p50 &micro;s|p99 &micro;s|" \
	    "best peer's p99|memory KiB")
	for (w = 1; w <= n_workloads; w++) {
		key = order[w] SUBSEP "forkful"
		if (!(key in n) || counts[order[w]] == "ms")
			continue
		printf "<tr><th scope=\"row\">%s</th>%s%s%s%s%s</tr>\n",
		    order[w],
		    cell(sprintf("%.0f", median(rates, key))),
		    cell(sprintf("%.0f", median(p50, key))),
		    cell(sprintf("%.0f", median(p99, key))),
		    cell(best[order[w]] == "" ? "-" : sprintf("%.0f",
		    median(p99, order[w] SUBSEP best[order[w]]))),
		    cell(order[w] == "mixed" ? "-" : counts[order[w]] == \
		    "failed" ? "-" : sprintf("%.0f", median(memory, key)))
	}
	end_table()
	key = "reload" SUBSEP "forkful"
	if (key in n)
		printf "<p>Reloading: %d requests and %d reloads in all, %d " \
		    "failed.</p>\n", requests[key], extra[key],
		    median(figures, key)
	key = "mixed" SUBSEP "forkful"
	if (key in n)
		printf "<p>Mixed load: %d scripts a second beside it" \
		    "%s.</p>\n", median(memory, key),
		    ("mixed", "lighttpd") in n ? sprintf("; lighttpd ran %d",
		    median(memory, "mixed" SUBSEP "lighttpd")) : ""
}

function print_aims(	i, a, far)
{
	head_row("aim|beside|at most|is|")
	for (i = 1; i <= n_aims; i++) {
		split(aim_of[i], a, " ")
		far = reached(a[1], a[2])
		printf "<tr><th scope=\"row\">%s</th>%s%s%s%s</tr>\n", a[1],
		    cell(a[2]), cell(a[3]), cell(sprintf("%.2f", far)),
		    cell(is_reached(far, a[2], a[3]) ? "reached" : "missed")
	}
	end_table()
}

END {
	for (w = 1; w <= n_workloads; w++)
		settle(order[w])
	read_aims()
	if (about != "")
		print "<p>" about "</p>"
	print_figures()
	print_rates()
	print_aims()
}
