/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy_classes_bad.c - mistakes in what a policy says of classes. */
#include "tests/unit/policy/bad_policies.h"

#define UPLINK "[uplink wired]\ninterface=eth0\nrate=20Mbit\n"
#define DSCP                                                                                     \
	"must be a number from 0 to 63, or one of the words le, ef, va, cs0 to cs7 and af11 to " \
	"af43\n"
#define DSCP_CASE(value)                                                                    \
	{                                                                                   \
		"dscp=" value, "[class a]\ndscp=" value "\n", "2: dscp=" value ": " DSCP, 0 \
	}
#define PCP_CASE(value)                                                       \
	{                                                                     \
		"pcp=" value, "[class a]\npcp=" value "\n",                   \
			"2: pcp=" value ": must be a number from 0 to 7\n", 0 \
	}
#define PRIORITY_CASE(value)                                                       \
	{                                                                          \
		"priority=" value, "[class a]\npriority=" value "\n",              \
			"2: priority=" value ": must be a number from 0 to 7\n", 0 \
	}

static const struct bad values[] = {
	DSCP_CASE("64"),
	DSCP_CASE("-1"),
	DSCP_CASE("0x10"),
	DSCP_CASE("AF31"),
	DSCP_CASE("af44"),
	DSCP_CASE("cs8"),
	DSCP_CASE("ef cs1"),
	{ "dscp of a vif", "[vif a]\ndscp=best\n", "2: dscp=best: " DSCP, 0 },
	PCP_CASE("8"),
	PCP_CASE("-1"),
	PCP_CASE("voice"),
	PCP_CASE("5 6"),
	{ "pcp of a vif", "[vif a]\npcp=9\n", "2: pcp=9: must be a number from 0 to 7\n", 0 },
	PRIORITY_CASE("8"),
	PRIORITY_CASE("-1"),
	PRIORITY_CASE("high"),
	{ "units",
	  "[class a]\nguarantee=1\nrate=1\nburst=x\nqdisc=htb\n[uplink u]\ninterface=a\nrate=10\n",
	  "2: guarantee=1: needs a unit, as in 10Mbit\n3: rate=1: needs a unit, as in 10Mbit\n"
	  "4: burst=x: must be a size in bytes, as in 9000 or 64K\n"
	  "5: qdisc=htb: must be fq_codel, pfifo or cake\n"
	  "8: rate=10: needs a unit, as in 10Mbit\n",
	  0 },
	{ "names", "[class a/b]\n[vif *]\nclass=a,b\n",
	  "1: [class a/b]: must be a name: letters, digits or . _ -\n"
	  "3: class=a,b: must be a name: letters, digits or . _ -\n",
	  0 },
	{ "guarantees above the uplink's rate",
	  UPLINK "[class gold]\nguarantee=12Mbit\n[class bronze]\nguarantee=4Mbit\n"
		 "[class default]\nguarantee=5Mbit\n[class more]\nguarantee=500Kbit\n"
		 "[uplink slow]\ninterface=eth1\nrate=10Mbit\n",
	  "9: guarantee= of [class default]: all guarantees together are 21500Kbit, more than "
	  "rate=20Mbit of [uplink wired], t:3\n"
	  "5: guarantee= of [class gold]: all guarantees together are 21500Kbit, more than "
	  "rate=10Mbit of [uplink slow], t:14\n",
	  0 },
	{ "a guarantee above the class's rate", "[class a]\nguarantee=2Mbit\nrate=1.5Mbit\n",
	  "2: guarantee=2Mbit: is more than rate=1500Kbit of the class itself, t:3\n", 0 },
	{ "the rate of a guest's uplink",
	  "[uplink phone]\nguest=aaos/0\nrate=10Mbit\ngateway=192.0.2.1\n[network n]\nbridge=br0\n"
	  "address=192.0.2.2/24\n[vif aaos/0]\n"
	  "network=n\nlocking-mode=unlocked\n",
	  "3: rate= of [uplink phone], which is a guest: it would limit all that this host sends "
	  "to the guest's bridge. Give that guest's [vif] an inbound-rate= instead\n",
	  0 },
	{ "an unknown class", "[class gold]\n[vif a]\nclass=glod\n[vif b]\nclass=iron\n",
	  "3: class=glod: there is no [class glod]; did you mean 'gold'?\n"
	  "5: class=iron: there is no [class iron]\n",
	  0 },
	{ "rates and bursts below a frame",
	  "[class a]\nguarantee=1Kbit\nrate=2Kbit\nburst=1K\nqdisc=cake\n[uplink u]\n"
	  "interface=eth0\nrate=12Kbit\n",
	  "2: guarantee=1Kbit: is less than one frame in a second, of 1514 bytes with mtu=1500; "
	  "write 12112bit or more, or a smaller mtu=\n"
	  "3: rate=2Kbit: is less than one frame in a second, of 1514 bytes with mtu=1500; write "
	  "12112bit or more, or a smaller mtu=\n"
	  "4: burst=1024: is less than one frame, of 1514 bytes with mtu=1500: every packet would "
	  "be dropped; write 1514 or more, or leave it out\n"
	  "8: rate=12Kbit: is less than one frame in a second, of 1514 bytes with mtu=1500; write "
	  "12112bit or more, or a smaller mtu=\n",
	  0 },
};

int main(void)
{
	add_tests(values, XNM_N_ELEMENTS(values));
	return run_bad_policies();
}
