#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guards.sh - the same frames to dom0's rules and to the kernel module's guard: what either lets pass that the other does not.
#
# A frame that passes by the fast path has seen the module's guard and no other,
# so what dom0 drops must not pass there. What the module refuses goes by dom0, as
# before. Each difference is in guards.list with its reason.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"

guard=$O/tests/guard
differences=$netns_top/tests/netns/guards.list

if ! command -v nft >/dev/null; then
	skip "guards" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=br0
fastpath=yes

[vif locked]
network=lan
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64

[vif mac-only]
network=lan
locking-mode=locked

[vif dhcp-server]
network=lan
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
allow=dhcp-server

[vif router]
network=lan
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
allow=router

[vif prefix]
network=lan
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.0.0/8
ipv6-allowed=2001:db8::/32

[vif victim]
network=lan
address=10.0.0.2 2001:db8::2
END

# ------------------------------------------------------------ more frames

# row NAME RECIPE
row() {
	printf '%s\t%s\n' "$1" "$2"
}

# Frames of every kind that a guard may take for another one, in unicast, which is what the fast path has.
sweep() {
	local n m p q v ext pre

	for n in {0..255}; do
		row "icmp-$n" "ip4 icmp($n)"
		row "icmp6-$n" "ip6 icmp6($n) data(24)"
		row "proto4-$n" "ip4 protocol($n)"
		row "proto6-$n" "ip6 protocol($n)"
		row "ah-$n" "ip6 ah protocol($n)"
	done
	for n in {0..255..3} 17 22 30; do
		row "igmp-$n" "ip4 igmp($(printf %x "$n"),224.1.2.3)"
	done
	# behind what hides it, and cut off
	for n in 128 {130..138} 143 151; do
		for ext in hbh dst rh 'rh(type=0)' 'rh(type=4)' frag ah 'hbh dst' 'dst hbh' 'dst frag' 'frag dst' 'frag frag' \
			'hbh rh dst' 'dst(size=64)' 'dst(size=8,hdrlen=1)' 'dst(size=8,hdrlen=200)' 'frag(off=1)' \
			'frag(more)' 'frag(off=1,more)' 'frag frag(off=1)' 'frag(more) frag(off=100)' 'frag(off=1) frag' \
			'frag(more) dst frag(off=1)' 'ah dst' 'ah frag' 'dst dst dst dst dst dst dst dst dst dst'; do
			row "icmp6-$n-${ext// /-}" "ip6 $ext icmp6($n) data(24)"
		done
		for m in 8 16 24 32; do
			row "icmp6-$n-cut-$m" "ip6 frag(id=$n,cut=0-$m) icmp6($n) data(24)"
			row "icmp6-$n-dst-cut-$m" "ip6 frag(id=$n,cut=0-$m) dst icmp6($n) data(24)"
			row "icmp6-$n-later-$m" "ip6 frag(id=$n,cut=$m-) dst dst icmp6($n) data(64)"
		done
	done
	for n in 5 9 8; do
		for pre in 'opt=ra' 'opt=rr' 'ttl=1' 'ttl=255' 'ver=6' 'ihl=4' 'ihl=6' 'len=+1' 'len=-30' 'cut=0-8' \
			'cut=8-' 'cut=0-16'; do
			row "icmp-$n-$pre" "ip4($pre) icmp($n) data(28)"
		done
	done
	# DHCP's ports and their neighbours, with every other
	for p in 66 67 68 69 546 547 4011 40000; do
		for q in 66 67 68 69 546 547 4011 40000; do
			row "udp4-$p-$q" "ip4 udp($p>$q)"
			row "udp6-$p-$q" "ip6 udp($p>$q)"
			row "udp6-dst-$p-$q" "ip6 dst udp($p>$q)"
			row "udp6-ah-$p-$q" "ip6 ah udp($p>$q)"
			row "udp6-atomic-$p-$q" "ip6 frag udp($p>$q)"
			row "udp4-options-$p-$q" "ip4(opt=rr) udp($p>$q)"
			row "udp4-first-$p-$q" "ip4(cut=0-8) udp($p>$q) data(8)"
		done
	done
	for v in {0..15}; do
		row "version4-$v" "ip4(ver=$v) udp"
		row "version6-$v" "ip6(ver=$v) udp"
		row "ihl-$v" "ip4(ihl=$v) udp"
		row "ihl-icmp-$v" "ip4(ihl=$v) icmp(5,1) data(28)"
	done
	# lengths that are not so, and frames that end in the middle of something
	for n in -60 -40 -28 -20 -9 -8 -4 -1 +1 +4 +8 +400; do
		for p in udp tcp 'icmp(5)' 'protocol(103)' 'igmp(11)'; do
			row "length4$n-$p" "ip4(len=$n) $p"
			row "length4$n-$p-padded" "ip4(len=$n) $p pad(120)"
		done
		for p in udp tcp 'icmp6(134)' 'icmp6(128)' 'dst icmp6(134)' 'dst udp(547>546)' 'protocol(103)'; do
			row "length6$n-${p// /-}" "ip6(len=$n) $p"
			row "length6$n-${p// /-}-padded" "ip6(len=$n) $p pad(140)"
		done
	done
	row "length6-zero-jumbo" "ip6(len=zero) hbh(jumbo) icmp6(134)"
	row "length6-zero" "ip6(len=zero) icmp6(134)"
	row "length6-zero-udp" "ip6(len=zero) udp(547>546)"
	for n in {1..55}; do
		[ "$n" -ge 36 ] || row "short4-udp-$n" "ip4 udp(67>68) short($n)"
		row "short4-icmp-$n" "ip4 icmp(5) data(28) short($n)"
		row "short6-icmp-$n" "ip6 dst icmp6(134) data(24) short($n)"
		row "short6-udp-$n" "ip6 udp(547>546) short($n)"
	done
	for n in 0000 0600 0800 0806 8035 8100 88a8 9100 8847 8863 8864 86dd 888e 88cc 88e5 05dc ffff; do
		row "type-$n" "eth(>victim,type=$n) ip4 udp"
		row "type-$n-ip6" "eth(>victim,type=$n) ip6 udp"
		row "type-$n-bare" "eth(>victim,type=$n) raw(00)"
	done
	for n in victim dom0 lan stranger bcast group zero; do
		row "from-mac-$n" "eth($n>victim) ip4 udp"
		row "from-mac6-$n" "eth($n>victim) ip6 udp"
	done
	for n in victim dom0 lan outside inside second any bcast 127.0.0.1 224.0.0.1 169.254.1.1 255.255.255.255; do
		row "from4-$n" "ip4($n>victim) udp"
		row "from4-later-$n" "ip4($n>victim,id=5,cut=8-) udp data(64)"
	done
	for n in victim dom0 lan outside inside second any ::1 ff02::1 fe80::1 victim-ll own-ll ::ffff:10.0.0.1; do
		row "from6-$n" "ip6($n>victim) udp"
		row "from6-later-$n" "ip6($n>victim) frag(id=5,cut=8-) udp data(64)"
		row "from6-ah-$n" "ip6($n>victim) ah tcp"
	done
}

