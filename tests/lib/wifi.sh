# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# wifi.sh - a guest with a way out of its own, which it shares: behind lan.sh's internet by another link.
#
#	br0 192.168.10.1 === eth0 gD.0 wlan0 10.96.0.1 ======= air 10.96.0.254 (namespace inet)
#	    fd00:10::1            |          2001:db8:96::1        2001:db8:96::fe
#	                192.168.10.2, fd00:10::2

# wifi_link D: the way out of guest D.0, which it does not share
wifi_link() {
	local netns=g$1.0

	ip -n inet link del air 2>/dev/null || :
	ip -n "$netns" link add wlan0 type veth peer name air netns inet
	sysctl_set "$netns" ipv6/conf/all/accept_dad=0 ipv6/conf/wlan0/accept_dad=0
	sysctl_set inet ipv6/conf/air/accept_dad=0
	ip -n inet addr add 10.96.0.254/24 dev air
	ip -n inet addr add 2001:db8:96::fe/64 dev air
	ip -n inet link set air up
	ip -n "$netns" addr add 10.96.0.1/24 dev wlan0
	ip -n "$netns" addr add 2001:db8:96::1/64 dev wlan0
	ip -n "$netns" link set wlan0 up
	ip -n "$netns" route add default via 10.96.0.254
	ip -n "$netns" route add default via 2001:db8:96::fe
}

# wifi_up D: guest D.0 forwards and masquerades, as a phone that shares its connection
wifi_up() {
	local netns=g$1.0

	wifi_link "$1"
	sysctl_set "$netns" ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
	guest_up "$1" 0 192.168.10.2/24 fd00:10::2/64
	ip netns exec "$netns" nft -f - <<'END'
table inet sharing {
	chain postrouting {
		type nat hook postrouting priority 100;
		oifname wlan0 masquerade
	}
}
END
}
