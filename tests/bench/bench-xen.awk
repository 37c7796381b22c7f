# SPDX-License-Identifier: GPL-2.0-or-later
# bench-xen.awk - a table of medians and ratios out of bench-xen-dom0.sh's lines, and which bound is met.
#
# The machine is faster in one second than in the next, so a ratio is the median
# of the ratios of each round. Ends with status 1 if a bound is missed, a
# figure is not there, or dom0 said WRONG.
function sorted(list, n, out,   i, j, v) {
	for (i = 1; i <= n; i++) {
		v = list[i]
		for (j = i - 1; j >= 1 && out[j] > v; j--)
			out[j + 1] = out[j]
		out[j + 1] = v
	}
}
function at(out, n, p) {
	return out[int((n - 1) * p / 100 + 1.5)]
}
# "median (p10-p90)" of the figures, as printf's format says
function cell(key, format,   list, out, i, n) {
	n = count[key]
	if (!n)
		return "none"
	for (i = 1; i <= n; i++)
		list[i] = value[key, i]
	sorted(list, n, out)
	return sprintf(format " (" format "-" format ")", at(out, n, 50), at(out, n, 10), at(out, n, 90))
}
# the ratios of two figures, round by round; sets median and its text
function by_round(key_a, key_b, format,   list, out, i, n) {
	n = count[key_a] < count[key_b] ? count[key_a] : count[key_b]
	median = 0
	if (!n)
		return "none"
	for (i = 1; i <= n; i++)
		list[i] = value[key_b, i] > 0 ? value[key_a, i] / value[key_b, i] : 0
	sorted(list, n, out)
	median = at(out, n, 50)
	return sprintf(format " (" format "-" format ")", median, at(out, n, 10), at(out, n, 90))
}
function line(a, b, c, d, e, f) {
	printf "%-32s %-22s %-22s %-21s %-8s %s\n", a, b, c, d, e, f
}
# one measurement: name, the two figures, the ratio of which to which, bound
function row(name, key_a, key_b, format, over, under, ratio_format, bound,   ratio) {
	ratio = by_round(over, under, ratio_format)
	verdict = median >= bound ? "met" : "MISSED"
	if (median < bound)
		missed = missed (missed == "" ? "" : ", ") name
	line(name, cell(key_a, format), cell(key_b, format), ratio, ">= " bound, verdict)
}
/^FIGURE / {
	if ($4 !~ /^[0-9.]+$/)
		wrong = "no figure of " $2 ", " $3
	value[$2 " " $3, ++count[$2 " " $3]] = $4
	next
}
/^WRONG / {
	wrong = substr($0, 7)
	next
}
/^#/ {
	print
	fflush()
	next
}
{ print "# " $0 }
END {
	printf "\n"
	line("median (p10-p90)", "fast path", "netfront", "times", "bound", "")
	row("TCP_RR of 1 byte, per second", "tcp-rr fast", "tcp-rr slow", "%.0f", "tcp-rr fast", "tcp-rr slow", "%.2f", 3)
	row("UDP_RR of 1 byte, per second", "udp-rr fast", "udp-rr slow", "%.0f", "udp-rr fast", "udp-rr slow", "%.2f", 3)
	row("TCP_STREAM, Mbit/s", "tcp-stream fast", "tcp-stream slow", "%.0f", "tcp-stream fast", "tcp-stream slow", "%.2f", 2.5)
	row("dom0's CPU, ms per GB of it", "dom0-per-gb fast", "dom0-per-gb slow", "%.0f", "dom0-per-gb slow", "dom0-per-gb fast", "%.1f", 10)
	line("guests' CPU while they stream, %", cell("guests-busy fast", "%.0f"), cell("guests-busy slow", "%.0f"), "", "-", "")
	printf "\n"
	line("a guest with dom0", "module loaded", "not loaded", "times", "bound", "")
	row("TCP_RR of 1 byte, per second", "dom0-tcp-rr with", "dom0-tcp-rr without", "%.0f", "dom0-tcp-rr with", "dom0-tcp-rr without", "%.2f", 0.97)
	row("TCP_STREAM, Mbit/s", "dom0-tcp-stream with", "dom0-tcp-stream without", "%.0f", "dom0-tcp-stream with", "dom0-tcp-stream without", "%.2f", 0.97)
	printf "\n"
	line("the limit", "fast path", "bare event channel", "part of it", "", "")
	line("TCP_RR of 1 byte, per second", cell("tcp-rr fast", "%.0f"), cell("event-rr bare", "%.0f"), by_round("tcp-rr fast", "event-rr bare", "%.2f"), "-", "")
	line("UDP_RR of 1 byte, per second", cell("udp-rr fast", "%.0f"), cell("event-rr bare", "%.0f"), by_round("udp-rr fast", "event-rr bare", "%.2f"), "-", "")
	printf "\n"
	print "# " count["tcp-rr fast"] + 0 " rounds; dom0's CPU with nothing to do: " cell("dom0-idle ms", "%.0f") " ms in as long as one measurement"
	if (wrong == "" && (!count["event-rr bare"] || !count["dom0-idle ms"]))
		wrong = "dom0 did not come to the end"
	if (wrong != "")
		print "# worthless: " wrong
	else if (missed != "")
		print "# missed: " missed
	else
		print "# every bound is met"
	exit wrong != "" || missed != ""
}
