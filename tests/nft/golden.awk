# SPDX-License-Identifier: GPL-2.0-or-later
# golden.awk - read bridge.nft or inet.nft: print what `nft list` should say of our table, or a new golden file.
#
#	awk -f golden.awk GOLDEN                  the listing that it stands for
#	awk -f golden.awk GOLDEN RULES LISTING    a file for this listing, with the old one's comments
#
# RULES is the same table in the form of netlink.awk: it shows where a rule has
# "meta protocol", which no listing does (see bridge.nft). A comment stays with
# the line that follows it in its set or chain.

# as nft lists a line of the golden file
function listed(line) {
	# one that nft would not add itself
	if (line !~ /meta protocol ip igmp /)
		sub(/meta protocol (arp|ip|ip6) /, "", line)
	return line
}

# where a line stands: one of a chain may be in another one too
function place(line) {
	if (line ~ /^\t[^\t].*\{$/)
		block = line
	return block "\n" line
}

# a line of the listing as the golden file has it
function written(line) {
	if (block ~ /^\tchain / && line ~ /^\t\t/ && line !~ / hook /) {
		rule++
		if (rule in protocol && line !~ /meta protocol/)
			sub(/^\t\t/, "&meta protocol " protocol[rule] " ", line)
	}
	return line
}

BEGIN {
	updates = ARGC > 2
	ethertype["0x00000008"] = "ip"
	ethertype["0x00000608"] = "arp"
	ethertype["0x0000dd86"] = "ip6"
}

FNR == 1 { file++ }

file == 1 && /^table/ { in_table = 1 }
file == 1 && !in_table { head = head $0 "\n"; next }
file == 1 && /^\t*#/ { note = note $0 "\n"; next }
file == 1 {
	if (!updates)
		print listed($0)
	notes[place(listed($0))] = note
	note = ""
	next
}

file == 2 && /^[a-z]/ { rules += $3 !~ /^@/; line_of_rule = 0 }
file == 2 { line_of_rule++ }
file == 2 && line_of_rule == 2 { by_protocol = /meta load protocol/ }
file == 2 && line_of_rule == 3 && by_protocol && /cmp eq/ && $6 in ethertype {
	protocol[rules] = ethertype[$6]
}
file == 2 { next }

FNR == 1 { printf "%s", head }
{
	where = place($0)
	printf "%s", notes[where]
	delete notes[where]
	print written($0)
}

END {
	for (where in notes) {
		if (updates && notes[where] != "")
			printf "no longer there, its comment has gone: %s\n", where >"/dev/stderr"
	}
}
