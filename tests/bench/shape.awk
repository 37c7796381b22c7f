# SPDX-License-Identifier: GPL-2.0-or-later
# shape.awk - the tables of shape.sh: what is configured, what it should give, and what was measured.
#
# Of several rounds the median counts, of round trips the smallest, of losses the mean.

BEGIN {
	FS = ","
}

/^#/ || NF != 6 || $5 == "" || $5 == "null" {
	next
}

{
	key = $1 FS $2 FS $3
	if (!(key in n)) {
		if (!(($1, $2) in seen_where)) {
			seen_where[$1, $2] = 1
			where[$1, ++n_where[$1]] = $2
		}
		if (!(($1, $3) in seen_value)) {
			seen_value[$1, $3] = 1
			value[$1, ++n_value[$1]] = $3
		}
	}
	v[key, ++n[key]] = $5
	theory[key] = $4
	unit[key] = $6
}

# the values of one cell in order: smallest first
function sort_cell(key,   i, j, t) {
	for (i = 2; i <= n[key]; i++) {
		t = v[key, i]
		for (j = i - 1; j > 0 && v[key, j] + 0 > t + 0; j--)
			v[key, j + 1] = v[key, j]
		v[key, j + 1] = t
	}
}

# the values of all rows in order
function sort_values(what,   i, j, t) {
	for (i = 2; i <= n_value[what]; i++) {
		t = value[what, i]
		for (j = i - 1; j > 0 && value[what, j] + 0 > t + 0; j--)
			value[what, j + 1] = value[what, j]
		value[what, j + 1] = t
	}
}

function median(key) {
	sort_cell(key)
	return v[key, int((n[key] + 1) / 2)]
}

function mean(key,   i, sum) {
	for (i = 1; i <= n[key]; i++)
		sum += v[key, i]
	return sprintf("%.4g", sum / n[key])
}

function least(key) {
	sort_cell(key)
	return v[key, 1]
}

function rates(   i, j, key) {
	if (!n_value["rate"])
		return
	printf "\n| Mbit/s | by theory, kbit/s |"
	for (j = 1; j <= n_where["rate"]; j++)
		printf " %s |", where["rate", j]
	printf "\n|---|---|"
	for (j = 1; j <= n_where["rate"]; j++)
		printf "---|"
	for (i = 1; i <= n_value["rate"]; i++) {
		key = "rate" FS where["rate", 1] FS value["rate", i]
		printf "\n| %d | %d |", value["rate", i] / 1000, theory[key]
		for (j = 1; j <= n_where["rate"]; j++) {
			key = "rate" FS where["rate", j] FS value["rate", i]
			printf " %d (%.1f %%) |", median(key), 100 * median(key) / theory[key]
		}
	}
	printf "\n"
}

# The smallest of the round trips, and how much more than configured it is: all of it is the machine's.
function delays(   i, j, key) {
	if (!n_value["delay"])
		return
	sort_values("delay")
	printf "\n| ms in all |"
	for (j = 2; j <= n_where["delay"]; j++)
		printf " %s |", where["delay", j]
	printf "\n|---|"
	for (j = 2; j <= n_where["delay"]; j++)
		printf "---|"
	for (i = 1; i <= n_value["delay"]; i++) {
		key = "delay" FS "none" FS value["delay", i]
		if (key in n) {
			floor_ms = least(key)
			continue
		}
		printf "\n| %s |", value["delay", i]
		for (j = 2; j <= n_where["delay"]; j++) {
			key = "delay" FS where["delay", j] FS value["delay", i]
			if (key in n)
				printf " %.1f (+%.1f) |", least(key), least(key) - value["delay", i]
			else
				printf " |"
		}
	}
	printf "\n\nWithout a delay the smallest round trip takes %.1f ms.\n", floor_ms
}

function others(what, title,   i, j, key) {
	if (!n_value[what])
		return
	printf "\n| %s | by theory | measured |\n|---|---|---|\n", title
	for (j = 1; j <= n_where[what]; j++) {
		for (i = 1; i <= n_value[what]; i++) {
			key = what FS where[what, j] FS value[what, i]
			if (!(key in n))
				continue
			printf "| %s | %s %s | %s %s |\n", where[what, j], theory[key], unit[key],
				what == "loss" ? mean(key) : median(key), unit[key]
		}
	}
}

END {
	rates()
	delays()
	others("loss", "loss=1%")
	others("transfer", "transfer")
	others("load", "round trip beside a stream, 1 Mbit/s and 20 ms")
	others("class", "TCP of a class with 12 of 20 Mbit/s guaranteed, behind NAT")
	others("live", "another rate and delay under one stream")
	printf "\n"
}
