# plot.awk - how the cost of a request grows, as text, as tables of the manual,
# or drawn: how is "text", "page" or "svg".
#
# Columns: series, how many, CPU us, requests, memory KiB, start ms, p99 us.  The
# file titles says what grows: series|title.

BEGIN {
	FS = "\t"
	while ((getline line < titles) > 0)
		if (split(line, words, "|") == 2 && words[1] != "")
			title[words[1]] = words[2]
}

{
	key = $1 SUBSEP $2
	if (!($1 in points))
		order[++n_series] = $1
	if (!(key in n)) {
		points[$1]++
		x[$1, points[$1]] = $2
	}
	i = ++n[key]
	cost[key, i] = $3 / $4
	kib[key, i] = $5
	up[key, i] = $6
	late[key, i] = $7
}

function median(a, key,	i, j, k, t, v)
{
	k = n[key]
	for (i = 1; i <= k; i++) {
		t = a[key, i]
		for (j = i - 1; j >= 1 && v[j] > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return k % 2 ? v[(k + 1) / 2] : (v[k / 2] + v[k / 2 + 1]) / 2
}

function digits(y)
{
	return y >= 100 ? sprintf("%.0f", y) : y >= 10 ? \
	    sprintf("%.1f", y) : sprintf("%.2f", y)
}

# 20000 is "20 k".
function short(y)
{
	return y >= 1000000 ? y / 1000000 " M" : y >= 1000 ? \
	    y / 1000 " k" : y ""
}

function log10(y)
{
	return log(y) / log(10)
}

# ---- Tables -------------------------------------------------------------------

function print_text(s,	i, key)
{
	printf "\n%s (%s)\n  %12s %14s %12s %10s %10s\n", s, title[s], "",
	    "CPU us/request", "memory KiB", "start ms", "p99 us"
	for (i = 1; i <= points[s]; i++) {
		key = s SUBSEP x[s, i]
		printf "  %12d %14s %12.0f %10.0f %10.0f\n", x[s, i],
		    digits(median(cost, key)), median(kib, key),
		    median(up, key), median(late, key)
	}
}

function print_table(s,	i, key)
{
	printf "<div class=\"wide\">\n<table>\n<thead><tr>" \
	    "<th scope=\"col\">%s</th>", title[s]
	for (i = 1; i <= points[s]; i++)
		printf "<th scope=\"col\">%s</th>", short(x[s, i])
	printf "</tr></thead>\n<tbody>\n"
	printf "<tr><th scope=\"row\">CPU &micro;s for each request</th>"
	for (i = 1; i <= points[s]; i++)
		printf "<td>%s</td>", digits(median(cost, s SUBSEP x[s, i]))
	printf "</tr>\n"
	if (s == "hosts") {
		printf "<tr><th scope=\"row\">memory, MB</th>"
		for (i = 1; i <= points[s]; i++)
			printf "<td>%.1f</td>",
			    median(kib, s SUBSEP x[s, i]) / 976.6
		printf "</tr>\n<tr><th scope=\"row\">start, ms</th>"
		for (i = 1; i <= points[s]; i++)
			printf "<td>%.0f</td>", median(up, s SUBSEP x[s, i])
		printf "</tr>\n"
	}
	print "</tbody>\n</table>\n</div>"
}

# ---- Drawing ------------------------------------------------------------------

# A panel for each series, both axes by powers of ten: what is flat stays flat,
# and what grows as the number itself rises by one line of the grid for each.
function draw(s, left, top,	i, key, lx, ly, w, h, x1, y0, y1, px, py, path)
{
	w = 250
	h = 150
	x1 = log10(x[s, points[s]])
	if (x1 < 1)
		x1 = 1
	y0 = 1e9
	y1 = -1e9
	for (i = 1; i <= points[s]; i++) {
		ly = log10(median(cost, s SUBSEP x[s, i]))
		if (ly < y0)
			y0 = ly
		if (ly > y1)
			y1 = ly
	}
	y0 = int(y0 + 100) - 100
	y1 = int(y1 + 101) - 100
	printf "<g transform=\"translate(%d %d)\">\n", left, top
	printf "<text class=\"title\" x=\"0\" y=\"-10\">%s</text>\n", title[s]
	for (ly = y0; ly <= y1; ly++) {
		py = h - (ly - y0) / (y1 - y0) * h
		printf "<path class=\"grid\" d=\"M0 %.1fH%d\"/>" \
		    "<text class=\"y\" x=\"-6\" y=\"%.1f\">%s</text>\n", py, w,
		    py + 4, short(10 ^ ly)
	}
	for (lx = x[s, 1] > 1 ? int(log10(x[s, 1]) + 0.01) : 0; lx <= x1; lx++) {
		px = place(s, lx, x1, w)
		printf "<path class=\"grid\" d=\"M%.1f 0V%d\"/>" \
		    "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>\n", px, h,
		    px, h + 16, short(10 ^ lx)
	}
	for (i = 1; i <= points[s]; i++) {
		key = s SUBSEP x[s, i]
		px = place(s, log10(x[s, i]), x1, w)
		py = h - (log10(median(cost, key)) - y0) / (y1 - y0) * h
		path = path sprintf("%s%.1f %.1f", i == 1 ? "M" : "L", px, py)
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", px, py
	}
	printf "<path class=\"line\" d=\"%s\"/>\n", path
	print "</g>"
}

function place(s, lx, x1, w,	x0)
{
	x0 = log10(x[s, 1])
	return x1 > x0 ? (lx - x0) / (x1 - x0) * w : 0
}

function print_svg(	s, rows)
{
	rows = int((n_series + 2) / 3)
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 " \
	    "%d\" font-family=\"sans-serif\" font-size=\"11\">\n", rows * 230
	print "<title>CPU time for each request, in microseconds</title>"
	print "<style>.grid{stroke:#ccc;fill:none}.line{stroke:#b3261e;" \
	    "stroke-width:2;fill:none}circle{fill:#b3261e}text{fill:#333}" \
	    ".title{font-size:14px;font-weight:bold}.x{text-anchor:middle}" \
	    ".y{text-anchor:end}</style>"
	printf "<rect width=\"960\" height=\"%d\" fill=\"#fff\"/>\n", \
	    rows * 230
	for (s = 1; s <= n_series; s++)
		draw(order[s], 50 + (s - 1) % 3 * 315,
		    40 + int((s - 1) / 3) * 230)
	print "</svg>"
}

END {
	if (how == "svg")
		print_svg()
	for (s = 1; s <= n_series && how != "svg"; s++)
		if (how == "page")
			print_table(order[s])
		else
			print_text(order[s])
}
