#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sandbox.sh - a program that cannot give up its rights sets nothing up, and says so; one that has few works with them.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if ! command -v python3 >/dev/null || ! command -v setpriv >/dev/null; then
	skip "sandbox" "python3 or setpriv is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
XNM_GUEST=${XNM_GUEST:-$O/xnm-guest}
store_start || exit 1

# a filter of system calls, as containers have: filtered CALL ERRNO COMMAND...
cat >"$T/filtered" <<'END_OF_PYTHON'
import ctypes, os, struct, sys
# of asm/unistd_64.h and of asm-generic/unistd.h
numbers = {"x86_64": {"capset": 126, "capget": 125, "prctl": 157}, "aarch64": {"capset": 91, "capget": 90, "prctl": 167}}
call, errno = numbers[os.uname().machine][sys.argv[1]], int(sys.argv[2])
# load nr; is it the one: that error; else allowed
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (6, 0, 0, 0x50000 | errno), (6, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
program = Program(len(steps), ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program)) == 0, ctypes.get_errno()
os.execv(sys.argv[3], sys.argv[3:])
END_OF_PYTHON

# as filtered FILTER...: libxl's call of the script goes through the filter
program() {
	printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$T/program"
	chmod +x "$T/program"
	HOTPLUG=$T/program
}

bridge_new br0
printf '%s\n' "[network lan]" start=boot bridge=br1 address=192.168.10.1/24 >"$XNM_CONFIG"
guest_new 1 0 bridge=br0
why='cannot drop privileges: .*capset'
for filter in "capset 1" "capset 0" "capget 1" "prctl 22"; do
	# shellcheck disable=SC2086 # two words
	program python3 "$T/filtered" $filter "$XNM_VIF"
	try hotplug online 1 0
	assert_refused "$filter: an online" 1 0 "$why"
	is "$filter: nothing is in the bridge" "$(bridge_ports br0)" ""
	# shellcheck disable=SC2086 # two words
	try python3 "$T/filtered" $filter "$XNM_UDEV" boot
	is "$filter: boot" "$rc" 1
	like "$filter: boot says why" "$out" "$why"
	is "$filter: it makes no bridge" "$(link_exists br1 && echo made)" ""
	# shellcheck disable=SC2086 # two words
	try python3 "$T/filtered" $filter "$XNM_GUEST" --print
	is "$filter: xnm-guest" "$rc" 1
	like "$filter: xnm-guest says why" "$out" "$why"
done
HOTPLUG=$XNM_VIF
try hotplug online 1 0
assert_online "without a filter" 1 0 br0
program python3 "$T/filtered" capset 1 "$XNM_VIF"
try hotplug offline 1 0
is "an offline" "$rc" 1
like "an offline says why" "$out" "$why"
HOTPLUG=$XNM_VIF
try hotplug offline 1 0
assert_offline "without a filter it goes" 1 0

# -- who has few rights to begin with
program setpriv --bounding-set -all,+net_admin --inh-caps -all "$XNM_VIF"
try hotplug online 1 0
assert_online "with CAP_NET_ADMIN alone" 1 0 br0
try hotplug offline 1 0
assert_offline "offline" 1 0
# capset is forbidden, and there is nothing to give up
cat >"$T/both" <<END
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin --inh-caps -all python3 "$T/filtered" capset 1 "$XNM_VIF" "\$@"
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin --inh-caps -all python3 "$T/filtered" capset 1 "$XNM_VIF" "\$@"
END
chmod +x "$T/both"
HOTPLUG=$T/both
try hotplug online 1 0
assert_online "with CAP_NET_ADMIN alone, where capset is forbidden" 1 0 br0
try hotplug offline 1 0
assert_offline "offline there" 1 0
try setpriv --bounding-set -all --inh-caps -all "$XNM_UDEV" boot
is "with no rights at all: boot fails, but not for that" "$rc:$(echo "$out" | grep -c 'cannot give up')" 1:0
tap_done