# ------------------------------------------------------------ both guards

# dom0_lets: the frames of $T/dump that dom0's rules let pass from g1.0, in $T/dom0
dom0_lets() {
	watch_all "$@"
	nsenter --net=/run/netns/g1.0 "$frames" send eth0 "$@" all 2>&1
	sleep 0.3
	watch_end
	cat "$T"/seen.* | sed '/^#/d; s/\t.*//' | sort -u >"$T/dom0"
}

# module_lets: what the module's guard says of them, in $T/module
module_lets() {
	"$guard" "$(xs_read /local/domain/1/xnm/vif/0/fastpath)" <"$T/dump" >"$T/module"
}

# differ: "NAME dom0|WHY" for each frame of which they say different things; WHY is the module's
differ() {
	awk -F'\t' 'FILENAME ~ /dom0$/ { lets[$1] = 1; next }
		$2 == "fast" && !($1 in lets) { print $1 "\tdom0" }
		$2 != "fast" && ($1 in lets) { print $1 "\t" $2 }' "$T/dom0" "$T/module"
}

# unexplained MODE: those of the differences on stdin that are not in the list; who is used goes to $T/used
unexplained() {
	local name why modes pattern said line=
	local -a list=()

	mapfile -t list < <(sed '/^#/d; /^$/d' "$differences")
	while IFS=$'\t' read -r name why; do
		for line in "${list[@]}" ""; do
			read -r modes said pattern _ <<<"$line"
			# shellcheck disable=SC2053 # a pattern
			[[ $said == "$why" && ,$modes, =~ ,(all|"$1"), ]] && [[ $name == $pattern ]] && break
		done
		if [ -n "$line" ]; then
			echo "$line" >>"$T/used"
		else
			echo "$name ($why)"
		fi
	done
}

