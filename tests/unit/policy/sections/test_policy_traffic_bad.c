/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_traffic_bad.c - mistakes in what a policy says of uplinks, ports and acls. */
#include "tests/unit/policy/bad_policies.h"

#define PREFIX	 "must be an IPv4 prefix of 8 to 30 bits, as in dhcp 192.168.43.0/24\n"
#define NAME	 "must be a name: letters, digits or . _ -\n"
#define PORT	 "must be a port from 1 to 65535 or a range of them, as in 8000-8010\n"
#define SERVICE	 "must be dhcp, dns, ping, ssh, ntp, http, https, tcp/PORT, udp/PORT, all or none\n"
#define NO_HOST	 "is no address that an interface can have\n"
#define ONE_HOST "must be one address, without a prefix length\n"
#define HAS_LENGTH                                                                  \
	"is an address with the length of its subnet; remove the length, or write " \
	"the subnet's first address\n"
#define TARGET	"must be a domain, DOMAIN/NUMBER of a vif, or an IPv4 or IPv6 address\n"
#define LISTEN	"must be IPv4 or IPv6 addresses, or only the word any\n"
#define ALLOW4	"must be an IPv4 address, a subnet or any\n"
#define ALLOW6	"must be an IPv6 address, a subnet or any\n"
#define NO_PORT "port must be followed by numbers from 1 to 65535 or ranges, as in 80,8000-8010\n"
#define PAIRS                                                                                   \
	"target-port= must have as many ports and ranges as listen-port=, each as long as the " \
	"one in its place there\n"
#define RULE                                                                                 \
	"must be ACTION DIRECTION [PROTOCOL] [ADDRESS[/LENGTH]] [port LIST] [log], in this " \
	"order, as in allow ingress tcp 192.0.2.0/24 port 80,443\n"
#define DIRECTION \
	"the second word must be ingress, what comes to the guest, or egress, what it sends\n"
/* A network that ports can be forwarded to, lines 1 to 3, and the rest of a [forward] for it. */
#define LAN	  "[network lan]\naddress=10.0.0.1/24 fd00::1/64\nforward=nat\n"
#define TO_10	  "network=lan\ntarget=10.0.0.10\n"
#define R(text)	  "[acl a]\nrule=" text "\n"
#define BAD(text) "2: rule=" text ": "

