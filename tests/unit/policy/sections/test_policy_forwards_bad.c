/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_forwards_bad.c - mistakes in what a policy says of subnets and port forwards. */
#include "tests/unit/policy/bad_policies.h"

#define NAME "must be a name: letters, digits or . _ -\n"
#define PORT "must be a port from 1 to 65535 or a range of them, as in 8000-8010\n"
#define PAIRS                                                                                   \
	"target-port= must have as many ports and ranges as listen-port=, each as long as the " \
	"one in its place there\n"
/* A network that ports can be forwarded to, lines 1 to 3, and the rest of a [forward] for it. */
#define LAN   "[network lan]\naddress=10.0.0.1/24 fd00::1/64\nforward=nat\n"
#define TO_10 "network=lan\ntarget=10.0.0.10\n"

static const struct bad networks[] = {
	{ "bridge keys without a bridge",
	  "[network a]\nbackend=route\nbridge=br0\ncreate=no\nkeep=yes\ninterfaces=eth0\nstp=no\n"
	  "vlan-filtering=yes\nvlan=10\nisolated=no\nlearning=no\nhairpin=no\nguard=no\n"
	  "root-block=no\nflood=no\nmcast-flood=no\nbcast-flood=no\nneigh-suppress=no\nmtu=1500\n",
	  "3: bridge= has no effect with backend=route\n"
	  "4: create= has no effect with backend=route\n"
	  "5: keep= has no effect with backend=route\n"
	  "6: interfaces= has no effect with backend=route\n"
	  "7: stp= has no effect with backend=route\n"
	  "8: vlan-filtering= has no effect with backend=route\n"
	  "9: vlan= has no effect with backend=route\n"
	  "10: isolated= has no effect with backend=route\n"
	  "11: learning= has no effect with backend=route\n"
	  "12: hairpin= has no effect with backend=route\n"
	  "13: guard= has no effect with backend=route\n"
	  "14: root-block= has no effect with backend=route\n"
	  "15: flood= has no effect with backend=route\n"
	  "16: mcast-flood= has no effect with backend=route\n"
	  "17: bcast-flood= has no effect with backend=route\n"
	  "18: neigh-suppress= has no effect with backend=route\n",
	  0 },
	{ "bridge keys of a vif without a bridge",
	  "[network a]\nbackend=route\n[vif *]\nnetwork=a\nvlan=10\nisolated=yes\nflood=no\n"
	  "neigh-suppress=no\nmtu=1500\n",
	  "5: vlan= has no effect: [network a] has backend=route\n"
	  "6: isolated= has no effect: [network a] has backend=route\n"
	  "7: flood= has no effect: [network a] has backend=route\n"
	  "8: neigh-suppress= has no effect: [network a] has backend=route\n",
	  0 },
	{ "modes without a bridge",
	  "[network a]\nbackend=route\naddress=10.0.0.1/24\nforward=nat\n"
	  "[network b]\nbackend=route\nforward=bridge\n",
	  "4: forward=nat is not possible with backend=route\n"
	  "7: forward=bridge is not possible with backend=route\n",
	  0 },
	{ "nat without address", "[network a]\nforward=nat\nmasquerade=ipv4\n",
	  "2: forward=nat needs address=, the subnets of the guests\n", 0 },
	{ "masquerade without address", "[network a]\nforward=open\nmasquerade=ipv4\n",
	  "3: masquerade=ipv4 needs address=, the subnets of the guests\n", 0 },
	{ "an access list where nothing asks it",
	  "[acl web]\n[network a]\nforward=open\nacl=web\n[network b]\nacl=web\n",
	  "4: acl=web has no effect with forward=open\n"
	  "6: acl=web has no effect with forward=bridge\n",
	  0 },
	{ "an access list with a long name", "[acl a23456789-123456789-1234]\n",
	  "1: [acl a23456789-123456789-1234]: the name is too long, at most 23 characters fit\n",
	  0 },
	{ "masquerade in a network that stays inside",
	  "[network a]\naddress=10.0.0.1/24\nmasquerade=both\n[network b]\ninterfaces=eth0\n"
	  "address=10.0.1.1/24\nmasquerade=ipv6\n",
	  "3: masquerade=both has no effect with forward=none; add forward=nat\n", 0 },
	{ "refused address", "[network a]\nforward=nat\naddress=10.0.0.0/24\n",
	  "3: address=10.0.0.0/24: is the subnet itself; write the host's address in it, often the "
	  "first\n",
	  0 },
	{ "refused mode",
	  "[network a]\nforward=natt\nmasquerade=yes\naddress=10.0.0.1/24\n[forward a]\nnetwork=a\n"
	  "listen-port=80\ntarget=10.9.9.9\n[vif x]\nnetwork=a\naddress=10.9.9.9\n",
	  "2: forward=natt: must be none, nat, route, open or bridge\n"
	  "3: masquerade=yes: must be no, ipv4, ipv6 or both\n",
	  0 },
	{ "snat without uplink", LAN "snat=192.0.2.1\n", "4: snat= needs uplink=\n", 0 },
	{ "two snat of one family",
	  "[uplink wan]\ninterface=eth0\n" LAN "uplink=wan\nsnat=192.0.2.1 192.0.2.2\n",
	  "7: snat=: only one IPv4 and one IPv6 address are possible\n", 0 },
	{ "three snat",
	  "[uplink wan]\ninterface=eth0\n" LAN "uplink=wan\nsnat=192.0.2.1 fd01::1 ::5\n",
	  "7: snat=::5: one value too many, at most 2 are possible\n", 0 },
	{ "subnets overlap",
	  "[network a]\naddress=10.0.0.1/16\n[network b]\nmtu=1500\naddress=10.1.0.1/24 "
	  "10.0.9.1/24\n",
	  "5: address=10.0.9.1/24: overlaps 10.0.0.1/16 of [network a], t:2\n", 0 },
	{ "subnets overlap the other way",
	  "[network a]\naddress=10.0.9.1/24\n[network b]\naddress=10.0.0.1/16\n",
	  "4: address=10.0.0.1/16: overlaps 10.0.9.1/24 of [network a], t:2\n", 0 },
	{ "subnets overlap a bridged one",
	  "[network a]\ninterfaces=eth0\naddress=fd00::1/64\n[network b]\naddress=fd00::5/64\n"
	  "forward=nat\n",
	  "5: address=fd00::5/64: overlaps fd00::1/64 of [network a], t:3\n", 0 },
	{ "subnets of three networks",
	  "[network c]\naddress=10.0.0.1/8\n[network b]\naddress=10.0.0.1/16\n[network a]\n"
	  "address=10.0.0.2/24 10.0.1.1/24\n",
	  "4: address=10.0.0.1/16: overlaps 10.0.0.1/8 of [network c], t:2\n"
	  "6: address=10.0.0.2/24: overlaps 10.0.0.1/8 of [network c], t:2\n",
	  0 },
	{ "vif outside of its network",
	  "[network a]\naddress=10.0.0.1/25 10.1.0.1/16\n[vif x]\nnetwork=a\n"
	  "address=10.1.7.7 10.0.0.127 10.0.0.128 fd00::1 fe80::1\n",
	  "5: address=10.0.0.128/32: is in no subnet of [network a]\n", 0 },
	{ "vif outside of an IPv6 network",
	  LAN "[vif x]\nnetwork=lan\naddress=fe80::1 fd00::5 fd00:0:0:1::1\n",
	  "6: address=fd00:0:0:1::1/128: is in no subnet of [network lan]\n", 0 },
};

