/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_pools_bad.c - mistakes in what a policy says of pools and DHCP. */
#include "tests/unit/policy/bad_policies.h"

#define RANGE "must be addresses of one family, as in 192.168.10.100-192.168.10.199 or fd00::/64\n"
#define OWN   "must be an IPv4 or IPv6 address, auto POOL or eui64\n"
#define LEASE                                                                                  \
	"must be a time of at least two minutes with its unit s, m, h, d or w, as in 12h, or " \
	"infinite\n"
#define DIRECTORY "must be an absolute path without blanks\n"
#define DOMAIN	  "must be a DNS domain, as in lan.example\n"

/* A network, lines 1 and 2, and the beginning of a pool in it, lines 3 and 4. */
#define LAN "[network lan]\naddress=10.0.0.1/24 fd00::1/64\n"
#define WEB "[pool web]\nnetwork=lan\n"

static const struct bad bad[] = {
	{ "range", LAN WEB "range=10.0.0.5-fd00::5 10.0.0.9-10.0.0.5 10.0.0.5/24 x 10.0.0.5-\n",
	  "5: range=10.0.0.5-fd00::5: " RANGE "5: range=10.0.0.9-10.0.0.5: ends before it begins\n"
	  "5: range=10.0.0.5/24: is an address with the length of its subnet; write the subnet's "
	  "first address, or FIRST-LAST\n"
	  "5: range=x: " RANGE "5: range=10.0.0.5-: " RANGE,
	  0 },
	{ "range of nobody", LAN WEB "range=127.0.0.1-127.0.0.9 ff02::1\n",
	  "5: range=127.0.0.1-127.0.0.9: is no address that an interface can have\n"
	  "5: range=ff02::1: is no address that an interface can have\n",
	  0 },
	{ "range outside", LAN WEB "range=10.0.0.250-10.0.1.5 192.0.2.0/28 fd00:0:0:1::/64\n",
	  "5: range=10.0.0.250-10.0.1.5: is in no subnet of [network lan]\n"
	  "5: range=192.0.2.0-192.0.2.15: is in no subnet of [network lan]\n"
	  "5: range=fd00:0:0:1::-fd00::1:ffff:ffff:ffff:ffff: is in no subnet of [network lan]\n",
	  0 },
	{ "range twice", LAN WEB "range=10.0.0.5-10.0.0.9 10.0.0.9\n",
	  "5: range=10.0.0.9-10.0.0.9: overlaps 10.0.0.5-10.0.0.9 before it\n", 0 },
	{ "range within the second",
	  LAN WEB "range=10.0.0.5-10.0.0.9 10.0.0.20-10.0.0.29 10.0.0.21\n",
	  "5: range=10.0.0.21-10.0.0.21: overlaps 10.0.0.20-10.0.0.29 before it\n", 0 },
	{ "pools overlap with their second ranges",
	  LAN WEB "range=10.0.0.5 10.0.0.20\n[pool db]\nnetwork=lan\nrange=10.0.0.9 10.0.0.20\n",
	  "8: range=10.0.0.20-10.0.0.20: overlaps a range of [pool web], t:5\n", 0 },
	{ "pools overlap",
	  LAN WEB "range=10.0.0.5-10.0.0.9\n[pool db]\nnetwork=lan\nrange=10.0.0.0/29\n",
	  "8: range=10.0.0.0-10.0.0.7: overlaps a range of [pool web], t:5\n", 0 },
	{ "nothing said", LAN "[pool web]\n",
	  "3: [pool web] needs range=\n3: [pool web] needs network=\n", 0 },
	{ "unknown network", LAN "[pool web]\nnetwork=lam\nrange=10.0.0.5\n",
	  "4: network=lam: there is no [network lam]; did you mean 'lan'?\n", 0 },
	{ "unknown pool", LAN WEB "range=10.0.0.5\n[vif *]\naddress=auto wep\n",
	  "7: address=auto pool=wep: there is no [pool wep]; did you mean 'web'?\n", 0 },
	{ "no name of a pool", LAN WEB "range=10.0.0.5\n[vif *]\naddress=10.0.0.9 auto\n",
	  "7: address=auto: the name of a pool must follow\n", 0 },
	{ "two pools", LAN WEB "range=10.0.0.5\n[vif *]\naddress=auto web auto web\n",
	  "7: address=web: is one pool too many: a vif gets its addresses from one\n", 0 },
	{ "bad name of a pool", LAN WEB "range=10.0.0.5\n[vif *]\naddress=auto ../x AUTO\n",
	  "7: address=../x: must be the name of a pool: letters, digits or . _ -\n"
	  "7: address=AUTO: " OWN,
	  0 },
	{ "pool of another network",
	  LAN WEB "range=10.0.0.5\n[network dmz]\n[vif *]\nnetwork=dmz\naddress=auto web\n",
	  "9: address=auto web: its addresses are of [network lan], but the vif joins "
	  "[network dmz]\n",
	  0 },
	{ "eui64 without a subnet",
	  "[network lan]\naddress=10.0.0.1/24 fd00::1/56\n[vif *]\nnetwork=lan\naddress=eui64\n",
	  "5: address=eui64: [network lan] has no IPv6 subnet of length 64\n", 0 },
	{ "dhcp", "[network lan]\naddress=10.0.0.1/24\ndhcp=yes\nipv6-ra=radvd\n",
	  "3: dhcp=yes: must be no or dnsmasq\n4: ipv6-ra=radvd: must be no or dnsmasq\n", 0 },
	{ "dhcp without an address", "[network lan]\ndhcp=dnsmasq\n",
	  "2: dhcp=dnsmasq needs address=, from which dnsmasq answers\n", 0 },
	{ "announcements of nothing", "[network lan]\naddress=10.0.0.1/24\nipv6-ra=dnsmasq\n",
	  "3: ipv6-ra=dnsmasq needs an IPv6 address=, whose subnet is announced\n", 0 },
	{ "dhcp without a bridge",
	  "[network lan]\nbackend=route\naddress=10.0.0.1/32\ndhcp=dnsmasq\n",
	  "4: dhcp= has no effect with backend=route\n", 0 },
	{ "lease time",
	  "[network a]\nlease-time=1\n[network b]\nlease-time=119s\n[network c]\n"
	  "lease-time=7102w\n[network d]\nlease-time=h\n[network e]\nlease-time=1h30m\n",
	  "2: lease-time=1: " LEASE "4: lease-time=119s: " LEASE "6: lease-time=7102w: " LEASE
	  "8: lease-time=h: " LEASE "10: lease-time=1h30m: " LEASE,
	  0 },
	{ "directory",
	  "[network a]\ndhcp-hosts-directory=hosts\n[network b]\ndhcp-hosts-directory=/a,b\n"
	  "[network c]\ndhcp-hosts-directory=/a b\n",
	  "2: dhcp-hosts-directory=hosts: " DIRECTORY "4: dhcp-hosts-directory=/a,b: " DIRECTORY
	  "6: dhcp-hosts-directory=/a b: " DIRECTORY,
	  0 },
	{ "domain",
	  "[network a]\ndomain=.lan\n[network b]\ndomain=lan.\n[network c]\ndomain=a..b\n"
	  "[network d]\ndomain=-a\n[network e]\ndomain=a/b\n",
	  "2: domain=.lan: " DOMAIN "4: domain=lan.: " DOMAIN "6: domain=a..b: " DOMAIN
	  "8: domain=-a: " DOMAIN "10: domain=a/b: " DOMAIN,
	  0 },
};

int main(void)
{
	add_tests(bad, XNM_N_ELEMENTS(bad));
	return run_bad_policies();
}