static const struct bad values[] = {
	{ "backend", "[network a]\nbackend=none\n", "2: backend=none: must be bridge or route\n",
	  0 },
	{ "start", "[network a]\nstart=always\n", "2: start=always: must be guest or boot\n", 0 },
	{ "send-redirects", "[network a]\nsend-redirects=1\n",
	  "2: send-redirects=1: must be auto, yes or no\n", 0 },
	{ "start and keep", "[network a]\nstart=boot\nkeep=no\n",
	  "3: keep=no is not possible with start=boot, which keeps the bridge\n", 0 },
	{ "start and route", "[network a]\nbackend=route\nstart=boot\nsend-redirects=no\n",
	  "3: start= has no effect with backend=route\n"
	  "4: send-redirects= has no effect with backend=route\n",
	  0 },
	{ "forward", "[network a]\nforward=NAT\n",
	  "2: forward=NAT: must be none, nat, route, open or bridge\n", 0 },
	{ "masquerade", "[network a]\nmasquerade=yes\n",
	  "2: masquerade=yes: must be no, ipv4, ipv6 or both\n", 0 },
	{ "proxies", "[network a]\nproxy-arp=ipv4\nproxy-ndp=2\n",
	  "2: proxy-arp=ipv4: must be yes or no\n3: proxy-ndp=2: must be yes or no\n", 0 },
	{ "uplink names", "[network a]\nuplink=wan/0\n", "2: uplink=wan/0: " NAME, 0 },
	{ "acl names", "[network a]\nacl=-x\n[vif *]\nacl=a,b\n",
	  "2: acl=-x: " NAME "4: acl=a,b: " NAME, 0 },
	{ "too many uplinks and acls", "[network a]\nuplink=1 2 3 4 5 6 7 8 9\nacl=1 2\n[u\n",
	  "2: uplink=9: one value too many, at most 8 are possible\n"
	  "3: acl=2: one value too many, at most 1 are possible\n"
	  "4: no ']' at the end of the section's line\n",
	  0 },
	{ "snat", "[network a]\nsnat=192.0.2.1/24 0.0.0.0 eth0\n",
	  "2: snat=192.0.2.1/24: " ONE_HOST "2: snat=0.0.0.0: " NO_HOST
	  "2: snat=eth0: must be an IPv4 or IPv6 address\n",
	  0 },
	{ "host services", "[network a]\nhost-services=DNS smtp tcp tcp/0 udp/5-4 icmp/8 tcp/x\n",
	  "2: host-services=DNS: " SERVICE "2: host-services=smtp: " SERVICE
	  "2: host-services=tcp: " SERVICE "2: host-services=tcp/0: " SERVICE
	  "2: host-services=udp/5-4: ends before it begins\n"
	  "2: host-services=icmp/8: " SERVICE "2: host-services=tcp/x: " SERVICE,
	  0 },
	{ "too many host services",
	  "[network a]\nhost-services=tcp/1 tcp/2 tcp/3 tcp/4 tcp/5 tcp/6 tcp/7 tcp/8 tcp/9\n"
	  "host-services=udp/1 udp/2 udp/3 udp/4 udp/5 udp/6 dns\nhost-services=ntp udp/6\n",
	  "3: host-services=dns: is one service too many: at most 16 are possible\n"
	  "4: host-services=ntp: is one service too many: at most 16 are possible\n",
	  0 },
	{ "too many numbered services",
	  "[network a]\nhost-services=tcp/1 tcp/2 tcp/3 tcp/4 tcp/5 tcp/6 tcp/7 tcp/8 tcp/9\n"
	  "host-services=udp/1 udp/2 udp/3 udp/4 udp/5 udp/6 udp/7 udp/8\n",
	  "3: host-services=udp/8: is one service too many: at most 16 are possible\n", 0 },
	{ "allowed addresses",
	  "[vif *]\nipv4-allowed=192.0.2.5/24 fd00::1 127.0.0.1 all\n"
	  "ipv6-allowed=fd00::1/64 192.0.2.1 ff02::1 ANY\n",
	  "2: ipv4-allowed=192.0.2.5/24: " HAS_LENGTH "2: ipv4-allowed=fd00::1: " ALLOW4
	  "2: ipv4-allowed=127.0.0.1: " NO_HOST "2: ipv4-allowed=all: " ALLOW4
	  "3: ipv6-allowed=fd00::1/64: " HAS_LENGTH "3: ipv6-allowed=192.0.2.1: " ALLOW6
	  "3: ipv6-allowed=ff02::1: " NO_HOST "3: ipv6-allowed=ANY: " ALLOW6,
	  0 },
	{ "allow", "[vif *]\nallow=dhcp router,dhcp-server\n",
	  "2: allow=dhcp: must be dhcp-server or router\n"
	  "2: allow=router,dhcp-server: must be dhcp-server or router\n",
	  0 },
	{ "uplink interface", "[uplink wan]\ninterface=eth0 eth1\n",
	  "2: interface=eth0 eth1: must be a device name: at most 15 letters, digits or . _ @ -\n",
	  0 },
	{ "names of sections", "[uplink a/b]\n[forward -x]\n[acl a b]\n",
	  "1: [uplink a/b]: " NAME "2: [forward -x]: " NAME "3: [acl a b]: " NAME, 0 },
	{ "sections without names", "[uplink]\n[forward]\n[acl]\n",
	  "1: [uplink] needs a name, as in [uplink NAME]\n"
	  "2: [forward] needs a name, as in [forward NAME]\n"
	  "3: [acl] needs a name, as in [acl NAME]\n",
	  0 },
	{ "sections twice", "[acl a]\n[uplink a]\ninterface=b\n[acl a]\n[uplink a]\n",
	  "4: [acl a] is given twice; first in line 1\n"
	  "5: [uplink a] is given twice; first in line 2\n",
	  0 },
	{ "misspelt sections and keys",
	  "[uplik wan]\n[forwards web]\n[alc web]\n[acl web]\nrules=1\ndefalut=drop\n[vif "
	  "*]\nuplink=a\n",
	  "1: unknown section [uplik]; did you mean 'uplink'?\n"
	  "2: unknown section [forwards]; did you mean 'forward'?\n"
	  "3: unknown section [alc]; did you mean 'acl'?\n"
	  "5: unknown key 'rules' in [acl web]; did you mean 'rule'?\n"
	  "6: unknown key 'defalut' in [acl web]; did you mean 'default'?\n"
	  "8: unknown key 'uplink' in [vif *]; it belongs in [network NAME]\n",
	  0 },
	{ "ports", LAN "[forward a]\n" TO_10 "listen-port=0 65536,http 80-79 1-2-3 -5 080\n",
	  "7: listen-port=0: " PORT "7: listen-port=65536: " PORT "7: listen-port=http: " PORT
	  "7: listen-port=80-79: ends before it begins\n7: listen-port=1-2-3: " PORT
	  "7: listen-port=-5: " PORT "7: listen-port=080: " PORT,
	  0 },
	{ "commas", LAN "[forward a]\n" TO_10 "listen-port=,80\ntarget-port=80,,81 ,\n",
	  "7: listen-port=: " PORT "8: target-port=: " PORT "8: target-port=: " PORT "8: " PAIRS,
	  0 },
	{ "protocol", LAN "[forward a]\n" TO_10 "listen-port=80\nprotocol=tcp/udp\n",
	  "8: protocol=tcp/udp: must be tcp or udp\n", 0 },
	{ "listen addresses",
	  LAN "[forward a]\n" TO_10 "listen-port=80\nlisten-address=any 192.0.2.1\n"
	      "listen-address=192.0.2.1/24 224.0.0.1\nlisten-address=192.0.2.2 192.0.2.3 192.0.2.4 "
	      "192.0.2.5\n",
	  "8: listen-address=any: " LISTEN "9: listen-address=192.0.2.1/24: " ONE_HOST
	  "9: listen-address=224.0.0.1: " NO_HOST
	  "10: listen-address=192.0.2.5: one value too many, at most 4 are possible\n",
	  0 },
	{ "addresses as target",
	  LAN "[forward a]\nlisten-port=80\nnetwork=lan\ntarget=10.0.0.256\n[forward b]\n"
	      "listen-port=81\nnetwork=lan\ntarget=10.0.0.10/32\n[forward c]\nlisten-port=82\n"
	      "network=lan\ntarget=127.0.0.1\n[forward d]\nlisten-port=83\nnetwork=lan\n"
	      "target=fd00:::1\n",
	  "7: target=10.0.0.256: " TARGET "11: target=10.0.0.10/32: " ONE_HOST
	  "15: target=127.0.0.1: " NO_HOST "19: target=fd00:::1: " TARGET,
	  0 },
	{ "domains as target",
	  LAN "[forward a]\nlisten-port=80\nnetwork=lan\ntarget=web*\n[forward b]\n"
	      "listen-port=81\nnetwork=lan\ntarget=web1/eth0\n[forward c]\nlisten-port=82\n"
	      "network=lan\ntarget=/0\n[forward d]\nlisten-port=83\nnetwork=lan\n"
	      "target=web1/\n[forward e]\nlisten-port=84\nnetwork=lan\ntarget=web1 web2\n",
	  "7: target=web*: must be the name of one domain; patterns and blanks are not possible\n"
	  "11: target=web1/eth0: the number of a vif must follow the slash\n"
	  "15: target=/0: a domain's name must come before the slash\n"
	  "19: target=web1/: the number of a vif must follow the slash\n"
	  "23: target=web1 web2: must be the name of one domain; patterns and blanks are not "
	  "possible\n",
	  0 },
	{ "long target",
	  LAN "[forward a]\nlisten-port=80\nnetwork=lan\n"
	      "target=a23456789b123456789c123456789d123456789e123456789f123456789g12345\n",
	  "7: target=a23456789b123456789c123456789d123456789e123456789f123456789g12345: " TARGET,
	  0 },
	{ "acl default", "[acl a]\ndefault=accept\ndefault=drop\n",
	  "2: default=accept: must be allow, drop or reject\n"
	  "3: default= is given twice in [acl a]; first in line 2\n",
	  0 },
};

