#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sigkill.sh - killed at any moment, the next call ends in the same state as if nothing had happened.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
rounds=${XNM_SIGKILL_ROUNDS:-$(often 200 32)}
seed=${XNM_SIGKILL_SEED:-$RANDOM}
RANDOM=$seed
echo "# XNM_SIGKILL_SEED=$seed"

# typical VERB: how long it takes, in microseconds: the median of 15, each from the other verb's end
typical() {
	local verb=$1 other=offline i

	[ "$verb" != offline ] || other=online
	for ((i = 0; i < 15; i++)); do
		hotplug $other 1 0
		hotplug_launch=(-o "$T/figures")
		hotplug "$verb" 1 0
		hotplug_launch=()
		cut -d' ' -f3 $T/figures
	done | sort -n | sed -n 8p
}

# kill_in VERB LIMIT: run it, killed at a random moment before LIMIT microseconds; adds to killed
kill_in() {
	local rc=0

	hotplug_launch=(-k $(((RANDOM * 32768 + RANDOM) % $2)))
	hotplug "$1" 1 0 >/dev/null 2>&1 || rc=$?
	hotplug_launch=()
	[ $rc -ne 137 ] || killed=$((killed + 1))
}

# try_rounds NAME COUNT DEVICE KEY=VALUE...: COUNT kills of online and of offline
try_rounds() {
	local name=$1 count=$2 dev=$3 i limit wanted_on wanted_off got wrong first killed

	shift 3
	guest_new 1 0 "$@"
	try hotplug online 1 0
	is "$name: online, undisturbed" "$rc:$out" 0:
	wanted_on=$(snapshot)
	hotplug offline 1 0
	wanted_off=$(snapshot)

	limit=$(($(typical online) * 5 / 4))
	hotplug offline 1 0
	wrong=0 killed=0 first=
	# more of them where the machine has become faster than it was, and most run to their end
	for ((i = 0; i < count || (killed <= count / 4 && i < 5 * count); i++)); do
		kill_in online $limit
		try hotplug online 1 0
		got=$(snapshot)
		if [ "$rc:$out" != 0: ] || [ "$got" != "$wanted_on" ]; then
			wrong=$((wrong + 1))
			[ -n "$first" ] || first="$rc:$out"$'\n'$(difference "$wanted_on" "$got")
		fi
		# every now and then a new device, as a new guest has
		if ((i % 10 == 9)); then
			netdev_rm 1 0
			hotplug offline 1 0
			netdev_new 1 0
		else
			hotplug offline 1 0
		fi
	done
	echo "# $name: $killed of $i onlines were killed, within $limit us"
	if [ $wrong -eq 0 ]; then
		ok "$name: online killed and repeated, $count times"
	else
		not_ok "$name: online killed and repeated" "$wrong of $i are wrong, the first:" "$first"
	fi
	check "$name: many were killed in the middle" test $killed -gt $((count / 4))

	hotplug offline 1 0
	limit=$(($(typical offline) * 5 / 4))
	wrong=0 killed=0 first=
	for ((i = 0; i < count; i++)); do
		hotplug online 1 0
		kill_in offline $limit
		try hotplug offline 1 0
		got=$(snapshot)
		if [ "$rc:$out" != 0: ] || [ "$got" != "$wanted_off" ]; then
			wrong=$((wrong + 1))
			[ -n "$first" ] || first="$rc:$out"$'\n'$(difference "$wanted_off" "$got")
		fi
	done
	echo "# $name: $killed of $count offlines were killed, within $limit us"
	if [ $wrong -eq 0 ]; then
		ok "$name: offline killed and repeated, $count times"
	else
		not_ok "$name: offline killed and repeated" "$wrong of $count are wrong, the first:" "$first"
	fi

	wrong=0 first=
	for ((i = 0; i < count / 4; i++)); do
		kill_in online $limit
		try hotplug offline 1 0
		# killed before it could note the network: only a clean-up knows the bridge
		"$XNM_VIF" gc >/dev/null
		got="$rc:$out$(down_and_alone vif1.0 "$dev")$(leftovers | grep -v '^device \|/\.[^/]*$')"
		if [ "$got" != 0: ]; then
			wrong=$((wrong + 1))
			[ -n "$first" ] || first=$got
		fi
	done
	is "$name: online killed, then offline and gc" "$wrong:$first" 0:
	guest_rm 1 0
}

bridge_new br0
ip link set br0 mtu 1400
try_rounds plain "$rounds" web1 vifname=web1
is "plain: the other one's bridge stays" "$(link_exists br0 && bridge_ports br0)" ""

cat >$XNM_CONFIG <<'END'
[network lan]
bridge=lan0
address=192.0.2.1/24 2001:db8::1/64
forward=nat
mtu=1400
isolated=yes
[network flat]
backend=route
address=198.51.100.1/32 fe80::1/64
uplink=internet
[uplink internet]
interface=up0
[forward web]
network=lan
listen-port=80
target=guest1
END
ip link add up0 type veth peer name up1
ip link set up0 up
try_rounds "policy" $((rounds / 2)) vif1.0 bridge=lan "ip=192.0.2.5 2001:db8::5"
refuse "policy: the bridge is gone" link_exists lan0
try_rounds "routed" $((rounds / 4)) vif1.0 bridge=flat "ip=198.51.100.5 2001:db8:1::5 198.51.100.16/28"
is "routed: the host forwards no more" \
	"$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding | xargs)" "0 0"

# what was killed while it wrote leaves half a note, which is somebody's until it is a minute old
find "$XNM_RUN_DIR" -type f -name '.*' >"$T/halves"
: >"$XNM_RUN_DIR/network/.young"
echo "$XNM_RUN_DIR/network/.old" >>"$T/halves"
xargs -d '\n' touch -d '2 minutes ago' <"$T/halves"
"$XNM_VIF" gc >/dev/null
is "half a note that is young stays" "$(leftovers | xargs)" "note $XNM_RUN_DIR/network/.young"
rm "$XNM_RUN_DIR/network/.young"
assert_clean "nothing is left"
tap_done
