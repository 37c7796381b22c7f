/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_uplinks_bad.c - mistakes in what a policy says of uplinks: circles, limits, gateways. */
#include "tests/unit/policy/bad_policies.h"

/* A network, and a guest in it that is an uplink of others. */
#define NETWORK(name, n) "[network " name "]\naddress=10.0." n ".1/24\nforward=nat\n"
#define GUEST(name, network, n) \
	"[vif " name "]\nnetwork=" network "\naddress=10.0." n ".2\nlocking-mode=unlocked\n"
#define UPLINK(name, guest) "[uplink " name "]\nguest=" guest "\n"

#define CIRCLE(line, uplink, guest, of, network)                                    \
	line ": uplink=" uplink ": leads in a circle: " guest " is in [network " of \
	     "], which leads outside through a guest of [network " network "]\n"

#define GUESTS GUEST("g1/0", "one", "1") GUEST("g2/0", "two", "2") GUEST("g3/0", "three", "3")

#define TIME   "must be a time up to one hour with its unit, as in 500ms, 10s or 1min\n"
#define PREFIX "must be an IPv4 prefix of 8 to 30 bits, as in dhcp 192.168.43.0/24\n"

#define CARD "[uplink a]\ninterface=eth0\n"

static const struct bad bad[] = {
	{ "its own connection",
	  NETWORK("one", "1") "uplink=a\n" GUEST("g1/0", "one", "1") UPLINK("a", "g1/0")
		  NETWORK("two", "2") "[vif web]\nnetwork=two\n",
	  "4: uplink=a: g1/0 is the only guest of [network one] and cannot use its own "
	  "connection; remove uplink=\n",
	  0 },
	{ "each other's connection",
	  NETWORK("one", "1") "uplink=b\n" NETWORK("two", "2") "uplink=a\n" GUEST("g1/0", "one",
										  "1")
		  GUEST("g2/0", "two", "2") UPLINK("a", "g1/0") UPLINK("b", "g2/0"),
	  CIRCLE("4", "b", "g2/0", "two", "one") CIRCLE("8", "a", "g1/0", "one", "two"), 0 },
	/* whichever network stands first */
	{ "a circle of three",
	  NETWORK("one", "1") "uplink=b\n" NETWORK("two", "2") "uplink=c\n" NETWORK(
		  "three", "3") "uplink=a\n" GUESTS UPLINK("a", "g1/0") UPLINK("b", "g2/0")
		  UPLINK("c", "g3/0"),
	  CIRCLE("4", "b", "g2/0", "two", "one") CIRCLE("8", "c", "g3/0", "three", "two")
		  CIRCLE("12", "a", "g1/0", "one", "three"),
	  0 },
	{ "a circle of three, backwards",
	  NETWORK("three", "3") "uplink=a\n" NETWORK("two", "2") "uplink=c\n" NETWORK(
		  "one", "1") "uplink=b\n" GUESTS UPLINK("a", "g1/0") UPLINK("b", "g2/0")
		  UPLINK("c", "g3/0"),
	  CIRCLE("4", "a", "g1/0", "one", "three") CIRCLE("8", "c", "g3/0", "three", "two")
		  CIRCLE("12", "b", "g2/0", "two", "one"),
	  0 },
	/* the first network is in no circle: it only leads into one */
	{ "a circle behind others",
	  NETWORK("one", "1") "uplink=w b\n" NETWORK("two", "2") "uplink=w c\n" NETWORK(
		  "three", "3") "uplink=w b\n" GUESTS
				"[uplink w]\ninterface=eth0\ngateway=192.0.2.1\n" UPLINK(
					"b", "g2/0") UPLINK("c", "g3/0"),
	  CIRCLE("8", "c", "g3/0", "three", "two") CIRCLE("12", "b", "g2/0", "two", "three"), 0 },
	/* guests beside the one that shares can use its connection; nobody can use that of nobody */
	{ "no such uplink",
	  NETWORK("one", "1") "uplink=a\n" NETWORK("two", "2") "uplink=c\n" NETWORK(
		  "three", "3") "uplink=d\n" GUESTS "[vif web]\nnetwork=one\n" UPLINK("a", "g1/0")
		  UPLINK("c", "g3/0"),
	  "12: uplink=d: there is no [uplink d]; did you mean 'a'?\n", 0 },
	{ "limits without a number or a unit",
	  CARD "failure-loss=%\nrecovery-loss=40\ntimeout=ms\ninterval=5x\nfailure-latency=5\n",
	  "3: failure-loss=%: must be from 1% to 100%, as in 40%\n"
	  "4: recovery-loss=40: needs its unit, as in 40%\n"
	  "5: timeout=ms: " TIME "6: interval=5x: " TIME
	  "7: failure-latency=5: needs a unit, as in 500ms, 10s or 1min\n",
	  0 },
	/* one digit more than there is room for, though it may be a zero */
	{ "limits with too many digits",
	  CARD "failure-loss=0001%\ntimeout=000000000001s\ninterval=123456789012ms\n",
	  "3: failure-loss=0001%: must be from 1% to 100%, as in 40%\n"
	  "4: timeout=000000000001s: " TIME "5: interval=123456789012ms: " TIME,
	  0 },
	{ "gateways of one family", CARD "gateway=192.0.2.1 fd00::1 fd00::2\n",
	  "3: gateway=fd00::2: is the second of its family; only one IPv4 and one IPv6 address are "
	  "possible\n",
	  0 },
	{ "prefix of a lease",
	  "[uplink a]\ninterface=eth0\ngateway=dhcp 192.168.43.0/30\n"
	  "[uplink b]\ninterface=eth1\ngateway=dhcp 192.168.43.0/31\n"
	  "[uplink c]\ninterface=eth2\ngateway=dhcp 10.0.0.0/8\n"
	  "[uplink d]\ninterface=eth3\ngateway=dhcp 10.0.0.0/7\n"
	  "[uplink e]\ninterface=eth4\ngateway=dhcp fd00::/24\n"
	  "[uplink f]\ninterface=eth5\ngateway=dhcp x/24\n",
	  "6: gateway=192.168.43.0/31: " PREFIX "12: gateway=10.0.0.0/7: " PREFIX
	  "15: gateway=fd00::/24: " PREFIX "18: gateway=x/24: " PREFIX,
	  0 },
};

int main(void)
{
	add_tests(bad, XNM_N_ELEMENTS(bad));
	return run_bad_policies();
}
