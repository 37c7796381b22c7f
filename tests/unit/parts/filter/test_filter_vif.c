/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_filter_vif.c - who a vif may be, and what leads to it, for one small policy each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>

#include <cmocka.h>

#include "tests/unit/parts/filter/filter_case.h"

/* The elements of the sets that do not tell whose an address is: those are test_owned.c's. */
static const char *of_others(const struct xnm_elements *all)
{
	static struct xnm_elements others;

	others.n = 0;
	for (unsigned int i = 0; i < all->n; i++) {
		if (strncmp(xnm_sets[all->list[i].set].name, "owned", 5) != 0)
			others.list[others.n++] = all->list[i];
	}
	return elements_text(&others);
}

#define LAN   "[network lan]\n"
#define GUARD "guard vif1.0\nmacs vif1.0 00:16:3e:00:00:01\nchaddrs vif1.0 00:16:3e:00:00:01\n"
#define LOCAL "addresses6 vif1.0 fe80::216:3eff:fe00:1\ntargets6 vif1.0 fe80::216:3eff:fe00:1\n"

static void test_locked(void **state)
{
	static const struct {
		const char *policy;
		const char *addresses;
		const char *wanted;
	} rows[] = {
		/* nobody knows its addresses */
		{ LAN, "", GUARD "any4 vif1.0 lan\nany6 vif1.0 lan\n" },
		/* one family is known: the other one it has not, but for what every host has */
		{ LAN, "10.0.0.5", GUARD "addresses4 vif1.0 10.0.0.5\n" LOCAL },
		{ LAN, "2001:db8::5",
		  GUARD "addresses6 vif1.0 2001:db8::5\ntargets6 vif1.0 2001:db8::5\n" LOCAL },
		{ LAN, "2001:db8::5/64",
		  GUARD "addresses6 vif1.0 2001:db8::5\ntargets6 vif1.0 2001:db8::5\n" LOCAL },
		{ LAN, "10.0.0.5/24 10.0.0.6",
		  GUARD "addresses4 vif1.0 10.0.0.5\naddresses4 vif1.0 10.0.0.6\n" LOCAL },
		/* a prefix, and what it covers already */
		{ LAN, "10.0.0.5 10.1.0.0/16 10.1.2.3 10.1.2.0/24 10.1.0.0/16",
		  GUARD "addresses4 vif1.0 10.0.0.5\n"
			"own-prefixes4 vif1.0 10.1.0.0-10.1.255.255\n"
			"addresses4 vif1.0 10.1.2.3\n" LOCAL },
		{ LAN, "2001:db8:1::/48",
		  GUARD "own-prefixes6 vif1.0 "
			"2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff\n"
			"own-prefix-targets6 vif1.0 "
			"2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff\n" LOCAL },
		/* from elsewhere too */
		{ LAN "[vif *]\nipv4-allowed=10.9.0.0/16\n", "10.0.0.5",
		  GUARD "addresses4 vif1.0 10.0.0.5\n"
			"prefixes4 vif1.0 10.9.0.0-10.9.255.255\nscopes vif1.0 lan\n" LOCAL },
		{ LAN "[vif *]\nipv4-allowed=any\n", "10.0.0.5 2001:db8::5",
		  GUARD "addresses4 vif1.0 10.0.0.5\naddresses6 vif1.0 2001:db8::5\n"
			"targets6 vif1.0 2001:db8::5\nany4 vif1.0 lan\n" LOCAL },
		{ LAN "[vif *]\nipv6-allowed=any\n", "10.0.0.5 2001:db8::5",
		  GUARD "addresses4 vif1.0 10.0.0.5\naddresses6 vif1.0 2001:db8::5\n"
			"targets6 vif1.0 2001:db8::5\nany6 vif1.0 lan\n" LOCAL },
		/* nobody has named its own: what it makes of its MAC is one of any */
		{ LAN "[vif *]\nipv6-allowed=any\n", "", GUARD "any6 vif1.0 lan\n" },
		/* single ones stand for themselves, be they within a prefix or not */
		{ LAN "[vif *]\nipv4-allowed=10.0.0.0/8 10.0.0.100/32\n", "10.0.0.5 10.1.0.0/16",
		  GUARD "addresses4 vif1.0 10.0.0.5\n"
			"own-prefixes4 vif1.0 10.1.0.0-10.1.255.255\n"
			"prefixes4 vif1.0 10.0.0.0-10.255.255.255\n"
			"addresses4 vif1.0 10.0.0.100\nscopes vif1.0 lan\n" LOCAL },
		/* the policy's addresses, not the guest's */
		{ LAN "[vif *]\naddress=10.0.0.7\n", "10.0.0.5",
		  GUARD "addresses4 vif1.0 10.0.0.7\n" LOCAL },
		{ LAN "[vif *]\nallow=dhcp-server router\n", "",
		  GUARD "any4 vif1.0 lan\nany6 vif1.0 lan\ndhcp-servers vif1.0\nrouters vif1.0\n" },
		{ LAN "[vif *]\nvlan=10p/20\n", "",
		  GUARD "any4 vif1.0 lan*\nany6 vif1.0 lan*\ntrunks vif1.0\n" },
		{ LAN "[vif *]\nvlan=10p\n", "", GUARD "any4 vif1.0 lan.10\nany6 vif1.0 lan.10\n" },
		{ LAN "[vif *]\nlocking-mode=unlocked\n", "10.0.0.5", "" },
		{ LAN "[vif *]\nlocking-mode=disabled\n", "10.0.0.5", "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(filter_vif(rows[i].policy, rows[i].addresses), 0);
		if (strcmp(of_others(&elements), rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, of_others(&elements));
	}
}

/* A vif without a bridge is looked at in the other table, and stands there for itself. */
static void test_routed(void **state)
{
	(void)state;
	assert_int_equal(filter_vif("[network lan]\nbackend=route\nuplink=out\n"
				    "host-services=ping tcp/22\n[uplink out]\ninterface=eth0\n"
				    "[vif *]\nallow=router\n",
				    "10.0.0.5 10.1.0.0/16 10.1.2.3"),
			 0);
	assert_string_equal(of_others(&elements),
			    "inet/guard vif1.0\n"
			    "inet/macs vif1.0 00:16:3e:00:00:01\n"
			    "inet/chaddrs vif1.0 00:16:3e:00:00:01\n"
			    "inet/addresses4 vif1.0 10.0.0.5\n"
			    "inet/own-prefixes4 vif1.0 10.1.0.0-10.1.255.255\n"
			    "inet/addresses4 vif1.0 10.1.2.3\n"
			    "inet/addresses6 vif1.0 fe80::216:3eff:fe00:1\n"
			    "inet/targets6 vif1.0 fe80::216:3eff:fe00:1\n"
			    "inet/routers vif1.0\n"
			    "sources4 vif1.0 0.0.0.0-255.255.255.255\n"
			    "sources6 vif1.0 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"
			    "inside vif1.0\n"
			    "closed vif1.0\n"
			    "pingable vif1.0\n"
			    "services vif1.0 tcp 22\n"
			    "paths vif1.0 eth0\n"
			    "paths eth0 vif1.0\n"
			    "routed vif1.0\n"
			    "local4 10.0.0.5 10.0.0.5\n"
			    "subnets4 10.0.0.5\n"
			    "local4 10.1.0.0-10.1.255.255 10.1.0.0-10.1.255.255\n"
			    "subnets4 10.1.0.0-10.1.255.255\n");
	/* one that a prefix covers is left out, and what comes behind it is not */
	assert_int_equal(filter_vif("[network lan]\nbackend=route\n",
				    "10.1.0.0/16 10.1.2.0/24 10.0.0.5 2001:db8::5"),
			 0);
	assert_non_null(strstr(of_others(&elements),
			       "local4 10.1.0.0-10.1.255.255 10.1.0.0-10.1.255.255\n"
			       "subnets4 10.1.0.0-10.1.255.255\n"
			       "local4 10.0.0.5 10.0.0.5\nsubnets4 10.0.0.5\n"
			       "local6 2001:db8::5 2001:db8::5\nsubnets6 2001:db8::5\n"));
	/* not filtered by its network, but held to its addresses all the same */
	assert_int_equal(filter_vif("[network lan]\nbackend=route\nforward=open\n", "10.0.0.5"), 0);
	assert_string_equal(of_others(&elements), "inet/guard vif1.0\n"
						  "inet/macs vif1.0 00:16:3e:00:00:01\n"
						  "inet/chaddrs vif1.0 00:16:3e:00:00:01\n"
						  "inet/addresses4 vif1.0 10.0.0.5\n"
						  "inet/addresses6 vif1.0 fe80::216:3eff:fe00:1\n"
						  "inet/targets6 vif1.0 fe80::216:3eff:fe00:1\n");
}

#define UNLOCKED "[vif *]\nlocking-mode=unlocked\n"
#define NAT                                                                \
	"[network lan]\naddress=10.0.0.1/24 2001:db8::1/64\nforward=nat\n" \
	"[network dmz]\naddress=10.2.0.1/24\nforward=nat\n"
#define ROUTE "[network lan]\naddress=10.0.0.1/24 2001:db8::1/64\nforward=route\n"

#define BY_PORT "isolated vif1.0\n"
#define BY_MAC	"isolated-macs lan 00:16:3e:00:00:01\n"

/* Guests that do not reach each other over the bridge do not do so by way of the host. */
static void test_isolated(void **state)
{
	(void)state;
	assert_int_equal(filter_vif(NAT UNLOCKED "isolated=yes\n", "10.0.0.5 2001:db8::5"), 0);
	assert_string_equal(of_others(&elements),
			    "isolated4 lan 10.0.0.5\n"
			    "isolated6 lan 2001:db8::5\n" BY_PORT "isolated-loose vif1.0\n" BY_MAC);
	/* also where nothing is closed, as the host may be a router all the same */
	assert_int_equal(filter_vif(LAN UNLOCKED "isolated=yes\n", "10.0.0.5"), 0);
	assert_string_equal(of_others(&elements), BY_PORT "isolated-loose vif1.0\n" BY_MAC);
	assert_int_equal(filter_vif(LAN "[vif *]\nisolated=no\n", "10.0.0.5"), 0);
	assert_null(strstr(of_others(&elements), "isolated"));
	/* its MAC address says whose a packet is, but in a VLAN this host's interface has another name */
	assert_int_equal(filter_vif(LAN "[vif *]\nisolated=yes\n", "10.0.0.5"), 0);
	assert_non_null(strstr(of_others(&elements), BY_PORT BY_MAC));
	assert_int_equal(filter_vif(LAN "[vif *]\nisolated=yes\nvlan=10p\n", "10.0.0.5"), 0);
	assert_non_null(strstr(of_others(&elements), BY_PORT "isolated-loose vif1.0\n" BY_MAC));
	/* one that shares its connection is the others' way out */
	assert_int_equal(filter_vif("[uplink out]\nguest=guest1/0\n" NAT
				    "[vif guest1/0]\nnetwork=lan\naddress=10.0.0.5\n"
				    "locking-mode=unlocked\nisolated=yes\n",
				    "10.0.0.5"),
			 0);
	assert_non_null(strstr(of_others(&elements), "isolated4 lan 10.0.0.5\n"));
	assert_null(strstr(of_others(&elements), BY_PORT));
	assert_null(strstr(of_others(&elements), BY_MAC));
}

#define FROM	  "guest-sources4 lan 00:16:3e:00:00:01 "
#define FROM6	  "guest-sources6 lan 00:16:3e:00:00:01 "
#define FROM_ANY  FROM "0.0.0.0-255.255.255.255\n"
#define FROM_ANY6 FROM6 "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"

/* What a vif of a closed network may send from, beside the subnets of its network. */
static void test_sources(void **state)
{
	static const struct {
		const char *policy;
		const char *addresses;
		const char *wanted;
	} rows[] = {
		/* what is not known, or is the network's, is the network's part */
		{ NAT UNLOCKED, "", "" },
		{ NAT UNLOCKED, "10.0.0.5 2001:db8::5", "" },
		{ NAT UNLOCKED "ipv4-allowed=10.0.0.128/25\n", "10.0.0.5", "" },
		{ ROUTE UNLOCKED, "10.0.0.5 192.0.2.5 192.0.2.64/28 192.0.2.65 2001:db9::5",
		  FROM "192.0.2.5\n" FROM "192.0.2.64-192.0.2.79\n" FROM6 "2001:db9::5\n" },
		{ NAT UNLOCKED "ipv4-allowed=10.0.0.0/8 10.9.0.0/16\nipv6-allowed=2001:db9::7\n",
		  "10.0.0.5", FROM "10.0.0.0-10.255.255.255\n" FROM6 "2001:db9::7\n" },
		{ NAT UNLOCKED "ipv4-allowed=any\n", "10.0.0.5", FROM_ANY },
		{ NAT UNLOCKED "allow=router\n", "10.0.0.5", FROM_ANY FROM_ANY6 },
		{ NAT UNLOCKED "share=yes\n", "10.0.0.5", FROM_ANY FROM_ANY6 },
		/* where others come by the bridge as well, its guests are told from them */
		{ NAT UNLOCKED "[uplink x]\ninterface=lan\n", "10.0.0.5",
		  "inet/macs lan 00:16:3e:00:00:01\n" },
		/* nothing is closed */
		{ LAN UNLOCKED "ipv4-allowed=any\n", "10.0.0.5", "" },
		/* by itself */
		{ "[network lan]\nbackend=route\nforward=open\n" UNLOCKED, "192.0.2.5", "" },
		{ "[network lan]\nbackend=route\nforward=none\nhost-services=all\n" UNLOCKED
		  "ipv4-allowed=10.9.0.0/16\n",
		  "192.0.2.5",
		  "sources4 vif1.0 192.0.2.5\nsources4 vif1.0 10.9.0.0-10.9.255.255\n"
		  "inside vif1.0\nlocal4 192.0.2.5 192.0.2.5\nsubnets4 192.0.2.5\n" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(filter_vif(rows[i].policy, rows[i].addresses), 0);
		if (strcmp(of_others(&elements), rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, of_others(&elements));
	}
}

static void test_acl(void **state)
{
	(void)state;
	assert_int_equal(filter_vif(NAT "[vif *]\nacl=web\n[acl web]\n", "10.0.0.5 2001:db8::5"),
			 0);
	assert_non_null(strstr(of_others(&elements), "acl-to4 10.0.0.5 : acl-web-in\n"
						     "acl-from4 10.0.0.5 : acl-web-out\n"
						     "acl-to6 2001:db8::5 : acl-web-in\n"
						     "acl-from6 2001:db8::5 : acl-web-out\n"));
}

#define FORWARD NAT UNLOCKED "[forward web]\nnetwork=lan\n"

static void test_forward(void **state)
{
	static const struct {
		const char *policy;
		const char *addresses;
		const char *wanted;
	} rows[] = {
		/* the same port: any number of them is one element */
		{ FORWARD "listen-port=80\ntarget=guest1\n", "10.0.0.5",
		  "forward-ranges4 0.0.0.0-255.255.255.255 tcp 80 : 10.0.0.5\n" },
		{ FORWARD "listen-port=8000-8999\ntarget=guest1/0\nprotocol=udp\n", "10.0.0.5",
		  "forward-ranges4 0.0.0.0-255.255.255.255 udp 8000-8999 : 10.0.0.5\n" },
		/* others: one element each */
		{ FORWARD "listen-port=8000-8001\ntarget-port=80-81\ntarget=guest1\n", "10.0.0.5",
		  "forwards4 0.0.0.0-255.255.255.255 tcp 8000 : 10.0.0.5 80\n"
		  "forwards4 0.0.0.0-255.255.255.255 tcp 8001 : 10.0.0.5 81\n" },
		/* one address of the host; the guest's other family has nothing to do with it */
		{ FORWARD "listen-port=80\ntarget=guest1\nlisten-address=192.0.2.1\n",
		  "10.0.0.5 2001:db8::5", "forward-ranges4 192.0.2.1 tcp 80 : 10.0.0.5\n" },
		{ FORWARD "listen-port=80\ntarget=guest1\nprotocol=tcp udp\n",
		  "10.0.0.5 10.0.0.6 2001:db8::5",
		  "forward-ranges4 0.0.0.0-255.255.255.255 tcp 80 : 10.0.0.5\n"
		  "forward-ranges4 0.0.0.0-255.255.255.255 udp 80 : 10.0.0.5\n"
		  "forward-ranges6 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff tcp 80 : "
		  "2001:db8::5\n"
		  "forward-ranges6 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff udp 80 : "
		  "2001:db8::5\n" },
		/* not to us: another guest, another vif of it, another network */
		{ FORWARD "listen-port=80\ntarget=guest2\n", "10.0.0.5", "" },
		{ FORWARD "listen-port=80\ntarget=guest1/1\n", "10.0.0.5", "" },
		{ NAT UNLOCKED "[forward web]\nnetwork=dmz\nlisten-port=80\ntarget=guest1\n",
		  "10.0.0.5", "" },
		/* an address is the network's, whoever has it */
		{ FORWARD "listen-port=80\ntarget=10.0.0.5\n", "10.0.0.5", "" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(filter_vif(rows[i].policy, rows[i].addresses), 0);
		if (strcmp(of_others(&elements), rows[i].wanted) != 0)
			fail_msg("row %zu:\n%s", i, of_others(&elements));
	}
}

/* A guest that could get around its list does not start. */
static void test_acl_errors(void **state)
{
	static const struct {
		const char *policy;
		const char *addresses;
		const char *wanted;
	} rows[] = {
		{ NAT UNLOCKED "acl=web\n[acl web]\n", "10.0.0.5", "locking-mode=locked" },
		{ NAT "[vif *]\nacl=web\n[acl web]\n", "", "the guest's addresses" },
		{ NAT "[vif *]\nacl=web\n[acl web]\n", "10.0.0.16/28", "a whole subnet" },
		{ NAT "[vif *]\nacl=web\nipv4-allowed=any\n[acl web]\n", "10.0.0.5",
		  "not ipv4-allowed=" },
		{ LAN "[vif *]\nacl=web\n[acl web]\n", "10.0.0.5", "forward=none" },
	};

	(void)state;
	for (size_t i = 0; i < XNM_N_ELEMENTS(rows); i++) {
		assert_int_equal(filter_vif(rows[i].policy, rows[i].addresses), -EINVAL);
		if (!strstr(err.text, "acl=web needs ") || !strstr(err.text, rows[i].wanted))
			fail_msg("row %zu: %s", i, err.text);
	}
}

/* It says which line of the policy cannot be. */
static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(filter_vif(FORWARD "listen-port=80\ntarget=guest1\n", ""), -EINVAL);
	assert_non_null(strstr(err.text, "t:9: [forward web] leads to this guest"));
	/* nor to a prefix, nor across families */
	assert_int_equal(filter_vif(FORWARD "listen-port=80\ntarget=guest1\n", "10.0.0.0/28"),
			 -EINVAL);
	assert_int_equal(filter_vif(FORWARD
				    "listen-port=80\ntarget=guest1\nlisten-address=192.0.2.1\n",
				    "2001:db8::5"),
			 -EINVAL);
	assert_int_equal(filter_vif(FORWARD "listen-port=1-1000\ntarget-port=2001-3000\n"
					    "target=guest1\n",
				    "10.0.0.5"),
			 -E2BIG);
	assert_non_null(strstr(err.text, "vif1.0 has too many"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locked),	   cmocka_unit_test(test_routed),
		cmocka_unit_test(test_isolated),   cmocka_unit_test(test_sources),
		cmocka_unit_test(test_acl),	   cmocka_unit_test(test_forward),
		cmocka_unit_test(test_acl_errors), cmocka_unit_test(test_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("filter-vif", tests, NULL, NULL);
}