static const struct bad forwards[] = {
	{ "forward to a network that stays inside",
	  "[network a]\naddress=10.0.0.1/24\n[forward "
	  "x]\nlisten-port=80\ntarget=10.0.0.2\nnetwork=a\n",
	  "6: network=a: has forward=none; ports can be forwarded with forward=nat, forward=route "
	  "or masquerade=\n",
	  0 },
	{ "forward to open and bridged networks",
	  "[network a]\nforward=open\naddress=10.0.0.1/24\n[network b]\n[forward "
	  "x]\nlisten-port=80\n"
	  "target=web1\nnetwork=a\n[forward y]\nlisten-port=81\ntarget=web1\nnetwork=b\n",
	  "8: network=a: has forward=open; ports can be forwarded with forward=nat, forward=route "
	  "or masquerade=\n"
	  "12: network=b: has forward=bridge; ports can be forwarded with forward=nat, "
	  "forward=route or masquerade=\n",
	  0 },
	{ "target outside of its network",
	  LAN
	  "[forward x]\nnetwork=lan\nlisten-port=80\ntarget=10.0.1.1\n[forward y]\nnetwork=lan\n"
	  "listen-port=81\ntarget=fd01::1\n",
	  "7: target=10.0.1.1: is in no subnet of [network lan]\n"
	  "11: target=fd01::1: is in no subnet of [network lan]\n",
	  0 },
	{ "families",
	  LAN "[forward x]\n" TO_10 "listen-port=80\nlisten-address=192.0.2.1 2001:db8::1\n"
	      "[forward y]\nnetwork=lan\ntarget=fd00::10\nlisten-port=81\n"
	      "listen-address=192.0.2.1\n",
	  "8: listen-address=2001:db8::1: target=10.0.0.10 is of the other family\n"
	  "13: listen-address=192.0.2.1: target=fd00::10 is of the other family\n",
	  0 },
	{ "fewer target ports", LAN "[forward x]\n" TO_10 "listen-port=80,443\ntarget-port=8080\n",
	  "8: " PAIRS, 0 },
	{ "more target ports", LAN "[forward x]\n" TO_10 "listen-port=80\ntarget-port=80 81\n",
	  "8: " PAIRS, 0 },
	{ "range to one port", LAN "[forward x]\n" TO_10 "listen-port=80-81\ntarget-port=80\n",
	  "8: " PAIRS, 0 },
	{ "ranges in another order",
	  LAN "[forward x]\n" TO_10 "listen-port=80-81,90\ntarget-port=90,80-81\n", "8: " PAIRS,
	  0 },
	{ "refused listen ports", LAN "[forward x]\n" TO_10 "listen-port=http\ntarget-port=80\n",
	  "7: listen-port=http: " PORT, 0 },
	{ "port twice in one forward", LAN "[forward x]\n" TO_10 "listen-port=80 90-95 70-80\n",
	  "7: listen-port=: port 80 is given twice\n", 0 },
	{ "the same port",
	  LAN "[forward x]\n" TO_10 "listen-port=443 80\n[forward y]\n" TO_10 "mtu=1\n"
	      "listen-port=79-81\n",
	  "11: unknown key 'mtu' in [forward y]; it belongs in [network NAME]\n"
	  "12: listen-port=: [forward x] has tcp port 80 already, t:7\n",
	  0 },
	{ "the same port in three",
	  LAN "[forward x]\n" TO_10 "listen-port=1-3\nprotocol=udp\n[forward y]\n" TO_10
	      "listen-port=2\nprotocol=tcp udp\n[forward z]\n" TO_10 "listen-port=2 5\n",
	  "12: listen-port=: [forward x] has udp port 2 already, t:7\n"
	  "17: listen-port=: [forward y] has tcp port 2 already, t:12\n",
	  0 },
	{ "the same port of one address",
	  LAN "[forward x]\n" TO_10 "listen-port=80\nlisten-address=192.0.2.1 192.0.2.2\n"
	      "[forward y]\n" TO_10 "listen-port=80\nlisten-address=192.0.2.3 192.0.2.2\n",
	  "12: listen-port=: [forward x] has tcp port 80 already, t:7\n", 0 },
	{ "the same port of any address",
	  LAN "[forward x]\n" TO_10 "listen-port=80\nlisten-address=192.0.2.1\n[forward y]\n" TO_10
	      "listen-port=80\nlisten-address=any\n",
	  "12: listen-port=: [forward x] has tcp port 80 already, t:7\n", 0 },
	{ "any address of a domain",
	  LAN "[forward x]\nnetwork=lan\ntarget=web1\nlisten-port=80\n[forward y]\n" TO_10
	      "listen-port=80\n[forward z]\nnetwork=lan\ntarget=web2\nlisten-port=80\n"
	      "listen-address=2001:db8::1\n",
	  "11: listen-port=: [forward x] has tcp port 80 already, t:7\n"
	  "15: listen-port=: [forward x] has tcp port 80 already, t:7\n",
	  0 },
};

int main(void)
{
	add_tests(networks, XNM_N_ELEMENTS(networks));
	add_tests(forwards, XNM_N_ELEMENTS(forwards));
	return run_bad_policies();
}