static const struct bad rules[] = {
	{ "action", R("accept ingress"),
	  BAD("accept ingress") "the first word must be allow, drop or reject\n", 0 },
	{ "only an action", R("drop"), BAD("drop") DIRECTION, 0 },
	{ "direction", R("drop in tcp"), BAD("drop in tcp") DIRECTION, 0 },
	{ "protocol of a rule", R("allow egress sctp"), BAD("allow egress sctp") RULE, 0 },
	{ "two protocols", R("allow egress tcp udp"), BAD("allow egress tcp udp") RULE, 0 },
	{ "peer before protocol", R("allow egress 10.0.0.0/8 tcp"),
	  BAD("allow egress 10.0.0.0/8 tcp") RULE, 0 },
	{ "peer with host bits", R("allow egress 10.0.0.1/8"),
	  BAD("allow egress 10.0.0.1/8") "the address has bits behind its length; remove the "
					 "length, or write the subnet's first address\n",
	  0 },
	{ "peer that is none", R("allow egress tcp 10.0.0.300"),
	  BAD("allow egress tcp 10.0.0.300") RULE, 0 },
	{ "icmp and IPv6", R("allow egress icmp fd00::/8"),
	  BAD("allow egress icmp fd00::/8") "icmp goes with IPv4 addresses, icmpv6 with IPv6 "
					    "addresses\n",
	  0 },
	{ "icmpv6 and IPv4", R("allow egress icmpv6 10.0.0.1"),
	  BAD("allow egress icmpv6 10.0.0.1") "icmp goes with IPv4 addresses, icmpv6 with IPv6 "
					      "addresses\n",
	  0 },
	{ "port without protocol", R("allow ingress port 80"),
	  BAD("allow ingress port 80") "port needs the protocol tcp or udp\n", 0 },
	{ "port of icmp", R("allow ingress icmp port 80"),
	  BAD("allow ingress icmp port 80") "port needs the protocol tcp or udp\n", 0 },
	{ "port without number", R("allow ingress tcp port"), BAD("allow ingress tcp port") NO_PORT,
	  0 },
	{ "port by name", R("allow ingress tcp port http"),
	  BAD("allow ingress tcp port http") NO_PORT, 0 },
	{ "port and a comma too many", R("allow ingress tcp port 80, log"),
	  BAD("allow ingress tcp port 80, log") NO_PORT, 0 },
	{ "port range backwards", R("allow ingress tcp port 9-8"),
	  BAD("allow ingress tcp port 9-8") NO_PORT, 0 },
	{ "port twice", R("allow ingress tcp port 80,79-81"),
	  BAD("allow ingress tcp port 80,79-81") "a port is given twice\n", 0 },
	{ "five ports", R("allow ingress tcp port 1,3 5,7 9"),
	  BAD("allow ingress tcp port 1,3 5,7 9") "at most 4 ports or ranges are possible in one "
						  "rule\n",
	  0 },
	{ "number without port", R("allow ingress tcp 80"), BAD("allow ingress tcp 80") RULE, 0 },
	{ "log first", R("allow ingress log tcp"), BAD("allow ingress log tcp") RULE, 0 },
	{ "log twice", R("allow ingress log log"), BAD("allow ingress log log") RULE, 0 },
	{ "each rule has its line",
	  "[acl a]\nrule=allow egress\nrule=x\nrule=drop ingress\nrule=drop y\n",
	  "3: rule=x: the first word must be allow, drop or reject\n5: rule=drop y: " DIRECTION,
	  0 },
};