# both NAME MODE [OPTION OF frames]...: the two, with the frames that the options say
both() {
	local name=$1 mode=$2

	shift 2
	"$frames" dump "$@" >"$T/dump"
	dom0_lets "$@"
	module_lets
	differ >"$T/differ"
	like "$name: dom0 lets some pass" "$(wc -l <"$T/dom0")" '^[1-9][0-9]+$'
	case $mode in
	mac-only) is "$name: the module lets none pass" "$(grep 'fast$' "$T/module")" "" ;;
	*) like "$name: the module lets some pass" "$(grep -c 'fast$' "$T/module")" '^[1-9][0-9]+$' ;;
	esac
	unexplained "$mode" <"$T/differ" >"$T/unexplained"
	is "$name: the module lets nothing pass that dom0 drops" "$(grep '(dom0)' "$T/unexplained" | head -40)" ""
	is "$name: what only dom0 lets pass is in the list" "$(grep -v '(dom0)' "$T/unexplained" | head -40)" ""
}

# -------------------------------------------------- what is left to do of them

# offload_words: each line of guards-offload.list to the module's guard
offload_words() {
	local id="mac=00:16:3e:00:01:00 net=lan ip=10.0.0.1 2001:db8::1"
	local -a list=()
	local i says words

	mapfile -t list < <(sed '/^#/d; /^$/d' "$netns_top/tests/netns/guards-offload.list")
	for i in "${!list[@]}"; do
		row "$i" "$(cut -d' ' -f8- <<<"${list[i]}")"
	done >"$T/recipes"
	# the same frame with other words is one frame here
	while IFS=$'\t' read -r i says; do
		printf '%s\t%s\n' "$i" "$says" | "$frames" dump --file /dev/stdin | tr -d '\n'
		read -r _ words <<<"${list[i]}"
		printf '\t%s\n' "$(cut -d' ' -f1-6 <<<"$words")"
	done <"$T/recipes" | "$guard" "$id" >"$T/offload"
	while IFS=$'\t' read -r i says; do
		is "offload: ${list[i]#* }" "$says" "${list[i]%% *}"
	done <"$T/offload"
	is "offload: all have an answer" "$(wc -l <"$T/offload")" ${#list[@]}
}

offload_words

frames_host br0
frames_guest 2 name=victim
try hotplug online 2 0
assert_online "the victim" 2 0 br0
sweep >"$T/sweep"
: >"$T/used"
for mode in locked mac-only prefix dhcp-server router; do
	frames_guest 1 name="$mode"
	try hotplug online 1 0
	assert_online "$mode: online" 1 0 br0
	like "$mode: is published" "$(xs_read /local/domain/1/xnm/vif/0/fastpath)" '^mac=00:16:3e:00:01:00 net=lan ip='
	both "$mode, frames.def" "$mode"
	both "$mode, $(wc -l <"$T/sweep") more" "$mode" --file "$T/sweep"
	try hotplug offline 1 0
	assert_offline "$mode: offline" 1 0
	guest_rm 1 0
done
# whoever adds a reason to the rules says in guard.c what becomes of it there
nft list table bridge xnm | sed -n 's/.*iifname \. "\([a-z0-9-]*\)".*/\1/p' | sort -u >"$T/reasons"
like "there are reasons to drop a frame" "$(wc -l <"$T/reasons")" '^[1-9][0-9]$'
is "each reason has its twin in the module's guard" \
	"$(while read -r reason; do grep -q "^ \*.* ${reason}[ ,]" "$netns_top/kmod/guard.c" || echo "$reason"; done <"$T/reasons")" ""
is "nothing is in the list that does not happen" \
	"$(sed '/^#/d; /^$/d' "$differences" | grep -vxFf <(sort -u "$T/used"))" ""
tap_done
