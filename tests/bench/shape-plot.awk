# SPDX-License-Identifier: GPL-2.0-or-later
# shape-plot.awk - what shape.gnuplot draws, of the CSV of shape.sh: one file for each curve, a point a line.

BEGIN {
	FS = ","
	file["to a guest of this host"] = to "-rate-local.dat"
	file["to one behind another bridge"] = to "-rate-remote.dat"
	file["mininet's TCLink"] = to "-rate-tclink.dat"
	file["tbf burst 1600"] = to "-rate-small.dat"
	file["guests of this host"] = to "-delay-local.dat"
	file["behind another bridge"] = to "-delay-remote.dat"
	for (where in file)
		printf "" >file[where]
}

!/^#/ && NF == 6 && $2 in file && $5 != "" && $5 != "null" {
	scale = $1 == "rate" ? 1000 : 1
	print $3 / scale, $5 / scale >file[$2]
}