static const struct bad names[] = {
	{ "unknown uplink", "[uplink wan]\ninterface=eth0\n[network a]\nmtu=1500\nuplink=wna\n",
	  "5: uplink=wna: there is no [uplink wna]; did you mean 'wan'?\n", 0 },
	{ "uplink by its interface", "[uplink wan]\ninterface=eth0\n[network a]\nuplink=eth0\n",
	  "4: uplink=eth0: there is no [uplink eth0]\n", 0 },
	{ "unknown acl", "[acl web]\n[network a]\nacl=wbe\n[vif *]\nacl=smtp\n",
	  "3: acl=wbe: there is no [acl wbe]; did you mean 'web'?\n"
	  "5: acl=smtp: there is no [acl smtp]\n",
	  0 },
	{ "unknown network of a forward",
	  LAN "[forward a]\nlisten-port=80\ntarget=web1\nnetwork=lna\n",
	  "7: network=lna: there is no [network lna]; did you mean 'lan'?\n", 0 },
	{ "names in a broken section",
	  "[uplink wan\n[network a]\nuplink=wan\nacl=a\n[forward a]\nlisten-port=80\ntarget=web1\n"
	  "network=lan\n",
	  "1: no ']' at the end of the section's line\n", 0 },
	{ "uplink without interface", "[uplink wan]\n",
	  "1: [uplink wan] needs interface= or guest=\n", 0 },
	{ "uplink with a refused interface", "[uplink wan]\ninterface=a/b\n",
	  "2: interface=a/b: must be a device name: at most 15 letters, digits or . _ @ -\n", 0 },
	{ "uplink that is a port",
	  "[uplink wan]\ninterface=eth0\n[network a]\nbridge=xenbr0\ninterfaces=eth1 eth0\n",
	  "2: interface=eth0: is a port of the bridge of [network a]; name the bridge, "
	  "interface=xenbr0\n",
	  0 },
	{ "uplink of a guest by its address", "[uplink a]\nguest=192.0.2.1\n",
	  "2: guest=192.0.2.1: must be a domain, or DOMAIN/NUMBER of a vif; its address is "
	  "gateway=\n",
	  0 },
	{ "uplink of a guest without a section",
	  "[uplink a]\nguest=g/1\n[vif g/0]\nnetwork=lan\n[network lan]\n",
	  "2: guest=g/1: no [vif] section that matches its name has network=; add [vif g/1] "
	  "with network=\n",
	  0 },
	{ "uplink of a guest without an address",
	  "[uplink a]\nguest=g\n[vif g]\nnetwork=lan\nlocking-mode=unlocked\n[network lan]\n",
	  "2: guest=g: needs gateway=, the guest's address in [network lan]\n", 0 },
	{ "uplink of a guest that leases what it likes",
	  "[uplink a]\nguest=g\ngateway=dhcp\n[vif g]\nnetwork=lan\nlocking-mode=unlocked\n"
	  "[network lan]\n",
	  "3: gateway=dhcp: with guest=g it needs the prefix that the guest gives out, without "
	  "which "
	  "it could lease this host any address; write it behind dhcp, as in gateway=dhcp "
	  "192.168.43.0/24\n",
	  0 },
	{ "prefixes that no server gives out",
	  "[uplink a]\ninterface=a\ngateway=dhcp 10.0.0.0/7\n"
	  "[uplink b]\ninterface=b\ngateway=dhcp 10.0.0.0/31\n"
	  "[uplink c]\ninterface=c\ngateway=dhcp 10.0.0.1/24\n"
	  "[uplink d]\ninterface=d\ngateway=dhcp fd00::/64\n"
	  "[uplink e]\ninterface=e\ngateway=dhcp 224.0.0.0/8\n"
	  "[uplink f]\ninterface=f\ngateway=dhcp 10.0.0.0/24 10.0.1.0/24\n"
	  "[uplink g]\ninterface=g\ngateway=10.0.0.0/24 dhcp\n"
	  "[uplink h]\ninterface=h\ngateway=dhcp none\n"
	  "[uplink i]\ninterface=i\ngateway=none 10.0.0.0/24\n",
	  "3: gateway=10.0.0.0/7: " PREFIX "6: gateway=10.0.0.0/31: " PREFIX
	  "9: gateway=10.0.0.1/24: has bits set behind its prefix length, where 192.168.43.0/24 "
	  "has "
	  "none\n"
	  "12: gateway=fd00::/64: " PREFIX
	  "15: gateway=224.0.0.0/8: is no prefix that a DHCP server can give out\n"
	  "18: gateway=10.0.1.0/24: is a second prefix; dhcp takes one, that of the server's "
	  "addresses\n"
	  "21: gateway=10.0.0.0/24: " ONE_HOST "24: gateway=none: must be the only word\n"
	  "27: gateway=10.0.0.0/24: dhcp and none must stand alone, but for the prefix behind "
	  "dhcp, as in dhcp 192.168.43.0/24\n",
	  0 },
	{ "uplink of a guest without a bridge",
	  "[uplink a]\nguest=g\ngateway=10.0.0.2\n[vif g]\nnetwork=lan\nlocking-mode=unlocked\n"
	  "[network lan]\nbackend=route\n",
	  "2: guest=g: [network lan] has no bridge; add interface=, the vifname= of the guest's "
	  "configuration\n",
	  0 },
	{ "uplink of a guest with another interface",
	  "[uplink a]\nguest=g\ngateway=10.0.0.2\ninterface=eth0\n[vif g]\nnetwork=lan\n"
	  "locking-mode=unlocked\n[network lan]\n",
	  "4: interface=eth0: g is behind the bridge lan of [network lan]; remove interface=\n",
	  0 },
	{ "track without a gateway", "[uplink a]\ninterface=eth0\ntrack=192.0.2.1\n",
	  "3: track= of [uplink a] needs gateway=: there is no route to move\n", 0 },
	{ "bad limits of an uplink",
	  "[uplink a]\ninterface=eth0\nfailure-loss=0%\nrecovery-loss=101%\nfailure-latency=1\n"
	  "timeout=0s\ninterval=61min\ncount=101\nmetric=0\n",
	  "3: failure-loss=0%: must be from 1% to 100%, as in 40%\n"
	  "4: recovery-loss=101%: must be from 0% to 100%, as in 40%\n"
	  "5: failure-latency=1: needs a unit, as in 500ms, 10s or 1min\n"
	  "6: timeout=0s: must be a time up to one hour with its unit, as in 500ms, 10s or 1min\n"
	  "7: interval=61min: must be a time up to one hour with its unit, as in 500ms, 10s or "
	  "1min\n"
	  "8: count=101: must be a number from 1 to 100\n"
	  "9: metric=0: must be a number from 1 to 1000000\n",
	  0 },
	{ "empty forward", "[forward web]\n",
	  "1: [forward web] needs network=\n1: [forward web] needs listen-port=\n"
	  "1: [forward web] needs target=\n",
	  0 },
};

int main(void)
{
	add_tests(values, XNM_N_ELEMENTS(values));
	add_tests(rules, XNM_N_ELEMENTS(rules));
	add_tests(names, XNM_N_ELEMENTS(names));
	return run_bad_policies();
}
