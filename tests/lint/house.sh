#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# house.sh - print every include that goes from a lower floor to a higher one, and every circle of includes.
#
# A file may include what its own folder has and what stands on a lower floor; the
# table below says, for each folder, which ones these are. A folder of parts/
# never includes another one of them, except for its types: parts/NAME/NAME.h.
set -eu

cd "$(dirname "$0")/../.."

includes() {
	git ls-files '*.c' '*.h' '*.def' | grep -E '^(hotplug|policy|udev|kmod)/' | while read -r file; do
		# a file that a change has just taken away is listed until the change is committed
		[ ! -f "$file" ] || sed -n "s|^#include \"\\([^\"]*\\)\".*|$file \\1|p" "$file"
	done
}

floors() {
	awk '
	BEGIN {
		policy = "policy policy/types policy/sections"
		may["base"] = ""
		may["policy"] = "base"
		may["policy/types"] = "base policy"
		may["policy/sections"] = "base policy policy/types"
		may["policy/*.c"] = "base policy policy/types policy/sections"
		may["kernel"] = "base"
		may["xen"] = "base"
		may["notes"] = "base " policy " kernel uapi"
		may["types"] = "base " policy " kernel notes uapi"
		may["core"] = "base " policy " kernel xen notes types"
		may["part"] = "base " policy " kernel xen notes types core uapi"
		may["run"] = "base " policy " kernel xen notes types core part"
		may["cli"] = "base " policy " kernel xen notes types core part run uapi"
		may["udev"] = "base " policy " kernel xen core run uapi"
		may["front"] = "base run"
	}
	# which folder a file belongs to; "front": hotplug/ itself. Of policy/ itself, the headers stand on a
	# lower floor than types/ and sections/, and the sources on a higher one. Of kmod/, only the header that
	# says what dom0 and the module tell each other is for others.
	function room(path, at) {
		split(path, at, "/")
		if (at[1] == "policy" && at[3] != "")
			return "policy/" at[2]
		if (at[1] == "policy" && path ~ /\.c$/)
			return "policy/*.c"
		if (path == "kmod/xnm_uapi.h")
			return "uapi"
		if (at[1] != "hotplug")
			return at[1]
		if (at[2] == "parts")
			return at[4] == at[3] ".h" ? "types" : "part"
		return path ~ /^hotplug\/[^\/]*$/ ? "front" : at[2]
	}
	function part(path, at) {
		split(path, at, "/")
		return at[2] == "parts" ? at[3] : ""
	}
	$2 ~ /^(hotplug|policy|udev|kmod)\// {
		from = room($1)
		to = room($2)
		if (part($1) != "" && part($1) == part($2))
			next
		if (from == to && to != "part" && to != "types")
			next
		if (index(" " may[from] " ", " " to " ") == 0)
			print $1 ": " from " may not include " $2 " (" to ")"
	}'
}

# Takes away, again and again, whatever includes nothing that is left, or is included by nothing: what stays is a
# circle, or between two of them.
circles() {
	awk '
	{
		n++
		from[n] = $1
		to[n] = $2
	}
	END {
		do {
			delete includes_something
			delete is_included
			for (i in from) {
				includes_something[from[i]] = 1
				is_included[to[i]] = 1
			}
			gone = 0
			for (i in from) {
				if (to[i] in includes_something && from[i] in is_included)
					continue
				delete from[i]
				delete to[i]
				gone++
			}
		} while (gone)
		for (i in from)
			print from[i] ": includes " to[i] ", which leads back to it"
	}' | sort
}

includes | floors
includes | circles
