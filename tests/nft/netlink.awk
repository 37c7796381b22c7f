# SPDX-License-Identifier: GPL-2.0-or-later
# netlink.awk - put `nft --debug=netlink list` into a form that is the same for the same sets and rules.
#
# Handles go; elements are sorted; anonymous sets, whose numbers depend on what
# was made before, stand where they are looked into. -v elements=no leaves out
# those of named sets, -v family=F all other families. The two sets that only old versions of nft need are
# taken for those that they stand for (see bridge.nft), and a byte of a VLAN tag, which nft before 1.1.4 writes for
# vlan pcp, for the whole tag that the kernel wants.

function flush_set(    i, k, text, next_one) {
	if (set == "")
		return
	# not every awk can sort
	for (i = 2; i <= n; i++) {
		next_one = list[i]
		for (k = i - 1; k >= 1 && list[k] > next_one; k--)
			list[k + 1] = list[k]
		list[k + 1] = next_one
	}
	for (i = 1; i <= n; i++)
		text = text "\n" list[i]
	if (set ~ /^__/) {
		gsub(/\n\t/, " ", text)
		content[set] = "{" text " }"
	} else if (set !~ /targets6$/) {
		print table " @" set (elements == "no" ? "" : text)
	}
	n = 0
	set = ""
}

family && /^[a-z]/ { other = $1 != family }
other { next }
# the text of the ruleset follows what it is made of
/^table / { exit }
$3 ~ /^@/ {
	flush_set()
	table = $1 " " $2
	set = substr($3, 2)
	next
}
# nft begins each plain set of ranges with an end at zero, which changes nothing
/^\telement (00000000 )+ ?: 1 \[end\]/ { next }
/^\telement / {
	sub(/ +$/, "")
	list[++n] = $0
	next
}
/^[a-z]/ {
	flush_set()
	print $1, $2, $3
	next
}
{
	for (i = 1; i < NF; i++) {
		if ($i != "set")
			continue
		if ($(i + 1) in content)
			$(i + 1) = content[$(i + 1)]
		sub(/^targets6$/, "addresses6", $(i + 1))
		sub(/^prefix-targets6$/, "prefixes6", $(i + 1))
	}
	if (/ 1b @ link header \+ 14 /)
		sub(/ 1b /, " 2b ")
	sub(/& 0x0000001f /, "\\& 0x0000ff1f ")
	# the same blanks, whether a word was replaced or not
	$1 = $1
	print (NF ? "  " : "") $0
}
END { flush_set() }
