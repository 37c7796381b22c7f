# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# policies.sh - the policies that the pages and the manuals print, as files.

# One that is only a part says so, where no reader sees it: "```ini fragment" in a page, and "; fragment: WHY" above
# it in the source of a manual.
pages=(README.md policy/README.md kmod/README.md udev/android.md)
manuals=(policy/xnm.ini.5.scd.in hotplug/xnm-vif.8.scd hotplug/cli/xnm.8.scd udev/xnm-udev.8.scd udev/xnm-guest.8.scd)

# printed DIR: into DIR/page-NUMBER.ini, or .part; DIR/page-NUMBER.EXTENSION.of is where it is from
printed() {
	awk -v to="$1/page" '
		function begin() {
			out = to sprintf("-%02d.%s", ++n, fragment ? "part" : "ini")
			printf "" >out
			print FILENAME ", " heading >(out ".of")
			close(out ".of")
		}
		FNR == 1 || /^#+ / { if (!out) { heading = $0; sub(/^#+ /, "", heading) } }
		/^; fragment: ./ { marked = 1 }
		/^```/ && out { close(out); out = ""; next }
		/^```ini/ { fragment = $2 == "fragment"; begin(); next }
		# in a manual, what begins with a section is a policy
		FILENAME ~ /\.scd/ && /^```$/ && !waits { waits = 1; text = ""; next }
		waits && /^#/ { text = text $0 "\n"; next }
		waits { waits = 0; fragment = marked; marked = 0; if (/^\[/) { begin(); printf "%s", text >out } else skips = !/^```/ }
		skips { if (/^```$/) skips = 0; next }
		out { if (FILENAME ~ /\.scd/) gsub(/\\/, ""); print >out }' "${pages[@]}" "${manuals[@]}"
}

# needs_vlans FILE: bridges that know VLANs
needs_vlans() {
	grep -q '^vlan' "$1"
}

# completed FILE: a part with what it names and does not have
completed() {
	awk '/^\[network / { has[$2] = 1 }
		/^\[profile / { profile[substr($2, 1, length($2) - 1)] = 0 }
		/^network=/ { network[substr($0, 9)] = 1 }
		/^profile=/ || /^step=.* profile / { sub(/.*[= ]/, ""); if (!($0 in profile)) profile[$0] = 1 }
		/^\[link / { for (i = 2; i <= NF; i++) if (sub(/\]$/, "", $i) + 1 && sub(/^net:/, "", $i)) network[$i] = 1 }
		END {
			for (i in network) if (!(i "]" in has))
				printf "[network %s]\naddress=10.%d.0.1/24\nforward=route\n", i, ++n
			for (i in profile) if (profile[i]) printf "[profile %s]\n", i
		}' "$1"
	cat "$1"
}
