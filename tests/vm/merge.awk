# SPDX-License-Identifier: GPL-2.0-or-later
# merge.awk - make one TAP stream of several that ran in a machine, each between XNM-TEST and XNM-TEST-END lines.
#
# A test that fails without a failed check, or ends before its plan, counts as
# one failed check more; so does a machine that stops in the middle of one. The
# last line, XNM-MACHINE STATUS, says how the machine itself ended.
function result(good, text) {
	printf "%s %d - %s\n", good ? "ok" : "not ok", ++n, text
	if (!good)
		bad = 1
	fflush()
}
/^XNM-TEST / { name = $2; made = failed = 0; plan = -1; next }
/^XNM-TEST-END / {
	if ($2 == 124 || $2 == 137)
		result(0, name ": ran out of time")
	else if ($2 != 0 && !failed)
		result(0, name ": exit status " $2)
	else if (plan != made)
		result(0, name ": planned " plan " checks, made " made)
	print "# " name " took " $3 " s"
	name = ""
	next
}
/^XNM-MACHINE / {
	if (name != "")
		result(0, name ": the machine stopped in the middle")
	name = ""
	result($2 == 0, "the machine ran to its end without a kernel WARN or oops")
	ended = 1
	next
}
/^(not )?ok [0-9]+/ {
	good = $1 == "ok"
	sub(/^(not )?ok [0-9]+ *-? */, "")
	made++
	if (!good)
		failed++
	result(good, name (name == "" ? "" : ": ") $0)
	next
}
/^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; next }
/^TAP version/ { next }
{ print (/^#/ ? "" : "# ") $0 }
END {
	if (!ended)
		result(0, "nobody said how the machine ended")
	printf "1..%d\n", n
	exit bad
}
